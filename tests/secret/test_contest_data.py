"""Contest data: ElectionGuard 2.1's vectors, byte for byte. No e2evote election has any."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from e2evote.algebra.group import Element
from e2evote.algebra.parameters import ELECTIONGUARD_4096
from e2evote.secret import contest_data
from e2evote.secret.contest_data import (
    DataDecryption,
    SealedData,
    decrypt_data,
    encrypt_data,
    open_data,
    session_key,
    verify_data_proof,
    verify_decryption,
)
from e2evote.secret.scalar import SecretScalar

GROUP = ELECTIONGUARD_4096
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "electionguard_v21.json").read_text("utf-8"))
BALLOTS = [*VECTORS["ballots"], VECTORS["ballot_no_chaining"]]


def secret(text: str) -> SecretScalar:
    return SecretScalar(GROUP.scalar(int(text, 16)))


def element(text: str) -> Element:
    return GROUP.screen([GROUP.decode_residue(int(text, 16).to_bytes(GROUP.element_size, "big"))])[0]


K_HAT = element(VECTORS["K_hat"])


def sealed_by_us(ballot: dict[str, Any]) -> SealedData:
    data = ballot["contests"][0]["contest_data"]
    seed, h_i = bytes.fromhex(ballot["SECRET_xi_B"]), bytes.fromhex(ballot["H_I"])
    return encrypt_data(K_HAT, h_i, 1, bytes.fromhex(data["D"]), seed, secret(data["u"]))


@pytest.mark.parametrize("ballot", BALLOTS, ids=["ballot 1", "ballot 2", "ballot 3"])
def test_encryption(ballot: dict[str, Any]) -> None:
    data, h_i = ballot["contests"][0]["contest_data"], bytes.fromhex(ballot["H_I"])
    sealed = sealed_by_us(ballot)
    assert element(data["C0"]) == sealed.C0
    assert bytes.fromhex(data["C1"]) == sealed.C1
    assert (sealed.C2.c.value, sealed.C2.v.value) == (int(data["c"], 16), int(data["v"], 16))
    beta = secret(data["xi"]).power_of(K_HAT)
    assert session_key(h_i, 1, sealed.C0, beta) == bytes.fromhex(data["h"])
    assert open_data(sealed, h_i, 1, beta) == bytes.fromhex(data["D"])
    assert verify_data_proof(sealed, h_i, 1)
    assert not verify_data_proof(sealed, h_i, 2), "the proof has its place"
    assert not verify_data_proof(SealedData(sealed.C0, sealed.C1[::-1], sealed.C2), h_i, 1)


def test_decryption() -> None:
    vector, ballot = VECTORS["contest_data_decryption_ballotA_contest1"], BALLOTS[0]
    sealed, h_i = sealed_by_us(ballot), bytes.fromhex(ballot["H_I"])
    users = (1, 3)
    shares = {i: secret(VECTORS["guardians"][i - 1]["SECRET_z_hat"]) for i in users}
    made = decrypt_data(sealed, h_i, 1, shares, {i: secret(vector["u_i"][str(i)]) for i in users})
    assert made.beta == element(vector["beta"])
    assert {str(i): d.hex().upper() for i, d in made.d.items()} == vector["d_i(B0=H_I per eq 99)"]
    assert (made.c.value, made.v.value) == (int(vector["c"], 16), int(vector["v"], 16))
    assert verify_decryption(K_HAT, sealed, h_i, 1, made)
    assert open_data(sealed, h_i, 1, made.beta).rstrip(b"\x00") != b""
    assert open_data(sealed, h_i, 1, made.beta) == bytes.fromhex(ballot["contests"][0]["contest_data"]["D"])
    wrong = DataDecryption(made.beta * GROUP.g, made.c, made.v, made.d)
    assert not verify_decryption(K_HAT, sealed, h_i, 1, wrong)
    with pytest.raises(ValueError, match="shares of"):
        decrypt_data(sealed, h_i, 1, shares, {})


@pytest.mark.parametrize("size", [0, 1, 31, 33])
def test_data_is_padded_to_whole_blocks(size: int) -> None:
    with pytest.raises(ValueError, match="want whole blocks of 32"):
        encrypt_data(K_HAT, b"\x01" * 32, 1, bytes(size), b"\x02" * 32, SecretScalar(GROUP.scalar(5)))


def test_nothing_of_the_library_uses_it() -> None:
    """No tool can decrypt what belongs to a single ballot, because none can reach the function."""
    source = Path(contest_data.__file__).parents[1]
    users = []
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            module = getattr(node, "module", "") or ""
            if any("contest_data" in name for name in (*names, module)):
                users.append(path.name)
    assert users == []
