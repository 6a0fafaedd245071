"""The benchmark runs and says what it says it says; the oracle's environment fails with a sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.oracle.client import Oracle
from benchmarks.oracle.environment import Unavailable, ensure, main


def run_benchmark(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "benchmarks.selection", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be made"):
        ensure(tmp_path / "file" / "venv")


def test_a_folder_that_is_no_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no virtual environment"):
        ensure(tmp_path)


@pytest.mark.slow
def test_without_packages_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No index and nowhere to find wheels: a sentence, exit code 1, no half-made environment."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setattr(sys, "argv", ["environment", "--venv", str(tmp_path / "venv")])
    assert main() == 1
    assert "installing electionguard 1.4.0 failed" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_benchmark_prints_three_figures_of_both_sides(oracle: Oracle, root: Path) -> None:
    """No figure is compared with anything: a test says nothing about speed."""
    result = run_benchmark(root, "--selections", "2", "--rounds", "1", "--json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["electionguard"] == oracle.about["electionguard"] == "1.4.0"
    assert [figure["unit"] for figure in report["figures"]] == ["ms", "ms", "µs"]
    for figure in report["figures"]:
        assert figure["ratio"] * figure["e2evote"] == pytest.approx(figure["electionguard"])


@pytest.mark.parametrize("arguments", [["--rounds", "0"], ["--selections", "-1"], ["--venv", __file__]])
def test_the_benchmark_refuses_what_it_cannot_do(root: Path, arguments: list[str]) -> None:
    result = run_benchmark(root, *arguments)
    assert result.returncode in (1, 2)
    assert "want at least 1" in result.stderr or "no virtual environment" in result.stderr
    assert "Traceback" not in result.stderr
