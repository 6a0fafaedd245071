"""`e2evote serve`: selections for everybody over HTTP, from one process that is the box of each."""

import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from e2evote.adapter.election import Election
from e2evote.adapter.passphrase import Passphrase, read_passphrase_file
from e2evote.adapter.rehearsal import FILE as REHEARSAL
from e2evote.adapter.store import Store
from e2evote.adapter.witness_desk import Addresses, WitnessDesk
from e2evote.cli.ending import Usage
from e2evote.cli.options import AllowTestGroup, Json, PassphraseFile
from e2evote.cli.passphrase import passphrase
from e2evote.cli.terminal import as_json, say
from e2evote.cli.witness import refuse_without_http
from e2evote.errors import E2EVoteError

if TYPE_CHECKING:
    from e2evote.adapter.api.hosted import Hosted
    from e2evote.adapter.api.settings import Settings, StoreFact


def serve(
    store: Annotated[
        list[Path] | None,
        typer.Option("--store", metavar="STORE", help="A store of `e2evote init` or `rehearse`. Repeatable."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="serve.toml, as docs/http.md describes it.")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="The address to listen on; 0.0.0.0 for all.")] = "",
    port: Annotated[int, typer.Option("--port", min=-1, max=65535, help="0 for any that is free.")] = -1,
    public_url: Annotated[
        str, typer.Option("--public-url", metavar="URL", help="Where voters reach it, with the sub-folder if any.")
    ] = "",
    passphrase_file: PassphraseFile = None,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Serve selections over HTTP until Ctrl-C: casting, look-up, the board, pages and the ballot client.

    Needs `pip install 'e2evote[http]'`.

    The process is the box of every STORE: nobody else appends. It logs JSON lines on standard error, which never say
    who asked for what.

    Example:  e2evote serve --store box --passphrase-file log.pass --public-url https://vote.example.org
    """
    refuse_without_http()
    from e2evote.adapter import http_server
    from e2evote.adapter.api.app import make_app
    from e2evote.adapter.api.hosted import Hosted
    from e2evote.adapter.api.log import Line, Log

    settings = _settings(store or [], config, host, port, public_url, passphrase_file)
    listener = http_server.listen(settings.host, settings.port)
    address = http_server.address_of(listener)
    if not settings.public_url:
        settings = replace(settings, public_url=address)
    with ExitStack() as opened:
        opened.enter_context(listener)
        log = Log(requests=settings.log_requests)
        hosted = Hosted(settings, log)
        opened.callback(hosted.close)
        for fact in settings.stores:
            election = opened.enter_context(_opened(fact, allow_test_group))
            if hosted.has(election.id):
                raise Usage(f"{fact.path}: another store has the selection {election.id} already")
            hosted.add(election)
            log.write(Line("opened", election=election.id))
            if hosted.place(election.id).page.differs:
                log.write(Line("page-differs", election=election.id))

        def started() -> None:
            ids = [place.id for place in hosted.all()]
            if json:
                as_json({"address": address, "elections": ids, "public_url": settings.public_url})
            else:
                for id in ids:
                    say(f"{id}: {settings.public_url}/elections/{id}/")
                say(f"listening at {address}; Ctrl-C ends it")
            sys.stdout.flush()
            log.write(Line("started"))

        def failed(_what: str) -> None:
            log.write(Line("internal-error"))

        for place in hosted.all():
            opened.callback(place.election.subscribe(lambda: _end(hosted)))
        http_server.serve(make_app(hosted), listener, failed, started, settings.limits)
        log.write(Line("ended"))
        if (error := _stopped(hosted)) is not None:
            raise error


def _end(hosted: "Hosted") -> None:
    """Ends the server where no selection goes on: whoever started it starts it again, which looks for damage."""
    if _stopped(hosted) is not None:
        os.kill(os.getpid(), signal.SIGTERM)


def _stopped(hosted: "Hosted") -> E2EVoteError | None:
    """Why the first of them stopped, if all have; as long as one goes on, `/v1/health` tells of the others."""
    found = [place.election.failed for place in hosted.all()]
    return found[0] if found and all(one is not None for one in found) else None


def _settings(
    stores: list[Path], config: Path | None, host: str, port: int, public_url: str, passphrase_file: Path | None
) -> "Settings":
    """What the file says, and what the options say instead."""
    from e2evote.adapter.api.settings import Settings, StoreFact, check_public_url, read_settings

    settings = read_settings(config) if config else Settings()
    named = tuple(StoreFact(path, passphrase_file) for path in stores)
    settings = replace(settings, stores=(*settings.stores, *named))
    if not settings.stores and not settings.part("drafts"):
        raise Usage("which selections? --store STORE, or [[store]] in --config FILE")
    if host:
        settings = replace(settings, host=host)
    if port >= 0:
        settings = replace(settings, port=port)
    if public_url:
        settings = replace(settings, public_url=check_public_url(public_url, "--public-url"))
    if not settings.public_url and settings.host in ("0.0.0.0", "::"):
        raise Usage(f"{settings.host} is every address of this machine: which one do voters use? --public-url URL")
    return settings


def _opened(fact: "StoreFact", allow_test_group: bool) -> Election:
    """The selection, its record verified; this process is its box from now on."""
    Store.at(fact.path)
    phrase: Passphrase | None = None
    if not (fact.path / "private" / REHEARSAL).exists():
        file = fact.passphrase_file
        phrase = read_passphrase_file(file) if file else passphrase(None, f"the log's key of {fact.path}")
    desk = partial(WitnessDesk, addresses=Addresses(dict(fact.witnesses)))
    return Election.open_store(fact.path, passphrase=phrase, allow_test_group=allow_test_group, witnesses=desk)
