"""What every command of a voter begins with: the booth, who votes and by what that is signed, and what is kept.

Without a roll a voter has a key file; with a roll a line, and a code from each registrar. Neither is asked for before
the voter has said that the ballot is to be cast.
"""

import getpass
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter import secretfile
from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.codes import CodeReader
from e2evote.adapter.inbox import InboxPost
from e2evote.adapter.keys import load_key
from e2evote.adapter.patience import Patience
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.store import Store
from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.voter import Voter
from e2evote.cli.ending import Usage
from e2evote.cli.options import read_small
from e2evote.cli.passphrase import passphrase
from e2evote.cli.terminal import note, say, waiting
from e2evote.cli.verify import read_anchors
from e2evote.cli.votes import style_named
from e2evote.errors import Refused
from e2evote.manifest.model import Style
from e2evote.record.bodies import BallotBody
from e2evote.record.identifiers import shown
from e2evote.record.leaf import decode_leaf
from e2evote.secret.sign import SigningKey

VoterKey = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="Without a roll: your key file; FILE.pub is read from beside it."),
]
VoterLine = Annotated[
    str, typer.Option("--line", metavar="LINE", help="With a roll: the number of your line, from your letters.")
]
CodesFile = Annotated[
    Path | None,
    typer.Option(
        "--codes-file",
        metavar="FILE",
        help="Private file with your codes, one on each line, in the order of registrars; asked for without it.",
    ),
]
StyleId = Annotated[str, typer.Option("--style", help="The kind of ballot, where there are several.")]
_HEX = re.compile(r"[0-9a-f]{64}")
MOST_TRIES = 5
"""How often a code may be typed before the command ends."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where a voter's secrets are to be had, once they are needed: a key file, or codes."""

    key: Path | None = None
    passphrase_file: Path | None = None
    codes_file: Path | None = None

    def signers(self, booth: Booth, voter: Voter) -> tuple[SigningKey, ...]:
        """The keys of this voter, asked for now."""
        if booth.manifest.roll is None:
            if self.key is None:
                raise Usage("--key: want your key file, in this selection")
            return (load_key(self.key, passphrase(self.passphrase_file, str(self.key))),)
        reader = CodeReader(booth.context.setting, voter)
        if self.codes_file is None:
            return _asked_codes(reader, voter)
        return reader.keys(_read_codes(self.codes_file))

    def options(self) -> str:
        """What to write on the command line to do the same again."""
        return f" --key {self.key}" if self.key else f" --codes-file {self.codes_file}" if self.codes_file else ""


def voter_in(booth: Booth, key: Path | None, line: str) -> Voter:
    """Who votes: by public key, or with a roll by line."""
    if booth.manifest.roll is None:
        if key is None or line:
            raise Usage("in this selection whoever makes a key may vote: give --key, and no --line")
        return booth.owner(public_key(key))
    if key is not None or not line:
        raise Usage("this selection has a roll: give --line, the number from your letters, and no --key")
    return booth.voter(line)


def style_of(booth: Booth, voter: Voter, wanted: str) -> Style:
    """The kind of ballot: with a roll that of the line."""
    if booth.manifest.roll is None:
        return style_named(booth.manifest, wanted)
    return style_named(booth.manifest, booth.style(voter, wanted))


def _asked_codes(reader: CodeReader, voter: Voter) -> tuple[SigningKey, ...]:
    """One after the other, without echo; what is no code of the line is asked for again."""
    if not sys.stdin.isatty():
        raise Usage("no terminal to ask for a code: use --codes-file")
    note(f"Line {int(voter.line)}: now your codes, which are not shown as you type.")
    return tuple(_asked_code(reader, place) for place in range(len(reader.registrars)))


def _asked_code(reader: CodeReader, place: int) -> SigningKey:
    registrar = reader.registrars[place]
    for left in range(MOST_TRIES - 1, -1, -1):
        try:
            return reader.key(place, getpass.getpass(f"Code from {registrar.party} (by {registrar.contact}): "))
        except EOFError:
            raise Usage("no code was given") from None
        except Refused as refused:
            if not left:
                raise
            note(f"{refused.detail}. Once more, please.")
    raise AssertionError("a code was typed or refused")


def _read_codes(file: Path) -> list[str]:
    try:
        text = secretfile.read(file).decode("ascii")
    except UnicodeDecodeError:
        raise Usage(f"{file}: characters that no code has") from None
    return [line for line in map(str.strip, text.splitlines()) if line]


def booth_at(record: Path, expect: Path | None, allow_test_group: bool) -> Booth:
    """The voter's device, for the selection on this board and, with anchors, for no other."""
    anchors = read_anchors(expect)
    if anchors is None:
        note("Without --expect nothing shows that this is the selection you were invited to.")
    return Booth(BoardReader(record, allow_test_group=allow_test_group), anchors)


def board_of(path: Path) -> Path:
    """The public board in a box's directory, or the directory itself where it is a record already."""
    return path if (path / "checkpoint").is_file() else Store.at(path).record


def post_to(store: Path, wait: float) -> InboxPost:
    """Sends to the box of this store."""
    return InboxPost(Store.at(store), Patience(wait, say=waiting))


def public_key(key: Path) -> bytes:
    """The public half of a voter's key file: it is all that sealing needs."""
    path = key.with_name(key.name + ".pub")
    text = read_small(path, 1000).decode("utf-8", "replace").strip()
    if not _HEX.fullmatch(text):
        raise Usage(f"{path}: no public key of a voter, want 64 hexadecimal digits")
    return bytes.fromhex(text)


def print_recorded(done: Acknowledged, line: str, tracker: str, receipt: Path) -> None:
    """What a voter keeps."""
    say(f"recorded as entry {done.index}" + (", where it was already" if done.again else ""))
    say(f"line      {line}")
    say(f"tracker   {tracker}")
    say(f"receipt   {receipt}")


def line_and_tracker(booth: Booth, envelope: Envelope) -> tuple[str, str]:
    """Of a cast ballot: its line, and the tracker as it is shown."""
    manifest, group = booth.manifest, booth.context.setting.group
    body = decode_leaf(envelope.leaf, group, manifest.n, first=False).body
    return (body.line, shown(body.tracker)) if isinstance(body, BallotBody) else ("", "")
