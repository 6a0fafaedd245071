"""`e2evote register`: who has voted, for a named reader; whether such a register is true; and one line's proof."""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.board import BoardReader
from e2evote.adapter.known_keys import known_keys
from e2evote.adapter.personal_files import write_personal
from e2evote.adapter.receipts import manifest_of
from e2evote.adapter.register_absence import LARGEST, CheckedLine, check_line, prove_line
from e2evote.adapter.register_tool import CheckedRegister, access_act, check_register, make_register
from e2evote.adapter.roll_record import voters_on
from e2evote.cli.approve import DraftFile, WithKey, WithPassphraseFile, keys_of, refuse_both
from e2evote.cli.evidence import moment
from e2evote.cli.options import (
    AllowTestGroup,
    Expect,
    Json,
    Key,
    ManifestFile,
    PassphraseFile,
    Record,
    Wait,
    read_small,
)
from e2evote.cli.output import refuse_existing, write_new
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
from e2evote.cli.roll_read import entry_of, reader_named
from e2evote.cli.terminal import as_json, say, table
from e2evote.cli.verify import read_anchors
from e2evote.cli.voter import board_of
from e2evote.hashing.canonical import Encodable
from e2evote.record.register import ALL, HAS_VOTED, VOTED
from e2evote.record.roll_row import typed_line
from e2evote.verify.checks import ExitCode

app = typer.Typer(no_args_is_help=True)

MOST_SHOWN = 200
"""Lines of a register that are shown one by one; of a longer one only those that are false."""


@app.callback()
def group() -> None:
    """The register of those who voted: opened to named readers, true or false by the record, line by line.

    Example:  e2evote register check register.json record.zip --expect anchors.json
    """


