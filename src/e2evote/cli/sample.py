"""`e2evote sample`: which members are asked whether they voted, and what asking them can find."""

from typing import Annotated

import typer

from e2evote.adapter.board import BoardReader
from e2evote.adapter.drawing import Drawn, draw, posted, powers, voters_online
from e2evote.adapter.leaf_words import line_shown
from e2evote.cli.approve import DraftFile, WithKey, WithPassphraseFile, keys_of, refuse_both, settle
from e2evote.cli.ending import Usage
from e2evote.cli.options import AllowTestGroup, Board, Json, Key, PassphraseFile, Store, Wait
from e2evote.cli.terminal import as_json, say, table
from e2evote.cli.voter import board_of
from e2evote.hashing.canonical import Encodable
from e2evote.record.voter_bodies import Sample

app = typer.Typer(no_args_is_help=True)

Lines = Annotated[int, typer.Option("--lines", metavar="N", min=1, max=10**5, help="How many lines are asked.")]


@app.callback()
def group() -> None:
    """The turnout audit: some of those who voted online are asked, by another way, whether they did.

    Example:  e2evote sample power box --lines 149
    """


@app.command()
def power(store: Board, lines: Lines, allow_test_group: AllowTestGroup = False, json: Json = False) -> None:
    """Say what a sample of so many lines would find, before it is drawn.

    Example:  e2evote sample power box --lines 149
    """
    voters = len(voters_online(BoardReader(board_of(store), allow_test_group=allow_test_group)))
    if json:
        as_json({"lines": min(lines, voters), "power": _powers(voters, lines), "voters": voters})
    else:
        _print_power(voters, lines)


@app.command(name="draw")
def draw_(
    store: Store,
    digits: Annotated[str, typer.Argument(metavar="DIGITS", help="6 to 64 decimal digits, drawn in public just now.")],
    lines: Lines,
    key: Key,
    with_key: WithKey = None,
    draft: DraftFile = None,
    passphrase_file: PassphraseFile = None,
    with_passphrase_file: WithPassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Post digits that were drawn in public after the close, and print the sample that they give. Only once.

    A scrutineer and a teller sign. Draw them where everybody can watch, with dice or a lottery, after the number of
    lines was announced: who can choose the digits chooses whom to ask.

    Example:  e2evote sample draw box 493817 --lines 149 --key sam.key --with-key tess.key
    """
    if not (6 <= len(digits) <= 64 and digits.isascii() and digits.isdecimal()):
        raise Usage(f"{digits[:70]!r}: want 6 to 64 decimal digits")
    refuse_both(with_key, draft)
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    drawn = draw(board, digits, lines)
    keys = keys_of(key, passphrase_file, with_key, with_passphrase_file)
    done = settle(store, board, "sample", Sample(digits, lines), keys, draft=draft, wait=wait)
    if json:
        as_json(done.members() | _members(drawn))
    else:
        done.tell(store, "The sample is drawn.")
        _print(drawn)


@app.command()
def show(store: Board, allow_test_group: AllowTestGroup = False, json: Json = False) -> None:
    """Draw the sample of the board again, from the digits that are posted there.

    Example:  e2evote sample show record
    """
    drawn = posted(BoardReader(board_of(store), allow_test_group=allow_test_group))
    as_json(_members(drawn)) if json else _print(drawn)


def _print(drawn: Drawn) -> None:
    say(
        f"digits {drawn.digits}: {len(drawn.lines)} of {drawn.voters} lines that voted online, in the order of the draw"
    )
    say(", ".join(map(line_shown, drawn.lines)) or "nobody voted online")
    say("Ask each of them, by another way than that of the codes: did you vote, and how often?")
    _print_power(drawn.voters, len(drawn.lines))


def _print_power(voters: int, lines: int) -> None:
    rows = [
        (f"{float(one.share):.0%}", one.false, f"{float(one.power):.2%}") for one in powers(voters, lines) if voters
    ]
    say(f"Of {voters} lines that voted online, {min(lines, voters)} are asked. If some were voted by somebody else:")
    table(("at least", "lines", "one of them is asked"), rows, numbers=(0, 1, 2))
    say("It finds nothing about people who do not answer, or who gave their codes away.")


def _powers(voters: int, lines: int) -> list[Encodable]:
    return [
        {"false": one.false, "power": f"{float(one.power):.4f}", "share": f"{float(one.share):.2f}"}
        for one in powers(voters, lines)
    ]


def _members(drawn: Drawn) -> dict[str, Encodable]:
    return {
        "digits": drawn.digits,
        "power": _powers(drawn.voters, len(drawn.lines)),
        "sample": list(drawn.lines),
        "voters": drawn.voters,
    }
