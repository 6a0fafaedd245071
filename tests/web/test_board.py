"""The client reads a whole board: a line's ballots are what the library finds, and a false board is refused by name."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from e2evote.hashing import canonical
from e2evote.verify.lookup import look_up
from reference.make_ed25519 import public_key, sign
from reference.make_tree import checkpoint_note, cosignature_line, leaf_hash, record_files, root_of, text_of
from tests.web.client import Client, b64
from tests.web.dossiers import Board, Files, shown

ROLLS = ("roll", "roll-added-removed", "roll-online-first", "roll-paper-first")
BASES = ("everything", *ROLLS)


def lines_of(board: Board) -> list[str]:
    """Every line that the log names, and one that it does not."""
    bodies = [json.loads(leaf)["body"] for leaf in board.leaves]
    named = {body["line"] for body in bodies if isinstance(body.get("line"), str)}
    return sorted(named) + (["0000099"] if all(len(line) == 7 for line in named) else ["no-such-line"])


def sizes_of(board: Board) -> list[int]:
    """After every leaf from the first ballot on, and before it."""
    kinds = [json.loads(leaf)["kind"] for leaf in board.leaves]
    first = min(i for i, kind in enumerate(kinds) if kind in ("ballot", "mark", "challenge"))
    return list(range(first, len(kinds) + 1))


@pytest.mark.parametrize("base", BASES)
def test_each_line_is_told_as_by_the_library(client: Client, base: str, tmp_path: Path) -> None:
    """At every size of the log, for every line: ballots, their status, and which one the next must name."""
    board = Board.of(client, base)
    told = set()
    sizes = sizes_of(board)
    for size in {*sizes[::6], sizes[-1]}:
        path = tmp_path / str(size)
        files = board.files(size)
        for name, data in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
        for line in lines_of(board):
            found, view = look_up(path, line, "0" * 32), board.scan(line, files)
            assert (view["size"], view["phase"]) == (size, str(found.phase))
            assert view["onRoll"] == found.on_roll
            assert view["mark"] == ({"channel": found.mark.channel, "index": found.mark.index} if found.mark else None)
            listed = [(b["index"], b["tracker"], b["status"], b["leafHash"]) for b in view["ballots"]]
            assert listed == [(b.index, b.tracker, str(b.status), b.leaf_hash.hex()) for b in found.ballots]
            assert not any(ballot["objection"] for ballot in view["ballots"])
            told |= {status for _, _, status, _ in listed}
    assert {"recorded", "counted", "superseded"} & told


def test_prev_is_the_latest_valid_ballot(client: Client) -> None:
    board = Board.of(client, "everything")
    ballots = [json.loads(leaf) for leaf in board.leaves]
    line = next(leaf["body"]["line"] for leaf in ballots if leaf["kind"] == "ballot")
    own = [i for i, leaf in enumerate(ballots) if leaf["kind"] == "ballot" and leaf["body"]["line"] == line]
    assert len(own) > 1
    for before, index in zip([None, *own], own, strict=False):
        assert board.scan(line, board.files(index))["prev"] == ballots[index]["body"]["prev"]
        if before is None:
            assert board.scan(line, board.files(index))["prev"] == "0" * 64


def test_a_head_without_its_last_bundle_takes_the_full_one(client: Client) -> None:
    """A board that has grown may have dropped the partial bundle of an earlier head."""
    board = Board.of(client, "witnessed")
    files, size = board.files(), len(board.leaves)
    partial = files.pop(f"tile/entries/000.p/{size}")
    assert board.scan_refusal("no-such-line", files) == "board-incomplete"
    files["tile/entries/000"] = partial + b"\x00\x00" * (256 - size)
    assert board.scan("no-such-line", files)["size"] == size


def entry_changed(files: Files, board: Board) -> None:
    name = f"tile/entries/000.p/{len(board.leaves)}"
    files[name] = files[name].replace(b'"kind":"close"', b'"kind":"pause"')


def ballot_dropped(files: Files, board: Board) -> None:
    """The entries of a log without the last ballot, under the head that has it."""
    kinds = [json.loads(leaf)["kind"] for leaf in board.leaves]
    at = max(i for i, kind in enumerate(kinds) if kind == "ballot")
    leaves = board.leaves[:at] + board.leaves[at + 1 :] + [board.leaves[-1]]
    bundle = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)
    files[f"tile/entries/000.p/{len(board.leaves)}"] = bundle


def bundle_cut(files: Files, board: Board) -> None:
    name = f"tile/entries/000.p/{len(board.leaves)}"
    files[name] = files[name][:-1]


def bytes_after(files: Files, board: Board) -> None:
    files[f"tile/entries/000.p/{len(board.leaves)}"] += b"\x00"


def no_checkpoint(files: Files, board: Board) -> None:
    del files["checkpoint"]


def checkpoint_is_no_note(files: Files, board: Board) -> None:
    files["checkpoint"] = b"hello\n"


def unsigned(files: Files, board: Board) -> None:
    files["checkpoint"] = files["checkpoint"].split("— ".encode())[0] + board.note(3).split(b"\n\n", 1)[1]


def by_a_stranger(files: Files, board: Board) -> None:
    origin, size, root = board.dossier.origin, len(board.leaves), board.dossier.made.root(len(board.leaves))
    files["checkpoint"] = checkpoint_note(origin, size, root, bytes(32))


def of_another_origin(files: Files, board: Board) -> None:
    size, secret = len(board.leaves), board.dossier.log_secret()
    files["checkpoint"] = checkpoint_note("another.example/log", size, board.dossier.made.root(size), secret)


def one_witness(files: Files, board: Board) -> None:
    files["checkpoint"] = board.note(len(board.leaves), 1)


def nobody(files: Files, board: Board) -> None:
    files["checkpoint"] = board.note(len(board.leaves), 0)


def a_witness_twice(files: Files, board: Board) -> None:
    line = b"\n".join(files["checkpoint"].split(b"\n")[-2:])
    files["checkpoint"] += line


def a_cosignature_of_another_text(files: Files, board: Board) -> None:
    note = board.note(len(board.leaves), 1)
    earlier = text_of(board.note(5, 0))
    files["checkpoint"] = note + cosignature_line("north.example/w1", board.dossier.secret_of("north"), 9, earlier)


CHANGES: list[tuple[Callable[[Files, Board], None], str]] = [
    (entry_changed, "board-signers"),
    (ballot_dropped, "board-root"),
    (bundle_cut, "board-malformed"),
    (bytes_after, "board-malformed"),
    (no_checkpoint, "board-incomplete"),
    (checkpoint_is_no_note, "board-malformed"),
    (unsigned, "board-log-signature"),
    (by_a_stranger, "board-log-signature"),
    (of_another_origin, "board-log-signature"),
    (one_witness, "board-quorum"),
    (nobody, "board-quorum"),
    (a_witness_twice, "board-quorum"),
    (a_cosignature_of_another_text, "board-quorum"),
]


@pytest.mark.parametrize(("change", "code"), CHANGES, ids=lambda x: getattr(x, "__name__", x))
def test_a_false_board_is_refused_by_name(client: Client, change: Callable[[Files, Board], None], code: str) -> None:
    board = Board.of(client, "witnessed")
    files = board.files()
    assert board.scan("no-such-line", files)["size"] == len(board.leaves)
    before = dict(files)
    change(files, board)
    assert files != before
    assert board.scan_refusal("no-such-line", files) == code


def test_a_log_of_another_selection_is_refused(client: Client) -> None:
    """Signed by the same log key: entry 0 decides."""
    board = Board.of(client, "witnessed")
    other = json.loads(board.leaves[0])
    other["signatures"][0]["sig"] = "00" * 64
    leaves = [canonical.encode(other), *board.leaves[1:]]
    bundle = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)
    files = board.files() | {f"tile/entries/000.p/{len(leaves)}": bundle}
    assert board.scan_refusal("no-such-line", files) == "board-first"


def signed_log(board: Board, leaves: list[bytes]) -> Files:
    """A log of these entries under a head with every signature that it needs."""
    root = root_of([leaf_hash(one) for one in leaves])
    note = checkpoint_note(board.dossier.origin, len(leaves), root, board.dossier.log_secret())
    note = board.dossier.cosigned(note, board.dossier.times("checkpoint"))
    return record_files(leaves, [b""] * len(leaves), [], note)


def forged(board: Board, kind: str, body: dict[str, Any], at: int) -> Files:
    """A log in which this leaf stands at index `at`, by the log's operator, who signs anything, as if by a teller."""
    first = board.leaves[0]
    leaf = {"author": "teller", "body": body, "election": leaf_hash(first).hex(), "kind": kind, "v": 1}
    message = b"e2evote/v1/leaf\n" + canonical.encode(leaf)
    secret = board.dossier.log_secret()
    signature = {"key": public_key(secret).hex(), "sig": sign(secret, message).hex()}
    data = canonical.encode({**leaf, "signatures": [signature, signature]})
    return signed_log(board, [*board.leaves[:at], data])


