"""Every attack of the catalogue has a row in `docs/threats.md`, and what a row names exists.

Conventions that make the page readable for this file: a row of an attack has four cells, and the first is its number.
In the third cell every word in backquotes is a check or a module below `src/e2evote/`; `spec 5.4` is a section of the
specification. In the last, every word in backquotes is a tamper of `tests/simulate/`, which must carry the attack's
number itself, or a test function, as `folder/test_file.py::test_name` below `tests/`.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from e2evote.verify.checks import Check
from simulate.tampers import ATTACKS, HARMLESS, NOT_RECORD, TAMPERS

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
SRC = ROOT / "src" / "e2evote"

WANTED = tuple(f"A{number:02}" for first, last in ((1, 85), (97, 140)) for number in range(first, last + 1))
LIMITS = 11

NUMBER = re.compile(r"A\d{2,3}")
QUOTED = re.compile(r"`([^`]+)`")
SECTION = re.compile(r"\bspec (\d+(?:\.\d+)?)\b")
HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)\.? ", re.MULTILINE)
TAGS = {tamper.name: tamper.attacks for tamper in (*TAMPERS, *HARMLESS)}
NAMES = {check.value for check in Check}


@cache
def page() -> str:
    return (ROOT / "docs" / "threats.md").read_text("utf-8")


def rows(text: str) -> list[list[str]]:
    """Every table row whose first cell is the number of an attack."""
    cells = ([cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines())
    return [row for row in cells if NUMBER.fullmatch(row[0])]


@cache
def defined(file: str) -> frozenset[str]:
    """The test functions of a file below tests/; none if there is no such file."""
    path = TESTS / file
    if not path.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(n.name for n in nodes if isinstance(n, ast.FunctionDef) and n.name.startswith("test_"))


@cache
def sections() -> frozenset[str]:
    return frozenset(HEADING.findall((ROOT / "docs" / "spec.md").read_text("utf-8")))


def faults_of(row: list[str]) -> list[str]:
    """What a row says that is not so."""
    number, _, stopped, shown = row
    faults = [f"spec {section} is no section" for section in SECTION.findall(stopped) if section not in sections()]
    for word in QUOTED.findall(stopped):
        if word not in NAMES and not (word.endswith(".py") and (SRC / word).is_file()):
            faults.append(f"{word} is neither a check nor a module")
    named = QUOTED.findall(shown)
    if not named:
        faults.append("nothing shows it")
    for word in named:
        file, separator, test = word.partition("::")
        if separator:
            faults += [f"there is no test {word}"] if test not in defined(file) else []
        elif number not in TAGS.get(word, ()):
            faults.append(f"{word} is no tamper for {number}")
    if number in NOT_RECORD and not any("::" in word for word in named):
        faults.append("a record cannot show it, and no other test is named")
    return [f"{number}: {fault}" for fault in faults]


@pytest.mark.parametrize(
    "row",
    [
        "| A01 | x | spec 3 | |",
        "| A01 | x | spec 3 | in words only |",
        "| A01 | x | spec 3 | `proofs/test_one_of.py::test_that_is_not_there` |",
        "| A01 | x | spec 3 | `proofs/test_nothing.py::test_every_commitment_is_hashed` |",
        "| A01 | x | spec 3 | `no-such-tamper` |",
        "| A02 | x | spec 3 | `weak-fiat-shamir-random-plaintext` |",
        "| A01 | x | spec 33 | `weak-fiat-shamir-random-plaintext` |",
        "| A01 | x | `ballot.no-such-check` | `weak-fiat-shamir-random-plaintext` |",
        "| A01 | x | `proofs/nothing.py` | `weak-fiat-shamir-random-plaintext` |",
        "| A40 | x | spec 7 | `ballot-replayed` |",
    ],
)
def test_a_row_that_is_not_so_is_found(row: str) -> None:
    assert [fault for found in rows(row) for fault in faults_of(found)]


def test_a_row_that_is_so_is_accepted() -> None:
    text = "| A01 | x | spec 3, `proofs/one_of.py`: `ballot.limit-proof` | `weak-fiat-shamir-random-plaintext` |"
    assert [fault for found in rows(text) for fault in faults_of(found)] == []


def test_the_catalogue_is_that_of_the_tamper_matrix() -> None:
    assert WANTED == ATTACKS


def test_every_attack_has_one_row() -> None:
    numbers = [row[0] for row in rows(page())]
    assert numbers == sorted(set(numbers), key=lambda number: int(number[1:]))
    assert set(WANTED) <= set(numbers)


def test_what_the_rows_name_exists() -> None:
    malformed = [row[0] for row in rows(page()) if len(row) != 4]
    assert malformed == []
    assert [fault for row in rows(page()) for fault in faults_of(row)] == []


def test_every_limit_is_there() -> None:
    """The honest limits are a numbered list under their own heading."""
    part = page().split("## The honest limits\n", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^(\d+)\. ", part, re.MULTILINE) == [str(number) for number in range(1, LIMITS + 1)]
