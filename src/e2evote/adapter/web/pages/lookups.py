"""What the log has of one line: a ballot by its tracker with its proof, or the line's row in the statement.

The answers are those of `verify.lookup` and of the tally statement; here they only get words. What is shown of a proof
has been checked first, with the same functions that anybody has.
"""

from dataclasses import dataclass

from e2evote.adapter.election import Election
from e2evote.adapter.leaf_words import line_shown
from e2evote.adapter.register_absence import LineProof
from e2evote.adapter.web.pages.facts import every_page, phase_key
from e2evote.adapter.web.pages.forms import Asked
from e2evote.adapter.web.pages.render import Visit
from e2evote.board.proof import decode_proof, open_receipt
from e2evote.errors import Refused
from e2evote.record.row_proof import RowProof
from e2evote.verify.log import log_key
from e2evote.verify.lookup import Found, Lookup

_NO_TRACKER = "0" * 32
_GOOD = (Lookup.COUNTED, Lookup.RECORDED)


@dataclass(frozen=True, slots=True)
class SeenAt:
    """A witness, and when it signed, in words."""

    name: str
    time: str


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """An inclusion proof that holds."""

    index: int
    size: int
    hashes: int
    root: str
    witnesses: tuple[SeenAt, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A look-up as the page shows it: the line as people write it."""

    status: str
    line: str
    tracker: str
    ballots: tuple[object, ...]
    elsewhere: bool
    on_roll: bool
    mark: object


def found_ballot(election: Election, asked: Asked, visit: Visit) -> dict[str, object]:
    """The answer for a line and a tracker."""
    found = election.lookup(asked.line, asked.tracker)
    index = next((ballot.index for ballot in found.ballots if ballot.tracker == found.tracker), None)
    return every_page(election, visit, "tracker") | {
        "changes": found.events,
        "found": _shown(found),
        "good": found.status in _GOOD and not found.elsewhere,
        "phase": phase_key(election.status()),
        "proof": None if index is None else _proof(election, index, visit),
    }


def found_line(election: Election, asked: Asked, visit: Visit) -> dict[str, object]:
    """What counts for a line, by the statement; before there is one, what the log shows so far."""
    page = every_page(election, visit, "absence") | {"shown_line": line_shown(asked.line)}
    try:
        proof, receipt = election.row(asked.line)
    except Refused as refused:
        if refused.code == "line-unknown":
            return page | {"answer": "no_row"}
        if refused.code != "not-stated":
            raise
        return page | _so_far(election, asked)
    return page | {"answer": "row", "row": _row(proof, decode_proof(receipt).index, visit)}


def line_proof(election: Election, line: str) -> bytes:
    """The file that `e2evote register proof` checks."""
    row, receipt = election.row(line)
    return LineProof(row, receipt).encode()


def _so_far(election: Election, asked: Asked) -> dict[str, object]:
    try:
        election.line(asked.line)
    except Refused as refused:
        if refused.code != "line-unknown":
            raise
        return {"answer": "unknown"}
    found = election.lookup(asked.line, _NO_TRACKER)
    return {"answer": "so-far", "changes": found.events, "found": _shown(found)}


def _shown(found: Found) -> Shown:
    return Shown(
        status=found.status.value,
        line=line_shown(found.line),
        tracker=found.tracker,
        ballots=found.ballots,
        elsewhere=found.elsewhere,
        on_roll=found.on_roll,
        mark=found.mark,
    )


def _proof(election: Election, index: int, visit: Visit) -> ProofFacts:
    data, manifest = election.receipt(index), election.manifest
    receipt = open_receipt(data, log_key(manifest), manifest.policy)
    seen = tuple(SeenAt(one.name, visit.words.at(one.time)) for one in receipt.cosigned)
    hashes = len(decode_proof(data).hashes)
    return ProofFacts(receipt.index, receipt.checkpoint.size, hashes, receipt.checkpoint.root.hex(), seen)


def _row(proof: RowProof, statement: int, visit: Visit) -> dict[str, object]:
    row = proof.row
    return {
        "channel": visit.words("channel", row.channel),
        "hashes": len(proof.proof),
        "index": statement,
        "place": proof.index + 1,
        "status": row.status,
        "text": f"row_{row.status.replace('-', '_')}",
    }
