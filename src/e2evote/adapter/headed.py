"""A file of rows for one selection: a first text line that says what it is and for which, then the rows.

    {"election":<leaf hash of entry 0>,"kind":…,"v":…} ‖ 0A ‖ rows, in text lines

docs/member-files.md and docs/messages.md say what the rows are.
"""

from collections.abc import Iterable

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.fields import hex_bytes, integer, object_, one_of
from e2evote.record.text_lines import text_line

_LONGEST = 4096


def encode_headed(kind: str, version: int, election: bytes, rows: Iterable[bytes]) -> bytes:
    """The bytes of the file. rows: in pieces."""
    return b"".join((text_line({"election": election.hex(), "kind": kind, "v": version}), *rows))


def decode_headed(kind: str, version: int, data: bytes) -> tuple[bytes, bytes]:
    """The selection, and the rows, which the caller reads; MalformedInput for a file of another kind or version."""
    end = data.find(b"\n", 0, _LONGEST)
    if end < 0:
        raise MalformedInput(f"no first text line of at most {_LONGEST} bytes")
    head = object_(canonical.decode(data[:end], limit=_LONGEST), "", ("election", "kind", "v"))
    one_of(head["kind"], "kind", (kind,))
    integer(head["v"], "v", version, version)
    return hex_bytes(head["election"], "election", 32), data[end + 1 :]
