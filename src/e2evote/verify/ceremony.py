"""The key ceremony, message by message (docs/spec.md, section 6; checks ceremony.*).

Every session is examined, also one that was restarted: who broke which rule stays on the board.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from e2evote.algebra.group import Element, Residue
from e2evote.errors import MalformedInput, NotMembers
from e2evote.proofs import key_proof, known_log
from e2evote.proofs.batch import Pending, verdicts
from e2evote.proofs.key_proof import KeyChallenge, Keys, Purpose
from e2evote.proofs.known_log import KnownLog, KnownLogProof, ShareSeal
from e2evote.proofs.share import Dispute, Opening, Route, judge
from e2evote.record.bodies import Answer, Commit, Complaint, Confirm, InSession, Open, Restart
from e2evote.record.hints import ProofHints, commitments_or_none
from e2evote.record.joint import JointKeys, joint_keys
from e2evote.record.keys import (
    MemberKeys,
    PublicKeys,
    SealedShare,
    SealedShares,
    commitment_to,
    decode_keys,
    decode_shares,
)
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting
from e2evote.verify.report import Fault

_ALL = tuple(check for check in Check if check.startswith("ceremony."))
_OF_REVEAL = (
    Check.CEREMONY_COMMITMENT,
    Check.CEREMONY_ELEMENTS,
    Check.CEREMONY_FRESH,
    Check.CEREMONY_PROOF,
)
_OF_SHARES = (Check.CEREMONY_ELEMENTS, Check.CEREMONY_SHARE_PROOF)
PayloadOf = Callable[[Entry], bytes | None]
HintsOf = Callable[[Entry], bytes]


def no_hints(entry: Entry) -> bytes:
    """Every proof is verified by itself."""
    return b""


@dataclass(slots=True)
class Session:
    """What one session left behind: messages that have the form, by trustee."""

    number: int
    commits: dict[int, bytes] = field(default_factory=dict)
    reveals: dict[int, PublicKeys] = field(default_factory=dict)
    keys: dict[int, MemberKeys] = field(default_factory=dict)
    shares: dict[int, SealedShares] = field(default_factory=dict)
    hints: dict[tuple[str, int], bytes] = field(default_factory=dict)
    confirms: dict[int, bytes] = field(default_factory=dict)
    complaint: tuple[int, int] | None = None
    answer: Answer | None = None

    def subject(self, trustee: int) -> str:
        """How failures name a trustee's message."""
        return f"session {self.number}, trustee {trustee}"


@dataclass(frozen=True, slots=True)
class _Proofs:
    """What one finding is about: all its proofs must hold."""

    check: Check
    subject: str
    detail: str
    pending: tuple[tuple[Pending, ProofHints], ...]


@dataclass(frozen=True, slots=True)
class Ceremony:
    """All sessions, who is at fault for those that ended early, and the joint keys if there are any."""

    sessions: tuple[Session, ...]
    faults: tuple[Fault, ...]
    joint: JointKeys | None


