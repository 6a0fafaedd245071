"""The end of a generated record: close, statement, acceptances, shares, outcome, by the library's own functions.

No party here verifies what it signs: the ballots were made by the same program a moment ago. Which ballots count, and
their products, are read from the published record.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path

from e2evote.adapter.board import BoardReader
from e2evote.adapter.files import StaticWriter
from e2evote.adapter.published import PublishedLog
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.signing import signed
from e2evote.adapter.store import Store
from e2evote.adapter.trustee_folder import TrusteeFolder
from e2evote.board.log import Log
from e2evote.board.merkle import leaf_hash
from e2evote.board.tiles import WIDTH
from e2evote.ceremony.key import TrusteeKey
from e2evote.cli.terminal import Step
from e2evote.manifest.entries import Phase
from e2evote.manifest.voters import ONLINE
from e2evote.record.bodies import BallotBody, Body, Head
from e2evote.record.floor import Parts, parts_by
from e2evote.record.leaf import decode_leaf
from e2evote.record.products import Products, products
from e2evote.record.sealed import decode_sealed
from e2evote.record.select import Cast, Ledger
from e2evote.record.statement import Statement
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SigningKey
from e2evote.tally import trustee as tally
from e2evote.tally.combine import Tally, combine
from e2evote.tally.facts import Facts
from e2evote.tally.memory import Untouched
from e2evote.tally.statement import make_statement
from e2evote.verify.leaves import Setting


@dataclass(frozen=True, slots=True)
class Pack:
    """One payload pack of a record, of which the ballots from entry `start` to `end` are to be added up."""

    record: Path
    size: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where leaves of the ending are signed and appended."""

    setting: Setting
    log: Log

    def append(self, kind: str, body: Body, *keys: SigningKey, payload: bytes = b"") -> bytes:
        """The leaf's hash."""
        envelope = signed(self.setting, kind, body, keys, payload)
        self.log.append(envelope.leaf, envelope.payload or None)
        return leaf_hash(envelope.leaf)


def finish(
    store: Store,
    keys: RehearsalKeys,
    board: BoardReader,
    log: Log,
    writer: StaticWriter,
    executor: Executor,
    step: Step,
) -> None:
    """Everything after the last ballot, published at once. board: as it was when voting was opened."""
    setting, published = board.setting, log.size
    ledger = _ledger(setting, PublishedLog(store.record), published, board.size)
    total = {ONLINE: _products(setting, store.record, board.size, published, executor, step)}
    desk = _Desk(setting, log)
    administrator, teller = keys.party("administrator"), keys.party("teller")
    desk.append("close", Body(), administrator, teller)
    closed = log.checkpoint(log.size)
    stated = make_statement(setting.manifest, ledger, None, total, closed.root, closed.size)
    statement = desk.append("tally.statement", stated.body(), administrator, payload=stated.encode())
    _decrypt(store, keys, board, desk, statement, stated, parts_by(setting.manifest, total), administrator)
    writer.write(log.publish(published))


def _decrypt(
    store: Store,
    keys: RehearsalKeys,
    board: BoardReader,
    desk: _Desk,
    statement: bytes,
    stated: Statement,
    parts: Parts,
    administrator: SigningKey,
) -> None:
    """Acceptances and shares of all trustees, and the outcome."""
    setting, joint = board.setting, board.joint()
    everybody = range(1, setting.manifest.n + 1)
    state = replace(board.state, phase=Phase.STATED)
    facts = Facts(setting, joint, state, (), statement, stated, stated, parts)
    trustees = [
        (keys.party(party.id), _trustee_key(store, keys, setting, party.id)) for party in setting.manifest.trustees
    ]
    memories = []
    for signing, key in trustees:
        memory, body = tally.accept(facts, Untouched(), key)
        memories.append(memory)
        desk.append("tally.accept", body, signing)
    facts = replace(facts, state=replace(state, accepts=frozenset(everybody)))
    posted = {}
    for (signing, key), memory in zip(trustees, memories, strict=True):
        done = tally.decrypt(facts, memory, key, SystemRandomness())
        posted[key.index] = done.shares
        desk.append("tally.share", done.body(), signing, payload=done.shares.encode())
    outcome = combine(Tally(setting, joint, statement, stated, parts), posted).outcome
    head = desk.log.checkpoint(desk.log.size)
    desk.append("outcome", Head(head.root, head.size), administrator, payload=outcome.encode())


def _trustee_key(store: Store, keys: RehearsalKeys, setting: Setting, party: str) -> TrusteeKey:
    key = TrusteeFolder(store.private / party, keys.passphrase(), setting, SystemRandomness()).key()
    if key is None:
        raise ValueError(f"{store.path}: {party} has no key")
    return key


def _ledger(setting: Setting, published: PublishedLog, size: int, start: int) -> Ledger:
    ledger = Ledger()
    for index, data in enumerate(published.entries(size, start), start):
        body = decode_leaf(data, setting.group, setting.manifest.n, first=False).body
        if isinstance(body, BallotBody):
            ledger.cast(Cast(index, leaf_hash(data), body.id, body.line, body.prev, body.tracker))
    return ledger


def _products(setting: Setting, record: Path, start: int, size: int, executor: Executor, step: Step) -> Products:
    """Over every ballot, each the only one of its line."""
    futures: list[Future[Products]] = [executor.submit(add_up, pack) for pack in _packs(record, start, size)]
    total = products(setting.manifest, setting.group, ())
    for done, future in enumerate(futures, 1):
        total = total.together(future.result())
        step(done, len(futures))
    return total


def _packs(record: Path, start: int, size: int) -> Iterator[Pack]:
    for first in range(start // WIDTH * WIDTH, size, WIDTH):
        yield Pack(record, size, max(start, first), min(first + WIDTH, size))


def add_up(pack: Pack) -> Products:
    """The products over the ballots of one pack."""
    published = PublishedLog(pack.record)
    setting = published.setting()
    ballots = []
    for index in range(pack.start, pack.end):
        payload = published.payload(index, pack.size)
        if payload is None:
            raise ValueError(f"{pack.record}: the payload of entry {index} is not there")
        ballots.append(decode_sealed(payload, setting.manifest, setting.group))
    return products(setting.manifest, setting.group, ballots)
