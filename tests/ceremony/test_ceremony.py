"""Honest trustees: any k of them have the key and fewer have not, whatever crashes on the way."""

import copy
import pickle
from collections.abc import Mapping
from itertools import combinations

import pytest

from e2evote.algebra.group import Group
from e2evote.algebra.interpolation import lagrange_at_zero
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_512
from e2evote.ceremony import saved, trustee
from e2evote.ceremony.key import TrusteeKey
from e2evote.ceremony.states import Dealt, Drawn, Finished, Revealed, Setup, keys_of
from e2evote.errors import MalformedInput, Refused
from e2evote.record.joint import JointKeys
from tests.randomness import DeterministicRandomness
from tests.simulate.ceremony import Board, Crashing, Party, Run, honest, make_setup, run

SIZES = [(n, k) for n in range(1, 6) for k in range(1, n + 1) if 2 * k > n]


def joint_of(result: Run) -> JointKeys:
    state = result.board.parties[1].state
    assert isinstance(state, Finished)
    return state.joint


def interpolated(group: Group, keys: Mapping[int, TrusteeKey], chosen: tuple[int, ...]) -> tuple[object, object]:
    """g^(Σ w_i·z_i) and the same of ẑ."""
    w = lagrange_at_zero(group, chosen)
    shares = [(w[i], keys[i].z.disclose(), keys[i].z_hat.disclose()) for i in chosen]
    z, z_hat = group.scalar(0), group.scalar(0)
    for weight, share, share_hat in shares:
        z, z_hat = z + weight * share, z_hat + weight * share_hat
    return group.g**z, group.g**z_hat


@pytest.mark.parametrize(("n", "k"), SIZES)
def test_any_quorum_has_the_keys_and_no_smaller_set_has(n: int, k: int) -> None:
    result = run(make_setup(n, k), honest(n))
    assert sorted(result.keys) == list(range(1, n + 1))
    joint = joint_of(result)
    for chosen in combinations(result.keys, k):
        assert interpolated(TEST_512, result.keys, chosen) == (joint.K, joint.K_hat)
    for chosen in combinations(result.keys, k - 1) if k > 1 else ():
        K, K_hat = interpolated(TEST_512, result.keys, chosen)
        assert K != joint.K
        assert K_hat != joint.K_hat


def test_the_sizes_are_all_of_them() -> None:
    assert SIZES == [(1, 1), (2, 2), (3, 2), (3, 3), (4, 3), (4, 4), (5, 3), (5, 4), (5, 5)]


@pytest.mark.parametrize(("n", "k"), [(0, 0), (1, 0), (2, 1), (4, 2), (3, 4), (5, 2)])
def test_a_quorum_is_a_majority(n: int, k: int) -> None:
    with pytest.raises(ValueError, match=f"quorum {k} of {n}"):
        Setup(TEST_512, n, k, bytes(32), bytes(32))


@pytest.mark.parametrize("setup", [make_setup(3, 2), make_setup(1, 1)], ids=["2 of 3", "1 of 1"])
def test_everybody_confirms_the_same_keys_and_the_key_of_each_fits_them(setup: Setup) -> None:
    result = run(setup, honest(setup.trustees))
    joint = joint_of(result)
    assert set(result.board.read("confirm", 0).values()) == {joint.h_g}
    assert all(key.fits(joint) for key in result.keys.values())
    other = joint_of(run(setup, honest(setup.trustees, "other")))
    assert other.h_g != joint.h_g
    assert not any(key.fits(other) for key in result.keys.values())


def test_one_wrong_part_of_a_key_does_not_fit() -> None:
    result = run(make_setup(3, 2), honest(3))
    joint, key, other = joint_of(result), result.keys[1], result.keys[2]
    for wrong in (
        TrusteeKey(key.base_hash, 1, 1, other.z, key.z_hat),
        TrusteeKey(key.base_hash, 1, 1, key.z, other.z_hat),
        TrusteeKey(key.base_hash, 1, 2, key.z, key.z_hat),
    ):
        assert not wrong.fits(joint)


@pytest.mark.parametrize(("n", "k"), [(1, 1), (3, 2), (5, 3)])
def test_a_crash_at_every_step_changes_nothing(n: int, k: int) -> None:
    """Each step is done again from the state's file and from a backup of the state before it (A73, A140)."""
    parties = [Crashing(i) for i in range(1, n + 1)]
    result = run(make_setup(n, k), parties)
    assert [party.repeated for party in parties] == [4] * n
    plain = run(make_setup(n, k), honest(n))
    assert result.board.messages == plain.board.messages
    assert {i: key.encode() for i, key in result.keys.items()} == {i: key.encode() for i, key in plain.keys.items()}


@pytest.mark.parametrize("index", [0, 4, -1, int(TEST_512.q), int(TEST_512.q) + 1])
def test_an_index_is_one_of_the_trustees(index: int) -> None:
    """At 0 or q a share would be the key itself; q + 1 would be trustee 1 once more (A68)."""
    with pytest.raises(ValueError, match="want 1 to 3"):
        trustee.begin(make_setup(3, 2), index, 1, DeterministicRandomness("index"))


@pytest.mark.parametrize("session", [0, -1, 2**31])
def test_sessions_are_numbered_from_one(session: int) -> None:
    with pytest.raises(ValueError, match="session"):
        trustee.begin(make_setup(3, 2), 1, session, DeterministicRandomness("session"))


