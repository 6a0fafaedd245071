"""Every kind of entry, and the event that it makes, or none; who is missing is told where the board says so."""

from pathlib import Path
from typing import Any

import pytest

from board.keys import signer
from e2evote.adapter.api.webhook_events import CHECKPOINT, EVENTS, Event, events_since
from e2evote.board.log import Log
from e2evote.hashing import canonical
from e2evote.manifest.entries import KINDS
from monitor.boards import manifest

NORTH, SOUTH = (party.id for party in manifest().trustees)
TOLD = {
    "close": "election.closed",
    "credential.reissue": "credential.reissued",
    "incident": "incident.raised",
    "open": "election.opened",
    "outcome": "tally.published",
    "roll.add": "roll.amended",
    "roll.contact": "roll.amended",
    "roll.remove": "roll.amended",
}


def leaf(kind: str, author: str = "chair", **body: Any) -> bytes:
    return canonical.encode({"author": author, "body": body, "kind": kind, "v": 1})


def told(folder: Path, *entries: bytes, start: int = 0) -> list[Event]:
    """What a board with these entries makes."""
    log = Log(signer())
    for entry in entries:
        log.append(entry, b"payload")
    for name, data in log.publish(0).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return list(events_since(folder, manifest(), start, len(entries)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_makes_its_event_or_none(tmp_path: Path, kind: str) -> None:
    events = told(tmp_path, leaf("manifest"), leaf("tally.share", NORTH), leaf("tally.share", SOUTH), leaf(kind))
    types = [event.type for event in events]
    assert types == [*([TOLD[kind]] if kind in TOLD else []), CHECKPOINT]
    if kind in TOLD:
        assert (events[0].index, events[0].election) == (3, manifest().election.id)


def test_every_event_can_be_made() -> None:
    assert {*TOLD.values(), CHECKPOINT, "trustee.missing"} == set(EVENTS)


def test_a_trustee_without_shares_is_missing_from_the_outcome(tmp_path: Path) -> None:
    events = told(tmp_path, leaf("manifest"), leaf("tally.share", SOUTH), leaf("outcome"), start=2)
    assert [(event.type, event.index, event.trustee) for event in events] == [
        ("tally.published", 2, ""),
        ("trustee.missing", 2, NORTH),
        (CHECKPOINT, 3, ""),
    ]
    assert b'"trustee":"north"' in events[1].body(0)
    assert len({event.id for event in events}) == 3


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ({"fault": 2, "reason": "missing", "session": 2}, [SOUTH]),
        ({"fault": 0, "reason": "missing", "session": 2}, []),
        ({"fault": 3, "reason": "missing", "session": 2}, []),
        ({"fault": 2, "reason": "complaint", "session": 2}, []),
        ({}, []),
    ],
)
def test_a_ceremony_that_began_anew_says_who_was_missing(tmp_path: Path, body: Any, missing: list[str]) -> None:
    events = told(tmp_path, leaf("manifest"), leaf("ceremony.restart", **body))
    assert [event.trustee for event in events if event.type == "trustee.missing"] == missing


def test_a122_no_line_key_or_tracker_enters_an_event(tmp_path: Path) -> None:
    body = {"id": "canary-id", "line": "canary-line", "old": "canary-old", "tracker": "canary-tracker"}
    events = told(tmp_path, leaf("manifest"), *(leaf(kind, "canary-author", **body) for kind in KINDS))
    assert len(events) > len(TOLD)
    assert not any(b"canary" in event.body(0) for event in events)
