"""`e2evote registrar`: a registrar's seed, its codes and keys, and what is done to single credentials afterwards."""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.board import BoardReader
from e2evote.adapter.keys import load_key
from e2evote.adapter.registrar_issue import forget as forget_letters
from e2evote.adapter.registrar_issue import keys_act, make_codes, write_codes
from e2evote.adapter.registrar_seed import draw_seed
from e2evote.adapter.registrar_tool import annulled, renewed, revoked, take_back
from e2evote.adapter.roll_record import voters_on
from e2evote.adapter.signing import party_of, signed
from e2evote.cli.approve import DraftFile, WithKey, WithPassphraseFile, keys_of, refuse_both
from e2evote.cli.options import AllowTestGroup, Expect, Json, Key, PassphraseFile, Record, ScryptCost, Wait, read_small
from e2evote.cli.output import refuse_existing
from e2evote.cli.passphrase import new_passphrase, passphrase
from e2evote.cli.registrar_words import account_members, print_account
from e2evote.cli.roll_options import (
    Line,
    Roll,
    RollPassphraseFile,
    StoreOption,
    record_at,
    roll_file,
    settled,
    settled_or_undone,
)
from e2evote.cli.terminal import as_json, say
from e2evote.cli.voter import board_of, post_to
from e2evote.hashing.canonical import Encodable
from e2evote.record.roll_row import typed_line
from e2evote.record.voter_bodies import REASONS, Issue
from e2evote.secret.randomness import SystemRandomness
from e2evote.verify.checks import ExitCode

app = typer.Typer(no_args_is_help=True)

LARGEST_KEYS = 2**30


@app.callback()
def group() -> None:
    """A registrar: draw a seed, make codes off line, post their public keys, replace and revoke single ones.

    Example:  e2evote registrar account record
    """


