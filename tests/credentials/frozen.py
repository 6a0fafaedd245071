"""A small roll, frozen: its members, seeds, and what is posted and kept of it."""

from dataclasses import dataclass
from functools import cache

from e2evote.credentials.freezing import Frozen, draw_seed, freeze
from e2evote.credentials.members import Member, read_members
from e2evote.credentials.opened_roll import OpenedRoll
from e2evote.manifest.model import Manifest
from e2evote.record.roll import PostedRoll, RollForm, read_roll, seed_commitment
from e2evote.record.roll_opening import PublishedRoll
from e2evote.record.roll_row import RollRow
from e2evote.record.text_lines import in_one
from tests.credentials.association import BASE_HASH, association
from tests.randomness import DeterministicRandomness

SIZE = 23


def members(size: int, manifest: Manifest, first: int = 1) -> tuple[Member, ...]:
    rows = [
        f"M-{i:04},Zoë {i},zoe.{i}@example.org,+44 20 7946 {i:04},{'half' if i % 4 == 0 else 'all'},{5 if i % 2 else 1}"
        for i in range(first, first + size)
    ]
    data = "\n".join(["reference,name,email,phone,style,weight", *rows]).encode()
    return read_members(data, manifest).members


@dataclass(frozen=True)
class Roll:
    manifest: Manifest
    members: tuple[Member, ...]
    seeds: tuple[bytes, ...]
    commits: tuple[bytes, ...]
    frozen: Frozen
    posted: PostedRoll

    @property
    def opened(self) -> OpenedRoll:
        return self.frozen.opened

    @property
    def rows(self) -> list[RollRow]:
        return list(self.posted.rows())

    @property
    def published(self) -> PublishedRoll:
        return PublishedRoll(self.opened.fields, self.posted.lines, self.posted.root, {}, {})


@cache
def frozen_roll(size: int = SIZE, seed: str = "frozen") -> Roll:
    manifest = association(("all", "half"), (1, 5))
    assert manifest.roll
    randomness = DeterministicRandomness(seed)
    seeds = tuple(draw_seed(randomness) for _ in manifest.roll.registrars)
    commits = tuple(seed_commitment(BASE_HASH, i, one) for i, one in enumerate(seeds, start=1))
    given = members(size, manifest)
    frozen = freeze(given, manifest.roll.contacts, BASE_HASH, seeds, commits, randomness)
    posted = read_roll(in_one(b"".join(frozen.payload())), RollForm.of(manifest))
    return Roll(manifest, given, seeds, commits, frozen, posted)
