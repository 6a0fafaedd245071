"""Witnesses in a manifest: what the policy must say, that quorums intersect, and the draft that says it."""

import pickle
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.board.cosignature import WitnessKey
from e2evote.board.note import LogKey
from e2evote.errors import MalformedInput
from e2evote.manifest.draft import WitnessFacts, draft
from e2evote.manifest.model import Manifest
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.proofs.signature import decode_public_key
from manifest.accepted import ACCEPTED, changed, encoded, party, public_key
from manifest.test_draft import FACTS, PARTIES


def vkey(number: int, name: str) -> str:
    return WitnessKey(name, decode_public_key(bytes.fromhex(public_key(number)))).encode()


def log_vkey(number: int = 2, name: str = "board.example/spring-2026") -> str:
    return LogKey(name, decode_public_key(bytes.fromhex(public_key(number)))).encode()


IDS = {"ann": 11, "ben": 12, "cyd": 13}
LINES = [f"witness {id} {vkey(number, f'{id}.example/w')}" for id, number in IDS.items()]
POLICY = "\n".join((f"log {log_vkey()}", *LINES, "group all-three 2 ann ben cyd", "quorum all-three", ""))


def witnessed(policy: str = POLICY, ids: dict[str, int] = IDS, claimed: bool = True) -> dict[str, Any]:
    manifest = changed("witnesses.policy", policy)
    manifest["claims"]["witnesses"] = claimed
    manifest["parties"] += [party(number, id, "witness") for id, number in ids.items()]
    return manifest


def test_a_manifest_with_witnesses() -> None:
    manifest = Manifest.decode(encoded(witnessed()))
    assert manifest.encode() == encoded(witnessed())
    assert key_failures(manifest) == rule_failures(manifest) == ()
    policy = manifest.policy
    assert policy is not None
    assert [(one.name, one.key.name) for one in policy.witnesses] == [(id, f"{id}.example/w") for id in IDS]
    assert [one.id for one in manifest.parties_of("witness")] == list(IDS)
    assert policy.least_in_common == 1
    assert manifest.policy is policy


def test_a_manifest_with_witnesses_survives_the_way_to_a_worker_process() -> None:
    manifest = Manifest.decode(encoded(witnessed()))
    assert manifest.policy is not None
    copied = pickle.loads(pickle.dumps(manifest))
    assert copied == manifest
    assert copied.policy == manifest.policy
    assert copied.policy.apart == manifest.policy.apart


def test_a_manifest_without_witnesses_is_as_it_was() -> None:
    manifest = Manifest.decode(encoded(ACCEPTED))
    assert manifest.policy is None
    assert manifest.encode() == encoded(ACCEPTED)
    assert b'"witnesses":{"policy":""}' in manifest.encode()


