"""The payload of a scrutineer's report: facts that everybody computes, and the scrutineer's words.

docs/spec.md, section 15; record-format.md, Report. What is stated here stays a few numbers, so that a second verifier
can say of each whether it is true; the page for people has more (`record.report_facts`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import array, hex_bytes, integer, item, member, object_, one_of
from e2evote.manifest.model import Manifest
from e2evote.record import plain
from e2evote.record.body import HASH
from e2evote.record.leaf import LARGEST_PAYLOAD
from e2evote.record.reconciliation import Reconciliation, read_reconciliation
from e2evote.record.report_facts import ReportWords

_NUMBERS = ("challenges", "checked", "incidents", "pauses", "superseded")
_GROUPS = {
    "access": ("register", "roll"),
    "amendments": ("added", "contacts", "removed"),
    "twice": ("lines", "voted"),
}
_LARGEST_SIZE = 2**53 - 1


@dataclass(frozen=True, slots=True)
class RegistrarChanges:
    """One registrar: all numbers of credentials, re-issues among them, and leaves that revoke one."""

    party: str
    issued: int
    reissued: int
    revocations: int


@dataclass(frozen=True, slots=True)
class StatedFacts:
    """What a report leaf states of the log before it. access, amendments, twice: by the names in record-format.

    root, size: of the log before the leaf. superseded: rows with this status.
    """

    access: Mapping[str, int]
    amendments: Mapping[str, int]
    challenges: int
    checked: int
    credentials: tuple[RegistrarChanges, ...]
    root: bytes
    size: int
    incidents: int
    pauses: int
    reconciliation: Reconciliation
    superseded: int
    twice: Mapping[str, int]

    def members(self) -> dict[str, Encodable]:
        """As they stand in the payload."""
        return {
            **{name: getattr(self, name) for name in _NUMBERS},
            **{name: dict(getattr(self, name)) for name in _GROUPS},
            "credentials": [
                {
                    "issued": one.issued,
                    "party": one.party,
                    "reissued": one.reissued,
                    "revocations": one.revocations,
                }
                for one in self.credentials
            ],
            "head": {"root": self.root.hex(), "size": self.size},
            "reconciliation": self.reconciliation.members(),
        }

    def differing(self, other: "StatedFacts") -> tuple[str, ...]:
        """The names of the members that these and the others do not have in common, in order."""
        mine, theirs = self.members(), other.members()
        return tuple(name for name in sorted(mine) if mine[name] != theirs[name])


@dataclass(frozen=True, slots=True)
class PostedReport:
    """The payload of a leaf of kind `report`."""

    facts: StatedFacts
    words: ReportWords

    def members(self) -> dict[str, Encodable]:
        """As they stand in the payload."""
        return {"facts": self.facts.members(), "words": plain.members(self.words)}

    def encode(self) -> bytes:
        """The canonical bytes."""
        return canonical.encode(self.members())


def decode_report(data: bytes, manifest: Manifest) -> PostedReport:
    """A report from outside bytes, or MalformedInput naming the place."""
    members = object_(canonical.decode(data, limit=LARGEST_PAYLOAD), "", ("facts", "words"))
    return PostedReport(_facts(members["facts"], "facts", manifest), plain.read(ReportWords, members["words"], "words"))


def _facts(value: JSON, where: str, manifest: Manifest) -> StatedFacts:
    given = object_(value, where, (*_NUMBERS, *_GROUPS, "credentials", "head", "reconciliation"))
    numbers = {name: integer(given[name], member(where, name)) for name in _NUMBERS}
    groups = {name: _group(given[name], member(where, name), names) for name, names in _GROUPS.items()}
    head = object_(given["head"], member(where, "head"), ("root", "size"))
    return StatedFacts(
        access=groups["access"],
        amendments=groups["amendments"],
        challenges=numbers["challenges"],
        checked=numbers["checked"],
        credentials=_credentials(given["credentials"], member(where, "credentials"), manifest),
        root=hex_bytes(head["root"], member(where, "head.root"), HASH),
        size=integer(head["size"], member(where, "head.size"), 0, _LARGEST_SIZE),
        incidents=numbers["incidents"],
        pauses=numbers["pauses"],
        reconciliation=read_reconciliation(given["reconciliation"], member(where, "reconciliation"), manifest),
        superseded=numbers["superseded"],
        twice=groups["twice"],
    )


def _group(value: JSON, where: str, names: tuple[str, ...]) -> dict[str, int]:
    given = object_(value, where, names)
    return {name: integer(given[name], member(where, name)) for name in names}


def _credentials(value: JSON, where: str, manifest: Manifest) -> tuple[RegistrarChanges, ...]:
    parties = manifest.registrars
    read = []
    for i, (given, party) in enumerate(zip(array(value, where, len(parties), len(parties)), parties, strict=True)):
        at = item(where, i)
        row = object_(given, at, ("issued", "party", "reissued", "revocations"))
        one_of(row["party"], member(at, "party"), (party.id,))
        issued, reissued, revocations = (
            integer(row[name], member(at, name)) for name in ("issued", "reissued", "revocations")
        )
        read.append(RegistrarChanges(party.id, issued, reissued, revocations))
    return tuple(read)
