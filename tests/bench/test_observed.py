"""A command as a whole process, observed: figures that can be, and a failure that is one."""

import sys
from pathlib import Path

import pytest

from benchmarks.observed import HASHING, JACOBI, MULTIPLYING, Samples, Seen, observe
from e2evote.algebra import integers
from e2evote.algebra.integers import Integer
from e2evote.hashing import digest


@pytest.mark.slow
def test_a_command_is_observed_once(tmp_path: Path) -> None:
    out = tmp_path / "seen.json"
    seen = observe(["demo", "tamper"], out, sample=True)
    assert seen.wall > 0
    assert 0 < seen.sampled <= seen.own <= seen.cpu
    assert seen.peak > 10**7
    assert 0 < seen.share_outside <= 1
    assert observe(["no such command"], out, sample=True) == seen  # what is there is not run again


@pytest.mark.slow
def test_a_command_that_fails_was_not_measured(tmp_path: Path) -> None:
    out = tmp_path / "seen.json"
    with pytest.raises(ValueError, match="exit code 3"):
        observe(["verify", str(tmp_path), "--json"], out, sample=False)
    assert not out.exists()


def test_a_sample_belongs_to_the_innermost_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the timer's handler sees it: the function that is running, and its callers."""
    samples = Samples()

    def interrupt(*_: object) -> Integer:
        samples.take(0, sys._getframe())
        return Integer(1)

    interrupt()
    assert not samples.groups
    assert sum(samples.outside.values()) == 1
    monkeypatch.setattr(digest.hmac, "digest", interrupt)
    digest.H(bytes(32), b"")
    assert samples.groups == {HASHING: 1}
    monkeypatch.setattr(integers.gmpy2, "jacobi", interrupt)
    monkeypatch.setattr(integers.gmpy2, "powmod", interrupt)
    monkeypatch.setattr(integers.gmpy2, "invert", interrupt)
    integers.jacobi(Integer(2), Integer(7))
    integers.power(Integer(2), Integer(3), Integer(7))
    integers.invert(Integer(2), Integer(7))
    assert samples.groups == {HASHING: 1, JACOBI: 1, MULTIPLYING: 1}
    assert samples.outside["algebra/integers.py:invert"] == 1


def test_the_share_outside_counts_what_no_sample_saw() -> None:
    seen = Seen(10.0, 10.0, 10.0, 8.0, 0, {MULTIPLYING: 60, HASHING: 15}, {"a": 25})
    assert seen.share_outside == pytest.approx(1 - 0.75 * 0.8)
