"""A roll from the list of members to verified eligibility, over the hashes and Ed25519 operations that it needs.

    python -m benchmarks.roll

CPU time, one process, two registrars, four fields a line. What is needed are the operations of the standard library and
of the libraries for Ed25519, each in a bare loop on messages of the same length: HMACs (13.2), (13.3), (13.5), the
tree (13.4), check characters (13.6), keys, and the test that every key has prime order. Everything else is ours: random
numbers, objects, text, form, order. Reading the table of members is beside it.
"""

import hashlib
import hmac
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from time import process_time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.claim import Answer, NotMeasured, Row, Task, number, run
from e2evote.adapter.processes import rare_collection
from e2evote.credentials.addresses import addressees
from e2evote.credentials.freezing import Frozen, draw_seed, freeze
from e2evote.credentials.issuing import Issued, Registrar, issue
from e2evote.credentials.members import MemberList, read_members
from e2evote.manifest.model import Manifest
from e2evote.proofs.signature import decode_public_key
from e2evote.record.body import Body
from e2evote.record.electorate import Electorate
from e2evote.record.leaf import Leaf
from e2evote.record.roll import RollForm, read_roll, seed_commitment
from e2evote.record.roll_row import RollRow
from e2evote.record.text_lines import in_one
from e2evote.record.voter_bodies import Freeze
from e2evote.secret.randomness import SystemRandomness
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry
from e2evote.verify.voters import judge
from tests.credentials.association import BASE_HASH, FIELDS, association

BOUND = 1.3
_RANDOM = SystemRandomness()


@dataclass(slots=True)
class Part:
    """CPU seconds of one part: ours, and those of the operations that it needs."""

    name: str
    ours: float
    bare: float

    def row(self, lines: int, bound: float | None = None) -> Row:
        each = (number(seconds / lines * 1e6) for seconds in (self.ours, self.bare))
        return Row(
            f"{self.name}, {lines:,} lines, over the operations needed",
            self.ours / self.bare,
            "×",
            bound,
            at_most=True,
            detail="{} over {} µs a line".format(*each),
        )


def timed(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def table(lines: int) -> bytes:
    """Members as a membership office has them."""
    rows = [f"M{i:07},Ann Member {i},ann.{i}@example.org,+44 7700 {i:07}" for i in range(1, lines + 1)]
    return "\n".join([",".join(FIELDS), *rows]).encode()


def hmacs(count: int, size: int) -> None:
    message = bytes(size)
    for _ in range(count):
        hmac.digest(BASE_HASH, message, "sha256")


def hashes(count: int, size: int) -> None:
    message = bytes(size)
    for _ in range(count):
        hashlib.sha256(message).digest()


def keys(seeds: Sequence[bytes]) -> None:
    for seed in seeds:
        Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def tested(public: Sequence[bytes]) -> None:
    test = decode_public_key.__wrapped__
    for key in public:
        test(key)


def freezing(manifest: Manifest, members: MemberList) -> tuple[Part, Frozen, bytes]:
    """Order, salts, commitments, payload and root."""
    lines, seeds = len(members.members), [draw_seed(_RANDOM) for _ in manifest.registrars]
    commits = [seed_commitment(BASE_HASH, i, seed) for i, seed in enumerate(seeds, start=1)]
    made: list[tuple[Frozen, bytes]] = []

    def ours() -> None:
        frozen = freeze(members.members, FIELDS[2:], BASE_HASH, seeds, commits, _RANDOM)
        made.append((frozen, b"".join(frozen.payload())))

    def bare() -> None:
        hmacs(lines, 100)
        hmacs(len(FIELDS) * lines, 110)
        hashes(lines, len(made[0][0].rows[0]) + 1)
        hashes(lines, 65)

    return Part("freezing the roll", timed(ours), timed(bare)), *made[0]


def issuing(manifest: Manifest, frozen: Frozen, payload: bytes) -> tuple[Part, list[Issued]]:
    """Reading the posted roll, comparing addresses with it, codes, keys and payload, for each registrar."""
    lines, made = len(frozen.rows), list[Issued]()
    roll = manifest.roll
    if roll is None:
        raise NotMeasured("no roll")
    registrars = roll.registrars

    def ours() -> None:
        for registrar in registrars:
            rows: list[RollRow] = []
            read_roll(in_one(payload), RollForm.of(manifest), rows.append)
            people = addressees(frozen.opened, rows, (), registrar.contact, BASE_HASH)
            state = Registrar(BASE_HASH, registrar.party, registrar.contact)
            made.append(issue(state, people, (), _RANDOM))
            b"".join(made[-1].payload())

    def bare() -> None:
        for _ in registrars:
            hashes(lines, len(frozen.rows[0]) + 1)
            hashes(lines, 65)
            hmacs(2 * lines, 110)
            hmacs(lines, 80)
            hashes(lines, 38)
            keys([sha256(row).digest() for row in frozen.rows])

    return Part("issuing two registrars' codes", timed(ours), timed(bare)), made


def verifying(manifest: Manifest, frozen: Frozen, payload: bytes, issued: Sequence[Issued]) -> Part:
    """The leaves of the freeze and of the issues, judged as a verifier judges them."""
    lines, findings, electorate = len(frozen.rows), Findings(), Electorate(manifest)
    leaves: list[tuple[str, str, Body, bytes]] = [
        ("roll.freeze", "chair", Freeze("2031-04-01T00:00:00Z", lines, frozen.root), payload),
        *(("credential.issue", one.registrar.party, one.body, b"".join(one.payload())) for one in issued),
    ]

    def ours() -> None:
        for index, (kind, author, body, data) in enumerate(leaves):
            entry = Entry(index, Leaf(kind, author, bytes(32), body, None), bytes(32), 0)
            if change := judge(electorate, entry, in_one(data), findings):
                change()

    def bare() -> None:
        hashes(lines, len(frozen.rows[0]) + 1)
        hashes(lines, 65)
        for one in issued:
            tested([credential.key for credential in one.credentials])

    part = Part("verifying who may vote", timed(ours), timed(bare))
    if findings.failing() or len(electorate.keys_of("0000001")) != len(issued):
        raise NotMeasured("the verifier did not take what was made")
    return part


def parts(lines: int) -> list[Part]:
    """Each part, and then all of them together."""
    manifest = association()
    members = read_members(table(lines), manifest)
    with rare_collection():
        freezing_part, frozen, payload = freezing(manifest, members)
        issuing_part, issued = issuing(manifest, frozen, payload)
        found = [freezing_part, issuing_part, verifying(manifest, frozen, payload, issued)]
    return [*found, Part("all three", sum(part.ours for part in found), sum(part.bare for part in found))]


def measure(task: Task) -> Answer:
    lines = task.sized(300, 20_000, 100_000)
    rounds = [parts(lines) for _ in range(task.sized(1, 3))]
    middle = len(rounds) // 2
    best = [sorted(some, key=lambda part: part.ours / part.bare)[middle] for some in zip(*rounds, strict=True)]
    rows = [part.row(lines, BOUND if part.name == "all three" else None) for part in best]
    manifest, data = association(), table(lines)
    with rare_collection():
        reading = timed(lambda: read_members(data, manifest))
    rows.append(Row(f"reading a table of {lines:,} members", reading, " s", detail="all rules of its fields"))
    return Answer(tuple(rows), notes=("Middle of three rounds, by the ratio.",))


if __name__ == "__main__":
    sys.exit(run("roll", __doc__, measure))
