"""The door for submissions: durable first, judged later (docs/spec.md, section 5.6).

Any process may put submissions into the storage and look up what became of them; one process judges and appends. What
is stored has no receipt yet, and may still be refused. Handing in the same bytes again, after a lost answer or in
another process, does no harm: an entry has one receipt for ever.
"""

from dataclasses import dataclass

from e2evote.adapter.patience import Patience
from e2evote.adapter.reply import Acknowledged, Stored
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.merkle import leaf_hash
from e2evote.board.receipts import Receipts
from e2evote.board.storage import Answer, Status, Storage, Submission
from e2evote.errors import MalformedInput, Refused
from e2evote.record.leaf import PayloadName, decode_leaf
from e2evote.verify.checks import Check
from e2evote.verify.leaves import Setting


@dataclass(frozen=True, slots=True)
class Ticket:
    """By what a submission is found again. again: it had an index before it was handed in."""

    key: bytes
    again: bool


class Intake:
    """The submissions of one log. Several threads may use it."""

    def __init__(self, storage: Storage, setting: Setting) -> None:
        self._storage, self._setting = storage, setting
        self._receipts = Receipts(storage)

    def submit(self, envelope: Envelope) -> Ticket:
        """The submission, durable when this returns; StorageFull, or another refusal, where it is not.

        One that was refused is judged anew, so whoever waits asks for the `result` and does not submit again.
        """
        key = leaf_hash(envelope.leaf)
        if isinstance(self._storage.status(key), int):
            return Ticket(key, True)
        self._check_payload(envelope)
        session = envelope.session.encode()
        self._storage.submit([Submission(key, envelope.leaf, envelope.payload, envelope.hints, session)])
        return Ticket(key, False)

    def status(self, key: bytes) -> Status:
        """Of the submission with this key: its index, why it was refused, WAITING, or None where nobody knows it."""
        return self._storage.status(key)

    def result(self, ticket: Ticket) -> Acknowledged | Refused | None:
        """The receipt, the refusal, or None while it is neither."""
        status = self._storage.status(ticket.key)
        if isinstance(status, Answer):
            return Refused(status.code, status.detail)
        if not isinstance(status, int):
            return None
        proof = self._receipts.of(status)
        if proof is None:
            return None
        again = ticket.again or leaf_hash(proof.extra) != ticket.key
        return Acknowledged(status, proof.encode(), proof.extra, again)

    def receipt(self, index: int) -> bytes | None:
        """The receipt of an entry; None while no quorum has cosigned it."""
        proof = self._receipts.of(index)
        return proof.encode() if proof else None

    def is_known(self, ticket: Ticket) -> bool:
        """Whether the submission waits or has been answered. An answer is forgotten some time after it was given."""
        return self._storage.status(ticket.key) is not None

    def wait(self, envelope: Envelope, patience: Patience) -> Acknowledged:
        """Hand in and wait for the receipt, while another process does the work."""
        ticket = self.submit(envelope)
        waiting = patience.waiting()
        while (result := self.result(ticket)) is None:
            if not waiting.goes_on("waiting for the box"):
                raise Stored("the box has not answered").refusal()
        if isinstance(result, Refused):
            raise result
        return result

    def _check_payload(self, envelope: Envelope) -> None:
        """A payload that is not the leaf's would keep out the right one, as long as it waits to be refused."""
        try:
            named = decode_leaf(envelope.leaf, self._setting.group, self._setting.manifest.n, first=False).payload
        except MalformedInput:
            return  # the box says why
        if named and not envelope.payload:
            raise Refused(Check.RECORD_PAYLOADS.value, "the payload that the leaf names was not handed in")
        if (PayloadName.of(envelope.payload) if envelope.payload else None) != named:
            raise Refused(Check.BOARD_PAYLOAD.value, "the payload is not the one that the leaf names")
