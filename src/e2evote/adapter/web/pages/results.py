"""Numbers of the log as people read them: votes of each option, who is elected, where every line went."""

from collections.abc import Callable
from typing import TypeVar

from e2evote.adapter.election import Election
from e2evote.adapter.web.pages.facts import every_page, phase_key
from e2evote.adapter.web.pages.render import Visit
from e2evote.adapter.web.pages.words import Named
from e2evote.errors import Refused
from e2evote.manifest.contests import Contest
from e2evote.record.outcome import WITHHELD, ContestOutcome, Outcome
from e2evote.record.reconciliation import Reconciliation

T = TypeVar("T")


def result_page(election: Election, visit: Visit) -> dict[str, object]:
    """The outcome and the reconciliation, as far as there are any."""
    outcome = _unless(election.outcome, "no-outcome")
    stated = _unless(election.reconciliation, "not-stated")
    return every_page(election, visit, "result") | {
        "all_lines": stated.lines if stated else 0,
        "contests": _contests(election, outcome, visit) if outcome else [],
        "floor": election.manifest.floor.minimum,
        "lines": _lines(stated, visit) if stated else [],
        "phase": phase_key(election.status()),
        "registrars": stated.registrars if stated else (),
    }


def _unless(call: Callable[[], T], code: str) -> T | None:
    try:
        return call()
    except Refused as refused:
        if refused.code != code:
            raise
        return None


def _contests(election: Election, outcome: Outcome, visit: Visit) -> list[dict[str, object]]:
    return [
        _contest(contest, own, outcome, visit)
        for contest, own in zip(election.manifest.contests, outcome.contests, strict=True)
    ]


def _contest(contest: Contest, own: ContestOutcome, outcome: Outcome, visit: Visit) -> dict[str, object]:
    names = {option.id: visit.words.named(option.name) for option in contest.options}
    parts = [part for id, part in outcome.parts() if id == contest.id]
    votes = {cell.cell: cell.votes for cell in outcome.cells}
    options = []
    for item in contest.items() if own.status != WITHHELD else ():
        given = [votes[contest.id, part, item.option] for part in parts]
        name = names.get(item.option, Named(visit.words.language, visit.words("site", "blank")))
        standing = (
            "elected" if item.option in own.standing.elected else "tied" if item.option in own.standing.tied else ""
        )
        options.append(
            {"name": name, "parts": given if len(parts) > 1 else [], "standing": standing, "votes": sum(given)}
        )
    return {
        "ballots": own.ballots,
        "name": visit.words.named(contest.name),
        "options": options,
        "parts": [_part(part, visit) for part in parts] if len(parts) > 1 else [],
        "tied": ", ".join(names[option].words for option in own.standing.tied),
        "undervotes": own.undervotes,
        "vacant": own.standing.vacant,
        "withheld": own.status == WITHHELD,
    }


def _part(name: str, visit: Visit) -> str:
    """The channels that were opened as one."""
    return " + ".join(visit.words("channel", channel) for channel in name.split("+"))


def _lines(stated: Reconciliation, visit: Visit) -> list[dict[str, object]]:
    words = visit.words
    voted: list[dict[str, object]] = [
        {"what": words("result", "voted", channel=words("channel", channel)), "lines": lines}
        for channel, lines in stated.channels.items()
    ]
    return [*voted, *({"what": words("result", status), "lines": lines} for status, lines in stated.none.items())]
