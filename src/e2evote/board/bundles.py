"""Items in a row, each with its length before it: entry bundles and packs (docs/record-format.md, Files).

An entry bundle is C2SP's: lengths of two bytes. Payload and hint packs are e2evote's, with lengths of four bytes,
parallel to the entry bundles: item i belongs to entry i. In a pack the length 0 says that the item is absent; a
payload of no bytes does not exist.
"""

from collections.abc import Sequence

from e2evote.board.tiles import WIDTH
from e2evote.errors import MalformedInput

ENTRY_LIMIT = 2**16 - 1
ITEM_LIMIT = 2**32 - 1


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """uint16 length ‖ entry, for 1 to 256 entries."""
    return _encode(entries, 2)


def decode_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    """The `width` entries of a bundle."""
    return _decode(data, width, 2, "entry bundle")


def encode_pack(items: Sequence[bytes | None]) -> bytes:
    """uint32 length ‖ item, for 1 to 256 items; None is absent."""
    if any(item is not None and not item for item in items):
        raise ValueError("pack: an item of no bytes would be read as absent")
    return _encode([item or b"" for item in items], 4)


def decode_pack(data: bytes, width: int) -> tuple[bytes | None, ...]:
    """The `width` items of a pack, None where one is absent."""
    return tuple(item or None for item in _decode(data, width, 4, "pack"))


def _encode(items: Sequence[bytes], prefix: int) -> bytes:
    if not 1 <= len(items) <= WIDTH:
        raise ValueError(f"{len(items)} items, want 1 to {WIDTH}")
    limit = 256**prefix - 1
    for item in items:
        if len(item) > limit:
            raise ValueError(f"an item of {len(item)} bytes, limit {limit}")
    return b"".join(len(item).to_bytes(prefix, "big") + item for item in items)


def _decode(data: bytes, width: int, prefix: int, what: str) -> tuple[bytes, ...]:
    if not 1 <= width <= WIDTH:
        raise ValueError(f"{what}: width {width} is not in [1, {WIDTH}]")
    items = []
    at = 0
    for number in range(width):
        start = at + prefix
        end = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or end > len(data):
            raise MalformedInput(f"{what}: ends at byte {len(data)}, within item {number} of {width}")
        items.append(data[start:end])
        at = end
    if at != len(data):
        raise MalformedInput(f"{what}: {len(data) - at} bytes after its {width} items")
    return tuple(items)
