"""A device that cheats in a challenge: the browser's checker names what the library's does, change by change."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from e2evote.algebra.parameters import TEST_512
from e2evote.ballot.checker import check_challenge, check_preimage, recompute
from e2evote.ballot.opened_file import OpenedFile
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.crockford import decode as decode_tracker
from e2evote.record.bodies import ChallengeBody
from e2evote.record.identifiers import tracker_of
from e2evote.record.leaf import PayloadName, decode_leaf
from e2evote.verify.ballots import BallotContext
from tests.web.client import Client
from tests.web.test_vectors import OURS, opened

SELECTION = OURS["selections"]["roll"]
SHOWN = SELECTION["shown"]
BALLOT, OTHER = SELECTION["ballots"][:2]
P = int(TEST_512.p)
Tree = dict[str, Any]


def context() -> BallotContext:
    K, K_hat = (TEST_512.screen([TEST_512.decode_residue(bytes.fromhex(SHOWN["joint"][n]))])[0] for n in ("K", "K_hat"))
    return recompute(SHOWN["manifest"].encode(), K, K_hat, bytes.fromhex(SHOWN["first"]))


CONTEXT = context()


def by_library(file: bytes, noted: str, line: str, keys: list[str]) -> list[str]:
    """The checks that fail, in the order of a report."""
    read = OpenedFile.decode(file)
    leaf = decode_leaf(read.leaf, TEST_512, 1, first=False)
    failures = [f.check for f in check_challenge(CONTEXT, decode_tracker(noted), leaf, read.payload)]
    if isinstance(leaf.body, ChallengeBody) and "challenge.form" not in failures:
        active = [bytes.fromhex(key) for key in keys]
        failures += [f.check for f in check_preimage(CONTEXT, line, read.preimage, leaf.body.id, active)]
    return failures


def by_client(client: Client, file: bytes, noted: str, line: str, keys: list[str]) -> list[str]:
    selection = opened(client, "roll")["handle"]
    results = client.call("checkOpened", selection=selection, tracker=noted, file=file.decode(), line=line, keys=keys)
    return [r["check"] for r in results if not r["holds"] and not r["detail"].startswith("not run")]


def fitting(tree: Tree, file: Tree) -> bytes:
    """The file of a device that makes leaf and tracker fit this opened ballot."""
    payload = canonical.encode(tree)
    leaf = json.loads(file["leaf"])
    name = PayloadName.of(payload)
    leaf["payload"] = {"len": name.len, "sha256": name.sha256.hex()}
    leaf["body"]["id"] = tree["sealed"]["id"]
    leaf["body"]["tracker"] = tracker_of(CONTEXT.h_e, canonical.encode(tree["sealed"])).hex()
    return canonical.encode({**file, "ballot": payload.decode(), "leaf": canonical.encode(leaf).decode()})


def parts() -> tuple[Tree, Tree]:
    """The opened ballot and the file of an honest device."""
    file = json.loads(BALLOT["file"])
    return json.loads(file["ballot"]), file


def item(tree: Tree, contest: int, place: int) -> Tree:
    found: Tree = tree["sealed"]["contests"][contest]["items"][place]
    return found


def other_values(tree: Tree) -> None:
    tree["choices"][0]["values"] = [1, 0]


def above_the_limit(tree: Tree) -> None:
    tree["choices"][1]["values"] = [2, 1, 1, 0]


def above_an_option(tree: Tree) -> None:
    tree["choices"][1]["values"] = [3, 0, 0, 0]


def votes_beside_a_blank(tree: Tree) -> None:
    tree["choices"][1]["values"] = [0, 0, 1, 1]


def another_seed(tree: Tree) -> None:
    tree["seed"] = "00" * 32


def swapped_ciphertexts(tree: Tree) -> None:
    one, two = item(tree, 0, 0), item(tree, 0, 1)
    for name in ("alpha", "beta"):
        one[name], two[name] = two[name], one[name]


def negated(tree: Tree) -> None:
    """The sign, which no equation of the proofs need notice: alpha is outside the group."""
    found = item(tree, 1, 2)
    found["alpha"] = f"{P - int(found['alpha'], 16):0128x}"


def another_proof(tree: Tree) -> None:
    item(tree, 0, 0)["proof"] = item(tree, 0, 1)["proof"]


def another_limit_proof(tree: Tree) -> None:
    tree["sealed"]["contests"][0]["limit"] = item(tree, 0, 0)["proof"]


def shifted_challenges(tree: Tree) -> None:
    """c_0 + 1 and c_1 - 1: their sum is what it was."""
    c = item(tree, 0, 0)["proof"]["c"]
    c[0], c[1] = f"{int(c[0], 16) + 1:064x}", f"{int(c[1], 16) - 1:064x}"


def another_id(tree: Tree) -> None:
    tree["sealed"]["id"] = "ab" * 32


def of_another_election(tree: Tree) -> None:
    tree["sealed"]["election"] = "cd" * 32


def alpha_is_one(tree: Tree) -> None:
    item(tree, 0, 0)["alpha"] = f"{1:0128x}"


def alpha_is_p(tree: Tree) -> None:
    item(tree, 0, 0)["alpha"] = f"{P:0128x}"


def alpha_is_zero(tree: Tree) -> None:
    item(tree, 0, 0)["alpha"] = "0" * 128


def scalar_is_q(tree: Tree) -> None:
    item(tree, 0, 0)["proof"]["v"][0] = f"{2**256 - 189:064x}"


def a_branch_more(tree: Tree) -> None:
    for scalars in item(tree, 0, 0)["proof"].values():
        scalars.append("0" * 64)


def a_branch_less(tree: Tree) -> None:
    for scalars in tree["sealed"]["contests"][1]["limit"].values():
        scalars.pop()


def options_in_another_order(tree: Tree) -> None:
    tree["sealed"]["contests"][0]["items"].reverse()


def an_option_renamed(tree: Tree) -> None:
    item(tree, 0, 0)["option"] = "bob"


def an_option_missing(tree: Tree) -> None:
    del tree["sealed"]["contests"][0]["items"][0]


def a_contest_missing(tree: Tree) -> None:
    del tree["sealed"]["contests"][1], tree["choices"][1]


def another_style(tree: Tree) -> None:
    tree["sealed"]["style"] = "half"


def no_style(tree: Tree) -> None:
    tree["sealed"]["style"] = "none"


def the_blank_as_a_selection(tree: Tree) -> None:
    item(tree, 1, 3)["type"] = "selection"


def a_member_more(tree: Tree) -> None:
    tree["sealed"]["key"] = "00"


def capital_digits(tree: Tree) -> None:
    tree["seed"] = "A" * 64


def a_value_missing(tree: Tree) -> None:
    tree["choices"][1]["values"].pop()


def choices_of_another_contest(tree: Tree) -> None:
    tree["choices"].reverse()


CHANGES = [
    other_values,
    above_the_limit,
    above_an_option,
    votes_beside_a_blank,
    another_seed,
    swapped_ciphertexts,
    negated,
    another_proof,
    another_limit_proof,
    shifted_challenges,
    another_id,
    of_another_election,
    alpha_is_one,
    alpha_is_p,
    alpha_is_zero,
    scalar_is_q,
    a_branch_more,
    a_branch_less,
    options_in_another_order,
    an_option_renamed,
    an_option_missing,
    a_contest_missing,
    another_style,
    no_style,
    the_blank_as_a_selection,
    a_member_more,
    capital_digits,
    a_value_missing,
    choices_of_another_contest,
]


def test_an_honest_device_passes_both(client: Client) -> None:
    arguments = (BALLOT["file"].encode(), BALLOT["tracker"], BALLOT["voter"]["line"], BALLOT["voter"]["keys"])
    assert fitting(*parts()) == BALLOT["file"].encode(), "what the changes below start from"
    assert by_client(client, *arguments) == by_library(*arguments) == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_has_the_same_name_in_both(client: Client, change: Callable[[Tree], None]) -> None:
    """The leaf fits the changed ballot; the tracker that the voter noted is from before."""
    tree, file = parts()
    change(tree)
    arguments = (fitting(tree, file), BALLOT["tracker"], BALLOT["voter"]["line"], BALLOT["voter"]["keys"])
    failing = by_client(client, *arguments)
    assert failing
    assert failing == list(dict.fromkeys(by_library(*arguments)))


def leaf_changed(name: str, value: object) -> bytes:
    file = json.loads(BALLOT["file"])
    leaf = json.loads(file["leaf"])
    if name in leaf["body"]:
        leaf["body"][name] = value
    else:
        leaf[name] = value
    return canonical.encode({**file, "leaf": canonical.encode(leaf).decode()})


def preimage_changed(**members: object) -> bytes:
    file = json.loads(BALLOT["file"])
    return canonical.encode({**file, "preimage": {**file["preimage"], **members}})


FILES = {
    "election of the leaf": (leaf_changed("election", "00" * 32), ["board.leaf"]),
    "tracker of the leaf": (leaf_changed("tracker", "00" * 32), ["challenge.tracker"]),
    "id of the leaf": (leaf_changed("id", "00" * 32), ["challenge.form"]),
    "payload of the leaf": (leaf_changed("payload", {"len": 1, "sha256": "00" * 32}), ["board.payload"]),
    "line": (preimage_changed(line="0000018"), ["ballot.line", "ballot.identifier"]),
    "keys": (preimage_changed(keys=BALLOT["voter"]["keys"][::-1]), ["ballot.line", "ballot.identifier"]),
    "r": (preimage_changed(r="00" * 32), ["ballot.identifier"]),
}


@pytest.mark.parametrize(("file", "wanted"), FILES.values(), ids=FILES)
def test_a_change_of_leaf_or_preimage(client: Client, file: bytes, wanted: list[str]) -> None:
    arguments = (file, BALLOT["tracker"], BALLOT["voter"]["line"], BALLOT["voter"]["keys"])
    assert by_client(client, *arguments) == list(dict.fromkeys(by_library(*arguments))) == wanted


def test_another_ballot_than_the_one_whose_tracker_was_noted(client: Client) -> None:
    arguments = (BALLOT["file"].encode(), OTHER["tracker"], BALLOT["voter"]["line"], BALLOT["voter"]["keys"])
    assert by_client(client, *arguments) == by_library(*arguments) == ["challenge.tracker"]


def test_a_ballot_for_another_line_than_the_voters_own(client: Client) -> None:
    arguments = (BALLOT["file"].encode(), BALLOT["tracker"], "0000018", BALLOT["voter"]["keys"])
    assert by_client(client, *arguments) == by_library(*arguments) == ["ballot.line"]


def test_without_a_line_the_line_is_not_checked_and_says_so(client: Client) -> None:
    selection = opened(client, "roll")["handle"]
    results = client.call("checkOpened", selection=selection, tracker=BALLOT["tracker"], file=BALLOT["file"])
    (line,) = [result for result in results if not result["holds"]]
    assert (line["check"], line["examined"]) == ("ballot.line", 0)
    assert line["detail"].startswith("not run")


def test_a_tracker_is_read_as_people_write_it(client: Client) -> None:
    selection = opened(client, "roll")["handle"]
    noted = BALLOT["tracker"].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    results = client.call("checkOpened", selection=selection, tracker=noted, file=BALLOT["file"])
    assert [result["check"] for result in results if not result["holds"]] == ["ballot.line"]
    for bad in ("", BALLOT["tracker"][:-1], BALLOT["tracker"] + "0", "U" * 32):
        assert client.refusal("checkOpened", selection=selection, tracker=bad, file=BALLOT["file"]) == (
            "tracker-malformed"
        )


BAD_FILES = {
    "nothing": "",
    "no JSON": "{",
    "a space": BALLOT["file"] + " ",
    "of another kind": BALLOT["file"].replace("e2evote-opened", "e2evote-sealed"),
    "another version": BALLOT["file"].replace('"v":1}', '"v":2}')[:-1] + "}",
    "no preimage": canonical.encode({**json.loads(BALLOT["file"]), "preimage": {}}).decode(),
    "a list": "[]",
    "a member more": BALLOT["file"][:-1] + ',"w":1}',
    "nine keys": preimage_changed(keys=["00" * 32] * 9).decode(),
}


@pytest.mark.parametrize("text", BAD_FILES.values(), ids=BAD_FILES)
def test_what_is_no_such_file_is_refused_by_both(client: Client, text: str) -> None:
    selection = opened(client, "roll")["handle"]
    refused = client.refusal("checkOpened", selection=selection, tracker=BALLOT["tracker"], file=text)
    assert refused == "opened-malformed"
    with pytest.raises(MalformedInput):
        OpenedFile.decode(text.encode())


def test_the_file_is_written_by_the_library_as_it_was_read() -> None:
    data = BALLOT["file"].encode()
    assert OpenedFile.decode(data).encode() == data
