"""Secret files: private, whole, never overwritten by mistake, and used by one process at a time."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from e2evote.adapter import secretfile
from e2evote.errors import Refused

ROOT = Path(__file__).resolve().parents[2]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_a_file_is_ours_alone_whatever_the_mask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        secretfile.create(tmp_path / "state", b"one")
        assert mode(tmp_path / "state") == 0o600
        secretfile.replace(tmp_path / "state", b"two")
    finally:
        os.umask(before)
    assert mode(tmp_path / "state") == 0o600
    assert secretfile.read(tmp_path / "state") == b"two"
    assert names(tmp_path) == ["state"]


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "state"
    secretfile.create(path, b"one")
    with pytest.raises(Refused, match=r"such a file already \[secret.exists\]"):
        secretfile.create(path, b"two")
    assert secretfile.read(path) == b"one"
    assert names(tmp_path) == ["state"]


@pytest.mark.parametrize("target", ["elsewhere", "nowhere"])
def test_a_link_is_neither_written_nor_followed(tmp_path: Path, target: str) -> None:
    secretfile.create(tmp_path / "elsewhere", b"other")
    path = tmp_path / "state"
    path.symlink_to(tmp_path / target)
    with pytest.raises(Refused, match="secret.exists"):
        secretfile.create(path, b"mine")
    for act in (secretfile.read, secretfile.delete, lambda p: secretfile.replace(p, b"mine")):
        with pytest.raises(Refused, match=r"a symbolic link \[secret.file\]"):
            act(path)
    assert secretfile.read(tmp_path / "elsewhere") == b"other"
    assert names(tmp_path) == ["elsewhere", "state"]


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o660, 0o610, 0o601, 0o777])
def test_a_file_that_others_may_open_is_refused(tmp_path: Path, bits: int) -> None:
    path = tmp_path / "state"
    secretfile.create(path, b"one")
    path.chmod(bits)
    for act in (secretfile.read, secretfile.delete, lambda p: secretfile.replace(p, b"two")):
        with pytest.raises(Refused, match=f"mode {bits:04o} lets others in"):
            act(path)
    assert path.read_bytes() == b"one"


def test_a_file_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state"
    secretfile.create(path, b"one")
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(Refused, match="belongs to user"):
        secretfile.read(path)


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(mode=0o700)
    for name in ("pipe", "folder"):
        with pytest.raises(Refused, match="not a regular file"):
            secretfile.read(tmp_path / name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for act in (secretfile.read, secretfile.delete, lambda p: secretfile.replace(p, b"two")):
        with pytest.raises(Refused, match=r"no such file \[secret.missing\]"):
            act(tmp_path / "state")
    assert names(tmp_path) == []


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secretfile, "LARGEST", 3)
    secretfile.create(tmp_path / "state", b"four")
    with pytest.raises(Refused, match="more than 3 bytes"):
        secretfile.read(tmp_path / "state")


def test_a_deleted_file_is_gone(tmp_path: Path) -> None:
    secretfile.create(tmp_path / "state", b"one")
    secretfile.delete(tmp_path / "state")
    assert names(tmp_path) == []


@pytest.mark.parametrize("call", ["write", "fsync", "link", "rename"])
def test_a_failure_leaves_the_old_bytes_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """A full disk at each call in turn: never half a file, never a stray one."""
    path = tmp_path / "state"
    secretfile.create(path, b"one")

    def fail(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    if call == "write":
        monkeypatch.setattr(os, "fchmod", fail)
    elif call == "rename":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr(os, call, fail)
    if call != "link":
        with pytest.raises(OSError, match="No space"):
            secretfile.replace(path, b"two")
    if call != "rename":
        with pytest.raises(OSError, match="No space"):
            secretfile.create(tmp_path / "new", b"three")
    monkeypatch.undo()
    assert names(tmp_path) == ["state"]
    assert secretfile.read(path) == b"one"


def test_put_makes_or_replaces_and_follows_no_link(tmp_path: Path) -> None:
    path = tmp_path / "piece"
    for data in (b"one", b"two"):
        secretfile.put(path, data)
        assert (secretfile.read(path), mode(path)) == (data, 0o600)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    secretfile.put(path, b"three")
    assert secretfile.read(path) == b"three"
    assert names(tmp_path) == ["piece"]


def test_what_can_not_be_put_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "piece").mkdir()
    with pytest.raises(IsADirectoryError):
        secretfile.put(tmp_path / "piece", b"one")
    with pytest.raises(FileNotFoundError):
        secretfile.put(tmp_path / "nowhere" / "piece", b"one")
    assert names(tmp_path) == ["piece"]


def test_bytes_and_name_are_on_the_disk_before_a_call_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file first, then the rename, then the folder."""
    done: list[str] = []
    fsync, rename = os.fsync, Path.replace

    def watched_fsync(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def watched_rename(self: Path, target: Path) -> Path:
        done.append("rename")
        return rename(self, target)

    secretfile.create(tmp_path / "state", b"one")
    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_rename)
    secretfile.replace(tmp_path / "state", b"two")
    assert done == ["file", "rename", "folder"]


def test_one_process_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "state"
    program = (
        "import sys; from pathlib import Path; from e2evote.adapter.secretfile import locked\n"
        "from e2evote.errors import Refused\n"
        "try:\n"
        "    with locked(Path(sys.argv[1])): print('locked')\n"
        "except Refused as error: print(error.code)\n"
    )

    def other() -> str:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        command = [sys.executable, "-c", program, str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.strip()

    with secretfile.locked(path):
        assert other() == "secret.locked"
        with pytest.raises(Refused, match="another process is using it"), secretfile.locked(path):
            raise AssertionError("two holders of one lock")
    assert other() == "locked"
    assert mode(tmp_path / "state.lock") == 0o600


def test_a_lock_is_given_back_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), secretfile.locked(tmp_path / "state"):
        raise KeyError("something else")
    with secretfile.locked(tmp_path / "state"):
        assert names(tmp_path) == ["state.lock"]


def test_a_lock_is_not_taken_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "state.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="secret.lock"), secretfile.locked(tmp_path / "state"):
        raise AssertionError("locked")
    assert names(tmp_path) == ["state.lock"]
