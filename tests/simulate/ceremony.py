"""A key ceremony in memory: n trustees, one board, and messages that travel as bytes.

`run` takes the parties through one session, step by step. What an honest party raises is an objection; after a step
with objections the session ends, a complaint having been answered and judged. Parties that cheat are in
`ceremony_cheats`: they see everything, also the others' secrets, and show readers of the board what they like.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from e2evote.algebra.group import Group
from e2evote.algebra.parameters import TEST_512
from e2evote.ceremony import complaint, saved, trustee
from e2evote.ceremony.key import TrusteeKey
from e2evote.ceremony.received import check_keys
from e2evote.ceremony.states import Answered, Dealt, Drawn, Finished, Revealed, Setup, State, keys_of
from e2evote.errors import E2EVoteError, MalformedInput, ShareComplaint, TrusteeFault
from e2evote.manifest.base_hash import base_hash, parameter_hash
from e2evote.record.bodies import Answer
from e2evote.record.keys import PublicKeys, SealedShares, decode_keys, decode_shares
from tests.randomness import DeterministicRandomness


def make_setup(n: int, k: int, group: Group = TEST_512, earlier: Iterable[PublicKeys] = ()) -> Setup:
    """The setup of an election whose manifest is the empty object."""
    h_p = parameter_hash(group, n, k)
    return Setup(group, n, k, h_p, base_hash(h_p, b"{}"), keys_of(earlier))


@dataclass
class Board:
    """What was published in one session; `views` holds what a reader is shown in place of what the others see."""

    setup: Setup
    session: int
    parties: Mapping[int, "Party"]
    messages: dict[tuple[str, int], bytes] = field(default_factory=dict)
    views: dict[tuple[str, int, int], bytes] = field(default_factory=dict)

    def read(self, step: str, reader: int) -> dict[int, bytes]:
        """Everybody's message of a step, by author, as `reader` sees it."""
        shown = {author: data for (kind, author), data in self.messages.items() if kind == step}
        return shown | {a: data for (kind, a, r), data in self.views.items() if (kind, r) == (step, reader)}

    def keys(self, reader: int) -> dict[int, PublicKeys]:
        """Every reveal; a payload that is none is its author's fault."""
        found = {}
        for i, data in self.read("reveal", reader).items():
            try:
                found[i] = decode_keys(data, self.setup.group, self.setup.quorum)
            except MalformedInput as error:
                raise TrusteeFault(i, "ceremony.form", str(error)) from None
        return found

    def shares(self, reader: int) -> dict[int, SealedShares]:
        """Every dealer's shares; a payload that is none is its author's fault."""
        found = {}
        for i, data in self.read("shares", reader).items():
            try:
                found[i] = decode_shares(data, self.setup.group, self.setup.trustees, i)
            except MalformedInput as error:
                raise TrusteeFault(i, "ceremony.form", str(error)) from None
        return found


class Party:
    """A trustee that does what the protocol says."""

    honest = True

    def __init__(self, index: int, seed: str = "") -> None:
        self.index, self.seed = index, seed
        self.state: State | None = None

    def draw(self, board: Board) -> Drawn:
        randomness = DeterministicRandomness(f"{self.seed}/{self.index}/{board.session}")
        return trustee.begin(board.setup, self.index, board.session, randomness)[0]

    def commit(self, board: Board) -> bytes | None:
        self.state = self.draw(board)
        return self.state.message().commit

    def reveal(self, board: Board) -> bytes | None:
        self.state, message = trustee.reveal(self.drawn(), board.read("commit", self.index))
        return message.encode()

    def deal(self, board: Board) -> bytes | None:
        assert isinstance(self.state, Revealed)
        self.state, message = trustee.deal(self.state, board.keys(self.index))
        return message.encode()

    def finish(self, board: Board) -> bytes | None:
        assert isinstance(self.state, Dealt)
        self.state, message = trustee.finish(self.state, board.shares(self.index))
        return message.h_g

    def conclude(self, board: Board) -> bytes | None:
        assert isinstance(self.state, Finished)
        return trustee.conclude(self.state, board.read("confirm", self.index)).encode()

    def answer(self, accuser: int) -> Answer | None:
        assert isinstance(self.state, Dealt | Finished)
        self.state, message = complaint.answer(self.state, accuser)
        return message

    def drawn(self) -> Drawn:
        match self.state:
            case Drawn():
                return self.state
            case Revealed():
                return self.state.drawn
            case Dealt():
                return self.state.drawn
            case Finished() | Answered():
                return self.state.dealt.drawn
        raise AssertionError("nothing is drawn yet")


