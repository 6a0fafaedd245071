"""Signers for the tests of the board."""

from e2evote.board.cosignature import WitnessKey
from e2evote.board.note import LogKey, Signer
from e2evote.proofs.signature import decode_public_key
from e2evote.secret.sign import SigningKey

ORIGIN = "vote.example/board/2031"


def signer(name: str = ORIGIN, seed: bytes = bytes(range(32))) -> Signer:
    key = SigningKey(seed)
    return Signer(LogKey(name, decode_public_key(key.public)), key.sign)


def log_key(name: str = ORIGIN, seed: bytes = bytes(range(32))) -> LogKey:
    return LogKey(name, decode_public_key(SigningKey(seed).public))


def witness(name: str, number: int) -> Signer:
    """A witness's signer; its key is that of the seed with this number."""
    key = SigningKey(number.to_bytes(32, "big"))
    return Signer(WitnessKey(name, decode_public_key(key.public)), key.sign)


def vkey(signer: Signer) -> str:
    assert isinstance(signer.key, WitnessKey | LogKey)
    return signer.key.encode()
