"""What ElectionGuard for Python needs, measured between our own rounds so that both meet the same machine."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from benchmarks.claim import Task
from benchmarks.clock import cpu
from benchmarks.oracle.client import Oracle
from e2evote.algebra.parameters import ELECTIONGUARD_4096 as GROUP
from e2evote.secret.randomness import SystemRandomness

TALLY_TIMES = 50


@dataclass(frozen=True, slots=True)
class Theirs:
    """CPU seconds for one selection: to encrypt and prove, to verify; and to add one ciphertext to a total."""

    prove: float
    verify: float
    tally: float


class Beside:
    """A running oracle, in a `with` statement. selections: in each round of its own."""

    def __init__(self, task: Task, selections: int) -> None:
        self._oracle = Oracle(task.venv)
        self.version = self._oracle.about["electionguard"]
        self._votes = [number % 2 for number in range(selections)]
        exponent = f"{SystemRandomness().below(int(GROUP.q)):x}"
        self._key: str = self._oracle.ask("power_of_generator", exponent=exponent)

    def round(self) -> Theirs:
        """All three, once over."""
        number = len(self._votes)
        prove = self._oracle.ask("time_prove", key=self._key, votes=self._votes) / number
        verify = self._oracle.ask("time_verify") / number
        return Theirs(prove, verify, self._oracle.ask("time_tally", times=TALLY_TIMES) / (number * TALLY_TIMES))

    def in_turns(self, work: Callable[[], object], rounds: int) -> tuple[list[float], list[Theirs]]:
        """Our CPU seconds and theirs, one after the other, `rounds` times."""
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(cpu(work))
            theirs.append(self.round())
        return ours, theirs

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._oracle.close()
