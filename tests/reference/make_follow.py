"""What leaves about voters have from the secrets and from the log before them: docs/spec.md sections 13 and 15.

An entry's `keep` names what stays as it is: a member of the body, or `rows`, `facts` of the payload.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reference.make_ed25519 import public_key
from reference.make_entry import Entry
from reference.make_json import Json, canonical
from reference.make_manifest import Count
from reference.make_register import Register
from reference.make_roll import Lines
from reference.make_tree import leaf_hash, root_of

PAGE = "ab" * 32


@dataclass(slots=True)
class PaperSpec:
    """What was counted in one channel."""

    channel: str
    counts: tuple[Count, ...]


def remake_roll(entries: Sequence[Entry], roll: Lines) -> None:
    """Everything about the roll that depends on secrets and manifest alone."""
    for entry in entries:
        if entry.kind == "roll.seed" and "commit" not in entry.keep:
            author = str(entry.leaf["author"])
            entry.body["commit"] = roll.commit(roll.spec.parties.index(author) + 1).hex()
        elif entry.kind == "roll.freeze" and "rows" not in entry.keep:
            entry.payload = roll.payload()
        elif entry.kind == "roll.add" and "row" not in entry.keep and entry.member:
            entry.body["row"] = roll.row(entry.member)


def follow(entry: Entry, roll: Lines | None, register: Register, hashes: Sequence[bytes]) -> None:
    """Fill in what follows from the leaves so far."""
    if entry.member and entry.kind != "roll.add" and roll is not None:
        _put(entry, line=roll.line_of(entry.member))
    author, body = str(entry.leaf["author"]), entry.body
    line = str(body.get("line", ""))
    match entry.kind:
        case "roll.freeze":
            rows = [leaf_hash(canonical(row)) for row in entry.content["rows"]]
            _put(entry, lines=len(rows), root=root_of(rows).hex())
        case "roll.contact" if roll is not None and line in register.roll:
            _contact(entry, roll, register)
        case "credential.issue" if roll is not None:
            first = register.last[author] + 1
            if "rows" not in entry.keep:
                lines = enumerate(register.lacking(author), first)
                entry.payload = {"registrar": author, "rows": [_issued(roll, author, x, number) for number, x in lines]}
            _put(entry, count=len(entry.content["rows"]), first=first)
        case "credential.reissue" if roll is not None and line in register.roll:
            version = len(register.keys.get((author, line), []))
            key = public_key(roll.credential(author, roll.member_of(line), version))
            old = register.live.get((author, line), 0)
            _put(entry, key=key.hex(), number=register.last[author] + 1, old=old)
        case "credential.revoke":
            _put(entry, number=register.live.get((author, line), 1))
        case "annul":
            candidate = register.candidate(line)
            _put(entry, ballot=candidate.leaf_hash if candidate else "0" * 64)
        case "incident" | "pause" | "access":
            _put(entry, number=register.happenings(entry.kind) + 1)
        case "resume":
            _put(entry, number=max(1, register.happenings("pause")))
        case "checked":
            _put(entry, head={"root": root_of(hashes).hex(), "size": len(hashes)})
        case "report":
            _put(entry, page=PAGE)
            if "facts" not in entry.keep:
                facts = register.facts(root_of(hashes))
                facts["head"]["size"] = len(hashes)
                entry.content["facts"] = facts


def _put(entry: Entry, **members: object) -> None:
    """Members of the body, but for those that are kept."""
    entry.body.update({name: value for name, value in members.items() if name not in entry.keep})


def _contact(entry: Entry, roll: Lines, register: Register) -> None:
    """A new salt each time."""
    line, name = entry.body["line"], entry.body["field"]
    times = sum(kind == "roll.contact" and body["line"] == line for kind, _, body in register.happened)
    new = roll.commitment(roll.member_of(line), name, "34 Low Road", times + 1)
    old = "0" * 64
    if name in roll.spec.fields:
        old = register.roll[line]["commitments"][roll.spec.fields.index(name)]
    _put(entry, new=new, old=old)


def _issued(roll: Lines, registrar: str, line: str, number: int) -> Json:
    key = public_key(roll.credential(registrar, roll.member_of(line)))
    return {"key": key.hex(), "line": line, "number": number}


FOLLOWS = (
    *("roll.freeze", "roll.remove", "roll.contact", "credential.issue", "credential.reissue", "credential.revoke"),
    *("annul", "mark", "pause", "resume", "incident", "access", "checked", "report"),
)
