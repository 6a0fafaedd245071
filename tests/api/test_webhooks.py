"""Webhooks: what the board says and nothing more, signed, and brought until it has arrived (docs/http-acts.md)."""

import errno
import json
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.other_server import Other, other_server
from e2evote.adapter.api import webhooks
from e2evote.adapter.api.outgoing import Answer, Outgoing
from e2evote.adapter.api.state import StateFile
from e2evote.adapter.api.webhook_events import CHECKPOINT, EVENTS, Event, events_since
from e2evote.adapter.api.webhook_key import PUBLIC, SECRET, webhook_key
from e2evote.adapter.api.webhook_outbox import DELAYS, Endpoint, Outbox
from e2evote.adapter.api.webhooks import Webhooks
from e2evote.adapter.election import Election
from e2evote.errors import MalformedInput, Refused
from e2evote.proofs.signature import verify

PATIENCE = 30.0


class Clock:
    now = 1_900_000_000.0

    def __call__(self) -> float:
        return self.now


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Election]:
    """A rehearsal from its setup to its outcome."""
    path = tmp_path_factory.mktemp("whole") / "store"
    with Election.create(path, contests={"chair": ["ada", "bob"]}, rehearsal=True, group="test-512") as election:
        election.open()
        election.cast("voter 1", {"chair": {"ada": 1}})
        election.challenge("voter 2", {"chair": {"bob": 1}})
        election.close()
        election.tally()
        yield election


def test_events_are_those_of_the_board_and_none_is_about_a_voter(whole: Election) -> None:
    size = whole.status().size
    events = list(events_since(whole.record_path, whole.manifest, 0, size))
    assert [event.type for event in events] == ["election.opened", "election.closed", "tally.published", CHECKPOINT]
    assert {event.election for event in events} == {whole.id}
    for event in events:
        body = json.loads(event.body(0))
        assert set(body) == {"data", "timestamp", "type"}
        assert set(body["data"]) == {"election", "size" if event.type == CHECKPOINT else "index"}
    assert list(events_since(whole.record_path, whole.manifest, size, size)) == []


def test_each_event_is_told_once_however_the_board_is_read(whole: Election) -> None:
    size = whole.status().size
    at_once = [e for e in events_since(whole.record_path, whole.manifest, 0, size) if e.type != CHECKPOINT]
    one_by_one = [
        event
        for start in range(size)
        for event in events_since(whole.record_path, whole.manifest, start, start + 1)
        if event.type != CHECKPOINT
    ]
    assert one_by_one == at_once
    assert len({event.id for event in at_once}) == len(at_once)


def test_a_message_is_signed_by_the_key_that_is_published(tmp_path: Path) -> None:
    key = webhook_key(tmp_path / "webhooks.key")
    body = Event("election.opened", "council", 7).body(1_900_000_000)
    assert body == (
        b'{"data":{"election":"council","index":7},"timestamp":"2030-03-17T17:46:40Z","type":"election.opened"}'
    )
    headers = key.headers("msg_1", body, 1_900_000_000.9)
    signature = b64decode(headers["webhook-signature"].removeprefix("v1a,"))
    public = b64decode(key.public.removeprefix(PUBLIC))
    assert verify(public, b"msg_1.1900000000." + body, signature)
    assert not verify(public, b"msg_1.1900000001." + body, signature)
    assert webhook_key(tmp_path / "webhooks.key").public == key.public
    assert (tmp_path / "webhooks.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "webhooks.key").read_text().startswith(SECRET)


@pytest.mark.parametrize("text", ["", "whsk_", "whsk_AAAA", "whsec_" + "A" * 43 + "=", "whsk_!" + "A" * 42 + "="])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "k").write_text(text)
    (tmp_path / "k").chmod(0o600)
    with pytest.raises(MalformedInput):
        webhook_key(tmp_path / "k")
    (tmp_path / "k").chmod(0o644)
    with pytest.raises(Refused, match="secret.file"):
        webhook_key(tmp_path / "k")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateFile]:
    file = StateFile(tmp_path / "adapter.sqlite")
    yield file
    file.close()


URL = "https://site.example/hook"


def test_what_was_not_taken_is_tried_again_later_and_later_and_then_given_up(state: StateFile) -> None:
    clock, endpoint = Clock(), Endpoint(URL)
    outbox = Outbox(state, clock)
    outbox.put([Event("election.opened", "council", 3)], 4, [endpoint])
    for delay in DELAYS:
        waiting = outbox.due(URL)
        assert waiting
        outbox.failed(URL, waiting)
        clock.now += delay - 1
        assert outbox.due(URL) is None
        clock.now += 1
    last = outbox.due(URL)
    assert last
    outbox.failed(URL, last)
    clock.now += 10 * max(DELAYS)
    assert outbox.due(URL) is None
    assert [(a.waiting, a.delivered, a.given_up) for a in outbox.accounts([endpoint])] == [(0, 0, 1)]


def test_only_the_newest_checkpoint_waits_and_the_same_event_only_once(state: StateFile) -> None:
    outbox, endpoint = Outbox(state, Clock()), Endpoint(URL)
    opened = Event("election.opened", "council", 3)
    for size in range(4, 100):
        outbox.put([opened, Event(CHECKPOINT, "council", size)], size, [endpoint])
    assert outbox.accounts([endpoint])[0].waiting == 2
    assert outbox.read() == 99
    told = []
    while waiting := outbox.due(URL):
        told.append(json.loads(waiting.body)["data"])
        outbox.arrived(URL, waiting)
    assert told == [{"election": "council", "index": 3}, {"election": "council", "size": 99}]


