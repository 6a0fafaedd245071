"""The opened roll on disk is what the board has: a change waits beside it until the board has it, or is given up."""

from pathlib import Path

import pytest

from e2evote.adapter import roll_keeping
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.personal_files import listed
from e2evote.adapter.roll_file import HeldRoll, RollFile, decode_held, drop
from e2evote.adapter.roll_keeping import Changed
from e2evote.errors import MalformedInput, Refused
from e2evote.record.leaf import PayloadName
from e2evote.secret.keyfile import NotUnlocked
from tests.adapter.roll_selection import RollSelection, freeze, post_seeds, prepared
from tests.adapter.selections import refused
from tests.randomness import DeterministicRandomness


@pytest.fixture
def selection(tmp_path: Path) -> RollSelection:
    return prepared(tmp_path / "spring", "frozen")


def moved(selection: RollSelection, value: str = "new@mail.example", line: str = "0000002") -> Changed:
    randomness = DeterministicRandomness(f"moved to {value}")
    return roll_keeping.contact(selection.record(), selection.held, line, "email", value, "moved", randomness)


def values(selection: RollSelection) -> list[tuple[str, ...]]:
    return [line.values for line in selection.held.opened.lines]


def test_the_file_shows_nothing_and_opens_for_its_passphrase_alone(selection: RollSelection) -> None:
    path = selection.roll_file.path
    data = path.read_bytes()
    for line in selection.held.opened.lines:
        for value in line.values:
            assert value.encode() not in data
            assert value.encode().hex().encode() not in data
    assert path.stat().st_mode & 0o777 == 0o600
    other = RollFile(path, Passphrase("another", cost=2**10, minimum=2**10))
    with pytest.raises(NotUnlocked):
        other.read(selection.board().setting.first)
    assert refused(lambda: selection.roll_file.read(bytes(32))).code == "other-selection"


def test_a_change_is_in_the_file_when_the_board_has_it_and_not_before(selection: RollSelection) -> None:
    before, changed = values(selection), moved(selection)
    selection.roll_file.begin(changed.held, changed.act)
    assert values(selection) == before
    assert not selection.roll_file.finish(selection.record())
    assert values(selection) == before
    with selection.box() as service:
        selection.send(service.post, changed.act, "chair", "tess")
    assert selection.roll_file.finish(selection.record())
    assert values(selection)[1][2] == "new@mail.example"
    assert sorted(path.name for path in selection.folder.glob("spring.roll*")) == ["spring.roll", "spring.roll.lock"]
    assert selection.roll_file.finish(selection.record())


def test_one_change_at_a_time(selection: RollSelection) -> None:
    changed = moved(selection)
    selection.roll_file.begin(changed.held, changed.act)
    assert refused(lambda: selection.roll_file.begin(changed.held, changed.act)).code == "roll-unfinished"


def test_what_waits_is_sent_once_more_with_the_same_commitment(selection: RollSelection) -> None:
    changed = moved(selection)
    selection.roll_file.begin(changed.held, changed.act)
    again = selection.roll_file.again(selection.board().setting)
    assert again == changed.act
    with selection.box() as service:
        first = selection.send(service.post, changed.act, "chair", "tess")
        assert selection.send(service.post, again, "chair", "tess") == first
    assert selection.roll_file.finish(selection.record())


def test_a_freeze_that_waits_has_the_same_payload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    selection = prepared(tmp_path / "spring", "seeded")

    def crash(*arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(RollSelection, "send", crash)
    with selection.box() as service, pytest.raises(KeyboardInterrupt):
        freeze(selection, service.post)
    monkeypatch.undo()
    assert not selection.roll_file.path.exists()
    again = selection.roll_file.again(selection.board().setting)
    with selection.box() as service:
        index = selection.send(service.post, again, "chair", "tess")
    assert selection.roll_file.finish(selection.record())
    assert len(selection.held.opened.lines) == 6
    assert selection.board().entries[index].leaf.payload == PayloadName.of(again.payload)


def test_what_waits_is_given_up(selection: RollSelection) -> None:
    before, changed = values(selection), moved(selection)
    selection.roll_file.begin(changed.held, changed.act)
    drop(selection.roll_file.path)
    assert values(selection) == before
    assert refused(lambda: drop(selection.roll_file.path)).code == "nothing-waits"
    assert [one.name for one in listed(selection.folder) if "next" in one.name] == []


def test_what_waits_is_of_this_selection(selection: RollSelection, tmp_path: Path) -> None:
    changed = moved(selection)
    selection.roll_file.begin(HeldRoll(bytes(32), changed.held.opened), changed.act)
    assert refused(lambda: selection.roll_file.finish(selection.record())).code == "other-selection"


def test_a_roll_from_outside_is_read_strictly(selection: RollSelection) -> None:
    plain = selection.held.plain()
    assert decode_held(plain).plain() == plain
    for wrong in (b"", b"{}\n", plain.replace(b'"v":1}', b'"v":2}', 1), plain.replace(b"roll-file", b"roll-fine")):
        with pytest.raises(MalformedInput):
            decode_held(wrong)


def test_a_new_file_never_goes_over_another(selection: RollSelection) -> None:
    assert refused(lambda: selection.roll_file.write(selection.held)).code == "secret.exists"


def test_a_freeze_needs_the_seeds_that_were_committed_to(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "setup")
    with selection.box() as service:
        post_seeds(selection, service.post)
        (selection.folder / "rita.seed").replace(selection.folder / "old.seed")
        other = prepared(tmp_path / "other", "setup")
        with other.box() as desk:
            post_seeds(other, desk.post)
        with pytest.raises(Refused):
            freeze(selection, service.post)
