"""A rehearsal with a roll, whose members' devices are ours; some of them are not what they should be."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from e2evote.adapter import Election
from e2evote.adapter.codes import CodeReader
from e2evote.ballot.box_envelope import Envelope
from e2evote.hashing import canonical
from e2evote.manifest.draft import StyleFacts
from e2evote.record.identifiers import tracker_of
from e2evote.record.leaf import Leaf, PayloadName, Signature, decode_leaf
from e2evote.secret.sign import SigningKey
from tests.adapter.selections import refused

ADA, BOB = {"chair": {"ada": 1}}, {"chair": {"bob": 1}}


class Hall:
    """A rehearsal with a roll of six, whose members' devices are ours; some of them are not what they should be."""

    def __init__(self, election: Election) -> None:
        self.election, self.letters = election, {int(one.line): one for one in election.letters()}
        assert election._voters is not None
        self.booth = election._voters._booth() if election.status().joint else None

    def keys(self, line: int) -> tuple[SigningKey, ...]:
        assert self.booth is not None
        voter = self.booth.voter(str(line))
        return CodeReader(self.election.setting, voter).keys(self.letters[line].codes)

    def ballot(self, line: int, votes: Any = ADA) -> Envelope:
        assert self.booth is not None
        return self.booth.cast(self.booth.seal(self.booth.voter(str(line)), votes), *self.keys(line))

    def challenge(self, session: str, line: int = 1) -> Envelope:
        assert self.booth is not None
        return self.booth.challenge(self.booth.seal(self.booth.voter(str(line)), ADA), session)[0]

    def leaf(self, envelope: Envelope) -> Leaf:
        return decode_leaf(envelope.leaf, self.election.setting.group, self.election.manifest.n, first=False)

    def signed(self, envelope: Envelope, leaf: Leaf, line: int, payload: bytes | None = None) -> Envelope:
        """The leaf with the line's signatures, and perhaps another payload, which it names."""
        if payload is not None:
            leaf = replace(leaf, payload=PayloadName.of(payload))
            envelope = replace(envelope, payload=payload)
        keys = self.keys(line)
        leaf = leaf.signed(*(Signature(key.public, key.sign(leaf.message())) for key in keys))
        return replace(envelope, leaf=leaf.encode(), hints=b"")

    def copied(self, envelope: Envelope, seed: bytes, payload: bytes | None = None) -> Envelope:
        """The ballot under another leaf, signed by one who has no code of its line."""
        leaf, payload = self.leaf(envelope), envelope.payload if payload is None else payload
        leaf = replace(leaf, payload=PayloadName.of(payload))
        keys = [SigningKey(bytes([number]) + seed[1:]) for number in range(len(leaf.signatures))]
        leaf = leaf.signed(*(Signature(key.public, key.sign(leaf.message())) for key in keys))
        return Envelope(leaf.encode(), payload)

    def unproven(self, line: int) -> Envelope:
        """A ballot in which all is right that is seen without proving, and one proof is not."""
        envelope = self.ballot(line)
        payload, leaf = spoiled(envelope.payload), self.leaf(envelope)
        leaf = replace(leaf, body=replace(leaf.body, tracker=self.tracker(payload)))
        return self.signed(envelope, leaf, line, payload)

    def tracker(self, sealed: bytes) -> bytes:
        """Of a ballot with this payload."""
        return tracker_of(self.election.status().h_e, sealed)

    def unproven_challenge(self, session: str) -> Envelope:
        """The same of a challenge, which nobody signs."""
        envelope = self.challenge(session)
        payload, leaf = spoiled(envelope.payload), self.leaf(envelope)
        tracker = self.tracker(canonical.encode(json.loads(payload)["sealed"]))
        leaf = replace(leaf, body=replace(leaf.body, tracker=tracker), payload=PayloadName.of(payload))
        return replace(envelope, leaf=leaf.encode(), payload=payload, hints=b"")

    def pending(self) -> int:
        return len(self.election._service._with.storage.pending(10_000, 2**40))

    def code_of_box(self, envelope: Envelope) -> str:
        """What the box says where nobody stands before it."""
        return refused(lambda: self.election._service.post(envelope)).code


def spoiled(payload: bytes) -> bytes:
    """The first scalar of the first proof is another one."""
    value = json.loads(payload)

    def first_scalar(within: Any) -> bool:
        if isinstance(within, dict) and isinstance(within.get("v"), list):
            within["v"][0] = within["c"][0]
            return True
        parts = within.values() if isinstance(within, dict) else within if isinstance(within, list) else ()
        return any(first_scalar(part) for part in parts)

    assert first_scalar(value.get("sealed", value))
    return canonical.encode(value)


SETUP, OPEN = "setup", "open"


@cache
def _template(phase: str) -> Path:
    path = Path(_keeper().name) / phase
    with Election.create(
        path,
        contests={"chair": ["ada", "bob"]},
        styles=[StyleFacts("all", "All", ("chair",)), StyleFacts("half", "Half", ("chair",))],
        rehearsal=True,
        group="test-512",
        members=6,
        channels=("online", "postal"),
    ) as election:
        if phase == OPEN:
            election.open()
    return path


@cache
def _keeper() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="e2evote-tests-")


@contextmanager
def hall(path: Path, phase: str = OPEN) -> Iterator[Hall]:
    """A copy of a rehearsal, each of which is made once."""
    shutil.copytree(_template(phase), path)
    with Election.open_store(path, allow_test_group=True) as election:
        yield Hall(election)


@contextmanager
def stopped(made: Hall) -> Iterator[None]:
    """The box judges nothing meanwhile."""
    with made.election._service._turn:
        yield
