"""The whole server is killed at any moment, while voters hand in and ask again: goal R1 (b).

Ballots come by the inbox, each several times, some before the server has started, some while it works; a reply may be
lost with its reader, who then asks again.
"""

import random
import time
from pathlib import Path

import pytest

from e2evote.adapter.inbox import collect, drop
from e2evote.adapter.published import PublishedLog
from e2evote.adapter.reply import is_final, read_reply
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.checkpoint import open_checkpoint
from e2evote.board.merkle import leaf_hash
from e2evote.board.proof import decode_proof
from e2evote.board.tree import Tree
from e2evote.verify.report import Verdict
from tests.adapter.selections import Selection, prepared
from tests.faults.effort import effort
from tests.faults.processes import Nursery
from tests.faults.recording import complaints

KILLS = effort(50, 500)
VOTERS = 24
STARTS = 3
"""A box is let live for as long as so many starts take."""


class Voters:
    """Everybody who hands in, with what was answered."""

    def __init__(self, selection: Selection) -> None:
        self.selection, self.store = selection, selection.store
        self.log_key = selection.board().log_key
        self.ballots = [selection.ballot(f"voter-{number}") for number in range(VOTERS)]
        self.asked: dict[str, Envelope] = {}
        self.places: dict[bytes, int] = {}
        self.roots: dict[int, bytes] = {}
        self.answers = 0

    def hand_in(self, envelope: Envelope) -> None:
        self.asked[drop(self.store, envelope)] = envelope

    def collect(self) -> None:
        """What has been answered; each answer to the same ballot names the same index."""
        for name, envelope in list(self.asked.items()):
            data = collect(self.store, name)
            if data is None or not is_final(data):
                continue
            del self.asked[name]
            acknowledged = read_reply(data, envelope, self.log_key, None)
            key = leaf_hash(envelope.leaf)
            assert self.places.setdefault(key, acknowledged.index) == acknowledged.index
            self.note(decode_proof(acknowledged.receipt).checkpoint)
            self.answers += 1

    def note(self, note: bytes) -> None:
        """A signed head that somebody outside has seen."""
        checkpoint = open_checkpoint(note, self.log_key)
        assert self.roots.setdefault(checkpoint.size, checkpoint.root) == checkpoint.root, "two heads of one size"

    def check(self) -> None:
        """Everything acknowledged is where it was said to be, once; every head that was seen is a prefix."""
        published = PublishedLog(self.store.record)
        self.note(published.checkpoint())
        entries = list(published.entries(max(self.roots)))
        tree = Tree()
        for entry in entries:
            tree.append(leaf_hash(entry))
        places = {leaf_hash(entry): index for index, entry in enumerate(entries)}
        assert len(places) == len(entries)
        assert all(places.get(key) == index for key, index in self.places.items())
        assert all(tree.root(size) == root for size, root in self.roots.items())


def _time_to_start(born: Nursery, selection: Selection, said: Path) -> float:
    began = time.monotonic()
    box = born("tests.faults.box:main", said, str(selection.store.path))
    while not said.exists() or b"open" not in said.read_bytes():
        time.sleep(0.005)
        assert time.monotonic() - began < 120, complaints(said)
    box.kill()
    box.wait()
    return time.monotonic() - began


@pytest.mark.slow
def test_the_box_is_killed_at_any_moment(born: Nursery, tmp_path: Path) -> None:
    selection, chance = prepared(tmp_path / "s", "open"), random.Random(0)
    voters = Voters(selection)
    longest = STARTS * _time_to_start(born, selection, tmp_path / "said")
    for number in range(KILLS):
        for _ in range(2):
            voters.hand_in(chance.choice(voters.ballots[: 1 + number * VOTERS // KILLS]))
        box = born("tests.faults.box:main", tmp_path / "said", str(selection.store.path))
        time.sleep(chance.uniform(0, longest / 2))
        voters.hand_in(chance.choice(voters.ballots))
        time.sleep(chance.uniform(0, longest / 2))
        voters.collect()
        box.kill()
        assert box.wait() == -9, complaints(tmp_path / "said")
        voters.check()
    said = (tmp_path / "said").read_text().split()
    assert said.count("open") > KILLS // 5, "hardly any box had started when it was killed"
    assert voters.answers > KILLS // 5
    with selection.box() as box_here:
        for envelope in voters.ballots:
            voters.hand_in(envelope)
        while voters.asked:
            box_here.step()
            voters.collect()
        administration = selection.administration(box_here.post)
        administration.close()
        administration.statement()
    voters.check()
    report = selection.verify()
    assert report.failing == frozenset()
    assert report.verdict is Verdict.INCOMPLETE  # nobody has decrypted
    assert report.facts.counts["ballots"] == VOTERS
