"""Nonces that follow from a secret and from what they are for (docs/spec.md §6).

A trustee that loses its last state and takes up an older one seals its shares a second time. With nonces drawn
anew there would be two messages for one step, and an answer to a complaint could contradict the first. So all
that a session needs is drawn at its beginning; later nonces are HMAC-SHA-256 of that seed and of everything the
step depends on. The same step gives the same message, and another step, recipient or set of keys other nonces.
"""

import builtins
import hmac

from e2evote.hashing.digest import b4

SEED_SIZE = 32


class DerivedRandomness:
    """HMAC-SHA-256(seed; len4‖context … ‖ counter) as a `Randomness`: whoever has not the seed cannot predict it."""

    __slots__ = ("_context", "_counter", "_seed")

    def __init__(self, seed: bytes, *context: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise ValueError(f"derived nonces: a seed of {len(seed)} bytes, want {SEED_SIZE}")
        self._seed, self._counter = seed, 0
        self._context = b4(len(context)) + b"".join(b4(len(part)) + part for part in context)

    def below(self, bound: int) -> int:
        """A number in [0, bound), by drawing again what would be above it."""
        if bound < 1:
            raise ValueError(f"derived nonces: no number is below {bound}")
        bits = (bound - 1).bit_length()
        size = max(1, (bits + 7) // 8)
        while True:
            number = int.from_bytes(self.bytes(size), "big") >> (8 * size - bits)
            if number < bound:
                return number

    def bytes(self, size: int) -> builtins.bytes:
        """The next `size` bytes, each taken from one block."""
        if size < 1:
            raise ValueError(f"derived nonces: {size} bytes")
        blocks = b"".join(self._block() for _ in range(-(-size // SEED_SIZE)))
        return blocks[:size]

    def _block(self) -> builtins.bytes:
        self._counter += 1
        return hmac.digest(self._seed, self._context + b4(self._counter), "sha256")

    def __repr__(self) -> str:
        return "DerivedRandomness(<redacted>)"
