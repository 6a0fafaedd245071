"""Tampers with what is counted and decrypted: statement, acceptances, shares (docs/spec.md section 9)."""

import dataclasses
from collections.abc import Callable

from reference.make_group import Q, scalar_hex
from reference.make_json import Json
from reference.make_manifest import trustee_id
from reference.make_tally import ROWS_OF_A_TEXT_LINE, products
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper

TAMPERS: list[Tamper] = []

# Form

FORM = Row(TAMPERS, "tally.form")


def _shown(kind: str, edit: Callable[[Dossier, Json], object]) -> Act:
    def act(d: Dossier) -> None:
        d.show(d.one(kind), lambda payload: edit(d, payload))
        d.settle()

    return act


def _first(name: str, **members: object) -> Callable[[Dossier, Json], None]:
    def edit(d: Dossier, payload: Json) -> None:
        payload[name][0].update(members)

    return edit


STATEMENT, SHARE, OUTCOME = "tally.statement", "tally.share", "outcome"
for what, kind, edit, numbers in (
    ("statement-without-products", STATEMENT, lambda d, p: p.pop("products"), ("A20",)),
    ("statement-with-a-cell-fewer", STATEMENT, lambda d, p: p["products"].pop(), ("A20", "A51")),
    ("statement-in-another-order", STATEMENT, lambda d, p: p["products"].reverse(), ("A51",)),
    ("statement-of-a-paper-channel", STATEMENT, _first("products", channel="post"), ("A54",)),
    ("statement-row-spoiled", STATEMENT, _first("rows", status="spoiled"), ("A60",)),
    ("product-zero", STATEMENT, lambda d, p: p["products"][0].update(A=d.group.hex(0)), ("A23",)),
    ("share-without-proof", SHARE, lambda d, p: p["shares"][0].pop("c"), ("A78",)),
    ("share-response-q", SHARE, _first("shares", v=scalar_hex(Q)), ("A09",)),
    ("share-zero", SHARE, lambda d, p: p["shares"][0].update(M=d.group.hex(0)), ("A23",)),
    ("share-p", SHARE, lambda d, p: p["shares"][0].update(M=d.group.hex(d.group.p)), ("A23",)),
    ("share-with-weight", SHARE, _first("shares", weight="1"), ("A07", "A76")),
    ("shares-of-half-a-contest", SHARE, lambda d, p: p["shares"].pop(0), ("A78", "A19")),
    ("decryption-in-another-order", SHARE, lambda d, p: p["shares"].reverse(), ("A51", "A76")),
    ("outcome-with-weights", OUTCOME, lambda d, p: p.update(weights=["1", "1"]), ("A07", "A76")),
    ("outcome-by-name", OUTCOME, lambda d, p: p.update(trustees=[trustee_id(1), trustee_id(3)]), ("A76",)),
    ("outcome-trustees-unsorted", OUTCOME, lambda d, p: p["trustees"].reverse(), ("A76", "A68")),
    ("outcome-trustee-twice", OUTCOME, lambda d, p: p.update(trustees=[1, 1, 3]), ("A68", "A69")),
    ("outcome-trustee-0", OUTCOME, lambda d, p: p.update(trustees=[0, 1, 3]), ("A68",)),
    ("outcome-trustee-beyond-n", OUTCOME, lambda d, p: p.update(trustees=[1, 4]), ("A68",)),
    ("outcome-negative-votes", OUTCOME, _first("cells", votes="-1"), ("A30",)),
    ("outcome-votes-as-boolean", OUTCOME, _first("cells", votes=True), ("A26",)),
    ("outcome-of-other-status", OUTCOME, _first("contests", status="recounted"), ("A84",)),
):
    FORM(what, _shown(kind, edit), *numbers)

# The statement


def _stated(name: str, edit: Callable[[Dossier, Json], object]) -> Act:
    """`name` of the statement is not recomputed after the edit; shares and outcome follow the statement."""

    def act(d: Dossier) -> None:
        entry = d.one(STATEMENT)
        edit(d, entry.content)
        entry.keep.add(name)
        d.settle()

    return act


CLOSE = Row(TAMPERS, "tally.close")


def _close_at(offset: int) -> Callable[[Dossier, Json], None]:
    def edit(d: Dossier, payload: Json) -> None:
        size = d.index(d.one("close")) + 1 + offset
        payload["close"] = {"root": d.made.root(size).hex(), "size": size}

    return edit


