"""What the checks found, gathered while a record is read (docs/verification.md, How checks fit together).

One `Findings` per piece of work; workers send theirs back and they are added up in the order of the record, so
that a report does not depend on who did what.
"""

from dataclasses import dataclass, field

from e2evote.verify.checks import Check, Status

MOST_LISTED = 1000
"""Failures listed per check; `failed` counts all of them."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One subject for which a check does not hold."""

    subject: str
    detail: str


@dataclass(slots=True)
class Tally:
    """One check so far."""

    examined: int = 0
    failed: int = 0
    failures: list[Failure] = field(default_factory=list)
    missing: str = ""
    not_run: str = ""
    not_asked: bool = False


class Findings:
    """A mutable account of checks. One that nobody began or examined was not run, and so cannot pass unseen."""

    def __init__(self) -> None:
        self.checks: dict[Check, Tally] = {}

    def begin(self, *checks: Check) -> None:
        """The checks are run now; they pass with 0 examined if there turns out to be nothing to examine."""
        for check in checks:
            self._of(check)

    def examined(self, check: Check, number: int = 1) -> None:
        """`number` more subjects were examined, whatever came out."""
        self._of(check).examined += number

    def fail(self, check: Check, subject: str, detail: str) -> None:
        """The check does not hold for `subject`. The subject counts as examined where it is examined."""
        tally = self._of(check)
        tally.failed += 1
        if len(tally.failures) < MOST_LISTED:
            tally.failures.append(Failure(subject, detail))

    def expect(self, check: Check, subject: str, holds: bool, detail: str) -> bool:
        """One subject examined; a failure with `detail` unless it holds. Returns `holds`."""
        self.examined(check)
        if not holds:
            self.fail(check, subject, detail)
        return holds

    def missing(self, check: Check, detail: str) -> None:
        """What the check looks for is not in the record; the first detail is kept."""
        tally = self._of(check)
        tally.missing = tally.missing or detail

    def not_run(self, reason: str, *checks: Check) -> None:
        """The checks had something to examine and could not."""
        for check in checks:
            tally = self._of(check)
            tally.not_run = tally.not_run or reason

    def not_asked(self, check: Check) -> None:
        """The check runs only with an option that was not given."""
        self._of(check).not_asked = True

    def add(self, other: "Findings") -> None:
        """Take in the findings of a later piece of work."""
        for check, theirs in other.checks.items():
            ours = self._of(check)
            ours.examined += theirs.examined
            ours.failed += theirs.failed
            ours.failures += theirs.failures[: MOST_LISTED - len(ours.failures)]
            ours.missing = ours.missing or theirs.missing
            ours.not_run = ours.not_run or theirs.not_run
            ours.not_asked = ours.not_asked or theirs.not_asked

    def failing(self) -> set[Check]:
        """The checks that failed for some subject."""
        return {check for check, tally in self.checks.items() if tally.failed}

    def of(self, check: Check) -> Tally:
        """The account of one check."""
        return self.checks.get(check, Tally())

    def status(self, check: Check) -> Status:
        """Failed wins over missing, and missing over not run."""
        if check not in self.checks:
            return Status.NOT_RUN
        tally = self.of(check)
        if tally.failed:
            return Status.FAIL
        if tally.missing:
            return Status.MISSING
        if tally.not_asked:
            return Status.NOT_ASKED
        return Status.NOT_RUN if tally.not_run and not tally.examined else Status.PASS

    def _of(self, check: Check) -> Tally:
        return self.checks.setdefault(check, Tally())
