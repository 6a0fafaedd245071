"""The checks of tally and outcome."""

from typing import Any

from reference.ballots import Poll
from reference.entries import Leaf
from reference.manifest import Contest
from reference.payloads import (
    DecryptionShare,
    Outcome,
    Place,
    Sealed,
    Statement,
    read_decryption,
    read_outcome,
    read_statement,
)
from reference.phases import History
from reference.report import CHECKS
from reference.tally import (
    ballots_with,
    decryption_holds,
    elect,
    option_votes,
    product_of,
    share_proof_holds,
    undervotes,
)
from reference.verifier_state import State

FROM_TALLY = CHECKS[CHECKS.index("tally.form") : CHECKS.index("checked.head")]


class Tallying:
    """What the tally's payloads say, so far as `tally.form` left them in."""

    def __init__(self, state: State, history: History, statement: Leaf, counted: list[Sealed] | None) -> None:
        self.state, self.history, self.ledger = state, history, state.ledger
        self.statement_leaf, self.counted = statement, counted
        manifest, group, joint = state.manifest, state.group, state.joint
        self.poll = Poll(state.setting, joint) if joint else None
        self.statement: Statement | None = state.read(
            "tally.form", statement, lambda raw: read_statement(raw, manifest, group)
        )
        self.shares: dict[int, dict[Place, DecryptionShare]] = {}
        for leaf in history.shares:
            share = state.read("tally.form", leaf, lambda raw: read_decryption(raw, manifest, group))
            if share is not None:
                self.shares[history.index(leaf.author)] = share
        self.outcome: Outcome | None = None
        if history.outcome:
            self.outcome = state.read("tally.form", history.outcome, lambda raw: read_outcome(raw, manifest))
        self.no_elements: set[Place] = set()  # A or B of the cell
        self.no_element: set[tuple[int, Place]] = set()  # M of a trustee

    def cell(self, place: Place) -> str:
        """How a failure names a cell."""
        return f"contest {self.state.manifest.contests[place[0] - 1].id}, item {place[1]}"

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
        counted = self.history.counted_ballots()
        expected = []
        for line in sorted({leaf.body["line"] for leaf in self.history.ballots}):
            leaf = counted.get(line)
            row = {"channel": "none", "leaf": "", "line": line, "status": "not-voted"}
            if leaf is not None:
                row |= {"channel": "online", "leaf": leaf.hash.hex(), "status": "counted"}
            expected.append(row)
        found = self.statement.rows
        for row in expected:
            self.ledger.judge("tally.rows", row["line"], found.count(row) == 1, "not there once as it should be")
        for row in found:
            if row not in expected:
                self.ledger.judge("tally.rows", row["line"], False, "no such row")
        if expected and found != expected:
            self.ledger.judge("tally.rows", "all lines", False, "not exactly the rows, in their order")

    def check_products(self) -> None:
        """`tally.products`"""
        if self.statement is None or self.counted is None or self.poll is None:
            self.ledger.leave_out("tally.products", "the statement or a counted ballot is left out")
            return
        for place, product in self.statement.products.items():
            good = product == product_of(self.poll, place, self.counted)
            self.ledger.judge("tally.products", self.cell(place), good, "not the product of the counted ballots")

    def check_elements(self) -> None:
        """`tally.elements`"""
        group = self.state.group
        if self.statement is not None:
            for place, (A, B, _) in self.statement.products.items():
                good = group.is_element(A) and group.is_element(B)
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
        placed: dict[str, set[Place] | None] = {
            subject: None if its is None else set(its) for subject, its in cells.items()
        }
        if self.history.outcome:
            placed[self.history.outcome.subject] = None if self.outcome is None else set(self.outcome.votes)
        minimum = self.state.manifest.data["floor"]["minimum"]
        for subject, places in placed.items():
            if places is None or self.counted is None:
                self.ledger.leave_out("tally.floor", "the payload or a counted ballot is left out")
                continue
            reached = {
                contest.index
                for contest in self.state.manifest.contests
                if len(ballots_with(contest, self.counted)) >= minimum
            }
            good = {contest for contest, _ in places} == reached
            self.ledger.judge("tally.floor", subject, good, "not the contests that reach the floor")

    def check_share_proofs(self) -> None:
        """`tally.share-proof`"""
        for leaf in self.history.shares:
            i = self.history.index(leaf.author)
            if i not in self.shares or self.statement is None or self.poll is None:
                self.ledger.leave_out("tally.share-proof", "the share or the statement is left out")
                continue
            for place, share in self.shares[i].items():
                if place in self.no_elements or (i, place) in self.no_element:
                    self.ledger.leave_out("tally.share-proof", "the cell is not of elements")
                    continue
                product = self.statement.products[place]
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
            if not there or place in self.no_elements:
                self.ledger.leave_out("tally.decryption", "a share of the cell is missing or left out")
                continue
            shares = {i: self.shares[i][place].M for i in U}
            good = decryption_holds(self.poll, self.statement.products[place], shares, votes)
            self.ledger.judge("tally.decryption", self.cell(place), good, f"it does not decrypt to {votes}")

    def has_cells(self, contest: Contest) -> bool:
        """The outcome has the contest's cells."""
        return self.outcome is not None and (contest.index, 1) in self.outcome.votes

    def check_counts(self) -> None:
        """`outcome.counts`"""
        if self.outcome is None or self.counted is None:
            self.ledger.leave_out("outcome.counts", "the outcome or a counted ballot is left out")
            return
        for contest, result in zip(self.state.manifest.contests, self.outcome.contests, strict=True):
            ballots = len(ballots_with(contest, self.counted))
            decrypted = result["status"] == "decrypted"
            good = result["ballots"] == ballots and decrypted == self.has_cells(contest)
            if good:
                good = result["undervotes"] == (undervotes(self.outcome, contest, ballots) if decrypted else 0)
            self.ledger.judge("outcome.counts", contest.id, good, f"not the figures of {ballots} ballots")

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
                good = stated == elect(self.poll, contest, votes, result["ballots"], digits)
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
            votes = {
                item.option: self.outcome.votes[contest.index, item.index]
                for item in contest.items
                if self.has_cells(contest)
            }
            results.append({**result, "votes": votes})
        return results


def check_tally(state: State, history: History, counted: list[Sealed] | None) -> list[dict[str, Any]]:
    """All checks from `tally.form` to `outcome.head`; the results of the report."""
    if history.statement is None:
        for check in FROM_TALLY:
            state.ledger.leave_out(check, "there is no statement")
        return []
    tallying = Tallying(state, history, history.statement, counted)
    tallying.check_close()
    tallying.check_rows()
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
