"""The checks of tally and outcome."""

from typing import Any

from reference import canonical as form
from reference.ballots import Poll
from reference.entries import Leaf
from reference.facts import reconciliation
from reference.floor import name_of, parts_of
from reference.manifest import Contest
from reference.payloads_tally import (
    Cell,
    DecryptionShare,
    Outcome,
    Statement,
    read_decryption,
    read_outcome,
    read_statement,
)
from reference.phases import History
from reference.report import CHECKS
from reference.tally import (
    Counted,
    decryption_holds,
    elect,
    option_votes,
    paper_product,
    product_of,
    product_of_part,
    share_proof_holds,
    undervotes,
)
from reference.tree import Tree
from reference.verifier_state import State

FROM_TALLY = CHECKS[CHECKS.index("tally.form") : CHECKS.index("checked.head")]


class Tallying:
    """What the tally's payloads say, so far as `tally.form` left them in."""

    def __init__(self, state: State, history: History, statement: Leaf, counted: list[Counted] | None) -> None:
        self.state, self.history, self.ledger = state, history, state.ledger
        self.statement_leaf, self.counted = statement, counted
        if any(paper is None for paper in state.papers.values()):
            self.counted = None  # what was cast is not known
        manifest, group, joint = state.manifest, state.group, state.joint
        self.poll = Poll(state.setting, joint) if joint else None
        self.statement: Statement | None = state.read(
            "tally.form", statement, lambda raw: read_statement(raw, manifest, group)
        )
        self.shares: dict[int, dict[Cell, DecryptionShare]] = {}
        for leaf in history.shares:
            share = state.read("tally.form", leaf, lambda raw: read_decryption(raw, manifest, group))
            if share is not None:
                self.shares[history.index(leaf.author)] = share
        self.outcome: Outcome | None = None
        if history.outcome:
            self.outcome = state.read("tally.form", history.outcome, lambda raw: read_outcome(raw, manifest))
        self.no_elements: set[Cell] = set()  # A or B of the cell
        self.no_element: set[tuple[int, Cell]] = set()  # M of a trustee

    def cell(self, cell: Cell) -> str:
        """How a failure names a cell."""
        return f"contest {self.state.manifest.contests[cell[0] - 1].id}, item {cell[1]}, channel {cell[2]}"

    def cast(self, contest: Contest) -> dict[str, tuple[int, int]]:
        """By channel the number of counted ballots that have the contest, and the sum of their weights."""
        weights = [ballot.weight for ballot in self.counted or () if ballot.has(contest)]
        cast = {"online": (len(weights), sum(weights))}
        for channel, paper in self.state.papers.items():
            ballots = sum(its.ballots for its in paper or () if its.contest is contest)
            cast[channel] = ballots, ballots
        return {channel: cast[channel] for channel in self.state.manifest.voters.channels}

    def check_close(self) -> None:
        """`tally.close`"""
        close, tree = self.history.close, self.state.tree
        if self.statement is None or close is None or tree is None:
            self.ledger.leave_out("tally.close", "the statement is left out")
            return
        size = close.index + 1
        good = self.statement.size == size and self.statement.root == tree.root(size)
        self.ledger.judge("tally.close", "statement", good, "not the log up to and including the close leaf")

    def check_rows(self) -> None:
        """`tally.rows`"""
        if self.statement is None:
            self.ledger.leave_out("tally.rows", "the statement is left out")
            return
        if not self.state.electorate.known:
            return
        expected = self.state.electorate.rows()
        found = self.statement.rows
        for row in expected:
            self.ledger.judge("tally.rows", row["line"], found.count(row) == 1, "not there once as it should be")
        for row in found:
            if row not in expected:
                self.ledger.judge("tally.rows", row["line"], False, "no such row")
        if expected and found != expected:
            self.ledger.judge("tally.rows", "all lines", False, "not exactly the rows, in their order")
        body = self.statement_leaf.body
        root = Tree([form.encode(row) for row in found]).root(len(found))
        good = (body["lines"], body["rows"]) == (len(found), root.hex())
        self.ledger.judge("tally.rows", "statement", good, "not the number and root of the rows")

    def check_reconciliation(self) -> None:
        """`tally.reconciliation`"""
        if self.statement is None or not self.state.electorate.known or self.state.electorate.unknown:
            self.ledger.leave_out("tally.reconciliation", "the statement, the roll or credentials are left out")
            return
        good = self.statement.reconciliation == reconciliation(self.state.electorate)
        self.ledger.judge("tally.reconciliation", "statement", good, "not what the board says")

    def check_products(self) -> None:
        """`tally.products`"""
        if self.statement is None or self.counted is None or self.poll is None:
            self.ledger.leave_out("tally.products", "the statement, a counted ballot or a paper is left out")
            return
        papers = {
            (channel, its.contest.index): its for channel, paper in self.state.papers.items() for its in paper or ()
        }
        for contest in self.state.manifest.contests:
            for item in contest.items:
                for channel in self.state.manifest.voters.channels:
                    expected = (
                        product_of(self.poll, contest, item, self.counted)
                        if channel == "online"
                        else paper_product(self.poll, papers[channel, contest.index], item)
                    )
                    cell = contest.index, item.index, channel
                    good = self.statement.products[cell] == expected
                    self.ledger.judge("tally.products", self.cell(cell), good, "not the product of the counted ballots")

    def check_elements(self) -> None:
        """`tally.elements`"""
        group = self.state.group
        if self.statement is not None:
            for place, product in self.statement.products.items():
                good = group.is_element(product.A) and group.is_element(product.B)
                if not self.ledger.judge("tally.elements", self.cell(place), good, "A or B is no element"):
                    self.no_elements.add(place)
        for i, cells in self.shares.items():
            for place, share in cells.items():
                subject = f"trustee {i}, {self.cell(place)}"
                if not self.ledger.judge("tally.elements", subject, group.is_element(share.M), "M is no element"):
                    self.no_element.add((i, place))

    def check_acceptance(self) -> None:
        """`tally.acceptance`"""
        history = self.history
        for leaf in sorted([*history.accepts, *history.shares], key=lambda leaf: leaf.index):
            good = leaf.body["statement"] == self.statement_leaf.hash.hex()
            if leaf.kind == "tally.share":
                good = good and any(a.author == leaf.author and a.index < leaf.index for a in history.accepts)
            detail = "another statement, or no acceptance before the share"
            self.ledger.judge("tally.acceptance", leaf.subject, good, detail)

    def check_floor(self) -> None:
        """`tally.floor`"""
        cells = {leaf.subject: self.shares.get(self.history.index(leaf.author)) for leaf in self.history.shares}
        placed: dict[str, set[Cell] | None] = {
            subject: None if its is None else set(its) for subject, its in cells.items()
        }
        if self.history.outcome:
            placed[self.history.outcome.subject] = None if self.outcome is None else set(self.outcome.votes)
        for subject, places in placed.items():
            if places is None or self.counted is None:
                self.ledger.leave_out("tally.floor", "the payload, a counted ballot or a paper is left out")
                continue
            good = {(contest, part) for contest, _, part in places} == self.parts()
            self.ledger.judge("tally.floor", subject, good, "not the parts that reach the floor")

    def parts(self) -> set[tuple[int, str]]:
        """Index of the contest and name of each part that is decrypted."""
        manifest = self.state.manifest
        floor = manifest.data["floor"]
        found = set()
        for contest in manifest.contests:
            numbers = [(channel, ballots) for channel, (ballots, _) in self.cast(contest).items()]
            weights = [ballot.weight for ballot in self.counted or () if ballot.has(contest)]
            several = manifest.voters.weights if len(manifest.voters.weights) > 1 else ()
            classes = [weights.count(weight) for weight in several]
            for part in parts_of(numbers, classes, floor["minimum"], floor["fallback"]):
                found.add((contest.index, name_of(part)))
        return found

    def has_no_elements(self, cell: Cell) -> bool:
        """A or B of some channel of the part is none."""
        return any((*cell[:2], channel) in self.no_elements for channel in cell[2].split("+"))

    def check_share_proofs(self) -> None:
        """`tally.share-proof`"""
        for leaf in self.history.shares:
            i = self.history.index(leaf.author)
            if i not in self.shares or self.statement is None or self.poll is None:
                self.ledger.leave_out("tally.share-proof", "the share or the statement is left out")
                continue
            for place, share in self.shares[i].items():
                if self.has_no_elements(place) or (i, place) in self.no_element:
                    self.ledger.leave_out("tally.share-proof", "the cell is not of elements")
                    continue
                product = product_of_part(self.state.group, self.statement, place)
                good = share_proof_holds(self.poll, self.statement_leaf.hash, place, i, product, share)
                subject = f"trustee {i}, {self.cell(place)}"
                self.ledger.judge("tally.share-proof", subject, good, "the proof does not hold")

    def check_quorum(self) -> None:
        """`tally.quorum`"""
        if self.outcome is None:
            self.ledger.leave_out("tally.quorum", "the outcome is left out")
            return
        authors = sorted(self.history.index(leaf.author) for leaf in self.history.shares)
        good = self.outcome.trustees == authors and len(authors) >= self.state.manifest.k
        self.ledger.judge("tally.quorum", "outcome", good, f"shares are by {authors}")

    def check_decryption(self) -> None:
        """`tally.decryption`"""
        if self.outcome is None or self.statement is None or self.poll is None:
            self.ledger.leave_out("tally.decryption", "the outcome or the statement is left out")
            return
        U = self.outcome.trustees
        for place, votes in self.outcome.votes.items():
            there = all(place in self.shares.get(i, {}) and (i, place) not in self.no_element for i in U)
            if not there or self.has_no_elements(place):
                self.ledger.leave_out("tally.decryption", "a share of the cell is missing or left out")
                continue
            shares = {i: self.shares[i][place].M for i in U}
            product = product_of_part(self.state.group, self.statement, place)
            good = decryption_holds(self.poll, product, shares, votes)
            self.ledger.judge("tally.decryption", self.cell(place), good, f"it does not decrypt to {votes}")

    def has_cells(self, contest: Contest) -> bool:
        """The outcome has the contest's cells."""
        return self.outcome is not None and self.outcome.votes_of(contest, contest.items[0]) is not None

    def check_counts(self) -> None:
        """`outcome.counts`"""
        if self.outcome is None or self.counted is None:
            self.ledger.leave_out("outcome.counts", "the outcome or a counted ballot is left out")
            return
        for contest, result in zip(self.state.manifest.contests, self.outcome.contests, strict=True):
            cast = self.cast(contest).values()
            ballots, weight = sum(number for number, _ in cast), sum(weight for _, weight in cast)
            decrypted = result["status"] == "decrypted"
            good = result["ballots"] == ballots and decrypted == self.has_cells(contest)
            if good:
                good = result["undervotes"] == (undervotes(self.outcome, contest, weight) if decrypted else 0)
            self.ledger.judge("outcome.counts", contest.id, good, f"not the figures of {ballots} ballots")

    def base(self, contest: Contest, ballots: int) -> int | None:
        """N of (10.2): the outcome's number of ballots, or the sum of their weights where they differ."""
        if self.state.manifest.voters.weights == (1,):
            return ballots
        return None if self.counted is None else sum(weight for _, weight in self.cast(contest).values())

    def check_elected(self) -> None:
        """`outcome.elected`"""
        if self.outcome is None or self.poll is None:
            self.ledger.leave_out("outcome.elected", "the outcome is left out")
            return
        digits = self.history.lot.body["digits"] if self.history.lot else ""
        for contest, result in zip(self.state.manifest.contests, self.outcome.contests, strict=True):
            stated = result["elected"], result["tied"], result["vacant"]
            if result["status"] == "withheld":
                good = stated == ([], [], 0)
            elif self.has_cells(contest):
                votes = option_votes(self.outcome, contest)
                weight = self.base(contest, result["ballots"])
                if weight is None:
                    self.ledger.leave_out("outcome.elected", "a counted ballot is left out, and so is its weight")
                    continue
                good = stated == elect(self.poll, contest, votes, weight, digits)
            else:
                self.ledger.leave_out("outcome.elected", "a decrypted contest without cells")
                continue
            self.ledger.judge("outcome.elected", contest.id, good, "not who is elected by the votes")

    def check_head(self) -> None:
        """`outcome.head`"""
        outcome, tree = self.history.outcome, self.state.tree
        if outcome is None or tree is None:
            self.ledger.leave_out("outcome.head", "there is no outcome")
            return
        head = {"root": tree.root(outcome.index).hex(), "size": outcome.index}
        self.ledger.judge("outcome.head", "outcome", outcome.body["head"] == head, "not the log before the outcome")

    def results(self) -> list[dict[str, Any]]:
        """`results` of the report."""
        if self.outcome is None:
            return []
        results = []
        for contest, result in zip(self.state.manifest.contests, self.outcome.contests, strict=True):
            parts: dict[str, dict[str, int]] = {}
            for (index, item, part), votes in self.outcome.votes.items():
                if index == contest.index:
                    parts.setdefault(part, {})[contest.items[item - 1].option] = votes
            votes_of = {item.option: self.outcome.votes_of(contest, item) for item in contest.items if parts}
            by_part = [{"channel": part, "votes": votes} for part, votes in parts.items()]
            results.append({**result, "parts": by_part, "votes": votes_of})
        return results


def check_tally(state: State, history: History, counted: list[Counted] | None) -> list[dict[str, Any]]:
    """All checks from `tally.form` to `outcome.head`; the results of the report."""
    if history.statement is None:
        for check in FROM_TALLY:
            state.ledger.leave_out(check, "there is no statement")
        return []
    tallying = Tallying(state, history, history.statement, counted)
    tallying.check_close()
    tallying.check_rows()
    tallying.check_reconciliation()
    tallying.check_products()
    tallying.check_elements()
    tallying.check_acceptance()
    tallying.check_floor()
    tallying.check_share_proofs()
    tallying.check_quorum()
    tallying.check_decryption()
    tallying.check_counts()
    tallying.check_elected()
    tallying.check_head()
    return tallying.results()
