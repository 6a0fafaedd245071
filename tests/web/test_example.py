"""The documents' worked example, number by number, in the browser's core: docs/example.md is read as it is printed."""

import re
from pathlib import Path
from typing import Any

import pytest

from e2evote.hashing import canonical
from e2evote.record.leaf import PayloadName
from tests.generate_example import SEED, SPEC, make_election
from tests.web.client import Client, b64

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "example.md").read_text("utf-8")
BALLOT = PAGE.split("## Ballot ")[1].split("\n## ")[0]
OPTIONS = ("ada", "bob")


def value(name: str, text: str = PAGE) -> str:
    """The first value that a block gives under this name."""
    found = re.search(rf"^{re.escape(name)} +([0-9a-f]+)$", text, re.MULTILINE)
    assert found, name
    return found[1]


def proof(text: str) -> dict[str, list[str]]:
    return {x: [value(f"{x}_{j}", text) for j in (0, 1)] for x in ("c", "v")}


@pytest.fixture(scope="module")
def selection(client: Client) -> int:
    """Opened from the manifest and the joint keys that the page shows; the signed entry 0 is not printed there."""
    manifest = PAGE.split("```json\n")[1].split("\n```")[0]
    entry = make_election(SPEC, SEED).entries[0].leaf_bytes()
    facts = client.call(
        "open",
        manifest=b64(manifest.encode()),
        joint={"K": value("K"), "K_hat": value("K_hat")},
        anchors={"baseHash": value("H_B"), "extendedBaseHash": value("H_E")},
        entry=b64(entry),
    )
    assert facts["first"] == value("leaf hash of entry 0")
    handle: int = facts["handle"]
    return handle


def sealed() -> dict[str, Any]:
    """The sealed ballot put together from the page's numbers."""
    sections = [BALLOT.split(f"Option `{option}`")[1] for option in OPTIONS]
    items = [
        {
            "alpha": value("alpha", section),
            "beta": value("beta", section),
            "option": option,
            "proof": proof(section),
            "type": "selection",
        }
        for option, section in zip(OPTIONS, sections, strict=True)
    ]
    limit = proof(BALLOT.split("The contest's limit:")[1])
    return {
        "contests": [{"id": "chair", "items": items, "limit": limit}],
        "election": value("H_E"),
        "id": value("id_B"),
        "style": "all",
        "v": 1,
    }


def test_a127_the_pages_ballot_is_what_its_secrets_give(client: Client, selection: int) -> None:
    """Nonces (7.4), ciphertexts (7.5), proofs (3.5)-(3.7), the identifier (7.2) and the tracker (7.7)."""
    payload = canonical.encode(sealed())
    assert PayloadName.of(payload).sha256.hex() == value("payload SHA-256")
    opened = canonical.encode(
        {
            "choices": [{"contest": "chair", "values": [1, 0]}],
            "sealed": sealed(),
            "seed": value("secret xi_B"),
        }
    )
    name = PayloadName.of(opened)
    leaf = {
        "author": "log",
        "body": {"id": value("id_B"), "tracker": value("tracker")},
        "election": value("leaf hash of entry 0"),
        "kind": "challenge",
        "payload": {"len": name.len, "sha256": name.sha256.hex()},
        "signatures": [],
        "v": 1,
    }
    file = {
        "ballot": opened.decode(),
        "kind": "e2evote-opened",
        "leaf": canonical.encode(leaf).decode(),
        "preimage": {"keys": [value("voter's key pk")], "line": value("line"), "r": value("r")},
        "v": 1,
    }
    tracker = client.call("groups", data=value("tracker"))
    results = client.call(
        "checkOpened",
        selection=selection,
        tracker=tracker,
        file=canonical.encode(file).decode(),
        line=value("line"),
    )
    assert [(result["check"], result["detail"]) for result in results if not result["holds"]] == []
    assert sum(result["examined"] for result in results) > 10


def test_the_pages_leaf_is_signed_by_its_voter(client: Client) -> None:
    text = BALLOT.split("```json\n")[1].split("\n```")[0]
    leaf: dict[str, Any] = canonical.decode(text.encode(), 4096)  # type: ignore[assignment]
    (signature,) = leaf["signatures"]
    message = bytes.fromhex(value("message signed, hex", PAGE))
    arguments = {"key": signature["key"], "signature": signature["sig"], "message": message.hex()}
    given = {name: b64(bytes.fromhex(text)) for name, text in arguments.items()}
    assert client.call("verify", **given) is True
    assert client.call("verify", **given | {"message": b64(message + b" ")}) is False
    assert client.call("leafMessage", leaf=b64(text.encode())) == b64(message)
    assert client.call("leafHash", entry=b64(text.encode())) == value("leaf hash (5.1)")
