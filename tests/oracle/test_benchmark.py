"""Benchmarks run and say what they say they say; the oracle's environment fails with a sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.oracle.client import Oracle
from benchmarks.oracle.environment import Unavailable, ensure, main


def run_module(root: Path, name: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", name, *map(str, arguments)]
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


def test_a_claim_prints_its_rows_with_the_setting(oracle: Oracle, root: Path) -> None:
    """No figure is compared with anything: a test says nothing about speed."""
    result = run_module(root, "benchmarks.selection", "--quick")
    assert result.returncode == 0, result.stderr
    assert oracle.about["electionguard"] == "1.4.0"
    for line in ("date ", "commit ", "machine ", "encrypt + prove", "verify a 0/1 selection", "add a ciphertext"):
        assert f"\n{line}" in f"\n{result.stdout}"
    assert "met" not in result.stdout  # too little was measured to judge


@pytest.mark.slow
@pytest.mark.usefixtures("oracle")
def test_claims_become_a_document(root: Path, tmp_path: Path) -> None:
    """Three of them, on ten ballots."""
    only = ("selection", "batch", "culprit")
    options = ("--quick", "--only", *only, "--results", tmp_path / "results", "--records", tmp_path / "records")
    result = run_module(root, "benchmarks", *options)
    assert result.returncode == 0, result.stdout + result.stderr
    kept = {name: json.loads((tmp_path / "results" / f"{name}.json").read_text("utf-8")) for name in only}
    document = (tmp_path / "results" / "benchmarks.md").read_text("utf-8")
    for name, answer in kept.items():
        assert answer["name"] == name
        assert answer["rows"]
        for row in answer["rows"]:
            assert row["value"] > 0
            assert row["bound"] is row["met"] is None
            assert f"| {row['item']} |" in document
    assert "Nothing was measured" not in document


def test_a_claim_that_fails_is_in_the_document(root: Path, tmp_path: Path) -> None:
    """The oracle's environment is a file: said in the table, and by the exit code."""
    result = run_module(
        root, "benchmarks", "--quick", "--only", "selection", "--results", tmp_path, "--venv", Path(__file__)
    )
    assert result.returncode == 1
    document = (tmp_path / "benchmarks.md").read_text("utf-8")
    assert "| selection | | not measured: " in document
    assert "no virtual environment" in document
    assert "Traceback" not in document + result.stderr


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("benchmarks", ["--only", "nothing"]),
        ("benchmarks.selection", ["--workers", "0"]),
        ("benchmarks.selection", ["--quick", "--venv", __file__]),
        ("benchmarks.generate", ["--ballots", "0"]),
        ("benchmarks.generate", ["--group", "none", "--ballots", "1", "/dev/null/record"]),
    ],
)
def test_what_can_not_be_is_refused_with_a_sentence(root: Path, name: str, arguments: list[str]) -> None:
    result = run_module(root, name, *arguments)
    assert result.returncode in (1, 2)
    assert result.stderr
    assert "Traceback" not in result.stderr
