"""The totals of a paper channel, all by themselves (docs/verification.md, channel.*; docs/spec.md §14.2).

Whether there are as many papers as marked lines (channel.count) is seen from the roll, and not here. The second teller
calls this before signing, the box before it accepts the leaf, the verifier for every such leaf of a record.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.algebra.elgamal import Ciphertext
from e2evote.algebra.elgamal import product as product_of
from e2evote.algebra.exponentiation import power, precompute
from e2evote.algebra.group import Element, Group, Residue
from e2evote.errors import MalformedInput, NotMembers
from e2evote.manifest.contests import Contest
from e2evote.manifest.model import Manifest
from e2evote.proofs import paper_bit
from e2evote.proofs.batch import Pending, verdicts
from e2evote.proofs.paper_bit import REST, BitPlace
from e2evote.record.hints import commitments_or_none
from e2evote.record.paper import PaperContest, PaperTotals, bounds, decode_paper, rest_bound, total_of_elements
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings

COMMITMENTS = 4
"""a_0, b_0, a_1, b_1 of a bit's proof."""

Bits = tuple[Ciphertext[Element], ...]
Members = tuple[tuple[Bits | None, ...], ...]
"""By contest, the bits of each item and of the rest as elements; None where some number is 1 or no element."""


@dataclass(frozen=True, slots=True)
class PaperContext:
    """What the totals of a channel are checked against."""

    manifest: Manifest
    group: Group
    K: Element
    h_e: bytes
    channel: str


def check_paper(
    context: PaperContext, subject: str, payload: bytes, findings: Findings, hints: bytes = b""
) -> PaperTotals | None:
    """channel.form, channel.elements and channel.proof of one leaf; the totals where they have their form.

    subject: how a report names the leaf. hints: the commitments of all bits in order, which may be none or wrong.
    """
    paper = check_form(context.manifest, context.group, subject, payload, findings)
    if paper is not None:
        members = check_elements(context.manifest, context.group, context.channel, paper, findings)
        check_proofs(context, paper, members, findings, hints)
    return paper


def check_form(
    manifest: Manifest, group: Group, subject: str, payload: bytes, findings: Findings
) -> PaperTotals | None:
    """channel.form; the totals where they have it."""
    findings.examined(Check.CHANNEL_FORM)
    try:
        return decode_paper(payload, manifest, group)
    except MalformedInput as error:
        findings.fail(Check.CHANNEL_FORM, subject, str(error))
        findings.not_run("no totals have their form", Check.CHANNEL_ELEMENTS, Check.CHANNEL_PROOF)
        return None


def check_elements(manifest: Manifest, group: Group, channel: str, paper: PaperTotals, findings: Findings) -> Members:
    """channel.elements of every item and rest, and what is an element.    spec (2.2), (2.3)"""
    residues = [x for ours in paper.contests for bits in ours.lists() for bit in bits for x in (bit.alpha, bit.beta)]
    members, found = iter(_members(group, residues)), []
    for contest, ours in zip(manifest.contests, paper.contests, strict=True):
        lists: list[Bits | None] = []
        for index, bits in enumerate(ours.lists()):
            pairs = [(next(members), next(members)) for _ in bits]
            known = tuple(Ciphertext(alpha, beta) for alpha, beta in pairs if alpha is not None and beta is not None)
            bad = [i for i, pair in enumerate(pairs) if None in pair]
            detail = f"α or β is 1 or not in the subgroup of order q in {_named(bad)}"
            good = findings.expect(Check.CHANNEL_ELEMENTS, _subject(channel, contest, index), not bad, detail)
            lists.append(known if good else None)
        found.append(tuple(lists))
    return tuple(found)


