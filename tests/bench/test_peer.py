"""The straightforward verifier really verifies; the record generator's ballots are what it is given."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from benchmarks.ballots import Loaded, load
from benchmarks.batch import straightforward
from benchmarks.claim import Answer, Task
from benchmarks.clock import Prices
from benchmarks.counting import counted
from benchmarks.culprit import find, spoiled
from benchmarks.generate import Shape, generate
from benchmarks.peer import Straightforward
from benchmarks.verifying import clean
from e2evote.algebra.parameters import ELECTIONGUARD_4096


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Four ballots of five options in the standard group."""
    shape = Shape(4, 5, ELECTIONGUARD_4096.name)
    with ThreadPoolExecutor(1) as executor:
        made = generate(shape, tmp_path_factory.mktemp("peer") / "made", executor, 1, lambda what: lambda a, b: None)
    return load(made, 4)


def peer(loaded: Loaded) -> Straightforward:
    context, group = loaded.context, loaded.context.setting.group
    return Straightforward(group.p, group.q, group.generator, context.K.value, context.h_e)


def changed(payload: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    sealed = json.loads(payload)
    change(sealed)
    return json.dumps(sealed).encode()


def up(text: str) -> str:
    """The next number."""
    return f"{int(text, 16) + 1:0{len(text)}x}"


def change_c(sealed: dict[str, Any]) -> None:
    proof = sealed["contests"][0]["items"][1]["proof"]
    proof["c"][0] = up(proof["c"][0])


def change_v(sealed: dict[str, Any]) -> None:
    proof = sealed["contests"][0]["items"][1]["proof"]
    proof["v"][1] = up(proof["v"][1])


def change_limit(sealed: dict[str, Any]) -> None:
    proof = sealed["contests"][0]["limit"]
    proof["v"][0] = up(proof["v"][0])


def change_id(sealed: dict[str, Any]) -> None:
    sealed["id"] = up(sealed["id"])


def swap_items(sealed: dict[str, Any]) -> None:
    items = sealed["contests"][0]["items"]
    items[0], items[1] = items[1], items[0]


def negate(sealed: dict[str, Any]) -> None:
    item = sealed["contests"][0]["items"][2]
    item["alpha"] = f"{int(ELECTIONGUARD_4096.p) - int(item['alpha'], 16):01024x}"


@pytest.mark.slow
def test_the_peer_accepts_what_the_library_accepts(loaded: Loaded) -> None:
    clean(loaded.context, loaded.items)
    straightforward(loaded, 1)
    assert peer(loaded).verify(loaded.items[0].payload) == 6


@pytest.mark.slow
@pytest.mark.parametrize("change", [change_c, change_v, change_limit, change_id, swap_items, negate])
def test_the_peer_refuses_what_is_changed(loaded: Loaded, change: Callable[[dict[str, Any]], None]) -> None:
    with pytest.raises(ValueError):
        peer(loaded).verify(changed(loaded.items[0].payload, change))


@pytest.mark.slow
def test_the_spoiled_proof_is_the_one_that_is_found(loaded: Loaded) -> None:
    find(spoiled(loaded, 2))


@pytest.mark.slow
def test_a_count_is_the_same_each_time_and_grows_with_the_ballots(loaded: Loaded) -> None:
    price = Prices(1.0, 6.0)
    whole, half = counted(loaded, price), counted(Loaded(loaded.context, loaded.items[:2]), price)
    assert whole.symbols == counted(loaded, price).symbols > half.symbols > 0
    assert whole.products > 1.5 * half.products > 0
    assert whole.all == whole.products + 6 * whole.symbols


def test_sizes_by_scale() -> None:
    assert [Task(scale).sized(1, 2, 3) for scale in ("quick", "default", "full")] == [1, 2, 3]
    assert Task("full").sized(1, 2) == 2
    assert Answer(()).points == ()
