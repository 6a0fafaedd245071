"""What a party wants to post: a leaf's kind, body and payload, before anybody has signed it (docs/spec.md §5.2)."""

from dataclasses import dataclass, field

from e2evote.record.body import Body


@dataclass(frozen=True, slots=True)
class Act:
    """Signed and handed in by whoever has the keys, or written as a draft for the second one."""

    kind: str
    body: Body
    payload: bytes = field(default=b"", repr=False)