CLOSE("stated-before-the-close", _stated("close", _close_at(-1)), "A53", "A82")
CLOSE("stated-with-the-lot", _stated("close", _close_at(1)), "A53")
CLOSE("stated-for-another-log", _stated("close", lambda d, p: p["close"].update(root="0" * 64)), "A39", "A81")

ROWS = Row(TAMPERS, "tally.rows")


def _line(d: Dossier, n: int) -> str:
    return str(d.one("ballot", n).body["line"])


def _row(d: Dossier, payload: Json, n: int) -> Json:
    row: Json = next(row for row in payload["rows"] if row["line"] == _line(d, n))
    return row


def _count(payload: Json, d: Dossier, counted: tuple[int, ...]) -> None:
    """Products over these ballots only."""
    payload["products"] = products(d.made.spec, d.group, [d.one("ballot", n).content for n in counted])


def _crowd(d: Dossier, payload: Json) -> None:
    """More lines that nobody voted on than a text line has rows."""
    for i in range(ROWS_OF_A_TEXT_LINE + 1):
        payload["rows"].append({"channel": "none", "leaf": "", "line": f"zz{i:04}", "status": "not-voted"})


def _filtered(d: Dossier) -> None:
    """Helios: the administrator has only one voter's ballot tallied; nobody else appears to have voted."""
    entry = d.one(STATEMENT)
    for n in (2, 3):
        _row(d, entry.content, n).update(channel="none", leaf="", status="not-voted")
    _count(entry.content, d, (1,))
    entry.keep |= {"rows", "products"}
    d.settle()


def _first_vote_counts(d: Dossier) -> None:
    """Voter 1's first ballot in the row, and in the products."""
    entry = d.one(STATEMENT)
    _row(d, entry.content, 0)["leaf"] = d.one("ballot", 0).hash().hex()
    _count(entry.content, d, (0, 1, 2))
    entry.keep |= {"rows", "products"}
    d.settle()


def _stale_counted(d: Dossier) -> None:
    """Voter 3's ballot names a `prev` that is not there, so it does not count; the server counts it."""
    entry = d.one("ballot", 2)
    entry.body["prev"] = "11" * 32
    entry.keep.add("prev")
    statement = d.one(STATEMENT)
    d.settle()
    d.settle()
    _row(d, statement.content, 2).update(channel="online", leaf=entry.hash().hex(), status="counted")
    statement.keep.add("rows")
    d.settle()


for what, edit, numbers in (
    ("voter-struck-from-the-rows", lambda d, p: p["rows"].remove(_row(d, p, 2)), ("A39", "A20")),
    (
        "voter-called-not-voted",
        lambda d, p: _row(d, p, 2).update(channel="none", leaf="", status="not-voted"),
        ("A38", "A39"),
    ),
    (
        "replaced-ballot-in-the-row",
        lambda d, p: _row(d, p, 0).update(leaf=d.one("ballot", 0).hash().hex()),
        ("A38", "A39"),
    ),
    ("row-twice", lambda d, p: p["rows"].append(p["rows"][-1]), ("A41",)),
    ("rows-unsorted", lambda d, p: p["rows"].reverse(), ("A114",)),
    (
        "voter-invented",
        lambda d, p: p["rows"].append({"channel": "none", "leaf": "", "line": "zz", "status": "not-voted"}),
        ("A39",),
    ),
    ("crowd-invented", _crowd, ("A39",)),
    ("leaf-of-another-line", lambda d, p: _row(d, p, 2).update(leaf=d.one("ballot", 1).hash().hex()), ("A41",)),
):
    ROWS(what, _stated("rows", edit), *numbers)
ROWS("only-one-voter-tallied", _filtered, "A80", "A81", "A136", also=("tally.products",))
ROWS("first-vote-counts", _first_vote_counts, "A38", "A39", also=("tally.products",))
ROWS("stale-ballot-in-the-rows", _stale_counted, "A38", "A39")

PRODUCTS = Row(TAMPERS, "tally.products")


def _mayor_over(*counted: int) -> Callable[[Dossier, Json], None]:
    """A and B of the first contest over these ballots; the numbers of ballots stay."""

    def edit(d: Dossier, payload: Json) -> None:
        sealed = [d.one("ballot", n).content for n in counted]
        for cell, other in zip(payload["products"], products(d.made.spec, d.group, sealed), strict=True):
            if cell["contest"] == "mayor":
                cell.update(A=other["A"], B=other["B"])

    return edit


