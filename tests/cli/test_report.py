"""The report for people has every part that was decrypted, and says what was counted as one."""

import pytest

from e2evote.cli.report import print_report
from tests.ballot.rolled import RolledRig
from tests.tally.rolls import finish
from tests.tally.test_channels import counted_rig
from tests.tally.test_weights import RARE, closed_rig


def printed(rig: RolledRig, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    print_report(rig.examination().report, rig.manifest)
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_a_contest_by_channel(capsys: pytest.CaptureFixture[str]) -> None:
    rig = counted_rig()
    finish(rig)
    lines = printed(rig, capsys)
    at = lines.index("Mayor (mayor): 6 ballots, 1 votes not given")
    assert lines[at + 1].split() == ["option", "id", "online", "in", "person", "postal", "votes"]
    rows = {line.split()[1]: line.split()[2:] for line in lines[at + 2 : at + 6] if line.startswith(("Ada", "Bob"))}
    assert rows == {"ada": ["1", "2", "0", "3", "elected"], "bob": ["1", "0", "1", "2"]}
    below = lines[lines.index("Board (board): 4 ballots, 3 votes not given") :]
    assert "counted as one, because of the floor: online + in person + postal" in below


def test_a_contest_that_is_withheld(capsys: pytest.CaptureFixture[str]) -> None:
    rig = closed_rig(RARE)
    finish(rig)
    lines = printed(rig, capsys)
    at = lines.index("Board (board): 3 ballots, 0 votes not given")
    assert lines[at + 1] == "withheld: too few ballots for the floor, nothing was decrypted"
    assert "floor 2: contests, and parts of them, with fewer counted ballots stay sealed" in lines
