"""Provers: fresh nonces, the same work for every choice, and proofs that their verifiers accept."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from e2evote.algebra import group as group_module
from e2evote.algebra.elgamal import encrypt
from e2evote.algebra.exponentiation import FixedBase, precompute
from e2evote.algebra.group import Element, Scalar
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_512
from e2evote.proofs import equal_logs, key_proof, known_log, one_of
from e2evote.proofs.place import Place
from e2evote.secret.prove import prove_equal_logs, prove_key, prove_known_log, prove_one_of
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.scalar import SecretScalar
from tests.randomness import DeterministicRandomness

GROUP = TEST_512
SETUP = DeterministicRandomness("prove")
K = SecretScalar.random(GROUP, SETUP).power_of(GROUP.g)
XI = SecretScalar.random(GROUP, SETUP)
H_I = one_of.BallotPlace(b"\x11" * 32, Place(1, 1))


def statement(message: int, limit: int = 1, key: Element = K, xi: SecretScalar = XI) -> one_of.OneOf:
    ciphertext = encrypt(key, message, xi.disclose())
    return one_of.OneOf(key, ciphertext.alpha, ciphertext.beta, limit)


def two_transcripts(prove: Callable[[Any], Any]) -> tuple[Any, Any]:
    """Two proofs of one statement from one source."""
    source = DeterministicRandomness("nonces")
    return prove(source), prove(source)


def test_no_two_proofs_share_a_nonce() -> None:
    """With one nonce in two proofs the secret is (v - v')/(c' - c); every commitment is therefore new."""
    s = SecretScalar.random(GROUP, SETUP)
    public = s.power_of(GROUP.g)
    A = GROUP.g ** GROUP.scalar(77)
    keys = key_proof.Keys(1, (public,), public)
    for prove in (
        lambda source: prove_known_log(
            known_log.KnownLog(public), s, known_log.ShareSeal(b"\x11" * 32, 1, 2, b""), source
        ),
        lambda source: prove_key(keys, [s, s], key_proof.KeyChallenge(b"\x11" * 32, key_proof.Purpose.VOTE), source),
        lambda source: prove_equal_logs(
            equal_logs.EqualLogs(public, A, s.power_of(A)),
            s,
            equal_logs.DecryptionShare(b"\x11" * 32, 1, 1, 1, A, b"\x22" * 32),
            source,
        ),
        lambda source: prove_one_of(statement(1, 2), 1, XI, H_I, source),
    ):
        (first, hints), (second, others) = two_transcripts(prove)
        assert first != second
        assert len({*hints, *others}) == len(hints) + len(others)


def test_a_nonce_used_twice_would_give_the_secret_away() -> None:
    """Why the test above matters, and that the challenge really depends on what is proved."""
    s = SecretScalar.random(GROUP, SETUP)
    log = known_log.KnownLog(s.power_of(GROUP.g))
    proofs = [
        prove_known_log(log, s, known_log.ShareSeal(b"\x11" * 32, 1, receiver, b""), DeterministicRandomness("same"))[0]
        for receiver in (2, 3)
    ]
    difference: Scalar = proofs[1].c - proofs[0].c
    assert (proofs[0].v - proofs[1].v) * difference.inverse() == s.disclose()


class Work:
    """How often each kind of work is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: Counter[str] = Counter()
        self.by_owner: Counter[tuple[object, str]] = Counter()
        for owner, name in (
            (group_module.integers, "power"),
            (group_module.integers, "secret_power"),
            (group_module.integers, "invert"),
            (FixedBase, "power_secret"),
            (Scalar, "__mul__"),
            (Scalar, "__add__"),
            (Scalar, "__sub__"),
            (Element, "__mul__"),
        ):
            monkeypatch.setattr(owner, name, self._counting(owner, name, getattr(owner, name)))

    @property
    def of_elements(self) -> int:
        """Products of two elements."""
        return self.by_owner[Element, "__mul__"]

    def _counting(self, owner: object, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            self.done[name] += 1
            self.by_owner[owner, name] += 1
            return function(*arguments)

        return counted


@pytest.mark.parametrize("limit", [1, 3])
@pytest.mark.parametrize("tables", [False, True])
def test_the_work_is_the_same_whichever_number_is_proved(
    monkeypatch: pytest.MonkeyPatch, limit: int, tables: bool
) -> None:
    key = GROUP.g ** GROUP.scalar(4000 + 10 * limit + tables)
    if tables:
        precompute(GROUP.g)
        precompute(key)
    statements = [statement(m, limit, key) for m in range(limit + 1)]
    work = Work(monkeypatch)
    seen, drawn = [], []
    for message, one in enumerate(statements):
        work.done.clear()
        source = DeterministicRandomness("same")
        prove_one_of(one, message, XI, H_I, source)
        seen.append(dict(work.done))
        drawn.append(source.drawn)
    assert all(counts == seen[0] for counts in seen)
    assert drawn == [2 * (limit + 1)] * (limit + 1)
    assert seen[0].get("power", 0) == seen[0].get("invert", 0) == 0
    if tables:
        assert seen[0]["power_secret"] == 2 * (limit + 1), "with the two of the ciphertext, six for 0 or 1"
        assert "secret_power" not in seen[0]


@pytest.mark.parametrize("position", [0, 1])
def test_the_real_branch_is_not_seen_in_the_values(position: int) -> None:
    """No branch has a challenge, a response or a commitment that stands out by being 0 or 1."""
    proof, hints = prove_one_of(statement(position), position, XI, H_I, DeterministicRandomness("values"))
    assert all(x.value.bit_length() > 128 for x in (*proof.c, *proof.v))
    assert len(set(hints)) == 4


@pytest.mark.parametrize("message", [0, 1])
def test_the_standard_group_and_the_systems_randomness(message: int) -> None:
    group = ELECTIONGUARD_4096
    source = SystemRandomness()
    key = SecretScalar.random(group, source).power_of(group.g)
    xi = SecretScalar.random(group, source)
    claim = statement(message, 1, key, xi)
    proof, hints = prove_one_of(claim, message, xi, H_I, source)
    assert one_of.verify(claim, proof, H_I)
    assert tuple(p.value() for p in one_of.commitments(claim, proof)) == hints
    false = statement(1 - message, 1, key, xi)
    assert not one_of.verify(false, proof, H_I)
