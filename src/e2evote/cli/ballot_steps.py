"""`e2evote ballot encrypt`, `challenge`, `cast`, `check`: the steps of voting one by one, for scripts.

Between them the sealed ballot lies in an encrypted private file, which either choice deletes. `check` is the voter's
checker: it belongs on another device than the one that encrypted.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth, new_session
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.sealed_file import cast_from, challenge_from, put_away
from e2evote.cli.ending import Incomplete
from e2evote.cli.lines import line_named
from e2evote.cli.opened import OpenedFiles, read_opened, write_opened
from e2evote.cli.options import AllowTestGroup, Board, Expect, Json, PassphraseFile, ScryptCost, Store, Wait
from e2evote.cli.output import refuse_existing, write_new
from e2evote.cli.passphrase import new_passphrase, passphrase
from e2evote.cli.terminal import as_json, say
from e2evote.cli.voter import (
    CodesFile,
    Secrets,
    StyleId,
    VoterKey,
    VoterLine,
    board_of,
    booth_at,
    line_and_tracker,
    post_to,
    print_recorded,
    style_of,
    voter_in,
)
from e2evote.cli.votes import read_votes
from e2evote.errors import CheckFailed
from e2evote.hashing import crockford
from e2evote.hashing.canonical import Encodable
from e2evote.record.bodies import ChallengeBody
from e2evote.record.opened import decode_opened
from e2evote.verify.checks import ExitCode

Sealed = Annotated[Path, typer.Option("--sealed", metavar="FILE", help="The encrypted file between the steps.")]
UNUSED = "unused"
SealedPassphraseFile = Annotated[
    Path | None,
    typer.Option("--sealed-passphrase-file", metavar="FILE", help="Private file with the passphrase of it."),
]


def encrypt(
    store: Board,
    votes: Annotated[
        Path,
        typer.Option("--votes", metavar="FILE", help='Votes as JSON, {"mayor": {"ada": 1}}; - for standard input.'),
    ],
    sealed: Sealed,
    line: VoterLine = "",
    key: VoterKey = None,
    expect: Expect = None,
    style: StyleId = "",
    sealed_passphrase_file: SealedPassphraseFile = None,
    allow_test_group: AllowTestGroup = False,
    scrypt_log2: ScryptCost = 17,
    json: Json = False,
) -> None:
    """Encrypt votes into a sealed ballot and print its tracker. Nothing is sent, and no code is asked for.

    Example:  e2evote ballot encrypt box --line 17 --votes votes.json --sealed ballot.sealed
    """
    refuse_existing(sealed)
    booth = booth_at(board_of(store), expect, allow_test_group)
    voter = voter_in(booth, key, line)
    wanted = style_of(booth, voter, style)
    chosen = read_votes(votes, booth.manifest, wanted)
    phrase = new_passphrase(sealed_passphrase_file, str(sealed))
    phrase.cost = 2**scrypt_log2
    sealing = booth.seal(voter, chosen, wanted.id)
    shown = sealing.shown
    put_away(sealed, sealing, phrase)
    if json:
        as_json({"line": voter.line, "sealed": str(sealed), "tracker": shown})
    else:
        say(f"tracker   {shown}")
        say(f"line      {voter.line}")
        say(f"next      e2evote ballot cast, or e2evote ballot challenge, with --sealed {sealed}")


def cast(
    store: Store,
    sealed: Sealed,
    key: VoterKey = None,
    expect: Expect = None,
    receipt: Annotated[
        Path | None, typer.Option("--receipt", metavar="FILE", help="Where to write the receipt.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    codes_file: CodesFile = None,
    sealed_passphrase_file: SealedPassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Sign a sealed ballot and send it to the box; the sealed file is deleted. It can never be challenged then.

    With a roll your codes are asked for now, one from each registrar; without one, your key file is needed. Asked for
    again, it sends the same bytes again and gets the same receipt.

    Example:  e2evote ballot cast box --sealed ballot.sealed
    """
    target = receipt or sealed.with_name(sealed.name + ".tlog-proof")
    refuse_existing(target)
    booth = booth_at(board_of(store), expect, allow_test_group)
    secrets = Secrets(key, passphrase_file, codes_file)
    if sealed.exists():
        phrase = passphrase(sealed_passphrase_file, str(sealed))
    else:
        phrase = Passphrase(UNUSED)  # the ballot was cast before, and the file that is sent again is not locked
    envelope = cast_from(sealed, phrase, booth, lambda voter: secrets.signers(booth, voter))
    done = post_to(store, wait)(envelope)
    write_new(target, done.receipt)
    line, shown = line_and_tracker(booth, envelope)
    if json:
        as_json({"again": done.again, "index": done.index, "line": line, "receipt": str(target), "tracker": shown})
    else:
        print_recorded(done, line, shown, target)


