"""The box at work on a storage: pending submissions are judged, and become entries or are answered (docs/spec.md §5.6).

A batch has at most 256 submissions, in the order of `ballot.box_batch`. An `open`, `extend` or `close` ends its
batch, so that there is a head right after it. Judging goes ahead of the storage by one batch at most: where there was
no room for it, the same batch is tried again.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from e2evote.adapter.history import DATED
from e2evote.ballot.box import Admitted, Box, Known
from e2evote.ballot.box_batch import plan
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.storage import Answer, Storage, Submission
from e2evote.errors import E2EVoteError, Refused

MOST_IN_BATCH = 256
MOST_BYTES = 256 * 2**20
"""Of payloads and hints, of one batch, which is held in memory."""

STALE = "stale-prev"
"""The refusal of a ballot that may be right once another one is taken."""

_LONGEST_DETAIL = 500

Gate = Callable[[str], Refused | None]
"""Why the selection may not be opened, extended or closed just now: asked about an entry of this kind that may be
appended."""


@dataclass(slots=True)
class Judged:
    """One batch. entries: what becomes part of the log. answers: what became of all others that were judged.

    dated: `open`, `extend` or `close`, where the last entry is such a leaf.
    """

    entries: list[Submission] = field(default_factory=list)
    answers: dict[bytes, int | Answer] = field(default_factory=dict)
    dated: str = ""

    @property
    def refused(self) -> tuple[Refused, ...]:
        """The refusals among the answers."""
        return tuple(Refused(a.code, a.detail) for a in self.answers.values() if isinstance(a, Answer))

    def __bool__(self) -> bool:
        return bool(self.entries or self.answers)


class Desk:
    """The box, and the payloads of what it has taken and the storage has not."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._ahead: dict[int, bytes] = {}

    def payload(self, index: int) -> bytes:
        """The payload of an entry that the box has taken."""
        return self._ahead[index] if index in self._ahead else self._storage.payload(index)

    def judge(self, box: Box, pending: Iterable[Submission], gate: Gate) -> Judged:
        """The next batch. The box has taken its entries when this returns."""
        judged, by_name = Judged(), {each.key.hex(): each for each in pending}
        envelopes: dict[str, Envelope] = {}
        for name, each in by_name.items():
            try:
                envelopes[name] = Envelope(each.entry, each.payload, each.hints, each.private.decode("ascii"))
            except ValueError as error:
                judged.answers[each.key] = _answer(Refused("submission-malformed", str(error)))

        with suppress(Exception):  # whatever went wrong is found again, and named, when each is considered
            box.prove_ahead(envelopes.values())
        known: dict[str, Refused] = {}

        def is_nothing_new(name: str) -> bool:
            result = _considered(box, envelopes[name])
            if isinstance(result, Refused) and result.code != STALE:
                known[name] = result  # no other ballot of the batch makes it right
            return not isinstance(result, Admitted)

        for name in plan(box.setting, envelopes, is_nothing_new).now:
            each, result = by_name[name], known.get(name) or _considered(box, envelopes[name])
            kind = result.entry.leaf.kind if isinstance(result, Admitted) else ""
            if kind in DATED:
                result = gate(kind) or result
            if isinstance(result, Refused):
                judged.answers[each.key] = _answer(result)
            elif isinstance(result, Known):
                judged.answers[each.key] = result.index
            else:
                box.take(result)
                self._ahead[result.entry.index] = result.payload
                judged.entries.append(replace(each, hints=result.hints, private=result.session))
                if kind in DATED:
                    judged.dated = kind
                    break
        return judged

    def forget(self) -> None:
        """The storage has what the box has taken, or the box is another one."""
        self._ahead.clear()


def _considered(box: Box, envelope: Envelope) -> Admitted | Known | Refused:
    try:
        return box.consider(envelope)
    except Refused as error:
        return error
    except E2EVoteError as error:
        return Refused("submission-malformed", str(error))
    except Exception as error:  # judging changes nothing, so one bad submission need not stop the box
        refused = Refused("internal", f"the box could not judge this submission ({type(error).__name__})")
        refused.__cause__ = error
        return refused


def _answer(refused: Refused) -> Answer:
    return Answer(refused.code, refused.detail[:_LONGEST_DETAIL])