def check_ceremony(
    setting: Setting,
    entries: Sequence[Entry],
    payload_of: PayloadOf,
    findings: Findings,
    hints_of: HintsOf = no_hints,
) -> Ceremony:
    """All ceremony.* checks over the leaves of kind ceremony.* and open, in index order."""
    findings.begin(*_ALL)
    sessions = [Session(1)]
    faults: list[Fault] = []
    opening: Entry | None = None
    for entry in entries:
        body, current = entry.leaf.body, sessions[-1]
        current.hints[entry.leaf.kind, entry.trustee] = hints_of(entry)
        match entry.leaf.kind, body:
            case _, Commit(commit=commit):
                current.commits[entry.trustee] = commit
            case "ceremony.reveal", InSession():
                _take_reveal(setting, current, entry, payload_of(entry), findings)
            case "ceremony.shares", InSession():
                _take_shares(setting, current, entry, payload_of(entry), findings)
            case _, Complaint(against=against):
                current.complaint = (entry.trustee, against)
            case _, Answer():
                current.answer = body
            case _, Confirm(h_g=h_g):
                current.confirms[entry.trustee] = h_g
            case _, Restart():
                _check_restart(setting, current, entry, body, findings)
                faults.append(Fault(current.number, body.reason, body.fault))
                sessions.append(Session(body.session))
            case "open", Open():
                opening = entry
    proofs = [
        proof
        for i, session in enumerate(sessions)
        for proof in _check_session(setting, session, sessions[:i], findings)
    ]
    _check_proofs(setting, proofs, findings)
    joint = _joint(setting, sessions[-1])
    _check_confirmations(setting, sessions, findings)
    if opening:
        _check_opening(opening, joint, findings)
    else:
        findings.not_run("the selection is not open", Check.CEREMONY_JOINT_KEY)
    return Ceremony(tuple(sessions), tuple(faults), joint if opening else None)


def _take_reveal(setting: Setting, session: Session, entry: Entry, payload: bytes | None, findings: Findings) -> None:
    if payload is None:
        findings.not_run("the payload was left out", Check.CEREMONY_FORM, *_OF_REVEAL)
        return
    findings.examined(Check.CEREMONY_FORM)
    try:
        session.reveals[entry.trustee] = decode_keys(payload, setting.group, setting.manifest.quorum)
    except MalformedInput as error:
        findings.fail(Check.CEREMONY_FORM, entry.subject, str(error))
        findings.not_run("no reveal has its form", *_OF_REVEAL)


def _take_shares(setting: Setting, session: Session, entry: Entry, payload: bytes | None, findings: Findings) -> None:
    if payload is None:
        findings.not_run("the payload was left out", Check.CEREMONY_FORM, *_OF_SHARES)
        return
    findings.examined(Check.CEREMONY_FORM)
    try:
        shares = decode_shares(payload, setting.group, setting.manifest.n, entry.trustee)
        session.shares[entry.trustee] = shares
    except MalformedInput as error:
        findings.fail(Check.CEREMONY_FORM, entry.subject, str(error))
        findings.not_run("no shares have their form", *_OF_SHARES)


def _check_session(
    setting: Setting, session: Session, earlier: Sequence[Session], findings: Findings
) -> Iterator[_Proofs]:
    """Everything about the messages of one session but its proofs, which come back in order."""
    used = {key.encode() for before in earlier for reveal in before.reveals.values() for key in reveal.all_keys()}
    seen: set[bytes] = set()
    for trustee, reveal in session.reveals.items():
        subject = session.subject(trustee)
        if trustee in session.commits:
            expected = commitment_to(setting.base_hash, session.number, trustee, reveal.salt, reveal)
            detail = "the revealed keys are not those committed to"
            findings.expect(Check.CEREMONY_COMMITMENT, subject, session.commits[trustee] == expected, detail)
        _check_fresh(reveal, used, seen, subject, findings)
        keys = check_member_keys(setting, reveal, subject, findings)
        if keys:
            session.keys[trustee] = keys
            yield _proofs_of_reveal(setting, session, trustee, reveal, keys)
        else:
            findings.not_run("no reveal's keys are elements", Check.CEREMONY_PROOF)
    for dealer, shares in session.shares.items():
        yield from _check_shares(setting, session, dealer, shares, findings)


def _check_fresh(reveal: PublicKeys, used: set[bytes], seen: set[bytes], subject: str, findings: Findings) -> None:
    """ceremony.fresh; `seen` gathers the session's K_i0, K̂_i0, κ_i."""
    findings.examined(Check.CEREMONY_FRESH)
    repeated = False
    for key in reveal.main_keys():
        repeated |= key.encode() in seen
        seen.add(key.encode())
    if repeated:
        findings.fail(Check.CEREMONY_FRESH, subject, "a key occurs twice in the session")
    elif any(key.encode() in used for key in reveal.all_keys()):
        findings.fail(Check.CEREMONY_FRESH, subject, "a key was seen in an earlier session")


