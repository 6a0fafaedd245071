"""Records of many ballots that have their form, made without any cryptography: for tests of what reading them takes."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from e2evote.record.bodies import BallotBody
from e2evote.record.leaf import Leaf, PayloadName, Signature, decode_leaf
from e2evote.record.roll_row import line_of
from e2evote.record.sealed import SealedBallot, decode_sealed
from e2evote.record.select import NO_PREVIOUS
from e2evote.verify.ballots import BallotContext
from e2evote.verify.chunk import Item, Take
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry
from tests.ballot.boxed import Rig
from tests.ballot.election import GROUP
from tests.ballot.envelopes import Entered, files_of
from tests.ballot.rolled import RolledRig, Terms

VOTES_ON_A_LINE = 10
"""Every so many ballots one names the line of the one before it (and is not valid: it is no voter's second thought).

With a roll its few lines are named over and over.
"""


VOTE_HALF = {"mayor": {"bob": 1}}
HALF = Terms(lines=(("half", 1),) * 8)


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


def on_a_roll(entered: Entered, rig: RolledRig, number: int) -> Entered:
    """The same ballot with a line of the roll, which is named over and over, and its keys."""
    leaf = decode_leaf(entered[0], GROUP, 3, first=False)
    assert isinstance(leaf.body, BallotBody)
    line = line_of(1 + number % rig.electorate.lines)
    keys = [Signature(key, hashed("sig", key, number) * 2) for key in rig.electorate.keys_of(line)]
    return replace(leaf, body=replace(leaf.body, line=line)).signed(*keys).encode(), *entered[1:]


def write_record(folder: Path, number: int, *, roll: bool = False) -> Path:
    """A record with so many ballots in `folder`; of their checks only those hold that need no cryptography."""
    rig = RolledRig.at("open", HALF) if roll else Rig.at("open")
    sealing = rig.seal_for(rig.voter(1)) if isinstance(rig, RolledRig) else rig.sealed("vera", VOTE_HALF, "half")
    sealed = sealing._of("looked at").opened.sealed
    text = sealed.encode().decode()
    ballots: Iterable[Entered] = (ballot(i, rig.box.setting.first, sealed, text) for i in range(number))
    if isinstance(rig, RolledRig):
        ballots = [on_a_roll(entered, rig, i) for i, entered in enumerate(ballots)]
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
