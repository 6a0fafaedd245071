"""A sealed ballot between two commands: an encrypted file that either choice deletes (docs/spec.md §7, §8).

    FILE              the sealing with its seed, until the voter says cast or challenge
    FILE.cast         the signed ballot, to be handed in, and again if no answer came
    FILE.challenge    the opened ballot with its preimage, likewise

The choice is on the disk before FILE is deleted, and FILE before anything is handed in: there is no moment from which
a crash would let the same ballot be both cast and opened.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.booth import Booth
from e2evote.adapter.passphrase import Passphrase
from e2evote.ballot import sealing
from e2evote.ballot.box_envelope import Envelope, decode_envelope
from e2evote.ballot.checker import Preimage
from e2evote.ballot.sealing import Sealing
from e2evote.ballot.voter import Voter
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing.digest import b4
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SigningKey

PURPOSE, VERSION = "sealed-ballot", 1

Signers = Callable[[Voter], Sequence[SigningKey]]
"""The secret keys of a voter, in the order in which they sign."""


def put_away(path: Path, sealed: Sealing, passphrase: Passphrase) -> None:
    """The sealing in a new file; it is spent here."""
    for name in (path, cast_file(path), challenge_file(path)):
        if os.path.lexists(name):
            raise Refused("secret.exists", f"{name}: there is such a file already")
    data = passphrase.lock(sealing.export(sealed), PURPOSE, VERSION, SystemRandomness())
    secretfile.create(path, data)


def take_out(path: Path, passphrase: Passphrase, booth: Booth) -> Sealing:
    """The sealing in the file, which stays."""
    try:
        secret = passphrase.unlock(secretfile.read(path), PURPOSE, VERSION)
        return sealing.restore(secret, booth.context)
    except MalformedInput as error:
        raise error.inside(str(path)) from None


def cast_from(path: Path, passphrase: Passphrase, booth: Booth, signers: Signers) -> Envelope:
    """The ballot in the file, signed; the same again until somebody deletes what was written.

    signers: gives the keys of the ballot's line; asked only where the ballot is not signed yet.
    """
    with secretfile.locked(path):
        if os.path.lexists(challenge_file(path)):
            raise Refused("already-challenged", f"{path}: this ballot was opened and can't be cast; seal another")
        target = cast_file(path)
        if not os.path.lexists(target):
            sealed = take_out(path, passphrase, booth)
            secretfile.create(target, booth.cast(sealed, *signers(sealed.voter)).encode())
        _delete(path)
        return _read_envelope(target, secretfile.read(target))


def challenge_from(path: Path, passphrase: Passphrase, booth: Booth, session: str) -> tuple[Envelope, Preimage]:
    """The ballot in the file, opened; likewise."""
    with secretfile.locked(path):
        if os.path.lexists(cast_file(path)):
            raise Refused("already-cast", f"{path}: this ballot was cast and is never opened")
        target = challenge_file(path)
        if not os.path.lexists(target):
            envelope, opened = booth.challenge(take_out(path, passphrase, booth), session)
            preimage = opened.preimage.encode()
            secretfile.create(target, b4(len(preimage)) + preimage + envelope.encode())
        _delete(path)
        data = secretfile.read(target)
        end = 4 + int.from_bytes(data[:4], "big")
        return _read_envelope(target, data[end:]), Preimage.decode(data[4:end])


def cast_file(path: Path) -> Path:
    """Where a cast ballot lies."""
    return path.with_name(f"{path.name}.cast")


def challenge_file(path: Path) -> Path:
    """Where an opened one lies."""
    return path.with_name(f"{path.name}.challenge")


def _read_envelope(path: Path, data: bytes) -> Envelope:
    try:
        return decode_envelope(data)
    except MalformedInput as error:
        raise error.inside(str(path)) from None


def _delete(path: Path) -> None:
    if os.path.lexists(path):
        secretfile.delete(path)
