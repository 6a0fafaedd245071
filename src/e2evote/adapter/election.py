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

import shutil
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, overload

from e2evote.adapter.admin import Administration
from e2evote.adapter.anchors import anchors_of, write_anchors
from e2evote.adapter.board import BoardReader
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.rehearsal import TELLERS, RehearsalKeys, RehearsalTerms, create_rehearsal
from e2evote.adapter.rehearsed_roll import CONTACTS, Letter, MemberFacts, draw_up, invented, members_of, read_letters
from e2evote.adapter.rehearsed_scrutineer import report_on
from e2evote.adapter.rehearsed_tellers import RehearsedTellers
from e2evote.adapter.rehearsed_voters import CastBallot, ChallengedBallot, RehearsedVoters, Votes
from e2evote.adapter.rehearsed_witnesses import desk_of
from e2evote.adapter.reply import Acknowledged, of_kind
from e2evote.adapter.served import ServedSelection
from e2evote.adapter.service import open_box, serving
from e2evote.adapter.signing import party_of
from e2evote.adapter.store import Store
from e2evote.adapter.trustee_tool import TrusteeTool
from e2evote.adapter.witness_desk import MakeDesk, WitnessDesk
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_GROUPS
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import Refused
from e2evote.manifest.draft import ContestFacts, Name, StyleFacts
from e2evote.manifest.entries import Phase
from e2evote.record.outcome import Outcome
from e2evote.record.report_facts import ReportWords
from e2evote.secret.paper_opening import PaperCounts
from e2evote.secret.sign import SigningKey
from e2evote.verify.anchors import Anchors

ANCHORS = "anchors.json"
"""The file in the store's folder that `open` writes."""

