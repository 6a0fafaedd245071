"""The document is made of results as they are kept, whatever a claim found or failed at."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.claim import Answer, Point, Row, answer_members, number
from benchmarks.render import BEGIN, END, render, table

ROWS = (
    Row("fast enough", 12.34, "×", 10, detail="1 ms, theirs 12 ms"),
    Row("too slow", 9.99, "×", 10),
    Row("little enough", 150, " modmuls", 160, at_most=True),
    Row("too much", 161, " modmuls", 160, at_most=True),
    Row("no claim", 0.5, "", detail="a | b"),
)
POINTS = tuple(Point(n, w, n / w / 100, n / 100, 1.0, 10**8) for n in (100, 1000) for w in (1, 2))
FAILED: dict[str, Any] = {"name": "belenios", "failed": "not\ninstalled", "rows": [], "points": [], "notes": []}


def results(*points: Point) -> list[dict[str, Any]]:
    """As they come back from files."""
    measured = answer_members("some", Answer(ROWS, points, ("A note.",)), 60.0)
    failed = {**FAILED, "setting": measured["setting"], "seconds": 1.0}
    return [json.loads(json.dumps(one)) for one in (measured, failed)]


def template(folder: Path, text: str = f"# Before\n\n{BEGIN}\nold\n{END}\n\nAfter.\n") -> Path:
    path = folder / "template.md"
    path.write_text(text, "utf-8")
    return path


def test_each_row_says_whether_it_is_met() -> None:
    lines = table(results()).splitlines()[2:]
    verdicts = [line.split(" | ")[3].strip() for line in lines[:5]]
    assert verdicts == ["yes", "**no**", "yes", "**no**", ""]
    assert lines[0] == "| fast enough | ≥ 10.0× | 12.3× | yes | 1 ms, theirs 12 ms |"
    assert lines[2].startswith("| little enough | ≤ 160 modmuls | 150 modmuls |")
    assert "a \\| b" in lines[4]
    assert lines[5] == "| belenios | | not measured: not installed | | |"


def test_the_text_around_the_table_stays(tmp_path: Path) -> None:
    place = render(results(), template(tmp_path), tmp_path / "out")
    text = place.read_text("utf-8")
    assert text.startswith("# Before\n\n")
    assert text.endswith("\n\nAfter.\n")
    assert "old" not in text
    assert "* A note." in text
    assert results()[0]["setting"]["machine"] in text
    again = render(results(), place, tmp_path / "out")
    assert again.read_text("utf-8") == text


def test_nothing_measured_is_said(tmp_path: Path) -> None:
    assert "Nothing was measured" in render([], template(tmp_path), tmp_path).read_text("utf-8")


def test_a_document_without_marks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the marks"):
        render(results(), template(tmp_path, "# Nothing\n"), tmp_path)


def test_points_become_plots(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    place = render(results(*POINTS), template(tmp_path), tmp_path / "out")
    pictures = sorted(path.name for path in (tmp_path / "out" / "benchmarks").iterdir())
    assert pictures == ["verify-memory.svg", "verify-time.svg"]
    for name in pictures:
        assert f"(benchmarks/{name})" in place.read_text("utf-8")
        picture = (tmp_path / "out" / "benchmarks" / name).read_text("utf-8")
        assert "2 processes" in picture
        render(results(*POINTS), template(tmp_path), tmp_path / "out")
        assert (tmp_path / "out" / "benchmarks" / name).read_text("utf-8") == picture


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (0.1234, "0.12"), (9.876, "9.88"), (12.34, "12.3"), (1e4, "10,000")]
)
def test_numbers_have_three_digits_that_count(value: float, shown: str) -> None:
    assert number(value) == shown


def test_the_committed_document_has_the_marks(root: Path) -> None:
    text = (root / "docs" / "benchmarks.md").read_text("utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
