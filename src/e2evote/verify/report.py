"""The report: every check once, in order, and a verdict that follows from them (docs/verification.md, The report).

Not run is not passed. Zero subjects examined is visible. What the manifest does not claim stands beside the verdict.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from e2evote.board.policy import Cosigned
from e2evote.hashing import canonical
from e2evote.hashing.canonical import Encodable
from e2evote.verify.checks import CLAIMS, Check, ExitCode, Status, Verdict
from e2evote.verify.findings import Failure, Findings

_EXITS = {
    Verdict.ACCEPTED: ExitCode.ACCEPTED,
    Verdict.CONSISTENT: ExitCode.CONSISTENT,
    Verdict.REJECTED: ExitCode.REJECTED,
    Verdict.INCOMPLETE: ExitCode.INCOMPLETE,
    Verdict.MALFORMED: ExitCode.MALFORMED,
}


@dataclass(frozen=True, slots=True)
class Result:
    """One check over all its subjects. `reason` says why it is missing or was not run."""

    check: Check
    status: Status
    examined: int
    failed: int
    failures: tuple[Failure, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A ceremony session that ended early: why, and which trustee it is put down to (0: none)."""

    session: int
    reason: str
    trustee: int


@dataclass(frozen=True, slots=True)
class ContestResult:
    """What the outcome says of one contest; `votes` by option, the blank vote's under "".

    parts: by name, the same of what was decrypted by itself; `votes` is the sum of them.
    """

    contest: str
    status: str
    ballots: int
    votes: Mapping[str, int]
    elected: tuple[str, ...]
    tied: tuple[str, ...]
    vacant: int
    undervotes: int
    parts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CosignedNote:
    """A note of the record, what it says of its size, and the witnesses whose line on it is valid."""

    note: str
    size: int
    witnesses: tuple[Cosigned, ...]


@dataclass(frozen=True, slots=True)
class DatesInForce:
    """When voting begins and ends by manifest and log; how often the end was put off."""

    open: str
    close: str
    extensions: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record says it is. Empty where it is not known."""

    election_id: str = ""
    election_name: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    test_group: bool = False
    base_hash: str = ""
    extended_base_hash: str = ""
    root: str = ""
    size: int = 0
    log_key: str = ""
    floor: int = 0
    claims: Mapping[str, bool] = field(default_factory=dict)
    dates: DatesInForce | None = None
    cosigned: tuple[CosignedNote, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    results: tuple[ContestResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Accounts for every check once, in order. `unreadable` says why an archive could not be read at all."""

    facts: Facts
    results: tuple[Result, ...]
    unreadable: str = ""

    def __post_init__(self) -> None:
        if [result.check for result in self.results] != list(Check):
            raise ValueError("a report accounts for every check, once, in order")

    def result(self, check: Check) -> Result:
        """The result of one check."""
        return self.results[list(Check).index(check)]

    @property
    def failing(self) -> frozenset[Check]:
        """The checks that failed."""
        return frozenset(result.check for result in self.results if result.status is Status.FAIL)

    @property
    def anchored(self) -> bool:
        """Anchors from outside the record were given and hold."""
        anchors = (Check.ANCHOR_BASE_HASH, Check.ANCHOR_LOG_KEY)
        return all(self.result(check).status is Status.PASS for check in anchors)

    @property
    def verdict(self) -> Verdict:
        """The first that applies: malformed, rejected, incomplete, consistent, accepted.    spec 11"""
        if self.unreadable or self.result(Check.MANIFEST_FORM).status is Status.FAIL:
            return Verdict.MALFORMED
        if self.failing:
            return Verdict.REJECTED
        if any(result.status in (Status.MISSING, Status.NOT_RUN) for result in self.results):
            return Verdict.INCOMPLETE
        if not self.anchored or self.facts.test_group:
            return Verdict.CONSISTENT
        return Verdict.ACCEPTED

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of `e2evote verify`."""
        return _EXITS[self.verdict]

    @property
    def not_claimed(self) -> tuple[str, ...]:
        """Claims that the manifest does not make."""
        return tuple(claim for claim in CLAIMS if self.facts.claims and not self.facts.claims.get(claim))

    def members(self) -> dict[str, Encodable]:
        """The JSON report."""
        facts, dates = self.facts, self.facts.dates
        return {
            "anchored": self.anchored,
            "base_hash": facts.base_hash,
            "checks": [
                {
                    "check": result.check.value,
                    "examined": result.examined,
                    "failed": result.failed,
                    "failures": [{"detail": f.detail, "subject": f.subject} for f in result.failures],
                    "reason": result.reason,
                    "status": result.status.value,
                }
                for result in self.results
            ],
            "claims": dict(facts.claims),
            "cosigned": [
                {
                    "note": c.note,
                    "size": c.size,
                    "witnesses": [{"name": w.name, "time": str(w.time)} for w in c.witnesses],
                }
                for c in facts.cosigned
            ],
            "counts": dict(facts.counts),
            "dates": {}
            if dates is None
            else {
                "close": dates.close,
                "extensions": dates.extensions,
                "open": dates.open,
            },
            "election": {"id": facts.election_id, "name": dict(facts.election_name)},
            "exit": int(self.exit_code),
            "extended_base_hash": facts.extended_base_hash,
            "faults": [{"reason": f.reason, "session": f.session, "trustee": f.trustee} for f in facts.faults],
            "floor": facts.floor,
            "group": facts.group,
            "log_key": facts.log_key,
            "results": [
                {
                    "ballots": r.ballots,
                    "contest": r.contest,
                    "elected": list(r.elected),
                    "parts": [{"channel": name, "votes": dict(votes)} for name, votes in r.parts.items()],
                    "status": r.status,
                    "tied": list(r.tied),
                    "undervotes": r.undervotes,
                    "vacant": r.vacant,
                    "votes": dict(r.votes),
                }
                for r in facts.results
            ],
            "root": facts.root,
            "size": facts.size,
            "unreadable": self.unreadable,
            "verdict": self.verdict.value,
        }

    def encode(self) -> bytes:
        """The JSON report as canonical bytes."""
        return canonical.encode(self.members())


def report_of(facts: Facts, findings: Findings) -> Report:
    """The report of a record whose archive could be read."""
    results = []
    for check in Check:
        tally, status = findings.of(check), findings.status(check)
        reason = {Status.MISSING: tally.missing, Status.NOT_RUN: tally.not_run}.get(status, "")
        results.append(Result(check, status, tally.examined, tally.failed, tuple(tally.failures), reason))
    return Report(facts, tuple(results))


def unreadable_report(reason: str, *, anchors: bool, since: bool) -> Report:
    """The report of an archive that can't be read: no check was run."""
    findings = Findings()
    findings.not_run("the archive can't be read", *Check)
    asked = {Check.ANCHOR_BASE_HASH: anchors, Check.ANCHOR_LOG_KEY: anchors, Check.ANCHOR_SINCE: since}
    for check, given in asked.items():
        if not given:
            findings.not_asked(check)
    return Report(Facts(), report_of(Facts(), findings).results, reason)
