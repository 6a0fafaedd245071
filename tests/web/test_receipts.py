"""Receipts in the browser: what each proves, and by which name one that proves nothing is refused."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from e2evote.adapter.known_keys import known_keys
from e2evote.adapter.receipts import check_receipt
from e2evote.hashing.crockford import encode
from reference.make_tree import checkpoint_note
from tests.web.client import Client
from tests.web.dossiers import Board


@pytest.fixture(scope="module")
def board(client: Client) -> Board:
    return Board.of(client, "witnessed")


def ballot_of(board: Board) -> tuple[int, str, str, str]:
    """Index, leaf, line and tracker of the first ballot."""
    for index, data in enumerate(board.leaves):
        leaf = json.loads(data)
        if leaf["kind"] == "ballot":
            tracker = encode(bytes.fromhex(leaf["body"]["tracker"])[:20])
            return index, data.decode(), leaf["body"]["line"], tracker
    raise AssertionError("no ballot")


def checked(board: Board, receipt: str, expected: dict[str, str] | None = None) -> Any:
    expected = {"leaf": ballot_of(board)[1]} if expected is None else expected
    return board.client.call("checkReceipt", selection=board.handle, receipt=receipt, expected=expected)


def refusal(board: Board, receipt: str, expected: dict[str, str] | None = None) -> str:
    expected = {"leaf": ballot_of(board)[1]} if expected is None else expected
    return board.client.refusal("checkReceipt", selection=board.handle, receipt=receipt, expected=expected)


def test_a_receipt_is_taken_and_says_what_the_library_says(board: Board) -> None:
    index, leaf, line, tracker = ballot_of(board)
    for size in range(index + 1, len(board.leaves) + 1):
        receipt = board.receipt(index, size)
        by_library = check_receipt(receipt.encode(), known_keys(None, board.dossier.entries[0].payload_bytes()))
        assert by_library.ballot is not None
        for expected in ({"leaf": leaf}, {"line": line, "tracker": tracker.lower().replace("-", " ")}):
            facts = checked(board, receipt, expected)
            assert (facts["line"], facts["tracker"]) == (by_library.ballot.line, by_library.ballot.tracker)
            assert (facts["index"], facts["size"], facts["kind"]) == (index, size, "ballot")
            assert facts["witnessed"] is True
            told = [(one["name"], one["time"]) for one in facts["cosigners"]]
            assert told == [(one.name, one.time) for one in by_library.cosigned]


def test_without_witnesses_a_receipt_is_the_logs_word_alone(client: Client) -> None:
    board = Board.of(client, "base")
    facts = checked(board, board.receipt(ballot_of(board)[0]))
    assert (facts["witnessed"], facts["cosigners"]) == (False, [])


def test_a_receipt_of_a_challenge(client: Client) -> None:
    board = Board.of(client, "everything")
    index = next(i for i, leaf in enumerate(board.leaves) if json.loads(leaf)["kind"] == "challenge")
    facts = checked(board, board.receipt(index), {"leaf": board.leaves[index].decode()})
    assert (facts["kind"], facts["line"]) == ("challenge", "")
    assert facts["tracker"]
    ballot = ballot_of(board)
    assert refusal(board, board.receipt(index), {"line": ballot[2], "tracker": facts["tracker"]}) == (
        "receipt-other-entry"
    )


def another_entry(board: Board) -> str:
    """Of the voter next door: a true receipt, replayed."""
    ballots = [i for i, leaf in enumerate(board.leaves) if json.loads(leaf)["kind"] == "ballot"]
    return board.receipt(ballots[1])


def another_extra(board: Board) -> str:
    """This voter's leaf, with the proof of another entry."""
    index = ballot_of(board)[0]
    return board.receipt(index + 1, entry=board.leaves[index])


def another_index(board: Board) -> str:
    index = ballot_of(board)[0]
    return board.receipt(index).replace(f"index {index}\n", f"index {index + 1}\n")


def index_beyond(board: Board) -> str:
    index = ballot_of(board)[0]
    return board.receipt(index).replace(f"index {index}\n", f"index {len(board.leaves)}\n")


def hash_missing(board: Board) -> str:
    lines = board.receipt(ballot_of(board)[0]).split("\n")
    return "\n".join(lines[:3] + lines[4:])


def hash_more(board: Board) -> str:
    lines = board.receipt(ballot_of(board)[0]).split("\n")
    return "\n".join([*lines[:3], b64encode(bytes(32)).decode(), *lines[3:]])


def another_head(board: Board) -> str:
    """The proof under one head, the checkpoint of another."""
    index, size = ballot_of(board)[0], len(board.leaves)
    return board.receipt(index, size - 1, note=board.note(size))


def stranger(board: Board) -> str:
    size = len(board.leaves)
    note = checkpoint_note(board.dossier.origin, size, board.dossier.made.root(size), bytes(32))
    note = board.dossier.cosigned(note, board.dossier.times("checkpoint"))
    return board.receipt(ballot_of(board)[0], note=note)


def root_changed(board: Board) -> str:
    """The log's signature is of another text."""
    receipt = board.receipt(ballot_of(board)[0])
    root = b64encode(board.dossier.made.root(len(board.leaves))).decode()
    return receipt.replace(root, b64encode(bytes(32)).decode())