def after(steps: int) -> Board:
    """Three honest trustees after so many steps: 1 committed, 2 revealed, 3 dealt, 4 confirmed."""
    parties = honest(3)
    board = Board(make_setup(3, 2), 1, {party.index: party for party in parties})
    names = ("commit", "reveal", "shares", "confirm")[:steps]
    for name, method in zip(names, (Party.commit, Party.reveal, Party.deal, Party.finish), strict=False):
        for party in parties:
            message = method(party, board)
            assert message is not None
            board.messages[name, party.index] = message
    return board


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_no_step_without_everybodys_message(missing: int) -> None:
    for count, name, step in (
        (1, "commit", Party.reveal),
        (2, "reveal", Party.deal),
        (3, "shares", Party.finish),
        (4, "confirm", Party.conclude),
    ):
        board = after(count)
        del board.messages[name, missing]
        for party in board.parties.values():
            before = saved.encode(party.state) if party.state else b""
            with pytest.raises(Refused, match=rf"trustees \[{missing}\] are not there yet"):
                step(party, board)
            assert party.state
            assert saved.encode(party.state) == before


@pytest.mark.parametrize("stranger", [0, 4, int(TEST_512.q)])
def test_no_step_with_a_strangers_message(stranger: int) -> None:
    for count, name, step in (
        (1, "commit", Party.reveal),
        (2, "reveal", Party.deal),
        (3, "shares", Party.finish),
        (4, "confirm", Party.conclude),
    ):
        board = after(count)
        if name == "shares":
            state = board.parties[1].state
            assert isinstance(state, Dealt)
            with pytest.raises(ValueError, match="want 1 to 3"):
                trustee.finish(state, {**board.shares(1), stranger: state.sealed})
            continue
        board.messages[name, stranger] = board.messages[name, 2]
        with pytest.raises(ValueError, match="want 1 to 3"):
            step(board.parties[1], board)


def test_another_message_in_our_name_stops_us_and_blames_nobody() -> None:
    """Somebody has our signing key, or this is an old state."""
    other = run(make_setup(3, 2), honest(3, "other")).board
    for name, step, count in (("commit", Party.reveal, 1), ("reveal", Party.deal, 2), ("shares", Party.finish, 3)):
        board = after(count)
        board.messages[name, 1] = other.messages[name, 1]
        with pytest.raises(Refused, match=r"of trustee 1 than this state made \[ceremony.own-message\]"):
            step(board.parties[1], board)


def test_every_message_is_new_in_every_session() -> None:
    """Restarting draws everything anew: no key, commit, share or confirmation is seen twice (A73)."""
    setup = make_setup(3, 2)
    first = run(setup, honest(3), session=1)
    second = run(make_setup(3, 2, earlier=first.reveals()), honest(3), session=2)
    assert len(second.keys) == 3
    assert not set(first.board.messages.values()) & set(second.board.messages.values())
    assert not keys_of(first.reveals()) & keys_of(second.reveals())


def test_no_two_states_are_equal_copied_or_shown() -> None:
    board = after(4)
    finished = board.parties[1].state
    assert isinstance(finished, Finished)
    dealt = finished.dealt
    for state in (dealt.drawn, dealt.revealed, dealt, finished, finished.key):
        for take in (copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match=r"pickled|copied"):
                take(state)
        shown = repr(state)
        for secret in (dealt.drawn.secrets.P.encode(), finished.key.z.disclose().encode(), dealt.drawn.secrets.seed):
            assert secret.hex() not in shown
            assert str(int.from_bytes(secret[:32], "big")) not in shown
            assert repr(secret) not in shown


def test_the_salt_is_not_shown_before_the_keys() -> None:
    drawn = after(1).parties[1].state
    assert isinstance(drawn, Drawn)
    assert drawn.own.salt.hex() not in repr(drawn)
    assert repr(drawn.own.salt) not in repr(drawn)
    revealed = Revealed(drawn, ())
    assert repr(drawn.own.salt) not in repr(revealed)


def test_a_key_file_is_for_one_group_and_election() -> None:
    setup = make_setup(1, 1)
    key = run(setup, honest(1)).keys[1]
    again = TrusteeKey.decode(key.encode(), TEST_512, setup.base_hash)
    assert again.encode() == key.encode()
    assert (again.index, again.session) == (1, 1)
    with pytest.raises(MalformedInput, match="base_hash: the key of another election"):
        TrusteeKey.decode(key.encode(), TEST_512, bytes(32))
    with pytest.raises(MalformedInput, match="group: a key in another group"):
        TrusteeKey.decode(key.encode(), ELECTIONGUARD_4096, setup.base_hash)
    zero = key.encode().replace(key.z.disclose().encode().hex().encode(), b"0" * 64)
    with pytest.raises(MalformedInput, match="0"):
        TrusteeKey.decode(zero, TEST_512, setup.base_hash)


@pytest.mark.slow
def test_three_of_five_in_the_standard_group() -> None:
    setup = make_setup(5, 3, ELECTIONGUARD_4096)
    result = run(setup, honest(5))
    joint = joint_of(result)
    for chosen in ((1, 2, 3), (1, 3, 5), (3, 4, 5)):
        assert interpolated(ELECTIONGUARD_4096, result.keys, chosen) == (joint.K, joint.K_hat)
    assert interpolated(ELECTIONGUARD_4096, result.keys, (2, 4))[0] != joint.K
    assert all(key.fits(joint) for key in result.keys.values())
