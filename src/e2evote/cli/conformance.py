"""`e2evote conformance`: what the author of a host's site runs against what was built."""

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from e2evote.adapter.anchors import read_anchors
from e2evote.cli.ending import Usage
from e2evote.cli.options import Expect, Json
from e2evote.cli.terminal import as_json, say
from e2evote.cli.witness import refuse_without_http
from e2evote.hashing.canonical import Encodable
from e2evote.verify.checks import ExitCode

if TYPE_CHECKING:
    from e2evote.adapter.conformance.deployment import Deployment


def conformance(
    url: Annotated[str, typer.Argument(metavar="URL", help="The selection, as https://vote.example/v1/elections/ID.")],
    expect: Expect = None,
    page: Annotated[
        str,
        typer.Option("--page", metavar="URL", help="Your page that leads to the ballot; URL#ID sends its form ID."),
    ] = "",
    page_headers: Annotated[
        Path | None,
        typer.Option("--page-headers", metavar="FILE", help="Private file of headers, as the Cookie of a test member."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option("--token-file", metavar="FILE", help="Private file with a token that has ballot:submit."),
    ] = None,
    webhook: Annotated[str, typer.Option("--webhook", metavar="URL", help="Your receiver of webhooks.")] = "",
    webhook_key: Annotated[
        Path | None,
        typer.Option("--webhook-key", metavar="FILE", help="A key that signs test events; made if it is not there."),
    ] = None,
    host: Annotated[
        int | None,
        typer.Option("--host", metavar="PORT", min=0, max=65535, help="Be a host as it should be, until Ctrl-C."),
    ] = None,
    json: Json = False,
) -> None:
    """Look at a deployment from outside: adapter, proxy, your page, your receiver. One line for each check.

    Exit code 0: no check failed; 1: one did. What it lacks something for is skipped, and says what. Use it with a
    rehearsal: it asks for sessions, and sends events.

    Example:  e2evote conformance http://localhost:8800/v1/elections/rehearsal --expect anchors.json

    Example:  e2evote conformance URL --expect anchors.json --page https://site.example/#vote --page-headers cookie.txt
    """
    refuse_without_http()
    from e2evote.adapter.api.webhook_key import webhook_key as key_in
    from e2evote.adapter.conformance import given_files
    from e2evote.adapter.conformance.deployment import Deployment, Given

    if webhook_key and not webhook_key.exists():
        made = key_in(webhook_key).public
        if json:
            as_json({"public_key": made})
        else:
            say(f"{webhook_key} is made. Tell your site the public key {made}, and run this again.")
        return
    given = Given(
        page=page,
        page_headers=given_files.read_headers(page_headers) if page_headers else {},
        expect=read_anchors(expect) if expect else None,
        token=given_files.read_token(token_file) if token_file else "",
        webhook=webhook,
        webhook_key=key_in(webhook_key) if webhook_key else None,
    )
    try:
        deployment = Deployment(url, given)
    except ValueError as error:
        raise Usage(f"{url}: {error}") from None
    with closing(deployment):
        if host is None:
            _look(deployment, json)
        else:
            _be_a_host(deployment, host, json)


def _look(deployment: "Deployment", json: bool) -> None:
    from e2evote.adapter.conformance import kit
    from e2evote.adapter.conformance.finding import Finding, Result

    styles = {Result.PASS: "green", Result.FAIL: "bold red", Result.SKIP: "dim"}

    def told(one: Finding) -> None:
        if not json:
            say(f"{one.result:<5} {one.name:<22} {one.sentence}", style=styles[one.result])

    findings = kit.run(deployment, told)
    number = {result.value: sum(one.result is result for one in findings) for result in Result}
    failed = number[Result.FAIL.value]
    if json:
        listed: list[Encodable] = [
            {"check": one.name, "result": one.result.value, "sentence": one.sentence} for one in findings
        ]
        as_json({"checks": listed, "conforms": not failed})
    else:
        say(", ".join(f"{count} {result}" for result, count in number.items()))
    if failed:
        raise typer.Exit(ExitCode.REJECTED)


def _be_a_host(deployment: "Deployment", port: int, json: bool) -> None:
    from e2evote.adapter.conformance.fake_host import FakeHost

    given = deployment.given
    if given.expect is None or not given.token:
        raise Usage("a host knows the anchors, and has a token: --expect, --token-file")
    key = given.webhook_key.public if given.webhook_key else ""
    host = FakeHost(deployment.api, given.expect, given.token, webhook_key=key, port=port)
    if json:
        as_json({"element": f"{host.url}/element", "vote": f"{host.url}/vote", "webhook": f"{host.url}/hooks"})
    else:
        say(f"{host.url}/vote sends on to the ballot, {host.url}/element has it in the page; events go to /hooks")
    sys.stdout.flush()
    host.serve()
