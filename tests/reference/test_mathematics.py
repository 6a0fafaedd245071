"""The reference's arithmetic against published and independent values: RFC 8032, RFC 8785, RFC 6962, ElectionGuard."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reference import canonical, ed25519
from reference.ballots import Poll, identifier_hash, limit_proof_holds, nonce, selection_proof_holds
from reference.canonical import BadForm
from reference.ceremony import (
    Setting,
    confirmation_hash,
    join,
    key_proofs_hold,
    new_setting,
    share_pad,
    share_proof_holds,
    value_fits,
)
from reference.manifest import Contest, Item
from reference.numbers import H, floor_of_ln2_shifted, group_named, small_group, standard_group, weights
from reference.payloads import Keys, Proof, SealedContest, SealedItem, Share
from reference.tree import Tree


def number(text: str) -> int:
    return int(text, 16)


@pytest.fixture(scope="module")
def vector(root: Path) -> Any:
    """A computation in EG 2.1.0 with three guardians, a quorum of two, two ballots of two contests."""
    return json.loads((root / "tests" / "vectors" / "electionguard_v21.json").read_text())


@pytest.fixture(scope="module")
def setting(vector: Any) -> Setting:
    return new_setting(standard_group(), 3, 2, vector["manifest_utf8"].encode())


@pytest.fixture(scope="module")
def reveals(vector: Any) -> dict[int, Keys]:
    return {
        guardian["i"]: Keys(
            [number(x) for x in guardian["K"]],
            [number(x) for x in guardian["K_hat"]],
            number(guardian["kappa"]),
            Proof([number(guardian["c"])], [number(x) for x in guardian["v"]]),
            Proof([number(guardian["c_hat"])], [number(x) for x in guardian["v_hat"]]),
            b"",
        )
        for guardian in vector["guardians"]
    }


@pytest.fixture(scope="module")
def poll(setting: Setting, reveals: dict[int, Keys]) -> Poll:
    return Poll(setting, join(setting, reveals))


def test_the_logarithm_of_two_is_rounded_down() -> None:
    assert [floor_of_ln2_shifted(bits) for bits in (1, 2, 3, 8, 16)] == [1, 2, 5, 177, 45426]
    series = sum(Fraction(2, (2 * i + 1) * 3 ** (2 * i + 1)) for i in range(80))
    assert floor_of_ln2_shifted(200) == series * 2**200 // 1


@pytest.mark.parametrize("name", ["electionguard-2.1-4096", "test-512"])
def test_groups_are_of_order_q(name: str) -> None:
    group = group_named(name)
    assert group is not None
    assert (group.p - 1) % (2 * group.q) == 0
    assert group.g != 1
    assert group.is_element(group.g)
    assert pow(3, group.p - 1, group.p) == 1
    assert not any(group.is_element(x) for x in (0, group.p - 1, group.p, group.p - group.g, group.p + group.g, 2))
    assert group.width * 8 == int(name.split("-")[-1])


def test_weights_interpolate() -> None:
    q = small_group().q
    w = weights([1, 3, 4], q)
    assert sum(w[x] * (5 + 6 * x + 7 * x * x) for x in w) % q == 5


def test_hashes_are_electionguards(vector: Any, setting: Setting, poll: Poll) -> None:
    assert setting.h_p.hex() == vector["H_P"].lower()
    assert setting.h_b.hex() == vector["H_B"].lower()
    assert number(vector["K"]) == poll.joint.K
    assert poll.joint.K_hat == number(vector["K_hat"])
    assert confirmation_hash(setting, poll.joint).hex() == vector["H_G"].lower()
    assert poll.h_e.hex() == vector["H_E"].lower()


def test_key_proofs_are_electionguards(setting: Setting, reveals: dict[int, Keys]) -> None:
    assert all(key_proofs_hold(setting, i, keys) for i, keys in reveals.items())
    assert not key_proofs_hold(setting, 2, reveals[1])


def test_an_encrypted_share_is_electionguards(vector: Any, setting: Setting, reveals: dict[int, Keys]) -> None:
    its, group = vector["share_1_to_2"], setting.group
    share = Share(2, number(its["C0"]), bytes.fromhex(its["C1"]), number(its["c"]), number(its["v"]))
    assert share_proof_holds(setting, 1, share)
    assert not share_proof_holds(setting, 3, share)
    beta = group.power(reveals[2].kappa, number(its["xi"]))
    pad = share_pad(setting, 1, 2, reveals[2].kappa, share.C0, beta)
    assert pad.hex() == (its["k1"] + its["k2"]).lower()
    value = number(its["C1"][:64]) ^ int.from_bytes(pad[:32])
    assert value_fits(setting, reveals[1].K, value, 2)
    assert not value_fits(setting, reveals[1].K, value, 3)


def test_ballots_are_electionguards(vector: Any, poll: Poll) -> None:
    for ballot in vector["ballots"]:
        h_i = identifier_hash(poll, bytes.fromhex(ballot["id_B"]))
        assert h_i.hex() == ballot["H_I"].lower()
        for contest in ballot["contests"]:
            check_contest(poll, h_i, bytes.fromhex(ballot["SECRET_xi_B"]), contest)


def check_contest(poll: Poll, h_i: bytes, seed: bytes, vector: Any) -> None:
    """Nonces, ciphertexts and both kinds of proof of a contest."""
    group, items = poll.setting.group, []
    for option in vector["options"]:
        xi = nonce(poll, h_i, vector["index"], option["index"], seed)
        assert xi == number(option["xi"])
        alpha, beta = number(option["alpha"]), number(option["beta"])
        assert (alpha, beta) == (group.power(group.g, xi), group.power(poll.joint.K, option["value"] + xi))
        item = Item(option["index"], str(option["index"]), len(option["proof"]["cj"]) - 1)
        items.append(SealedItem(item, alpha, beta, proof_of(option["proof"])))
    limit = len(vector["limit_proof"]["cj"]) - 1
    contest = Contest(vector["index"], "contest", limit, tuple(item.item for item in items), None, 1, {}, "report")
    assert all(selection_proof_holds(poll, h_i, contest, item) for item in items)
    assert limit_proof_holds(poll, h_i, SealedContest(contest, items, proof_of(vector["limit_proof"])))
    assert not selection_proof_holds(poll, H(h_i, b""), contest, items[0])


def proof_of(vector: Any) -> Proof:
    return Proof([number(c) for c in vector["cj"]], [number(v) for v in vector["vj"]])


KEY = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"  # RFC 8032 7.1, test 2
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_a_signature_of_rfc_8032_is_valid() -> None:
    key, signature = bytes.fromhex(KEY), bytes.fromhex(SIGNATURE)
    assert ed25519.verify(key, b"\x72", signature)
    assert not ed25519.verify(key, b"\x73", signature)
    assert not ed25519.verify(key, b"\x72", signature[:-1])
    s = int.from_bytes(signature[32:], "little") + ed25519.L
    assert not ed25519.verify(key, b"\x72", signature[:32] + s.to_bytes(32, "little"))


def test_keys_outside_the_profile_are_refused() -> None:
    one = (1).to_bytes(32, "little")
    order_two = (ed25519.P - 1).to_bytes(32, "little")
    order_four = bytes(32)
    not_canonical = (ed25519.P + 1).to_bytes(32, "little")
    negative_zero = one[:31] + b"\x80"
    point = ed25519.decode(order_two)
    assert point is not None
    mixed = ed25519.encode(ed25519.add(ed25519.BASE, point))
    keys = (one, order_two, order_four, not_canonical, negative_zero, mixed, bytes(31), b"")
    assert not any(ed25519.is_valid_key(key) for key in keys)
    assert ed25519.is_valid_key(ed25519.encode(ed25519.BASE))
    assert ed25519.decode(not_canonical) is None
    assert ed25519.decode(negative_zero) is None


def test_a_mixed_order_signature_point_is_refused() -> None:
    """R + T with T of order two passes the cofactored equation only."""
    key, signature = bytes.fromhex(KEY), bytes.fromhex(SIGNATURE)
    R, T = ed25519.decode(signature[:32]), ed25519.decode((ed25519.P - 1).to_bytes(32, "little"))
    assert R is not None
    assert T is not None
    assert not ed25519.verify(key, b"\x72", ed25519.encode(ed25519.add(R, T)) + signature[32:])


def test_the_root_of_rfc_6962() -> None:
    """The example log of the test suites for RFC 6962."""
    entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    tree = Tree([bytes.fromhex(entry) for entry in entries])
    assert tree.root(0).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree.root(1).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert tree.root(3).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert tree.root(8).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_canonical_json_is_that_of_rfc_8785() -> None:
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    names = "".join(json.loads(canonical.encode(value), object_pairs_hook=lambda pairs: "".join(k for k, _ in pairs)))
    assert names == "\r1\u0080\u00f6\u20ac\U0001f600\ufb33"
    text = '"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/\x7f\u2028€"'
    assert canonical.encode('\x00\b\t\n\f\r\x1f"\\/\x7f\u2028€') == text.encode()


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"{}\n", b" {}", b"null", b"1.0", b"1e3", b"-1", b"-0", b"01", b"NaN", b"9007199254740992", b"[1,]"),
        *(
            b'{"a":1,"a":1}',
            b'{"b":1,"a":1}',
            b'"\\ud800"',
            b'"\\u0041"',
            b'"\xff"',
            b'"\xed\xa0\x80"',
            b"\xef\xbb\xbf{}",
        ),
        *(b"[" * 17 + b"]" * 17, b"[" * 100_000, b"9" * 10_000, b'{"a":null}', b"[[1.5]]"),
    ],
)
def test_other_json_is_refused(data: bytes) -> None:
    with pytest.raises(BadForm):
        canonical.decode(data)


def test_a_boolean_is_no_integer() -> None:
    with pytest.raises(BadForm):
        canonical.integer(True)
    with pytest.raises(BadForm):
        canonical.exactly(True, 1)
    assert canonical.decode(b"[" * 16 + b"]" * 16)
