"""JSON from strangers has one reading, or none."""

import pytest

from e2evote.adapter.api.strict_json import decode_json
from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import LARGEST


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"b": 1, "a": [true, null, "x"]}', {"b": 1, "a": [True, None, "x"]}),
        (' \t\r\n{ "a" : -0 } ', {"a": 0}),
        (f"[{LARGEST}, -{LARGEST}]", [LARGEST, -LARGEST]),
        ('"\\ud83d\\ude00 \\u00e9 []{}"', "😀 é []{}"),
        ('"a\\\\"', "a\\"),
        ('"[[[[[[[[[[[[[[[[[[["', "[" * 19),
        ('["' + "," * 20_000 + '\\",,", ""]', ["," * 20_000 + '",,', ""]),
        ("[" * 16 + "]" * 16, [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]),
    ],
)
def test_what_is_taken(text: str, value: object) -> None:
    assert decode_json(text.encode()) == value


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a":1,"a":1}', "a name twice"),
        (b'{"a":1,"\\u0061":2}', "a name twice"),
        (b'[{"x":{"a":1,"b":2,"a":3}}]', "a name twice"),
        (b"[NaN]", "NaN"),
        (b"[Infinity]", "Infinity"),
        (b"[-Infinity]", "-Infinity"),
        (b"[1.0]", "not whole"),
        (b"[1e3]", "not whole"),
        (b"[9007199254740992]", "larger"),
        (b"[-9007199254740992]", "larger"),
        (b"[" + b"9" * 100_000 + b"]", "larger"),
        (b"[01]", "not JSON"),
        (b"[+1]", "not JSON"),
        (b"[1,]", "not JSON"),
        (b"{'a':1}", "not JSON"),
        (b'{"a":1}x', "not JSON"),
        (b'["\x01"]', "not JSON"),
        (b'["\\x"]', "not JSON"),
        (b'["\\ud800"]', "surrogate"),
        (b'{"\\udc00":1}', "surrogate"),
        (b'["\\ude00\\ud83d"]', "surrogate"),
        (b'["\xed\xa0\x80"]', "not UTF-8"),
        (b'["\xff"]', "not UTF-8"),
        ('["a"]'.encode("utf-16"), "not UTF-8"),
        (b"\xef\xbb\xbf[]", "byte order mark"),
        (b"", "not JSON"),
        (b"[" * 17 + b"]" * 17, "nested deeper"),
        (b"[" * 9_000, "nested deeper"),
        (b'{"a":' * 9_000, "nested deeper"),
        (b"[" * 1_000_000, "more than"),
        (b"[" + b"[]," * 1_000_000 + b"0]", "more than"),
        (b"[" + b'"\\"",' * 1_000_000 + b"0]", "more than"),
        (b"[]]", "do not pair"),
        (b"[}", "not JSON"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(MalformedInput, match=reason):
        decode_json(data)
