"""The files of a record (docs/record-format.md "Files"): a directory, a canonical zip, or a mapping of path to bytes.

`Malformed` here means that the archive cannot be read, so that no check is run.
"""

import itertools
import os
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reference.note import CHECKPOINT_LIMIT, Checkpoint, Malformed, read_checkpoint
from reference.tree import TILE_HEIGHT, TILE_WIDTH

ITEM_LIMIT = 1_073_741_824
MOST_EXTENSIONS = 10
DATES = ("dates/open", "dates/close", *[f"dates/extend-{n}" for n in range(1, MOST_EXTENSIONS + 1)])
CHECKPOINT, ENTRIES, PAYLOADS, HINTS, TILES = "checkpoint", "tile/entries", "payload", "hints", "tile"
NUMBERED = re.compile(
    r"(tile/entries|payload|hints|tile/(?:[0-9]|[1-5][0-9]|6[0-3]))/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
VERSION, TIME, DATE = 20, 0, 0x0021


@dataclass(slots=True)
class Archive:
    """The files of a record, taken apart. Entries and payloads are by index; what is not there has no index."""

    checkpoint: Checkpoint
    entries: dict[int, bytes] = field(default_factory=dict)
    payloads: dict[int, bytes] = field(default_factory=dict)
    dates: dict[str, bytes] = field(default_factory=dict)
    tiles: dict[tuple[int, int, int], bytes] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # the first of them
    missing_count: int = 0
    expected_count: int = 0

    def has_entries(self, count: int) -> bool:
        """All of the first `count` entries are here."""
        return count <= len(self.entries) and all(i in self.entries for i in range(count))


def canonical_zip(files: Mapping[str, bytes]) -> bytes:
    """The one zip archive of these files."""
    body, directory = [], []
    offset = 0
    for name, data in sorted((name.encode("ascii"), data) for name, data in files.items()):
        common = (VERSION, 0, 0, TIME, DATE, zlib.crc32(data), len(data), len(data), len(name), 0)
        local = LOCAL.pack(b"PK\x03\x04", *common) + name + data
        directory.append(CENTRAL.pack(b"PK\x01\x02", VERSION, *common, 0, 0, 0, 0, offset) + name)
        body.append(local)
        offset += len(local)
    central = b"".join(directory)
    end = END.pack(b"PK\x05\x06", 0, 0, len(directory), len(directory), len(central), offset, 0)
    return b"".join(body) + central + end


def unzip(data: bytes) -> dict[str, bytes]:
    """Walk the local headers, write the archive again from what was found, and compare."""
    files: dict[str, bytes] = {}
    position = 0
    try:
        while data[position : position + 4] == b"PK\x03\x04":
            header = LOCAL.unpack_from(data, position)
            name_at = position + LOCAL.size
            data_at = name_at + header[9]
            position = data_at + header[8]
            files[data[name_at:data_at].decode("ascii")] = data[data_at:position]
        again = canonical_zip(files)
    except (struct.error, UnicodeDecodeError) as error:
        raise Malformed(f"not a zip archive of this format: {error}") from error
    if again != data:
        raise Malformed("not the canonical form of a zip archive")
    if any(not name or name.endswith("/") for name in files):
        raise Malformed("a member of the archive has no name or is a folder")
    return files


def read_files(source: object) -> dict[str, bytes]:
    """Path to bytes; raises `Malformed` for links, devices and names that are not ASCII."""
    if isinstance(source, bytes | bytearray):
        return unzip(bytes(source))
    if isinstance(source, Mapping):
        if not all(isinstance(path, str) and isinstance(data, bytes) for path, data in source.items()):
            raise Malformed("not a mapping from path to bytes")
        files = dict(source)
    else:
        try:
            path = Path(str(source))
            files = read_folder(path) if path.is_dir() else unzip(path.read_bytes())
        except (OSError, ValueError) as error:
            raise Malformed(f"the record cannot be read: {error}") from error
    if not all(path.isascii() for path in files):
        raise Malformed("a file's name is not ASCII")
    return files


def read_folder(path: Path) -> dict[str, bytes]:
    """Every file below a folder; empty folders are ignored."""
    files = {}
    for folder, folders, names in os.walk(path):
        for name in folders + names:
            found = Path(folder) / name
            if found.is_symlink() or not (found.is_dir() or found.is_file()):
                raise Malformed(f"{found.name!r} is neither a file nor a folder")
            if not name.isascii():
                raise Malformed("a name is not ASCII")
            if found.is_file():
                files[found.relative_to(path).as_posix()] = found.read_bytes()
    return files


def number_path(number: int) -> str:
    """N in groups of three digits, all but the last prefixed with x."""
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    return "/".join(["x" + group for group in groups[:-1]] + groups[-1:])


def path_of(family: str, number: int, width: int) -> str:
    """`<family>/<N>` or, for fewer than 256 items, `<family>/<N>.p/<W>`."""
    path = f"{family}/{number_path(number)}"
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def take_apart(path: str) -> tuple[str, int, int] | None:
    """Family, N and W of a path in the table, else None."""
    match = NUMBERED.fullmatch(path)
    if match is None:
        return None
    family, groups, width = match.groups()
    digits = groups.replace("/", "").replace("x", "")
    if len(digits) > 18:  # beyond any size below 2^53
        return None
    parts = family, int(digits), int(width or TILE_WIDTH)
    return parts if path_of(*parts) == path and not (width and parts[2] >= TILE_WIDTH) else None


def families(size: int) -> dict[str, int]:
    """How many items each family of a log of this size has: entries, payloads, and the hashes of each level."""
    result = {ENTRIES: size, PAYLOADS: size}
    level = 0
    while size >> (TILE_HEIGHT * level):
        result[f"{TILES}/{level}"] = size >> (TILE_HEIGHT * level)
        level += 1
    return result


def width_of(number: int, items: int) -> int:
    """The width of file N of a family with so many items; 0 where there is none."""
    return max(0, min(TILE_WIDTH, items - number * TILE_WIDTH))


def _framed(path: str, data: bytes, prefix: int, width: int, limit: int) -> list[bytes]:
    """Exactly `width` items, each behind its length."""
    items: list[bytes] = []
    position = 0
    while position < len(data):
        start = position + prefix
        position = start + int.from_bytes(data[start - prefix : start])
        if start > len(data) or position > len(data):
            raise Malformed(f"{path} is cut short")
        if position - start > limit:
            raise Malformed(f"{path} has an item of more than {limit} bytes")
        items.append(data[start:position])
    if len(items) != width:
        raise Malformed(f"{path} has {len(items)} items, not {width}")
    return items


def _expected(items: Mapping[str, int]) -> Iterator[str]:
    for family, count in items.items():
        for number in range(-(-count // TILE_WIDTH)):
            yield path_of(family, number, width_of(number, count))


def read_archive(source: object, listed: int) -> Archive:
    """All that the other checks look at; raises `Malformed`."""
    files = read_files(source)
    if CHECKPOINT not in files:
        raise Malformed("there is no checkpoint")
    if len(files[CHECKPOINT]) > CHECKPOINT_LIMIT:
        raise Malformed(f"the checkpoint has more than {CHECKPOINT_LIMIT} bytes")
    archive = Archive(read_checkpoint(files[CHECKPOINT]))
    items = families(archive.checkpoint.size)
    present = 0
    archive.dates = {path: files[path] for path in DATES if path in files}
    for path in sorted(files):
        if path == CHECKPOINT or path in DATES or path.startswith(HINTS + "/"):
            continue
        parts = take_apart(path)
        width = width_of(parts[1], items.get(parts[0], 0)) if parts else 0
        if parts is None or parts[2] > width:
            archive.unexpected.append(path)
        elif parts[2] == width:
            present += 1
            _keep(archive, path, parts, files[path])
    archive.expected_count = 1 + sum(-(-count // TILE_WIDTH) for count in items.values())
    archive.missing_count = archive.expected_count - 1 - present
    archive.missing = list(itertools.islice((path for path in _expected(items) if path not in files), listed))
    return archive


def _keep(archive: Archive, path: str, parts: tuple[str, int, int], data: bytes) -> None:
    family, number, width = parts
    first = number * TILE_WIDTH
    if family == ENTRIES:
        archive.entries.update(enumerate(_framed(path, data, 2, width, len(data)), first))
    elif family == PAYLOADS:
        archive.payloads.update(enumerate(_framed(path, data, 4, width, ITEM_LIMIT), first))
    else:
        archive.tiles[int(family.removeprefix(TILES + "/")), number, width] = data
