"""A secret scalar does what it is for and gives itself away nowhere."""

import copy
import json
import logging
import operator
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.algebra import group as group_module
from e2evote.algebra.exponentiation import FixedBase, precompute
from e2evote.algebra.group import Group
from e2evote.algebra.integers import Integer
from e2evote.algebra.parameters import TEST_512
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.scalar import SecretScalar
from tests.randomness import DeterministicRandomness

GROUP = TEST_512
Q = int(GROUP.q)
TOY = Group("toy-24", Integer(0xFFF93F356A395FFF), Integer(0xFFFFFD), Integer(0xCCCCA8BCC08F3688))
NUMBER = 0x123456789ABCDEF0FEDCBA9876543210
SECRET = SecretScalar(GROUP.scalar(NUMBER))
TRACES = (str(NUMBER), f"{NUMBER:x}", f"{NUMBER:X}", NUMBER.to_bytes(16, "big").hex())
secrets = st.integers(1, Q - 1).map(lambda x: SecretScalar(GROUP.scalar(x)))
scalars = st.integers(0, Q - 1).map(GROUP.scalar)


class Fixed:
    """A source that returns one number; it notes the bound."""

    def __init__(self, number: int) -> None:
        self.number, self.bounds = number, list[int]()

    def below(self, bound: int) -> int:
        self.bounds.append(bound)
        return self.number

    def bytes(self, size: int) -> bytes:
        raise AssertionError("no bytes are asked for")


def says_nothing(text: str) -> bool:
    return not any(trace.lower() in text.lower() for trace in TRACES)


@pytest.mark.parametrize(
    "show",
    [repr, str, format, lambda s: f"{s}", lambda s: f"{s!r:>40}", lambda s: f"{s:x}", lambda s: f"{[s]} {(s,)}",
     ascii],
)  # fmt: skip
def test_a_secret_prints_as_redacted(show: Callable[[object], str]) -> None:
    assert says_nothing(show(SECRET))
    assert "redacted" in show(SECRET)


