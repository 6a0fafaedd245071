"""The payload of one leaf: is it there, and is it the one that the leaf names (record.payloads and board.payload)?

What is kept for later checks is kept as it was compared: small ones in memory, large ones in a scratch file.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO
from weakref import finalize

from e2evote.record.leaf import PayloadName
from e2evote.record.runs import Scratch, scratch_failed
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry
from e2evote.verify.packs import WHOLE, Packs


class Kept:
    """A payload that may be read again, whole or in blocks of at most 1 MiB."""

    def __init__(self, blocks: Iterator[bytes], length: int, scratch: Scratch) -> None:
        self._file: BinaryIO | None = None
        self._data = b""
        if length <= WHOLE:
            self._data = b"".join(blocks)
            return
        try:
            self._file = scratch()
            finalize(self, self._file.close)
            for block in blocks:
                self._file.write(block)
        except OSError as error:
            raise scratch_failed(error) from None

    def whole(self) -> bytes:
        """All of it."""
        return b"".join(self.blocks())

    def blocks(self) -> Iterator[bytes]:
        """From its beginning, however often it was read before."""
        if self._file is None:
            yield self._data
            return
        at = 0
        try:
            while True:
                self._file.seek(at)
                block = self._file.read(WHOLE)
                if not block:
                    return
                at += len(block)
                yield block
        except OSError as error:
            raise scratch_failed(error) from None


def check_payload(entry: Entry, payload: bytes | None, findings: Findings) -> bytes | None:
    """record.payloads and board.payload of one leaf; its payload where both hold.

    payload: what the pack holds, empty for nothing; None where the pack is not there, of which record.files tells.
    """
    found = None if payload is None else PayloadName.of(payload)
    return payload if judge_payload(entry, found, findings) else None


def judge_payload(entry: Entry, found: PayloadName | None, findings: Findings) -> bool:
    """The same from length and hash of what the pack holds."""
    return found is not None and _is_there(entry, found.len, findings) and _is_named(entry, found, findings)


def keep_payload(entry: Entry, packs: Packs, scratch: Scratch, findings: Findings) -> Kept | None:
    """The same, of a payload that may be large."""
    length = packs.length(entry.index)
    if length is None or not _is_there(entry, length, findings):
        return None
    digest = sha256()

    def hashed() -> Iterator[bytes]:
        for block in packs.blocks(entry.index):
            digest.update(block)
            yield block

    kept = Kept(hashed(), length, scratch)
    return kept if _is_named(entry, PayloadName(digest.digest(), length), findings) else None


def _is_there(entry: Entry, length: int, findings: Findings) -> bool:
    if entry.leaf.payload is None:
        detail = f"{length} bytes lie beside a leaf that names no payload"
        findings.expect(Check.BOARD_PAYLOAD, entry.subject, not length, detail)
        return False
    findings.examined(Check.RECORD_PAYLOADS)
    if not length:
        findings.missing(Check.RECORD_PAYLOADS, f"the payload of {entry.subject} is not there")
    return length > 0


def _is_named(entry: Entry, found: PayloadName, findings: Findings) -> bool:
    holds = found == entry.leaf.payload
    detail = "the payload is not the one that the leaf names"
    return findings.expect(Check.BOARD_PAYLOAD, entry.subject, holds, detail)
