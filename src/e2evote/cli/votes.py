"""A voter's choices: asked for contest by contest, or read from a file that a program wrote.

They never come from the command's arguments, which every user of the machine and the shell's history see.
"""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from e2evote.ballot.choices import InvalidChoice, choose
from e2evote.cli.ending import Usage
from e2evote.cli.options import read_small
from e2evote.cli.terminal import note, question
from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import integer, object_
from e2evote.manifest.contests import Contest
from e2evote.manifest.model import Manifest, Style

Votes = Mapping[str, Mapping[str, int]]
"""By contest and option, the number of votes; the blank vote is the option ""."""

LARGEST = 2**20
_PART = re.compile(r"(?:([1-9][0-9]{0,3})x)?([1-9][0-9]{0,3}|b)")


def style_named(manifest: Manifest, id: str) -> Style:
    """The ballot style of that id, or the only one."""
    style = manifest.style(id) if id else manifest.styles[0]
    if style is None or (not id and len(manifest.styles) > 1):
        raise Usage(f"--style: want one of {', '.join(style.id for style in manifest.styles)}")
    return style


def read_votes(path: Path, manifest: Manifest, style: Style) -> Votes:
    """Votes from a JSON file, `-` for standard input, within the manifest's limits.

    {"mayor": {"ada": 1}, "rules": {"": 1}}
    """
    data = sys.stdin.buffer.read(LARGEST + 1) if str(path) == "-" else read_small(path, LARGEST)
    if len(data) > LARGEST:
        raise Usage(f"{path}: more than {LARGEST} bytes")
    try:
        votes = _votes(_loaded(data), style)
    except MalformedInput as error:
        raise error.inside(str(path)) from None
    choose(manifest, style.id, votes)
    return votes


def _votes(value: JSON, style: Style) -> Votes:
    votes = {}
    for contest, row in object_(value, "", (), style.contests).items():
        options = row if isinstance(row, dict) else object_(row, contest, ())
        votes[contest] = {option: integer(number, f"{contest}.{option}") for option, number in options.items()}
    return votes


def _loaded(data: bytes) -> JSON:
    """The value of any JSON, with spaces and in any order, but no name twice and whole numbers only."""

    def unique(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise ValueError("a name occurs twice in one object")
        return members

    try:
        value: JSON = json.loads(data, object_pairs_hook=unique, parse_constant=_refuse, parse_float=_refuse)
    except RecursionError:
        raise MalformedInput("no JSON: nested too deeply") from None
    except ValueError as error:
        raise MalformedInput(f"no JSON: {error}") from None
    return value


def _refuse(text: str) -> JSON:
    raise ValueError(f"{text[:20]} is no whole number")


def asked_votes(manifest: Manifest, style: Style) -> Votes:
    """Every contest of the style, one after the other, each until the answer keeps its limits."""
    votes: dict[str, Mapping[str, int]] = {}
    for contest in manifest.contests_of(style):
        show_contest(contest)
        while True:
            answer = question("Your choice:")
            try:
                row = parsed(answer, contest)
                choose(manifest, style.id, {contest.id: row})
            except (InvalidChoice, Usage) as error:
                note(f"{error}. Once more, please.")
                continue
            votes[contest.id] = row
            break
    return votes


def show_contest(contest: Contest) -> None:
    """The contest and its options by number, and how to answer."""
    note("")
    note(f"{contest.name.best('en')}: {contest.limit} vote{'s' if contest.limit > 1 else ''} at most")
    for number, option in enumerate(contest.options, 1):
        most = f" (up to {option.limit} votes)" if option.limit > 1 else ""
        note(f"  {number:>3}  {option.name.best('en')}{most}")
    ways = ["numbers with spaces between them", "nothing for no vote"]
    if any(option.limit > 1 for option in contest.options):
        ways.insert(1, "2x5 for two votes for number 5")
    if contest.counts_blank:
        ways.append("b for a blank vote")
    note(f"  Answer with {', '.join(ways)}.")


def parsed(answer: str, contest: Contest) -> dict[str, int]:
    """`1 3`, `2x5`, `b` or nothing as votes for options."""
    row: dict[str, int] = {}
    for word in answer.split():
        match = _PART.fullmatch(word)
        if match is None:
            raise Usage(f"{word[:20]!r} is no choice")
        times, what = int(match[1] or 1), match[2]
        if what != "b" and int(what) > len(contest.options):
            raise Usage(f"there is no number {what}, the last is {len(contest.options)}")
        option = "" if what == "b" else contest.options[int(what) - 1].id
        if option in row:
            raise Usage(f"{word!r}: chosen twice")
        row[option] = times
    return row
