"""The counts of a paper channel, and the opening of its encrypted totals (docs/spec.md §14.2).

The opening holds the counts and every nonce, and is as secret as the counts are: it goes from the teller who made the
totals to the one who signs them too, in a locked file, and is never posted. `check_opening` computes every ciphertext
again, so that whoever signs knows what the ciphertexts are of, whatever machine made them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.algebra.exponentiation import precompute
from e2evote.algebra.group import Element, Group, Scalar
from e2evote.errors import Refused
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.digest import KEY_SIZE
from e2evote.hashing.fields import array, hex_bytes, integer, object_, string
from e2evote.manifest.contests import Contest
from e2evote.manifest.model import Manifest
from e2evote.proofs.paper_bit import bits, weights
from e2evote.record.paper import MOST_PAPERS, PaperTotals, bounds, item_bound, rest_bound
from e2evote.record.scalars import hexes, read_scalars
from e2evote.secret.encrypt import ZeroNonce, encrypt_with
from e2evote.secret.prove import Bases
from e2evote.verify.findings import Findings
from e2evote.verify.paper import PaperContext, check_paper

LARGEST_OPENING = 16 * 2**20
"""Bytes. A nonce is a 30th part of its bit, so that every payload's opening fits."""


@dataclass(frozen=True, slots=True, repr=False)
class PaperCounts:
    """One contest, as it was counted. ballots: papers with a valid vote. spoiled: the others.

    votes: on the valid papers, one number for each item in order, the blank last. They are secret: a channel with few
    papers is never decrypted by itself.
    """

    contest: str
    ballots: int
    spoiled: int
    votes: tuple[int, ...]

    def members(self) -> dict[str, Encodable]:
        """The JSON value."""
        votes: list[Encodable] = list(self.votes)
        return {"ballots": self.ballots, "contest": self.contest, "spoiled": self.spoiled, "votes": votes}

    def __repr__(self) -> str:
        return f"PaperCounts(<redacted>, {self.contest})"


def check_counts(manifest: Manifest, counts: Sequence[PaperCounts]) -> None:
    """Refused `paper.counts` unless every contest is there once, in order, and no number is above its bound."""
    named, wanted = [one.contest for one in counts], [contest.id for contest in manifest.contests]
    if named != wanted:
        raise Refused("paper.counts", f"counts of the contests {named}, want {wanted}")
    for contest, one in zip(manifest.contests, counts, strict=True):
        excess = _excess(contest, one)
        if excess:
            raise Refused("paper.counts", f"contest {contest.id}: {excess}")


def _excess(contest: Contest, counts: PaperCounts) -> str:
    """What of the counts cannot be, or nothing."""
    items = contest.items()
    if len(counts.votes) != len(items):
        return f"{len(counts.votes)} numbers of votes, want {len(items)}"
    for name, number in (("valid papers", counts.ballots), ("other papers", counts.spoiled)):
        if isinstance(number, bool) or not 0 <= number <= MOST_PAPERS:
            return f"{number} {name}, want 0 to {MOST_PAPERS}"
    used = 0
    for item, votes in zip(items, counts.votes, strict=True):
        most = item_bound(item, counts.ballots)
        if isinstance(votes, bool) or not 0 <= votes <= most:
            name = f"option {item.option}" if item.option else "the blank vote"
            return f"{votes} votes for {name}, want 0 to {most}"
        used += item.weight * votes
    most = rest_bound(contest, counts.ballots)
    return "" if used <= most else f"the votes use up {used} of {most} on {counts.ballots} papers"


def numbers(contest: Contest, counts: PaperCounts) -> tuple[int, ...]:
    """What the lists of bits are of: the votes of each item, and the rest.    spec (14.3)"""
    used = sum(item.weight * votes for item, votes in zip(contest.items(), counts.votes, strict=True))
    return (*counts.votes, rest_bound(contest, counts.ballots) - used)


@dataclass(frozen=True, slots=True, repr=False)
class OpenedContest:
    """The counts of one contest and the nonces of its bits: of each item, and of the rest."""

    counts: PaperCounts
    nonces: tuple[tuple[Scalar, ...], ...]

    def __repr__(self) -> str:
        return f"OpenedContest(<redacted>, {self.counts.contest})"


@dataclass(frozen=True, slots=True, repr=False)
class PaperOpening:
    """Everything that one channel's totals were made of, but the nonces of the proofs, which nobody needs again."""

    h_e: bytes
    channel: str
    contests: tuple[OpenedContest, ...]

    def counts(self) -> tuple[PaperCounts, ...]:
        """What was counted, contest by contest."""
        return tuple(opened.counts for opened in self.contests)

    def encode(self) -> bytes:
        """Canonical bytes, which are secret."""
        contests: list[Encodable] = [
            {**opened.counts.members(), "nonces": [hexes(nonces) for nonces in opened.nonces]}
            for opened in self.contests
        ]
        return canonical.encode({"channel": self.channel, "contests": contests, "election": self.h_e.hex()})

    def __repr__(self) -> str:
        return f"PaperOpening(<redacted>, {self.channel})"


