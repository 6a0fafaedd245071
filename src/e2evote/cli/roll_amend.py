"""`e2evote roll add`, `remove`, `contact`, `finish`, `drop`: changes of a frozen roll, with a reason and two keys."""

import csv
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter import roll_keeping, secretfile
from e2evote.adapter.board import BoardReader
from e2evote.adapter.personal_files import enter
from e2evote.adapter.registrar_tool import take_back
from e2evote.adapter.roll_file import RollFile
from e2evote.adapter.roll_file import drop as drop_waiting
from e2evote.adapter.roll_keeping import Changed
from e2evote.adapter.roll_record import VoterRecord, voters_on
from e2evote.cli.approve import DraftFile, Settled, WithKey, WithPassphraseFile, keys_of, refuse_both
from e2evote.cli.ending import Usage
from e2evote.cli.options import AllowTestGroup, Json, Key, PassphraseFile, ScryptCost, Wait, read_small
from e2evote.cli.roll_options import (
    Line,
    Roll,
    RollPassphraseFile,
    StoreOption,
    roll_file,
    settled,
    settled_or_undone,
)
from e2evote.cli.terminal import as_json, say
from e2evote.cli.voter import board_of
from e2evote.credentials.letters import Notice, notices_table
from e2evote.credentials.members import read_members
from e2evote.errors import Refused
from e2evote.hashing.canonical import Encodable
from e2evote.record.roll_row import typed_line
from e2evote.record.voter_bodies import REASONS
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SigningKey

LARGEST_TABLE = 2**24


def add(
    members: Annotated[
        Path, typer.Argument(metavar="MEMBERS", help="A table as for the freeze, of those to be added.")
    ],
    store: StoreOption,
    roll: Roll,
    reason: Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS['roll.add'])}.")],
    key: Key,
    passphrase_file: PassphraseFile = None,
    roll_passphrase_file: RollPassphraseFile = None,
    with_key: WithKey = None,
    with_passphrase_file: WithPassphraseFile = None,
    draft: DraftFile = None,
    wait: Wait = 60,
    scrypt_log2: ScryptCost = 17,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Add members to the frozen roll, before voting opens. Two sign; every registrar then issues codes once more.

    Example:  e2evote roll add late.csv --store box --roll spring.roll --reason omitted --key chair.key
    --with-key tina.key
    """
    refuse_both(with_key, draft)
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    found = read_members(read_small(members, LARGEST_TABLE), _with_roll(board).manifest).members
    keys = keys_of(key, passphrase_file, with_key, with_passphrase_file)
    if len(found) > 1 and len(keys) < 2:
        raise Usage(f"{members}: {len(found)} members; with a draft one at a time, since each is a leaf of its own")
    file = roll_file(roll, roll_passphrase_file, scrypt_log2)
    done: list[tuple[str, Settled]] = []
    for member in found:
        record = _current(board, file)
        held = file.read(board.setting.first)
        changed = roll_keeping.add(record, held, member, reason, SystemRandomness())
        settled_ = _amend(store, board, file, changed, keys, draft, wait)
        done.append((changed.line, settled_))
    if json:
        as_json({"added": [{"line": line, **one.members()} for line, one in done]})
        return
    for line, one in done:
        one.tell(store, f"Line {int(line)} is added.")


def remove(
    line: Line,
    store: StoreOption,
    reason: Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS['roll.remove'])}.")],
    key: Key,
    passphrase_file: PassphraseFile = None,
    with_key: WithKey = None,
    with_passphrase_file: WithPassphraseFile = None,
    draft: DraftFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Take a line off the roll, before voting opens: it may not vote, and its codes are none any more. Two sign.

    Example:  e2evote roll remove 17 --store box --reason duplicate --key chair.key --with-key tina.key
    """
    refuse_both(with_key, draft)
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    act = roll_keeping.remove(voters_on(board), typed_line(line), reason)
    keys = keys_of(key, passphrase_file, with_key, with_passphrase_file)
    done = settled(store, board, act, keys, draft=draft, wait=wait)
    if json:
        as_json(done.members() | {"line": typed_line(line)})
    else:
        done.tell(store, f"Line {int(typed_line(line))} is taken off the roll.")


