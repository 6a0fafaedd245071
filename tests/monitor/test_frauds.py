"""The demonstration of frauds convicts; and two histories never both have receipts while the witnesses are honest."""

import os
import random
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from board.keys import signer
from e2evote.board.checkpoint import Checkpoint
from e2evote.board.cosignature import add_cosignatures, cosign
from e2evote.board.log import Log
from e2evote.board.note import sign_note
from e2evote.board.proof import open_receipt
from e2evote.board.witnessing import Cosignable, Request, decode_request, judge
from e2evote.errors import CheckFailed
from monitor.signed import LOG_KEY, T0, log_of, policy, witness

ROOT = Path(__file__).resolve().parents[2]


def test_the_demonstration_convicts_three_times(tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, str(ROOT / "examples" / "board_frauds.py")]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("CONVICTED: log dishonest.example/2031") == 3
    assert "one has receipts, in all 8 ways" in ended.stdout


class Asked:
    """A witness that remembers; a dishonest one cosigns whatever it is shown."""

    def __init__(self, name: str, honest: bool = True) -> None:
        self.name, self.honest = name, honest
        self.latest: Checkpoint | None = None

    def cosigned(self, log: Log, size: int, note: bytes) -> bytes:
        old = self.latest.size if self.latest else 0
        proof = log.consistency_proof(old, size) if 0 < old <= size else ()
        if old > size:
            return note if self.honest else self.signed(note, log.checkpoint(size).text())
        answer = judge(decode_request(Request(old, proof, note).encode()), [LOG_KEY], self.latest)
        if isinstance(answer, Cosignable):
            self.latest = answer.checkpoint
            return self.signed(note, answer.text)
        return note if self.honest else self.signed(note, log.checkpoint(size).text())

    def signed(self, note: bytes, text: bytes) -> bytes:
        return add_cosignatures(note, [cosign(text, witness(self.name), T0)])


def has_receipt(log: Log, note: bytes, index: int, names: tuple[str, ...], quorum: int) -> bool:
    try:
        open_receipt(log.proof(index, note, b"mine").encode(), LOG_KEY, policy(names, quorum))
    except CheckFailed:
        return False
    return True


def both(names: tuple[str, ...], quorum: int, dishonest: tuple[str, ...], rng: random.Random | None) -> set[int]:
    """Which of two histories, which part at entry 2, come to a receipt.

    rng: of the order in which is asked; one after the other without.
    """
    logs = [log_of("a", "b", *["mine"] * 8), log_of("a", "b", "other", *["mine"] * 7)]
    witnesses = [Asked(name, name not in dishonest) for name in names]
    notes = {
        (history, size): sign_note(log.checkpoint(size).text(), [signer()])
        for history, log in enumerate(logs)
        for size in range(1, 11)
    }
    asks = [(history, size, one) for history, size in notes for one in witnesses] * 2
    if rng:
        rng.shuffle(asks)
    for history, size, one in asks:
        notes[history, size] = one.cosigned(logs[history], size, notes[history, size])
    return {h for (h, s), note in notes.items() if s > 3 and has_receipt(logs[h], note, 3, names, quorum)}


NAMES = ("w1", "w2", "w3", "w4")


@pytest.mark.parametrize(("n", "quorum", "liars"), [(3, 2, 0), (4, 3, 0), (4, 3, 1), (3, 3, 2), (1, 1, 0)])
def test_two_histories_never_both_reach_a_receipt(n: int, quorum: int, liars: int) -> None:
    """A97: whomever of the honest witnesses the server asks for what, and as often as it likes."""
    names = NAMES[:n]
    assert liars == 0 or policy(names, quorum).least_in_common > liars
    rng = random.Random(7)
    reached = [
        both(names, quorum, dishonest, rng) for dishonest in combinations(names, liars) for _ in range(max(1, 6 // n))
    ]
    assert all(len(histories) <= 1 for histories in reached)
    assert both(names, quorum, (), None) == {0}, "the server can get receipts at all"


def test_with_more_liars_than_the_policy_tolerates_both_do() -> None:
    """So the bound is the bound: 2 of 3 tolerates no dishonest witness."""
    rng = random.Random(7)
    assert {0, 1} in [both(NAMES[:3], 2, ("w1",), rng) for _ in range(10)]
