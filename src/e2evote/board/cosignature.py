"""Cosignatures: what a witness says of a checkpoint, and when (C2SP tlog-cosignature, type 0x04; docs/spec.md, 5.7).

A witness signs a header, the time and the text of the checkpoint. It says: at that time this was the largest tree of
this log that I had seen, and every one that I saw before is its beginning. The name of the witness is not signed,
so one key is one witness, whatever names it goes by.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.board.note import (
    Ed25519Key,
    Signature,
    Signer,
    decode_note,
    decode_vkey,
    encode_note,
)
from e2evote.board.text import LARGEST
from e2evote.proofs.signature import SIGNATURE_SIZE

CHECK = "board.witnesses"
"""The check that fails when a cosignature by a known witness is none, or too few witnesses have cosigned."""

COSIGNATURE = 0x04
"""The type of a key that signs checkpoints together with the time."""

TIME_SIZE = 8


@dataclass(frozen=True, slots=True)
class WitnessKey(Ed25519Key):
    """The key, type 0x04, under which a witness cosigns."""

    TYPE = COSIGNATURE

    def verify(self, text: bytes, signature: bytes) -> bool:
        """signature = time ‖ Ed25519 over (5.4), with 0 < time < 2^63"""
        if len(signature) != TIME_SIZE + SIGNATURE_SIZE:
            return False
        time = _time(signature)
        return 0 < time <= LARGEST and self.public_key.verify(cosigned_message(text, time), signature[TIME_SIZE:])


def decode_witness_key(vkey: str) -> WitnessKey:
    """The witness's key that a verifier key of type 0x04 names."""
    return WitnessKey(*decode_vkey(vkey, COSIGNATURE))


def cosigned_message(text: bytes, time: int) -> bytes:
    """ "cosignature/v1" ‖ 0A ‖ "time " ‖ decimal(time) ‖ 0A ‖ text    (5.4)

    text: of the checkpoint, without its signatures. time: seconds since 1970-01-01T00:00:00Z.
    """
    return f"cosignature/v1\ntime {time}\n".encode() + text


def cosign(text: bytes, signer: Signer, time: int) -> Signature:
    """The cosignature of this text at `time`, which is verified before it is let out.

    signer: of a WitnessKey. Whether the text may be cosigned at all is for `witnessing.judge`.
    """
    if not isinstance(signer.key, WitnessKey):
        raise ValueError(f"cosignature: the key of {signer.key.name} is no witness's")
    if not 0 < time <= LARGEST:
        raise ValueError(f"cosignature: time {time} is not in (0, 2^63)")
    data = time.to_bytes(TIME_SIZE, "big") + signer.sign(cosigned_message(text, time))
    if not signer.key.verify(text, data):
        raise ValueError(f"cosignature: the signer of {signer.key.name} does not sign under its key")
    return Signature(signer.key.name, signer.key.key_id, data)


def time_of(signature: Signature) -> int:
    """When a cosignature was made, in seconds since 1970; of one that a WitnessKey has verified."""
    if len(signature.data) != TIME_SIZE + SIGNATURE_SIZE:
        raise ValueError(f"cosignature of {signature.name}: {len(signature.data)} bytes")
    return _time(signature.data)


def add_cosignatures(note: bytes, cosignatures: Sequence[Signature]) -> bytes:
    """The note with these lines at its end, each instead of an earlier one by the same name and id."""
    read = decode_note(note)
    new = {(signature.name, signature.key_id): signature for signature in cosignatures}
    kept = [old for old in read.signatures if (old.name, old.key_id) not in new]
    return encode_note(read.text, (*kept, *new.values()))


def _time(data: bytes) -> int:
    return int.from_bytes(data[:TIME_SIZE], "big")
