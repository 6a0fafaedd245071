"""Logs and witnesses that sign whatever they are told to, for the tests of evidence and of the monitor."""

from collections.abc import Sequence

from board.keys import ORIGIN, log_key, signer
from e2evote.board.cosignature import WitnessKey, add_cosignatures, cosign
from e2evote.board.log import Log
from e2evote.board.note import Signer, decode_note
from e2evote.board.policy import Policy, decode_policy
from e2evote.proofs.signature import decode_public_key
from e2evote.secret.sign import SigningKey

LOG_KEY = log_key()
NAMES = ("w1", "w2", "w3")
T0 = 1_900_000_000


def witness(name: str, seed: bytes = b"") -> Signer:
    key = SigningKey(seed or name.encode().rjust(32, b"\0"))
    return Signer(WitnessKey(name, decode_public_key(key.public)), key.sign)


def witness_key(name: str, seed: bytes = b"") -> WitnessKey:
    key = witness(name, seed).key
    assert isinstance(key, WitnessKey)
    return key


KEYS = tuple(witness_key(name) for name in NAMES)


def policy_text(names: Sequence[str] = NAMES, quorum: int = 2, urls: Sequence[str] = ()) -> bytes:
    places = [*urls, *[""] * len(names)]
    lines = [f"log {LOG_KEY.encode()}"]
    lines += [f"witness {name} {witness_key(name).encode()} {url}" for name, url in zip(names, places, strict=False)]
    return "\n".join([*lines, f"group all-of-them {quorum} {' '.join(names)}", "quorum all-of-them", ""]).encode()


def policy(names: Sequence[str] = NAMES, quorum: int = 2) -> Policy:
    return decode_policy(policy_text(names, quorum))


def log_of(*entries: str, origin: str = ORIGIN) -> Log:
    """A log of these entries, signed by the one key of the tests."""
    log = Log(signer(origin))
    for entry in entries:
        log.append(entry.encode())
    return log


def numbered(size: int, **changed: str) -> Log:
    """Entries "entry 0", "entry 1", …; changed: by number, as e5="another"."""
    return log_of(*(changed.get(f"e{number}", f"entry {number}") for number in range(size)))


def cosigned(note: bytes, *names: str, time: int = T0) -> bytes:
    text = decode_note(note).text
    return add_cosignatures(note, [cosign(text, witness(name), time) for name in names])
