"""The step that installs programs for tests: it never fails, and shows no address."""

from pathlib import Path

import pytest

import packages


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "PACKAGES", {"strace": lambda: False})


def apt(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    place = folder / "apt-get"
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o755)
    monkeypatch.setattr(packages.shutil, "which", lambda name: str(place))
    monkeypatch.setattr(packages.os, "geteuid", lambda: 0)


@pytest.mark.usefixtures("missing")
def test_a_machine_without_the_package_manager_skips(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(packages.shutil, "which", lambda name: None)
    assert packages.main() == 0
    assert capsys.readouterr().out == (
        "strace: not installed (not root on a Debian machine); tests that need them are skipped\n"
    )


@pytest.mark.usefixtures("missing")
def test_a_package_manager_that_fails_is_one_line_without_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "E: Failed to fetch http://mirror.example:3142/pool/x.deb  Could not connect to 10.1.2.3:80"
    apt(tmp_path, monkeypatch, f"echo 'Get:1 http://mirror.example/ x'; echo '{said}'; exit 100")
    assert packages.main() == 0
    out = capsys.readouterr().out
    assert "exit code 100: E: Failed to fetch <address>  Could not connect to <address>" in out
    assert "mirror" not in out
    assert "10.1.2.3" not in out
    assert out.count("\n") == 1


def test_what_is_there_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    apt(tmp_path, monkeypatch, f"touch {tmp_path}/called")
    monkeypatch.setattr(packages, "PACKAGES", {"strace": lambda: True})
    assert packages.main() == 0
    assert capsys.readouterr().out == "strace: there\n"
    assert not (tmp_path / "called").exists()
