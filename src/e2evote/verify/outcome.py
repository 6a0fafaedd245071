"""The outcome against its own numbers and the manifest's rules (docs/spec.md, section 10; checks outcome.*)."""

from e2evote.record.bodies import Head, Lot
from e2evote.record.elected import Standing, standing
from e2evote.record.joint import JointKeys
from e2evote.record.outcome import DECRYPTED, ContestOutcome, Outcome, undervotes
from e2evote.record.products import ChannelProducts
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting
from e2evote.verify.report import ContestResult
from e2evote.verify.tally import LEFT_OUT, TallyEntries


def check_outcome(
    setting: Setting,
    read: TallyEntries,
    products: ChannelProducts | None,
    joint: JointKeys | None,
    lot: Entry | None,
    findings: Findings,
) -> None:
    """outcome.counts and outcome.elected, contest by contest."""
    if read.result is None:
        findings.not_run("there is no outcome", Check.OUTCOME_COUNTS, Check.OUTCOME_ELECTED)
        return
    findings.begin(Check.OUTCOME_COUNTS, Check.OUTCOME_ELECTED)
    decrypted, weighted = {cell.contest for cell in read.result.cells}, setting.manifest.weights.values != (1,)
    for contest in read.result.contests:
        if products is None:
            findings.not_run(LEFT_OUT, Check.OUTCOME_COUNTS)
        else:
            _check_counts(setting, read.result, contest, contest.contest in decrypted, products, findings)
        if contest.status == DECRYPTED and contest.contest not in decrypted:
            continue
        if joint is None or (weighted and products is None):
            reason = "the extended base hash is not known" if joint is None else LEFT_OUT
            findings.not_run(reason, Check.OUTCOME_ELECTED)
            continue
        digits = lot.leaf.body.digits if lot and isinstance(lot.leaf.body, Lot) else ""
        weight = _weight(products, contest.contest) if weighted and products else contest.ballots
        expected = expected_standing(setting, read.result, contest, weight, joint.h_e, digits)
        detail = f"want elected {list(expected.elected)}, tied {list(expected.tied)}, vacant {expected.vacant}"
        subject = f"contest {contest.contest}"
        findings.expect(Check.OUTCOME_ELECTED, subject, contest.standing == expected, detail)


def _weight(products: ChannelProducts, contest: str) -> int:
    """N: the sum of the weights of the counted ballots in all channels.    spec 10"""
    return sum(own.weight[contest] for own in products.values())


def _check_counts(
    setting: Setting,
    outcome: Outcome,
    contest: ContestOutcome,
    decrypted: bool,
    products: ChannelProducts,
    findings: Findings,
) -> None:
    ballots = sum(own.ballots[contest.contest] for own in products.values())
    described = setting.manifest.contests[setting.manifest.contest_index(contest.contest) - 1]
    expected = undervotes(described, outcome.votes(), _weight(products, contest.contest)) if decrypted else 0
    holds = (contest.status == DECRYPTED) == decrypted and (contest.ballots, contest.undervotes) == (ballots, expected)
    detail = f"want {ballots} ballots and {expected} undervotes, {'decrypted' if decrypted else 'withheld'}"
    findings.expect(Check.OUTCOME_COUNTS, f"contest {contest.contest}", holds, detail)


def expected_standing(
    setting: Setting, outcome: Outcome, contest: ContestOutcome, weight: int, h_e: bytes, digits: str
) -> Standing:
    """Spec 10 from the outcome's own votes, and N; nobody, for a withheld contest."""
    if contest.status != DECRYPTED:
        return Standing()
    index = setting.manifest.contest_index(contest.contest)
    described = setting.manifest.contests[index - 1]
    cells = outcome.votes()
    votes = {option.id: cells[contest.contest, option.id] for option in described.options}
    return standing(described, index, votes, weight, h_e, digits)


def check_head(read: TallyEntries, size: int, root: bytes | None, findings: Findings) -> None:
    """outcome.head. size and root: the log before the outcome leaf."""
    if read.outcome is None or root is None:
        findings.not_run("there is no outcome, or entries are missing", Check.OUTCOME_HEAD)
        return
    body = read.outcome.leaf.body
    holds = isinstance(body, Head) and (body.size, body.root) == (size, root)
    detail = f"the log before it had size {size} and root {root.hex()}"
    findings.expect(Check.OUTCOME_HEAD, read.outcome.subject, holds, detail)


def results_of(outcome: Outcome | None) -> tuple[ContestResult, ...]:
    """What the outcome says, for the report."""
    if outcome is None:
        return ()
    votes: dict[str, dict[str, int]] = {}
    parts: dict[str, dict[str, dict[str, int]]] = {}
    for (contest, option), number in outcome.votes().items():
        votes.setdefault(contest, {})[option] = number
    for cell in outcome.cells:
        parts.setdefault(cell.contest, {}).setdefault(cell.channel, {})[cell.option] = cell.votes
    return tuple(
        ContestResult(
            c.contest,
            c.status,
            c.ballots,
            votes.get(c.contest, {}),
            c.standing.elected,
            c.standing.tied,
            c.standing.vacant,
            c.undervotes,
            parts.get(c.contest, {}),
        )
        for c in outcome.contests
    )
