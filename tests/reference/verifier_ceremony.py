"""The checks of the key ceremony, session by session."""

from reference.ceremony import (
    answer_clears_dealer,
    commitment,
    confirmation_hash,
    join,
    key_proofs_hold,
    reveal_fault,
    share_proof_holds,
    shares_fault,
)
from reference.payloads import Keys, Share, read_keys, read_shares
from reference.phases import History, Session
from reference.verifier_state import State


class Messages:
    """The reveals and shares of one session that `ceremony.form` left in, and which reveals consist of elements."""

    def __init__(self) -> None:
        self.reveals: dict[int, Keys] = {}
        self.shares: dict[int, dict[int, Share]] = {}
        self.sound: set[int] = set()


def check_ceremony(state: State, history: History) -> None:
    """All checks from `ceremony.form` to `ceremony.joint-key`; fills `joint`."""
    n = state.manifest.n
    messages: dict[int, Messages] = {}
    seen: set[int] = set()
    for session in history.sessions:
        mine = messages[session.number] = read_messages(state, session)
        check_reveals(state, session, mine, seen)
        check_shares(state, session, mine)
        for keys in mine.reveals.values():
            seen.update(keys.elements)
        check_confirms(state, session, mine)
    for restart in history.restarts:
        number = restart.body["session"] - 1
        check_restart(state, history.sessions[number - 1], messages[number], restart.subject, restart.body)
    if history.open is None:
        state.ledger.leave_out("ceremony.joint-key", "the selection was not opened")
        return
    mine = messages[history.open.body["session"]]
    if len(mine.sound) < n:
        state.ledger.leave_out("ceremony.joint-key", "a reveal of the session is missing or not of elements")
        return
    joint = state.joint = join(state.setting, mine.reveals)
    good = joint.K != 1 and joint.K_hat != 1 and history.open.body["h_e"] == joint.h_e.hex()
    detail = "a joint key is 1, or h_e is not that of the reveals"
    state.ledger.judge("ceremony.joint-key", history.open.subject, good, detail)


def read_messages(state: State, session: Session) -> Messages:
    """`ceremony.form`"""
    group, n, k = state.group, state.manifest.n, state.manifest.k
    messages = Messages()
    for i, leaf in session.reveals.items():
        keys = state.read("ceremony.form", leaf, lambda raw: read_keys(raw, group, k))
        if keys is not None:
            messages.reveals[i] = keys
    for i, leaf in session.shares.items():
        shares = state.read("ceremony.form", leaf, lambda raw, dealer=i: read_shares(raw, group, n, dealer))  # type: ignore[misc]
        if shares is not None:
            messages.shares[i] = shares
    return messages


def check_reveals(state: State, session: Session, messages: Messages, seen: set[int]) -> None:
    """`ceremony.commitment`, `ceremony.elements`, `ceremony.fresh`, `ceremony.proof`"""
    ledger = state.ledger
    heads: dict[int, list[int]] = {i: [keys.K[0], keys.K_hat[0], keys.kappa] for i, keys in messages.reveals.items()}
    together = [head for its in heads.values() for head in its]
    for i in session.reveals:
        subject = f"trustee {i}, session {session.number}"
        keys = messages.reveals.get(i)
        if keys is None:
            for check in ("commitment", "elements", "fresh", "proof"):
                ledger.leave_out(f"ceremony.{check}", "the reveal is left out")
            continue
        named = session.commits[i].body["commit"]
        good = named == commitment(state.setting, session.number, i, keys).hex()
        ledger.judge("ceremony.commitment", subject, good, "the commit is another")
        fault = reveal_fault(state.setting, keys)
        fresh = not seen.intersection(keys.elements) and all(together.count(head) == 1 for head in heads[i])
        ledger.judge("ceremony.fresh", subject, fresh, "a key that stands twice, or in an earlier session")
        if ledger.judge("ceremony.elements", subject, not fault, fault):
            messages.sound.add(i)
            good = key_proofs_hold(state.setting, i, keys)
            ledger.judge("ceremony.proof", subject, good, "a key proof does not hold")
        else:
            ledger.leave_out("ceremony.proof", "the reveal is not of elements")


def check_shares(state: State, session: Session, messages: Messages) -> None:
    """`ceremony.elements` of shares, `ceremony.share-proof`"""
    ledger = state.ledger
    for i in session.shares:
        shares = messages.shares.get(i)
        if shares is None:
            for check in ("elements", "share-proof"):
                ledger.leave_out(f"ceremony.{check}", "the shares are left out")
            continue
        fault = shares_fault(state.setting, shares)
        if not ledger.judge("ceremony.elements", f"trustee {i}, session {session.number}", not fault, fault):
            ledger.leave_out("ceremony.share-proof", "the shares are not of elements")
            continue
        for to, share in shares.items():
            subject = f"dealer {i}, recipient {to}, session {session.number}"
            good = share_proof_holds(state.setting, i, share)
            ledger.judge("ceremony.share-proof", subject, good, "the proof does not hold")


def check_confirms(state: State, session: Session, messages: Messages) -> None:
    """`ceremony.confirmation`"""
    for i, leaf in session.confirms.items():
        if len(messages.sound) < state.manifest.n:
            state.ledger.leave_out("ceremony.confirmation", "a reveal is missing or not of elements")
            continue
        expected = confirmation_hash(state.setting, join(state.setting, messages.reveals))
        good = leaf.body["h_g"] == expected.hex()
        state.ledger.judge("ceremony.confirmation", f"trustee {i}, session {session.number}", good, "another H_G")


def check_restart(state: State, session: Session, messages: Messages, subject: str, restart: dict[str, object]) -> None:
    """`ceremony.complaint`: `session` is the one that the restart ended."""
    check, ledger = "ceremony.complaint", state.ledger
    complaint = session.complaint
    if (restart["reason"] == "complaint") != (complaint is not None):
        ledger.judge(check, subject, False, "the reason is complaint iff the session had one")
        return
    if complaint is None:
        ledger.judge(check, subject, True)
        return
    dealer, accuser = complaint.body["against"], session.accuser
    fault = dealer
    if session.answer is not None:
        if not {dealer, accuser} <= messages.sound or dealer not in messages.shares:
            ledger.leave_out(check, "a message that the answer is judged by is left out")
            return
        answer = {name: int(session.answer.body[name], 16) for name in ("P", "P_hat", "xi")}
        share, kappa = messages.shares[dealer][accuser], messages.reveals[accuser].kappa
        if answer_clears_dealer(state.setting, dealer, messages.reveals[dealer], share, kappa, answer):
            fault = accuser
    ledger.judge(check, subject, restart["fault"] == fault, f"the fault is trustee {fault}'s")
