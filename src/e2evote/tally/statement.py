"""What is to be decrypted, said once and recomputed by everybody who is asked to help (docs/spec.md §9).

The administrator posts the statement; each trustee makes its own from the board with the same function and compares.
"""

from e2evote.manifest.model import Manifest
from e2evote.manifest.voters import ONLINE
from e2evote.record.electorate import Electorate
from e2evote.record.products import ChannelProducts
from e2evote.record.reconciliation import RowCounts
from e2evote.record.rows import rows_of
from e2evote.record.select import Lines
from e2evote.record.statement import Statement, products_of
from e2evote.verify.tally_names import cell_name


def make_statement(
    manifest: Manifest,
    ledger: Lines,
    electorate: Electorate | None,
    products: ChannelProducts,
    close_root: bytes,
    close_size: int,
) -> Statement:
    """One row per line and one product for each cell and channel, over the ballots that count.    spec (9.1), (14.1)

    electorate: None without a roll. close_root, close_size: of the log up to and including the close leaf.
    """
    if tuple(products) != manifest.channels.list:
        raise ValueError("the products are not those of the manifest's channels, in its order")
    cells = [(contest.id, item.option) for contest in manifest.contests for item in contest.items()]
    if any(list(own.cells) != cells for own in products.values()):
        raise ValueError("the products are not those of the manifest's cells, in its order")
    counted = ledger.ballots_counted
    for contest, ballots in products[ONLINE].ballots.items():
        if ballots > counted:
            raise ValueError(f"contest {contest}: a product over {ballots} ballots, {counted} are counted")
    rows = tuple(rows_of(ledger, electorate))
    reconciliation = RowCounts.of(manifest, rows).reconciled(electorate)
    return Statement(close_root, close_size, products_of(products), reconciliation, rows)


def difference(posted: Statement, own: Statement) -> str:
    """The first thing that two statements say differently, "" where they say the same."""
    if (posted.close_size, posted.close_root) != (own.close_size, own.close_root):
        return (
            f"close: size {posted.close_size} and root {posted.close_root.hex()}, "
            f"the board has {own.close_size} and {own.close_root.hex()}"
        )
    if posted.rows != own.rows:
        theirs, ours = ({row.line: row for row in statement.rows} for statement in (posted, own))
        for line in sorted(theirs.keys() | ours.keys()):
            if theirs.get(line) != ours.get(line):
                return f"line {line}: its row is not that of the board"
        return "rows: out of order, or one twice"
    if posted.reconciliation != own.reconciliation:
        return "reconciliation: not that of the board"
    for stated, expected in zip(posted.products, own.products, strict=True):
        if stated != expected:
            cell = cell_name(expected.contest, expected.option, expected.channel)
            return f"{cell}: not the product over the {expected.ballots} ballots that count"
    return ""
