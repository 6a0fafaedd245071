"""What holds secrets for longer than a call: shares, polynomials, prepared ballots (docs/spec.md §6 and §7).

One base class for all of them, so that no one of them forgets a door through which its contents could leave unnoticed.
A single number has a stricter type of its own, `scalar.SecretScalar`.
"""

from typing import NoReturn


class Guarded:
    """Prints as redacted and is neither compared nor hashed, copied or pickled."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(<redacted>)"

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__}: secrets are not compared")

    def __copy__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__}: secrets are not copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__}: secrets are not copied")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__}: secrets are not pickled")

    def __getstate__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__}: secrets are not pickled")
