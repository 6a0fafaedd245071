"""Without a quorum of witnesses there is no receipt: 202, durable, not yet cast; and later there is one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.served import body
from e2evote.adapter.api.app import make_app
from e2evote.adapter.api.gate import Gate
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.log import Log
from e2evote.adapter.api.settings import Settings
from e2evote.adapter.election import Election
from e2evote.board.merkle import leaf_hash
from tests.adapter.selections import PHRASE
from tests.adapter.witnessed import Witnessed, confirmed, opened_now, own_copy

P = "/v1/elections/spring"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Witnessed:
    return opened_now(confirmed(tmp_path_factory.mktemp("witnessed") / "store"))


@pytest.fixture
def selection(template: Witnessed, tmp_path: Path) -> Witnessed:
    return own_copy(template, tmp_path / "store")


@contextmanager
def client(selection: Witnessed, wait: float = 1.0) -> Iterator[TestClient]:
    with ExitStack() as opened:
        election = opened.enter_context(
            Election.open_store(
                selection.store.path, passphrase=PHRASE, allow_test_group=True, witnesses=selection.world.desk
            )
        )
        hosted = Hosted(replace(Settings(), receipt_wait=wait), Log(StringIO()))
        opened.callback(hosted.close)
        hosted.add(election)
        yield opened.enter_context(TestClient(make_app(hosted)))


def hosted_by(asked: TestClient) -> Hosted:
    assert isinstance(asked.app, Gate)
    return asked.app._hosted


def test_a_ballot_is_stored_until_a_quorum_has_cosigned_it(selection: Witnessed) -> None:
    members = body(selection.ballot("vera"))
    with client(selection) as asked:
        selection.world.down("east", "south")
        stored = asked.post(f"{P}/ballots", json=members)
        assert stored.status_code == 202
        told = stored.json()
        assert (told["status"], set(told)) == ("stored", {"status", "detail", "submission"})
        assert "receipt" not in stored.text
        where = stored.headers["location"]
        assert where == f"{P}/submissions/{told['submission']}"
        later = asked.get(where)
        assert (later.status_code, later.json()["status"]) == (202, "stored")
        assert asked.post(f"{P}/ballots", json=members).status_code == 202, "the same again is the same"
        health = asked.get("/v1/health")
        assert (health.status_code, health.json()["elections"][0]["status"]) == (200, "waiting")
        selection.world.down()
        cast = asked.post(f"{P}/ballots", json=members)
        assert cast.status_code in (200, 201)
        found = asked.get(where)
        assert (found.status_code, found.json()["receipt"]) == (200, cast.json()["receipt"])
        assert "north" in found.json()["receipt"] or "east" in found.json()["receipt"]


def test_a123_what_is_stored_is_said_to_be_stored_however_many_ask(
    selection: Witnessed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All who wait look again after a batch. Who comes too late for that must not be told that there was no room."""
    members = body(selection.ballot("vera"))
    with client(selection) as asked:
        with monkeypatch.context() as patch:
            patch.setattr(hosted_by(asked)._readers, "_waiting", 10**6)
            stored = asked.post(f"{P}/ballots", json=members)
            assert (stored.status_code, stored.json()["status"]) == (202, "stored")
            assert asked.get(P).json()["code"] == "busy"
        assert asked.post(f"{P}/ballots", json=members).json()["status"] == "accepted"


def test_what_was_stored_is_cast_after_a_restart(selection: Witnessed) -> None:
    with client(selection) as asked:
        selection.world.down("east", "south")
        stored = asked.post(f"{P}/ballots", json=body(selection.ballot("vera")))
        assert stored.status_code == 202
    selection.world.down()
    with client(selection, wait=60.0) as asked:
        again = asked.post(f"{P}/ballots", json=body(selection.ballot("otto")))
        assert again.status_code == 201
        assert asked.get(stored.headers["location"]).status_code == 200


def test_a123_forty_who_wait_for_receipts_hold_no_threads(selection: Witnessed) -> None:
    """More than there are threads, and look-ups are answered meanwhile; the next batch wakes them all."""
    number = 40
    sent = [selection.ballot(f"voter {i}") for i in range(number)]
    keys = [leaf_hash(envelope.leaf).hex() for envelope in sent]
    with client(selection, wait=60.0) as asked, ThreadPoolExecutor(number) as threads:
        selection.world.down("east", "south")
        waiting = [threads.submit(asked.post, f"{P}/ballots", json=body(envelope)) for envelope in sent]
        while not all(asked.get(f"{P}/submissions/{key}").status_code == 202 for key in keys):
            pass
        assert not any(one.done() for one in waiting)
        assert asked.get(P).json()["phase"] == "open"
        selection.world.down()
        answers = [one.result() for one in waiting]
    assert [answer.status_code for answer in answers] == [201] * number
    assert len({answer.json()["index"] for answer in answers}) == number
