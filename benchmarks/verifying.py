"""The verifier's work on ballots in memory, and whether it found what was to be found."""

from collections.abc import Sequence

from benchmarks.claim import NotMeasured
from e2evote.verify.ballots import BallotContext
from e2evote.verify.checks import Check
from e2evote.verify.chunk import Item, check_chunk
from e2evote.verify.findings import Findings


def verify_items(context: BallotContext, items: Sequence[Item]) -> Findings:
    """All checks of these ballots, as the verifier runs them over a chunk."""
    findings = Findings()
    check_chunk(context, items, findings, lambda entry, sealed: None)
    return findings


def clean(context: BallotContext, items: Sequence[Item]) -> None:
    """The same, where everything must hold: a verifier that is fast because it did nothing measures nothing."""
    findings = verify_items(context, items)
    examined = findings.of(Check.BALLOT_ELEMENTS).examined
    if findings.failing() or examined != len(items):
        raise NotMeasured(f"{examined} of {len(items)} ballots were verified, failing: {sorted(findings.failing())}")
