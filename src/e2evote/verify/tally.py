"""The tally but for its numbers: statement, acceptances, what is decrypted (docs/spec.md, section 9; checks tally.*).

Rows, reconciliation, products and parts are always computed here. Shares and decryption are in `verify.decryption`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from e2evote.errors import MalformedInput
from e2evote.record.bodies import OnStatement
from e2evote.record.electorate import Electorate
from e2evote.record.floor import names_of, parts_by
from e2evote.record.outcome import Outcome, decode_outcome
from e2evote.record.products import ChannelProducts
from e2evote.record.reconciliation import RowCounts
from e2evote.record.rows import Row, rows_of
from e2evote.record.runs import Scratch
from e2evote.record.select import Lines
from e2evote.record.shares import DecryptionShares, decode_decryption_shares
from e2evote.record.stated import PostedStatement, read_statement
from e2evote.record.statement import products_of
from e2evote.record.text_lines import Pieces
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting
from e2evote.verify.tally_names import cell_name, named_parts
from e2evote.verify.tally_rows import compare, differing_lines

PiecesOf = Callable[[Entry], Pieces | None]
"""The payload of an entry, None where it was left out."""

LEFT_OUT = "a counted ballot or totals on paper were left out"


@dataclass(slots=True)
class TallyEntries:
    """The leaves of the tally that no check left out, with the payloads that have their form."""

    statement: Entry | None = None
    stated: PostedStatement | None = None
    accepts: list[Entry] = field(default_factory=list)
    shares: list[Entry] = field(default_factory=list)
    posted: dict[int, DecryptionShares] = field(default_factory=dict)
    outcome: Entry | None = None
    result: Outcome | None = None


def read_tally(setting: Setting, entries: list[Entry], pieces_of: PiecesOf, findings: Findings) -> TallyEntries:
    """tally.form over the leaves from the statement on, in index order.

    The statement's rows are read to the last one, and not kept.
    """
    read = TallyEntries()
    for entry in entries:
        try:
            match entry.leaf.kind:
                case "tally.statement":
                    read.statement = entry
                    if pieces := _examined(pieces_of(entry), findings):
                        read.stated = read_statement(pieces, setting.manifest, setting.group)
                case "tally.accept":
                    read.accepts.append(entry)
                case "tally.share":
                    read.shares.append(entry)
                    if pieces := _examined(pieces_of(entry), findings):
                        shares = decode_decryption_shares(b"".join(pieces()), setting.manifest, setting.group)
                        read.posted[entry.trustee] = shares
                case "outcome":
                    read.outcome = entry
                    if pieces := _examined(pieces_of(entry), findings):
                        read.result = decode_outcome(b"".join(pieces()), setting.manifest)
        except MalformedInput as error:
            findings.fail(Check.TALLY_FORM, entry.subject, str(error))
    if read.statement is None:
        findings.not_run("there is no statement", Check.TALLY_FORM)
    return read


def _examined(pieces: Pieces | None, findings: Findings) -> Pieces | None:
    if pieces is None:
        findings.not_run("the payload was left out", Check.TALLY_FORM)
    else:
        findings.examined(Check.TALLY_FORM)
    return pieces


def check_close(read: TallyEntries, close_size: int, close_root: bytes | None, findings: Findings) -> None:
    """tally.close. close_size and close_root: the log up to and including the close leaf."""
    if read.statement is None or read.stated is None or close_root is None:
        findings.not_run("there is no statement, or entries are missing", Check.TALLY_CLOSE)
        return
    holds = (read.stated.head.close_size, read.stated.head.close_root) == (close_size, close_root)
    detail = f"the log had size {close_size} and root {close_root.hex()} at the close"
    findings.expect(Check.TALLY_CLOSE, read.statement.subject, holds, detail)


@dataclass(frozen=True, slots=True)
class Board:
    """What the board says of lines. electorate: None where there is no roll."""

    ledger: Lines
    electorate: Electorate | None

    def rows(self) -> Iterator[Row]:
        """The row of each line, as often as asked.    spec 7"""
        return rows_of(self.ledger, self.electorate)


def check_rows(read: TallyEntries, board: Board, findings: Findings, scratch: Scratch) -> None:
    """tally.rows: exactly one row per line, as `record.select` says, and the leaf says the same of them.    spec (9.4)

    Rows are never all in memory; those that do not agree are sorted on `scratch`, to name the lines concerned.
    """
    if read.statement is None or read.stated is None:
        findings.not_run("there is no statement", Check.TALLY_ROWS)
        return
    equal, number = compare(board.rows(), read.stated.rows())
    findings.examined(Check.TALLY_ROWS, max(number, 1))
    if not equal:
        line = ""
        for line in differing_lines(board.rows(), read.stated.rows(), scratch):
            findings.fail(Check.TALLY_ROWS, f"line {line}", "its row is not that of the ballots on the board")
        if not line:
            findings.fail(Check.TALLY_ROWS, read.statement.subject, "a row occurs twice, or rows are not in order")
    if read.statement.leaf.body != read.stated.body:
        detail = f"the leaf does not name the {read.stated.body.lines} rows of root {read.stated.body.rows.hex()}"
        findings.fail(Check.TALLY_ROWS, read.statement.subject, detail)


def check_reconciliation(setting: Setting, read: TallyEntries, board: Board, findings: Findings) -> None:
    """tally.reconciliation: the table is that of the lines and credentials on the board.    spec 15"""
    if read.statement is None or read.stated is None:
        findings.not_run("there is no statement", Check.TALLY_RECONCILIATION)
        return
    if board.electorate and board.electorate.unknown:
        findings.not_run(f"{board.electorate.what_is_unknown} were left out", Check.TALLY_RECONCILIATION)
        return
    counts = RowCounts.of(setting.manifest, board.rows())
    differing = counts.discrepancies(read.stated.head.reconciliation, board.electorate)
    detail = "; ".join(map(str, differing))
    findings.expect(Check.TALLY_RECONCILIATION, read.statement.subject, not differing, detail)


def check_products(read: TallyEntries, products: ChannelProducts | None, findings: Findings) -> None:
    """tally.products: (9.1) over the counted ballots, (14.1) of the totals on paper."""
    if read.stated is None or products is None:
        reason = "there is no statement" if read.stated is None else LEFT_OUT
        findings.not_run(reason, Check.TALLY_PRODUCTS)
        return
    for stated, expected in zip(read.stated.head.products, products_of(products), strict=True):
        detail = f"want the product over {expected.ballots} counted ballots of weight {expected.weight}"
        subject = cell_name(stated.contest, stated.option, stated.channel)
        findings.expect(Check.TALLY_PRODUCTS, subject, stated == expected, detail)


def check_acceptances(read: TallyEntries, findings: Findings) -> None:
    """tally.acceptance: every accept and share is for this statement; who shares accepted before."""
    if read.statement is None:
        findings.not_run("there is no statement", Check.TALLY_ACCEPTANCE)
        return
    findings.begin(Check.TALLY_ACCEPTANCE)
    for entry in sorted((*read.accepts, *read.shares), key=lambda entry: entry.index):
        findings.examined(Check.TALLY_ACCEPTANCE)
        body = entry.leaf.body
        if not isinstance(body, OnStatement) or body.statement != read.statement.leaf_hash:
            findings.fail(Check.TALLY_ACCEPTANCE, entry.subject, "names another statement")
        elif entry.leaf.kind == "tally.share" and not any(
            accept.trustee == entry.trustee and accept.index < entry.index for accept in read.accepts
        ):
            detail = f"trustee {entry.trustee} has not accepted the statement"
            findings.fail(Check.TALLY_ACCEPTANCE, entry.subject, detail)


def check_floor(setting: Setting, read: TallyEntries, products: ChannelProducts | None, findings: Findings) -> None:
    """tally.floor: shares and outcome are of exactly the parts that the floor allows.    spec 14.3"""
    if read.statement is None or products is None:
        findings.not_run("there is no statement" if read.statement is None else LEFT_OUT, Check.TALLY_FLOOR)
        return
    findings.begin(Check.TALLY_FLOOR)
    wanted = names_of(parts_by(setting.manifest, products))
    covered = [(entry, read.posted[entry.trustee].parts()) for entry in read.shares if entry.trustee in read.posted]
    if read.outcome and read.result:
        covered.append((read.outcome, read.result.parts()))
    for entry, parts in covered:
        allowed = f"at a floor of {setting.manifest.floor.minimum}, {named_parts(wanted)} may be"
        detail = f"decrypts {named_parts(parts)}; {allowed}"
        findings.expect(Check.TALLY_FLOOR, entry.subject, parts == wanted, detail)
