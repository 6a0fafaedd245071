"""A trustee's steps through the key ceremony, one at a time and without waiting (docs/spec.md §6).

What comes next follows from the stored state and the board alone: a message of the state that is not on the board is
sent again; when all the messages are there that the next step needs, it is taken, stored, and its message sent.
A complaint against this trustee is answered, once; after a restart everything begins anew.
"""

from collections.abc import Callable

from e2evote.adapter.board import BoardReader
from e2evote.adapter.ceremony_facts import commits_of, confirms_of, reveals_of, setup_of, shares_of
from e2evote.adapter.trustee_folder import TrusteeFolder
from e2evote.ceremony import complaint, trustee
from e2evote.ceremony.states import Answered, Dealt, Drawn, Finished, Revealed, State
from e2evote.errors import Refused, ShareComplaint
from e2evote.manifest.entries import Phase
from e2evote.record.bodies import Body, InSession
from e2evote.secret.randomness import Randomness

Send = Callable[[str, Body, bytes], None]
"""Signs a leaf of this kind, with this body and payload, and hands it in."""


class CeremonySteps:
    """The trustee `index` with its folder before a board."""

    def __init__(
        self, index: int, folder: TrusteeFolder, board: BoardReader, send: Send, randomness: Randomness
    ) -> None:
        self._index, self._folder, self._board = index, folder, board
        self._send, self._randomness = send, randomness

    def step(self) -> bool:
        """Do what can be done now; whether there was anything."""
        session = self._board.state.session
        if self._folder.has_key:
            return False
        state = self._folder.state(session.number, setup_of(self._board))
        if state is None:
            return self._begin()
        if (index := _index_of(state)) != self._index:
            raise Refused("wrong-key", f"trustee {self._index}: the state in this folder is of trustee {index}")
        if session.accused:
            return self._dispute(state)
        match state:
            case Drawn():
                return self._resent("ceremony.commit", session.commits, state.message()) or self._reveal(state)
            case Revealed():
                payload = state.message().encode()
                return self._resent("ceremony.reveal", session.reveals, self._body(), payload) or self._deal(state)
            case Dealt():
                payload = state.message().encode()
                return self._resent("ceremony.shares", session.shares, self._body(), payload) or self._finish(state)
            case Finished():
                return self._resent("ceremony.confirm", session.confirms, state.message()) or self._conclude(state)
            case Answered():
                raise self._lost("answered a complaint that the board does not show")

    def _begin(self) -> bool:
        session = self._board.state.session
        if self._board.state.phase is not Phase.SETUP or self._index in session.commits:
            raise self._lost("took part in it, and this folder has no state of it")
        drawn, commit = trustee.begin(setup_of(self._board), self._index, session.number, self._randomness)
        return self._enter(drawn, "ceremony.commit", commit)

    def _reveal(self, state: Drawn) -> bool:
        if not self._all_of(self._board.state.session.commits):
            return False
        revealed, keys = trustee.reveal(state, commits_of(self._board, state.session))
        return self._enter(revealed, "ceremony.reveal", self._body(), keys.encode())

    def _deal(self, state: Revealed) -> bool:
        if not self._all_of(self._board.state.session.reveals):
            return False
        dealt, shares = trustee.deal(state, reveals_of(self._board, state.drawn.session))
        return self._enter(dealt, "ceremony.shares", self._body(), shares.encode())

    def _finish(self, state: Dealt) -> bool:
        """Confirm the joint keys, or complain."""
        if not self._all_of(self._board.state.session.shares):
            return False
        try:
            finished, confirm = trustee.finish(state, shares_of(self._board, state.drawn.session))
        except ShareComplaint as objection:
            self._send("ceremony.complaint", complaint.complain(state, objection), b"")
            return True
        return self._enter(finished, "ceremony.confirm", confirm)

    def _conclude(self, state: Finished) -> bool:
        if not self._all_of(self._board.state.session.confirms):
            return False
        self._folder.store_key(trustee.conclude(state, confirms_of(self._board, state.key.session)))
        return True

    def _dispute(self, state: State) -> bool:
        """Answer the session's complaint, if it is against us; then nothing more is done in this session."""
        session = self._board.state.session
        if session.accused != self._index or session.answered:
            return False
        if isinstance(state, Answered):
            if state.accuser != session.accuser:
                raise self._lost(f"answered a complaint of trustee {state.accuser}, not of {session.accuser}")
            self._send("ceremony.answer", state.message(), b"")
            return True
        answered, body = complaint.answer(self._dealt(state), session.accuser)
        return self._enter(answered, "ceremony.answer", body)

    def _dealt(self, state: Drawn | Revealed | Dealt | Finished) -> Dealt | Finished:
        """The state from which a complaint is answered; an older one leads to the same shares."""
        if isinstance(state, Drawn):
            state, _ = trustee.reveal(state, commits_of(self._board, state.session))
        if isinstance(state, Revealed):
            state, _ = trustee.deal(state, reveals_of(self._board, state.drawn.session))
        return state

    def _enter(self, state: State, kind: str, body: Body, payload: bytes = b"") -> bool:
        """Store the state, then send its message."""
        self._folder.store_state(self._board.state.session.number, state)
        self._send(kind, body, payload)
        return True

    def _resent(self, kind: str, there: frozenset[int], body: Body, payload: bytes = b"") -> bool:
        """Send the state's message, unless it is on the board; whether it was sent."""
        if self._index in there:
            return False
        self._send(kind, body, payload)
        return True

    def _all_of(self, there: frozenset[int]) -> bool:
        return len(there) == self._board.manifest.n

    def _body(self) -> InSession:
        return InSession(self._board.state.session.number)

    def _lost(self, what: str) -> Refused:
        number = self._board.state.session.number
        detail = f"session {number}: trustee {self._index} {what}; the administrator must restart the ceremony"
        return Refused("state-lost", detail)


def _index_of(state: State) -> int:
    """Whose state it is."""
    match state:
        case Drawn():
            return state.index
        case Revealed() | Dealt():
            return state.drawn.index
        case Finished() | Answered():
            return state.dealt.drawn.index
