"""Records of many ballots that have their form, made without any cryptography: for tests of what reading them takes."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from e2evote.record.bodies import BallotBody
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.record.sealed import SealedBallot, decode_sealed
from e2evote.record.select import NO_PREVIOUS
from e2evote.verify.ballots import BallotContext
from e2evote.verify.chunk import Item, Take
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry
from tests.ballot.boxed import Rig
from tests.ballot.envelopes import Entered, files_of

VOTES_ON_A_LINE = 10
"""Every so many ballots one names the line of the one before it (and is not valid: it is no voter's second thought)."""


def hashed(*names: object) -> bytes:
    return sha256(repr(names).encode()).digest()


def ballot(number: int, first: bytes, pattern: SealedBallot, text: str) -> Entered:
    """A ballot like the pattern, whose canonical bytes are `text`, but with names and α that no other has."""
    index = number - number % VOTES_ON_A_LINE if number % VOTES_ON_A_LINE == 1 else number
    id = hashed("id", number)
    text = text.replace(pattern.id.hex(), id.hex())
    for item in pattern.contests[0].items:
        alpha = item.alpha.encode()
        other = b"\x01" + (hashed(number, item.option) * len(alpha))[: len(alpha) - 1]
        text = text.replace(alpha.hex(), other.hex())
    payload = text.encode()
    body = BallotBody(id, hashed("line", index).hex(), NO_PREVIOUS, hashed("r", number), hashed("tracker", number))
    signature = Signature(hashed("key", index), hashed("sig", number) * 2)
    leaf = Leaf("ballot", "voter", first, body, PayloadName.of(payload), (signature,))
    return leaf.encode(), payload, b"hints"


def write_record(folder: Path, number: int) -> Path:
    """A record with so many ballots in `folder`; of their checks only those hold that need no cryptography."""
    rig = Rig.at("open")
    sealed = rig.sealed("vera", {"mayor": {"bob": 1}}, "half")._of("looked at").opened.sealed
    text = sealed.encode().decode()
    ballots = (ballot(i, rig.box.setting.first, sealed, text) for i in range(number))
    for name, data in files_of(rig.manifest, (*rig.entries, *ballots)).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def read_only(context: BallotContext, items: Iterable[Item], findings: Findings, take: Take) -> None:
    """In the place of `check_chunk`: ballots are read, and nothing is verified."""
    for item in items:
        take(item.entry, decode_sealed(item.payload, context.setting.manifest, context.setting.group))


def unsigned(entry: Entry, findings: Findings) -> None:
    """In the place of `check_signatures`."""
