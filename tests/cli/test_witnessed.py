"""A record with witnesses on the command line: who cosigned, when, and what is said of a head that nobody has yet."""

from pathlib import Path

import pytest

from cli.running import run
from e2evote.record.identifiers import shown
from reference.make_manifest import CLOSE
from simulate.bases import base_election
from simulate.insider import Dossier

TEST_GROUP = "--allow-test-group"


@pytest.fixture
def d() -> Dossier:
    return Dossier(base_election("witnessed"))


def test_the_report_names_the_witnesses_and_their_times(d: Dossier, tmp_path: Path) -> None:
    d.note = d.cosigned(d.checkpoint(), {"east": CLOSE, "south": 2**60})
    ended = run("verify", d.write(tmp_path / "record"), "--workers", 1, TEST_GROUP)
    assert ended.code == 6
    size = len(d.entries)
    assert f"cosigned  checkpoint, {size} entries: east 2031-05-02T18:00:00Z, south {2**60} s" in ended.out
    assert "cosigned  dates/open, 6 entries: east 2031-05-01T08:00:01Z, north 2031-05-01T08:00:04Z" in ended.out
    assert "cosigned  dates/close, 9 entries: " in ended.out
    assert "dates     2031-05-01T08:00:00Z to 2031-05-02T18:00:00Z\n" in ended.out
    assert "NOT CLAIMED  witnesses" not in ended.out


def test_the_report_shows_the_closing_date_in_force(tmp_path: Path) -> None:
    extended = Dossier(base_election("extended"))
    ended = run("verify", extended.write(tmp_path / "record"), "--workers", 1, TEST_GROUP)
    assert ended.code == 6
    assert "dates     2031-05-01T08:00:00Z to 2031-05-04T06:00:00Z, put off 2 times\n" in ended.out
    assert "cosigned  dates/extend-1, 8 entries: east 2031-05-02T17:00:00Z" in ended.out
    assert "cosigned  dates/extend-2, 9 entries: east 2031-05-03T17:00:00Z" in ended.out


def test_a_report_on_an_extension_without_witnesses_says_what_it_does_not_show(tmp_path: Path) -> None:
    alone = Dossier(base_election("extended-alone"))
    ended = run("verify", alone.write(tmp_path / "record"), "--workers", 1, TEST_GROUP)
    assert ended.code == 6
    assert "to 2031-05-04T06:00:00Z, put off 2 times\n" in ended.out
    assert "NOT CLAIMED  witnesses: the record does not show" in ended.out
    assert "put off before they were past" in " ".join(ended.out.split())


def test_a_head_that_nobody_has_cosigned_is_missing_something(d: Dossier, tmp_path: Path) -> None:
    d.note = d.checkpoint()
    ended = run("verify", d.write(tmp_path / "record"), "--workers", 1, TEST_GROUP)
    assert ended.code == 4
    assert f"cosigned  checkpoint, {len(d.entries)} entries: by no witness" in ended.out
    assert "checkpoint is cosigned by nobody: not a quorum" in ended.out


@pytest.mark.parametrize(("witnesses", "code"), [(("east", "north"), 0), (("east",), 4)])
def test_a_tracker_is_looked_up_under_the_quorum(
    witnesses: tuple[str, ...], code: int, d: Dossier, tmp_path: Path
) -> None:
    ballot = d.one("ballot")
    d.note = d.cosigned(d.checkpoint(), dict.fromkeys(witnesses, CLOSE))
    tracker = shown(bytes.fromhex(ballot.body["tracker"]))
    asked = ("tracker", "check", ballot.body["line"], tracker, d.write(tmp_path / "record"))
    ended = run(*asked)
    assert ended.code == code
    assert ended.out.startswith("counted" if code == 0 else "No quorum of witnesses has cosigned this head")
    assert run(*asked, "--json").json["uncosigned"] is (code == 4)
