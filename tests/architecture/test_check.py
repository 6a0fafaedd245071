"""The script that runs every check: it reports failures as failures and shows no address of the machine it runs on."""

import sys
from pathlib import Path

import pytest

import check


@pytest.mark.parametrize(
    "line",
    [
        "12 passed in 1.23s",
        "1 failed, 311 passed, 4 skipped in 61.20s (0:01:01)",
        "====== 2 errors in 0.10s ======",
        "no tests ran in 0.01s",
        "3 deselected in 0.01s",
    ],
)
def test_a_summary_line_is_recognised(line: str) -> None:
    assert check.PYTEST_SUMMARY.match(line)


@pytest.mark.parametrize("line", ["FAILED tests/x.py::test_passed_in_time", "it passed in the end", ""])
def test_another_line_is_no_summary(line: str) -> None:
    assert not check.PYTEST_SUMMARY.match(line)


def test_a_failing_command_fails_and_its_output_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = check.succeeds(sys.executable, "-c", "print('it says why'); raise SystemExit(3)")
    assert outcome == check.Outcome(False, "exit code 3")
    assert "it says why" in capsys.readouterr().out


def test_a_command_that_cannot_start_is_a_failed_step() -> None:
    outcome = check.attempt(check.Step("none", lambda: check.succeeds("/nonexistent/command")))
    assert not outcome.passed
    assert "FileNotFoundError" in outcome.note


def test_addresses_are_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    text = "Looking in https://packages.example/simple (host='packages.example', port=443) file:///srv/wheels"
    code, lines = check.stream(sys.executable, "-c", f"print({text!r})")
    assert code == 0
    assert lines == ("Looking in <address> (<address>, port=443) <address>",)
    assert "example" not in capsys.readouterr().out


def test_a_generator_that_changes_a_byte_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vector = tmp_path / "tests" / "vectors" / "sums.json"
    vector.parent.mkdir(parents=True)
    vector.write_text("{}\n")
    monkeypatch.setattr(check, "ROOT", tmp_path)
    same, other, more, broken = (tmp_path / name for name in ("same.py", "other.py", "more.py", "broken.py"))
    same.write_text(f"open({str(vector)!r}, 'w').write('{{}}\\n')")
    other.write_text(f"open({str(vector)!r}, 'w').write('{{}}')")
    more.write_text(f"open({str(vector.with_name('new.json'))!r}, 'w').write('[]')")
    broken.write_text("raise SystemExit(1)")
    assert check.regenerates(same) == check.Outcome(True)
    assert check.regenerates(broken) == check.Outcome(False, "exit code 1")
    assert check.regenerates(other) == check.Outcome(False, "1 files differ")
    assert check.regenerates(more) == check.Outcome(False, "1 files differ")
