"""What the demonstration votes on: the ballots of a real election, each as choices in plain contests.

Ranked ballots can not be counted as such yet, so two facts are taken from each: who is ranked first (one of n), and who
is ranked at all (an approval contest). The plain count of the same ballots is what the totals are compared with.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.blt import MOST_BYTES, Blt, read_blt
from e2evote.adapter.demo import ward as demo_ward
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing.digest import sha256
from e2evote.manifest.draft import ContestFacts, OptionFacts

FIRST, RANKED = "first", "ranked"
"""The ids of the two contests."""

_BESIDE = Path("shared") / "data" / "glasgow2012" / "blt" / "ward6.blt"
_MOST_OPTIONS = 200

Votes = Mapping[str, Mapping[str, int]]
"""By contest and option."""


@dataclass(frozen=True, slots=True)
class Ward:
    """An election to be held again. `rankings`: candidates by position, with the number of equal ballots."""

    title: str
    source: str
    seats: int
    candidates: tuple[str, ...]
    rankings: tuple[tuple[int, tuple[int, ...]], ...]
    ranked: bool
    """Whether lower preferences are known, and with them the second contest."""

    @property
    def total(self) -> int:
        return sum(count for count, _ in self.rankings)

    def options(self) -> tuple[OptionFacts, ...]:
        """Every candidate, by an id made of the name."""
        names = [unicodedata.normalize("NFC", " ".join(name.split())) for name in self.candidates]
        again = Counter(unicodedata.normalize("NFKC", name).casefold() for name in names)
        ids: dict[str, str] = {}
        for number, name in enumerate(names, 1):
            plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))
            word = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:50]
            id = word if word and word not in ids else f"{word or 'candidate'}-{number}"
            twice = again[unicodedata.normalize("NFKC", name).casefold()] > 1
            ids[id] = f"{name} ({number})" if twice else name
        return tuple(OptionFacts(id, name) for id, name in ids.items())

    def contests(self) -> tuple[ContestFacts, ...]:
        """One of n for the first preference; where it is known, an approval contest for who is ranked at all."""
        options = self.options()
        first = ContestFacts(FIRST, "First preference", options, self.seats, limit=1, blank="uncounted")
        if not self.ranked:
            return (first,)
        whole = len(options)
        return first, ContestFacts(RANKED, "Ranked at all", options, self.seats, limit=whole, blank="uncounted")

    def votes(self, ranking: Sequence[int]) -> Votes:
        """One ballot's choices."""
        ids = [option.id for option in self.options()]
        votes: dict[str, Mapping[str, int]] = {FIRST: {ids[ranking[0] - 1]: 1} if ranking else {}}
        if self.ranked:
            votes[RANKED] = {ids[candidate - 1]: 1 for candidate in ranking}
        return votes

    def ballots(self) -> Iterator[tuple[int, ...]]:
        """Every ballot's ranking, in the order of the source."""
        for count, ranking in self.rankings:
            for _ in range(count):
                yield ranking

    def sample(self, size: int, seed: str) -> tuple[tuple[int, ...], ...]:
        """`size` of the ballots, all for 0, in an order that follows from the seed alone."""
        everything = list(self.ballots())
        order = sorted(range(len(everything)), key=lambda i: sha256(f"{seed}\n{i}".encode()))
        return tuple(everything[i] for i in order[: size or len(order)])


def plain_count(ward: Ward, rankings: Sequence[tuple[int, ...]]) -> dict[tuple[str, str], int]:
    """The same ballots counted in the open, by contest and option."""
    ids = [option.id for option in ward.options()]
    contests = [contest.id for contest in ward.contests()]
    count = {(contest, option): 0 for contest in contests for option in ids}
    for ranking in rankings:
        for contest, options in ward.votes(ranking).items():
            for option, votes in options.items():
                count[contest, option] += votes
    return count


def find_ward(blt: Path | None) -> Ward:
    """The ward of the file named, of a file that lies beside the checkout, or the one that is part of this library."""
    if blt is not None:
        return read_ward(blt)
    beside = (Path.cwd().parent / _BESIDE, Path(__file__).resolve().parents[3].parent / _BESIDE)
    for path in beside:
        if path.is_file():
            return read_ward(path)
    rankings = tuple((count, (i,)) for i, count in enumerate(demo_ward.FIRST_PREFERENCES.values(), 1))
    candidates = tuple(demo_ward.FIRST_PREFERENCES)
    return Ward(demo_ward.TITLE, demo_ward.SOURCE, demo_ward.SEATS, candidates, rankings, ranked=False)


def read_ward(path: Path) -> Ward:
    """The ward in a BLT file; who withdrew is left out."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused("file-missing", f"{path}: {error.strerror}") from None
    try:
        return _ward(read_blt(data), path)
    except MalformedInput as error:
        raise error.inside(str(path)) from None


def _ward(blt: Blt, path: Path) -> Ward:
    standing = [number for number in range(1, len(blt.candidates) + 1) if number not in blt.withdrawn]
    if not 1 <= len(standing) <= _MOST_OPTIONS or not blt.total:
        raise MalformedInput(f"{len(standing)} candidates and {blt.total} ballots, want 1 to {_MOST_OPTIONS} and some")
    place = {number: position for position, number in enumerate(standing, 1)}
    rankings = tuple((count, tuple(place[c] for c in ranking)) for count, ranking in blt.ballots)
    names = tuple(blt.candidates[number - 1] for number in standing)
    return Ward(blt.title, f"ballots of {path.name}", min(blt.seats, len(standing)), names, rankings, ranked=True)
