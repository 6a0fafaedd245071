"""`e2evote pause` and `e2evote resume`: voting online stops for a while, and everybody sees that it did."""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.board import BoardReader
from e2evote.adapter.incidents import pause_number
from e2evote.cli.approve import DraftFile, Settled, WithKey, WithPassphraseFile, keys_of, refuse_both, settle
from e2evote.cli.ending import Usage
from e2evote.cli.options import AllowTestGroup, Json, Key, PassphraseFile, Store, Wait
from e2evote.cli.terminal import as_json
from e2evote.cli.voter import board_of
from e2evote.record.voter_bodies import REASONS, Reason

Why = Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS['pause'])}.")]


def pause(
    store: Store,
    reason: Why,
    key: Key,
    with_key: WithKey = None,
    draft: DraftFile = None,
    passphrase_file: PassphraseFile = None,
    with_passphrase_file: WithPassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Pause voting online: no ballot is taken until it is resumed. Administrator and a teller sign; it stays visible.

    Ballots that are recorded stay recorded. The closing date is not put off by this; see e2evote extend.

    Example:  e2evote pause box --reason outage --key chair.key --with-key tess.key
    """
    done = _act(
        "pause", store, reason, key, with_key, draft, passphrase_file, with_passphrase_file, wait, allow_test_group
    )
    as_json(done.members()) if json else done.tell(store, "Voting online is paused.")


def resume(
    store: Store,
    reason: Why,
    key: Key,
    with_key: WithKey = None,
    draft: DraftFile = None,
    passphrase_file: PassphraseFile = None,
    with_passphrase_file: WithPassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Resume voting online after a pause. Administrator and a teller sign.

    Example:  e2evote resume box --reason resolved --key chair.key --with-key tess.key
    """
    done = _act(
        "resume", store, reason, key, with_key, draft, passphrase_file, with_passphrase_file, wait, allow_test_group
    )
    as_json(done.members()) if json else done.tell(store, "Voting online goes on.")


def _act(
    kind: str,
    store: Path,
    reason: str,
    key: Path,
    with_key: Path | None,
    draft: Path | None,
    passphrase_file: Path | None,
    with_passphrase_file: Path | None,
    wait: float,
    allow_test_group: bool,
) -> Settled:
    if reason not in REASONS[kind]:
        raise Usage(f"--reason: want one of {', '.join(REASONS[kind])}")
    refuse_both(with_key, draft)
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    keys = keys_of(key, passphrase_file, with_key, with_passphrase_file)
    body = Reason(pause_number(board.state, kind), reason)
    return settle(store, board, kind, body, keys, draft=draft, wait=wait)
