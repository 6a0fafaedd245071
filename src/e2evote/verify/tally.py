"""The tally: statement, acceptances, decryption shares, decryption (docs/spec.md, section 9; checks tally.*).

Products, rows, Lagrange coefficients and the trustees' verification keys are always computed here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from e2evote.algebra.exponentiation import power
from e2evote.algebra.group import Element, Residue
from e2evote.algebra.interpolation import combine
from e2evote.errors import MalformedInput, NotMembers
from e2evote.proofs import equal_logs
from e2evote.proofs.batch import Pending, verdicts
from e2evote.proofs.equal_logs import DecryptionShare as SharePlace
from e2evote.proofs.equal_logs import EqualLogs
from e2evote.record.bodies import OnStatement
from e2evote.record.floor import decrypted_contests
from e2evote.record.hints import ProofHints, commitments_or_none
from e2evote.record.joint import JointKeys
from e2evote.record.outcome import Outcome, decode_outcome
from e2evote.record.products import Cell, Products
from e2evote.record.runs import Scratch
from e2evote.record.select import Lines
from e2evote.record.shares import DecryptionShares, decode_decryption_shares
from e2evote.record.stated import PostedStatement, read_statement
from e2evote.record.statement import Product, products_of, rows_of
from e2evote.record.text_lines import Pieces
from e2evote.verify.ceremony import HintsOf, no_hints
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting
from e2evote.verify.tally_rows import compare, differing_lines

PiecesOf = Callable[[Entry], Pieces | None]
"""The payload of an entry, None where it was left out."""
CellElements = dict[Cell, tuple[Element, Element]]


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


def check_rows(read: TallyEntries, ledger: Lines, findings: Findings, scratch: Scratch) -> None:
    """tally.rows: exactly one row per line, as `record.select` says.

    Rows are never all in memory; those that do not agree are sorted on `scratch`, to name the lines concerned.
    """
    if read.statement is None or read.stated is None:
        findings.not_run("there is no statement", Check.TALLY_ROWS)
        return
    equal, number = compare(rows_of(ledger.lines()), read.stated.rows())
    findings.examined(Check.TALLY_ROWS, max(number, 1))
    if equal:
        return
    line = ""
    for line in differing_lines(rows_of(ledger.lines()), read.stated.rows(), scratch):
        findings.fail(Check.TALLY_ROWS, f"line {line}", "its row is not that of the ballots on the board")
    if not line:
        findings.fail(Check.TALLY_ROWS, read.statement.subject, "a row occurs twice, or rows are not in order")


def check_products(read: TallyEntries, products: Products | None, findings: Findings) -> None:
    """tally.products: (9.1) over the counted ballots."""
    if read.stated is None or products is None:
        reason = "there is no statement" if read.stated is None else "a counted ballot was left out"
        findings.not_run(reason, Check.TALLY_PRODUCTS)
        return
    for stated, expected in zip(read.stated.head.products, products_of(products), strict=True):
        detail = f"want the product over {expected.ballots} counted ballots"
        findings.expect(Check.TALLY_PRODUCTS, _cell(stated.contest, stated.option), stated == expected, detail)


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


def check_floor(setting: Setting, read: TallyEntries, products: Products | None, findings: Findings) -> None:
    """tally.floor: shares and outcome cover exactly the contests with enough counted ballots."""
    if read.statement is None or products is None:
        reason = "there is no statement" if read.statement is None else "a counted ballot was left out"
        findings.not_run(reason, Check.TALLY_FLOOR)
        return
    findings.begin(Check.TALLY_FLOOR)
    wanted = decrypted_contests(setting.manifest, products.ballots)
    covered = [(entry, read.posted[entry.trustee].contests()) for entry in read.shares if entry.trustee in read.posted]
    if read.outcome and read.result:
        covered.append((read.outcome, tuple(dict.fromkeys(cell.contest for cell in read.result.cells))))
    for entry, contests in covered:
        detail = f"decrypts {list(contests)}; at a floor of {setting.manifest.floor.minimum}, {list(wanted)} may be"
        findings.expect(Check.TALLY_FLOOR, entry.subject, contests == wanted, detail)


def check_shares(
    setting: Setting,
    read: TallyEntries,
    joint: JointKeys | None,
    findings: Findings,
    hints_of: HintsOf = no_hints,
) -> tuple[CellElements, dict[int, dict[Cell, Element]]]:
    """tally.elements and tally.share-proof; the statement's ciphertexts and the shares that are elements."""
    if read.statement is None:
        findings.not_run("there is no statement", Check.TALLY_ELEMENTS, Check.TALLY_SHARE_PROOF)
        return {}, {}
    findings.begin(Check.TALLY_ELEMENTS, Check.TALLY_SHARE_PROOF)
    stated = _statement_elements(setting, read.stated.head.products if read.stated else (), findings)
    if joint is None or read.stated is None:
        findings.not_run("the joint key or the statement is not known", Check.TALLY_SHARE_PROOF)
    shares = _share_elements(setting, read.posted, findings)
    if joint is None:
        return stated, shares
    subjects: list[str] = []
    proofs: list[tuple[Pending, ProofHints]] = []
    for entry in sorted(read.shares, key=lambda entry: entry.trustee):
        posted = read.posted.get(entry.trustee)
        if posted is None:
            continue
        pending = share_proofs(setting, joint, read.statement, entry.trustee, posted, stated, shares[entry.trustee])
        hints = commitments_or_none(hints_of(entry), (2,) * len(posted.shares), setting.group)
        for share, proof, hint in zip(posted.shares, pending, hints, strict=True):
            if proof:
                subjects.append(f"trustee {entry.trustee}, {_cell(share.contest, share.option)}")
                proofs.append((proof, hint))
    for subject, holds in zip(subjects, verdicts(setting.group, proofs), strict=True):
        findings.expect(Check.TALLY_SHARE_PROOF, subject, holds, "the proof does not hold")
    return stated, shares


