"""Cosignatures for one head, from the witnesses of a policy (C2SP tlog-witness; docs/spec.md, sections 5.6 and 5.8).

Asking is a function that comes in, for several witnesses at the same time; here is what to ask, and what an answer
means. A witness that has cosigned another size than was thought says so and is asked again with a proof from there.
One that has cosigned a larger head, or says that this one does not continue what it has seen, is the sign that
somebody else signs with the log's key, or that this storage is an old copy.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from e2evote.board.checkpoint import Checkpoint
from e2evote.board.note import Signature, decode_note, encode_note
from e2evote.board.policy import Policy
from e2evote.board.quorum import Witness
from e2evote.board.witnessing import SIZE_TYPE, Request, read_answer, read_conflict
from e2evote.errors import CheckFailed, MalformedInput, Refused

_MOST_ROUNDS = 3
"""How often a witness is asked at a time: with what was thought, with what it says, and once more for a race."""


class Answer(Protocol):
    """A witness's answer to add-checkpoint, as it came."""

    @property
    def status(self) -> int: ...

    @property
    def content_type(self) -> str: ...

    @property
    def body(self) -> bytes: ...


Ask = Callable[[Mapping[str, bytes]], Iterable[tuple[str, Answer | Refused]]]
"""Requests by the witness's name to answers, as they come in; Refused where there is none, saying why."""

Prove = Callable[[int], tuple[bytes, ...]]
"""The proof that the head continues the log of this size, which is at least 1 and at most the head's."""


@dataclass(slots=True)
class Gathering:
    """What is known of one head. ahead: witnesses that have cosigned a larger one. forked: that have seen another log.

    silent: why a witness has not cosigned, for all others.
    """

    cosignatures: dict[str, Signature] = field(default_factory=dict)
    ahead: dict[str, int] = field(default_factory=dict)
    forked: dict[str, str] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)

    def missing(self) -> dict[str, str]:
        """Why each witness that has not cosigned has not, by its name."""
        return self.silent | self.contradictions

    @property
    def contradictions(self) -> dict[str, str]:
        """What witnesses say that can't be so while this is the one log of its key."""
        return self.forked | {name: f"has cosigned size {size}" for name, size in self.ahead.items()}

    def refusal(self, head: Checkpoint) -> Refused:
        """Why nothing may be signed after this head."""
        told = "; ".join(f"{name} {what}" for name, what in sorted(self.contradictions.items()))
        code = "board-behind" if self.ahead else "board-forked"
        return Refused(code, f"the head has size {head.size}, and of its witnesses {told}")


class Gatherer:
    """The witnesses of one policy, and what each of them cosigned last as far as is known."""

    def __init__(self, policy: Policy, ask: Ask) -> None:
        self.policy = policy
        self._ask = ask
        self._latest: dict[str, int] = {}
        self._note = b""
        self._now = Gathering()

    def forget(self) -> None:
        """What was gathered for the head is asked for again."""
        self._note, self._now = b"", Gathering()

    def gather(self, note: bytes, head: Checkpoint, prove: Prove, *, everybody: bool) -> Gathering:
        """Asks whoever has not cosigned this head, until there is a quorum or nobody is left.

        note: the head with the log's signature alone. everybody: wait for all, be there a quorum or not.
        """
        if note != self._note:
            self._note, self._now = note, Gathering()
        found = self._now
        for told in (found.ahead, found.forked, found.silent):
            told.clear()
        asked = [witness for witness in self.policy.witnesses if witness.name not in found.cosignatures]
        for _ in range(_MOST_ROUNDS):
            asked = self._round(asked, head, prove, everybody)
            if not asked or (self.has_quorum_for(note) and not everybody):
                break
        return found

    def has_quorum_for(self, note: bytes) -> bool:
        """Whether a quorum has cosigned this head since it was asked for."""
        return note == self._note and self.policy.satisfied_by(list(self._now.cosignatures))

    def note(self, note: bytes) -> bytes:
        """The head with all cosignatures that there are, in the policy's order."""
        read, found = decode_note(note), self._now.cosignatures
        lines = [found[witness.name] for witness in self.policy.witnesses if witness.name in found]
        return encode_note(read.text, (*read.signatures, *lines))

    def _round(self, asked: list[Witness], head: Checkpoint, prove: Prove, everybody: bool) -> list[Witness]:
        """Ask each once; those that should be asked again."""
        by_name, again = {witness.name: witness for witness in asked}, []
        requests = {}
        for name in by_name:
            old = min(self._latest.get(name, 0), head.size)
            requests[name] = Request(old, prove(old) if old else (), self._note).encode()
        for name, answer in self._ask(requests):
            if self._take(by_name[name], answer, head):
                again.append(by_name[name])
            if self.has_quorum_for(self._note) and not everybody:
                break
        return again

    def _take(self, witness: Witness, answer: Answer | Refused, head: Checkpoint) -> bool:
        """Whether the witness should be asked again."""
        name, found = witness.name, self._now
        for told in (found.ahead, found.silent, found.forked):
            told.pop(name, None)
        if isinstance(answer, Refused):
            found.silent[name] = answer.detail
            return False
        try:
            if answer.status == 200:
                (found.cosignatures[name],) = read_answer(answer.body, head.text(), [witness.key])
                self._latest[name] = head.size
                return False
            if answer.status == 409 and answer.content_type.partition(";")[0].strip() == SIZE_TYPE:
                self._latest[name] = size = read_conflict(answer.body)
                if size > head.size:
                    found.ahead[name] = size
                    return False
                found.silent[name] = f"has cosigned size {size}, asked for a proof from there"
                return True
        except (MalformedInput, CheckFailed) as error:
            found.silent[name] = str(error)
            return False
        said = answer.body[:200].decode("ascii", "replace").strip()
        if answer.status == 422:
            found.forked[name] = f"says that size {head.size} does not continue what it has cosigned: {said}"
        else:
            found.silent[name] = f"answered with status {answer.status}: {said}"
        return False
