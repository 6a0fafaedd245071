"""Which logs and witnesses are known, and which witnesses suffice (C2SP tlog-policy; docs/spec.md, section 5.8).

The text is octets (docs/record-format.md, Policies). Names, URLs and comments become `str` by UTF-8 with surrogates
for what is not UTF-8: two names are equal iff their octets are, and no table of Unicode is consulted. A note is
judged by distinct known keys, never by lines; lines of unknown keys are passed over, a bad one of a known key spoils
the note.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from e2evote.board.checkpoint import Checkpoint, open_checkpoint
from e2evote.board.cosignature import CHECK, WitnessKey, decode_witness_key, time_of
from e2evote.board.note import LogKey, Note, NoteKey, decode_log_key, decode_note
from e2evote.board.quorum import Group, Witness, agrees, farthest
from e2evote.errors import CheckFailed, MalformedInput

__all__ = ["Cosigned", "Group", "KnownLog", "Policy", "Witness", "decode_policy", "open_cosigned"]

NONE = "none"
"""The quorum that needs nobody; no witness or group has this name."""

POLICY_LIMIT = 64 * 1024
"""Bytes of a policy."""

MOST = 64
"""Of logs, of witnesses, and of groups; a note has room for the cosignatures of all."""

_NOT_ALLOWED = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_ITEM = re.compile(r"[^ \t]+")
_DECIMAL = re.compile(r"[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log whose checkpoints are accepted, and where it is; "" where the policy does not say."""

    key: LogKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The witness of this name had seen the checkpoint at `time`, in seconds since 1970."""

    name: str
    time: int


@dataclass(frozen=True)
class Policy:
    """What a policy says. quorum: None where nobody need agree."""

    logs: tuple[KnownLog, ...]
    witnesses: tuple[Witness, ...]
    quorum: Witness | Group | None

    @property
    def witness_keys(self) -> tuple[WitnessKey, ...]:
        return tuple(witness.key for witness in self.witnesses)

    def satisfied_by(self, names: Collection[str]) -> bool:
        """Whether the witnesses of these names are, or contain, a quorum."""
        return self.quorum is None or agrees(self.quorum, frozenset(names))

    @cached_property
    def apart(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Two quorums, each of which needs all of its witnesses, that have as few in common as any two.    (5.5)"""
        known = {witness.name: number for number, witness in enumerate(self.witnesses)}
        one, other = (frozenset(), frozenset()) if self.quorum is None else farthest(self.quorum)
        return tuple(sorted(one, key=known.__getitem__)), tuple(sorted(other, key=known.__getitem__))

    @property
    def least_in_common(self) -> int:
        """The fewest witnesses that two quorums have in common; 0 where two may have none, one being empty included.

        One fewer is how many of the witnesses may be dishonest, or lose their memory.
        """
        one, other = self.apart
        return len(set(one) & set(other))

    def cosigned(self, note: Note) -> tuple[Cosigned, ...]:
        """Which of the witnesses cosigned the note, in the policy's order; CheckFailed where one's line is bad."""
        names = {(witness.key.name, witness.key.key_id): witness.name for witness in self.witnesses}
        times = {names[s.name, s.key_id]: time_of(s) for s in note.signatures_by(self.witness_keys, CHECK)}
        return tuple(Cosigned(w.name, times[w.name]) for w in self.witnesses if w.name in times)

    def check(self, note: Note) -> tuple[Cosigned, ...]:
        """The same, a quorum among them, or CheckFailed. Says nothing about the log's own signature."""
        cosigned = self.cosigned(note)
        if not self.satisfied_by([one.name for one in cosigned]):
            names = ", ".join(ascii(one.name)[1:-1] for one in cosigned) or "nobody"
            raise CheckFailed(CHECK, "checkpoint", f"cosigned by {names}: not a quorum")
        return cosigned


def open_cosigned(data: bytes, log_key: LogKey, policy: Policy | None) -> tuple[Checkpoint, tuple[Cosigned, ...]]:
    """The checkpoint that this log signed and a quorum cosigned; without a policy, the log's word alone."""
    checkpoint = open_checkpoint(data, log_key)
    return checkpoint, () if policy is None else policy.check(decode_note(data))


