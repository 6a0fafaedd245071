"""A selection that is served: what it takes in from voters and parties, and what it answers anybody.

No key but the log's is needed for any of it. Whoever submits waits for the box, together with all others of a batch;
whoever asks does not. Methods may be called by several threads.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from e2evote.adapter.board import BoardReader
from e2evote.adapter.doorkeeper import Doorkeeper
from e2evote.adapter.intake import Ticket
from e2evote.adapter.patience import Patience
from e2evote.adapter.public_view import LineStatus, PublicView, ReportLeaf, Status
from e2evote.adapter.reply import Acknowledged, Stored
from e2evote.adapter.service import BoxService
from e2evote.adapter.store import Store
from e2evote.adapter.voter_sessions import VoterSessions
from e2evote.algebra.parameters import TEST_GROUPS
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.merkle import leaf_hash
from e2evote.errors import E2EVoteError, Refused
from e2evote.manifest.model import Manifest
from e2evote.record.outcome import Outcome
from e2evote.record.reconciliation import Reconciliation
from e2evote.record.row_proof import RowProof
from e2evote.verify.leaves import Setting
from e2evote.verify.lookup import Found

WAIT_SECONDS = 60.0
"""How long `post`, `cast` and `challenge` wait for a receipt."""


class ServedSelection:
    """The box of a store, and a view of the record that it publishes."""

    def __init__(self, store: Store, service: BoxService, *, allow_test_group: bool) -> None:
        self._store, self._service = store, service
        self._setting = service.box.setting
        self._view = PublicView(
            partial(BoardReader, store.record, allow_test_group=allow_test_group, patience=Patience()),
            test_group=self._setting.manifest.group in TEST_GROUPS,
        )
        self._sessions = VoterSessions(store.private, self._setting.first)
        self._door = Doorkeeper(self._setting, self._view, self._sessions, service.challenges_of, service.status)

    # What is handed in

    def post(self, envelope: Envelope) -> Acknowledged:
        """Any submission, into the log: handed in, and waited for. Many threads may wait for the same batch.

        Refused as `stored` where a minute was not enough: it is then durable, and `result` tells what becomes of it.
        """
        result = self.wait(self.submit(envelope), WAIT_SECONDS)
        if result is None:
            raise Stored(self.waiting).refusal()
        if isinstance(result, Refused):
            raise result
        return result

    def submit(self, envelope: Envelope) -> Ticket:
        """A submission, durable when this returns and not judged yet; `result` is to be asked for, by its ticket.

        Refused at once, with the box's code, for what is wrong without a proof; and as `waiting-limit`, `failure-limit`
        or `box-busy` where too many wait or have failed. A challenge needs a session of `session_for` or `new_session`.
        The same bytes once more are the same submission, unless it was refused; then it is judged anew.
        """
        if isinstance(self._service.status(leaf_hash(envelope.leaf)), int | str):
            return self._service.submit(envelope)  # it waits, or is in the log: nothing is stored or judged once more
        admitted = self._door.admit(envelope)
        try:
            ticket = self._service.submit(admitted)
        except BaseException:
            self._door.withdraw(envelope)
            raise
        self._door.stored(envelope)
        return ticket

    def result(self, ticket: Ticket | bytes) -> Acknowledged | Refused | None:
        """The receipt, the refusal, or None while it is neither. By the ticket or its key, the leaf's hash."""
        return self._service.result(_ticket(ticket))

    def wait(self, ticket: Ticket | bytes, seconds: float) -> Acknowledged | Refused | None:
        """The receipt or the refusal as soon as there is one; None where there is none after so many seconds."""
        return self._service.wait(_ticket(ticket), seconds)

    def is_known(self, ticket: Ticket | bytes) -> bool:
        """Whether the submission waits or has been answered. A refusal is forgotten some time after it was given."""
        return self._service.is_known(_ticket(ticket))

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Tell `listener` of every batch; the function that is returned ends that.

        It is called by the thread that appends, which waits for it: it should only note that there is something new.
        """
        return self._service.bell.subscribe(listener)

    def session_for(self, voter_ref: str) -> str:
        """The session of a voter's challenges, by what the host calls the voter. That is kept nowhere."""
        return self._sessions.of(voter_ref)

    def new_session(self) -> str:
        """A session of nobody in particular, where challenges are open to anybody."""
        return self._sessions.new()

    # What anybody may ask; nothing of this waits for what is being judged

    @property
    def id(self) -> str:
        """The manifest's name of the selection."""
        return self.manifest.election.id

    @property
    def setting(self) -> Setting:
        """What entry 0 fixes."""
        return self._setting

    @property
    def manifest(self) -> Manifest:
        return self.setting.manifest

    @property
    def record_path(self) -> Path:
        """The public record, for any web server to publish."""
        return self._store.record

    @property
    def path(self) -> Path:
        """The folder of the store."""
        return self._store.path

    @property
    def waiting(self) -> str:
        """What all submissions wait for, witnesses for example; "" where nothing holds them up."""
        return self._service.waiting

    @property
    def failed(self) -> E2EVoteError | None:
        """Why nothing more is taken in, for ever; None as long as the box goes on."""
        return self._service.failed

    def status(self) -> Status:
        """Where the selection is, as of the newest head."""
        return self._view.status()

    def line(self, line: str) -> LineStatus:
        """A line as a voter's device has to know it; Refused `line-unknown` where it never was on the roll."""
        return self._view.line(line)

    def lookup(self, line: str, tracker: str) -> Found:
        """What became of the ballot with this tracker on this line, and all ballots of the line."""
        return self._view.lookup(line, tracker)

    def receipt(self, index: int) -> bytes:
        """The `.tlog-proof` of an entry; Refused `entry-unknown` where the published log has no such entry."""
        receipt = self._service.receipt(index) if index >= 0 else None
        if receipt is None:
            raise Refused("entry-unknown", f"entry {index}: the published log has none")
        return receipt

    def row(self, line: str) -> tuple[RowProof, bytes]:
        """What the tally statement says of the line, proven, and the receipt of the statement.

        Refused `not-stated` before there is one.
        """
        row, index = self._view.row(line)
        return row, self.receipt(index)

    def reconciliation(self) -> Reconciliation:
        """Lines by what became of them; Refused `not-stated` before the tally statement."""
        return self._view.reconciliation()

    def outcome(self) -> Outcome:
        """The decrypted numbers, and who is elected; Refused `no-outcome` before they are published."""
        return self._view.outcome()

    def report(self) -> tuple[ReportLeaf, ...]:
        """The scrutineers' reports; Refused `no-report` where there is none."""
        return self._view.reports()


def _ticket(of: Ticket | bytes) -> Ticket:
    return of if isinstance(of, Ticket) else Ticket(of, again=False)
