"""Selections with a roll from the close to the outcome, and what an insider puts in the place of what is right.

    rig = closed_rig(terms, marks={4: "postal"})      ballots of lines 1, 2 and 6, and marks
    rig.post(papers(rig, "postal", mayor=(1, 0, (1, 0))))
    finish(rig)                                       statement, two trustees, outcome

`force` puts a leaf into the log that no box would take, so that a verifier is all that is left to notice it.
"""

from collections.abc import Callable, Mapping, Sequence

from e2evote.ballot.box_envelope import Envelope
from e2evote.board.merkle import leaf_hash
from e2evote.board.tree import Tree
from e2evote.record.bodies import Body, Head, OnStatement
from e2evote.record.outcome import Outcome, decode_outcome
from e2evote.record.statement import Statement
from e2evote.record.voter_bodies import Paper
from e2evote.secret.paper_opening import PaperCounts
from e2evote.secret.prove_paper import prove_paper
from e2evote.tally.combine import Tally, combine
from e2evote.tally.facts import facts_of
from e2evote.tally.memory import Accepted
from e2evote.tally.trustee import decrypt as decrypted_by
from e2evote.verify.checks import Check
from e2evote.verify.leaves import entry_of
from e2evote.verify.paper import PaperContext
from tests.ballot.election import GROUP
from tests.ballot.rolled import RolledRig, Terms
from tests.randomness import DeterministicRandomness

Counts = tuple[int, int, Sequence[int]]
"""Valid ballots, spoiled ones, votes for each item."""
NOBODY: Counts = (0, 0, (0, 0, 0, 0))
CHANNELS = ("in_person", "postal")


def closed_rig(terms: Terms, marks: Mapping[int, str] | None = None, annulled: Sequence[int] = ()) -> RolledRig:
    """Lines 1, 2 and 6 have voted online; then these annulments and marks; then it is closed."""
    rig = RolledRig.at("cast", terms)
    for number in annulled:
        rig.post(rig.annul(number))
    for number, channel in (marks or {}).items():
        rig.post(rig.mark(number, channel))
    rig.post(rig.leaf("close", Body()))
    return rig


_made: dict[object, RolledRig] = {}


def again(name: object, make: Callable[[], RolledRig]) -> RolledRig:
    """What `make` gives, made once under this name and then taken up from its record."""
    made = _made.get(name) or _made.setdefault(name, make())
    rig = RolledRig.resumed(made.manifest, tuple(made.entries), {})
    rig.terms, rig.trustees, rig.codes, rig.seeds = made.terms, dict(made.trustees), dict(made.codes), made.seeds
    return rig


def papers(rig: RolledRig, channel: str, mayor: Counts = NOBODY, board: Counts = NOBODY) -> Envelope:
    """Totals of a channel, signed by two tellers."""
    joint = rig.finished(1).joint
    context = PaperContext(rig.manifest, GROUP, joint.K, joint.h_e, channel)
    counts = [
        PaperCounts(contest.id, given[0], given[1], tuple(given[2][: len(contest.items())]))
        for contest, given in zip(rig.manifest.contests, (mayor, board), strict=True)
    ]
    made = prove_paper(context, counts, DeterministicRandomness(f"{channel} {mayor} {board}"))
    return rig.leaf("paper", Paper(channel), made.totals.encode())


def state(rig: RolledRig, edit: Callable[[Statement], Statement] = lambda own: own) -> Envelope:
    """The statement of the board, or what an insider makes of it, with a leaf that fits its rows."""
    statement = edit(rig.statement())
    return rig.leaf("tally.statement", statement.body(), statement.encode())


def decrypt(rig: RolledRig, trustees: Sequence[int] = (1, 3)) -> Outcome:
    """Acceptances, unless they are there, and shares, each taken by the box; the outcome, which is not posted yet."""
    entries = [entry_of(rig.box.setting, index, entry[0]) for index, entry in enumerate(rig.entries)]
    statement = next(entry.leaf_hash for entry in entries if entry.leaf.kind == "tally.statement")
    body = OnStatement(statement)
    for i in trustees:
        if i not in rig.box.state.accepts:
            rig.post(rig.by_trustee("tally.accept", i, body))
    facts, posted = facts_of(rig.examination()), {}
    for i in trustees:
        source = DeterministicRandomness(f"decrypt {i}")
        posted[i] = decrypted_by(facts, Accepted(statement), rig.key(i), source).shares
        rig.post(rig.by_trustee("tally.share", i, body, posted[i].encode()))
    return combine(Tally(facts.setting, facts.joint, statement, facts.posted, facts.parts), posted).outcome


def finish(rig: RolledRig) -> Outcome:
    """Everything from the statement on."""
    rig.post(state(rig))
    outcome = decrypt(rig)
    rig.post(publish(rig, outcome))
    assert decode_outcome(outcome.encode(), rig.manifest) == outcome
    return outcome


def publish(rig: RolledRig, outcome: Outcome) -> Envelope:
    """The outcome, or what an insider makes of it, as the next leaf."""
    tree = Tree()
    for entry, _, _ in rig.entries:
        tree.append(leaf_hash(entry))
    return rig.leaf("outcome", Head(tree.root(tree.size), tree.size), outcome.encode())


def force(rig: RolledRig, envelope: Envelope) -> None:
    """Into the log, whatever the box says."""
    rig.entries.append((envelope.leaf, envelope.payload or None, envelope.hints or None))


def failing(rig: RolledRig) -> dict[str, list[str]]:
    """Check and subjects of what fails."""
    report = rig.examination().report
    return {check.value: [f.subject for f in report.result(check).failures] for check in sorted(report.failing)}


def details(rig: RolledRig, check: Check) -> list[str]:
    """What is said of each failure of this check."""
    return [failure.detail for failure in rig.examination().report.result(check).failures]
