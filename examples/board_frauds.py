"""Three frauds of the server that keeps the log, and the file that convicts it of each; runs in seconds.

Three witnesses follow the log, and two of them are a quorum. The server holds its own key, so it can sign what it
likes. It rewrites an entry, shows two histories, drops a ballot. Each time somebody comes to hold two things that it
signed and that cannot both be so. They go into a file, and another process, which gets that file and the log's key and
nothing else, says who is convicted.
"""

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from tempfile import mkdtemp

from e2evote.adapter.monitor import Monitor
from e2evote.adapter.monitor_state import open_state
from e2evote.adapter.receipts import keys_of_record, search_record
from e2evote.board.accusation import Fork
from e2evote.board.checkpoint import Checkpoint
from e2evote.board.cosignature import WitnessKey, add_cosignatures, cosign
from e2evote.board.evidence import encode_evidence
from e2evote.board.log import Log
from e2evote.board.note import LogKey, Signer
from e2evote.board.proof import open_receipt
from e2evote.board.witnessing import Rejected, Request, decode_request, judge
from e2evote.errors import CheckFailed
from e2evote.manifest.draft import ContestFacts, OptionFacts, PartyFacts, WitnessFacts, draft
from e2evote.proofs.signature import decode_public_key
from e2evote.record.bodies import Body
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SigningKey

ORIGIN = "dishonest.example/2031"
NOON = int(datetime(2031, 5, 1, 12, tzinfo=UTC).timestamp())


def new_key() -> SigningKey:
    return SigningKey(SystemRandomness().bytes(32))


class Witness:
    """An honest one: it remembers the head that it cosigned last, and cosigns only what has grown from that."""

    def __init__(self, name: str, key: SigningKey) -> None:
        self.key = WitnessKey(name, decode_public_key(key.public))
        self._signer = Signer(self.key, key.sign)
        self._latest: Checkpoint | None = None

    def asked(self, log: Log, note: bytes) -> bytes:
        """The note, with this witness's line if it may have that."""
        old = min(self._latest.size, log.size) if self._latest else 0
        proof = log.consistency_proof(old, log.size) if old else ()
        answer = judge(decode_request(Request(old, proof, note).encode()), [LOG_KEY], self._latest)
        if isinstance(answer, Rejected):
            return note
        self._latest = answer.checkpoint  # a real one stores this durably before it answers
        return add_cosignatures(note, [cosign(answer.text, self._signer, NOON)])


# The selection: its manifest is entry 0 of the log, and names the log's key, the witnesses and their quorum.

CHAIR, SERVER = new_key(), new_key()
LOG_KEY = LogKey(ORIGIN, decode_public_key(SERVER.public))
WITNESS_KEYS = {name: new_key() for name in ("anna", "ben", "cleo")}
MANIFEST = draft(
    election="frauds",
    name="A selection with a dishonest server",
    origin=ORIGIN,
    parties=[
        PartyFacts("chair", "administrator", "The society", CHAIR.public),
        PartyFacts("log", "log", "The service", SERVER.public),
        PartyFacts("tess", "teller", "The tellers", new_key().public),
        PartyFacts("theo", "trustee", "The trustees", new_key().public),
    ],
    witnesses=[WitnessFacts(n, f"Friends of {n}", Witness(n, k).key.encode()) for n, k in WITNESS_KEYS.items()],
    contests=[ContestFacts("chair", "Who is to be chair?", (OptionFacts("ada", "Ada"), OptionFacts("bo", "Bo")))],
    opens=datetime(2031, 5, 1, tzinfo=UTC),
    closes=datetime(2031, 5, 2, tzinfo=UTC),
)
BALLOTS = tuple(f"ballot of voter {number}" for number in range(1, 9))  # a log carries anything, real ballots too


def log_of(*ballots: str) -> Log:
    """What the server signs for: the manifest, and these."""
    leaf = Leaf("manifest", "chair", b"", Body(), PayloadName.of(MANIFEST.encode()))
    log = Log(Signer(LOG_KEY, SERVER.sign))
    log.append(leaf.signed(Signature(CHAIR.public, CHAIR.sign(leaf.message()))).encode(), MANIFEST.encode())
    for ballot in ballots:
        log.append(ballot.encode())
    return log


def publish(log: Log, folder: Path) -> Path:
    """The log as a static board; what was there before is gone, since this server does not mind."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in log.publish(0).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def rewritten(folder: Path) -> Path:
    """A monitor has looked once. Then the server changes one entry and goes on as if nothing had been."""
    board = publish(log_of(*BALLOTS[:5]), folder / "board")
    with open_state(folder / "monitor") as state:
        monitor = Monitor(str(board), state)
        monitor.look()
        publish(log_of(*BALLOTS[:2], "another ballot", *BALLOTS[3:]), board)
        alarm = monitor.look().alarm
    if alarm is None or alarm.evidence is None:
        raise RuntimeError("the monitor saw nothing")
    print("The monitor:", alarm.sentence)
    return alarm.evidence


def two_histories(folder: Path) -> Path:
    """Some see one history and some the other. Whichever of them a witness saw first, it cosigns no other."""
    one, other = log_of(*BALLOTS), log_of(*BALLOTS[:3], "another ballot", *BALLOTS[4:])
    for first_shown in product((one, other), repeat=3):
        witnesses = [Witness(name, key) for name, key in WITNESS_KEYS.items()]
        notes = {log: log.signed_checkpoint() for log in (one, other)}
        for witness, first in zip(witnesses, first_shown, strict=True):
            for log in (first, other if first is one else one):
                notes[log] = witness.asked(log, notes[log])
        receipts = [log for log in (one, other) if is_receipt(log.proof(1, notes[log], BALLOTS[0].encode()).encode())]
        if len(receipts) != 1:
            raise RuntimeError(f"{len(receipts)} histories have receipts")
    print("Of two histories one has receipts, in all 8 ways to show them to three honest witnesses.")
    fork = Fork(notes[one], notes[other], other.checkpoint(other.size).root, ())  # two readers compared their heads
    file = folder / "two-histories.json"
    file.write_bytes(encode_evidence(fork, LOG_KEY))
    return file


def is_receipt(data: bytes) -> bool:
    """Whether a voter's tool takes it for one: under the manifest's quorum of witnesses."""
    try:
        open_receipt(data, LOG_KEY, MANIFEST.policy)
    except CheckFailed:
        return False
    return True


def dropped(folder: Path) -> Path:
    """A voter has a receipt, confirmed by two witnesses. The record that is shown in the end lacks the ballot."""
    log = log_of(*BALLOTS)
    note = log.signed_checkpoint()
    for name in ("anna", "cleo"):
        note = Witness(name, WITNESS_KEYS[name]).asked(log, note)
    receipt = log.proof(4, note, BALLOTS[3].encode()).encode()
    open_receipt(receipt, LOG_KEY, MANIFEST.policy)
    record = publish(log_of(*BALLOTS[:3], *BALLOTS[4:]), folder / "record")
    file = folder / "dropped.json"
    file.write_bytes(search_record(receipt, record, keys_of_record(record, None)).evidence)
    return file


def judged(file: Path) -> str:
    """What a third party says, which has the file and the log's key."""
    command = [sys.executable, "-m", "e2evote", "evidence", "check", str(file), "--log-key", LOG_KEY.encode()]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    folder = Path(mkdtemp(prefix="board-frauds-"))
    for fraud in (rewritten, two_histories, dropped):
        print(f"\n{fraud.__name__}: {fraud.__doc__}")
        file = fraud(folder)
        print(f"{file}, judged by somebody else:\n{judged(file)}")


if __name__ == "__main__":
    main()
