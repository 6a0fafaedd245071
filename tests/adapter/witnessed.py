"""A selection with three witnesses, two of whom are a quorum; they are in this process, and have a clock."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from board.memory import MemoryWitness, Said
from e2evote.adapter.board import BoardReader
from e2evote.adapter.patience import Patience
from e2evote.adapter.service import BoxService, open_box
from e2evote.adapter.store import Store
from e2evote.board.note import LogKey
from e2evote.board.policy import Policy
from e2evote.errors import Refused
from e2evote.manifest.draft import PartyFacts, WitnessFacts, draft
from e2evote.manifest.model import Manifest
from e2evote.proofs.signature import decode_public_key
from tests.adapter.selections import PHRASE, Clock, Selection, hold_ceremony, new_store
from tests.ballot.election import CONTESTS, GROUP, STYLES, signing_key

OPENS = datetime(2031, 5, 1, tzinfo=UTC)
CLOSES = datetime(2031, 5, 2, tzinfo=UTC)
NAMES = ("east", "north", "south")


@dataclass
class World:
    """The witnesses and their clock."""

    now: int = int(OPENS.timestamp())
    witnesses: list[MemoryWitness] = field(default_factory=list)

    def __post_init__(self) -> None:
        log = LogKey("e2evote/spring", decode_public_key(signing_key("log").public))
        self.witnesses = [MemoryWitness(name, lambda: self.now, log) for name in NAMES]

    def down(self, *names: str) -> None:
        """Exactly these do not answer."""
        for witness in self.witnesses:
            witness.say = _silent if witness.name in names else None

    def manifest(self) -> Manifest:
        roles = {"chair": "administrator", "log": "log", "tess": "teller"}
        roles |= dict.fromkeys([f"trustee-{i}" for i in (1, 2, 3)], "trustee")
        return draft(
            election="spring",
            name="Spring",
            parties=[PartyFacts(id, role, f"Society of {id}", signing_key(id).public) for id, role in roles.items()],
            contests=CONTESTS,
            opens=OPENS,
            closes=CLOSES,
            styles=STYLES,
            group=GROUP.name,
            witnesses=[WitnessFacts(each.name, f"Club of {each.name}", each.key.encode()) for each in self.witnesses],
        )

    def desk(self, policy: Policy, private: Path) -> "InProcess":
        return InProcess({witness.name: witness.ask for witness in self.witnesses})


@dataclass(frozen=True)
class InProcess:
    """Asks the witnesses of a world."""

    asked: Mapping[str, Callable[[bytes], Said | Refused]]

    def __call__(self, requests: Mapping[str, bytes]) -> Iterator[tuple[str, Said | Refused]]:
        for name, request in requests.items():
            yield name, self.asked[name](request)

    def close(self) -> None:
        return None


def _silent(request: bytes) -> Refused:
    return Refused("witness-unreachable", "no answer")


class Witnessed(Selection):
    """A selection of that world."""

    def __init__(self, store: Store, world: World) -> None:
        super().__init__(store)
        self.world, self.clock = world, Clock()

    def board(self) -> BoardReader:
        return BoardReader(self.store.record, allow_test_group=True, patience=Patience())

    @contextmanager
    def box(self) -> Iterator[BoxService]:
        with open_box(
            self.store, PHRASE, allow_test_group=True, witnesses=self.world.desk, patience=self.clock.patience(3)
        ) as service:
            yield service


def new(path: Path) -> Witnessed:
    """Before the ceremony."""
    world = World()
    return Witnessed(new_store(path, world.manifest()), world)


def confirmed(path: Path) -> Witnessed:
    """All trustees have confirmed the key."""
    selection = new(path)
    with selection.box() as box:
        hold_ceremony(selection, box.post)
    return selection


def own_copy(template: Witnessed, path: Path) -> Witnessed:
    """The same selection in a folder and with witnesses of its own."""
    shutil.copytree(template.store.path, path)
    selection = Witnessed(replace(template.store, path=path), World())
    for mine, theirs in zip(selection.world.witnesses, template.world.witnesses, strict=True):
        mine.latest = theirs.latest
    return selection


def opened_now(selection: Witnessed) -> Witnessed:
    """Once the administrator and the teller have opened it."""
    with selection.box() as box:
        selection.administration(box.post).open()
    return selection