def test_receivers_get_what_they_asked_for(state: StateFile) -> None:
    outbox = Outbox(state, Clock())
    ends = [
        Endpoint("https://a.example/", frozenset({"election.closed"})),
        Endpoint("https://b.example/", elections=frozenset({"mayor"})),
        Endpoint("https://c.example/"),
    ]
    outbox.put([Event("election.opened", "council", 3), Event("election.closed", "council", 9)], 10, ends)
    assert [account.waiting for account in outbox.accounts(ends)] == [1, 0, 2]


@pytest.fixture
def receiver() -> Iterator[Other]:
    with other_server() as other:
        yield other


def test_events_arrive_signed_also_where_the_receiver_was_down(
    receiver: Other, tmp_path: Path, state: StateFile
) -> None:
    key = webhook_key(tmp_path / "webhooks.key")
    receiver.answers["/hook"] = (503, b"", {})
    with Election.create(tmp_path / "s", contests={"c": ["a", "b"]}, rehearsal=True, group="test-512") as election:
        hooks = Webhooks([Endpoint(f"{receiver.url}/hook")], key)
        try:
            hooks.follow(election, state)
            assert receiver.asked == []
            election.open()
            until(lambda: bool(receiver.asked))
        finally:
            hooks.close()
        receiver.answers["/hook"] = (204, b"", {})
        receiver.asked.clear()
        later = time.time() + sum(DELAYS)
        again = Webhooks([Endpoint(f"{receiver.url}/hook")], key, clock=lambda: later)
        try:
            again.follow(election, state)
            until(lambda: again.accounts(election.id)[0].waiting == 0)
        finally:
            again.close()
    types = {}
    for method, path, headers, body in receiver.asked:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        assert (method, path, headers["content-type"]) == ("POST", "/hook", "application/json")
        assert verify(b64decode(key.public[5:]), signed, b64decode(headers["webhook-signature"][4:]))
        types[json.loads(body)["type"]] = headers["webhook-id"]
    assert set(types) == {"election.opened", CHECKPOINT}
    assert set(types) <= set(EVENTS)


@pytest.mark.parametrize(("status", "taken"), [(200, 1), (409, 1), (410, 1), (302, 0), (500, 0), (404, 0)])
def test_a121_redirects_are_not_followed_and_only_an_answer_of_the_receivers_counts(
    receiver: Other, tmp_path: Path, state: StateFile, status: int, taken: int
) -> None:
    receiver.answers["/hook"] = (status, b"", {"location": f"{receiver.url}/elsewhere"})
    endpoint = Endpoint(f"{receiver.url}/hook")
    outbox = Outbox(state)
    outbox.put([Event("election.opened", "council", 3)], 4, [endpoint])
    hooks = Webhooks([], webhook_key(tmp_path / "k"))
    assert hooks.deliver(endpoint, outbox)
    assert not hooks.deliver(endpoint, outbox)
    account = outbox.accounts([endpoint])[0]
    assert (account.delivered, account.waiting) == (taken, 1 - taken)
    assert [path for _, path, _, _ in receiver.asked] == ["/hook"]


def test_a123_of_a_long_answer_the_beginning_is_read_and_it_counts(
    receiver: Other, tmp_path: Path, state: StateFile
) -> None:
    receiver.answers["/hook"] = (200, b"x" * 2**20, {})
    endpoint = Endpoint(f"{receiver.url}/hook")
    outbox = Outbox(state)
    outbox.put([Event("election.opened", "council", 3)], 4, [endpoint])
    assert Webhooks([], webhook_key(tmp_path / "k")).deliver(endpoint, outbox)
    assert outbox.accounts([endpoint])[0].delivered == 1


def test_a121_an_address_that_is_not_allowed_is_never_asked(tmp_path: Path, state: StateFile) -> None:
    endpoint = Endpoint("http://169.254.169.254/latest/meta-data")
    outbox = Outbox(state)
    outbox.put([Event("election.opened", "council", 3)], 4, [endpoint])
    assert Webhooks([], webhook_key(tmp_path / "k")).deliver(endpoint, outbox)
    assert outbox.accounts([endpoint])[0].waiting == 1


def test_a_board_that_could_not_be_opened_is_read_at_the_next_look(
    receiver: Other, tmp_path: Path, state: StateFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood of connections takes all open files of a process, for a while."""
    tried = threading.Event()
    receiver.answers["/hook"] = (204, b"", {})

    def too_many(*_: object) -> None:
        tried.set()
        raise OSError(errno.EMFILE, "too many open files")

    with Election.create(tmp_path / "s", contests={"c": ["a", "b"]}, rehearsal=True, group="test-512") as election:
        hooks = Webhooks([Endpoint(f"{receiver.url}/hook")], webhook_key(tmp_path / "k"))
        try:
            hooks.follow(election, state)
            with monkeypatch.context() as patch:
                patch.setattr(webhooks, "events_since", too_many)
                election.open()
                assert tried.wait(PATIENCE)
            until(lambda: bool(receiver.asked))
        finally:
            hooks.close()


def test_an_error_that_nobody_foresaw_is_a_try_like_others(tmp_path: Path, state: StateFile) -> None:
    class Broken(Outgoing):
        def post(self, *_: object, **__: object) -> Answer:
            raise UnicodeError("of a library")

    endpoint, outbox = Endpoint(URL), Outbox(state)
    outbox.put([Event("election.opened", "council", 3)], 4, [endpoint])
    assert Webhooks([], webhook_key(tmp_path / "k"), Broken()).deliver(endpoint, outbox)
    assert outbox.due(URL) is None
    assert outbox.accounts([endpoint])[0].waiting == 1
