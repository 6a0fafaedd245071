"""What ends a record and what is said of it: the tally against the ballots, the outcome, the report's facts.

The checks themselves are in `verify.tally` and `verify.outcome`; here they are given what was established before.
"""

from e2evote.algebra.parameters import TEST_GROUPS
from e2evote.errors import MalformedInput
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import InSession
from e2evote.record.ledger_runs import SortedLedger
from e2evote.record.products import ChannelProducts
from e2evote.record.roll_ledger import RollLedger
from e2evote.record.runs import Scratch
from e2evote.verify.ceremony import Ceremony, HintsOf
from e2evote.verify.decryption import check_decryption, check_shares
from e2evote.verify.findings import Findings
from e2evote.verify.first_pass import Leaves
from e2evote.verify.leaves import Setting
from e2evote.verify.log import PublishedLog, log_key
from e2evote.verify.outcome import check_head, check_outcome, results_of
from e2evote.verify.report import CosignedNote, DatesInForce, Facts
from e2evote.verify.tally import (
    Board,
    TallyEntries,
    check_acceptances,
    check_close,
    check_floor,
    check_products,
    check_reconciliation,
    check_rows,
    read_tally,
)


def check_tally(
    setting: Setting,
    log: PublishedLog,
    leaves: Leaves,
    ceremony: Ceremony,
    board: Board | None,
    products: ChannelProducts | None,
    scratch: Scratch,
    findings: Findings,
    hints_of: HintsOf,
) -> TallyEntries:
    """tally.* and outcome.*

    board: None where the roll was left out, and nobody can say what counts.
    """
    joint, closing = ceremony.joint, leaves.first("close")
    kinds = ("tally.statement", "tally.accept", "tally.share", "outcome")
    read = read_tally(setting, leaves.of(*kinds), leaves.pieces_of, findings)
    size = closing.index + 1 if closing else 0
    check_close(read, size, log.root(size), findings)
    if board:
        check_rows(read, board, findings, scratch)
        check_reconciliation(setting, read, board, findings)
    check_products(read, products, findings)
    stated, shares = check_shares(setting, read, joint, findings, hints_of)
    check_acceptances(read, findings)
    check_floor(setting, read, products, findings)
    check_decryption(setting, read, joint, stated, shares, findings)
    check_outcome(setting, read, products, joint, leaves.first("lot"), findings)
    before = read.outcome.index if read.outcome else 0
    check_head(read, before, log.root(before), findings)
    return read


def log_key_or_none(manifest: Manifest) -> str:
    """The verifier key of the log, "" where the party's key is none."""
    try:
        return log_key(manifest).encode()
    except (MalformedInput, ValueError):
        return ""


def facts_of_record(
    setting: Setting,
    log: PublishedLog,
    leaves: Leaves,
    cosigned: tuple[CosignedNote, ...],
    ceremony: Ceremony | None,
    ledger: SortedLedger | RollLedger | None,
    tally: TallyEntries | None,
) -> Facts:
    """What the record says it is, with counts of what was left in."""
    manifest = setting.manifest
    sessions = [
        entry.leaf.body.session
        for entry in leaves.entries
        if isinstance(entry.leaf.body, InSession) and entry.leaf.kind.startswith("ceremony.")
    ]
    counts: dict[str, int] = {
        "ballots": leaves.ballots,
        "challenges": leaves.challenges,
        "counted": ledger.ballots_counted if ledger else 0,
        "lines": ledger.lines_named if ledger else 0,
        "sessions": max(sessions, default=0),
        "valid": ledger.valid if ledger else 0,
    }
    root = log.root(log.checkpoint.size)
    claims: dict[str, bool] = {name: bool(value) for name, value in manifest.claims.model_dump().items()}
    return Facts(
        election_id=manifest.election.id,
        election_name=dict(manifest.election.name.items()),
        group=manifest.group,
        test_group=manifest.group in TEST_GROUPS,
        base_hash=setting.base_hash.hex(),
        extended_base_hash=ceremony.joint.h_e.hex() if ceremony and ceremony.joint else "",
        root=root.hex() if root else "",
        size=log.checkpoint.size,
        log_key=log_key_or_none(manifest),
        floor=manifest.floor.minimum,
        claims=claims,
        dates=DatesInForce(manifest.dates.open, leaves.state.closes, leaves.state.extensions),
        cosigned=cosigned,
        counts=counts,
        faults=ceremony.faults if ceremony else (),
        results=results_of(tally.result if tally else None),
    )
