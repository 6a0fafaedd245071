"""What the README shows does what the README says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from e2evote.cli.application import app
from e2evote.verify import ExitCode

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLE = (ROOT / "examples" / "rehearsal.py").read_text("utf-8")


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src")}


def example() -> str:
    """The one block of Python in the README."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", README, re.M | re.S)
    return code


def test_the_example_is_short_and_is_the_one_in_the_examples() -> None:
    lines = [line for line in example().splitlines() if line.strip()]
    assert len(lines) <= 22
    assert EXAMPLE.endswith(example())


def test_the_example_runs(tmp_path: Path) -> None:
    """In the real group, as a reader would run it."""
    ended = subprocess.run(
        [sys.executable, "-c", example()],
        cwd=tmp_path,
        env={**environment(), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        "challenge failures: 0",
        "my ballot is counted",
        "chair ada 1",
        "chair bob 1",
        "chair (blank) 0",
        "motion yes 1",
        "motion no 0",
        "motion (blank) 1",
        "accepted",
    ]


def test_the_two_commands_are_those_of_the_pipeline() -> None:
    blocks = [line.strip() for line in README.splitlines() if line.startswith("    python3 -m venv")]
    assert blocks == [
        "python3 -m venv .venv && .venv/bin/pip install -q '.[http]' && .venv/bin/e2evote demo",
        "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/python tests/check.py",
    ]
    assert ".venv/bin/pip install -q -e '.[dev]'" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_the_exit_codes_are_those_of_the_verifier() -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d) \|", README, re.M)}
    assert codes == {int(code) for code in ExitCode}


def test_every_command_named_is_one() -> None:
    top = {
        command.name or (command.callback and command.callback.__name__.rstrip("_"))
        for command in app.registered_commands
    }
    top |= {group.name for group in app.registered_groups}
    named = set(re.findall(r"e2evote ([a-z]+(?:-[a-z]+)*)", README)) - {"is", "has", "byte"}
    assert named <= top


def run_script(name: str, tmp_path: Path) -> str:
    """What a script of the examples prints, in the group for tests."""
    command = tmp_path / "bin" / "e2evote"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m e2evote "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    script = ROOT / "examples" / name
    ended = subprocess.run(
        ["bash", str(script), str(tmp_path / "selection"), "test-512"],
        env={**environment(), "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 6, ended.stderr[-2000:]  # consistent: a group for tests is never accepted
    assert "0 failed" not in ended.stdout
    return ended.stdout


@pytest.mark.slow
def test_the_selection_by_commands(tmp_path: Path) -> None:
    assert "Grace Hopper" in run_script("selection.sh", tmp_path)


@pytest.mark.slow
def test_the_selection_with_a_roll_by_commands(tmp_path: Path) -> None:
    out = run_script("selection_roll.sh", tmp_path)
    assert "3 true, 0 false or missing" in out, "the register"
    assert "counted as one, because of the floor: online + in person" in out
    assert "pass      tally.reconciliation           1 examined" in out
    folder = tmp_path / "selection"
    assert b"<html" in (folder / "report.html").read_bytes()
    assert not list(folder.rglob("letters*.csv")), "the registrars keep no codes"
