"""A receipt in a voter's hands: what it proves with which keys, and what a record that breaks its promise shows."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from board.keys import log_key, signer
from cli.running import Ended, done, one_line, run
from e2evote.adapter.known_keys import known_keys
from e2evote.adapter.receipts import check_receipt, keys_of_record, search_record
from e2evote.board.accusation import Fork, OtherEntry, Withheld
from e2evote.board.evidence import check_evidence
from e2evote.board.log import CHECKPOINT, Log
from e2evote.board.merkle import leaf_hash
from e2evote.board.proof import decode_proof
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import BallotBody
from e2evote.record.identifiers import shown
from e2evote.record.leaf import Leaf, PayloadName, Signature
from monitor.boards import anchors, first_entry, manifest
from monitor.signed import LOG_KEY, T0, cosigned

SEALED = b'{"sealed":"x"}'
LINE = "5f0a33c1"
MINE = 3


def ballot(number: int, line: str = "") -> bytes:
    body = BallotBody(bytes([number]) * 32, line or f"line-{number}", bytes(32), bytes(32), bytes([number]) * 32)
    election = leaf_hash(first_entry(manifest()))
    signature = Signature(bytes([number]) * 32, bytes(64))
    return Leaf("ballot", "voter", election, body, PayloadName.of(SEALED)).signed(signature).encode()


ENTRIES = tuple(ballot(number, LINE if number == MINE else "") for number in range(1, 9))


def board(entries: Sequence[bytes], of: Manifest | None = None) -> Log:
    read = of or manifest()
    log = Log(signer())
    log.append(first_entry(read), read.encode())
    for entry in entries:
        log.append(entry, SEALED)
    return log


def record(folder: Path, log: Log, *names: str) -> Path:
    """The log as a directory, its checkpoint cosigned by these."""
    files = log.publish(0)
    if names:
        files[CHECKPOINT] = cosigned(files[CHECKPOINT], *names, time=T0 + 100)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


TRUE = board(ENTRIES[:6])
NOTE = cosigned(TRUE.signed_checkpoint(), "w1", "w2")
RECEIPT = TRUE.proof(MINE, NOTE, ENTRIES[MINE - 1]).encode()
OTHERS = [entry for entry in ENTRIES if entry != ENTRIES[MINE - 1]]
KEYS = known_keys(anchors(), manifest().encode())
TRACKER = shown(bytes([MINE]) * 32)


def with_note(note: bytes) -> bytes:
    return replace(decode_proof(RECEIPT), checkpoint=note).encode()


def test_a_receipt_says_what_it_is_of() -> None:
    checked = check_receipt(RECEIPT, KEYS)
    assert checked.ballot
    assert (checked.ballot.line, checked.ballot.tracker) == (LINE, TRACKER)
    assert (checked.kind, checked.receipt.index, checked.unknown) == ("ballot", MINE, ())
    assert [(one.name, one.time) for one in checked.cosigned] == [("w1", T0), ("w2", T0)]


NOT_RECEIPTS = {
    "one witness": (with_note(cosigned(TRUE.signed_checkpoint(), "w1")), "board.witnesses"),
    "no witness": (with_note(TRUE.signed_checkpoint()), "board.witnesses"),
    "one witness twice over": (with_note(cosigned(cosigned(TRUE.signed_checkpoint(), "w1"), "w1")), "board.witnesses"),
    "another head": (with_note(cosigned(board(OTHERS).signed_checkpoint(), "w1", "w2")), "board.inclusion"),
    "another entry": (replace(decode_proof(RECEIPT), extra=ENTRIES[0]).encode(), "board.inclusion"),
    "another index": (replace(decode_proof(RECEIPT), index=MINE + 1).encode(), "board.inclusion"),
}


@pytest.mark.parametrize(("data", "check"), NOT_RECEIPTS.values(), ids=NOT_RECEIPTS)
def test_what_is_no_receipt(data: bytes, check: str) -> None:
    with pytest.raises(CheckFailed) as failure:
        check_receipt(data, KEYS)
    assert failure.value.check == check


def test_a_receipt_of_another_log_or_key_is_refused() -> None:
    for key in (log_key(seed=bytes(32)), log_key("other.example/log")):
        with pytest.raises(CheckFailed, match=r"board\.checkpoint"):
            check_receipt(RECEIPT, known_keys(None, None, key.encode()))


def test_keys_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(CheckFailed, match=r"anchor\.base-hash"):
        known_keys(anchors(), manifest(election="autumn").encode())
    with pytest.raises(CheckFailed, match=r"anchor\.log-key"):
        known_keys(None, manifest().encode(), log_key(seed=bytes(32)).encode())
    with pytest.raises(CheckFailed, match=r"anchor\.log-key"):
        known_keys(anchors(log_key=log_key(seed=bytes(32)).encode()), manifest().encode())


def test_quorums_that_need_not_meet_are_none() -> None:
    """Protocol rule 13: one of three would let each of two histories find its own witness."""
    loose = manifest().encode().replace(b"group Witnesses 2 ", b"group Witnesses 1 ")
    assert loose != manifest().encode()
    with pytest.raises(CheckFailed, match=r"manifest\.rules"):
        known_keys(None, loose)


@pytest.mark.parametrize(
    ("keys", "unknown"),
    [
        (known_keys(None, None), ["any log has signed", "witnesses"]),
        (known_keys(anchors(), None), ["witnesses"]),
        (known_keys(None, None, LOG_KEY.encode()), ["witnesses"]),
        (known_keys(None, manifest().encode()), ["right one"]),
    ],
)
def test_what_could_not_be_known_is_said(keys: object, unknown: list[str]) -> None:
    checked = check_receipt(RECEIPT, keys)  # type: ignore[arg-type]
    assert len(checked.unknown) == len(unknown)
    for sentence, word in zip(checked.unknown, unknown, strict=True):
        assert word in sentence


def test_without_any_key_the_proof_is_checked_all_the_same() -> None:
    with pytest.raises(CheckFailed, match=r"board\.inclusion"):
        check_receipt(NOT_RECEIPTS["another entry"][0], known_keys(None, None))
    with pytest.raises(MalformedInput):
        check_receipt(b"receipt", known_keys(None, None))


FRAUDS = {
    "dropped": (board(OTHERS), OtherEntry, "convicts"),
    "exchanged": (board([*ENTRIES[: MINE - 1], ballot(20), *ENTRIES[MINE:]]), OtherEntry, "convicts"),
    "moved": (board([*OTHERS, ENTRIES[MINE - 1]]), OtherEntry, "convicts"),
    "another one dropped": (board([*ENTRIES[:3], *ENTRIES[4:]]), Fork, "convicts"),
    "another manifest": (board(ENTRIES, manifest(election="autumn")), Fork, "convicts"),
    "cut before it": (board(ENTRIES[: MINE - 1]), Withheld, "shows"),
    "cut to nothing": (board([]), Withheld, "shows"),
}


@pytest.mark.parametrize(("log", "kind", "word"), FRAUDS.values(), ids=FRAUDS)
def test_a_broken_promise_gives_evidence(tmp_path: Path, log: Log, kind: type, word: str) -> None:
    """A105: acknowledged, and not in the record that the same log has signed."""
    path = record(tmp_path / "r", log)
    searched = search_record(RECEIPT, path, keys_of_record(path, anchors()))
    assert isinstance(searched.accusation, kind)
    verdict = check_evidence(searched.evidence, LOG_KEY, None)
    assert (verdict.word, verdict.kind) == (word, kind.kind)  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [3, 4, 6, 8])
def test_an_entry_that_is_there_gives_none(tmp_path: Path, size: int) -> None:
    """Also in a record that is older than the receipt's head, or newer."""
    path = record(tmp_path / "r", board(ENTRIES[:size]))
    searched = search_record(RECEIPT, path, keys_of_record(path, None))
    assert (searched.present, searched.accusation, searched.evidence) == (True, None, b"")


