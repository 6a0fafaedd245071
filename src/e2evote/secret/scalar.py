"""The one type for a secret number mod q (docs/spec.md §3): keys, nonces, shares.

It offers what a secret is for, each by its name, and nothing else: it prints as redacted, is not compared,
hashed, copied or pickled, and gives up its value only to `disclose`, which is easy to search for.

What cannot be promised: Python neither wipes memory nor runs in constant time. Variable bases are raised by GMP's
constant-time exponentiation; a fixed base's table does the same work for every exponent, but which of its
entries are read passes through the processor's cache.
"""

from typing import NoReturn, Self

from e2evote.algebra.exponentiation import Base, FixedBase, table_of
from e2evote.algebra.group import Element, Group, Scalar
from e2evote.secret.randomness import Randomness


class SecretScalar:
    """A scalar in [1, q). Zero is refused: GMP's constant-time exponentiation has none, and no key or nonce is 0."""

    __slots__ = ("_scalar",)
    __hash__ = None  # type: ignore[assignment]
    _scalar: Scalar

    def __init__(self, scalar: Scalar) -> None:
        if scalar.value == 0:
            raise ValueError("a secret scalar is never zero")
        object.__setattr__(self, "_scalar", scalar)

    @classmethod
    def random(cls, group: Group, randomness: Randomness) -> Self:
        """Uniform in [1, q)."""
        return cls(group.scalar(1 + randomness.below(int(group.q) - 1)))

    @property
    def group(self) -> Group:
        """The group whose exponent this is."""
        return self._scalar.group

    def power_of(self, base: Base) -> Element:
        """base^self, by the base's table: the one given, or that which `precompute` made."""
        if isinstance(base, FixedBase):
            return base.power_secret(self._scalar)
        table = table_of(base)
        return base.secret_power(self._scalar) if table is None else table.power_secret(self._scalar)

    def minus_times(self, challenge: Scalar, secret: "SecretScalar") -> Scalar:
        """u - c·s, self being the nonce u: the response of every proof here, safe to publish once per nonce."""
        u, s, group = self._scalar, secret._scalar, self._scalar.group
        for other in (challenge.group, s.group):
            if other is not group and other != group:
                raise ValueError(f"a nonce of {group.name}, a challenge or secret of {other.name}")
        return group.reduce(u.value - challenge.value * s.value)

    def plus_times(self, factor: int, other: Scalar) -> "SecretScalar":
        """u + n·c, self being the nonce u and n a small number, secret too; a ValueError if it is 0.

        n is taken as n + 2q, so that the factors have one size and 0 is none of them.
        """
        u, group = self._scalar, self._scalar.group
        if other.group is not group and other.group != group:
            raise ValueError(f"a nonce of {group.name}, a factor of {other.group.name}")
        return SecretScalar(group.reduce(u.value + (factor + 2 * group.q) * other.value))

    def plus(self, other: "SecretScalar | Scalar") -> "SecretScalar":
        """The sum; a ValueError if it is 0."""
        return SecretScalar(self._scalar + (other._scalar if isinstance(other, SecretScalar) else other))

    def times(self, factor: "SecretScalar | Scalar") -> "SecretScalar":
        """The product; a ValueError if it is 0."""
        return SecretScalar(self._scalar * (factor._scalar if isinstance(factor, SecretScalar) else factor))

    def disclose(self) -> Scalar:
        """The value itself: for a sealed key file, a sealed share, and openings that are meant to be public."""
        return self._scalar

    def __repr__(self) -> str:
        return "SecretScalar(<redacted>)"

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("secret scalars do not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("secret scalars do not change")

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("secret scalars are not compared")

    def __copy__(self) -> NoReturn:
        raise TypeError("secret scalars are not copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("secret scalars are not copied")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("secret scalars are not pickled")

    def __getstate__(self) -> NoReturn:
        raise TypeError("secret scalars are not pickled")
