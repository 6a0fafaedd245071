"""What webhooks tell: events that anybody could have read from the published board (docs/http-acts.md, Webhooks).

None is about a voter. A ballot, a challenge or a mark makes no event of its own: that the board has grown is told, for
all entries of a batch at once, and whoever wants to know more looks at the board. An event's id follows from what it is
about, so that the same event, told twice, has one id.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from e2evote.adapter.published import PublishedLog
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.digest import sha256
from e2evote.manifest.model import Manifest
from e2evote.record.leaf import LARGEST_LEAF, kind_of

EVENTS = (
    "election.opened",
    "checkpoint.published",
    "roll.amended",
    "credential.reissued",
    "trustee.missing",
    "election.closed",
    "tally.published",
    "incident.raised",
)
CHECKPOINT = "checkpoint.published"

_BY_KIND = {
    "close": "election.closed",
    "credential.reissue": "credential.reissued",
    "incident": "incident.raised",
    "open": "election.opened",
    "outcome": "tally.published",
    "roll.add": "roll.amended",
    "roll.contact": "roll.amended",
    "roll.remove": "roll.amended",
}


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. index: the entry that says so; of a checkpoint the number of entries. trustee: who is missing."""

    type: str
    election: str
    index: int
    trustee: str = ""

    @property
    def id(self) -> str:
        """The same for the same event."""
        named = canonical.encode([self.type, self.election, self.index, self.trustee])
        return f"msg_{sha256(named).hex()[:32]}"

    def body(self, now: float) -> bytes:
        """Its JSON, with the time at which it was noticed."""
        data: dict[str, canonical.Encodable] = {"election": self.election}
        data["size" if self.type == CHECKPOINT else "index"] = self.index
        if self.trustee:
            data["trustee"] = self.trustee
        noticed = datetime.fromtimestamp(int(now), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return canonical.encode({"data": data, "timestamp": noticed, "type": self.type})


def events_since(record: Path, manifest: Manifest, start: int, size: int) -> Iterator[Event]:
    """The events of entries `start` to `size` of the published board, in order, and that it has this size now."""
    if size <= start:
        return
    election, log = manifest.election.id, PublishedLog(record)
    for index, entry in enumerate(log.entries(size, start), start):
        kind, leaf = _kind(entry)
        if event := _BY_KIND.get(kind):
            yield Event(event, election, index)
        if kind == "ceremony.restart":
            yield from _restarted(manifest, election, index, leaf)
        elif kind == "outcome":
            shown = _authors(log.entries(size), "tally.share")
            yield from (
                Event("trustee.missing", election, index, party.id)
                for party in manifest.trustees
                if party.id not in shown
            )
    yield Event(CHECKPOINT, election, size)


def _restarted(manifest: Manifest, election: str, index: int, leaf: dict[str, canonical.JSON]) -> Iterator[Event]:
    """A ceremony that began anew because a trustee's message did not come."""
    body = leaf.get("body")
    if isinstance(body, dict) and body.get("reason") == "missing":
        fault = body.get("fault")
        if isinstance(fault, int) and 1 <= fault <= manifest.n:
            yield Event("trustee.missing", election, index, manifest.trustees[fault - 1].id)


def _authors(entries: Iterable[bytes], kind: str) -> set[object]:
    """Who has an entry of this kind."""
    found: set[object] = set()
    for entry in entries:
        if f'"kind":"{kind}"'.encode() in entry:
            of, leaf = _kind(entry)
            found |= {leaf["author"]} if of == kind else set()
    return found


def _kind(entry: bytes) -> tuple[str, dict[str, canonical.JSON]]:
    value = canonical.decode(entry, LARGEST_LEAF)
    if not isinstance(value, dict):
        raise MalformedInput("no leaf", "entry")
    return kind_of(value), value
