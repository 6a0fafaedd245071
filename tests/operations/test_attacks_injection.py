"""Data becomes no code and no query (A120): what the source may not contain, and hostile names that are only names."""

import ast
import re
from pathlib import Path

import pytest

from cli.running import run
from e2evote.adapter import Election
from e2evote.adapter.backup import backup_store
from e2evote.adapter.restore import restore_store
from e2evote.adapter.storage import create_storage, open_storage
from e2evote.manifest.draft import ContestFacts, OptionFacts
from e2evote.verify import verify_record
from tests.adapter.selections import Selection, prepared

SRC = Path(__file__).resolve().parents[2] / "src" / "e2evote"
MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "yaml", "code", "codeop", "pty", "commands"}
CALLS = {"eval", "exec", "compile", "__import__", "breakpoint"}
METHODS = {"system", "popen", "getoutput", "getstatusoutput", "spawnl", "spawnlp", "execvp", "execlp", "execv"}
STATEMENTS = {"execute", "executemany", "executescript"}
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")


def dangers(source: str) -> list[str]:
    """What could run data: unpickling, evaluation, shells, and SQL with something in it that is no constant."""
    found = []
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found += [f"{node.lineno}: {name.name}" for name in names if name.name.split(".")[0] in MODULES]
            case ast.ImportFrom(module=str(module)):
                found += [f"{node.lineno}: {module}"] if module.split(".")[0] in MODULES else []
            case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                found.append(f"{node.lineno}: {name}")
            case ast.Call(func=ast.Attribute(attr=name, value=ast.Name(id="os" | "subprocess" | "pty"))) if (
                name in METHODS
            ):
                found.append(f"{node.lineno}: {name}")
            case ast.Call(func=ast.Attribute(attr=name), args=[first, *_]) if name in STATEMENTS:
                found += [f"{node.lineno}: SQL with {part}" for part in variable_parts(first)]
        if isinstance(node, ast.Call):
            found += [
                f"{node.lineno}: a shell"
                for keyword in node.keywords
                if keyword.arg == "shell" and not (isinstance(keyword.value, ast.Constant) and not keyword.value.value)
            ]
    return found


def variable_parts(statement: ast.expr) -> list[str]:
    """What is put into an SQL text and is neither a constant of a module nor question marks by number."""
    if isinstance(statement, ast.BinOp):
        return [*variable_parts(statement.left), *variable_parts(statement.right)]
    if isinstance(statement, ast.JoinedStr):
        parts = [part.value for part in statement.values if isinstance(part, ast.FormattedValue)]
        return [text for part in parts if not is_safe(text := ast.unparse(part))]
    return []


def is_safe(text: str) -> bool:
    """A constant, or a join over question marks, of which there are as many as there are values."""
    return CONSTANT.fullmatch(text) is not None or "'?'" in text or ast_literal(text)


def ast_literal(text: str) -> bool:
    return all(isinstance(node, ast.Constant | ast.Expression | ast.JoinedStr) for node in ast.walk(ast.parse(text)))


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from marshal import loads",
        "eval(text)",
        "import os\nos.system('ls ' + name)",
        "import subprocess\nsubprocess.run(name, shell=True)",
        "db.execute(f'SELECT * FROM item WHERE name = {name}')",
        "db.execute('DELETE FROM item WHERE id = ' + f'{name}')",
    ],
)
def test_a120_a_danger_is_found(source: str) -> None:
    assert dangers(source)


KNOWN = {"table", "name", "statement", "wish"}
"""Names of tables and pragmas in a storage's own loops over its own constants."""


def test_a120_the_source_runs_no_data() -> None:
    found = [
        f"{path.relative_to(SRC)}:{danger}"
        for path in sorted(SRC.rglob("*.py"))
        for danger in dangers(path.read_text("utf-8"))
    ]
    own = [place for place in found if place.startswith("adapter/storage/") and place.rpartition(" ")[2] in KNOWN]
    assert sorted(set(found) - set(own)) == []


HOSTILE = (
    "Robert'); DROP TABLE entry;--",
    "$(touch pwned)`touch pwned`",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "%n%s%x",
    "../../../etc/passwd",
    '" onmouseover="alert(1)',
)


def test_a120_hostile_names_are_only_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As names of a selection, a contest and its options, through the whole selection."""
    monkeypatch.chdir(tmp_path)
    options = tuple(OptionFacts(f"o{number}", name) for number, name in enumerate(HOSTILE))
    with Election.create(
        tmp_path / "s",
        contests=[ContestFacts("chair", HOSTILE[0], options)],
        name=HOSTILE[1],
        rehearsal=True,
        group="test-512",
        trustees=1,
        quorum=1,
    ) as election:
        election.open()
        election.cast(HOSTILE[0], {"chair": {"o1": 1}})
        election.close()
        assert election.tally().votes()["chair", "o1"] == 1
        place = election.record()
    report = verify_record(place.path, place.anchors, allow_test_group=True)
    assert report.failing == frozenset()
    page = run("verify", place.path, "--allow-test-group")
    assert (page.code, HOSTILE[2] in page.out) == (6, True)
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


PLACES = ("a'; DROP TABLE entry;--", "$(touch pwned)", "q?mode=memory&cache=shared#x%41", 'a b"c', "-rf", "ünïcode")


@pytest.mark.parametrize("name", PLACES)
def test_a120_a_hostile_path_is_only_a_path(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A storage, a store, its backup and what is restored from it, each under such a name."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / name
    folder.mkdir()
    create_storage(str(folder / f"{name}.sqlite"), "e2evote/spring").close()
    open_storage(str(folder / f"{name}.sqlite"), "e2evote/spring").close()
    selection = prepared(folder / "s", "cast")
    note = (selection.store.record / "checkpoint").read_bytes()
    backup_store(selection.store, folder / "backup")
    restored = restore_store(
        folder / "backup", folder / "r", published=[note], storage=str(folder / f"{name} 2.sqlite")
    )
    with Selection(restored.store).box() as box:
        assert box.size == restored.size
    assert {path.name for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm"))} == {
        f"{name}.sqlite", f"{name} 2.sqlite", "s", "backup", "r",
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == [name]
