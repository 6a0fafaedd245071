"""What tellers have counted on paper, from a file that a person or a spreadsheet wrote (docs/spec.md §14.2).

TOML, a table for each contest:            CSV, a row for each number, under the heading contest,option,number:

    [mayor]                                    mayor,#papers,412
    papers = 412                               mayor,#spoiled,3
    spoiled = 3                                mayor,ada,240
    votes = { ada = 240, bob = 160 }           mayor,bob,160
    blank = 12                                 mayor,#blank,12

papers: the valid ones. spoiled: those that are none, and those given out that are not in the box. Every contest and
every option is there, with 0 where nobody has voted for it: what was forgotten is not taken for 0.
"""

import csv
import io
import tomllib
from collections.abc import Mapping
from pathlib import Path

from e2evote.adapter.toml_fields import read_integer, read_table
from e2evote.errors import MalformedInput
from e2evote.manifest.contests import Contest
from e2evote.manifest.model import Manifest
from e2evote.secret.paper_opening import PaperCounts, check_counts

LARGEST = 2**20
PAPERS, SPOILED, BLANK = "#papers", "#spoiled", "#blank"
"""Names in the column `option` that no option can have."""

Numbers = Mapping[str, int]
"""One contest: by id of the option, and by the names above."""


def read_counts(path: Path, data: bytes, manifest: Manifest) -> tuple[PaperCounts, ...]:
    """The counts in a file, by its name a `.csv` or else TOML; MalformedInput with the place of what is wrong.

    Refused `paper.counts` where they cannot be counts of so many papers.
    """
    read = _from_csv if path.suffix.lower() == ".csv" else _from_toml
    try:
        counts = counted(manifest, read(data.decode("utf-8-sig"), manifest))
    except UnicodeDecodeError:
        raise MalformedInput("not UTF-8", str(path)) from None
    except MalformedInput as error:
        raise error.inside(str(path)) from None
    check_counts(manifest, counts)
    return counts


def counted(manifest: Manifest, numbers: Mapping[str, Numbers]) -> tuple[PaperCounts, ...]:
    """Numbers by contest as counts in the manifest's order; MalformedInput where one is missing."""
    made = []
    for contest in manifest.contests:
        if contest.id not in numbers:
            raise MalformedInput("the contest is missing", contest.id)
        made.append(_contest(contest, numbers[contest.id]))
    return tuple(made)


def _contest(contest: Contest, numbers: Numbers) -> PaperCounts:
    votes = tuple(_number(numbers, item.option or BLANK, contest.id) for item in contest.items())
    papers, spoiled = (_number(numbers, name, contest.id) for name in (PAPERS, SPOILED))
    return PaperCounts(contest.id, papers, spoiled, votes)


def _number(numbers: Numbers, name: str, contest: str) -> int:
    if name not in numbers:
        raise MalformedInput(f"the number of {name!r} is missing", contest)
    return numbers[name]


def names_of(contest: Contest) -> tuple[str, ...]:
    """What is to be counted of a contest: options, and what else there is."""
    return (PAPERS, SPOILED, *(item.option or BLANK for item in contest.items()))


def _from_toml(text: str, manifest: Manifest) -> dict[str, Numbers]:
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MalformedInput(f"no TOML: {error}") from None
    found: dict[str, Numbers] = {}
    ids = [contest.id for contest in manifest.contests]
    table = read_table(value, "", ids, ())
    for contest in manifest.contests:
        blank = ("blank",) if contest.counts_blank else ()
        fields = read_table(table[contest.id], contest.id, ("papers", "spoiled", "votes", *blank), ())
        options = [option.id for option in contest.options]
        votes = read_table(fields["votes"], f"{contest.id}.votes", options, ())
        numbers = {option: read_integer(votes[option], f"{contest.id}.votes.{option}") for option in options}
        for name in ("papers", "spoiled", *blank):
            numbers[f"#{name}"] = read_integer(fields[name], f"{contest.id}.{name}")
        found[contest.id] = numbers
    return found


def _from_csv(text: str, manifest: Manifest) -> dict[str, Numbers]:
    found: dict[str, dict[str, int]] = {}
    known = {contest.id: names_of(contest) for contest in manifest.contests}
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        if [cell.strip().lower() for cell in next(reader, [])] != ["contest", "option", "number"]:
            raise MalformedInput("the first row is to be contest,option,number", "row 1")
        for cells in reader:
            if not any(cells):
                continue
            where = f"row {reader.line_num}"
            if len(cells) != 3:
                raise MalformedInput(f"{len(cells)} cells, want contest,option,number", where)
            contest, option, number = (cell.strip() for cell in cells)
            if contest not in known:
                raise MalformedInput(f"no contest {contest[:60]!r}, want one of {', '.join(known)}", where)
            if option not in known[contest]:
                raise MalformedInput(f"no option {option[:60]!r}, want one of {', '.join(known[contest])}", where)
            if not (number.isascii() and number.isdecimal() and len(number) < 10):
                raise MalformedInput(f"{number[:20]!r} is no whole number", where)
            numbers = found.setdefault(contest, {})
            if option in numbers:
                raise MalformedInput(f"{contest}, {option}: counted twice", where)
            numbers[option] = int(number)
    except csv.Error as error:
        raise MalformedInput(f"no CSV: {error}", f"row {reader.line_num}") from None
    return dict(found)
