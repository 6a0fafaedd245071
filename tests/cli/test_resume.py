"""`e2evote verify --resume`: wherever a run was killed, the next one says the same, and does not begin anew."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from adapter.clusters import PATHS, ROOT
from cli.running import Ended, run
from e2evote.adapter import resume, secretfile
from e2evote.cli import terminal
from e2evote.verify import pieces
from simulate.bases import base_election
from simulate.insider import Dossier


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Dossier(base_election("base")).write(tmp_path_factory.mktemp("resume") / "record")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The auditor's own state folder, and pieces of one entry each."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(pieces, "ONE_BY_ONE", 1)
    monkeypatch.setattr(pieces, "SELECTIONS", 1)
    return tmp_path / "state" / "e2evote" / "verify"


def verify(record: Path, *options: object) -> Ended:
    return run("verify", record, "--workers", 1, "--allow-test-group", "--json", *options)


def interrupted(record: Path, monkeypatch: pytest.MonkeyPatch, after: int, *options: object) -> None:
    """A run that somebody stops with Ctrl-C after so many pieces."""
    save, calls = resume.ResumeStore.save, 0

    def counted(self: resume.ResumeStore, key: bytes, data: bytes) -> None:
        nonlocal calls
        save(self, key, data)
        calls += 1
        if calls == after:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(resume.ResumeStore, "save", counted)
        ended = verify(record, "--resume", *options)
    assert (ended.code, ended.json["error"]) == (130, "interrupted")
    assert ended.err == "What is done is kept: the same command goes on from here.\nerror: interrupted\n"


def saved(state: Path) -> list[Path]:
    """Pieces that are there in whole."""
    return sorted(path for path in state.glob("*/*") if not path.name.startswith("."))


def test_without_it_nothing_is_written(record: Path, state: Path) -> None:
    assert verify(record).code == 6
    assert not state.exists()


def test_a_run_without_state_just_runs(record: Path, state: Path) -> None:
    ended = verify(record, "--resume")
    assert (ended.code, ended.out, ended.err) == (6, verify(record).out, "")
    assert [path.name for path in state.iterdir()] == ["key"], "what was kept is removed at the end"


def test_an_interrupted_run_goes_on(record: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(record, monkeypatch, 7)
    assert len(saved(state)) == 7
    ended = verify(record, "--resume")
    assert (ended.code, ended.out) == (6, verify(record).out)
    assert ended.err == "7 pieces were taken from an interrupted run.\n"
    assert saved(state) == []


def test_a_packed_record_goes_on_from_its_folder(
    record: Path, state: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    interrupted(record, monkeypatch, 7)
    packed = Dossier(base_election("base")).pack(tmp_path / "record.zip")
    ended = verify(packed, "--resume")
    assert ended.out == verify(packed).out
    assert ended.err == "7 pieces were taken from an interrupted run.\n"


@pytest.mark.parametrize("options", [("--one-by-one",), ()], ids=["one-by-one", "batches"])
def test_a_run_of_another_kind_begins_anew(
    record: Path, state: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    interrupted(record, monkeypatch, 7, *(() if options else ("--one-by-one",)))
    ended = verify(record, "--resume", *options)
    assert ended.out == verify(record).out
    assert ended.err == f"7 saved pieces are ignored, and checked again: {resume.UNASKED}.\n"


def test_another_version_of_the_library_begins_anew(record: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(record, monkeypatch, 7)
    monkeypatch.setattr("e2evote.verify.resume.__version__", "0.0.9")
    assert resume.UNASKED in verify(record, "--resume").err


def test_a_record_that_changed_meanwhile_is_checked_again(
    record: Path, state: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One bit of one payload: the piece with it is not the one that was saved, and the failure is found."""
    interrupted(record, monkeypatch, 30)
    dossier = Dossier(base_election("base"))
    files = dossier.files()
    (name,) = [name for name in files if name.startswith("payload/")]
    files[name] = files[name][:-900] + bytes([files[name][-900] ^ 1]) + files[name][-899:]
    for path, data in files.items():
        (tmp_path / "other" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "other" / path).write_bytes(data)
    ended = verify(tmp_path / "other", "--resume")
    assert (ended.code, ended.out) == (1, verify(tmp_path / "other").out)


@pytest.mark.parametrize("spoiled", [0, 3, 6])
def test_state_that_was_tampered_with_changes_nothing(
    record: Path, state: Path, monkeypatch: pytest.MonkeyPatch, spoiled: int
) -> None:
    """Every byte of a file is tried by the tests of the store; here, that the report doesn't show it."""
    interrupted(record, monkeypatch, 7)
    path = saved(state)[spoiled]
    good = path.read_bytes()
    path.write_bytes(good.replace(b'"failed":0', b'"failed":1', 1).replace(b'"examined":1', b'"examined":2', 1))
    assert path.read_bytes() != good
    ended = verify(record, "--resume")
    assert ended.out == verify(record).out
    assert f"1 saved piece is ignored, and checked again: {resume.CHANGED}." in ended.err
    assert "6 pieces were taken" in ended.err


