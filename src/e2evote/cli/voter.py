"""What every command of a voter begins with: the booth, the voter's public key, and what is kept afterwards."""

import re
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.inbox import InboxPost
from e2evote.adapter.patience import Patience
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.store import Store
from e2evote.ballot.box_envelope import Envelope
from e2evote.cli.ending import Usage
from e2evote.cli.options import read_small
from e2evote.cli.terminal import note, say, waiting
from e2evote.cli.verify import read_anchors
from e2evote.record.bodies import BallotBody
from e2evote.record.identifiers import shown
from e2evote.record.leaf import decode_leaf

VoterKey = Annotated[
    Path, typer.Option("--key", metavar="FILE", help="Your key file; its public key is read from FILE.pub beside it.")
]
StyleId = Annotated[str, typer.Option("--style", help="The kind of ballot, where there are several.")]
_HEX = re.compile(r"[0-9a-f]{64}")


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


def tracker_in(booth: Booth, envelope: Envelope) -> str:
    """The tracker of a cast ballot, as it is shown."""
    manifest, group = booth.manifest, booth.context.setting.group
    body = decode_leaf(envelope.leaf, group, manifest.n, first=False).body
    return shown(body.tracker) if isinstance(body, BallotBody) else ""