def share_proofs(
    setting: Setting,
    joint: JointKeys,
    statement: Entry,
    trustee: int,
    posted: DecryptionShares,
    stated: CellElements,
    elements: Mapping[Cell, Element],
) -> list[Pending | None]:
    """(3.11)-(3.13) for each share of one trustee; None where an element that it needs was left out."""
    Y = joint.verification_key(trustee)
    proofs: list[Pending | None] = []
    for share in posted.shares:
        cell = (share.contest, share.option)
        if cell not in elements or cell not in stated:
            proofs.append(None)
            continue
        A, B = stated[cell]
        place = SharePlace(joint.h_e, *_place(setting, cell), trustee, B, statement.leaf_hash)
        proofs.append(equal_logs.pending(EqualLogs(Y, A, elements[cell]), share.proof, place))
    return proofs


def _place(setting: Setting, cell: Cell) -> tuple[int, int]:
    """The indices of a cell's contest and option."""
    index = setting.manifest.contest_index(cell[0])
    item = setting.manifest.contests[index - 1].item(cell[1])
    if item is None:
        raise ValueError(f"{_cell(*cell)} is none of the manifest's")
    return index, item.index


def _statement_elements(setting: Setting, products: tuple[Product, ...], findings: Findings) -> CellElements:
    """tally.elements of A and B; the cells where it holds."""
    cells = [(product.contest, product.option) for product in products]
    members = _members(setting, [x for product in products for x in (product.A, product.B)])
    elements: CellElements = {}
    for cell, A, B in zip(cells, members[::2], members[1::2], strict=True):
        detail = "A or B is not in the subgroup of order q"
        if findings.expect(Check.TALLY_ELEMENTS, _cell(*cell), A is not None and B is not None, detail) and A and B:
            elements[cell] = (A, B)
    return elements


def _share_elements(
    setting: Setting, posted: Mapping[int, DecryptionShares], findings: Findings
) -> dict[int, dict[Cell, Element]]:
    """tally.elements of every M; by trustee the cells where it holds."""
    shares = [(trustee, share) for trustee, all_ in sorted(posted.items()) for share in all_.shares]
    elements: dict[int, dict[Cell, Element]] = {trustee: {} for trustee in sorted(posted)}
    members = _members(setting, [share.M for _, share in shares])
    for (trustee, share), M in zip(shares, members, strict=True):
        cell = (share.contest, share.option)
        subject, detail = f"trustee {trustee}, {_cell(*cell)}", "M is not in the subgroup of order q"
        if findings.expect(Check.TALLY_ELEMENTS, subject, M is not None, detail) and M:
            elements[trustee][cell] = M
    return elements


def _members(setting: Setting, residues: Sequence[Residue]) -> list[Element | None]:
    """Each number as the element that it is, or None; all of them in one test where all are elements."""
    try:
        return list(setting.group.screen(residues))
    except NotMembers as error:
        strangers = set(error.positions)
        others = iter(setting.group.screen([x for i, x in enumerate(residues) if i not in strangers]))
        return [None if i in strangers else next(others) for i in range(len(residues))]


def check_decryption(
    setting: Setting,
    read: TallyEntries,
    joint: JointKeys | None,
    stated: CellElements,
    shares: Mapping[int, Mapping[Cell, Element]],
    findings: Findings,
) -> None:
    """tally.quorum and tally.decryption: K^t = B · Π M_i^(-w_i)    spec (9.3)"""
    if read.outcome is None or read.result is None:
        findings.not_run("there is no outcome", Check.TALLY_QUORUM, Check.TALLY_DECRYPTION)
        return
    listed, posted = read.result.trustees, tuple(sorted(entry.trustee for entry in read.shares))
    holds = listed == posted and len(listed) >= setting.manifest.quorum
    detail = f"combines trustees {list(listed)}; shares are by {list(posted)}, the quorum is {setting.manifest.quorum}"
    findings.expect(Check.TALLY_QUORUM, read.outcome.subject, holds, detail)
    if joint is None or read.stated is None:
        findings.not_run("the joint key or the statement is not known", Check.TALLY_DECRYPTION)
        return
    findings.begin(Check.TALLY_DECRYPTION)
    for cell, votes in read.result.votes().items():
        parts = {trustee: shares.get(trustee, {}).get(cell) for trustee in listed}
        known = {trustee: M for trustee, M in parts.items() if M is not None}
        if cell not in stated or len(known) != len(parts):
            findings.not_run("an element that it needs was left out", Check.TALLY_DECRYPTION)
            continue
        T = stated[cell][1] / combine(known) if known else stated[cell][1]
        holds = power(joint.K, setting.group.reduce(votes)) == T
        findings.expect(Check.TALLY_DECRYPTION, _cell(*cell), holds, f"{votes} votes is not what the shares decrypt to")


def _cell(contest: str, option: str) -> str:
    return f"contest {contest}, option {option or '(blank)'}"
