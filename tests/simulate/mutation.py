"""A schema-blind insider: changes anything anywhere, then hashes, signs and publishes everything again.

It knows JSON, hexadecimal strings and the numbers p and q, but nothing of what the members mean. Where a leaf's hash
changes, every later mention of the old hash is replaced; where a mutated leaf stands before the close, mentions of
old roots are replaced too. Every Ed25519 key is known, the log's included.
"""

import copy
import json
import random
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from e2evote.board.merkle import root
from e2evote.board.note import LogKey, Signer, sign_note
from e2evote.hashing.digest import sha256
from e2evote.proofs.signature import decode_public_key
from reference.make_record import Made
from reference.make_tree import record_files
from reference.tree import leaf_hash

Path = tuple[str | int, ...]
Change = Callable[[random.Random, Any, Path, "Mutator"], bool]
PREFIX = b"e2evote/v1/leaf\n"


def canonical(value: Any) -> bytes:
    """Canonical JSON of the values here, and the same spelling for those that have none, such as null."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def read_payload(data: bytes) -> Any:
    """The value of a payload; of text lines, as a statement has them, the list of theirs."""
    return [json.loads(line) for line in data.splitlines()] if data.endswith(b"\n") else json.loads(data)


def write_payload(value: Any, like: bytes) -> bytes:
    """A changed value as the payload that it was read from is written."""
    return b"".join(canonical(line) + b"\n" for line in value) if like.endswith(b"\n") else canonical(value)


@dataclass(slots=True)
class Part:
    """An entry in bytes: its leaf as JSON, its payload, and whether re-signing leaves the leaf's bytes alone."""

    leaf: Any
    payload: bytes
    raw: bytes = b""

    def data(self) -> bytes:
        return self.raw or canonical(self.leaf)


class Mutator:
    """The parts of one record, and what it takes to publish them again after a change."""

    def __init__(self, made: Made) -> None:
        self.q, self.p = made.group.q, made.group.p
        self.width = len(f"{self.p:x}")
        self.keys = {key: Ed25519PrivateKey.from_private_bytes(secret) for key, secret in made.keys.items()}
        self.origin, self.log = made.origin, self.keys[made.parties["log"].hex()]
        self.log_key = LogKey(made.origin, decode_public_key(made.parties["log"]))
        self.parts = [Part(copy.deepcopy(entry.leaf), entry.payload_bytes()) for entry in made.entries]
        self.close = next(i for i, part in enumerate(self.parts) if part.leaf["kind"] == "close")
        self.hashes = [leaf_hash(part.data()) for part in self.parts]

    def published(self, parts: list[Part], first: int, *, roots: bool) -> dict[str, bytes]:
        """The files of the record made of `parts`, in which nothing before `first` has changed."""
        replaced: dict[bytes, bytes] = {}
        hashes: list[bytes] = []
        for i, part in enumerate(parts):
            if i >= first:
                self._sign(part, replaced, hashes[0] if hashes else b"")
            hashes.append(leaf_hash(part.data()))
            if i >= first and i < len(self.hashes):
                replaced[self.hashes[i].hex().encode()] = hashes[i].hex().encode()
                if roots:
                    replaced[root(self.hashes[: i + 1]).hex().encode()] = root(hashes).hex().encode()
        note = self.note(len(hashes), root(hashes))
        leaves = [part.data() for part in parts]
        return record_files(leaves, [part.payload for part in parts], [], note)

    def note(self, size: int, root_hash: bytes) -> bytes:
        """A checkpoint signed by the log."""
        text = _text(self.origin, size, root_hash)
        return sign_note(text, [Signer(self.log_key, self.log.sign)])

    def _sign(self, part: Part, replaced: dict[bytes, bytes], first: bytes) -> None:
        if part.raw:
            return
        part.payload = _replace(part.payload, replaced)
        part.leaf = json.loads(_replace(canonical(part.leaf), replaced))
        name = part.leaf.get("payload")
        if part.payload and isinstance(name, dict) and {"len", "sha256"} <= name.keys():
            name["len"], name["sha256"] = len(part.payload), sha256(part.payload).hex()
        signatures = part.leaf.get("signatures")
        if not isinstance(signatures, list):
            return
        message = PREFIX + canonical({k: v for k, v in part.leaf.items() if k != "signatures"})
        for signature in signatures:
            if isinstance(signature, dict) and isinstance(key := signature.get("key"), str) and key in self.keys:
                signature["sig"] = self.keys[key].sign(message).hex()


def _text(origin: str, size: int, root_hash: bytes) -> bytes:
    return f"{origin}\n{size}\n{b64encode(root_hash).decode()}\n".encode()


