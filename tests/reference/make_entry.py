"""One entry of a record in the making: its leaf, what lies beside it, and the secrets behind it."""

from dataclasses import dataclass, field

from reference.make_json import Json, canonical
from reference.make_tally import statement_bytes
from reference.make_tree import leaf_hash

IN_ROWS = ("roll.freeze", "credential.issue", "tally.statement")
SIGNING_CONTEXT = b"e2evote/v1/leaf\n"


@dataclass(slots=True)
class Entry:
    """One leaf with what lies beside it and what its maker knows.

    `secret` is a trustee's, a voter's, or what was counted on paper; `member` is the number of the member whose line it
    is about. `raw_leaf`, `raw_payload` take the place of the canonical bytes; `packed` is what the pack holds if not
    the payload. `keep` names what `settle` leaves as it stands.
    """

    leaf: Json
    payload: Json | None = None
    hints: bytes = b""
    secret: object = None
    member: int = 0
    raw_leaf: bytes | None = None
    raw_payload: bytes | None = None
    packed: bytes | None = None
    keep: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        return str(self.leaf["kind"])

    @property
    def body(self) -> Json:
        body = self.leaf["body"]
        if not isinstance(body, dict):
            raise ValueError("this leaf has no body")
        return body

    @property
    def content(self) -> Json:
        if self.payload is None:
            raise ValueError(f"a {self.kind} leaf has no payload here")
        return self.payload

    def leaf_bytes(self) -> bytes:
        return canonical(self.leaf) if self.raw_leaf is None else self.raw_leaf

    def payload_bytes(self) -> bytes:
        if self.raw_payload is not None:
            return self.raw_payload
        return b"" if self.payload is None else self.encoded(self.payload)

    def encoded(self, payload: Json) -> bytes:
        """The bytes of such a payload of this leaf's kind."""
        in_rows = self.kind == "tally.statement" or (self.kind in IN_ROWS and "rows" in payload)
        return statement_bytes(payload) if in_rows else canonical(payload)

    def pack_bytes(self) -> bytes:
        return self.payload_bytes() if self.packed is None else self.packed

    def hash(self) -> bytes:
        return leaf_hash(self.leaf_bytes())


def signed_message(leaf: Json) -> bytes:
    """(5.3)"""
    return SIGNING_CONTEXT + canonical({name: value for name, value in leaf.items() if name != "signatures"})
