"""`e2evote board backup` and `restore`: a copy of the box's store, and a store again that cannot fork the log."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.backup import backup_store
from e2evote.adapter.continuation import Continuation, from_board, from_kept
from e2evote.adapter.download import SCHEMES, Server, download_record
from e2evote.adapter.published import PublishedLog
from e2evote.adapter.restore import MakeContinuation, restore_store
from e2evote.adapter.store import Store as BoxStore
from e2evote.board.checkpoint import CHECKPOINT_LIMIT
from e2evote.board.log import CHECKPOINT
from e2evote.board.note import LogKey
from e2evote.cli.ending import Usage
from e2evote.cli.options import Json, Store, read_small
from e2evote.cli.output import refuse_existing
from e2evote.cli.terminal import as_json, say


def backup(
    store: Store,
    target: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to make.")],
    json: Json = False,
) -> None:
    """Make a backup of the box's store, while the box runs: the log, the box's own files, the published head.

    The folder is private: it holds the log's key, encrypted as it is in the store. An old backup can't fork the log:
    `e2evote board restore` compares it with what was published since.

    Example:  e2evote board backup box /backups/box-2031-05-02
    """
    refuse_existing(target)
    size = backup_store(BoxStore.at(store), target)
    if json:
        as_json({"backup": str(target), "size": size})
    else:
        say(f"{target}: the log of {size} entries, and the box's own files")


def restore(
    backup: Annotated[Path, typer.Argument(exists=True, metavar="FOLDER", help="What `board backup` made.")],
    target: Annotated[Path, typer.Argument(metavar="STORE", help="The store to make.")],
    published: Annotated[
        list[str] | None,
        typer.Option(
            "--published",
            metavar="FILE|URL",
            help="The newest checkpoint that anybody has: a checkpoint, a receipt, or a board's folder or address.",
        ),
    ] = None,
    board: Annotated[
        str | None,
        typer.Option("--board", metavar="FOLDER|URL", help="A published copy of the board, which has what came since."),
    ] = None,
    kept: Annotated[
        Path | None,
        typer.Option("--kept", metavar="FOLDER", help="Receipts and signed ballots of voters, which have the same."),
    ] = None,
    storage: Annotated[
        str, typer.Option("--storage", metavar="PLACE", help="Keep the log there, as with `board init`.")
    ] = "",
    existing: Annotated[
        bool,
        typer.Option("--existing", help="The log is at --storage still; only the box's other files are restored."),
    ] = False,
    json: Json = False,
) -> None:
    """Make a store from a backup, brought up to the newest state that the log has shown; refuse where it can't be.

    Without witnesses in the manifest a published checkpoint must be given, the newest that anybody has. With witnesses
    the box asks them when it starts, and signs nothing that a quorum does not continue.

    Example:  e2evote board restore /backups/box-2031-05-02 box --board https://mirror.example/spring/

    Example:  e2evote board restore /backups/box-2031-05-02 box --published newest.tlog-proof
    """
    refuse_existing(target)
    if board and kept:
        raise Usage("--board and --kept: give one of them")
    if existing and (board or kept or not storage):
        raise Usage("--existing: name the log with --storage, and supply nothing to it")
    restored = restore_store(
        backup,
        target,
        published=[_note(place) for place in published or []],
        later=_later(board, kept),
        storage=storage,
        existing=existing,
    )
    if json:
        as_json(
            {
                "root": restored.root.hex(),
                "size": restored.size,
                "store": str(target),
                "supplied": restored.supplied,
                "witnesses": restored.witnessed,
            }
        )
        return
    say(f"{target}: the log of {restored.size} entries, {restored.supplied} of them supplied after the backup")
    say(f"root {restored.root.hex()}")
    if restored.witnessed:
        say("the box asks the witnesses when it starts, and signs nothing before a quorum agrees")
    else:
        say("no witnesses: this is the newest state only if what was given with --published or --board is")


def _note(place: str) -> bytes:
    """The note, or the receipt, that someone named."""
    if place.split("://")[0] in SCHEMES:
        return Server(place).get(CHECKPOINT, CHECKPOINT_LIMIT)
    path = Path(place)
    return PublishedLog(path).checkpoint() if path.is_dir() else read_small(path)


def _later(board: str | None, kept: Path | None) -> MakeContinuation | None:
    if kept:
        return lambda start, key: from_kept(kept, start, key)
    if not board:
        return None
    if board.split("://")[0] not in SCHEMES:
        return lambda start, key: from_board(Path(board), start)

    def downloaded(start: int, key: LogKey) -> Continuation:
        with tempfile.TemporaryDirectory(prefix="e2evote-") as folder:
            download_record(Server(board), Path(folder) / "record", lambda done, total: None)
            return from_board(Path(folder) / "record", start)

    return downloaded
