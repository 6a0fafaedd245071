"""A vote becomes ciphertexts and proofs (docs/spec.md §7; ElectionGuard 2.1, §3.3).

All encryption nonces of a ballot follow from its identifier and one seed, so that a challenge can open the ballot by
showing the seed. The nonces of the proofs never do: they are drawn anew for every proof, and two ballots with one
seed would still share none of them. Every value costs the same work: two powers for a ciphertext, two for each branch
of a proof.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from e2evote.algebra.elgamal import Ciphertext
from e2evote.algebra.exponentiation import precompute
from e2evote.algebra.group import Element, Scalar
from e2evote.errors import E2EVoteError
from e2evote.manifest.base_hash import ballot_base_hash
from e2evote.manifest.contests import Contest
from e2evote.manifest.model import Manifest, Style
from e2evote.proofs.one_of import BallotPlace, OneOf, OneOfProof
from e2evote.proofs.opening import nonce
from e2evote.proofs.place import Place
from e2evote.record.hints import branches, encode_hints
from e2evote.record.limits import excesses
from e2evote.record.sealed import SealedBallot, SealedContest, SealedItem
from e2evote.secret.prove import Bases, prove_one_of
from e2evote.secret.randomness import Randomness
from e2evote.secret.scalar import SecretScalar
from e2evote.verify.claims import contest_total


class ZeroNonce(E2EVoteError):
    """This seed gives an exponent 0 somewhere; the ballot must be sealed again with another. Chance about 2^-250."""


@dataclass(frozen=True, slots=True)
class Proved:
    """A ciphertext with its range proof and that proof's commitments. All of it is public."""

    ciphertext: Ciphertext[Element]
    proof: OneOfProof
    commitments: tuple[Element, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Encryptor:
    """One ballot in the making: joint key, H_I, the seed of its encryption nonces, the source of the proofs' own."""

    K: Element
    identifier_hash: bytes
    seed: bytes
    randomness: Randomness
    bases: Bases = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bases", Bases.of(self.K))

    def encrypt(self, place: Place, value: int, limit: int) -> Proved:
        """(g^ξ, K^(σ+ξ)) and the proof that 0 ≤ σ ≤ R.    spec (7.4), (7.5), (3.5)"""
        xi = self.nonce(place)
        return self._prove(place, encrypt_with(self.K, value, xi, self.bases), value, limit, xi)

    def prove_limit(self, contest: Contest, index: int, values: Sequence[int], items: Sequence[Proved]) -> Proved:
        """The proof of Σσ + L·blank ≤ L over the product of the contest's own ciphertexts.    spec (7.6), (3.6)

        The nonce is Σ_j ξ_j + L·ξ_blank.
        """
        total, xi = 0, self.K.group.scalar(0)
        for item, value in zip(contest.items(), values, strict=True):
            weight = self.K.group.scalar(item.weight)
            total, xi = total + item.weight * value, xi + weight * self.nonce(Place(index, item.index))
        ciphertext = contest_total(contest, [item.ciphertext for item in items])
        return self._prove(Place(index), ciphertext, total, contest.limit, xi)

    def nonce(self, place: Place) -> Scalar:
        """ξ_ij, which is secret until the ballot is opened.    spec (7.4)"""
        return nonce(self.K.group, self.identifier_hash, place, self.seed)

    def _prove(self, place: Place, ciphertext: Ciphertext[Element], value: int, limit: int, xi: Scalar) -> Proved:
        if xi.value == 0:
            raise ZeroNonce
        statement = OneOf(self.K, ciphertext.alpha, ciphertext.beta, limit)
        challenge_of = BallotPlace(self.identifier_hash, place)
        secret = SecretScalar(xi)
        return Proved(ciphertext, *prove_one_of(statement, value, secret, challenge_of, self.randomness, self.bases))

    def __repr__(self) -> str:
        return f"Encryptor(<redacted>, {self.identifier_hash.hex()[:16]}…)"


def encrypt_with(K: Element, value: int, xi: Scalar, bases: Bases | None = None) -> Ciphertext[Element]:
    """(α, β) = (g^ξ, K^(σ+ξ)) for a secret value and nonce; ZeroNonce where α or β would be 1.    spec (3.1)"""
    bases = bases or Bases.of(K)
    sum_ = xi + K.group.scalar(value)
    if xi.value == 0 or sum_.value == 0:
        raise ZeroNonce
    return Ciphertext(SecretScalar(xi).power_of(bases.g), SecretScalar(sum_).power_of(bases.K))


def seal_ballot(
    manifest: Manifest,
    style: Style,
    K: Element,
    extended_base_hash: bytes,
    ballot_id: bytes,
    values: Mapping[str, Sequence[int]],
    seed: bytes,
    randomness: Randomness,
) -> tuple[SealedBallot, bytes]:
    """The sealed ballot and its hints.    spec (7.3)-(7.6)

    values: by contest of the style, one value per item. ZeroNonce asks for another seed.
    """
    check_values(manifest, style, values)
    expect_powers(manifest, style, K)
    encryptor = Encryptor(K, ballot_base_hash(extended_base_hash, ballot_id), seed, randomness)
    contests: list[SealedContest] = []
    commitments: list[tuple[Element, ...]] = []
    for contest in manifest.contests_of(style):
        index = manifest.contest_index(contest.id)
        sealed, made = _seal_contest(encryptor, contest, index, values[contest.id])
        contests.append(sealed)
        commitments += made
    return SealedBallot(extended_base_hash, ballot_id, style.id, tuple(contests)), encode_hints(commitments)


def check_values(manifest: Manifest, style: Style, values: Mapping[str, Sequence[int]]) -> None:
    """ValueError unless there are values for every contest of the style and all keep the limits."""
    if sorted(values) != sorted(style.contests):
        raise ValueError(f"style {style.id}: values for {sorted(values)}, want {sorted(style.contests)}")
    for contest in manifest.contests_of(style):
        if excesses(contest, values[contest.id]):
            raise ValueError(f"contest {contest.id}: the values do not keep the limits")


def expect_powers(manifest: Manifest, style: Style, K: Element, ballots: int = 1) -> None:
    """Make the tables of g and K as wide as this many ballots of the style deserve: each is raised as often.

    Once for every item and once for every branch of a proof.
    """
    items = sum(len(contest.items()) for contest in manifest.contests_of(style))
    powers = ballots * (items + sum(branches(manifest, style)))
    for base in (K.group.g, K):
        precompute(base, expected=powers)


def _seal_contest(
    encryptor: Encryptor, contest: Contest, index: int, values: Sequence[int]
) -> tuple[SealedContest, list[tuple[Element, ...]]]:
    """One contest, with the commitments of its proofs in the order of the hints."""
    items = [
        encryptor.encrypt(Place(index, item.index), value, item.limit)
        for item, value in zip(contest.items(), values, strict=True)
    ]
    limit = encryptor.prove_limit(contest, index, values, items)
    sealed = tuple(
        SealedItem(item.option, made.ciphertext.alpha.residue(), made.ciphertext.beta.residue(), made.proof)
        for item, made in zip(contest.items(), items, strict=True)
    )
    return SealedContest(contest.id, sealed, limit.proof), [made.commitments for made in (*items, limit)]
