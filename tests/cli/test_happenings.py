"""Pauses, incidents, statements of checkers and the turnout audit's sample, as commands."""

import hashlib
from pathlib import Path

import pytest

from cli.desks import Desk, failed, text_of
from cli.running import done, run
from e2evote.record.voter_bodies import Access
from tests.adapter.rolled_stores import PAPER, rolled_store
from tests.adapter.selections import Selection, prepared


def desk(path: Path, phase: str) -> Desk:
    folder = path / "keys"
    folder.mkdir()
    return Desk(prepared(path / "box", phase), folder)


@pytest.fixture
def opened(tmp_path: Path) -> Desk:
    return desk(tmp_path, "cast")


def test_two_keys_at_one_place(opened: Desk) -> None:
    with opened.at_work():
        command = "pause", opened.store, "--reason", "outage"
        failed(2, "wrong-key", *command, *opened.by("chair"), *opened.beside("trustee-1"))
        failed(2, "wrong-key", *command, *opened.by("trustee-1"), *opened.beside("tess"))
        assert "Voting online is paused." in text_of(*command, *opened.by("chair"), *opened.beside("tess"))
        repeated = done(*command, *opened.by("chair"), *opened.beside("tess"), "--json").json
        failed(1, "board.phase", *command[:2], "--reason", "order", *opened.by("chair"), *opened.beside("tess"))
        listed = done("incident", "list", opened.record, "--json").json
        assert listed["paused"]
        assert [(one["kind"], one["word"]) for one in listed["found"]] == [("pause", "outage")]
        assert repeated["index"] == listed["found"][0]["index"]
        again = "resume", opened.store, "--reason", "resolved", *opened.by("tess"), *opened.beside("chair"), "--json"
        assert done(*again).json["index"] == listed["found"][0]["index"] + 1
        assert "voting is open" in text_of("incident", "list", opened.record)
        second = done(*command, *opened.by("chair"), *opened.beside("tess"), "--json").json
        assert second["index"] == listed["found"][0]["index"] + 2
        assert "voting is paused" in text_of("incident", "list", opened.record)


