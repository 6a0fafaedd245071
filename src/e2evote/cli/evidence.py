"""`e2evote evidence check`: what an evidence file shows, and whom it convicts, offline."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.known_keys import KnownKeys, known_keys
from e2evote.board.accusation import EVIDENCE_LIMIT
from e2evote.board.evidence import Verdict, check_evidence
from e2evote.cli.ending import Usage
from e2evote.cli.options import Expect, Json, ManifestFile, read_small
from e2evote.cli.terminal import as_json, say
from e2evote.cli.verify import read_anchors
from e2evote.hashing.canonical import Encodable
from e2evote.verify.checks import ExitCode

app = typer.Typer(no_args_is_help=True)

_LATEST = 253_402_300_799
"""The last second of the year 9999."""


@app.callback()
def group() -> None:
    """Check what somebody says to prove that a log or a witness has cheated.

    Example:  e2evote evidence check evidence-fork.json --expect anchors.json
    """


@app.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, metavar="FILE", help="The evidence file.")],
    expect: Expect = None,
    log_key: Annotated[
        str, typer.Option("--log-key", metavar="VKEY", help="The log's verifier key, in the place of anchors.")
    ] = "",
    manifest: ManifestFile = None,
    json: Json = False,
) -> None:
    """Derive everything again from the signatures in the file, and say whom they convict.

    Needs no network and believes nothing in the file. Ends with 0 if the evidence holds, 1 if it does not, 3 if it is
    no evidence file, 6 if it holds for a log key that only the file itself names.

    Example:  e2evote evidence check evidence-fork.json --expect anchors.json --manifest manifest.json

    Example:  e2evote evidence check evidence-entry.json --log-key vote.example+5f0a33c1+AbC…
    """
    if log_key and expect:
        raise Usage("--log-key and --expect: give one of them")
    keys = known_keys(read_anchors(expect), read_small(manifest) if manifest else None, log_key)
    verdict = check_evidence(read_small(file, EVIDENCE_LIMIT + 1), keys.log_key, keys.policy)
    if json:
        as_json(members_of(verdict, keys))
    else:
        print_verdict(verdict, keys)
    if not keys.anchored:
        raise typer.Exit(int(ExitCode.CONSISTENT))


def members_of(verdict: Verdict, keys: KnownKeys) -> dict[str, Encodable]:
    """The verdict for programs."""
    convicted: list[Encodable] = [
        {"key": party.key, "known": party.known, "name": party.name, "role": party.role} for party in verdict.convicted
    ]
    return {
        "anchored": keys.anchored,
        "convicted": convicted,
        "evidence": verdict.kind,
        "facts": list(verdict.facts),
        "log_key": verdict.log.key,
        "verdict": verdict.word,
    }


def print_verdict(verdict: Verdict, keys: KnownKeys) -> None:
    """The verdict for people."""
    say(f"The evidence holds ({verdict.kind}).", style="bold")
    for fact in verdict.facts:
        say(f"  {fact}")
    for party in verdict.convicted:
        claim = "" if party.known else ", if this is its key, which only the file says"
        say(f"CONVICTED: {party.role} {party.name}{claim}", style="bold red")
        say(f"  key {party.key}")
    if not verdict.convicted:
        say("It convicts nobody by itself: ask where the smaller head came from.", style="yellow")
    if not keys.anchored:
        say("The log's key came from the file. Compare it with the anchors, or give --expect.", style="yellow")


def moment(seconds: int) -> str:
    """A time of a witness, for people."""
    if not 0 <= seconds <= _LATEST:
        return f"{seconds} seconds after 1970"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
