"""Every proof of a ballot as a claim: what it is about, what is to be hashed, how a report names it (spec 7).

The claims of a ballot come in the order of its hints: each contest's items, then the contest's limit. They are the
same whether they are verified one by one, about elements, or in a batch, about candidates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import mul

from e2evote.algebra.candidate import B
from e2evote.algebra.elgamal import Ciphertext
from e2evote.algebra.group import Element
from e2evote.manifest.contests import Contest, Item
from e2evote.manifest.model import Manifest
from e2evote.proofs.one_of import BallotPlace, OneOf, OneOfProof, challenge_sum, verify
from e2evote.proofs.place import Place
from e2evote.record.sealed import SealedBallot, SealedContest


@dataclass(frozen=True, slots=True)
class Claim:
    """One range proof. `option` is None for a contest's limit."""

    contest: str
    option: str | None
    statement: OneOf
    proof: OneOfProof
    place: BallotPlace

    @property
    def is_limit(self) -> bool:
        return self.option is None

    def name(self, ballot: str) -> str:
        """How a failure names it."""
        where = f"{ballot}, contest {self.contest}"
        return where if self.option is None else f"{where}, option {self.option or '(blank)'}"

    @property
    def detail(self) -> str:
        """What is not so when it fails."""
        limit = self.statement.limit
        return (
            f"not proved to be within the contest's limit {limit}"
            if self.is_limit
            else f"not proved to be from 0 to {limit}"
        )

    def holds(self) -> bool:
        """(3.3)-(3.7), from challenges and responses alone."""
        return verify(self.statement, self.proof, self.place)

    def is_hash_of(self, hint: bytes) -> bool:
        """Whether these commitments hash to the sum of the proof's challenges.    spec (3.5)-(3.7)"""
        statement = self.statement
        numbers = (statement.alpha.encode(), statement.beta.encode(), hint)
        return self.place.over(statement.K.group, numbers) == challenge_sum(statement, self.proof)


Ciphertexts = Sequence[Sequence[Ciphertext[B]]]
"""By contest and item."""


def claims_of(
    manifest: Manifest, K: Element, identifier_hash: bytes, sealed: SealedBallot, ciphertexts: Ciphertexts[B]
) -> Iterator[Claim]:
    """All claims of a ballot whose ciphertexts are elements, or candidates."""
    for contest, encrypted in zip(sealed.contests, ciphertexts, strict=True):
        index = manifest.contest_index(contest.id)
        described = manifest.contests[index - 1]
        for number, meant in enumerate(described.items()):
            yield item_claim(K, identifier_hash, index, contest, meant, number, encrypted[number])
        yield limit_claim(K, identifier_hash, index, described, contest, encrypted)


def item_claim(
    K: Element,
    identifier_hash: bytes,
    index: int,
    contest: SealedContest,
    meant: Item,
    number: int,
    ciphertext: Ciphertext[B],
) -> Claim:
    """The item at position `number` of contest `index` encrypts 0 to its limit.    spec (3.5)"""
    statement = OneOf(K, ciphertext.alpha, ciphertext.beta, meant.limit)
    place = BallotPlace(identifier_hash, Place(index, meant.index))
    return Claim(contest.id, meant.option, statement, contest.items[number].proof, place)


def limit_claim(
    K: Element,
    identifier_hash: bytes,
    index: int,
    described: Contest,
    contest: SealedContest,
    ciphertexts: Sequence[Ciphertext[B]],
) -> Claim:
    """ᾱ, β̄, which are computed here and never read, encrypt 0 to the contest's limit.    spec (7.6), (3.6)"""
    total = contest_total(described, ciphertexts)
    statement = OneOf(K, total.alpha, total.beta, described.limit)
    return Claim(contest.id, None, statement, contest.limit, BallotPlace(identifier_hash, Place(index)))


def contest_total(contest: Contest, ciphertexts: Sequence[Ciphertext[B]]) -> Ciphertext[B]:
    """ᾱ = Π α_j · α_blank^L,   β̄ = Π β_j · β_blank^L    spec (7.6)"""
    group = ciphertexts[0].alpha.group
    weighted = (
        ciphertext if item.weight == 1 else ciphertext ** group.scalar(item.weight)
        for item, ciphertext in zip(contest.items(), ciphertexts, strict=True)
    )
    return reduce(mul, weighted)
