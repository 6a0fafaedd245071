"""A server that shows another selection: the client that has anchors refuses it, by name, before it shows anything."""

import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from e2evote.hashing import canonical
from reference.make_ed25519 import public_key, sign
from tests.ballot.boxed import Rig
from tests.web.client import Client, b64
from tests.web.dossiers import Board
from tests.web.dossiers import arguments_of as arguments_of_dossier
from tests.web.rigs import arguments_of, coded_rig

Tree = dict[str, Any]


@pytest.fixture(scope="module")
def right() -> dict[str, Any]:
    """What an honest server shows, and the announced anchors."""
    return arguments_of(Rig.at("open"))


def manifest(arguments: dict[str, Any]) -> Tree:
    read: Tree = json.loads(b64decode(arguments["manifest"]))
    return read


def with_manifest(arguments: dict[str, Any], tree: Tree) -> dict[str, Any]:
    return {**arguments, "manifest": b64(canonical.encode(tree))}


def options_reversed(tree: Tree) -> None:
    """What the voter reads as the first would be counted for the second."""
    tree["contests"][0]["options"].reverse()


def names_swapped(tree: Tree) -> None:
    one, two = tree["contests"][0]["options"]
    one["name"], two["name"] = two["name"], one["name"]


def limit_raised(tree: Tree) -> None:
    tree["contests"][0]["method"]["limit"] = 2


def contest_renamed(tree: Tree) -> None:
    tree["contests"][0]["name"]["en"] = "Mayor of elsewhere"


def log_key_swapped(tree: Tree) -> None:
    next(p for p in tree["parties"] if p["role"] == "log")["key"] = public_key(bytes(32)).hex()


def trustee_swapped(tree: Tree) -> None:
    next(p for p in tree["parties"] if p["role"] == "trustee")["key"] = public_key(bytes(32)).hex()


def dates_moved(tree: Tree) -> None:
    tree["dates"]["close"] = "2031-05-01T00:00:01Z"


def assets_named(tree: Tree) -> None:
    tree["assets"] = {"e2evote.js": "00" * 32}


READABLE = [
    options_reversed,
    names_swapped,
    limit_raised,
    contest_renamed,
    log_key_swapped,
    trustee_swapped,
    dates_moved,
    assets_named,
]


@pytest.mark.parametrize("change", READABLE)
def test_a121_another_manifest_is_not_the_one_announced(
    client: Client, right: dict[str, Any], change: Callable[[Tree], None]
) -> None:
    """Each of these can be read, and would serve a voter as well as the right one, but for its hash."""
    tree = manifest(right)
    change(tree)
    changed = with_manifest(right, tree)
    assert client.refusal("open", **changed) == "anchor.base-hash"
    assert client.refusal("open", **{**changed, "anchors": None}) == "first-entry", "entry 0 names the other"


def test_the_right_selection_opens(client: Client, right: dict[str, Any]) -> None:
    facts = client.call("open", **right)
    assert facts["anchored"] is True
    assert facts["extendedBaseHash"] == right["anchors"]["extendedBaseHash"]
    assert client.call("open", **{**right, "anchors": None})["anchored"] is False
    capitals = {name: value.upper() for name, value in right["anchors"].items()}
    assert client.call("open", **{**right, "anchors": capitals})["anchored"] is True


def test_other_keys_are_not_those_announced(client: Client, right: dict[str, Any]) -> None:
    """Whoever could choose the joint key would read every ballot."""
    joint = right["joint"]
    swapped = {"K": joint["K_hat"], "K_hat": joint["K"]}
    assert client.refusal("open", **{**right, "joint": swapped}) == "anchor.extended-base-hash"
    p = int(client.call("group", name="test-512")["p"], 16)
    for name in joint:
        for x in (0, 1, p - 1, p, p - int(joint[name], 16), 2):
            bad = {**joint, name: f"{x:0128x}"}
            assert client.refusal("open", **{**right, "joint": bad, "anchors": None}) == "joint-key"
        assert client.refusal("open", **{**right, "joint": {**joint, name: "00"}, "anchors": None}) == "joint-key"


def test_other_anchors_are_refused(client: Client, right: dict[str, Any]) -> None:
    for name, code in (("baseHash", "anchor.base-hash"), ("extendedBaseHash", "anchor.extended-base-hash")):
        for value in ("00" * 32, "", right["anchors"][name][:-1]):
            anchors = {**right["anchors"], name: value}
            assert client.refusal("open", **{**right, "anchors": anchors}) == code


def test_a_test_group_must_be_allowed(client: Client, right: dict[str, Any]) -> None:
    assert client.refusal("open", **{**right, "test": False}) == "test-group"
    tree = manifest(right)
    tree["group"] = "electionguard-3"
    assert client.refusal("open", **with_manifest(right, tree)) == "group-unknown"


def _nested(tree: Tree, path: str) -> tuple[Any, Any]:
    *outer, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    found: Any = tree
    for part in outer:
        found = found[part]
    return found, last


