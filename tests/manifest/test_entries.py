"""The table of kinds is the specification's: section 5.4, and the bodies of the record format."""

import re
from pathlib import Path

import pytest

from e2evote.manifest.entries import KINDS, Phase

DOCS = Path(__file__).resolve().parents[2] / "docs"


def rows(document: str, heading: str) -> list[list[str]]:
    """The cells of the first table after this row of headings."""
    lines = iter((DOCS / document).read_text("utf-8").splitlines())
    for line in lines:
        if line.startswith(heading):
            next(lines)
            break
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def without_remarks(text: str) -> str:
    return re.sub(r"\([^()]*\)", "", text)


PHASES = [[name.strip("`"), *cells] for name, *cells in rows("spec.md", "| kind | phase |")]
BODIES = {name.strip("`"): cells for name, *cells in rows("record-format.md", "| kind | body | payload |")}


def test_the_kinds_are_those_of_the_specification_in_its_order() -> None:
    assert [row[0] for row in PHASES] == list(KINDS) == list(BODIES)
    assert all(kind.name == name for name, kind in KINDS.items())


@pytest.mark.parametrize("row", PHASES, ids=[row[0] for row in PHASES])
def test_phase_and_authors(row: list[str]) -> None:
    name, phase, authors, _ = row
    assert KINDS[name].phase == phase
    assert KINDS[name].authors == tuple(author.strip() for author in without_remarks(authors).split(","))
    assert KINDS[name].signatures == (0 if "no signature" in authors else len(KINDS[name].authors))


@pytest.mark.parametrize("name", list(BODIES))
def test_body_and_payload(name: str) -> None:
    body, payload = BODIES[name]
    named = re.findall(r"`([A-Za-z_]+)`", without_remarks(body.split(": {")[0] if name == "outcome" else body))
    assert tuple(sorted(named)) == KINDS[name].body
    assert KINDS[name].payload == (payload != "none")


def test_the_phases_are_in_their_order_and_the_last_one_is_silent() -> None:
    order = list(Phase)
    assert order == ["setup", "open", "closed", "stated", "published"]
    assert [order.index(kind.phase) for kind in KINDS.values()] == sorted(
        order.index(kind.phase) for kind in KINDS.values()
    )
    assert all(kind.phase != Phase.PUBLISHED for kind in KINDS.values())
