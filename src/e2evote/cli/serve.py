"""`e2evote board serve`: the public part of a board, for everybody to read over HTTP."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.store import Store
from e2evote.board.log import CHECKPOINT
from e2evote.cli.ending import Usage
from e2evote.cli.options import Board, Json
from e2evote.cli.terminal import as_json, note, say
from e2evote.cli.witness import refuse_without_http
from e2evote.errors import Refused


def serve(
    store: Board,
    host: Annotated[str, typer.Option("--host", help="The address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 for any that is free.")] = 8700,
    json: Json = False,
) -> None:
    """Serve the published board until Ctrl-C: static files by C2SP tlog-tiles, and nothing else.

    Needs `pip install 'e2evote[http]'`.

    STORE is a box's directory, of which only the published record is served, or a record. Any other web server can
    serve the same folder.

    Example:  e2evote board serve box --host 0.0.0.0 --port 8700
    """
    refuse_without_http()
    from e2evote.adapter import http_server
    from e2evote.adapter.static_server import static_app

    root = _record_in(store)
    listener = http_server.listen(host, port)
    address = http_server.address_of(listener)

    def started() -> None:
        if json:
            as_json({"address": address, "record": str(root)})
        else:
            say(f"{root}: {address}/{CHECKPOINT}; Ctrl-C ends it")
        sys.stdout.flush()

    http_server.serve(static_app(root), listener, note, started)


def _record_in(path: Path) -> Path:
    """The directory that is published: of a store its record, else what was named."""
    if (path / CHECKPOINT).is_file():
        return path
    if path.is_dir():
        try:
            return Store.at(path).record
        except Refused:
            raise Usage(f"{path}: neither the store of a box nor a record") from None
    raise Usage(f"{path}: {'want the directory of a record, not a file' if path.exists() else 'no such directory'}")