def test_a_moved_entry_is_found_elsewhere(tmp_path: Path) -> None:
    path = record(tmp_path / "r", FRAUDS["moved"][0])
    searched = search_record(RECEIPT, path, KEYS)
    assert (searched.present, searched.elsewhere) == (False, (len(ENTRIES),))


def test_a_witness_whose_time_went_back_is_convicted(tmp_path: Path) -> None:
    path = record(tmp_path / "r", board(ENTRIES[:2]), "w2", "w3")
    searched = search_record(RECEIPT, path, KEYS)
    verdict = check_evidence(searched.evidence, LOG_KEY, manifest().policy)
    assert [party.name for party in verdict.convicted] == ["w2"]


def test_a_record_that_fails_accuses_nobody(tmp_path: Path) -> None:
    path = record(tmp_path / "a", TRUE)
    bundle = next(path.glob("tile/entries/*.p/*"))
    bundle.write_bytes(bundle.read_bytes().replace(LINE.encode(), b"5f0a33c2"))
    with pytest.raises(CheckFailed, match=r"board\.root"):
        search_record(RECEIPT, path, KEYS)
    bundle.unlink()
    with pytest.raises(Refused, match="entries are missing"):
        search_record(RECEIPT, path, KEYS)
    other = record(tmp_path / "b", board(ENTRIES))
    (other / CHECKPOINT).write_bytes((other / CHECKPOINT).read_bytes().replace(b"\n9\n", b"\n8\n"))
    with pytest.raises(CheckFailed, match=r"board\.checkpoint"):
        search_record(RECEIPT, other, KEYS)