def at_policy(reason: str) -> str:
    return f"witnesses.policy: {reason}"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "claimed without a policy": (witnessed("", {}), "claims.witnesses: true, which is not so: want false"),
    "a policy that is not claimed": (witnessed(claimed=False), "claims.witnesses: false, which is not so: want true"),
    "parties without a policy": (
        witnessed("", claimed=False),
        "parties: 3 of role witness, but the policy is empty",
    ),
    "no policy": (witnessed(POLICY.replace("quorum", "Quorum")), at_policy("policy: line 6: 'Quorum' is none of")),
    "no newline at the end": (witnessed(POLICY[:-1]), at_policy("policy: the last line has no newline")),
    "a policy too long": (witnessed(POLICY + "#" * 65_536 + "\n"), at_policy("policy: 65908 bytes, limit 65536")),
    "a carriage return": (witnessed(POLICY.replace("\n", "\r\n")), at_policy("U+000D at character")),
    "a letter outside ASCII": (witnessed(POLICY + "# é\n"), at_policy("U+00E9 at character")),
    "a character that is not seen": (witnessed(POLICY + "# \u202e\n"), at_policy("U+202E at character")),
    "a delete character": (witnessed(POLICY + "# \x7f\n"), at_policy("U+007F at character")),
    "a number": (witnessed(7), "witnesses.policy: an integer, want a string"),  # type: ignore[arg-type]
    # the log
    "no log": (witnessed(POLICY.split("\n", 1)[1]), at_policy("0 logs, want the selection's own")),
    "two logs": (
        witnessed(f"log {log_vkey(9, 'other.example/log')}\n{POLICY}"),
        at_policy("2 logs, want the selection's own"),
    ),
    "another origin": (
        witnessed(POLICY.replace(log_vkey(), log_vkey(2, "board.example/autumn"))),
        at_policy("the log is 'board.example/autumn', want the origin 'board.example/spring-2026'"),
    ),
    "another log key": (
        witnessed(POLICY.replace(log_vkey(), log_vkey(9))),
        at_policy("the log's key is not that of the party of role log"),
    ),
    # the witnesses
    "a witness that is no party": (
        witnessed(ids={"ann": 11, "ben": 12}),
        at_policy("'cyd' is the id of no party of role witness"),
    ),
    "a witness that is a teller": (
        witnessed(POLICY.replace("witness cyd", "witness teller").replace("ben cyd", "ben teller")),
        at_policy("'teller' is the id of no party of role witness"),
    ),
    "a party that is no witness": (
        witnessed(ids={**IDS, "dee": 14}),
        at_policy("'dee', a party of role witness, is not in it"),
    ),
    "another key": (witnessed(ids={**IDS, "cyd": 14}), at_policy("the key of 'cyd' is not its party's")),
    "two keys exchanged": (
        witnessed(ids={**IDS, "ann": 12, "ben": 11}),
        at_policy("the key of 'ann' is not its party's"),
    ),
}


