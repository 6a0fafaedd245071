"""When voting opens and closes, by the witnesses' clocks (docs/spec.md §5.6; docs/record-format.md, Files).

The box has no clock that anybody need believe. Before an `open` or `close` leaf is taken it has a quorum cosign the
last head once more; afterwards it publishes the first head with a quorum that ends with the leaf, as dates/<kind>.
"""

from collections.abc import Mapping

from e2evote.board.checkpoint import decode_text
from e2evote.board.keeper import Collaborators, Keeper
from e2evote.board.note import decode_note
from e2evote.errors import Refused
from e2evote.manifest.model import Manifest
from e2evote.manifest.sections import moment
from e2evote.verify.checks import Check


class Dates:
    """indices: of the `open` and `close` leaves that there are, by kind."""

    def __init__(self, with_: Collaborators, indices: Mapping[str, int]) -> None:
        self._with = with_
        self._unpublished = dict(indices)

    def note(self, kind: str, index: int) -> None:
        """There is such a leaf now."""
        self._unpublished[kind] = index

    def publish(self) -> None:
        """The heads right after these leaves, as soon as they have their quorum; nobody can make them later."""
        if self._with.gatherer is None:
            return
        for kind, index in list(self._unpublished.items()):
            note = self._with.storage.cosigned(index)
            if note and decode_text(decode_note(note).text).size == index + 1:
                self._with.publisher.publish([(f"dates/{kind}", note)])
                del self._unpublished[kind]


def objection(kind: str, manifest: Manifest, keeper: Keeper, with_: Collaborators) -> Refused | None:
    """Why a leaf of this kind may not be taken now: no quorum answers, or by its clocks it is not the time.

    A close that is late is let pass, since there is no better one to come.
    """
    if manifest.policy is None:
        return None
    if not keeper.confirm():
        return Refused("no-quorum", f"to {kind}: {told(keeper)}")
    due = int(moment(manifest.dates.open if kind == "open" else manifest.dates.close).timestamp())
    latest = due + manifest.dates.tolerance if kind == "open" else None
    cosigned = manifest.policy.cosigned(decode_note(with_.publisher.checkpoint()))
    punctual = [
        one.name
        for one in cosigned
        if one.time >= due - manifest.dates.tolerance and (latest is None or one.time <= latest)
    ]
    if manifest.policy.satisfied_by(punctual):
        return None
    times = ", ".join(f"{one.name} {one.time - due:+d} s" for one in cosigned)
    detail = f"to {kind}: by the witnesses' clocks it is not the time that the manifest gives: {times}"
    return Refused(Check.BOARD_DATES.value, detail)


def told(keeper: Keeper) -> str:
    """Which witnesses are missing; empty where the keeper waits for none."""
    if keeper.is_settled:
        return ""
    missing = "; ".join(f"{name}: {why}" for name, why in sorted(keeper.missing.items()))
    return f"no quorum of witnesses has cosigned the newest head; missing are {missing}"
