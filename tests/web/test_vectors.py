"""Shared vectors: what the library, the specification's authors and the documents' example give, the client gives too.

tests/vectors/ballot_client.json is made by the library with fixed randomness; the client draws in the same order, so
that ballots and challenges must agree byte for byte. ElectionGuard's numbers come from its specification alone.
"""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from e2evote.board.note import LogKey, Signer, sign_note
from e2evote.proofs.signature import decode_public_key
from e2evote.secret.sign import SigningKey
from tests.web.client import Client, b64

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
OURS = json.loads((VECTORS / "ballot_client.json").read_text("utf-8"))
ELECTIONGUARD = json.loads((VECTORS / "electionguard_v21.json").read_text("utf-8"))
WITNESSES = json.loads((VECTORS / "witnesses.json").read_text("utf-8"))
STANDARD = "electionguard-2.1-4096"
BALLOTS = [
    pytest.param(name, ballot, id=f"{name}, {ballot['name']}")
    for name, selection in OURS["selections"].items()
    for ballot in selection["ballots"]
]
TEXTS = ("challenge", "file", "leaf", "payload")


def opened(client: Client, name: str) -> Any:
    shown = OURS["selections"][name]["shown"]
    anchors = {"baseHash": shown["base_hash"], "extendedBaseHash": shown["extended_base_hash"]}
    manifest, entry = (b64(shown[member].encode()) for member in ("manifest", "entry"))
    return client.call("open", manifest=manifest, entry=entry, joint=shown["joint"], anchors=anchors, test=True)


@pytest.mark.parametrize("name", OURS["selections"])
def test_a_selection_has_the_hashes_that_the_library_gives_it(client: Client, name: str) -> None:
    wanted, facts = OURS["selections"][name]["shown"], opened(client, name)
    assert facts["fingerprint"] == wanted["fingerprint"]
    assert (facts["logKey"], facts["first"]) == (wanted["log_key"], wanted["first"])
    assert (facts["baseHash"], facts["extendedBaseHash"]) == (wanted["base_hash"], wanted["extended_base_hash"])


@pytest.mark.parametrize(("name", "ballot"), BALLOTS)
def test_a127_a_ballot_is_reproduced_byte_for_byte(client: Client, name: str, ballot: dict[str, Any]) -> None:
    selection, group = opened(client, name)["handle"], OURS["selections"][name]
    arguments = {member: ballot[member] for member in ("style", "votes", "voter", "seed")}
    sealed = client.call("seal", selection=selection, **arguments)
    assert sealed["tracker"] == ballot["tracker"]
    made = client.call("cast", sealed=sealed["handle"], prev=group["prev"], codes=ballot["typed"])
    again = client.call("seal", selection=selection, **arguments)
    challenged = client.call("challenge", sealed=again["handle"], session=group["session"])
    submission = challenged["submission"]
    texts = (submission["leaf"], challenged["file"], made["leaf"], made["payload"])
    for member, text in zip(TEXTS, texts, strict=True):
        hashed = len(ballot[member]) == 64
        assert (sha256(text.encode()).hexdigest() if hashed else text) == ballot[member], member
    assert sha256(submission["payload"].encode()).hexdigest() == ballot["opened_sha256"]
    for hints in (made["hints"], submission["hints"]):
        assert sha256(b64decode(hints, validate=True)).hexdigest() == ballot["hints_sha256"]


@pytest.mark.parametrize(("name", "ballot"), [param for param in BALLOTS if "standard" not in str(param.id)])
def test_what_the_library_opened_is_checked_by_the_client(client: Client, name: str, ballot: dict[str, Any]) -> None:
    selection, voter = opened(client, name)["handle"], ballot["voter"]
    results = client.call(
        "checkOpened",
        selection=selection,
        tracker=ballot["tracker"],
        file=ballot["file"],
        line=voter["line"],
        keys=voter["keys"],
    )
    assert [(result["check"], result["detail"]) for result in results if not result["holds"]] == []
    votes = client.call("openedVotes", selection=selection, file=ballot["file"])
    assert {contest: given for contest, given in votes.items() if given} == {
        n: v for n, v in ballot["votes"].items() if v
    }


