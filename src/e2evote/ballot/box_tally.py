"""Totals on paper, statement, acceptances, shares and outcome at the box: judged by the auditor's own checks.

docs/spec.md §9, §10, §14.2.
"""

from collections.abc import Callable, Mapping
from io import BytesIO

from e2evote.algebra.group import Element
from e2evote.ballot.box_refusal import refuse_failures
from e2evote.record.hints import encode_hints
from e2evote.record.joint import JointKeys
from e2evote.record.paper import PaperTotals, decode_paper
from e2evote.record.products import ChannelProducts, Products
from e2evote.record.shares import PartCell
from e2evote.record.text_lines import in_one
from e2evote.verify.channels import by_channel, channel_of, check_papers, paper_hints
from e2evote.verify.decryption import Ciphertexts, check_decryption, check_shares, share_proofs
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting
from e2evote.verify.outcome import check_head, check_outcome
from e2evote.verify.tally import (
    Board,
    TallyEntries,
    check_acceptances,
    check_close,
    check_floor,
    check_products,
    check_reconciliation,
    check_rows,
    read_tally,
)

RootOf = Callable[[int], bytes]
Elements = Mapping[PartCell, Element]


class TallyDesk:
    """Checks each leaf after the close before it is appended. root_of: the log's root at an earlier size."""

    def __init__(self, setting: Setting, root_of: RootOf) -> None:
        self._setting, self._root_of = setting, root_of
        self._entries: list[Entry] = []
        self._payloads: dict[int, bytes] = {}
        self._papers: dict[str, PaperTotals] = {}
        self._close_size = 0
        self._lot: Entry | None = None

    def take(self, entry: Entry, payload: bytes) -> None:
        """A leaf of kind close, paper, lot, tally.* or outcome that was checked and is appended."""
        if entry.leaf.kind == "close":
            self._close_size = entry.index + 1
        elif entry.leaf.kind == "lot":
            self._lot = entry
        elif entry.leaf.kind == "paper":
            self._papers[channel_of(entry)] = decode_paper(payload, self._setting.manifest, self._setting.group)
        else:
            self._entries.append(entry)
            self._payloads[entry.index] = payload

    def check_paper(self, entry: Entry, payload: bytes, board: Board, joint: JointKeys) -> bytes:
        """Refused, under the name of the check, for totals on paper that would fail one; their hints."""
        findings = Findings()
        read = check_papers(self._setting, (entry,), lambda _: payload, board.electorate, joint, findings)
        refuse_failures(findings)
        return paper_hints(self._setting, entry, read[channel_of(entry)], joint)

    def products(self, online: Products) -> ChannelProducts:
        """Those of all channels. online: over the counted ballots."""
        products = by_channel(self._setting, online, self._papers)
        if products is None:
            raise RuntimeError("a leaf of the tally passed its phase without totals on paper")
        return products

    def check(self, entry: Entry, payload: bytes, board: Board, online: Products, joint: JointKeys) -> bytes:
        """Refused, under the name of the check, for a leaf that would fail one; a bad share names its trustee.

        online: over the counted ballots. Returns the hints of a share leaf, and nothing for any other.
        """
        findings, products = Findings(), self.products(online)
        read = self._read(entry, payload, findings)
        refuse_failures(findings)
        match entry.leaf.kind:
            case "tally.statement":
                check_close(read, self._close_size, self._root_of(self._close_size), findings)
                check_rows(read, board, findings, BytesIO)
                check_reconciliation(self._setting, read, board, findings)
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

    def _hints(self, read: TallyEntries, trustee: int, joint: JointKeys, stated: Ciphertexts, own: Elements) -> bytes:
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
