"""Checks, their states, the verdict and the report: docs/verification.md "How checks fit together" and "The report"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CHECKS = (
    "record.files",
    "record.payloads",
    "record.complete",
    "manifest.form",
    "manifest.group",
    "manifest.keys",
    "manifest.rules",
    "board.checkpoint",
    "board.root",
    "board.tiles",
    "board.leaf",
    "board.payload",
    "board.author",
    "board.signature",
    "board.phase",
    "board.witnesses",
    "board.dates",
    "roll.form",
    "roll.root",
    "roll.amendment",
    "roll.weights",
    "credential.form",
    "credential.lines",
    "credential.keys",
    "credential.reissue",
    "credential.revoke",
    "channel.mark",
    "ballot.annulled",
    "channel.form",
    "channel.count",
    "ceremony.form",
    "ceremony.commitment",
    "ceremony.elements",
    "ceremony.fresh",
    "ceremony.proof",
    "ceremony.share-proof",
    "ceremony.complaint",
    "ceremony.confirmation",
    "ceremony.joint-key",
    "ballot.form",
    "ballot.line",
    "ballot.style",
    "ballot.identifier",
    "ballot.tracker",
    "ballot.elements",
    "ballot.selection-proof",
    "ballot.limit-proof",
    "ballot.unique",
    "ballot.challenged",
    "challenge.form",
    "challenge.tracker",
    "challenge.opening",
    "challenge.proof",
    "channel.elements",
    "channel.proof",
    "tally.form",
    "tally.close",
    "tally.rows",
    "tally.reconciliation",
    "tally.products",
    "tally.elements",
    "tally.acceptance",
    "tally.floor",
    "tally.share-proof",
    "tally.quorum",
    "tally.decryption",
    "outcome.counts",
    "outcome.elected",
    "outcome.head",
    "checked.head",
    "report.form",
    "report.facts",
    "anchor.base-hash",
    "anchor.log-key",
    "anchor.since",
)
NEEDS_EXTENDED_BASE_HASH = (
    "ballot.form",
    *CHECKS[CHECKS.index("ballot.identifier") : CHECKS.index("channel.elements")],
    "tally.products",
    "tally.floor",
    "tally.share-proof",
    "tally.decryption",
    "outcome.counts",
    "outcome.elected",
)
EXIT = {"accepted": 0, "rejected": 1, "malformed": 3, "incomplete": 4, "consistent": 6}
LISTED = 1000
AFTERWARDS = ("checked.head", "report.form", "report.facts")
"""Checks of leaves that may be there or not; they are in the table below those of the outcome."""


@dataclass(slots=True)
class Result:
    """What one check found so far."""

    examined: int = 0
    failed: int = 0
    left_out: int = 0
    absent: int = 0
    asked: bool = True
    reason: str = ""
    failures: list[dict[str, str]] = field(default_factory=list)

    @property
    def status(self) -> str:
        """Failing comes before missing, and missing before having had nothing to examine."""
        if not self.asked:
            return "not asked"
        if self.failed:
            return "fail"
        if self.absent:
            return "missing"
        return "not run" if self.left_out and not self.examined else "pass"


class Ledger:
    """The results of all checks. A check says what it examined; nothing is assumed for it."""

    def __init__(self) -> None:
        self.results = {name: Result() for name in CHECKS}

    def judge(self, check: str, subject: str, holds: bool, detail: str = "") -> bool:
        """One subject examined; returns whether it holds."""
        result = self.results[check]
        result.examined += 1
        if not holds:
            result.failed += 1
            self._list(result, subject, detail)
        return holds

    def absent(self, check: str, subject: str, detail: str, count: int = 1) -> None:
        """What the check looks for is not in the record."""
        result = self.results[check]
        result.absent += count
        self._list(result, subject, detail)

    def leave_out(self, check: str, reason: str) -> None:
        """A subject that is not examined, because what the check needs failed or is missing."""
        result = self.results[check]
        result.left_out += 1
        result.reason = result.reason or reason

    def stop(self, reason: str, first: str, *but: str) -> None:
        """This check and all below it are not run, except those named."""
        for check in CHECKS[CHECKS.index(first) :]:
            if check not in but:
                self.leave_out(check, reason)

    def not_asked(self, check: str) -> None:
        """An anchor check without its option."""
        self.results[check].asked = False

    def statuses(self) -> dict[str, str]:
        """Status by check."""
        return {name: result.status for name, result in self.results.items()}

    def verdict(self, malformed: bool, test_group: bool) -> str:
        """The first that applies: malformed, rejected, incomplete, consistent, accepted."""
        statuses = self.statuses()
        found = set(statuses.values())
        if malformed or statuses["manifest.form"] == "fail":
            return "malformed"
        if "fail" in found:
            return "rejected"
        if found & {"missing", "not run"}:
            return "incomplete"
        anchored = all(statuses[check] == "pass" for check in ("anchor.base-hash", "anchor.log-key"))
        return "accepted" if anchored and not test_group else "consistent"

    def report(self) -> list[dict[str, Any]]:
        """`checks` of the report."""
        return [
            {
                "check": name,
                "examined": result.examined,
                "status": result.status,
                "reason": result.reason if result.status == "not run" else "",
                "failures": result.failures,
                "failed": result.failed + result.absent,
            }
            for name, result in self.results.items()
        ]

    @staticmethod
    def _list(result: Result, subject: str, detail: str) -> None:
        if len(result.failures) < LISTED:
            result.failures.append({"subject": printable(subject), "detail": printable(detail)})


def printable(text: str) -> str:
    """The text without lone surrogates, so that the report is canonical JSON."""
    return text.encode("utf-8", "replace").decode()


def empty_report() -> dict[str, Any]:
    """Every member of the report with nothing known."""
    return {
        "verdict": "malformed",
        "exit": EXIT["malformed"],
        "anchored": False,
        "election": {},
        "group": "",
        "base_hash": "",
        "extended_base_hash": "",
        "root": "",
        "size": 0,
        "log_key": "",
        "floor": 0,
        "unreadable": "",
        "claims": {},
        "cosigned": [],
        "counts": dict.fromkeys(("ballots", "valid", "counted", "lines", "challenges", "sessions"), 0),
        "dates": {},
        "faults": [],
        "checks": [],
        "results": [],
    }


def finish(known: Mapping[str, Any], ledger: Ledger, malformed: bool, test_group: bool) -> dict[str, Any]:
    """The report: what is known, the checks, verdict and exit code."""
    verdict = ledger.verdict(malformed, test_group)
    return {**empty_report(), **known, "checks": ledger.report(), "verdict": verdict, "exit": EXIT[verdict]}
