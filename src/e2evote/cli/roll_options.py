"""Options and arguments of the commands about the roll, and what they stand for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.act import Act
from e2evote.adapter.board import BoardReader
from e2evote.adapter.roll_file import RollFile
from e2evote.adapter.roll_record import VoterRecord, open_voter_record
from e2evote.cli.approve import Settled, settle
from e2evote.cli.passphrase import new_passphrase, passphrase
from e2evote.cli.terminal import note
from e2evote.cli.verify import read_anchors
from e2evote.cli.voter import board_of
from e2evote.errors import CheckFailed, Refused
from e2evote.manifest.parties import Party
from e2evote.record.bodies import Open
from e2evote.secret.sign import SigningKey
from e2evote.verify.checks import Check
from e2evote.verify.log import log_key

StoreOption = Annotated[
    Path, typer.Option("--store", metavar="STORE", help="The box's directory; for a draft a record will do.")
]
Roll = Annotated[
    Path, typer.Option("--roll", metavar="FILE", help="The opened roll, encrypted: for its holders alone.")
]
RollPassphraseFile = Annotated[
    Path | None,
    typer.Option("--roll-passphrase-file", metavar="FILE", help="Private file with the passphrase of the roll."),
]
Line = Annotated[str, typer.Argument(metavar="LINE", help="The line, a number; leading zeros don't matter.")]
Reader = Annotated[str, typer.Option("--reader", metavar="ID", help="Who is given the names: one of the readers.")]
Purpose = Annotated[
    str, typer.Option("--purpose", metavar="WORD", help="One of audit, campaign, complaint, inspection.")
]


def roll_file(path: Path, passphrase_file: Path | None, cost: int = 0, *, new: bool = False) -> RollFile:
    """The roll under the passphrase that somebody types, or that a file has."""
    phrase = new_passphrase(passphrase_file, str(path)) if new else passphrase(passphrase_file, str(path))
    if cost:
        phrase.cost = 2**cost
    return RollFile(path, phrase)


@contextmanager
def record_at(path: Path, expect: Path | None = None) -> Iterator[VoterRecord]:
    """The record at `path`, or in the store there; CheckFailed where the anchors are of another selection."""
    anchors = read_anchors(expect)
    place = path if path.is_file() else board_of(path)
    with open_voter_record(place) as record:
        if anchors is None:
            note("Without --expect nothing shows that this is the record of the right selection.")
        else:
            opened = next((entry.leaf.body for entry in record.of("open")), None)
            pairs = (
                (Check.ANCHOR_BASE_HASH, anchors.base_hash.hex(), record.setting.base_hash.hex()),
                (Check.ANCHOR_LOG_KEY, anchors.log_key, log_key(record.manifest).encode()),
                (
                    Check.ANCHOR_BASE_HASH,
                    anchors.extended_base_hash.hex(),
                    opened.h_e.hex() if isinstance(opened, Open) else anchors.extended_base_hash.hex(),
                ),
            )
            for check, expected, found in pairs:
                if expected != found:
                    raise CheckFailed(check.value, "record", f"{found}, the anchors say {expected}")
        yield record


def settled(
    store: Path,
    board: BoardReader,
    act: Act,
    keys: tuple[SigningKey, ...],
    *,
    author: Party | None = None,
    draft: Path | None = None,
    wait: float = 60,
) -> Settled:
    """The act on the board, or a draft of it."""
    return settle(store, board, act.kind, act.body, keys, act.payload, author=author, draft=draft, wait=wait)


MAY_STILL_COME = frozenset({"no-answer", "stored", "not-cosigned", "busy"})
"""Refusals after which the box may yet take what it was sent."""


def settled_or_undone(settling: Callable[[], Settled], undo: Callable[[], None]) -> Settled:
    """What `settling` gives; where the box will never take it, what was prepared is undone."""
    try:
        return settling()
    except Refused as refused:
        if refused.code not in MAY_STILL_COME:
            undo()
        raise
