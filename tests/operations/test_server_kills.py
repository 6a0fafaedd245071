"""The server is killed with SIGKILL at any moment while 64 voters cast and challenge over HTTP, each a process.

No acknowledged ballot is lost; every voter ends with a receipt, by nothing but sending the same bytes again; all heads
that anybody has seen are of one log; the record verifies.
"""

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.election import Election
from e2evote.adapter.published import PublishedLog
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.store import Store
from e2evote.ballot import sealing
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.checkpoint import open_checkpoint
from e2evote.board.merkle import leaf_hash
from e2evote.board.proof import decode_proof, open_receipt
from e2evote.board.tree import Tree
from e2evote.verify import verify_record
from tests.api.served import rehearsal
from tests.faults.processes import Child, Nursery, heard, nursery
from tests.faults.recording import complaints
from tests.operations.effort import effort
from tests.operations.people import devices, sent
from tests.operations.processes import ask
from tests.operations.test_proxies import free_port

VOTERS = 64
VOTES = effort(3, 10)
KILLS = effort(20, 200)
CHOICES = ({"chair": {"bob": 1}}, {"chair": {"ada": 1}})
CHALLENGERS = 16
"""So many of them have one ballot opened before they cast others; all of them vote several times."""

LIMITS = "".join(
    f"{kind} = {{burst = 1000000, per_minute = 1000000}}\n" for kind in ("casts", "reads", "sessions", "writes")
)


@pytest.fixture
def born() -> Iterator[Nursery]:
    modules = ("tests.operations.processes", "e2evote.adapter.api.app", "e2evote.adapter.http_server", "uvicorn")
    with nursery(*modules) as made:
        yield made


def prepare(store: Store, folder: Path) -> dict[str, bytes]:
    """What every voter is going to send, in files of its own; the leaves by the files' names."""
    folder.mkdir()
    people, leaves = devices(store), {}
    keys, booth = RehearsalKeys.read(store), Booth(BoardReader(store.record, allow_test_group=True))
    assert keys is not None
    for number in range(VOTERS):
        name, previous = f"voter-{number:02}", bytes(32)
        made = [people.challenge(name, CHOICES[0], "").envelope] if number < CHALLENGERS else []
        key = keys.voter(name)
        for vote in range(VOTES):
            sealed = booth.seal(booth.owner(key.public), CHOICES[(number + vote) % 2])
            cast = sealing.cast(sealed, previous, key)  # after the one before, which is sent until it is in the log
            previous = leaf_hash(cast.leaf.encode())
            made.append(Envelope(cast.leaf.encode(), cast.payload, cast.hints))
        for step, envelope in enumerate(made):
            file = folder / f"{name}.{step:02}.json"
            file.write_text(json.dumps(sent(envelope)), "utf-8")
            leaves[file.name] = envelope.leaf
    return leaves


def answers(port: int) -> bool:
    try:
        return ask(port, "GET", "/v1/health", None)[0] == 200
    except (OSError, ValueError):
        return False


@pytest.mark.slow
def test_the_server_is_killed_while_64_vote(born: Nursery, tmp_path: Path) -> None:
    store, chance, port = rehearsal(tmp_path / "s"), random.Random(1), free_port()
    leaves = prepare(store, tmp_path / "kept")
    config, said, seen = tmp_path / "serve.toml", tmp_path / "server", tmp_path / "voters"
    config.write_text(f"[limits]\n{LIMITS}", "utf-8")

    def server() -> Child:
        return born("tests.operations.processes:serve", said, str(store.path), str(port), str(config))

    def started(child: Child) -> float:
        began = time.monotonic()
        while not answers(port):
            time.sleep(0.01)
            assert time.monotonic() - began < 120, complaints(said)
        return time.monotonic() - began

    running = server()
    longest = 2 * started(running)
    pause = str(longest / 2 * KILLS / (VOTES + 1))  # so that they are at it all the time
    voting = [
        born("tests.operations.processes:vote", seen, str(port), str(tmp_path / "kept"), f"voter-{number:02}", pause)
        for number in range(VOTERS)
    ]
    for kill in range(KILLS):
        if kill % 2:  # this one works for a while; others may be killed while they start
            started(running)
        time.sleep(chance.uniform(0, longest / 2))
        running.kill()
        assert running.wait() == -9, complaints(said)
        running = server()
    codes = [child.wait() for child in voting]
    assert codes == [0] * VOTERS, [line for line in heard(seen.read_text()) if not line.startswith("receipt")]
    running.kill()
    running.wait()

    assert said.read_text().count("public_url") >= KILLS // 2
    lines = [line.split() for line in heard(seen.read_text())]
    assert sum(line[0] == "lost" for line in lines) > VOTERS, "hardly any answer was lost"
    assert {line[2] for line in lines if line[0] == "again"} == {"same"}
    indices = {line[1]: int(line[2]) for line in lines if line[0] == "receipt"}
    assert indices.keys() == leaves.keys()
    one_log(
        store,
        {leaves[name]: index for name, index in indices.items()},
        sorted((tmp_path / "kept").glob("*.tlog-proof")),
    )
    with Election.open_store(store.path, allow_test_group=True) as election:
        election.close()
        outcome = election.tally()
        place = election.record()
    report = verify_record(place.path, place.anchors, allow_test_group=True)
    assert report.failing == frozenset()
    assert report.facts.counts["ballots"] == VOTERS * VOTES
    last = [CHOICES[(number + VOTES - 1) % 2] for number in range(VOTERS)]
    for option in ("ada", "bob"):
        assert outcome.votes()["chair", option] == last.count({"chair": {option: 1}})


def one_log(store: Store, places: dict[bytes, int], receipts: list[Path]) -> None:
    """Everything acknowledged is at its index and nowhere else; every head that a receipt shows is a prefix."""
    board = BoardReader(store.record, allow_test_group=True)
    published = PublishedLog(store.record)
    newest = open_checkpoint(published.checkpoint(), board.log_key)
    entries = list(published.entries(newest.size))
    tree, roots = Tree(), {}
    for entry in entries:
        tree.append(leaf_hash(entry))
        roots[tree.size] = tree.root(tree.size)
    assert len(set(entries)) == len(entries)
    assert {leaf: entries.index(leaf) for leaf in places} == places
    assert len(receipts) == len(places)
    for path in receipts:
        receipt = open_receipt(path.read_bytes(), board.log_key, None)
        assert places[receipt.entry] == receipt.index
        head = open_checkpoint(decode_proof(path.read_bytes()).checkpoint, board.log_key)
        assert roots[head.size] == head.root, "a head that somebody was shown is not of this log"
