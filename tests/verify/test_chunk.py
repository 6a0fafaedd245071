"""A chunk finds what one by one finds: checks, subjects and words, whatever is wrong and however it is hidden."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from e2evote.algebra import combination, group, integers
from e2evote.algebra.candidate import Candidate
from e2evote.algebra.group import Residue
from e2evote.algebra.integers import Integer
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import cast, challenge, seal
from e2evote.ballot.voter import owner
from e2evote.manifest.base_hash import ballot_base_hash
from e2evote.proofs import batch
from e2evote.proofs.batch import Subject
from e2evote.proofs.one_of import BallotPlace, OneOf, commitments
from e2evote.proofs.place import Place
from e2evote.record.bodies import BallotBody
from e2evote.record.hints import encode_hints
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.record.opened import decode_opened
from e2evote.record.sealed import SealedBallot, decode_sealed
from e2evote.record.select import NO_PREVIOUS
from e2evote.secret.prove import prove_one_of
from e2evote.secret.scalar import SecretScalar
from e2evote.verify import ballots, chunk
from e2evote.verify.chunk import Item, candidate_claims, check_chunk
from e2evote.verify.findings import Findings
from tests.ballot.election import GROUP, VOTE, make_election, make_manifest, signing_key
from tests.randomness import DeterministicRandomness

ELECTION = make_election(make_manifest())
CONTEXT = ELECTION.context
WIDTH = GROUP.element_size
ALPHA, BETA, K = "alpha", "beta", CONTEXT.K
OF_ORDER_H = integers.power(Integer(5), 2 * GROUP.q, GROUP.p)
SOURCE = DeterministicRandomness("chunk")
CONTEXT.prepare()
ALONE = replace(CONTEXT, setting=replace(CONTEXT.setting, group=GROUP.without_batches()))


def honest(name: str, votes: Any = VOTE) -> Item:
    key = signing_key(name)
    sealing = seal(
        CONTEXT, choose(ELECTION.manifest, "all", votes), owner(CONTEXT, key.public), DeterministicRandomness(name)
    )
    made = cast(sealing, NO_PREVIOUS, key)
    return Item(ELECTION.entry(1, made.leaf), made.payload, made.hints)


def opened(name: str) -> Item:
    choices = choose(ELECTION.manifest, "all", VOTE)
    made = challenge(seal(CONTEXT, choices, owner(CONTEXT, signing_key(name).public), DeterministicRandomness(name)))
    return Item(ELECTION.entry(1, made.leaf), made.payload, made.hints)


def renamed(item: Item, payload: bytes) -> Item:
    """The same leaf for other bytes, signed anew: only the named payload and its tracker differ."""
    leaf, body = item.entry.leaf, item.entry.leaf.body
    if isinstance(body, BallotBody):
        body = replace(body, tracker=ballots.tracker_of(CONTEXT.h_e, payload))
    changed: Leaf = replace(leaf, body=body, payload=PayloadName.of(payload), signatures=())
    signatures = [Signature(s.key, bytes(64)) for s in leaf.signatures]
    return replace(item, entry=ELECTION.entry(1, changed.signed(*signatures)), payload=payload)


def sealed_of(item: Item) -> SealedBallot:
    return decode_sealed(item.payload, ELECTION.manifest, GROUP)


def with_number(item: Item, name: str, change: Callable[[Integer], Integer], position: int = 1) -> Item:
    """One α or β of the first contest is another number, and the proofs are as they were."""
    sealed = sealed_of(item)
    contest = sealed.contests[0]
    items = list(contest.items)
    value = change(getattr(items[position], name).value) % GROUP.p
    items[position] = replace(items[position], **{name: Residue(GROUP, value)})
    return renamed(
        item, replace(sealed, contests=(replace(contest, items=tuple(items)), *sealed.contests[1:])).encode()
    )


def with_proof(item: Item, name: str, excess: int, limit: bool = False) -> Item:
    sealed = sealed_of(item)
    contest = sealed.contests[0]
    proof = contest.limit if limit else contest.items[0].proof
    values = list(getattr(proof, name))
    values[0] = values[0] + GROUP.reduce(excess)
    proof = replace(proof, **{name: tuple(values)})
    items = contest.items if limit else (replace(contest.items[0], proof=proof), *contest.items[1:])
    changed = replace(contest, items=items, limit=proof if limit else contest.limit)
    return renamed(item, replace(sealed, contests=(changed, *sealed.contests[1:])).encode())


def residue_hints(item: Item) -> Item:
    """What an insider computes as hints: right sides of the equations, with numbers that are no elements."""
    sealed, subject = sealed_of(item), Subject()
    made = []
    for claim in candidate_claims(CONTEXT, sealed, subject):
        proof = []
        for product in commitments(claim.statement, claim.proof):
            powers = (integers.power(base.value, exponent.value, GROUP.p) for base, exponent in product.terms)
            proof.append(Residue(GROUP, integers.product(powers, GROUP.p)))
        made.append(proof)
    return replace(item, hints=encode_hints(made))


def ground(item: Item) -> Item:
    """-α with a proof whose challenges are even, so that every equation and every hash is right."""
    sealed = sealed_of(item)
    contest, h_i = sealed.contests[0], ballot_base_hash(CONTEXT.h_e, sealed.id)
    xi = SecretScalar.random(GROUP, SOURCE)
    alpha = Candidate(GROUP, GROUP.p - xi.power_of(GROUP.g).value, ())
    beta = Candidate(GROUP, xi.power_of(K).value, ())
    place = BallotPlace(h_i, Place(1, 1))
    while True:
        proof, _ = prove_one_of(OneOf(K, alpha, beta, 1), 0, xi, place, SOURCE)
        if all(c.value % 2 == 0 for c in proof.c):
            break
    first = replace(contest.items[0], alpha=Residue(GROUP, alpha.value), beta=Residue(GROUP, beta.value), proof=proof)
    changed = replace(contest, items=(first, *contest.items[1:]))
    return residue_hints(renamed(item, replace(sealed, contests=(changed, *sealed.contests[1:])).encode()))


def hint(item: Item, edit: Callable[[list[bytes]], None]) -> Item:
    numbers = [item.hints[i : i + WIDTH] for i in range(0, len(item.hints), WIDTH)]
    edit(numbers)
    return replace(item, hints=b"".join(numbers))


def negated(*positions: int) -> Callable[[list[bytes]], None]:
    def edit(numbers: list[bytes]) -> None:
        for position in positions:
            numbers[position] = int(GROUP.p - int.from_bytes(numbers[position], "big")).to_bytes(WIDTH, "big")

    return edit


def exchanged(numbers: list[bytes]) -> None:
    numbers[0:4], numbers[4:8] = numbers[4:8], numbers[0:4]


GOOD, OTHER, OPENED = honest("one"), honest("two", {}), opened("three")
ITEMS: dict[str, Item] = {
    "honest": GOOD,
    "honest, nothing chosen": OTHER,
    "challenge": OPENED,
    "no hints": replace(GOOD, hints=b""),
    "challenge without hints": replace(OPENED, hints=b""),
    "hints of another ballot": replace(GOOD, hints=OTHER.hints),
    "hints cut short": replace(GOOD, hints=GOOD.hints[:-1]),
    "hints of zeros": replace(GOOD, hints=bytes(len(GOOD.hints))),
    "hints exchanged between proofs": hint(GOOD, exchanged),
    "one hint negated": hint(GOOD, negated(0)),
    "two hints negated": hint(GOOD, negated(0, 1)),
    "four hints negated": hint(GOOD, negated(0, 1, 2, 3)),
    "a challenge's hint negated": hint(OPENED, negated(2)),
    "α negated": with_number(GOOD, ALPHA, lambda x: -x),
    "α negated, hints made to fit": residue_hints(with_number(GOOD, ALPHA, lambda x: -x)),
    "-α, ground": ground(GOOD),
    "β times an element of order h": with_number(GOOD, BETA, lambda x: x * OF_ORDER_H),
    "β times an element of order h, hints made to fit": residue_hints(
        with_number(GOOD, BETA, lambda x: x * OF_ORDER_H)
    ),
    "α is 1": with_number(GOOD, ALPHA, lambda x: Integer(1)),
    "α of another vote": with_number(GOOD, ALPHA, lambda x: x * GROUP.g.value),
    "response + 1": with_proof(GOOD, "v", 1),
    "response + 1, hints made to fit": residue_hints(with_proof(GOOD, "v", 1)),
    "challenge + 1": with_proof(GOOD, "c", 1),
    "limit's response + 1": residue_hints(with_proof(GOOD, "v", 1, limit=True)),
    "no form": renamed(GOOD, GOOD.payload[:-1] + b" "),
    "another ballot's payload": replace(GOOD, payload=OTHER.payload),
    "opened with another seed": renamed(
        OPENED, replace(decode_opened(OPENED.payload, ELECTION.manifest, GROUP), seed=bytes(32)).encode()
    ),
}
NAMES = tuple(ITEMS)
HARMLESS = frozenset(name for name in NAMES if "hint" in name and "fit" not in name and "limit" not in name)


def found(names: list[str], *, one_by_one: bool) -> tuple[Any, list[bytes]]:
    """Everything that is found, as a report would have it, and what was taken."""
    findings, taken = Findings(), []
    items = [replace(ITEMS[name], entry=replace(ITEMS[name].entry, index=i)) for i, name in enumerate(names, start=5)]
    context = ALONE if one_by_one else CONTEXT
    check_chunk(context, items, findings, lambda entry, sealed: taken.append(sealed.id))
    return {check: repr(tally) for check, tally in findings.checks.items()}, taken


@pytest.fixture(autouse=True, params=["symbols", "buckets"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "buckets":
        monkeypatch.setattr(combination, "BUCKETS_LOOKED_AT_FROM", 4)


@pytest.mark.parametrize("name", NAMES)
def test_alone_and_among_others_it_is_found_alike(name: str) -> None:
    for names in ([name], ["honest", name, "challenge", "honest, nothing chosen"]):
        assert found(names, one_by_one=False) == found(names, one_by_one=True)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(NAMES), max_size=7))
def test_any_chunk_gives_the_same_findings(names: list[str]) -> None:
    assert found(names, one_by_one=False) == found(names, one_by_one=True)


def test_everything_at_once() -> None:
    assert found(list(NAMES), one_by_one=False) == found(list(NAMES), one_by_one=True)
    findings, _ = found(list(NAMES), one_by_one=False)
    assert "examined=21, failed=6" in findings["ballot.elements"]


def test_what_is_wrong_fails_and_what_is_only_in_the_hints_does_not() -> None:
    """Against a differential test of two verifiers that both accept everything."""
    for name in NAMES:
        findings, _ = found([name], one_by_one=False)
        fails = any("failed=0" not in tally for tally in findings.values())
        assert fails == (name not in HARMLESS | {"honest", "honest, nothing chosen", "challenge"}), name


def test_right_hints_save_the_slow_path(monkeypatch: pytest.MonkeyPatch) -> None:
    slow: list[str] = []
    check = ballots.check_proofs
    monkeypatch.setattr(ballots, "check_proofs", lambda c, s, *rest: slow.append(s) or check(c, s, *rest))
    found(["honest", "no hints", "honest, nothing chosen"], one_by_one=False)
    assert slow == ["entry 6 (ballot)"]
    found(["honest", "challenge"], one_by_one=True)
    assert slow == ["entry 6 (ballot)", "entry 5 (ballot)"]


def test_a_group_without_batches_is_verified_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group.Group, "has_batches", property(lambda self: False))
    monkeypatch.setattr(chunk, "suspects", lambda group, subjects: pytest.fail("a batch") if subjects else ())
    findings, _ = found(["honest", "challenge", "-α, ground"], one_by_one=False)
    assert "failed=1" in findings["ballot.elements"]


def test_weights_are_drawn_when_everything_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    token_bytes = secrets.token_bytes
    monkeypatch.setattr(batch.secrets, "token_bytes", lambda n: events.append("weights") or token_bytes(n))

    def items() -> Iterator[Item]:
        for name in ("honest", "honest, nothing chosen"):
            events.append("read")
            yield ITEMS[name]

    check_chunk(CONTEXT, items(), Findings(), lambda entry, sealed: None)
    assert events == ["read", "read", "weights"]
