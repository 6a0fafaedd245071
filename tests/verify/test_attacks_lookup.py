"""What a voter sees of attacks that a record as a whole cannot show: later ballots of the line, and borrowed trackers.

Malware that holds the key may vote again after its voter has looked (threat A40); two voters with equal choices may be
shown one tracker (threat A41). Both appear to whoever looks up their own line.
"""

from pathlib import Path

import pytest

from e2evote.record.identifiers import shown
from e2evote.verify.lookup import Lookup, look_up
from reference.encryptor import Entry
from simulate.bases import base_election
from simulate.insider import Dossier


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    """Voter 1's ballots are the first and the fourth; voters 2 and 3 have one each."""
    return Dossier(base_election("base"))


@pytest.fixture(scope="module")
def record(dossier: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dossier.write(tmp_path_factory.mktemp("lookup") / "record")


def of(ballot: Entry) -> tuple[str, str]:
    """Line and tracker as the voter has them."""
    return str(ballot.body["line"]), shown(bytes.fromhex(ballot.body["tracker"]))


def test_a_later_ballot_of_the_line_is_seen(dossier: Dossier, record: Path) -> None:
    """Whoever cast it, the voter's own tracker no longer counts, and the other one stands beside it."""
    line, tracker = of(dossier.one("ballot", 0))
    later = of(dossier.one("ballot", 3))[1]
    found = look_up(record, line, tracker)
    assert found.status is Lookup.SUPERSEDED
    assert [(listed.tracker, listed.status) for listed in found.ballots] == [
        (tracker, Lookup.SUPERSEDED),
        (later, Lookup.COUNTED),
    ]
    assert found.failing == frozenset()


def test_a_ballot_cast_for_somebody_who_never_voted_is_seen(dossier: Dossier, record: Path) -> None:
    """They have no tracker; any will do to list what their line has."""
    line, tracker = of(dossier.one("ballot", 1))
    found = look_up(record, line, of(dossier.one("ballot", 2))[1])
    assert found.status is Lookup.ABSENT
    assert [listed.tracker for listed in found.ballots] == [tracker]


def test_anothers_tracker_is_not_ones_own(dossier: Dossier, record: Path) -> None:
    """A server hands voter 3 the tracker of voter 2: it is in the log, but on another line."""
    line, _ = of(dossier.one("ballot", 2))
    found = look_up(record, line, of(dossier.one("ballot", 1))[1])
    assert found.status is Lookup.ABSENT
    assert found.elsewhere


def test_ones_own_is_counted(dossier: Dossier, record: Path) -> None:
    found = look_up(record, *of(dossier.one("ballot", 1)))
    assert (found.status, found.elsewhere) == (Lookup.COUNTED, False)
