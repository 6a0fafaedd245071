"""The one zip form: what it writes it reads, and nothing else is read (docs/record-format.md, Zip archives)."""

import io
import zipfile
from collections.abc import Callable

import pytest

from e2evote.errors import MalformedInput
from e2evote.record.archive import ZipArchive
from e2evote.record.zipped import Member, read_members, zip_chunks

FILES = (("checkpoint", b"note"), ("payload/000.p/1", b""), ("tile/0/000.p/1", bytes(range(256))))


def packed(files: tuple[tuple[str, bytes], ...] = FILES) -> bytes:
    return b"".join(zip_chunks(files))


def archive(data: bytes) -> ZipArchive:
    return ZipArchive(io.BytesIO(data), read_all=True)


def test_what_is_written_is_read() -> None:
    opened = archive(packed())
    assert dict(opened.sizes()) == {name: len(data) for name, data in FILES}
    assert [opened.read(name) for name, _ in FILES] == [data for _, data in FILES]


def test_any_zip_reader_can_read_it() -> None:
    with zipfile.ZipFile(io.BytesIO(packed())) as other:
        assert other.testzip() is None
        assert [(info.filename, other.read(info)) for info in other.infolist()] == list(FILES)


def test_an_empty_archive_is_an_archive() -> None:
    assert dict(archive(packed(())).sizes()) == {}


def by_zipfile(change: Callable[[zipfile.ZipFile], None], *, compressed: bool = False) -> bytes:
    file = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", method) as other:
        change(other)
    return file.getvalue()


def flipped(position: int) -> bytes:
    data = bytearray(packed())
    data[position] ^= 1
    return bytes(data)


REFUSED = {
    "compressed (a bomb)": by_zipfile(lambda z: z.writestr("checkpoint", b"0" * 10**6), compressed=True),
    "dated": by_zipfile(lambda z: z.writestr(zipfile.ZipInfo("checkpoint", (2026, 1, 1, 0, 0, 0)), b"note")),
    "not a zip": b"checkpoint",
    "empty file": b"",
    "bytes before": b"\0" + packed(),
    "bytes after": packed() + b"\0",
    "bytes of a member": flipped(packed().index(b"note")),
    "checksum": flipped(14),
    "version": flipped(4),
    "flags": flipped(6),
    "time": flipped(10),
    "comment length": flipped(len(packed()) - 1),
    "without directory": packed()[: packed().index(b"PK\x01\x02")],
    "unsorted": packed(FILES[:1])[:0]
    + b"".join((Member("b", 31, 0, 0).local_header(), Member("a", 62, 0, 0).local_header())),
    "same name twice": b"".join((Member("a", 31, 0, 0).local_header(), Member("a", 62, 0, 0).local_header())),
    "no name": Member("", 30, 0, 0).local_header(),
    "a folder": Member("tile/", 35, 0, 0).local_header(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_no_other_form_is_read(name: str) -> None:
    with pytest.raises(MalformedInput):
        archive(REFUSED[name])


def test_a_name_that_leads_elsewhere_is_only_a_name() -> None:
    opened = archive(packed((("../../etc/passwd", b"x"), ("/absolute", b"y"))))
    assert set(opened.sizes()) == {"../../etc/passwd", "/absolute"}
    with pytest.raises(MalformedInput, match="limit is 0"):
        opened.read("../../etc/passwd")


@pytest.mark.parametrize("files", [(("b", b""), ("a", b"")), (("a", b""), ("a", b""))])
def test_the_writer_refuses_unsorted_files(files: tuple[tuple[str, bytes], ...]) -> None:
    with pytest.raises(ValueError, match="does not come after"):
        packed(files)


def test_a_size_beyond_the_file_is_refused() -> None:
    header = Member("a", 31, 2**31, 0).local_header()
    with pytest.raises(MalformedInput):
        read_members(io.BytesIO(header), len(header))
