"""Canonical JSON (RFC 8785), written and strictly read (docs/spec.md, section 5.3).

One value has one encoding: sorted keys, no white space, shortest escapes, UTF-8. e2evote's JSON has no
fractions: a number is an integer of at most 2^53 - 1 in size, which every JSON parser reads alike.

`decode` is for bytes from outside. It goes over them as tokens (which settles white space, numbers and
escapes, and names the offset), as brackets alone (so that the parser, which recurses, never meets a depth
beyond the limit), and as values (grammar, repeated keys and their order). Each pass is linear and runs at the
speed of C. What remains must then be written to the same bytes again.

Ballots and leaves are ASCII without escapes. There each string stands for itself and each token has one form, so
that bytes which are nothing but tokens, nested within the limit, with the names in order, are what writing would
give. `_read_plain` looks for just that, at a third of the cost, and gives no reasons: whatever else it meets goes
the long way, to be taken or refused there.
"""

import json
import re
from collections.abc import Mapping, Sequence

import rfc8785

from e2evote.errors import MalformedInput
from e2evote.hashing.brackets import is_within, outside_strings

JSON = None | bool | int | str | list["JSON"] | dict[str, "JSON"]
"""What `decode` returns."""

Encodable = None | bool | int | str | Sequence["Encodable"] | Mapping[str, "Encodable"]
"""What `encode` takes: None, bool, int, str, list, tuple and dict themselves, no subclasses."""

LARGEST = 2**53 - 1
DEPTH = 16


def _beyond(bound: str) -> str:
    """A pattern for the numbers of as many digits as `bound` that are greater than it."""
    greater = [
        f"{bound[:place]}[{int(digit) + 1}-9][0-9]{{{len(bound) - place - 1}}}"
        for place, digit in enumerate(bound)
        if digit != "9"
    ]
    return "|".join(greater)


_STRING = rb'"[^"\\\x00-\x1f]*+(?:\\(?:["\\bfnrt]|u00[01][0-9a-f])[^"\\\x00-\x1f]*+)*+"'
_INTEGER = rb"-?+(?!" + _beyond(str(LARGEST)).encode() + rb")[1-9][0-9]{0,15}+(?![0-9.eE])|0(?![0-9.eE])"
_TOKENS = re.compile(rb"(?:[\[\]{},:]++|" + _STRING + rb"|" + _INTEGER + rb"|true|false|null)*+")
_PLAIN_TOKENS = re.compile(rb'(?:[\[\]{},:]++|"[^"]*+"|' + _INTEGER + rb"|true|false|null)*+")

# For the values here, json's own writer gives the bytes of RFC 8785, in C, but for the order of names; tests hold it
# against rfc8785.
_WRITER = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"))
_SORTING_WRITER = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"), sort_keys=True
)


def encode(value: Encodable, depth: int = DEPTH) -> bytes:
    """The one encoding of `value`; ValueError for what has none.

    Only exact types are taken: an enumeration, a gmpy2 integer or a float that slipped in is our own
    mistake, and a bool is a bool because it is never asked whether it is an int.
    """
    _check_encodable(value, depth)
    written = _SORTING_WRITER.encode(value)
    if written.isascii():  # names in the order of their characters, which is that of their UTF-16 code units
        return written.encode("ascii")
    return rfc8785.dumps(value)


def _check_encodable(value: object, depth: int) -> None:
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return
    if type(value) is int:
        if abs(value) > LARGEST:
            raise ValueError(f"canonical JSON: an integer of {value.bit_length()} bits, limit 53")
    elif depth == 0:
        raise ValueError("canonical JSON: nested too deeply")
    elif type(value) is list or type(value) is tuple:
        for item in value:
            _check_encodable(item, depth - 1)
    elif type(value) is dict:
        for name, item in value.items():
            if type(name) is not str:
                raise ValueError(f"canonical JSON: the name {name!r} is not a string")
            _check_encodable(item, depth - 1)
    else:
        raise ValueError(f"canonical JSON: {kind.__name__} has no encoding")


