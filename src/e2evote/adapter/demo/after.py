"""What follows the outcome of the demonstration: a sample to be asked, the register, a named check, and the report.

The scrutineer and the observer are processes of their own; the register is opened by the chair, its holder.
"""

import secrets
from pathlib import Path

from e2evote.adapter.demo.members import NONE, Member
from e2evote.adapter.demo.roll import Roll
from e2evote.adapter.demo.stage import Command, Stage
from e2evote.adapter.personal_files import write_personal
from e2evote.adapter.register_absence import prove_line
from e2evote.adapter.register_tool import access_act, make_register
from e2evote.adapter.roll_record import open_voter_record
from e2evote.record.register import VOTED

SCRUTINEER, OBSERVER = "sam", "olga"
ASKED = 5
"""Lines of the sample."""

_WORDS = """\
inspected = true
why = "The register was opened to the scrutineer, who compared it with the record. All members are invented."
complaints = "None. This is a demonstration."
opinion = "Nothing can be said of it: one person holds all keys of a demonstration."
"""


def checked(stage: Stage, challenges: int) -> Command:
    """The observer verifies the log as it is, and signs what came of it."""
    own = ("--challenges", str(challenges), "--expect", stage.folder.anchors, "--workers", str(stage.workers))
    return f"observer {OBSERVER}", ("checked", stage.folder.store, *own, *stage.key(OBSERVER), *stage.flags)


def draw_sample(stage: Stage) -> Command:
    """Digits that would be drawn with dice."""
    digits = "".join(str(secrets.randbelow(6) + 1) for _ in range(12))
    who = (*stage.key(SCRUTINEER), *stage.with_key("tina"))
    arguments = ("sample", "draw", stage.folder.store, digits, "--lines", str(ASKED), *who, *stage.flags)
    return f"scrutineer {SCRUTINEER} sample", arguments


def open_register(stage: Stage, roll: Roll) -> Path:
    """Who voted, with names, for the scrutineer; the entry that says so comes first."""
    record = stage.record()
    given = make_register(roll.held, record, VOTED)
    stage.act(access_act(record, "register", "inspection", given), SCRUTINEER, "chair")
    path = stage.folder.register
    write_personal(path, given, "register", roll.held.election)
    return path


def report(stage: Stage) -> Command:
    """The scrutineer verifies the record, and signs the page on it onto the board."""
    folder = stage.folder
    words = folder.scrutineer / "words.toml"
    words.write_text(_WORDS, encoding="utf-8")
    page = ("--out", folder.page, "--words", words, "--expect", folder.anchors)
    sign = ("--sign", "--store", folder.store, *stage.key(SCRUTINEER), "--workers", str(stage.workers))
    return f"scrutineer {SCRUTINEER} report", ("report", "make", folder.record, *page, *sign, *stage.flags)


def prove_absence(stage: Stage, roll: Roll, members: tuple[Member, ...]) -> str:
    """The line of the member who did not vote, and in a file the proof that no vote was recorded for it."""
    line = roll.lines[next(one.number for one in members if one.channel == NONE)]
    with open_voter_record(stage.folder.record) as record:
        proof = prove_line(record, stage.folder.record, line)
    stage.folder.absence.write_bytes(proof.encode())
    return line
