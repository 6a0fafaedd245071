"""Attacks on the board that a verifier can see: views, heads, quorums and clocks (A97 to A104, A109, A110).

The tampers of `tests/simulate/tampers_witnesses.py` are each one false statement. Here are the attacks themselves: what
a log with its key, and with some of its witnesses, gets for its trouble.
"""

import copy
from collections.abc import Callable

import pytest

from e2evote.board.merkle import EMPTY_ROOT
from e2evote.verify import Check, Report, Status, Verdict
from e2evote.verify.examine import Question
from e2evote.verify.report import DatesInForce
from reference.encryptor import Entry
from reference.make_manifest import CLOSE, seconds_of
from reference.make_tree import checkpoint_note, leaf_hash, node_hash, record_files
from simulate.bases import base_election
from simulate.insider import Dossier, Times
from verify.shown import verify_files

EAST, NORTH, SOUTH = "east", "north", "south"
FIRST, SECOND = seconds_of("2031-05-03T18:00:00Z"), seconds_of("2031-05-04T06:00:00Z")
"""Where the close of the base `extended` is put off to."""


@pytest.fixture
def d() -> Dossier:
    """Three witnesses, of whom any two are a quorum."""
    return Dossier(base_election("witnessed"))


def report_on(d: Dossier, since: bytes | None = None) -> Report:
    return verify_files(d.files(), Question(None, since, True))


def status(report: Report, check: Check) -> Status:
    return report.result(check).status


def seen_by(d: Dossier, *witnesses: str) -> Report:
    """The record where only these have cosigned the last head."""
    d.note = d.cosigned(d.checkpoint(), dict.fromkeys(witnesses, CLOSE))
    return report_on(d)


def without_a_ballot(d: Dossier) -> Dossier:
    """Another history of the same selection, up to the close: in it one voter has not voted."""
    other = copy.deepcopy(d)
    other.remove(other.one("ballot", 1))
    other.settle()
    return other


def test_of_two_histories_only_one_can_have_the_quorum_of_honest_witnesses(d: Dossier) -> None:
    """A97: each honest witness cosigns one of the two; whatever the split, they are never both complete."""
    other = without_a_ballot(d)
    for shown_one in ((), (EAST,), (EAST, NORTH), (EAST, NORTH, SOUTH)):
        shown_other = tuple(w for w in (EAST, NORTH, SOUTH) if w not in shown_one)
        views = seen_by(d, *shown_one), seen_by(other, *shown_other)
        passed = [status(view, Check.BOARD_WITNESSES) is Status.PASS for view in views]
        assert sum(passed) == 1
        assert Verdict.INCOMPLETE in {view.verdict for view in views}


def test_one_dishonest_witness_is_enough_for_two_histories_where_quorums_share_one(d: Dossier) -> None:
    """A97, the limit that docs/spec.md 5.8 states: with two of three no witness may be dishonest."""
    one, other = seen_by(d, EAST, NORTH), seen_by(without_a_ballot(d), EAST, SOUTH)
    assert status(one, Check.BOARD_WITNESSES) is status(other, Check.BOARD_WITNESSES) is Status.PASS


def test_lines_are_not_witnesses(d: Dossier) -> None:
    """A99: ninety lines by strangers and one by the east are one witness."""
    strangers = b"".join(b"\xe2\x80\x94 w%d.example AAAAAAAA\n" % number for number in range(90))
    d.note = d.cosigned(d.checkpoint(), {EAST: CLOSE}) + strangers
    report = report_on(d)
    assert status(report, Check.BOARD_WITNESSES) is Status.MISSING
    assert "cosigned by east: not a quorum" in report.result(Check.BOARD_WITNESSES).reason
    assert [w.name for w in report.facts.cosigned[0].witnesses] == [EAST]


LAX: tuple[Callable[[bytes], bytes], ...] = (
    lambda note: note.replace(b"\n", b"\r\n"),
    lambda note: note[:-1],
    lambda note: note + b"\n",
    lambda note: b"\n" + note,
    lambda note: b"\xef\xbb\xbf" + note,
    lambda note: note.replace(b"\n9\n", b"\n09\n"),
    lambda note: note.replace(b"\n9\n", b"\n9\n\n"),
    lambda note: note.replace(b"=\n\n", b"\n\n", 1),
    lambda note: note.replace(b" ", b"  "),
    lambda note: note.replace("—".encode(), "–".encode()),
    lambda note: note.replace(b"\n\n", b"\nextension\n\n"),
)


