"""What one 0/1 selection costs, one by one, beside ElectionGuard for Python 1.4.0.

    python -m benchmarks.selection

Encrypt and prove, for one of the 100,000 selections of ten thousand ballots: tables for g and K are as wide as the
library makes them for that many, and a selection's share of what they cost is added to its time. Verify from challenges
and responses alone, membership of α and β included, without batch or hints. Add one ciphertext to a total. Both sides
take turns, so that whatever else the machine does falls on both. Both have 4096-bit groups, the same gmpy2 and a clock
that starts when inputs are in memory; ElectionGuard's tables are made before. Its log is silenced, which makes it
faster than it is as published.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import process_time

from benchmarks.beside import TALLY_TIMES, Beside, Theirs
from benchmarks.claim import Answer, NotMeasured, Row, Task, run
from e2evote.algebra import elgamal
from e2evote.algebra.exponentiation import precompute
from e2evote.algebra.group import Element, Residue
from e2evote.algebra.parameters import ELECTIONGUARD_4096 as GROUP
from e2evote.proofs import one_of
from e2evote.proofs.one_of import BallotPlace, OneOf, OneOfProof
from e2evote.proofs.place import Place
from e2evote.secret.encrypt import Encryptor, Proved
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.scalar import SecretScalar

SELECTIONS, POWERS = 100_000, 3
"""How many selections the tables are made for, and how often each raises g, and K."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A selection as it arrives: two residues, of which nothing is known, and a proof."""

    alpha: Residue
    beta: Residue
    proof: OneOfProof
    place: BallotPlace


@dataclass(frozen=True, slots=True)
class Ours:
    """CPU seconds, as `Theirs`."""

    prove: float
    verify: float
    tally: float


def arrived(made: Proved, place: BallotPlace) -> Sealed:
    alpha, beta = (GROUP.decode_residue(x.encode()) for x in (made.ciphertext.alpha, made.ciphertext.beta))
    return Sealed(alpha, beta, made.proof, place)


def verifies(K: Element, sealed: Sealed) -> bool:
    alpha, beta = GROUP.screen([sealed.alpha, sealed.beta])
    return one_of.verify(OneOf(K, alpha, beta, 1), sealed.proof, sealed.place)


def own_round(K: Element, votes: Sequence[int]) -> Ours:
    """As many selections as votes, each encrypted and proved by the library's own `Encryptor`."""
    randomness = SystemRandomness()
    encryptor = Encryptor(K, randomness.bytes(32), randomness.bytes(32), randomness)
    places = [Place(1, number) for number in range(1, len(votes) + 1)]
    start = process_time()
    made = [encryptor.encrypt(place, vote, 1) for place, vote in zip(places, votes, strict=True)]
    prove = process_time() - start

    sealed = [
        arrived(one, BallotPlace(encryptor.identifier_hash, place)) for one, place in zip(made, places, strict=True)
    ]
    start = process_time()
    valid = [verifies(K, one) for one in sealed]
    verify = process_time() - start
    if not all(valid):
        raise NotMeasured("a proof that was just made does not verify")

    ciphertexts = [one.ciphertext for one in made] * TALLY_TIMES
    start = process_time()
    elgamal.product(GROUP, ciphertexts)
    tally = process_time() - start
    return Ours(prove / len(votes), verify / len(votes), tally / len(ciphertexts))


def measure(task: Task) -> Answer:
    selections, rounds = task.sized(2, 50), task.sized(1, 5)
    votes = [number % 2 for number in range(selections)]
    K = SecretScalar.random(GROUP, SystemRandomness()).power_of(GROUP.g)
    start = process_time()
    for base in (GROUP.g, K):
        width = precompute(base, expected=SELECTIONS * POWERS).window
    tables = process_time() - start
    ours: list[Ours] = []
    with Beside(task, selections) as beside:
        _, theirs = beside.in_turns(lambda: ours.append(own_round(K, votes)), rounds)
    note = (
        f"Encrypting: the tables of window {width} for g and K were made in {tables:.2f} s; a selection's share of "
        f"that, {tables / SELECTIONS * 1e3:.3f} ms, is in its figure."
    )
    ours = [replace(one, prove=one.prove + tables / SELECTIONS) for one in ours]
    return Answer(
        (
            _row("encrypt + prove, a 0/1 selection, vs electionguard-python", "prove", ours, theirs, 10),
            _row("verify a 0/1 selection one by one, no hints, vs electionguard-python", "verify", ours, theirs),
            _row("add a ciphertext to a total, in memory, vs electionguard-python", "tally", ours, theirs),
        ),
        notes=(note,),
    )


def _row(item: str, field: str, ours: Sequence[Ours], theirs: Sequence[Theirs], bound: float | None = None) -> Row:
    own, other = (min(getattr(one, field) for one in rounds) * 1e3 for rounds in (ours, theirs))
    return Row(
        item, other / own, "×", bound, detail=f"{own:.3g} ms, theirs {other:.3g} ms; best of {len(ours)} in turns"
    )


if __name__ == "__main__":
    sys.exit(run("selection", __doc__, measure))