def check_proofs(
    context: PaperContext, paper: PaperTotals, members: Members, findings: Findings, hints: bytes = b""
) -> None:
    """channel.proof: each bit that `members` left in is 0 or 1 (14.4); each contest keeps its limit (14.3)."""
    holds = iter(_verdicts(context, paper, members, hints))
    findings.begin(Check.CHANNEL_PROOF)
    for contest, ours, lists in zip(context.manifest.contests, paper.contests, members, strict=True):
        for index, bits in enumerate(lists):
            if bits is not None:
                bad = [i for i in range(len(bits)) if not next(holds)]
                detail = f"not proved to be 0 or 1: {_named(bad)}"
                findings.expect(Check.CHANNEL_PROOF, _subject(context.channel, contest, index), not bad, detail)
        known = [bits for bits in lists if bits is not None]
        if len(known) == len(lists):
            detail = f"the votes and the rest are not proved to be {rest_bound(contest, ours.ballots)} together"
            adds_up = relation_holds(context.K, contest, ours, known)
            findings.expect(Check.CHANNEL_PROOF, _subject(context.channel, contest), adds_up, detail)


def relation_holds(K: Element, contest: Contest, ours: PaperContest, lists: Sequence[Bits]) -> bool:
    """Π A^w · Π α''^u'' = 1  and  Π B^w · Π β''^u'' = K^(L·N)    spec (14.3)"""
    group = K.group
    sums = [
        total_of_elements(bits, bound, group) for bits, bound in zip(lists, bounds(contest, ours.ballots), strict=True)
    ]
    factors = [group.scalar(item.weight) for item in contest.items()] + [group.scalar(1)]
    product = product_of(group, (total**factor for total, factor in zip(sums, factors, strict=True)))
    right = power(K, group.scalar(rest_bound(contest, ours.ballots)))
    return (product.alpha, product.beta) == (group.identity, right)


def _members(group: Group, residues: Sequence[Residue]) -> list[Element | None]:
    """Each number as an element, or None where it is 1 or none; all of them in one test where all are elements."""
    strangers: set[int] = {i for i, x in enumerate(residues) if x.is_one}
    try:
        elements = group.screen(residues)
    except NotMembers as error:
        strangers.update(error.positions)
        elements = group.screen([x for i, x in enumerate(residues) if i not in error.positions])
        for i in error.positions:
            elements.insert(i, group.identity)
    return [None if i in strangers else element for i, element in enumerate(elements)]


def bit_proofs(context: PaperContext, paper: PaperTotals, members: Members) -> list[Pending | None]:
    """(14.4) of every bit in order; None where `members` left out the list that it is in."""
    proofs: list[Pending | None] = []
    for contest, (ours, lists) in enumerate(zip(paper.contests, members, strict=True), start=1):
        for index, (bits, known) in enumerate(zip(ours.lists(), lists, strict=True)):
            item = REST if index == len(ours.items) else index + 1
            if known is None:
                proofs += [None] * len(bits)
                continue
            for i, (bit, ciphertext) in enumerate(zip(bits, known, strict=True)):
                place = BitPlace(context.h_e, context.channel, contest, item, i)
                proofs.append(paper_bit.pending(paper_bit.is_bit(context.K, ciphertext), bit.proof, place))
    return proofs


def _verdicts(context: PaperContext, paper: PaperTotals, members: Members, hints: bytes) -> list[bool]:
    """Whether each bit is proved, in order; those of the lists that `members` left out are not among them."""
    proofs = bit_proofs(context, paper, members)
    if proofs and not hints:
        for base in (context.group.g, context.K):
            precompute(base, expected=2 * len(proofs))
    by_bit = commitments_or_none(hints, (COMMITMENTS,) * len(proofs), context.group)
    known = [(proof, own) for proof, own in zip(proofs, by_bit, strict=True) if proof is not None]
    return verdicts(context.group, known)


def _subject(channel: str, contest: Contest, index: int | None = None) -> str:
    """How a failure names a list of bits by its position, or the whole contest; the rest goes by its contest's name."""
    where, items = f"channel {channel}, contest {contest.id}", contest.items()
    if index is None or index == len(items):
        return where
    return f"{where}, option {items[index].option or '(blank)'}"


def _named(bits: Sequence[int]) -> str:
    return f"bit {', '.join(map(str, bits))}"
