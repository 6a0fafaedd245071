"""The box lets in what a verifier would accept, once, and refuses everything else by the name of the check."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from e2evote.algebra.group import Residue
from e2evote.ballot.box import Box, Known
from e2evote.ballot.box_batch import plan
from e2evote.ballot.box_envelope import LARGEST, PREFIX, Envelope, decode_envelope
from e2evote.ballot.sealing import cast, challenge
from e2evote.errors import MalformedInput, Refused
from e2evote.proofs.one_of import OneOfProof
from e2evote.record.bodies import BallotBody, Body, ChallengeBody, Commit, Lot, Open
from e2evote.record.identifiers import tracker_of
from e2evote.record.leaf import Leaf, decode_leaf
from e2evote.record.opened import decode_opened
from e2evote.record.sealed import SealedBallot, SealedItem, decode_sealed
from e2evote.verify.checks import Verdict
from tests.ballot.boxed import SESSION, N, Rig, examination_of, files_of, name_of, sign, sign_with
from tests.ballot.election import GROUP, VOTE, signing_key

VERA = signing_key("vera")


def leaf_of(envelope: Envelope) -> Leaf:
    return decode_leaf(envelope.leaf, GROUP, N, first=False)


def body_of(envelope: Envelope) -> BallotBody:
    body = leaf_of(envelope).body
    assert isinstance(body, BallotBody)
    return body


# What passes


def test_a_selection_that_went_through_a_box_is_consistent() -> None:
    rig = Rig.at("decrypted", ties=True)
    rig.post(rig.outcome_leaf(rig.outcome((1, 3))))
    report = rig.examination().report
    assert report.failing == frozenset()
    assert report.verdict is Verdict.CONSISTENT
    assert report.facts.counts == {
        "ballots": 3,
        "challenges": 1,
        "counted": 2,
        "lines": 2,
        "sessions": 1,
        "valid": 3,
    }


@pytest.mark.parametrize(
    "phase", ["setup", "commits", "reveals", "shares", "confirms", "open", "cast", "closed", "stated"]
)
def test_what_is_in_the_log_is_known_by_its_place(phase: str) -> None:
    rig = Rig.at(phase)
    for index, (entry, payload, _) in enumerate(list(rig.entries)):
        assert rig.box.consider(Envelope(entry, payload or b"")) == Known(index)


def test_a_ballot_signed_once_more_is_the_first_one() -> None:
    """The same tracker under another leaf: nothing is appended."""
    rig = Rig.at("open")
    envelope = rig.ballot("vera")
    index = rig.post(envelope)
    leaf = leaf_of(envelope)
    again = replace(leaf, body=replace(body_of(envelope), prev=b"\x01" * 32), signatures=())
    assert rig.box.consider(sign_with(again, [VERA], envelope.payload)) == Known(index)


def test_a_ballot_that_was_acknowledged_is_known_after_the_close() -> None:
    rig = Rig.at("open")
    envelope = rig.ballot("vera")
    index = rig.post(envelope)
    rig.post(rig.leaf("close", Body()))
    assert rig.box.consider(envelope) == Known(index)


def test_a_later_ballot_of_a_line_takes_the_place_of_the_earlier() -> None:
    rig = Rig.at("open")
    for expected in (1, 1, 1):
        rig.post(rig.ballot("vera"))
        assert len(rig.box.ledger.counted()) == expected
    assert rig.box.ledger.invalid == []


def test_a_box_goes_on_from_its_record() -> None:
    """Resumed after every entry, it refuses and knows the same."""
    rig = Rig.at("open")
    first, (opened, _) = rig.ballot("vera"), rig.challenge("otto")
    for envelope in (first, opened):
        rig.post(envelope)
    resumed = Rig.resumed(rig.manifest, tuple(rig.entries), rig.box.sessions)
    assert resumed.box.consider(first) == Known(rig.box.size - 2)
    assert resumed.box.state == rig.box.state
    assert resumed.box.sessions == rig.box.sessions
    assert resumed.box.ledger.counted() == rig.box.ledger.counted()


def test_a_box_does_not_go_on_from_a_record_that_fails() -> None:
    rig = Rig.at("cast")
    entries = list(rig.entries)
    entry, payload, hints = entries[-1]
    assert payload is not None
    entries[-1] = (entry, payload[:-1] + b" ", hints)
    with pytest.raises(Refused) as refused:
        Box.resume(examination_of(files_of(rig.manifest, tuple(entries))), lambda i: entries[i][1] or b"", {})
    assert refused.value.code == "record-fails"
    assert "board.payload" in refused.value.detail


def test_only_the_next_entry_is_taken() -> None:
    rig = Rig.at("open")
    admitted = rig.admitted(rig.ballot("vera"))
    rig.post(rig.ballot("otto"))
    with pytest.raises(ValueError, match="admitted as entry"):
        rig.box.take(admitted)


# Hints


def hints_of(rig: Rig, envelope: Envelope) -> bytes:
    return rig.admitted(envelope).hints


def test_right_hints_are_kept_and_others_made_anew() -> None:
    rig = Rig.at("open")
    for envelope in (rig.ballot("vera"), rig.challenge("otto")[0]):
        right = envelope.hints
        assert hints_of(rig, envelope) is right
        wrong = bytes([right[0] ^ 1]) + right[1:]
        for hints in (b"", wrong, right[:-1], right + right, right[64:] + right[:64], bytes(len(right))):
            assert hints_of(rig, replace(envelope, hints=hints)) == right


# Leaves


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
    "a statement during voting": ("open", other("tally.statement", Body(), b"{}"), "board.phase"),
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


# Ballots


def ballot_of(sealed: SealedBallot, body: BallotBody, name: str = "vera") -> Envelope:
    """The insider's ballot: everything recomputed and signed anew, but for what is wrong with it."""
    return signed_ballot(sealed.encode(), body, sealed.election, name)


