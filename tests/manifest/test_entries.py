"""The table of kinds is the specification's: section 5.4, and the bodies of the record format."""

import re
from pathlib import Path

import pytest

from e2evote.manifest.entries import CAPACITIES, KINDS, Phase

DOCS = Path(__file__).resolve().parents[2] / "docs"
NO_MEMBERS = {"in_person", "outcome", "postal", "register", "roll", "root", "size"}
"""What the table of bodies names besides members."""


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
BODIES = {
    name: cells
    for names, *cells in rows("record-format.md", "| kind | body | payload |")
    for name in re.findall(r"`([a-z.]+)`", names)
}


def test_the_kinds_are_those_of_the_specification_in_its_order() -> None:
    assert [row[0] for row in PHASES] == list(KINDS)
    assert sorted(BODIES) == sorted(KINDS)
    assert all(kind.name == name for name, kind in KINDS.items())


@pytest.mark.parametrize("row", PHASES, ids=[row[0] for row in PHASES])
def test_phases_and_authors(row: list[str]) -> None:
    name, phases, authors, _ = row
    named = [author.strip(" *") for author in without_remarks(authors).split(",")]
    assert KINDS[name].phases == (tuple(Phase) if phases == "every phase" else tuple(phases.split(", ")))
    assert KINDS[name].authors == tuple(author for author in named if author != "apart")
    assert KINDS[name].apart == ("apart" in named)
    assert KINDS[name].signatures(0) == (0 if "no signature" in authors else len(KINDS[name].authors))


@pytest.mark.parametrize("name", list(BODIES))
def test_body_and_payload(name: str) -> None:
    body, payload = BODIES[name]
    named = set(re.findall(r"`([A-Za-z_]+)`", without_remarks(body)))
    assert named - NO_MEMBERS == set(KINDS[name].body) - NO_MEMBERS
    assert KINDS[name].payload == (payload != "none")


def test_the_phases_are_in_their_order() -> None:
    assert list(Phase) == ["setup", "open", "closed", "stated", "published"]
    assert all(list(kind.phases) == [phase for phase in Phase if phase in kind.phases] for kind in KINDS.values())


def test_capacities_are_those_of_the_specification() -> None:
    said = " ".join((DOCS / "spec.md").read_text("utf-8").split())
    for name, phrase in (("reporter", "is a party of role"), ("checker", "one of role")):
        (roles,) = re.findall(rf"\*{name}\* {phrase} ([a-z, ]+)", said)
        assert CAPACITIES[name] == tuple(re.split(r", | or ", roles.strip()))