def check_member_keys(setting: Setting, reveal: PublicKeys, subject: str, findings: Findings) -> MemberKeys | None:
    """ceremony.elements of a reveal; its keys as elements where it holds."""
    findings.examined(Check.CEREMONY_ELEMENTS)
    try:
        elements = setting.group.screen(reveal.all_keys())
    except NotMembers:
        findings.fail(Check.CEREMONY_ELEMENTS, subject, "a key is not in the subgroup of order q")
        return None
    k, one = setting.manifest.quorum, setting.group.identity
    keys = MemberKeys(tuple(elements[:k]), tuple(elements[k : 2 * k]), elements[2 * k])
    if one in (keys.K[0], keys.K_hat[0], keys.K[-1], keys.K_hat[-1], keys.kappa):
        findings.fail(Check.CEREMONY_ELEMENTS, subject, "a constant or leading coefficient's commitment, or κ, is 1")
        return None
    return keys


def key_proofs(setting: Setting, trustee: int, reveal: PublicKeys, keys: MemberKeys) -> tuple[Pending, Pending]:
    """(3.8), (3.9) for both polynomials."""
    vote, data = Keys(trustee, keys.K, keys.kappa), Keys(trustee, keys.K_hat, keys.kappa)
    return (
        key_proof.pending(vote, reveal.proof, KeyChallenge(setting.parameter_hash, Purpose.VOTE)),
        key_proof.pending(data, reveal.proof_hat, KeyChallenge(setting.parameter_hash, Purpose.DATA)),
    )


def share_proof(setting: Setting, dealer: int, share: SealedShare, C0: Element) -> Pending:
    """(3.10)"""
    place = ShareSeal(setting.parameter_hash, dealer, share.to, share.C1)
    return known_log.pending(KnownLog(C0), KnownLogProof(share.c, share.v), place)


def _proofs_of_reveal(
    setting: Setting, session: Session, trustee: int, reveal: PublicKeys, keys: MemberKeys
) -> _Proofs:
    numbers = (len(keys.K) + 1, len(keys.K_hat) + 1)
    hints = commitments_or_none(session.hints["ceremony.reveal", trustee], numbers, setting.group)
    pending = tuple(zip(key_proofs(setting, trustee, reveal, keys), hints, strict=True))
    return _Proofs(Check.CEREMONY_PROOF, session.subject(trustee), "a key proof does not hold", pending)


def _check_proofs(setting: Setting, proofs: Sequence[_Proofs], findings: Findings) -> None:
    """ceremony.proof and ceremony.share-proof, all in one batch where their hints are there."""
    held = iter(verdicts(setting.group, [pending for proof in proofs for pending in proof.pending]))
    for proof in proofs:
        holds = [next(held) for _ in proof.pending]
        findings.expect(proof.check, proof.subject, all(holds), proof.detail)


def _check_shares(
    setting: Setting, session: Session, dealer: int, shares: SealedShares, findings: Findings
) -> Iterator[_Proofs]:
    """ceremony.elements of one dealer's shares, and their proofs."""
    subject = f"session {session.number}, shares of trustee {dealer}"
    residues: list[Residue] = [share.C0 for share in shares.shares]
    findings.examined(Check.CEREMONY_ELEMENTS)
    try:
        elements: list[Element] = setting.group.screen(residues)
    except NotMembers:
        findings.fail(Check.CEREMONY_ELEMENTS, subject, "a C0 is not in the subgroup of order q")
        findings.not_run("no C0 is an element", Check.CEREMONY_SHARE_PROOF)
        return
    if setting.group.identity in elements:
        findings.fail(Check.CEREMONY_ELEMENTS, subject, "a C0 is 1")
        findings.not_run("a C0 is 1", Check.CEREMONY_SHARE_PROOF)
        return
    data = session.hints["ceremony.shares", dealer]
    hints = commitments_or_none(data, (1,) * len(elements), setting.group)
    for share, C0, hint in zip(shares.shares, elements, hints, strict=True):
        name, pending = f"{subject} for trustee {share.to}", ((share_proof(setting, dealer, share, C0), hint),)
        yield _Proofs(Check.CEREMONY_SHARE_PROOF, name, "the share's proof does not hold", pending)


