"""The key ceremony on a board, in the terms in which a participant's steps take it (docs/spec.md §6)."""

from e2evote.adapter.board import BoardReader
from e2evote.ceremony.complaint import judge
from e2evote.ceremony.states import Setup, keys_of
from e2evote.errors import MalformedInput, TrusteeFault
from e2evote.record.bodies import Answer, Commit, Confirm, InSession
from e2evote.record.keys import PublicKeys, SealedShares, decode_keys, decode_shares
from e2evote.verify.leaves import Entry


def setup_of(board: BoardReader) -> Setup:
    """What is fixed before the current session begins."""
    setting, manifest = board.setting, board.manifest
    current = board.state.session.number
    earlier = keys_of(keys for number in range(1, current) for keys in reveals_of(board, number).values())
    return Setup(setting.group, manifest.n, manifest.quorum, setting.parameter_hash, setting.base_hash, earlier)


def commits_of(board: BoardReader, session: int) -> dict[int, bytes]:
    """The commits of a session, by trustee."""
    bodies = {entry.trustee: entry.leaf.body for entry in _entries(board, "ceremony.commit", session)}
    return {trustee: body.commit for trustee, body in bodies.items() if isinstance(body, Commit)}


def reveals_of(board: BoardReader, session: int) -> dict[int, PublicKeys]:
    """The reveals of a session, by trustee; one that has not its form is its trustee's fault."""
    found = {}
    for entry in _entries(board, "ceremony.reveal", session):
        try:
            found[entry.trustee] = decode_keys(board.payload(entry), board.setting.group, board.manifest.quorum)
        except MalformedInput as error:
            raise TrusteeFault(entry.trustee, "ceremony.form", str(error)) from None
    return found


def shares_of(board: BoardReader, session: int) -> dict[int, SealedShares]:
    """The sealed shares of a session, by dealer; likewise."""
    found = {}
    for entry in _entries(board, "ceremony.shares", session):
        try:
            payload = board.payload(entry)
            found[entry.trustee] = decode_shares(payload, board.setting.group, board.manifest.n, entry.trustee)
        except MalformedInput as error:
            raise TrusteeFault(entry.trustee, "ceremony.form", str(error)) from None
    return found


def confirms_of(board: BoardReader, session: int) -> dict[int, bytes]:
    """The H_G that each trustee confirms in a session."""
    bodies = {entry.trustee: entry.leaf.body for entry in _entries(board, "ceremony.confirm", session)}
    return {trustee: body.h_g for trustee, body in bodies.items() if isinstance(body, Confirm)}


def judged_fault(board: BoardReader) -> int:
    """Who is at fault in the current session's complaint, by what is on the board now."""
    session = board.state.session
    if not session.accused:
        raise ValueError(f"session {session.number} has no complaint")
    keys = board.ceremony().sessions[-1].keys
    shares = shares_of(board, session.number)[session.accused]
    answers = [entry.leaf.body for entry in _entries(board, "ceremony.answer", session.number)]
    answered = next((body for body in answers if isinstance(body, Answer)), None)
    return judge(setup_of(board), session.accuser, session.accused, keys, shares, answered)


def missing_in(board: BoardReader) -> str:
    """Whom the current session waits for."""
    session, n = board.state.session, board.manifest.n
    if session.accused:
        what = "the answer" if not session.answered else "the restart"
        return f"session {session.number}: trustee {session.accuser} complains of {session.accused}; waiting for {what}"
    for name in ("commits", "reveals", "shares", "confirms"):
        there: frozenset[int] = getattr(session, name)
        if len(there) < n:
            missing = sorted(set(range(1, n + 1)) - there)
            return f"session {session.number}: waiting for the {name} of trustees {missing}"
    return f"session {session.number}: all trustees have confirmed the key"


def _entries(board: BoardReader, kind: str, session: int) -> list[Entry]:
    return [
        entry
        for entry in board.entries
        if entry.leaf.kind == kind and isinstance(entry.leaf.body, InSession) and entry.leaf.body.session == session
    ]
