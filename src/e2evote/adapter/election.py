"""One selection for developers: from its creation to a record that anybody can verify (README; docs/spec.md).

    with Election.create("council", contests={"chair": ["ada", "bob"]}, rehearsal=True) as election:
        election.open()
        ballot = election.cast("voter 1", {"chair": {"ada": 1}})
        election.close()
        outcome = election.tally()

The process that holds an `Election` is the box of its store: the only one that appends. In a *rehearsal* it also plays
everybody else. In a real selection, trustees and voters have their own devices; `open_store` then takes the keys that
the administrator's machine has, serves the inbox that the others' tools use, and `cast` takes what a voter's device has
sealed. Methods may be called by several threads.
"""

import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, overload

from e2evote.adapter.admin import Administration
from e2evote.adapter.anchors import anchors_of, write_anchors
from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.rehearsal import RehearsalKeys, create_rehearsal
from e2evote.adapter.reply import Acknowledged, of_kind
from e2evote.adapter.service import BoxService, open_box, serving
from e2evote.adapter.store import Store
from e2evote.adapter.trustee_tool import TrusteeTool
from e2evote.adapter.witness_desk import MakeDesk, WitnessDesk
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_GROUPS
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import CheckFailed, Refused
from e2evote.manifest.draft import ContestFacts, Name
from e2evote.manifest.entries import Phase
from e2evote.record.outcome import Outcome
from e2evote.secret.sign import SigningKey
from e2evote.verify.anchors import Anchors
from e2evote.verify.lookup import Found, find

ANCHORS = "anchors.json"
"""The file in the store's folder that `open` writes."""

Votes = Mapping[str, Mapping[str, int]]
"""By contest and option the number of votes; the blank vote is the option ""."""


