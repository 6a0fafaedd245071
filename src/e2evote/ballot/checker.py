"""The voter's checker: another device that takes nothing of a challenged ballot on trust (docs/spec.md §8).

It starts from the manifest's bytes and the joint keys and computes every hash from them; then style, choices, each
ciphertext, each proof and the tracker of the opened ballot, and that the tracker is the one which the voter noted
before asking for the challenge. From the preimage, which is never published, it computes id_B and so shows that the
device had sealed for this voter's own line. Only public code is used, the auditor's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from e2evote.algebra.group import Element
from e2evote.ballot.voter import Voter, objection_to
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.fields import array, hex_bytes, object_
from e2evote.manifest.base_hash import base_hash, extended_base_hash, parameter_hash
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import ChallengeBody, read_line
from e2evote.record.identifiers import SHOWN_BYTES, ballot_identifier, shown, tracker_of
from e2evote.record.leaf import Leaf, PayloadName
from e2evote.record.opened import decode_opened
from e2evote.verify.anchors import Anchors
from e2evote.verify.ballots import BallotContext, check_sealed_form
from e2evote.verify.challenges import check_opening
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Setting

_MOST_KEYS = 8
_LARGEST = 8192


@dataclass(frozen=True, slots=True)
class Preimage:
    """What id_B is the hash of: line, its public keys, r. For the voter's own checker, never for the board."""

    line: str
    keys: tuple[bytes, ...]
    r: bytes

    def encode(self) -> bytes:
        """Canonical bytes, to be carried to the checker."""
        return canonical.encode({"keys": [key.hex() for key in self.keys], "line": self.line, "r": self.r.hex()})

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """What `encode` wrote, or MalformedInput."""
        members = object_(canonical.decode(data, limit=_LARGEST), "", ("keys", "line", "r"))
        listed = array(members["keys"], "keys", 1, _MOST_KEYS)
        keys = tuple(hex_bytes(key, f"keys[{i}]", 32) for i, key in enumerate(listed))
        return cls(read_line(members["line"], "line"), keys, hex_bytes(members["r"], "r", 32))


def recompute(manifest: bytes, K: Element, K_hat: Element, first: bytes) -> BallotContext:
    """H_P, H_B and H_E from the manifest's bytes and the joint keys.    spec (4.1), (4.2), (4.4)

    first: the leaf hash of entry 0. MalformedInput for bytes that are no manifest, CheckFailed for keys that are
    of another group or 1.
    """
    read, group = Manifest.decode(manifest), K.group
    if read.group != group.name:
        raise CheckFailed(Check.MANIFEST_GROUP, f"group {read.group}", f"the keys are of the group {group.name}")
    if group.identity in (K, K_hat):
        raise CheckFailed(Check.CEREMONY_JOINT_KEY, "joint keys", "K or K̂ is 1")
    h_p = parameter_hash(group, read.n, read.quorum)
    h_b = base_hash(h_p, manifest)
    return BallotContext(Setting(read, group, h_p, h_b, first), K, extended_base_hash(h_b, (K, K_hat)))


def check_announced(context: BallotContext, anchors: Anchors) -> tuple[CheckFailed, ...]:
    """Whether the election that was recomputed is the one that was announced; empty if it is."""
    pairs = (
        ("base hash", context.setting.base_hash, anchors.base_hash),
        ("extended base hash", context.h_e, anchors.extended_base_hash),
    )
    return tuple(
        CheckFailed(Check.ANCHOR_BASE_HASH, "anchors", f"the {name} is {own.hex()}, announced was {announced.hex()}")
        for name, own, announced in pairs
        if own != announced
    )


def check_challenge(context: BallotContext, noted: bytes, leaf: Leaf, payload: bytes) -> tuple[CheckFailed, ...]:
    """Everything about an opened ballot that does not hold; empty if the device sealed what it said.    spec 8

    noted: the tracker as the voter noted it before asking for the challenge, at least the 20 bytes that are shown.
    """
    if len(noted) < SHOWN_BYTES:
        raise ValueError(f"tracker: {len(noted)} bytes, want at least {SHOWN_BYTES}")
    body, subject = leaf.body, f"challenge {shown(noted)}"
    if not isinstance(body, ChallengeBody):
        return (CheckFailed(Check.CHALLENGE_FORM, subject, f"a leaf of kind {leaf.kind}"),)
    findings = Findings()
    holds = leaf.election == context.setting.first
    findings.expect(Check.BOARD_LEAF, subject, holds, "election is not the leaf hash of entry 0")
    holds = leaf.payload == PayloadName.of(payload)
    findings.expect(Check.BOARD_PAYLOAD, subject, holds, "the payload is not the one that the leaf names")
    try:
        opened = decode_opened(payload, context.setting.manifest, context.setting.group)
        check_sealed_form(context, opened.sealed, body.id)
    except MalformedInput as error:
        findings.fail(Check.CHALLENGE_FORM, subject, str(error))
        return failures(findings)
    tracker = tracker_of(context.h_e, opened.sealed.encode())
    detail = f"the sealed ballot has tracker {shown(tracker)}, noted was {shown(noted)}"
    findings.expect(Check.CHALLENGE_TRACKER, subject, tracker.startswith(noted), detail)
    detail = f"the sealed ballot has tracker {shown(tracker)}, the leaf {shown(body.tracker)}"
    findings.expect(Check.CHALLENGE_TRACKER, subject, tracker == body.tracker, detail)
    check_opening(context, subject, opened, findings)
    return failures(findings)


def check_preimage(
    context: BallotContext, line: str, preimage: Preimage, ballot_id: bytes, active: Sequence[bytes] = ()
) -> tuple[CheckFailed, ...]:
    """Whether id_B is that of the voter's own line; empty if it is.    spec (7.1), (7.2)

    line: as the voter knows it, not as the device says. active: with a roll, the keys of that line on the board.
    """
    findings = Findings()
    subject = f"ballot {ballot_id.hex()[:16]}…"
    detail = f"sealed for line {preimage.line}, want {line}"
    findings.expect(Check.BALLOT_LINE, subject, preimage.line == line, detail)
    if objection := objection_to(context, Voter(preimage.line, preimage.keys)):
        findings.fail(Check.BALLOT_LINE, subject, objection)
    elif context.setting.manifest.roll is not None and preimage.keys != tuple(active):
        findings.fail(Check.BALLOT_LINE, subject, f"the keys are not those that line {line} has on the board")
    holds = ballot_identifier(context.h_e, preimage.line, preimage.keys, preimage.r) == ballot_id
    findings.expect(Check.BALLOT_IDENTIFIER, subject, holds, "id is not the hash of line, keys and r")
    return failures(findings)


def failures(findings: Findings) -> tuple[CheckFailed, ...]:
    """Every failure in the order of the report."""
    failing = findings.failing()  # none, as a rule
    return tuple(
        CheckFailed(check.value, failure.subject, failure.detail)
        for check in (Check if failing else ())
        for failure in findings.of(check).failures
    )
