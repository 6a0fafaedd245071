"""From the trustees' shares to the outcome (docs/spec.md §9 and §10).

Each share has a proof of its own, so one that is wrong names its trustee, and any k good ones finish: a trustee can
neither change the result nor hold it up alone. Weights follow from who takes part and are always computed here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from e2evote.algebra.group import Element
from e2evote.algebra.interpolation import combine as combined
from e2evote.algebra.logarithm import LogTable
from e2evote.errors import CheckFailed, NotMembers, Refused, TooLargeForSearch, TrusteeFault
from e2evote.manifest.contests import Contest
from e2evote.proofs.equal_logs import EqualLogs, verify
from e2evote.record.elected import Standing, standing
from e2evote.record.floor import Parts
from e2evote.record.joint import JointKeys
from e2evote.record.outcome import DECRYPTED, WITHHELD, CellVotes, ContestOutcome, Outcome, combined_votes, undervotes
from e2evote.record.products import Cell
from e2evote.record.shares import DecryptionShares
from e2evote.record.statement import StatementHead
from e2evote.tally.cells import TallyCell, cells_to_decrypt
from e2evote.verify.checks import Check
from e2evote.verify.leaves import Setting
from e2evote.verify.tally_names import named_parts


@dataclass(frozen=True, slots=True)
class Tally:
    """What the shares are of: the statement with its leaf hash, under these keys.

    parts: what the floor allows. digits: the lot's, or "".
    """

    setting: Setting
    joint: JointKeys
    statement: bytes
    stated: StatementHead
    parts: Parts
    digits: str = ""

    def cells(self) -> tuple[TallyCell, ...]:
        """What may be decrypted."""
        return cells_to_decrypt(self.setting.manifest, self.setting.group, self.stated, self.parts)


@dataclass(frozen=True, slots=True)
class Combination:
    """The outcome, and who posted shares that could not be used."""

    outcome: Outcome
    faults: tuple[TrusteeFault, ...]


def combine(tally: Tally, posted: Mapping[int, DecryptionShares]) -> Combination:
    """The outcome from all good shares; Refused with `tally.too-few-shares` below k trustees.    spec (9.3)

    CheckFailed where the numbers can't be those of the ballots on the board: then the record itself is false.
    """
    cells = tally.cells()
    good: dict[int, tuple[Element, ...]] = {}
    faults: list[TrusteeFault] = []
    for trustee, shares in sorted(posted.items()):
        try:
            good[trustee] = check_shares(tally, cells, trustee, shares)
        except TrusteeFault as fault:
            faults.append(fault)
    quorum = tally.setting.manifest.quorum
    if len(good) < quorum:
        named = "".join(f"; {fault}" for fault in faults)
        raise Refused("tally.too-few-shares", f"good shares of trustees {sorted(good)}, want {quorum} trustees{named}")
    rows = _votes(tally.joint.K, cells, good)
    votes = combined_votes(rows)
    contests = tuple(_contest(tally, contest, votes) for contest in tally.setting.manifest.contests)
    return Combination(Outcome(rows, contests, tuple(sorted(good))), tuple(faults))


def check_shares(
    tally: Tally, cells: Sequence[TallyCell], trustee: int, shares: DecryptionShares
) -> tuple[Element, ...]:
    """M_i of each cell in order, or TrusteeFault for the first thing wrong with one trustee's shares.    spec (9.2)"""
    if trustee not in tally.joint.keys:
        raise TrusteeFault(trustee, Check.TALLY_SHARE_PROOF, f"there are {len(tally.joint.keys)} trustees")
    if [share.cell for share in shares.shares] != [cell.cell for cell in cells]:
        detail = f"decrypts {named_parts(shares.parts())}, not exactly what the floor allows"
        raise TrusteeFault(trustee, Check.TALLY_FLOOR, detail)
    try:
        elements = tuple(tally.setting.group.screen([share.M for share in shares.shares]))
    except NotMembers as error:
        where = ", ".join(str(cells[position]) for position in error.positions)
        raise TrusteeFault(trustee, Check.TALLY_ELEMENTS, f"{where}: M is not in the subgroup of order q") from None
    Y = tally.joint.verification_key(trustee)
    for cell, share, M in zip(cells, shares.shares, elements, strict=True):
        challenge_of = cell.place(tally.joint.h_e, trustee, tally.statement)
        if not verify(EqualLogs(Y, cell.A, M), share.proof, challenge_of):
            raise TrusteeFault(trustee, Check.TALLY_SHARE_PROOF, f"{cell}: the proof does not hold")
    return elements


def _votes(K: Element, cells: Sequence[TallyCell], good: Mapping[int, Sequence[Element]]) -> tuple[CellVotes, ...]:
    """t of each cell: K^t = B · Π M_i^(-w_i), searched up to the item's limit times the weight.    spec (9.3)"""
    bounds = [cell.most for cell in cells]
    tables = {bound: LogTable(K, bound, bounds.count(bound)) for bound in set(bounds)}
    votes = []
    for position, cell in enumerate(cells):
        power = cell.B / combined({trustee: elements[position] for trustee, elements in good.items()})
        try:
            votes.append(CellVotes(*cell.cell, tables[cell.most].log(power)))
        except TooLargeForSearch:
            detail = f"the total is no number from 0 to {cell.most}"
            raise CheckFailed(Check.TALLY_DECRYPTION, str(cell), detail) from None
    return tuple(votes)


def _contest(tally: Tally, contest: Contest, votes: Mapping[Cell, int]) -> ContestOutcome:
    """One contest's row; a withheld one has nobody elected and no numbers but its ballots.    spec (10.1)-(10.3)"""
    first = contest.items()[0].option
    own_products = [p for p in tally.stated.products if (p.contest, p.option) == (contest.id, first)]
    ballots, weight = sum(p.ballots for p in own_products), sum(p.weight for p in own_products)
    own = {
        item.option: votes[contest.id, item.option] for item in contest.items() if (contest.id, item.option) in votes
    }
    if not own:
        return ContestOutcome(contest.id, WITHHELD, ballots, 0, Standing())
    under = undervotes(contest, votes, weight)
    if under < 0:
        detail = f"{-under} votes more than ballots of weight {weight} with {contest.limit} votes each can hold"
        raise CheckFailed(Check.OUTCOME_COUNTS, f"contest {contest.id}", detail)
    index = tally.setting.manifest.contest_index(contest.id)
    options = {option.id: own[option.id] for option in contest.options}
    result = standing(contest, index, options, weight, tally.joint.h_e, tally.digits)
    return ContestOutcome(contest.id, DECRYPTED, ballots, under, result)
