"""Known values for a second implementer, in tests/vectors/witnesses.json: policies, cosignatures, requests, receipts.

The file is made from the tables of the other tests, `python tests/board/test_vectors.py` writes it, and here it is
read by e2evote and, as far as there is one, by the reference. Every refused case is one change to an accepted one.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from board import test_cosignature, test_policy, test_proof, test_quorum, test_witnessing
from board.keys import log_key, vkey
from e2evote.board.cosignature import cosigned_message, decode_witness_key, time_of
from e2evote.board.note import Signature, decode_log_key
from e2evote.board.policy import decode_policy
from e2evote.board.proof import open_receipt
from e2evote.board.text import decode_hash, encode_base64
from e2evote.board.witnessing import Checkpoint, Rejected, decode_request, judge, malformed
from e2evote.errors import CheckFailed, MalformedInput
from reference.canonical import BadForm
from reference.policy import read_policy

FILE = Path(__file__).resolve().parents[1] / "vectors" / "witnesses.json"


def built() -> dict[str, Any]:
    return {
        "cosignatures": _cosignatures(),
        "policies": _policies(),
        "receipts": _receipts(),
        "requests": _requests(),
        "spec": "docs/spec.md 5.7 to 5.10; docs/record-format.md, Cosignatures to Witness requests",
    }


def _cosignatures() -> dict[str, Any]:
    key = test_cosignature.WANDA
    lines = {"as it should be": test_cosignature.BY_WANDA.data, **test_cosignature.NO_COSIGNATURE}
    message = cosigned_message(test_cosignature.TEXT, test_cosignature.TIME)
    return {
        "cases": [
            {
                "accepted": name == "as it should be",
                "line": Signature(key.key.name, key.key.key_id, data).line(),
                "name": name,
            }
            for name, data in lines.items()
            if data  # a line with a key id and nothing else is no signature line
        ],
        "message": message.decode(),
        "text": test_cosignature.TEXT.decode(),
        "time": test_cosignature.TIME,
        "vkey": vkey(key),
    }


def _policies() -> list[dict[str, Any]]:
    accepted = {
        "the example of the page": test_policy.TEXT,
        **{
            f"{quorum} of {groups}": "".join(test_quorum.LINES.values())
            + "".join(f"{group}\n" for group in groups)
            + f"quorum {quorum}\n"
            for groups, quorum, _ in test_quorum.KNOWN
        },
    }
    cases: list[dict[str, Any]] = []
    for name, text in accepted.items():
        policy = decode_policy(text.encode())
        cases.append({"accepted": True, "least_in_common": policy.least_in_common, "name": name, "text": text})
    return cases + [
        {"accepted": False, "name": name, "text": text} for name, (text, _) in test_policy.MALFORMED.items()
    ]


def _requests() -> dict[str, Any]:
    t = test_witnessing
    cases = [
        {"body": request.encode().decode(), "latest": _head(latest), "name": name, "status": status}
        for name, (request, latest, status, _) in t.REJECTED.items()
    ]
    cases += [
        {"body": text, "latest": _head(t.head(5)), "name": name, "status": 400}
        for name, (text, _) in t.MALFORMED.items()
        if len(text) < 10_000
    ]
    for latest in (None, t.head(4), t.head(5), t.head(9)):
        size = latest.size if latest else 0
        status = 200 if size == 5 else 409
        cases.append(
            {"body": t.GROW.encode().decode(), "latest": _head(latest), "name": f"from {size}", "status": status}
        )
    return {"cases": cases, "logs": [key.encode() for key in t.KEYS]}


def _head(checkpoint: Checkpoint | None) -> dict[str, Any] | None:
    return {"root": encode_base64(checkpoint.root), "size": checkpoint.size} if checkpoint else None


def _receipts() -> dict[str, Any]:
    t = test_proof
    good = t.LOG.proof(5, t.cosigned_by("ann", "cyd"), b"entry 5").encode().decode()
    bad = {name: t.LOG.proof(5, note, b"entry 5").encode().decode() for name, note in t.NO_RECEIPT.items()}
    names = [f"witness {name} {vkey(one)}" for name, one in t.WITNESSES.items()]
    return {
        "cases": [
            {"accepted": True, "name": "two of three", "text": good},
            *({"accepted": False, "name": name, "text": text} for name, text in bad.items()),
        ],
        "log": log_key().encode(),
        "policy": "\n".join([f"log {log_key().encode()}", *names, "group g 2 ann ben cyd", "quorum g", ""]),
    }


VECTORS: dict[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.is_file() else built()


def test_the_file_is_what_the_tests_say() -> None:
    assert built() == VECTORS, "run: python tests/board/test_vectors.py"


@pytest.mark.parametrize("case", VECTORS["cosignatures"]["cases"], ids=lambda case: case["name"])
def test_cosignatures(case: dict[str, Any]) -> None:
    given = VECTORS["cosignatures"]
    key, text = decode_witness_key(given["vkey"]), given["text"].encode()
    _, name, encoded = case["line"].rstrip("\n").split(" ")
    data = test_cosignature.decode_base64(encoded, "line")
    assert (name, data[:4]) == (key.name, key.key_id)
    assert key.verify(text, data[4:]) == case["accepted"]
    if case["accepted"]:
        assert time_of(Signature(name, data[:4], data[4:])) == given["time"]
        assert cosigned_message(text, given["time"]) == given["message"].encode()


@pytest.mark.parametrize("case", VECTORS["policies"], ids=lambda case: case["name"])
def test_policies(case: dict[str, Any]) -> None:
    text = case["text"].encode()
    if case["accepted"]:
        assert decode_policy(text).least_in_common == case["least_in_common"]
        assert read_policy(text).least_in_common == case["least_in_common"]
    else:
        with pytest.raises(MalformedInput):
            decode_policy(text)
        with pytest.raises(BadForm):
            read_policy(text)


@pytest.mark.parametrize("case", VECTORS["requests"]["cases"], ids=lambda case: case["name"])
def test_requests(case: dict[str, Any]) -> None:
    keys = [decode_log_key(text) for text in VECTORS["requests"]["logs"]]
    latest = case["latest"]
    try:
        submitted = decode_request(case["body"].encode())
        known = Checkpoint(submitted.stated.origin, latest["size"], decode_hash(latest["root"], "")) if latest else None
        answer = judge(submitted, keys, known)
    except MalformedInput as error:
        answer = malformed(error)
    assert (answer.status if isinstance(answer, Rejected) else 200) == case["status"]
    if isinstance(answer, Rejected) and answer.status == 409:
        assert answer.body == b"%d\n" % (latest["size"] if latest else 0)


@pytest.mark.parametrize("case", VECTORS["receipts"]["cases"], ids=lambda case: case["name"])
def test_receipts(case: dict[str, Any]) -> None:
    given = VECTORS["receipts"]
    key, policy = decode_log_key(given["log"]), decode_policy(given["policy"].encode())
    if case["accepted"]:
        assert open_receipt(case["text"].encode(), key, policy).entry == b"entry 5"
    else:
        with pytest.raises(CheckFailed, match=r"board\.witnesses"):
            open_receipt(case["text"].encode(), key, policy)


if __name__ == "__main__":
    FILE.write_text(json.dumps(built(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
