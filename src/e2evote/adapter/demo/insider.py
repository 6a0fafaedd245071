"""The insider of the demonstration: everybody's keys, and the record in pieces (docs/spec.md §5, §9).

A piece is changed, and then made to fit again as far as the keys reach: payload hashes, signatures, statement, shares,
outcome, report, tree and checkpoint, and the witnesses' cosignatures where the insider has their keys too. What nobody
has are the voters' codes. This is what a record is to be safe against, so the attack must not fail for want of skill.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from e2evote.adapter.board import BoardReader
from e2evote.adapter.demo.setup import DemoFolder
from e2evote.adapter.files import StaticDirectory, open_to_write
from e2evote.adapter.trustee_folder import TrusteeFolder
from e2evote.board.checkpoint import CHECKPOINT_LIMIT, Checkpoint
from e2evote.board.cosignature import cosign
from e2evote.board.log import CHECKPOINT, Log
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import Signer, decode_note, sign_note
from e2evote.board.tree import Tree
from e2evote.ceremony.key import TrusteeKey
from e2evote.errors import Refused
from e2evote.manifest.entries import Phase
from e2evote.record.bodies import Body, Head, OnStatement
from e2evote.record.floor import Parts, parts_by
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.record.outcome import Outcome, decode_outcome
from e2evote.record.paper import decode_paper
from e2evote.record.products import ChannelProducts, RunningProducts
from e2evote.record.report import decode_report
from e2evote.record.report_counts import LeafCounts, voter_facts
from e2evote.record.rows import rows_of
from e2evote.record.sealed import decode_sealed
from e2evote.record.shares import DecryptionShares, decode_decryption_shares
from e2evote.record.stated import decode_statement
from e2evote.record.statement import Statement, products_of
from e2evote.record.text_lines import in_one
from e2evote.record.voter_bodies import Checked
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SigningKey
from e2evote.tally.combine import Tally, combine
from e2evote.tally.facts import Facts
from e2evote.tally.memory import Accepted
from e2evote.tally.statement import make_statement
from e2evote.tally.trustee import decrypt
from e2evote.verify.channels import by_channel, channel_of
from e2evote.verify.findings import Findings
from e2evote.verify.following import Following
from e2evote.verify.leaves import Entry, judge_leaf
from e2evote.verify.log import log_key


@dataclass(slots=True)
class Piece:
    """One entry of the log with its payload; b"" for none."""

    leaf: Leaf
    payload: bytes


class Insider:
    """A demonstration's record under the hands of somebody who holds all its keys; or all but the witnesses'."""

    def __init__(self, folder: DemoFolder, *, witnessed: bool = True) -> None:
        board = BoardReader(folder.record, allow_test_group=True)
        if board.state.phase is not Phase.PUBLISHED:
            raise Refused("no-demo", f"{folder.path}: this demonstration did not come to its end")
        self.setting, self.joint, self.manifest = board.setting, board.joint(), board.manifest
        self.folder, self._witnessed = folder, witnessed
        self.pieces = [Piece(e.leaf, board.payload(e) if e.leaf.payload else b"") for e in board.entries]
        keys = [folder.signing_key(party.id) for party in self.manifest.parties]
        self._keys = {key.public: key for key in keys}

    # Finding pieces

    def indices(self, kind: str) -> list[int]:
        """Where the entries of this kind are."""
        return [index for index, piece in enumerate(self.pieces) if piece.leaf.kind == kind]

    def one(self, kind: str) -> Piece:
        """The first entry of this kind."""
        return self.pieces[self.indices(kind)[0]]

    def outcome(self) -> Outcome:
        return decode_outcome(self.one("outcome").payload, self.manifest)

    def stated(self) -> Statement:
        return decode_statement(self.one("tally.statement").payload, self.manifest, self.setting.group)

    def shares(self) -> dict[int, DecryptionShares]:
        """Every trustee's, by index."""
        posted = [self.pieces[index] for index in self.indices("tally.share")]
        return {
            self.manifest.trustee_index(p.leaf.author): decode_decryption_shares(
                p.payload, self.manifest, self.setting.group
            )
            for p in posted
        }

    # Changing pieces

    def made(self, kind: str, body: Body, *parties: str, payload: bytes = b"") -> Piece:
        """A new entry, signed by these parties, of whom the first is its author."""
        name = PayloadName.of(payload) if payload else None
        leaf = Leaf(kind, parties[0], self.setting.first, body, name)
        keys = [next(party.key for party in self.manifest.parties if party.id == id) for id in parties]
        message = leaf.message()
        return Piece(leaf.signed(*(Signature(key, self._keys[key].sign(message)) for key in keys)), payload)

    def learn(self, key: SigningKey) -> None:
        """One more key to sign with."""
        self._keys[key.public] = key

    def change(self, piece: Piece, payload: bytes | None = None, body: Body | None = None) -> None:
        """Another payload or body, under its own hash and, where the keys are at hand, valid signatures."""
        piece.payload = piece.payload if payload is None else payload
        name = PayloadName.of(piece.payload) if piece.payload else None
        piece.leaf = self._signed(replace(piece.leaf, body=body or piece.leaf.body, payload=name))

    def change_shares(self, trustee: int, edit: Callable[[DecryptionShares], DecryptionShares]) -> None:
        """Other shares by this trustee, signed with its key."""
        posted = [self.pieces[index] for index in self.indices("tally.share")]
        piece = next(p for p in posted if self.manifest.trustee_index(p.leaf.author) == trustee)
        shares = decode_decryption_shares(piece.payload, self.manifest, self.setting.group)
        self.change(piece, edit(shares).encode())

    def _signed(self, leaf: Leaf) -> Leaf:
        message = leaf.message()
        return leaf.signed(
            *(Signature(s.key, self._keys[s.key].sign(message)) if s.key in self._keys else s for s in leaf.signatures)
        )

    # Making it fit again

    def settle(
        self, edit: Callable[[Statement], Statement] = lambda stated: stated, besides: Collection[int] = ()
    ) -> None:
        """Statement, acceptances, shares and outcome anew, as honest ones of the ballots that are there now.

        edit: what is false about the statement. besides: ballots that are counted though they do not count, by index.
        """
        close = self.indices("close")[0]
        voters = self.voters()
        ledger, electorate = voters.ledger, voters.electorate
        true, totals = self._products(voters, ()), self._products(voters, besides)
        stated = make_statement(self.manifest, ledger, electorate, true, self._root(close + 1), close + 1)
        stated = edit(replace(stated, products=products_of(totals)))
        statement = self.one("tally.statement")
        self.change(statement, stated.encode(), stated.body())
        name, parts = leaf_hash(statement.leaf.encode()), parts_by(self.manifest, totals)
        for kind in ("tally.accept", "tally.share"):
            for index in self.indices(kind):
                self.change(self.pieces[index], body=OnStatement(name))
        for index in self.indices("tally.share"):
            piece = self.pieces[index]
            self.change(piece, self._decrypted(piece.leaf.author, name, stated, parts).encode())
        combined = combine(Tally(self.setting, self.joint, name, stated, parts), self.shares())
        self.change(self.one("outcome"), combined.outcome.encode())
        self.settle_head()

    def settle_head(self) -> None:
        """The outcome names the log before it, and so does what was said afterwards."""
        index = self.indices("outcome")[0]
        self.change(self.pieces[index], body=Head(self._root(index), index))
        self.settle_said()

    def settle_said(self) -> None:
        """Observer and scrutineer sign the log as it is now: heads of checks, and the facts of the report."""
        for index in self.indices("checked"):
            body = self.pieces[index].leaf.body
            if isinstance(body, Checked):
                size = min(body.size, index)
                self.change(self.pieces[index], body=replace(body, root=self._root(size), size=size))
        for index in self.indices("report"):
            voters, counts = self.voters(), LeafCounts()
            for entry in self._allowed(index):
                counts.take(entry.leaf.kind, entry.leaf.body)
            facts = voter_facts(self.manifest, rows_of(voters.ledger, voters.electorate), voters.electorate)
            posted = decode_report(self.pieces[index].payload, self.manifest)
            own = replace(posted, facts=counts.facts(facts, self._root(index), index))
            self.change(self.pieces[index], own.encode())

    def voters(self) -> Following:
        """What counts for each line before the statement, and with which keys."""
        voters = Following(self.manifest)
        for entry in self._allowed(self.indices("tally.statement")[0]):
            pieces = in_one(self.pieces[entry.index].payload) if voters.needs_payload(entry) else None
            voters.take(entry, pieces, Findings())
        return voters

    def _allowed(self, end: int) -> Iterator[Entry]:
        """The entries before `end` that a verifier does not leave out."""
        state, findings = self.setting.start(), Findings()
        for index, piece in enumerate(self.pieces[:end]):
            entry, state = judge_leaf(self.setting, state, index, piece.leaf.encode(), findings)
            if entry is not None:
                yield entry

    def write(self, target: Path) -> None:
        """The record with a checkpoint that the log's key signs; without hints, which bind nothing."""
        key = log_key(self.manifest)
        signer = Signer(key, self._keys[key.public_key.encoded].sign)
        log = Log(signer)
        for piece in self.pieces:
            log.append(piece.leaf.encode(), piece.payload or None)
        sizes = {f"dates/{kind}": self.indices(kind)[0] + 1 for kind in ("open", "close")}
        notes = {
            name: self._note(name, size, signer) for name, size in (sizes | {CHECKPOINT: len(self.pieces)}).items()
        }
        with open_to_write(target) as writer:
            writer.write(log.publish(0) | notes)

    def _note(self, name: str, size: int, signer: Signer) -> bytes:
        """The head of this size, cosigned when its honest counterpart was, by the same witnesses; or by nobody.

        Where nothing has changed up to there, the honest note does.
        """
        honest = StaticDirectory(self.folder.record).read(name, CHECKPOINT_LIMIT)
        text = Checkpoint(self.manifest.origin, size, self._root(size)).text()
        if decode_note(honest).text == text:
            return honest
        note = sign_note(text, [signer])
        if self._witnessed and (policy := self.manifest.policy):
            times = {one.name: one.time for one in policy.cosigned(decode_note(honest))}
            for witness in policy.witnesses:
                if witness.name in times:
                    own = Signer(witness.key, self._keys[witness.key.public_key.encoded].sign)
                    note += cosign(text, own, times[witness.name]).line().encode()
        return note

    def _products(self, voters: Following, besides: Collection[int]) -> ChannelProducts:
        """Over the ballots that count now and those besides, and the totals on paper."""
        group, running = self.setting.group, RunningProducts(self.manifest, self.setting.group)
        for index in besides:
            running.add(decode_sealed(self.pieces[index].payload, self.manifest, group))
        for line, ballot in voters.ledger.lines():
            if ballot:
                sealed = decode_sealed(self.pieces[ballot.index].payload, self.manifest, group)
                entitlement = voters.electorate.entitlement(line) if voters.electorate else None
                running.add(sealed, entitlement.weight if entitlement else 1)
        papers = {
            channel_of(self._entry(index)): decode_paper(self.pieces[index].payload, self.manifest, group)
            for index in self.indices("paper")
        }
        products = by_channel(self.setting, running.total(), papers)
        if products is None:
            raise Refused("no-demo", "the totals on paper are not there")
        return products

    def _decrypted(self, trustee: str, statement: bytes, stated: Statement, parts: Parts) -> DecryptionShares:
        accepts = frozenset(self.manifest.trustee_index(party.id) for party in self.manifest.trustees)
        state = replace(self.setting.start(), started=True, phase=Phase.STATED, accepts=accepts)
        facts = Facts(self.setting, self.joint, state, (), statement, stated, stated, parts)
        return decrypt(facts, Accepted(statement), self._trustee_key(trustee), SystemRandomness()).shares

    def _trustee_key(self, trustee: str) -> TrusteeKey:
        folder, randomness = self.folder, SystemRandomness()
        own = TrusteeFolder(folder.trustee(trustee), folder.passphrase(trustee), self.setting, randomness)
        key = own.key()
        if key is None:
            raise Refused("no-demo", f"{folder.trustee(trustee)}: the trustee's key is not there")
        return key

    def _entry(self, index: int) -> Entry:
        leaf = self.pieces[index].leaf
        return Entry(index, leaf, leaf_hash(leaf.encode()), self.manifest.trustee_index(leaf.author))

    def _root(self, size: int) -> bytes:
        tree = Tree()
        for piece in self.pieces[:size]:
            tree.append(leaf_hash(piece.leaf.encode()))
        return tree.root(size)


@dataclass(frozen=True, slots=True)
class Kind:
    """One act: what the insider does, and why that is noticed. witnessed: whether the witnesses are in on it."""

    act: str
    why: str
    do: Callable[[Insider], None]
    witnessed: bool = True
