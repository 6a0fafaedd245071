"""Processes that share the work: how many, and that they end with their parent and at once."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from multiprocessing import active_children
from pathlib import Path

import pytest

from adapter.clusters import PATHS, double, process_id, wait_for
from e2evote.adapter.processes import ENTRIES_PER_PROCESS, entries_of, processes, processors
from simulate.bases import base_election
from simulate.insider import Dossier


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Dossier(base_election("base")).write(tmp_path_factory.mktemp("processes") / "record")


def test_the_size_of_a_record_is_what_its_checkpoint_claims(record: Path, tmp_path: Path) -> None:
    assert 0 < entries_of(record) < 2 * ENTRIES_PER_PROCESS
    assert entries_of(tmp_path) == entries_of(tmp_path / "nowhere") == 0
    (tmp_path / "checkpoint").write_bytes(b"\x00\n")
    assert entries_of(tmp_path) == 0


def test_one_process_needs_no_other(record: Path) -> None:
    for number in (0, 1):
        with processes(number, record) as executor:
            assert executor is None
    assert processors() >= 1


def test_so_many_others(record: Path) -> None:
    with processes(2, record) as executor:
        assert executor is not None
        assert list(executor.map(double, range(5))) == [0, 2, 4, 6, 8]
        assert executor.submit(process_id).result() != os.getpid()
    assert active_children() == []


def test_work_that_is_running_is_not_waited_for(record: Path, tmp_path: Path) -> None:
    """Else this test would not end."""
    with suppress(KeyboardInterrupt), processes(2, record) as executor:
        assert executor is not None
        executor.submit(double, 1).result()
        for _ in range(5):
            executor.submit(wait_for, tmp_path / "never")
        raise KeyboardInterrupt
    for child in active_children():
        child.join()


PARENT = """
import sys
from pathlib import Path
from adapter.clusters import process_id, wait_for
from e2evote.adapter.processes import processes
if __name__ == "__main__":
    with processes(2, Path()) as executor:
        executor.submit(process_id).result()
        print("working", flush=True)
        executor.submit(wait_for, Path("never")).result()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_they_end_with_their_parent(tmp_path: Path, number: signal.Signals) -> None:
    """Else this test would not end. SIGINT reaches the whole group, as Ctrl-C does, and children say nothing of it."""
    program = tmp_path / "parent.py"
    program.write_text(PARENT)
    command = [sys.executable, str(program)]
    environment = {**os.environ, "PYTHONPATH": PATHS}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment, start_new_session=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        assert parent.stdout.readline() == b"working\n"
        if number == signal.SIGINT:
            os.killpg(parent.pid, number)
        else:
            parent.send_signal(number)
        parent.wait()
        said = parent.stderr.read().decode()  # ends when the last process that could write to it has ended
    assert said.count("Traceback") == (1 if number == signal.SIGINT else 0), said
