"""What is known while a record is verified: each field is filled by the checks before those that read it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from reference.archive import Archive
from reference.canonical import BadForm
from reference.ceremony import JointKeys, Setting
from reference.electorate import Electorate
from reference.entries import Leaf
from reference.manifest import Manifest
from reference.numbers import Group
from reference.paper import PaperContest
from reference.phases import History
from reference.report import Ledger
from reference.tree import Tree

Payload = TypeVar("Payload")


@dataclass(slots=True)
class State:
    """One run of the verifier over a record whose manifest has been read."""

    ledger: Ledger
    archive: Archive
    manifest: Manifest
    group: Group
    setting: Setting
    tree: Tree | None = None  # only of a log whose entries are all here
    leaves: dict[int, Leaf] = field(default_factory=dict)  # those left in
    payloads: dict[int, bytes] = field(default_factory=dict)  # those left in
    history: History | None = None
    joint: JointKeys | None = None
    electorate: Electorate = field(init=False)
    style_at: dict[int, str] = field(default_factory=dict)  # of the line of each ballot, at its index
    papers: dict[str, list[PaperContest] | None] = field(default_factory=dict)  # None: left out

    def __post_init__(self) -> None:
        self.electorate = Electorate(self.manifest)

    def read(self, check: str, leaf: Leaf, reader: Callable[[bytes], Payload]) -> Payload | None:
        """The payload of a leaf by its form, judged by `check`; None where it is left out."""
        raw = self.payloads.get(leaf.index)
        if raw is None:
            self.ledger.leave_out(check, "the payload is left out")
            return None
        try:
            payload = reader(raw)
        except BadForm as error:
            self.ledger.judge(check, leaf.subject, False, str(error))
            return None
        self.ledger.judge(check, leaf.subject, True)
        return payload
