"""Makes whole e2evote records with every secret known, from docs/spec.md alone (reference, plain integers).

`make_election(spec, seed)` gives a `Made`: the entries in order with the secrets behind them. The same arguments
give the same bytes. It shares no code with the library, so the two can be compared.
"""

from collections.abc import Iterator

from reference.make_ballots import Sealing
from reference.make_ceremony import Trustee, new_trustee
from reference.make_ed25519 import public_key
from reference.make_entries import FIRST_ROLE, KINDS
from reference.make_entry import Entry
from reference.make_follow import PaperSpec
from reference.make_group import Source
from reference.make_json import Json
from reference.make_manifest import (
    LAST,
    Act,
    ContestSpec,
    Count,
    ElectionSpec,
    RestartSpec,
    VoteSpec,
    make_manifest,
    party_ids,
    trustee_id,
)
from reference.make_record import Made, remake
from reference.make_roll import Member, RollSpec

__all__ = [
    "Act",
    "ContestSpec",
    "Count",
    "ElectionSpec",
    "Entry",
    "Made",
    "Member",
    "RestartSpec",
    "RollSpec",
    "VoteSpec",
    "make_election",
]

WORDS: Json = {"complaints": "None.", "inspected": True, "opinion": "In order.", "why": ""}
"""Of a scrutineer who found nothing."""


