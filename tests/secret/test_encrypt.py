"""Encryption: ElectionGuard 2.1's nonces and ciphertexts byte for byte, and what must not depend on the choice."""

import json
from pathlib import Path
from typing import Any

import pytest

from e2evote.algebra.elgamal import encrypt
from e2evote.algebra.exponentiation import precompute, table_of, window_for
from e2evote.algebra.group import Element, Residue
from e2evote.algebra.parameters import ELECTIONGUARD_4096
from e2evote.manifest.base_hash import ballot_base_hash
from e2evote.manifest.draft import ContestFacts, OptionFacts, StyleFacts
from e2evote.proofs import one_of
from e2evote.proofs.opening import nonce
from e2evote.proofs.place import Place
from e2evote.record.hints import split_hints
from e2evote.record.sealed import SealedBallot, decode_sealed
from e2evote.secret import encrypt as encrypt_module
from e2evote.secret.encrypt import Encryptor, ZeroNonce, encrypt_with, expect_powers, seal_ballot
from e2evote.secret.prove import Bases
from e2evote.verify.ballots import members_of
from e2evote.verify.claims import contest_total
from tests.algebra.counting import Counted, counting
from tests.ballot.election import GROUP, make_election, make_manifest
from tests.randomness import DeterministicRandomness
from tests.secret.test_prove import Work

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "electionguard_v21.json").read_text("utf-8"))
H_E = bytes.fromhex(VECTORS["H_E"])
BALLOTS = {
    "ballot 1": VECTORS["ballots"][0],
    "ballot 2": VECTORS["ballots"][1],
    "ballot 3": VECTORS["ballot_no_chaining"],
}
VECTOR_CONTESTS = (
    ContestFacts("one", "One", (OptionFacts("a", "A"), OptionFacts("b", "B")), limit=1, blank="uncounted"),
    ContestFacts("two", "Two", (OptionFacts("a", "A", 2), OptionFacts("b", "B", 2)), limit=3, blank="uncounted"),
)
VECTOR_STYLES = (StyleFacts("all", "All", ("one", "two")),)
ELECTION = make_election(make_manifest())
CONTEXT = ELECTION.context
STYLE = ELECTION.manifest.styles[0]
ID, SEED = b"\x01" * 32, b"\x02" * 32
VALUES = {"mayor": (0, 1), "board": (2, 0, 1, 0)}


def seal(
    values: dict[str, tuple[int, ...]], source: DeterministicRandomness, seed: bytes = SEED, id: bytes = ID
) -> Any:
    return seal_ballot(ELECTION.manifest, STYLE, CONTEXT.K, CONTEXT.h_e, id, values, seed, source)


def element(text: str) -> Element:
    data = int(text, 16).to_bytes(ELECTIONGUARD_4096.element_size, "big")
    return ELECTIONGUARD_4096.screen([ELECTIONGUARD_4096.decode_residue(data)])[0]


def decoded_hints(hints: bytes) -> list[tuple[Residue, ...]]:
    """The commitments of each proof."""
    return [GROUP.decode_residues(proof) for proof in split_hints(hints, ELECTION.manifest, STYLE, GROUP)]


def proofs_hold(sealed: SealedBallot) -> bool:
    """Every range and limit proof by the verifier's own functions."""
    ciphertexts = members_of(CONTEXT, sealed)
    assert ciphertexts is not None
    verdicts = [claim.holds() for claim in CONTEXT.claims_of(sealed, ciphertexts)]
    assert len(verdicts) == sum(len(contest.items) + 1 for contest in sealed.contests)
    return all(verdicts)


@pytest.mark.parametrize("name", BALLOTS)
def test_electionguards_nonces_and_ciphertexts(name: str) -> None:
    """H_I, every ξ_ij, α and β; the vectors' proof nonces are not given, so our proofs are verified instead."""
    vector = BALLOTS[name]
    K = element(VECTORS["K"])
    h_i, seed = bytes.fromhex(vector["H_I"]), bytes.fromhex(vector["SECRET_xi_B"])
    assert ballot_base_hash(H_E, bytes.fromhex(vector["id_B"])) == h_i
    precompute(K.group.g)
    precompute(K)
    encryptor = Encryptor(K, h_i, seed, DeterministicRandomness(name))
    manifest = make_manifest(contests=VECTOR_CONTESTS, styles=VECTOR_STYLES)
    for contest in vector["contests"]:
        made = []
        for option in contest["options"]:
            place, limit = Place(contest["index"], option["index"]), len(option["proof"]["cj"]) - 1
            assert encryptor.nonce(place).value == int(option["xi"], 16)
            one = encryptor.encrypt(place, option["value"], limit)
            assert one.ciphertext.alpha.value == int(option["alpha"], 16)
            assert one.ciphertext.beta.value == int(option["beta"], 16)
            statement = one_of.OneOf(K, one.ciphertext.alpha, one.ciphertext.beta, limit)
            assert one_of.verify(statement, one.proof, one_of.BallotPlace(h_i, place))
            made.append(one)
        values = [option["value"] for option in contest["options"]]
        described = manifest.contests[contest["index"] - 1]
        total = encryptor.prove_limit(described, contest["index"], values, made)
        statement = one_of.OneOf(K, total.ciphertext.alpha, total.ciphertext.beta, described.limit)
        place = one_of.BallotPlace(h_i, Place(contest["index"]))
        assert one_of.verify(statement, total.proof, place)
        theirs = contest["limit_proof"]
        numbers = [[K.group.scalar(int(x, 16)) for x in theirs[name]] for name in ("cj", "vj")]
        assert one_of.verify(statement, one_of.OneOfProof(*map(tuple, numbers)), place), "theirs is about the same"


