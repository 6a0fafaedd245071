"""The checks of rolls, credentials, marks and annulments, and what they leave: who may vote and what counts."""

from reference import canonical as form
from reference.electorate import Electorate
from reference.entries import Leaf
from reference.paper import elements_fault, read_paper, subject
from reference.phases import History
from reference.report import CHECKS
from reference.rows import Row, read_credentials, read_roll
from reference.tree import Tree
from reference.verifier_state import State

CHECK_OF = {
    "roll.add": "roll.amendment",
    "roll.remove": "roll.amendment",
    "roll.contact": "roll.amendment",
    "credential.issue": "credential.lines",
    "credential.reissue": "credential.reissue",
    "credential.revoke": "credential.revoke",
    "mark": "channel.mark",
    "annul": "ballot.annulled",
}
NEEDS_ROLL = (
    *CHECKS[CHECKS.index("roll.root") : CHECKS.index("channel.form")],
    *("channel.count", "ballot.line", "ballot.style", "tally.rows", "tally.reconciliation", "tally.products"),
    *("tally.floor", "outcome.counts", "report.facts"),
)


def check_voters(state: State, history: History) -> None:
    """All checks from `roll.form` to `channel.count`; and `ballot.line`; what `ballot.style` compares with."""
    electorate = state.electorate
    for leaf in history.leaves:
        if leaf.kind == "roll.freeze":
            check_freeze(state, electorate, leaf)
        elif leaf.kind in CHECK_OF and electorate.known:
            check_leaf(state, electorate, leaf)
        elif leaf.kind in ("ballot", "challenge"):
            line = electorate.line(leaf.body.get("line", ""))
            state.style_at[leaf.index] = line.style if line else ""
            if leaf.kind == "ballot" and state.manifest.roll is not None and electorate.known:
                check_keys(state, electorate, leaf)
            electorate.take(leaf)
    if not electorate.known:
        for check in NEEDS_ROLL:
            state.ledger.leave_out(check, "the roll is left out")
    for channel, leaf in history.papers.items():
        check_paper(state, channel, leaf)


def check_keys(state: State, electorate: Electorate, leaf: Leaf) -> None:
    """`ballot.line` with a roll, which needs a signature for each registrar"""
    if electorate.unknown or len(leaf.signers) != len(state.manifest.registrars):
        state.ledger.leave_out("ballot.line", "credentials are left out, or not as many signatures as it should have")
        return
    good = leaf.signers == electorate.keys_of(leaf.body["line"])
    state.ledger.judge("ballot.line", leaf.subject, good, "not the line's active keys in their order")


def check_paper(state: State, channel: str, leaf: Leaf) -> None:
    """`channel.form`, `channel.count`, `channel.elements`"""
    ledger, manifest, group, electorate = state.ledger, state.manifest, state.group, state.electorate
    paper = state.papers[channel] = state.read("channel.form", leaf, lambda raw: read_paper(raw, manifest, group))
    for its in paper or []:
        for item, bits in its.bits.items():
            fault = elements_fault(group, bits)
            ledger.judge("channel.elements", subject(channel, its, item), not fault, fault)
    if paper is None:
        ledger.leave_out("channel.elements", "the payload is left out")
    if paper is None or not electorate.known:
        ledger.leave_out("channel.count", "the payload or the roll is left out")
        return
    marked = [line for line in electorate.lines.values() if line.channel == channel]
    for its in paper:
        count = sum(its.contest in manifest.styles[line.style] for line in marked)
        good = its.ballots + its.spoiled == count
        ledger.judge("channel.count", subject(channel, its, 0), good, f"{count} lines are marked")


def check_freeze(state: State, electorate: Electorate, leaf: Leaf) -> None:
    """`roll.form`, `roll.root`, `roll.weights`"""
    ledger, manifest = state.ledger, state.manifest
    rows = state.read("roll.form", leaf, lambda raw: read_roll(raw, manifest))
    if rows is None:
        electorate.known = False
        return
    root = Tree([form.encode(row) for row in rows]).root(len(rows))
    good = leaf.body["lines"] == len(rows) and leaf.body["root"] == root.hex()
    ledger.judge("roll.root", leaf.subject, good, "not the number and root of the rows")
    electorate.freeze(rows)
    if len(manifest.voters.weights) == 1:
        return
    for contest in manifest.contests:
        styles = {style for style, contests in manifest.styles.items() if contest in contests}
        for weight in manifest.voters.weights:
            members = [row for row in rows if row["style"] in styles and row["weight"] == weight]
            good = not 0 < len(members) < manifest.data["floor"]["minimum"]
            subject = f"contest {contest.id}, weight {weight}"
            ledger.judge("roll.weights", subject, good, f"{len(members)} lines")


def check_leaf(state: State, electorate: Electorate, leaf: Leaf) -> None:
    """The check of a leaf that changes who may vote or what counts; only one without fault does."""
    rows: list[Row] | None = []
    if leaf.kind == "credential.issue":
        rows = state.read("credential.form", leaf, lambda raw: read_credentials(raw, leaf.author))
    if rows is None:
        electorate.unknown.add(leaf.author)
        return
    if leaf.kind != "annul" and leaf.author in electorate.unknown:
        state.ledger.leave_out(CHECK_OF[leaf.kind], "earlier credentials of the author are left out")
        return
    fault = electorate.fault(leaf, rows)
    if not state.ledger.judge(CHECK_OF[leaf.kind], leaf.subject, not fault, fault):
        return
    if leaf.kind == "credential.reissue":
        rows = [leaf.body]
    for row in rows:
        key = bytes.fromhex(row["key"])
        fault = electorate.key_fault(key)
        state.ledger.judge("credential.keys", f"{leaf.subject}, line {row['line']}", not fault, fault)
        electorate.issue(leaf.author, row["line"], row["number"], key)
    electorate.take(leaf)
