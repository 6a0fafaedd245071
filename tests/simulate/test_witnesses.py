"""Notes with witnesses: no byte of one that is needed is free, and both verifiers say the same of growing records."""

import random

import pytest

from e2evote.verify import Check, Report, Verdict
from e2evote.verify.examine import Question
from reference.verifier import verify
from simulate.bases import base_election
from simulate.insider import Dossier
from verify.shown import anchors_of, verify_files

NOTES = ("checkpoint", "dates/open", "dates/close")
FLIPS = 50


def agreed(files: dict[str, bytes], expect: dict[str, str] | None = None) -> Report:
    """The library's report, after the reference verifier gave the same answer."""
    library = verify_files(files, Question(anchors_of(expect), None, True))
    reference = verify(files, expect, allow_test_group=True)
    assert {r.check.value: r.status.value for r in library.results} == {
        c["check"]: c["status"] for c in reference["checks"]
    }
    for name in ("verdict", "cosigned", "claims"):
        assert library.members()[name] == reference[name], name
    return library


@pytest.mark.parametrize("name", NOTES)
def test_no_byte_of_a_note_with_exactly_a_quorum_is_free(name: str) -> None:
    d = Dossier(base_election("witnessed"))
    files, rng = d.files(), random.Random(name)
    assert agreed(files).verdict is Verdict.CONSISTENT
    for _ in range(FLIPS):
        data = bytearray(files[name])
        position = rng.randrange(len(data))
        data[position] ^= rng.randrange(1, 256)
        report = agreed(files | {name: bytes(data)}, d.anchors())
        assert report.verdict is not Verdict.CONSISTENT, f"byte {position}: {bytes(data)!r}"
        others = {Check.BOARD_DATES} if name != "checkpoint" else {Check.BOARD_WITNESSES, Check.BOARD_CHECKPOINT}
        assert report.failing <= others | {Check.BOARD_ROOT, Check.RECORD_FILES}


@pytest.mark.parametrize("base", ["witnessed", "nested"])
def test_a_record_that_grows_is_never_rejected(base: str) -> None:
    """Every prefix under its own head, cosigned or not yet."""
    d = Dossier(base_election(base))
    for size in range(len(d.entries), 0, -1):
        del d.entries[size:]
        for note in (None, d.checkpoint()):
            d.note = note
            assert agreed(d.files()).failing == frozenset(), size
    d.notes = {"dates/open": b"of a leaf that is not there yet"}
    assert agreed(d.files()).failing == frozenset()


@pytest.mark.parametrize("name", ["tile/entries", "payload", "dates/open"])
def test_a_file_that_is_not_there(name: str) -> None:
    d = Dossier(base_election("witnessed"))
    files = {path: data for path, data in d.files().items() if not path.startswith(name)}
    assert agreed(files).verdict is Verdict.INCOMPLETE


def test_the_report_says_who_cosigned_what_and_when() -> None:
    d = Dossier(base_election("witnessed"))
    report = agreed(d.files(), d.anchors())
    assert [(c.note, c.size) for c in report.facts.cosigned] == [(name, d.size_of(name)) for name in NOTES]
    for note in report.facts.cosigned:
        assert {w.name: w.time for w in note.witnesses} == d.times(note.note)
    assert "witnesses" not in report.not_claimed
    assert agreed(Dossier(base_election("base")).files()).facts.cosigned == ()


def test_times_beyond_the_integers_of_json_are_reported() -> None:
    d = Dossier(base_election("witnessed"))
    d.note = d.cosigned(d.checkpoint(), {"east": 2**63 - 1, "north": 2**53})
    members = agreed(d.files(), d.anchors()).encode()
    assert b'{"name":"east","time":"9223372036854775807"},{"name":"north","time":"9007199254740992"}' in members
