"""A register is true or false line by line, and a row proves by itself what became of a line."""

import json
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from e2evote.adapter.anchors import anchors_of
from e2evote.adapter.known_keys import known_keys
from e2evote.adapter.register_absence import check_line, prove_line
from e2evote.adapter.register_tool import access_act, accessed, check_register, make_register
from e2evote.adapter.roll_record import open_voter_record
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.hashing import canonical
from e2evote.record.register import ALL, VOTED
from tests.adapter.roll_selection import VOTERS, RollSelection, prepared
from tests.adapter.selections import refused

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def selection(tmp_path_factory: pytest.TempPathFactory) -> RollSelection:
    return prepared(tmp_path_factory.mktemp("register") / "spring", "stated")


def made(selection: RollSelection, of: str = VOTED) -> bytes:
    return make_register(selection.held, selection.record(), of)


def verdicts(selection: RollSelection, data: bytes, path: Path) -> dict[str, str]:
    """By line why it is false; empty for the true ones."""
    path.write_bytes(data)
    with open_voter_record(selection.store.record) as record:
        return {one.line: one.reason for one in check_register(path, record).verdicts}


def test_the_true_registers(selection: RollSelection, tmp_path: Path) -> None:
    voted = verdicts(selection, made(selection), tmp_path / "voted")
    assert voted == dict.fromkeys(VOTERS, "")
    every = verdicts(selection, made(selection, ALL), tmp_path / "all")
    assert every == dict.fromkeys((f"{n:07}" for n in range(1, 7)), "")
    assert made(selection) != made(selection, ALL)


def edited(data: bytes, edit: Callable[[Rows], object]) -> bytes:
    head, rows = data.splitlines()
    values = json.loads(rows)
    edit(values)
    return head + b"\n" + (canonical.encode(values) + b"\n" if values else b"")


def swap_names(rows: Rows) -> None:
    rows[0]["opened"], rows[1]["opened"] = rows[1]["opened"], rows[0]["opened"]


def status(rows: Rows) -> None:
    rows[1]["row"] = rows[1]["row"] | {"channel": "none", "leaf": "", "status": "not-voted"}


FALSE: dict[str, tuple[Callable[[Rows], object], dict[str, str]]] = {
    "a line left out": (lambda rows: rows.pop(0), {"0000001": "missing"}),
    "all lines left out": (lambda rows: rows.clear(), {"0000001": "missing", "0000003": "missing"}),
    "another name": (lambda rows: rows[0]["opened"][1].update(value="Nobody"), {"0000001": "the name is not"}),
    "another reference": (lambda rows: rows[1]["opened"][0].update(value="M-1"), {"0000003": "the reference is not"}),
    "another salt": (lambda rows: rows[0]["opened"][0].update(salt="00" * 32), {"0000001": "the reference is not"}),
    "two names exchanged": (swap_names, {"0000001": "the reference is not", "0000003": "the reference is not"}),
    "a vote denied": (status, {"0000003": "the statement says online/counted"}),
    "another ballot": (lambda rows: rows[0]["row"].update(leaf="00" * 32), {"0000001": "the statement says"}),
    "twice": (lambda rows: rows.insert(0, rows[0]), {"0000001": "not in ascending order"}),
    "another order": (lambda rows: rows.reverse(), {"0000001": "not in ascending order"}),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_register(name: str, selection: RollSelection, tmp_path: Path) -> None:
    edit, expected = FALSE[name]
    found = verdicts(selection, edited(made(selection), edit), tmp_path / "false")
    false = {line: reason for line, reason in found.items() if reason}
    assert set(false) >= set(expected)
    for line, reason in expected.items():
        assert reason in false[line]


def test_a_line_that_has_not_voted_does_not_belong_there(selection: RollSelection, tmp_path: Path) -> None:
    rows = made(selection, ALL).splitlines()[1]
    data = made(selection).splitlines()[0] + b"\n" + rows + b"\n"
    found = verdicts(selection, data, tmp_path / "all")
    assert [line for line, reason in found.items() if "has not voted" in reason] == [
        line for line in sorted(found) if line not in VOTERS
    ]


def test_a_line_that_is_not_on_the_roll(selection: RollSelection, tmp_path: Path) -> None:
    def ghost(rows: Rows) -> None:
        rows.append(json.loads(json.dumps(rows[0])))
        rows[-1]["line"] = rows[-1]["row"]["line"] = "0000099"

    found = verdicts(selection, edited(made(selection), ghost), tmp_path / "ghost")
    assert found["0000099"] == "there is no such line on the roll"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data.replace(b'"v":1', b'"v":2', 1),
        lambda data: data.replace(b"e2evote-register", b"e2evote-list", 1),
        lambda data: data.replace(b'"of":"voted"', b'"of":"some"', 1),
        lambda data: data.replace(b'"field":"name"', b'"field":"email"', 1),
        lambda data: data.replace(b'"line":"0000001"', b'"line":"1"', 1),
        lambda data: data.replace(b'"status":"counted"', b'"status":"marked"', 1),
        lambda data: data.replace(b'{"line"', b'{ "line"', 1),
    ],
)
def test_what_is_no_register(change: Callable[[bytes], bytes], selection: RollSelection, tmp_path: Path) -> None:
    data = change(made(selection))
    assert data != made(selection)
    with pytest.raises(MalformedInput):
        verdicts(selection, data, tmp_path / "none")


