"""The server's work on its log, as a process that loads only `board` and `adapter`'s storage and files.

It starts as the server does (the storage looked through, what a crash left undone done), then takes in, sequences,
signs, publishes and acknowledges, round after round. What anybody outside could ever hold against it, it says:

    started
    stored KEY              durable; it has no index yet
    signed SIZE ROOT        a signature exists, whether or not it gets out
    receipt INDEX SIZE KEY  acknowledged: this entry is at this index under the head of this size
    refused CODE            a step was refused by name, and nothing more was done
    closed                  it has ended well

After a refusal that changed nothing the round is tried again once. After any other, every further step must be refused.
"""

import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from e2evote.adapter.files import StaticWriter
from e2evote.adapter.storage import create_storage, open_storage
from e2evote.board.checkpoint import decode_text
from e2evote.board.keeper import UNCHANGED, Collaborators, Keeper
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import Signer, decode_note
from e2evote.board.storage import Storage, Submission
from e2evote.errors import Refused
from tests.faults import cargo
from tests.faults.processes import say

Tell = Callable[..., None]

TAKEN_IN = 5
"""Rounds of the process that only takes in."""

MOST, MOST_BYTES = 256, 2**24


def telling(tell: Tell) -> Signer:
    """The log's signer, which says what it signs before anybody else can see the signature."""
    signer = cargo.signer()

    def sign(text: bytes) -> bytes:
        checkpoint = decode_text(text)
        signature = signer.sign(text)
        tell("signed", checkpoint.size, checkpoint.root.hex())
        return signature

    return Signer(signer.key, sign)


def submission(name: str) -> Submission:
    entry = cargo.entry(name)
    return Submission(leaf_hash(entry), entry, cargo.payload(entry), cargo.hints(entry))


class Server:
    """One storage, its keeper and its files."""

    def __init__(self, place: str, record: str, tell: Tell = say) -> None:
        self.tell = tell
        tell("started")
        self.storage: Storage = open_storage(place, cargo.ORIGIN)
        self.keeper = Keeper.start(Collaborators(self.storage, StaticWriter(Path(record)), telling(tell)))

    def take(self, names: Iterable[str]) -> list[bytes]:
        """Pending now, if they are not in the log; their keys."""
        submissions = [submission(name) for name in names]
        self.storage.submit(submissions)
        for each in submissions:
            self.tell("stored", each.key.hex())
        return [each.key for each in submissions]

    def sequence(self) -> None:
        """All that is pending, which under load is more than a batch."""
        self.keeper.settle()
        while pending := self.storage.pending(MOST, MOST_BYTES):
            self.keeper.append(pending)
            self.keeper.settle()

    def acknowledge(self, keys: Iterable[bytes]) -> None:
        for key in keys:
            index = self.storage.status(key)
            assert isinstance(index, int), f"not in the log after it was sequenced: {index}"
            proof = self.keeper.receipts.of(index)
            assert proof is not None
            self.tell("receipt", index, decode_text(decode_note(proof.checkpoint).text).size, key.hex())

    def close(self) -> None:
        self.storage.close()
        self.tell("closed")


def names_of(seed: str, number: int) -> list[str]:
    """What comes in in a round: one to three that are new, and one that is not."""
    new = [f"{seed}-{number}-{i}" for i in range(1 + number % 3)]
    return [*new, f"{seed}-{max(0, number - 1)}-0"]


def main(place: str, record: str, seed: str, rounds: str) -> None:
    """`rounds` rounds of entries that only this seed has."""
    number = int(rounds)
    try:
        server = Server(place, record)
        for at in range(number):
            attend(server, names_of(seed, at))
        server.close()
    except Refused as refused:
        say("refused", refused.code)


def create(place: str, record: str, seed: str, rounds: str) -> None:
    """As `main`, from nothing."""
    create_storage(place, cargo.ORIGIN).close()
    say("created")
    main(place, record, seed, rounds)


def hasty(place: str, record: str, seed: str, rounds: str) -> None:
    """A server that says first and does then: what the tests must convict."""
    server = Server(place, record)
    for at in range(int(rounds)):
        names = names_of(seed, at)
        for name in names:
            say("stored", submission(name).key.hex())
        attend(server, names)
    server.close()


def intake(place: str, seed: str) -> None:
    """Another process on the same storage, which only takes in, and then waits to be killed."""
    storage = open_storage(place, cargo.ORIGIN)
    for number in range(TAKEN_IN):
        names = names_of(seed, number)
        try:
            storage.submit([submission(name) for name in names])
        except Refused as refused:
            say("again", refused.code)
            continue
        for name in names:
            say("stored", submission(name).key.hex())
        time.sleep(0.002)
    signal.pause()


def fill(place: str, record: str, size: str) -> None:
    """A log of this size, for others to go on from."""
    server = Server(place, record)
    if int(size):
        server.take(f"old-{i}" for i in range(int(size)))
        server.sequence()
    server.storage.close()


def attend(server: Server, names: list[str]) -> None:
    """A round: again if nothing was changed; after any other refusal nothing more is done."""
    try:
        _attempt(server, names)
    except Refused as refused:
        if refused.code in UNCHANGED:
            server.tell("again", refused.code)
            _attempt(server, names)
            return
        _must_refuse(lambda: server.keeper.append(()))
        raise


def _attempt(server: Server, names: list[str]) -> None:
    keys = server.take(names)
    server.sequence()
    server.acknowledge(keys)


def _must_refuse(step: Callable[[], object]) -> None:
    try:
        step()
    except Refused:
        return
    raise AssertionError("a step was done after a failure")
