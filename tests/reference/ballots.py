"""Ballots and challenges: docs/spec.md sections 3, 7 and 8."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reference.ceremony import JointKeys, Setting
from reference.manifest import Contest
from reference.numbers import H, H_own, b4
from reference.payloads import Opened, Proof, Sealed, SealedContest, SealedItem


@dataclass(frozen=True, slots=True)
class Poll:
    """What every ballot is checked against."""

    setting: Setting
    joint: JointKeys

    @property
    def h_e(self) -> bytes:
        """The extended base hash."""
        return self.joint.h_e


def line_of(poll: Poll, key: bytes) -> str:
    """Lower-case hex of H_own(H_E; `line`; pk)   (7.1)"""
    return H_own(poll.h_e, 0x84, "line", key).hex()


def identifier(poll: Poll, line: str, keys: Sequence[bytes], r: bytes) -> bytes:
    """id_B   (7.2)"""
    return H_own(poll.h_e, 0x80, "ballot-id", line.encode(), b4(len(keys)), b"".join(keys), r)


def tracker(poll: Poll, sealed: Sealed) -> bytes:
    """H_own(H_E; `tracker`; sealed)   (7.7)"""
    return H_own(poll.h_e, 0x81, "tracker", sealed.raw)


def identifier_hash(poll: Poll, ballot_id: bytes) -> bytes:
    """H_I   (7.3)"""
    return H(poll.h_e, b"\x20" + ballot_id)


def elements_fault(poll: Poll, sealed: Sealed) -> str:
    """All α, β are elements (2.2) and not 1."""
    for contest, item in sealed.items:
        for number in (item.alpha, item.beta):
            if number == 1 or not poll.setting.group.is_element(number):
                return f"contest {contest.contest.id}, item {item.item.index}: 1 or no element"
    return ""


def range_proof_holds(poll: Poll, alpha: int, beta: int, proof: Proof, challenge: Callable[[bytes], int]) -> bool:
    """a_j = g^v_j · α^c_j   (3.3), b_j = K^(v_j - j·c_j) · β^c_j   (3.4), Σ c_j ≡ c   (3.7)"""
    group, K = poll.setting.group, poll.joint.K
    commitments = b""
    for j, (c, v) in enumerate(zip(proof.c, proof.v, strict=True)):
        a = group.product((group.power(group.g, v), group.power(alpha, c)))
        b = group.product((group.power(K, (v - j * c) % group.q), group.power(beta, c)))
        commitments += poll.setting.encode(a, b)
    return sum(proof.c) % group.q == challenge(commitments)


def selection_proof_holds(poll: Poll, h_i: bytes, contest: Contest, item: SealedItem) -> bool:
    """c = H_q(H_I; 24 ‖ b4(contest) ‖ b4(option) ‖ α ‖ β ‖ a_0 ‖ b_0 ‖ …)   (3.5)"""
    start = b"\x24" + b4(contest.index) + b4(item.item.index) + poll.setting.encode(item.alpha, item.beta)
    return range_proof_holds(
        poll, item.alpha, item.beta, item.proof, lambda rest: poll.setting.group.challenge(H(h_i, start + rest))
    )


def limit_proof_holds(poll: Poll, h_i: bytes, sealed: SealedContest) -> bool:
    """c = H_q(H_I; 24 ‖ b4(contest) ‖ ᾱ ‖ β̄ ‖ a_0 ‖ b_0 ‖ …)   (3.6) over (7.6)"""
    group, contest = poll.setting.group, sealed.contest
    times = [contest.limit if item.item is contest.blank else 1 for item in sealed.items]
    alpha = group.product(group.power(item.alpha, e) for item, e in zip(sealed.items, times, strict=True))
    beta = group.product(group.power(item.beta, e) for item, e in zip(sealed.items, times, strict=True))
    start = b"\x24" + b4(contest.index) + poll.setting.encode(alpha, beta)
    return range_proof_holds(poll, alpha, beta, sealed.limit, lambda rest: group.challenge(H(h_i, start + rest)))


def nonce(poll: Poll, h_i: bytes, contest: int, option: int, seed: bytes) -> int:
    """ξ_ij = H_q(H_I; 21 ‖ b4(i) ‖ b4(j) ‖ ξ_B)   (7.4)"""
    return poll.setting.group.challenge(H(h_i, b"\x21" + b4(contest) + b4(option) + seed))


def opening_fault(poll: Poll, h_i: bytes, opened: Opened, contest: Contest, item: SealedItem, value: int) -> str:
    """The value is within its limit, and the ciphertext is Enc(K, value; ξ_ij)   (3.1), (7.5)"""
    group = poll.setting.group
    if value > item.item.limit:
        return f"{value} is above the limit {item.item.limit}"
    xi = nonce(poll, h_i, contest.index, item.item.index, opened.seed)
    expected = group.power(group.g, xi), group.power(poll.joint.K, (value + xi) % group.q)
    return "" if (item.alpha, item.beta) == expected else "another ciphertext than that of the value and the seed"


def sum_fault(contest: Contest, values: list[int]) -> str:
    """Σ + L·blank ≤ L."""
    blank = values[-1] if contest.blank else 0
    total = sum(values[: len(contest.options)]) + contest.limit * blank
    return "" if total <= contest.limit else f"{total} is above the limit {contest.limit}"


def pads(sealed: Sealed) -> list[int]:
    """All α of a payload."""
    return [item.alpha for _, item in sealed.items]