def test_a_draft_that_another_signs(opened: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with opened.at_work():
        written = done("pause", opened.store, "--reason", "order", *opened.by("chair"), "--json").json
        draft = Path(written["draft"])
        assert (written["missing"], written["index"], draft.parent) == (["teller"], -1, Path())
        again = run("pause", opened.store, "--reason", "order", *opened.by("chair"))
        assert (again.code, "exists already" in again.err) == (2, True)
        shown = text_of("approve", draft, "--store", opened.store, "--allow-test-group")
        for words in (
            "Voting online is paused, pause 1; reason: order.",
            "signed by chair, administrator",
            "by a teller",
        ):
            assert words in shown
        failed(4, "approval-incomplete", "approve", draft, "--store", opened.store, "--post", "--allow-test-group")
        failed(1, "approval-signed", "approve", draft, "--store", opened.store, *opened.by("chair"))
        signing = "approve", draft, "--store", opened.store, *opened.by("tess"), "--json"
        assert done(*signing).json["drafts"][0]["missing"] == []
        assert not selection_of(opened).board().state.paused
        posted = done("approve", draft, "--store", opened.store, "--post", "--allow-test-group", "--json").json[
            "drafts"
        ][0]
        assert (posted["index"] > 0, posted["kind"]) == (True, "pause")
        assert selection_of(opened).board().state.paused
        again = done("approve", draft, "--store", opened.store, "--allow-test-group", "--json").json["drafts"][0]
        assert again["index"] == posted["index"]


def selection_of(opened: Desk) -> Selection:
    return opened.selection


def test_a_draft_and_a_second_key_are_one_too_many(opened: Desk) -> None:
    keys = *opened.by("chair"), *opened.beside("tess"), "--draft", "x"
    ended = run("pause", opened.store, "--reason", "order", *keys)
    assert (ended.code, "one of them" in ended.err) == (2, True)
    assert run("pause", opened.store, "--reason", "boredom", *opened.by("chair")).code == 2


def test_an_incident_with_a_paper(opened: Desk, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("I never got a code")
    with opened.at_work():
        command = "incident", "report", opened.store
        told = done(*command, "delivery", "--line", "ab12", "--document", letter, *opened.by("tess"), "--json").json
        assert (told["number"], told["lines"]) == (1, ["ab12"])
        assert told["document"] == hashlib.sha256(letter.read_bytes()).hexdigest()
        assert run(*command, "rumour", *opened.by("tess")).code == 2
        assert run(*command, "other", "--line", "a", "--line", "a", *opened.by("tess")).code == 2
        failed(2, "wrong-key", *command, "other", *opened.by("vera"))
    shown = text_of("incident", "list", opened.record)
    assert "incident 1" in shown
    assert "never got" not in shown
    assert text_of("access", "list", opened.record).endswith("nobody can see")


def test_a_signed_check(opened: Desk) -> None:
    with opened.at_work():
        counts = "--challenges", 1, "--receipts", 2
        told = done("checked", opened.store, *counts, *opened.by("tess"), "--workers", 1, "--json").json
        assert told["verdict"] == "incomplete"
        failed(2, "wrong-key", "checked", opened.store, *opened.by("chair"), "--workers", 1)


def test_a_sample(tmp_path: Path) -> None:
    """Without a scrutineer in the manifest none is posted; what it would find can be said."""
    closed = desk(tmp_path, "closed")
    told = done("sample", "power", closed.store, "--lines", 1, "--allow-test-group", "--json").json
    assert (told["voters"], told["lines"], told["power"][0]["false"]) == (2, 1, 1)
    command = "sample", "draw", closed.store, "493817", "--lines", 1
    failed(2, "wrong-key", *command, *closed.by("tess"))
    assert run(*command[:3], "12ab", "--lines", 1, *closed.by("tess")).code == 2
    failed(4, "no-sample", "sample", "show", closed.record, "--allow-test-group")


def test_a_sample_of_a_roll(tmp_path: Path) -> None:
    """Scrutineer and teller post the digits once; everybody draws the same lines; who voted on paper is not asked."""
    (tmp_path / "keys").mkdir()
    made = Desk(rolled_store(tmp_path / "box", "closed", PAPER), tmp_path / "keys")
    pair = *made.by("sue"), *made.beside("tess")
    draw = "sample", "draw", made.store, "493817", "--lines", 2, "--json"
    with made.at_work():
        done("channel", "mark", made.store, "postal", "--line", 2, *made.by("tess"), *made.beside("tom"))
        failed(2, "wrong-key", *draw, *made.by("sue"), *made.beside("chair"))
        told = done(*draw, *pair).json
        assert (told["voters"], sorted(told["sample"])) == (2, ["0000001", "0000006"])
        failed(1, "board.phase", "sample", "draw", made.store, "111111", "--lines", 1, *pair)
    shown = done("sample", "show", made.record, "--allow-test-group", "--json").json
    assert (shown["sample"], shown["digits"]) == (told["sample"], "493817")
    assert "did you vote, and how often?" in text_of("sample", "show", made.record, "--allow-test-group")


def test_what_was_opened_to_whom(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    selection = rolled_store(tmp_path / "box", "open")
    with selection.box() as box:
        selection.post(box.post, "access", Access(bytes(32), 1, "roll", "inspection"), "obi", "chair")
        selection.post(box.post, "access", Access(b"", 2, "register", "audit"), "sue", "reg-1")
    listed = done("access", "list", selection.store.record, "--json").json
    assert [(one["reader"], one["holder"], one["of"], one["purpose"]) for one in listed["found"]] == [
        ("obi", "chair", "roll", "inspection"),
        ("sue", "reg-1", "register", "audit"),
    ]
    assert "obi" in text_of("access", "list", selection.store.record)


def test_opening_and_closing_by_two_in_different_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each writes a draft that a teller signs; after the opening the same command writes the anchors."""
    confirmed = desk(tmp_path, "confirmed")
    monkeypatch.chdir(tmp_path)
    anchors, chair, tess = tmp_path / "anchors.json", confirmed.by("chair"), confirmed.by("tess")

    def both(*command: object) -> None:
        draft = done(*command, *chair, "--draft", tmp_path / f"{command[0]}.draft", "--json").json["draft"]
        done("approve", draft, "--store", confirmed.store, *tess, "--post")

    with confirmed.at_work():
        both("open", confirmed.store, "--out", anchors)
        assert not anchors.exists()
        told = done("open", confirmed.store, "--out", anchors, *chair, "--json").json
        assert anchors.exists()
        assert len(told["extended_base_hash"]) == 64
        both("extend", confirmed.store, "--close", "2031-05-03T00:00:00Z")
        failed(1, "board.phase", "extend", confirmed.store, "--close", "2031-05-02T00:00:00Z", *chair)
        both("close", confirmed.store)
        failed(1, "board.phase", "pause", confirmed.store, "--reason", "order", *chair)
    assert selection_of(confirmed).board().state.phase.value == "closed"
