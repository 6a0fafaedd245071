"""What a participant believes of a board whose manifest names witnesses: heads with the quorum, and no others."""

import copy
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.download import Server, download_record
from e2evote.adapter.patience import Patience
from e2evote.adapter.snapshot import fetch_record, pack_record, snapshot
from e2evote.adapter.trustee_tool import TrusteeTool
from e2evote.board.proof import LogProof
from e2evote.board.tree import Tree
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.manifest.entries import Phase
from e2evote.record.archive import DATES
from e2evote.record.identifiers import shown
from e2evote.secret.sign import SigningKey
from e2evote.tally.facts import facts_of
from e2evote.verify import Check, Status, Verdict, verify_record
from e2evote.verify.examine import Question
from e2evote.verify.run import examine_path
from reference.make_manifest import CLOSE
from reference.verifier import verify
from simulate.bases import base_election
from simulate.insider import Dossier
from tests.adapter.selections import PHRASE, Clock, refused
from tests.adapter.witnessed import CLOSES, confirmed

NEVER = Patience()
"""Who does not wait for witnesses at all."""


@dataclass(slots=True)
class Board:
    """A record on disk that shows the first entries of a selection with three witnesses, any two of them a quorum.

    Its closing date was put off twice.
    """

    path: Path
    whole: Dossier = field(default_factory=lambda: Dossier(base_election("extended")))

    def size_of(self, kind: str) -> int:
        return self.whole.index(self.whole.one(kind)) + 1

    def show(self, size: int, *witnesses: str, twice: bool = False) -> bytes:
        """The log of this size, whose head these witnesses have cosigned; the head."""
        shown = copy.deepcopy(self.whole)
        del shown.entries[size:]
        shown.note = shown.cosigned(shown.checkpoint(), dict.fromkeys(witnesses, CLOSE))
        if twice:
            shown.note = shown.cosigned(shown.note, {witnesses[0]: CLOSE + 1})
        shutil.rmtree(self.path, ignore_errors=True)
        shown.write(self.path)
        return shown.note

    def reader(self, patience: Patience = NEVER) -> BoardReader:
        return BoardReader(self.path, allow_test_group=True, patience=patience)


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path / "record")


QUORUM = ("east", "south")
NOTES = ("open", "extend-1", "extend-2", "close")


def test_a_head_without_the_quorum_is_passed_over_until_it_has_it(board: Board) -> None:
    opened = board.size_of("open")
    head = board.show(opened, *QUORUM)
    reader = board.reader()
    assert (reader.size, reader.state.phase, reader.uncosigned) == (opened, Phase.OPEN, "")
    board.show(opened + 1, "north")
    assert not reader.refresh()
    assert (reader.size, reader.checkpoint) == (opened, head)
    assert reader.uncosigned == f"the head of {opened + 1} entries is cosigned by north: no quorum yet"
    newer = board.show(opened + 1, "north", "south")
    assert reader.refresh()
    assert (reader.size, reader.checkpoint, reader.uncosigned) == (opened + 1, newer, "")
    assert not reader.refresh()


def test_a_look_waits_for_the_witnesses(board: Board) -> None:
    board.show(3)
    clock, told = Clock(), []
    patience = Patience(10.0, 1.0, clock.time, clock.sleep, told.append)
    clock.meanwhile = [lambda: clock.now == 4.0 and board.show(3, *QUORUM) and None]
    reader = board.reader(patience)
    assert (reader.size, clock.now) == (3, 4.0)
    assert told == ["the head of 3 entries is cosigned by nobody: no quorum yet"]
    board.show(4, "east")
    assert not reader.refresh()
    assert (reader.size, clock.now) == (3, 14.0)


def test_a_board_that_never_had_the_quorum_is_not_begun_with(board: Board) -> None:
    board.show(len(board.whole.entries), "east")
    refusal = refused(board.reader)
    assert refusal.code == "not-cosigned"
    assert "cosigned by east: no quorum yet" in refusal.detail


def test_a_line_of_a_witness_that_is_false_refuses_the_board_for_good(board: Board) -> None:
    head = board.show(3, *QUORUM)
    reader = board.reader()
    false = board.show(4, *QUORUM)
    lines = head[head.rindex(b"\n\n") + 2 :].splitlines(keepends=True)
    note = false[: false.rindex(b"\n\n") + 2] + false[false.rindex(b"\n\n") + 2 :].splitlines(keepends=True)[0]
    (board.path / "checkpoint").write_bytes(note + b"".join(lines[1:]))
    assert refused(reader.refresh).code == "record-fails"
    board.show(4, *QUORUM)
    assert refused(reader.refresh).code == "record-fails"


def test_a_witness_that_is_there_twice_refuses_the_board(board: Board) -> None:
    board.show(3, *QUORUM, twice=True)
    refusal = refused(board.reader)
    assert refusal.code == "record-fails"
    assert "board.witnesses" in refusal.detail


def test_a_shorter_log_is_noticed_though_nobody_has_cosigned_it(board: Board) -> None:
    board.show(5, *QUORUM)
    reader = board.reader()
    board.show(4)
    assert refused(reader.refresh).code == "board-rewritten"


def test_what_is_examined_is_what_the_witnesses_have_seen(board: Board) -> None:
    """The board is one batch ahead of them, and the earlier files are replaced already."""
    stated = board.size_of("tally.statement")
    board.show(stated, *QUORUM)
    reader = board.reader()
    board.show(stated + 1)
    examination = reader.examine()
    assert examination.log.checkpoint.size == stated
    assert examination.report.failing == frozenset()
    assert examination.report.result(Check.BOARD_WITNESSES).status is Status.PASS


