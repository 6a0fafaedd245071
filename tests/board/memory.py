"""A storage, published files and witnesses in memory, for tests of the order of operations; each can fail."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from board.keys import log_key, signer
from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.cosignature import WitnessKey, cosign
from e2evote.board.gathering import Gatherer
from e2evote.board.keeper import Collaborators, Keeper
from e2evote.board.log import CHECKPOINT
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import LogKey, Signer, decode_note
from e2evote.board.policy import decode_policy
from e2evote.board.storage import WAITING, Answer, Batch, Status, Stored, Submission
from e2evote.board.witnessing import Cosignable, decode_request, encode_answer, judge
from e2evote.errors import Refused, StorageConflict, StorageDamaged
from e2evote.proofs.signature import decode_public_key
from e2evote.secret.sign import SigningKey


class Cut(BaseException):
    """The process ends here."""


class Countdown:
    """Ends the process at the n-th operation, before it (`after` False) or after it."""

    def __init__(self, left: int = -1, after: bool = False) -> None:
        self.left, self.after = left, after

    def before(self) -> None:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Cut

    def done(self) -> None:
        if self.left == 0 and self.after:
            raise Cut


@dataclass
class Row:
    entry: bytes
    payload: bytes
    hints: bytes
    private: bytes


@dataclass
class MemoryStorage:
    """What the protocol asks for, and nothing for speed."""

    rows: list[Row] = field(default_factory=list)
    waiting: dict[bytes, Submission] = field(default_factory=dict)
    answers: dict[bytes, int | Answer] = field(default_factory=dict)
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)
    note: bytes = b""
    notes: dict[int, bytes] = field(default_factory=dict)
    heads: list[bytes] = field(default_factory=list)
    countdown: Countdown = field(default_factory=Countdown)
    refuse: dict[str, Refused] = field(default_factory=dict)

    def _write(self, name: str) -> None:
        self.countdown.before()
        if name in self.refuse:
            raise self.refuse[name]

    def submit(self, submissions: Sequence[Submission]) -> None:
        self._write("submit")
        for each in submissions:
            if not isinstance(self.answers.get(each.key), int):
                self.answers.pop(each.key, None)
                self.waiting.setdefault(each.key, each)
        self.countdown.done()

    def status(self, key: bytes) -> Status:
        return WAITING if key in self.waiting else self.answers.get(key)

    def pending(self, most: int, most_bytes: int) -> tuple[Submission, ...]:
        return tuple(self.waiting.values())[:most]

    def size(self) -> int:
        return len(self.rows)

    def sequence(self, batch: Batch) -> None:
        self._write("sequence")
        keys = [each.key for each in batch.appended]
        if batch.start != self.size() or any(key not in self.waiting for key in (*keys, *batch.answers)):
            raise StorageConflict(f"the log has {self.size()} entries, not {batch.start}")
        for each in batch.appended:
            pending = self.waiting.pop(each.key)
            self.answers[each.key] = self.size()
            self.rows.append(Row(pending.entry, pending.payload, each.hints, each.private))
        for key, answer in batch.answers.items():
            del self.waiting[key]
            self.answers[key] = answer
        for path, data in batch.tiles.items():
            self.tiles[int(path.series.removeprefix("tile/")), path.index] = data
        self.countdown.done()

    def entries(self, start: int, end: int) -> Iterator[Stored]:
        for row in self.rows[start:end]:
            yield Stored(row.entry, sha256(row.payload).digest() if row.payload else bytes(32), row.private)

    def payload(self, index: int) -> bytes:
        if self.rows[index].payload == b"damaged":
            raise StorageDamaged(f"the payload of entry {index}")
        return self.rows[index].payload

    def contents(self, start: int, end: int) -> Iterator[tuple[Stored, bytes]]:
        return zip(self.entries(start, end), map(self.payload, range(start, end)), strict=True)

    def hints(self, index: int) -> bytes:
        return self.rows[index].hints

    def tile(self, level: int, number: int) -> bytes:
        return self.tiles.get((level, number), b"")

    def head(self) -> bytes:
        return self.note

    def swap_head(self, old: bytes, new: bytes, size: int) -> None:
        self._write("swap_head")
        if self.note != old:
            raise StorageConflict("another head")
        self.note = new
        self.heads.append(new)
        self.countdown.done()

    def add_cosigned(self, size: int, note: bytes) -> None:
        self._write("add_cosigned")
        if not any(known >= size for known in self.notes):
            self.notes[size] = note
        self.countdown.done()

    def cosigned(self, index: int) -> bytes:
        return next((self.notes[size] for size in sorted(self.notes) if size > index), b"")

    def close(self) -> None:
        return None


@dataclass
class MemoryFiles:
    """Published files. shown: every checkpoint that there ever was, in order."""

    files: dict[str, bytes] = field(default_factory=dict)
    shown: list[bytes] = field(default_factory=list)
    countdown: Countdown = field(default_factory=Countdown)
    refuse: list[Refused] = field(default_factory=list)

    def checkpoint(self) -> bytes:
        return self.files.get(CHECKPOINT, b"")

    def publish(self, files: Iterable[tuple[str, bytes]]) -> None:
        for name, data in files:
            self.countdown.before()
            if self.refuse:
                raise self.refuse[0]
            self.files[name] = data
            if name == CHECKPOINT:
                self.shown.append(data)
            self.countdown.done()


@dataclass(frozen=True)
class Said:
    status: int
    body: bytes
    content_type: str = "text/plain"


class MemoryWitness:
    """A witness that keeps the rules, unless `say` is set. clock: the time that it signs. log: whose heads it takes."""

    def __init__(self, name: str, clock: Callable[[], int], log: LogKey | None = None) -> None:
        self._log = log or log_key()
        seed = SigningKey(sha256(name.encode()).digest())
        self.name, self.key = name, WitnessKey(f"witness.example/{name}", decode_public_key(seed.public))
        self._signer, self._clock = Signer(self.key, seed.sign), clock
        self.latest: Checkpoint | None = None
        self.say: Callable[[bytes], Said | Refused] | None = None
        self.asked = 0

    def ask(self, request: bytes) -> Said | Refused:
        self.asked += 1
        return self.say(request) if self.say else self.answer(request)

    def answer(self, request: bytes) -> Said:
        outcome = judge(decode_request(request), [self._log], self.latest)
        if not isinstance(outcome, Cosignable):
            return Said(outcome.status, outcome.body, outcome.content_type)
        self.latest = outcome.checkpoint
        return Said(200, encode_answer([cosign(outcome.text, self._signer, self._clock())]))


def down(request: bytes) -> Refused:
    return Refused("witness-unreachable", "no answer")


class World:
    """One log with everything around it; `start` is a new process on the same storage, files and witnesses."""

    def __init__(self, witnesses: int = 0, quorum: int = 0) -> None:
        self.storage, self.files, self.now = MemoryStorage(), MemoryFiles(), 1_900_000_000
        self.witnesses = [MemoryWitness(f"w{number}", self._time) for number in range(1, witnesses + 1)]
        self.policy = self._policy(quorum) if witnesses else None

    def _time(self) -> int:
        self.now += 1
        return self.now

    def _policy(self, quorum: int) -> object:
        lines = [f"log {signer().key.encode()}"]  # type: ignore[attr-defined]
        lines += [f"witness {each.name} {each.key.encode()}" for each in self.witnesses]
        lines += [f"group all {quorum} {' '.join(each.name for each in self.witnesses)}", "quorum all", ""]
        return decode_policy("\n".join(lines).encode())

    def ask(self, requests: Mapping[str, bytes]) -> Iterator[tuple[str, Said | Refused]]:
        for witness in self.witnesses:
            if witness.name in requests:
                yield witness.name, witness.ask(requests[witness.name])

    def start(self, **others: object) -> Keeper:
        gatherer = Gatherer(self.policy, self.ask) if self.policy else None  # type: ignore[arg-type]
        given = {"storage": self.storage, "publisher": self.files, "signer": signer(), "gatherer": gatherer}
        return Keeper.start(Collaborators(**{**given, **others}))  # type: ignore[arg-type]

    def hand_in(self, *names: str) -> list[Submission]:
        made = [submission(name) for name in names]
        self.storage.submit(made)
        return made


def submission(name: str) -> Submission:
    entry = f"entry {name}".encode()
    return Submission(leaf_hash(entry), entry, f"payload {name}".encode(), b"hint" if name == "h" else b"")


def stated(note: bytes) -> Checkpoint:
    return decode_text(decode_note(note).text)
