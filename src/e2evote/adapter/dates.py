"""When voting opens and closes, by the witnesses' clocks (docs/spec.md §5.6; docs/record-format.md, Files).

The box has no clock that anybody need believe. Before an `open`, `extend` or `close` leaf is taken it has a quorum
cosign the last head once more; afterwards it publishes the first head with a quorum that ends with the leaf, in dates/.
"""

from collections.abc import Mapping

from e2evote.board.checkpoint import decode_text
from e2evote.board.keeper import Collaborators, Keeper
from e2evote.board.note import decode_note
from e2evote.errors import Refused
from e2evote.manifest.model import Manifest
from e2evote.manifest.sections import moment
from e2evote.record.state import State
from e2evote.verify.checks import Check

TIME_TO_EXTEND = 60
"""Seconds before the closing date until which it can be put off: the head with the extension is cosigned after that."""


class Dates:
    """indices: of the `open`, `extend` and `close` leaves that there are, by the names of their notes."""

    def __init__(self, with_: Collaborators, indices: Mapping[str, int]) -> None:
        self._with = with_
        self._unpublished = dict(indices)

    def note(self, name: str, index: int) -> None:
        """There is such a leaf now."""
        self._unpublished[name] = index

    def publish(self) -> None:
        """The heads right after these leaves, as soon as they have their quorum; nobody can make them later."""
        if self._with.gatherer is None:
            return
        for name, index in list(self._unpublished.items()):
            note = self._with.storage.cosigned(index)
            if note and decode_text(decode_note(note).text).size == index + 1:
                self._with.publisher.publish([(f"dates/{name}", note)])
                del self._unpublished[name]


def objection(kind: str, manifest: Manifest, state: State, keeper: Keeper, with_: Collaborators) -> Refused | None:
    """Why a leaf of this kind may not be taken now: no quorum answers, or by its clocks it is not the time.

    state: the selection's before the leaf, which has the closing date in force.
    A close that is late is let pass, since there is no better one to come.
    """
    if manifest.policy is None:
        return None
    if not keeper.confirm():
        return Refused("no-quorum", f"to {kind}: {told(keeper)}")
    due = int(moment(manifest.dates.open if kind == "open" else state.closes).timestamp())
    cosigned = manifest.policy.cosigned(decode_note(with_.publisher.checkpoint()))
    punctual = [one.name for one in cosigned if _is_punctual(kind, one.time - due, manifest.dates.tolerance)]
    if manifest.policy.satisfied_by(punctual):
        return None
    times = ", ".join(f"{one.name} {one.time - due:+d} s" for one in cosigned)
    why = f"it is too late to put off {state.closes}" if kind == "extend" else "it is not the date in force"
    return Refused(Check.BOARD_DATES.value, f"to {kind}: by the witnesses' clocks {why}: {times}")


def _is_punctual(kind: str, late: int, tolerance: int) -> bool:
    """Whether so many seconds after its date, or before, are the time for such a leaf."""
    if kind == "extend":
        return late <= -TIME_TO_EXTEND
    return late >= -tolerance and (kind == "close" or late <= tolerance)


def told(keeper: Keeper) -> str:
    """Which witnesses are missing; empty where the keeper waits for none."""
    if keeper.is_settled:
        return ""
    missing = "; ".join(f"{name}: {why}" for name, why in sorted(keeper.missing.items()))
    return f"no quorum of witnesses has cosigned the newest head; missing are {missing}"