def decode_policy(data: bytes) -> Policy:
    """The policy in these octets; MalformedInput names the line."""
    if len(data) > POLICY_LIMIT:
        raise MalformedInput(f"policy: {len(data)} bytes, limit {POLICY_LIMIT}")
    if octet := _NOT_ALLOWED.search(data):
        raise MalformedInput(f"policy: octet 0x{octet[0].hex()} at {octet.start()}; of controls, tab and newline only")
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    if lines.pop():
        raise MalformedInput("policy: the last line has no newline")
    reading = _Reading()
    for number, line in enumerate(lines, 1):
        items = _ITEM.findall(line)
        if not items or items[0].startswith("#"):
            continue
        try:
            reading.take(items[0], items[1:])
        except MalformedInput as error:
            raise error.inside(f"policy: line {number}") from None
    if not reading.has_quorum:
        raise MalformedInput("policy: no quorum line")
    return Policy(tuple(reading.logs), tuple(reading.witnesses), reading.quorum)


@dataclass(slots=True)
class _Reading:
    """What the lines so far have defined."""

    logs: list[KnownLog] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    names: dict[str, Witness | Group] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    keys: set[tuple[str, bytes]] = field(default_factory=set)
    raw: dict[str, set[bytes]] = field(default_factory=lambda: {"log": set(), "witness": set()})
    quorum: Witness | Group | None = None
    has_quorum: bool = False

    def take(self, keyword: str, items: list[str]) -> None:
        match keyword, items:
            case "log", [vkey, *url] if len(url) <= 1:
                self._log(vkey, *url)
            case "witness", [name, vkey, *url] if len(url) <= 1:
                self._witness(name, vkey, *url)
            case "group", [name, threshold, *members] if members:
                self._group(name, threshold, members)
            case "quorum", [name]:
                self._quorum(name)
            case (("log" | "witness" | "group" | "quorum"), _):
                raise MalformedInput(f"{keyword} with {len(items)} items")
            case _:
                raise MalformedInput(f"{_shown(keyword)} is none of log, witness, group, quorum")

    def _log(self, vkey: str, url: str = "") -> None:
        key = decode_log_key(vkey)
        self._new_key(key, "log", key.public_key.encoded)
        _room(self.logs, "logs")
        self.logs.append(KnownLog(key, url))

    def _witness(self, name: str, vkey: str, url: str = "") -> None:
        key = decode_witness_key(vkey)
        self._new_key(key, "witness", key.public_key.encoded)
        _room(self.witnesses, "witnesses")
        witness = Witness(name, key, url)
        self._define(name, witness)
        self.witnesses.append(witness)

    def _group(self, name: str, threshold: str, names: list[str]) -> None:
        _room(self.groups, "groups")
        members = []
        for member in names:
            members.append(self._defined(member))
            if member in self.members:
                raise MalformedInput(f"{_shown(member)} is a member already")
            self.members.add(member)
        group = Group(name, _threshold(threshold, len(members)), tuple(members))
        self._define(name, group)
        self.groups.append(group)

    def _quorum(self, name: str) -> None:
        if self.has_quorum:
            raise MalformedInput("a second quorum line")
        self.quorum = None if name == NONE else self._defined(name)
        self.has_quorum = True

    def _define(self, name: str, part: Witness | Group) -> None:
        if name == NONE:
            raise MalformedInput(f"the name {NONE} is reserved")
        if name in self.names:
            raise MalformedInput(f"{_shown(name)} is defined already")
        self.names[name] = part

    def _defined(self, name: str) -> Witness | Group:
        if name not in self.names:
            raise MalformedInput(f"{_shown(name)} is not defined above")
        return self.names[name]

    def _new_key(self, key: NoteKey, kind: str, raw: bytes) -> None:
        """No raw key twice among logs or among witnesses; no two lines of a note that could be either's."""
        if raw in self.raw[kind]:
            raise MalformedInput(f"the key {raw.hex()} is another {kind}'s too")
        if (key.name, key.key_id) in self.keys:
            raise MalformedInput(f"another key has the name {_shown(key.name)} and the id {key.key_id.hex()} too")
        self.raw[kind].add(raw)
        self.keys.add((key.name, key.key_id))


def _room(list_: list[KnownLog] | list[Witness] | list[Group], of: str) -> None:
    if len(list_) == MOST:
        raise MalformedInput(f"more than {MOST} {of}")


def _threshold(text: str, n: int) -> int:
    """`any` is 1, `all` is n, and a number is one from 1 to n in its shortest form."""
    if text in ("any", "all"):
        return 1 if text == "any" else n
    if not _DECIMAL.fullmatch(text) or int(text) > n:
        raise MalformedInput(f"threshold {_shown(text)}, want any, all or a number from 1 to {n}")
    return int(text)


def _shown(text: str) -> str:
    """An item, made fit for a message."""
    return ascii(text if len(text) <= 60 else text[:60] + "…")
