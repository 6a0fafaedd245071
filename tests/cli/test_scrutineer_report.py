"""`e2evote report`: verifies first, writes a page or nothing, and signs what the board itself has."""

import json
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cli.desks import Desk, failed, text_of
from cli.running import done, run
from e2evote.adapter.scrutineer.words import LONGEST, TEMPLATE, read_words, unsaid
from e2evote.adapter.service import open_box
from e2evote.adapter.store import Store
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.record.report import decode_report
from e2evote.record.report_facts import ReportFacts
from tests.adapter.selections import PHRASE, Selection, new_store, prepared
from tests.ballot.boxed import SESSION
from tests.ballot.told import incident, told

FILLED = 'inspected = true\nwhy = "At my own motion."\ncomplaints = "None."\nopinion = "All was fair."\n'
TEST = "--allow-test-group"


@cache
def _kept() -> "TemporaryDirectory[str]":
    return TemporaryDirectory(prefix="e2evote-tests-")


@cache
def _template() -> Path:
    """The store of the selection of `tests.ballot.told`."""
    path, rig = Path(_kept().name) / "box", told()
    store = new_store(path, rig.manifest)
    with open_box(store, PHRASE, allow_test_group=True) as box:
        for entry, payload, hints in rig.entries[1:]:
            box.post(Envelope(entry, payload or b"", hints or b"", SESSION))
    return path


@dataclass(frozen=True)
class Office:
    """A desk, and a folder for what comes out."""

    desk: Desk
    folder: Path

    @property
    def record(self) -> Path:
        return self.desk.record

    @property
    def out(self) -> Path:
        return self.folder / "report.html"

    @property
    def words(self) -> Path:
        path = self.folder / "words.toml"
        path.write_text(FILLED)
        return path

    def signing(self, name: str = "sue") -> tuple[object, ...]:
        return "--words", self.words, "--sign", "--store", self.desk.store, *self.desk.by(name)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with self.desk.at_work():
            yield


@pytest.fixture
def office(tmp_path: Path) -> Office:
    (tmp_path / "keys").mkdir()
    shutil.copytree(_template(), tmp_path / "box")
    return Office(Desk(Selection(Store.at(tmp_path / "box")), tmp_path / "keys"), tmp_path)


def reports_on(office: Office) -> list[object]:
    return [e.leaf.body for e in office.desk.selection.board().entries if e.leaf.kind == "report"]


def test_a_page_of_a_record_without_the_word_make(office: Office) -> None:
    said = text_of("report", office.record, "--out", office.out, "--words", office.words, TEST)
    page = office.out.read_bytes()
    assert sha256(page).hexdigest() in said
    assert "Nobody has signed this report." in said
    assert b"All was fair." in page
    assert b"not signed yet" in page
    assert sorted(path.name for path in office.folder.iterdir()) == ["box", "keys", "report.html", "words.toml"]


def test_the_facts_for_programs_and_the_same_page_each_time(office: Office) -> None:
    first = done("report", office.record, "--json", TEST).json
    again = done("report", "make", office.record, "--json", "--out", office.out, TEST).json
    assert (first["page"], first["index"]) == (sha256(office.out.read_bytes()).hexdigest(), -1)
    assert first == again
    facts = ReportFacts.decode(json.dumps(first["facts"], sort_keys=True, separators=(",", ":")).encode())
    assert (facts.lines.total, facts.verdict, facts.challenges) == (8, "consistent", 1)


def test_with_anchors_of_another_selection_the_record_is_rejected(office: Office) -> None:
    given = run("verify", office.record, "--json", TEST).json
    anchors = {name: given[name] for name in ("base_hash", "extended_base_hash", "log_key")}
    path = office.folder / "anchors.json"
    path.write_bytes(canonical.encode(anchors))
    checks = done("report", office.record, "--json", "--expect", path, TEST).json["facts"]["checks"]
    assert {"pass"} == {check["status"] for check in checks if check["check"] in ("anchor.base-hash", "anchor.log-key")}
    path.write_bytes(canonical.encode({**anchors, "base_hash": "00" * 32}))
    assert (
        "anchor.base-hash" in failed(1, "record-fails", "report", office.record, "--json", "--expect", path, TEST).err
    )


def test_a_signed_report_names_the_page_and_has_the_facts_of_the_board(office: Office) -> None:
    with office.at_work():
        made = done("report", office.record, "--out", office.out, "--json", *office.signing()).json
        board = office.desk.selection.board()
        entry = board.entries[made["index"]]
        assert entry.leaf.body.members() == {"page": sha256(office.out.read_bytes()).hexdigest()}
        report = decode_report(board.payload(entry), board.manifest)
        assert (report.words.opinion, report.facts.size, report.facts.challenges) == ("All was fair.", entry.index, 1)
        assert b"<code>sue</code>" in office.out.read_bytes()
    assert run("verify", office.record, TEST).code == 6


