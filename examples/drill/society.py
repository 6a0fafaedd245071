"""The society whose selection is attacked: parties, members, roll, and the honest beginning of its log.

Everything is made by the library's own functions, in the group for tests. All secrets are in one process, since the
insider of the drill is to have as many of them as an act needs.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property

from e2evote.algebra.parameters import TEST_512
from e2evote.board.cosignature import WitnessKey
from e2evote.ceremony import trustee
from e2evote.ceremony.key import TrusteeKey
from e2evote.ceremony.states import Setup
from e2evote.credentials.code import Code, CredentialKeys, draw_codes
from e2evote.credentials.freezing import Order
from e2evote.manifest.draft import ContestFacts, OptionFacts, PartyFacts, RollFacts, WitnessFacts, draft
from e2evote.manifest.model import Manifest
from e2evote.proofs.signature import decode_public_key
from e2evote.record.bodies import Body, InSession
from e2evote.record.joint import JointKeys
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.record.roll import FieldCommitments, encoded_roll, roll_root, seed_commitment
from e2evote.record.roll_row import RollRow, line_of
from e2evote.record.voter_bodies import Freeze, Seed
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SigningKey
from e2evote.verify.leaves import Setting, setting_of

GROUP = TEST_512
RANDOM = SystemRandomness()
OPENS, CLOSES = datetime(2031, 5, 1, tzinfo=UTC), datetime(2031, 5, 2, tzinfo=UTC)
PARTIES = (
    ("chair", "administrator", "The society"),
    ("log", "log", "The service"),
    ("tess", "teller", "Friends of Ada"),
    ("tom", "teller", "Friends of Bo"),
    ("rita", "registrar", "Rita's mailing house"),
    ("rolf", "registrar", "Rolf's text messages"),
    ("sue", "scrutineer", "Scrutineers & Sons"),
    ("obi", "observer", "Campaign of Cy"),
    ("theo", "trustee", "Friends of Ada"),
    ("thea", "trustee", "Friends of Bo"),
    ("thor", "trustee", "Campaign of Cy"),
)
REGISTRARS, TRUSTEES, WITNESSES = ("rita", "rolf"), ("theo", "thea", "thor"), ("wanda", "wim", "woody")
CONTEST = ContestFacts(
    "chair",
    "Who is to be chair?",
    (OptionFacts("ada", "Ada"), OptionFacts("bo", "Bo"), OptionFacts("cy", "Cy")),
    blank="uncounted",
)
FIELDS = ("reference", "name", "email", "phone")
MEMBERS = ("ann", "ben", "cas", "dot", "eli", "fay", "gus", "hal", "ida", "jon", "kim", "lea", "max", "nan")
"""They are lines 1 to 14, in an order that nobody chose. 1 to 5 vote online, 6 to 8 in person, 9 to 11 by post; 12 to
14 do not vote."""
FLOOR = 3


def new_key() -> SigningKey:
    return SigningKey(RANDOM.bytes(32))


@dataclass
class Piece:
    """One entry of the log, with its payload."""

    leaf: Leaf
    payload: bytes = b""


@dataclass
class Line:
    """What is held of a member: values, and the salts of their commitments."""

    values: tuple[str, ...]
    salts: tuple[bytes, ...]
    row: RollRow


@dataclass
class Society:
    """Everybody's secrets. organisations: by party; all else in the manifest is as it always is."""

    organisations: tuple[tuple[str, str], ...] = ()
    keys: dict[str, SigningKey] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    codes: dict[tuple[str, int], Code] = field(default_factory=dict)
    trustees: dict[int, TrusteeKey] = field(default_factory=dict)
    seeds: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        self.keys |= {id: new_key() for id, _, _ in PARTIES} | {id: new_key() for id in WITNESSES}

    @cached_property
    def manifest(self) -> Manifest:
        return self.manifest_with("Ada")

    def manifest_with(self, first: str) -> Manifest:
        """first: the name of option `ada`."""
        named = dict(self.organisations)
        contest = ContestFacts(
            CONTEST.id, CONTEST.name, (OptionFacts("ada", first), *CONTEST.options[1:]), blank="uncounted"
        )
        return draft(
            election="drill",
            name="A selection under attack",
            parties=[PartyFacts(id, role, named.get(id, at), self.keys[id].public) for id, role, at in PARTIES],  # type: ignore[arg-type]
            contests=[contest],
            opens=OPENS,
            closes=CLOSES,
            quorum=2,
            witnesses=[
                WitnessFacts(id, named.get(id, f"Friends of {id}"), self.witness_key(id).encode()) for id in WITNESSES
            ],
            floor=FLOOR,
            group=GROUP.name,
            roll=RollFacts((("rita", "email"), ("rolf", "phone")), ("email", "phone"), readers=("sue", "obi")),
            paper=("in_person", "postal"),
            paper_prevails=False,
            fallback="merge",
            reissue="always",
        )

    def witness_key(self, id: str) -> WitnessKey:
        return WitnessKey(id, decode_public_key(self.keys[id].public))

    @cached_property
    def setting(self) -> Setting:
        first = self.pieces[0]
        return setting_of(first.leaf.encode(), first.payload, self.manifest)

    @cached_property
    def joint(self) -> JointKeys:
        return self._finished.joint

    def code_key(self, registrar: str, line: int) -> SigningKey:
        """The secret that follows from the code which the registrar made for the line."""
        code = self.codes[registrar, line]
        return CredentialKeys(self.setting.base_hash, registrar).of(line_of(line), code)

    def new_code(self, registrar: str, line: int) -> SigningKey:
        """Another code of this registrar for the line, which then is the last one."""
        (self.codes[registrar, line],) = draw_codes(1, RANDOM)
        return self.code_key(registrar, line)

    def sign(self, leaf: Leaf, signers: tuple[str | SigningKey, ...], payload: bytes = b"") -> Piece:
        """The leaf, signed by parties of these names, or with these keys."""
        keys = [self.keys[one] if isinstance(one, str) else one for one in signers]
        message = leaf.message()
        return Piece(leaf.signed(*(Signature(key.public, key.sign(message)) for key in keys)), payload)

    def made(self, kind: str, body: Body, *signers: str | SigningKey, payload: bytes = b"", author: str = "") -> Piece:
        """A leaf by the first signer, or by `author`."""
        first = self.setting.first if self.pieces else b""
        name = PayloadName.of(payload) if payload else None
        return self.sign(Leaf(kind, author or str(signers[0]), first, body, name), signers, payload)

    # The roll

    @cached_property
    def members(self) -> tuple[str, ...]:
        """In the order that the registrars' seeds give."""
        order = Order(self.setting.base_hash, self.seeds)
        return tuple(sorted(MEMBERS, key=lambda name: order.of(f"reference of {name}")))

    def line(self, number: int, email: str = "", name: str = "") -> Line:
        """The line of a member, with fresh salts. email: the address that is held; the member's own unless given."""
        name = name or self.members[number - 1]
        values = (f"reference of {name}", name, email or f"{name}@example.org", f"phone of {name}")
        salts = tuple(RANDOM.bytes(32) for _ in values)
        row = FieldCommitments(self.setting.base_hash, FIELDS).of(line_of(number), salts, values)
        return Line(values, salts, RollRow(line_of(number), row, "all", 1))

    def freeze(self, lines: list[Line], *signers: str, root: bytes = b"", count: int = 0) -> Piece:
        rows = [line.row for line in lines]
        body = Freeze("2031-04-01T00:00:00Z", count or len(rows), root or roll_root(row.encode() for row in rows))
        return self.made("roll.freeze", body, *signers, payload=b"".join(encoded_roll(FIELDS, rows)))

    # The beginning

    def begin(self) -> None:
        """Manifest, ceremony, and the registrars' seeds."""
        self.pieces.append(self.made("manifest", Body(), "chair", payload=self.manifest.encode()))
        setup = Setup(GROUP, 3, 2, self.setting.parameter_hash, self.setting.base_hash, frozenset())
        numbered = list(enumerate(TRUSTEES, start=1))
        drawn, revealed, dealt = {}, {}, {}
        for i, id in numbered:
            drawn[i], body = trustee.begin(setup, i, 1, RANDOM)
            self.pieces.append(self.made("ceremony.commit", body, id))
        commits = {i: state.commit() for i, state in drawn.items()}
        for i, id in numbered:
            revealed[i], keys = trustee.reveal(drawn[i], commits)
            self.pieces.append(self.made("ceremony.reveal", InSession(1), id, payload=keys.encode()))
        messages = {i: state.message() for i, state in revealed.items()}
        for i, id in numbered:
            dealt[i], shares = trustee.deal(revealed[i], messages)
            self.pieces.append(self.made("ceremony.shares", InSession(1), id, payload=shares.encode()))
        sealed = {i: state.message() for i, state in dealt.items()}
        for i, id in numbered:
            self._finished, confirm = trustee.finish(dealt[i], sealed)
            self.trustees[i] = self._finished.key
            self.pieces.append(self.made("ceremony.confirm", confirm, id))
        self.seeds = tuple(RANDOM.bytes(32) for _ in REGISTRARS)
        for place, (id, seed) in enumerate(zip(REGISTRARS, self.seeds, strict=True), start=1):
            self.pieces.append(self.made("roll.seed", Seed(seed_commitment(self.setting.base_hash, place, seed)), id))


@cache
def society() -> Society:
    """The one that is attacked: its roll is not frozen yet."""
    made = Society()
    made.begin()
    return made
