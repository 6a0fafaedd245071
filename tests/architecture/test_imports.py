"""Data goes forward, imports go back: the layout of the packages is a property that a program can check.

Every import statement of every module is read from its syntax tree, wherever in the file it stands. The
order of packages is total, so a verifier built from those above the secrecy line cannot reach a secret; the
last test also watches a fresh interpreter import each of them.
"""

import ast
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
PUBLIC = ("errors", "algebra", "hashing", "proofs", "board", "manifest", "record", "count", "verify")
SECRET = ("secret", "ceremony", "credentials", "ballot", "mix", "tally", "adapter", "cli")
ORDER = (*PUBLIC, *SECRET)

# Which third-party package may be imported where: a module, or every module of a package.
ALLOWED = {
    "fastapi": (
        "e2evote.adapter.api",
        "e2evote.adapter.http_server",
        "e2evote.adapter.static_server",
        "e2evote.adapter.web",
        "e2evote.adapter.witness_http",
    ),
    "gmpy2": ("e2evote.algebra.integers",),
    "cryptography": ("e2evote.proofs.signature", "e2evote.secret"),
    "Crypto": ("e2evote.secret",),
    "distributed": ("e2evote.adapter.executors",),
    "httpx2": ("e2evote.adapter.api", "e2evote.adapter.conformance"),
    "jinja2": ("e2evote.adapter.web",),
    "joserfc": ("e2evote.adapter.api",),
    "psycopg": ("e2evote.adapter.storage",),
    "pydantic": ("e2evote.manifest", "e2evote.record"),
    "pydantic_core": ("e2evote.manifest", "e2evote.record"),
    "rfc8785": ("e2evote.hashing", "e2evote.manifest", "e2evote.record"),
    "rich": ("e2evote.cli",),
    "starlette": ("e2evote.adapter.api", "e2evote.adapter.http_server", "e2evote.adapter.web"),
    "typer": ("e2evote.cli",),
    "uvicorn": ("e2evote.adapter.http_server",),
}
# What a group is made of is known in algebra alone, so that another kind of group needs no other callers. Exceptions:
# the field of Ed25519, the plain numbers that exponents are, and the self-test of the parameters.
NUMBERS = ("integers", "multiexponentiation", "combination")
FACE_NUMBERS = {
    "e2evote.algebra.integers": ("e2evote.proofs.signature", "e2evote.proofs.batch", "e2evote.adapter.selftest"),
    "e2evote.algebra.combination": ("e2evote.proofs.batch",),
}
# The world is met at the edge only; the record's archive reads files but opens no connection or process.
EDGE = {name: ("e2evote.adapter", "e2evote.cli") for name in ("http", "logging", "socket", "sqlite3", "subprocess")}
NOWHERE = ("importlib.util", "marshal", "pickle", "random", "shelve")
VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "misc"}
MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, by its whole name, and the line that imports it."""

    module: str
    line: int


def modules_under(folder: Path) -> dict[str, Path]:
    """Every module below `folder` by its dotted name; a package goes by its own name."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(name: str, path: Path, known: frozenset[str]) -> tuple[Import, ...]:
    """What the module imports. `from package import x` is the module package.x if there is one, else the package."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [Import(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                found.append(Import(inner if inner in known or base == "e2evote" else base, node.lineno))
    return tuple(found)


@cache
def library() -> dict[str, tuple[Import, ...]]:
    modules = modules_under(SRC)
    return {name: imports_of(name, path, frozenset(modules)) for name, path in modules.items()}


def package_of(module: str) -> str:
    """The second part of a dotted name: `algebra` for e2evote.algebra.group, nothing for e2evote itself."""
    return module.split(".")[1] if "." in module else ""


def out_of_order(name: str, imports: tuple[Import, ...]) -> list[str]:
    """Imports of a package that comes later, or that has no place in the order; e2evote itself imports none of them."""
    own = package_of(name)
    if own not in ("", "__main__", *ORDER):
        return [f"{name}: no place in the order of packages"]
    if own == "__main__":
        return []
    rank = ORDER.index(own) if own else -1
    faults = []
    for imported in imports:
        theirs = package_of(imported.module)
        if imported.module.split(".")[0] != "e2evote" or theirs in ("", "__version__"):
            continue
        if theirs not in ORDER or ORDER.index(theirs) > rank:
            faults.append(f"{name}:{imported.line}: {own or 'e2evote'} imports {imported.module}")
    return faults


def within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def foreign(name: str, imports: tuple[Import, ...]) -> list[str]:
    """Imports of third-party packages, or of the world, from where they may not be."""
    faults = []
    for imported in imports:
        top = imported.module.split(".")[0]
        at = f"{name}:{imported.line}: {imported.module}"
        if within(imported.module, NOWHERE):
            faults.append(f"{at} is not imported anywhere")
        elif top in EDGE and not within(name, EDGE[top]):
            faults.append(f"{at} belongs in {' or '.join(EDGE[top])}")
        elif top in ALLOWED and not within(name, ALLOWED[top]):
            faults.append(f"{at} belongs in {' or '.join(ALLOWED[top])}")
        elif top not in ALLOWED and top != "e2evote" and top not in sys.stdlib_module_names:
            faults.append(f"{at} is not a dependency of the library")
    return faults


def a_cycle(graph: dict[str, tuple[Import, ...]]) -> list[str]:
    """The names along one cycle of imports, first and last the same; empty if there is none."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for imported in graph.get(name, ()):
            if imported.module in graph and (cycle := visit(imported.module, [*path, name])):
                return cycle
        done.add(name)
        return []

    return next((cycle for name in graph if (cycle := visit(name, []))), [])


