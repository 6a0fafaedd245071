"""A channel on paper whose secrets are all known: two contests, one of them with a blank vote and limits above 1."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from e2evote.algebra.elgamal import encrypt
from e2evote.algebra.group import Element, Scalar
from e2evote.algebra.parameters import TEST_512
from e2evote.manifest.draft import ContestFacts, PartyFacts, RollFacts, draft
from e2evote.manifest.model import Manifest
from e2evote.proofs.paper_bit import BitPlace, is_bit
from e2evote.record.paper import PaperBit, PaperContest, PaperItem, PaperTotals
from e2evote.secret.paper_opening import PaperCounts
from e2evote.secret.prove import prove_one_of
from e2evote.secret.prove_paper import ProvedPaper, prove_paper
from e2evote.secret.scalar import SecretScalar
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.paper import PaperContext, check_paper
from tests.ballot.election import CONTESTS, signing_key
from tests.randomness import DeterministicRandomness

GROUP = TEST_512
ROLES = {
    **{"chair": "administrator", "log": "log", "tess": "teller", "tom": "teller", "rita": "registrar"},
    **dict.fromkeys(("trustee-1", "trustee-2", "trustee-3"), "trustee"),
}
REST = 0


def paper_manifest(contests: tuple[ContestFacts, ...] = CONTESTS) -> Manifest:
    return draft(
        election="spring",
        name="Spring",
        parties=[PartyFacts(id, role, f"Society of {id}", signing_key(id).public) for id, role in ROLES.items()],
        contests=contests,
        opens=datetime(2031, 5, 1, tzinfo=UTC),
        closes=datetime(2031, 5, 2, tzinfo=UTC),
        roll=RollFacts((("rita", "email"),)),
        paper=("in_person", "postal"),
        group=GROUP.name,
    )


MANIFEST = paper_manifest()
K = SecretScalar.random(GROUP, DeterministicRandomness("paper key")).power_of(GROUP.g)
CONTEXT = PaperContext(MANIFEST, GROUP, K, b"\x05" * 32, "postal")
COUNTS = (PaperCounts("mayor", 5, 1, (2, 3)), PaperCounts("board", 4, 2, (3, 1, 2, 2)))
MADE = prove_paper(CONTEXT, COUNTS, DeterministicRandomness("paper"))
PAPER = MADE.totals
ALL = {Check.CHANNEL_FORM, Check.CHANNEL_ELEMENTS, Check.CHANNEL_PROOF}


def made(
    counts: tuple[PaperCounts, ...] = COUNTS, seed: str = "another", context: PaperContext = CONTEXT
) -> ProvedPaper:
    return prove_paper(context, counts, DeterministicRandomness(seed))


def failures(paper: PaperTotals | bytes, context: PaperContext = CONTEXT, hints: bytes = b"") -> set[tuple[str, str]]:
    """Check and subject of everything that fails."""
    findings, data = Findings(), paper if isinstance(paper, bytes) else paper.encode()
    check_paper(context, "entry 7", data, findings, hints)
    return {(check.value, failure.subject) for check in findings.failing() for failure in findings.of(check).failures}


def where(contest: str, option: str | None = None) -> str:
    """As a report names it; without an option, the contest's rest."""
    return f"channel postal, contest {contest}" + (f", option {option}" if option is not None else "")


def with_bits(paper: PaperTotals, places: Mapping[tuple[int, int], Mapping[int, PaperBit]]) -> PaperTotals:
    """Other bits at (contest, item), both from 1 and the rest's item 0, by their number."""
    contests = list(paper.contests)
    for (contest, item), changed in places.items():
        ours = contests[contest - 1]
        bits = list(bits_at(paper, contest, item))
        for i, bit in changed.items():
            bits[i] = bit
        contests[contest - 1] = with_list(ours, item, tuple(bits))
    return PaperTotals(tuple(contests))


def with_list(ours: PaperContest, item: int, bits: tuple[PaperBit, ...]) -> PaperContest:
    """The contest with another list of bits."""
    if item == REST:
        return replace(ours, rest=bits)
    items = [PaperItem(one.option, bits) if i == item else one for i, one in enumerate(ours.items, start=1)]
    return replace(ours, items=tuple(items))


def bits_at(paper: PaperTotals, contest: int, item: int) -> tuple[PaperBit, ...]:
    ours = paper.contests[contest - 1]
    return ours.rest if item == REST else ours.items[item - 1].bits


def nonce_at(contest: int, item: int, i: int) -> Scalar:
    """Of a bit of `MADE`."""
    nonces = MADE.opening.contests[contest - 1].nonces
    return nonces[-1 if item == REST else item - 1][i]


def forged_bit(
    place: tuple[int, int, int], value: int, xi: Scalar, claimed: int = 0, context: PaperContext = CONTEXT
) -> PaperBit:
    """An encryption of any number, with the best proof that its maker can give: as if it were of `claimed`."""
    ciphertext = encrypt(context.K, GROUP.reduce(value), xi)
    statement = is_bit(context.K, ciphertext)
    challenge_of = BitPlace(context.h_e, context.channel, *place)
    proof, _ = prove_one_of(
        statement, claimed, SecretScalar(xi), challenge_of, DeterministicRandomness(f"forged {place} {value}")
    )
    return PaperBit(ciphertext.alpha.residue(), ciphertext.beta.residue(), proof)


@st.composite
def counts_of(draw: Any, most: int = 40) -> tuple[PaperCounts, ...]:
    """Counts that can be."""
    drawn = []
    for contest in MANIFEST.contests:
        N = draw(st.integers(0, most))
        left, votes = contest.limit * N, []
        for item in contest.items():
            number = draw(st.integers(0, min(item.limit * N, left // item.weight)))
            left -= item.weight * number
            votes.append(number)
        drawn.append(PaperCounts(contest.id, N, draw(st.integers(0, 5)), tuple(votes)))
    return tuple(drawn)


def element(value: int) -> Element:
    return GROUP.g ** GROUP.scalar(value)
