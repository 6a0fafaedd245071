"""What is installed and what is specified: locked packages, one wheel (A126), and no format without a page (A127)."""

import ast
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from wheel_contents import differences, package_files

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "e2evote"
DOCS = ROOT / "docs"
LOCK, BUILD = ROOT / "deploy" / "requirements.txt", ROOT / "deploy" / "build-requirements.txt"
ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)([^\\]*)\\$", re.IGNORECASE)
HASH = re.compile(r"^ {4}--hash=sha256:[0-9a-f]{64}( \\)?$")
FORMAT = re.compile(r"e2evote(?:/v1/[a-z ]+|-[a-z-]+)")
DEPENDENCY = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?>=([0-9.]+)")


def locked(path: Path) -> dict[str, tuple[str, int]]:
    """Version and number of hashes by name; every line is an entry, a hash of one, or a comment."""
    found: dict[str, tuple[str, int]] = {}
    name = ""
    for line in path.read_text("ascii").splitlines():
        if line.startswith("#"):
            continue
        if match := ENTRY.match(line):
            name = match[1].lower()
            assert name not in found
            found[name] = (match[2], 0)
        else:
            assert HASH.match(line), line
            found[name] = (found[name][0], found[name][1] + 1)
    return found


def wanted(*extras: str) -> dict[str, str]:
    """Lower bounds of pyproject.toml by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {match[1].lower(): match[2] for line in lines if (match := DEPENDENCY.match(line))}


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


# A126


def test_a126_what_a_server_installs_is_locked_by_hash() -> None:
    lock, needed = locked(LOCK), wanted("http", "postgres")
    assert set(needed) >= {"cryptography", "gmpy2", "fastapi", "uvicorn", "psycopg"}
    assert {name for name in needed if name not in lock} == set()
    assert {name for name, low in needed.items() if numbers(lock[name][0]) < numbers(low)} == set()
    assert {name for name, (_, hashes) in {**lock, **locked(BUILD)}.items() if not hashes} == set()
    assert "hatchling" in locked(BUILD)


def test_a126_the_lock_names_no_place_to_fetch_from() -> None:
    for path in (LOCK, BUILD):
        text = path.read_text("ascii")
        assert not re.search(r"https?:|-url|find-links|file:| @ ", text)


@pytest.mark.parametrize("line", ["gmpy2>=2.2", "gmpy2==2.3 \\\n    --hash=md5:00", "-e ."])
def test_a126_a_line_without_a_hash_is_noticed(line: str, tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text(f"{line}\n", encoding="ascii")
    with pytest.raises(AssertionError):
        locked(path)


def a_wheel(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**files, "e2evote-1.dist-info/RECORD": b""}.items():
            archive.writestr(name, data)
    return path


def test_a126_a_wheel_that_is_not_the_repository_is_noticed(tmp_path: Path) -> None:
    """What the step `wheel` of tests/check.py asks of the wheel that it builds."""
    files = package_files(SRC)
    assert len(files) > 300
    assert differences(a_wheel(tmp_path / "same.whl", files)) == []
    name = "e2evote/verify/run.py"
    changed = {**files, name: files[name] + b"\n"}
    assert differences(a_wheel(tmp_path / "changed.whl", changed)) == [f"{name}: has other bytes"]
    lacking = {key: data for key, data in files.items() if key != name}
    assert differences(a_wheel(tmp_path / "lacking.whl", lacking)) == [f"{name}: is missing"]
    more = {**files, "e2evote/backdoor.py": b"import os"}
    assert differences(a_wheel(tmp_path / "more.whl", more)) == ["e2evote/backdoor.py: is not in the package"]
    assert "wheel_contents.py" in (ROOT / "tests" / "check.py").read_text("utf-8")


# A127


def formats() -> dict[str, str]:
    """Every word in the code that begins a format: prefixes of what is hashed, signed or sent, and kinds of files."""
    found: dict[str, str] = {}
    for path in sorted(SRC.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node not in said and isinstance(node.value, str | bytes):
                text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
                word = text.rstrip("\n ").rstrip("-")
                if FORMAT.fullmatch(word):
                    found[word] = path.relative_to(ROOT).as_posix()
    return found


NO_FORMATS = {
    "e2evote-demo",
    "e2evote-rehearsal-letters",
    "e2evote/v1/rehearsal",
    "e2evote/v1/share",
    "e2evote/v1/voter session name",
    "e2evote/v1/voter session seal",
}
"""The name of a folder; a file that is read by who wrote it; and what a program derives for itself alone, from a secret
that never leaves it."""


def test_a127_every_format_of_ours_is_described() -> None:
    pages = {path.name: path.read_text("utf-8") for path in DOCS.glob("*.md")}
    assert len(formats()) > 15
    missing = {
        word: place
        for word, place in formats().items()
        if word not in NO_FORMATS and not any(word in text for text in pages.values())
    }
    assert missing == {}


SECTIONS = {
    "leaf": "spec.md: ### 5.2 Leaf",
    "canonical JSON and signatures": "spec.md: ### 5.3 Canonical JSON and signatures",
    "ballot": "spec.md: ## 7. Ballots",
    "challenge": "spec.md: ## 8. Challenge",
    "receipt": "spec.md: ### 5.9 Receipts",
    "witness protocol": "spec.md: ### 5.10 Witness protocol",
    "codes": "spec.md: ## 13. Roll and credentials",
    "statement, rows and reconciliation": "spec.md: ## 15. Reconciliation, register, report",
    "files of a record": "record-format.md: ## Files",
    "manifest": "record-format.md: ## Manifest",
    "evidence": "record-format.md: ## Evidence",
    "zip archives": "record-format.md: ### Zip archives",
    "refusals": "errors.md: ## Refused",
}
"""What a second implementation has to read or write, and where it is written down."""


@pytest.mark.parametrize("what", SECTIONS)
def test_a127_what_crosses_the_wire_has_a_section(what: str) -> None:
    page, _, heading = SECTIONS[what].partition(": ")
    assert heading.lower() in (DOCS / page).read_text("utf-8").lower().splitlines()
