"""A whole selection with a roll before a box, in memory: members, registrars with all their codes, two tellers.

    rig = RolledRig.at("open")                    or "setup", "keys", "seeded", "frozen", "issued", "cast", "closed",
                                                  "stated", "accepted", "decrypted", "published"
    rig.post(rig.ballot(3))                       line 3 votes, with the codes that it has now
    rig.post(rig.reissue("reg-1", 3))             and now it has another one
    rig.post(rig.mark(4, "postal"))

The manifest follows from `Terms`: RolledRig.at("open", Terms(paper=("postal",), weights=(1, 2))). What comes back
from `ballot`, `mark`, … is an envelope, which may be spoiled before it is posted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Literal

from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import Sealing, cast, seal
from e2evote.ballot.voter import Voter
from e2evote.ceremony.states import Dealt, Drawn, Finished, Revealed
from e2evote.manifest.draft import PartyFacts, RollFacts, draft
from e2evote.manifest.entries import KINDS
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import Body
from e2evote.record.credentials import Credential, encoded_credentials
from e2evote.record.electorate import Electorate
from e2evote.record.roll import FieldCommitments, encoded_roll, roll_root, seed_commitment
from e2evote.record.roll_row import RollRow, line_of
from e2evote.record.voter_bodies import Add, Annul, Contact, Freeze, Issue, Mark, Reissue, Remove, Revoke, Seed
from e2evote.secret.sign import SigningKey
from tests.ballot.boxed import Rig
from tests.ballot.election import CONTESTS, GROUP, STYLES, VOTE, signing_key
from tests.ballot.envelopes import Entries
from tests.randomness import DeterministicRandomness

Votes = Mapping[str, Mapping[str, int]]
ROLES = {
    "chair": "administrator",
    "log": "log",
    "tess": "teller",
    "tom": "teller",
    "sue": "scrutineer",
    "obi": "observer",
    **{f"trustee-{i}": "trustee" for i in (1, 2, 3)},
}
SIGNERS = {"administrator": ("chair",), "teller": ("tess", "tom"), "scrutineer": ("sue",), "reader": ("sue",)}
"""Who signs for a role, if it is not the author; `holder` is the chair too."""


@dataclass(frozen=True)
class Terms:
    """What differs between such selections. lines: style and weight of each line at the freeze."""

    registrars: int = 2
    lines: tuple[tuple[str, int], ...] = (("all", 1),) * 5 + (("half", 1),) * 2
    paper: tuple[str, ...] = ()
    paper_prevails: bool = True
    weights: tuple[int, ...] = (1,)
    floor: int = 0
    fallback: Literal["combine", "merge", "withhold"] = "merge"
    annulment: Literal["allowed", "never"] = "allowed"
    reissue: Literal["always", "never", "unvoted"] = "always"

    @property
    def contacts(self) -> tuple[str, ...]:
        return ("email", "phone", "post")[: max(2, self.registrars)]

    def manifest(self) -> Manifest:
        registrars = [f"reg-{i}" for i in range(1, self.registrars + 1)]
        roles = {**ROLES, **dict.fromkeys(registrars, "registrar")}
        pairs = zip(registrars, self.contacts, strict=False)
        return draft(
            election="spring",
            name="Spring",
            parties=[PartyFacts(id, role, f"Society of {id}", signing_key(id).public) for id, role in roles.items()],  # type: ignore[arg-type]
            contests=CONTESTS,
            opens=datetime(2031, 5, 1, tzinfo=UTC),
            closes=datetime(2031, 5, 2, tzinfo=UTC),
            quorum=2,
            styles=STYLES,
            floor=self.floor,
            group=GROUP.name,
            roll=RollFacts(tuple(pairs), self.contacts, readers=("tess", "sue", "obi")),
            paper=self.paper,
            paper_prevails=self.paper_prevails,
            fallback=self.fallback,
            weights=self.weights,
            annulment=self.annulment,
            reissue=self.reissue,
        )


USUAL = Terms()


@dataclass
class RolledRig(Rig):
    """The box and what the parties know. codes: the secret that each registrar gave out last for a line, by number."""

    terms: Terms = USUAL
    codes: dict[tuple[str, int], SigningKey] = field(default_factory=dict)

    @classmethod
    def at(cls, phase: str, terms: Terms = USUAL) -> "RolledRig":  # type: ignore[override]
        """A selection with these terms that has come so far."""
        entries, trustees, codes = _prepared(phase, terms)
        rig = cls.resumed(terms.manifest(), entries, {})
        rig.terms, rig.trustees, rig.codes = terms, dict(trustees), dict(codes)
        rig.seeds = 1000 * (1 + ORDER.index(phase))
        return rig

    # Who is who

    @property
    def electorate(self) -> Electorate:
        assert self.box.electorate is not None
        return self.box.electorate

    @property
    def registrars(self) -> tuple[str, ...]:
        return tuple(party.id for party in self.manifest.registrars)

    def leaf(
        self, kind: str, body: Body, payload: bytes = b"", author: str = "", signers: Sequence[str] = ()
    ) -> Envelope:
        roles = KINDS[kind].authors
        author = author or SIGNERS[roles[0]][0]
        if not signers:
            signers = [author]
            for role in roles[1:]:
                signers.append(next(id for id in SIGNERS.get(role, ("chair",)) if id not in signers))
        return super().leaf(kind, body, payload, author, signers)

    # The roll

    def row(self, number: int, style: str = "all", weight: int = 1, name: str = "") -> RollRow:
        """The row of member `name`, who has values and salts of their own."""
        line, fields = line_of(number), ("reference", "name", *self.terms.contacts)
        name = name or f"member {number}"
        salts = [sha256(f"salt {name} {i}".encode()).digest() for i in range(len(fields))]
        commitments = FieldCommitments(self.box.setting.base_hash, fields)
        return RollRow(line, commitments.of(line, salts, [f"{field} of {name}" for field in fields]), style, weight)

    def rows(self) -> tuple[RollRow, ...]:
        """As at the freeze."""
        return tuple(self.row(number, *facts) for number, facts in enumerate(self.terms.lines, start=1))

    def seed(self, registrar: str) -> Envelope:
        index, seed = self.registrars.index(registrar) + 1, sha256(registrar.encode()).digest()
        return self.leaf("roll.seed", Seed(seed_commitment(self.box.setting.base_hash, index, seed)), author=registrar)

    def freeze(self, rows: Sequence[RollRow] | None = None) -> Envelope:
        rows = self.rows() if rows is None else rows
        payload = b"".join(encoded_roll(("reference", "name", *self.terms.contacts), rows))
        body = Freeze("2031-04-01T00:00:00Z", len(rows), roll_root(row.encode() for row in rows))
        return self.leaf("roll.freeze", body, payload)

    def add(self, row: RollRow | None = None) -> Envelope:
        return self.leaf("roll.add", Add("omitted", row or self.row(self.electorate.lines + 1)))

    def remove(self, number: int) -> Envelope:
        return self.leaf("roll.remove", Remove(line_of(number), "left"))

    def contact(self, number: int, field: str = "email", name: str = "moved") -> Envelope:
        place = ("reference", "name", *self.terms.contacts).index(field)
        old = self.electorate.table.commitment(number, field)
        new = self.row(number, name=name).commitments[place]
        return self.leaf("roll.contact", Contact(field, line_of(number), new, old, "moved"))

    # Credentials

    def secret(self, registrar: str, number: int) -> SigningKey:
        """The next secret that the registrar makes for this line."""
        return signing_key(f"{registrar}, line {number}, code {self.electorate.book(registrar).times(number) + 1}")

    def credentials(self, registrar: str) -> tuple[Credential, ...]:
        """For all lines that have none."""
        lines = self.electorate.without_credential(registrar)
        first = self.electorate.book(registrar).issued + 1
        return tuple(
            Credential(number, line_of(line), self.secret(registrar, line).public)
            for number, line in enumerate(lines, first)
        )

    def issue(self, registrar: str, credentials: Sequence[Credential] | None = None) -> Envelope:
        made = self.credentials(registrar) if credentials is None else credentials
        for credential in self.credentials(registrar):
            self.codes[registrar, int(credential.line)] = self.secret(registrar, int(credential.line))
        payload = b"".join(encoded_credentials(registrar, made))
        first = self.electorate.book(registrar).issued + 1
        return self.leaf("credential.issue", Issue(len(made), first), payload, registrar)

    def reissue(self, registrar: str, number: int) -> Envelope:
        book, secret = self.electorate.book(registrar), self.secret(registrar, number)
        body = Reissue(secret.public, line_of(number), book.issued + 1, book.active(number), "lost")
        self.codes[registrar, number] = secret
        return self.leaf("credential.reissue", body, author=registrar)

    def revoke(self, registrar: str, number: int) -> Envelope:
        body = Revoke(line_of(number), self.electorate.book(registrar).active(number), "requested")
        return self.leaf("credential.revoke", body, author=registrar)

    # Votes

    def voter(self, number: int) -> Voter:
        """With the keys that are active now; those of the last codes, where there is not one from each."""
        keys = self.electorate.keys_of(line_of(number))
        return Voter(line_of(number), keys or tuple(key.public for key in self.signers(number)))

    def signers(self, number: int) -> tuple[SigningKey, ...]:
        return tuple(self.codes[registrar, number] for registrar in self.registrars)

    def seal_for(self, voter: Voter, votes: Votes | None = None, style: str = "") -> Sealing:
        self.seeds += 1
        entitled = self.electorate.entitlement(voter.line)
        style = style or (entitled.style if entitled else "all")
        usual = VOTE if style == "all" else {"mayor": VOTE["mayor"]}
        choices = choose(self.manifest, style, usual if votes is None else votes)
        return seal(self.context, choices, voter, DeterministicRandomness(f"seal {self.seeds}"))

    def ballot(self, number: int, votes: Votes | None = None, style: str = "") -> Envelope:  # type: ignore[override]
        """A ballot of this line, after the one on the board."""
        return self.ballot_by(line_of(number), self.signers(number), votes, style)

    def ballot_by(self, line: str, keys: Sequence[SigningKey], votes: Votes | None = None, style: str = "") -> Envelope:
        """A ballot that names this line, sealed for these keys and signed with them, whosever they are."""
        voter = Voter(line, tuple(key.public for key in keys))
        made = cast(self.seal_for(voter, votes, style), self.box.ledger.previous(line), *keys)
        return Envelope(made.leaf.encode(), made.payload, made.hints)

    def mark(self, number: int, channel: str = "") -> Envelope:
        return self.leaf("mark", Mark(channel or self.terms.paper[0], line_of(number)))

    def annul(self, number: int, ballot: bytes = b"") -> Envelope:
        """Of the ballot that counts."""
        candidate = self.electorate.vote_of(line_of(number)).candidate
        name = ballot or (candidate.leaf_hash if candidate else bytes(32))
        return self.leaf("annul", Annul(name, line_of(number), "coerced"), author="reg-1")


Prepared = tuple[Entries, Mapping[int, Drawn | Revealed | Dealt | Finished], Mapping[tuple[str, int], SigningKey]]
STEPS = ("setup", "keys", "seeded", "frozen", "issued", "open", "cast", "closed")
ORDER = (*STEPS, "stated", "accepted", "decrypted", "published")


@cache
def _prepared(phase: str, terms: Terms) -> Prepared:
    """The entries of a selection that has come so far, the trustees' states, and the codes."""
    rig = _advanced(phase, terms)
    return tuple(rig.entries), rig.trustees, rig.codes


