"""The published result and its reconciliation, as tables for the result page."""

from dataclasses import dataclass

from .adapter_client import Adapter, Json
from .phase import said

CHANNELS = {"online": "Online", "in_person": "In person", "postal": "By post"}
NOT_VOTED = {"annulled": "Ballot annulled", "not-voted": "Did not vote", "removed": "Taken off the roll"}


@dataclass(frozen=True, slots=True)
class ContestTable:
    """One contest. rows: option and votes. A withheld one had too few ballots to be opened."""

    name: str
    elected: tuple[str, ...]
    tied: tuple[str, ...]
    rows: tuple[tuple[str, int], ...]
    ballots: int
    withheld: bool


@dataclass(frozen=True, slots=True)
class Tables:
    contests: tuple[ContestTable, ...]
    lines: int
    ways: tuple[tuple[str, int], ...]


def result_tables(adapter: Adapter, manifest: Json, language: str) -> Tables:
    result, reconciliation = adapter.result(), adapter.reconciliation()
    by_id = {one["id"]: one for one in manifest["contests"]}
    ways = [(CHANNELS.get(one["channel"], one["channel"]), one["lines"]) for one in reconciliation["channels"]]
    ways += [(NOT_VOTED.get(one["status"], one["status"]), one["lines"]) for one in reconciliation["none"]]
    contests = tuple(_contest(one, result["cells"], by_id[one["contest"]], language) for one in result["contests"])
    return Tables(contests, reconciliation["lines"], tuple(ways))


def _contest(outcome: Json, cells: list[Json], contest: Json, language: str) -> ContestTable:
    names = {one["id"]: said(one["name"], language) for one in contest["options"]} | {"": "Blank"}
    votes: dict[str, int] = {}
    for cell in cells:
        if cell["contest"] == contest["id"]:
            votes[cell["option"]] = votes.get(cell["option"], 0) + cell["votes"]
    return ContestTable(
        name=said(contest["name"], language),
        elected=tuple(names[one] for one in outcome["elected"]),
        tied=tuple(names[one] for one in outcome["tied"]),
        rows=tuple((names[option], number) for option, number in votes.items()),
        ballots=outcome["ballots"],
        withheld=outcome["status"] == "withheld",
    )