# ElectionGuard 2.1


@pytest.mark.parametrize("number", [0, 1])
def test_electionguard_nonces_ciphertexts_and_proofs(client: Client, number: int) -> None:
    ballot = ELECTIONGUARD["ballots"][number]
    h_e, id_b, seed = (_number(ELECTIONGUARD["H_E"]), _number(ballot["id_B"]), _number(ballot["SECRET_xi_B"]))
    examined = 0
    for contest in ballot["contests"]:
        for option in contest["options"]:
            place = {"contest": contest["index"], "option": option["index"]}
            made = client.call("nonce", h_e=h_e, id=id_b, seed=seed, **place)
            assert (made["h_i"], int(made["xi"], 16)) == (_number(ballot["H_I"]), int(option["xi"], 16))
            ciphertext = {"alpha": option["alpha"], "beta": option["beta"]}
            again = client.call("encrypt", name=STANDARD, K=ELECTIONGUARD["K"], value=option["value"], xi=option["xi"])
            assert {n: int(x, 16) for n, x in again.items()} == {n: int(x, 16) for n, x in ciphertext.items()}
            assert _verifies(client, ballot, option["proof"], **ciphertext, **place)
            assert not _verifies(client, ballot, option["proof"], **ciphertext, **place | {"option": 9})
            examined += 1
    assert examined > 2


def _verifies(client: Client, ballot: dict[str, Any], proof: dict[str, Any], **rest: object) -> bool:
    known = {"name": STANDARD, "K": ELECTIONGUARD["K"], "h_i": _number(ballot["H_I"])}
    c, v = proof["cj"], proof["vj"]
    return bool(client.call("verifyRange", **known, limit=len(c) - 1, c=c, v=v, **rest))


def _number(text: str) -> str:
    return b64(int(text, 16).to_bytes(32, "big"))


