"""Style and weight of the line that a ballot names, as a number of 16 bits that goes to the workers with a piece.

A worker has no roll. What it needs of it for one ballot is one of styles × weights of the manifest, or that the line is
not on the roll.
"""

from array import array
from collections.abc import Callable, Iterable

from e2evote.manifest.model import Manifest
from e2evote.record.electorate import Entitlement

EntitlementAt = Callable[[int], Entitlement | None]
"""What the line is entitled to that the ballot of this entry names; None where it is not on the roll."""


class Classes:
    """0: the line is not on the roll. From 1: all weights of the first style, then of the next one."""

    def __init__(self, manifest: Manifest) -> None:
        known = [Entitlement(style.id, weight) for style in manifest.styles for weight in manifest.weights.values]
        self._known: tuple[Entitlement | None, ...] = (None, *known)
        self._numbers = {entitlement: number for number, entitlement in enumerate(self._known)}

    def encode(self, entitlements: Iterable[Entitlement | None]) -> bytes:
        """Two bytes for each."""
        return array("H", [self._numbers[entitlement] for entitlement in entitlements]).tobytes()

    def decode(self, data: bytes) -> list[Entitlement | None]:
        """What `encode` wrote, on a machine of the same byte order."""
        return [self._known[number] for number in array("H", data)]
