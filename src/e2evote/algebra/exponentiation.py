"""Powers and products of powers (docs/spec.md §2): tables for fixed bases, interleaving for the others.

The generator and an election's keys are raised so often that a table pays: `precompute` makes one, as wide as the
expected number of powers asks for, and every power and product then uses it. Tables live in one cache of the process,
bounded by memory, under a lock, keyed by the group's parameters and the base. A table never changes, so whoever holds
one goes on using it whatever other threads put in its place.
"""

import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from e2evote.algebra import integers
from e2evote.algebra.group import Element, Group, Scalar
from e2evote.algebra.integers import Integer
from e2evote.algebra.multiexponentiation import multi_power_mod

DEFAULT_WINDOW = 8
WIDEST_CHOSEN = 13
"""The widest window chosen without being asked for. Its table of the standard group takes 91 MiB, and one of 14 twice
that, which pays off only after 150,000 powers."""

CACHE_BYTES = 1 << 28
"""Memory for all tables together. One of the standard group takes 0.6 MiB with window 4, 4.4 with 8, 15 with 10, 50
with 12. The table asked for last stays, whatever its size."""
_NUMBER_BYTES = 72
"""What an entry takes besides its digits: the object, the allocator's rounding, the reference to it."""

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
        """base^exponent with one look-up per row and one multiplication for each but the first, whatever the exponent.

        No constant-time claim: which entry of a row is read depends on the exponent and passes through the cache.
        """
        group = self.base.group
        if exponent.group is not group and exponent.group != group:
            raise ValueError(f"a scalar of {exponent.group.name} with a base of {group.name}")
        rest, width, p = int(exponent.value), self.window, group.p
        mask = (1 << width) - 1
        rows = iter(self.rows)
        total = next(rows)[rest & mask]
        for row in rows:
            rest >>= width
            total = total * row[rest & mask] % p
        return Element.computed(group, total)

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return len(self.rows) * (1 << self.window) * (self.base.group.element_size + _NUMBER_BYTES)


def window_for(powers: int, exponent_bits: int) -> int:
    """The window with which a table and `powers` powers by it take the fewest multiplications: rows·(2^w + powers).

    In the standard group 4 for the ballot of a device, 8 from 700 powers on, 10 from 4,000, 12 from 20,000, 13 from
    37,000: for g and for K that many thirds of a 0/1 selection.
    """
    return min(range(1, WIDEST_CHOSEN + 1), key=lambda w: -(-exponent_bits // w) * ((1 << w) + powers))


@dataclass(frozen=True, slots=True)
class _Kept:
    """A table in the cache. expected: the powers that all callers together have announced."""

    table: FixedBase
    expected: int


_Key = tuple[Integer, Integer, Integer, Integer]
_tables: OrderedDict[_Key, _Kept] = OrderedDict()
_lock = Lock()


def _renew_lock() -> None:
    """In a forked process: there the lock may be held by a thread that was not forked."""
    global _lock
    _lock = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


def _key(base: Element) -> _Key:
    return (base.group.p, base.group.q, base.group.generator, base.value)


def precompute(element: Element, window: int | None = None, *, expected: int | None = None) -> FixedBase:
    """A table for `element`, made once and kept while it is among those last used; a wider one that is there serves.

    window: at least this, `DEFAULT_WINDOW` where nothing is said. expected: the number of powers to come instead,
    from which the window follows. What callers expect adds up, and a table is replaced when it would be narrower by
    two than their sum asks for: many callers with a little work each get the table of a large one, for a cost in
    proportion to their work.
    """
    if window is not None and expected is not None:
        raise ValueError("either a window or the expected powers")
    if expected is not None and (isinstance(expected, bool) or expected < 1):
        raise ValueError(f"expected powers: {expected}, want at least 1")
    key, announced = _key(element), expected or 0
    with _lock:
        kept = _tables.get(key)
        total = announced + (kept.expected if kept else 0)
        if expected is None:
            least = wanted = DEFAULT_WINDOW if window is None else window
        else:
            wanted = window_for(total, element.group.q.bit_length())
            least = wanted - 1
        if kept is not None and kept.table.window >= least:
            return _keep(key, kept.table, total)
    made = FixedBase(element, wanted)  # outside the lock: others need not wait for it
    with _lock:
        kept = _tables.get(key)
        if kept is not None and kept.table.window >= made.window:  # another thread's, made meanwhile
            made = kept.table
        return _keep(key, made, announced + (kept.expected if kept else 0))


def _keep(key: _Key, table: FixedBase, expected: int) -> FixedBase:
    """The table as the one used last; those used least recently make room. Under the lock."""
    _tables[key] = _Kept(table, expected)
    _tables.move_to_end(key)
    excess = sum(kept.table.size for kept in _tables.values()) - CACHE_BYTES
    while excess > 0 and len(_tables) > 1:
        _, oldest = _tables.popitem(last=False)
        excess -= oldest.table.size
    return table


def table_of(base: Element) -> FixedBase | None:
    """The table that `precompute` made for `base`, if it is still kept."""
    key = _key(base)
    with _lock:
        kept = _tables.get(key)
        if kept is None:
            return None
        _tables.move_to_end(key)
    return kept.table


Base = Element | FixedBase
"""Something to raise to powers, with its table or without."""


def fast(base: Element) -> Base:
    """The base's table where there is one, to be held for many powers without looking it up for each."""
    return table_of(base) or base


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
