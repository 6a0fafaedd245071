"""How an attempt is judged: by the verifier, by a tool that refuses, by a person who sees something; or by nobody.

Nothing is said to be detected, or to be undetectable, that was not judged by the library in this run.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from drill.board import Board
from drill.society import WITNESSES
from e2evote.adapter.scrutineer.facts import facts_of
from e2evote.errors import CheckFailed, Refused
from e2evote.record.report_facts import ReportFacts
from e2evote.verify.anchors import Anchors
from e2evote.verify.checks import Verdict
from e2evote.verify.examine import Examination, Question
from e2evote.verify.log import log_key
from e2evote.verify.report import Report
from e2evote.verify.run import examine_path, verify_record

ANYBODY, VERIFY = "anybody", "e2evote verify"


class NotAsSaid(Exception):
    """The library judged otherwise than this drill says: the drill, or the library, is wrong."""


@dataclass(frozen=True)
class Attempt:
    """One attempt and what became of it. name: the checks that fail, the code of the refusal, or what shows it; empty
    where nobody can see anything. undetectable: then, what that is, in the words of docs/threats.md.
    """

    act: str
    tried: str
    who: str = ""
    command: str = ""
    name: str = ""
    evidence: str = ""
    undetectable: str = ""

    def __str__(self) -> str:
        if self.undetectable:
            return f"  UNDETECTABLE  {self.tried}\n      the record is accepted. {self.undetectable}"
        return f"  {self.tried}\n      seen by {self.who}: {self.command}\n      {self.evidence}"


@dataclass
class Stage:
    """Where the attempts of one run are made. told: what happens with each as it is known."""

    folder: Path
    told: Callable[[Attempt], None]
    act: str = ""
    written: int = 0
    attempts: list[Attempt] = field(default_factory=list)

    # Judgements

    def rejected(self, tried: str, board: Board, *checks: str, witnesses: tuple[str, ...] = WITNESSES) -> None:
        """The verifier finds that exactly these checks fail; what the first of them found is told."""
        report = self.report(self.publish(board, witnesses), board)
        failing = sorted(check.value for check in report.failing)
        if failing != sorted(checks):
            raise NotAsSaid(f"{self.act}, {tried}: {failing} fail, want {sorted(checks)}")
        first = next(result for result in report.results if result.check.value == checks[0]).failures[0]
        others = f"; {' and '.join(checks[1:])} too" if checks[1:] else ""
        evidence = f"{checks[0]} fails: {first.subject}: {first.detail}{others}"
        self.seen(tried, ANYBODY, VERIFY, ", ".join(checks), evidence)

    def refused(self, tried: str, who: str, command: str, code: str, act: Callable[[], object]) -> None:
        """A tool refuses, or finds what does not hold."""
        try:
            act()
        except (Refused, CheckFailed) as error:
            name = error.code if isinstance(error, Refused) else error.check
            if name != code:
                raise NotAsSaid(f"{self.act}, {tried}: {name}, want {code}") from error
            self.seen(tried, who, command, code, f"refused, {code}: {error.detail}")
        else:
            raise NotAsSaid(f"{self.act}, {tried}: nobody refused")

    def seen(self, tried: str, who: str, command: str, name: str, evidence: str) -> None:
        """Somebody sees something; the caller has made sure of it."""
        self._tell(Attempt(self.act, tried, who, command, name, evidence))

    def undetectable(self, tried: str, board: Board, sentence: str) -> None:
        """The verifier accepts the record, as far as it accepts any in a group for tests."""
        self.accepted(board)
        self._tell(Attempt(self.act, tried, undetectable=sentence))

    def accepted(self, board: Board) -> tuple[Path, Report]:
        """The record in which nothing fails and nothing is missing."""
        path = self.publish(board)
        report = self.report(path, board)
        if report.failing or report.verdict is not Verdict.CONSISTENT:
            raise NotAsSaid(f"{self.act}: {report.verdict}, {sorted(report.failing)}")
        return path, report

    # Means

    def publish(self, board: Board, witnesses: tuple[str, ...] = WITNESSES) -> Path:
        """The record in a folder of its own."""
        self.written += 1
        return board.write(self.folder / f"record-{self.written}", witnesses)

    def report(self, path: Path, board: Board) -> Report:
        return verify_record(path, anchors_of(board), allow_test_group=True)

    def examined(self, path: Path) -> Examination:
        """What a tool finds in the record by itself."""
        return examine_path(path, Question(allow_test_group=True))

    def told_by_report(self, board: Board) -> ReportFacts:
        """What the page of `e2evote report` shows of an accepted record."""
        path, _ = self.accepted(board)
        return facts_of(self.examined(path))

    def command(self, board: Board, *arguments: object, manifest: bool = False) -> "subprocess.CompletedProcess[str]":
        """What a command says to somebody who has the announced anchors."""
        anchors = self.kept("anchors.json", anchors_of(board).encode())
        given = ["--expect", str(anchors)]
        if manifest:
            given += ["--manifest", str(self.kept("manifest.json", board.society.manifest.encode()))]
        command = [sys.executable, "-m", "e2evote", *map(str, arguments), *given]
        return subprocess.run(command, check=False, capture_output=True, text=True)

    def kept(self, name: str, data: bytes) -> Path:
        """A file that somebody has."""
        file = self.folder / name
        file.write_bytes(data)
        return file

    def sure(self, holds: object, what: str) -> None:
        """What the drill says next follows from this."""
        if not holds:
            raise NotAsSaid(f"{self.act}: not so: {what}")

    def _tell(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)
        self.told(attempt)


def anchors_of(board: Board) -> Anchors:
    """As they were announced before voting."""
    made = board.society
    return Anchors(made.setting.base_hash, made.joint.h_e, log_key(made.manifest).encode())


def line_with(text: str, wanted: str) -> str:
    """The one line of what a command printed that has this, or its first line of those."""
    lines = [" ".join(line.split()) for line in text.splitlines() if wanted in line]
    if not lines:
        raise NotAsSaid(f"nothing printed has {wanted!r}:\n{text}")
    return lines[0]