def challenge(
    store: Store,
    sealed: Sealed,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="The folder to make for the checker.")],
    expect: Expect = None,
    sealed_passphrase_file: SealedPassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Open a sealed ballot instead of casting it, publish that, and write what a checker needs to FOLDER.

    The sealed file is deleted, and the ballot can never be cast. FOLDER/preimage.json says whose ballot it was: it is
    for your own checker only.

    Example:  e2evote ballot challenge box --sealed ballot.sealed --out opened
    """
    refuse_existing(out)
    booth = booth_at(board_of(store), expect, allow_test_group)
    phrase = passphrase(sealed_passphrase_file, str(sealed)) if sealed.exists() else Passphrase(UNUSED)
    envelope, preimage = challenge_from(sealed, phrase, booth, new_session())
    write_opened(out, envelope, preimage)
    done = post_to(store, wait)(envelope)
    if json:
        as_json({"folder": str(out), "index": done.index, "line": preimage.line})
    else:
        say(f"opened as entry {done.index}; it does not count")
        say(f"next      e2evote ballot check RECORD TRACKER --opened {out} --line {preimage.line}")


def check(
    board: Board,
    tracker: Annotated[
        str, typer.Argument(metavar="TRACKER", help="As you noted it before you asked for the challenge.")
    ],
    opened: Annotated[
        Path | None,
        typer.Option(
            "--opened",
            metavar="FILE",
            help="From the challenge, a browser's file or the folder; without it the board's copy is checked.",
        ),
    ] = None,
    line: Annotated[
        str, typer.Option("--line", help="Your own line, to check that the ballot was sealed for it.")
    ] = "",
    expect: Expect = None,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Check a challenged ballot: every ciphertext, proof and hash is computed again from the choices it opens.

    Run it on another device than the one that encrypted, and compare the votes it prints with what you chose. Ends
    with 0 if everything holds, with 1 if the device sealed something else.

    Example:  e2evote ballot check record 7K3M-2QZX-8W4T-0V5N-C9RH-1DFG-6JSE-YBPA --opened opened.json --line 17
    """
    record = board_of(board)
    booth = booth_at(record, expect, allow_test_group)
    noted = crockford.decode(tracker)
    files = read_opened(opened) if opened else _published(record, noted, allow_test_group)
    own = line_named(booth.manifest, line) if line else ""
    failures = booth.check(tracker, files.leaf, files.payload, own, files.preimage)
    choices = {} if failures else _choices(booth, files.payload)
    if json:
        failed: list[Encodable] = [{"check": f.check, "detail": f.detail, "subject": f.subject} for f in failures]
        as_json({"choices": choices, "failures": failed, "holds": not failures, "line_checked": bool(files.preimage)})
    else:
        _print_check(booth, failures, choices, bool(files.preimage and line))
    if failures:
        raise typer.Exit(ExitCode.REJECTED)


def _published(record: Path, noted: bytes, allow_test_group: bool) -> OpenedFiles:
    """The challenge with this tracker, as the board has it."""
    board = BoardReader(record, allow_test_group=allow_test_group)
    board.refresh()
    for entry in board.entries:
        if isinstance(entry.leaf.body, ChallengeBody) and entry.leaf.body.tracker.startswith(noted):
            return OpenedFiles(entry.leaf.encode(), board.payload(entry), None)
    raise Incomplete(f"no challenge with the tracker {crockford.encode(noted)} is on this board")


def _choices(booth: Booth, payload: bytes) -> dict[str, Encodable]:
    """The votes that the ballot opens to, by contest and option."""
    opened = decode_opened(payload, booth.manifest, booth.context.setting.group)
    votes: dict[str, Encodable] = {}
    for choice in opened.choices:
        contest = booth.manifest.contest(choice.contest)
        items = contest.items() if contest else ()
        votes[choice.contest] = {item.option: n for item, n in zip(items, choice.values, strict=True) if n}
    return votes


def _print_check(
    booth: Booth, failures: tuple[CheckFailed, ...], choices: Mapping[str, Encodable], with_line: bool
) -> None:
    for failure in failures:
        say(f"FAIL  {failure.check}: {failure.subject}: {failure.detail}", style="bold red")
    if failures:
        say("This device did not seal what it says. Keep its files, and tell the tellers.", style="bold red")
        return
    say("Every ciphertext, proof and hash is what these choices give. The ballot held:")
    for contest in booth.manifest.contests:
        if contest.id not in choices:
            continue
        names = {option.id: option.name.best("en") for option in contest.options} | {"": "(blank vote)"}
        given = choices[contest.id]
        shown = [f"{names[option]} {votes}" for option, votes in given.items()] if isinstance(given, dict) else []
        say(f"  {contest.name.best('en')}: {', '.join(shown) or 'no vote'}")
    say("If these are not your choices, the device cheated: tell the tellers.")
    if not with_line:
        say("Not checked: that it was sealed for your line; that needs --opened and --line.", style="yellow")
