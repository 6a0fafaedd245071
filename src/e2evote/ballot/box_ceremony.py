"""The key ceremony at the box: a message that a verifier would find false is refused (docs/spec.md §6).

Each message is checked once, when it comes, against what lies before it; the refusal names the trustee. When the
selection is to open, the auditor's own `check_ceremony` goes over the whole ceremony again.
"""

from dataclasses import dataclass, field, replace

from e2evote.ballot.box_refusal import bad_form, refusal, refuse_failures
from e2evote.ceremony.complaint import judge
from e2evote.ceremony.received import check_keys, check_shares
from e2evote.ceremony.states import Setup, keys_of
from e2evote.errors import MalformedInput, Refused, TrusteeFault
from e2evote.proofs.batch import Pending
from e2evote.record.bodies import Answer, Commit, Complaint, Confirm, InSession, Restart
from e2evote.record.hints import encode_hints
from e2evote.record.joint import JointKeys, joint_keys
from e2evote.record.keys import MemberKeys, PublicKeys, SealedShares, decode_keys, decode_shares
from e2evote.verify.ceremony import check_ceremony, check_member_keys, key_proofs, share_proof
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting


@dataclass(slots=True)
class _Session:
    """The current session's messages, by trustee; every one of them was checked."""

    commits: dict[int, bytes] = field(default_factory=dict)
    reveals: dict[int, PublicKeys] = field(default_factory=dict)
    keys: dict[int, MemberKeys] = field(default_factory=dict)
    shares: dict[int, SealedShares] = field(default_factory=dict)
    accuser: int = 0
    accused: int = 0
    answer: Answer | None = None
    joint: JointKeys | None = None


class CeremonyDesk:
    """Checks each message before it is appended, and remembers those that were."""

    def __init__(self, setting: Setting) -> None:
        manifest = setting.manifest
        self._setting = setting
        self._setup = Setup(
            setting.group, manifest.n, manifest.quorum, setting.parameter_hash, setting.base_hash, frozenset()
        )
        self._entries: list[Entry] = []
        self._payloads: dict[int, bytes] = {}
        self._session = _Session()

    def check(self, entry: Entry, payload: bytes) -> None:
        """Refused, under the name of the check, for a message that would fail one. `entry` fits its place already."""
        try:
            match entry.leaf.kind, entry.leaf.body:
                case "ceremony.reveal", InSession(session=number):
                    self._check_reveal(entry, number, payload)
                case "ceremony.shares", _:
                    check_shares(self._setup, entry.trustee, self._shares(entry, payload))
                case _, Confirm(h_g=h_g):
                    if h_g != self.joint().h_g:
                        detail = f"trustee {entry.trustee}: another H_G than that of the session's keys"
                        raise Refused(Check.CEREMONY_CONFIRMATION.value, detail)
                case _, Restart() as restart:
                    self._check_restart(restart)
                case "open", _:
                    findings = Findings()
                    check_ceremony(self._setting, [*self._entries, entry], self._payload_of, findings)
                    refuse_failures(findings)
        except TrusteeFault as fault:
            raise refusal(fault) from None

    def take(self, entry: Entry, payload: bytes) -> None:
        """A message that was checked and is appended."""
        self._entries.append(entry)
        self._payloads[entry.index] = payload
        session, trustee = self._session, entry.trustee
        match entry.leaf.kind, entry.leaf.body:
            case "ceremony.reveal", _:
                reveal = self._keys(entry, payload)
                members = check_member_keys(self._setting, reveal, entry.subject, Findings())
                if members is None:
                    raise ValueError(f"{entry.subject}: taken without its check")
                session.reveals[trustee], session.keys[trustee] = reveal, members
            case "ceremony.shares", _:
                session.shares[trustee] = self._shares(entry, payload)
            case _, Commit(commit=commit):
                session.commits[trustee] = commit
            case _, Complaint(against=against):
                session.accuser, session.accused = trustee, against
            case _, Answer() as answer:
                session.answer = answer
            case _, Restart():
                earlier = self._setup.earlier | keys_of(session.reveals.values())
                self._setup, self._session = replace(self._setup, earlier=earlier), _Session()

    def hints(self, entry: Entry, payload: bytes) -> bytes:
        """The commitments of the proofs in a message that was checked; empty for one that has none.    spec 5.5"""
        setting, trustee = self._setting, entry.trustee
        pending: tuple[Pending, ...] = ()
        if entry.leaf.kind == "ceremony.reveal":
            reveal = self._keys(entry, payload)
            members = check_member_keys(setting, reveal, entry.subject, Findings())
            pending = key_proofs(setting, trustee, reveal, members) if members else ()
        elif entry.leaf.kind == "ceremony.shares":
            shares = self._shares(entry, payload).shares
            elements = setting.group.screen([share.C0 for share in shares])
            pending = tuple(
                share_proof(setting, trustee, share, C0) for share, C0 in zip(shares, elements, strict=True)
            )
        return encode_hints([[product.value() for product in proof.products] for proof in pending])

    def joint(self) -> JointKeys:
        """The joint keys of the current session, once all n trustees have revealed theirs."""
        session = self._session
        if session.joint is None:
            session.joint = joint_keys(self._setup.group, self._setup.base_hash, session.keys)
        return session.joint

    def _check_reveal(self, entry: Entry, number: int, payload: bytes) -> None:
        reveal, trustee = self._keys(entry, payload), entry.trustee
        check_keys(self._setup, number, trustee, reveal, self._session.commits[trustee])
        own = {key.encode() for key in reveal.main_keys()}
        others = {key.encode() for keys in self._session.reveals.values() for key in keys.main_keys()}
        if len(own) < len(reveal.main_keys()) or own & others:
            raise TrusteeFault(trustee, Check.CEREMONY_FRESH.value, "a key occurs twice in the session")

    def _check_restart(self, restart: Restart) -> None:
        """The reason and the fault follow from what the session left behind.    spec 6, Complaint"""
        session = self._session
        if (restart.reason == "complaint") != bool(session.accused):
            there = "a" if session.accused else "no"
            detail = f"restart for the reason {restart.reason}, but the session has {there} complaint"
            raise Refused(Check.CEREMONY_COMPLAINT.value, detail)
        if session.accused and restart.fault != (fault := self.fault()):
            detail = f"restart with fault {restart.fault}, the evidence names trustee {fault}"
            raise Refused(Check.CEREMONY_COMPLAINT.value, detail)

    def fault(self) -> int:
        """Who is at fault in the session's complaint: the accused without an answer or contradicted by it."""
        session = self._session
        shares = session.shares[session.accused]
        return judge(self._setup, session.accuser, session.accused, session.keys, shares, session.answer)

    def _keys(self, entry: Entry, payload: bytes) -> PublicKeys:
        try:
            return decode_keys(payload, self._setup.group, self._setup.quorum)
        except MalformedInput as error:
            raise bad_form(Check.CEREMONY_FORM, entry.subject, error) from None

    def _shares(self, entry: Entry, payload: bytes) -> SealedShares:
        try:
            return decode_shares(payload, self._setup.group, self._setup.trustees, entry.trustee)
        except MalformedInput as error:
            raise bad_form(Check.CEREMONY_FORM, entry.subject, error) from None

    def _payload_of(self, entry: Entry) -> bytes | None:
        return self._payloads.get(entry.index)
