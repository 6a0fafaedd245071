"""Who may vote, asked with any name of a line."""

import pytest

from e2evote.record.electorate import HAS_A_MARK, NOT_ON_THE_ROLL, Electorate, Entitlement, RollTable
from e2evote.record.line_votes import LineVote, MarkAt
from e2evote.record.roll_row import RollRow, line_of
from e2evote.record.select import NO_PREVIOUS, Cast, Counted, Ledger
from tests.ballot.election import make_manifest
from tests.ballot.rolled import Terms

MANIFEST = Terms(paper=("postal",), lines=()).manifest()
KEYS = tuple(bytes([i]) * 32 for i in range(8))


def electorate(lines: int = 2) -> Electorate:
    """Frozen, with keys 0 and 1 of the first line, 2 and 3 of the second."""
    made, table = Electorate(MANIFEST), RollTable(MANIFEST)
    for number in range(1, lines + 1):
        table.append(RollRow(line_of(number), (bytes([number]) * 32,) * 4, "half", 1))
    made.freeze(table)
    for place, registrar in enumerate(("reg-1", "reg-2")):
        keys = b"".join(KEYS[2 * n + place] for n in range(lines))
        made.issue(registrar, range(1, lines + 1), keys)
    return made


@pytest.mark.parametrize(
    "line", ["", "1", "0000000", "0000003", "00000001", "000000a", "-000001", "٠٠٠٠٠٠١", " 000001", "9999999"]
)
def test_what_is_no_line_of_the_roll_has_nothing(line: str) -> None:
    made = electorate()
    assert (made.number_of(line), made.voter(line), made.keys_of(line)) == (0, 0, ())
    assert (made.entitlement(line), made.mark_of(line), made.is_removed(line)) == (None, None, False)
    assert (made.previous(line), made.barred(line), made.vote_of(line)) == (NO_PREVIOUS, NOT_ON_THE_ROLL, LineVote())


def test_a_line_has_its_row_and_its_keys() -> None:
    made = electorate()
    assert (made.keys_of("0000001"), made.keys_of("0000002")) == (KEYS[:2], KEYS[2:4])
    assert made.entitlement("0000002") == Entitlement("half", 1)
    assert made.table.commitment(2, "email") == bytes([2]) * 32
    assert made.table.commitment(2, "reference") == b""
    assert list(made.names()) == ["0000001", "0000002"]
    assert made.barred("0000001") == ""


def test_a_mark_bars_the_line_from_then_on() -> None:
    made = electorate()
    ledger = Ledger(made)
    first = Cast(10, b"a" * 32, b"i" * 32, "0000001", NO_PREVIOUS, b"t" * 32)
    ledger.cast(first, KEYS[:2])
    made.mark("0000001", MarkAt(11, "postal"))
    ledger.cast(Cast(12, b"b" * 32, b"j" * 32, "0000001", b"a" * 32, b"u" * 32), KEYS[:2])
    assert ledger.invalid == [(12, HAS_A_MARK)]
    assert made.vote_of("0000001") == LineVote(mark=MarkAt(11, "postal"), candidate=Counted(10, b"a" * 32))
    assert ledger.lines() == (("0000001", None), ("0000002", None))


def test_a_key_is_used_by_its_own_line_only_and_also_when_it_is_not_active() -> None:
    made = electorate()
    book = made.book("reg-1")
    book.replace(1, KEYS[6])
    made.take_ballot("0000001", Counted(10, b"a" * 32), (KEYS[0], KEYS[2]))
    assert [(c.issued, c.used, c.unused, c.revoked) for c in made.registrar_counts()] == [(3, 1, 2, 0), (2, 0, 2, 0)]


def test_there_is_none_without_a_roll() -> None:
    with pytest.raises(ValueError, match="no roll"):
        Electorate(make_manifest())