class Crashing(Party):
    """Loses its memory after every step, and then its last file too, so that it does the step again from a backup."""

    def __init__(self, index: int, seed: str = "") -> None:
        super().__init__(index, seed)
        self.repeated = 0

    def commit(self, board: Board) -> bytes | None:
        return self._again(board, super().commit)

    def reveal(self, board: Board) -> bytes | None:
        return self._again(board, super().reveal)

    def deal(self, board: Board) -> bytes | None:
        return self._again(board, super().deal)

    def finish(self, board: Board) -> bytes | None:
        return self._again(board, super().finish)

    def _again(self, board: Board, step: Callable[[Board], bytes | None]) -> bytes | None:
        """From the new state's file the same message; from a backup of the one before the same message and state."""
        before = None if self.state is None else saved.encode(self.state)
        message = step(board)
        after = saved.encode(self._state())
        self.state = saved.decode(after, board.setup)
        assert sent_from(self.state) == message
        if before is not None:
            self.state = saved.decode(before, board.setup)
            assert step(board) == message
            assert saved.encode(self._state()) == after
        self.repeated += 1
        return message

    def _state(self) -> State:
        assert self.state is not None
        return self.state


def sent_from(state: State) -> bytes:
    """What a state says was published on entering it, as `Party` puts it on the board."""
    match state:
        case Drawn():
            return state.message().commit
        case Revealed() | Dealt():
            return state.message().encode()
        case Finished():
            return state.message().h_g
        case Answered():
            return repr(state.message()).encode()


@dataclass(frozen=True)
class Run:
    """How a session ended: with everybody's key, or with objections, each by its author."""

    board: Board
    objections: Mapping[int, E2EVoteError]
    judged: int = 0
    keys: Mapping[int, TrusteeKey] = field(default_factory=dict)

    def named(self) -> set[int]:
        """The trustees found at fault, by any honest party or by the judgement of a complaint."""
        faults = {error.trustee for error in self.objections.values() if isinstance(error, TrusteeFault)}
        return faults | ({self.judged} if self.judged else set())

    def steps(self) -> set[str]:
        """The names of what failed."""
        return {error.step for error in self.objections.values() if isinstance(error, TrusteeFault)}

    def reveals(self) -> list[PublicKeys]:
        """The keys of this session, for a later one's `earlier`."""
        setup, messages = self.board.setup, self.board.messages
        return [decode_keys(messages["reveal", i], setup.group, setup.quorum) for i in setup.indices()]


STEPS = (
    ("commit", Party.commit),
    ("reveal", Party.reveal),
    ("shares", Party.deal),
    ("confirm", Party.finish),
    ("key", Party.conclude),
)


def run(setup: Setup, parties: Sequence[Party], session: int = 1) -> Run:
    """One session. Cheating parties move last in every step, so that they see what the others published."""
    board = Board(setup, session, {party.index: party for party in parties})
    for step, method in STEPS:
        objections: dict[int, E2EVoteError] = {}
        for party in sorted(parties, key=lambda party: not party.honest):
            try:
                message = getattr(party, method.__name__)(board)
            except E2EVoteError as error:
                if party.honest or isinstance(error, ShareComplaint):
                    objections[party.index] = error
                continue
            if message is not None:
                board.messages[step, party.index] = message
        if objections:
            return Run(board, objections, judged=settled(board, objections))
    group, h_b = setup.group, setup.base_hash
    keys = {i: TrusteeKey.decode(data, group, h_b) for i, data in board.read("key", 0).items()}
    return Run(board, {}, keys=keys)


def settled(board: Board, objections: Mapping[int, E2EVoteError]) -> int:
    """Who is at fault in the first complaint, if there is one: it is published, answered and judged by everybody."""
    found = [error for _, error in sorted(objections.items()) if isinstance(error, ShareComplaint)]
    if not found:
        return 0
    accuser, accused = found[0].accuser, found[0].accused
    answer = board.parties[accused].answer(accuser)
    setup, reveals = board.setup, board.keys(0)
    commits = board.read("commit", 0)
    keys = {i: check_keys(setup, board.session, i, reveals[i], commits[i]) for i in (accuser, accused)}
    return complaint.judge(setup, accuser, accused, keys, board.shares(0)[accused], answer)


def honest(n: int, seed: str = "") -> list[Party]:
    """n parties that do what the protocol says."""
    return [Party(i, seed) for i in range(1, n + 1)]


def with_cheat(n: int, cheat: Party) -> list[Party]:
    """One of n cheats."""
    return [cheat if party.index == cheat.index else party for party in honest(n)]
