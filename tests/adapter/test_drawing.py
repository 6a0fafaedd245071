"""The sample of a turnout audit, from a board."""

from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from e2evote.adapter.drawing import draw, posted, powers, voters_online
from tests.adapter.selections import prepared, refused


def test_the_sample_is_that_of_the_log_as_it_was_closed(tmp_path: Path) -> None:
    """What follows the close does not change it."""
    closed = prepared(tmp_path / "a", "closed")
    board = closed.board()
    voters = voters_online(board)
    assert len(voters) == 2
    drawn = draw(board, "493817", 1)
    text = (closed.store.record / "checkpoint").read_bytes().split(b"\n\n")[0] + b"\n"
    seed = sha256(text + b"493817").digest()
    assert drawn.lines == (min(voters, key=lambda line: sha256(seed + line.encode()).digest()),)
    assert (drawn.voters, len(draw(board, "493817", 99).lines)) == (2, 2)
    assert draw(prepared(tmp_path / "b", "closed").board(), "493818", 9).lines[0] in voters
    assert refused(lambda: posted(board)).code == "no-sample"


def test_nothing_is_drawn_before_the_close(tmp_path: Path) -> None:
    assert refused(lambda: draw(prepared(tmp_path / "s", "cast").board(), "493817", 1)).code == "tally.not-closed"


def test_the_power_that_is_shown() -> None:
    rows = powers(10_000, 59)
    assert [(row.share, row.false) for row in rows][2] == (Fraction(5, 100), 500)
    assert rows[2].power > Fraction(95, 100)
    assert all(row.power == 0 for row in powers(0, 5))
    assert all(row.power == 1 for row in powers(3, 5))
