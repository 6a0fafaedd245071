"""Acts without a signed entry, in a rehearsal, where this machine holds every key (docs/http-acts.md, Rehearsals)."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from e2evote.adapter import whole_file
from e2evote.adapter.api.body import member, members_of
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.election import Election
from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import JSON
from e2evote.hashing.digest import sha256
from e2evote.hashing.fields import integer, one_of, string
from e2evote.manifest.voters import PAPER
from e2evote.record.voter_bodies import REASONS

MOST_PAPERS = 9_999_999
T = TypeVar("T")

TO = ("open", "paused", "resumed", "extended", "closed", "tallied", "reported")

REPORTS = "reports"
"""The folder of a store where the pages look for what scrutineers have signed."""

OTHERS = ("channel", "close", "line", "reason", "spoiled", "to", "votes")
"""Members of bodies that are no signed entries."""


def rehearsed_act(election: Election, path: str, members: Mapping[str, JSON]) -> Callable[[], object]:
    """What such a body asks for; Problem where it asks for nothing that there is here."""
    if path == "channel-marks" and "line" in members:
        given = members_of(dict(members), ("line", "channel"))
        line = member(given, "line", lambda value, where: string(value, where, 1, 20))
        channel = member(given, "channel", lambda value, where: one_of(value, where, PAPER))
        _check_rehearsal(election)
        return lambda: election.mark(line, channel)
    if path == "channel-marks" and "votes" in members:
        return _count(election, members)
    if path == "transitions" and "to" in members:
        return _transition(election, members)
    raise Problem("request-malformed", "want an object with leaf, and payload where its kind has one")


def _count(election: Election, members: Mapping[str, JSON]) -> Callable[[], object]:
    given = members_of(dict(members), ("channel", "votes"), ("spoiled",))
    channel = member(given, "channel", lambda value, where: one_of(value, where, PAPER))
    votes = member(given, "votes", lambda value, where: _by_name(value, where, _numbers))
    spoiled = member(given, "spoiled", _numbers) if "spoiled" in given else {}
    _check_rehearsal(election)
    return lambda: election.count(channel, votes, spoiled)


def _by_name(value: JSON, where: str, read: Callable[[JSON, str], T]) -> dict[str, T]:
    if not isinstance(value, dict):
        raise MalformedInput("want an object", where)
    return {name: read(one, where) for name, one in value.items()}


def _numbers(value: JSON, where: str) -> dict[str, int]:
    return _by_name(value, where, lambda one, place: integer(one, place, 0, MOST_PAPERS))


def _transition(election: Election, members: Mapping[str, JSON]) -> Callable[[], object]:
    to = member(members, "to", lambda value, where: one_of(value, where, TO))
    more = {"paused": ("reason",), "resumed": ("reason",), "extended": ("close",)}.get(to, ())
    given = members_of(dict(members), ("to", *(more if to == "extended" else ())), more)
    _check_rehearsal(election)
    if to in ("paused", "resumed"):
        words = REASONS["pause"]
        otherwise = "outage" if to == "paused" else "resolved"
        reason = member({"reason": otherwise, **given}, "reason", lambda value, where: one_of(value, where, words))
        return lambda: election.pause(reason) if to == "paused" else election.resume(reason)
    if to == "extended":
        close = member(given, "close", lambda value, where: string(value, where, 20, 20))
        return lambda: election.extend(close)
    acts: dict[str, Callable[[], object]] = {
        "open": election.open,
        "closed": election.close,
        "tallied": election.tally,
        "reported": partial(_report, election),
    }
    return acts[to]


def _report(election: Election) -> None:
    """The scrutineer's page goes where the pages look for it."""
    page = election.sign_report()
    folder = election.path / REPORTS
    folder.mkdir(exist_ok=True)
    whole_file.replace(folder / f"{sha256(page).hex()}.html", page)


def _check_rehearsal(election: Election) -> None:
    if not election.holds_keys:
        raise Problem("no-rehearsal", "this is no rehearsal: what is to happen is signed by those who may decide it")