@dataclass(frozen=True, slots=True)
class CastBallot:
    """A ballot in the log: where to look for it, and the receipt, a `.tlog-proof`, that proves it was taken in."""

    line: str
    tracker: str
    index: int
    receipt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChallengedBallot:
    """An opened ballot in the log; `failures` is empty if the device had sealed what it was told."""

    tracker: str
    index: int
    failures: tuple[CheckFailed, ...]


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where the record is, and the anchors to verify it with, which are to be announced by other ways."""

    path: Path
    anchors: Anchors


class Election:
    """A selection in its store, made by `create` or `open_store`.

    As a context manager it releases the store at the end; without, the store is released when the process ends.
    """

    def __init__(
        self,
        store: Store,
        passphrase: Passphrase,
        rehearsal: RehearsalKeys | None,
        administrator: SigningKey | None,
        teller: SigningKey | None,
        allow_test_group: bool,
        witnesses: MakeDesk,
    ) -> None:
        self._store, self._rehearsal = store, rehearsal
        self._turn = threading.RLock()
        self._shared_booth: Booth | None = None
        with ExitStack() as opened:
            self._service: BoxService = opened.enter_context(
                open_box(store, passphrase, allow_test_group=allow_test_group, witnesses=witnesses)
            )
            self._board = BoardReader(store.record, allow_test_group=allow_test_group)
            self._administration = None
            if administrator:
                self._administration = Administration(self._board, self._service.post, administrator, teller)
            self._trustees = self._own_trustees()
            if rehearsal is None:
                opened.enter_context(serving(self._service))
            self._opened = opened.pop_all()

    @classmethod
    def create(
        cls,
        path: str | Path,
        *,
        contests: Mapping[str, Sequence[str]] | Sequence[ContestFacts],
        rehearsal: Literal[True],
        name: Name = "Rehearsal",
        election: str = "rehearsal",
        trustees: int = 3,
        quorum: int = 2,
        floor: int = 0,
        group: str = ELECTIONGUARD_4096.name,
        storage: str = "",
    ) -> Self:
        """A new selection as a rehearsal: THIS MACHINE THEN HOLDS EVERY KEY, so no vote in it is secret from it.

        rehearsal: must be True, so that nobody gets this by mistake. A selection whose parties keep their own keys
        begins with `adapter.store.create_store`, or with `e2evote init`. contests: options by contest, for choosing
        one with blank votes counted; or `ContestFacts`. floor: contests with fewer ballots stay sealed.
        storage: where the log is stored, an `.sqlite` file or a `postgresql://` URL; "" for a file in the store.
        """
        if rehearsal is not True:
            raise ValueError("create: only a rehearsal holds all keys on one machine; say rehearsal=True")
        store = create_rehearsal(
            Path(path),
            contests,
            name=name,
            election=election,
            trustees=trustees,
            quorum=quorum,
            floor=floor,
            group=group,
            storage=storage,
        )
        return cls.open_store(store.path, allow_test_group=group in TEST_GROUPS)

    @classmethod
    def open_store(
        cls,
        path: str | Path,
        *,
        passphrase: Passphrase | None = None,
        administrator: SigningKey | None = None,
        teller: SigningKey | None = None,
        allow_test_group: bool = False,
        witnesses: MakeDesk = WitnessDesk,
    ) -> Self:
        """The selection in a store, whose record is verified first. Refused while another process appends to it.

        A rehearsal has its keys in the store. Else passphrase: of the log's key; administrator, teller: their keys, as
        far as this machine may hold them; and the inbox is served, by a thread, as long as the object is in use.
        """
        store = Store.at(Path(path))
        rehearsal = RehearsalKeys.read(store)
        if rehearsal:
            passphrase = rehearsal.passphrase()
            administrator, teller = rehearsal.party("administrator"), rehearsal.party("teller")
        if passphrase is None:
            raise Refused("no-key", f"{store.path}: the passphrase of the log's key is needed")
        return cls(store, passphrase, rehearsal, administrator, teller, allow_test_group, witnesses)

    def open(self) -> Anchors:
        """Voting begins. The key ceremony comes first: in a rehearsal it is held here; else it must be over.

        Refused as `no-quorum` where no quorum of the manifest's witnesses answers; the missing ones are named.
        """
        with self._turn:
            self._board.refresh()
            while not all(trustee.has_key for trustee in self._trustees):
                if not any([trustee.step() for trustee in self._trustees]):
                    raise Refused("ceremony.waiting", "no trustee of the rehearsal can go on")
            anchors = self._administrator().open()
            write_anchors(self._store.path / ANCHORS, anchors)
            return anchors

    @overload
    def cast(self, ballot: Envelope, /) -> Acknowledged: ...

    @overload
    def cast(self, voter: str, votes: Votes, /, style: str = "") -> CastBallot: ...

    def cast(self, ballot: Envelope | str, votes: Votes | None = None, /, style: str = "") -> Acknowledged | CastBallot:
        """A ballot into the log; when this returns, the published record has it, under a quorum of the witnesses.

        Either what a voter's device has sealed and signed; or, in a rehearsal, the votes of the voter called so.
        """
        with self._turn:
            if isinstance(ballot, Envelope):
                return self._service.post(of_kind(ballot, "ballot"))
            keys, booth = self._voters(), self._booth()
            key = keys.voter(ballot)
            sealed = booth.seal(booth.owner(key.public), votes or {}, style)
            done = self._service.post(booth.cast(sealed, key))
            return CastBallot(booth.line(key.public), sealed.shown, done.index, done.receipt)

    @overload
    def challenge(self, ballot: Envelope, /) -> Acknowledged: ...

    @overload
    def challenge(self, voter: str, votes: Votes, /, style: str = "") -> ChallengedBallot: ...

    def challenge(
        self, ballot: Envelope | str, votes: Votes | None = None, /, style: str = ""
    ) -> Acknowledged | ChallengedBallot:
        """A sealed ballot opened in public, which is then never cast.

        Either what a voter's device has opened, with the voter's session; or, in a rehearsal, the votes of the voter
        called so are sealed, opened and checked.
        """
        with self._turn:
            if isinstance(ballot, Envelope):
                return self._service.post(of_kind(ballot, "challenge"))
            keys, booth = self._voters(), self._booth()
            key = keys.voter(ballot)
            sealed = booth.seal(booth.owner(key.public), votes or {}, style)
            envelope, opened = booth.challenge(sealed, keys.session(ballot))
            done = self._service.post(envelope)
            line = booth.line(key.public)
            failures = booth.check(sealed.shown, envelope.leaf, envelope.payload, line, opened.preimage)
            return ChallengedBallot(sealed.shown, done.index, failures)

    def lookup(self, line: str, tracker: str) -> Found:
        """What became of the ballot with this tracker on this line, and all ballots of the line."""
        with self._turn:
            self._board.refresh()
            return find(self._board.voters, self._board.entries, self._board.state, line, tracker)

    def extend(self, close: str) -> None:
        """Voting ends later: at `close`, `YYYY-MM-DDThh:mm:ssZ`.

        Refused as `board.phase` where that is no later date, as `board.dates` where the old one is less than a minute
        away, or past, by the witnesses' clocks.
        """
        with self._turn:
            self._administrator().extend(close)

    def close(self, lot: str = "") -> None:
        """Voting ends. lot: digits drawn in public, where the manifest breaks ties by lot."""
        with self._turn:
            self._administrator().close()
            if lot:
                self._administrator().lot(lot)

    def tally(self) -> Outcome:
        """The outcome, from the trustees' shares: in a rehearsal they are made here, else they must be on the board.

        Refused with `too-few-shares` as long as fewer trustees than the quorum have posted theirs; call it again.
        """
        with self._turn:
            administration = self._administrator()
            self._board.refresh()
            if self._board.state.phase in (Phase.SETUP, Phase.OPEN, Phase.CLOSED):
                administration.statement()
            if self._board.state.phase is not Phase.PUBLISHED:
                for trustee in self._trustees:
                    trustee.accept()
                    trustee.decrypt()
            return administration.outcome()

    def record(self) -> RecordPlace:
        """The public record, and the anchors that `verify_record` should expect."""
        with self._turn:
            self._board.refresh()
            return RecordPlace(self._store.record, anchors_of(self._board))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._opened.close()

    def _administrator(self) -> Administration:
        if self._administration is None:
            raise Refused("no-key", "the administrator's key is not on this machine")
        return self._administration

    def _voters(self) -> RehearsalKeys:
        if self._rehearsal is None:
            raise Refused("no-key", "voters seal on their own devices; hand in the envelope")
        return self._rehearsal

    def _booth(self) -> Booth:
        """One for all voters; it looks at the board again before every act."""
        if self._shared_booth is None:
            self._board.refresh()
            self._shared_booth = Booth(self._board)
        return self._shared_booth

    def _own_trustees(self) -> tuple[TrusteeTool, ...]:
        """All trustees of a rehearsal; nobody's, otherwise."""
        if self._rehearsal is None:
            return ()
        return tuple(
            TrusteeTool(
                self._store.private / party.id,
                self._rehearsal.party(party.id),
                self._rehearsal.passphrase(),
                self._board,
                self._service.post,
            )
            for party in self._board.manifest.trustees
        )
