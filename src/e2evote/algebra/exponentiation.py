"""Powers and products of powers (docs/spec.md §2): tables for fixed bases, interleaving for the others.

The generator and an election's keys are raised so often that a table pays: `precompute` makes one, and every
power and product then uses it. Tables live in one bounded cache of the process, under a lock, keyed by the
group's parameters and the base.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from e2evote.algebra import integers
from e2evote.algebra.group import Element, Group, Scalar
from e2evote.algebra.integers import Integer
from e2evote.algebra.multiexponentiation import multi_power_mod

DEFAULT_WINDOW = 8
CACHE_LIMIT = 16
"""Tables kept; a table of window 8 in the standard group takes about 4.4 MiB."""

Term = tuple[Element, Scalar]


@dataclass(frozen=True, slots=True)
class FixedBase:
    """All powers of one base that a window of exponent bits can ask for: a power is then a product without squarings.

    Row i holds base^((d+1)·2^(wi)) for the digits d = 0 … 2^w - 1 and row 0 is divided by base^(Σ 2^(wi)), which
    cancels the ones. So the digit 0 is no exception: it costs a multiplication by a number of full size.
    """

    base: Element
    window: int = DEFAULT_WINDOW
    rows: tuple[tuple[Integer, ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.window, bool) or not 1 <= self.window <= 16:
            raise ValueError(f"window: {self.window}, want 1 to 16")
        group, p = self.base.group, self.base.group.p
        positions = range(0, group.q.bit_length(), self.window)
        excess = group.reduce(-sum(1 << position for position in positions))
        start = self.base.value
        first = start * (self.base**excess).value % p
        rows = []
        for _ in positions:
            row = [first]
            for _ in range((1 << self.window) - 1):
                row.append(row[-1] * start % p)
            rows.append(tuple(row))
            start = first = integers.power(start, Integer(1 << self.window), p)
        object.__setattr__(self, "rows", tuple(rows))

    def power(self, exponent: Scalar) -> Element:
        """base^exponent for a public exponent. Skipping zero digits would save one multiplication in 2^w."""
        return self.power_secret(exponent)

    def power_secret(self, exponent: Scalar) -> Element:
        """base^exponent with one look-up and one multiplication per row, whatever the exponent.

        No constant-time claim: which entry of a row is read depends on the exponent and passes through the cache.
        """
        group = self.base.group
        if exponent.group is not group and exponent.group != group:
            raise ValueError(f"a scalar of {exponent.group.name} with a base of {group.name}")
        rest, mask, p = int(exponent.value), (1 << self.window) - 1, group.p
        total = Integer(1)
        for row in self.rows:
            total = total * row[rest & mask] % p
            rest >>= self.window
        return Element.computed(group, total)


_Key = tuple[Integer, Integer, Integer, Integer]
_tables: OrderedDict[_Key, FixedBase] = OrderedDict()
_lock = Lock()


def _key(base: Element) -> _Key:
    return (base.group.p, base.group.q, base.group.generator, base.value)


def precompute(element: Element, window: int = DEFAULT_WINDOW) -> FixedBase:
    """A table for `element`, made once and kept while it is among the `CACHE_LIMIT` last used."""
    known = table_of(element)
    if known is not None and known.window >= window:
        return known
    made = FixedBase(element, window)  # outside the lock: others need not wait for it
    with _lock:
        _tables[_key(element)] = made
        _tables.move_to_end(_key(element))
        while len(_tables) > CACHE_LIMIT:
            _tables.popitem(last=False)
    return made


def table_of(base: Element) -> FixedBase | None:
    """The table that `precompute` made for `base`, if it is still kept."""
    key = _key(base)
    with _lock:
        table = _tables.get(key)
        if table is not None:
            _tables.move_to_end(key)
    return table


def power(base: Element, exponent: Scalar) -> Element:
    """base^exponent, by the base's table where there is one. Variable time: `exponent` must be public."""
    table = table_of(base)
    return base**exponent if table is None else table.power(exponent)


def multi_power(terms: Sequence[Term]) -> Element:
    """Π base^exponent. Variable time: exponents must be public. At least one term, since no term names no group."""
    if not terms:
        raise ValueError("a product of no powers has no group")
    group = terms[0][0].group
    total = group.identity
    others: list[Term] = []
    for base, exponent in terms:
        _same_group(group, base, exponent)
        table = table_of(base)
        if table is None:
            others.append((base, exponent))
        else:
            total = total * table.power(exponent)
    if len(others) == 1:
        return total * others[0][0] ** others[0][1]
    numbers = [(base.value, exponent.value) for base, exponent in others]
    return total * Element.computed(group, multi_power_mod(numbers, group.p))


def _same_group(group: Group, base: Element, exponent: Scalar) -> None:
    for own in (base.group, exponent.group):
        if own is not group and own != group:
            raise ValueError(f"a product in {group.name} has a factor of {own.name}")
