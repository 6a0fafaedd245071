"""The forgeries do what they say: each would pass a verifier that lacks the one thing it is about.

Without this a row of the matrix could fail its check because the forgery is merely broken. The equations of
docs/spec.md section 3 are written out here once more, without tests of membership.
"""

from collections.abc import Callable

import pytest

from reference import make_ed25519
from reference.encryptor import Entry
from reference.make_ballots import limit_pair
from reference.make_group import Q
from reference.make_json import Json
from reference.make_proofs import Commitments, lagrange, range_challenge, share_of_cell_challenge
from reference.make_record import signed_message
from simulate.bases import base_election
from simulate.forgeries import contest_at, flat, hashed
from simulate.insider import Dossier
from simulate.tampers import TAMPERS
from simulate.tampers_decryption import cell_of_share, honest

ROWS = {tamper.name: tamper for tamper in TAMPERS}
MAYOR, BOARD = 0, 1


def tampered(name: str) -> Dossier:
    dossier = Dossier(base_election(ROWS[name].base))
    ROWS[name].apply(dossier)
    return dossier


def is_element(d: Dossier, x: int) -> bool:
    return pow(x, Q, d.group.p) == 1


def scalars(proof: Json, name: str) -> list[int]:
    return [int(x, 16) for x in proof[name]]


def commitments(d: Dossier, pair: tuple[int, int], proof: Json) -> Commitments:
    """(3.3), (3.4) with plain exponents"""
    p, K, (alpha, beta) = d.group.p, d.made.joint().K, pair
    c, v = scalars(proof, "c"), scalars(proof, "v")
    return [
        (pow(d.group.g, v_j, p) * pow(alpha, c_j, p) % p, pow(K, (v_j - j * c_j) % Q, p) * pow(beta, c_j, p) % p)
        for j, (c_j, v_j) in enumerate(zip(c, v, strict=True))
    ]


def pair_of(item: Json) -> tuple[int, int]:
    return int(item["alpha"], 16), int(item["beta"], 16)


def range_holds(d: Dossier, entry: Entry, place: tuple[int, ...], pair: tuple[int, int], proof: Json) -> bool:
    context = d.made.ballots().context(bytes.fromhex(entry.body["id"]))
    c = range_challenge(d.group, context, place, *pair, commitments(d, pair, proof))
    return (sum(scalars(proof, "c")) - c) % Q == 0


def mayor(d: Dossier, n: int, j: int) -> Json:
    item: Json = d.one("ballot", n).content["contests"][MAYOR]["items"][j - 1]
    return item


def limit_holds(d: Dossier, n: int, position: int) -> bool:
    entry = d.one("ballot", n)
    i, contest = contest_at(d, entry, position)
    part = entry.content["contests"][position]
    return range_holds(d, entry, (i,), limit_pair(d.group, contest, part["items"]), part["limit"])


def test_weak_fiat_shamir_proves_a_random_plaintext() -> None:
    d = tampered("weak-fiat-shamir-random-plaintext")
    entry, item = d.one("ballot"), mayor(d, 0, 2)
    m = d.sealing(entry).choices[MAYOR][1]
    assert m > 2**200
    context = d.made.ballots().context(d.sealing(entry).id)
    weak = hashed(d, context, (1, 2), flat(commitments(d, pair_of(item), item["proof"])))
    assert sum(scalars(item["proof"], "c")) % Q == weak
    assert limit_holds(d, 0, MAYOR)


@pytest.mark.parametrize("side", ["alpha", "beta"])
def test_even_challenges_hide_a_sign(side: str) -> None:
    d = tampered(f"{side}-negated-even-challenges")
    item = mayor(d, 0, 2)
    assert not is_element(d, int(item[side], 16))
    assert range_holds(d, d.one("ballot"), (1, 2), pair_of(item), item["proof"])
    assert limit_holds(d, 0, MAYOR)


def test_two_signs_cancel_in_the_product() -> None:
    d, good = tampered("two-negated-alphas-cancel"), Dossier(base_election("base"))
    products = [dossier.one("tally.statement").content["products"] for dossier in (d, good)]
    assert products[0] == products[1]
    assert all(
        range_holds(d, d.one("ballot", n), (1, 1), pair_of(mayor(d, n, 1)), mayor(d, n, 1)["proof"]) for n in (1, 3)
    )


@pytest.mark.parametrize(
    "name", ["two-for-one-and-minus-one-for-another", "three-votes-and-minus-one-blank"], ids=("minus", "blank")
)
def test_negative_votes_are_within_the_limit(name: str) -> None:
    d = tampered(name)
    assert limit_holds(d, 1, MAYOR)
    assert limit_holds(d, 1, BOARD)
    assert min(min(values) for values in d.sealing(d.one("ballot", 1)).choices) == -1


def test_limit_proof_is_good_for_another_sum() -> None:
    d = tampered("limit-proof-over-another-sum")
    entry = d.one("ballot", 1)
    limit = entry.content["contests"][MAYOR]["limit"]
    assert range_holds(d, entry, (1,), pair_of(mayor(d, 1, 1)), limit)
    assert not limit_holds(d, 1, MAYOR)


def test_limit_proof_is_good_for_an_unweighted_blank() -> None:
    d = tampered("limit-proof-with-unweighted-blank")
    entry = d.one("ballot", 3)
    part = entry.content["contests"][BOARD]
    alpha, beta = (d.group.product(int(item[side], 16) for item in part["items"]) for side in ("alpha", "beta"))
    assert range_holds(d, entry, (2,), (alpha, beta), part["limit"])
    assert not limit_holds(d, 3, BOARD)


