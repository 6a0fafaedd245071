"""Quorums: how much any two share, against all subsets; and that no two histories both get a receipt."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.keys import log_key, signer, vkey, witness
from e2evote.board.checkpoint import Checkpoint
from e2evote.board.cosignature import add_cosignatures, cosign
from e2evote.board.log import Log
from e2evote.board.note import Signature, sign_note
from e2evote.board.policy import Policy, decode_policy
from e2evote.board.proof import open_receipt
from e2evote.board.witnessing import Cosignable, Request, decode_request, judge
from e2evote.errors import CheckFailed

MOST = 6
NAMES = [f"w{number}" for number in range(MOST)]
SIGNERS = {name: witness(f"{name}.example", number) for number, name in enumerate(NAMES, 1)}
LINES = {name: f"witness {name} {vkey(signer)}\n" for name, signer in SIGNERS.items()}


def policy_of(groups: list[str], quorum: str, n: int = MOST) -> Policy:
    lines = [f"log {log_key().encode()}\n", *(LINES[name] for name in NAMES[:n]), *(f"{line}\n" for line in groups)]
    return decode_policy(f"{''.join(lines)}quorum {quorum}\n".encode())


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A random tree: some of what has no group yet is gathered into a new one, until the quorum is named."""
    free = NAMES[: draw(st.integers(1, MOST))]
    n, groups = len(free), []
    for number in range(draw(st.integers(0, 4))):
        members = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        groups.append(f"group g{number} {draw(st.integers(1, len(members)))} {' '.join(members)}")
        free = [name for name in free if name not in members] + [f"g{number}"]
    return policy_of(groups, draw(st.sampled_from([*free, *free[-1:] * 3])), n)


def quorums(policy: Policy) -> list[frozenset[str]]:
    names = [one.name for one in policy.witnesses]
    subsets = (frozenset(some) for k in range(len(names) + 1) for some in combinations(names, k))
    return [subset for subset in subsets if policy.satisfied_by(subset)]


@given(policies())
def test_the_fewest_in_common_are_those_of_all_pairs_of_quorums(policy: Policy) -> None:
    found = quorums(policy)
    assert policy.least_in_common == min(len(one & other) for one in found for other in found)
    one, other = policy.apart
    assert policy.satisfied_by(one)
    assert policy.satisfied_by(other)
    assert len(set(one) & set(other)) == policy.least_in_common
    for quorum in policy.apart:  # each is minimal
        assert not any(policy.satisfied_by(set(quorum) - {name}) for name in quorum)


def test_k_of_w_share_2k_minus_w() -> None:
    for w in range(1, MOST + 1):
        for k in range(1, w + 1):
            policy = policy_of([f"group g {k} {' '.join(NAMES[:w])}"], "g", w)
            assert policy.least_in_common == max(0, 2 * k - w)


KNOWN = [
    (["group g 2 w0 w1 w2"], "g", 1),
    (["group g 3 w0 w1 w2 w3"], "g", 2),
    (["group g any w0 w1"], "g", 0),
    (["group g 2 w0 w1 w2 w3"], "g", 0),
    (["group g all w0 w1 w2"], "g", 3),
    (["group g any w0"], "g", 1),
    (["group a 2 w0 w1 w2", "group b any w3 w4", "group c all a b"], "c", 1),  # any two agree in a
    (["group a any w0 w1", "group b any w2 w3", "group c all a b"], "c", 0),  # though all groups must agree
    (["group a all w0 w1", "group b all w2 w3", "group c 2 a b w4"], "c", 1),  # the lone one is shared
    (["group a all w0 w1", "group b all w2 w3", "group c all w4 w5", "group d 2 a b c"], "d", 2),
    (["group a any w0 w1", "group b all w2 w3 w4", "group c all a b"], "c", 3),
    ([], "w0", 1),
    ([], "none", 0),
]


@pytest.mark.parametrize(("groups", "quorum", "least"), KNOWN)
def test_known_policies(groups: list[str], quorum: str, least: int) -> None:
    policy = policy_of(groups, quorum)
    assert policy.least_in_common == least
    found = quorums(policy)
    assert least == min(len(one & other) for one, other in product(found, found))


