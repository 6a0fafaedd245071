"""The one zip form of a record (docs/record-format.md, Zip archives).

Members are stored, sorted, dated 1980-01-01 and without extras, so that no byte of the file is free: reading
builds every header again from names, sizes and checksums, and refuses the file where one differs. Nothing is
ever decompressed, and no name from the file chooses a place on disk, so bombs, traversal and links have no way in.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from zlib import crc32

from e2evote.errors import MalformedInput

LARGEST_FILE = 2**32 - 2
MOST_MEMBERS = 65_534
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_VERSION, _DATE = 20, 0x21
_BLOCK = 2**20
_WRONG_CHECKSUM = "the bytes do not have the archive's checksum"


@dataclass(frozen=True, slots=True)
class Member:
    """One stored file: where its bytes begin, how many there are, and their CRC-32."""

    name: str
    offset: int
    size: int
    crc: int

    def local_header(self) -> bytes:
        """The header before the bytes."""
        name = self.name.encode()
        fields = (b"PK\x03\x04", _VERSION, 0, 0, 0, _DATE, self.crc, self.size, self.size, len(name), 0)
        return _LOCAL.pack(*fields) + name

    def central_header(self) -> bytes:
        """The entry in the central directory; it points to the local header."""
        name = self.name.encode()
        start = self.offset - _LOCAL.size - len(name)
        fields = (_VERSION, _VERSION, 0, 0, 0, _DATE, self.crc, self.size, self.size, len(name), 0, 0, 0, 0, 0, start)
        return _CENTRAL.pack(b"PK\x01\x02", *fields) + name


def _ending(members: Iterable[Member], start: int) -> bytes:
    directory = b"".join(member.central_header() for member in members)
    number = sum(1 for _ in members)
    return directory + _END.pack(b"PK\x05\x06", 0, 0, number, number, len(directory), start, 0)


def zip_chunks(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The archive of `files`, which come sorted by name; ValueError where the form has no room for them."""
    members: list[Member] = []
    offset = 0
    for name, data in files:
        if members and members[-1].name.encode() >= name.encode():
            raise ValueError(f"{name} does not come after {members[-1].name}")
        member = Member(name, offset + _LOCAL.size + len(name.encode()), len(data), crc32(data))
        if member.offset + member.size > LARGEST_FILE or len(members) == MOST_MEMBERS:
            raise ValueError(f"{name}: a zip record holds 4 GiB and {MOST_MEMBERS} files at most; keep the directory")
        yield member.local_header()
        yield data
        members.append(member)
        offset = member.offset + member.size
    yield _ending(members, offset)


def zip_size(files: Iterable[tuple[str, int]]) -> int:
    """The bytes of the archive of files with these names and sizes."""
    return _END.size + sum(_LOCAL.size + _CENTRAL.size + 2 * len(name.encode()) + size for name, size in files)


def read_members(file: BinaryIO, size: int) -> tuple[Member, ...]:
    """The members of the archive in `file`, of `size` bytes; or MalformedInput where a header differs.

    The bytes of the members are not read here; `read_member` compares their checksum.
    """
    members: list[Member] = []
    position = 0
    while True:
        file.seek(position)
        head = file.read(_LOCAL.size)
        if head[:4] != b"PK\x03\x04":
            break
        if len(head) < _LOCAL.size or len(members) == MOST_MEMBERS:
            raise MalformedInput(f"no canonical record archive: header at byte {position}")
        crc, stored, name_length = head[14:18], head[18:22], head[26:28]
        raw = file.read(int.from_bytes(name_length, "little"))
        offset = position + _LOCAL.size + len(raw)
        member = Member(_name(raw, position), offset, int.from_bytes(stored, "little"), int.from_bytes(crc, "little"))
        if member.local_header() != head + raw or offset + member.size > size:
            raise MalformedInput(f"no canonical record archive: header at byte {position}")
        if members and members[-1].name.encode() >= member.name.encode():
            raise MalformedInput(f"no canonical record archive: {member.name!r} at byte {position} is out of order")
        members.append(member)
        position = offset + member.size
    ending = _ending(members, position)
    file.seek(position)
    if size - position != len(ending) or file.read(len(ending) + 1) != ending:
        raise MalformedInput(f"no canonical record archive: directory at byte {position}")
    return tuple(members)


def read_member(file: BinaryIO, member: Member) -> bytes:
    """The bytes of one member, or MalformedInput where the checksum differs."""
    file.seek(member.offset)
    data = file.read(member.size)
    if len(data) != member.size or crc32(data) != member.crc:
        raise MalformedInput(_WRONG_CHECKSUM, member.name)
    return data


def check_member(file: BinaryIO, member: Member) -> None:
    """MalformedInput where the checksum differs; reads in blocks, however large the member is."""
    file.seek(member.offset)
    crc, left = 0, member.size
    while left and (block := file.read(min(left, _BLOCK))):
        crc, left = crc32(block, crc), left - len(block)
    if left or crc != member.crc:
        raise MalformedInput(_WRONG_CHECKSUM, member.name)


def _name(raw: bytes, position: int) -> str:
    if not raw or not raw.isascii() or raw.endswith(b"/"):
        raise MalformedInput(f"no canonical record archive: the name at byte {position} is {ascii(raw)[2:-1]!r}")
    return raw.decode("ascii")