def test_a_statement_that_no_quorum_has_seen_is_neither_accepted_nor_decrypted(board: Board, tmp_path: Path) -> None:
    """Protocol rule 26: a log could show each trustee another statement, and take it back."""
    stated = board.size_of("tally.statement")
    board.show(stated - 1, *QUORUM)
    sent: list[object] = []
    clock, told = Clock(), list[str]()
    patience = Patience(5.0, 1.0, clock.time, clock.sleep, told.append)
    reader = board.reader()
    key = SigningKey(board.whole.secret_of("uma"))
    tool = TrusteeTool(tmp_path / "uma", key, PHRASE, reader, sent.append, patience)  # type: ignore[arg-type]
    board.show(stated, "east")
    assert refused(tool.accept).code == "tally.not-stated"
    assert told[-1].endswith(f"; the head of {stated} entries is cosigned by east: no quorum yet")
    assert refused(tool.decrypt).code == "tally.not-stated"
    assert sent == []


@pytest.mark.parametrize(("witnesses", "code"), [((), "not-cosigned"), (("north",), "not-cosigned"), (QUORUM, "")])
def test_there_are_no_facts_without_the_quorum(witnesses: tuple[str, ...], code: str, board: Board) -> None:
    """Also for who comes to the record by another way than a reader."""
    board.show(board.size_of("tally.statement"), *witnesses)
    examination = examine_path(board.path, Question(allow_test_group=True))
    if code:
        assert refused(lambda: facts_of(examination)).code == code
    else:
        assert facts_of(examination).posted == facts_of(examination).own


@pytest.mark.parametrize(
    ("witnesses", "check"), [((), "board.witnesses"), (("north",), "board.witnesses"), (QUORUM, "")]
)
def test_a_receipt_is_one_under_the_quorum_only(witnesses: tuple[str, ...], check: str, board: Board) -> None:
    """Protocol rule 14: before that the ballot is stored, and not yet cast."""
    ballot = board.whole.one("ballot")
    index, size = board.whole.index(ballot), board.whole.index(ballot) + 1
    head = board.show(size, *witnesses)
    board.show(size, *QUORUM)
    booth = Booth(board.reader())
    tree = Tree()
    for entry in board.whole.entries[:size]:
        tree.append(entry.hash())
    receipt = LogProof(index, tree.inclusion_proof(index, size), head, ballot.leaf_bytes()).encode()
    tracker = shown(bytes.fromhex(ballot.body["tracker"]))
    if not check:
        assert [one.name for one in booth.check_receipt(receipt, tracker).cosigned] == ["east", "south"]
        return
    with pytest.raises(CheckFailed) as failure:
        booth.check_receipt(receipt, tracker)
    assert failure.value.check == check


@pytest.fixture
def served(board: Board) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    board.show(len(board.whole.entries), *QUORUM)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(board.path))) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_every_kind_of_copy_carries_the_notes_of_the_dates(board: Board, tmp_path: Path, served: str) -> None:
    fetched, packed, downloaded = (tmp_path / name for name in ("fetched", "record.zip", "downloaded"))
    fetch_record(board.path, fetched)
    pack_record(board.path, packed)
    download_record(Server(served), downloaded, lambda done, total: None)
    with zipfile.ZipFile(packed) as archive:
        assert set(archive.namelist()) & set(DATES) == {f"dates/{name}" for name in NOTES}
    expected = verify_record(board.path, allow_test_group=True)
    assert expected.verdict is Verdict.CONSISTENT
    for copied in (fetched, packed, downloaded):
        assert verify_record(copied, allow_test_group=True).encode() == expected.encode()
    with snapshot(board.path) as still:
        assert verify_record(still, allow_test_group=True).encode() == expected.encode()


def test_a_copy_of_a_board_without_the_notes_is_made_and_says_what_is_missing(board: Board, tmp_path: Path) -> None:
    board.show(len(board.whole.entries), *QUORUM)
    shutil.rmtree(board.path / "dates")
    fetch_record(board.path, tmp_path / "copy")
    report = verify_record(tmp_path / "copy", allow_test_group=True)
    assert report.result(Check.BOARD_DATES).status is Status.MISSING
    assert report.verdict is Verdict.INCOMPLETE


def test_a_link_in_the_place_of_a_note_is_not_followed(board: Board, tmp_path: Path) -> None:
    board.show(len(board.whole.entries), *QUORUM)
    (board.path / "dates" / "open").unlink()
    (board.path / "dates" / "open").symlink_to(tmp_path / "secret")
    with pytest.raises(MalformedInput, match="neither a file nor a folder"):
        fetch_record(board.path, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_board_that_a_box_made_is_the_same_to_both_verifiers(tmp_path: Path) -> None:
    """Opened, extended and closed by the clocks of two witnesses, while the third does not answer."""
    selection = confirmed(tmp_path / "s")
    selection.world.down("north")
    with selection.box() as box:
        chair = selection.administration(box.post)
        chair.open()
        box.post(selection.ballot("vera"))
        selection.world.now = int(CLOSES.timestamp()) - 600
        chair.extend("2031-05-03T00:00:00Z")
        selection.world.now = int(CLOSES.timestamp()) + 86_400 + 200
        chair.close()
    record = selection.store.record
    library, reference = verify_record(record, allow_test_group=True), verify(record, allow_test_group=True)
    assert {r.check.value: r.status.value for r in library.results} == {
        c["check"]: c["status"] for c in reference["checks"]
    }
    for name in ("cosigned", "dates"):
        assert library.members()[name] == reference[name]
    assert library.failing == frozenset()
    assert [library.result(check).examined for check in (Check.BOARD_WITNESSES, Check.BOARD_DATES)] == [1, 3]
    assert [[w.name for w in note.witnesses] for note in library.facts.cosigned] == [["east", "south"]] * 4