@pytest.mark.parametrize(("manifest", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_no_manifest_says(manifest: dict[str, Any], reason: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        Manifest.decode(encoded(manifest))
    assert str(refusal.value).startswith(reason)


def rule(quorum: str, groups: str = "") -> list[tuple[str, str, str]]:
    policy = "\n".join((f"log {log_vkey()}", *LINES, *filter(None, [groups]), f"quorum {quorum}", ""))
    manifest = Manifest.decode(encoded(witnessed(policy)))
    assert key_failures(manifest) == ()
    return [(failure.check, failure.subject, failure.detail) for failure in rule_failures(manifest)]


APART = "two quorums without a common witness: "
DISJOINT = [
    ("none", "", "nobody; nobody"),
    ("g", "group g any ann ben cyd", "ann; ben"),
    ("g", "group g 1 ann ben", "ann; ben"),
    ("h", "group g all ann ben\ngroup h any g cyd", "ann, ben; cyd"),
    ("h", "group g any ann ben\ngroup h any g cyd", "ann; cyd"),
]


@pytest.mark.parametrize(("quorum", "groups", "which"), DISJOINT)
def test_two_quorums_that_have_nobody_in_common_break_a_rule(quorum: str, groups: str, which: str) -> None:
    ((check, subject, detail),) = rule(quorum, groups)
    assert (check, subject) == ("manifest.rules", "witnesses.policy")
    assert detail.startswith(APART)
    assert sorted(detail.removeprefix(APART).split("; ")) == sorted(which.split("; "))


@pytest.mark.parametrize(
    ("quorum", "groups"),
    [
        ("ann", ""),
        ("g", "group g all ann ben"),
        ("g", "group g 2 ann ben cyd"),
        ("h", "group g 2 ann ben cyd\ngroup h any g"),
        ("h", "group g any ben cyd\ngroup h all ann g"),
    ],
)
def test_quorums_that_intersect_keep_the_rule(quorum: str, groups: str) -> None:
    assert rule(quorum, groups) == []


def test_a_witness_with_the_key_of_another_party_fails_for_its_key() -> None:
    policy = POLICY.replace(vkey(13, "cyd.example/w"), vkey(5, "cyd.example/w"))
    manifest = Manifest.decode(encoded(witnessed(policy, {**IDS, "cyd": 5})))
    ((check, subject, detail),) = [(f.check, f.subject, f.detail) for f in key_failures(manifest)]
    assert (check, subject) == ("manifest.keys", "cyd")
    assert "is teller's too" in detail


# Drafts.
WITNESSES = tuple(
    WitnessFacts(id, f"Society of {id}", vkey(number, f"{id}.example/w"), f"https://{id}.example/")
    for id, number in IDS.items()
)


def test_a_draft_with_witnesses() -> None:
    manifest = draft(**FACTS, witnesses=WITNESSES)
    log = log_vkey(2, "e2evote/spring")
    urls = [f"{line} https://{id}.example/" for line, id in zip(LINES, IDS, strict=True)]
    lines = [f"log {log}", *urls, "group Witnesses 2 ann ben cyd", "quorum Witnesses", ""]
    assert manifest.witnesses.policy == "\n".join(lines)
    assert manifest.claims.witnesses
    assert [(one.id, one.organisation) for one in manifest.parties_of("witness")] == [
        (id, f"Society of {id}") for id in IDS
    ]
    assert manifest.policy is not None
    assert [one.url for one in manifest.policy.witnesses] == [f"https://{id}.example/" for id in IDS]
    assert Manifest.decode(manifest.encode()) == manifest


def test_a_draft_without_witnesses_says_so() -> None:
    manifest = draft(**FACTS)
    assert (manifest.witnesses.policy, manifest.claims.witnesses, manifest.policy) == ("", False, None)


@given(st.integers(1, 7), st.integers(0, 8))
def test_a_draft_has_a_quorum_that_intersects_or_is_none(number: int, quorum: int) -> None:
    witnesses = [WitnessFacts(f"w{i}", "Society", vkey(20 + i, f"w{i}.example")) for i in range(number)]
    facts = {**FACTS, "witnesses": witnesses, "witness_quorum": quorum}
    if quorum == 0 or number < 2 * quorum <= 2 * number:
        policy = draft(**facts).policy
        assert policy is not None
        assert policy.least_in_common == 2 * (quorum or number // 2 + 1) - number >= 1
    else:
        with pytest.raises(ValueError, match="two quorums without a common witness|want any, all or a number"):
            draft(**facts)


NO_DRAFT = {
    "no key": ((*WITNESSES, WitnessFacts("dee", "Society", "dee")), "verifier key: not of the form"),
    "a log's key": ((*WITNESSES, WitnessFacts("dee", "Society", log_vkey())), "type 0x01, want 0x04"),
    "a name twice": ((*WITNESSES, replace(WITNESSES[0], vkey=vkey(14, "x"))), "'ann' is defined already"),
    "a key twice": ((*WITNESSES, replace(WITNESSES[0], id="dee")), "is another witness's too"),
    "a trustee's key": ((WitnessFacts("dee", "Society", vkey(4, "x")),), "is north's too"),
    "a name with a space": ((WitnessFacts("dee dee", "Society", vkey(14, "x")),), "id"),
    "a URL with a space": ((replace(WITNESSES[0], url="a b"),), "witness with 4 items"),
    "a URL on two lines": ((replace(WITNESSES[0], url="a\nquorum none"),), "a second quorum line"),
    "a URL outside ASCII": ((replace(WITNESSES[0], url="https://ä/"),), "U+00E4"),
    "the name none": ((replace(WITNESSES[0], id="none"),), "the name none is reserved"),
}


@pytest.mark.parametrize(("witnesses", "reason"), NO_DRAFT.values(), ids=NO_DRAFT)
def test_facts_that_are_refused(witnesses: tuple[WitnessFacts, ...], reason: str) -> None:
    with pytest.raises(ValueError) as refusal:
        draft(**FACTS, witnesses=witnesses)
    assert reason in str(refusal.value)


def test_a_witness_among_the_parties_alone_is_no_witness() -> None:
    lone = replace(PARTIES[2], id="dee", role="witness", key=bytes.fromhex(public_key(14)))
    with pytest.raises(ValueError, match="1 of role witness, but the policy is empty"):
        draft(**{**FACTS, "parties": (*PARTIES, lone)})
