"""64 clients, three servers that take in and one that writes, on one log, with a close in the middle: goal R5.

Clients lose replies, ask again at another server, and hand in what is in the log already; some voters cast two ballots
at the same moment. What holds of the history, and is tested:

    - indices are dense, no leaf is there twice, no line has two ballots with one predecessor, and none after the close;
    - a receipt, once given, is the same from every server at every time, and the entry is at its index in the record;
    - whatever was acknowledged before another ballot was handed in, has the smaller index; so every history of
      hand-ins and receipts is that of one log that is appended to one ballot after the other. Within one batch the
      order is that of the leaf hashes, which only ballots that overlapped in time can notice.
"""

import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from e2evote.adapter.booth import Booth
from e2evote.adapter.published import PublishedLog
from e2evote.adapter.reply import Acknowledged
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.checkpoint import decode_text
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import decode_note
from e2evote.board.proof import open_receipt
from e2evote.errors import Refused
from e2evote.verify.report import Verdict
from tests.adapter.selections import Selection, prepared
from tests.ballot.election import signing_key
from tests.faults.effort import effort, in_memory
from tests.faults.processes import Child, Nursery, heard
from tests.faults.recording import complaints

SECONDS = effort(60, 600)
CLIENTS = 64
DOORS = 3


@dataclass(frozen=True, slots=True)
class Cast:
    """One ballot: when its client first handed it in, and when it first had the receipt, or was refused."""

    voter: str
    key: bytes
    began: float
    ended: float
    index: int = -1
    receipt: bytes = field(default=b"", repr=False)
    refused: str = ""


class History:
    """What all clients have seen. Several threads add to it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self.casts: list[Cast] = []
        self.known: list[tuple[Envelope, bytes]] = []
        self.failures: list[str] = []
        self.asked = self.lost = 0

    def add(self, cast: Cast, envelope: Envelope) -> None:
        with self._turn:
            self.casts.append(cast)
            if cast.receipt:
                self.known.append((envelope, cast.receipt))


@dataclass(slots=True)
class Voter:
    """A client: one thread with a connection to a door, and a new one whenever it loses a reply."""

    number: int
    selection: Selection
    doors: list[str]
    history: History
    stop: threading.Event

    def run(self) -> None:
        """Ballot after ballot until the booth says that the selection is closed, and then one sealed before."""
        try:
            chance, booth = random.Random(self.number), self.selection.booth()
            late = self._ballots(booth, "late", 1)
            with suppress(Refused):  # the booth has seen the close
                for count in range(1_000_000):
                    name = f"ballot {count}"
                    self._cast(name, self._ballots(booth, name, 2 if count % 4 == 3 else 1), chance)
                    if self.stop.is_set():
                        break
            self._cast("late", late, chance)
        except Exception as error:
            self.history.failures.append(f"client {self.number}: {type(error).__name__}: {error}")

    def _ballots(self, booth: Booth, name: str, number: int) -> list[Envelope]:
        """Different ones of one voter, who has cast none before."""
        key = signing_key(f"client {self.number}, {name}")
        return [
            booth.cast(booth.seal(booth.owner(key.public), {"mayor": {"ada": 1}}, "half"), key) for _ in range(number)
        ]

    def _cast(self, name: str, ballots: list[Envelope], chance: random.Random) -> None:
        """Until each is answered. Two ballots of one line are handed in together, at two doors."""
        voter = f"client {self.number}, {name}"
        began, waiting, kind = time.monotonic(), list(ballots), "cast"
        while waiting:
            for ballot in list(waiting):
                reply = self._send(kind, ballot, chance)
                if reply is None or reply[0] == "waiting":
                    continue
                waiting.remove(ballot)
                key, ended = leaf_hash(ballot.leaf), time.monotonic()
                if reply[0] == "at":
                    done = Cast(voter, key, began, ended, int(reply[1]), bytes(reply[2]))  # type: ignore[arg-type]
                else:
                    done = Cast(voter, key, began, ended, refused=str(reply[1]))
                self.history.add(done, ballot)
            if self.history.known and chance.random() < 0.2:
                self._ask_again(chance)
            kind = "cast" if chance.random() < 0.1 else "ask"
            if waiting:
                time.sleep(chance.uniform(0.05, 0.3))

    def _ask_again(self, chance: random.Random) -> None:
        """Somebody's ballot that has a receipt: the same receipt, whoever asks."""
        envelope, receipt = chance.choice(self.history.known)
        reply = self._send("cast", envelope, chance)
        if reply is not None and (reply[0] != "at" or reply[2] != receipt):
            self.history.failures.append(f"another answer to the same ballot: {reply[:2]}")

    def _send(self, kind: str, envelope: Envelope, chance: random.Random) -> "tuple[object, ...] | None":
        """None where the reply is lost: the client hangs up before it reads."""
        self.history.asked += 1
        with Client(chance.choice(self.doors), "AF_UNIX") as door:
            door.send((kind, envelope.encode()))
            if chance.random() < 0.15:
                self.history.lost += 1
                return None
            reply: tuple[object, ...] = door.recv()
            return reply


