"""What a visitor has typed: read with a limit, kindly where people copy, and never shown again as it came.

Only values that have been understood are put back into a form, in the spelling of this library, so that no page can be
made to show words of somebody else's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from fastapi import Request

from e2evote.adapter.http_server import TooLarge, TooSlow, body_of
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing.crockford import decode, encode
from e2evote.hashing.fields import hex_bytes
from e2evote.manifest.model import Manifest
from e2evote.record.body import HASH
from e2evote.record.roll_row import typed_line

LARGEST = 4096
FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 10
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")


class NoForm(Exception):
    """What was sent is none of our forms. status: of the answer; reason: a key of the section `problem`."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status, self.reason = status, reason


@dataclass(frozen=True, slots=True)
class Asked:
    """What was understood of a form; mistakes: by field, the key of the text that says what is wanted."""

    line: str = ""
    tracker: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


async def fields_of(request: Request) -> Mapping[str, str]:
    """The fields of a form, each once."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise NoForm(415, "not_a_form")
    try:
        data = await body_of(request, LARGEST)
    except TooLarge:
        raise NoForm(413, "too_large") from None
    except TooSlow:
        raise NoForm(408, "not_a_form") from None
    try:
        text = data.decode("ascii")
        pairs = parse_qsl(text, True, True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise NoForm(400, "not_a_form") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise NoForm(400, "not_a_form")
    return fields


def read_asked(fields: Mapping[str, str], manifest: Manifest, *, tracker: bool) -> Asked:
    """Line, and tracker where it is asked for."""
    mistakes: dict[str, str] = {}
    line = own_tracker = ""
    try:
        given = fields.get("line", "").strip()
        line = typed_line(given) if manifest.roll else _own_line(given.lower())
    except (MalformedInput, Refused):
        mistakes["line"] = "line_wrong" if manifest.roll else "line_wrong_open"
    if tracker:
        try:
            own_tracker = encode(decode(_plain(fields.get("tracker", ""))))
        except MalformedInput:
            mistakes["tracker"] = "tracker_wrong"
    return Asked(line, own_tracker, mistakes)


def read_number(fields: Mapping[str, str], name: str) -> int:
    """A place in the log, which one of our own buttons has sent."""
    given = fields.get(name, "")
    if not given.isdecimal() or not given.isascii() or len(given) > 16:
        raise NoForm(400, "not_a_form")
    return int(given)


def _own_line(typed: str) -> str:
    """The line of whoever has made a key.    spec (7.1)"""
    return hex_bytes(typed, "line", HASH).hex()


def _plain(typed: str) -> str:
    """Without what copying leaves between the groups: any white space, and hyphens of other kinds."""
    return "".join(typed.split()).translate(_HYPHENS)
