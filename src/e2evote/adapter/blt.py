"""Reads BLT files, the plain-text format in which ranked ballots are usually published.

    8 3                 candidates, seats
    -2 -5               candidates who withdrew (optional)
    33 1 4 0            33 ballots that rank candidate 1 first and 4 second
    0                   end of the ballots
    "Bill Fraser"       one name a line, in the order of their numbers
    "ward6 2012"        the title

The demonstration takes its votes from such a file; docs/spec.md knows nothing of them. The format has dialects
that leave open what a ballot means (equal ranks, skipped ranks, weights with fractions): those are refused by
name, with the line, rather than guessed.
"""

import re
from dataclasses import dataclass

from e2evote.errors import MalformedInput

MOST_BYTES = 1 << 24
MOST_CANDIDATES = 1000
NUMBER = re.compile(r"0|[1-9][0-9]{0,9}")
WITHDRAWN = re.compile(r"-[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class Blt:
    """One ranked election. Candidates are numbered from 1; a ranking never holds one who withdrew."""

    title: str
    seats: int
    candidates: tuple[str, ...]
    withdrawn: tuple[int, ...]
    ballots: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def total(self) -> int:
        """How many ballots there are, those that rank nobody included."""
        return sum(count for count, _ in self.ballots)

    def first_preferences(self) -> tuple[int, ...]:
        """For each candidate, the number of ballots that rank them first: a plain count, to compare results with."""
        counts = [0] * len(self.candidates)
        for count, ranking in self.ballots:
            if ranking:
                counts[ranking[0] - 1] += count
        return tuple(counts)


class _Lines:
    """The lines that hold anything, in order; `where` names the last one read."""

    def __init__(self, text: str) -> None:
        self._numbered = enumerate(text.split("\n"), 1)
        self.where = "line 1"

    def next(self, wanted: str) -> str:
        line = self.next_or_nothing()
        if not line:
            raise MalformedInput(f"the file ends where {wanted} should be", f"after {self.where}")
        return line

    def next_or_nothing(self) -> str:
        for number, raw in self._numbered:
            if line := raw.strip(" \t\r"):
                self.where = f"line {number}"
                return line
        return ""

    def refused(self, detail: str) -> MalformedInput:
        return MalformedInput(detail, self.where)


def read_blt(data: bytes, limit: int = 10_000_000) -> Blt:
    """The election in `data`, of at most `limit` ballots; MalformedInput names the line that is wrong."""
    if len(data) > MOST_BYTES:
        raise MalformedInput(f"{len(data)} bytes, limit {MOST_BYTES}", "BLT file")
    try:
        lines = _Lines(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise MalformedInput("not UTF-8", f"line {number}") from None

    candidates, seats = _sizes(lines)
    withdrawn: set[int] = set()
    line = lines.next("the ballots or the 0 after them")
    while line.startswith("-"):
        withdrawn |= _withdrawn(line, lines, candidates, withdrawn)
        line = lines.next("the ballots or the 0 after them")

    ballots: list[tuple[int, tuple[int, ...]]] = []
    total = 0
    while line != "0":
        count, ranking = _ballot(line, lines, candidates)
        total += count
        if total > limit:
            raise lines.refused(f"{total} ballots so far, limit {limit}")
        ballots.append((count, tuple(candidate for candidate in ranking if candidate not in withdrawn)))
        line = lines.next("the 0 after the ballots")

    names = tuple(_quoted(lines, f"the name of candidate {number}") for number in range(1, candidates + 1))
    title = _quoted(lines, "the title")
    if extra := lines.next_or_nothing():
        raise lines.refused(f"{_shown(extra)} after the title, want nothing")
    return Blt(title, seats, names, tuple(sorted(withdrawn)), tuple(ballots))


def _sizes(lines: _Lines) -> tuple[int, int]:
    """`candidates seats`, both at least 1 and no more seats than candidates."""
    line = lines.next("the number of candidates and of seats")
    parts = line.split()
    if len(parts) != 2 or not all(NUMBER.fullmatch(part) for part in parts):
        raise lines.refused(f"{_shown(line)}, want the number of candidates and of seats")
    candidates, seats = int(parts[0]), int(parts[1])
    if not 1 <= candidates <= MOST_CANDIDATES:
        raise lines.refused(f"{candidates} candidates, want 1 to {MOST_CANDIDATES}")
    if not 1 <= seats <= candidates:
        raise lines.refused(f"{seats} seats for {candidates} candidates")
    return candidates, seats


def _withdrawn(line: str, lines: _Lines, candidates: int, already: set[int]) -> set[int]:
    """`-2 -5`: candidates whose names are on the ballot and who take no part."""
    found: set[int] = set()
    for part in line.split():
        if not WITHDRAWN.fullmatch(part):
            raise lines.refused(f"{_shown(part)} among the candidates who withdrew")
        candidate = _candidate(part.removeprefix("-"), lines, candidates)
        if candidate in found | already:
            raise lines.refused(f"candidate {candidate} withdraws twice")
        found.add(candidate)
    return found


def _ballot(line: str, lines: _Lines, candidates: int) -> tuple[int, tuple[int, ...]]:
    """`count preference … 0`: how many voters ranked these candidates in this order."""
    count, *preferences = line.split()
    if not NUMBER.fullmatch(count) or count == "0":
        raise lines.refused(f"{_shown(count)}, want the number of equal ballots, at least 1")
    if preferences[-1:] != ["0"]:
        raise lines.refused("a ballot does not end with 0")
    ranking: dict[int, None] = {}
    for part in preferences[:-1]:
        if part == "-":
            raise lines.refused("a skipped rank (-), which this reader does not accept")
        if "=" in part:
            raise lines.refused(f"{_shown(part)}: equal ranks, which this reader does not accept")
        candidate = _candidate(part, lines, candidates)
        if candidate in ranking:
            raise lines.refused(f"candidate {candidate} ranked twice")
        ranking[candidate] = None
    return int(count), tuple(ranking)


def _candidate(text: str, lines: _Lines, candidates: int) -> int:
    if not NUMBER.fullmatch(text) or not 1 <= int(text) <= candidates:
        raise lines.refused(f"{_shown(text)}, want a candidate from 1 to {candidates}")
    return int(text)


def _quoted(lines: _Lines, wanted: str) -> str:
    """A line of one text in double quotes, not empty, with no quote and nothing unprintable in it."""
    line = lines.next(wanted)
    text = line[1:-1]
    if len(line) < 2 or line[0] != '"' or line[-1] != '"' or '"' in text:
        raise lines.refused(f"{_shown(line)}, want {wanted} in double quotes")
    if not text.strip() or not text.isprintable():
        raise lines.refused(f"{_shown(line)}: {wanted} is empty or has characters that cannot be shown")
    return text


def _shown(text: str) -> str:
    """A piece of the file, short and harmless to print."""
    return ascii(text if len(text) <= 40 else text[:40] + "...")