def _check_restart(setting: Setting, session: Session, entry: Entry, body: Restart, findings: Findings) -> None:
    """ceremony.complaint: the reason and the fault follow from what the session left behind."""
    check, subject = Check.CEREMONY_COMPLAINT, entry.subject
    if (body.reason == "complaint") != (session.complaint is not None):
        there = "a" if session.complaint else "no"
        findings.expect(
            check, subject, False, f"reason {body.reason}, but session {session.number} has {there} complaint"
        )
        return
    if session.complaint is None:
        findings.examined(check)
        return
    accuser, accused = session.complaint
    if session.answer is None:
        fault = accused
    else:
        dispute = _dispute(setting, session, accuser, accused)
        if dispute is None:
            findings.not_run("a message that judging needs was left out", check)
            return
        published = (session.answer.P, session.answer.P_hat, session.answer.xi)
        P, P_hat, xi = (setting.group.decode_scalar(data) for data in published)
        fault = judge(dispute, Opening(P, P_hat, xi))
    findings.expect(check, subject, body.fault == fault, f"fault {body.fault}, the evidence names trustee {fault}")


def _dispute(setting: Setting, session: Session, accuser: int, accused: int) -> Dispute | None:
    """What was public about the disputed share; None where a message that judging needs was left out."""
    shares = session.shares.get(accused)
    dealer, receiver = session.reveals.get(accused), session.reveals.get(accuser)
    if shares is None or dealer is None or receiver is None:
        return None
    silent = Findings()
    dealer_keys = check_member_keys(setting, dealer, "", silent)
    receiver_keys = check_member_keys(setting, receiver, "", silent)
    if dealer_keys is None or receiver_keys is None:
        return None
    share = next(share for share in shares.shares if share.to == accuser)
    route = Route(setting.parameter_hash, accused, accuser, receiver_keys.kappa)
    return Dispute(route, dealer_keys.K, dealer_keys.K_hat, share.C0, share.C1)


def _joint(setting: Setting, session: Session) -> JointKeys | None:
    if len(session.keys) < setting.manifest.n:
        return None
    return joint_keys(setting.group, setting.base_hash, session.keys)


def _check_confirmations(setting: Setting, sessions: Sequence[Session], findings: Findings) -> None:
    for session in sessions:
        joint = _joint(setting, session)
        for trustee, h_g in session.confirms.items():
            subject = session.subject(trustee)
            if joint is None:
                findings.not_run(f"session {session.number} lacks keys", Check.CEREMONY_CONFIRMATION)
            else:
                detail = "confirms another H_G than the session's reveals have"
                findings.expect(Check.CEREMONY_CONFIRMATION, subject, h_g == joint.h_g, detail)


def _check_opening(opening: Entry, joint: JointKeys | None, findings: Findings) -> None:
    """ceremony.joint-key."""
    body = opening.leaf.body
    if joint is None or not isinstance(body, Open):
        findings.not_run("not all trustees' keys are known", Check.CEREMONY_JOINT_KEY)
        return
    one = joint.K.group.identity
    findings.examined(Check.CEREMONY_JOINT_KEY)
    if one in (joint.K, joint.K_hat):
        findings.fail(Check.CEREMONY_JOINT_KEY, opening.subject, "a joint key is 1")
    elif body.h_e != joint.h_e:
        findings.fail(Check.CEREMONY_JOINT_KEY, opening.subject, "h_e is not the extended base hash of the keys")
