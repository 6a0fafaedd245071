"""Witness policies (C2SP tlog-policy; docs/record-format.md "Policy"): their text, and what their quorums share.

A policy is octets; a name is equal to another only if its octets are.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from reference.canonical import BadForm
from reference.ed25519 import is_valid_key
from reference.note import COSIGNATURE, ED25519, Malformed, from_base64, key_id, verifier_key

KEY_BYTES = 32
LARGEST, LARGEST_KEY, MOST = 65_536, 1000, 64
DECIMAL = re.compile(rb"[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log: the name in its verifier key, which is its origin, and its raw key."""

    name: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its name in the policy, the name in its verifier key, its raw key."""

    name: bytes
    key_name: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Group:
    """k of these members."""

    name: bytes
    k: int
    members: tuple["Witness | Group", ...]


@dataclass(slots=True)
class Policy:
    """A policy; `quorum` is None for `quorum none`."""

    logs: list[KnownLog] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: "Witness | Group | None" = None

    def is_satisfied(self, names: Collection[bytes]) -> bool:
        """The witnesses of these names, or some of them, are a quorum."""
        return self.quorum is None or _agrees(self.quorum, names)

    @property
    def least_in_common(self) -> int:
        """The fewest witnesses that any two quorums have in common   (5.5)"""
        return 0 if self.quorum is None else _least(self.quorum)


def _agrees(part: Witness | Group, names: Collection[bytes]) -> bool:
    if isinstance(part, Witness):
        return part.name in names
    return sum(_agrees(member, names) for member in part.members) >= part.k


def _least(part: Witness | Group) -> int:
    if isinstance(part, Witness):
        return 1
    each = sorted(_least(member) for member in part.members)
    return sum(each[: max(0, 2 * part.k - len(each))])


def read_key(octets: bytes, kind: bytes) -> tuple[str, bytes]:
    """Name and raw key of a verifier key of this type; raises `BadForm`."""
    try:
        text = octets.decode()
        if len(text) > LARGEST_KEY:
            raise BadForm("a verifier key that is too long")
        name, _, blob = text.split("+", 2)
        data = from_base64(blob)
    except (ValueError, Malformed) as error:
        raise BadForm(f"no verifier key: {error}") from error
    key = data[1:]
    if not name or any(character.isspace() or character < " " for character in name):
        raise BadForm("a verifier key without a name")
    if data[:1] != kind or len(key) != KEY_BYTES or verifier_key(name, key, kind) != text:
        raise BadForm("a verifier key of another type, or not with its own id")
    if not is_valid_key(key):
        raise BadForm("not a valid Ed25519 key")
    return name, key


def read_policy(text: bytes) -> Policy:
    """The policy in these octets; raises `BadForm`."""
    if len(text) > LARGEST:
        raise BadForm("a policy that is too long")
    if not all(octet in (0x09, 0x0A) or 0x20 <= octet <= 0x7E or octet >= 0x80 for octet in text):
        raise BadForm("an octet that has no place in a policy")
    if not text.endswith(b"\x0a"):
        raise BadForm("the policy's last line has no end")
    policy, has_quorum = Policy(), False
    named: dict[bytes, Witness | Group] = {}
    used: set[bytes] = set()
    for line in text[:-1].split(b"\x0a"):
        items = [item for item in re.split(rb"[ \t]+", line) if item]
        if not items or items[0].startswith(b"#"):
            continue
        match items:
            case [b"log", key, *url] if len(url) <= 1:
                policy.logs.append(KnownLog(*read_key(key, ED25519)))
            case [b"witness", name, key, *url] if len(url) <= 1:
                witness = Witness(name, *read_key(key, COSIGNATURE))
                policy.witnesses.append(witness)
                _define(named, witness)
            case [b"group", name, threshold, _, *_]:
                members = tuple(_defined(named, member) for member in items[3:])
                if used & set(items[3:]) or len(set(items[3:])) != len(members):
                    raise BadForm("a name is a member twice")
                used |= set(items[3:])
                group = Group(name, _threshold(threshold, len(members)), members)
                policy.groups.append(group)
                _define(named, group)
            case [b"quorum", name] if not has_quorum:
                has_quorum = True
                policy.quorum = None if name == b"none" else _defined(named, name)
            case _:
                raise BadForm("a line of a policy that says nothing, or a second quorum")
    if not has_quorum:
        raise BadForm("a policy without quorum")
    _check_lists(policy)
    return policy


def _check_lists(policy: Policy) -> None:
    """No more than so many of each; no key twice; no line of a note that could be of two keys."""
    if max(len(policy.logs), len(policy.witnesses), len(policy.groups)) > MOST:
        raise BadForm(f"more than {MOST} logs, witnesses or groups")
    for raw in ([log.key for log in policy.logs], [witness.key for witness in policy.witnesses]):
        if len(set(raw)) != len(raw):
            raise BadForm("a key stands twice")
    lines = [(log.name, key_id(log.name, log.key)) for log in policy.logs]
    lines += [(w.key_name, key_id(w.key_name, w.key, COSIGNATURE)) for w in policy.witnesses]
    if len(set(lines)) != len(lines):
        raise BadForm("two keys share name and id")


def _define(named: dict[bytes, Witness | Group], part: Witness | Group) -> None:
    if part.name in named or part.name == b"none":
        raise BadForm("a name is defined twice, or reserved")
    named[part.name] = part


def _defined(named: dict[bytes, Witness | Group], name: bytes) -> Witness | Group:
    if name not in named:
        raise BadForm("a name is not defined above")
    return named[name]


def _threshold(text: bytes, n: int) -> int:
    if text in (b"any", b"all"):
        return 1 if text == b"any" else n
    if not DECIMAL.fullmatch(text) or len(text) > len(str(n)) or int(text) > n:
        raise BadForm(f"not a threshold from 1 to {n}")
    return int(text)