@pytest.mark.parametrize(
    "values",
    [
        VALUES,
        {"mayor": (0, 0), "board": (0, 0, 0, 0)},
        {"mayor": (1, 0), "board": (0, 0, 0, 1)},
        {"mayor": (0, 1), "board": (1, 1, 1, 0)},
    ],
    ids=["full", "empty", "blank", "spread"],
)
def test_a_sealed_ballot_is_read_back_and_its_proofs_hold(values: dict[str, tuple[int, ...]]) -> None:
    sealed, _ = seal(values, DeterministicRandomness("seal"))
    assert decode_sealed(sealed.encode(), ELECTION.manifest, GROUP) == sealed
    assert proofs_hold(sealed)
    h_i = ballot_base_hash(CONTEXT.h_e, ID)
    for contest in sealed.contests:
        index = ELECTION.manifest.contest_index(contest.id)
        for j, (item, value) in enumerate(zip(contest.items, values[contest.id], strict=True), start=1):
            again = encrypt(CONTEXT.K, value, nonce(GROUP, h_i, Place(index, j), SEED))
            assert (item.alpha.encode(), item.beta.encode()) == (again.alpha.encode(), again.beta.encode())


def test_the_hints_are_the_commitments_of_the_proofs_in_order() -> None:
    sealed, hints = seal(VALUES, DeterministicRandomness("hints"))
    ciphertexts = members_of(CONTEXT, sealed)
    assert ciphertexts is not None
    expected = []
    for contest, pairs in zip(sealed.contests, ciphertexts, strict=True):
        described = ELECTION.manifest.contest(contest.id)
        assert described is not None
        for item, pair, meant in zip(contest.items, pairs, described.items(), strict=True):
            statement = one_of.OneOf(CONTEXT.K, pair.alpha, pair.beta, meant.limit)
            expected.append([p.value().encode() for p in one_of.commitments(statement, item.proof)])
        total = contest_total(described, pairs)
        statement = one_of.OneOf(CONTEXT.K, total.alpha, total.beta, described.limit)
        expected.append([p.value().encode() for p in one_of.commitments(statement, contest.limit)])
    read = decoded_hints(hints)
    assert [[x.encode() for x in proof] for proof in read] == expected


@pytest.mark.parametrize(
    "values",
    [
        {"mayor": (1, 1), "board": (0, 0, 0, 0)},
        {"mayor": (2, 0), "board": (0, 0, 0, 0)},
        {"mayor": (0, 0), "board": (1, 0, 0, 1)},
        {"mayor": (0, 0)},
        {"mayor": (0, 0), "board": (0, 0, 0, 0), "more": (0,)},
        {"mayor": (0,), "board": (0, 0, 0, 0)},
    ],
    ids=[
        "over the contest",
        "over the option",
        "blank and more",
        "contest missing",
        "contest too many",
        "item missing",
    ],
)
def test_values_outside_the_limits_are_not_sealed(values: dict[str, tuple[int, ...]]) -> None:
    """Before anything is encrypted: no randomness is drawn."""
    source = DeterministicRandomness("seal")
    with pytest.raises(ValueError, match=r"contest (mayor|board): |style all: "):
        seal(values, source)
    assert source.drawn == 0


def test_proof_nonces_are_not_derived_from_the_seed() -> None:
    """Every a_j is g^u_j of a u_j from the randomness alone, so two seeds with one source show the same ones."""
    _, one = seal(VALUES, DeterministicRandomness("same"))
    _, two = seal(VALUES, DeterministicRandomness("same"), seed=b"\x03" * 32)
    hints = [decoded_hints(data) for data in (one, two)]
    assert [[x.encode() for x in proof[::2]] for proof in hints[0]] == [
        [x.encode() for x in proof[::2]] for proof in hints[1]
    ]


def test_no_commitment_occurs_twice() -> None:
    """Not in one ballot, and not in two ballots with the same seed, identifier and choices."""
    source = DeterministicRandomness("one stream")
    ballots = [seal(VALUES, source) for _ in range(2)]
    assert [b.contests[0].items[0].alpha for b, _ in ballots] == [ballots[0][0].contests[0].items[0].alpha] * 2
    seen = [x.encode() for _, hints in ballots for proof in decoded_hints(hints) for x in proof]
    assert len(set(seen)) == len(seen)


