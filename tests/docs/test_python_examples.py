"""Every example in Python that a document shows runs, in the order of its page, as a reader would run it.

In the group for tests, where the same program takes a tenth of the time; the README's example runs in the real one
(tests/readme). Pages whose examples need a server are run by the tests of that server, which name them.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from e2evote.adapter.passphrase import Passphrase
from e2evote.secret.keyfile import MINIMUM_COST
from tests.adapter.selections import prepared, write_log_key

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])

RUN_ELSEWHERE = {
    "README.md": "tests/readme/test_readme.py",
    "docs/guide-integrator.md": "tests/django_site/test_conformance.py",
    "docs/http-examples.md": "tests/api/test_http_examples.py",
}
"""Pages whose examples other tests run, by that test, which reads the page."""

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
_INDENTED = re.compile(r"(?:^    .*\n|^\n(?=    ))+", re.M)

BEFORE = """
import e2evote.verify
from functools import partial
from pathlib import Path
from e2evote.adapter import Election

e2evote.verify.verify_record = partial(e2evote.verify.verify_record, allow_test_group=True)
Election.create = partial(Election.create, group="test-512")
Election.open_store = partial(Election.open_store, allow_test_group=True)
from_a_device = Path("envelope").read_bytes()

if __name__ == "__main__":
"""
"""What comes before a page's examples. They are a program's main part, since they may start processes."""


def examples(page: Path) -> list[str]:
    """The blocks of Python on a page, by their order."""
    return [code for language, code in _FENCE.findall(page.read_text("utf-8")) if language in ("py", "python")]


def with_examples() -> list[Path]:
    return [page for page in PAGES if examples(page) and str(page.relative_to(ROOT)) not in RUN_ELSEWHERE]


def test_there_are_examples_to_run() -> None:
    assert ROOT / "docs" / "guide-developer.md" in with_examples()


@pytest.mark.parametrize("page", sorted(RUN_ELSEWHERE))
def test_what_is_run_elsewhere_is(page: str) -> None:
    assert examples(ROOT / page)
    assert Path(page).name in (ROOT / RUN_ELSEWHERE[page]).read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_stands_in_fences_that_say_so(page: Path) -> None:
    """Indented blocks are commands and formats; none of them is a program, which no test would run."""
    text = _FENCE.sub("", page.read_text("utf-8"))
    for block in _INDENTED.findall(text):
        code = re.sub(r"^    ", "", block, flags=re.M)
        assert not re.search(r"^(?:from \S+ import |import \w+$|def \w+\(|with \w+.*:$)", code, re.M), code


@pytest.mark.slow
@pytest.mark.parametrize("page", with_examples(), ids=lambda page: page.name)
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path) -> None:
    selection = prepared(tmp_path / "box", "open")
    key = selection.store.private / "log.key"
    key.unlink()
    write_log_key(key, Passphrase("a passphrase of many words", cost=MINIMUM_COST))
    passphrase = tmp_path / "log.pass"
    passphrase.touch(0o600)
    passphrase.write_text("a passphrase of many words\n", "utf-8")
    (tmp_path / "envelope").write_bytes(selection.ballot("vera").encode())
    body = "\n".join(examples(page))
    program = BEFORE + re.sub(r"^(?=.)", "    ", body, flags=re.M)
    ast.parse(program)
    (tmp_path / "program.py").write_text(program, "utf-8")
    ended = subprocess.run(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT / "src"),
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    if page.name == "guide-developer.md":
        check_what_the_guide_prints(ended.stdout)


def check_what_the_guide_prints(printed: str) -> None:
    """The results that the page's words promise."""
    assert "counted\n" in printed
    assert "('chair', 'ada'): 1, ('chair', 'bob'): 1" in printed  # one cast online, one by post
    assert "'online': 1, 'postal': 1" in printed
    assert printed.count("consistent\n") == 2
    assert "Acknowledged(index=" in printed
