"""What a check says: pass, fail or skip, and one sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from e2evote.adapter.conformance.deployment import Deployment, Failed, Skipped


class Result(StrEnum):
    """How a check ended. A skipped one looked at nothing, and says what it would need."""

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check after it ran."""

    name: str
    result: Result
    sentence: str


@dataclass(frozen=True, slots=True)
class Check:
    """A claim about a deployment. look: returns if it holds; raises Failed or Skipped with a sentence."""

    name: str
    claim: str
    look: Callable[[Deployment], None]

    def run(self, deployment: Deployment) -> Finding:
        """The finding; never raises on what a deployment answers."""
        try:
            self.look(deployment)
        except Failed as failed:
            return Finding(self.name, Result.FAIL, str(failed))
        except Skipped as skipped:
            return Finding(self.name, Result.SKIP, str(skipped))
        return Finding(self.name, Result.PASS, self.claim)
