"""Where the static files of a log are, and its hash tiles (C2SP tlog-tiles; docs/record-format.md, Files).

Everything published lies in series of files, each file for 256 consecutive items:

    tile/<L>/<N>        hashes at level L: of leaves at level 0, of full tiles of level L - 1 above
    tile/entries/<N>    the entries
    payload/<N>         e2evote's: what belongs to each entry and is not in the log
    hints/<N>           e2evote's: what may speed up checking it, and binds nothing

<N> is written in groups of three digits, all but the last with an x before it. The last file of a series, not
yet full, has its number of items as a suffix, `.p/<W>`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from e2evote.board.merkle import HASH_SIZE
from e2evote.board.text import LARGEST, decode_decimal
from e2evote.errors import MalformedInput

WIDTH = 256
"""Items in a full file."""

ENTRIES = "tile/entries"
PAYLOAD = "payload"
HINTS = "hints"

_LEVEL = re.compile(r"tile/(0|[1-9]|[1-5][0-9]|6[0-3])")
_PATH = re.compile(r"(tile/(?:[0-9]{1,2}|entries)|payload|hints)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True)
class TilePath:
    """One file: the series it belongs to, its number there, and how many items it holds."""

    series: str
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        if self.series not in (ENTRIES, PAYLOAD, HINTS) and not _LEVEL.fullmatch(self.series):
            raise ValueError(f"tile path: no series {self.series!r}")
        if not 0 <= self.index <= LARGEST // WIDTH:
            raise ValueError(f"tile path: index {self.index} is not in [0, 2^55)")
        if not 1 <= self.width <= WIDTH:
            raise ValueError(f"tile path: width {self.width} is not in [1, {WIDTH}]")

    @property
    def is_full(self) -> bool:
        return self.width == WIDTH

    def encode(self) -> str:
        """`series/x001/x234/067`, with `.p/<W>` when it is not full."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        return f"{self.series}/{number}" if self.is_full else f"{self.series}/{number}.p/{self.width}"


def decode_path(text: str) -> TilePath:
    """The file that a path names; every file has one path."""
    parts = _PATH.fullmatch(text)
    if parts is None:
        raise MalformedInput(f"{text[:80]!r} is not the path of a tile, a bundle or a pack")
    digits = parts[2].replace("x", "").replace("/", "")
    try:
        path = TilePath(parts[1], int(digits), decode_decimal(parts[3], "width") if parts[3] else WIDTH)
    except ValueError as error:
        raise MalformedInput(f"{text!r}: {error}") from None
    if path.encode() != text:
        raise MalformedInput(f"{text!r} is another spelling of {path.encode()!r}")
    return path


def level_widths(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, full tiles, width of the partial one) for each level of a log of `size`.

    Level l has ⌊size / 256^l⌋ hashes. A partial tile is not hashed into the level above.
    """
    if not 0 <= size <= LARGEST:
        raise ValueError(f"log size {size} is not in [0, 2^63)")
    level = 0
    while size:
        yield level, size // WIDTH, size % WIDTH
        level, size = level + 1, size // WIDTH


def tiles(size: int, since: int = 0) -> Iterator[TilePath]:
    """The hash tiles of a log of `size` that its earlier self, of size `since`, did not have."""
    for level, full, partial in level_widths(size):
        yield from _series(f"tile/{level}", full * WIDTH + partial, since // WIDTH**level)


def bundles(series: str, size: int, since: int = 0) -> Iterator[TilePath]:
    """The files of the series of entries, payloads or hints, likewise."""
    yield from _series(series, size, since)


def width_in(path: TilePath, size: int) -> int:
    """The number of items that the file of this series and number holds in a log of `size`; 0 where it has none."""
    of_entries = path.series in (ENTRIES, PAYLOAD, HINTS)
    level = 0 if of_entries else int(path.series.removeprefix("tile/"))
    return max(0, min(WIDTH, size // int(WIDTH**level) - path.index * WIDTH))


def encode_tile(hashes: Sequence[bytes]) -> bytes:
    """1 to 256 hashes, one after the other."""
    if not 1 <= len(hashes) <= WIDTH or set(map(len, hashes)) != {HASH_SIZE}:
        raise ValueError(f"tile: {len(hashes)} hashes, want 1 to {WIDTH} of {HASH_SIZE} bytes")
    return b"".join(hashes)


def decode_tile(data: bytes, width: int) -> tuple[bytes, ...]:
    """The `width` hashes of a tile."""
    if len(data) != width * HASH_SIZE:
        raise MalformedInput(f"tile: {len(data)} bytes, want {width} hashes of {HASH_SIZE}")
    return tuple(data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE))


def _series(series: str, count: int, since: int) -> Iterator[TilePath]:
    if since < 0:
        raise ValueError(f"log size {since} is negative")
    if since >= count:
        return
    for index in range(since // WIDTH, count // WIDTH):
        yield TilePath(series, index)
    if count % WIDTH:
        yield TilePath(series, count // WIDTH, count % WIDTH)
