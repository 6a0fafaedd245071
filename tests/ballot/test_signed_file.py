"""A signed ballot as a file: what a browser writes is read, and nothing else is."""

import json
from typing import Any

import pytest

from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.signed_file import decode_signed, encode_signed
from e2evote.errors import MalformedInput

ENVELOPE = Envelope(b'{"author":"voter"}', '{"name":"Siân"}'.encode(), b"\x00\xff hints")
FILE = encode_signed(ENVELOPE)


def test_what_is_written_is_read() -> None:
    assert decode_signed(FILE) == ENVELOPE
    assert (json.dumps(json.loads(FILE), ensure_ascii=False, separators=(",", ":")) + "\n").encode() == FILE


@pytest.mark.parametrize(
    ("member", "value", "where"),
    [
        ("kind", "e2evote-opened", "kind"),
        ("v", 2, "v"),
        ("leaf", "", "leaf"),
        ("leaf", "x" * 5000, "leaf"),
        ("leaf", "é" * 4000, "envelope"),
        ("payload", 1, "payload"),
        ("payload", "", "payload"),
        ("hints", "====", "hints"),
        ("hints", "AA=A", "hints"),
        ("hints", "\u00e9", "hints"),
        ("seed", "00", "seed"),
    ],
)
def test_anything_else_is_refused_and_says_where(member: str, value: Any, where: str) -> None:
    changed = {**json.loads(FILE), member: value}
    data = json.dumps(changed, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    with pytest.raises(MalformedInput, match=where):
        decode_signed(data)


def test_bytes_that_are_not_canonical_are_refused() -> None:
    with pytest.raises(MalformedInput):
        decode_signed(FILE.replace(b'{"hints"', b'{ "hints"'))