def test_the_farthest_quorums_are_named_in_the_policys_order() -> None:
    assert policy_of(["group g 2 w3 w2 w1 w0"], "g").apart == (("w2", "w3"), ("w0", "w1"))


# Two histories of one log: the same first entry, then each its own.
FORKS = [Log(signer()), Log(signer())]
for number, fork in enumerate(FORKS):
    for entry in (b"manifest", *(f"{number}: {i}".encode() for i in range(4))):
        fork.append(entry)


class Witnesses:
    """As honest ones answer, by `judge` alone; the dishonest cosign whatever they are shown."""

    def __init__(self, dishonest: frozenset[str]) -> None:
        self.dishonest, self.time = dishonest, 1_893_456_000
        self.latest: dict[str, Checkpoint] = {}

    def cosign(self, name: str, log: Log, size: int) -> list[Signature]:
        """A log that tells everybody what he wants to hear asks for size `size` of this history."""
        self.time += 1
        text = log.checkpoint(size).text()
        if name in self.dishonest:
            return [cosign(text, SIGNERS[name], self.time)]
        latest = self.latest.get(name)
        old = latest.size if latest else 0
        proof = log.consistency_proof(old, size) if 0 < old <= size else ()
        note = signed(log, size)
        answer = judge(decode_request(Request(min(old, size), proof, note).encode()), [log_key()], latest)
        if not isinstance(answer, Cosignable):
            return []
        self.latest[name] = answer.checkpoint
        return [cosign(answer.text, SIGNERS[name], self.time)]


def signed(log: Log, size: int) -> bytes:
    return sign_note(log.checkpoint(size).text(), [signer()])


def receipts(policy: Policy, notes: dict[tuple[int, int], bytes]) -> set[int]:
    """The histories of which some entry that is only theirs has a valid receipt."""
    found = set()
    for (fork, size), note in notes.items():
        index = size - 1
        proof = FORKS[fork].proof(index, note, f"{fork}: {index - 1}".encode()).encode()
        try:
            assert open_receipt(proof, log_key(), policy).index == index
        except CheckFailed as failure:
            if failure.check != "board.witnesses":
                raise
            continue
        found.add(fork)
    return found


asked = st.permutations([*product(NAMES, (0, 1), (2, 4))])


def after(policy: Policy, dishonest: frozenset[str], requests: list[tuple[str, int, int]]) -> set[int]:
    witnesses = Witnesses(dishonest)
    notes: dict[tuple[int, int], bytes] = {}
    names = {one.name for one in policy.witnesses}
    for name, fork, size in requests:
        if name in names:
            note = notes.get((fork, size), signed(FORKS[fork], size))
            notes[fork, size] = add_cosignatures(note, witnesses.cosign(name, FORKS[fork], size))
    return receipts(policy, notes)


@given(policies(), st.frozensets(st.sampled_from(NAMES)), asked)
def test_two_histories_never_both_reach_a_receipt(
    policy: Policy, dishonest: frozenset[str], requests: list[tuple[str, int, int]]
) -> None:
    """Whatever the log shows to whom, and in which order, with fewer dishonest witnesses than quorums share."""
    liars = frozenset(sorted(dishonest & {one.name for one in policy.witnesses})[: max(0, policy.least_in_common - 1)])
    if policy.least_in_common:
        assert len(after(policy, liars, requests)) < 2


@given(policies())
def test_as_many_dishonest_as_quorums_share_can_do_it(policy: Policy) -> None:
    """The bound is exact: those that two quorums share, if all of them lie, let both histories through."""
    one, other = policy.apart
    liars = frozenset(one) & frozenset(other)
    requests = [*((name, 0, 3) for name in one), *((name, 1, 4) for name in other)]
    assert after(policy, liars, requests) == {0, 1}


def test_disjoint_minorities_give_neither_history_a_receipt() -> None:
    policy = policy_of(["group g 3 w0 w1 w2 w3 w4"], "g", 5)
    for split in product((0, 1), repeat=5):
        requests = [(name, fork, size) for size in (2, 4) for name, fork in zip(NAMES, split, strict=False)]
        histories = after(policy, frozenset(), requests)
        assert histories == {fork for fork in (0, 1) if split.count(fork) >= 3}