def _replace(data: bytes, replaced: dict[bytes, bytes]) -> bytes:
    for old, new in replaced.items():
        if old != new and old in data:
            data = data.replace(old, new)
    return data


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a JSON value, the value itself first."""
    yield path
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*path, name))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from places(item, (*path, i))


def at(value: Any, path: Path) -> Any:
    """What stands at a place."""
    for step in path:
        value = value[step]
    return value


def _put(value: Any, path: Path, new: Any) -> bool:
    old = at(value, path)
    at(value, path[:-1])[path[-1]] = new
    return type(old) is not type(new) or old != new


def _is_hex(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= 8 and all(c in "0123456789abcdef" for c in value)


def bits(rng: random.Random, value: Any, path: Path, m: Mutator) -> bool:
    """One bit of a string or number."""
    old = at(value, path)
    if isinstance(old, int) and not isinstance(old, bool):
        return _put(value, path, old ^ (1 << rng.randrange(3)))
    if _is_hex(old):
        i = rng.randrange(len(old))
        return _put(value, path, old[:i] + f"{int(old[i], 16) ^ (1 << rng.randrange(4)):x}" + old[i + 1 :])
    if isinstance(old, str) and old:
        i = rng.randrange(len(old))
        return _put(value, path, old[:i] + chr(ord(old[i]) ^ 1) + old[i + 1 :])
    return False


def case(rng: random.Random, value: Any, path: Path, m: Mutator) -> bool:
    """Capitals."""
    old = at(value, path)
    return isinstance(old, str) and _put(value, path, old.upper())


def plus_q(rng: random.Random, value: Any, path: Path, m: Mutator) -> bool:
    """A scalar's other representative, in its width if it fits."""
    old = at(value, path)
    return _is_hex(old) and len(old) == 64 and _put(value, path, f"{int(old, 16) + m.q:064x}")


def minus(rng: random.Random, value: Any, path: Path, m: Mutator) -> bool:
    """p - x of an element, q - x of a scalar."""
    old = at(value, path)
    if not _is_hex(old) or len(old) not in (64, m.width):
        return False
    modulus = m.q if len(old) == 64 else m.p
    return _put(value, path, f"{-int(old, 16) % modulus:0{len(old)}x}")


def square(rng: random.Random, value: Any, path: Path, m: Mutator) -> bool:
    """Another element of the same group, or another scalar."""
    old = at(value, path)
    if not _is_hex(old) or len(old) not in (64, m.width):
        return False
    modulus = m.q if len(old) == 64 else m.p
    return _put(value, path, f"{pow(int(old, 16), 2, modulus):0{len(old)}x}")


def type_(rng: random.Random, value: Any, path: Path, m: Mutator) -> bool:
    """Another type, or a value of the same type at the edge."""
    return _put(value, path, rng.choice([None, True, 0, 1, -1, "", "0", "00", [], {}, 2**53, "1" * 64]))


def drop(rng: random.Random, value: Any, path: Path, m: Mutator) -> bool:
    """A member or item less."""
    del at(value, path[:-1])[path[-1]]
    return True


def duplicate(rng: random.Random, value: Any, path: Path, m: Mutator) -> bool:
    """An item twice."""
    parent = at(value, path[:-1])
    if not isinstance(parent, list):
        return False
    parent.insert(int(path[-1]), copy.deepcopy(parent[int(path[-1])]))
    return True


def swap(rng: random.Random, value: Any, path: Path, m: Mutator) -> bool:
    """With something else of the same type in the same value."""
    old = at(value, path)
    others = [
        other
        for other in places(value)
        if other and other[: len(path)] != path and path[: len(other)] != other and type(at(value, other)) is type(old)
    ]
    if not others:
        return False
    other = rng.choice(others)
    new = at(value, other)
    return _put(value, path, new) and _put(value, other, old)


def reorder(rng: random.Random, value: Any, path: Path, m: Mutator) -> bool:
    """A list in another order."""
    old = at(value, path)
    if not isinstance(old, list) or len(old) < 2:
        return False
    new = rng.sample(old, len(old))
    return _put(value, path, new)


def extra(rng: random.Random, value: Any, path: Path, m: Mutator) -> bool:
    """A member or item more."""
    old = at(value, path)
    if isinstance(old, dict):
        old["x" + str(rng.randrange(100))] = rng.choice([0, "", "note", []])
        return True
    if isinstance(old, list):
        old.append(copy.deepcopy(rng.choice(old)) if old else 0)
        return True
    return False


CHANGES: tuple[Change, ...] = (
    bits,
    case,
    plus_q,
    minus,
    square,
    type_,
    drop,
    duplicate,
    swap,
    reorder,
    extra,
)
