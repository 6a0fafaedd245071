"""Which leaf may follow which: the life of a selection as a state (docs/spec.md, section 5.4).

`advance` takes the state before a leaf and gives the state after it, or says why the leaf has no place there.
The box asks it before it appends, a trustee before it acts, and the verifier for every leaf of a record, so all
three have one answer. It looks at kinds, authors and bodies only, not at signatures, proofs and payloads.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from e2evote.manifest.entries import KINDS, MOST_EXTENSIONS, Phase
from e2evote.manifest.sections import moment
from e2evote.record import ceremony_steps, voter_steps
from e2evote.record.bodies import Body, Extend
from e2evote.record.state import By, OutOfPlace, State


def advance(state: State, kind: str, body: Body, by: By) -> State:
    """The state after a leaf of `kind`, or OutOfPlace.    spec 5.4"""
    if (kind == "manifest") == state.started:
        raise OutOfPlace("the manifest is entry 0 and only entry 0")
    phases = KINDS[kind].phases
    if state.phase not in phases:
        raise OutOfPlace(f"{kind} belongs to the phase {' or '.join(phases)}, the selection is {state.phase}")
    return _STEPS[kind](state, body, by)


def _start(state: State, body: Body, by: By) -> State:
    return replace(state, started=True)


def _same(state: State, body: Body, by: By) -> State:
    return state


def _open(state: State, body: Body, by: By) -> State:
    session = ceremony_steps.in_session(state, body)
    if len(session.confirms) < state.terms.trustees:
        raise OutOfPlace(f"{len(session.confirms)} of {state.terms.trustees} trustees have confirmed the key")
    voter_steps.check_open(state)
    return replace(state, phase=Phase.OPEN)


def _extend(state: State, body: Body, by: By) -> State:
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


def _close(state: State, body: Body, by: By) -> State:
    return replace(state, phase=Phase.CLOSED)


def _lot(state: State, body: Body, by: By) -> State:
    if not state.terms.needs_lot:
        raise OutOfPlace("no contest breaks ties by lot")
    if state.lot:
        raise OutOfPlace("the lot is drawn already")
    return replace(state, lot=True)


def _statement(state: State, body: Body, by: By) -> State:
    if state.terms.needs_lot and not state.lot:
        raise OutOfPlace("the lot comes before the statement")
    missing = [channel for channel in state.terms.paper if channel not in state.counted]
    if missing:
        raise OutOfPlace(f"the totals of {', '.join(missing)} are not there yet")
    return replace(state, phase=Phase.STATED)


def _accept(state: State, body: Body, by: By) -> State:
    if by.trustee in state.accepts:
        raise OutOfPlace(f"trustee {by.trustee} has accepted already")
    return replace(state, accepts=state.accepts | {by.trustee})


def _share(state: State, body: Body, by: By) -> State:
    if by.trustee in state.shares:
        raise OutOfPlace(f"trustee {by.trustee} has posted shares already")
    return replace(state, shares=state.shares | {by.trustee})


def _publish(state: State, body: Body, by: By) -> State:
    return replace(state, phase=Phase.PUBLISHED)


_STEPS: Mapping[str, Callable[[State, Body, By], State]] = {
    "manifest": _start,
    "ceremony.commit": ceremony_steps.collect("commits", ""),
    "ceremony.reveal": ceremony_steps.collect("reveals", "commits"),
    "ceremony.shares": ceremony_steps.collect("shares", "reveals"),
    "ceremony.complaint": ceremony_steps.complain,
    "ceremony.answer": ceremony_steps.answer,
    "ceremony.restart": ceremony_steps.restart,
    "ceremony.confirm": ceremony_steps.collect("confirms", "shares"),
    "roll.seed": voter_steps.seed,
    "roll.freeze": voter_steps.freeze,
    "roll.add": voter_steps.add,
    "roll.remove": voter_steps.after_freeze,
    "roll.contact": voter_steps.after_freeze,
    "credential.issue": voter_steps.issue,
    "credential.reissue": voter_steps.after_issue,
    "credential.revoke": voter_steps.after_issue,
    "open": _open,
    "ballot": voter_steps.online,
    "challenge": voter_steps.online,
    "annul": voter_steps.annul,
    "mark": voter_steps.mark,
    "pause": voter_steps.pause,
    "resume": voter_steps.resume,
    "extend": _extend,
    "close": _close,
    "paper": voter_steps.paper,
    "lot": _lot,
    "tally.statement": _statement,
    "tally.accept": _accept,
    "tally.share": _share,
    "outcome": _publish,
    "incident": voter_steps.incident,
    "access": voter_steps.access,
    "checked": _same,
    "sample": voter_steps.sample,
    "report": voter_steps.report,
}