def decode_opening(data: bytes, manifest: Manifest, group: Group) -> PaperOpening:
    """What `encode` wrote: MalformedInput for another form, Refused `paper.counts` for counts that cannot be."""
    members = object_(canonical.decode(data, limit=LARGEST_OPENING), "", ("channel", "contests", "election"))
    channel = string(members["channel"], "channel", 1, 63)
    number = len(manifest.contests)
    listed = array(members["contests"], "contests", number, number)
    contests = [
        _contest(value, f"contests[{i}]", contest, group)
        for i, (contest, value) in enumerate(zip(manifest.contests, listed, strict=True))
    ]
    opening = PaperOpening(hex_bytes(members["election"], "election", KEY_SIZE), channel, tuple(contests))
    check_counts(manifest, opening.counts())
    return opening


def _contest(value: JSON, where: str, contest: Contest, group: Group) -> OpenedContest:
    members = object_(value, where, ("ballots", "contest", "nonces", "spoiled", "votes"))
    ballots = integer(members["ballots"], f"{where}.ballots", 0, MOST_PAPERS)
    items = len(contest.items())
    votes = array(members["votes"], f"{where}.votes", items, items)
    counts = PaperCounts(
        string(members["contest"], f"{where}.contest", 1, 63),
        ballots,
        integer(members["spoiled"], f"{where}.spoiled", 0, MOST_PAPERS),
        tuple(integer(number, f"{where}.votes[{i}]") for i, number in enumerate(votes)),
    )
    lists = array(members["nonces"], f"{where}.nonces", items + 1, items + 1)
    nonces = [
        read_scalars(group, own, f"{where}.nonces[{i}]", len(weights(bound)))
        for i, (own, bound) in enumerate(zip(lists, bounds(contest, ballots), strict=True))
    ]
    return OpenedContest(counts, tuple(nonces))


def check_opening(context: PaperContext, payload: bytes, opening: PaperOpening) -> tuple[PaperCounts, ...]:
    """The counts of which `payload` has the encrypted totals: what the second teller compares with the papers.

    Refused `paper.opening` unless the totals would be accepted, each of their ciphertexts is that of its bit and its
    nonce, and no two nonces are one. The same work whatever the counts are.
    """
    if (opening.h_e, opening.channel) != (context.h_e, context.channel):
        raise Refused("paper.opening", f"not of channel {context.channel} of this election")
    check_counts(context.manifest, opening.counts())
    findings = Findings()
    paper = check_paper(context, f"channel {context.channel}", payload, findings)
    for check in sorted(findings.failing()):
        failure = findings.of(check).failures[0]
        raise Refused("paper.opening", f"{check}: {failure.subject}: {failure.detail}")
    if paper is None:
        raise AssertionError("totals without their form fail a check")
    alphas = [bit.alpha.encode() for ours in paper.contests for own in ours.lists() for bit in own]
    if len(set(alphas)) != len(alphas):
        raise Refused("paper.opening", "two bits have one nonce, so that everybody could see whether they are equal")
    different = _difference(context, paper, opening)
    if different:
        raise Refused("paper.opening", f"{different} is not encrypted as the opening says")
    return opening.counts()


def _difference(context: PaperContext, paper: PaperTotals, opening: PaperOpening) -> str:
    """The first number of papers, or bit, that the opening has otherwise; nothing if there is none."""
    expect_powers(context.K, sum(len(own) for opened in opening.contests for own in opened.nonces))
    bases, found = Bases.of(context.K), []
    for contest, ours, opened in zip(context.manifest.contests, paper.contests, opening.contests, strict=True):
        if (ours.ballots, ours.spoiled) != (opened.counts.ballots, opened.counts.spoiled):
            return f"channel {context.channel}, contest {contest.id}: the number of papers"
        names = [*(f"option {item.option or '(blank)'}" for item in contest.items()), "the rest"]
        parts = zip(names, numbers(contest, opened.counts), bounds(contest, ours.ballots), opened.nonces, strict=True)
        for (name, number, bound, nonces), posted in zip(parts, ours.lists(), strict=True):
            for i, (bit, xi, theirs) in enumerate(zip(bits(number, bound), nonces, posted, strict=True)):
                try:
                    again = encrypt_with(context.K, bit, xi, bases).encode()
                except ZeroNonce:
                    again = b""
                if again != theirs.alpha.encode() + theirs.beta.encode():
                    found.append(f"channel {context.channel}, contest {contest.id}, {name}, bit {i}")
    return found[0] if found else ""


def expect_powers(K: Element, powers: int) -> None:
    """Make the tables of g and K as wide as so many powers of each deserve."""
    for base in (K.group.g, K) if powers else ():
        precompute(base, expected=powers)