def signed_ballot(payload: bytes, body: BallotBody, h_e: bytes, name: str = "vera") -> Envelope:
    body = replace(body, tracker=tracker_of(h_e, payload))
    leaf = Leaf("ballot", "voter", Rig.at("open").box.setting.first, body, name_of(payload))
    return sign(leaf, (name,), payload)


def negated(residue: Residue) -> Residue:
    return Residue(GROUP, GROUP.p - residue.value)


def with_item(sealed: SealedBallot, **members: object) -> SealedBallot:
    """The ballot with its first item changed."""
    first, *others = sealed.contests
    item = replace(first.items[0], **members)  # type: ignore[arg-type]
    return replace(sealed, contests=(replace(first, items=(item, *first.items[1:])), *others))


def first_item(sealed: SealedBallot) -> SealedItem:
    return sealed.contests[0].items[0]


def shifted(proof: OneOfProof) -> OneOfProof:
    return OneOfProof((proof.c[0] + GROUP.scalar(1), *proof.c[1:]), proof.v)


def spoiled_limit(sealed: SealedBallot) -> SealedBallot:
    first, *others = sealed.contests
    return replace(sealed, contests=(replace(first, limit=shifted(first.limit)), *others))


Spoil = Callable[[SealedBallot, BallotBody], Envelope]
BALLOTS: dict[str, tuple[Spoil, str]] = {
    "no JSON": (lambda s, b: signed_ballot(b"{", b, s.election), "ballot.form"),
    "no such style": (lambda s, b: ballot_of(replace(s, style="none"), b), "ballot.form"),
    "a contest is missing": (lambda s, b: ballot_of(replace(s, contests=s.contests[:1]), b), "ballot.form"),
    "another election": (lambda s, b: ballot_of(replace(s, election=bytes(32)), b), "ballot.form"),
    "another id": (lambda s, b: ballot_of(replace(s, id=bytes(32)), b), "ballot.form"),
    "another line": (lambda s, b: ballot_of(s, replace(b, line="0" * 64)), "ballot.line"),
    "signed by another key": (lambda s, b: ballot_of(s, b, "otto"), "ballot.line"),
    "another r": (lambda s, b: ballot_of(s, replace(b, r=bytes(32))), "ballot.identifier"),
    "an element of order 2q": (
        lambda s, b: ballot_of(with_item(s, alpha=negated(first_item(s).alpha)), b),
        "ballot.elements",
    ),
    "an element 1": (
        lambda s, b: ballot_of(with_item(s, beta=Residue(GROUP, GROUP.identity.value)), b),
        "ballot.elements",
    ),
    "a false selection proof": (
        lambda s, b: ballot_of(with_item(s, proof=shifted(first_item(s).proof)), b),
        "ballot.selection-proof",
    ),
    "a false limit proof": (lambda s, b: ballot_of(spoiled_limit(s), b), "ballot.limit-proof"),
}