def _advanced(phase: str, terms: Terms) -> RolledRig:
    place = ORDER.index(phase)
    if not place:
        return RolledRig.begun(terms.manifest())
    rig = RolledRig.at(ORDER[place - 1], terms)
    match phase:
        case "keys":
            for step in (rig.commits, rig.reveals, rig.shares, rig.confirms):
                step()
        case "seeded":
            for registrar in rig.registrars:
                rig.post(rig.seed(registrar))
        case "frozen":
            rig.post(rig.freeze())
        case "issued":
            for registrar in rig.registrars:
                rig.post(rig.issue(registrar))
        case "open":
            rig.post(rig.opening())
        case "cast":
            rig.post(rig.ballot(1))
            rig.post(rig.ballot(2, {"mayor": {"ada": 1}, "board": {"": 1}}))
            rig.post(rig.ballot(6))
            rig.post(rig.ballot(1, {"mayor": {"ada": 1}, "board": {"eve": 1}}))
        case "closed":
            rig.post(rig.leaf("close", Body()))
        case "stated":
            statement = rig.statement()
            rig.post(rig.leaf("tally.statement", statement.body(), statement.encode()))
        case "accepted":
            for i in (1, 3):
                rig.post(rig.acceptance(i))
        case "decrypted":
            for i in (1, 3):
                rig.post(rig.share(i))
        case "published":
            rig.post(rig.outcome_leaf(rig.outcome((1, 3))))
    return rig
