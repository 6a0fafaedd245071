"""Which leaf about voters may follow which: roll, credentials, marks, pauses, and what is said about it all.

docs/spec.md, section 5.4. What a leaf says of lines and keys is judged by `verify.voters`.
"""

from dataclasses import replace

from e2evote.record.body import Body
from e2evote.record.state import By, OutOfPlace, State
from e2evote.record.voter_bodies import Access, Incident, Mark, Paper, Reason


def seed(state: State, body: Body, by: By) -> State:
    """One of each registrar, before the roll is frozen."""
    if state.frozen:
        raise OutOfPlace("the roll is frozen")
    if by.author in state.seeds:
        raise OutOfPlace(f"{by.author} has one already")
    return replace(state, seeds=state.seeds | {by.author})


def freeze(state: State, body: Body, by: By) -> State:
    """The roll, once, after the seeds of all registrars."""
    if not state.terms.registrars:
        raise OutOfPlace("the selection has no roll")
    if state.frozen:
        raise OutOfPlace("the roll is frozen already")
    missing = [id for id in state.terms.registrars if id not in state.seeds]
    if missing:
        raise OutOfPlace(f"the seeds of {', '.join(missing)} are not there yet")
    return replace(state, frozen=True)


def after_freeze(state: State, body: Body, by: By) -> State:
    """What is about a frozen roll."""
    if not state.frozen:
        raise OutOfPlace("the roll is not frozen yet")
    return state


def add(state: State, body: Body, by: By) -> State:
    """A further line, for which every registrar has to issue credentials again."""
    return replace(after_freeze(state, body, by), issued=frozenset())


def issue(state: State, body: Body, by: By) -> State:
    """Credentials of one registrar, for lines that have none of it."""
    after_freeze(state, body, by)
    if by.author in state.issued:
        raise OutOfPlace(f"{by.author} has issued credentials for all lines already")
    return replace(state, issued=state.issued | {by.author}, issuers=state.issuers | {by.author})


def after_issue(state: State, body: Body, by: By) -> State:
    """What replaces or revokes a credential that the author may have issued."""
    if by.author not in state.issuers:
        raise OutOfPlace(f"{by.author} has issued no credentials yet")
    return state


def check_open(state: State) -> None:
    """With a roll every line must have been given credentials by every registrar before voting opens."""
    if state.terms.registrars and not state.frozen:
        raise OutOfPlace("the roll is not frozen yet")
    missing = [id for id in state.terms.registrars if id not in state.issued]
    if missing:
        raise OutOfPlace(f"the credentials of {', '.join(missing)} are not there yet")


def online(state: State, body: Body, by: By) -> State:
    """A ballot or challenge."""
    if state.paused:
        raise OutOfPlace("voting online is paused for now; vote again when it was resumed")
    return state


def annul(state: State, body: Body, by: By) -> State:
    """Only where the manifest allows it."""
    if not state.terms.annulment:
        raise OutOfPlace("the manifest allows no annulment")
    return state


def mark(state: State, body: Body, by: By) -> State:
    """As long as the channel's totals are not there."""
    if not isinstance(body, Mark):
        raise AssertionError("a mark's body")
    _paper_channel(state, body.channel)
    if body.channel in state.counted:
        raise OutOfPlace(f"the totals of {body.channel} are there already")
    return state


def paper(state: State, body: Body, by: By) -> State:
    """The totals of one channel, once."""
    if not isinstance(body, Paper):
        raise AssertionError("the body of totals on paper")
    _paper_channel(state, body.channel)
    if body.channel in state.counted:
        raise OutOfPlace(f"the totals of {body.channel} are there already")
    return replace(state, counted=state.counted | {body.channel})


def pause(state: State, body: Body, by: By) -> State:
    """Voting online stops. Pauses are numbered: without it a later one could be the same leaf as an earlier one."""
    if not isinstance(body, Reason):
        raise AssertionError("a pause's body")
    if state.paused:
        raise OutOfPlace("voting online is paused already")
    return replace(state, paused=True, pauses=_next("pause", body.number, state.pauses))


def resume(state: State, body: Body, by: By) -> State:
    """Voting online goes on after the pause that the leaf names."""
    if not isinstance(body, Reason):
        raise AssertionError("a resumption's body")
    if not state.paused:
        raise OutOfPlace("voting online is not paused")
    if body.number != state.pauses:
        raise OutOfPlace(f"resume {body.number}, voting online stands still by pause {state.pauses}")
    return replace(state, paused=False)


def incident(state: State, body: Body, by: By) -> State:
    """The next one: they are numbered, so that none is taken away unseen."""
    if not isinstance(body, Incident):
        raise AssertionError("an incident's body")
    return replace(state, incidents=_next("incident", body.number, state.incidents))


def access(state: State, body: Body, by: By) -> State:
    """The next one, of a frozen roll."""
    if not isinstance(body, Access):
        raise AssertionError("an access entry's body")
    after_freeze(state, body, by)
    return replace(state, accesses=_next("access", body.number, state.accesses))


def sample(state: State, body: Body, by: By) -> State:
    """Once, so that nobody draws until a sample pleases."""
    if state.sampled:
        raise OutOfPlace("the sample is drawn already")
    return replace(state, sampled=True)


def report(state: State, body: Body, by: By) -> State:
    """One of each scrutineer."""
    if by.author in state.reports:
        raise OutOfPlace(f"{by.author} has reported already")
    return replace(state, reports=state.reports | {by.author})


def _next(kind: str, number: int, last: int) -> int:
    """This number, if it is the next one of the kind."""
    if number != last + 1:
        raise OutOfPlace(f"{kind} {number}, the next one is {last + 1}")
    return number


def _paper_channel(state: State, channel: str) -> None:
    if channel not in state.terms.paper:
        raise OutOfPlace(f"the selection has no channel {channel}")
