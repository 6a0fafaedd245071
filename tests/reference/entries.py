"""Leaves: their form (docs/record-format.md "Leaf") and their authors (docs/spec.md 5.4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reference import canonical as form
from reference.canonical import DATE, ID, BadForm
from reference.ed25519 import verify
from reference.kinds import ENTRIES, IN_ROWS
from reference.numbers import INDEX_LIMIT, Group
from reference.tree import leaf_hash
from reference.voter_bodies import DIGITS, LINE, VOTER_BODIES, head

if TYPE_CHECKING:
    from reference.manifest import Manifest

LEAF_LIMIT = 4096
PAYLOAD_LIMIT = 67_108_864
ROWS_LIMIT = 1_073_741_824
LEAF_MESSAGE = b"e2evote/v1/leaf\x0a"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of good form."""

    index: int
    hash: bytes
    data: dict[str, Any]

    @property
    def kind(self) -> str:
        """One of the kinds of the table."""
        kind: str = self.data["kind"]
        return kind

    @property
    def author(self) -> str:
        """A party's id, `voter` or `log`."""
        author: str = self.data["author"]
        return author

    @property
    def body(self) -> dict[str, Any]:
        """The members of the kind."""
        body: dict[str, Any] = self.data["body"]
        return body

    @property
    def signers(self) -> list[bytes]:
        """The keys of the signatures, in their order."""
        return [bytes.fromhex(signature["key"]) for signature in self.data["signatures"]]

    @property
    def subject(self) -> str:
        """How a failure names this leaf."""
        return f"entry {self.index} ({self.kind})"


def _session(value: object) -> None:
    form.integer(value, 1, INDEX_LIMIT)


def _hash(value: object) -> None:
    form.hexadecimal(value)


def body_form(kind: str, group: Group, n: int) -> dict[str, Callable[[object], object]]:
    """The members of a kind's body, each with the test of its form."""

    def scalar(value: object) -> object:
        return form.scalar(value, group)

    forms: dict[str, dict[str, Callable[[object], object]]] = {
        "ceremony.commit": {"commit": _hash, "session": _session},
        "ceremony.reveal": {"session": _session},
        "ceremony.shares": {"session": _session},
        "ceremony.complaint": {"against": _session, "session": _session},
        "ceremony.answer": {"P": scalar, "P_hat": scalar, "xi": scalar, "session": _session, "to": _session},
        "ceremony.restart": {
            "fault": lambda value: form.integer(value, 0, n),
            "reason": lambda value: form.one_of(value, ("complaint", "missing")),
            "session": _session,
        },
        "ceremony.confirm": {"h_g": _hash, "session": _session},
        "open": {"h_e": _hash, "session": _session},
        "ballot": {
            "id": _hash,
            "line": lambda value: form.matching(value, LINE),
            "prev": _hash,
            "r": _hash,
            "tracker": _hash,
        },
        "challenge": {"id": _hash, "tracker": _hash},
        "extend": {"close": lambda value: form.matching(value, DATE)},
        "lot": {"digits": lambda value: form.matching(value, DIGITS)},
        "tally.statement": {"lines": form.integer, "rows": _hash},
        "tally.accept": {"statement": _hash},
        "tally.share": {"statement": _hash},
        "outcome": {"head": head},
    }
    return (VOTER_BODIES | forms).get(kind, {})


def _frame(index: int, entry: bytes) -> tuple[dict[str, Any], str]:
    """The members that all leaves have, and the kind."""
    if len(entry) > LEAF_LIMIT:
        raise BadForm(f"{len(entry)} bytes, limit {LEAF_LIMIT}")
    data = form.decode(entry)
    kind = form.one_of(data.get("kind") if isinstance(data, dict) else None, ENTRIES)
    names = {"author", "body", "kind", "signatures", "v"}
    if index > 0:
        names.add("election")
    if ENTRIES[kind].payload:
        names.add("payload")
    form.members(data, names)
    form.matching(data["author"], ID)
    form.exactly(data["v"], 1)
    for signature in form.array(data["signatures"], 0, LEAF_LIMIT):
        form.members(signature, ("key", "sig"))
        form.hexadecimal(signature["key"])
        form.hexadecimal(signature["sig"], 128)
    if ENTRIES[kind].payload:
        payload = form.members(data["payload"], ("len", "sha256"))
        form.integer(payload["len"], 1, ROWS_LIMIT if kind in IN_ROWS else PAYLOAD_LIMIT)
        form.hexadecimal(payload["sha256"])
    return data, kind


def read_first_leaf(entry: bytes) -> Leaf:
    """Entry 0: a leaf of kind manifest; raises `BadForm`."""
    data, kind = _frame(0, entry)
    form.exactly(kind, "manifest")
    form.members(data["body"], ())
    return Leaf(0, leaf_hash(entry), data)


def read_leaf(index: int, entry: bytes, election: bytes, group: Group, n: int) -> Leaf:
    """`board.leaf`: exactly the members of its kind in their forms; raises `BadForm`."""
    if index == 0:
        return read_first_leaf(entry)
    data, kind = _frame(index, entry)
    form.exactly(data["election"], election.hex())
    forms = body_form(kind, group, n)
    body = form.members(data["body"], forms)
    for name, test in forms.items():
        test(body[name])
    return Leaf(index, leaf_hash(entry), data)


def author_has_role(leaf: Leaf, manifest: "Manifest") -> bool:
    """The author is one of the first ones listed, or `voter` or `log` where the list says so."""
    first = ENTRIES[leaf.kind].authors[0]
    if first in ("voter", "log"):
        return leaf.author == first
    return any(party.id == leaf.author for party in manifest.parties_as(first))


def signers_fault(leaf: Leaf, manifest: "Manifest") -> str:
    """One signature for each one listed, the first by the author's key; of different organisations where said so."""
    rule = ENTRIES[leaf.kind]
    wanted = rule.signatures(len(manifest.registrars))
    if len(leaf.signers) != wanted:
        return f"{len(leaf.signers)} signatures, not {wanted}"
    if rule.authors in (("voter",), ("log",)):
        return ""
    author = manifest.party(leaf.author)
    if author is None or leaf.signers[0] != author.key:
        return "the first signature is not by the author's key"
    signers = [author]
    for name, key in zip(rule.authors[1:], leaf.signers[1:], strict=True):
        holders = [party for party in manifest.parties_as(name) if party.key == key]
        if not holders:
            return f"a signature is not by a {name}'s key"
        signers.append(holders[-1])
    if rule.apart and len({party.organisation for party in signers}) < len(signers):
        return "two signers are of one organisation"
    return ""


def has_valid_signature(leaf: Leaf, number: int) -> bool:
    """Ed25519 over the prefix and the leaf without its signatures   (5.3)"""
    unsigned = {name: value for name, value in leaf.data.items() if name != "signatures"}
    signature = leaf.data["signatures"][number]
    return verify(
        bytes.fromhex(signature["key"]), LEAF_MESSAGE + form.encode(unsigned), bytes.fromhex(signature["sig"])
    )
