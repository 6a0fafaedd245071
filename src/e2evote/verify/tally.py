"""The tally: statement, acceptances, decryption shares, decryption (docs/spec.md, section 9; checks tally.*).

Products, rows, Lagrange coefficients and the trustees' verification keys are always computed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from e2evote.algebra.exponentiation import power
from e2evote.algebra.group import Element, Residue
from e2evote.algebra.interpolation import combine
from e2evote.errors import MalformedInput, NotMembers
from e2evote.proofs.equal_logs import DecryptionShare as SharePlace
from e2evote.proofs.equal_logs import EqualLogs, verify
from e2evote.record.bodies import OnStatement
from e2evote.record.floor import decrypted_contests
from e2evote.record.joint import JointKeys
from e2evote.record.outcome import Outcome, decode_outcome
from e2evote.record.select import Cell, Ledger, Products
from e2evote.record.shares import DecryptionShares, decode_decryption_shares
from e2evote.record.statement import Product, Statement, decode_statement, products_of, rows_of
from e2evote.verify.ceremony import PayloadOf
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting

CellElements = dict[Cell, tuple[Element, Element]]


@dataclass(slots=True)
class TallyEntries:
    """The leaves of the tally that no check left out, with the payloads that have their form."""

    statement: Entry | None = None
    stated: Statement | None = None
    accepts: list[Entry] = field(default_factory=list)
    shares: list[Entry] = field(default_factory=list)
    posted: dict[int, DecryptionShares] = field(default_factory=dict)
    outcome: Entry | None = None
    result: Outcome | None = None


def read_tally(setting: Setting, entries: list[Entry], payload_of: PayloadOf, findings: Findings) -> TallyEntries:
    """tally.form over the leaves from the statement on, in index order."""
    read = TallyEntries()
    for entry in entries:
        try:
            match entry.leaf.kind:
                case "tally.statement":
                    read.statement = entry
                    if payload := _examined(payload_of(entry), findings):
                        read.stated = decode_statement(payload, setting.manifest, setting.group)
                case "tally.accept":
                    read.accepts.append(entry)
                case "tally.share":
                    read.shares.append(entry)
                    if payload := _examined(payload_of(entry), findings):
                        shares = decode_decryption_shares(payload, setting.manifest, setting.group)
                        read.posted[entry.trustee] = shares
                case "outcome":
                    read.outcome = entry
                    if payload := _examined(payload_of(entry), findings):
                        read.result = decode_outcome(payload, setting.manifest)
        except MalformedInput as error:
            findings.fail(Check.TALLY_FORM, entry.subject, str(error))
    if read.statement is None:
        findings.not_run("there is no statement", Check.TALLY_FORM)
    return read


def _examined(payload: bytes | None, findings: Findings) -> bytes | None:
    if payload is None:
        findings.not_run("the payload was left out", Check.TALLY_FORM)
    else:
        findings.examined(Check.TALLY_FORM)
    return payload


def check_close(read: TallyEntries, close_size: int, close_root: bytes | None, findings: Findings) -> None:
    """tally.close. close_size and close_root: the log up to and including the close leaf."""
    if read.statement is None or read.stated is None or close_root is None:
        findings.not_run("there is no statement, or entries are missing", Check.TALLY_CLOSE)
        return
    holds = (read.stated.close_size, read.stated.close_root) == (close_size, close_root)
    detail = f"the log had size {close_size} and root {close_root.hex()} at the close"
    findings.expect(Check.TALLY_CLOSE, read.statement.subject, holds, detail)


def check_rows(read: TallyEntries, ledger: Ledger, findings: Findings) -> None:
    """tally.rows: exactly one row per line, as `record.select` says."""
    if read.statement is None or read.stated is None:
        findings.not_run("there is no statement", Check.TALLY_ROWS)
        return
    expected, stated = rows_of(ledger.lines()), read.stated.rows
    findings.examined(Check.TALLY_ROWS, max(len(expected), len(stated), 1))
    if expected == stated:
        return
    wanted, given = {row.line: row for row in expected}, {row.line: row for row in stated}
    wrong = [line for line in sorted(wanted.keys() | given.keys()) if wanted.get(line) != given.get(line)]
    for line in wrong:
        findings.fail(Check.TALLY_ROWS, f"line {line}", "its row is not that of the ballots on the board")
    if not wrong:
        findings.fail(Check.TALLY_ROWS, read.statement.subject, "a row occurs twice, or rows are not in order")


def check_products(read: TallyEntries, products: Products | None, findings: Findings) -> None:
    """tally.products: (9.1) over the counted ballots."""
    if read.stated is None or products is None:
        reason = "there is no statement" if read.stated is None else "a counted ballot was left out"
        findings.not_run(reason, Check.TALLY_PRODUCTS)
        return
    for stated, expected in zip(read.stated.products, products_of(products), strict=True):
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
    setting: Setting, read: TallyEntries, joint: JointKeys | None, findings: Findings
) -> tuple[CellElements, dict[int, dict[Cell, Element]]]:
    """tally.elements and tally.share-proof; the statement's ciphertexts and the shares that are elements."""
    if read.statement is None:
        findings.not_run("there is no statement", Check.TALLY_ELEMENTS, Check.TALLY_SHARE_PROOF)
        return {}, {}
    findings.begin(Check.TALLY_ELEMENTS, Check.TALLY_SHARE_PROOF)
    stated = _statement_elements(setting, read.stated.products if read.stated else (), findings)
    if joint is None or read.stated is None:
        findings.not_run("the joint key or the statement is not known", Check.TALLY_SHARE_PROOF)
    shares: dict[int, dict[Cell, Element]] = {}
    for trustee, posted in sorted(read.posted.items()):
        shares[trustee] = {}
        Y = joint.verification_key(trustee) if joint else None
        for share in posted.shares:
            cell = (share.contest, share.option)
            subject = f"trustee {trustee}, {_cell(*cell)}"
            M = _member(setting, share.M, subject, findings)
            if M is None:
                continue
            shares[trustee][cell] = M
            if joint is None or Y is None or cell not in stated:
                continue
            A, B = stated[cell]
            index = setting.manifest.contest_index(share.contest)
            items = setting.manifest.contests[index - 1].items()
            option = next(item.index for item in items if item.option == share.option)
            place = SharePlace(joint.h_e, index, option, trustee, B, read.statement.leaf_hash)
            holds = verify(EqualLogs(Y, A, M), share.proof, place)
            findings.expect(Check.TALLY_SHARE_PROOF, subject, holds, "the proof does not hold")
    return stated, shares


def _statement_elements(setting: Setting, products: tuple[Product, ...], findings: Findings) -> CellElements:
    elements: CellElements = {}
    for product in products:
        findings.examined(Check.TALLY_ELEMENTS)
        try:
            A, B = setting.group.screen((product.A, product.B))
        except NotMembers:
            subject = _cell(product.contest, product.option)
            findings.fail(Check.TALLY_ELEMENTS, subject, "A or B is not in the subgroup of order q")
        else:
            elements[product.contest, product.option] = (A, B)
    return elements


def _member(setting: Setting, M: Residue, subject: str, findings: Findings) -> Element | None:
    findings.examined(Check.TALLY_ELEMENTS)
    try:
        return setting.group.screen((M,))[0]
    except NotMembers:
        findings.fail(Check.TALLY_ELEMENTS, subject, "M is not in the subgroup of order q")
        return None


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