@pytest.mark.parametrize("name", BALLOTS)
def test_a_false_ballot_is_refused(name: str) -> None:
    spoil, code = BALLOTS[name]
    rig = Rig.at("open")
    good = rig.ballot("vera")
    sealed = decode_sealed(good.payload, rig.manifest, GROUP)
    assert rig.refusal(spoil(sealed, body_of(good))).code == code
    rig.post(good)


def test_a_false_tracker_is_refused() -> None:
    rig = Rig.at("open")
    good = rig.ballot("vera")
    leaf = replace(leaf_of(good), body=replace(body_of(good), tracker=b"\x01" * 32), signatures=())
    assert rig.refusal(sign_with(leaf, [VERA], good.payload)).code == "ballot.tracker"


def test_a_party_may_not_vote_with_its_key() -> None:
    rig = Rig.at("open")
    good = rig.ballot("vera")
    refusal = rig.refusal(sign(replace(leaf_of(good), signatures=()), ("chair",), good.payload))
    assert refusal.code == "ballot.line"


def test_a_ballot_that_does_not_follow_the_latest_is_a_conflict() -> None:
    rig = Rig.at("open")
    stale = rig.ballot("vera")
    index = rig.post(rig.ballot("vera"))
    refusal = rig.refusal(stale)
    assert refusal.code == "stale-prev"
    assert rig.leaf_hash(index).hex() in refusal.detail


def test_a_first_ballot_may_not_claim_an_earlier_one() -> None:
    rig = Rig.at("open")
    good = rig.ballot("vera")
    body = replace(body_of(good), prev=b"\x01" * 32)
    assert (
        rig.refusal(sign_with(replace(leaf_of(good), body=body, signatures=()), [VERA], good.payload)).code
        == "stale-prev"
    )


def test_a_copied_ciphertext_is_refused() -> None:
    """The victim's first contest under the thief's identifier: its proofs fail, and it is a copy besides."""
    rig = Rig.at("open")
    victims = rig.ballot("vera")
    rig.post(victims)
    stolen = decode_sealed(victims.payload, rig.manifest, GROUP).contests[0]
    own = rig.ballot("otto")
    sealed = decode_sealed(own.payload, rig.manifest, GROUP)
    copy = ballot_of(replace(sealed, contests=(stolen, *sealed.contests[1:])), body_of(own), "otto")
    assert rig.refusal(copy).code == "ballot.selection-proof"
    rig.post(own)


# Challenges


def test_a_challenged_ballot_is_never_cast() -> None:
    rig = Rig.at("open")
    sealed = rig.sealed("vera")
    contents = sealed._of("looked at")
    made = cast(sealed, bytes(32), VERA)
    sealed._contents = contents
    opened = challenge(sealed)
    rig.post(Envelope(opened.leaf.encode(), opened.payload, opened.hints, SESSION))
    assert rig.refusal(Envelope(made.leaf.encode(), made.payload)).code == "ballot.challenged"


def test_a_cast_ballot_is_never_opened() -> None:
    rig = Rig.at("open")
    sealed = rig.sealed("vera")
    contents = sealed._of("looked at")
    made = cast(sealed, bytes(32), VERA)
    sealed._contents = contents
    opened = challenge(sealed)
    rig.post(Envelope(made.leaf.encode(), made.payload))
    refusal = rig.refusal(Envelope(opened.leaf.encode(), opened.payload, opened.hints, SESSION))
    assert refusal.code == "ballot.challenged"


def test_a_challenge_needs_a_session() -> None:
    rig = Rig.at("open")
    assert rig.refusal(rig.challenge("vera", "")[0]).code == "no-session"


def test_a_session_has_so_many_challenges_and_no_more() -> None:
    rig = Rig.at("open")
    limit = rig.manifest.box.challenges
    opened = [rig.challenge("vera")[0] for _ in range(limit)]
    for envelope in opened:
        rig.post(envelope)
    assert rig.refusal(rig.challenge("vera")[0]).code == "challenge-limit"
    for envelope in opened:  # once more costs nothing
        assert isinstance(rig.box.consider(envelope), Known)
    rig.post(rig.challenge("otto", "1" * 32)[0])
    resumed = Rig.resumed(rig.manifest, tuple(rig.entries), rig.box.sessions)
    resumed.trustees, resumed.seeds = rig.trustees, 2000
    assert resumed.refusal(resumed.challenge("vera")[0]).code == "challenge-limit"


def test_sessions_are_not_published() -> None:
    rig = Rig.at("open")
    rig.post(rig.challenge("vera")[0])
    assert all(SESSION.encode() not in part for entry in rig.entries for part in entry if part)
    assert SESSION.encode() not in repr(rig.box.sessions).encode()


