"""What is given to others of an opened roll: to each member their own line, to another holder a copy.

docs/spec.md §13.2; docs/member-files.md, Opening.
"""

from collections.abc import Iterator
from pathlib import Path

from e2evote.adapter.personal_files import write_all, write_personal
from e2evote.adapter.register_tool import all_rows
from e2evote.adapter.roll_file import HeldRoll
from e2evote.adapter.roll_record import VoterRecord
from e2evote.credentials.freezing import Openings
from e2evote.credentials.letters import table
from e2evote.errors import Refused
from e2evote.verify.ballot_work import Progress, silent


def openings(held: HeldRoll, record: VoterRecord) -> Iterator[tuple[str, bytes]]:
    """Each line that is on the roll, and the bytes of its opening."""
    record.refuse_failing()
    rows = tuple(all_rows(record))
    if len(rows) != len(held.opened.lines):
        raise Refused("roll-behind", f"this file has {len(held.opened.lines)} lines, the board {len(rows)}")
    made = Openings(held.opened, rows)
    for line in record.electorate.names():
        if not record.electorate.is_removed(line):
            yield line, made.of(line).encode()


def write_openings(held: HeldRoll, record: VoterRecord, folder: Path, progress: Progress = silent) -> int:
    """One file for each line, `opening-0000017.json`; how many."""
    files = [(f"opening-{line}.json", data) for line, data in openings(held, record)]
    write_all(folder, files, "opening", held.election, progress)
    return len(files)


def write_openings_table(held: HeldRoll, record: VoterRecord, path: Path) -> int:
    """One table for a mail merge: line, name, contacts, and the opening as the text of a file; how many rows."""
    contacts = record.terms.contacts
    rows = []
    for line, data in openings(held, record):
        opened = held.opened.lines[int(line) - 1]
        values = [opened.values[held.opened.place(contact)] for contact in contacts]
        rows.append((line, opened.name, *values, data.decode()))
    write_personal(path, table(("line", "name", *contacts, "opening"), rows), "opening", held.election)
    return len(rows)
