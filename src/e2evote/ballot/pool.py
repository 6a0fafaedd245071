"""A few prepared ballots of one line, filled in idle time (docs/spec.md §7; docs/decisions/prepared-ballots.md).

For a device that waits for its voter anyway. The pool is optional: where it is empty, sealing takes as long as it
takes, and the ballots are the same. It lives in memory and dies with the process.
"""

from collections import deque
from threading import Lock

from e2evote.ballot.choices import Choices
from e2evote.ballot.sealing import Prepared, Sealing, prepare, seal
from e2evote.ballot.voter import Voter
from e2evote.secret.guarded import Guarded
from e2evote.secret.randomness import Randomness
from e2evote.verify.ballots import BallotContext


class Pool(Guarded):
    """Up to `size` ballots of one style for one line; randomness must be usable from several threads.

    Every entry is one whole ballot and leaves the pool for good: a challenge takes it as a cast does, since what it
    holds has then been shown.
    """

    __slots__ = ("_context", "_filling", "_randomness", "_ready", "_size", "_style", "_voter")

    def __init__(self, context: BallotContext, style: str, voter: Voter, randomness: Randomness, size: int = 2) -> None:
        if size < 1:
            raise ValueError(f"pool: size {size}, want at least 1")
        self._context, self._style, self._voter = context, style, voter
        self._randomness, self._size = randomness, size
        self._ready: deque[Prepared] = deque()
        self._filling = Lock()

    def __len__(self) -> int:
        return len(self._ready)

    def fill(self) -> None:
        """Prepare what is missing. In any thread; a second one waits, then finds nothing to do."""
        with self._filling:
            while len(self._ready) < self._size:
                self._ready.append(prepare(self._context, self._style, self._voter, self._randomness))

    def seal(self, choices: Choices) -> Sealing:
        """The choices in a prepared ballot, at once, or in a new one where there is none.

        Choices of another style are a ValueError and take nothing out.
        """
        if choices.style != self._style:
            raise ValueError(f"the choices are of style {choices.style!r}, the pool is of {self._style!r}")
        try:
            ready = self._ready.popleft()
        except IndexError:
            return seal(self._context, choices, self._voter, self._randomness)
        return ready.seal(choices)

    def clear(self) -> None:
        """Drop what is left: the voter is done."""
        self._ready.clear()