def challenge_of(rig: Rig, payload: bytes, body: ChallengeBody) -> Envelope:
    leaf = Leaf("challenge", "log", rig.box.setting.first, body, name_of(payload))
    return Envelope(leaf.encode(), payload, session=SESSION)


def test_a_false_challenge_is_refused() -> None:
    rig = Rig.at("open")
    good, _ = rig.challenge("vera")
    body = leaf_of(good).body
    assert isinstance(body, ChallengeBody)
    opened = decode_opened(good.payload, rig.manifest, GROUP)
    choice = replace(opened.choices[0], values=(1, 0))
    spoiled = {
        "challenge.form": (good.payload[:-1], body),
        "challenge.tracker": (good.payload, replace(body, tracker=b"\x01" * 32)),
        "challenge.opening": (replace(opened, choices=(choice, *opened.choices[1:])).encode(), body),
    }
    for code, (payload, changed) in spoiled.items():
        assert rig.refusal(challenge_of(rig, payload, changed)).code == code
    assert rig.refusal(challenge_of(rig, replace(opened, seed=bytes(32)).encode(), body)).code == "challenge.opening"
    rig.post(good)


# Envelopes


@pytest.mark.parametrize(
    "envelope",
    [Envelope(b"x"), Envelope(b"x", b"y"), Envelope(b"x", b"", b"z"), Envelope(b"x", b"y", b"z", SESSION)],
)
def test_an_envelope_is_read_as_it_was_written(envelope: Envelope) -> None:
    assert decode_envelope(envelope.encode()) == envelope


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PREFIX[:-1],
        PREFIX,
        b"X" + Envelope(b"x").encode(),
        Envelope(b"x", b"y", b"z", SESSION).encode() + b"\x00",
        Envelope(b"x").encode()[:-1],
        PREFIX + b"\xff\xff\xff\xff",
        PREFIX + (4097).to_bytes(4, "big") + bytes(4097) + bytes(12),
        PREFIX + bytes(16),
        Envelope(b"x", b"", b"", SESSION).encode()[:-1] + b"-",
        Envelope(b"x", b"", b"", SESSION).encode()[:-1] + b"\xff",
        PREFIX + b"\x00\x00\x00\x01x" + bytes(8) + b"\x00\x00\x00\x01a",
    ],
)
def test_what_is_no_envelope_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        decode_envelope(data)


def test_every_truncation_of_an_envelope_is_malformed() -> None:
    whole = Envelope(b"leaf", b"payload", b"hints", SESSION).encode()
    for length in range(len(whole)):
        with pytest.raises(MalformedInput):
            decode_envelope(whole[:length])


@pytest.mark.parametrize("arguments", [(b"",), (bytes(4097),), (b"x", b"", b"", "short"), (b"x", b"", b"", "A" * 32)])
def test_an_envelope_that_could_not_be_read_is_not_made(arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="envelope"):
        Envelope(*arguments)  # type: ignore[arg-type]


def test_an_envelope_has_a_largest_size() -> None:
    assert len(Envelope(b"x", b"y", b"z", SESSION).encode()) < LARGEST


# Batches


def test_a_batch_is_in_the_order_of_hashes_and_has_one_ballot_of_a_line() -> None:
    rig = Rig.at("open")
    close, garbage = rig.leaf("close", Body()), Envelope(b"garbage")
    first, second, other = rig.ballot("vera"), rig.ballot("vera"), rig.ballot("otto")
    opened, _ = rig.challenge("otto")
    names = {"close": close, "first": first, "garbage": garbage, "second": second, "other": other, "opened": opened}
    planned = plan(rig.box.setting, names)
    assert planned.later == ("second",)
    assert set(planned.now[:3]) == {"first", "other", "opened"}
    assert planned.now[3:] == ("close", "garbage")
    for arrived in (dict(reversed(names.items())), dict(sorted(names.items()))):
        assert {"first", "second"} & set(plan(rig.box.setting, arrived).later)
    swapped = {name: names[name] for name in ("opened", "other", "first", "close", "garbage")}
    assert plan(rig.box.setting, swapped).now == planned.now


def test_the_votes_of_the_rig_are_what_they_should_be() -> None:
    """The other tests rely on it that a good ballot passes."""
    rig = Rig.at("open")
    assert rig.admitted(rig.ballot("vera", VOTE)).entry.leaf.kind == "ballot"