@pytest.mark.parametrize("number", range(len(LAX)))
def test_another_spelling_of_a_note_of_the_dates_is_refused(number: int, d: Dossier) -> None:
    """A100: what one parser would read and another not."""
    honest = d.honest("dates/close")
    d.notes["dates/close"] = LAX[number](honest)
    assert d.notes["dates/close"] != honest
    assert report_on(d).failing == {Check.BOARD_DATES}


def test_the_empty_log_and_the_log_of_one_entry(d: Dossier) -> None:
    """A101: nothing fails in them, and they are no selection."""
    empty = {"checkpoint": checkpoint_note(d.origin, 0, EMPTY_ROOT, d.log_secret())}
    for files in (empty, {"checkpoint": d.cosigned(empty["checkpoint"], {EAST: CLOSE, NORTH: CLOSE})}):
        report = verify_files(files, Question(None, None, True))
        assert (report.verdict, report.failing) == (Verdict.INCOMPLETE, frozenset())
    del d.entries[1:]
    report = report_on(d)
    assert (report.verdict, report.failing) == (Verdict.INCOMPLETE, frozenset())
    assert status(report, Check.BOARD_WITNESSES) is Status.PASS
    assert status(report, Check.BOARD_DATES) is Status.NOT_RUN


def test_an_inner_node_is_no_entry(d: Dossier) -> None:
    """A102: two entries are shown as one, whose bytes are their hashes; its leaf hash is not the node's."""
    first, second = (leaf_hash(entry.leaf_bytes()) for entry in d.entries[:2])
    root = node_hash(first, second)
    note = checkpoint_note(d.origin, 2, root, d.log_secret())
    whole = [entry.leaf_bytes() for entry in d.entries[:2]]
    assert status(verify_files(record_files(whole, [d.entries[0].pack_bytes(), b""], [], note), QUESTION), ROOT) is PASS
    for pair in ([first + second], [whole[0], first + second]):
        note = checkpoint_note(d.origin, len(pair), root, d.log_secret())
        payloads = [d.entries[0].pack_bytes(), b""][: len(pair)]
        assert verify_files(record_files(pair, payloads, [], note), QUESTION).verdict in (REJECTED, Verdict.MALFORMED)


QUESTION, ROOT, PASS = Question(None, None, True), Check.BOARD_ROOT, Status.PASS
REJECTED = Verdict.REJECTED


@pytest.mark.parametrize("size", range(2, 12))
def test_a_log_that_was_cut_off_is_incomplete_and_an_earlier_head_convicts_it(size: int, d: Dossier) -> None:
    """A103: the witnesses have cosigned the shorter log too, when it was the newest. Only a later head shows it."""
    later = d.honest("checkpoint")
    del d.entries[size:]
    report = report_on(d)
    assert (report.verdict, report.failing) == (Verdict.INCOMPLETE, frozenset())
    assert report_on(d, since=later).failing == {Check.ANCHOR_SINCE}


def test_an_old_head_says_when_it_was_new(d: Dossier) -> None:
    """A104: a record that ends before the close is not finished, and shows its witnesses' times."""
    del d.entries[d.index(d.one("close")) :]
    d.note = d.cosigned(d.checkpoint(), {EAST: CLOSE - 7200, NORTH: CLOSE - 7100})
    report = report_on(d)
    assert report.verdict is Verdict.INCOMPLETE
    assert status(report, Check.RECORD_COMPLETE) is Status.MISSING
    times = {(c.note, w.name): w.time for c in report.facts.cosigned for w in c.witnesses}
    assert times["checkpoint", EAST] == CLOSE - 7200
    assert {note for note, _ in times} == {"checkpoint", "dates/open"}


