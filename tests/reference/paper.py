"""Totals on paper, bit by bit: docs/spec.md section 14.2, docs/record-format.md "Paper"."""

from collections.abc import Iterator
from dataclasses import dataclass

from reference import canonical as form
from reference.ballots import Poll, range_proof_holds
from reference.manifest import Contest, Manifest
from reference.numbers import Group, H_own, b4
from reference.payloads import Place, Proof

MOST_PAPERS = 9_999_999
Judgement = tuple[str, str, bool, str]  # check, subject, whether it holds, what is wrong if not


@dataclass(frozen=True, slots=True)
class Bit:
    """A ciphertext of 0 or 1 with its range proof."""

    alpha: int
    beta: int
    proof: Proof


@dataclass(frozen=True, slots=True)
class PaperContest:
    """What the papers say of a contest: `bits` by item, from index 1, and the rest as item 0."""

    contest: Contest
    ballots: int
    spoiled: int
    bits: dict[int, list[Bit]]

    def bound(self, item: int) -> int:
        """R_j·N of an item, L·N of the rest."""
        limit = self.contest.limit if item == 0 else self.contest.items[item - 1].limit
        return limit * self.ballots

    def weight(self, item: int) -> int:
        """w_j of an item; the rest has 1."""
        blank = self.contest.blank
        return self.contest.limit if blank is not None and item == blank.index else 1


def weights(bound: int) -> list[int]:
    """u_i = 2^i for i < n-1, u_(n-1) = M - 2^(n-1) + 1   (14.2)"""
    n = len(f"{bound:b}") if bound else 0
    return [2**i for i in range(n - 1)] + [bound - 2 ** (n - 1) + 1] * (n > 0)


def read_paper(raw: bytes, manifest: Manifest, group: Group) -> list[PaperContest]:
    """ "Paper": every contest of the manifest, every item, as many bits as N says."""
    listed = form.members(form.decode(raw), ("contests",))["contests"]
    form.array(listed, len(manifest.contests), len(manifest.contests))
    return [_contest(value, contest, group) for value, contest in zip(listed, manifest.contests, strict=True)]


def _contest(value: object, contest: Contest, group: Group) -> PaperContest:
    data = form.members(value, ("ballots", "contest", "items", "rest", "spoiled"))
    form.exactly(data["contest"], contest.id)
    ballots = form.integer(data["ballots"], 0, MOST_PAPERS)
    spoiled = form.integer(data["spoiled"], 0, MOST_PAPERS)
    read = PaperContest(contest, ballots, spoiled, {})
    items = form.array(data["items"], len(contest.items), len(contest.items))
    for item, its in zip(contest.items, items, strict=True):
        form.exactly(form.members(its, ("bits", "option"))["option"], item.option)
        read.bits[item.index] = _bits(its["bits"], read.bound(item.index), group)
    read.bits[0] = _bits(data["rest"], read.bound(0), group)
    return read


def _bits(value: object, bound: int, group: Group) -> list[Bit]:
    count, read = len(weights(bound)), []
    for bit in form.array(value, count, count):
        form.members(bit, ("alpha", "beta", "proof"))
        proof = form.members(bit["proof"], ("c", "v"))
        scalars = Proof(form.scalars(proof["c"], 2, group), form.scalars(proof["v"], 2, group))
        read.append(Bit(form.residue(bit["alpha"], group), form.residue(bit["beta"], group), scalars))
    return read


def total(poll: Poll, its: PaperContest, item: int) -> tuple[int, int]:
    """Π_i α_i^u_i, Π_i β_i^u_i   (14.1)"""
    p, u = poll.setting.group.p, weights(its.bound(item))
    A = B = 1
    for bit, weight in zip(its.bits[item], u, strict=True):
        A, B = A * pow(bit.alpha, weight, p) % p, B * pow(bit.beta, weight, p) % p
    return A, B


def totals(poll: Poll, paper: list[PaperContest]) -> dict[Place, tuple[int, int]]:
    """(A, B) by contest and item."""
    return {(its.contest.index, item): total(poll, its, item) for its in paper for item in its.bits if item}


def elements_fault(group: Group, bits: list[Bit]) -> str:
    """All numbers are elements (2.2) and not 1."""
    bad = any(x == 1 or not group.is_element(x) for bit in bits for x in (bit.alpha, bit.beta))
    return "a number is 1 or no element" if bad else ""


def bit_proof_holds(poll: Poll, channel: str, contest: int, item: int, i: int, bit: Bit) -> bool:
    """A range proof of limit 1 with c = H_q of H_own(H_E; `paper-bit`; channel, contest, item, bit, …)   (14.4)"""
    group = poll.setting.group

    def challenge(commitments: bytes) -> int:
        width = group.width
        numbers = [group.encode(bit.alpha), group.encode(bit.beta)]
        numbers += [commitments[at : at + width] for at in range(0, len(commitments), width)]
        place = (channel.encode(), b4(contest), b4(item), b4(i))
        return group.challenge(H_own(poll.h_e, 0x8A, "paper-bit", *place, *numbers))

    return range_proof_holds(poll, bit.alpha, bit.beta, bit.proof, challenge)


def relation_holds(poll: Poll, its: PaperContest) -> bool:
    """Π_j A_j^w_j · Π_i α''_i^u''_i = 1,   Π_j B_j^w_j · Π_i β''_i^u''_i = K^(L·N)   (14.3)"""
    p, A, B = poll.setting.group.p, 1, 1
    for item in its.bits:
        a, b = total(poll, its, item)
        A, B = A * pow(a, its.weight(item), p) % p, B * pow(b, its.weight(item), p) % p
    return A == 1 and pow(poll.joint.K, its.bound(0), p) == B


def judgements(poll: Poll, channel: str, paper: list[PaperContest]) -> Iterator[Judgement]:
    """`channel.elements` of each item and rest, then `channel.proof` of those that are left in, and (14.3)."""
    left_in: set[tuple[int, int]] = set()
    for its in paper:
        for item, bits in its.bits.items():
            fault = elements_fault(poll.setting.group, bits)
            yield "channel.elements", subject(channel, its, item), not fault, fault
            if not fault:
                left_in.add((its.contest.index, item))
    for its in paper:
        index = its.contest.index
        for item, bits in its.bits.items():
            if (index, item) in left_in:
                good = all([bit_proof_holds(poll, channel, index, item, i, bit) for i, bit in enumerate(bits)])
                yield "channel.proof", subject(channel, its, item), good, "a bit's proof does not hold"
        if all((index, item) in left_in for item in its.bits):
            detail = "votes and rest do not add up"
            yield "channel.proof", subject(channel, its, 0), relation_holds(poll, its), detail


def subject(channel: str, its: PaperContest, item: int) -> str:
    """How a failure names an item, or the contest's rest."""
    where = f"channel {channel}, contest {its.contest.id}"
    return where if item == 0 else f"{where}, item {item}"
