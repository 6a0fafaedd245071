"""Bodies of the leaves about rolls, credentials, paper and what is said: docs/record-format.md "Leaf"."""

import re
from collections.abc import Callable

from reference import canonical as form
from reference.canonical import DATE, ID, BadForm
from reference.numbers import INDEX_LIMIT

LINE = re.compile(r"[0-9a-z-]{1,64}", re.ASCII)
ROLL_LINE = re.compile(r"(?!0000000)[0-9]{7}", re.ASCII)
DIGITS = re.compile(r"[0-9]{6,64}", re.ASCII)
MOST_LINES = 9_999_999
PAPER = ("in_person", "postal")

Test = Callable[[object], object]

REASONS = {
    "annul": ("coerced", "device", "not-own"),
    "credential.reissue": ("contact-changed", "damaged", "disclosed", "lost", "not-received"),
    "credential.revoke": ("disclosed", "ineligible", "requested"),
    "pause": ("incident", "order", "outage", "resolved"),
    "resume": ("incident", "order", "outage", "resolved"),
    "roll.add": ("appeal", "error", "omitted"),
    "roll.contact": ("bounced", "corrected", "moved"),
    "roll.remove": ("deceased", "duplicate", "error", "ineligible", "left"),
}
INCIDENTS = ("answer", "complaint", "delivery", "other", "outage", "paper", "roll")
PURPOSES = ("audit", "campaign", "complaint", "inspection")
VERDICTS = ("accepted", "consistent", "incomplete", "malformed", "rejected")


def _hash(value: object) -> None:
    form.hexadecimal(value)


def head(value: object) -> None:
    """Root and size of the log at some point."""
    members = form.members(value, ("root", "size"))
    form.hexadecimal(members["root"])
    form.integer(members["size"])


def _one_of(*words: str) -> Test:
    return lambda value: form.one_of(value, words)


def _between(least: int, most: int = INDEX_LIMIT) -> Test:
    return lambda value: form.integer(value, least, most)


def roll_line(value: object) -> str:
    """The name of a line of a roll: seven digits, not all zero."""
    return form.matching(value, ROLL_LINE)


def roll_row(value: object) -> dict[str, object]:
    """A line of the roll, with any commitments, style and weight."""
    row = form.members(value, ("commitments", "line", "style", "weight"))
    for commitment in form.array(row["commitments"], 1, 10):
        form.hexadecimal(commitment)
    roll_line(row["line"])
    form.matching(row["style"], ID)
    form.integer(row["weight"], 1, 1000)
    return row


def _document(value: object) -> None:
    if value != "":
        form.hexadecimal(value)


def _lines(value: object) -> None:
    lines = [form.matching(line, LINE) for line in form.array(value, 0, 40)]
    if lines != sorted(set(lines)):
        raise BadForm("lines are not strictly ascending")


_ROLL: dict[str, dict[str, Test]] = {
    "roll.seed": {"commit": _hash},
    "roll.freeze": {
        "as_at": lambda value: form.matching(value, DATE),
        "lines": _between(1, MOST_LINES),
        "root": _hash,
    },
    "roll.add": {"row": roll_row},
    "roll.remove": {"line": roll_line},
    "roll.contact": {"field": lambda value: form.matching(value, ID), "line": roll_line, "new": _hash, "old": _hash},
    "credential.issue": {"count": _between(0, MOST_LINES), "first": _between(1)},
    "credential.reissue": {"key": _hash, "line": roll_line, "number": _between(1), "old": _between(0)},
    "credential.revoke": {"line": roll_line, "number": _between(1)},
    "annul": {"ballot": _hash, "line": roll_line},
    "mark": {"channel": _one_of(*PAPER), "line": roll_line},
    "paper": {"channel": _one_of(*PAPER)},
    "pause": {"number": _between(1)},
    "resume": {"number": _between(1)},
    "incident": {"code": _one_of(*INCIDENTS), "document": _document, "lines": _lines, "number": _between(1)},
    "access": {
        "document": _document,
        "number": _between(1),
        "of": _one_of("register", "roll"),
        "purpose": _one_of(*PURPOSES),
    },
    "checked": {
        "challenges": _between(0, 10**6),
        "head": head,
        "receipts": _between(0, 10**6),
        "verdict": _one_of(*VERDICTS),
    },
    "sample": {"digits": lambda value: form.matching(value, DIGITS), "lines": _between(1, 10**5)},
    "report": {"page": _hash},
}

VOTER_BODIES: dict[str, dict[str, Test]] = {
    kind: members | ({"reason": _one_of(*REASONS[kind])} if kind in REASONS else {}) for kind, members in _ROLL.items()
}
