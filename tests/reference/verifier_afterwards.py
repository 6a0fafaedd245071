"""The checks of what is said about a selection: `checked` leaves, and reports."""

from reference.facts import facts, read_report
from reference.phases import History
from reference.verifier_state import State


def check_afterwards(state: State, history: History) -> None:
    """`checked.head`, `report.form`, `report.facts`"""
    ledger, tree, manifest = state.ledger, state.tree, state.manifest
    if tree is None:
        return  # stopped with everything after `board.phase` where an entry is not there
    for leaf in history.of_kind("checked"):
        size = leaf.body["head"]["size"]
        good = size <= leaf.index and leaf.body["head"]["root"] == tree.root(size).hex()
        ledger.judge("checked.head", leaf.subject, good, "not a beginning of the log before this leaf")
    for leaf in history.of_kind("report"):
        said = state.read("report.form", leaf, lambda raw: read_report(raw, manifest))
        if said is None or not state.electorate.known or state.electorate.unknown:
            ledger.leave_out("report.facts", "the report, the roll or credentials are left out")
            continue
        good = said == facts(history, state.electorate, leaf, tree.root(leaf.index))
        ledger.judge("report.facts", leaf.subject, good, "not what the log before the report says")
