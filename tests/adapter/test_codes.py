"""Codes as they are typed, and the one line and registrar that each of them is good for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from e2evote.adapter.booth import Booth
from e2evote.adapter.codes import CodeReader
from e2evote.errors import Refused
from e2evote.record.voter_bodies import Mark, Reason
from tests.adapter.rolled_stores import PAPER, RolledSelection, rolled_store
from tests.adapter.selections import prepared, refused
from tests.ballot.election import VOTE, signing_key


@pytest.fixture(scope="module")
def rolled(tmp_path_factory: pytest.TempPathFactory) -> tuple[RolledSelection, dict[int, tuple[str, ...]]]:
    """Lines 3 and 4 have codes that are known."""
    selection = rolled_store(tmp_path_factory.mktemp("codes") / "s", "open")
    with selection.box() as box:
        return selection, {number: selection.with_codes(box.post, number) for number in (3, 4)}


def reader(selection: RolledSelection, line: str) -> CodeReader:
    booth = Booth(selection.board())
    return CodeReader(booth.context.setting, booth.voter(line))


def test_both_codes_sign(rolled: tuple[RolledSelection, dict[int, tuple[str, ...]]]) -> None:
    """However they are typed: small letters, spaces, O for 0, I and L for 1."""
    selection, codes = rolled
    booth = selection.booth()
    voter = booth.voter(" 03 ")
    keys = reader(selection, "3").keys(codes[3])
    assert tuple(key.public for key in keys) == voter.keys
    loose = [text.lower().replace("-", " ").replace("0", "o").replace("1", "l") for text in codes[3]]
    assert [key.public for key in reader(selection, "0000003").keys(loose)] == [key.public for key in keys]
    with selection.box() as box:
        box.post(booth.cast(booth.seal(voter, VOTE), *keys))


Spoil = Callable[[dict[int, tuple[str, ...]]], tuple[str, ...]]


def mistyped(text: str) -> str:
    """Two neighbours changed their places."""
    at = next(i for i in range(20) if "-" not in text[i : i + 2] and text[i] != text[i + 1])
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


WRONG: dict[str, tuple[Spoil, str, str]] = {
    "of another line": (lambda codes: codes[4], "code-not-this-line", "that line 3 has now"),
    "exchanged": (lambda codes: codes[3][::-1], "code-not-this-line", "that is the code from reg-2"),
    "one twice": (lambda codes: codes[3][:1] * 2, "code-not-this-line", "that is the code from reg-1"),
    "one alone": (lambda codes: codes[3][:1], "code-mistyped", "want one each from reg-1, reg-2"),
    "one too many": (lambda codes: (*codes[3], codes[4][0]), "code-mistyped", "3 codes"),
    "mistyped": (lambda codes: (mistyped(codes[3][0]), codes[3][1]), "code-mistyped", "no code looks so"),
    "cut short": (lambda codes: (codes[3][0][:-1], codes[3][1]), "code-mistyped", "a code has 25"),
    "of other letters": (lambda codes: ("ü" + codes[3][0][1:], codes[3][1]), "code-mistyped", "place 1"),
}


@pytest.mark.parametrize(("spoil", "code", "words"), WRONG.values(), ids=WRONG)
def test_wrong_codes(
    rolled: tuple[RolledSelection, dict[int, tuple[str, ...]]], spoil: Spoil, code: str, words: str
) -> None:
    """None of them is repeated in what is said."""
    selection, codes = rolled
    typed = spoil(codes)
    with pytest.raises(Refused) as refusal:
        reader(selection, "3").keys(typed)
    assert (refusal.value.code, words in refusal.value.detail) == (code, True)
    for text in typed:
        assert not any(group in refusal.value.detail for group in text.split("-"))


def test_a_code_that_was_replaced(tmp_path: Path) -> None:
    selection = rolled_store(tmp_path / "s", "open")
    with selection.box() as box:
        old = selection.with_codes(box.post, 3)
        new = selection.with_codes(box.post, 3, "again")
    assert refused(lambda: reader(selection, "3").keys(old)).code == "code-not-this-line"
    assert len(reader(selection, "3").keys(new)) == 2


def test_without_a_roll_there_are_no_codes(tmp_path: Path) -> None:
    booth = prepared(tmp_path / "s", "open").booth()
    with pytest.raises(ValueError, match="no line"):
        CodeReader(booth.context.setting, booth.owner(signing_key("vera").public))


def test_a_paused_selection_and_a_marked_line(tmp_path: Path) -> None:
    """Whoever is about to vote is told before choosing."""
    selection = rolled_store(tmp_path / "s", "open", PAPER)
    booth = selection.booth()
    voter = booth.voter("3")
    with selection.box() as box:
        selection.post(box.post, "mark", Mark("postal", "0000004"), "tess", "tom")
        assert refused(lambda: booth.voter("4")).code == "already-marked"
        sealed = booth.seal(voter, VOTE)
        selection.post(box.post, "pause", Reason(1, "outage"), "chair", "tess")
        for act in (lambda: booth.seal(voter, VOTE), lambda: booth.cast(sealed, *selection.keys(3))):
            assert refused(act).code == "voting-paused"
        assert not sealed.is_spent
        selection.post(box.post, "resume", Reason(1, "resolved"), "chair", "tess")
        box.post(booth.cast(sealed, *selection.keys(3)))