def written(folder: Path, files: dict[str, str]) -> dict[str, tuple[Import, ...]]:
    """A library of a few lines, for the tests of these rules themselves."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    modules = modules_under(folder)
    return {name: imports_of(name, path, frozenset(modules)) for name, path in modules.items()}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("e2evote/verify/report.py", "import e2evote.secret.prove\n"),
        ("e2evote/verify/report.py", "from e2evote.tally import outcome\n"),
        ("e2evote/verify/report.py", "from e2evote import secret\n"),
        ("e2evote/verify/report.py", "from ..secret.prove import prove_range\n"),
        ("e2evote/verify/report.py", "from .. import cli\n"),
        ("e2evote/verify/report.py", "def late():\n    from e2evote.cli import main\n"),
        ("e2evote/verify/report.py", "if TYPE_CHECKING:\n    from e2evote.cli import main\n"),
        ("e2evote/algebra/group.py", "from e2evote.hashing import labels\n"),
        ("e2evote/__init__.py", "from e2evote.errors import MalformedInput\n"),
        ("e2evote/miscellany/thing.py", ""),
        ("e2evote/errors.py", "import e2evote.algebra\n"),
    ],
)
def test_an_import_that_goes_forward_is_found(tmp_path: Path, file: str, text: str) -> None:
    graph = written(tmp_path, {file: text})
    assert any(out_of_order(name, imports) for name, imports in graph.items())


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("e2evote/algebra/group.py", "from gmpy2 import mpz\n"),
        ("e2evote/verify/batch.py", "import gmpy2\n"),
        ("e2evote/board/note.py", "from cryptography.hazmat.primitives import hashes\n"),
        ("e2evote/proofs/signature.py", "from Crypto.PublicKey import ECC\n"),
        ("e2evote/ballot/seal.py", "from pydantic import BaseModel\n"),
        ("e2evote/tally/outcome.py", "from rich.progress import Progress\n"),
        ("e2evote/verify/report.py", "import typer\n"),
        ("e2evote/adapter/processes.py", "from distributed import Client\n"),
        ("e2evote/adapter/executors.py", "from dask import delayed\n"),
        ("e2evote/record/archive.py", "import requests\n"),
        ("e2evote/record/archive.py", "from http.client import HTTPConnection\n"),
        ("e2evote/secret/randomness.py", "import random\n"),
        ("e2evote/cli/__init__.py", "import pickle\n"),
    ],
)
def test_a_foreign_import_in_the_wrong_place_is_found(tmp_path: Path, file: str, text: str) -> None:
    graph = written(tmp_path, {file: text})
    assert any(foreign(name, imports) for name, imports in graph.items())


def test_a_cycle_is_found(tmp_path: Path) -> None:
    graph = written(
        tmp_path,
        {
            "e2evote/algebra/__init__.py": "from e2evote.algebra.group import Group\n",
            "e2evote/algebra/group.py": "from .logarithm import log\n",
            "e2evote/algebra/logarithm.py": "from e2evote.algebra import Group\n",
        },
    )
    assert set(a_cycle(graph)) == {"e2evote.algebra", "e2evote.algebra.group", "e2evote.algebra.logarithm"}


def test_imports_that_go_back_are_accepted(tmp_path: Path) -> None:
    graph = written(
        tmp_path,
        {
            "e2evote/__init__.py": "__version__ = '0'\n",
            "e2evote/__main__.py": "from e2evote.cli import main\n",
            "e2evote/algebra/integers.py": "import gmpy2\nfrom ..errors import MalformedInput\n",
            "e2evote/cli/__init__.py": "import typer\nfrom e2evote import __version__, verify\n",
            "e2evote/errors.py": "",
            "e2evote/verify/__init__.py": "import e2evote.algebra.integers\n",
        },
    )
    assert [fault for name, imports in graph.items() for fault in out_of_order(name, imports)] == []
    assert [fault for name, imports in graph.items() for fault in foreign(name, imports)] == []
    assert a_cycle(graph) == []


def test_imports_go_back() -> None:
    assert "e2evote.errors" in library()
    assert [fault for name, imports in library().items() for fault in out_of_order(name, imports)] == []


def test_there_are_no_cycles() -> None:
    assert a_cycle(library()) == []


def test_third_party_packages_stay_in_their_place() -> None:
    assert [fault for name, imports in library().items() for fault in foreign(name, imports)] == []


def test_nobody_but_algebra_knows_that_elements_are_numbers() -> None:
    faults = [
        f"{name}:{imported.line}: {imported.module}"
        for name, imports in library().items()
        if not within(name, ("e2evote.algebra",))
        for imported in imports
        if within(imported.module, tuple(f"e2evote.algebra.{module}" for module in NUMBERS))
        and not within(name, FACE_NUMBERS.get(imported.module, ()))
    ]
    assert faults == []


def test_nothing_is_imported_by_a_computed_name() -> None:
    """An import that is no statement would be out of sight of every test here."""
    faults = []
    for name, path in modules_under(SRC).items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            word = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if word in ("__import__", "import_module", "eval", "exec"):
                faults.append(f"{name}:{called.lineno}: {word}")  # type: ignore[union-attr]
    assert faults == []


def test_no_file_is_long_and_none_has_a_name_that_says_nothing() -> None:
    lengths = {name: len(path.read_text("utf-8").splitlines()) for name, path in modules_under(SRC).items()}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}
    assert [name for name in lengths if VAGUE_NAMES & set(name.split("."))] == []


def test_every_file_opens_with_a_docstring() -> None:
    bare = [
        name
        for name, path in modules_under(SRC).items()
        if (text := path.read_text("utf-8")).strip() and ast.get_docstring(ast.parse(text)) is None
    ]
    assert bare == []


def loaded_by(modules: list[str]) -> list[str]:
    """Everything in sys.modules of a fresh interpreter after these imports."""
    program = (
        "import json, sys\nfor name in json.loads(sys.argv[1]): __import__(name)\nprint(json.dumps(list(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, json.dumps(modules)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )
    assert result.returncode == 0, result.stderr
    return list(json.loads(result.stdout))


def test_importing_what_is_public_loads_nothing_secret() -> None:
    """`import e2evote.verify`, and every other module above the secrecy line, in a fresh interpreter."""
    above = [name for name in library() if package_of(name) in PUBLIC]
    beside = [name for name in above if package_of(name) == "verify"]
    for modules in (above, beside):
        loaded = loaded_by(modules)
        assert set(modules) <= set(loaded)
        assert [name for name in loaded if name.startswith("e2evote.") and package_of(name) in SECRET] == []
        assert {name.split(".")[0] for name in loaded} & {"Crypto", "rich", "typer"} == set()
