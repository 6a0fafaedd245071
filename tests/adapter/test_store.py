"""A store appears whole or not at all, and its log begins with the manifest."""

import os
import stat
from pathlib import Path

import pytest

from e2evote.adapter.board import BoardReader
from e2evote.adapter.keys import new_key
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.store import Store, create_store
from e2evote.errors import MalformedInput, Refused
from e2evote.manifest.model import Manifest
from e2evote.secret.keyfile import NotUnlocked
from e2evote.verify import verify_record
from e2evote.verify.checks import Check, Verdict
from tests.adapter.selections import PHRASE, new_store, write_log_key
from tests.ballot.election import make_manifest, signing_key

CHAIR = signing_key("chair")


def test_a_new_store_is_a_record_with_one_entry(tmp_path: Path) -> None:
    store = new_store(tmp_path / "s")
    report = verify_record(store.record, allow_test_group=True)
    assert report.verdict is Verdict.INCOMPLETE
    assert (report.failing, report.facts.size) == (frozenset(), 1)
    assert report.result(Check.MANIFEST_RULES).examined == 1
    assert Store.at(tmp_path / "s") == store
    assert BoardReader(store.record, allow_test_group=True).manifest == make_manifest() == store.setting().manifest


def test_private_things_are_private(tmp_path: Path) -> None:
    store = new_store(tmp_path / "s")
    assert stat.S_IMODE(store.private.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in store.private.iterdir()} == {0o600}
    assert {path.name for path in tmp_path.iterdir()} == {"s"}


def spoiled(manifest: Manifest, old: bytes, new: bytes) -> bytes:
    data = manifest.encode()
    assert data.count(old) == 1
    return data.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (b'"quorum":2', b'"quorum":1', Refused),  # breaks a rule: 2k > n
        (b'"quorum":2', b'"quorum":2.0', MalformedInput),
        (b'"group":"test-512"', b'"group":"test-513"', MalformedInput),
        (b'"v":1,', b'"v":2,', MalformedInput),
    ],
)
def test_a_bad_manifest_makes_no_store(tmp_path: Path, old: bytes, new: bytes, error: type[Exception]) -> None:
    key = write_log_key(tmp_path / "log.key")
    with pytest.raises(error):
        create_store(tmp_path / "s", spoiled(make_manifest(), old, new), CHAIR, key, PHRASE, allow_test_group=True)
    assert os.listdir(tmp_path) == ["log.key"]


def refusal(tmp_path: Path, **changes: object) -> Refused:
    arguments = {
        "path": tmp_path / "s",
        "manifest": make_manifest().encode(),
        "administrator": CHAIR,
        "log_key": tmp_path / "log.key",
        "passphrase": PHRASE,
        "allow_test_group": True,
    }
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(Refused) as refused:
        create_store(**(arguments | changes))  # type: ignore[arg-type]
    assert sorted(os.listdir(tmp_path)) == before
    return refused.value


def test_what_makes_no_store(tmp_path: Path) -> None:
    write_log_key(tmp_path / "log.key")
    new_key(tmp_path / "other.key", PHRASE)
    assert refusal(tmp_path, allow_test_group=False).code == "test-group"
    assert refusal(tmp_path, administrator=signing_key("tess")).code == "wrong-key"
    assert refusal(tmp_path, log_key=tmp_path / "other.key").code == "wrong-key"
    assert refusal(tmp_path, log_key=tmp_path / "none.key").code == "secret.missing"
    assert refusal(tmp_path, path=tmp_path / "no" / "such" / "folder").code == "no-store"
    (tmp_path / "s").mkdir()
    assert refusal(tmp_path).code == "store-exists"


def test_a_wrong_passphrase_makes_no_store(tmp_path: Path) -> None:
    key = write_log_key(tmp_path / "log.key")
    wrong = Passphrase("wrong", cost=2**10, minimum=2**10)
    with pytest.raises(NotUnlocked):
        create_store(tmp_path / "s", make_manifest().encode(), CHAIR, key, wrong, allow_test_group=True)
    assert os.listdir(tmp_path) == ["log.key"]


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = write_log_key(tmp_path / "log.key")
    monkeypatch.setattr("e2evote.board.keeper.Keeper.settle", lambda *arguments: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        create_store(tmp_path / "s", make_manifest().encode(), CHAIR, key, PHRASE, allow_test_group=True)
    assert os.listdir(tmp_path) == ["log.key"]


def test_a_folder_is_not_a_store(tmp_path: Path) -> None:
    for folder in ("", "record", "inbox", "replies"):
        (tmp_path / folder).mkdir(exist_ok=True)
        with pytest.raises(Refused) as refused:
            Store.at(tmp_path)
        assert refused.value.code == "no-store"
