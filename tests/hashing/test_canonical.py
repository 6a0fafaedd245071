"""Canonical JSON: what must be refused, and that what is taken has one encoding."""

import json
from collections.abc import Callable
from enum import IntEnum, StrEnum
from itertools import product
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import DEPTH, LARGEST, decode, encode

BIG = 10_000_000

REFUSED = {
    "nothing": (b"", "not JSON at byte 0"),
    "duplicate name": (b'{"a":1,"a":1}', "'a': a name twice"),
    "duplicate name, apart": (b'{"a":1,"b":2,"a":3}', "'a': a name twice"),
    "duplicate name, escaped": (b'{"a":1,"\\u0061":1}', "byte 7"),
    "names out of order": (b'{"b":1,"a":1}', "'a': out of order"),
    "names ordered by code point": ('{"\ufb33":1,"\U0001f600":2}'.encode(), "out of order"),
    "fraction": (b"[1.5]", "byte 1: a number"),
    "whole fraction": (b"[1.0]", "byte 1: a number"),
    "exponent": (b"[1e3]", "byte 1: a number"),
    "capital exponent": (b"[1E3]", "byte 1: a number"),
    "infinite exponent": (b"1e999", "byte 0: a number"),
    "zero fraction": (b"0.0", "byte 0: a number"),
    "zero exponent": (b"0e0", "byte 0: a number"),
    "minus zero": (b"-0", "byte 0: a number"),
    "minus zero fraction": (b"-0.0", "byte 0: a number"),
    "plus": (b"+1", "byte 0: unexpected 0x2b"),
    "leading zero": (b"01", "byte 0: a number"),
    "minus alone": (b"-", "byte 0: a number"),
    "hexadecimal": (b"0x10", "byte 1: unexpected 0x78"),
    "underscore": (b"1_0", "byte 1: unexpected 0x5f"),
    "arabic digits": ("\u0661".encode(), "byte 0: unexpected 0xd9"),
    "NaN": (b"[NaN]", "byte 1: NaN and Infinity"),
    "Infinity": (b"[Infinity]", "byte 1: NaN and Infinity"),
    "-Infinity": (b"[-Infinity]", "byte 1: a number"),
    "2^53": (b"[9007199254740992]", "byte 1: a number"),
    "-2^53": (b'{"a":-9007199254740992}', "byte 5: a number"),
    "largest of 16 digits": (b"9999999999999999", "byte 0: a number"),
    "17 digits": (b"10000000000000000", "byte 0: a number"),
    "5000 digits": (b"1" * 5000, "byte 0: a number"),
    "leading space": (b" 1", "byte 0: white space"),
    "space after comma": (b"[1, 2]", "byte 3: white space"),
    "newline at the end": (b"{}\n", "byte 2: white space"),
    "trailing data": (b"{}{}", "not JSON at byte 2"),
    "trailing NUL": (b"{}\x00", "byte 2: unexpected 0x00"),
    "two numbers": (b"1true", "not JSON at byte 1"),
    "byte order mark": (b"\xef\xbb\xbf{}", "byte order mark"),
    "UTF-16": ('{"a":1}'.encode("utf-16"), "not UTF-8 at byte 0"),
    "UTF-16 without mark": ('{"a":1}'.encode("utf-16-le"), "byte 1: unexpected 0x00"),
    "UTF-32": (b"{}".decode().encode("utf-32-be"), "byte 0: unexpected 0x00"),
    "invalid UTF-8": (b'"\xff"', "not UTF-8 at byte 1"),
    "overlong UTF-8": (b'"\xc0\xaf"', "not UTF-8 at byte 1"),
    "surrogate in UTF-8": (b'"\xed\xa0\x80"', "not UTF-8 at byte 1"),
    "lone surrogate escaped": (b'["\\ud800"]', "byte 1: a string"),
    "surrogate pair escaped": (b'"\\ud83d\\ude00"', "byte 0: a string"),
    "letter escaped": (b'"\\u0061"', "byte 0: a string"),
    "solidus escaped": (b'"\\/"', "byte 0: a string"),
    "capital hexadecimal escape": (b'"\\u001F"', "byte 0: a string"),
    "long escape of a newline": (b'"\\u000a"', "not canonical at byte 2"),
    "raw newline": (b'"\n"', "byte 0: a string"),
    "raw NUL": (b'"\x00"', "byte 0: a string"),
    "string without end": (b'"abc', "byte 0: a string"),
    "string ending in a backslash": (b'"abc\\', "byte 0: a string"),
    "comment": (b"/**/1", "byte 0: unexpected 0x2f"),
    "single quotes": (b"'a'", "byte 0: unexpected 0x27"),
    "capital literal": (b"True", "byte 0: unexpected 0x54"),
    "trailing comma": (b"[1,]", "not JSON at byte "),  # at the comma or after it, by the version of Python
    "missing comma": (b"[1[2]]", "not JSON at byte 2"),
    "name without quotes": (b"{1:1}", "not JSON at byte 1"),
    "brackets crossed": (b'{"a":[}]', "not JSON at byte 6"),
    "bracket missing": (b"[[1]", "brackets"),
    "bracket too many": (b"[1]]", "brackets"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(data: bytes, reason: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        decode(data, 10_000)
    assert reason in str(refusal.value)
    assert canonical._read_plain(data, DEPTH) is None


def test_the_limit_is_in_bytes_and_comes_first() -> None:
    assert decode(b'"\xc3\xa9"', 4) == "é"
    with pytest.raises(MalformedInput, match="4 bytes, limit 3"):
        decode(b'"\xc3\xa9"', 3)


@pytest.mark.parametrize("levels", [1, 2, 15])
def test_as_deep_as_the_limit_and_no_deeper(levels: int) -> None:
    shallow = b"[" * levels + b"]" * levels
    assert encode(decode(shallow, 1000, levels), levels) == shallow
    for limit in range(levels):
        with pytest.raises(MalformedInput, match=f"deeper than {limit} levels"):
            decode(shallow, 1000, limit)
        with pytest.raises(ValueError, match="too deeply"):
            encode(json.loads(shallow), limit)


def test_objects_are_as_deep_as_arrays() -> None:
    assert encode({"a": {"b": ()}}, 3) == b'{"a":{"b":[]}}'
    deep: list[Any] = [{"a": {"b": []}}, {"a": [{}]}, [[{}]]]
    for value in deep:
        with pytest.raises(ValueError, match="too deeply"):
            encode(value, 2)


@pytest.mark.parametrize("depth", [-1, 101])
def test_a_depth_limit_that_would_not_protect_the_stack(depth: int) -> None:
    assert decode(b"0", 10, 100) == decode(b"0", 10, 0) == 0
    with pytest.raises(ValueError, match=f"depth limit {depth}"):
        decode(b"0", 10, depth)


def test_depth_is_counted_in_brackets_of_both_kinds_and_not_in_strings() -> None:
    assert decode(b'[{"a":[{"b":[]}]}]', 1000, 5) == [{"a": [{"b": []}]}]
    with pytest.raises(MalformedInput, match="deeper than 4 levels"):
        decode(b'[{"a":[{"b":[]}]}]', 1000, 4)
    tricks = ["[[[[[", "]]]]]", '"[', '\\"[', "\\", '\\\\"[[', '""[', '[""', "", "{"]
    assert decode(encode(tricks), 1000, 1) == tricks
    assert decode(encode({name: name for name in tricks}), 1000, 1) == {name: name for name in tricks}
    for trick in tricks:
        with pytest.raises(MalformedInput, match="deeper than 1 levels"):
            decode(encode([trick, [trick]]), 1000, 1)


HOSTILE = {
    "opening brackets": b"[" * BIG,
    "opening braces": b'{"":' * (BIG // 4),
    "closing brackets": b"]" * BIG,
    "quotes": b'"' * BIG,
    "escaped quotes, no end": b'"' + b'\\"' * (BIG // 2),
    "backslashes": b'"' + b"\\" * BIG,
    "a million digits": b"1" * 1_000_000,
    "a million digits, negative, in an array": b"[-" + b"9" * 1_000_000 + b"]",
    "a million zeros after the point": b"0." + b"0" * 1_000_000,
    "white space": b" " * BIG,
    "NUL": bytes(BIG),
    "brackets crossed, deep": b"[{" * (BIG // 4) + b"]}" * (BIG // 4),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_is_refused_and_nothing_else(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        decode(data, 2 * BIG)


@pytest.mark.parametrize("data", [b"[" + b"0," * 100_000 + b"0]", b"[" + b'"",' * 100_000 + b"{}]"])
def test_wide_arrays_are_no_error(data: bytes) -> None:
    assert encode(decode(data, BIG)) == data


class Colour(StrEnum):
    RED = "red"


class Number(IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        LARGEST + 1,
        -LARGEST - 1,
        b"bytes",
        {1: 2},
        {None: 1},
        {True: 1},
        "\ud800",
        {"\udc00": 1},
        {1, 2},
        Colour.RED,
        Number.ONE,
        [Number.ONE],
        {"a": [1.5]},
        object(),
    ],
)
def test_what_has_no_encoding_is_the_callers_mistake(value: Any) -> None:
    with pytest.raises(ValueError):
        encode(value)


def test_true_is_not_one() -> None:
    assert encode([True, 1, False, 0, None]) == b"[true,1,false,0,null]"
    read = decode(b"[true,1,false,0,null]", 100)
    assert isinstance(read, list)
    assert [type(item) for item in read] == [bool, int, bool, int, type(None)]


def test_the_example_of_rfc_8785_without_its_fractions() -> None:
    value = {
        "peach": "This sorting order",
        "péché": "is wrong according to French",
        "pêche": "but canonicalization MUST",
        "sin": "ignore locale",
    }
    assert list(json.loads(encode(value))) == ["peach", "péché", "pêche", "sin"]
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    data = encode(dict.fromkeys(names, 0))
    assert list(json.loads(data)) == ordered
    assert decode(data, 1000) == dict.fromkeys(names, 0)
    assert encode('€$\x0f\nA\'B"\\\\"/') == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'


values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=3), below, max_size=4),
    max_leaves=12,
)


@given(values)
def test_decode_undoes_encode_and_both_agree_with_rfc_8785(value: Any) -> None:
    data = encode(value)
    assert data == rfc8785.dumps(value)
    read = decode(data, 1_000_000)
    assert read == value
    assert encode(read) == data


@given(values, st.data())
def test_any_other_bytes_are_refused_or_are_another_value(value: Any, data: st.DataObject) -> None:
    """encode(decode(x)) = x for whatever `decode` takes, here for encodings with one byte changed."""
    encoded = bytearray(encode(value))
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] = data.draw(st.sampled_from(b'[]{},:"\\ 019-.eEtfnu\n\x80\xff'))
    try:
        read = decode(bytes(encoded), 1_000_000)
    except MalformedInput:
        return
    assert rfc8785.dumps(read) == encoded


@given(st.text('[]{},:"\\ 01-.eEtrufalsn\n', max_size=12))
def test_whatever_is_taken_is_canonical(text: str) -> None:
    try:
        read = decode(text.encode(), 100)
    except MalformedInput:
        return
    assert rfc8785.dumps(read) == text.encode()


# `decode` reads plain bytes in a shorter way: it must take nothing that the long way refuses, and read it alike.


def answer(read: Callable[[bytes, int], Any], data: bytes, depth: int = DEPTH) -> Any:
    """What was read, told apart by type, or that it was refused."""
    try:
        return repr(read(data, depth))
    except MalformedInput:
        return "refused"


def short_way_agrees(data: bytes, depth: int = DEPTH) -> bool:
    """It may leave anything to the long way by answering None."""
    short = answer(canonical._read_plain, data, depth)
    return short in ("None", answer(canonical._read, data, depth))


plain_text = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7F, exclude_characters='"\\'), max_size=5)
plain_values = st.recursive(
    st.booleans() | st.integers(-LARGEST, LARGEST) | plain_text,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(plain_text, below, max_size=4),
    max_leaves=12,
)


