"""Tampers with what is announced: counts, seats, the head (docs/spec.md section 10)."""

from collections.abc import Callable

from reference.make_json import Json
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper

TAMPERS: list[Tamper] = []


def _contest(position: int, edit: Callable[[Json], object]) -> Act:
    """A change in the outcome's contests alone."""

    def act(d: Dossier) -> None:
        outcome = d.one("outcome")
        edit(outcome.content["contests"][position])
        outcome.keep.add("contests")
        d.settle()

    return act


COUNTS = Row(TAMPERS, "outcome.counts")
for what, edit, numbers in (
    ("undervotes-off-by-one", lambda contest: contest.update(undervotes=2), ("A84",)),
    ("undervotes-none", lambda contest: contest.update(undervotes=0), ("A84",)),
    ("a-ballot-more", lambda contest: contest.update(ballots=4), ("A84", "A39")),
    (
        "result-withheld-though-decrypted",
        lambda contest: contest.update(status="withheld", elected=[], vacant=0, undervotes=0),
        ("A83", "A84"),
    ),
):
    COUNTS(what, _contest(0, edit), *numbers)


def _cells_left_out(d: Dossier) -> None:
    """The second contest's votes are not there, its winner is."""
    outcome = d.one("outcome")
    outcome.content["cells"] = [cell for cell in outcome.content["cells"] if cell["contest"] == "mayor"]
    outcome.keep |= {"cells", "contests"}
    d.settle()


COUNTS("winner-without-votes", _cells_left_out, "A84", "A78", also=("tally.floor",))
COUNTS("withheld-with-undervotes", _contest(1, lambda contest: contest.update(undervotes=1)), "A84", base="floor")

ELECTED = Row(TAMPERS, "outcome.elected")
for what, edit, numbers in (
    ("loser-elected", lambda contest: contest.update(elected=["bob"]), ("A84",)),
    ("nobody-elected", lambda contest: contest.update(elected=[], vacant=1), ("A84",)),
    ("one-elected-too-many", lambda contest: contest.update(elected=["ada", "bob"]), ("A84",)),
    ("elected-twice", lambda contest: contest.update(elected=["ada", "ada"]), ("A84",)),
    ("unknown-option-elected", lambda contest: contest.update(elected=["kim"]), ("A84", "A51")),
    ("winner-called-tied", lambda contest: contest.update(elected=[], tied=["ada", "bob"], vacant=1), ("A84",)),
    ("vacant-seat-invented", lambda contest: contest.update(vacant=1), ("A84",)),
):
    ELECTED(what, _contest(0, edit), *numbers)


def _below_threshold(d: Dossier) -> None:
    d.one("outcome").content["contests"][1].update(elected=["kim"], vacant=0)
    d.one("outcome").keep.add("contests")
    d.settle()


def _other_lot(d: Dossier) -> None:
    """The loser of the lot takes the seat."""
    contest = d.one("outcome").content["contests"][0]
    contest["elected"] = ["bob" if contest["elected"] == ["ada"] else "ada"]
    d.one("outcome").keep.add("contests")
    d.settle()


def _tie_decided_without_lot(d: Dossier) -> None:
    """Where ties are only reported, one of the tied gets the seat."""
    d.one("outcome").content["contests"][1].update(elected=["pat"], tied=[], vacant=0)
    d.one("outcome").keep.add("contests")
    d.settle()


def _order(d: Dossier) -> None:
    d.one("outcome").content["contests"][2]["elected"].reverse()
    d.one("outcome").keep.add("contests")
    d.settle()


ELECTED("below-the-threshold-elected", _below_threshold, "A84")
ELECTED("lot-not-obeyed", _other_lot, "A84", "A65", base="ties")
ELECTED("tie-decided-without-a-lot", _tie_decided_without_lot, "A84", base="ties")
ELECTED("elected-in-another-order", _order, "A84", "A51", base="ties")
ELECTED("withheld-with-a-vacant-seat", _contest(1, lambda contest: contest.update(vacant=1)), "A84", base="floor")

HEAD = Row(TAMPERS, "outcome.head")


def _head(head: Callable[[Dossier], Json]) -> Act:
    def act(d: Dossier) -> None:
        outcome = d.one("outcome")
        outcome.body["head"] = head(d)
        outcome.keep.add("head")
        d.settle()

    return act


def _at(offset: int) -> Callable[[Dossier], Json]:
    def head(d: Dossier) -> Json:
        size = d.index(d.one("outcome")) + offset
        return {"root": d.made.root(size).hex(), "size": size}

    return head


HEAD("outcome-for-an-earlier-head", _head(_at(-1)), "A53", "A83")
HEAD("outcome-for-a-later-head", _head(_at(1)), "A137")
HEAD("outcome-for-another-log", _head(lambda d: {"root": "0" * 64, "size": len(d.entries) - 1}), "A137")