def test_the_standard_parameters_are_what_the_specification_says(client: Client) -> None:
    """p from ln 2 and δ, g from p; computed here with integers alone."""
    delta = 287975203778583638958138611533602521491887169409704874643524560756486080635197037903
    q = 2**256 - 189
    p = 2**4096 - 2**3840 + 2**256 * (_ln2(3584) + delta) + 2**256 - 1
    given = {n: int(x, 16) for n, x in client.call("group", name=STANDARD).items()}
    assert given == {"p": p, "q": q, "g": pow(2, (p - 1) // q, p)}
    h = 2**254 + 24919
    small = {n: int(x, 16) for n, x in client.call("group", name="test-512").items()}
    assert small == {"p": 2 * q * h + 1, "q": q, "g": pow(2, 2 * h, 2 * q * h + 1)}


def _ln2(bits: int) -> int:
    """floor(2^bits · ln 2), from ln 2 = Σ 1/(k·2^k)."""
    guard = 64
    one = 1 << (bits + guard)
    return sum((one >> k) // k for k in range(1, bits + guard)) >> guard


@pytest.mark.parametrize("change", ["p", "g"])
@pytest.mark.parametrize("name", [STANDARD, "test-512"])
def test_damaged_parameters_are_noticed(client: Client, name: str, change: str) -> None:
    assert client.call("damaged", name=name, change=change) is False


def test_only_elements_of_the_group_are_elements(client: Client) -> None:
    given = {n: int(x, 16) for n, x in client.call("group", name="test-512").items()}
    p, g = given["p"], given["g"]
    assert [client.call("element", name="test-512", x=f"{x:x}") for x in (1, g, pow(g, 5, p))] == [True] * 3
    others = (0, 2, p - 1, p, p - g, p + g)
    assert [client.call("element", name="test-512", x=f"{x:x}") for x in others] == [False] * len(others)


# Canonical JSON and Ed25519


@pytest.mark.parametrize("data", OURS["canonical"]["accepted"])
def test_canonical_json_is_read_and_written_again(client: Client, data: str) -> None:
    assert client.call("canonical", data=data) == data


@pytest.mark.parametrize("case", OURS["canonical"]["refused"], ids=lambda case: case["name"])
def test_json_that_is_not_canonical_is_refused(client: Client, case: dict[str, str]) -> None:
    assert client.refusal("canonical", data=case["data"]) == "malformed"


@pytest.mark.parametrize("case", OURS["keys"], ids=lambda case: case["name"])
def test_an_ed25519_key_is_taken_or_refused_as_by_the_library(client: Client, case: dict[str, Any]) -> None:
    if case["accepted"]:
        assert client.call("publicKey", key=case["key"]) is True
    else:
        assert client.refusal("publicKey", key=case["key"]) == "malformed"


def test_a_key_that_lost_a_zero_byte_is_not_the_key_that_is_known(client: Client) -> None:
    """Keys that were found good are remembered, by all of their bytes."""
    keys = (SigningKey(number.to_bytes(32, "big")).public for number in range(10_000))
    key = next(key for key in keys if key[0] == 0)
    assert client.call("publicKey", key=b64(key)) is True
    for other in (key[1:], b"\x00" + key):
        assert client.refusal("publicKey", key=b64(other)) == "malformed"
    assert client.call("publicKey", key=b64(key)) is True


@pytest.mark.parametrize("case", OURS["signatures"], ids=lambda case: case["name"])
def test_a_signature_at_an_edge_is_judged_as_by_the_library(client: Client, case: dict[str, Any]) -> None:
    arguments = {member: case[member] for member in ("key", "message", "signature")}
    assert client.call("verify", **arguments) is case["accepted"]


# Witnesses


@pytest.mark.parametrize("case", WITNESSES["policies"], ids=lambda case: case["name"])
def test_a_policy_is_read_as_by_the_library(client: Client, case: dict[str, Any]) -> None:
    """But for octets above 0x7E, which no manifest's policy has (docs/record-format.md, Witness policies)."""
    policy = b64(case["text"].encode())
    if case["accepted"] and case["text"].isascii():
        assert client.call("quorum", policy=policy, names=[])["common"] == case["least_in_common"]
    else:
        assert client.refusal("quorum", policy=policy, names=[]) == "malformed"


@pytest.mark.parametrize("case", WITNESSES["receipts"]["cases"], ids=lambda case: case["name"])
def test_a_receipt_is_judged_as_by_the_library(client: Client, case: dict[str, Any]) -> None:
    group = WITNESSES["receipts"]
    arguments = {"text": case["text"], "log": group["log"], "policy": b64(group["policy"].encode())}
    if case["accepted"]:
        assert len(client.call("receipt", **arguments)["cosigners"]) >= 2
    else:
        assert client.refusal("receipt", **arguments) == "receipt-quorum"


@pytest.mark.parametrize("case", WITNESSES["cosignatures"]["cases"], ids=lambda case: case["name"])
def test_a_cosignature_is_judged_as_by_the_library(client: Client, case: dict[str, Any]) -> None:
    """Beside the log's signature of the same text, under a policy that needs this one witness."""
    group, text = WITNESSES["cosignatures"], WITNESSES["cosignatures"]["text"]
    key = Ed25519PrivateKey.from_private_bytes(sha256(b"log").digest())
    log = LogKey(text.split("\n")[0], decode_public_key(key.public_key().public_bytes_raw()))
    policy = f"log {log.encode()}\nwitness wanda {group['vkey']}\nquorum wanda\n"
    note = sign_note(text.encode(), [Signer(log, key.sign)]) + case["line"].encode()
    arguments = {"note": b64(note), "log": log.encode(), "policy": b64(policy.encode())}
    if case["accepted"]:
        assert client.call("checkpoint", **arguments) == [{"name": "wanda", "time": int(group["time"])}]
    else:
        assert client.refusal("checkpoint", **arguments) == "board-quorum"