def _challenge_added(d: Dossier, payload: Json) -> None:
    """The decoy of the challenge is added to the mayor's contest."""
    sealed = d.one("challenge").content["sealed"]
    for cell, other in zip(payload["products"], products(d.made.spec, d.group, [sealed]), strict=True):
        if cell["contest"] == "mayor":
            for name in ("A", "B"):
                cell[name] = d.group.hex(int(cell[name], 16) * int(other[name], 16) % d.group.p)


def _vote_added(d: Dossier, payload: Json) -> None:
    """B times K: one more for bob, with no ballot behind it."""
    cell = payload["products"][1]
    cell["B"] = d.group.hex(int(cell["B"], 16) * d.made.joint().K % d.group.p)


def _cells_exchanged(d: Dossier, payload: Json) -> None:
    first, second = payload["products"][:2]
    for name in ("A", "B"):
        first[name], second[name] = second[name], first[name]


def _ciphertext_of_one(d: Dossier, payload: Json) -> None:
    """Voter 2's own ciphertext in place of the product."""
    item = d.one("ballot", 1).content["contests"][0]["items"][0]
    payload["products"][0].update(A=item["alpha"], B=item["beta"])


for what, edit, numbers in (
    ("ballot-dropped-from-the-product", _mayor_over(1, 2), ("A20",)),
    ("replaced-ballot-in-the-product", _mayor_over(0, 1, 2), ("A20", "A38")),
    ("challenge-in-the-product", _challenge_added, ("A60", "A132")),
    ("vote-added-to-the-product", _vote_added, ("A20", "A36")),
    ("cells-exchanged", _cells_exchanged, ("A51", "A84")),
    ("single-ballot-decrypted", _ciphertext_of_one, ("A80", "A136")),
    ("number-of-ballots-wrong", lambda d, p: p["products"][0].update(ballots=2), ("A20",)),
):
    PRODUCTS(what, _stated("products", edit), *numbers)

# Acceptance and floor

ACCEPTANCE = Row(TAMPERS, "tally.acceptance")


def _named(kind: str) -> Act:
    def act(d: Dossier) -> None:
        entry = d.one(kind)
        entry.body["statement"] = d.made.root(5).hex()
        entry.keep.add("statement")
        d.settle()

    return act


def _without_acceptance(d: Dossier) -> None:
    d.remove(d.of_trustee("tally.accept", 3))
    d.settle()


def _accepted_afterwards(d: Dossier) -> None:
    entry = d.of_trustee("tally.accept", 3)
    d.remove(entry)
    d.after(d.of_trustee(SHARE, 3), entry)
    d.settle()


ACCEPTANCE("acceptance-of-another-statement", _named("tally.accept"), "A81", "A70")
ACCEPTANCE("share-for-another-statement", _named(SHARE), "A81", "A80")
ACCEPTANCE("share-without-acceptance", _without_acceptance, "A80", "A82")
ACCEPTANCE("share-before-acceptance", _accepted_afterwards, "A80")

FLOOR = Row(TAMPERS, "tally.floor")


def _as_if_floor(minimum: int) -> Act:
    """Shares and outcome as another floor than the manifest's would have them."""

    def act(d: Dossier) -> None:
        d.made.spec = dataclasses.replace(d.made.spec, floor=minimum)
        d.settle()

    return act


FLOOR("small-contest-decrypted", _as_if_floor(0), "A136", "A80", base="floor")
FLOOR("contest-not-decrypted", _as_if_floor(3), "A83", "A19")
FLOOR("nothing-decrypted", _as_if_floor(4), "A83", "A19")


def _one_trustee_decrypts_more(d: Dossier) -> None:
    """Trustee 1 also decrypts the contest below the floor; the outcome withholds it."""
    d.made.spec = dataclasses.replace(d.made.spec, floor=0)
    d.settle()
    d.of_trustee(SHARE, 1).keep.add("shares")
    outcome = d.one("outcome")
    d.made.spec = dataclasses.replace(d.made.spec, floor=3)
    outcome.content["cells"] = [cell for cell in outcome.content["cells"] if cell["contest"] == "mayor"]
    outcome.keep.add("cells")
    d.settle()


FLOOR("one-trustee-decrypts-more", _one_trustee_decrypts_more, "A80", "A136", base="floor")