def test_a_log_line_and_a_traceback_with_locals_say_nothing(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("secret: %s %r", SECRET, {"s": SECRET})
    assert says_nothing(caplog.text)
    scalar = SECRET.disclose()
    for misuse in (
        lambda: SECRET.power_of(TOY.g),
        lambda: SECRET.plus(TOY.scalar(1)),
        lambda: SECRET.plus(-scalar),
        lambda: SECRET.minus_times(TOY.scalar(1), SECRET),
        lambda: pickle.dumps(SECRET),
        lambda: operator.eq(SECRET, scalar),
    ):
        with pytest.raises((ValueError, TypeError)) as caught:
            misuse()
        error = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        own = [frame for frame in error.stack if "e2evote/secret" in frame.filename]
        assert own
        assert says_nothing(str(caught.value) + str([(frame.name, frame.locals) for frame in own]))


@pytest.mark.parametrize(
    "compare",
    [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge, lambda s, other: s in [0, other]],
)
def test_a_secret_is_not_compared(compare: Callable[[object, object], object]) -> None:
    for other in (SecretScalar(GROUP.scalar(NUMBER)), GROUP.scalar(NUMBER), NUMBER, None):
        with pytest.raises(TypeError):
            compare(SECRET, other)


@pytest.mark.parametrize(
    "leak",
    [
        hash, int, float, bytes, operator.index, list, vars, len, copy.copy, copy.deepcopy, json.dumps,
        *(lambda s, protocol=protocol: pickle.dumps(s, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)),
        lambda s: s.__getstate__(), lambda s: s.__reduce__(), lambda s: copy.copy([s])[0].__copy__(),
        lambda s: pickle.dumps({"key": (s,)}),
    ],
)  # fmt: skip
def test_a_secret_is_not_hashed_converted_copied_or_pickled(leak: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError):
        leak(SECRET)


def test_a_secret_does_not_change() -> None:
    for change in (lambda: setattr(SECRET, "_scalar", GROUP.scalar(1)), lambda: delattr(SECRET, "_scalar")):
        with pytest.raises(AttributeError):
            change()
    with pytest.raises(AttributeError):
        SECRET.note = 1  # type: ignore[attr-defined]
    assert SECRET.disclose() == GROUP.scalar(NUMBER)


def test_a_secret_is_never_zero() -> None:
    for zero in (
        lambda: SecretScalar(GROUP.scalar(0)),
        lambda: SECRET.plus(-SECRET.disclose()),
        lambda: SECRET.times(GROUP.scalar(0)),
        lambda: SECRET.plus(SecretScalar(-SECRET.disclose())),
    ):
        with pytest.raises(ValueError, match="never zero"):
            zero()


@pytest.mark.parametrize("number", [0, Q - 2])
def test_a_random_secret_is_uniform_from_1_below_q(number: int) -> None:
    source = Fixed(number)
    assert SecretScalar.random(GROUP, source).disclose() == GROUP.scalar(number + 1)
    assert source.bounds == [Q - 1]


def test_random_secrets_differ() -> None:
    drawn = {SecretScalar.random(GROUP, SystemRandomness()).disclose().encode() for _ in range(20)}
    assert len(drawn) == 20


@given(secrets, scalars, secrets)
def test_a_response_is_the_nonce_minus_the_challenge_times_the_secret(u: SecretScalar, c: Any, s: SecretScalar) -> None:
    assert u.minus_times(c, s) == u.disclose() - c * s.disclose()
    assert GROUP.g ** u.minus_times(c, s) * s.power_of(GROUP.g) ** c == u.power_of(GROUP.g)


@given(secrets, st.integers(0, Q - 1).map(GROUP.scalar), secrets)
def test_sums_and_products_are_those_of_the_values(s: SecretScalar, x: Any, t: SecretScalar) -> None:
    for other, value in ((x, x), (t, t.disclose())):
        total, product = s.disclose() + value, s.disclose() * value
        if total.value:
            assert s.plus(other).disclose() == total
        if product.value:
            assert s.times(other).disclose() == product
    assert s.group is GROUP


@given(secrets, st.integers(1, 99))
def test_a_power_with_and_without_a_table_is_the_power(s: SecretScalar, x: int) -> None:
    base = GROUP.g ** GROUP.scalar(x + 1000)
    expected = base ** s.disclose()
    assert s.power_of(base) == expected
    precompute(base, 2)
    assert s.power_of(base) == expected


def test_no_variable_time_power_meets_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a table GMP's constant-time exponentiation, with one its `power_secret`, and nothing else."""
    used: list[str] = []
    plain, constant, table = group_module.integers.power, group_module.integers.secret_power, FixedBase.power_secret

    def note(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments: used.append(name) or function(*arguments)

    base = GROUP.g ** GROUP.scalar(31337)
    known = precompute(GROUP.g ** GROUP.scalar(31338), 2).base
    monkeypatch.setattr(group_module.integers, "power", note("plain", plain))
    monkeypatch.setattr(group_module.integers, "secret_power", note("constant", constant))
    monkeypatch.setattr(FixedBase, "power_secret", note("table", table))
    SECRET.power_of(base)
    SECRET.power_of(known)
    assert used == ["constant", "table"]


def test_the_systems_randomness_keeps_its_bounds() -> None:
    source = SystemRandomness()
    assert {source.below(3) for _ in range(100)} == {0, 1, 2}
    assert len(source.bytes(32)) == 32
    assert source.bytes(32) != source.bytes(32)
    for size in (0, -1):
        with pytest.raises(ValueError, match="bytes"):
            source.bytes(size)
    with pytest.raises(ValueError):
        source.below(0)


def test_the_tests_own_randomness_repeats_and_covers_its_range() -> None:
    first, second, other = (DeterministicRandomness(seed) for seed in ("a", "a", "b"))
    assert [first.below(Q) for _ in range(5)] == [second.below(Q) for _ in range(5)]
    assert first.bytes(40) == second.bytes(40) != other.bytes(40)
    assert {first.below(5) for _ in range(200)} == set(range(5))
    assert first.below(1) == 0
    with pytest.raises(ValueError, match="below 0"):
        first.below(0)