def test_of_another_selection_or_statement(selection: RollSelection, tmp_path: Path) -> None:
    record, data = selection.record(), made(selection)
    statement = record.of("tally.statement")[0].leaf_hash.hex().encode()
    for old, code in ((record.setting.first.hex().encode(), "other-selection"), (statement, "other-statement")):
        changed = data.replace(old, b"00" * 32, 1)
        assert refused(partial(verdicts, selection, changed, tmp_path / code)).code == code


def test_a_register_needs_a_statement(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "closed")
    assert refused(lambda: made(selection)).code == "not-stated"


def test_names_are_opened_after_an_entry_about_this_very_file(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "stated")
    data = made(selection)
    assert refused(lambda: accessed(selection.record(), "register", data)).code == "no-access"
    with selection.box() as service:
        index = selection.send(service.post, access_act(selection.record(), "register", "audit", data), "olga", "chair")
    found = accessed(selection.record(), "register", data)
    assert (found.index, found.reader, found.holder, found.purpose) == (index, "olga", "chair", "audit")
    assert found.document == sha256(data).digest()
    assert refused(lambda: accessed(selection.record(), "roll", data)).code == "no-access"
    assert refused(lambda: accessed(selection.record(), "register", data + b" ")).code == "no-access"
    assert refused(lambda: access_act(selection.record(), "register", "curiosity", data)).code == "reason"
    path = tmp_path / "register.json"
    path.write_bytes(data)
    with open_voter_record(selection.store.record) as record:
        assert [one.index for one in check_register(path, record).access] == [index]


def test_no_vote_was_recorded_for_me(selection: RollSelection) -> None:
    with open_voter_record(selection.store.record) as record:
        absent = prove_line(record, selection.store.record, "0000002").encode()
        present = prove_line(record, selection.store.record, "0000001").encode()
        assert refused(lambda: prove_line(record, selection.store.record, "0000099")).code == "no-line"
        manifest = b"".join(record.pieces(record.leaves[0])())
    keys = known_keys(anchors_of(selection.board()), manifest)
    assert check_line(absent, keys).row.status == "not-voted"
    assert check_line(present, keys).row.status == "counted"
    assert check_line(absent, keys).receipt.unknown == ()
    assert len(check_line(absent, known_keys(None, None)).receipt.unknown) == 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda m, other: m["row"].update(row=other["row"]["row"]), "line-proof"),
        (lambda m, other: m["row"].update(index=0), "line-proof"),
        (lambda m, other: m["row"].update(proof=[]), "line-proof"),
        (lambda m, other: m.update(receipt=m["receipt"].replace("index ", "index 1", 1)), CheckFailed),
        (lambda m, other: m.update(v=2), MalformedInput),
        (lambda m, other: m.update(kind="e2evote-row"), MalformedInput),
        (lambda m, other: m.update(more=1), MalformedInput),
    ],
)
def test_a_proof_that_does_not_hold(change: Callable[..., object], error: Any, selection: RollSelection) -> None:
    with open_voter_record(selection.store.record) as record:
        one, other = (
            json.loads(prove_line(record, selection.store.record, line).encode()) for line in ("0000002", "0000001")
        )
        manifest = b"".join(record.pieces(record.leaves[0])())
    change(one, other)
    data, keys = canonical.encode(one), known_keys(anchors_of(selection.board()), manifest)
    if isinstance(error, str):
        assert refused(lambda: check_line(data, keys)).code == error
    else:
        with pytest.raises(error):
            check_line(data, keys)


def test_before_the_statement_nothing_is_proven(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "closed")
    with open_voter_record(selection.store.record) as record:
        assert refused(lambda: prove_line(record, selection.store.record, "0000002")).code == "not-stated"
