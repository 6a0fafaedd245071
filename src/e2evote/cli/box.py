"""`e2evote box`: the one process that appends to the log."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Event
from typing import Annotated

import typer

from e2evote.adapter.patience import Patience
from e2evote.adapter.service import Batch, open_box
from e2evote.adapter.store import Store as BoxStore
from e2evote.adapter.witness_client import check_url
from e2evote.adapter.witness_desk import Addresses, WitnessDesk
from e2evote.cli.ending import Usage
from e2evote.cli.options import AllowTestGroup, Dask, Json, PassphraseFile, Store, Workers, executor_for
from e2evote.cli.passphrase import passphrase
from e2evote.cli.terminal import as_json, bar, note, say, waiting


def box(
    store: Store,
    once: Annotated[bool, typer.Option("--once", help="Take in what lies in the inbox now, and end.")] = False,
    witness: Annotated[
        list[str] | None,
        typer.Option(
            "--witness", metavar="NAME=URL", help="A witness is at another address; NAME= leaves it out. Repeatable."
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    workers: Workers = None,
    dask: Dask = None,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Run the box: verify what comes into STORE/inbox, append it to the log, publish, answer. Ctrl-C ends it cleanly.

    At the start it verifies its own record and refuses to go on from one that does not hold. There is one box for a
    store; it holds the log's key, and neither a key that opens ballots nor one that signs them.

    The witnesses that the manifest names are asked to cosign every batch. While no quorum of them answers, what comes
    is stored and nothing is acknowledged; the box says which are missing.

    Example:  e2evote box box --passphrase-file log.pass
    """
    made = BoxStore.at(store)
    phrase = passphrase(passphrase_file, "the log's key")
    addresses = Addresses(dict(_address(given) for given in witness or ()))
    admitted, refused = 0, 0

    def watch(batch: Batch) -> None:
        nonlocal admitted, refused
        admitted, refused = admitted + batch.admitted, refused + len(batch.refused)
        for refusal in batch.refused:
            note(f"refused: {refusal}")
        if batch.admitted:
            note(f"{batch.admitted} more entries, {batch.size} in all")
        if batch.waiting:
            note(batch.waiting)

    with ExitStack() as opened:
        with executor_for(workers, dask, made.record, otherwise=1) as executor, bar("verifying the record") as progress:
            service = opened.enter_context(
                open_box(
                    made,
                    phrase,
                    allow_test_group=allow_test_group,
                    executor=executor,
                    progress=progress,
                    witnesses=partial(WitnessDesk, addresses=addresses),
                )
            )
        with _stopping() as stop:
            note(f"box of {service.manifest.election.id}: {service.size} entries, waiting in {made.inbox}")
            if once:
                watch(service.step())
            else:
                service.run(stop.is_set, Patience(say=waiting), watch)
            size = service.size
    if json:
        as_json({"admitted": admitted, "refused": refused, "size": size})
    else:
        say(f"box ended: {admitted} entries admitted, {refused} refused, {size} in the log")


def _address(given: str) -> tuple[str, str]:
    """NAME=URL"""
    name, equals, url = given.partition("=")
    if not equals:
        raise Usage(f"--witness {given}: want NAME=URL")
    if url:
        check_url(url)
    return name, url


@contextmanager
def _stopping() -> Iterator[Event]:
    """An event that Ctrl-C and a request to terminate set, so that a batch is finished before the end."""
    stop = Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
