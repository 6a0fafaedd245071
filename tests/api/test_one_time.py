"""One-time tokens: once, in time, and nothing kept by which anybody could use one."""

from pathlib import Path

import pytest

from e2evote.adapter.api.one_time import OneTimeTokens
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.api.state import FILE, StateFile

SESSION = "5e55" * 16
NOW = 1_800_000_123


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def refused(tokens: OneTimeTokens, token: str) -> str:
    with pytest.raises(Problem) as problem:
        tokens.exchange(token)
    return problem.value.answer.code


@pytest.fixture
def state(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / FILE)


def test_a_token_is_exchanged_once(state: StateFile) -> None:
    tokens = OneTimeTokens(state)
    one, other = tokens.issue(SESSION)[0], tokens.issue("0" * 64)[0]
    assert tokens.exchange(one) == SESSION
    assert refused(tokens, one) == "token-used"
    assert tokens.exchange(other) == "0" * 64


def test_a_token_that_nobody_gave_out_looks_like_a_used_one(state: StateFile) -> None:
    for token in ("x", "' or '1'='1", "\x00", "é"):
        assert refused(OneTimeTokens(state), token) == "token-used"


def test_a_token_is_good_for_its_time(state: StateFile) -> None:
    clock = Clock()
    tokens = OneTimeTokens(state, 30, clock)
    early, late = tokens.issue(SESSION)[0], tokens.issue(SESSION)[0]
    clock.now = NOW + 30 * 60
    assert tokens.exchange(early) == SESSION
    clock.now = NOW + 40 * 60
    assert refused(tokens, late) == "token-expired"
    clock.now = NOW + 30 * 86400
    tokens.issue(SESSION)
    assert refused(tokens, late) == "token-used", "it is forgotten"


def test_what_was_exchanged_is_known_to_the_next_process(state: StateFile, tmp_path: Path) -> None:
    token = OneTimeTokens(state).issue(SESSION)[0]
    assert OneTimeTokens(state).exchange(token) == SESSION
    state.close()
    assert refused(OneTimeTokens(StateFile(tmp_path / FILE)), token) == "token-used"


def test_a122_neither_a_token_nor_a_used_session_nor_a_moment_is_in_the_file(state: StateFile, tmp_path: Path) -> None:
    clock = Clock()
    tokens = OneTimeTokens(state, 30, clock)
    token, expires = tokens.issue(SESSION)
    tokens.exchange(token)
    assert expires.endswith("0:00Z"), "rounded to ten minutes"
    state.close()
    assert not (tmp_path / f"{FILE}-wal").exists()
    data = (tmp_path / FILE).read_bytes()
    for secret in (token.encode(), SESSION.encode(), bytes.fromhex(SESSION)):
        assert secret not in data
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