@given(plain_values)
def test_the_short_way_takes_everything_plain(value: Any) -> None:
    assert encode(value) == rfc8785.dumps(value)
    assert canonical._read_plain(encode(value), DEPTH) == value


@given(plain_values | values, st.data())
def test_the_short_way_takes_only_what_the_long_way_takes(value: Any, data: st.DataObject) -> None:
    """For encodings with up to three bytes changed, and with the members of an object in another order."""
    encoded = bytearray(encode(value))
    for _ in range(data.draw(st.integers(1, 3))):
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(
            st.sampled_from(b'[]{},:"\\ 019-.e\n\x00\x1f\x7f\xc3')
        )
    assert short_way_agrees(bytes(encoded))
    names = data.draw(st.permutations([*value, "a"] if isinstance(value, dict) else ["a", "b", "B", "ab", "", "\x7f"]))
    assert short_way_agrees(json.dumps(dict.fromkeys(names, 1), ensure_ascii=False, separators=(",", ":")).encode())


def test_both_ways_agree_on_every_short_row_of_tokens() -> None:
    tokens = [b"[", b"]", b"{", b"}", b",", b'"a":', b'"b":', b'"', b"a", b"1", b"0", b"-", b"\x1f"]
    rows = [b"".join(row) for size in range(5) for row in product(tokens, repeat=size)]
    taken = [row for row in rows if canonical._read_plain(row, DEPTH) is not None]
    assert {b"{}", b"[1]", b"-1", b'""', b'{"a":1}', b"[[]]"} < set(taken)
    assert [row for row in rows if not short_way_agrees(row)] == []


@pytest.mark.parametrize("depth", range(4))
def test_the_short_way_keeps_the_depth_limit(depth: int) -> None:
    """The parser recurses: what is too deep must not come to it, however the quotes stand."""
    rows = [b"".join(row) for size in range(1, 7) for row in product([b"[", b"]", b'"', b'"["'], repeat=size)]
    assert all(short_way_agrees(row, depth) for row in rows)
    for data in (b"[" * 100_000, b'{"":' * 100_000, b'["",' * 100_000 + b"]" * 100_000):
        assert canonical._read_plain(data, depth) is None