def decode(data: bytes, limit: int, depth: int = DEPTH) -> JSON:
    """The value whose one encoding is `data`, or MalformedInput: encode(decode(x)) = x for every x it takes.

    `limit` is in bytes. Nothing is refused by exhausting the stack, and no number longer than 16 digits is
    ever converted.
    """
    if not 0 <= depth <= 100:
        raise ValueError(f"canonical JSON: depth limit {depth} is not in [0, 100]")
    if len(data) > limit:
        raise MalformedInput(f"{len(data)} bytes, limit {limit}")
    value = _read_plain(data, depth)
    return _read(data, depth) if value is None else value


def _read_plain(data: bytes, depth: int) -> JSON:
    """The value of canonical JSON in ASCII without escapes; None for whatever is not that, and for null.

    The pattern overlooks control characters in strings, which the parser refuses.
    """
    if b"\\" in data or not _PLAIN_TOKENS.fullmatch(data) or not is_within(outside_strings(data), depth):
        return None
    try:
        value: JSON = _PLAIN_PARSER.decode(data.decode("ascii"))
    except ValueError:  # not ASCII, not JSON, or a name twice or out of order
        return None
    return value


def _plain_object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    """Names in ASCII, once each and in order: that of their characters, which is that of their UTF-16 code units."""
    value = dict(pairs)
    names = list(value)
    if len(names) != len(pairs) or names != sorted(names):
        raise ValueError("not canonical JSON")
    return value


_PLAIN_PARSER = json.JSONDecoder(object_pairs_hook=_plain_object)


def _read(data: bytes, depth: int) -> JSON:
    """The value of any canonical JSON, or MalformedInput with the reason."""
    text = _decode_text(data)
    _check_tokens(data)
    if not is_within(outside_strings(data), depth):
        raise MalformedInput(f"brackets that do not pair, or nested deeper than {depth} levels")
    try:
        value: JSON = json.loads(text, object_pairs_hook=_ordered_object)
    except json.JSONDecodeError as error:
        raise MalformedInput(f"not JSON at byte {len(text[: error.pos].encode())}: {error.msg}") from None
    written = _WRITER.encode(value).encode()
    if written != data:
        raise MalformedInput(f"not canonical at byte {_first_difference(written, data)}")
    return value


def _decode_text(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise MalformedInput("begins with a byte order mark")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInput(f"not UTF-8 at byte {error.start}") from None


def _check_tokens(data: bytes) -> None:
    """Every byte belongs to a bracket, comma, colon, literal, string or integer in its canonical form."""
    tokens = _TOKENS.match(data)
    at = tokens.end() if tokens else 0
    if at == len(data):
        return
    byte = data[at : at + 1]
    if byte in b" \t\r\n":
        reason = "white space"
    elif byte == b'"':
        reason = "a string that does not end, or with a control character or an escape that canonical JSON has not"
    elif byte in b"-0123456789":
        reason = f"a number that is not an integer of at most {LARGEST} in size, in its shortest form"
    elif byte in b"NI":
        reason = "NaN and Infinity are not JSON"
    else:
        reason = f"unexpected 0x{byte.hex()}"
    raise MalformedInput(f"not canonical JSON at byte {at}: {reason}")


def _ordered_object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    """Names once each and in the order of their UTF-16 code units, as RFC 8785 sorts them."""
    if len(pairs) > 1:
        units = [name.encode("utf-16-be") for name, _ in pairs]
        for position in range(1, len(units)):
            if units[position - 1] >= units[position]:
                repeated = len(set(units)) < len(units)
                raise MalformedInput(f"name {pairs[position][0]!r}: {'a name twice' if repeated else 'out of order'}")
    return dict(pairs)


def _first_difference(left: bytes, right: bytes) -> int:
    same, different = 0, min(len(left), len(right))
    while same < different:
        middle = (same + different + 1) // 2
        if left[same:middle] == right[same:middle]:
            same = middle
        else:
            different = middle - 1
    return same