# The command line


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A voter's folder: receipt, anchors, manifest, a true record and one without the ballot."""
    (tmp_path / "ballot.tlog-proof").write_bytes(RECEIPT)
    (tmp_path / "anchors.json").write_bytes(anchors().encode())
    (tmp_path / "manifest.json").write_bytes(manifest().encode())
    record(tmp_path / "true", board(ENTRIES), "w1", "w2")
    record(tmp_path / "false", board(OTHERS), "w2", "w3")
    return tmp_path


def check(files: Path, *more: object) -> Ended:
    return run("receipt", "check", files / "ballot.tlog-proof", "--json", *more)


def test_check_ends_with_0_only_when_all_is_known(files: Path) -> None:
    keys = ("--expect", files / "anchors.json", "--manifest", files / "manifest.json")
    ended = check(files, *keys)
    assert (ended.code, ended.json["verdict"], ended.json["line"]) == (0, "accepted", LINE)
    for more in (keys[:2], keys[2:], ()):
        ended = check(files, *more)
        assert (ended.code, ended.json["verdict"]) == (6, "consistent")
    (files / "ballot.tlog-proof").write_bytes(NOT_RECEIPTS["one witness"][0])
    assert check(files, *keys).code == 1
    (files / "ballot.tlog-proof").write_bytes(b"receipt")
    assert check(files, *keys).code == 3


def test_check_compares_with_what_the_voter_wrote_down(files: Path) -> None:
    """Protocol rule 34: the same tracker can be shown to two voters, on one line only."""
    keys = ("--expect", files / "anchors.json", "--manifest", files / "manifest.json")
    assert check(files, *keys, "--line", LINE, "--tracker", TRACKER.lower().replace("-", " ")).code == 0
    assert check(files, *keys, "--line", "line-1").code == 1
    ended = check(files, *keys, "--line", LINE, "--tracker", shown(bytes(32)))
    assert (ended.code, ended.json["verdict"]) == (1, "rejected")


def test_check_prints_what_people_need(files: Path) -> None:
    keys = ("--expect", files / "anchors.json", "--manifest", files / "manifest.json")
    text = done("receipt", "check", files / "ballot.tlog-proof", *keys).out
    for word in (LINE, TRACKER, "index    3 of 7", "w1 at 2030-", "All of it holds"):
        assert word in text
    assert "Not known" in run("receipt", "check", files / "ballot.tlog-proof").out


def test_missing_ends_with_0_when_it_is_there(files: Path) -> None:
    ended = run("receipt", "missing", files / "ballot.tlog-proof", files / "true", "--expect", files / "anchors.json")
    assert ended.code == 0
    assert "is in this record, at index 3 of 9" in ended.out


def test_a_record_without_its_quorum_promises_nothing(files: Path) -> None:
    record(files / "hasty", board(ENTRIES), "w1")
    arguments = (files / "ballot.tlog-proof", files / "hasty", "--expect", files / "anchors.json")
    ended = run("receipt", "missing", *arguments)
    assert ended.code == 4
    assert "log's word alone" in ended.out


def test_missing_writes_evidence_that_others_accept(files: Path) -> None:
    out = files / "evidence.json"
    arguments = ("receipt", "missing", files / "ballot.tlog-proof", files / "false", "--out", out)
    ended = run(*arguments, "--expect", files / "anchors.json")
    assert ended.code == 1
    assert "another one" in ended.out
    assert "CONVICTED: log" in ended.out
    data = out.read_bytes()
    keys = ("--expect", files / "anchors.json", "--manifest", files / "manifest.json", "--json")
    judged = done("evidence", "check", out, *keys).json
    assert judged["verdict"] == "convicts"
    assert [(party["name"], party["known"]) for party in judged["convicted"]] == [(LOG_KEY.name, True), ("w2", True)]
    assert "exists already" in one_line(run(*arguments).err)
    assert out.read_bytes() == data


def test_evidence_check_ends_as_it_says(files: Path) -> None:
    out = files / "evidence.json"
    run("receipt", "missing", files / "ballot.tlog-proof", files / "false", "--out", out)
    assert run("evidence", "check", out, "--log-key", LOG_KEY.encode()).code == 0
    ended = run("evidence", "check", out)
    assert ended.code == 6
    assert "came from the file" in ended.out
    assert run("evidence", "check", out, "--log-key", log_key(seed=bytes(32)).encode()).code == 1
    assert run("evidence", "check", out, "--log-key", "nonsense").code == 3
    assert run("evidence", "check", files / "manifest.json").code == 3
    out.write_bytes(out.read_bytes().replace(b'"leaf":"', b'"leaf":"00')[:-1])
    assert run("evidence", "check", out, "--log-key", LOG_KEY.encode()).code == 3
