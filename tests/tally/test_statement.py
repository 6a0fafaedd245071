"""The statement, made from the ballots that count and compared part by part."""

from dataclasses import replace

import pytest

from e2evote.algebra.group import Residue
from e2evote.manifest.voters import ONLINE
from e2evote.record.products import Products
from e2evote.record.rows import NO_CHANNEL, NOT_VOTED, Row
from e2evote.record.stated import decode_statement
from e2evote.tally.statement import difference, make_statement
from tests.ballot.election import GROUP
from tests.tally.closed import CLOSE_ROOT, CLOSE_SIZE, closed

CLOSED = closed()
OWN = CLOSED.statement()
MANIFEST = CLOSED.election.manifest


def test_a_statement_lists_each_line_once_and_each_cell_in_order() -> None:
    assert (OWN.close_root, OWN.close_size) == (CLOSE_ROOT, CLOSE_SIZE)
    assert [row.line for row in OWN.rows] == sorted({row.line for row in OWN.rows})
    assert [row.status for row in OWN.rows] == ["counted"] * 4
    cells = [(p.contest, p.option, p.ballots) for p in OWN.products]
    assert cells == [("mayor", "ada", 4), ("mayor", "bob", 4)] + [("board", o, 3) for o in ("dan", "eve", "fay", "")]
    assert [p.weight for p in OWN.products] == [p.ballots for p in OWN.products]
    assert OWN.reconciliation.members() == {
        "channels": [{"channel": "online", "lines": 4}],
        "lines": 4,
        "none": [{"lines": 0, "status": status} for status in ("annulled", "not-voted", "removed")],
        "registrars": [],
    }
    assert decode_statement(OWN.encode(), MANIFEST, GROUP) == OWN
    assert difference(OWN, OWN) == ""


def test_the_product_is_over_the_last_valid_ballot_of_each_line() -> None:
    counted = [CLOSED.ballots[cast.index] for cast in CLOSED.ledger.counted()]
    assert len(counted) == 4
    alpha = Residue(GROUP, GROUP.identity.value)
    for ballot in counted:
        alpha = alpha * ballot.contests[0].items[0].alpha
    assert alpha == OWN.products[0].A


def _row(position: int, **fields: object) -> object:
    rows = list(OWN.rows)
    rows[position] = replace(rows[position], **fields)  # type: ignore[arg-type]
    return replace(OWN, rows=tuple(rows))


def _product(position: int, **fields: object) -> object:
    products = list(OWN.products)
    products[position] = replace(products[position], **fields)  # type: ignore[arg-type]
    return replace(OWN, products=tuple(products))


LINE = OWN.rows[1].line


@pytest.mark.parametrize(
    ("posted", "message"),
    [
        (replace(OWN, close_size=41), "close: size 41 and root"),
        (replace(OWN, close_root=bytes(32)), f"close: size 40 and root {'00' * 32}"),
        (_row(1, leaf=bytes(32)), f"line {LINE}: its row"),
        (_row(1, channel=NO_CHANNEL, leaf=b"", status=NOT_VOTED), f"line {LINE}: its row"),
        (replace(OWN, rows=OWN.rows[:1] + OWN.rows[2:]), f"line {LINE}: its row"),
        (replace(OWN, rows=(*OWN.rows, Row("zz", NO_CHANNEL, b"", NOT_VOTED))), "line zz: its row"),
        (replace(OWN, rows=(*OWN.rows, OWN.rows[0])), "rows: out of order, or one twice"),
        (replace(OWN, rows=OWN.rows[::-1]), "rows: out of order, or one twice"),
        (_product(0, A=OWN.products[1].A), "contest mayor, option ada: not the product over the 4 ballots"),
        (_product(1, B=OWN.products[0].B), "contest mayor, option bob: not the product"),
        (_product(2, weight=4), "contest board, option dan: not the product over the 3 ballots"),
        (replace(OWN, reconciliation=replace(OWN.reconciliation, lines=5)), "reconciliation: not that of the board"),
        (_product(5, ballots=4), r"contest board, option (blank): not the product over the 3 ballots"),
    ],
)
def test_every_difference_is_named(posted: object, message: str) -> None:
    assert posted != OWN
    assert difference(posted, OWN).startswith(message)  # type: ignore[arg-type]


def test_products_of_other_cells_or_of_more_ballots_make_no_statement() -> None:
    products = CLOSED.products()[ONLINE]
    fewer = Products(products.classes, dict(list(products.cells.items())[1:]))
    turned = Products(products.classes, dict(reversed(products.cells.items())))
    for wrong in (fewer, turned):
        with pytest.raises(ValueError, match="not those of the manifest's cells"):
            make_statement(MANIFEST, CLOSED.ledger, None, {ONLINE: wrong}, CLOSE_ROOT, CLOSE_SIZE)
    every = CLOSED.products(list(CLOSED.ballots.values()))
    with pytest.raises(ValueError, match="contest mayor: a product over 5 ballots, 4 are counted"):
        make_statement(MANIFEST, CLOSED.ledger, None, every, CLOSE_ROOT, CLOSE_SIZE)
    with pytest.raises(ValueError, match="not those of the manifest's channels"):
        make_statement(MANIFEST, CLOSED.ledger, None, {**CLOSED.products(), "postal": products}, CLOSE_ROOT, CLOSE_SIZE)
