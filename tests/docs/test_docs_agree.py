"""What the code says about the documents, and the documents about the code, is the same.

Five things are compared: equation numbers cited in docstrings with `docs/spec.md`, hash labels with its
table, the verifier's checks and exit codes with `docs/verification.md`, and the pages of `docs/decisions/` with
their list. Each comparison runs as soon as both of its sides exist.

Conventions that make the documents readable for this file: an equation is defined by a line of the specification
that ends with its number after two spaces or more, `  (3.4)`; a table row begins with `|` and its first cells are the
name, in backquotes or not; the exit codes stand in the one sentence that begins with `Exit codes:`.
"""

import ast
import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
SPEC, VERIFICATION, DECISIONS = (ROOT / "docs" / name for name in ("spec.md", "verification.md", "decisions"))

NUMBER = re.compile(r"\((\d{1,2}\.\d{1,3})\)")
RANGE = re.compile(r"\((\d{1,2})\.(\d{1,3})\)\s*(?:-|–|to|\.\.)\s*\((\d{1,2})\.(\d{1,3})\)")
DEFINITION = re.compile(r"\s{2,}\((\d{1,2}\.\d{1,3})\)\s*$")
CHECK_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*)+")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def cited_in(text: str) -> set[str]:
    """Equation numbers in one docstring, `(3.4)-(3.6)` counting for all three."""
    found = set(NUMBER.findall(text))
    for section, first, other, last in RANGE.findall(text):
        if section == other:
            found |= {f"{section}.{number}" for number in range(int(first), int(last) + 1)}
    return found


def docstrings(source: str) -> list[str]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        text for node in ast.walk(ast.parse(source)) if isinstance(node, kinds) and (text := ast.get_docstring(node))
    ]


def defined_in(text: str) -> list[str]:
    return [match[1] for line in text.splitlines() if (match := DEFINITION.search(line))]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, without backquotes, emphasis and the rules between head and body."""
    lines = (line.strip() for line in text.splitlines())
    cells = (
        [cell.strip().strip("`*") for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")
    )
    return [row for row in cells if not set("".join(row)) <= set("-: ")]


def documented_labels(text: str) -> set[tuple[int, str]]:
    """Rows whose first two cells are a domain byte of e2evote's own, 0x80 to 0xFF, and a label."""
    return {
        (int(row[0], 16), row[1])
        for row in rows(text)
        if len(row) > 1 and re.fullmatch(r"0x[89A-Fa-f][0-9A-Fa-f]", row[0])
    }


def documented_checks(text: str) -> list[str]:
    return [row[0] for row in rows(text) if CHECK_NAME.fullmatch(row[0])]


def documented_exit_codes(text: str) -> set[int]:
    sentence = re.search(r"Exit codes: ([^.]+)\.", text)
    return {int(code) for code in re.findall(r"\b(\d) [a-z]+", sentence[1])} if sentence else set()


def text_of(path: Path) -> str:
    if not path.is_file():
        pytest.skip(f"{path.relative_to(ROOT)} is not written yet")
    return path.read_text("utf-8")


def module(name: str) -> ModuleType:
    path = SRC.joinpath(*name.split("."))
    if not (path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()):
        pytest.skip(f"{name} is not written yet")
    return importlib.import_module(name)


def exit_codes() -> set[int]:
    """The members of the enum ExitCode, wherever in the library it is defined; empty if there is none."""
    for path in sorted((SRC / "e2evote").rglob("*.py")):
        classes = (node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ClassDef))
        if "ExitCode" in classes:
            codes = module(".".join(path.relative_to(SRC).with_suffix("").parts)).ExitCode
            return {int(member.value) for member in codes}
    return set()


def test_what_counts_as_a_citation_and_a_definition() -> None:
    assert cited_in("c = H_q(...)  spec (5.4), and (6.10)-(6.12) below") == {"5.4", "6.10", "6.11", "6.12"}
    assert cited_in("RFC 8032, version 2.1, f(1.5x)") == set()
    assert docstrings('"""a (1.1)"""\n# (9.9)\ndef f():\n    """b (1.2)"""\n    return "(9.8)"\n') == [
        "a (1.1)",
        "b (1.2)",
    ]
    text = "    g^v = a·K^c    (5.5)\nBy (5.5) and (5.6)\n| `x` |  (5.7) |\n  y = 1  (5.8)\n"
    assert defined_in(text) == ["5.5", "5.8"]


def test_what_counts_as_a_row() -> None:
    text = "| byte | label |\n|---|:--:|\n| `0x80` | `ballot-id` | H_E |\n| 0x20 | key |\n"
    text += "| `ballot.selection-proof` | α |\n| `floor` | the floor is 0 |\n"
    assert documented_labels(text) == {(0x80, "ballot-id")}
    assert documented_checks(text) == ["ballot.selection-proof"]


def test_what_counts_as_an_exit_code() -> None:
    assert documented_exit_codes("* Exit codes: 0 accepted, 5 internal error. At most 9 times.") == {0, 5}
    assert documented_exit_codes("7 samurai") == set()


def test_every_equation_cited_is_defined_once() -> None:
    defined = defined_in(text_of(SPEC))
    assert sorted({number for number in defined if defined.count(number) > 1}) == []
    assert sorted(cited_in(text_of(SPEC)) - set(defined)) == []
    unknown = {
        f"{path.relative_to(SRC)}: ({number})"
        for path in sorted((SRC / "e2evote").rglob("*.py"))
        for text in docstrings(path.read_text("utf-8"))
        for number in cited_in(text) - set(defined)
    }
    assert sorted(unknown) == []


def test_every_hash_label_is_in_the_table_and_no_other() -> None:
    documented = documented_labels(text_of(SPEC))
    labels = {member.value for member in module("e2evote.hashing.labels").Label}
    assert labels
    assert documented == labels
    assert len({byte for byte, _ in labels}) == len({name for _, name in labels}) == len(labels)


def test_every_check_is_documented_and_no_other() -> None:
    documented = documented_checks(text_of(VERIFICATION))
    checks = [member.value for member in module("e2evote.verify.checks").Check]
    assert checks
    assert documented == checks, "the order is the order of the report"


def test_every_exit_code_is_documented_and_no_other() -> None:
    documented = documented_exit_codes(text_of(VERIFICATION))
    codes = exit_codes()
    if not codes:
        pytest.skip("no class ExitCode in the library yet")
    assert documented == codes


def test_every_decision_is_listed_and_every_link_leads_somewhere() -> None:
    pages = {path.name for path in DECISIONS.glob("*.md")} - {"README.md"}
    if not pages:
        pytest.skip("no decision record is written yet")
    listed = set(LINK.findall((DECISIONS / "README.md").read_text("utf-8")))
    assert pages <= {link.removeprefix("./") for link in listed}


def test_relative_links_in_the_documents_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {link}"
        for path in [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
        for link in LINK.findall(path.read_text("utf-8"))
        if "://" not in link and not link.startswith("mailto:") and not (path.parent / link).exists()
    ]
    assert broken == []
