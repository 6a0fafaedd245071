"""Boards that a monitor may be shown: real files of real logs, with a manifest that names the witnesses of `signed`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from board.keys import ORIGIN, signer
from e2evote.adapter.monitor import Monitor
from e2evote.adapter.monitor_look import World
from e2evote.adapter.monitor_state import open_state
from e2evote.board.log import CHECKPOINT, Log
from e2evote.board.witnessing import monitoring_path
from e2evote.errors import Refused
from e2evote.manifest.draft import ContestFacts, OptionFacts, PartyFacts, WitnessFacts, draft
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import Body
from e2evote.record.leaf import Leaf, PayloadName
from e2evote.secret.sign import SigningKey
from e2evote.verify.anchors import Anchors
from e2evote.verify.leaves import setting_of
from monitor.signed import LOG_KEY, NAMES, T0, cosigned, witness_key

Files = dict[str, bytes]
PLACE = "https://board.example"


def url_of(name: str) -> str:
    return f"https://{name}.example"


@cache
def manifest(witnessed: bool = True, election: str = "spring", url: str = "") -> Manifest:
    """A manifest of the log of `board.keys`, with three witnesses of whom two are a quorum, or with none.

    url: the address of the first witness; of the others, and without it of all, one in a network in memory.
    """

    def party(id: str, role: str) -> PartyFacts:
        return PartyFacts(id, role, f"Society of {id}", SigningKey(id.encode().rjust(32, b"-")).public)  # type: ignore[arg-type]

    parties = [party("chair", "administrator"), party("tess", "teller")]
    parties += [party(name, "trustee") for name in ("north", "south")]
    parties.append(PartyFacts("log", "log", "Society", SigningKey(bytes(range(32))).public))
    places = {name: url_of(name) for name in NAMES} | ({NAMES[0]: url} if url else {})
    witnesses = [WitnessFacts(n, f"Society of {n}", witness_key(n).encode(), places[n]) for n in NAMES]
    contest = ContestFacts("chair", "Chair", (OptionFacts("ada", "Ada"), OptionFacts("bo", "Bo")))
    return draft(
        election=election,
        name="Election",
        parties=parties,
        contests=[contest],
        opens=datetime(2030, 1, 1, tzinfo=UTC),
        closes=datetime(2030, 2, 1, tzinfo=UTC),
        origin=ORIGIN,
        witnesses=witnesses if witnessed else (),
    )


def first_entry(of: Manifest) -> bytes:
    return Leaf("manifest", "chair", b"", Body(), PayloadName.of(of.encode())).encode()


def anchors(of: Manifest | None = None, log_key: str = LOG_KEY.encode()) -> Anchors:
    read = of or manifest()
    return Anchors(setting_of(first_entry(read), read.encode(), read).base_hash, bytes(32), log_key)


def board_log(size: int, of: Manifest | None = None, **changed: str) -> Log:
    """Entry 0 is the manifest; the others "entry 1", "entry 2", …; changed: by number, as e5="another"."""
    read = of or manifest()
    log = Log(signer())
    if size:
        log.append(first_entry(read), read.encode())
    for number in range(1, size):
        log.append(changed.get(f"e{number}", f"entry {number}").encode(), b"payload")
    return log


def published(log: Log, *names: str, time: int = T0) -> Files:
    """The files of the board, its checkpoint cosigned by these witnesses."""
    files = log.publish(0)
    if names:
        files[CHECKPOINT] = cosigned(files[CHECKPOINT], *names, time=time)
    return files


def witness_files(note: bytes) -> Files:
    return {monitoring_path(ORIGIN): note}


@dataclass
class Place:
    """Named files in memory. before: told of each name that is asked for; it may raise, and may change the files."""

    files: Files
    before: Callable[[str], None] = lambda name: None
    asked: list[str] = field(default_factory=list)

    def read(self, name: str, limit: int) -> bytes:
        self.asked.append(name)
        self.before(name)
        if name not in self.files:
            raise FileNotFoundError(2, "no such file", name)
        data = self.files[name]
        if len(data) > limit:
            raise Refused("download", f"{name}: more than {limit} bytes")
        return data


@dataclass
class Net:
    """Every address that there is, and a clock that moves only while somebody sleeps."""

    places: dict[str, Place]
    now: float = T0 + 10
    meanwhile: list[Callable[[], None]] = field(default_factory=list)

    def source(self, url: str) -> Place:
        if url not in self.places:
            raise Refused("download", f"{url}: nobody answers")
        return self.places[url]

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        for act in self.meanwhile:
            act()

    def world(self) -> World:
        return World(lambda: self.now, self.sleep, self.source)


def net(files: Mapping[str, bytes], **witnesses: bytes) -> Net:
    """A board of these files; and the witnesses' heads, by name."""
    places = {PLACE: Place(dict(files))}
    places |= {url_of(name): Place(witness_files(note)) for name, note in witnesses.items()}
    return Net(places)


def look(folder: Path, at: Net, **options: object):  # type: ignore[no-untyped-def]
    """One look by a monitor that is started for it, and ends afterwards."""
    with open_state(folder) as state:
        return Monitor(PLACE, state, world=at.world(), **options).look()  # type: ignore[arg-type]