class _Maker:
    """The skeleton: which leaves there are, by whom, with which secrets. `remake` fills in the rest."""

    def __init__(self, spec: ElectionSpec, seed: bytes) -> None:
        self.spec = spec
        self.source = Source(seed)
        secrets = {party: self.source.bytes32("party", party) for party, _ in party_ids(spec)}
        self.parties = {party: public_key(secret) for party, secret in secrets.items()}
        self.keys = {public_key(secret).hex(): secret for secret in secrets.values()}
        self.roles = dict(party_ids(spec))
        self.trustees: dict[tuple[int, int], Trustee] = {}

    def leaf(self, kind: str, author: str, body: Json | None = None) -> Json:
        """Unsigned; co-signers are the first party of each further role."""
        signers = [author]
        for name in KINDS[kind].authors[1:]:
            role = FIRST_ROLE.get(name, name)
            signers.append(next(party for party, its in self.roles.items() if its == role and party not in signers))
        signatures = [{"key": self.parties[signer].hex(), "sig": ""} for signer in signers if signer in self.parties]
        return {
            "author": author,
            "body": body or {},
            "kind": kind,
            "signatures": [] if kind == "challenge" else signatures,
            "v": 1,
        }

    def by_trustee(self, kind: str, session: int, index: int, body: Json | None = None) -> Entry:
        entry = Entry(self.leaf(kind, trustee_id(index), {"session": session, **(body or {})}))
        entry.secret = self.trustees[session, index]
        entry.payload = {} if kind in ("ceremony.reveal", "ceremony.shares") else None
        return entry

    def failed_session(self, session: int, restart: RestartSpec) -> Iterator[Entry]:
        everyone = range(1, self.spec.n + 1)
        committing = [i for i in everyone if restart.kind != "missing" or i != restart.accuser]
        yield from (self.by_trustee("ceremony.commit", session, i) for i in committing)
        if restart.kind != "missing":
            dealer = self.trustees[session, restart.dealer]
            if restart.kind == "bad-share":
                dealer.spoil.add(restart.accuser)
            yield from (self.by_trustee("ceremony.reveal", session, i) for i in everyone)
            yield from (self.by_trustee("ceremony.shares", session, i) for i in everyone)
            yield self.by_trustee("ceremony.complaint", session, restart.accuser, {"against": restart.dealer})
            if restart.kind != "silent":
                yield self.by_trustee("ceremony.answer", session, restart.dealer, {"to": restart.accuser})
        reason = "missing" if restart.kind == "missing" else "complaint"
        body = {"fault": restart.fault, "reason": reason, "session": session + 1}
        yield Entry(self.leaf("ceremony.restart", "chair", body))

    def ceremony(self) -> Iterator[Entry]:
        everyone = range(1, self.spec.n + 1)
        last = len(self.spec.restarts) + 1
        for session in range(1, last + 1):
            for i in everyone:
                self.trustees[session, i] = new_trustee(self.source, session, i, self.spec.n, self.spec.k)
        for session, restart in enumerate(self.spec.restarts, start=1):
            yield from self.failed_session(session, restart)
        for kind in ("ceremony.commit", "ceremony.reveal", "ceremony.shares", "ceremony.confirm"):
            yield from (self.by_trustee(kind, last, i) for i in everyone)
        if self.spec.roll:
            yield from self.voters(self.spec.roll)
        yield from self.acts("setup")
        yield Entry(self.leaf("open", "chair", {"session": last}))

    def voters(self, roll: RollSpec) -> Iterator[Entry]:
        """The roll and the credentials; for lines that are added there are further ones."""
        yield from (Entry(self.leaf("roll.seed", party, {"commit": ""})) for party in roll.parties)
        body = {"as_at": "2031-04-01T00:00:00Z", "lines": 0, "root": ""}
        yield Entry(self.leaf("roll.freeze", "chair", body), {})
        yield from self.acts("roll")
        yield from (Entry(self.leaf("credential.issue", party, {}), {}) for party in roll.parties)
        for n, _ in enumerate(roll.added, len(roll.members) + 1):
            yield Entry(self.leaf("roll.add", "chair", {"reason": "omitted"}), member=n)
        yield from self.acts("added")
        if roll.added:
            yield from (Entry(self.leaf("credential.issue", party, {}), {}) for party in roll.parties)

    def acts(self, phase: str, at: int = -1) -> Iterator[Entry]:
        """Those of a phase; in the phase `open` those behind so many votes."""
        for act in self.spec.acts:
            if act.phase == phase and at in (-1, act.at):
                leaf = self.leaf(act.kind, act.author, dict(act.members))
                if act.signers:
                    keys = [self.parties[signer].hex() for signer in act.signers]
                    leaf["signatures"] = [{"key": key, "sig": ""} for key in keys]
                payload: Json | None = {"words": WORDS} if act.kind == "report" else None
                yield Entry(leaf, payload, member=act.member)

    def sealing(self, number: int, vote: VoteSpec) -> Entry:
        key = self.source.bytes32("voter", vote.voter)
        self.keys[public_key(key).hex()] = key
        own = Source(self.source.bytes32("sealing", number))
        sealing = Sealing(
            vote.voter,
            vote.style,
            [list(values) for values in vote.choices],
            key,
            own.bytes32("r"),
            own.bytes32("seed"),
            own,
        )
        kind, author = ("ballot", "voter") if vote.action == "cast" else ("challenge", "log")
        return Entry(self.leaf(kind, author), {}, secret=sealing)

    def tally(self) -> Iterator[Entry]:
        yield Entry(self.leaf("close", "chair"))
        yield from self.acts("closed")
        for channel, counts in self.spec.papers:
            yield Entry(self.leaf("paper", "teller-1", {"channel": channel}), {}, secret=PaperSpec(channel, counts))
        if self.spec.needs_lot:
            yield Entry(self.leaf("lot", "chair", {"digits": self.spec.digits}))
        yield Entry(self.leaf("tally.statement", "chair"), {})
        for kind in ("tally.accept", "tally.share"):
            for i in self.spec.decrypting:
                payload: Json | None = {} if kind == "tally.share" else None
                yield Entry(self.leaf(kind, trustee_id(i)), payload)
        yield from self.acts("stated")
        yield Entry(self.leaf("outcome", "chair"), {})
        yield from self.acts("published")

    def made(self) -> Made:
        entries = [Entry(self.leaf("manifest", "chair"), make_manifest(self.spec, self.parties))]
        entries += self.ceremony()
        votes = [self.sealing(number, vote) for number, vote in enumerate(self.spec.votes, start=1)]
        extensions = [Entry(self.leaf("extend", "chair", {"close": date})) for date in self.spec.extensions]
        entries += self.acts("open", 0)
        for number, vote in enumerate(votes, start=1):
            entries += [vote, *(extensions if number == 1 else ()), *self.acts("open", number)]
        entries += extensions if not votes else []
        entries += self.acts("open", LAST)
        entries += self.tally()
        session = len(self.spec.restarts) + 1
        return Made(self.spec, self.source, entries, self.keys, self.parties, self.trustees, session)


def make_election(spec: ElectionSpec, seed: bytes) -> Made:
    """A record in which everybody keeps to docs/spec.md (but for what `spec.restarts` says)."""
    if len(seed) != 32:
        raise ValueError(f"a seed has 32 bytes, not {len(seed)}")
    made = _Maker(spec, seed).made()
    remake(made)
    return made
