"""How long a tool waits for others, on which clock, and whom it tells what it waits for.

Time is an argument, so that tests need none.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass


def quiet(message: str) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Patience:
    """`seconds` for one command, looking again every `poll` seconds. 0 seconds: look once."""

    seconds: float = 0.0
    poll: float = 0.1
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    say: Callable[[str], None] = quiet

    def waiting(self) -> "Waiting":
        """The wait begins now."""
        return Waiting(self, self.clock() + self.seconds)


class Waiting:
    """One wait with its deadline; what is waited for is said whenever it changes."""

    __slots__ = ("_deadline", "_patience", "_said")

    def __init__(self, patience: Patience, deadline: float) -> None:
        self._patience, self._deadline, self._said = patience, deadline, ""

    def goes_on(self, message: str) -> bool:
        """Sleep until it is worth looking again; False, at once, when the time is over."""
        patience = self._patience
        left = self._deadline - patience.clock()
        if left <= 0:
            return False
        if message != self._said:
            patience.say(message)
            self._said = message
        patience.sleep(min(patience.poll, left))
        return True