def test_another_identifier_or_seed_gives_other_ciphertexts() -> None:
    def alphas(ballot: SealedBallot) -> set[bytes]:
        return {item.alpha.encode() for contest in ballot.contests for item in contest.items}

    ballots = [
        seal(VALUES, DeterministicRandomness("a"))[0],
        seal(VALUES, DeterministicRandomness("a"), seed=b"\x03" * 32)[0],
        seal(VALUES, DeterministicRandomness("a"), id=b"\x03" * 32)[0],
    ]
    assert len(set().union(*map(alphas, ballots))) == 3 * 6


def test_the_work_is_the_same_for_every_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    for base in (GROUP.g, CONTEXT.K):
        precompute(base, 10)  # so that none is made on the way
    work = Work(monkeypatch)
    seen, drawn = [], []
    for mayor in ((0, 0), (1, 0), (0, 1)):
        for board in ((0, 0, 0, 0), (2, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)):
            work.done.clear()
            source = DeterministicRandomness("same")
            seal({"mayor": mayor, "board": board}, source)
            seen.append(dict(work.done))
            drawn.append(source.drawn)
    assert all(counts == seen[0] for counts in seen)
    assert len(set(drawn)) == 1
    assert seen[0]["power_secret"] == 2 * 6 + 2 * (2 + 2 + 2 + 3 + 2 + 2 + 2 + 4), "ciphertexts, then branches"
    assert "secret_power" not in seen[0]


@pytest.mark.parametrize(("window", "rows"), [(8, 32), (10, 26)])
@pytest.mark.parametrize("value", [0, 1])
def test_a_selection_costs_six_powers_and_nothing_else_of_that_size(window: int, rows: int, value: int) -> None:
    """Multiplications of group elements, counted: at window 10 they are 150 of the 190 that a selection may cost."""
    encryptor = Encryptor(CONTEXT.K, ID, SEED, DeterministicRandomness("count"))
    object.__setattr__(encryptor, "bases", Bases(counting(GROUP.g, window), counting(CONTEXT.K, window)))
    Counted.multiplications = 0
    made = encryptor.encrypt(Place(1, 1), value, 1)
    assert Counted.multiplications == 6 * (rows - 1)
    object.__setattr__(encryptor, "randomness", DeterministicRandomness("count"))
    object.__setattr__(encryptor, "bases", Bases.of(CONTEXT.K))
    assert encryptor.encrypt(Place(1, 1), value, 1) == made, "the counting numbers are the same numbers"


def test_a_ballot_costs_its_powers_and_two_products_for_all_items_but_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Five options and a limit of 1: 5·6 + 4 powers. No power is taken without a table, nothing is inverted."""
    options = tuple(OptionFacts(name, name.upper()) for name in "abcde")
    contests = (ContestFacts("one", "One", options, blank="uncounted"),)
    manifest = make_manifest(contests=contests, styles=(StyleFacts("all", "All", ("one",)),))
    for base in (GROUP.g, CONTEXT.K):
        precompute(base, 10)
    work = Work(monkeypatch)
    values = {"one": (0, 0, 1, 0, 0)}
    seal_ballot(
        manifest, manifest.styles[0], CONTEXT.K, CONTEXT.h_e, ID, values, SEED, DeterministicRandomness("count")
    )
    assert work.done["power_secret"] == 5 * 6 + 4
    assert work.of_elements == 2 * (5 - 1)
    assert {name: work.done[name] for name in ("power", "secret_power", "invert")} == dict.fromkeys(
        ("power", "secret_power", "invert"), 0
    )


def test_a_sealed_ballot_widens_the_tables_as_far_as_its_items_deserve() -> None:
    other = make_election(make_manifest(), seed="tables").context
    seal_ballot(ELECTION.manifest, STYLE, other.K, other.h_e, ID, VALUES, SEED, DeterministicRandomness("x"))
    table = table_of(other.K)
    assert table is not None
    powers = 6 + (2 + 2 + 2) + (3 + 2 + 2 + 2 + 4)
    assert table.window == window_for(powers, 256) < 8
    expect_powers(ELECTION.manifest, STYLE, other.K, 1000)
    table = table_of(other.K)
    assert table is not None
    assert table.window == window_for(1001 * powers, 256)


@pytest.mark.parametrize(("value", "xi"), [(0, 0), (1, 0), (1, -1)], ids=["all zero", "no nonce", "β is 1"])
def test_a_ciphertext_of_1_is_not_made(value: int, xi: int) -> None:
    with pytest.raises(ZeroNonce):
        encrypt_with(CONTEXT.K, value, GROUP.reduce(xi))


def test_a_contest_total_without_nonce_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """ξ = 5 and -5: the total's nonce is 0, and its α would be 1."""
    monkeypatch.setattr(
        encrypt_module, "nonce", lambda group, h_i, place, seed: group.reduce(5 if place.option == 1 else -5)
    )
    with pytest.raises(ZeroNonce):
        seal({"mayor": (0, 0), "board": (0, 0, 0, 0)}, DeterministicRandomness("zero"))


def test_nothing_secret_is_printed() -> None:
    encryptor = Encryptor(CONTEXT.K, ID, SEED, DeterministicRandomness("x"))
    assert SEED.hex() not in repr(encryptor)
    assert "redacted" in repr(encryptor)