def test_unreduced_response_satisfies_the_equations() -> None:
    d = tampered("ballot-response-plus-order")
    entry = d.one("ballot", 1)
    item = mayor(d, 1, 1)
    assert item["proof"]["v"][0] == f"{5:064x}"
    assert f"{Q + 5:064x}".encode() in entry.payload_bytes()
    assert range_holds(d, entry, (1, 1), pair_of(item), item["proof"])


def test_copied_ciphertexts_have_good_proofs() -> None:
    for name in ("ciphertext-of-another-ballot", "ciphertext-of-a-challenge"):
        d = tampered(name)
        assert range_holds(d, d.one("ballot", 3), (1, 1), pair_of(mayor(d, 3, 1)), mayor(d, 3, 1)["proof"])
        assert limit_holds(d, 3, MAYOR)


def share_of(d: Dossier, trustee: int, position: int) -> Json:
    share: Json = d.of_trustee("tally.share", trustee).content["shares"][position]
    return share


def share_commitments(d: Dossier, trustee: int, position: int) -> tuple[int, int, int, int]:
    """Y, M, and a, b by (3.11), (3.12) with plain exponents"""
    p, share, cell = d.group.p, share_of(d, trustee, position), cell_of_share(d, trustee, position)
    Y, M = d.group.power(d.made.key_share(trustee)), int(share["M"], 16)
    c, v = int(share["c"], 16), int(share["v"], 16)
    a = pow(d.group.g, v, p) * pow(Y, c, p) % p
    return Y, M, a, pow(cell.A, v, p) * pow(M, c, p) % p


def test_even_challenge_hides_the_sign_of_a_share() -> None:
    d = tampered("share-negated-even-challenge")
    Y, M, a, b = share_commitments(d, 1, 0)
    assert not is_element(d, M)
    assert honest(d, cell_of_share(d, 1, 0), Y, M, a, b) == int(share_of(d, 1, 0)["c"], 16)


@pytest.mark.parametrize("name", ["tally-forged-decryption-fits", "tally-forged-under-weak-challenge"])
def test_forged_share_decrypts_to_the_forged_votes(name: str) -> None:
    d, good = tampered(name), Dossier(base_election("base"))
    votes = [dossier.one("outcome").content["cells"][1]["votes"] for dossier in (d, good)]
    assert votes == [1, 0]
    cell, power = cell_of_share(d, 1, 1), d.group.pow
    target = cell.B
    for i in d.made.spec.decrypting:
        weight = lagrange(i, d.made.spec.decrypting, Q)
        target = target * power(int(share_of(d, i, 1)["M"], 16), -weight) % d.group.p
    assert target == d.made.joint().K


def test_shares_of_a_vanishing_polynomial_are_the_key() -> None:
    d = tampered("one-trustee-decides")
    assert d.made.key_share(1) == d.made.key_share(2) == d.made.key_share(3) == d.made.logarithm()
    assert d.one("outcome").content["cells"] == base_election("base").of_kind("outcome")[0].content["cells"]


def test_proof_keyed_with_another_election_is_good_there() -> None:
    d = tampered("share-proof-of-another-election")
    Y, M, a, b = share_commitments(d, 1, 0)
    c = share_of_cell_challenge(d.group, bytes.fromhex("5e" * 32), cell_of_share(d, 1, 0), Y, M, a, b)
    assert c == int(share_of(d, 1, 0)["c"], 16)


def test_rogue_trustee_alone_has_the_key() -> None:
    d = tampered("rogue-key")
    x = d.trustee(3).source.scalar("rogue")
    assert d.group.power(x) == d.made.joint().K


def decoded(encoding: bytes) -> make_ed25519.Point:
    """The point of an encoding, by (y² - 1)/(dy² + 1) = x²"""
    p = make_ed25519.P
    y = int.from_bytes(encoding, "little") & (2**255 - 1)
    square = (y * y - 1) * pow(make_ed25519.D * y * y + 1, -1, p) % p
    x = pow(square, (p + 3) // 8, p)
    if (x * x - square) % p:
        x = x * pow(2, (p - 1) // 4, p) % p
    if x & 1 != encoding[31] >> 7:
        x = -x % p
    return (x, y, 1, x * y % p)


def sides(entry: Entry) -> tuple[make_ed25519.Point, make_ed25519.Point]:
    """sB and R + kA of the leaf's first signature"""
    key, sig = (bytes.fromhex(entry.leaf["signatures"][0][name]) for name in ("key", "sig"))
    k = make_ed25519.challenge(sig[:32], key, signed_message(entry.leaf))
    right = make_ed25519.add(decoded(sig[:32]), make_ed25519.multiply(k, decoded(key)))
    return make_ed25519.multiply_base(int.from_bytes(sig[32:], "little") % make_ed25519.L), right


def same(points: tuple[make_ed25519.Point, make_ed25519.Point], times: int = 1) -> bool:
    first, second = (make_ed25519.encode(make_ed25519.multiply(times, point)) for point in points)
    return first == second


def test_signature_with_torsion_holds_times_eight_only() -> None:
    points = sides(tampered("signature-only-times-eight").one("close"))
    assert same(points, 8)
    assert not same(points)


def _voter(d: Dossier) -> Entry:
    return d.one("ballot", 1)


def _closing(d: Dossier) -> Entry:
    return d.one("close")


@pytest.mark.parametrize(
    ("name", "leaf"),
    [
        ("voter-key-of-mixed-order", _voter),
        ("voter-key-that-signs-everything", _voter),
        ("signature-with-s-plus-order", _closing),
    ],
)
def test_equation_of_a_refused_signature_holds(name: str, leaf: Callable[[Dossier], Entry]) -> None:
    assert same(sides(leaf(tampered(name))))
