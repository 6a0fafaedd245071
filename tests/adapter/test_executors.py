"""A cluster's workers do the work as processes here would, and whatever is wrong with a cluster has a name."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import pytest

from adapter.clusters import PATHS, ROOT, Cluster, cluster, die, double, fail, process_id, refuse, wait_for
from e2evote import __version__
from e2evote.adapter.executors import Versions, dask, executors, versions_here
from e2evote.errors import Refused

slow = pytest.mark.slow


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(2, tmp_path_factory.mktemp("two")) as found:
        yield found


def refused(address: str, seconds: float = 10) -> Refused:
    with pytest.raises(Refused) as caught, dask(address, seconds) as executor:
        executor.submit(double, 1).result()
    return caught.value


def test_the_extra_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    error = refused("tcp://127.0.0.1:8786")
    assert error.code == "dask-missing"
    assert "pip install 'e2evote[dask]'" in error.detail


@pytest.mark.parametrize("address", ["", "nowhere", "ftp://127.0.0.1:1", "inproc://x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    error = refused(address)
    assert error.code == "dask-unreachable"
    assert "no address of a scheduler" in error.detail


def test_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = refused(f"tcp://127.0.0.1:{port}", 0.5)
    assert error.code == "dask-unreachable"
    assert str(port) in error.detail


@slow
def test_a_server_that_says_nothing_does_not_hold_us() -> None:
    """In a process of its own: what was begun must not speak up at its end either."""
    program = "import sys; from adapter.test_executors import refused; print(refused(sys.argv[1], 0.5))"
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        command = [sys.executable, "-c", program, address]
        ended = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": PATHS}, check=True)
    assert ended.stdout.splitlines() == [f"{address}: no scheduler answers within 0.5 seconds [dask-unreachable]"]
    assert ended.stderr == ""


def test_versions_that_differ_are_named() -> None:
    ours = versions_here()
    assert ours.differences(ours) == ""
    other = Versions("9.9", ours.python, "2020.1")
    assert ours.differences(other) == f"e2evote 9.9 (here {__version__}), distributed 2020.1 (here {ours.distributed})"
    assert "Python 2.7" in ours.differences(Versions(ours.e2evote, "2.7", ours.distributed))


@slow
def test_two_processes_do_the_work(two: Cluster, tmp_path: Path) -> None:
    with executors(0, two.address, tmp_path) as executor:
        assert executor is not None
        assert list(executor.map(double, range(5))) == [0, 2, 4, 6, 8]
        assert executor.submit(process_id).result() > 1
        assert getattr(executor, "workers", 0) == 2
    with pytest.raises(Refused, match="shut down"):
        executor.submit(double, 1)


@slow
def test_errors_of_the_work_arrive_as_they_are(two: Cluster) -> None:
    with dask(two.address) as executor:
        with pytest.raises(Refused, match="on this worker") as caught:
            executor.submit(refuse).result()
        assert caught.value.code == "record-changed"
        with pytest.raises(ValueError, match="a bug"):
            executor.submit(fail).result()


@slow
def test_the_same_call_is_carried_out_each_time(two: Cluster, tmp_path: Path) -> None:
    """A cluster that takes calls for pure functions would answer from what another client was told."""
    (tmp_path / "there").touch()
    with dask(two.address) as first, dask(two.address) as second:
        kept = first.submit(wait_for, tmp_path / "there")
        kept.result()
        (tmp_path / "there").unlink()
        again = second.submit(wait_for, tmp_path / "there")
        while two.tasks < 2:
            pass
        assert not again.done()
        (tmp_path / "there").touch()
        again.result()


@slow
def test_what_is_running_is_not_waited_for(two: Cluster, tmp_path: Path) -> None:
    """Else this test would not end; and the scheduler forgets what nobody waits for."""
    waits: list[Future[None]] = []
    with suppress(KeyboardInterrupt), dask(two.address) as executor:
        waits += [executor.submit(wait_for, tmp_path / "end") for _ in range(6)]
        raise KeyboardInterrupt
    assert len(waits) == 6
    assert all(future.done() for future in waits)
    (tmp_path / "end").touch()
    while two.tasks:
        pass


@slow
def test_a_worker_that_dies_of_its_work(two: Cluster) -> None:
    with dask(two.address) as executor, pytest.raises(Refused, match="died") as caught:
        executor.submit(die).result()
    assert caught.value.code == "dask-lost"


@slow
def test_a_cluster_without_workers(tmp_path: Path) -> None:
    with cluster(0, tmp_path, failures=9) as empty:
        error = refused(empty.address)
        assert error.code == "dask-lost"
        assert "no workers" in error.detail
        empty.scale(1)
        with dask(empty.address, alone=0.2) as executor:
            assert executor.submit(double, 2).result() == 4
            waits = executor.submit(wait_for, tmp_path / "never")
            empty.scale(0)
            with pytest.raises(Refused, match=r"no worker for 0.2 seconds \[dask-lost\]"):
                waits.result()


LOST = """
import sys
from pathlib import Path
from adapter.clusters import wait_for
from e2evote.adapter.executors import dask
from e2evote.errors import Refused
if __name__ == "__main__":
    try:
        with dask(sys.argv[1], alone=0.5) as executor:
            waiting = [executor.submit(wait_for, Path("never")) for _ in range(5)]
            try:
                print("working", flush=True)
                waiting[0].result()
            finally:
                for future in waiting:
                    future.cancel()
    except Refused as error:
        print(error)
"""


@slow
def test_a_scheduler_that_is_gone_is_not_waited_for(tmp_path: Path) -> None:
    """In a process of its own, which has nothing else to say about it."""
    (tmp_path / "lost.py").write_text(LOST)
    with cluster(1, tmp_path) as doomed:
        command = [sys.executable, str(tmp_path / "lost.py"), doomed.address]
        pipe = subprocess.PIPE
        environment = {"PYTHONPATH": PATHS}
        with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "working\n"
            doomed.kill()
            out, err = process.communicate()
    assert out.startswith(f"{doomed.address}: ")
    assert out.endswith(" [dask-lost]\n")
    assert (err, process.returncode) == ("", 0)


@slow
def test_workers_of_another_version_are_refused_before_they_work(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src" / "e2evote", tmp_path / "other" / "e2evote")
    file = tmp_path / "other" / "e2evote" / "__init__.py"
    file.write_text(file.read_text().replace(__version__, "0.0.9"))
    with cluster(1, tmp_path, str(tmp_path / "other")) as old:
        error = refused(old.address)
    assert error.code == "dask-versions"
    assert f"e2evote 0.0.9 (here {__version__})" in error.detail
    assert "tcp://127.0.0.1:" in error.detail


@slow
def test_workers_without_the_library_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty" / "e2evote").mkdir(parents=True)
    (tmp_path / "empty" / "e2evote" / "__init__.py").touch()
    with cluster(1, tmp_path, str(tmp_path / "empty")) as bare:
        error = refused(bare.address)
    assert error.code == "dask-versions"
    assert f"can't load e2evote {__version__}" in error.detail
