"""The payload that was handed in with a leaf: it is there, it is the one that the leaf names, and it is not too large.

Anybody may send a ballot, so its size is limited before anything of it is read, hash or proof.
"""

from e2evote.ballot.box_refusal import refuse_failures
from e2evote.errors import Refused
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry
from e2evote.verify.payloads import check_payload


def payload_of(entry: Entry, payload: bytes) -> bytes:
    """The payload that the leaf names; empty where it names none."""
    if entry.leaf.payload and not payload:
        raise Refused(Check.RECORD_PAYLOADS.value, f"{entry.subject}: its payload is not there")
    findings = Findings()
    check_payload(entry, payload, findings)
    refuse_failures(findings)
    return payload


def ballot_payload_of(entry: Entry, payload: bytes, largest: int) -> bytes:
    """The same of a ballot or challenge. largest: bytes that no ballot of the manifest exceeds."""
    if len(payload) > largest:
        raise Refused("too-large", f"{entry.subject}: {len(payload)} bytes, no ballot has above {largest}")
    return payload_of(entry, payload)