REHEARSED_WORDS = ReportWords(
    complaints="None: this was a rehearsal.",
    inspected=False,
    opinion="In a rehearsal one machine holds every key, so nothing is said of any arrangements.",
    why="The members of a rehearsal may be invented.",
)


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where the record is, and the anchors to verify it with, which are to be announced by other ways."""

    path: Path
    anchors: Anchors


class Election(ServedSelection):
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
        self._rehearsal, self._administrator_key, self._teller_key = rehearsal, administrator, teller
        self._allow_test_group = allow_test_group
        self._turn = threading.RLock()
        self.holds_keys: bool = administrator is not None and teller is not None
        with ExitStack() as opened:
            service = opened.enter_context(
                open_box(store, passphrase, allow_test_group=allow_test_group, witnesses=witnesses)
            )
            super().__init__(store, service, allow_test_group=allow_test_group)
            for key, role in ((administrator, "administrator"), (teller, "teller")):
                if key:
                    party_of(self.setting, key, role)
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
        language: str = "en",
        styles: Sequence[StyleFacts] = (),
        members: int | Sequence[MemberFacts] = 0,
        registrars: int = 2,
        channels: Sequence[str] = ("online",),
        witnesses: int = 0,
    ) -> Self:
        """A new selection as a rehearsal: THIS MACHINE THEN HOLDS EVERY KEY, so no vote in it is secret from it.

        rehearsal: must be True, so that nobody gets this by mistake. A selection whose parties keep their own keys
        begins with `adapter.store.create_store`, or with `e2evote init`. contests: options by contest, for choosing
        one with blank votes counted; or `ContestFacts`. floor: contests with fewer ballots stay sealed.
        storage: where the log is stored, an `.sqlite` file or a `postgresql://` URL; "" for a file in the store.
        language: of names that are given as text.

        members: who is on the roll, or how many invented members; 0 for no roll, so that whoever makes a key may vote.
        With a roll, registrars: how many send each member a code; channels: "online", and those on paper besides it.
        The roll is frozen and the codes are issued when this returns; `letters` has them. witnesses: how many cosign.
        """
        if rehearsal is not True:
            raise ValueError("create: only a rehearsal holds all keys on one machine; say rehearsal=True")
        facts = _facts(members, registrars, channels)
        terms = RehearsalTerms(
            contests,
            name=name,
            election=election,
            trustees=trustees,
            quorum=quorum,
            floor=floor,
            group=group,
            storage=storage,
            language=language,
            styles=styles,
            registrars=CONTACTS[:registrars] if facts else (),
            paper=sorted(channels[1:]),
            weights=sorted({one.weight for one in facts}) or (1,),
            witnesses=witnesses,
        )
        store = create_rehearsal(Path(path), terms, partial(members_of, facts))
        with ExitStack() as undone:  # an interruption leaves no store that is half made
            undone.callback(shutil.rmtree, store.path, ignore_errors=True)
            made = cls.open_store(store.path, allow_test_group=group in TEST_GROUPS)
            undone.push(made)
            if facts:
                made._draw_up(facts)
            undone.pop_all()
        return made

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
            witnesses = desk_of(passphrase)
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
            anchors = self._administration.open()
            write_anchors(self._store.path / ANCHORS, anchors)
            return anchors

    # Voters' devices, and whoever else hands something in

    @overload
    def cast(self, ballot: Envelope, /) -> Acknowledged: ...

    @overload
    def cast(self, voter: str, votes: Votes, /, style: str = "") -> CastBallot: ...

    def cast(self, ballot: Envelope | str, votes: Votes | None = None, /, style: str = "") -> Acknowledged | CastBallot:
        """A ballot into the log; when this returns, the published record has it, under a quorum of the witnesses.

        Either what a voter's device has sealed and signed; or, in a rehearsal, the votes of the voter called so.
        """
        if isinstance(ballot, Envelope):
            return self.post(of_kind(ballot, "ballot"))
        with self._turn:
            ready = self._voters.cast(ballot, votes or {}, style)
        done = self._service.post(ready.envelope)
        return CastBallot(ready.line, ready.tracker, done.index, done.receipt)

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
        if isinstance(ballot, Envelope):
            return self.post(of_kind(ballot, "challenge"))
        with self._turn:
            ready = self._voters.challenge(ballot, votes or {}, style)
        done = self._service.post(ready.envelope)
        return ChallengedBallot(ready.tracker, done.index, ready.failures)

    # What a rehearsal has of others

    def letters(self) -> tuple[Letter, ...]:
        """Line, name and codes of every member of a rehearsal with a roll; Refused `no-letters` for any other."""
        return read_letters(self._store)

    def mark(self, line: str, channel: str) -> int:
        """The two tellers of a rehearsal say that the line has voted on paper; the index of the mark."""
        with self._turn:
            return self._tellers.mark(line, channel)

    def count(
        self, channel: str, votes: Votes | Sequence[PaperCounts], spoiled: Mapping[str, int] | None = None
    ) -> int:
        """The two tellers of a rehearsal have counted the papers of a channel, after the close.

        votes: on the valid papers, by contest and option, blank ones as ""; spoiled: the other papers, by contest. Or
        counts in full.
        """
        with self._turn:
            return self._tellers.count(channel, votes, spoiled or {})

    def sign_report(self, words: ReportWords = REHEARSED_WORDS) -> bytes:
        """The scrutineer of a rehearsal with a roll verifies the record and signs a report on it, after the outcome.

        Returns the page, which is one file for any browser; the board has its hash, its facts and the words.
        """
        if self._rehearsal is None or not self.manifest.parties_of("scrutineer"):
            raise Refused("no-key", "only a rehearsal with a roll has the key of a scrutineer")
        with self._turn:
            return report_on(self._board, self._service.post, self._rehearsal, words)

    # The administrator's acts, with the keys that this machine has

    def pause(self, reason: str) -> None:
        """No ballot is taken until voting is resumed; reason: a word of docs/record-format.md."""
        with self._turn:
            self._administration.pause(reason)

    def resume(self, reason: str) -> None:
        """Voting goes on."""
        with self._turn:
            self._administration.resume(reason)

    def extend(self, close: str) -> None:
        """Voting ends later: at `close`, `YYYY-MM-DDThh:mm:ssZ`.

        Refused as `board.phase` where that is no later date, as `board.dates` where the old one is less than a minute
        away, or past, by the witnesses' clocks.
        """
        with self._turn:
            self._administration.extend(close)

    def close(self, lot: str = "") -> None:
        """Voting ends. lot: digits drawn in public, where the manifest breaks ties by lot."""
        with self._turn:
            self._administration.close()
            if lot:
                self._administration.lot(lot)

    def tally(self) -> Outcome:
        """The outcome, from the trustees' shares: in a rehearsal they are made here, else they must be on the board.

        Refused with `too-few-shares` as long as fewer trustees than the quorum have posted theirs; call it again.
        """
        with self._turn:
            administration = self._administration
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
        return RecordPlace(self._store.record, self._view.ask(anchors_of))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._opened.close()

    # What acts are done with; made when the first one is asked for, since most services only take in and answer

    @cached_property
    def _board(self) -> BoardReader:
        """Read by whoever acts, one at a time."""
        return BoardReader(self._store.record, allow_test_group=self._allow_test_group)

    @cached_property
    def _administration(self) -> Administration:
        if self._administrator_key is None:
            raise Refused("no-key", "the administrator's key is not on this machine")
        return Administration(self._board, self._service.post, self._administrator_key, self._teller_key)

    @cached_property
    def _tellers(self) -> RehearsedTellers:
        if self._rehearsal is None or len(self.manifest.parties_of("teller")) < len(TELLERS):
            raise Refused("no-key", "only a rehearsal with a roll has the keys of two tellers")
        return RehearsedTellers(self._rehearsal, self._board, self._service.post)

    @cached_property
    def _voters(self) -> RehearsedVoters:
        if self._rehearsal is None:
            raise Refused("no-key", "voters seal on their own devices; hand in the envelope")
        return RehearsedVoters(self._store, self._rehearsal, self._board)

    @cached_property
    def _trustees(self) -> tuple[TrusteeTool, ...]:
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
            for party in self.manifest.trustees
        )

    def _draw_up(self, facts: Sequence[MemberFacts]) -> None:
        if self._rehearsal is None:
            raise RuntimeError("a roll is drawn up for a rehearsal")
        try:
            draw_up(self._store, self._rehearsal, self._service.post, facts, self.manifest.dates.open)
        except BaseException:
            self._opened.close()
            raise


def _facts(members: int | Sequence[MemberFacts], registrars: int, channels: Sequence[str]) -> tuple[MemberFacts, ...]:
    """Who is to be on the roll; ValueError where the rest does not fit to it."""
    facts = (invented(members) if members else ()) if isinstance(members, int) else tuple(members)
    if not channels or channels[0] != "online":
        raise ValueError(f"channels {list(channels)}: the first one is online")
    if not facts and len(channels) > 1:
        raise ValueError("channels on paper need members: who is marked must be on a roll")
    if facts and not 1 <= registrars <= len(CONTACTS):
        raise ValueError(f"{registrars} registrars: want 1 to {len(CONTACTS)}")
    return facts
