"""The reference verifier holds nothing that the documents do not say: its constants occur in docs/ or are listed here.

Prose is left out: docstrings, and texts with a space or inside an f-string, which are failure messages.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference.kinds import ENTRIES, PHASES
from reference.report import CHECKS

FOLDER = Path(__file__).parent
DOCUMENTS = ("spec.md", "record-format.md", "verification.md")
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
TRIVIAL = (0, 1, 2, -1, "", b"")

Constant = int | str | bytes

# What stands in no document, and why it may stand in the code.
ALLOWED: dict[str, set[Constant]] = {
    # PKZIP's records and signatures; paths in one pattern; an index below 2^53 has at most 18 digits.
    "archive.py": {
        *("<4s5H3I2H", "<4s6H3I5H2I", "<4s4H2IH", b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", "ascii", 18),
        r"(tile/entries|payload|hints|tile/(?:[0-9]|[1-5][0-9]|6[0-3]))/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?",
    },
    # The order of RFC 8785, texts that cannot be UTF-8, the digits of hexadecimal, and the form of dates.
    "canonical.py": {
        *("utf-16-be", "[\ud800-\udfff]", "[0-9a-f]*"),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
    },
    # RFC 8032: d, order of the base point. 20 000 results are remembered.
    "ed25519.py": {121665, 121666, 252, 27742317777372353535851937790883648493, 20_000, "little"},
    # Likewise the origin; and the numbers within a date.
    "manifest.py": {*("U+", ".."), *(r"[\x21-\x7e]{1,200}", "[0-9]+")},
    # C2SP: an em dash; no more than 16 digits are read of a size below 2^53.
    "note.py": {"\N{EM DASH}", "0|[1-9][0-9]{0,15}"},
    # 200 000 powers are remembered.
    "numbers.py": {200_000},
    # 0x7E; decimals without leading zero, and what separates items, which the document gives in words.
    "policy.py": {126, b"[1-9][0-9]*", b"[ \\t]+"},
    "report.py": {"utf-8", "replace"},
    "verifier_state.py": {"Payload"},  # a type variable
    # `line` and `digits`, whose forms the document gives in words.
    "voter_bodies.py": {"[0-9a-z-]{1,64}", "(?!0000000)[0-9]{7}", "[0-9]{6,64}"},
}
SOURCES = sorted(
    path.name for path in FOLDER.glob("*.py") if not re.match(r"make_|test_|encryptor|__init__", path.name)
)


@pytest.fixture(scope="module")
def documents(root: Path) -> str:
    """The three documents with 2^31 for 2³¹, and no spaces within a number."""
    text = "\n".join((root / "docs" / name).read_text() for name in DOCUMENTS)
    text = re.sub(f"(?<=[0-9])([{SUPERSCRIPTS}]+)", r"^\1", text)
    text = text.translate(str.maketrans(SUPERSCRIPTS, "0123456789"))
    return re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text)


def constants(source: str) -> Iterator[tuple[int, Constant]]:
    """Line and value of every constant that is neither prose nor a piece of an f-string."""
    tree = ast.parse(source)
    prose: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            prose.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            prose.update(id(piece) for piece in node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in prose:
            value = node.value
            if isinstance(value, bool) or not isinstance(value, int | str | bytes):
                continue
            if not (isinstance(value, str) and " " in value):
                yield node.lineno, value


def stands_in(documents: str, value: Constant) -> bool:
    """As a word or a number of its own; bytes as text where they are, else as two hexadecimal digits each."""
    if isinstance(value, int):
        return any(stands_in(documents, text) for text in (str(value), f"0x{value:02x}", f"0x{value:04x}"))
    if isinstance(value, str):
        return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", documents) is not None
    pieces = [value] if len(value) == 1 else re.findall(rb"[ -~]+|[^ -~]", value)
    return all(
        stands_in(documents, piece.decode()) if len(piece) > 1 else re.search(rf"(?i)\b(0x)?{piece.hex()}\b", documents)
        for piece in pieces
    )


@pytest.mark.parametrize("name", SOURCES)
def test_constants_stand_in_the_documents(name: str, documents: str) -> None:
    source = (FOLDER / name).read_text()
    unknown = [
        f"{name}:{line}: {value!r}"
        for line, value in constants(source)
        if value not in TRIVIAL and value not in ALLOWED.get(name, set()) and not stands_in(documents, value)
    ]
    assert not unknown


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_nothing_is_allowed_that_is_not_needed(name: str, documents: str) -> None:
    used = {value for _, value in constants((FOLDER / name).read_text())}
    assert ALLOWED[name] <= used
    assert not [value for value in ALLOWED[name] if stands_in(documents, value)]


def test_an_invented_constant_is_noticed(documents: str) -> None:
    found = [value for _, value in constants('x = 4097\ny = "tracker"\nz = "trackerz"\nw = b"\\x24\\x26"\n')]
    assert [stands_in(documents, value) for value in found] == [False, True, False, False]


def test_the_reference_imports_the_standard_library_only() -> None:
    modules = set()
    for name in SOURCES:
        for node in ast.walk(ast.parse((FOLDER / name).read_text())):
            if isinstance(node, ast.ImportFrom):
                modules.add(str(node.module).split(".")[0])
            elif isinstance(node, ast.Import):
                modules.update(alias.name.split(".")[0] for alias in node.names)
    assert modules - {"reference"} <= sys.stdlib_module_names


def test_no_module_of_the_reference_needs_the_encryptor() -> None:
    for name in SOURCES:
        assert not re.search(r"reference\.(make_|encryptor)", (FOLDER / name).read_text()), name


def rows(document: str, columns: int) -> list[list[str]]:
    """The rows of all tables with so many columns, cells without the spaces around them."""
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in document.splitlines() if line.startswith("|")]
    return [row for row in cells if len(row) == columns]


def test_checks_are_those_of_the_table_in_its_order(root: Path) -> None:
    table = rows((root / "docs" / "verification.md").read_text(), 4)
    assert [row[0].strip("`") for row in table if row[0].startswith("`")] == list(CHECKS)


def test_kinds_are_those_of_the_table_in_its_order(root: Path) -> None:
    table = [row for row in rows((root / "docs" / "spec.md").read_text(), 4) if row[0].strip("`") in ENTRIES]
    found = []
    for kind, phases, authors, _ in table:
        named = [author.strip(" *") for author in re.sub(r"\(.*\)", "", authors).split(",")]
        said = PHASES if phases == "every phase" else tuple(phases.split(", "))
        found.append((kind.strip("`"), said, tuple(name for name in named if name != "apart"), "apart" in named))
    assert found == [(kind, rule.phases, rule.authors, rule.apart) for kind, rule in ENTRIES.items()]
