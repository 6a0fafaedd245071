"""`e2evote roll show-mine`, `openings`, `open`, `check`, `copy`, `destroy`: what is read from a roll, and its end."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.board import BoardReader
from e2evote.adapter.personal_files import Listed
from e2evote.adapter.register_tool import access_act, accessed, check_held
from e2evote.adapter.roll_destroy import Destroyed
from e2evote.adapter.roll_destroy import destroy as destroy_all
from e2evote.adapter.roll_file import decode_held
from e2evote.adapter.roll_mine import what_is_mine
from e2evote.adapter.roll_record import VoterRecord, voters_on
from e2evote.adapter.roll_sharing import write_openings, write_openings_table
from e2evote.cli.approve import DraftFile, WithKey, WithPassphraseFile, keys_of, refuse_both
from e2evote.cli.ending import Usage
from e2evote.cli.mine_words import members_of, print_mine
from e2evote.cli.options import (
    AllowTestGroup,
    Expect,
    Json,
    Key,
    PassphraseFile,
    Record,
    ScryptCost,
    Wait,
    read_small,
)
from e2evote.cli.roll_options import (
    Purpose,
    Reader,
    Roll,
    RollPassphraseFile,
    StoreOption,
    record_at,
    roll_file,
    settled,
)
from e2evote.cli.terminal import as_json, bar, say
from e2evote.cli.voter import board_of
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing.canonical import Encodable
from e2evote.manifest.parties import Party
from e2evote.record.roll_opening import LARGEST_OPENING, decode_opening
from e2evote.verify.checks import ExitCode
from e2evote.verify.leaves import Setting, signers

OutPassphraseFile = Annotated[
    Path | None,
    typer.Option("--out-passphrase-file", metavar="FILE", help="Private file with the passphrase of the copy."),
]
OutRoll = Annotated[Path, typer.Option("--out", metavar="FILE", help="The copy, encrypted under its own passphrase.")]


def show_mine(
    opening: Annotated[Path, typer.Argument(metavar="OPENING", help="The file that you were given of your line.")],
    record: Record,
    expect: Expect = None,
    json: Json = False,
) -> None:
    """What is held of you, and did it change? Which codes were issued to you, and did your line vote?

    Everything is compared with RECORD, on this machine, without a network. Ends with 0 if the opening is true, 1 if it
    is not what the record says, and 4 if no quorum of witnesses has cosigned the record.

    Example:  e2evote roll show-mine my-opening.json record.zip --expect anchors.json
    """
    try:
        own = decode_opening(read_small(opening, LARGEST_OPENING).removesuffix(b"\n"))
    except MalformedInput as error:
        raise error.inside(str(opening)) from None
    with record_at(record, expect) as found:
        mine = what_is_mine(own, found)
        as_json(members_of(mine, found)) if json else print_mine(mine, found)
        _end(found, bool(mine.failures or mine.vote.objection))


def openings(
    store: StoreOption,
    roll: Roll,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="A new folder with one file for each line.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="One table for a mail merge, with the addresses.")
    ] = None,
    roll_passphrase_file: RollPassphraseFile = None,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Write what each member is given of the roll: the own line, opened, as a file each or as one table.

    Give a member the own opening and no other, before the codes are sent, so that wrong addresses are found in time.

    Example:  e2evote roll openings --store box --roll spring.roll --out openings
    """
    if (out is None) == (csv is None):
        raise Usage("--out or --csv: give one of them")
    target = out or csv
    if target is None or target.exists():
        raise Usage(f"{target}: exists already, and is left as it is")
    found = voters_on(BoardReader(board_of(store), allow_test_group=allow_test_group))
    held = roll_file(roll, roll_passphrase_file).read(found.setting.first)
    with bar("openings") as progress:
        number = write_openings(held, found, out, progress) if out else write_openings_table(held, found, target)
    if json:
        as_json({"openings": number, "written": str(target)})
    else:
        say(f"{number} openings in {target}: each for its own member alone")


