"""A selection of eight lines with a roll, to its outcome, in which everything has happened that a report speaks of.

    rig = told()                     the outcome is on the board; `TERMS` are its terms
    rig = told(until="closed")
    report_of(rig)                   the scrutineer's report as the next entry, which may be spoiled before it is posted

Line 1 votes, has another code, and votes again. 2 votes. 3 has its ballot annulled. 4 votes, and then by post, which
prevails. 5 votes by post. 6 and 7 do not vote. 8 is added and removed.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256

from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.sealing import challenge
from e2evote.board.merkle import leaf_hash, root
from e2evote.record.bodies import Body
from e2evote.record.report import PostedReport, StatedFacts
from e2evote.record.report_counts import LeafCounts
from e2evote.record.report_facts import ReportWords
from e2evote.record.voter_bodies import Access, Checked, Incident, Paper, Reason, ReportBody, Sample
from e2evote.secret.paper_opening import PaperCounts
from e2evote.secret.prove_paper import prove_paper
from e2evote.verify.examine import Examination
from e2evote.verify.paper import PaperContext
from e2evote.verify.reported import voters_on
from e2evote.verify.tally import Board
from tests.ballot.boxed import SESSION
from tests.ballot.envelopes import Entries, examination_of, files_of
from tests.ballot.rolled import RolledRig, Terms
from tests.randomness import DeterministicRandomness

TERMS = Terms(paper=("postal",))
WORDS = ReportWords(complaints="None.", inspected=True, opinion="All was fair.", why="At my own motion.")
PAGE = sha256(b"page").digest()
PAPERS = {
    2: (PaperCounts("mayor", 2, 0, (1, 1)), PaperCounts("board", 1, 1, (1, 1, 0, 0))),
    1: (PaperCounts("mayor", 1, 0, (1, 0)), PaperCounts("board", 1, 0, (1, 1, 0, 0))),
}
"""By number of marked lines, all of which have both contests."""


@cache
def _told(terms: Terms, until: str) -> Entries:
    rig = RolledRig.at("frozen", terms)
    _before(rig)
    if until != "open":
        _voting(rig)
        rig.post(rig.leaf("close", Body()))
    if until not in ("open", "closed"):
        _tally(rig)
    if until == "published":
        _after(rig)
    return tuple(rig.entries)


def told(terms: Terms = TERMS, until: str = "published") -> RolledRig:
    """until: open, closed, outcome or published, which has something said after the outcome."""
    rig = RolledRig.resumed(terms.manifest(), _told(terms, until), {})
    rig.terms = terms
    return rig


def _before(rig: RolledRig) -> None:
    rig.post(rig.contact(3))
    rig.post(rig.contact(5, "phone"))
    rig.post(rig.add())
    rig.post(rig.remove(8))
    rig.post(rig.leaf("access", Access(b"", 1, "roll", "inspection"), author="sue"))
    rig.post(incident(rig, "delivery", ("0000003",), author="reg-1"))
    for registrar in rig.registrars:
        rig.post(rig.issue(registrar))
    rig.post(rig.opening())


def _voting(rig: RolledRig) -> None:
    for number in (1, 2, 3, 4):
        rig.post(rig.ballot(number))
    rig.post(rig.leaf("pause", Reason(1, "outage")))
    rig.post(rig.leaf("resume", Reason(1, "resolved")))
    rig.post(rig.annul(3))
    rig.post(rig.reissue("reg-1", 1))
    rig.post(rig.ballot(1))
    rig.post(rig.reissue(rig.registrars[-1], 6))
    rig.post(rig.revoke(rig.registrars[-1], 7))
    rig.post(challenged(rig, 7))
    rig.post(checked(rig, rig.box.size - 3))
    if rig.terms.paper:
        rig.post(rig.mark(4))
        rig.post(rig.mark(5))


def _tally(rig: RolledRig) -> None:
    for channel in rig.terms.paper:
        context = PaperContext(rig.manifest, rig.box.setting.group, rig.context.K, rig.context.h_e, channel)
        made = prove_paper(context, PAPERS[2], DeterministicRandomness(channel))
        rig.post(replace(rig.leaf("paper", Paper(channel), made.totals.encode()), hints=made.hints))
    statement = rig.statement()
    rig.post(rig.leaf("tally.statement", statement.body(), statement.encode()))
    for i in (1, 3):
        rig.post(rig.acceptance(i))
    for i in (1, 3):
        rig.post(rig.share(i))
    rig.post(rig.outcome_leaf(rig.outcome((1, 3))))


def _after(rig: RolledRig) -> None:
    rig.post(rig.leaf("access", Access(sha256(b"file").digest(), 2, "register", "audit"), author="obi"))
    rig.post(incident(rig, "complaint", ("0000003", "0000006"), author="obi"))
    rig.post(rig.leaf("sample", Sample("493817", 2)))
    rig.post(checked(rig, rig.box.size, author="tess"))


# Leaves


def incident(rig: RolledRig, code: str, lines: tuple[str, ...], author: str = "obi") -> Envelope:
    return rig.leaf(
        "incident", Incident(code, b"", lines, rig.box.state.incidents + 1), author=author, signers=(author,)
    )


def checked(rig: RolledRig, size: int, root: bytes = b"", author: str = "obi") -> Envelope:
    body = Checked(3, root or root_at(rig.entries, size), size, 12, "accepted")
    return rig.leaf("checked", body, author=author, signers=(author,))


def challenged(rig: RolledRig, number: int) -> Envelope:
    made = challenge(rig.seal_for(rig.voter(number)))
    return Envelope(made.leaf.encode(), made.payload, made.hints, SESSION)


def facts_of(rig: RolledRig) -> StatedFacts:
    """Those of a report that is the next entry."""
    examination = rig.examination()
    return facts_on(examination)


def facts_on(examination: Examination) -> StatedFacts:
    assert examination.setting is not None
    assert examination.ledger is not None
    counts, head = LeafCounts(examination.report.facts.counts["challenges"]), examination.log.checkpoint
    for entry in examination.others:
        counts.take(entry.leaf.kind, entry.leaf.body)
    voters = voters_on(examination.setting.manifest, Board(examination.ledger, examination.electorate))
    return counts.facts(voters, head.root, head.size)


def report_leaf(rig: RolledRig, payload: bytes, author: str = "sue") -> Envelope:
    return rig.leaf("report", ReportBody(PAGE), payload, author=author, signers=(author,))


def report_of(rig: RolledRig, facts: StatedFacts | None = None) -> Envelope:
    return report_leaf(rig, PostedReport(facts or facts_of(rig), WORDS).encode())


# Records


def root_at(entries: Sequence[tuple[bytes, bytes | None, bytes | None]], size: int) -> bytes:
    return root(leaf_hash(entry) for entry, _, _ in entries[:size])


def with_leaf(rig: RolledRig, *envelopes: Envelope) -> Examination:
    """The record with these as its last entries, whatever a box would say."""
    more = tuple((e.leaf, e.payload or None, e.hints or None) for e in envelopes)
    return examination_of(files_of(rig.manifest, (*rig.entries, *more)))