@app.command()
def make(
    store: StoreOption,
    roll: Roll,
    reader: Reader,
    purpose: Purpose,
    key: Key,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The register, readable by you alone.")],
    all_lines: Annotated[bool, typer.Option("--all", help="All lines, those that have not voted too.")] = False,
    passphrase_file: PassphraseFile = None,
    roll_passphrase_file: RollPassphraseFile = None,
    with_key: WithKey = None,
    with_passphrase_file: WithPassphraseFile = None,
    draft: DraftFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Write the register of those who voted, with names, for a reader whom the manifest names.

    After the tally statement. The holder runs it, with the own key; the reader signs with --with-key, or by a draft.
    FILE is written only when the entry that says so is on the board: after a draft was posted, run it again.

    Example:  e2evote register make --store box --roll spring.roll --reader olga --purpose audit --key chair.key
    --with-key olga.key --out register.json
    """
    refuse_both(with_key, draft)
    refuse_existing(out)
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    party, record = reader_named(board.setting, reader), voters_on(board)
    held = roll_file(roll, roll_passphrase_file).read(board.setting.first)
    given = make_register(held, record, ALL if all_lines else VOTED)
    index = entry_of(record, "register", given, reader)
    if index < 0:
        keys = keys_of(key, passphrase_file, with_key, with_passphrase_file)
        act = access_act(record, "register", purpose, given)
        done = settled(store, board, act, keys, author=party, draft=draft, wait=wait)
        if done.draft:
            as_json(done.members() | {"written": ""}) if json else done.tell(store, "")
            return
        index = done.index
    write_personal(out, given, "register", board.setting.first)
    if json:
        as_json({"index": index, "written": str(out)})
    else:
        say(f"{out}: the register for {reader}, by entry {index}")
        say(f"next  e2evote register check {out} RECORD")


@app.command()
def check(
    register: Annotated[
        Path, typer.Argument(exists=True, metavar="REGISTER", help="The register that you were given.")
    ],
    record: Record,
    expect: Expect = None,
    json: Json = False,
) -> None:
    """Say of every line of a register whether it is true, and which lines are missing.

    Name and reference of a line are compared with what was committed to before the vote, and whether it voted with the
    tally statement. Ends with 1 if anything is false or missing, and with 4 if no quorum of witnesses has cosigned the
    record.

    Example:  e2evote register check register.json record.zip --expect anchors.json
    """
    with record_at(record, expect) as found:
        found.refuse_failing()
        checked = check_register(register, found)
        if json:
            as_json(_members(checked) | {"uncosigned": found.uncosigned})
        else:
            _print(checked)
            if found.uncosigned:
                say("No quorum of witnesses has cosigned this record: it is the log's word alone.", style="yellow")
        if checked.false:
            raise typer.Exit(ExitCode.REJECTED)
        if found.uncosigned:
            raise typer.Exit(ExitCode.INCOMPLETE)


@app.command()
def absence(
    line: Annotated[str, typer.Argument(metavar="LINE", help="Your line.")],
    record: Record,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the proof.")],
    expect: Expect = None,
    json: Json = False,
) -> None:
    """Prove what became of a line: that no vote was recorded for it, or by which channel one was.

    The proof is public, and is checked with anchors and the manifest alone (`register proof`). Ends with 0 if no vote
    is recorded for the line, and with 1 if one is.

    Example:  e2evote register absence 17 record.zip --expect anchors.json --out absence.json
    """
    refuse_existing(out)
    with record_at(record, expect) as found:
        name = typed_line(line) if found.manifest.roll else line.strip()
        place = record if record.is_file() else board_of(record)
        data = prove_line(found, place, name).encode()
        checked = check_line(data, known_keys(read_anchors(expect), manifest_of(place)))
        write_new(out, data)
        _tell(checked, json, {"proof": str(out)})
        if checked.row.status in HAS_VOTED:
            raise typer.Exit(ExitCode.REJECTED)


@app.command()
def proof(
    file: Annotated[Path, typer.Argument(exists=True, metavar="FILE", help="From `register absence`.")],
    expect: Expect = None,
    manifest: ManifestFile = None,
    json: Json = False,
) -> None:
    """Check the proof of what became of a line, without the record.

    Ends with 0 if it proves that no vote was recorded, 1 if it proves that one was or proves nothing, and 6 if nothing
    fails but something could not be known for want of anchors or manifest.

    Example:  e2evote register proof absence.json --expect anchors.json --manifest manifest.json
    """
    keys = known_keys(read_anchors(expect), read_small(manifest) if manifest else None)
    checked = check_line(read_small(file, LARGEST), keys)
    _tell(checked, json, {"proof": str(file)})
    if checked.row.status in HAS_VOTED:
        raise typer.Exit(ExitCode.REJECTED)
    if checked.receipt.unknown:
        raise typer.Exit(ExitCode.CONSISTENT)


def _tell(checked: CheckedLine, json: bool, members: dict[str, Encodable]) -> None:
    row, receipt = checked.row, checked.receipt
    voted = row.status in HAS_VOTED
    if json:
        more: dict[str, Encodable] = {
            "channel": row.channel,
            "cosigned": [{"name": one.name, "time": one.time} for one in receipt.cosigned],
            "leaf": row.leaf.hex(),
            "line": row.line,
            "size": receipt.receipt.checkpoint.size,
            "status": row.status,
            "unknown": list(receipt.unknown),
            "voted": voted,
        }
        as_json(members | more)
    else:
        sentence = f"A vote is recorded for line {row.line}: {row.channel}, {row.status}."
        if not voted:
            sentence = f"No vote is recorded for line {row.line}: {row.status}."
        say(sentence, style="bold yellow" if voted else "bold green")
        say(f"  by the tally statement, entry {receipt.receipt.index} of {receipt.receipt.checkpoint.size}")
        for one in receipt.cosigned:
            say(f"  witness  {one.name} at {moment(one.time)}")
        if not receipt.witnessed:
            say("  The manifest names no witnesses: this is the log's word alone.", style="yellow")
        for sentence in receipt.unknown:
            say(f"  not known: {sentence}", style="yellow")


def _print(checked: CheckedRegister) -> None:
    head = checked.register.head
    what = "those who voted" if head.of == VOTED else "all lines"
    say(f"A register of {what}: {checked.register.count} rows.", style="bold")
    for one in checked.access:
        say(f"  opened to {one.reader} by {one.holder}, purpose {one.purpose}: entry {one.index}")
    if not checked.access:
        say("  no access entry of the record is about this file", style="yellow")
    shown = checked.verdicts if len(checked.verdicts) <= MOST_SHOWN else checked.false
    rows = [(int(one.line), "true" if one.is_true else "FALSE", one.reason) for one in shown]
    table(("line", "", "reason"), rows, (0,))
    if len(shown) < len(checked.verdicts):
        say("Lines that are not shown are true; --json has all of them.")
    false = len(checked.false)
    say(f"{len(checked.verdicts) - false} true, {false} false or missing", style="bold red" if false else "bold green")


def _members(checked: CheckedRegister) -> dict[str, Encodable]:
    return {
        "access": [
            {"holder": one.holder, "index": one.index, "purpose": one.purpose, "reader": one.reader}
            for one in checked.access
        ],
        "false": len(checked.false),
        "lines": [{"line": one.line, "reason": one.reason, "true": one.is_true} for one in checked.verdicts],
        "of": checked.register.head.of,
        "rows": checked.register.count,
    }
