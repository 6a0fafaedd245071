"""A signed ballot as a file, as a browser saves it, to be sent later or supplied again (docs/ballot-client.md).

    {"hints":"<base64>","kind":"e2evote-signed","leaf":"<its leaf>","payload":"<the sealed ballot>","v":1}

All of it is what was sent or was to be sent: there is nothing in it that opens the ballot.
"""

import base64

from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.fields import integer, object_, string
from e2evote.record.leaf import LARGEST_LEAF, LARGEST_PAYLOAD, VERSION

KIND = "e2evote-signed"
LARGEST = 4 * LARGEST_PAYLOAD
"""Bytes of such a file: quotes within the texts are written as two, and base64 takes four for three."""

_NAMES = ("hints", "kind", "leaf", "payload", "v")


def encode_signed(envelope: Envelope) -> bytes:
    """The file of a signed ballot."""
    members: dict[str, canonical.Encodable] = {
        "hints": base64.b64encode(envelope.hints).decode(),
        "kind": KIND,
        "leaf": envelope.leaf.decode(),
        "payload": envelope.payload.decode(),
        "v": VERSION,
    }
    return canonical.encode(members) + b"\n"


def decode_signed(data: bytes) -> Envelope:
    """What `encode_signed` or a browser wrote, or MalformedInput. Nothing is checked yet."""
    members = object_(canonical.decode(data.removesuffix(b"\n"), limit=LARGEST), "", _NAMES)
    integer(members["v"], "v", VERSION, VERSION)
    if string(members["kind"], "kind", 0, 63) != KIND:
        raise MalformedInput(f"want {KIND!r}", "kind")
    leaf = string(members["leaf"], "leaf", 1, LARGEST_LEAF)
    payload = string(members["payload"], "payload", 1, LARGEST_PAYLOAD)
    try:
        hints = base64.b64decode(string(members["hints"], "hints", 0, 2 * LARGEST_PAYLOAD), validate=True)
    except ValueError:
        raise MalformedInput("no base64", "hints") from None
    try:
        return Envelope(leaf.encode(), payload.encode(), hints)
    except ValueError as error:
        raise MalformedInput(str(error)) from None
