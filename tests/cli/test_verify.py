"""`e2evote verify` on good and on cut records: exit codes, the report for people, the report for programs."""

import json
import shutil
from pathlib import Path

import pytest

from cli.running import Ended, done, run
from e2evote.adapter.demo.setup import DemoFolder
from e2evote.verify.checks import Check

TEST_GROUP = "--allow-test-group"


def verify(demo: DemoFolder, *options: object) -> Ended:
    return run("verify", demo.record, "--workers", 1, TEST_GROUP, *options)


def test_the_report_says_everything_once(demo: DemoFolder) -> None:
    ended = verify(demo, "--expect", demo.anchors, "--since", demo.earlier)
    assert ended.code == 6, "a group for tests is never accepted"
    lines = ended.out.splitlines()
    for check in Check:
        (line,) = [line for line in lines if line.split()[1:2] == [check.value]]
        assert line.startswith("pass ")
        assert "examined" in line
    assert "NOT CLAIMED" not in ended.out, "the demonstration claims whatever a record can"
    text = ended.out
    assert "floor        2: contests, and parts of them, with fewer counted ballots stay sealed" in text
    assert "counted as one, because of the floor: in person + postal" in text
    assert "TEST GROUP" in text
    assert "no evidence that anybody checked independently" in text
    assert "elected" in text
    assert lines[-1].startswith("CONSISTENT: ")
    assert "--expect" not in text


def test_without_anchors_the_fingerprints_are_printed(demo: DemoFolder) -> None:
    ended = verify(demo)
    anchors = json.loads(demo.anchors.read_bytes())
    for value in anchors.values():
        assert value in ended.out
    assert "not asked" in ended.out


def test_json_is_the_report_of_the_documents(demo: DemoFolder) -> None:
    report = verify(demo, "--expect", demo.anchors, "--json").json
    assert report["verdict"] == "consistent"
    assert report["anchored"] is True
    assert [check["check"] for check in report["checks"]] == [check.value for check in Check]
    assert report["exit"] == 6


def test_a_packed_record_gives_the_same_report(demo: DemoFolder, tmp_path: Path) -> None:
    packed = tmp_path / "record.zip"
    assert done("record", "pack", demo.record, packed, "--json").json["bytes"] == packed.stat().st_size
    both = [run("verify", path, "--workers", 1, TEST_GROUP, "--json").json for path in (demo.record, packed)]
    for report in both:
        for check in report["checks"]:
            if check["check"] == Check.RECORD_FILES.value:
                check["examined"] = 0  # the box's directory may hold older partial files, which count
    assert both[0] == both[1]
    again = run("record", "pack", demo.record, packed)
    assert again.code == 2
    assert "exists already" in again.err


def test_a_test_group_needs_its_flag(demo: DemoFolder) -> None:
    ended = run("verify", demo.record, "--workers", 1, "--json")
    assert ended.code == 1
    assert [c["check"] for c in ended.json["checks"] if c["status"] == "fail"] == ["manifest.group"]


def test_a_record_that_stops_early_is_incomplete(demo: DemoFolder, tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    shutil.copytree(demo.record, cut)
    (bundle,) = (cut / "payload").rglob("*.p/*")
    bundle.unlink()
    ended = run("verify", cut, "--workers", 1, TEST_GROUP)
    assert ended.code == 4
    assert "INCOMPLETE" in ended.out


def test_another_process_checks_ballots(demo: DemoFolder) -> None:
    one = verify(demo, "--json").json
    two = run("verify", demo.record, "--workers", 2, TEST_GROUP, "--json").json
    assert one == two


def test_an_earlier_checkpoint_of_another_log_fails(demo: DemoFolder, tmp_path: Path) -> None:
    other = tmp_path / "checkpoint"
    other.write_bytes(b"no checkpoint\n")
    ended = verify(demo, "--since", other)
    assert ended.code == 1
    assert "FAIL" in ended.out.upper()
    assert "anchor.since" in ended.out


@pytest.mark.parametrize("text", [b"", b"{}", b"null", b"\x00" * 5000, b'{"base_hash":"00"}'])
def test_anchors_that_are_none_are_misuse(demo: DemoFolder, tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "anchors.json"
    file.write_bytes(text)
    ended = verify(demo, "--expect", file)
    assert ended.code == 2
    assert str(file) in ended.err


def test_trackers_are_found_however_they_are_typed(demonstration: tuple[DemoFolder, Ended]) -> None:
    demo, ended = demonstration
    line, tracker = ended.json["line"], ended.json["tracker"]
    typed = tracker.lower().replace("-", "").replace("0", "O").replace("1", "l")
    found = done("tracker", "check", line, typed, demo.record, "--json").json
    assert (found["status"], found["tracker"], found["failing"]) == ("counted", tracker, [])
    assert "counted" in done("tracker", "check", line, tracker, demo.record).out
    assert run("tracker", "check", line, "0" * 32, demo.record, "--json").json["status"] == "absent"
    for wrong in ("", "U" * 32, "0" * 31, "0" * 1000):
        assert run("tracker", "check", line, wrong, demo.record).code == 3
    for wrong in ("no line!", "0", "0" * 64):
        assert run("tracker", "check", wrong, tracker, demo.record).code == 2, "no number of a roll"
