"""Totals on paper in a record: each by itself, and against the marked lines (docs/verification.md, channel.*).

One judgement for the box, before it appends such a leaf, and for the verifier. What comes out beside the findings are
the products of each channel, which the statement has to name.
"""

from collections.abc import Callable, Iterable, Mapping

from e2evote.manifest.voters import ONLINE
from e2evote.record.electorate import Electorate
from e2evote.record.hints import encode_hints
from e2evote.record.joint import JointKeys
from e2evote.record.paper import PaperTotals, totals
from e2evote.record.products import ChannelProducts, Products
from e2evote.record.reconciliation import paper_discrepancies
from e2evote.record.voter_bodies import Paper
from e2evote.verify.ceremony import HintsOf, no_hints
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting
from e2evote.verify.paper import PaperContext, bit_proofs, check_elements, check_form, check_proofs

PayloadOf = Callable[[Entry], bytes | None]
OF_PAPER = (Check.CHANNEL_FORM, Check.CHANNEL_COUNT, Check.CHANNEL_ELEMENTS, Check.CHANNEL_PROOF)


def check_papers(
    setting: Setting,
    entries: Iterable[Entry],
    payload_of: PayloadOf,
    electorate: Electorate | None,
    joint: JointKeys | None,
    findings: Findings,
    hints_of: HintsOf = no_hints,
) -> dict[str, PaperTotals]:
    """channel.form to channel.proof of leaves of kind `paper`; by channel, the totals that have their form.

    electorate: None where it is not known, or there is no roll.
    """
    findings.begin(*OF_PAPER)
    read: dict[str, PaperTotals] = {}
    for entry in entries:
        channel, payload = channel_of(entry), payload_of(entry)
        if payload is None:
            findings.not_run("the payload was left out", *OF_PAPER)
            continue
        paper = check_form(setting.manifest, setting.group, entry.subject, payload, findings)
        if paper is None:
            continue
        read[channel] = paper
        members = check_elements(setting.manifest, setting.group, channel, paper, findings)
        if joint is None:
            findings.not_run("the joint key is not known", Check.CHANNEL_PROOF)
            continue
        context = PaperContext(setting.manifest, setting.group, joint.K, joint.h_e, channel)
        check_proofs(context, paper, members, findings, hints_of(entry))
    if electorate is not None:
        check_counts(setting, electorate, read, findings)
    return read


def paper_hints(setting: Setting, entry: Entry, paper: PaperTotals, joint: JointKeys) -> bytes:
    """The commitments of the proofs of totals that were checked.    spec 5.5"""
    context = PaperContext(setting.manifest, setting.group, joint.K, joint.h_e, channel_of(entry))
    members = check_elements(setting.manifest, setting.group, context.channel, paper, Findings())
    proofs = bit_proofs(context, paper, members)
    return encode_hints([[product.value() for product in proof.products] for proof in proofs if proof])


def check_counts(
    setting: Setting, electorate: Electorate, papers: Mapping[str, PaperTotals], findings: Findings
) -> None:
    """channel.count: for each contest as many marked lines as papers, valid and spoiled."""
    found = {
        (channel, contest.contest): contest.ballots + contest.spoiled
        for channel, paper in papers.items()
        for contest in paper.contests
    }
    for (channel, contest), discrepancy in paper_discrepancies(setting.manifest, electorate, found).items():
        subject = f"channel {channel}, contest {contest}"
        findings.expect(Check.CHANNEL_COUNT, subject, discrepancy is None, str(discrepancy))


def channel_of(entry: Entry) -> str:
    """Which channel a leaf of kind `paper` is about."""
    if not isinstance(entry.leaf.body, Paper):
        raise ValueError(f"{entry.subject} is no total on paper")
    return entry.leaf.body.channel


def by_channel(setting: Setting, online: Products | None, papers: Mapping[str, PaperTotals]) -> ChannelProducts | None:
    """The products of every channel, in order; None where those of one are not known.    spec (9.1), (14.1)"""
    manifest = setting.manifest
    if online is None or any(channel not in papers for channel in manifest.channels.paper):
        return None
    products = {ONLINE: online}
    for channel in manifest.channels.paper:
        paper = papers[channel]
        classes = {(contest.contest, 1): contest.ballots for contest in paper.contests if contest.ballots}
        products[channel] = Products(classes, totals(manifest, setting.group, paper))
    return products
