"""States as bytes: each comes back as it was, and only in its own ceremony."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from e2evote.algebra.parameters import TEST_512
from e2evote.ceremony import complaint, saved, trustee
from e2evote.ceremony.states import Dealt, Finished, Setup, State
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.secret.keyfile import lock, unlock
from tests.randomness import DeterministicRandomness
from tests.simulate.ceremony import Run, honest, make_setup, run, sent_from

SETUP = make_setup(3, 2)
NAMES = ("drawn", "revealed", "dealt", "finished", "answered")


@cache
def session() -> Run:
    return run(SETUP, honest(3))


def states(result: Run | None = None) -> dict[str, State]:
    """Trustee 1 in every state of one session."""
    finished = (result or session()).board.parties[1].state
    assert isinstance(finished, Finished)
    dealt = finished.dealt
    answered, _ = complaint.answer(dealt, 2)
    return dict(zip(NAMES, (dealt.drawn, dealt.revealed, dealt, finished, answered), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_state_comes_back_and_says_the_same(name: str) -> None:
    state = states()[name]
    data = saved.encode(state)
    again = saved.decode(data, SETUP)
    assert type(again) is type(state)
    assert saved.encode(again) == data
    assert sent_from(again) == sent_from(state)
    assert json.loads(data)["state"] == name


def test_a_state_goes_on_where_it_was() -> None:
    """From each file alone the rest of the session has the same end."""
    board = session().board
    end = states()
    again = {name: saved.decode(saved.encode(state), SETUP) for name, state in end.items()}
    drawn, dealt = again["drawn"], again["dealt"]
    assert not isinstance(drawn, Dealt | Finished)
    revealed, _ = trustee.reveal(end["dealt"].drawn, board.read("commit", 1))  # type: ignore[union-attr]
    assert saved.encode(revealed) == saved.encode(again["revealed"])
    next_dealt, _ = trustee.deal(revealed, board.keys(1))
    assert saved.encode(next_dealt) == saved.encode(dealt)
    assert isinstance(dealt, Dealt)
    finished, _ = trustee.finish(dealt, board.shares(1))
    assert saved.encode(finished) == saved.encode(again["finished"])
    assert trustee.conclude(finished, board.read("confirm", 1)).encode() == session().keys[1].encode()


def test_a_state_in_a_file_and_back() -> None:
    data = saved.encode(states()["dealt"])
    file = lock(data, "words", saved.PURPOSE, saved.VERSION, DeterministicRandomness("file"), cost=16, minimum=2)
    assert unlock(file, "words", saved.PURPOSE, saved.VERSION, minimum=2) == data


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("setup", "where"),
    [
        (Setup(TEST_512, 3, 2, SETUP.parameter_hash, bytes(32)), "base_hash"),
        (Setup(TEST_512, 3, 3, SETUP.parameter_hash, SETUP.base_hash), "quorum"),
        (Setup(TEST_512, 2, 2, SETUP.parameter_hash, SETUP.base_hash), "trustees"),
    ],
)
def test_a_state_of_another_ceremony_is_refused(name: str, setup: Setup, where: str) -> None:
    with pytest.raises(MalformedInput, match=f"{where}: a state of another ceremony"):
        saved.decode(saved.encode(states()[name]), setup)


def other(name: str) -> dict[str, Any]:
    """The same state of a ceremony with other secrets."""
    return dict(json.loads(saved.encode(states(run(SETUP, honest(3, "other")))[name])))


Change = Callable[[dict[str, Any]], object]
CHANGES: dict[str, tuple[str, Change]] = {
    "unknown state": ("drawn", lambda value: value.update(state="concluded")),
    "no state": ("drawn", lambda value: value.pop("state")),
    "state without its parts": ("drawn", lambda value: value.update(state="revealed")),
    "state with too many parts": ("revealed", lambda value: value.update(state="drawn")),
    "index 0": ("drawn", lambda value: value.update(index=0)),
    "index of nobody": ("drawn", lambda value: value.update(index=4)),
    "session 0": ("drawn", lambda value: value.update(session=0)),
    "group": ("drawn", lambda value: value.update(group="electionguard-2.1-4096")),
    "quorum is true": ("drawn", lambda value: value.update(quorum=True)),
    "another's secrets": ("drawn", lambda value: value.update(secrets=other("drawn")["secrets"])),
    "another ζ": ("drawn", lambda value: value["secrets"].update(zeta=other("drawn")["secrets"]["zeta"])),
    "another P": ("drawn", lambda value: value["secrets"].update(P=other("drawn")["secrets"]["P"])),
    "polynomials exchanged": (
        "drawn",
        lambda value: value["secrets"].update(P=value["secrets"]["P_hat"], P_hat=value["secrets"]["P"]),
    ),
    "ζ 0": ("drawn", lambda value: value["secrets"].update(zeta="0" * 64)),
    "coefficient 0": ("drawn", lambda value: value["secrets"].update(P="0" * 128)),
    "short polynomial": ("drawn", lambda value: value["secrets"].update(P=value["secrets"]["P"][:64])),
    "short seed": ("drawn", lambda value: value["secrets"].update(seed="00")),
    "another's keys": ("drawn", lambda value: value.update(own=other("drawn")["own"])),
    "keys without proof": ("drawn", lambda value: value["own"].pop("proof")),
    "another's commits": ("revealed", lambda value: value.update(commits=other("revealed")["commits"])),
    "commits exchanged": ("revealed", lambda value: value["commits"].reverse()),
    "one commit missing": ("revealed", lambda value: value["commits"].pop()),
    "session of another": ("revealed", lambda value: value.update(session=2)),
    "all keys of another": ("dealt", lambda value: value.update(keys=other("dealt")["keys"])),
    "keys exchanged": ("dealt", lambda value: value["keys"].reverse()),
    "one set of keys missing": ("dealt", lambda value: value["keys"].pop()),
    "key outside the group": ("dealt", lambda value: value["keys"][1]["K"].__setitem__(0, "00" * 63 + "02")),
    "shares of another dealer": ("dealt", lambda value: value["sealed"]["shares"][0].update(to=1)),
    "one share missing": ("dealt", lambda value: value["sealed"]["shares"].pop()),
    "another's z": ("finished", lambda value: value.update(z=other("finished")["z"])),
    "another's ẑ": ("finished", lambda value: value.update(z_hat=value["z"])),
    "z 0": ("finished", lambda value: value.update(z="0" * 64)),
    "answer to nobody": ("answered", lambda value: value.update(accuser=4)),
    "answer to itself": ("answered", lambda value: value.update(accuser=1)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_parts_that_do_not_belong_together_are_refused(name: str) -> None:
    of, change = CHANGES[name]
    value = json.loads(saved.encode(states()[of]))
    change(value)
    with pytest.raises(MalformedInput):
        saved.decode(canonical.encode(value), SETUP)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b'{"state":"drawn"}', b'{"state":["drawn"]}'])
def test_what_is_no_state_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        saved.decode(data, SETUP)
