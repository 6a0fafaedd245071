"""ElectionGuard 2.1's base hashes, against its one published value and against recomputed vectors.

The vectors were made from the text of the Design Specification 2.1.0, independently of this library.
"""

import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from e2evote.algebra.group import Element
from e2evote.algebra.parameters import ELECTIONGUARD_4096 as GROUP
from e2evote.algebra.parameters import TEST_512
from e2evote.manifest.base_hash import (
    ballot_base_hash,
    base_hash,
    ceremony_hash,
    extended_base_hash,
    parameter_hash,
)

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "vectors" / "electionguard_v21.json").read_text("utf-8")
)
TRUSTEES = VECTORS["guardians"]


def digest(text: str) -> bytes:
    """The vectors write numbers without leading zeros."""
    return int(text, 16).to_bytes(32, "big")


@pytest.fixture(scope="module")
def elements() -> dict[str, Element]:
    """Every public key of the vectors by its hexadecimal, screened together."""
    texts = [VECTORS["K"], VECTORS["K_hat"]]
    for trustee in TRUSTEES:
        texts += [*trustee["K"], *trustee["K_hat"], trustee["kappa"]]
    residues = [GROUP.decode_residue(int(text, 16).to_bytes(GROUP.element_size, "big")) for text in texts]
    return dict(zip(texts, GROUP.screen(residues), strict=True))


def test_the_published_parameter_hash() -> None:
    """n = 5, k = 3: the value in the test suite of Microsoft's electionguard-rust."""
    expected = "944286970eafdb6f347f4eb93b30d48fa3edcc89bfbaea6f5ae8f29afb05ddce"
    assert parameter_hash(GROUP, 5, 3).hex() == expected


def test_the_chain_of_the_vectors(elements: dict[str, Element]) -> None:
    H_P = parameter_hash(GROUP, len(TRUSTEES), len(TRUSTEES[0]["K"]))
    assert digest(VECTORS["H_P"]) == H_P
    H_B = base_hash(H_P, VECTORS["manifest_utf8"].encode())
    assert digest(VECTORS["H_B"]) == H_B

    joint = (elements[VECTORS["K"]], elements[VECTORS["K_hat"]])
    vote, data = ([[elements[text] for text in trustee[name]] for trustee in TRUSTEES] for name in ("K", "K_hat"))
    kappas = [elements[trustee["kappa"]] for trustee in TRUSTEES]
    assert ceremony_hash(H_B, joint, vote, data, kappas) == digest(VECTORS["H_G"])

    H_E = extended_base_hash(H_B, joint)
    assert digest(VECTORS["H_E"]) == H_E
    for ballot in VECTORS["ballots"]:
        assert ballot_base_hash(H_E, digest(ballot["id_B"])) == digest(ballot["H_I"])
    assert len(VECTORS["ballots"]) >= 2


def test_every_argument_is_hashed(elements: dict[str, Element]) -> None:
    """No two of these inputs, each of which differs from the first in one argument, have the same hash."""
    keys = list(elements.values())
    K, other, third = keys[0], keys[1], keys[2]
    zero, one = bytes(32), bytes(31) + b"\x01"
    table = [[K, K], [K, K]]
    assert (
        len(
            {
                ceremony_hash(zero, (K, K), table, table, [K, K]),
                ceremony_hash(one, (K, K), table, table, [K, K]),
                ceremony_hash(zero, (other, K), table, table, [K, K]),
                ceremony_hash(zero, (K, other), table, table, [K, K]),
                ceremony_hash(zero, (K, K), [[K, K], [K, other]], table, [K, K]),
                ceremony_hash(zero, (K, K), [[K, K], [other, K]], table, [K, K]),
                ceremony_hash(zero, (K, K), table, [[K, K], [third, K]], [K, K]),
                ceremony_hash(zero, (K, K), table, table, [K, other]),
                extended_base_hash(zero, (K, K)),
                extended_base_hash(one, (K, K)),
                extended_base_hash(zero, (K, other)),
                extended_base_hash(zero, (other, K)),
                ballot_base_hash(zero, zero),
                ballot_base_hash(one, zero),
                ballot_base_hash(zero, one),
                base_hash(zero, b""),
                base_hash(one, b""),
                base_hash(zero, b"\x00"),
                parameter_hash(GROUP, 3, 2),
                parameter_hash(GROUP, 3, 3),
                parameter_hash(GROUP, 4, 2),
                parameter_hash(TEST_512, 3, 2),
            }
        )
        == 22
    )


def test_a_small_group_is_hashed_in_its_own_widths() -> None:
    p, q, g = (int(x) for x in (TEST_512.p, TEST_512.q, TEST_512.generator))
    message = b"\x00" + p.to_bytes(64, "big") + q.to_bytes(32, "big") + g.to_bytes(64, "big")
    message += bytes([0, 0, 0, 3, 0, 0, 0, 2])
    assert parameter_hash(TEST_512, 3, 2) == hmac.digest(b"v2.1.0" + bytes(26), message, "sha256")


@pytest.mark.parametrize(("n", "k"), [(0, 0), (3, 0), (3, 4), (2**31, 2)])
def test_a_quorum_that_cannot_be_is_misuse(n: int, k: int) -> None:
    with pytest.raises(ValueError):
        parameter_hash(TEST_512, n, k)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_or_identifier_of_another_size_is_misuse(size: int) -> None:
    with pytest.raises(ValueError, match=f"{size} bytes, want 32"):
        ballot_base_hash(bytes(size), bytes(32))
    with pytest.raises(ValueError, match=f"{size} bytes, want 32"):
        ballot_base_hash(bytes(32), bytes(size))
    with pytest.raises(ValueError, match=f"{size} bytes, want 32"):
        base_hash(bytes(size), b"{}")


@pytest.mark.parametrize(
    ("vote", "data", "kappas"),
    [
        ([2, 2], [2, 2], 3),
        ([2, 2], [2], 2),
        ([2], [2, 2], 2),
        ([2, 1], [2, 2], 2),
        ([2, 2], [2, 1], 2),
        ([1, 1], [2, 2], 2),
        ([0, 0], [0, 0], 2),
        ([], [], 0),
    ],
)
def test_keys_that_do_not_make_a_ceremony_are_misuse(vote: list[int], data: list[int], kappas: int) -> None:
    g = TEST_512.g
    with pytest.raises(ValueError, match="ceremony"):
        ceremony_hash(bytes(32), (g, g), [[g] * i for i in vote], [[g] * i for i in data], [g] * kappas)
