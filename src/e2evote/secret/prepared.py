"""A ballot of which everything is computed but the choice (docs/spec.md §7): the moment of voting is then instant.

What does not depend on the choice is made beforehand: nonces, g^ξ, and for every value that an item may have its
K^(σ+ξ) and the commitments of its proof, whichever branch will be the real one. What is left is to pick, to hash and
to answer the challenges, in Z_q alone. The work is the same for every choice; which entry is picked passes through
the processor's cache, as it does in the tables of powers.

A prepared ballot holds the nonces of exactly one ballot. It is used once, by whichever thread comes first, and is
never stored: two ballots from one would give both votes away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from e2evote.algebra.exponentiation import Base
from e2evote.algebra.group import Element, Scalar
from e2evote.manifest.base_hash import ballot_base_hash
from e2evote.manifest.contests import Contest
from e2evote.manifest.model import Manifest, Style
from e2evote.proofs.one_of import BallotPlace, OneOfProof
from e2evote.proofs.place import Place
from e2evote.record.sealed import SealedBallot, SealedContest, SealedItem
from e2evote.secret.encrypt import Encryptor, ZeroNonce, check_values, expect_powers
from e2evote.secret.guarded import Guarded
from e2evote.secret.prove import Branches
from e2evote.secret.randomness import Randomness
from e2evote.secret.scalar import SecretScalar

LARGEST_STORED = 8
"""The largest limit for which all possible commitments are kept, (R+1)² numbers. Above it those to K are computed when
the choice is known, which takes as long as without preparation and is as independent of the choice."""


@dataclass(frozen=True, slots=True, repr=False)
class _Proof:
    """A ciphertext and its range proof for every value from 0 to R; for a contest's limit, its total.

    betas and b are by value, and empty above `LARGEST_STORED`.
    """

    place: BallotPlace
    xi: SecretScalar
    branches: Branches
    alpha: Element
    betas: tuple[Element, ...]
    a: tuple[bytes, ...]
    b: tuple[tuple[bytes, ...], ...]
    K: Base

    @classmethod
    def make(cls, encryptor: Encryptor, place: Place, xi: Scalar, limit: int) -> Self:
        """α = g^ξ, a_j = g^(u_j); β_ℓ = K^(ℓ+ξ), b_ℓj = K^(u_j - j·c_j)·K^(c_j)^ℓ for ℓ = 0 … R    spec (3.1), (3.4)"""
        group, bases = xi.group, encryptor.bases
        if any((xi + group.scalar(value)).value == 0 for value in range(limit + 1)):
            raise ZeroNonce
        secret, branches = SecretScalar(xi), Branches.random(group, limit, encryptor.randomness)
        alpha, a = secret.power_of(bases.g), tuple(u.power_of(bases.g).encode() for u in branches.u)
        betas: list[Element] = []
        b: list[tuple[bytes, ...]] = []
        if limit <= LARGEST_STORED:
            steps = [SecretScalar(c).power_of(bases.K) for c in branches.c]
            row, beta = branches.commitments_to_K(0, bases.K), secret.power_of(bases.K)
            for _ in range(limit + 1):
                betas.append(beta)
                b.append(tuple(x.encode() for x in row))
                row, beta = [x * step for x, step in zip(row, steps, strict=True)], beta * encryptor.K
        at = BallotPlace(encryptor.identifier_hash, place)
        return cls(at, secret, branches, alpha, tuple(betas), a, tuple(b), bases.K)

    def finish(self, value: int) -> tuple[Element, OneOfProof, bytes]:
        """β, the proof and its hints for this value.    spec (3.5)-(3.7)"""
        if self.b:
            beta, b = self.betas[value], self.b[value]
        else:
            beta = self.xi.plus(self.xi.group.scalar(value)).power_of(self.K)
            b = tuple(x.encode() for x in self.branches.commitments_to_K(value, self.K))
        hints = b"".join(x for pair in zip(self.a, b, strict=True) for x in pair)
        challenge = self.place.over(self.xi.group, (self.alpha.encode(), beta.encode(), hints))
        return beta, self.branches.proof(value, self.xi, challenge), hints


@dataclass(frozen=True, slots=True, repr=False)
class _Contest:
    """The items of one contest, and its total."""

    contest: Contest
    items: tuple[_Proof, ...]
    total: _Proof

    def finish(self, values: Sequence[int]) -> tuple[SealedContest, list[bytes]]:
        """The contest as it is sealed, with the hints of its proofs in order."""
        sealed, hints, sum_ = [], [], 0
        for item, prepared, value in zip(self.contest.items(), self.items, values, strict=True):
            beta, proof, own = prepared.finish(value)
            sealed.append(SealedItem(item.option, prepared.alpha.residue(), beta.residue(), proof))
            hints.append(own)
            sum_ += item.weight * value
        _, limit, own = self.total.finish(sum_)
        return SealedContest(self.contest.id, tuple(sealed), limit), [*hints, own]


@dataclass(frozen=True, slots=True, repr=False)
class _Contents:
    """Everything that is used up with the ballot."""

    seed: bytes
    contests: tuple[_Contest, ...]


class PreparedBallot(Guarded):
    """One ballot of one style for one identifier, short of its choice; `prepare_ballot` makes it, `seal` uses it up."""

    __slots__ = ("_election", "_held", "_id", "_manifest", "style")

    def __init__(self, manifest: Manifest, style: Style, election: bytes, id: bytes, contents: _Contents) -> None:
        self._manifest, self.style, self._election, self._id = manifest, style, election, id
        self._held = [contents]

    @property
    def is_spent(self) -> bool:
        """Used already."""
        return not self._held

    def seal(self, values: Mapping[str, Sequence[int]]) -> tuple[SealedBallot, bytes, bytes]:
        """The sealed ballot, its hints and its seed, for these values; never a second time.    spec (7.5)-(7.6)

        Values that the style does not allow are a ValueError and use nothing up.
        """
        check_values(self._manifest, self.style, values)
        try:
            contents = self._held.pop()  # of several threads one gets it
        except IndexError:
            raise RuntimeError("this prepared ballot is used up: prepare another") from None
        contests, hints = [], []
        for prepared in contents.contests:
            sealed, own = prepared.finish(values[prepared.contest.id])
            contests.append(sealed)
            hints += own
        ballot = SealedBallot(self._election, self._id, self.style.id, tuple(contests))
        return ballot, b"".join(hints), contents.seed


def prepare_ballot(
    manifest: Manifest,
    style: Style,
    K: Element,
    extended_base_hash: bytes,
    ballot_id: bytes,
    seed: bytes,
    randomness: Randomness,
) -> PreparedBallot:
    """Everything of a ballot but its choice.    spec (7.3)-(7.6)

    Draws what `encrypt.seal_ballot` draws, in its order: with the same randomness both give the same bytes. ZeroNonce
    asks for another seed.
    """
    expect_powers(manifest, style, K)
    encryptor = Encryptor(K, ballot_base_hash(extended_base_hash, ballot_id), seed, randomness)
    contests = tuple(
        _prepare_contest(encryptor, contest, manifest.contest_index(contest.id))
        for contest in manifest.contests_of(style)
    )
    return PreparedBallot(manifest, style, extended_base_hash, ballot_id, _Contents(seed, contests))


def _prepare_contest(encryptor: Encryptor, contest: Contest, index: int) -> _Contest:
    group = encryptor.K.group
    items, total = [], group.scalar(0)
    for item in contest.items():
        place = Place(index, item.index)
        xi = encryptor.nonce(place)
        items.append(_Proof.make(encryptor, place, xi, item.limit))
        total = total + group.scalar(item.weight) * xi
    return _Contest(contest, tuple(items), _Proof.make(encryptor, Place(index), total, contest.limit))
