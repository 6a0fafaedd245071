"""A trustee's tool: takes part in the key ceremony and in the tally (docs/spec.md §6, §9).

It believes nobody. Everything it acts on it reads from the board and checks; what it sends it stores first, so that
after a crash at any place the same message is sent again. It keeps the last checkpoint it saw, and does nothing on a
board that does not contain it. It decrypts the statement that it has recomputed and accepted, above the floor, once,
and nothing else.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from e2evote.adapter.board import BoardReader
from e2evote.adapter.ceremony_facts import missing_in
from e2evote.adapter.inbox import Post
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.patience import Patience
from e2evote.adapter.signing import party_of, signed
from e2evote.adapter.trustee_folder import TrusteeFolder
from e2evote.adapter.trustee_steps import CeremonySteps
from e2evote.ceremony.key import TrusteeKey
from e2evote.errors import Refused
from e2evote.manifest.entries import Phase
from e2evote.record.bodies import Body
from e2evote.secret.randomness import Randomness, SystemRandomness
from e2evote.secret.sign import SigningKey
from e2evote.tally import trustee as tally
from e2evote.tally.facts import Facts, check_ready, facts_of
from e2evote.verify.ballot_work import Progress, silent

_OF_TRUSTEES = ("tally.accept", "tally.share")


class TrusteeTool:
    """One trustee, whose index and id follow from the signing key. folder: its own, made if need be.

    Every method may be repeated; each waits no longer than `patience` says.
    """

    def __init__(
        self,
        folder: Path,
        key: SigningKey,
        passphrase: Passphrase,
        board: BoardReader,
        post: Post,
        patience: Patience | None = None,
        randomness: Randomness | None = None,
    ) -> None:
        self.party = party_of(board.setting, key, "trustee")
        self.index = board.manifest.trustee_index(self.party.id)
        self._key, self._board, self._post = key, board, post
        self._patience = patience or Patience()
        self._randomness = randomness or SystemRandomness()
        self._folder = TrusteeFolder(folder, passphrase, board.setting, self._randomness)
        self._steps = CeremonySteps(self.index, self._folder, board, self._send, self._randomness)
        self._examined: tuple[int, Facts] | None = None

    @property
    def has_key(self) -> bool:
        """The ceremony is over, and its key is stored."""
        return self._folder.has_key

    def begin(self) -> None:
        """Commit to keys, and reveal them when all have committed."""
        self._until(lambda: self.has_key or self.index in self._board.state.session.reveals)

    def deal(self) -> None:
        """Check everybody's keys when all are revealed, and deal shares."""
        self._until(lambda: self.has_key or self.index in self._board.state.session.shares)

    def finish(self) -> None:
        """Check everybody's shares; confirm, and store the key when all have confirmed. Or complain.

        After a complaint, whoever's it was, the administrator restarts the ceremony, and this goes on with the next
        session from its beginning.
        """
        self._until(lambda: self.has_key)

    def step(self) -> bool:
        """One step of the ceremony if one is possible now; whether it was."""
        with self._at_work():
            return self._step()

    def accept(self, executor: Executor | None = None, progress: Progress = silent) -> bytes:
        """Verify the record, recompute the statement and sign that it is right; its leaf hash.

        executor and progress are as in `verify_record`.
        """
        with self._at_work():
            facts = self._facts(executor, progress)
            memory, key = self._folder.memory(), self._own_key()
            accepted, body = tally.accept(facts, memory, key)
            if accepted is not memory:
                self._folder.store_memory(accepted)
            self._send("tally.accept", body, b"")
            return facts.statement

    def decrypt(self, executor: Executor | None = None, progress: Progress = silent) -> None:
        """The shares of the accepted statement."""
        with self._at_work():
            facts = self._facts(executor, progress)
            memory, key = self._folder.memory(), self._own_key()
            decrypted = tally.decrypt(facts, memory, key, self._randomness)
            if decrypted is not memory:
                self._folder.store_memory(decrypted)
            self._send("tally.share", decrypted.body(), decrypted.shares.encode())

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """The folder is ours alone, and the board is the one that it knows; what was seen of it is remembered."""
        with self._folder.locked():
            self._board.refresh()
            self._folder.recognise(self._board)
            try:
                yield
            finally:
                self._folder.remember(self._board)

    def _until(self, done: Callable[[], bool]) -> None:
        with self._at_work():
            waiting = self._patience.waiting()
            while not done():
                if self._step():
                    continue
                missing = self._waits_for(missing_in(self._board))
                if not waiting.goes_on(missing):
                    raise Refused("ceremony.waiting", missing)
                self._board.refresh()

    def _step(self) -> bool:
        try:
            if not self._steps.step():
                return False
        except Refused as refused:
            # Another's complaint may have come first; what is to be done then is for the next step.
            if refused.code != "board.phase" or not self._board.refresh():
                raise
        self._board.refresh()
        return True

    def _facts(self, executor: Executor | None, progress: Progress) -> Facts:
        """What the record says, by our own examination; not repeated for what other trustees have posted since."""
        waiting = self._patience.waiting()
        while self._board.state.phase in (Phase.SETUP, Phase.OPEN, Phase.CLOSED):
            message = f"the selection is {self._board.state.phase}; waiting for the tally's statement"
            if not waiting.goes_on(self._waits_for(message)):
                check_ready((), self._board.state)
            self._board.refresh()
        check_ready((), self._board.state)
        if self._examined:
            size, facts = self._examined
            if all(entry.leaf.kind in _OF_TRUSTEES for entry in self._board.entries[size:]):
                return replace(facts, state=self._board.state)
        examination = self._board.examine(executor, progress)
        facts = facts_of(examination)
        self._examined = (examination.log.checkpoint.size, facts)
        return facts

    def _waits_for(self, message: str) -> str:
        """And, where there is a newer head, for its witnesses."""
        return f"{message}; {self._board.uncosigned}" if self._board.uncosigned else message

    def _own_key(self) -> TrusteeKey:
        key = self._folder.key()
        if key is None:
            raise Refused("no-key", f"trustee {self.index}: this folder has no key; the ceremony is not finished here")
        if key.index != self.index:
            raise Refused("wrong-key", f"trustee {self.index}: the key in this folder is of trustee {key.index}")
        return key

    def _send(self, kind: str, body: Body, payload: bytes) -> None:
        self._post(signed(self._board.setting, kind, body, (self._key,), payload))
        self._board.refresh()
