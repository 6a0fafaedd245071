"""`e2evote trustee`: one trustee's part in the key ceremony and in the tally, on the trustee's own machine."""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.board import BoardReader
from e2evote.adapter.inbox import InboxPost
from e2evote.adapter.keys import load_key
from e2evote.adapter.patience import Patience
from e2evote.adapter.store import Store as BoxStore
from e2evote.adapter.trustee_tool import TrusteeTool
from e2evote.cli.options import (
    AllowTestGroup,
    Dask,
    Json,
    Key,
    PassphraseFile,
    ScryptCost,
    Wait,
    Workers,
    executor_for,
)
from e2evote.cli.passphrase import passphrase
from e2evote.cli.terminal import as_json, bar, say, waiting

app = typer.Typer(no_args_is_help=True)

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Your own folder for the ceremony's secrets; made if need be.")
]
StoreOption = Annotated[Path, typer.Option("--store", metavar="STORE", help="The box's directory.")]
_WAIT = 600.0


@app.callback()
def group() -> None:
    """Take part as a trustee: begin, deal, finish; after the close accept, decrypt.

    The key file and FOLDER stay on your machine; both are locked with the passphrase of the key file. Every step can be
    asked for again: it says the same once more, and nothing else.

    Example:  e2evote trustee begin anna --store box --key anna.key
    """


@app.command()
def begin(
    folder: Folder,
    store: StoreOption,
    key: Key,
    passphrase_file: PassphraseFile = None,
    wait: Wait = _WAIT,
    allow_test_group: AllowTestGroup = False,
    scrypt_log2: ScryptCost = 17,
    json: Json = False,
) -> None:
    """Draw your secrets for the key ceremony and publish a hash that binds you to them.

    Example:  e2evote trustee begin anna --store box --key anna.key
    """
    tool = _tool(folder, store, key, passphrase_file, wait, allow_test_group, scrypt_log2)
    tool.begin()
    _done(tool, "begin", "committed to your part of the key", json)


@app.command()
def deal(
    folder: Folder,
    store: StoreOption,
    key: Key,
    passphrase_file: PassphraseFile = None,
    wait: Wait = _WAIT,
    allow_test_group: AllowTestGroup = False,
    scrypt_log2: ScryptCost = 17,
    json: Json = False,
) -> None:
    """Show your public keys when all are bound to theirs, check everybody's, and send each trustee a sealed share.

    Example:  e2evote trustee deal anna --store box --key anna.key
    """
    tool = _tool(folder, store, key, passphrase_file, wait, allow_test_group, scrypt_log2)
    tool.deal()
    _done(tool, "deal", "your keys are published and your shares dealt", json)


@app.command()
def finish(
    folder: Folder,
    store: StoreOption,
    key: Key,
    passphrase_file: PassphraseFile = None,
    wait: Wait = _WAIT,
    allow_test_group: AllowTestGroup = False,
    scrypt_log2: ScryptCost = 17,
    json: Json = False,
) -> None:
    """Check the shares that you were sent, confirm the joint key or complain, and keep your share of it.

    Example:  e2evote trustee finish anna --store box --key anna.key
    """
    tool = _tool(folder, store, key, passphrase_file, wait, allow_test_group, scrypt_log2)
    tool.finish()
    _done(tool, "finish", "all have confirmed the joint key, and your share of it is kept", json)


@app.command()
def accept(
    folder: Folder,
    store: StoreOption,
    key: Key,
    passphrase_file: PassphraseFile = None,
    wait: Wait = _WAIT,
    workers: Workers = None,
    dask: Dask = None,
    allow_test_group: AllowTestGroup = False,
    scrypt_log2: ScryptCost = 17,
    json: Json = False,
) -> None:
    """Verify the whole record, compute the tally statement yourself, and say in public that it is right.

    This statement is the only one that your tool will ever decrypt.

    Example:  e2evote trustee accept anna --store box --key anna.key
    """
    tool = _tool(folder, store, key, passphrase_file, wait, allow_test_group, scrypt_log2)
    with executor_for(workers, dask, store / "record") as executor, bar("verifying ballots") as progress:
        statement = tool.accept(executor, progress)
    if json:
        as_json({"statement": statement.hex(), "step": "accept", "trustee": tool.index})
    else:
        say(f"trustee {tool.index}: statement {statement.hex()} is what this tool computed itself; accepted")


@app.command()
def decrypt(
    folder: Folder,
    store: StoreOption,
    key: Key,
    passphrase_file: PassphraseFile = None,
    wait: Wait = _WAIT,
    workers: Workers = None,
    dask: Dask = None,
    allow_test_group: AllowTestGroup = False,
    scrypt_log2: ScryptCost = 17,
    accept_first: Annotated[
        bool, typer.Option("--accept", help="Accept the statement first: the record is then verified once for both.")
    ] = False,
    json: Json = False,
) -> None:
    """Decrypt your share of the totals that you accepted, with a proof for each, and of nothing else.

    Example:  e2evote trustee decrypt anna --store box --key anna.key
    """
    tool = _tool(folder, store, key, passphrase_file, wait, allow_test_group, scrypt_log2)
    with executor_for(workers, dask, store / "record") as executor, bar("verifying ballots") as progress:
        if accept_first:
            tool.accept(executor, progress)
        tool.decrypt(executor, progress)
    _done(tool, "decrypt", "your shares of the totals are published", json)


def _tool(
    folder: Path,
    store: Path,
    key: Path,
    passphrase_file: Path | None,
    wait: float,
    allow_test_group: bool,
    scrypt_log2: int,
) -> TrusteeTool:
    box = BoxStore.at(store)
    phrase = passphrase(passphrase_file, str(key))
    phrase.cost = 2**scrypt_log2
    patience = Patience(wait, say=waiting)
    board = BoardReader(box.record, allow_test_group=allow_test_group)
    return TrusteeTool(folder, load_key(key, phrase), phrase, board, InboxPost(box, patience), patience)


def _done(tool: TrusteeTool, step: str, line: str, json: bool) -> None:
    if json:
        as_json({"step": step, "trustee": tool.index})
    else:
        say(f"trustee {tool.index}: {line}")
