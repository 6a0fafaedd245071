"""`e2evote board`: the store of the box, its board, and what is brought to witnesses and back by hand."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.board_check import check_board, export_board
from e2evote.adapter.by_hand import request_for, take_cosignatures
from e2evote.adapter.snapshot import pack_record
from e2evote.adapter.store import Store as BoxStore
from e2evote.cli import administer, board_backup
from e2evote.cli.evidence import moment
from e2evote.cli.options import Json, Store, read_small
from e2evote.cli.output import refuse_existing, write_new
from e2evote.cli.serve import serve
from e2evote.cli.terminal import as_json, bar, say, table
from e2evote.verify.checks import ExitCode

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """Make the box's store and its board, look through and serve them, make backups, collect cosignatures made by hand.

    Example:  e2evote board check box
    """


app.command()(administer.init)
app.command()(serve)
app.command()(board_backup.backup)
app.command()(board_backup.restore)


@app.command()
def check(store: Store, json: Json = False) -> int:
    """Look through storage and published files, byte by byte; say what is signed, published and cosigned.

    Nothing is changed, and the box may be running. What the entries mean is checked by `e2evote verify`. Ends with 4
    as long as no quorum of witnesses has cosigned the published checkpoint.

    Example:  e2evote board check box
    """
    made = BoxStore.at(store)
    with bar("looking through storage and files") as progress:
        found = check_board(made, progress)
    if json:
        as_json(
            {
                "cosigned": [{"name": one.name, "time": moment(one.time)} for one in found.cosigned],
                "published": found.shown.size,
                "quorum": found.quorum,
                "root": found.head.root.hex(),
                "size": found.head.size,
                "unsigned": found.unsigned,
            }
        )
    else:
        say(f"log        {found.head.origin}")
        say(f"head       {found.head.size} entries, root {found.head.root.hex()}")
        say(f"unsigned   {found.unsigned} entries")
        say(f"published  {found.shown.size} entries")
        if found.cosigned:
            table(("witness", "cosigned at"), [(one.name, moment(one.time)) for one in found.cosigned])
        say("all entries, payloads, hashes and published files are as they were stored")
        if not found.quorum:
            say("no quorum of the witnesses has cosigned the published checkpoint yet")
    return ExitCode.ACCEPTED if found.quorum else ExitCode.INCOMPLETE


@app.command()
def export(
    store: Store,
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="The folder, or the file, to make.")],
    zip: Annotated[bool, typer.Option("--zip", help="One .zip file instead of a folder.")] = False,
    json: Json = False,
) -> None:
    """Write the whole board anew from the storage, under its newest head with a quorum.

    For a web server on another machine, or where the published files were lost.

    Example:  e2evote board export box board-copy
    """
    refuse_existing(target)
    made = BoxStore.at(store)
    if zip:
        with tempfile.TemporaryDirectory(prefix="e2evote-") as folder:
            head = export_board(made, Path(folder) / "record")
            pack_record(Path(folder) / "record", target)
    else:
        head = export_board(made, target)
    if json:
        as_json({"record": str(target), "root": head.root.hex(), "size": head.size})
    else:
        say(f"{target}: {head.size} entries")


@app.command()
def request(
    store: Store,
    witness: Annotated[str, typer.Option("--witness", metavar="NAME", help="The witness's id in the manifest.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Write the request there.")],
    old: Annotated[
        int | None,
        typer.Option("--old", min=0, metavar="SIZE", help="What the witness cosigned last, if it says another size."),
    ] = None,
    json: Json = False,
) -> None:
    """Write what a witness without a server is to be given: the newest head, and the proof that the log only grew.

    The witness makes its cosignature with `e2evote witness cosign`; bring it back with `e2evote board cosignature`.

    Example:  e2evote board request box --witness wanda --out wanda.request
    """
    refuse_existing(out)
    data, head = request_for(BoxStore.at(store), witness, old)
    write_new(out, data)
    if json:
        as_json({"request": str(out), "size": head.size, "witness": witness})
    else:
        say(f"{out}: asks {witness} to cosign the log of {head.size} entries")


@app.command()
def cosignature(
    store: Store,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the witness gave back.")],
    json: Json = False,
) -> None:
    """Take in the cosignature that a witness has made by hand; the running box finds it.

    Example:  e2evote board cosignature box wanda.cosignature
    """
    names, head = take_cosignatures(BoxStore.at(store), read_small(file))
    if json:
        as_json({"size": head.size, "witnesses": list(names)})
    else:
        say(f"cosigned by {', '.join(names)}: the log of {head.size} entries")
