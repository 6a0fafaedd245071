"""Results by channel, as they are published: the parts of each contest that were decrypted (docs/spec.md §14.3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from e2evote.adapter.board import BoardReader
from e2evote.errors import Refused
from e2evote.record.outcome import decode_outcome
from e2evote.record.stated import read_statement
from e2evote.record.text_lines import in_one
from e2evote.verify.leaves import Entry


@dataclass(frozen=True, slots=True)
class Part:
    """Channels that were decrypted together, and the votes in them by option; the blank vote's is ""."""

    channels: tuple[str, ...]
    votes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ContestParts:
    """ballots: counted, by channel. parts: none where the contest is withheld."""

    contest: str
    ballots: Mapping[str, int]
    parts: tuple[Part, ...]


def channel_results(board: BoardReader) -> tuple[ContestParts, ...]:
    """By contest, in the manifest's order; Refused `no-outcome` before there is an outcome."""
    manifest, group = board.manifest, board.setting.group
    outcome = decode_outcome(board.payload(_last(board, "outcome")), manifest)
    head = read_statement(in_one(board.payload(_last(board, "tally.statement"))), manifest, group).head
    ballots: dict[str, dict[str, int]] = {contest.id: {} for contest in manifest.contests}
    for product in head.products:
        ballots[product.contest][product.channel] = product.ballots
    votes: dict[str, dict[str, dict[str, int]]] = {contest.id: {} for contest in manifest.contests}
    for cell in outcome.cells:
        votes[cell.contest].setdefault(cell.channel, {})[cell.option] = cell.votes
    return tuple(
        ContestParts(
            contest.id,
            ballots[contest.id],
            tuple(Part(tuple(name.split("+")), own) for name, own in votes[contest.id].items()),
        )
        for contest in manifest.contests
    )


def _last(board: BoardReader, kind: str) -> Entry:
    for entry in reversed(board.entries):
        if entry.leaf.kind == kind:
            return entry
    raise Refused("no-outcome", f"the selection is {board.state.phase}: there is no {kind} yet")