def opened(child: Child, said: Path) -> None:
    """Waits until it has said so."""
    for _ in range(12000):
        if said.exists() and "open" in heard(said.read_text()):
            return
        time.sleep(0.01)
    raise AssertionError(f"process {child.pid} did not start: {complaints(said)}")


@pytest.mark.slow
def test_many_clients_several_servers_and_one_log(born: Nursery, tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    opened_at = selection.board().size
    path, stop_file = str(selection.store.path), tmp_path / "stop"
    with in_memory() as sockets:
        writer = born("tests.faults.door:write", tmp_path / "writer", path, str(stop_file))
        doors = [str(sockets / f"{number}") for number in range(DOORS)]
        takers = [born("tests.faults.door:take_in", tmp_path / f"door-{i}", path, door) for i, door in enumerate(doors)]
        opened(writer, tmp_path / "writer")
        for number, taker in enumerate(takers):
            opened(taker, tmp_path / f"door-{number}")
        history, stop = History(), threading.Event()
        voters = [Voter(number, selection, doors, history, stop) for number in range(CLIENTS)]
        threads = [threading.Thread(target=voter.run, daemon=True) for voter in voters]
        for thread in threads:
            thread.start()
        time.sleep(SECONDS * 0.7)
        close = _close(selection, doors[0])
        time.sleep(SECONDS * 0.3)
        stop.set()
        for thread in threads:
            thread.join(120)
            assert not thread.is_alive(), "a client was never answered"
        for taker in takers:
            taker.kill()
            assert taker.wait() == -9, complaints(tmp_path / "door-0")
        stop_file.touch()
        assert writer.wait() == 0, complaints(tmp_path / "writer")
    assert history.failures == []
    check(selection, history, close, opened_at)


def _close(selection: Selection, door: str) -> Cast:
    """The close of voting, handed in at a door as everything else; at what time, and where it is."""
    began = time.monotonic()

    def post(envelope: Envelope) -> Acknowledged:
        while True:
            with Client(door, "AF_UNIX") as client:
                client.send(("cast", envelope.encode()))
                reply = client.recv()
            assert reply[0] in ("waiting", "at"), reply
            if reply[0] == "at":
                return Acknowledged(reply[1], reply[2], envelope.leaf)
            time.sleep(0.05)

    done = selection.administration(post).close()
    return Cast("", leaf_hash(done.entry), began, time.monotonic(), done.index, done.receipt)


def check(selection: Selection, history: History, close: Cast, opened_at: int) -> None:
    """The history against the record, in which the first ballot has the index `opened_at`."""
    published, log_key = PublishedLog(selection.store.record), selection.board().log_key
    size = decode_text(decode_note(published.checkpoint()).text).size
    entries = list(published.entries(size))
    places = {leaf_hash(entry): index for index, entry in enumerate(entries)}
    assert len(places) == len(entries) == size, "an entry is there twice"
    accepted = [cast for cast in history.casts if cast.receipt]
    refused = [cast for cast in history.casts if cast.refused]
    for cast in (*accepted, close):
        receipt = open_receipt(cast.receipt, log_key, None)
        assert (places.get(cast.key), receipt.index) == (cast.index, cast.index), "acknowledged elsewhere"
    assert all(cast.key not in places for cast in refused), "refused, and in the log"
    assert {cast.refused for cast in refused} <= {"board.phase", "stale-prev"}
    assert max(cast.index for cast in accepted) < close.index == size - 1, "a ballot after the close"
    assert len({cast.voter for cast in accepted}) == len(accepted), "two ballots of one voter with one predecessor"
    late = [cast for cast in history.casts if cast.began > close.ended]
    assert late, "nobody came after the close"
    assert all(cast.refused == "board.phase" for cast in late)
    _check_linear([*accepted, close])
    report = selection.verify()
    assert report.failing == frozenset()
    assert report.verdict is Verdict.INCOMPLETE  # nobody has decrypted
    assert report.facts.counts["ballots"] == len(accepted) == close.index - opened_at
    assert len(accepted) > CLIENTS
    assert history.lost > CLIENTS


def _check_linear(casts: list[Cast]) -> None:
    """What was acknowledged before something else was handed in has the smaller index."""
    by_end, largest, at = sorted(casts, key=lambda cast: cast.ended), -1, 0
    for cast in sorted(casts, key=lambda cast: cast.began):
        while by_end[at].ended < cast.began:
            largest, at = max(largest, by_end[at].index), at + 1
        assert cast.index > largest, f"index {cast.index} was given after index {largest} was acknowledged"
