"""Numbers that look random and are the same on every run. For tests only: whoever knows the seed knows every secret."""

import builtins
from hashlib import sha256


class DeterministicRandomness:
    """SHA-256 of a seed and a counter, as a `Randomness`. `drawn` counts the requests."""

    def __init__(self, seed: str) -> None:
        self._seed = sha256(seed.encode()).digest()
        self._counter = 0
        self.drawn = 0

    def below(self, bound: int) -> int:
        """A number in [0, bound), by drawing again what would be above it."""
        if bound < 1:
            raise ValueError(f"randomness: no number is below {bound}")
        self.drawn += 1
        bits = (bound - 1).bit_length()
        size = max(1, (bits + 7) // 8)
        while True:
            number = int.from_bytes(self._stream(size), "big") >> (8 * size - bits)
            if number < bound:
                return number

    def bytes(self, size: int) -> builtins.bytes:
        """`size` bytes."""
        self.drawn += 1
        return self._stream(size)

    def _stream(self, size: int) -> builtins.bytes:
        blocks = []
        for _ in range(-(-size // 32)):
            self._counter += 1
            blocks.append(sha256(self._seed + self._counter.to_bytes(8, "big")).digest())
        return b"".join(blocks)[:size]
