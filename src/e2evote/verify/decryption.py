"""Shares and decryption: what the trustees did, and what it comes to (docs/spec.md, section 9; checks tally.*).

Verification keys, Lagrange coefficients and the ciphertext of every part are always computed here.
"""

from collections.abc import Mapping, Sequence

from e2evote.algebra.exponentiation import power
from e2evote.algebra.group import Element, Residue
from e2evote.algebra.interpolation import combine
from e2evote.errors import NotMembers
from e2evote.proofs import equal_logs
from e2evote.proofs.batch import Pending, verdicts
from e2evote.proofs.equal_logs import DecryptionShare as SharePlace
from e2evote.proofs.equal_logs import EqualLogs
from e2evote.record.floor import channels_of
from e2evote.record.hints import ProofHints, commitments_or_none
from e2evote.record.joint import JointKeys
from e2evote.record.products import Cell
from e2evote.record.shares import DecryptionShares, PartCell
from e2evote.record.statement import Product
from e2evote.verify.ceremony import HintsOf, no_hints
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting
from e2evote.verify.tally import TallyEntries
from e2evote.verify.tally_names import cell_name

Ciphertexts = Mapping[PartCell, tuple[Element, Element]]
"""(A, B) of every cell and channel of a statement whose numbers are elements."""


def check_shares(
    setting: Setting,
    read: TallyEntries,
    joint: JointKeys | None,
    findings: Findings,
    hints_of: HintsOf = no_hints,
) -> tuple[Ciphertexts, dict[int, dict[PartCell, Element]]]:
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
            findings.not_run("a share was left out", Check.TALLY_SHARE_PROOF)
            continue
        pending = share_proofs(setting, joint, read.statement, entry.trustee, posted, stated, shares[entry.trustee])
        hints = commitments_or_none(hints_of(entry), (2,) * len(posted.shares), setting.group)
        for share, proof, hint in zip(posted.shares, pending, hints, strict=True):
            if proof:
                subjects.append(f"trustee {entry.trustee}, {_named(share.cell)}")
                proofs.append((proof, hint))
            else:
                findings.not_run("a number of the cell was left out", Check.TALLY_SHARE_PROOF)
    for subject, holds in zip(subjects, verdicts(setting.group, proofs), strict=True):
        findings.expect(Check.TALLY_SHARE_PROOF, subject, holds, "the proof does not hold")
    return stated, shares


def share_proofs(
    setting: Setting,
    joint: JointKeys,
    statement: Entry,
    trustee: int,
    posted: DecryptionShares,
    stated: Ciphertexts,
    elements: Mapping[PartCell, Element],
) -> list[Pending | None]:
    """(3.11)-(3.13) for each share of one trustee; None where an element that it needs was left out."""
    Y = joint.verification_key(trustee)
    proofs: list[Pending | None] = []
    for share in posted.shares:
        total = part_total(setting, stated, share.cell)
        if share.cell not in elements or total is None:
            proofs.append(None)
            continue
        A, B = total
        place = SharePlace(joint.h_e, *_place(setting, (share.contest, share.option)), trustee, B, statement.leaf_hash)
        proofs.append(equal_logs.pending(EqualLogs(Y, A, elements[share.cell]), share.proof, place))
    return proofs


def part_total(setting: Setting, stated: Ciphertexts, cell: PartCell) -> tuple[Element, Element] | None:
    """A and B over all channels of a part; None where a number that it needs was left out.    spec (14.5)"""
    contest, part, option = cell
    A = B = setting.group.identity
    for channel in channels_of(part):
        own = stated.get((contest, channel, option))
        if own is None:
            return None
        A, B = A * own[0], B * own[1]
    return A, B


def _place(setting: Setting, cell: Cell) -> tuple[int, int]:
    """The indices of a cell's contest and option."""
    index = setting.manifest.contest_index(cell[0])
    item = setting.manifest.contests[index - 1].item(cell[1])
    if item is None:
        raise ValueError(f"{cell_name(*cell)} is none of the manifest's")
    return index, item.index


def _statement_elements(setting: Setting, products: tuple[Product, ...], findings: Findings) -> Ciphertexts:
    """tally.elements of A and B; the cells where it holds."""
    cells = [(product.contest, product.channel, product.option) for product in products]
    members = _members(setting, [x for product in products for x in (product.A, product.B)])
    elements: dict[PartCell, tuple[Element, Element]] = {}
    for cell, A, B in zip(cells, members[::2], members[1::2], strict=True):
        detail = "A or B is not in the subgroup of order q"
        if findings.expect(Check.TALLY_ELEMENTS, _named(cell), A is not None and B is not None, detail) and A and B:
            elements[cell] = (A, B)
    return elements


def _share_elements(
    setting: Setting, posted: Mapping[int, DecryptionShares], findings: Findings
) -> dict[int, dict[PartCell, Element]]:
    """tally.elements of every M; by trustee the cells where it holds."""
    shares = [(trustee, share) for trustee, all_ in sorted(posted.items()) for share in all_.shares]
    elements: dict[int, dict[PartCell, Element]] = {trustee: {} for trustee in sorted(posted)}
    members = _members(setting, [share.M for _, share in shares])
    for (trustee, share), M in zip(shares, members, strict=True):
        subject, detail = f"trustee {trustee}, {_named(share.cell)}", "M is not in the subgroup of order q"
        if findings.expect(Check.TALLY_ELEMENTS, subject, M is not None, detail) and M:
            elements[trustee][share.cell] = M
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
    stated: Ciphertexts,
    shares: Mapping[int, Mapping[PartCell, Element]],
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
    for each in read.result.cells:
        parts = {trustee: shares.get(trustee, {}).get(each.cell) for trustee in listed}
        known = {trustee: M for trustee, M in parts.items() if M is not None}
        total = part_total(setting, stated, each.cell)
        if total is None or len(known) != len(parts):
            findings.not_run("an element that it needs was left out", Check.TALLY_DECRYPTION)
            continue
        T = total[1] / combine(known) if known else total[1]
        holds = power(joint.K, setting.group.reduce(each.votes)) == T
        detail = f"{each.votes} votes is not what the shares decrypt to"
        findings.expect(Check.TALLY_DECRYPTION, _named(each.cell), holds, detail)


def _named(cell: PartCell) -> str:
    contest, channel, option = cell
    return cell_name(contest, option, channel)
