"""What one trustee knows after each step of a session (docs/spec.md §6).

    Drawn → Revealed → Dealt → Finished        and from the last two   → Answered, where a session ends

A state holds the one before it, and `message` is what its trustee publishes on entering it. The message is part of the
state or follows from it alone: a state that is taken up again after a crash publishes the same once more. States are
made by `trustee` and `complaint` only, and stored by `saved`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from e2evote.algebra.group import Group
from e2evote.ceremony.key import TrusteeKey
from e2evote.ceremony.nonces import DerivedRandomness
from e2evote.hashing.digest import b4
from e2evote.record.bodies import Answer, Commit, Confirm
from e2evote.record.joint import JointKeys
from e2evote.record.keys import MemberKeys, PublicKeys, SealedShares, commitment_to
from e2evote.secret.scalar import SecretScalar
from e2evote.secret.sharing import SecretPolynomial, SecretShare


@dataclass(frozen=True, slots=True)
class Setup:
    """What is fixed before a session begins. `earlier`: the encoded keys of all earlier sessions' reveals."""

    group: Group
    trustees: int
    quorum: int
    parameter_hash: bytes
    base_hash: bytes
    earlier: frozenset[bytes] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.quorum <= self.trustees < 2 * self.quorum:
            raise ValueError(f"quorum {self.quorum} of {self.trustees} trustees: want k ≤ n < 2k")

    def indices(self) -> range:
        """1 … n. Indices come from here, never from a message, so none is 0 and no two are equal mod q."""
        return range(1, self.trustees + 1)


def keys_of(reveals: Iterable[PublicKeys]) -> frozenset[bytes]:
    """Every key in `reveals`, encoded: what `Setup.earlier` holds of earlier sessions."""
    return frozenset(key.encode() for keys in reveals for key in keys.all_keys())


@dataclass(frozen=True, slots=True, eq=False)
class Secrets:
    """What a trustee draws for one session; `seed` is for the nonces of its later steps."""

    P: SecretPolynomial
    P_hat: SecretPolynomial
    zeta: SecretScalar
    seed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """All secrets and public keys of the session are made, and nothing but their hash is shown."""

    setup: Setup
    index: int
    session: int
    secrets: Secrets
    own: PublicKeys = field(repr=False)

    def commit(self) -> bytes:
        """commit_i    spec (6.2)"""
        return commitment_to(self.setup.base_hash, self.session, self.index, self.own.salt, self.own)

    def message(self) -> Commit:
        return Commit(self.session, self.commit())


@dataclass(frozen=True, slots=True, eq=False)
class Revealed:
    """All n commits are known, in the order of their trustees, and the own keys may be shown."""

    drawn: Drawn
    commits: tuple[bytes, ...] = field(repr=False)

    def message(self) -> PublicKeys:
        return self.drawn.own

    def share_for(self, receiver: int) -> SecretShare:
        """P_i(ℓ) and P̂_i(ℓ)."""
        secrets = self.drawn.secrets
        return SecretShare.of(secrets.P, secrets.P_hat, receiver)

    def nonces_for(self, receiver: int) -> DerivedRandomness:
        """The source of ξ and then of the proof's nonce: bound to the session, all its keys (6.2) and the receiver."""
        drawn = self.drawn
        return DerivedRandomness(
            drawn.secrets.seed,
            b"e2evote/v1/share",
            drawn.setup.base_hash,
            b4(drawn.session) + b4(drawn.index) + b4(receiver),
            b"".join(self.commits),
        )

    def nonce_of_seal(self, receiver: int) -> SecretScalar:
        """The ξ of the share for `receiver`, which an answer to its complaint shows."""
        return SecretScalar.random(self.drawn.setup.group, self.nonces_for(receiver))


@dataclass(frozen=True, slots=True, eq=False)
class Dealt:
    """All n trustees' keys are checked, and the shares for the others are sealed."""

    revealed: Revealed
    keys: Mapping[int, MemberKeys] = field(repr=False)
    sealed: SealedShares = field(repr=False)

    @property
    def drawn(self) -> Drawn:
        return self.revealed.drawn

    def message(self) -> SealedShares:
        return self.sealed


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """All shares are checked, and the key is made; not to be used before all n have confirmed the same."""

    dealt: Dealt
    key: TrusteeKey
    joint: JointKeys = field(repr=False)

    def message(self) -> Confirm:
        return Confirm(self.key.session, self.joint.h_g)


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """The share for `accuser` is published. The session is over for this trustee: nothing follows, no other answer."""

    dealt: Dealt
    accuser: int

    def message(self) -> Answer:
        """P_i(ℓ), P̂_i(ℓ) and ξ, as they were sealed."""
        revealed = self.dealt.revealed
        opening = revealed.share_for(self.accuser).opened(revealed.nonce_of_seal(self.accuser))
        P, P_hat, xi = (value.encode() for value in (opening.P, opening.P_hat, opening.xi))
        return Answer(revealed.drawn.session, P, P_hat, self.accuser, xi)


State = Drawn | Revealed | Dealt | Finished | Answered
