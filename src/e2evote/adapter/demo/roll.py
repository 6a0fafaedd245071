"""The demonstration's roll and its codes: two registrars, a freeze, a corrected address, codes, and one code again.

The registrars are processes of their own, whose letters are deleted once the voters have them. Whoever keeps the roll
is the chair, in this process.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import roll_keeping, secretfile
from e2evote.adapter.demo.members import Member, table
from e2evote.adapter.demo.setup import REGISTRARS
from e2evote.adapter.demo.stage import CHEAP, Command, Stage
from e2evote.adapter.personal_files import write_personal
from e2evote.adapter.registrar_issue import forget
from e2evote.adapter.registrar_seed import read_seed
from e2evote.adapter.roll_file import HeldRoll, RollFile
from e2evote.adapter.roll_keeping import Changed
from e2evote.adapter.roll_sharing import write_openings
from e2evote.credentials.letters import notices_table
from e2evote.credentials.members import read_members
from e2evote.secret.randomness import SystemRandomness

RENEWING = "rita"
"""The registrar who issues a code again, by post."""

Codes = dict[str, tuple[str, ...]]
"""By line, a code from each registrar: what members have in their letters."""


@dataclass(frozen=True, slots=True)
class Roll:
    """As its holder has it. lines: by number of the member."""

    file: RollFile
    held: HeldRoll
    lines: Mapping[int, str]


def draw_seeds(stage: Stage) -> None:
    """Each registrar commits to its part of the order."""
    stage.run(_seed(stage, registrar) for registrar in REGISTRARS)


def _seed(stage: Stage, registrar: str) -> Command:
    folder = stage.folder
    seed = ("--out", folder.seed(registrar), "--seed-passphrase-file", folder.passphrase_file(f"{registrar}-seed"))
    arguments = ("registrar", "seed", "--store", folder.store, *stage.key(registrar), *seed, *CHEAP, *stage.flags)
    return f"registrar {registrar} seed", arguments


def freeze(stage: Stage, members: Sequence[Member], as_at: str) -> Roll:
    """The roll as at a date, by the table of the membership office and the registrars' seeds."""
    folder, record = stage.folder, stage.record()
    data = table(members)
    write_personal(folder.office / "members.csv", data, "members", record.setting.first)
    found = read_members(data, record.manifest).members
    seeds = [read_seed(folder.seed(one), folder.passphrase(f"{one}-seed")) for one in REGISTRARS]
    file = RollFile(folder.roll, folder.passphrase("roll"))
    changed = roll_keeping.freeze(record, found, seeds, as_at, SystemRandomness())
    return _changed(stage, file, changed, members)


def correct_address(stage: Stage, roll: Roll, member: Member, members: Sequence[Member]) -> Roll:
    """The member's e-mail address, which was misspelt; the old and the new one are told of it."""
    line, right = roll.lines[member.number], member.values[-1]
    changed = roll_keeping.contact(stage.record(), roll.held, line, "email", right, "corrected", SystemRandomness())
    path = stage.folder.office / "notices.csv"
    write_personal(path, notices_table(changed.notices), "notices", roll.held.election)
    return _changed(stage, roll.file, changed, members)


def _changed(stage: Stage, file: RollFile, changed: Changed, members: Sequence[Member]) -> Roll:
    """The holder's file before the board, and the board before the file takes it."""
    file.begin(changed.held, changed.act)
    stage.act(changed.act, "chair", "tina")
    file.finish(stage.record())
    lines = {line.reference: line.line for line in changed.held.opened.lines}
    return Roll(file, changed.held, {member.number: lines[member.reference] for member in members})


def issue(stage: Stage, roll: Roll) -> Codes:
    """Each registrar makes its codes from its own copy of the roll, posts their keys, and sends the letters."""
    folder = stage.folder
    for one in REGISTRARS:
        RollFile(folder.copy(one), folder.passphrase(f"{one}-roll")).write(roll.held)
    stage.run(_issue(stage, registrar) for registrar in REGISTRARS)
    stage.run(_post(stage, registrar) for registrar in REGISTRARS)
    letters = [_read_letters(folder.registrar(one) / "letters.csv") for one in REGISTRARS]
    for one in REGISTRARS:
        forget(folder.registrar(one))
    return {line: tuple(own[line] for own in letters) for line in roll.lines.values()}


def give_openings(stage: Stage, roll: Roll) -> None:
    """Each member gets the own line of the roll, opened."""
    write_openings(roll.held, stage.record(), stage.folder.openings)


def renew(stage: Stage, line: str, codes: Codes) -> None:
    """The member has lost the letter by post: another code, a teller's signature, and a notice by e-mail."""
    folder = stage.folder
    out, notices = folder.registrar(RENEWING) / "letter.csv", folder.registrar(RENEWING) / "notices.csv"
    roll = ("--roll", folder.copy(RENEWING), "--roll-passphrase-file", folder.passphrase_file(f"{RENEWING}-roll"))
    files = ("--out", out, "--notices", notices, "--reason", "lost")
    who = (*stage.key(RENEWING), *stage.with_key("tom"))
    arguments = ("registrar", "reissue", line, "--store", folder.store, *roll, *files, *who, *stage.flags)
    stage.run([(f"registrar {RENEWING} reissue", arguments)])
    place, code = REGISTRARS.index(RENEWING), _read_letters(out)[line]
    codes[line] = tuple(code if i == place else old for i, old in enumerate(codes[line]))
    forget(folder.registrar(RENEWING))
    stage.board.refresh()


def _issue(stage: Stage, registrar: str) -> Command:
    folder = stage.folder
    roll = ("--roll", folder.copy(registrar), "--roll-passphrase-file", folder.passphrase_file(f"{registrar}-roll"))
    files = ("--out", folder.registrar(registrar) / "letters.csv", "--keys", folder.registrar(registrar) / "keys")
    return f"registrar {registrar} issue", (
        "registrar",
        "issue",
        folder.record,
        "--registrar",
        registrar,
        *roll,
        *files,
    )


def _post(stage: Stage, registrar: str) -> Command:
    folder = stage.folder
    store = ("--store", folder.store, *stage.key(registrar), *stage.flags)
    return f"registrar {registrar} post", ("registrar", "post", folder.registrar(registrar) / "keys", *store)


def _read_letters(path: Path) -> dict[str, str]:
    """By line, the code in a member's letter."""
    rows = csv.DictReader(io.StringIO(secretfile.read(path).decode("utf-8-sig"), newline=""))
    return {row["line"]: row["code"] for row in rows}
