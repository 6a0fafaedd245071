"""The end of the names: every file with them is deleted when its time has passed (docs/guide-roll.md).

What is on the board are commitments with salts that are then gone, so nothing on it leads to a person any more, and
nothing about verifying it changes.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from e2evote.adapter.personal_files import LIST, Erased, erase, listed
from e2evote.adapter.roll_record import VoterRecord
from e2evote.errors import Refused
from e2evote.manifest.sections import moment


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was done, to be kept. What was listed and is absent was moved away, and is perhaps elsewhere still."""

    election: str
    closed: str
    kept_until: str
    at: str
    files: Erased


def kept_until(record: VoterRecord) -> datetime:
    """The closing date in force, and the days after it for which the manifest keeps names."""
    return moment(record.state.closes) + timedelta(days=record.terms.retention_days)


def destroy(folder: Path, record: VoterRecord, now: datetime) -> Destroyed:
    """Every file of this selection that the folder's list names is deleted; Refused `retention` before the time."""
    record.refuse_failing()
    until = kept_until(record)
    if now < until:
        days = record.terms.retention_days
        raise Refused(
            "retention",
            f"names are kept until {_text(until)}: {days} days after the closing date {record.state.closes}",
        )
    if not os.path.lexists(folder / LIST):
        raise Refused("nothing-listed", f"{folder}: no list of personal files ({LIST}) is there")
    erased = erase(folder, [one for one in listed(folder) if one.election == record.setting.first])
    return Destroyed(record.manifest.election.id, record.state.closes, _text(until), _text(now), erased)


def _text(moment_: datetime) -> str:
    return moment_.strftime("%Y-%m-%dT%H:%M:%SZ")