def test_a_second_report_is_refused_and_leaves_no_page(office: Office) -> None:
    with office.at_work():
        done("report", office.record, "--out", office.out, *office.signing())
        office.out.rename(office.folder / "first.html")
        failed(1, "board.phase", "report", office.record, "--out", office.out, *office.signing())
        assert not office.out.exists()


def test_only_a_scrutineer_signs(office: Office) -> None:
    with office.at_work():
        failed(2, "wrong-key", "report", office.record, "--out", office.out, *office.signing("tess"))
    assert not office.out.exists()
    assert reports_on(office) == []


def test_a_report_on_an_older_copy_is_not_signed(office: Office) -> None:
    old = office.folder / "old"
    shutil.copytree(office.record, old)
    with office.desk.selection.box() as box:
        box.post(incident(told(), "other", ()))
    with office.at_work():
        failed(4, "report-outdated", "report", old, "--out", office.out, *office.signing())
        assert not office.out.exists()
        done("report", office.record, "--out", office.out, *office.signing())


def test_signing_needs_words_that_somebody_has_filled_in(office: Office) -> None:
    empty = office.folder / "empty.toml"
    done("report", "words", empty)
    with office.at_work():
        common = "report", office.record, "--out", office.out, "--sign", "--store", office.desk.store
        by = office.desk.by("sue")
        assert run(*common, *by).code == 2
        ended = run(*common, *by, "--words", empty)
        assert (ended.code, "complaints, opinion, why: still empty" in ended.err) == (2, True)
    assert reports_on(office) == []
    assert not office.out.exists()


def rejected(office: Office) -> Path:
    """A copy in which one hash of the tree is another one."""
    copy, size = office.folder / "copy", office.desk.selection.board().size
    shutil.copytree(office.record, copy)
    tile = copy / "tile" / "0" / "000.p" / str(size)
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    return copy


def test_a_rejected_record_has_no_report_unless_somebody_insists_and_then_says_so(office: Office) -> None:
    copy = rejected(office)
    ended = failed(1, "record-fails", "report", copy, "--out", office.out, TEST)
    assert "board.tiles" in ended.err
    assert not office.out.exists()
    insisted = run("report", copy, "--out", office.out, "--anyway", TEST)
    assert insisted.code == 1
    assert "THIS RECORD IS REJECTED" in insisted.err
    assert "The verdict on the record: rejected." in insisted.out
    page = office.out.read_text()
    assert '<p class="alarm">This record is rejected.' in page
    assert "so that this record excludes nothing" in page


def test_what_is_not_finished_or_no_record_has_none(office: Office, tmp_path: Path) -> None:
    unfinished = prepared(tmp_path / "other", "cast")
    failed(4, "no-outcome", "report", unfinished.store.record, "--out", office.out, TEST)
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    failed(3, "malformed", "report", nothing, "--out", office.out, TEST)
    assert not office.out.exists()


def test_a_selection_without_a_roll_has_a_report_that_says_so(office: Office, tmp_path: Path) -> None:
    plain = prepared(tmp_path / "other", "published")
    done("report", plain.store.record, "--out", office.out, TEST)
    assert b"There was no roll" in office.out.read_bytes()


def test_nothing_is_written_over(office: Office) -> None:
    office.out.write_text("mine")
    assert run("report", office.record, "--out", office.out, TEST).code == 2
    assert office.out.read_text() == "mine"


def test_one_of_out_and_json_is_wanted(office: Office) -> None:
    assert run("report", office.record, TEST).code == 2


# Words


def test_the_template_is_read_and_says_nothing_yet() -> None:
    words = read_words(TEMPLATE.encode())
    assert unsaid(words) == ("complaints", "opinion", "why")
    assert not words.inspected
    assert set(tomllib.loads(TEMPLATE)) == {"complaints", "inspected", "opinion", "why"}
    assert unsaid(read_words(FILLED.encode())) == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (FILLED.replace("true", '"yes"'), "inspected"),
        (FILLED.replace("true", "1"), "inspected"),
        (FILLED.replace('"None."', "3"), "complaints"),
        (FILLED.replace("None.", "ä" * (LONGEST // 2 + 1)), "complaints"),
        (FILLED + 'turnout = "high"\n', ""),
        (FILLED.replace("why", "reason"), ""),
        ("inspected =", ""),
    ],
)
def test_words_of_another_form_are_refused_with_their_place(text: str, place: str) -> None:
    with pytest.raises(MalformedInput) as error:
        read_words(text.encode())
    assert error.value.where == place
