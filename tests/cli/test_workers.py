"""`--workers` and `--dask`: other processes do the work, and what is printed is the same."""

import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.clusters import PATHS, Cluster, cluster, wait_for
from cli.running import done, one_line, run
from e2evote.adapter.demo.setup import DemoFolder
from e2evote.adapter.executors import dask
from e2evote.cli.options import executor_for

slow = pytest.mark.slow


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(2, tmp_path_factory.mktemp("workers"), failures=3) as found:
        yield found


def command(demo: DemoFolder, *options: object) -> "subprocess.Popen[str]":
    words = ("-m", "e2evote", "verify", demo.record, "--allow-test-group", *options)
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": PATHS},
        start_new_session=True,
    )


@pytest.mark.parametrize("words", [("verify", "."), ("box", "x"), ("tally", "statement", "x", "--key", "k")])
def test_workers_and_dask_exclude_each_other(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run(*words, "--workers", 1, "--dask", "tcp://127.0.0.1:1")
    assert ended.code == 2
    assert one_line(ended.err)
    if words[0] == "verify":
        assert "--workers and --dask" in ended.err


def test_a_scheduler_that_is_none_is_misuse_and_no_verdict(demo: DemoFolder) -> None:
    ended = run("verify", demo.record, "--allow-test-group", "--dask", "nowhere", "--json")
    assert ended.code == 2
    assert ended.json["error"] == "dask-unreachable"


def test_without_either_option_there_is_a_default(demo: DemoFolder) -> None:
    with executor_for(None, None, demo.record, otherwise=1) as executor:
        assert executor is None


def test_nothing_of_the_cluster_is_loaded_unless_it_is_asked_for() -> None:
    program = "import sys, e2evote.cli, e2evote.adapter.executors; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": PATHS}, check=False).returncode == 0


@slow
@pytest.mark.parametrize("options", [(), ("--resume",)], ids=["plain", "resume"])
def test_a_cluster_makes_the_same_report_and_says_nothing(
    demo: DemoFolder, two: Cluster, options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    alone = run("verify", demo.record, "--allow-test-group", "--workers", 1, "--json")
    with command(demo, "--dask", two.address, "--json", *options) as process:
        out, err = process.communicate()
    assert (process.returncode, out, err) == (alone.code, alone.out, "")


@slow
def test_a_packed_record_on_a_cluster(demo: DemoFolder, two: Cluster, tmp_path: Path) -> None:
    packed = tmp_path / "record.zip"
    done("record", "pack", demo.record, packed)
    options = ("--allow-test-group", "--json")
    alone = run("verify", packed, "--workers", 1, *options)
    ended = run("verify", packed, "--dask", two.address, *options)
    assert (ended.out, ended.err) == (alone.out, "")


@slow
def test_ctrl_c_ends_at_once_while_the_cluster_is_busy(demo: DemoFolder, two: Cluster, tmp_path: Path) -> None:
    """Both workers wait for a file that this test makes at its end: whoever waited for them would not end."""
    with dask(two.address) as executor:
        busy = [executor.submit(wait_for, tmp_path / "end") for _ in range(2)]
        while two.tasks < 2:
            pass
        with command(demo, "--dask", two.address) as process:
            while two.tasks < 3:
                pass
            os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate()
        assert (process.returncode, out) == (130, "")
        assert err == "error: interrupted\n"
        (tmp_path / "end").touch()
        for future in busy:
            future.result()


@slow
def test_the_box_verifies_its_record_on_a_cluster(demo: DemoFolder, two: Cluster, tmp_path: Path) -> None:
    store = tmp_path / "box"
    shutil.copytree(demo.store, store)
    options = ("--passphrase-file", demo.passphrase_file("log"), "--allow-test-group", "--json")
    ended = run("box", store, "--once", *options, "--dask", two.address)
    assert ended.json["admitted"] == 0
    assert ended.json["size"] > 0
    refused = run("box", store, "--once", *options, "--dask", "nowhere")
    assert (refused.code, refused.json["error"]) == (2, "dask-unreachable")


@slow
def test_a_relative_path_is_the_same_place_for_workers_elsewhere(
    demo: DemoFolder, two: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo.record.parent)
    ended = run("verify", demo.record.name, "--allow-test-group", "--dask", two.address)
    assert (ended.code, ended.err) == (6, "")


@slow
@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="needs a path that other processes see differently")
def test_workers_that_do_not_see_the_path(demo: DemoFolder, two: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo.record.parent)
    path = Path("/proc/self/cwd") / demo.record.name
    ended = run("verify", path, "--allow-test-group", "--dask", two.address, "--json")
    assert ended.code == 2
    assert ended.json["error"] == "worker-record"
    assert platform.node() in ended.json["detail"]
    assert str(path) in ended.json["detail"]
