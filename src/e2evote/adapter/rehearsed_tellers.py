"""The two tellers of a rehearsal: votes on paper are marked, and counted after the close (docs/spec.md §14)."""

from collections.abc import Mapping, Sequence

from e2evote.adapter.board import BoardReader
from e2evote.adapter.inbox import Post
from e2evote.adapter.marks import drafted, marks
from e2evote.adapter.paper_totals import agree, totals
from e2evote.adapter.rehearsal import TELLERS, RehearsalKeys
from e2evote.errors import Refused
from e2evote.record.roll_row import typed_line
from e2evote.secret.paper_opening import PaperCounts


class RehearsedTellers:
    """Both of them, on one board. For one thread at a time."""

    def __init__(self, keys: RehearsalKeys, board: BoardReader, post: Post) -> None:
        self._board, self._post = board, post
        self._keys = tuple(keys.party(id) for id in TELLERS)

    def mark(self, line: str, channel: str) -> int:
        """The line has voted on paper; the index of the mark."""
        self._board.refresh()
        (draft,) = drafted(self._board, channel, (typed_line(line),), self._keys)
        return self._post(draft.envelope()).index

    def count(
        self, channel: str, votes: Mapping[str, Mapping[str, int]] | Sequence[PaperCounts], spoiled: Mapping[str, int]
    ) -> int:
        """What was found on the papers; the index of the totals. Each line with a mark has handed in one paper."""
        self._board.refresh()
        counts = self._counts(channel, votes, spoiled) if isinstance(votes, Mapping) else votes
        first, second = self._keys
        draft, opening = totals(self._board, channel, counts, first)
        return self._post(agree(self._board, draft, opening, counts, second).envelope()).index

    def _counts(
        self, channel: str, votes: Mapping[str, Mapping[str, int]], spoiled: Mapping[str, int]
    ) -> list[PaperCounts]:
        """All contests in their order; what is not named was not voted for."""
        board, papers = self._board, marks(self._board).by_contest
        for given in (votes, spoiled):
            if unknown := sorted(set(given) - {contest.id for contest in board.manifest.contests}):
                raise Refused("paper.counts", f"no contest is called {', '.join(unknown)}")
        counts = []
        for contest in board.manifest.contests:
            found, bad = votes.get(contest.id, {}), spoiled.get(contest.id, 0)
            items = [one.option for one in contest.items()]
            if unknown := sorted(set(found) - set(items)):
                raise Refused("paper.counts", f"contest {contest.id}: no option is called {', '.join(unknown)}")
            ballots = papers.get((channel, contest.id), 0) - bad
            counts.append(PaperCounts(contest.id, ballots, bad, tuple(found.get(option, 0) for option in items)))
        return counts
