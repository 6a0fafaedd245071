"""Which leaf may follow which: the life of a selection as a state (docs/spec.md, section 5.4).

`advance` takes the state before a leaf and gives the state after it, or says why the leaf has no place there.
The box asks it before it appends, a trustee before it acts, and the verifier for every leaf of a record, so all
three have one answer. It looks at kinds, authors and sessions only, not at signatures, proofs and payloads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from e2evote.errors import E2EVoteError
from e2evote.manifest.entries import KINDS, MOST_EXTENSIONS, Phase
from e2evote.manifest.sections import moment
from e2evote.record.bodies import Answer, Body, Complaint, Extend, InSession, Restart


class OutOfPlace(E2EVoteError):
    """This leaf may not stand here. Proves that whoever appended it broke the table of spec 5.4."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the key ceremony: which trustees have posted what."""

    number: int = 1
    commits: frozenset[int] = frozenset()
    reveals: frozenset[int] = frozenset()
    shares: frozenset[int] = frozenset()
    confirms: frozenset[int] = frozenset()
    accuser: int = 0
    accused: int = 0
    answered: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where the selection is. `trustees` is n; `needs_lot` says that some contest breaks ties by lot.

    closes: the closing date in force, the manifest's at first; `extensions` says how often it was put off.
    """

    trustees: int
    needs_lot: bool
    started: bool = False
    phase: Phase = Phase.SETUP
    session: Session = field(default_factory=Session)
    lot: bool = False
    accepts: frozenset[int] = frozenset()
    shares: frozenset[int] = frozenset()
    closes: str = ""
    extensions: int = 0


def advance(state: State, kind: str, body: Body, trustee: int) -> State:
    """The state after a leaf of `kind`, or OutOfPlace.    spec 5.4

    trustee: the author's index, 0 where the author is not a trustee.
    """
    if (kind == "manifest") == state.started:
        raise OutOfPlace("the manifest is entry 0 and only entry 0")
    phase = KINDS[kind].phase
    if state.phase is not phase:
        raise OutOfPlace(f"{kind} belongs to the phase {phase}, the selection is {state.phase}")
    return _STEPS[kind](state, body, trustee)


def _start(state: State, body: Body, trustee: int) -> State:
    return replace(state, started=True)


def _same(state: State, body: Body, trustee: int) -> State:
    return state


def _in_session(state: State, body: Body) -> Session:
    session = state.session
    if not isinstance(body, InSession):
        raise AssertionError("every ceremony leaf has a session")
    if body.session != session.number:
        raise OutOfPlace(f"session {body.session}, the current one is {session.number}")
    return session


def _collect(name: str, before: str) -> Callable[[State, Body, int], State]:
    """A message of each trustee, once per session, when all n messages `before` are there and nobody complained."""

    def step(state: State, body: Body, trustee: int) -> State:
        session = _in_session(state, body)
        posted: frozenset[int] = getattr(session, name)
        if session.accused:
            raise OutOfPlace(f"trustee {session.accuser} complained in session {session.number}: a restart must follow")
        if before and len(getattr(session, before)) < state.trustees:
            missing = sorted(set(range(1, state.trustees + 1)) - getattr(session, before))
            raise OutOfPlace(f"the {before} of trustees {missing} are not there yet")
        if trustee in posted:
            raise OutOfPlace(f"trustee {trustee} has one in session {session.number} already")
        values: Mapping[str, frozenset[int]] = {name: posted | {trustee}}
        return replace(state, session=replace(session, **values))  # type: ignore[arg-type]

    return step


def _complain(state: State, body: Body, trustee: int) -> State:
    session = _in_session(state, body)
    if not isinstance(body, Complaint):
        raise AssertionError("a complaint's body")
    if len(session.shares) < state.trustees:
        raise OutOfPlace("a complaint comes after all shares")
    if session.accused:
        raise OutOfPlace(f"session {session.number} has a complaint already")
    if trustee in session.confirms:
        raise OutOfPlace(f"trustee {trustee} has confirmed session {session.number}")
    if body.against == trustee or not 1 <= body.against <= state.trustees:
        raise OutOfPlace(f"a complaint of trustee {trustee} against {body.against}")
    return replace(state, session=replace(session, accuser=trustee, accused=body.against))


def _answer(state: State, body: Body, trustee: int) -> State:
    session = _in_session(state, body)
    if not isinstance(body, Answer):
        raise AssertionError("an answer's body")
    if not session.accused or session.accused != trustee or session.accuser != body.to:
        raise OutOfPlace(f"trustee {body.to} has no complaint against trustee {trustee}")
    if session.answered:
        raise OutOfPlace("the complaint is answered already")
    return replace(state, session=replace(session, answered=True))


def _restart(state: State, body: Body, trustee: int) -> State:
    if not isinstance(body, Restart):
        raise AssertionError("a restart's body")
    if body.session != state.session.number + 1:
        raise OutOfPlace(f"restart as session {body.session} after session {state.session.number}")
    if len(state.session.confirms) == state.trustees:
        raise OutOfPlace(f"session {state.session.number} is complete")
    return replace(state, session=Session(number=body.session))


def _open(state: State, body: Body, trustee: int) -> State:
    session = _in_session(state, body)
    if len(session.confirms) < state.trustees:
        raise OutOfPlace(f"{len(session.confirms)} of {state.trustees} trustees have confirmed the key")
    return replace(state, phase=Phase.OPEN)


def _extend(state: State, body: Body, trustee: int) -> State:
    if not isinstance(body, Extend):
        raise AssertionError("an extension's body")
    if state.extensions == MOST_EXTENSIONS:
        raise OutOfPlace(f"the selection was extended {MOST_EXTENSIONS} times already")
    try:
        moment(body.close)
    except ValueError:
        raise OutOfPlace(f"{body.close} is not a date of the calendar") from None
    if body.close <= state.closes:  # as text, which for dates of this form is the order of time
        raise OutOfPlace(f"{body.close} is not later than {state.closes}, the closing date in force")
    return replace(state, closes=body.close, extensions=state.extensions + 1)


def _close(state: State, body: Body, trustee: int) -> State:
    return replace(state, phase=Phase.CLOSED)


def _lot(state: State, body: Body, trustee: int) -> State:
    if not state.needs_lot:
        raise OutOfPlace("no contest breaks ties by lot")
    if state.lot:
        raise OutOfPlace("the lot is drawn already")
    return replace(state, lot=True)


def _statement(state: State, body: Body, trustee: int) -> State:
    if state.needs_lot and not state.lot:
        raise OutOfPlace("the lot comes before the statement")
    return replace(state, phase=Phase.STATED)


def _accept(state: State, body: Body, trustee: int) -> State:
    if trustee in state.accepts:
        raise OutOfPlace(f"trustee {trustee} has accepted already")
    return replace(state, accepts=state.accepts | {trustee})


def _share(state: State, body: Body, trustee: int) -> State:
    if trustee in state.shares:
        raise OutOfPlace(f"trustee {trustee} has posted shares already")
    return replace(state, shares=state.shares | {trustee})


def _publish(state: State, body: Body, trustee: int) -> State:
    return replace(state, phase=Phase.PUBLISHED)


_STEPS: Mapping[str, Callable[[State, Body, int], State]] = {
    "manifest": _start,
    "ceremony.commit": _collect("commits", ""),
    "ceremony.reveal": _collect("reveals", "commits"),
    "ceremony.shares": _collect("shares", "reveals"),
    "ceremony.complaint": _complain,
    "ceremony.answer": _answer,
    "ceremony.restart": _restart,
    "ceremony.confirm": _collect("confirms", "shares"),
    "open": _open,
    "ballot": _same,
    "challenge": _same,
    "extend": _extend,
    "close": _close,
    "lot": _lot,
    "tally.statement": _statement,
    "tally.accept": _accept,
    "tally.share": _share,
    "outcome": _publish,
}
