"""A small election whose secrets are all known: joint keys made from chosen polynomials, without a ceremony."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from e2evote.algebra.group import Element, Group, Scalar
from e2evote.algebra.parameters import TEST_512
from e2evote.board.merkle import leaf_hash
from e2evote.ceremony.key import TrusteeKey
from e2evote.manifest.base_hash import base_hash, parameter_hash
from e2evote.manifest.draft import ContestFacts, OptionFacts, PartyFacts, StyleFacts, draft
from e2evote.manifest.model import Manifest
from e2evote.record.joint import JointKeys, joint_keys
from e2evote.record.keys import MemberKeys
from e2evote.record.leaf import Leaf
from e2evote.secret.scalar import SecretScalar
from e2evote.secret.sign import SigningKey
from e2evote.verify.ballots import BallotContext
from e2evote.verify.leaves import Entry, Setting
from tests.randomness import DeterministicRandomness

GROUP = TEST_512
FIRST = sha256(b"entry 0").digest()
CONTESTS = (
    ContestFacts("mayor", "Mayor", (OptionFacts("ada", "Ada"), OptionFacts("bob", "Bob")), blank="uncounted"),
    ContestFacts(
        "board",
        "Board",
        (OptionFacts("dan", "Dan", 2), OptionFacts("eve", "Eve"), OptionFacts("fay", "Fay")),
        seats=2,
        limit=3,
        blank="counted",
    ),
)
STYLES = (StyleFacts("all", "All", ("mayor", "board")), StyleFacts("half", "Half", ("mayor",)))
VOTE = {"mayor": {"bob": 1}, "board": {"dan": 2, "fay": 1}}


def signing_key(name: str) -> SigningKey:
    """The key of whoever has this name."""
    return SigningKey(sha256(name.encode()).digest())


def make_manifest(
    n: int = 3,
    k: int = 2,
    floor: int = 0,
    contests: tuple[ContestFacts, ...] = CONTESTS,
    styles: tuple[StyleFacts, ...] = STYLES,
    name: str = "spring",
) -> Manifest:
    trustees = [f"trustee-{i}" for i in range(1, n + 1)]
    roles = {"chair": "administrator", "log": "log", "tess": "teller", **dict.fromkeys(trustees, "trustee")}
    return draft(
        election=name,
        name="Spring",
        parties=[PartyFacts(id, role, f"Society of {id}", signing_key(id).public) for id, role in roles.items()],
        contests=contests,
        opens=datetime(2031, 5, 1, tzinfo=UTC),
        closes=datetime(2031, 5, 2, tzinfo=UTC),
        quorum=k,
        styles=styles,
        floor=floor,
        group=GROUP.name,
    )


@dataclass(frozen=True)
class Election:
    """Setting, joint keys, and every trustee's secret by index."""

    setting: Setting
    joint: JointKeys
    trustees: Mapping[int, TrusteeKey]

    @property
    def manifest(self) -> Manifest:
        return self.setting.manifest

    @property
    def context(self) -> BallotContext:
        return BallotContext(self.setting, self.joint.K, self.joint.h_e)

    def entry(self, index: int, leaf: Leaf) -> Entry:
        return Entry(index, leaf, leaf_hash(leaf.encode()), self.manifest.trustee_index(leaf.author))


def polynomial(group: Group, source: DeterministicRandomness, k: int) -> list[Scalar]:
    return [SecretScalar.random(group, source).disclose() for _ in range(k)]


def value_at(coefficients: list[Scalar], x: int) -> Scalar:
    group = coefficients[0].group
    total = group.scalar(0)
    for coefficient in reversed(coefficients):
        total = total * group.scalar(x) + coefficient
    return total


def make_election(manifest: Manifest, seed: str = "keys") -> Election:
    source, n, k = DeterministicRandomness(seed), manifest.n, manifest.quorum
    P = {i: polynomial(GROUP, source, k) for i in range(1, n + 1)}
    P_hat = {i: polynomial(GROUP, source, k) for i in range(1, n + 1)}
    keys = {i: MemberKeys(_powers(P[i]), _powers(P_hat[i]), GROUP.g ** value_at(P[i], 1000)) for i in P}
    h_p = parameter_hash(GROUP, n, k)
    h_b = base_hash(h_p, manifest.encode())
    zero = GROUP.scalar(0)
    trustees = {
        i: TrusteeKey(
            h_b,
            1,
            i,
            SecretScalar(sum((value_at(P[j], i) for j in P), start=zero)),
            SecretScalar(sum((value_at(P_hat[j], i) for j in P), start=zero)),
        )
        for i in P
    }
    return Election(Setting(manifest, GROUP, h_p, h_b, FIRST), joint_keys(GROUP, h_b, keys), trustees)


def _powers(coefficients: list[Scalar]) -> tuple[Element, ...]:
    return tuple(GROUP.g**coefficient for coefficient in coefficients)
