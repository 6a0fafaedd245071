"""Which leaf of the key ceremony may follow which (docs/spec.md, sections 5.4 and 6)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from e2evote.record.bodies import Answer, Body, Complaint, InSession, Restart
from e2evote.record.state import By, OutOfPlace, Session, State


def in_session(state: State, body: Body) -> Session:
    """The current session, which the body must name."""
    session = state.session
    if not isinstance(body, InSession):
        raise AssertionError("every ceremony leaf has a session")
    if body.session != session.number:
        raise OutOfPlace(f"session {body.session}, the current one is {session.number}")
    return session


def collect(name: str, before: str) -> Callable[[State, Body, By], State]:
    """A message of each trustee, once per session, when all n messages `before` are there and nobody complained."""

    def step(state: State, body: Body, by: By) -> State:
        session = in_session(state, body)
        posted: frozenset[int] = getattr(session, name)
        if session.accused:
            raise OutOfPlace(f"trustee {session.accuser} complained in session {session.number}: a restart must follow")
        if before and len(getattr(session, before)) < state.terms.trustees:
            missing = sorted(set(range(1, state.terms.trustees + 1)) - getattr(session, before))
            raise OutOfPlace(f"the {before} of trustees {missing} are not there yet")
        if by.trustee in posted:
            raise OutOfPlace(f"trustee {by.trustee} has one in session {session.number} already")
        values: Mapping[str, frozenset[int]] = {name: posted | {by.trustee}}
        return replace(state, session=replace(session, **values))  # type: ignore[arg-type]

    return step


def complain(state: State, body: Body, by: By) -> State:
    """A complaint, which ends the session."""
    session = in_session(state, body)
    if not isinstance(body, Complaint):
        raise AssertionError("a complaint's body")
    if len(session.shares) < state.terms.trustees:
        raise OutOfPlace("a complaint comes after all shares")
    if session.accused:
        raise OutOfPlace(f"session {session.number} has a complaint already")
    if by.trustee in session.confirms:
        raise OutOfPlace(f"trustee {by.trustee} has confirmed session {session.number}")
    if body.against == by.trustee or not 1 <= body.against <= state.terms.trustees:
        raise OutOfPlace(f"a complaint of trustee {by.trustee} against {body.against}")
    return replace(state, session=replace(session, accuser=by.trustee, accused=body.against))


def answer(state: State, body: Body, by: By) -> State:
    """The accused dealer's answer, once."""
    session = in_session(state, body)
    if not isinstance(body, Answer):
        raise AssertionError("an answer's body")
    if not session.accused or session.accused != by.trustee or session.accuser != body.to:
        raise OutOfPlace(f"trustee {body.to} has no complaint against trustee {by.trustee}")
    if session.answered:
        raise OutOfPlace("the complaint is answered already")
    return replace(state, session=replace(session, answered=True))


def restart(state: State, body: Body, by: By) -> State:
    """The next session, as long as the current one is not complete."""
    if not isinstance(body, Restart):
        raise AssertionError("a restart's body")
    if body.session != state.session.number + 1:
        raise OutOfPlace(f"restart as session {body.session} after session {state.session.number}")
    if len(state.session.confirms) == state.terms.trustees:
        raise OutOfPlace(f"session {state.session.number} is complete")
    return replace(state, session=Session(number=body.session))
