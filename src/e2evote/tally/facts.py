"""What a trustee knows of the record before it acts, from its own examination of it (docs/spec.md §9).

Nothing here is what somebody said: the statement is compared with one made from the board's ballots, and the state is
that after the last leaf. A record in which a check fails, or from which something is missing, yields no facts.
"""

from collections.abc import Collection
from dataclasses import dataclass

from e2evote.errors import Refused
from e2evote.manifest.entries import Phase
from e2evote.record.floor import Parts, parts_by
from e2evote.record.joint import JointKeys
from e2evote.record.state import State
from e2evote.record.statement import Statement
from e2evote.tally.statement import make_statement
from e2evote.verify.checks import Check, Status
from e2evote.verify.examine import Examination
from e2evote.verify.leaves import Setting


@dataclass(frozen=True, slots=True)
class Facts:
    """A record between its statement and its outcome.

    failing: names of checks that fail. state: after the last leaf. statement: the leaf hash of the statement on the
    board, and posted: its payload. own: what `make_statement` gives from the ballots of the same board. parts: what
    the floor allows, by the numbers of these ballots.
    """

    setting: Setting
    joint: JointKeys
    state: State
    failing: tuple[str, ...]
    statement: bytes
    posted: Statement
    own: Statement
    parts: Parts


def check_ready(failing: Collection[str], state: State) -> None:
    """Refused unless the record is sound so far, closed, and has a statement but no outcome."""
    if failing:
        raise Refused("tally.record-fails", f"checks that fail: {', '.join(failing)}")
    if state.phase in (Phase.SETUP, Phase.OPEN):
        raise Refused("tally.not-closed", f"the selection is {state.phase}, want {Phase.STATED}")
    if state.phase is Phase.CLOSED:
        raise Refused("tally.not-stated", f"the selection is {state.phase}, and the board has no statement")
    if state.phase is Phase.PUBLISHED:
        raise Refused("tally.already-published", "the outcome is published")


def facts_of(examination: Examination) -> Facts:
    """The facts that an examination established; Refused as `check_ready`, or as something is not there.

    `tally.record-incomplete`: a part of the record. `not-cosigned`: the witnesses' word on its head (protocol rule 26).
    """
    failing = tuple(sorted(examination.report.failing))
    if failing or examination.state is None:
        raise Refused("tally.record-fails", f"checks that fail: {', '.join(failing) or 'the record can not be read'}")
    check_ready(failing, examination.state)
    if examination.report.result(Check.BOARD_WITNESSES).status is not Status.PASS:
        raise Refused("not-cosigned", "the statement is not under a checkpoint that a quorum of witnesses has cosigned")
    own = own_statement(examination)
    joint = examination.ceremony.joint if examination.ceremony else None
    tally, setting = examination.tally, examination.setting
    products = examination.products
    if not (setting and joint and products and tally and tally.statement and tally.stated):
        raise Refused("tally.record-incomplete", "the keys or the statement are not there")
    parts = parts_by(setting.manifest, products)
    leaf_hash = tally.statement.leaf_hash
    return Facts(setting, joint, examination.state, failing, leaf_hash, tally.stated.whole(), own, parts)


def own_statement(examination: Examination) -> Statement:
    """The statement that a closed record calls for: the administrator posts it, trustees compare with it."""
    closing = next((entry for entry in examination.others if entry.leaf.kind == "close"), None)
    if closing is None:
        raise Refused("tally.not-closed", "the board has no close leaf")
    root = examination.log.root(closing.index + 1)
    setting, ledger, products = examination.setting, examination.ledger, examination.products
    if setting is None or ledger is None or products is None or root is None:
        detail = "entries, payloads of counted ballots, or totals of a paper channel are not there"
        raise Refused("tally.record-incomplete", detail)
    return make_statement(setting.manifest, ledger, examination.electorate, products, root, closing.index + 1)
