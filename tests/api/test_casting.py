"""Ballots and challenges over HTTP: their receipts, and what is refused."""

from concurrent.futures import ThreadPoolExecutor

from api.served import ADA, BOB, Answer, P, Served, body
from e2evote.adapter.rehearsed_voters import RehearsedVoters
from e2evote.adapter.store import Store
from e2evote.adapter.voter_sessions import VoterSessions
from e2evote.board.merkle import leaf_hash
from e2evote.board.proof import open_receipt
from e2evote.verify.log import log_key


def test_a_ballot_is_cast_looked_up_and_has_a_receipt(server: Served, devices: RehearsedVoters, store: Store) -> None:
    ready = devices.cast("one", ADA, "")
    cast = server.post(f"{P}/ballots", body(ready))
    assert cast.status == 201, cast.body
    assert cast.json["status"] == "accepted"
    assert cast.json["again"] is False
    receipt = open_receipt(cast.json["receipt"].encode(), log_key(store.setting().manifest), None)
    assert (receipt.index, receipt.entry) == (cast.json["index"], ready.envelope.leaf)
    found = server.ask(f"{P}/lines/{ready.line}/ballots/{ready.tracker}")
    assert found.status == 200
    assert (found.json["status"], found.json["tracker"], found.json["elsewhere"]) == ("recorded", ready.tracker, False)
    (listed,) = found.json["ballots"]
    assert (listed["index"], listed["status"]) == (cast.json["index"], "recorded")
    again = open_receipt(listed["receipt"].encode(), log_key(store.setting().manifest), None)
    assert again.entry == ready.envelope.leaf


def test_the_same_bytes_again_have_the_same_place(server: Served, devices: RehearsedVoters) -> None:
    ready = devices.cast("two", ADA, "")
    first = server.post(f"{P}/ballots", body(ready))
    again = server.post(f"{P}/ballots", body(ready))
    assert (first.status, again.status) == (201, 200)
    assert again.json["again"] is True
    assert again.json["index"] == first.json["index"]


def test_the_same_bytes_from_many_at_once_are_one_entry(server: Served, devices: RehearsedVoters) -> None:
    members = body(devices.cast("three", ADA, ""))

    def cast(_number: int) -> Answer:
        return server.post(f"{P}/ballots", members)

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(cast, range(16)))
    assert {answer.status for answer in answers} <= {200, 201}
    assert len({answer.json["index"] for answer in answers}) == 1


def test_a_ballot_that_names_an_older_one_is_a_conflict(server: Served, devices: RehearsedVoters) -> None:
    stale = devices.cast("four", ADA, "")
    assert server.post(f"{P}/ballots", body(devices.cast("four", BOB, ""))).status == 201
    refused = server.post(f"{P}/ballots", body(stale))
    assert (refused.status, refused.problem()) == (409, "stale-prev")


def test_a_challenge_needs_a_session_and_is_counted(server: Served, devices: RehearsedVoters, store: Store) -> None:
    session = VoterSessions(store.private, store.setting().first).of("five")

    def challenge() -> Answer:
        return server.post(f"{P}/challenges", {**body(devices.challenge("five", ADA, "")), "session": session})

    for _ in range(5):
        assert challenge().status == 201
    refused = challenge()
    assert (refused.status, refused.problem()) == (429, "challenge-limit")
    without = {name: text for name, text in body(devices.challenge("six", ADA, "")).items() if name != "session"}
    refused = server.post(f"{P}/challenges", without)
    assert (refused.status, refused.problem()) == (400, "request-malformed")


def test_each_way_in_takes_its_own_kind_only(server: Served, devices: RehearsedVoters) -> None:
    opened = body(devices.challenge("seven", ADA, ""))
    session = opened.pop("session")
    assert server.post(f"{P}/ballots", opened).problem() == "request-malformed"
    ballot = {**body(devices.cast("seven", ADA, "")), "session": session}
    assert server.post(f"{P}/challenges", ballot).problem() == "request-malformed"


def test_what_was_handed_in_is_found_by_its_key(server: Served, devices: RehearsedVoters) -> None:
    ready = devices.cast("eight", ADA, "")
    key = leaf_hash(ready.envelope.leaf).hex()
    assert server.ask(f"{P}/submissions/{key}").problem() == "submission-unknown"
    cast = server.post(f"{P}/ballots", body(ready))
    found = server.ask(f"{P}/submissions/{key}")
    assert (found.status, found.json["receipt"]) == (200, cast.json["receipt"])
    for name in ("", "00", key.upper(), f"{key}0"):
        assert server.ask(f"{P}/submissions/{name}").status == 404
