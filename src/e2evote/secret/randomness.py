"""Where secret numbers come from: an argument, so that it can be named, replaced in tests and audited."""

import builtins
import secrets
from typing import Protocol


class Randomness(Protocol):
    """A source of independent uniform numbers that nobody can predict."""

    def below(self, bound: int) -> int:
        """A number in [0, bound), each with the same probability."""
        ...

    def bytes(self, size: int) -> builtins.bytes:
        """`size` random bytes."""
        ...


class SystemRandomness:
    """The operating system's generator, by way of `secrets`."""

    def below(self, bound: int) -> int:
        """A number in [0, bound), each with the same probability."""
        return secrets.randbelow(bound)

    def bytes(self, size: int) -> builtins.bytes:
        """`size` random bytes."""
        if size < 1:
            raise ValueError(f"randomness: {size} bytes")
        return secrets.token_bytes(size)
