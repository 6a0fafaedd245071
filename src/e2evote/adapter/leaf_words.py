"""What a leaf says, in sentences for whoever is asked to sign it (docs/spec.md §5.4, §13-§15).

Numbers of lines are written as people write them, 17 for 0000017. Nothing here is more than the leaf says: whose line
it is, and whether it is true, is what the signer has to know.
"""

from collections.abc import Callable, Mapping
from typing import Any

from e2evote.manifest.entries import KINDS
from e2evote.record.leaf import Leaf

CHANNELS = {"online": "online", "in_person": "in person", "postal": "by post"}


def line_shown(line: str) -> str:
    """A line as people write it: without leading zeros, where it is a number of a roll."""
    return line.lstrip("0") if len(line) == 7 and line.isdecimal() else line


def _reason(body: Any) -> str:
    return f"reason: {body.reason}"


_SENTENCES: Mapping[str, Callable[[Any], tuple[str, ...]]] = {
    "roll.freeze": lambda b: (f"The roll as at {b.as_at} has {b.lines} lines.", f"Root of its rows: {b.root.hex()}"),
    "roll.add": lambda b: (
        f"Line {line_shown(b.row.line)} is added to the roll; {_reason(b)}.",
        f"Style {b.row.style}, weight {b.row.weight}",
    ),
    "roll.remove": lambda b: (f"Line {line_shown(b.line)} is taken off the roll and may not vote; {_reason(b)}.",),
    "roll.contact": lambda b: (
        f"The contact {b.field!r} of line {line_shown(b.line)} is replaced by another; {_reason(b)}.",
        f"Commitment so far {b.old.hex()}, from now on {b.new.hex()}",
    ),
    "credential.reissue": lambda b: (
        f"Line {line_shown(b.line)} gets a new code, credential number {b.number}; {_reason(b)}.",
        f"It takes the place of number {b.old}." if b.old else "The line has no active code of this registrar now.",
        f"Public key: {b.key.hex()}",
    ),
    "credential.revoke": lambda b: (
        f"The code of line {line_shown(b.line)}, credential number {b.number}, is revoked; {_reason(b)}.",
    ),
    "open": lambda b: ("Voting begins.", f"Key ceremony {b.session}, extended base hash {b.h_e.hex()}"),
    "annul": lambda b: (
        f"A ballot of line {line_shown(b.line)} is not to count, at the member's request; {_reason(b)}.",
        f"Leaf of the ballot: {b.ballot.hex()}",
    ),
    "mark": lambda b: (f"Line {line_shown(b.line)} has voted {CHANNELS[b.channel]}, on paper.",),
    "pause": lambda b: (f"Voting online is paused, pause {b.number}; {_reason(b)}.",),
    "resume": lambda b: (f"Voting online goes on after pause {b.number}; {_reason(b)}.",),
    "extend": lambda b: (f"The closing date is put off to {b.close}.",),
    "close": lambda b: ("Voting ends.",),
    "paper": lambda b: (f"The totals of the ballots {CHANNELS[b.channel]}, encrypted.",),
    "lot": lambda b: (f"Ties are broken by the digits {b.digits}, drawn in public.",),
    "access": lambda b: (
        f"The names behind {'all lines of the roll' if b.of == 'roll' else 'the lines that voted'} are opened, "
        f"opening {b.number}; purpose: {b.purpose}.",
        f"Hash of the paper about it: {b.document.hex()}" if b.document else "There is no paper about it.",
    ),
    "sample": lambda b: (
        f"The digits {b.digits} were drawn in public; {b.lines} lines are to be asked whether they voted.",
    ),
}


def sentences(leaf: Leaf) -> tuple[str, ...]:
    """What is said by this leaf, which several parties sign."""
    if leaf.kind not in _SENTENCES:
        raise ValueError(f"{leaf.kind}: signed by one party alone")
    words = _SENTENCES[leaf.kind](leaf.body)
    if leaf.payload:
        words += (f"Beside it: {leaf.payload.len} bytes, SHA-256 {leaf.payload.sha256.hex()}",)
    if KINDS[leaf.kind].apart:
        words += ("The two who sign must be of different organisations.",)
    return words
