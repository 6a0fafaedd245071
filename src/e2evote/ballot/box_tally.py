"""Statement, acceptances, shares and outcome at the box: judged by the auditor's own checks (docs/spec.md §9, §10)."""

from collections.abc import Callable, Mapping
from io import BytesIO

from e2evote.algebra.group import Element
from e2evote.ballot.box_refusal import refuse_failures
from e2evote.record.hints import encode_hints
from e2evote.record.joint import JointKeys
from e2evote.record.products import Cell, Products
from e2evote.record.select import Ledger
from e2evote.record.text_lines import in_one
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting
from e2evote.verify.outcome import check_head, check_outcome
from e2evote.verify.tally import (
    CellElements,
    TallyEntries,
    check_acceptances,
    check_close,
    check_decryption,
    check_floor,
    check_products,
    check_rows,
    check_shares,
    read_tally,
    share_proofs,
)

RootOf = Callable[[int], bytes]
Elements = Mapping[Cell, Element]


class TallyDesk:
    """Checks each leaf from the statement on before it is appended. root_of: the log's root at an earlier size."""

    def __init__(self, setting: Setting, root_of: RootOf) -> None:
        self._setting, self._root_of = setting, root_of
        self._entries: list[Entry] = []
        self._payloads: dict[int, bytes] = {}
        self._close_size = 0
        self._lot: Entry | None = None

    def take(self, entry: Entry, payload: bytes) -> None:
        """A leaf of kind close, lot, tally.* or outcome that was checked and is appended."""
        if entry.leaf.kind == "close":
            self._close_size = entry.index + 1
        elif entry.leaf.kind == "lot":
            self._lot = entry
        else:
            self._entries.append(entry)
            self._payloads[entry.index] = payload

    def check(self, entry: Entry, payload: bytes, ledger: Ledger, products: Products, joint: JointKeys) -> bytes:
        """Refused, under the name of the check, for a leaf that would fail one; a bad share names its trustee.

        products: over the counted ballots. Returns the hints of a share leaf, and nothing for any other.
        """
        findings = Findings()
        read = self._read(entry, payload, findings)
        refuse_failures(findings)
        match entry.leaf.kind:
            case "tally.statement":
                check_close(read, self._close_size, self._root_of(self._close_size), findings)
                check_rows(read, ledger, findings, BytesIO)
                check_products(read, products, findings)
                check_shares(self._setting, read, joint, findings)
            case "tally.accept":
                check_acceptances(read, findings)
            case "tally.share":
                check_acceptances(read, findings)
                check_floor(self._setting, read, products, findings)
                refuse_failures(findings)
                stated, shares = check_shares(self._setting, read, joint, findings)
                refuse_failures(findings)
                return self._hints(read, entry.trustee, joint, stated, shares[entry.trustee])
            case "outcome":
                stated, shares = check_shares(self._setting, read, joint, findings)
                check_floor(self._setting, read, products, findings)
                check_decryption(self._setting, read, joint, stated, shares, findings)
                check_outcome(self._setting, read, products, joint, self._lot, findings)
                check_head(read, entry.index, self._root_of(entry.index), findings)
        refuse_failures(findings)
        return b""

    def _hints(self, read: TallyEntries, trustee: int, joint: JointKeys, stated: CellElements, own: Elements) -> bytes:
        """The commitments of the proofs in one trustee's shares, which were checked.    spec 5.5"""
        if read.statement is None:
            raise RuntimeError("shares passed their checks without a statement")
        proofs = share_proofs(self._setting, joint, read.statement, trustee, read.posted[trustee], stated, own)
        return encode_hints([[product.value() for product in proof.products] for proof in proofs if proof])

    def _read(self, entry: Entry, payload: bytes, findings: Findings) -> TallyEntries:
        """The leaves that bear on the new one; of the earlier shares and acceptances only the outcome needs all."""
        everyone = entry.leaf.kind == "outcome"
        earlier = [other for other in self._entries if everyone or other.trustee in (0, entry.trustee)]
        payloads = {index: in_one(data) for index, data in {**self._payloads, entry.index: payload}.items() if data}
        return read_tally(self._setting, [*earlier, entry], lambda other: payloads.get(other.index), findings)
