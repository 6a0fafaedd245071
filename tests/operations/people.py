"""Voters of a rehearsal that is served by another process: their devices, and what they send."""

import base64

from e2evote.adapter.board import BoardReader
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.rehearsed_voters import RehearsedVoters
from e2evote.adapter.store import Store
from e2evote.ballot.box_envelope import Envelope


def devices(store: Store) -> RehearsedVoters:
    """The devices of all voters, which look at the published board."""
    keys = RehearsalKeys.read(store)
    assert keys is not None
    return RehearsedVoters(store, keys, BoardReader(store.record, allow_test_group=True))


def sent(envelope: Envelope) -> dict[str, str]:
    """What a device sends to cast, or to challenge."""
    members = {"leaf": envelope.leaf.decode(), "payload": envelope.payload.decode()}
    if envelope.hints:
        members["hints"] = base64.b64encode(envelope.hints).decode()
    if envelope.session:
        members["session"] = envelope.session
    return members
