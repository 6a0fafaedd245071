"""Options that several commands have, each defined once, and the arguments that are files."""

from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.executors import executors
from e2evote.cli.ending import Usage

LARGEST_SMALL_FILE = 4 * 2**20

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]
AllowTestGroup = Annotated[
    bool, typer.Option("--allow-test-group", help="Accept the small group of tests, which offers no secrecy.")
]
Record = Annotated[
    Path, typer.Argument(exists=True, metavar="RECORD", help="A record: its directory or its .zip file.")
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", metavar="N", min=0, max=1024, help="Processes that check ballots; 0: one for each processor."
    ),
]
Dask = Annotated[
    str | None,
    typer.Option(
        "--dask",
        metavar="ADDRESS",
        help="Let the workers of a Dask scheduler check ballots, as tcp://host:8786; they must see the same path.",
    ),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", metavar="FILE", help="Private file with the passphrase; asked for without it."),
]
OneByOne = Annotated[
    bool,
    typer.Option(
        "--one-by-one",
        help="Test every number and proof by itself, without batches and hints. The report is the same.",
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Keep what is checked in a folder of yours until the end, and go on from there if a run was interrupted.",
    ),
]
Expect = Annotated[
    Path | None,
    typer.Option(
        "--expect", metavar="FILE", exists=True, help="Anchors that reached you by another way than the record."
    ),
]
ManifestFile = Annotated[
    Path | None,
    typer.Option("--manifest", metavar="FILE", exists=True, help="The manifest, which names the witnesses."),
]
Store = Annotated[Path, typer.Argument(metavar="STORE", help="The directory that `e2evote init` made.")]
Board = Annotated[
    Path, typer.Argument(metavar="STORE", help="The box's directory, or a record that is kept up to date.")
]
Wait = Annotated[
    float,
    typer.Option("--wait", min=0, max=10**6, metavar="SECONDS", help="How long to wait for the box and for others."),
]
ScryptCost = Annotated[
    int, typer.Option("--scrypt-log2", min=15, max=20, hidden=True, help="The cost of scrypt, as a power of two.")
]
Key = Annotated[Path, typer.Option("--key", metavar="FILE", help="Your key file, from `e2evote key new`.")]


def executor_for(
    workers: int | None, scheduler: str | None, record: Path, otherwise: int = 0
) -> AbstractContextManager[Executor | None]:
    """Who checks the ballots of `record`. otherwise: how many processes where neither option was given."""
    if workers is not None and scheduler is not None:
        raise Usage("--workers and --dask: give one of them")
    return executors(otherwise if workers is None else workers, scheduler, record)


def read_small(path: Path, limit: int = LARGEST_SMALL_FILE) -> bytes:
    """The bytes of a file that someone named; never more than `limit`, and of regular files only."""
    if not path.is_file():
        raise Usage(f"{path}: {'not a regular file' if path.exists() else 'no such file'}")
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Usage(f"{path}: more than {limit} bytes")
    return data
