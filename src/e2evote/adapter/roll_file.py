"""The opened roll on a holder's disk: encrypted, and never behind or ahead of the board (docs/member-files.md).

    FILE         the opened roll as it is on the board, encrypted
    FILE.next    the same with an amendment that is on its way to the board
    FILE.waits   what that amendment's leaf says; nothing in it is secret

The salts of a commitment exist here alone. So FILE.next is on the disk before anything is signed or sent, and takes the
place of FILE when the board has the leaf: whoever posted it, from this command, or days later from a draft.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.act import Act
from e2evote.adapter.headed import decode_headed, encode_headed
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.personal_files import enter, leave, listed
from e2evote.adapter.roll_record import VoterRecord
from e2evote.credentials.opened_roll import OpenedRoll, read_opened_roll
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.fields import hex_bytes, object_, one_of
from e2evote.record.bodies import read_body
from e2evote.record.roll import FieldCommitments, encoded_rows
from e2evote.record.roll_row import row_bytes
from e2evote.record.text_lines import in_one
from e2evote.secret.randomness import Randomness, SystemRandomness
from e2evote.verify.leaves import Setting

PURPOSE, VERSION = "opened-roll", 1
KIND = "e2evote-roll-file"
LARGEST = 4 * 2**30


@dataclass(frozen=True, slots=True, repr=False)
class HeldRoll:
    """An opened roll with the selection that it is of: the leaf hash of entry 0."""

    election: bytes
    opened: OpenedRoll

    def plain(self) -> bytes:
        """What is encrypted; its SHA-256 is the document of an access entry."""
        return encode_headed(KIND, VERSION, self.election, self.opened.encoded())


class RollFile:
    """The file at `path`, under one passphrase. One process at a time changes it."""

    def __init__(self, path: Path, passphrase: Passphrase, randomness: Randomness | None = None) -> None:
        self.path, self._passphrase = path, passphrase
        self._randomness = randomness or SystemRandomness()
        self._next, self._waits = _beside(path)

    @property
    def is_waiting(self) -> bool:
        """Whether an amendment is on its way."""
        return os.path.lexists(self._waits)

    def read(self, election: bytes) -> HeldRoll:
        """What is in the file; Refused `other-selection` where it is of another selection than this one."""
        held = self._read(self.path)
        if held.election != election:
            raise Refused("other-selection", f"{self.path}: the roll of another selection")
        return held

    def write(self, held: HeldRoll) -> None:
        """A new file."""
        if os.path.lexists(self.path):
            raise Refused("secret.exists", f"{self.path}: there is such a file already")
        enter(self.path.parent, [self.path.name], "roll", held.election)
        secretfile.create(self.path, self._locked(held))

    def begin(self, held: HeldRoll, act: Act) -> None:
        """`held` is what the file is to be once the board has a leaf that says this. Nothing was sent before."""
        with secretfile.locked(self.path):
            if self.is_waiting:
                raise Refused("roll-unfinished", f"{self._waits}: an amendment is on its way already")
            enter(self.path.parent, [self.path.name, self._next.name], "roll", held.election)
            secretfile.put(self._next, self._locked(held))
            members: dict[str, canonical.Encodable] = {
                "body": act.body.members(),
                "election": held.election.hex(),
                "kind": act.kind,
            }
            secretfile.create(self._waits, canonical.encode(members))

    def finish(self, record: VoterRecord) -> bool:
        """The amendment that was on its way is in the file, if the board has it; False while it has not.

        True too where there was none.
        """
        with secretfile.locked(self.path):
            if not self.is_waiting:
                return True
            waiting = self._waiting(record.setting)
            if not any((e.leaf.kind, e.leaf.body) == (waiting.kind, waiting.body) for e in record.leaves):
                return False
            os.replace(self._next, self.path)
            secretfile.delete(self._waits)
            _leave(self._next)
            return True

    def again(self, setting: Setting) -> Act:
        """What is on its way, to be signed and sent once more: it has one place on the board."""
        act = self._waiting(setting)
        if act.kind != "roll.freeze":
            return act
        opened = self._read(self._next).opened
        commitments = FieldCommitments(setting.base_hash, opened.fields)
        rows = (
            row_bytes(one.line, commitments.of(one.line, one.salts, one.values), one.style, one.weight)
            for one in opened.lines
        )
        return Act(act.kind, act.body, b"".join(encoded_rows(opened.fields, rows)))

    def drop(self) -> None:
        """What is on its way is given up."""
        drop(self.path)

    def _waiting(self, setting: Setting) -> Act:
        try:
            members = object_(
                canonical.decode(secretfile.read(self._waits), limit=2**20), "", ("body", "election", "kind")
            )
            election = hex_bytes(members["election"], "election", 32)
            kind = one_of(members["kind"], "kind", ("roll.add", "roll.contact", "roll.freeze"))
            body = read_body(kind, members["body"], setting.group, setting.manifest.n)
        except MalformedInput as error:
            raise error.inside(str(self._waits)) from None
        if election != setting.first:
            raise Refused("other-selection", f"{self._waits}: an amendment of another selection's roll")
        return Act(kind, body)

    def _locked(self, held: HeldRoll) -> bytes:
        return self._passphrase.lock_large(held.plain(), PURPOSE, VERSION, self._randomness)

    def _read(self, path: Path) -> HeldRoll:
        try:
            return decode_held(self._passphrase.unlock_large(secretfile.read(path, LARGEST), PURPOSE, VERSION))
        except MalformedInput as error:
            raise error.inside(str(path)) from None


def drop(path: Path) -> None:
    """What is on its way is given up: FILE is what it was. A draft of it must not be posted any more."""
    after, waits = _beside(path)
    with secretfile.locked(path):
        if not os.path.lexists(waits):
            raise Refused("nothing-waits", f"{path}: no change is on its way")
        if os.path.lexists(after):
            secretfile.delete(after)
        secretfile.delete(waits)
        _leave(after, *(() if os.path.lexists(path) else (path,)))


def _beside(path: Path) -> tuple[Path, Path]:
    """FILE.next and FILE.waits."""
    return path.with_name(f"{path.name}.next"), path.with_name(f"{path.name}.waits")


def _leave(*paths: Path) -> None:
    """These names are not in the list of personal files any more."""
    for path in paths:
        leave(path.parent, [one for one in listed(path.parent) if one.name == path.name])


def decode_held(data: bytes) -> HeldRoll:
    """What `plain` wrote, or MalformedInput."""
    election, rows = decode_headed(KIND, VERSION, data)
    return HeldRoll(election, read_opened_roll(in_one(rows)))
