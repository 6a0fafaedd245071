"""What one 0/1 selection costs, e2evote beside ElectionGuard for Python 1.4.0, in one run.

    python -m benchmarks.selection [--selections 20] [--rounds 5] [--venv PATH] [--json]

Three figures: encrypt and prove, verify one by one (membership of α and β included, no batch, no hints), and add
one ciphertext to a tally. The two sides take turns, so that whatever else the machine does falls on both; each
figure is CPU time of one process, the best round with the median beside it. Both have 4096-bit groups, the same gmpy2
and a clock that starts when inputs are in memory. e2evote's tables for g and K are made before; how long that
takes is printed. ElectionGuard's log is silenced, which makes it faster than it is as published.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import process_time

from benchmarks.oracle.client import Oracle
from benchmarks.oracle.environment import Unavailable
from e2evote.algebra import elgamal
from e2evote.algebra.elgamal import Ciphertext
from e2evote.algebra.exponentiation import precompute
from e2evote.algebra.group import Element, Residue
from e2evote.algebra.parameters import ELECTIONGUARD_4096 as GROUP
from e2evote.proofs import one_of
from e2evote.proofs.one_of import BallotPlace, OneOf, OneOfProof
from e2evote.proofs.place import Place
from e2evote.secret.prove import prove_one_of
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.scalar import SecretScalar

ROOT = Path(__file__).resolve().parent.parent
TALLY_TIMES = 50
PLACE = BallotPlace(bytes(32), Place(1, 1))


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: both sides' times per item in `unit`, best and median over the rounds."""

    what: str
    unit: str
    e2evote: float
    e2evote_median: float
    electionguard: float
    electionguard_median: float

    @property
    def ratio(self) -> float:
        """How many times faster e2evote is, best against best."""
        return self.electionguard / self.e2evote


@dataclass(frozen=True, slots=True)
class Sealed:
    """A selection as it arrives: two residues, of which nothing is known, and a proof."""

    alpha: Residue
    beta: Residue
    proof: OneOfProof


def seal(K: Element, vote: int, randomness: SystemRandomness) -> tuple[Ciphertext, OneOfProof]:
    """Enc(K, vote; ξ) (3.1) with the proof that it is 0 or 1 (3.5)."""
    xi = SecretScalar.random(GROUP, randomness)
    ciphertext = Ciphertext(xi.power_of(GROUP.g), xi.plus(GROUP.scalar(vote)).power_of(K))
    statement = OneOf(K, ciphertext.alpha, ciphertext.beta, 1)
    proof, _ = prove_one_of(statement, vote, xi, PLACE, randomness)
    return ciphertext, proof


def verifies(K: Element, sealed: Sealed) -> bool:
    alpha, beta = GROUP.screen([sealed.alpha, sealed.beta])
    return one_of.verify(OneOf(K, alpha, beta, 1), sealed.proof, PLACE)


@dataclass(frozen=True, slots=True)
class Round:
    """CPU seconds of one round: prove and verify all selections, add them up `TALLY_TIMES` over."""

    prove: float
    verify: float
    tally: float


def own_round(K: Element, votes: Sequence[int]) -> Round:
    randomness = SystemRandomness()
    start = process_time()
    made = [seal(K, vote, randomness) for vote in votes]
    prove = process_time() - start

    arrived = [
        Sealed(GROUP.decode_residue(c.alpha.encode()), GROUP.decode_residue(c.beta.encode()), proof)
        for c, proof in made
    ]
    start = process_time()
    valid = [verifies(K, sealed) for sealed in arrived]
    verify = process_time() - start
    if not all(valid):
        raise SystemExit("a proof that was just made does not verify")

    ciphertexts = [ciphertext for ciphertext, _ in made] * TALLY_TIMES
    start = process_time()
    elgamal.product(GROUP, ciphertexts)
    return Round(prove, verify, process_time() - start)


def their_round(oracle: Oracle, key: str, votes: Sequence[int]) -> Round:
    prove = oracle.ask("time_prove", key=key, votes=list(votes))
    return Round(prove, oracle.ask("time_verify"), oracle.ask("time_tally", times=TALLY_TIMES))


def figures(ours: Sequence[Round], theirs: Sequence[Round], selections: int) -> list[Figure]:
    def figure(what: str, unit: str, field: str, factor: float) -> Figure:
        own, other = ([getattr(one, field) * factor for one in rounds] for rounds in (ours, theirs))
        return Figure(what, unit, min(own), statistics.median(own), min(other), statistics.median(other))

    return [
        figure("encrypt + prove", "ms", "prove", 1e3 / selections),
        figure("verify one by one", "ms", "verify", 1e3 / selections),
        figure("tally, a ciphertext", "µs", "tally", 1e6 / (selections * TALLY_TIMES)),
    ]


def commit() -> str:
    """The checkout's commit, marked when files differ from it; `unknown` outside a checkout."""
    commands = (["git", "rev-parse", "--short", "HEAD"], ["git", "status", "--porcelain"])
    try:
        name, status = (
            subprocess.run(c, cwd=ROOT, capture_output=True, text=True, check=True).stdout for c in commands
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name.strip() + ("+changes" if status else "")


def processor() -> str:
    """The processor's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number}, want at least 1")
    return number


def main() -> int:
    parser = argparse.ArgumentParser(description="One selection, e2evote beside ElectionGuard for Python 1.4.0.")
    parser.add_argument("--selections", type=positive, default=20, help="in each round (default 20)")
    parser.add_argument("--rounds", type=positive, default=5, help="of which the best counts (default 5)")
    parser.add_argument("--venv", type=Path, help="the oracle's virtual environment (default: a cached one)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    votes = [number % 2 for number in range(options.selections)]
    try:
        oracle = Oracle(options.venv)
    except Unavailable as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 1

    with oracle:
        K = SecretScalar.random(GROUP, SystemRandomness()).power_of(GROUP.g)
        their_key = oracle.ask("power_of_generator", exponent=f"{SystemRandomness().below(int(GROUP.q)):x}")
        start = process_time()
        tables = (precompute(GROUP.g), precompute(K))
        table_seconds = process_time() - start
        ours, theirs = [], []
        for _ in range(options.rounds):
            ours.append(own_round(K, votes))
            theirs.append(their_round(oracle, their_key, votes))

    rows = figures(ours, theirs, options.selections)
    setting = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "gmpy2": version("gmpy2"),
        "electionguard": oracle.about["electionguard"],
        "rounds": options.rounds,
        "selections": options.selections,
        "tables": f"{len(tables)} of window {tables[0].window}, made in {table_seconds:.2f} s",
    }
    if options.json:
        print(json.dumps({**setting, "figures": [{**asdict(row), "ratio": row.ratio} for row in rows]}, indent=1))
        return 0
    for name, value in setting.items():
        print(f"{name:<13} {value}")
    print(f"\n{'CPU time, best (median)':<24} {'e2evote':>17} {'electionguard':>17} {'ratio':>7}")
    for row in rows:
        own, other = (
            f"{row.e2evote:.2f} ({row.e2evote_median:.2f})",
            f"{row.electionguard:.2f} ({row.electionguard_median:.2f})",
        )
        print(f"{row.what + ', ' + row.unit:<24} {own:>17} {other:>17} {row.ratio:>6.1f}x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
