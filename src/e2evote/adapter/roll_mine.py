"""What is on the board about one member, said to the member who has the opening (docs/spec.md §13.2, §13.3, §7).

Which address is held, whether it changed and who approved that, which codes were issued to the line and issued again,
and whether the line has voted. All of it follows from the record and the opening, with nothing else at hand.
"""

from dataclasses import dataclass

from e2evote.adapter.register_tool import stated_rows
from e2evote.adapter.roll_record import VoterRecord
from e2evote.errors import Refused
from e2evote.manifest.entries import Phase
from e2evote.record.electorate import Event
from e2evote.record.roll_opening import Failure, Opening, check_opening
from e2evote.record.rows import row_of

_CREDENTIAL_KINDS = ("credential.reissue", "credential.revoke")


@dataclass(frozen=True, slots=True)
class Held:
    """One field: what is held now, and what was before, the oldest first, each with the change that replaced it."""

    field: str
    value: str
    before: tuple[tuple[str, Event], ...]


@dataclass(frozen=True, slots=True)
class CodesOf:
    """The credentials of one registrar: how many there ever were, which number is active (0: none), what happened."""

    registrar: str
    contact: str
    times: int
    active: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """failures: in what the opening is not what the board says; then nothing else of it is to be believed.

    added: when the line was added after the freeze, otherwise None. annulled: ballots of it that were.
    """

    line: str
    lines: int
    as_at: str
    style: str
    weight: int
    fields: tuple[Held, ...]
    failures: tuple[Failure, ...]
    added: Event | None
    removed: Event | None
    codes: tuple[CodesOf, ...]
    vote: "VoteOf"
    annulled: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class VoteOf:
    """channel, status: as in a row of the tally statement. index: of the ballot or mark, 0 for none.

    final: the selection is closed, so that this stays. objection: what the tally statement says instead, where there is
    one and it says something else; then the record is false.
    """

    channel: str
    status: str
    index: int
    final: bool
    objection: str = ""


def what_is_mine(opening: Opening, record: VoterRecord) -> Mine:
    """All of it; Refused where the record has no such line."""
    electorate, published = record.electorate, record.published()
    line = opening.row.line
    if not electorate.number_of(line):
        raise Refused("no-line", f"line {int(line)}: the roll has {electorate.lines} lines")
    failures = check_opening(opening, published, record.setting.base_hash)
    events = [event for event in electorate.history if event.line == line]
    _, freeze = record.frozen()
    return Mine(
        line,
        electorate.lines,
        freeze.as_at,
        opening.row.style,
        opening.row.weight,
        () if failures else tuple(_held(opening, record, events)),
        failures,
        next((event for event in events if event.kind == "roll.add"), None),
        next((event for event in events if event.kind == "roll.remove"), None),
        tuple(
            CodesOf(
                one.party,
                one.contact,
                electorate.book(one.party).times(int(line)),
                electorate.book(one.party).active(int(line)),
                tuple(e for e in events if e.kind in _CREDENTIAL_KINDS and e.author == one.party),
            )
            for one in record.terms.registrars
        ),
        vote_of(record, line),
        tuple(event for event in events if event.kind == "annul"),
    )


def vote_of(record: VoterRecord, line: str) -> VoteOf:
    """What counts for a line by this record."""
    vote = record.electorate.vote_of(line)
    row = row_of(line, vote)
    index = vote.mark.index if vote.mark else vote.candidate.index if vote.candidate else 0
    final, objection = record.state.phase not in (Phase.SETUP, Phase.OPEN), ""
    if record.of("tally.statement"):
        stated = next((one for one in stated_rows(record) if one.line == line), None)
        if stated != row:
            objection = f"{stated.channel}/{stated.status}" if stated else "nothing"
    return VoteOf(row.channel, row.status, index, final, objection)


def _held(opening: Opening, record: VoterRecord, events: list[Event]) -> list[Held]:
    """The values, all of which the board has commitments to."""
    held = []
    for field, value in zip(record.terms.fields, opening.values, strict=True):
        earlier = [one.value for one in opening.earlier if one.field == field]
        changes = [event for event in events if event.kind == "roll.contact" and event.field == field]
        held.append(Held(field, value, tuple(zip(earlier, changes, strict=True))))
    return held
