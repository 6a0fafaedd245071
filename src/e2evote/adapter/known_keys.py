"""The keys that a reader of receipts and evidence has, and how he came by them (docs/record-format.md, Anchors).

Anchors reach the reader by another way than the record. A manifest gives the witnesses and their quorum, and is the
right one if the anchors' base hash is its hash. What nobody gave is not known, and is said to be so.
"""

from dataclasses import dataclass

from e2evote.algebra.parameters import group_named
from e2evote.board.note import LogKey, decode_log_key
from e2evote.board.policy import Policy
from e2evote.errors import CheckFailed
from e2evote.manifest.base_hash import base_hash, parameter_hash
from e2evote.manifest.model import Manifest
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.verify.anchors import Anchors
from e2evote.verify.checks import Check
from e2evote.verify.log import log_key as log_key_of


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """log_key: None where nothing was given. policy: None also where the manifest names no witnesses.

    anchored: the log's key came by another way than the record; has_manifest: what the log's witnesses are is known.
    """

    log_key: LogKey | None
    policy: Policy | None
    has_manifest: bool
    anchored: bool


def known_keys(anchors: Anchors | None, manifest: bytes | None, log_key: str = "") -> KnownKeys:
    """What these say together; CheckFailed where they are not of one log.

    log_key: a verifier key in the place of anchors. Without it and without anchors, the manifest's word is taken.
    """
    vkey = log_key or (anchors.log_key if anchors else "")
    key = decode_log_key(vkey) if vkey else None
    if manifest is None:
        return KnownKeys(key, None, has_manifest=False, anchored=key is not None)
    read = Manifest.decode(manifest)
    if failures := (*key_failures(read), *rule_failures(read)):  # quorums that need not meet are no quorums
        raise CheckFailed(failures[0].check, failures[0].subject, failures[0].detail)
    named = log_key_of(read)
    if anchors:
        group = group_named(read.group)
        found = base_hash(parameter_hash(group, read.n, read.quorum), manifest)
        if found != anchors.base_hash:
            raise CheckFailed(Check.ANCHOR_BASE_HASH.value, "manifest", f"its base hash is {found.hex()}")
    if key is not None and key != named:
        raise CheckFailed(Check.ANCHOR_LOG_KEY.value, "manifest", f"its log key is {named.encode()}")
    return KnownKeys(named, read.policy, has_manifest=True, anchored=key is not None)
