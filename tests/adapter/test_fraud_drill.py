"""Every act of an insider is tried, and ends as docs/threats.md says: who sees it, with what, and what nobody sees."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import typer.main

from e2evote.cli.application import app
from e2evote.verify.checks import Check

ROOT = Path(__file__).resolve().parents[2]
ACTS = tuple(f"S{number}" for number in range(1, 15))
CHECKS = {check.value for check in Check}
QUOTED = re.compile(r"`([^`]+)`")
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "S1": (
        "ballot.line",
        "ballot.line",
        "credential.lines",
        "credential.keys",
        "board.author",
        "board.phase",
        "roll.add",
        "roll.root",
        "",
        "",
    ),
    "S2": (
        "board.author",
        "credential.reissue",
        "ballot.line",
        "credential.reissue",
        "credential.reissue",
        "credential.reissue",
        "",
    ),
    "S3": (
        "board.author",
        "roll.amendment",
        "opening.changes",
        "roll.contact",
        "opening.value",
        "",
    ),
    "S4": (
        "register.name",
        "register.missing",
        "register.row",
        "access",
        "",
    ),
    "S5": (
        "board.author",
        "board.author",
        "board.witnesses",
        "manifest.rules",
        "",
    ),
    "S6": (
        "channel.mark",
        "tally.rows, tally.reconciliation",
        "channel.count",
        "channel.count",
        "board.author",
        "tally.reconciliation",
        "tally.rows",
        "contests",
        "",
    ),
    "S7": (
        "sample",
        "",
    ),
    "S8": (
        "entry",
        "",
    ),
    "S9": (
        "board.signature",
        "ballot.line, ballot.identifier",
        "ballot.tracker, ballot.limit-proof, board.signature",
        "absent",
        "opened",
        "challenge.opening",
        "",
    ),
    "S10": (
        "board.phase",
        "board.phase",
        "tally.rows, tally.reconciliation",
        "tally.record-fails",
        "tally.statement-differs",
        "tally.products",
        "tally.second-statement",
        "",
    ),
    "S11": (
        "tally.not-closed",
        "tally.not-stated",
        "tally.not-accepted",
        "",
    ),
    "S12": (
        "anchor.base-hash",
        "ballot.form, ballot.identifier",
        "tally.floor",
        "tally.floor",
        "",
    ),
    "S13": (
        "422",
        "board.witnesses",
        "fork",
        "fork",
        "board.root",
        "",
    ),
    "S14": (
        "present",
        "receipt",
        "evidence",
        "",
    ),
}
"""By act, in order: the checks that fail and nothing else does, the code of the refusal, or what shows the attempt; an
empty one for a record that is accepted, where nobody sees anything."""


@cache
def drill() -> tuple[str, list[dict[str, str]], dict[str, str]]:
    """What it prints, the attempts, and the acts."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "drill.json"
        command = [sys.executable, str(ROOT / "examples" / "fraud_drill.py"), "--json", str(file)]
        environment = os.environ | {"TMPDIR": folder, "PYTHONPATH": str(ROOT / "src")}
        ended = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        told = json.loads(file.read_text("utf-8"))
        assert [path.name for path in Path(folder).iterdir()] == ["drill.json"], "it leaves nothing behind"
    return ended.stdout, told["attempts"], told["acts"]


@cache
def table() -> dict[str, list[str]]:
    """The rows of the page, by act: the act, what stops or shows it, who with what, what stays undetectable."""
    page = (ROOT / "docs" / "threats.md").read_text("utf-8")
    section = page.partition("## Insider acts")[2].partition("\n## ")[0]
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines())
    return {row[0]: row[1:] for row in cells if re.fullmatch(r"S\d+", row[0])}


def attempts(act: str) -> list[dict[str, str]]:
    return [attempt for attempt in drill()[1] if attempt["act"] == act]


def commands(command: Any, name: str = "e2evote") -> set[str]:
    """All that the program has."""
    inside = getattr(command, "commands", {}).items()
    return {name}.union(*(commands(one, f"{name} {word}") for word, one in inside))


def test_the_page_and_the_drill_have_the_same_acts() -> None:
    assert tuple(table()) == tuple(drill()[2]) == ACTS
    for act, what in drill()[2].items():
        assert table()[act][0] == what


@pytest.mark.parametrize("act", ACTS)
def test_every_attempt_ends_as_it_must(act: str) -> None:
    assert tuple(attempt["name"] for attempt in attempts(act)) == OUTCOMES[act]
    for attempt in attempts(act):
        assert bool(attempt["undetectable"]) == (not attempt["name"])
        assert bool(attempt["evidence"]) == bool(attempt["name"])


@pytest.mark.parametrize("act", ACTS)
def test_the_page_names_who_sees_it_and_with_what(act: str) -> None:
    _, stops, who, _ = table()[act]
    seen = [attempt for attempt in attempts(act) if attempt["name"]]
    assert set(QUOTED.findall(who)) == {attempt["command"] for attempt in seen}
    assert all(attempt["who"] in who for attempt in seen)
    failing = {name for attempt in seen for name in attempt["name"].split(", ")}
    assert set(QUOTED.findall(stops)) == failing & CHECKS


@pytest.mark.parametrize("act", ACTS)
def test_what_nobody_can_see_is_played_and_said_in_the_words_of_the_page(act: str) -> None:
    assert {attempt["undetectable"] for attempt in attempts(act) if not attempt["name"]} == {table()[act][3]}


def test_the_commands_are_there() -> None:
    known = commands(typer.main.get_command(app))
    assert {attempt["command"] for attempt in drill()[1] if attempt["name"]} <= known


def test_it_says_all_of_it_in_words() -> None:
    printed, made, acts = drill()
    words = " ".join(printed.split())
    assert "it hides nothing" in words
    for act, what in acts.items():
        assert f"{act}. The administrator {what}." in words
    for attempt in made:
        told = (
            f"UNDETECTABLE, the record is accepted: {attempt['undetectable']}"
            if not attempt["name"]
            else (f"seen by {attempt['who']}, `{attempt['command']}`: {attempt['evidence']}")
        )
        assert " ".join(f"{attempt['tried']} {told}".split()) in words
    assert f"{len(made)} attempts, of which {sum(not one['name'] for one in made)}" in words