def open_(
    store: StoreOption,
    roll: Roll,
    reader: Reader,
    purpose: Purpose,
    key: Key,
    out: OutRoll,
    passphrase_file: PassphraseFile = None,
    roll_passphrase_file: RollPassphraseFile = None,
    out_passphrase_file: OutPassphraseFile = None,
    with_key: WithKey = None,
    with_passphrase_file: WithPassphraseFile = None,
    draft: DraftFile = None,
    wait: Wait = 60,
    scrypt_log2: ScryptCost = 17,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Open the whole roll to a reader whom the manifest names, by an entry that all can see.

    The holder runs it, with the own key; the reader signs with --with-key, or by a draft. Only when the entry is on the
    board is the copy written: after a draft was approved and posted, run it again. The copy has a passphrase of the
    reader's own, who types it.

    Example:  e2evote roll open --store box --roll spring.roll --reader sam --purpose inspection --key chair.key
    --with-key sam.key --out sam.roll
    """
    refuse_both(with_key, draft)
    if out.exists():
        raise Usage(f"{out}: exists already, and is left as it is")
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    party = reader_named(board.setting, reader)
    held = roll_file(roll, roll_passphrase_file).read(board.setting.first)
    given = held.plain()
    record = voters_on(board)
    index = entry_of(record, "roll", given, reader)
    if index < 0:
        keys = keys_of(key, passphrase_file, with_key, with_passphrase_file)
        act = access_act(record, "roll", purpose, given)
        done = settled(store, board, act, keys, author=party, draft=draft, wait=wait)
        if done.draft:
            as_json(done.members() | {"written": ""}) if json else done.tell(store, "")
            return
        index = done.index
    roll_file(out, out_passphrase_file, scrypt_log2, new=True).write(decode_held(given))
    if json:
        as_json({"index": index, "written": str(out)})
    else:
        say(f"{out}: the opened roll for {reader}, by entry {index}")
        say(f"next  e2evote roll check --roll {out} RECORD")


def check(
    roll: Roll,
    record: Record,
    roll_passphrase_file: RollPassphraseFile = None,
    expect: Expect = None,
    json: Json = False,
) -> None:
    """Hold an opened roll against a record: every commitment, no reference twice, and the order by the seeds.

    For registrars before they make codes, and for scrutineers. Every false line is named; ends with 1 if there is one.

    Example:  e2evote roll check --roll sam.roll record.zip --expect anchors.json
    """
    with record_at(record, expect) as found:
        found.refuse_failing()
        held = roll_file(roll, roll_passphrase_file).read(found.setting.first)
        failures = tuple(check_held(held, found))
        lines = len(held.opened.lines)
        if json:
            listed: list[Encodable] = [
                {"detail": one.detail, "name": one.name, "subject": one.subject} for one in failures
            ]
            as_json({"failures": listed, "lines": lines, "uncosigned": found.uncosigned})
        else:
            for one in failures:
                say(f"FAIL  {one.name}: {one}", style="bold red")
            words = "none of it is false" if not failures else f"{len(failures)} times false"
            say(f"{lines} lines, every value of each compared with the record: {words}")
        _end(found, bool(failures))


def copy(
    roll: Roll,
    store: StoreOption,
    out: OutRoll,
    roll_passphrase_file: RollPassphraseFile = None,
    out_passphrase_file: OutPassphraseFile = None,
    scrypt_log2: ScryptCost = 17,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Copy the opened roll for another holder whom the manifest names, under that holder's own passphrase.

    For holders alone; a reader gets it by `e2evote roll open`, which leaves an entry.

    Example:  e2evote roll copy --roll spring.roll --store box --out rita.roll
    """
    if out.exists():
        raise Usage(f"{out}: exists already, and is left as it is")
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    held = roll_file(roll, roll_passphrase_file).read(board.setting.first)
    roll_file(out, out_passphrase_file, scrypt_log2, new=True).write(held)
    holders = board.manifest.roll.holders if board.manifest.roll else ()
    if json:
        as_json({"holders": list(holders), "lines": len(held.opened.lines), "written": str(out)})
    else:
        say(f"{out}: {len(held.opened.lines)} lines; it may be held by {', '.join(holders)}")


def destroy(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder with the files and their list.")],
    record: Record,
    expect: Expect = None,
    json: Json = False,
) -> None:
    """Delete every file with names in FOLDER, once the time for which they are kept has passed.

    Which files these are is in FOLDER/personal-files: rolls, openings, letters, notices, registers, seeds. Before the
    time nothing is deleted, and the date is named. Keep what is printed: it says what was destroyed, and what was not
    there any more. The record stays, and is verified as before.

    Example:  e2evote roll destroy office record.zip --expect anchors.json --json > destroyed.json
    """
    with record_at(record, expect) as found:
        done = destroy_all(folder, found, datetime.now(UTC).replace(microsecond=0))
    if json:
        as_json(
            {
                "absent": _named(done.files.absent),
                "at": done.at,
                "closed": done.closed,
                "deleted": _named(done.files.deleted),
                "election": done.election,
                "kept_until": done.kept_until,
                "left": _named(done.files.left),
            }
        )
    else:
        _print_destroyed(done)
    if done.files.left:
        raise typer.Exit(ExitCode.REJECTED)


def _print_destroyed(done: Destroyed) -> None:
    say(f"{done.election}: closed {done.closed}, names kept until {done.kept_until}, destroyed {done.at}")
    for one in done.files.deleted:
        say(f"  deleted  {one.kind:<9} {one.name}")
    for one in done.files.absent:
        say(f"  absent   {one.kind:<9} {one.name}: where it went, and whether it is destroyed there, is for you to say")
    for one in done.files.left:
        say(f"  LEFT     {one.kind:<9} {one.name}: it can't be deleted", style="bold red")


def _named(files: Iterable[Listed]) -> list[Encodable]:
    return [{"kind": one.kind, "name": one.name} for one in files]


def reader_named(setting: Setting, reader: str) -> Party:
    """The party that names may be opened to; Refused `no-reader` for any other."""
    for party in signers(setting.manifest, "reader"):
        if party.id == reader:
            return party
    named = setting.manifest.roll.readers if setting.manifest.roll else ()
    raise Refused("no-reader", f"{reader} is none of those to whom names may be opened: {', '.join(named) or 'nobody'}")


def entry_of(record: VoterRecord, of: str, given: bytes, reader: str) -> int:
    """The index of the access entry about this very file and reader; -1 while there is none."""
    try:
        found = accessed(record, of, given)
    except Refused:
        return -1
    return found.index if found.reader == reader else -1


def _end(record: VoterRecord, failed: bool) -> None:
    if failed or record.failing:
        raise typer.Exit(ExitCode.REJECTED)
    if record.uncosigned:
        raise typer.Exit(ExitCode.INCOMPLETE)
