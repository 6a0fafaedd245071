"""A trustee decrypts the one statement that it recomputed itself, after the close, above the floor, once."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from e2evote.algebra.group import Residue
from e2evote.ceremony.key import TrusteeKey
from e2evote.errors import MalformedInput, Refused
from e2evote.manifest.entries import Phase
from e2evote.record.bodies import OnStatement
from e2evote.record.shares import decode_decryption_shares
from e2evote.record.statement import Statement, products_of
from e2evote.secret.scalar import SecretScalar
from e2evote.tally import memory as memories
from e2evote.tally import trustee as trustee_module
from e2evote.tally.facts import Facts
from e2evote.tally.memory import Accepted, Decrypted, Memory, Untouched
from e2evote.tally.trustee import accept, decrypt
from tests.ballot.election import GROUP, make_election, make_manifest
from tests.randomness import DeterministicRandomness
from tests.tally.closed import COUNTS, STATEMENT, VOTES, closed

CLOSED = closed()
KEYS = CLOSED.election.trustees
KEY = KEYS[1]
FACTS = CLOSED.facts(accepted=[1, 2, 3])
ACCEPTED = Accepted(STATEMENT)
OTHER = bytes(32)


def source() -> DeterministicRandomness:
    return DeterministicRandomness("decrypt")


def refused(facts: Facts, memory: Memory = ACCEPTED, key: TrusteeKey = KEY) -> str:
    """The code with which both acts are refused."""
    codes = []
    for act in (lambda: accept(facts, memory, key), lambda: decrypt(facts, memory, key, source())):
        with pytest.raises(Refused) as error:
            act()
        codes.append(error.value.code)
    assert codes[0] == codes[1]
    return codes[0]


def in_phase(phase: Phase) -> Facts:
    return replace(FACTS, state=replace(FACTS.state, phase=phase))


@pytest.mark.parametrize(
    ("phase", "code"),
    [
        (Phase.SETUP, "tally.not-closed"),
        (Phase.OPEN, "tally.not-closed"),
        (Phase.CLOSED, "tally.not-stated"),
        (Phase.PUBLISHED, "tally.already-published"),
    ],
)
def test_nothing_is_decrypted_early_or_late(phase: Phase, code: str) -> None:
    assert refused(in_phase(phase)) == code
    assert refused(in_phase(phase), Decrypted(STATEMENT, CLOSED.shares([1])[1])) == code


def test_nothing_is_decrypted_from_a_record_with_a_failing_check() -> None:
    with pytest.raises(Refused, match=r"checks that fail: ballot.elements, board.root \[tally.record-fails\]"):
        decrypt(replace(FACTS, failing=("ballot.elements", "board.root")), ACCEPTED, KEY, source())
    assert refused(replace(FACTS, failing=("ballot.elements",))) == "tally.record-fails"


def stated(ballots: Sequence[int]) -> Statement:
    """A statement like the own one, with products over these ballots only."""
    own = FACTS.own
    return replace(own, products=products_of(CLOSED.products([CLOSED.ballots[index] for index in ballots])))


@pytest.mark.parametrize(
    "ballots",
    [[10], [12, 13, 14], [10, 11, 12, 13], [10, 12, 13, 14, 11], []],
    ids=["one", "without one", "old", "all", "none"],
)
def test_a_statement_over_other_ballots_is_refused(ballots: list[int]) -> None:
    """One ballot by itself, all but one of them, or a superseded one: each would show how somebody voted."""
    assert refused(replace(FACTS, posted=stated(ballots))) == "tally.statement-differs"


def test_a_statement_with_other_numbers_is_refused() -> None:
    """Numbers of ballots that lift a contest over the floor, and rows that hide a line."""
    own = FACTS.own
    inflated = replace(own, products=tuple(replace(p, ballots=100) for p in own.products))
    heavy = replace(own, products=tuple(replace(p, weight=100) for p in own.products))
    named = replace(own, reconciliation=replace(own.reconciliation, lines=100))
    for posted in (
        inflated,
        heavy,
        named,
        replace(own, rows=own.rows[1:]),
        replace(own, close_size=own.close_size + 1),
    ):
        assert refused(replace(FACTS, posted=posted)) == "tally.statement-differs"


def test_a_second_statement_is_refused_however_right_it_is() -> None:
    """After a fork of the board: the trustee has accepted one, and is shown another that agrees with its ballots."""
    fork = replace(FACTS, statement=OTHER)
    assert refused(fork) == "tally.second-statement"
    assert refused(fork, Decrypted(STATEMENT, CLOSED.shares([1])[1])) == "tally.second-statement"
    assert decrypt(FACTS, ACCEPTED, KEY, source()).statement == STATEMENT


def test_difference_attack() -> None:
    """Two totals that differ by one ballot: whichever comes first, the other is refused."""
    fewer = closed(votes=VOTES[:-2])
    memory, _ = accept(replace(fewer.facts(), statement=OTHER), Untouched(), KEY)
    assert refused(FACTS, memory) == "tally.second-statement"
    done = decrypt(replace(fewer.facts(accepted=[1]), statement=OTHER), memory, KEY, source())
    assert refused(FACTS, done) == "tally.second-statement"


def test_the_wrong_key() -> None:
    swapped = replace(KEY, index=2)
    stranger = replace(KEY, index=4)
    other_election = make_election(make_manifest(name="autumn")).trustees[1]
    wrong_hat = replace(KEY, z_hat=KEYS[2].z_hat)
    wrong_z = replace(KEY, z=SecretScalar(GROUP.scalar(5)))
    for key in (swapped, stranger, other_election, wrong_hat, wrong_z):
        assert refused(FACTS, ACCEPTED, key) == "tally.wrong-key"


def test_nothing_is_decrypted_before_it_was_accepted() -> None:
    for facts, memory in ((CLOSED.facts(), ACCEPTED), (CLOSED.facts([2, 3]), ACCEPTED), (FACTS, Untouched())):
        with pytest.raises(Refused) as error:
            decrypt(facts, memory, KEY, source())
        assert error.value.code == "tally.not-accepted"


def test_an_acceptance_that_this_tool_does_not_remember() -> None:
    with pytest.raises(Refused) as error:
        accept(FACTS, Untouched(), KEY)
    assert error.value.code == "tally.already-accepted"


def test_shares_that_this_tool_does_not_remember() -> None:
    with pytest.raises(Refused) as error:
        decrypt(CLOSED.facts([1], shared=[1]), ACCEPTED, KEY, source())
    assert error.value.code == "tally.already-decrypted"


def test_accepting() -> None:
    memory, body = accept(CLOSED.facts([2, 3]), Untouched(), KEY)
    assert memory == ACCEPTED
    assert body == OnStatement(STATEMENT)
    assert accept(FACTS, memory, KEY) == (memory, body), "asked again, it says the same"


def test_decrypting_once_and_the_same_answer_ever_after() -> None:
    done = decrypt(FACTS, ACCEPTED, KEY, source())
    cells = [(share.contest, share.option) for share in done.shares.shares]
    assert cells == list(COUNTS)
    assert decode_decryption_shares(done.shares.encode(), CLOSED.election.manifest, GROUP) == done.shares
    unused = DeterministicRandomness("unused")
    assert decrypt(FACTS, done, KEY, unused) is done
    assert decrypt(CLOSED.facts([1], shared=[1]), done, KEY, unused) is done
    assert unused.drawn == 0
    assert accept(FACTS, done, KEY) == (done, OnStatement(STATEMENT))


def test_the_nonces_of_shares_are_fresh() -> None:
    one, two = (decrypt(FACTS, ACCEPTED, KEY, DeterministicRandomness(seed)).shares.shares for seed in ("a", "b"))
    assert [share.M for share in one] == [share.M for share in two]
    challenges = {share.proof.c.value for share in (*one, *two)}
    assert len(challenges) == 12, "no proof's nonce is that of another"


@pytest.mark.parametrize(
    ("floor", "contests"), [(0, ("mayor", "board")), (3, ("mayor", "board")), (4, ("mayor",)), (5, ())]
)
def test_contests_below_the_floor_meet_no_secret(
    monkeypatch: pytest.MonkeyPatch, floor: int, contests: tuple[str, ...]
) -> None:
    """Four counted ballots have the mayor and three the board; the key is raised for allowed cells alone."""
    scene = closed(floor=floor)
    key, facts = scene.election.trustees[1], scene.facts([1])
    bases = []
    real = SecretScalar.power_of
    monkeypatch.setattr(
        SecretScalar, "power_of", lambda self, base: bases.append((self is key.z, base)) or real(self, base)
    )
    done = decrypt(facts, ACCEPTED, key, source())
    assert done.shares.parts() == tuple((contest, "online") for contest in contests)
    allowed = {p.A.value for p in facts.own.products if p.contest in contests}
    raised = {base.value for own, base in bases if own} - {GROUP.g.value}
    assert raised == allowed


def test_a_ciphertext_outside_the_subgroup_is_not_raised() -> None:
    """-A would show whether z is odd. The record fails then, too; the tool does not rely on having been told."""
    products = list(FACTS.own.products)
    products[0] = replace(products[0], A=Residue(GROUP, GROUP.p - products[0].A.value))
    statement = replace(FACTS.own, products=tuple(products))
    with pytest.raises(Refused, match="contest mayor, option ada: A or B is not in the subgroup"):
        decrypt(replace(FACTS, posted=statement, own=statement), ACCEPTED, KEY, source())


def test_a_miscalculated_share_is_not_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    real = trustee_module.prove_equal_logs

    def wrong(*arguments: object) -> object:
        proof, commitments = real(*arguments)  # type: ignore[arg-type]
        return replace(proof, v=proof.v + GROUP.scalar(1)), commitments

    monkeypatch.setattr(trustee_module, "prove_equal_logs", wrong)
    with pytest.raises(RuntimeError, match="trustee 1, contest mayor, option ada: this computer miscalculated"):
        decrypt(FACTS, ACCEPTED, KEY, source())


def test_an_empty_tally_has_shares() -> None:
    empty = closed(votes=())
    shares = empty.shares([1])[1].shares
    assert {share.M.value for share in shares} == {GROUP.identity.value}


@pytest.mark.parametrize(
    "memory",
    [Untouched(), ACCEPTED, Decrypted(STATEMENT, CLOSED.shares([1])[1])],
    ids=["untouched", "accepted", "decrypted"],
)
def test_the_memory_goes_through_a_file_unchanged(memory: Memory) -> None:
    assert memories.decode(memories.encode(memory), CLOSED.election.manifest, GROUP) == memory


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"statement":"00"}',
        b'{"shares":{"shares":[]}}',
        b'{"other":1}',
        b'{"shares":{},"statement":"' + b"0" * 64 + b'"}',
    ],
)
def test_another_file_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        memories.decode(data, CLOSED.election.manifest, GROUP)
