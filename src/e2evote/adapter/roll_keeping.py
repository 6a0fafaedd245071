"""The roll is frozen and amended by whoever keeps it (docs/spec.md §13.1, §13.2).

Each function gives what the holder's file is to be, where it changes, and what is to be posted: an administrator and a
teller sign it. Nothing here is sent or stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.adapter.act import Act
from e2evote.adapter.registrar_seed import RegistrarSeed
from e2evote.adapter.roll_file import HeldRoll
from e2evote.adapter.roll_record import VoterRecord
from e2evote.credentials import freezing
from e2evote.credentials.letters import Notice, contact_notices
from e2evote.credentials.members import Member
from e2evote.errors import Refused
from e2evote.manifest.sections import is_date
from e2evote.record.voter_bodies import REASONS, Add, Freeze, Remove
from e2evote.secret.randomness import Randomness


@dataclass(frozen=True, slots=True, repr=False)
class Changed:
    """held: the file afterwards. line: which one it is about, "" for all. notices: whom to tell, at which addresses."""

    act: Act
    held: HeldRoll
    line: str = ""
    notices: tuple[Notice, ...] = ()


def freeze(
    record: VoterRecord, members: Sequence[Member], seeds: Sequence[RegistrarSeed], as_at: str, randomness: Randomness
) -> Changed:
    """The roll of these members as at a date, in the order that the registrars' seeds give."""
    if not is_date(as_at):
        raise Refused("roll-date", f"{as_at!r}: want a date of the calendar, YYYY-MM-DDThh:mm:ssZ")
    terms, setting = record.terms, record.setting
    if record.state.frozen:
        raise Refused("already-frozen", "the roll is frozen already")
    parties = [registrar.party for registrar in terms.registrars]
    given = {seed.registrar: seed.seed for seed in seeds if seed.election == setting.first}
    if missing := [party for party in parties if party not in given]:
        raise Refused("roll-seed", f"no seed of {', '.join(missing)} for this selection was given")
    commits = record.seeds()
    if waiting := [party for party in parties if party not in commits]:
        raise Refused("seed-missing", f"{', '.join(waiting)}: no commitment to a seed is on the board yet")
    made = freezing.freeze(
        members,
        terms.contacts,
        setting.base_hash,
        [given[party] for party in parties],
        [commits[party] for party in parties],
        randomness,
    )
    act = Act("roll.freeze", Freeze(as_at, len(made.rows), made.root), b"".join(made.payload()))
    return Changed(act, HeldRoll(setting.first, made.opened))


def add(record: VoterRecord, held: HeldRoll, member: Member, reason: str, randomness: Randomness) -> Changed:
    """One more line."""
    check_reason("roll.add", reason)
    _check_same(record, held)
    opened, row = freezing.add(held.opened, member, record.setting.base_hash, randomness)
    return Changed(Act("roll.add", Add(reason, row)), HeldRoll(held.election, opened), row.line)


def remove(record: VoterRecord, line: str, reason: str) -> Act:
    """A line that may not vote; nothing changes in the file."""
    check_reason("roll.remove", reason)
    check_line(record, line)
    return Act("roll.remove", Remove(line, reason))


def contact(
    record: VoterRecord, held: HeldRoll, line: str, field: str, value: str, reason: str, randomness: Randomness
) -> Changed:
    """Another contact of a line."""
    check_reason("roll.contact", reason)
    _check_same(record, held)
    check_line(record, line)
    if not value and any(one.contact == field for one in record.terms.registrars):
        raise Refused("roll-contact", f"line {int(line)}, {field}: empty, and codes are sent there")
    opened, body = freezing.change_contact(
        held.opened, line, field, value, reason, record.setting.base_hash, randomness
    )
    after = opened.line(line)
    notices = contact_notices(opened, after, field) if after else ()
    return Changed(Act("roll.contact", body), HeldRoll(held.election, opened), line, notices)


def check_reason(kind: str, reason: str) -> None:
    """Refused `reason` for a word that is none of the kind's."""
    if reason not in REASONS[kind]:
        raise Refused("reason", f"{reason!r}, want one of {', '.join(REASONS[kind])}")


def check_line(record: VoterRecord, line: str) -> None:
    """Refused `no-line` for a line that is not on the roll."""
    electorate = record.electorate
    if not electorate.number_of(line):
        raise Refused("no-line", f"line {int(line)}: the roll has {electorate.lines} lines")
    if electorate.is_removed(line):
        raise Refused("no-line", f"line {int(line)} was taken off the roll")


def _check_same(record: VoterRecord, held: HeldRoll) -> None:
    """Refused where the file has not the lines and changes of the board, so that an amendment would be false."""
    published = record.published()
    lines = published.lines + len(published.added)
    changes = sum(len(of_line) for of_line in published.changes.values())
    own = sum(len(line.earlier) for line in held.opened.lines)
    if (len(held.opened.lines), own) != (lines, changes):
        raise Refused(
            "roll-behind",
            f"this file has {len(held.opened.lines)} lines and {own} changes, the board {lines} and {changes}: "
            "take the file of whoever posted them",
        )
