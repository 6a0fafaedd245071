"""What comes from outside the record: anchors and earlier checkpoints (docs/verification.md, anchor.*).

A record that is consistent with itself proves nothing about being the right one: base hash, extended base hash and
log key must have reached the auditor by another way.
"""

from dataclasses import dataclass

from e2evote.board.checkpoint import decode_text
from e2evote.board.note import decode_note
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.fields import hex_bytes, object_, string
from e2evote.record.joint import JointKeys
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Setting
from e2evote.verify.log import PublishedLog, log_key

_LARGEST = 4096


@dataclass(frozen=True, slots=True)
class Anchors:
    """H_B, H_E and the log's verifier key, as announced outside the record."""

    base_hash: bytes
    extended_base_hash: bytes
    log_key: str

    def encode(self) -> bytes:
        """The anchors file."""
        members = {
            "base_hash": self.base_hash.hex(),
            "extended_base_hash": self.extended_base_hash.hex(),
            "log_key": self.log_key,
        }
        return canonical.encode(members) + b"\n"


def decode_anchors(data: bytes) -> Anchors:
    """An anchors file; a final newline is allowed."""
    names = ("base_hash", "extended_base_hash", "log_key")
    members = object_(canonical.decode(data.removesuffix(b"\n"), limit=_LARGEST), "", names)
    base = hex_bytes(members["base_hash"], "base_hash", 32)
    extended = hex_bytes(members["extended_base_hash"], "extended_base_hash", 32)
    return Anchors(base, extended, string(members["log_key"], "log_key", 1, 1000))


def check_anchors(
    setting: Setting, key: str, joint: JointKeys | None, anchors: Anchors | None, findings: Findings
) -> None:
    """anchor.base-hash and anchor.log-key. key: the log's verifier key."""
    if anchors is None:
        findings.not_asked(Check.ANCHOR_BASE_HASH)
        findings.not_asked(Check.ANCHOR_LOG_KEY)
        return
    check = Check.ANCHOR_BASE_HASH
    if setting.base_hash != anchors.base_hash:
        findings.expect(check, "anchors", False, f"the record's base hash is {setting.base_hash.hex()}")
    elif joint is None:
        findings.not_run("the record has no extended base hash", check)
    else:
        holds = joint.h_e == anchors.extended_base_hash
        findings.expect(check, "anchors", holds, f"the record's extended base hash is {joint.h_e.hex()}")
    findings.expect(Check.ANCHOR_LOG_KEY, "anchors", key == anchors.log_key, f"the record's log key is {key}")


def check_since(setting: Setting, log: PublishedLog, since: bytes | None, findings: Findings) -> None:
    """anchor.since: the earlier checkpoint is the log's, and what it covered is still there."""
    check, subject = Check.ANCHOR_SINCE, "earlier checkpoint"
    if since is None:
        findings.not_asked(check)
        return
    try:
        note = decode_note(since)
        earlier = decode_text(note.text)
        note.verified_by([log_key(setting.manifest)])
    except (CheckFailed, MalformedInput, ValueError) as error:
        findings.expect(check, subject, False, str(error))
        return
    if earlier.origin != setting.manifest.origin:
        findings.expect(check, subject, False, f"its origin is {earlier.origin}")
    elif earlier.size > log.checkpoint.size:
        findings.expect(check, subject, False, f"it has {earlier.size} entries, this log {log.checkpoint.size}")
    elif (root := log.root(earlier.size)) is None:
        findings.not_run("entries are missing", check)
    else:
        detail = f"the first {earlier.size} entries have another root now: the log was rewritten"
        findings.expect(check, subject, root == earlier.root, detail)
