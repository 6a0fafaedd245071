"""The box refuses, by name, a leaf of another form, author or phase, or with another payload than it names."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from e2evote.ballot.box_envelope import Envelope
from e2evote.record.bodies import Body, Commit, Lot, Open, Stated
from tests.ballot.boxed import Rig
from tests.ballot.election import signing_key


def altered(envelope: Envelope, **members: object) -> Envelope:
    """The leaf with these members changed and nothing signed anew."""
    value = json.loads(envelope.leaf) | members
    return replace(envelope, leaf=json.dumps(value, sort_keys=True, separators=(",", ":")).encode())


def unsigned(envelope: Envelope) -> Envelope:
    return altered(envelope, signatures=[])


def closing(author: str, *signers: str) -> Callable[[Rig, Envelope], Envelope]:
    return lambda rig, _: rig.leaf("close", Body(), author=author, signers=signers)


def other(kind: str, body: Body, payload: bytes = b"") -> Callable[[Rig, Envelope], Envelope]:
    return lambda rig, _: rig.leaf(kind, body, payload)


def commit(session: int) -> Callable[[Rig, Envelope], Envelope]:
    return lambda rig, _: rig.by_trustee("ceremony.commit", 1, Commit(session, b"\x01" * 32))


LEAVES: dict[str, tuple[str, Callable[[Rig, Envelope], Envelope], str]] = {
    "no JSON": ("open", lambda r, e: replace(e, leaf=b"{"), "board.leaf"),
    "white space": ("open", lambda r, e: replace(e, leaf=e.leaf + b" "), "board.leaf"),
    "a name twice": ("open", lambda r, e: replace(e, leaf=e.leaf.replace(b'"v":1', b'"v":1,"v":1')), "board.leaf"),
    "too long": ("open", lambda r, e: replace(e, leaf=e.leaf[:-1].ljust(4096, b" ")), "board.leaf"),
    "unknown member": ("open", lambda r, e: altered(e, x=1), "board.leaf"),
    "unknown kind": ("open", lambda r, e: altered(e, kind="poem"), "board.leaf"),
    "another election": ("open", lambda r, e: altered(e, election="00" * 32), "board.leaf"),
    "version": ("open", lambda r, e: altered(e, v=2), "board.leaf"),
    "not signed": ("open", lambda r, e: unsigned(e), "board.author"),
    "somebody else's ballot": ("open", lambda r, e: altered(e, author="chair"), "board.author"),
    "no such party": ("open", closing("nobody", "chair", "tess"), "board.author"),
    "a trustee closes": ("open", closing("trustee-1", "trustee-1", "tess"), "board.author"),
    "one signature of two": ("open", closing("chair", "chair"), "board.author"),
    "both by the chair": ("open", closing("chair", "chair", "chair"), "board.author"),
    "in the wrong order": ("open", closing("chair", "tess", "chair"), "board.author"),
    "a signature too many": ("open", closing("chair", "chair", "tess", "tess"), "board.author"),
    "a false signature": ("open", lambda r, e: sign_with_other(e), "board.signature"),
    "a second manifest": ("open", other("manifest", Body(), b"{}"), "board.phase"),
    "a ballot after the close": ("closed", lambda r, e: e, "board.phase"),
    "a ballot before opening": ("confirms", lambda r, e: e, "board.phase"),
    "a lot that nobody asked for": ("closed", other("lot", Lot("123456")), "board.phase"),
    "a statement during voting": ("open", other("tally.statement", Stated(0, bytes(32)), b"{}"), "board.phase"),
    "an outcome without a statement": ("closed", lambda r, e: r.outcome_leaf(b"{}"), "board.phase"),
    "opened before it is confirmed": ("shares", other("open", Open(1, b"\x01" * 32)), "board.phase"),
    "a second commit": ("commits", commit(1), "board.phase"),
    "a commit of another session": ("setup", commit(2), "board.phase"),
    "no payload": ("open", lambda r, e: replace(e, payload=b""), "record.payloads"),
    "another payload": ("open", lambda r, e: replace(e, payload=e.payload[:-1] + b"]"), "board.payload"),
    "a payload too many": ("open", lambda r, e: replace(r.leaf("close", Body()), payload=b"{}"), "board.payload"),
    "larger than any ballot": ("open", lambda r, e: replace(e, payload=b" " * 10**6), "too-large"),
}


def sign_with_other(envelope: Envelope) -> Envelope:
    """Signed by the right key, over another message."""
    value = json.loads(envelope.leaf)
    value["signatures"][0]["sig"] = signing_key("nina").sign(b"something else").hex()
    return altered(envelope, **value)


@pytest.mark.parametrize("name", LEAVES)
def test_a_leaf_that_has_no_place_is_refused(name: str) -> None:
    phase, spoil, code = LEAVES[name]
    rig = Rig.at(phase)
    ballot = Rig.at("open").ballot("nina")
    assert rig.refusal(spoil(rig, ballot)).code == code