def test_a_head_of_another_log_with_the_same_keys_is_not_this_ones(d: Dossier) -> None:
    """A109: log and witnesses serve two selections with one key each; their words for one say nothing of the other."""
    head = checkpoint_note("log.example/other", len(d.entries), d.made.root(len(d.entries)), d.log_secret())
    cosigned = d.cosigned(head, {EAST: CLOSE, NORTH: CLOSE})
    d.note = cosigned
    assert report_on(d).failing == {Check.BOARD_CHECKPOINT}
    d.note = d.checkpoint() + cosigned.removeprefix(head)
    assert report_on(d).failing == {Check.BOARD_WITNESSES}


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({EAST: CLOSE - 300, NORTH: CLOSE + 300}, Status.PASS),
        ({EAST: CLOSE - 301, NORTH: CLOSE}, Status.FAIL),
        ({EAST: CLOSE, NORTH: CLOSE + 301}, Status.FAIL),
        ({EAST: CLOSE, NORTH: CLOSE + 301, SOUTH: CLOSE}, Status.PASS),
        ({EAST: CLOSE}, Status.MISSING),
    ],
)
def test_one_clock_that_is_wrong_decides_nothing_against_a_quorum(times: Times, expected: Status, d: Dossier) -> None:
    """A110: a day late by the clocks of enough witnesses is late; by the server's clock nothing is."""
    d.notes["dates/close"] = d.cosigned(d.checkpoint(d.size_of("dates/close")), times)
    assert status(report_on(d), Check.BOARD_DATES) is expected


def test_voting_that_went_on_is_late_though_the_head_is_genuine(d: Dossier) -> None:
    """A110: a log that stops its clock and takes ballots for another hour has its witnesses against it."""
    late = {witness: time + 3600 for witness, time in d.times("dates/close").items()}
    d.notes["dates/close"] = d.cosigned(d.checkpoint(d.size_of("dates/close")), late)
    report = report_on(d)
    assert report.failing == {Check.BOARD_DATES}
    (failure,) = report.result(Check.BOARD_DATES).failures
    assert (failure.subject, "east +3598 s" in failure.detail) == ("close", True)


def extended(name: str, times: Times) -> Dossier:
    """The close was put off twice; the note of this name has other times."""
    d = Dossier(base_election("extended"))
    d.notes[f"dates/{name}"] = d.cosigned(d.checkpoint(d.size_of(f"dates/{name}")), times)
    return d


@pytest.mark.parametrize(
    ("name", "times", "said"),
    [
        ("extend-1", {EAST: CLOSE + 1, NORTH: CLOSE}, "the closing date that it puts off: east +1 s, north +0 s"),
        ("extend-2", {EAST: FIRST, NORTH: FIRST + 9}, "the closing date that it puts off: east +0 s, north +9 s"),
        ("close", {EAST: CLOSE, NORTH: CLOSE}, f"east {CLOSE - SECOND} s"),
    ],
)
def test_a_date_that_was_put_off_too_late_is_named(name: str, times: Times, said: str) -> None:
    """A110: an extension by its own date; the close by the last one, however the notes of extensions look."""
    report = report_on(extended(name, times))
    assert report.failing == {Check.BOARD_DATES}
    (failure,) = report.result(Check.BOARD_DATES).failures
    assert failure.subject == name
    assert said in failure.detail
    assert report.facts.dates == DatesInForce("2031-05-01T08:00:00Z", "2031-05-04T06:00:00Z", 2)


def test_an_extension_that_was_too_late_still_moves_the_close() -> None:
    late = {EAST: CLOSE + 60, NORTH: CLOSE + 60}
    d = extended("extend-1", late)
    assert [f.subject for f in report_on(d).result(Check.BOARD_DATES).failures] == ["extend-1"]
    d.notes["dates/close"] = d.cosigned(d.checkpoint(d.size_of("dates/close")), late)
    assert [f.subject for f in report_on(d).result(Check.BOARD_DATES).failures] == ["extend-1", "close"]


def test_an_extension_that_is_not_allowed_moves_nothing(d: Dossier) -> None:
    """Of two the first is out of place; the second is number 1."""
    d.after(d.one("ballot"), Entry(d.leaf("extend", "chair", {"close": "2031-05-02T18:05:00Z"})))
    d.after(d.one("ballot"), Entry(d.leaf("extend", "chair", {"close": "2031-05-01T12:00:00Z"})), "ignored")
    d.settle()
    report = report_on(d)
    assert report.failing == {Check.BOARD_PHASE}
    assert report.result(Check.BOARD_DATES).examined == 3
    assert report.facts.dates == DatesInForce("2031-05-01T08:00:00Z", "2031-05-02T18:05:00Z", 1)
