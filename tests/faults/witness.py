"""A witness's memory at work, as a process: asked about one history of a log, then about another one, and to go back.

It says what it cosigned, `cosigned HISTORY SIZE`, when the cosignature has left the memory; it says no more than it is
sure of: what a request was answered is known to whoever asked.
"""

from pathlib import Path

from e2evote.adapter.witness_folder import read_settings, unlock
from e2evote.adapter.witness_state import WitnessState
from e2evote.board.witnessing import Rejected
from e2evote.errors import Refused
from tests.faults.processes import say
from tests.witness.worlds import NOW, ORIGIN, History, passphrase

SIZES = (1, 2, 5)
HISTORIES = {kind: History(kind) for kind in ("entry", "other")}
"""All that a log with this key might show."""


def main(folder: str, first: str) -> None:
    """Asked about the history `first` at each size in turn, and then about whatever must not be cosigned after it."""
    path = Path(folder)
    settings = read_settings(path)
    try:
        state = WitnessState(path, settings, unlock(path, settings, passphrase()), lambda: NOW)
    except Refused as refused:
        say("refused", refused.code)
        return
    for size in SIZES:
        _ask(state, first, size)
        for history in HISTORIES:
            for other in SIZES:
                if (history, other) != (first, size) and (history != first or other < size):
                    _ask(state, history, other)


def _ask(state: WitnessState, history: str, size: int) -> None:
    """By a client that knows, or is told, where the witness is."""
    try:
        latest = state.latest(ORIGIN)
        known = latest.checkpoint.size if latest else 0
        answer = state.submit(HISTORIES[history].request(min(known, size), size))
    except Refused as refused:
        say("refused", refused.code)
        return
    if isinstance(answer, Rejected):
        say("rejected", answer.status)
    else:
        say("cosigned", history, size)
