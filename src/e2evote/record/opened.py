"""The opened ballot of a challenge: sealed ballot, seed and choices (docs/spec.md, section 8).

It holds no key, line, r or signature, so that an opened choice, which is often the true one, is tied to nobody.
"""

from dataclasses import dataclass

from e2evote.algebra.group import Group
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import Encodable
from e2evote.hashing.fields import array, hex_bytes, integer, object_, string
from e2evote.manifest.model import Manifest
from e2evote.record.leaf import LARGEST_PAYLOAD
from e2evote.record.sealed import SealedBallot, read_sealed

SEED_SIZE = 32
LARGEST_VALUE = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Choice:
    """The values of one contest, one per item in the manifest's order, the blank vote last."""

    contest: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OpenedBallot:
    """What a device said it had sealed, to be recomputed."""

    sealed: SealedBallot
    seed: bytes
    choices: tuple[Choice, ...]

    def encode(self) -> bytes:
        """The canonical bytes of the payload."""
        choices: list[Encodable] = [{"contest": c.contest, "values": list(c.values)} for c in self.choices]
        return canonical.encode({"choices": choices, "sealed": self.sealed.members(), "seed": self.seed.hex()})


def decode_opened(data: bytes, manifest: Manifest, group: Group) -> OpenedBallot:
    """An opened ballot from outside bytes, or MalformedInput naming the place. Nothing is recomputed yet."""
    members = object_(canonical.decode(data, limit=LARGEST_PAYLOAD), "", ("choices", "sealed", "seed"))
    sealed = read_sealed(members["sealed"], manifest, group, "sealed")
    number = len(sealed.contests)
    choices = []
    for i, item in enumerate(array(members["choices"], "choices", number, number)):
        where, contest = f"choices[{i}]", sealed.contests[i]
        fields = object_(item, where, ("contest", "values"))
        if string(fields["contest"], f"{where}.contest", 0, 63) != contest.id:
            raise MalformedInput(f"want {contest.id!r}", f"{where}.contest")
        values = array(fields["values"], f"{where}.values", len(contest.items), len(contest.items))
        read = (integer(value, f"{where}.values[{j}]", 0, LARGEST_VALUE) for j, value in enumerate(values))
        choices.append(Choice(contest.id, tuple(read)))
    return OpenedBallot(sealed, hex_bytes(members["seed"], "seed", SEED_SIZE), tuple(choices))
