"""Readers of decoded JSON: each refusal names the place, the value and what was wanted."""

from collections.abc import Callable
from typing import Any

import pytest

from e2evote.errors import MalformedInput
from e2evote.hashing import fields

PLACE = fields.member(fields.item(fields.member(fields.item("contests", 0), "items"), 2), "alpha")

Reader = Callable[[Any, str], Any]


def an_object(value: Any, where: str) -> Any:
    return fields.object_(value, where, ("a", "b"), ("c",))


def an_array(value: Any, where: str) -> Any:
    return fields.array(value, where, 1, 2)


def a_string(value: Any, where: str) -> Any:
    return fields.string(value, where, 1, 3)


def an_integer(value: Any, where: str) -> Any:
    return fields.integer(value, where, 1, 5)


def some_bytes(value: Any, where: str) -> Any:
    return fields.hex_bytes(value, where, 2)


def a_choice(value: Any, where: str) -> Any:
    return fields.one_of(value, where, ("cast", "challenge"))


REFUSED: list[tuple[Reader, Any, str]] = [
    (an_object, [], "an array, want an object"),
    (an_object, None, "null, want an object"),
    (an_object, {"a": 1}, "'b' is missing"),
    (an_object, {"a": 1, "b": 1, "d": 1}, "'d' is unknown here"),
    (an_object, {"a": 1, "b": 1, "A": 1}, "'A' is unknown here"),
    (an_array, {}, "an object, want an array"),
    (an_array, [], "0 items, want 1 to 2"),
    (an_array, [1, 2, 3], "3 items, want 1 to 2"),
    (a_string, 1, "an integer, want a string"),
    (a_string, "", "0 characters, want 1 to 3"),
    (a_string, "abcd", "4 characters, want 1 to 3"),
    (an_integer, True, "a boolean, want an integer"),
    (an_integer, "3", "a string, want an integer"),
    (an_integer, 0, "0, want 1 to 5"),
    (an_integer, 6, "6, want 1 to 5"),
    (fields.boolean, 1, "an integer, want a boolean"),
    (fields.boolean, "true", "a string, want a boolean"),
    (some_bytes, "0a", "2 characters, want 4"),
    (some_bytes, "0a0b0c", "6 characters, want 4"),
    (some_bytes, "0A0b", "lower-case"),
    (some_bytes, "0a 0", "hexadecimal"),
    (some_bytes, "ab  ", "hexadecimal"),
    (some_bytes, "0xab", "hexadecimal"),
    (some_bytes, "\u0661\u0661\u0661\u0661", "hexadecimal"),
    (some_bytes, 1234, "an integer, want a string"),
    (a_choice, "Cast", "'Cast', want one of 'cast', 'challenge'"),
    (a_choice, None, "null, want one of"),
    (a_choice, ["cast"], "an array, want one of"),
]


@pytest.mark.parametrize(("reader", "value", "reason"), REFUSED)
def test_refused(reader: Reader, value: Any, reason: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        reader(value, PLACE)
    assert refusal.value.where == "contests[0].items[2].alpha"
    assert reason in refusal.value.detail


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (an_object, {"a": 1, "b": None}),
        (an_object, {"a": 1, "b": 2, "c": 3}),
        (an_array, [1]),
        (an_array, [1, 2]),
        (a_string, "\u202e"),
        (an_integer, 1),
        (an_integer, 5),
        (fields.boolean, False),
        (a_choice, "cast"),
    ],
)
def test_taken_as_it_is(reader: Reader, value: Any) -> None:
    assert reader(value, PLACE) == value


def test_hexadecimal_is_read() -> None:
    assert some_bytes("00ff", PLACE) == b"\x00\xff"
    assert fields.hex_bytes("", PLACE, 0) == b""


def test_the_outermost_place_has_no_dot() -> None:
    assert fields.member("", "contests") == "contests"
