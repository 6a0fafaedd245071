"""The log under the insider's hands: any entry is appended, signed and published, whoever should have refused it.

`Board.at("begun")`, "frozen", "issued" and "open" are honest beginnings. `counted` is the rest up to the outcome, as
honest trustees would do it with what is on the log, or with what the insider says. `write` publishes it all.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from drill.society import (
    CLOSES,
    GROUP,
    MEMBERS,
    OPENS,
    RANDOM,
    REGISTRARS,
    TRUSTEES,
    WITNESSES,
    Line,
    Piece,
    Society,
    society,
)
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import cast, seal
from e2evote.ballot.voter import Voter
from e2evote.board.checkpoint import Checkpoint
from e2evote.board.cosignature import cosign
from e2evote.board.log import CHECKPOINT, Log
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import Signer, sign_note
from e2evote.board.tree import Tree
from e2evote.credentials.code import draw_codes
from e2evote.manifest.entries import Phase
from e2evote.record.bodies import Body, Head, OnStatement, Open
from e2evote.record.credentials import Credential, encoded_credentials
from e2evote.record.floor import Parts, parts_by
from e2evote.record.paper import decode_paper
from e2evote.record.products import ChannelProducts, RunningProducts
from e2evote.record.roll_row import line_of
from e2evote.record.sealed import decode_sealed
from e2evote.record.shares import DecryptionShares
from e2evote.record.statement import Statement
from e2evote.record.text_lines import in_one
from e2evote.record.voter_bodies import Issue, Mark, Paper
from e2evote.secret.paper_opening import PaperCounts
from e2evote.secret.prove_paper import prove_paper
from e2evote.secret.sign import SigningKey
from e2evote.tally.combine import Tally, combine
from e2evote.tally.facts import Facts
from e2evote.tally.memory import Accepted
from e2evote.tally.statement import make_statement
from e2evote.tally.trustee import decrypt
from e2evote.verify.ballots import BallotContext
from e2evote.verify.channels import by_channel, channel_of
from e2evote.verify.findings import Findings
from e2evote.verify.following import Following
from e2evote.verify.leaves import Entry
from e2evote.verify.log import log_key
from e2evote.verify.paper import PaperContext

Edit = Callable[[Statement], Statement]
IN_PERSON, POSTAL = (6, 7, 8), (9, 10, 11)
PAPERS = {"in_person": (3, 0, (1, 1, 1)), "postal": (2, 1, (0, 2, 0))}
"""Papers with a valid vote, spoiled ones, and the votes on them."""


@dataclass
class Board:
    """Mutable. lines: what is held of the members, by number."""

    society: Society
    pieces: list[Piece]
    lines: dict[int, Line] = field(default_factory=dict)

    @classmethod
    def at(cls, phase: str) -> "Board":
        return _own_copy(_prepared(phase))

    @classmethod
    def of(cls, made: Society) -> "Board":
        """The same, up to the votes, of another society."""
        made.begin()
        board = cls(made, list(made.pieces))
        for phase in STEPS[1:]:
            board.step(phase)
        return board

    def step(self, phase: str) -> None:
        """What honest parties do to come to this phase from the one before it."""
        match phase:
            case "frozen":
                self.lines = {number: self.society.line(number) for number in range(1, len(MEMBERS) + 1)}
                self.put(self.society.freeze(list(self.lines.values()), "chair", "tess"))
            case "issued":
                for registrar in REGISTRARS:
                    self.issue(registrar)
            case "open":
                self.open()
            case "voted":
                self.voted()

    # What is there

    def entry(self, index: int) -> Entry:
        leaf = self.pieces[index].leaf
        return Entry(index, leaf, leaf_hash(leaf.encode()), self.society.manifest.trustee_index(leaf.author))

    def index(self, kind: str) -> int:
        """Of the first leaf of this kind."""
        return next(i for i, piece in enumerate(self.pieces) if piece.leaf.kind == kind)

    def root(self, size: int) -> bytes:
        tree = Tree()
        for piece in self.pieces[:size]:
            tree.append(leaf_hash(piece.leaf.encode()))
        return tree.root(size)

    def voters(self) -> Following:
        """Who may vote and what counts, for who takes every leaf as it comes."""
        voters = Following(self.society.manifest)
        for entry in map(self.entry, range(len(self.pieces))):
            pieces = in_one(self.pieces[entry.index].payload) if voters.needs_payload(entry) else None
            voters.take(entry, pieces, Findings())
        return voters

    @property
    def context(self) -> BallotContext:
        return BallotContext(self.society.setting, self.society.joint.K, self.society.joint.h_e)

    # What the insider puts there

    def put(self, *pieces: Piece) -> int:
        """The next entries; the index of the last of them."""
        self.pieces.extend(pieces)
        return len(self.pieces) - 1

    def post(self, kind: str, body: Body, *signers: str | SigningKey, payload: bytes = b"", author: str = "") -> int:
        return self.put(self.society.made(kind, body, *signers, payload=payload, author=author))

    def ballot(
        self, line: int, option: str, keys: Sequence[SigningKey] = (), context: BallotContext | None = None
    ) -> Piece:
        """A ballot of this line, signed with its last codes, or with whatever keys there are."""
        keys = keys or [self.society.code_key(registrar, line) for registrar in REGISTRARS]
        voter = Voter(line_of(line), tuple(key.public for key in keys))
        context = context or self.context
        sealing = seal(context, choose(context.setting.manifest, "all", {"chair": {option: 1}}), voter, RANDOM)
        made = cast(sealing, self.voters().ledger.previous(line_of(line)), *keys)
        return Piece(made.leaf, made.payload)

    def vote(self, line: int, option: str) -> int:
        return self.put(self.ballot(line, option))

    def issue(self, registrar: str, rows: Sequence[tuple[int, bytes]] = ()) -> int:
        """Credentials for all lines, with codes of their own; or exactly these."""
        book = self.voters().electorate.book(registrar)  # type: ignore[union-attr]
        if not rows:
            for line in self.lines:
                (self.society.codes[registrar, line],) = draw_codes(1, RANDOM)
            rows = [(line, self.society.code_key(registrar, line).public) for line in self.lines]
        made = [Credential(book.issued + n, line_of(line), key) for n, (line, key) in enumerate(rows, start=1)]
        payload = b"".join(encoded_credentials(registrar, made))
        return self.post("credential.issue", Issue(len(made), book.issued + 1), registrar, payload=payload)

    def open(self, *signers: str) -> int:
        return self.post("open", Open(1, self.society.joint.h_e), *(signers or ("chair", "tess")))

    def voted(self) -> "Board":
        """Lines 1 to 5 vote online, 6 to 8 in person."""
        for line, option in ((1, "ada"), (2, "ada"), (3, "bo"), (4, "bo"), (5, "cy")):
            self.vote(line, option)
        for line in IN_PERSON:
            self.post("mark", Mark("in_person", line_of(line)), "tess", "tom")
        return self

    # The count

    def close(self) -> int:
        return self.post("close", Body(), "chair", "tess")

    def count_paper(self, marked: Sequence[int] = POSTAL, **papers: tuple[int, int, tuple[int, ...]]) -> None:
        """Marks of the envelopes, then the totals of both channels."""
        for line in marked:
            self.post("mark", Mark("postal", line_of(line)), "tess", "tom")
        for channel, (valid, spoiled, votes) in (PAPERS | papers).items():
            context = PaperContext(self.society.manifest, GROUP, self.society.joint.K, self.society.joint.h_e, channel)
            made = prove_paper(context, [PaperCounts("chair", valid, spoiled, votes)], RANDOM)
            self.post("paper", Paper(channel), "tess", "tom", payload=made.totals.encode())

    def products(self) -> ChannelProducts:
        """Over the ballots that count, and the totals on paper."""
        manifest, running = self.society.manifest, RunningProducts(self.society.manifest, GROUP)
        for _, ballot in self.voters().ledger.lines():
            if ballot:
                running.add(decode_sealed(self.pieces[ballot.index].payload, manifest, GROUP), 1)
        papers = {
            channel_of(self.entry(index)): decode_paper(piece.payload, manifest, GROUP)
            for index, piece in enumerate(self.pieces)
            if piece.leaf.kind == "paper"
        }
        found = by_channel(self.society.setting, running.total(), papers)
        if found is None:
            raise RuntimeError("the totals on paper are not there")
        return found

    def statement(self) -> Statement:
        voters, close = self.voters(), self.index("close")
        manifest, size = self.society.manifest, close + 1
        return make_statement(manifest, voters.ledger, voters.electorate, self.products(), self.root(size), size)

    def state(self, edit: Edit | None = None) -> Statement:
        """Post the statement that follows from the log, or another one."""
        stated = self.statement()
        stated = edit(stated) if edit else stated
        self.post("tally.statement", stated.body(), "chair", payload=stated.encode())
        return stated

    def facts(self, stated: Statement, own: Statement, parts: Parts) -> Facts:
        """What a trustee has found, who has accepted already."""
        setting, accepts = self.society.setting, frozenset(self.society.trustees)
        state = replace(setting.start(), started=True, phase=Phase.STATED, accepts=accepts)
        name = self.entry(self.index("tally.statement")).leaf_hash
        return Facts(setting, self.society.joint, state, (), name, stated, own, parts)

    def shares(self, stated: Statement, trustee: int, parts: Parts) -> DecryptionShares:
        facts = self.facts(stated, stated, parts)
        return decrypt(facts, Accepted(facts.statement), self.society.trustees[trustee], RANDOM).shares

    def accept(self) -> bytes:
        """Two trustees say that the statement is right; its leaf hash."""
        name = self.entry(self.index("tally.statement")).leaf_hash
        for id in TRUSTEES[:2]:
            self.post("tally.accept", OnStatement(name), id)
        return name

    def decide(self, stated: Statement, parts: Parts | None = None) -> "Board":
        """Acceptances, shares and outcome of this statement. parts: other ones than the floor allows."""
        parts = parts_by(self.society.manifest, self.products()) if parts is None else parts
        name = self.accept()
        posted = {i: self.shares(stated, i, parts) for i in (1, 2)}
        for i, shares in posted.items():
            self.post("tally.share", OnStatement(name), TRUSTEES[i - 1], payload=shares.encode())
        tally = Tally(self.society.setting, self.society.joint, name, stated, parts)
        size = len(self.pieces)
        self.post("outcome", Head(self.root(size), size), "chair", payload=combine(tally, posted).outcome.encode())
        return self

    def counted(self, edit: Edit | None = None) -> "Board":
        """Closed, counted and published, as honest parties would with this log."""
        self.close()
        self.count_paper()
        return self.decide(self.state(edit))

    # Publishing

    def log(self) -> Log:
        log = Log(self._signer)
        for piece in self.pieces:
            log.append(piece.leaf.encode(), piece.payload or None)
        return log

    @property
    def _signer(self) -> Signer:
        return Signer(log_key(self.society.manifest), self.society.keys["log"].sign)

    def note(self, size: int, time: int, witnesses: Sequence[str] = WITNESSES) -> bytes:
        """The head of this size, cosigned by these witnesses: by honest ones, if it is the only log that they saw."""
        text = Checkpoint(self.society.manifest.origin, size, self.root(size)).text()
        note = sign_note(text, [self._signer])
        for id in witnesses:
            note += cosign(text, Signer(self.society.witness_key(id), self.society.keys[id].sign), time).line().encode()
        return note

    def write(self, folder: Path, witnesses: Sequence[str] = WITNESSES) -> Path:
        """The record, with every signature that there should be."""
        files = self.log().publish(0) | {CHECKPOINT: self.note(len(self.pieces), _time(CLOSES) + 3600, witnesses)}
        for kind, date in (("open", OPENS), ("close", CLOSES)):
            places = [i for i, piece in enumerate(self.pieces) if piece.leaf.kind == kind]
            if places:
                files[f"dates/{kind}"] = self.note(places[0] + 1, _time(date) + 5, witnesses)
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        return folder


def _time(date: object) -> int:
    return int(date.timestamp())  # type: ignore[attr-defined]


def _own_copy(board: Board) -> Board:
    """The same log again, to go on from; pieces are never changed in place."""
    made = copy(board.society)
    made.codes = dict(board.society.codes)
    return Board(made, list(board.pieces), dict(board.lines))


STEPS = ("begun", "frozen", "issued", "open", "voted")


@cache
def _prepared(phase: str) -> Board:
    """Each beginning follows from the one before it."""
    place = STEPS.index(phase)
    if not place:
        return Board(society(), list(society().pieces))
    board = _own_copy(_prepared(STEPS[place - 1]))
    board.step(phase)
    return board