@pytest.mark.parametrize("kind", ["mark", "annul", "roll.remove", "close", "pause"])
def test_what_takes_a_vote_away_must_be_signed_by_those_who_may(client: Client, kind: str) -> None:
    """A log's operator that wants to tell a member that nothing more can be cast."""
    board = Board.of(client, "roll")
    bodies = {
        "mark": {"channel": "postal", "line": "0000001"},
        "annul": {"ballot": "00" * 32, "line": "0000001", "reason": "coerced"},
        "roll.remove": {"line": "0000001", "reason": "left"},
        "close": {},
        "pause": {"number": 1, "reason": "order"},
    }
    at = next(i for i, leaf in enumerate(board.leaves) if json.loads(leaf)["kind"] == "open") + 1
    files = forged(board, kind, bodies[kind], at)
    assert board.scan_refusal("0000001", files) == "board-signers"
    if "line" in bodies[kind]:
        assert board.scan("0000002", files)["size"] == at + 1, "it is not about this line"


def test_a_ballot_that_the_member_did_not_sign_is_told(client: Client) -> None:
    board = Board.of(client, "everything")
    at = next(i for i, leaf in enumerate(board.leaves) if json.loads(leaf)["kind"] == "ballot")
    leaf = json.loads(board.leaves[at])
    line = leaf["body"]["line"]
    wrong = {
        "a signature does not verify": lambda x: x["signatures"][0].update(sig="00" * 64),
        "its id is not the hash": lambda x: x["body"].update(r="00" * 32),
        "not signed with one key": lambda x: x["signatures"].clear(),
    }
    for objection, change in wrong.items():
        changed = json.loads(board.leaves[at])
        change(changed)
        leaves = [*board.leaves[:at], canonical.encode(changed)]
        (ballot,) = board.scan(line, signed_log(board, leaves))["ballots"]
        assert objection in ballot["objection"]


def test_entry_zero_is_taken_from_the_board(client: Client) -> None:
    board = Board.of(client, "witnessed")
    assert client.bytes("firstEntry", files=shown(board.files())) == board.leaves[0]
    assert client.refusal("firstEntry", files={}) == "board-incomplete"
    assert client.refusal("firstEntry", files={"checkpoint": b64(b"x")}) == "board-malformed"


def test_a_board_goes_on_from_the_head_of_a_receipt_or_is_refused(client: Client) -> None:
    """The receipt is of another history: one that the log has signed for one voter alone."""
    board = Board.of(client, "witnessed")
    size, arguments = (
        len(board.leaves),
        {"selection": board.handle, "files": shown(board.files()), "line": lines_of(board)[0]},
    )
    for seen in (3, size):
        head = {"size": seen, "root": board.dossier.made.root(seen).hex()}
        assert client.call("scan", **arguments, seen=head)["size"] == size
        assert client.refusal("scan", **arguments, seen=head | {"root": "00" * 32}) == "board-fork"
    assert client.call("scan", **arguments, seen={"size": size + 1, "root": "00" * 32})["size"] == size