@app.command()
def seed(
    store: StoreOption,
    key: Key,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The seed, encrypted; made if it is not there.")],
    passphrase_file: PassphraseFile = None,
    seed_passphrase_file: Annotated[
        Path | None,
        typer.Option("--seed-passphrase-file", metavar="FILE", help="Private file with the passphrase of the seed."),
    ] = None,
    wait: Wait = 60,
    scrypt_log2: ScryptCost = 17,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Draw your part of the order of the lines, and publish a hash that binds you to it.

    FILE goes to whoever freezes the roll, its passphrase by another way: so take another one than that of your key.
    Run again it posts the same.

    Example:  e2evote registrar seed --store box --key rita.key --out rita.seed
    """
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    own = load_key(key, passphrase(passphrase_file, str(key)))
    ask = passphrase if out.exists() else new_passphrase
    phrase = ask(seed_passphrase_file, str(out))
    phrase.cost = 2**scrypt_log2
    act = draw_seed(board.setting, own, out, phrase, SystemRandomness())
    done = post_to(store, wait)(signed(board.setting, act.kind, act.body, (own,)))
    if json:
        as_json({"index": done.index, "seed": str(out)})
    else:
        say(f"committed to the seed by entry {done.index}")
        say(f"seed  {out} (encrypted): for whoever freezes the roll, with its passphrase by another way")


@app.command()
def issue(
    record: Record,
    registrar: Annotated[str, typer.Option("--registrar", metavar="ID", help="Your id in the manifest.")],
    roll: Roll,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The letters: a table with addresses and codes.")],
    keys: Annotated[Path, typer.Option("--keys", metavar="FILE", help="The public keys, to be posted afterwards.")],
    roll_passphrase_file: RollPassphraseFile = None,
    expect: Expect = None,
    json: Json = False,
) -> None:
    """Make a code for each line that has none of you yet. Off line: only RECORD and the opened roll are needed.

    First the letters are written, whole and readable by you alone, then the public keys. There is no other copy of a
    code. Every address is first compared with what the record commits to. Send the letters after the keys are on the
    board (`registrar post`), each to the one address that stands there, and then let `registrar forget` delete them.
    Where a line was added and removed again there is nothing to send: KEYS is empty then, and is posted all the same.

    Example:  e2evote registrar issue record.zip --registrar rita --roll rita.roll --out letters.csv --keys rita.keys
    """
    for path in (out, keys):
        refuse_existing(path)
    with record_at(record, expect) as found:
        held = roll_file(roll, roll_passphrase_file).read(found.setting.first)
        made = make_codes(found, held, registrar, SystemRandomness())
        write_codes(made, out, keys, found.setting)
    first, count = made.body.first, made.body.count
    if json:
        written = str(out) if count else ""
        as_json({"count": count, "first": first, "keys": str(keys), "letters": written, "registrar": registrar})
        return
    if count:
        say(f"{count} codes, numbers {first} to {first + count - 1}")
        say(f"letters  {out} (readable by you alone; nobody can make these codes again)")
    else:
        say("no line is without a code of yours, so there are no letters; voting opens when you have said so")
    say(f"keys     {keys} (public)")
    say(f"next     e2evote registrar post {keys} --store STORE --key KEY")


@app.command()
def post(
    keys: Annotated[Path, typer.Argument(metavar="KEYS", help="The file of public keys, from `registrar issue`.")],
    store: StoreOption,
    key: Key,
    passphrase_file: PassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Put your public keys on the board. Run again it says the same.

    Example:  e2evote registrar post rita.keys --store box --key rita.key
    """
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    own = load_key(key, passphrase(passphrase_file, str(key)))
    party = party_of(board.setting, own, "registrar").id
    act = keys_act(voters_on(board), party, read_small(keys, LARGEST_KEYS))
    done = post_to(store, wait)(signed(board.setting, act.kind, act.body, (own,), act.payload))
    if json:
        as_json({"index": done.index, "registrar": party})
    else:
        sent = "; now the letters may be sent" if isinstance(act.body, Issue) and act.body.count else ""
        say(f"the keys of {party} are on the board by entry {done.index}{sent}")


@app.command()
def forget(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder with your letters.")],
    json: Json = False,
) -> None:
    """Delete the letters in FOLDER, when all of them have been sent. What stays is nothing but your key.

    Copies elsewhere, at a printer's for instance, are not reached. A code that is lost is replaced, never made again.

    Example:  e2evote registrar forget office
    """
    gone = forget_letters(folder)
    if json:
        as_json({"deleted": [one.name for one in gone.deleted], "left": [one.name for one in gone.left]})
    else:
        for one in gone.deleted:
            say(f"deleted  {one.name}")
        for one in gone.left:
            say(f"left     {one.name}: it can't be deleted", style="bold red")
        say(f"{len(gone.deleted)} files of letters are gone from {folder}")
    if gone.left:
        raise typer.Exit(ExitCode.REJECTED)


@app.command()
def reissue(
    line: Line,
    store: StoreOption,
    roll: Roll,
    reason: Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS['credential.reissue'])}.")],
    key: Key,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The letter: a table of one row, with the code.")],
    notices: Annotated[
        Path, typer.Option("--notices", metavar="FILE", help="Where to write whom to tell, at the other addresses.")
    ],
    passphrase_file: PassphraseFile = None,
    roll_passphrase_file: RollPassphraseFile = None,
    with_key: WithKey = None,
    with_passphrase_file: WithPassphraseFile = None,
    draft: DraftFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Replace your code of one line by another, which goes to the address on the roll. You and a teller sign.

    Letter and notices are written before anything is posted. Send neither before the entry is on the board; then send
    both: the notice, by every other way, is how a member sees that somebody asked for a code in their name.

    Example:  e2evote registrar reissue 17 --store box --roll rita.roll --reason lost --key rita.key
    --with-key tina.key --out letter.csv --notices notices.csv
    """
    refuse_both(with_key, draft)
    for path in (out, notices):
        refuse_existing(path)
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    signers = keys_of(key, passphrase_file, with_key, with_passphrase_file)
    party = party_of(board.setting, signers[0], "registrar").id
    held = roll_file(roll, roll_passphrase_file).read(board.setting.first)
    made = renewed(voters_on(board), held, party, typed_line(line), reason, SystemRandomness())
    made.write(out, notices)
    done = settled_or_undone(
        lambda: settled(store, board, made.act, signers, draft=draft, wait=wait), lambda: take_back(out, notices)
    )
    if json:
        more: dict[str, Encodable] = {
            "letter": str(out),
            "notices": str(notices),
            "number": made.letter.number,
            "old": made.old,
        }
        as_json(done.members() | more | {"line": typed_line(line), "told": len(made.notices)})
        return
    old = f"in the place of number {made.old}" if made.old else "where there was none in force"
    done.tell(store, f"Number {made.letter.number} is issued, {old}.")
    say(f"letter   {out}")
    say(f"notices  {notices}: {len(made.notices)} other addresses to be told")


@app.command()
def revoke(
    line: Line,
    store: StoreOption,
    reason: Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS['credential.revoke'])}.")],
    key: Key,
    passphrase_file: PassphraseFile = None,
    with_key: WithKey = None,
    with_passphrase_file: WithPassphraseFile = None,
    draft: DraftFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Make your code of one line worth nothing, without another. You and a teller sign.

    A ballot that was cast with it stays.

    Example:  e2evote registrar revoke 17 --store box --reason disclosed --key rita.key --with-key tina.key
    """
    refuse_both(with_key, draft)
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    signers = keys_of(key, passphrase_file, with_key, with_passphrase_file)
    party = party_of(board.setting, signers[0], "registrar").id
    act = revoked(voters_on(board), party, typed_line(line), reason)
    done = settled(store, board, act, signers, draft=draft, wait=wait)
    if json:
        as_json(done.members() | {"line": typed_line(line)})
    else:
        done.tell(store, f"The code of {party} for line {int(typed_line(line))} is none any more.")


@app.command()
def annul(
    line: Line,
    store: StoreOption,
    reason: Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS['annul'])}.")],
    key: Key,
    passphrase_file: PassphraseFile = None,
    with_key: WithKey = None,
    with_passphrase_file: WithPassphraseFile = None,
    draft: DraftFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Take out the ballot of a line, at the request of its member, where the manifest allows it. You and a teller sign.

    The member may then vote again, and each annulled ballot is listed in the statement.

    Example:  e2evote registrar annul 17 --store box --reason not-own --key rita.key --with-key tina.key
    """
    refuse_both(with_key, draft)
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    signers = keys_of(key, passphrase_file, with_key, with_passphrase_file)
    party_of(board.setting, signers[0], "registrar")
    done = settled(store, board, annulled(voters_on(board), typed_line(line), reason), signers, draft=draft, wait=wait)
    if json:
        as_json(done.members() | {"line": typed_line(line)})
    else:
        done.tell(store, f"The ballot of line {int(typed_line(line))} does not count any more.")


@app.command()
def account(record: Record, expect: Expect = None, json: Json = False) -> None:
    """What became of every credential: issued = used + unused + revoked, and every re-issue with its reason.

    Ends with 1 if the record does not hold.

    Example:  e2evote registrar account record.zip
    """
    with record_at(record, expect) as found:
        as_json(account_members(found)) if json else print_account(found)
        if found.failing:
            raise typer.Exit(ExitCode.REJECTED)
        if found.uncosigned:
            raise typer.Exit(ExitCode.INCOMPLETE)