def contact(
    changes: Annotated[
        Path, typer.Argument(metavar="CHANGES", help="A CSV file in UTF-8 with the columns line, field, value.")
    ],
    store: StoreOption,
    roll: Roll,
    reason: Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS['roll.contact'])}.")],
    notices: Annotated[
        Path, typer.Option("--notices", metavar="FILE", help="Where to write whom to tell, at the old and new address.")
    ],
    key: Key,
    passphrase_file: PassphraseFile = None,
    roll_passphrase_file: RollPassphraseFile = None,
    with_key: WithKey = None,
    with_passphrase_file: WithPassphraseFile = None,
    draft: DraftFile = None,
    wait: Wait = 60,
    scrypt_log2: ScryptCost = 17,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Replace addresses of members, until the close. Two sign; a notice goes to the old and to the new address.

    Addresses come from a file, so that no other user of the machine sees them. FILE of the notices is a table for
    a mail merge, without any code in it: send it, whatever else is in a hurry.

    Example:  e2evote roll contact moved.csv --store box --roll spring.roll --reason moved --notices notices.csv
    --key chair.key --with-key tina.key
    """
    refuse_both(with_key, draft)
    wanted = _changes(changes)
    keys = keys_of(key, passphrase_file, with_key, with_passphrase_file)
    if len(wanted) > 1 and len(keys) < 2:
        raise Usage(f"{changes}: {len(wanted)} changes; with a draft one at a time, since each is a leaf of its own")
    if notices.exists():
        raise Usage(f"{notices}: exists already, and is left as it is")
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    file = roll_file(roll, roll_passphrase_file, scrypt_log2)
    done: list[tuple[Changed, str, Settled]] = []
    told: list[Notice] = []
    for line, field, value in wanted:
        record = _current(board, file)
        held = file.read(board.setting.first)
        changed = roll_keeping.contact(record, held, line, field, value, reason, SystemRandomness())
        enter(notices.parent, [notices.name], "notices", board.setting.first)
        secretfile.put(notices, notices_table([*told, *changed.notices]))  # before anything is sent
        undo = partial(_keep, notices, tuple(told))
        done.append((changed, field, _amend(store, board, file, changed, keys, draft, wait, undo)))
        told += changed.notices
    if json:
        listed: list[Encodable] = [
            {"field": field, "line": changed.line, **one.members()} for changed, field, one in done
        ]
        as_json({"changed": listed, "notices": str(notices), "told": len(told)})
        return
    for changed, field, one in done:
        one.tell(store, f"The {field} of line {int(changed.line)} is another one.")
    say(f"notices  {notices}: {len(told)} addresses to be told; send them")


def finish(
    store: StoreOption,
    roll: Roll,
    roll_passphrase_file: RollPassphraseFile = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="Your key file, to send what waits once more.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    with_key: WithKey = None,
    with_passphrase_file: WithPassphraseFile = None,
    draft: DraftFile = None,
    wait: Wait = 60,
    scrypt_log2: ScryptCost = 17,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """End a change of the roll that was begun: after a draft was approved and posted, or after a crash.

    If the board has it, FILE has it now too. If not, with --key it is signed and sent once more, or written as a draft.
    It has one place on the board, however often it is sent. Ends with 4 while the board has not got it.

    Example:  e2evote roll finish --store box --roll spring.roll
    """
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    file = roll_file(roll, roll_passphrase_file, scrypt_log2)
    again = None
    if not file.finish(voters_on(board)) and key is not None:
        keys = keys_of(key, passphrase_file, with_key, with_passphrase_file)
        again = settled(store, board, file.again(board.setting), keys, draft=draft, wait=wait)
        board.refresh()
    ended = file.finish(voters_on(board))
    if json:
        as_json((again.members() if again else {}) | {"finished": ended})
    elif again and not ended:
        again.tell(store, "")
    elif ended:
        say(f"{roll} is as it is on the board.")
    if not ended and not json and not again:
        say(f"{roll}: the board has not got the change that waits; e2evote roll drop gives it up", style="yellow")
    if not ended:
        raise typer.Exit(4)


def drop(
    roll: Annotated[Path, typer.Option("--roll", metavar="FILE", help="The opened roll.")],
    json: Json = False,
) -> None:
    """Give up a change of the roll that waits for its second signature. A draft of it must not be posted any more.

    Whoever posts the draft nevertheless leaves a commitment on the board that nobody can open.

    Example:  e2evote roll drop --roll spring.roll
    """
    drop_waiting(roll)
    if json:
        as_json({"dropped": True})
    else:
        say(f"{roll} is what it was before; delete the draft.")


def _amend(
    store: Path,
    board: BoardReader,
    file: RollFile,
    changed: Changed,
    keys: tuple[SigningKey, ...],
    draft: Path | None,
    wait: float,
    undo: Callable[[], None] = lambda: None,
) -> Settled:
    def undo_all() -> None:
        file.drop()
        undo()

    file.begin(changed.held, changed.act)
    done = settled_or_undone(lambda: settled(store, board, changed.act, keys, draft=draft, wait=wait), undo_all)
    board.refresh()
    file.finish(voters_on(board))
    return done


def _keep(path: Path, told: tuple[Notice, ...]) -> None:
    """The notices of the changes that the board has; no file where there are none."""
    if told:
        secretfile.put(path, notices_table(told))
    else:
        take_back(path)


def _current(board: BoardReader, file: RollFile) -> VoterRecord:
    """The board as it is, once what was on its way is in the file; Refused `roll-unfinished` while it is not."""
    board.refresh()
    record = voters_on(board)
    if not file.finish(record):
        raise Refused(
            "roll-unfinished", f"{file.path}: a change is on its way to the board: e2evote roll finish, or roll drop"
        )
    return record


def _with_roll(board: BoardReader) -> BoardReader:
    if board.manifest.roll is None:
        raise Refused("no-roll", "in this selection whoever makes a key may vote: there is no roll")
    return board


def _changes(path: Path) -> list[tuple[str, str, str]]:
    """Line, field and value of each row; Usage names the row that is wrong."""
    try:
        text = read_small(path, LARGEST_TABLE).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Usage(f"{path}: not UTF-8") from None
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise Usage(f"{path}: not CSV: {error}") from None
    if not rows or sorted(rows[0]) != ["field", "line", "value"]:
        raise Usage(f"{path}: want the columns line, field, value")
    if len(rows) < 2:
        raise Usage(f"{path}: no changes")
    columns = {name: rows[0].index(name) for name in rows[0]}
    found = []
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != 3:
            raise Usage(f"{path}: row {number}: {len(row)} cells, but there are 3 columns")
        try:
            line = typed_line(row[columns["line"]])
        except Refused as refused:
            raise Usage(f"{path}: row {number}: {refused.detail}") from None
        found.append((line, row[columns["field"]], row[columns["value"]]))
    return found
