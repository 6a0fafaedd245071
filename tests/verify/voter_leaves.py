"""Leaves about voters without any cryptography, for tests of what follows from what (spec 7, 13)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO

from e2evote.record.bodies import BallotBody, Body, ChallengeBody
from e2evote.record.credentials import Credential, encoded_credentials
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.record.roll import encoded_roll, roll_root
from e2evote.record.roll_ledger import RollLedger, RollLedgerBuilder
from e2evote.record.roll_row import RollRow, line_of
from e2evote.record.select import Cast
from e2evote.record.text_lines import in_one
from e2evote.record.voter_bodies import Freeze, Issue
from e2evote.secret.sign import SigningKey
from e2evote.verify.findings import Findings
from e2evote.verify.first_pass import Leaves
from e2evote.verify.following import Following
from e2evote.verify.leaves import Entry, setting_of
from e2evote.verify.payloads import Kept
from e2evote.verify.voters import settled
from tests.ballot.rolled import Terms

REGISTRARS = ("reg-1", "reg-2")
GAP = 3
"""Between the indices of two leaves: others may lie between them."""


def hashed(*names: object) -> bytes:
    return sha256(repr(names).encode()).digest()


def key(number: int) -> bytes:
    """A valid public key."""
    return _KEYS[number]


_KEYS = [SigningKey(hashed("key", number)).public for number in range(160)]


def row(number: int, style: str = "all") -> RollRow:
    return RollRow(line_of(number), tuple(hashed(number, i) for i in range(4)), style, 1)


@dataclass
class Story:
    """Leaves in index order, followed as they come; then settled as a verifier does."""

    terms: Terms = field(default_factory=Terms)
    limit: int = 1 << 20

    def __post_init__(self) -> None:
        manifest = self.terms.manifest()
        leaf = Leaf("manifest", "chair", b"", Body(), PayloadName.of(manifest.encode()))
        self.setting = setting_of(leaf.encode(), manifest.encode(), manifest)
        self.following = Following(manifest)
        self.findings = Findings()
        self.builder = RollLedgerBuilder(BytesIO, self.limit)
        self.leaves = Leaves(self.builder, self.setting.start())
        self.size = 1
        assert self.following.electorate is not None
        self.electorate = self.following.electorate

    def begin(self, lines: int) -> None:
        """A frozen roll, and credentials of both registrars: keys 0, 1, … and those after them."""
        rows = [row(number) for number in range(1, lines + 1)]
        payload = b"".join(encoded_roll(("reference", "name", "email", "phone"), rows))
        self.tell("roll.freeze", Freeze("2031-04-01T00:00:00Z", lines, roll_root(r.encode() for r in rows)), payload)
        for place, registrar in enumerate(REGISTRARS):
            self.issue(registrar, [(n, key(place * lines + n - 1)) for n in range(1, lines + 1)])

    def issue(self, registrar: str, keys: Iterable[tuple[int, bytes]]) -> None:
        first = self.electorate.book(registrar).issued + 1
        made = [Credential(number, line_of(line), key) for number, (line, key) in enumerate(keys, first)]
        payload = b"".join(encoded_credentials(registrar, made))
        self.tell("credential.issue", Issue(len(made), first), payload, registrar)

    def tell(self, kind: str, body: Body, payload: bytes = b"", author: str = "chair") -> Entry:
        """The next leaf of this kind, whatever it says."""
        leaf = Leaf(kind, author, self.setting.first, body, PayloadName.of(payload) if payload else None)
        entry = self._next(leaf)
        self.leaves.entries.append(entry)
        if payload:
            self.leaves.payloads[entry.index] = Kept(iter((payload,)), len(payload), BytesIO)
        self.following.take(entry, in_one(payload) if payload else None, self.findings)
        return entry

    def ballot(self, line: str, prev: bytes, keys: Iterable[bytes], id: bytes = b"", tracker: bytes = b"") -> Entry:
        own = self.size.to_bytes(32, "big")
        body = BallotBody(id or own, line, prev, own, tracker or own)
        signatures = tuple(Signature(key, bytes(64)) for key in keys)
        entry = self._next(Leaf("ballot", "voter", self.setting.first, body, PayloadName(own, 1), signatures))
        cast = Cast(entry.index, entry.leaf_hash, body.id, line, prev, body.tracker)
        self.builder.cast(cast, [signature.key for signature in signatures])
        self.following.take(entry, None, self.findings)
        return entry

    def challenge(self, id: bytes) -> None:
        own = self.size.to_bytes(32, "big")
        entry = self._next(Leaf("challenge", "log", self.setting.first, ChallengeBody(id, own), PayloadName(own, 1)))
        self.builder.challenge(entry.index, id, own)
        self.following.take(entry, None, self.findings)

    def settled(self) -> tuple[RollLedger, Findings]:
        findings = Findings()
        ledger = settled(self.setting, self.leaves, self.size, findings)
        assert isinstance(ledger, RollLedger)
        return ledger, findings

    def failures(self) -> Iterator[str]:
        """Names of checks that failed so far."""
        return (check.value for check in self.findings.failing())

    def _next(self, leaf: Leaf) -> Entry:
        entry = Entry(self.size, leaf, hashed("leaf", self.size), 0)
        self.size += GAP
        return entry
