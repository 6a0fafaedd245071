"""Every error ends a command with its own exit code and one line, and a bug shows nothing of what it met."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from cli.running import one_line, run
from e2evote.adapter.selftest import group_parameters
from e2evote.ballot.choices import InvalidChoice
from e2evote.cli import doctor
from e2evote.cli.ending import NOT_YET_CODES, USAGE_CODES, Incomplete, Usage, described
from e2evote.errors import CheckFailed, MalformedInput, NotMembers, Refused, ShareComplaint, TrusteeFault
from e2evote.secret.keyfile import NotUnlocked
from e2evote.verify.checks import Check, ExitCode

ROOT = Path(__file__).resolve().parents[2]
CANARY = "correct horse battery staple"


@pytest.mark.parametrize(
    ("error", "word", "code"),
    [
        (Usage("x"), "usage", 2),
        (InvalidChoice("mayor", "2 votes, limit 1"), "usage", 2),
        (Incomplete("x"), "incomplete", 4),
        (Refused("stale-prev", "x"), "stale-prev", 1),
        (Refused("no-store", "x"), "no-store", 2),
        (Refused("no-answer", "x"), "no-answer", 4),
        (Refused("ballot.limit-proof", "x"), "ballot.limit-proof", 1),
        (MalformedInput("x", "entry 1"), "malformed", 3),
        (CheckFailed("board.root", "x", "y"), "board.root", 1),
        (NotUnlocked("signing-key"), "not-unlocked", 2),
        (TrusteeFault(2, "reveal", "x"), "refused", 1),
        (ShareComplaint(1, 2), "refused", 1),
        (NotMembers((1,)), "refused", 1),
        (PermissionError(13, "Permission denied", "x"), "files", 2),
        (typer.BadParameter("x"), "usage", 2),
        (typer.Abort(), "interrupted", 130),
        (ValueError(CANARY), "internal", 5),
        (RecursionError(CANARY), "internal", 5),
        (AssertionError(CANARY), "internal", 5),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_error_has_its_code(error: Exception, word: str, code: int) -> None:
    assert described(error)[0] == word
    assert described(error)[2] == code
    assert CANARY not in described(error)[1]
    assert "\n" not in described(error)[1]


def test_a_bug_is_one_line_without_what_it_met(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(randomness: object) -> str:
        secret = CANARY
        raise KeyError(secret)

    monkeypatch.setattr(doctor, "SELF_TESTS", {"x": breaks})
    ended = run("doctor", "--json")
    assert ended.code == 5
    assert CANARY not in ended.everything
    line = one_line(ended.err)
    assert "KeyError" in line
    assert "cli/doctor.py:" in line
    assert "report" in line
    assert ended.json["error"] == "internal"


def test_an_interrupt_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(randomness: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "SELF_TESTS", {"x": interrupted})
    ended = run("doctor")
    assert ended.code == 130
    assert one_line(ended.err) == "error: interrupted"


def test_a_reader_who_goes_away_gets_no_traceback() -> None:
    command = f"{sys.executable} -m e2evote demo tamper | head -n 1"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert ended.stdout.startswith("kind")
    assert ended.stderr == ""


def test_doctor_reports_a_wrong_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    good = run("doctor", "--json")
    assert good.code == 0
    assert good.json["passed"] is True
    assert set(good.json["tests"]) == {"group parameters", "Ed25519 profile", "encryption and proofs", "secret files"}
    monkeypatch.setattr("e2evote.adapter.selftest._PARAMETER_HASH", "00" * 32)
    monkeypatch.setattr(doctor, "SELF_TESTS", {"group parameters": group_parameters})
    bad = run("doctor")
    assert bad.code == 1
    assert "FAIL  group parameters" in bad.out


def codes_in_the_library() -> set[str]:
    """The first argument of every `Refused(…)`, where it is a text, and of the functions and classes that make one."""
    codes = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            arguments = node.args[1:2] if name == "Refused.__init__" else node.args[:1]
            if name.rpartition(".")[2] in ("Refused", "_refuse", "__init__"):
                codes |= {
                    arg.value for arg in arguments if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    return codes


def test_every_code_is_documented_with_its_exit_code() -> None:
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z.-]+)` \| (\d+) \|", page, re.M)
    documented = {code: int(exit_code) for code, exit_code in rows}
    assert [code for code, _ in rows] == sorted(documented)
    checks = {check.value for check in Check}
    assert set(documented) == codes_in_the_library() - checks
    assert documented == {code: described(Refused(code, "x"))[2] for code in documented}
    assert set(documented) >= USAGE_CODES | NOT_YET_CODES
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.M)}
    assert listed == {int(code) for code in ExitCode} | {130}
