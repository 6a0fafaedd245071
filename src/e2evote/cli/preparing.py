"""Papers that are filled in before a selection, as far as its manifest fills them in (docs/templates/README.md)."""

from collections.abc import Iterator
from importlib.resources import files
from string import Template

from e2evote.adapter.independence import concentrations, organisations
from e2evote.algebra.parameters import group_named
from e2evote.cli.manifest_words import sentences
from e2evote.manifest.base_hash import base_hash, parameter_hash
from e2evote.manifest.model import Manifest

_UNCLAIMED = {
    "channels": "ballots on paper are no part of the record",
    "eligibility": "the record does not show that only members voted, or how often",
    "floor": "totals of few ballots are published",
    "witnesses": "nothing shows that everybody sees the same log",
}


def assessment(manifest: Manifest) -> str:
    """The security assessment, with everything that the manifest says; the rest is for people."""
    said = sentences(manifest)
    return _filled(
        "assessment.md",
        manifest,
        cautions=_list((*said.cautions, *concentrations(manifest)), "nothing that a program can see"),
        claims=_list(tuple(_claims(manifest)), "nothing is claimed"),
        facts=_list(said.facts, ""),
        organisations=str(len(organisations(manifest))),
        keys=str(len(manifest.parties)),
    )


def rehearsal_plan(manifest: Manifest) -> str:
    """Who does what in a rehearsal, and what is tried."""
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(_steps(manifest), 1))
    trials = "\n".join(f"| {tried} | {seen} | |" for tried, seen in _trials(manifest))
    return _filled("rehearsal.md", manifest, steps=steps, trials=trials)


def _filled(name: str, manifest: Manifest, **members: str) -> str:
    template = files("e2evote.cli").joinpath("templates", name).read_text("utf-8")
    group = group_named(manifest.group)
    rows = [f"| {party.role} | {party.id} | {_cell(party.organisation)} |" for party in manifest.parties]
    shared = {
        "base_hash": base_hash(parameter_hash(group, manifest.n, manifest.quorum), manifest.encode()).hex(),
        "closes": manifest.dates.close,
        "group": manifest.group,
        "id": manifest.election.id,
        "name": _cell(manifest.election.name.best("en")),
        "opens": manifest.dates.open,
        "parties": "\n".join(("| role | id | organisation, as declared |", "|---|---|---|", *rows)),
        "quorum": str(manifest.quorum),
        "tolerance": str(manifest.dates.tolerance),
    }
    return Template(template).substitute(shared | members)


def _cell(text: str) -> str:
    """Text of a manifest inside a table of Markdown."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _list(lines: tuple[str, ...], otherwise: str) -> str:
    return "\n".join(f"* {_cell(line)}" for line in lines) or f"* {otherwise}"


def _claims(manifest: Manifest) -> Iterator[str]:
    for claim, made in manifest.claims.model_dump().items():
        yield f"claimed: {claim}" if made else f"NOT CLAIMED: {claim}: {_UNCLAIMED[claim]}"


def _steps(manifest: Manifest) -> Iterator[str]:
    yield "Keys: every party, `e2evote doctor` and `e2evote key new`, on its own machine"
    yield "Manifest: `e2evote manifest new`; everybody reads what `e2evote manifest check` says"
    yield "Box and log: `e2evote init`, `e2evote box`; anchors are announced as they will be"
    yield f"Key ceremony: {manifest.n} trustees, `e2evote trustee begin`, `deal`, `finish`"
    if manifest.roll:
        yield "Roll: seeds of all registrars, `e2evote roll import` and `roll freeze` with invented members"
        yield "Codes: each registrar, `e2evote registrar issue`; letters are printed and sent to the invented members"
    yield "Opening: `e2evote open`; a second machine verifies the record"
    yield "At least twenty people vote, some of them again; at least five challenge, and check on another device"
    for channel in manifest.channels.paper:
        yield f"Papers, channel {channel}: `e2evote channel mark` by two tellers, at the place where it will be"
    yield "`e2evote pause` and `resume`; `e2evote incident report`"
    yield "Closing: `e2evote close`"
    for channel in manifest.channels.paper:
        yield f"Counting, channel {channel}: `e2evote channel count`, then `agree` by a teller who counted alone"
    yield "Tally: `e2evote tally statement`, trustees `accept` and `decrypt`, `e2evote tally outcome`"
    yield "`e2evote checked` by everybody who will follow the real selection; the turnout audit's sample is drawn"


def _trials(manifest: Manifest) -> Iterator[tuple[str, str]]:
    yield "a ballot is challenged", "the checker shows the choices, and it does not count"
    yield "a tracker is looked up under another line", "no such ballot on this line"
    yield "the box is stopped in the middle and started again", "every receipt still holds"
    yield "a ballot while voting is paused", "refused, with a sentence that a voter understands"
    yield "a ballot after the close", "refused"
    if manifest.n > manifest.quorum:
        yield "one trustee stays away from the tally", "the others finish"
    if manifest.policy:
        yield "as many witnesses are switched off as may be, then one more", "first nothing, then no receipt"
    if manifest.roll:
        yield "a code with one wrong letter, a code of another line", "refused before anything is signed"
        yield "a code is issued again", "the old one is refused; the line shows it, with reason and who approved"
        yield "one party alone approves a new code", "refused"
        yield "a member's address is changed after the freeze", "the member's own opening shows it"
    if manifest.channels.paper:
        online = "the ballot is superseded" if manifest.channels.paper_prevails else "no mark is taken"
        yield "a line that has voted online votes on paper", online
        yield "both tellers of one mark are of one organisation", "refused"
        yield "the second teller counts otherwise", "nothing is signed, and the place is named"
        yield "one paper is missing", "counts and marks differ: refused"
    yield "somebody edits a copy of the record", "verification rejects it, and names a check"