BAD = {
    "v": 2,
    "kind": "record",
    "quorum": 4,
    "origin": "e2evote/v1/leaf",
    "assets": {"../x": "00" * 32},
    "election.id": "Spring",
    "election.name": {},
    "dates.open": "tomorrow",
    "contests": [],
    "contests.0.id": "board",
    "contests.0.options.0.id": "bob",
    "contests.0.options.0.limit": 2,
    "contests.0.options.0.name": {"en": "Ada\u202e"},
    "contests.0.options.1.name": {"en": "Bob "},
    "contests.0.method.limit": 3,
    "contests.0.method.kind": "rank",
    "contests.0.method.blank": True,
    "styles.0.contests": ["board", "mayor"],
    "styles.1.contests": ["none"],
    "styles.1.id": "all",
    "parties.0.role": "king",
    "parties.0.key": "AB" * 32,
    "channels.list": ["postal", "online"],
    "channels.precedence": ["postal"],
    "eligibility": {"kind": "roll"},
    "witnesses.policy": "quorum none\n",
    "box.challenges": -1,
}


@pytest.mark.parametrize(("path", "value"), BAD.items(), ids=BAD)
def test_a_manifest_without_its_form_is_refused(
    client: Client, right: dict[str, Any], path: str, value: object
) -> None:
    tree = manifest(right)
    holder, last = _nested(tree, path)
    assert holder[last] != value
    holder[last] = value
    changed = {**right, "anchors": None}
    if value == -1:
        data = canonical.encode(tree | {"box": {**tree["box"], "challenges": 77}}).replace(b":77", b":-1")
        assert client.refusal("open", **{**changed, "manifest": b64(data)}) == "manifest-malformed"
        return
    assert client.refusal("open", **with_manifest(changed, tree)) == "manifest-malformed"


def test_a_manifest_with_a_member_more_or_less_is_refused(client: Client, right: dict[str, Any]) -> None:
    tree = manifest(right)
    for changed in ({**tree, "more": 1}, {name: value for name, value in tree.items() if name != "floor"}):
        assert client.refusal("open", **with_manifest({**right, "anchors": None}, changed)) == "manifest-malformed"
    data = b64decode(right["manifest"])
    for bad in (b"", b"[]", data + b"\n", data[:-1], data.replace(b'{"assets"', b'{ "assets"')):
        assert client.refusal("open", **{**right, "manifest": b64(bad)}) == "manifest-malformed"


def test_entry_zero_is_the_administrators(client: Client, right: dict[str, Any]) -> None:
    entry = json.loads(b64decode(right["entry"]))
    stranger = bytes(32)
    unsigned = {name: value for name, value in entry.items() if name != "signatures"}
    message = b"e2evote/v1/leaf\n" + canonical.encode(unsigned)
    by_stranger = {"key": public_key(stranger).hex(), "sig": sign(stranger, message).hex()}
    for changed in (
        {**entry, "author": "tess"},
        {**entry, "kind": "close"},
        {**entry, "signatures": []},
        {**entry, "signatures": [by_stranger]},
        {**entry, "signatures": [{**entry["signatures"][0], "sig": "00" * 64}]},
        {**entry, "signatures": entry["signatures"] * 2},
        {**entry, "payload": {**entry["payload"], "len": 7}},
        {**entry, "election": "00" * 32},
        {**entry, "v": 2},
        unsigned,
    ):
        assert client.refusal("open", **{**right, "entry": b64(canonical.encode(changed))}) == "first-entry"
    assert client.refusal("open", **{**right, "entry": b64(b"")}) == "first-entry"


def test_a_roll_and_its_registrars(client: Client) -> None:
    arguments = {**arguments_of(coded_rig().rig), "anchors": None}
    tree = manifest(arguments)
    tree["eligibility"]["registrars"].reverse()
    assert client.refusal("open", **with_manifest(arguments, tree)) == "manifest-malformed"
    tree = manifest(arguments)
    tree["eligibility"] = {"kind": "open"}
    assert client.refusal("open", **with_manifest(arguments, tree)) == "manifest-malformed"


def test_the_policy_is_the_manifests_parties(client: Client) -> None:
    arguments = {**arguments_of_dossier(Board.of(client, "witnessed").dossier), "anchors": None}
    tree = manifest(arguments)
    assert client.call("open", **arguments)
    for old, new in (
        ("group quorum 2 ", "group quorum 1 "),
        ("quorum quorum\n", "quorum none\n"),
        ("witness east ", "witness west "),
        ("quorum quorum\n", ""),
    ):
        changed = {**tree, "witnesses": {"policy": tree["witnesses"]["policy"].replace(old, new)}}
        assert changed != tree
        assert client.refusal("open", **with_manifest(arguments, changed)) == "manifest-malformed"
    none = {**tree, "witnesses": {"policy": ""}}
    assert client.refusal("open", **with_manifest(arguments, none)) == "manifest-malformed"
