"""The box and the extension of the closing date: in time by the witnesses' clocks, and shown by a note of its own."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from e2evote.adapter.admin import Administration
from e2evote.adapter.inbox import drop
from e2evote.adapter.reply import Acknowledged
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.checkpoint import decode_text
from e2evote.board.note import decode_note
from e2evote.errors import Refused
from e2evote.verify.checks import Check
from e2evote.verify.report import DatesInForce
from tests.adapter.selections import refused
from tests.adapter.witnessed import CLOSES, Witnessed, World, confirmed, opened_now, own_copy
from tests.ballot.election import signing_key

DAY = 86_400
LATER, LATEST = "2031-05-03T00:00:00Z", "2031-05-04T00:00:00Z"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Witnessed:
    return confirmed(tmp_path_factory.mktemp("witnessed") / "s")


@pytest.fixture
def selection(template: Witnessed, tmp_path: Path) -> Witnessed:
    """Confirmed, in a folder and with witnesses of its own."""
    return own_copy(template, tmp_path / "s")


@pytest.fixture
def opened(selection: Witnessed) -> Witnessed:
    return opened_now(selection)


def size_of(path: Path) -> int:
    return decode_text(decode_note(path.read_bytes()).text).size


def at(world: World, date: datetime, late: int = 0) -> None:
    world.now = int(date.timestamp()) + late


def test_a_selection_that_was_extended_is_closed_at_the_new_date(opened: Witnessed) -> None:
    world, record = opened.world, opened.store.record
    with opened.box() as box:
        chair = opened.administration(box.post)
        at(world, CLOSES, -60)
        first = chair.extend(LATER)
        assert chair.extend(LATER) == replace(first, again=True)
        box.post(opened.ballot("vera"))
        at(world, CLOSES, DAY - 60)
        second = chair.extend(LATEST)
        for date in (CLOSES, CLOSES + timedelta(days=1)):
            at(world, date)
            refusal = refused(chair.close)
            assert (refusal.code, "not the date in force" in refusal.detail) == ("board.dates", True)
        at(world, CLOSES, 2 * DAY)
        chair.close()
    for n, done in enumerate((first, second), 1):
        assert size_of(record / "dates" / f"extend-{n}") == done.index + 1
    report = opened.verify()
    assert report.failing == frozenset()
    assert report.result(Check.BOARD_DATES).examined == 4
    assert report.facts.dates == DatesInForce("2031-05-01T00:00:00Z", LATEST, 2)
    assert [one.note for one in report.facts.cosigned][1:] == [
        "dates/open",
        "dates/extend-1",
        "dates/extend-2",
        "dates/close",
    ]
    state = opened.board().state
    assert (state.closes, state.extensions) == (LATEST, 2)


@pytest.mark.parametrize("late", [-59, 0, 1, DAY])
def test_a_selection_is_extended_before_the_date_that_is_put_off(opened: Witnessed, late: int) -> None:
    """By the witnesses' clocks, and a minute earlier, since the head with the extension is cosigned after that."""
    with opened.box() as box:
        size, chair = box.size, opened.administration(box.post)
        at(opened.world, CLOSES, late)
        refusal = refused(lambda: chair.extend(LATER))
        assert refusal.code == "board.dates"
        assert f"too late to put off 2031-05-02T00:00:00Z: east {late:+d} s" in refusal.detail
        assert box.size == size
        at(opened.world, CLOSES, 1)
        chair.close()
    assert opened.verify().failing == frozenset()


def test_a_selection_is_not_extended_without_the_quorum(opened: Witnessed) -> None:
    with opened.box() as box:
        size, chair = box.size, opened.administration(box.post)
        opened.world.down("east", "north")
        assert refused(lambda: chair.extend(LATER)).code == "no-quorum"
        assert box.size == size
        opened.world.down("east")
        assert chair.extend(LATER).index == size


@pytest.mark.parametrize(
    ("date", "code"),
    [
        ("2031-05-02T00:00:00Z", "board.phase"),
        ("2031-05-01T12:00:00Z", "board.phase"),
        ("2031-02-30T12:00:00Z", "closing-date"),
        ("2031-06-30T23:59:60Z", "closing-date"),
        ("0000-01-01T00:00:00Z", "closing-date"),
        ("2031-5-3T00:00:00Z", "closing-date"),
        ("tomorrow", "closing-date"),
        ("", "closing-date"),
    ],
)
def test_a_selection_is_extended_to_a_later_date_of_the_calendar(opened: Witnessed, date: str, code: str) -> None:
    with opened.box() as box:
        size = box.size
        assert refused(lambda: opened.administration(box.post).extend(date)).code == code
        assert box.size == size


def test_a_teller_signs_an_extension_too(opened: Witnessed) -> None:
    with opened.box() as box:
        alone = Administration(opened.board(), box.post, signing_key("chair"))
        assert refused(lambda: alone.extend(LATER)).code == "no-key"


def test_an_extension_ends_its_batch_and_its_note_is_made_good_after_a_crash(opened: Witnessed) -> None:
    """The ballots that were handed in with it come after the head that shows when it was there."""
    kept: list[Envelope] = []

    def keep(envelope: Envelope) -> Acknowledged:
        kept.append(envelope)
        raise Refused("kept", "")

    for date in (LATER, LATEST):
        assert refused(lambda date=date: opened.administration(keep).extend(date)).code == "kept"  # type: ignore[misc]
    for envelope in (*kept, opened.ballot("vera"), opened.ballot("otto")):
        drop(opened.store, envelope)
    with opened.box() as box:
        sizes = [box.step() and box.size for _ in range(4)]
    notes = [opened.store.record / "dates" / f"extend-{n}" for n in (1, 2)]
    entries = opened.board().entries
    extended = [entry.index for entry in entries if entry.leaf.kind == "extend"]
    assert [size_of(note) - 1 for note in notes] == extended
    assert {index + 1 for index in extended} <= set(sizes)
    data = [note.read_bytes() for note in notes]
    for note in notes:
        note.unlink()
    with opened.box():
        assert [note.read_bytes() for note in notes] == data
    assert opened.verify().failing == frozenset()