def test_state_of_another_machine_is_ignored(record: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(record, monkeypatch, 7)
    (state / "key").write_bytes(bytes(resume.KEY_SIZE))
    ended = verify(record, "--resume")
    assert ended.out == verify(record).out
    assert ended.err == f"7 saved pieces are ignored, and checked again: {resume.FOREIGN}.\n"


def test_a_folder_that_others_reach_costs_a_sentence(record: Path, state: Path) -> None:
    state.mkdir(parents=True)
    state.chmod(0o777)
    ended = verify(record, "--resume")
    assert (ended.code, ended.out) == (6, verify(record).out)
    assert ended.err.startswith("Not everything is kept for a later run: ")
    assert list(state.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_does_not_end_the_run(
    record: Path, state: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    put, calls = secretfile.put, 0

    def full_after_three(path: Path, data: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls > 3:
            raise OSError(number, os.strerror(number))
        put(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(secretfile, "put", full_after_three)
        ended = verify(record, "--resume")
    assert (ended.code, ended.out) == (6, verify(record).out)
    assert ended.err.startswith("Not everything is kept for a later run: ")
    assert ended.err.endswith(f": {os.strerror(number)}.\n")
    assert calls == 4, "it is not tried again and again"


def test_a_state_folder_that_can_not_be_made(record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file" / "state"))
    ended = verify(record, "--resume")
    assert (ended.code, ended.out) == (6, verify(record).out)
    assert ended.err == f"Not everything is kept for a later run: {tmp_path}/file/state: Not a directory.\n"


def test_what_is_no_record_has_no_state(tmp_path: Path, state: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert verify(tmp_path / "empty", "--resume").code == 3
    assert not state.exists()


def test_the_report_for_people_comes_with_the_same_sentences(
    record: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(record, monkeypatch, 7)
    ended = run("verify", record, "--workers", 1, "--allow-test-group", "--resume")
    assert "interrupted" not in ended.out
    assert "7 pieces were taken from an interrupted run." in ended.err


def test_the_progress_bar_says_how_much_was_there_already(
    record: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(record, monkeypatch, 30)
    shown = io.StringIO()
    monkeypatch.setattr(terminal, "err", lambda: Console(file=shown, force_terminal=True, width=200))
    ended = verify(record, "--resume")
    assert "ballots and challenges (30 pieces from the interrupted run)" in shown.getvalue()
    assert "interrupted" not in ended.out


def killed_again_and_again(record: Path, step: str, *options: str) -> list[dict[str, Any]]:
    program = ROOT / "tests" / "cli" / "interrupted.py"
    words = (str(record), "--allow-test-group", "--json", "--resume", "--workers", "1", *options)
    ended = subprocess.run(
        [sys.executable, str(program), step, *words],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": PATHS},
        check=True,
    )
    assert ended.stderr == ""
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.slow
def test_killed_at_any_point_it_goes_on(record: Path, state: Path) -> None:
    expected = verify(record)
    chain, found = killed_again_and_again(record, "chain"), killed_again_and_again(record, "7")
    assert sum(run_again["killed"] for run_again in chain + found) >= 50
    for run_again in chain + found:
        assert (run_again["code"], run_again["out"]) == (expected.code, expected.out)
        assert run_again["taken"] == run_again["saved"], "no work is done twice but that of the one piece"
        assert run_again["left"] == 0
        assert "ignored" not in run_again["err"]
    assert min(run_again["taken"] for run_again in found) == 0
    assert max(run_again["taken"] for run_again in found) > 30


def test_killed_at_some_points_one_by_one(record: Path, state: Path) -> None:
    expected = verify(record, "--one-by-one")
    found = killed_again_and_again(record, "23", "--one-by-one")
    assert len(found) >= 3
    assert {run_again["out"] for run_again in found} == {expected.out}


PROGRAM = """
import sys
from e2evote.verify import pieces
pieces.ONE_BY_ONE = pieces.SELECTIONS = 1
from e2evote.cli import main
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_killed_with_its_workers_it_goes_on_with_another_number(record: Path, state: Path, tmp_path: Path) -> None:
    """SIGKILL from outside once something is saved, while two processes work."""
    (tmp_path / "program.py").write_text(PROGRAM)
    words = ("verify", record, "--allow-test-group", "--json", "--resume", "--workers", "2")
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "program.py"), *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # where the standard library's resource tracker speaks of its own
        env={**os.environ, "PYTHONPATH": PATHS},
    ) as process:
        while not saved(state) and process.poll() is None:
            pass
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
    if process.returncode == -signal.SIGKILL:
        assert out == b""
        assert saved(state) != []
    ended = verify(record, "--resume")
    assert ended.out == verify(record).out
    if process.returncode == -signal.SIGKILL:
        assert "were taken from an interrupted run" in ended.err
