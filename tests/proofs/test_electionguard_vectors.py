"""ElectionGuard 2.1.0, byte for byte: key proofs, the seal of a share, option and limit proofs, interpolation.

The vectors were computed from the text of the specification with fixed inputs. Base hashes are taken from the
file here; every challenge is computed anew, and each group of vectors also has one that must fail.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from e2evote.algebra.elgamal import Ciphertext, encrypt, product
from e2evote.algebra.exponentiation import precompute
from e2evote.algebra.group import Element, Scalar
from e2evote.algebra.interpolation import combine, joint_commitments, lagrange_at_zero, polynomial_power
from e2evote.algebra.logarithm import bounded_log
from e2evote.algebra.parameters import ELECTIONGUARD_4096
from e2evote.proofs import key_proof, known_log, one_of
from e2evote.proofs.place import Place
from e2evote.secret.prove import prove_known_log
from e2evote.secret.scalar import SecretScalar

GROUP = ELECTIONGUARD_4096
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "electionguard_v21.json").read_text("utf-8"))
H_P = bytes.fromhex(VECTORS["H_P"])
GUARDIANS = VECTORS["guardians"]
KINDS = {
    key_proof.Purpose.VOTE: ("K", "c", "v", "SECRET_a"),
    key_proof.Purpose.DATA: ("K_hat", "c_hat", "v_hat", "SECRET_a_hat"),
}
BALLOTS = {
    "ballot 1": VECTORS["ballots"][0],
    "ballot 2": VECTORS["ballots"][1],
    "ballot 3": VECTORS["ballot_no_chaining"],
}
CONTESTS = [
    pytest.param(ballot["H_I"], contest, id=f"{name}, contest {contest['index']}")
    for name, ballot in BALLOTS.items()
    for contest in ballot["contests"]
]
TALLIES = [pytest.param(x, id=f"contest {x['contest']}, option {x['option']}") for x in VECTORS["tally"]["options"]]


def number(text: str, size: int) -> bytes:
    """The file writes numbers in hex without leading zeros."""
    return int(text, 16).to_bytes(size, "big")


@cache
def element(text: str) -> Element:
    return GROUP.screen([GROUP.decode_residue(number(text, GROUP.element_size))])[0]


def scalar(text: str) -> Scalar:
    return GROUP.decode_scalar(number(text, GROUP.scalar_size))


@cache
def joint_key() -> Element:
    precompute(GROUP.g)
    K = element(VECTORS["K"])
    precompute(K)
    return K


def statement_of(guardian: dict[str, Any], purpose: key_proof.Purpose) -> key_proof.Keys:
    keys = tuple(element(K) for K in guardian[KINDS[purpose][0]])
    return key_proof.Keys(guardian["i"], keys, element(guardian["kappa"]))


def ciphertext_of(option: dict[str, Any]) -> Ciphertext:
    return Ciphertext(element(option["alpha"]), element(option["beta"]))


def range_proof(proof: dict[str, Any]) -> one_of.OneOfProof:
    return one_of.OneOfProof(tuple(map(scalar, proof["cj"])), tuple(map(scalar, proof["vj"])))


def test_the_file_has_what_these_tests_are_about() -> None:
    assert len(GUARDIANS) == 3
    assert len(CONTESTS) == 6
    assert len(TALLIES) == 4


@pytest.mark.parametrize("purpose", key_proof.Purpose)
@pytest.mark.parametrize("guardian", GUARDIANS, ids=lambda guardian: f"guardian {guardian['i']}")
def test_key_proofs(guardian: dict[str, Any], purpose: key_proof.Purpose) -> None:
    _, c, v, secrets = KINDS[purpose]
    statement = statement_of(guardian, purpose)
    proof = key_proof.KeyProof(scalar(guardian[c]), tuple(map(scalar, guardian[v])))
    challenge = key_proof.KeyChallenge(H_P, purpose)
    assert key_proof.verify(statement, proof, challenge)
    values = [p.value() for p in key_proof.commitments(statement, proof)]
    assert challenge(statement, values) == scalar(guardian[c])
    assert [GROUP.g ** scalar(a) for a in guardian[secrets]] == list(statement.K)
    assert GROUP.g ** scalar(guardian["SECRET_zeta"]) == statement.kappa
    wrong = next(other for other in key_proof.Purpose if other is not purpose)
    assert not key_proof.verify(statement, proof, key_proof.KeyChallenge(H_P, wrong))


@pytest.mark.parametrize(("name", "purpose"), [("K", key_proof.Purpose.VOTE), ("K_hat", key_proof.Purpose.DATA)])
def test_joint_keys_and_key_shares(name: str, purpose: key_proof.Purpose) -> None:
    joint = joint_commitments([statement_of(guardian, purpose).K for guardian in GUARDIANS])
    assert joint[0] == element(VECTORS[name])
    share = "SECRET_z" if purpose is key_proof.Purpose.VOTE else "SECRET_z_hat"
    for guardian in GUARDIANS:
        assert polynomial_power(joint, guardian["i"]) == GROUP.g ** scalar(guardian[share])


def test_the_seal_of_a_share() -> None:
    share = VECTORS["share_1_to_2"]
    statement = known_log.KnownLog(element(share["C0"]))
    proof = known_log.KnownLogProof(scalar(share["c"]), scalar(share["v"]))
    seal = known_log.ShareSeal(H_P, 1, 2, bytes.fromhex(share["C1"]))
    assert known_log.verify(statement, proof, seal)
    assert not known_log.verify(statement, proof, known_log.ShareSeal(H_P, 1, 3, bytes.fromhex(share["C1"])))

    class Given:
        """The published nonce in place of a random one."""

        def below(self, bound: int) -> int:
            return int(share["u"], 16) - 1

        def bytes(self, size: int) -> bytes:
            raise AssertionError("not asked for")

    again, _ = prove_known_log(statement, SecretScalar(scalar(share["xi"])), seal, Given())
    assert again == proof


@pytest.mark.parametrize(("H_I", "contest"), CONTESTS)
def test_option_proofs(H_I: str, contest: dict[str, Any]) -> None:
    K = joint_key()
    for option in contest["options"]:
        ciphertext, proof = ciphertext_of(option), range_proof(option["proof"])
        assert encrypt(K, option["value"], scalar(option["xi"])) == ciphertext
        statement = one_of.OneOf(K, ciphertext.alpha, ciphertext.beta, len(proof.c) - 1)
        place = one_of.BallotPlace(bytes.fromhex(H_I), Place(contest["index"], option["index"]))
        values = [p.value() for p in one_of.commitments(statement, proof)]
        assert place(statement, values) == scalar(option["proof"]["c"]) == one_of.challenge_sum(statement, proof)


def test_an_option_proof_elsewhere_fails() -> None:
    ballot = BALLOTS["ballot 1"]
    option = ballot["contests"][0]["options"][0]
    ciphertext, proof = ciphertext_of(option), range_proof(option["proof"])
    statement = one_of.OneOf(joint_key(), ciphertext.alpha, ciphertext.beta, len(proof.c) - 1)
    H_I = bytes.fromhex(ballot["H_I"])
    assert one_of.verify(statement, proof, one_of.BallotPlace(H_I, Place(1, 1)))
    assert not one_of.verify(statement, proof, one_of.BallotPlace(H_I, Place(1, 2)))
    assert not one_of.verify(statement, proof, one_of.BallotPlace(H_I, Place(1)))


@pytest.mark.parametrize(("H_I", "contest"), CONTESTS)
def test_limit_proofs(H_I: str, contest: dict[str, Any]) -> None:
    total = product(GROUP, map(ciphertext_of, contest["options"]))
    proof = range_proof(contest["limit_proof"])
    statement = one_of.OneOf(joint_key(), total.alpha, total.beta, len(proof.c) - 1)
    place = one_of.BallotPlace(bytes.fromhex(H_I), Place(contest["index"]))
    assert one_of.verify(statement, proof, place)
    assert one_of.challenge_sum(statement, proof) == scalar(contest["limit_proof"]["c"])


def test_lagrange_coefficients() -> None:
    tally = VECTORS["tally"]
    w = lagrange_at_zero(GROUP, tally["U"])
    assert {str(i): x for i, x in w.items()} == {i: scalar(x) for i, x in tally["w"].items()}


@pytest.mark.parametrize("tally", TALLIES)
def test_decryption_shares_combine_to_the_count(tally: dict[str, Any]) -> None:
    M = combine({int(i): element(share) for i, share in tally["M_i"].items()})
    T = element(tally["B"]) / M
    assert element(tally["T"]) == T
    assert bounded_log(joint_key(), T, 100) == tally["t"]


@pytest.mark.parametrize("tally", TALLIES)
def test_the_tally_is_the_product_of_the_chained_ballots(tally: dict[str, Any]) -> None:
    options = [
        option
        for ballot in VECTORS["ballots"]
        for contest in ballot["contests"]
        for option in contest["options"]
        if (contest["index"], option["index"]) == (tally["contest"], tally["option"])
    ]
    assert product(GROUP, map(ciphertext_of, options)) == Ciphertext(element(tally["A"]), element(tally["B"]))
    assert sum(option["value"] for option in options) == tally["t"]


@pytest.mark.parametrize("tally", TALLIES)
def test_each_share_is_the_power_of_the_guardians_key_share(tally: dict[str, Any]) -> None:
    shares = {str(guardian["i"]): scalar(guardian["SECRET_z"]) for guardian in GUARDIANS}
    for i, M in tally["M_i"].items():
        assert element(tally["A"]) ** shares[i] == element(M)
