"""What went wrong, or is said to have, as entries of the log (docs/spec.md §5.4, §15).

An incident is a word from a fixed list, the lines concerned, and the hash of a paper that is kept elsewhere: nothing in
the log is about a person. Incidents are numbered, so that none is taken away unseen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from e2evote.adapter.board import BoardReader
from e2evote.adapter.inbox import Post
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.signing import party_of, signed
from e2evote.errors import Refused
from e2evote.record.state import State
from e2evote.record.voter_bodies import MOST_NAMED, Access, Incident, Reason
from e2evote.secret.sign import SigningKey
from e2evote.verify.leaves import Entry, Setting, signers

_MOST_TRIES = 10
KINDS = ("incident", "pause", "resume")


@dataclass(frozen=True, slots=True)
class Happening:
    """One leaf about what went wrong. number: of an incident or a pause. document: hex; empty where there is none."""

    index: int
    kind: str
    number: int
    word: str
    lines: tuple[str, ...]
    document: str
    author: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Opening:
    """One leaf of kind `access`: the names behind lines were opened to `reader` by `holder`."""

    index: int
    of: str
    purpose: str
    document: str
    reader: str
    holder: str


def report_incident(
    board: BoardReader, post: Post, key: SigningKey, code: str, lines: Iterable[str] = (), document: bytes = b""
) -> tuple[Incident, Acknowledged]:
    """The next incident, by a party that may report one. document: SHA-256 of a paper, or empty."""
    named = tuple(sorted(set(lines), key=str.encode))
    if len(named) > MOST_NAMED:
        raise Refused(
            "incident-lines", f"{len(named)} lines: one incident names at most {MOST_NAMED}; report more of them"
        )
    party_of(board.setting, key, "reporter")
    for _ in range(_MOST_TRIES):
        board.refresh()
        body = Incident(code, document, named, board.state.incidents + 1)
        try:
            return body, post(signed(board.setting, "incident", body, (key,)))
        except Refused as refused:  # another one has the number by now
            if refused.code != "board.phase" or not board.refresh():
                raise
    raise Refused("busy", f"the log had another incident {_MOST_TRIES} times while this one was made")


def pause_number(state: State, kind: str) -> int:
    """The number of a pause, or of a resumption, to be made now.

    While voting is paused it is that of this pause for either kind: a command whose answer was lost makes the same leaf
    again, and finds it on the board.
    """
    return max(1, state.pauses if state.paused or kind == "resume" else state.pauses + 1)


def happenings(setting: Setting, entries: Iterable[Entry]) -> tuple[Happening, ...]:
    """Incidents, pauses and resumptions, by index."""
    return tuple(_happening(setting, entry) for entry in entries if entry.leaf.kind in KINDS)


def openings(setting: Setting, entries: Iterable[Entry]) -> tuple[Opening, ...]:
    """When names were opened, by index."""
    holders, found = {party.key: party.id for party in signers(setting.manifest, "holder")}, []
    for entry in entries:
        body = entry.leaf.body
        if isinstance(body, Access):
            holder = holders.get(entry.leaf.signatures[-1].key, "")
            found.append(Opening(entry.index, body.of, body.purpose, body.document.hex(), entry.leaf.author, holder))
    return tuple(found)


def _happening(setting: Setting, entry: Entry) -> Happening:
    party = setting.manifest.party(entry.leaf.author)
    organisation = party.organisation if party else ""
    match entry.leaf.body:
        case Incident() as body:
            number, word, lines, document = body.number, body.code, body.lines, body.document.hex()
        case Reason() as reason:
            number, word, lines, document = reason.number, reason.reason, (), ""
        case _:
            raise AssertionError(entry.subject)
    return Happening(entry.index, entry.leaf.kind, number, word, lines, document, entry.leaf.author, organisation)
