"""`e2evote manifest new`, `check` and `sign`: what is voted on, by which rules, and who signs."""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.facts import EXAMPLE, read_facts
from e2evote.adapter.keys import load_key
from e2evote.adapter.store import first_entry
from e2evote.algebra.parameters import TEST_GROUPS, group_named
from e2evote.cli.ending import Usage
from e2evote.cli.manifest_words import sentences
from e2evote.cli.options import Json, Key, PassphraseFile, read_small
from e2evote.cli.output import refuse_existing, write_new
from e2evote.cli.passphrase import passphrase
from e2evote.cli.terminal import as_json, say
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.canonical import Encodable
from e2evote.manifest.base_hash import base_hash, parameter_hash
from e2evote.manifest.model import Manifest
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.verify.checks import ExitCode

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """Make a manifest from a few facts, or check one.

    Example:  e2evote manifest new --example
    """


@app.command()
def new(
    facts: Annotated[Path | None, typer.Argument(metavar="FACTS", help="A TOML file; see --example.")] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The manifest to write.")] = Path("manifest.json"),
    example: Annotated[bool, typer.Option("--example", help="Print an example of the facts, and end.")] = False,
    json: Json = False,
) -> None:
    """Make the manifest of an election from its facts: contests, options, dates, and the parties' public keys.

    Example:  e2evote manifest new facts.toml --out manifest.json
    """
    if example:
        as_json({"facts": EXAMPLE}) if json else print(EXAMPLE, end="")
        return
    if facts is None:
        raise Usage("which facts? `e2evote manifest new --example` shows how such a file looks")
    if not facts.exists():
        raise Usage(f"{facts}: no such file")
    refuse_existing(out)
    manifest = read_facts(facts)
    write_new(out, manifest.encode())
    _tell(manifest, (), json, {"file": str(out)})


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A manifest.")],
    json: Json = False,
) -> None:
    """Check the form and the rules of a manifest, and print its base hash.

    Example:  e2evote manifest check manifest.json
    """
    try:
        manifest = Manifest.decode(read_small(file))
    except MalformedInput as error:
        raise error.inside(str(file)) from None
    failures = (*key_failures(manifest), *rule_failures(manifest))
    _tell(manifest, failures, json, {"file": str(file)})
    if failures:
        raise typer.Exit(ExitCode.REJECTED)


@app.command()
def sign(
    file: Annotated[Path, typer.Argument(metavar="MANIFEST", help="The manifest, as everybody has agreed to it.")],
    key: Key,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The signed entry to write.")] = Path("setup.json"),
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Sign a manifest as the administrator: entry 0 of a log that a server keeps, without giving it your key.

    FILE is the body of POST …/transitions for a draft on that server (docs/http-acts.md). Whoever keeps the log on this
    machine needs none: e2evote init signs by itself. Nothing changes a manifest once its entry 0 is on a board.

    Example:  e2evote manifest sign manifest.json --key chair.key --out setup.json
    """
    try:
        data = read_small(file)
        manifest = Manifest.decode(data)
    except MalformedInput as error:
        raise error.inside(str(file)) from None
    refuse_existing(out)
    if failures := (*key_failures(manifest), *rule_failures(manifest)):
        raise Refused("manifest-rules", "; ".join(f"{failure.subject}: {failure.detail}" for failure in failures))
    chair, signer = manifest.parties_of("administrator")[0], load_key(key, passphrase(passphrase_file, str(key)))
    if chair.key != signer.public:
        raise Refused("wrong-key", f"the manifest has another key for its administrator, {chair.id}")
    entry = first_entry(data, chair.id, signer)
    write_new(out, canonical.encode({"leaf": entry.decode(), "to": "setup"}) + b"\n")
    _tell(manifest, (), json, {"file": str(out)})


def _tell(manifest: Manifest, failures: tuple[CheckFailed, ...], json: bool, members: dict[str, Encodable]) -> None:
    name = base_hash_of(manifest)
    if json:
        failed: list[Encodable] = [{"check": f.check, "detail": f.detail, "subject": f.subject} for f in failures]
        members |= {"cautions": list(sentences(manifest).cautions), "failures": failed}
        as_json(members | {"base_hash": name, "election": manifest.election.id})
        return
    say(
        f"{manifest.election.name.best('en')} ({manifest.election.id}), {manifest.dates.open} to {manifest.dates.close}"
    )
    for contest in manifest.contests:
        sizes = f"{len(contest.options)} options, {contest.limit} votes, {contest.outcome.seats} seats"
        say(f"  {contest.name.best('en')}: {sizes}")
    for party in manifest.parties:
        say(f"  {party.role:<14} {party.id:<16} {party.organisation}")
    said = sentences(manifest)
    for sentence in said.facts:
        say(f"  {sentence}")
    for sentence in said.cautions:
        say(f"  note: {sentence}", style="yellow")
    if manifest.group in TEST_GROUPS:
        say(f"  group {manifest.group}: for tests only, it offers no secrecy", style="bold yellow")
    if name:
        say(f"base hash {name}")
    for failure in failures:
        say(f"FAIL  {failure.check}: {failure.subject}: {failure.detail}", style="bold red")


def base_hash_of(manifest: Manifest) -> str:
    """H_B in hex; empty for a group that this version does not know.    spec (4.2)"""
    try:
        group_ = group_named(manifest.group)
    except MalformedInput:
        return ""
    return base_hash(parameter_hash(group_, manifest.n, manifest.quorum), manifest.encode()).hex()