def one_witness(board: Board) -> str:
    return board.receipt(ballot_of(board)[0], note=board.note(len(board.leaves), 1))


def no_witness(board: Board) -> str:
    return board.receipt(ballot_of(board)[0], note=board.note(len(board.leaves), 0))


def cosignature_changed(board: Board) -> str:
    """A line of a known witness that does not verify spoils the note, though a quorum would be left."""
    receipt = board.receipt(ballot_of(board)[0]).rstrip("\n")
    return receipt[:-6] + ("AAAA" if receipt[-6:-2] != "AAAA" else "BBBB") + receipt[-2:] + "\n"


def not_a_receipt(board: Board) -> str:
    return "hello"


def another_version(board: Board) -> str:
    return board.receipt(ballot_of(board)[0]).replace("@v1", "@v2")


def no_extra(board: Board) -> str:
    lines = board.receipt(ballot_of(board)[0]).split("\n")
    return "\n".join(lines[:1] + lines[2:])


def extra_is_no_leaf(board: Board) -> str:
    return board.receipt(ballot_of(board)[0]).replace("extra ey", "extra !!")


def leading_zero(board: Board) -> str:
    return board.receipt(ballot_of(board)[0]).replace("index ", "index 0")


def not_ascii(board: Board) -> str:
    return board.receipt(ballot_of(board)[0]).replace("index ", "index ٣")


def control_character(board: Board) -> str:
    return board.receipt(ballot_of(board)[0]) + "— a\tb AAAAAAA=\n"


def hash_of_31_bytes(board: Board) -> str:
    lines = board.receipt(ballot_of(board)[0]).split("\n")
    return "\n".join([*lines[:3], b64encode(bytes(31)).decode(), *lines[4:]])


REFUSED: dict[Callable[[Board], str], str] = {
    another_entry: "receipt-other-entry",
    another_extra: "receipt-inclusion",
    another_index: "receipt-inclusion",
    index_beyond: "receipt-inclusion",
    hash_missing: "receipt-inclusion",
    hash_more: "receipt-inclusion",
    another_head: "receipt-inclusion",
    stranger: "receipt-log-signature",
    root_changed: "receipt-log-signature",
    one_witness: "receipt-quorum",
    no_witness: "receipt-quorum",
    cosignature_changed: "receipt-quorum",
    not_a_receipt: "receipt-malformed",
    another_version: "receipt-malformed",
    no_extra: "receipt-malformed",
    extra_is_no_leaf: "receipt-malformed",
    leading_zero: "receipt-malformed",
    not_ascii: "receipt-malformed",
    control_character: "receipt-malformed",
    hash_of_31_bytes: "receipt-malformed",
}


@pytest.mark.parametrize(("change", "code"), REFUSED.items(), ids=lambda x: getattr(x, "__name__", x))
def test_a121_a_receipt_that_proves_nothing_is_refused_by_name(
    board: Board, change: Callable[[Board], str], code: str
) -> None:
    assert checked(board, board.receipt(ballot_of(board)[0]))["kind"] == "ballot"
    assert refusal(board, change(board)) == code


def test_a_receipt_of_another_line_or_tracker(board: Board) -> None:
    index, _, line, tracker = ballot_of(board)
    receipt, other = board.receipt(index), "0" * 32
    assert refusal(board, receipt, {"line": "another", "tracker": tracker}) == "receipt-other-entry"
    assert refusal(board, receipt, {"line": line, "tracker": other}) == "receipt-other-entry"
    assert refusal(board, receipt, {"line": line, "tracker": "U" * 32}) == "tracker-malformed"
    assert refusal(board, receipt, {"leaf": ""}) == "receipt-other-entry"
    close = next(i for i, leaf in enumerate(board.leaves) if json.loads(leaf)["kind"] == "close")
    assert refusal(board, board.receipt(close), {"line": line, "tracker": tracker}) == "receipt-other-entry"


def test_a_receipt_of_another_selection(client: Client, board: Board) -> None:
    """Of another log, and so of another key."""
    other = Board.of(client, "everything")
    assert refusal(board, other.receipt(ballot_of(other)[0])) == "receipt-log-signature"


def unsigned(leaf: dict[str, Any]) -> None:
    leaf["signatures"][0]["sig"] = "00" * 64


def of_no_selection(leaf: dict[str, Any]) -> None:
    del leaf["election"]


def of_another_identifier(leaf: dict[str, Any]) -> None:
    leaf["body"]["r"] = "00" * 32


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (unsigned, "receipt-ballot"),
        (of_another_identifier, "receipt-ballot"),
        (of_no_selection, "receipt-other-entry"),
    ],
)
def test_a121_a_ballot_that_its_voter_has_not_signed_so_has_no_receipt_that_holds(
    client: Client, change: Callable[[dict[str, Any]], None], code: str
) -> None:
    """The log has put it under its head with the voter's line and tracker, and it can never count."""
    board = Board.of(client, "witnessed")
    index, _, line, tracker = ballot_of(board)
    change(board.dossier.entries[index].leaf)
    receipt = board.receipt(index)
    assert refusal(board, receipt, {"line": line, "tracker": tracker}) == code
