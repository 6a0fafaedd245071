"""Selections for the ballot client: what a server would show it, from a box in memory.

shown = Shown.of(rig, client)         manifest, joint keys and entry 0 of a rig, opened by the client
rig = coded_rig()                     a selection with a roll whose keys come from codes: rig.typed(3)
"""

from base64 import b64decode
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

from e2evote.ballot.box_envelope import Envelope
from e2evote.board.merkle import leaf_hash
from e2evote.ceremony.states import Finished
from e2evote.credentials.code import Code, CredentialKeys, draw_codes
from e2evote.record.credentials import Credential
from e2evote.record.roll_row import line_of
from tests.ballot.boxed import Rig
from tests.ballot.envelopes import files_of
from tests.ballot.rolled import USUAL, RolledRig, Terms
from tests.randomness import DeterministicRandomness
from tests.web.client import Client, b64

Codes = dict[tuple[str, int], Code]


@dataclass
class Shown:
    """A selection as the client opened it, and what it was shown."""

    client: Client
    rig: Rig
    handle: int
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, rig: Rig, client: Client) -> Self:
        facts = client.call("open", **arguments_of(rig))
        return cls(client, rig, facts["handle"], facts)

    def call(self, name: str, /, **arguments: object) -> Any:
        return self.client.call(name, selection=self.handle, **arguments)

    def refusal(self, name: str, /, **arguments: object) -> str:
        return self.client.refusal(name, selection=self.handle, **arguments)

    def files(self) -> dict[str, str]:
        """The board's files, for `scan`."""
        return {path: b64(data) for path, data in files_of(self.rig.manifest, tuple(self.rig.entries)).items()}


def arguments_of(rig: Rig) -> dict[str, object]:
    """What `openSelection` is given, with the right anchors."""
    state = rig.trustees[1]
    assert isinstance(state, Finished)
    joint, context = state.joint, rig.context
    return {
        "manifest": b64(rig.manifest.encode()),
        "joint": {"K": joint.K.encode().hex(), "K_hat": joint.K_hat.encode().hex()},
        "anchors": {"baseHash": context.setting.base_hash.hex(), "extendedBaseHash": context.h_e.hex()},
        "entry": b64(rig.entries[0][0]),
    }


def envelope_of(submission: dict[str, str]) -> Envelope:
    """A submission of the client as the box takes it."""
    return Envelope(
        submission["leaf"].encode(),
        submission["payload"].encode(),
        b64decode(submission["hints"], validate=True),
        submission.get("session", ""),
    )


@dataclass
class CodedRig:
    """A selection with a roll, open, whose keys are those of these codes."""

    rig: RolledRig
    codes: Codes

    def typed(self, number: int) -> list[str]:
        """What the member types, registrar by registrar."""
        return [self.codes[registrar, number].in_groups() for registrar in self.rig.registrars]

    def voter(self, number: int) -> dict[str, object]:
        """What the server says of the line."""
        voter = self.rig.voter(number)
        return {"line": voter.line, "keys": [key.hex() for key in voter.keys]}


def coded_rig(terms: Terms = USUAL) -> CodedRig:
    entries, codes, trustees = _coded(terms)
    rig = RolledRig.resumed(terms.manifest(), entries, {})
    rig.terms, rig.trustees = terms, dict(trustees)
    return CodedRig(rig, codes)


@cache
def _coded(terms: Terms) -> Any:
    rig = RolledRig.at("frozen", terms)
    codes: Codes = {}
    for registrar in rig.registrars:
        keys = CredentialKeys(rig.box.setting.base_hash, registrar)
        made = draw_codes(len(terms.lines), DeterministicRandomness(f"codes of {registrar}"))
        codes |= {(registrar, number): code for number, code in enumerate(made, start=1)}
        rows = [
            Credential(number, line_of(number), keys.of(line_of(number), code).public)
            for number, code in enumerate(made, start=1)
        ]
        rig.post(rig.issue(registrar, rows))
    rig.post(rig.opening())
    return tuple(rig.entries), codes, rig.trustees


def last_leaf_hash(rig: Rig) -> str:
    """Of the last entry."""
    return leaf_hash(rig.entries[-1][0]).hex()
