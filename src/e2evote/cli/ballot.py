"""`e2evote ballot vote`: a whole ballot in one process, and the group of the commands for scripts."""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.booth import Booth, new_session
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.secretfile import create
from e2evote.ballot.sealing import Sealing
from e2evote.cli.ballot_steps import cast, challenge, check, encrypt
from e2evote.cli.ending import Usage
from e2evote.cli.opened import write_opened
from e2evote.cli.options import AllowTestGroup, Expect, Json, PassphraseFile, Store, Wait
from e2evote.cli.output import refuse_existing, write_new
from e2evote.cli.terminal import as_json, note, question, say
from e2evote.cli.voter import (
    CodesFile,
    Secrets,
    StyleId,
    VoterKey,
    VoterLine,
    board_of,
    booth_at,
    post_to,
    print_recorded,
    style_of,
    voter_in,
)
from e2evote.cli.votes import asked_votes
from e2evote.errors import Refused
from e2evote.hashing.canonical import Encodable

app = typer.Typer(no_args_is_help=True)
app.command()(encrypt)
app.command()(challenge)
app.command()(cast)
app.command()(check)

MOST_CHALLENGES = 100


@app.callback()
def group() -> None:
    """Vote, or do the steps of voting one by one, for scripts.

    Example:  e2evote ballot vote box --line 17 --expect anchors.json
    """


@app.command()
def vote(
    store: Store,
    line: VoterLine = "",
    key: VoterKey = None,
    expect: Expect = None,
    style: StyleId = "",
    folder: Annotated[Path, typer.Option("--folder", help="Where receipts and challenges are kept.")] = Path("."),
    passphrase_file: PassphraseFile = None,
    codes_file: CodesFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Choose, have the ballot encrypted, see its tracker, and only then say: cast it, or challenge it.

    A challenge opens the ballot, so that another device can check that it holds what you chose; it then does not count,
    and you choose again. Do it as often as you like, and unpredictably: a device that cheats does not know which ballot
    it may cheat on. Nothing but the tracker leaves this process before you choose. Your codes, one from each registrar,
    are asked for when you have said cast; a challenge needs none. Where there is no roll, a key file takes their place.

    Example:  e2evote ballot vote box --line 17 --expect anchors.json

    Example:  e2evote ballot vote box --key my.key --expect anchors.json
    """
    if not folder.is_dir():
        raise Usage(f"{folder}: no such folder")
    booth, session = booth_at(board_of(store), expect, allow_test_group), new_session()
    booth.refuse_unless_open()
    voter, secrets = voter_in(booth, key, line), Secrets(key, passphrase_file, codes_file)
    wanted = style_of(booth, voter, style)
    challenged: list[Encodable] = []
    for _ in range(MOST_CHALLENGES):
        sealing = booth.seal(voter, asked_votes(booth.manifest, wanted), wanted.id)
        note("")
        note(f"Your ballot is encrypted. Write down its tracker:  {sealing.shown}")
        match _choice():
            case "cast":
                done, receipt = _cast(booth, store, secrets, sealing, folder, wait)
                _tell(done, voter.line, sealing.shown, receipt, challenged, json)
                return
            case "challenge":
                challenged.append(_challenge(booth, store, sealing, session, folder, wait))
            case _:
                raise Usage("stopped: nothing was sent, and the ballot is gone")
    raise Usage(f"{MOST_CHALLENGES} ballots challenged, and none cast")


def _choice() -> str:
    while True:
        answer = question("Type cast to cast it, challenge to have it opened and checked, stop to leave:").lower()
        if answer in ("cast", "challenge", "stop"):
            return answer


def _cast(
    booth: Booth, store: Path, secrets: Secrets, sealing: Sealing, folder: Path, wait: float
) -> tuple[Acknowledged, Path]:
    name = _name(sealing)
    receipt, copy = folder / f"{name}.tlog-proof", folder / f"{name}.cast"
    for path in (receipt, copy):
        refuse_existing(path)
    envelope = booth.cast(sealing, *secrets.signers(booth, sealing.voter))
    create(copy, envelope.encode())  # whoever lost the answer sends these bytes again, and no others
    try:
        done = post_to(store, wait)(envelope)
    except Refused as refused:
        if refused.code == "no-answer":
            note(f"Your signed ballot is kept in {copy}. To send the same again:")
            note(f"  e2evote ballot cast {store}{secrets.options()} --sealed {folder / name}")
        raise
    write_new(receipt, done.receipt)
    return done, receipt


def _challenge(booth: Booth, store: Path, sealing: Sealing, session: str, folder: Path, wait: float) -> Encodable:
    path = folder / f"{_name(sealing)}.challenge"
    refuse_existing(path)
    shown = sealing.shown
    envelope, opened = booth.challenge(sealing, session)
    write_opened(path, envelope, opened.preimage)
    done = post_to(store, wait)(envelope)
    note(f"Opened and published as entry {done.index}; it does not count. Check it on another device with")
    note(f"  e2evote ballot check {board_of(store)} {shown} --opened {path} --line {opened.preimage.line}")
    note("and now choose again.")
    return {"folder": str(path), "index": done.index, "tracker": shown}


def _name(sealing: Sealing) -> str:
    return "ballot-" + sealing.shown.replace("-", "")[:12]


def _tell(done: Acknowledged, line: str, tracker: str, receipt: Path, challenged: list[Encodable], json: bool) -> None:
    if json:
        as_json(
            {
                "again": done.again,
                "challenged": challenged,
                "index": done.index,
                "line": line,
                "receipt": str(receipt),
                "tracker": tracker,
            }
        )
        return
    print_recorded(done, line, tracker, receipt)
    say(f"look it up  e2evote tracker check {line} {tracker} RECORD")
