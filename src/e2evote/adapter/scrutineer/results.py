"""The results in the scrutineer's page: each contest by channel and in all, with what differences show (spec 14.3, 15).

A channel's number that is below the floor is `withheld`; the facts do not have it, nor anything from which it follows.
"""

from e2evote.adapter.scrutineer.limits import what_a_difference_shows
from e2evote.adapter.scrutineer.markup import Markup, element, join, name, paragraph, section, table
from e2evote.adapter.scrutineer.plots import (
    difference_of,
    differences,
    interval_of,
    shown_pairs,
    shown_parts,
    votes_by_channel,
)
from e2evote.adapter.scrutineer.wording import (
    CHANNELS,
    WITHHELD,
    counted,
    listed,
    number,
    part_name,
    points,
    share,
    span,
    span_of_points,
)
from e2evote.record.intervals import FEW
from e2evote.record.report_facts import ReportFacts
from e2evote.record.report_results import ContestChannel, ContestFacts, PartVotes

_WITHHELD = element("span", WITHHELD, class_="withheld")


def results(facts: ReportFacts) -> Markup:
    """All contests, then once what can be concluded from a difference between channels."""
    parts = [_contest(facts, contest, f"contest-{i}") for i, contest in enumerate(facts.contests, start=1)]
    compared = any(has_shares(facts, contest) and shown_pairs(contest) for contest in facts.contests)
    return section("results", "Results", _floor(facts), *parts, what_a_difference_shows(facts) if compared else "")


def has_shares(facts: ReportFacts, contest: ContestFacts) -> bool:
    """Whether votes are shares of ballots: every ballot counts once, and has at most one vote for an option."""
    return facts.weights == (1,) and all(option.limit == 1 for option in contest.options)


def _floor(facts: ReportFacts) -> Markup:
    if not facts.floor:
        return paragraph("The floor is 0: numbers are shown however few ballots they are over.")
    return paragraph(
        f"No number of votes is shown over fewer than {facts.floor} counted ballots. Where a channel has fewer, its "
        "votes are withheld: they were never decrypted by themselves, and do not follow from what is shown. A vote on "
        "which all agree cannot be hidden from anybody who knows who voted."
    )


def _contest(facts: ReportFacts, contest: ContestFacts, id: str) -> Markup:
    heading = element("h3", name(contest.name), id=id)
    if contest.withheld:
        why = (
            f" {counted(contest.ballots, 'ballot has', 'ballots have')} this contest, fewer than the floor of "
            f"{facts.floor}."
            if contest.ballots < facts.floor
            else " The ballots of a channel, or of a weight, are fewer than the floor."
        )
        return join(
            heading, paragraph(element("strong", "Withheld."), why, " Nothing was decrypted."), _papers(contest)
        )
    parts: list[object] = [heading, _standing(contest), _votes(facts, contest)]
    if facts.weights != (1,):
        parts.append(paragraph("Votes are weighted, so that they are no shares of ballots: there are no intervals."))
    elif not has_shares(facts, contest):
        parts.append(paragraph("A ballot may have several votes for one option: there are no intervals."))
    elif shown_parts(contest):
        parts.append(votes_by_channel(contest, f"{id}-votes"))
        if shown_pairs(contest):
            parts += [differences(contest, f"{id}-differences"), _differences(contest)]
    return join(*parts)


def _standing(contest: ContestFacts) -> Markup:
    names = {option.option: option.name for option in contest.options}

    def named(options: tuple[str, ...]) -> Markup:
        each = [element("strong", name(names.get(option, option))) for option in options]
        return join(*(join(", " if i else "", one) for i, one in enumerate(each)))

    said: list[object] = []
    if contest.elected:
        said.append(join("Elected: ", named(contest.elected), ". "))
    if contest.tied:
        said.append(join("Tied, which no rule of this selection resolves: ", named(contest.tied), ". "))
    if contest.vacant:
        said.append(f"{counted(contest.vacant, 'seat stays', 'seats stay')} empty. ")
    seats = counted(contest.seats, "seat", "seats")
    limit = counted(contest.limit, "vote", "votes")
    unused = (
        f"{counted(contest.undervotes, 'vote was', 'votes were')} not used." if contest.undervotes else "all were used."
    )
    return paragraph(*said, f"{seats}; {limit} a ballot; {unused}")


def _votes(facts: ReportFacts, contest: ContestFacts) -> Markup:
    """One column for each channel, for each group of channels that was counted together, and for all."""
    together = [part for part in contest.parts if len(part.channels) > 1]
    columns = [
        "Option",
        *(CHANNELS[channel.channel] for channel in contest.channels),
        *(part_name(part.channels) for part in together if len(part.channels) < len(contest.channels)),
        *(["All"] if len(contest.channels) > 1 else []),
    ]
    shares = has_shares(facts, contest)

    def cell(votes: int, ballots: int) -> object:
        return join(number(votes), " ", element("small", share(votes, ballots))) if shares else number(votes)

    def row(option: int) -> list[object]:
        cells: list[object] = [name(contest.options[option].name)]
        for channel in contest.channels:
            part = contest.part_of(channel.channel)
            cells.append(_WITHHELD if part is None else cell(part.votes[option], channel.ballots))
        for part in together:
            if len(part.channels) < len(contest.channels):
                cells.append(cell(part.votes[option], contest.ballots_of(part)))
        if len(contest.channels) > 1:
            cells.append(cell(contest.votes[option], contest.ballots))
        return cells

    counted_: list[object] = ["Ballots counted", *(number(channel.ballots) for channel in contest.channels)]
    spoiled: list[object] = ["Papers spoiled", *(_spoiled(channel) for channel in contest.channels)]
    for part in together:
        if len(part.channels) < len(contest.channels):
            counted_.append(number(contest.ballots_of(part)))
            spoiled.append(number(sum(c.spoiled for c in contest.channels if c.channel in part.channels)))
    if len(contest.channels) > 1:
        counted_.append(number(contest.ballots))
        spoiled.append(number(sum(channel.spoiled for channel in contest.channels)))
    return table(
        f"Votes: {contest.name}" + (", and their share of the ballots" if shares else ""),
        columns,
        [row(option) for option in range(len(contest.options))],
        numbers=range(1, len(columns)),
        foot=[counted_, spoiled] if len(contest.channels) > 1 else [counted_],
    )


def _papers(contest: ContestFacts) -> Markup:
    """Numbers of ballots alone."""
    rows = [[CHANNELS[channel.channel], number(channel.ballots), _spoiled(channel)] for channel in contest.channels]
    return table(f"Ballots: {contest.name}", ["Channel", "Counted", "Spoiled"], rows, numbers=(1, 2))


def _spoiled(channel: ContestChannel) -> str:
    """A ballot online can't be spoiled: its proofs show that it is valid."""
    return "–" if channel.channel == "online" else number(channel.spoiled)


def _differences(contest: ContestFacts) -> Markup:
    """Every share and every difference that is drawn, with its interval."""
    parts, pairs = shown_parts(contest), shown_pairs(contest)
    shares = table(
        f"Share of ballots: {contest.name}, with 95 % intervals",
        ["Option", *(part_name(part.channels) for part in parts)],
        [
            [name(option.name), *(_share(contest, part, i) for part in parts)]
            for i, option in enumerate(contest.options)
        ],
        numbers=range(1, 1 + len(parts)),
    )
    apart = table(
        f"Differences between channels: {contest.name}, in percentage points, with 95 % intervals",
        ["Option", *(f"{part_name(a.channels)} minus {part_name(b.channels).lower()}" for a, b in pairs)],
        [
            [name(option.name), *(_points(contest, pair, i) for pair in pairs)]
            for i, option in enumerate(contest.options)
        ],
        numbers=range(1, 1 + len(pairs)),
    )
    few = [part_name(part.channels) for part in parts if contest.ballots_of(part) < FEW]
    how = "Shares: Wilson's interval. Differences: Newcombe's (method 10)."
    if few:
        how += (
            f" {listed(few)}: fewer than {FEW} ballots, so that the intervals are exact (Clopper and Pearson's; of a "
            "difference, the ends of two such intervals at √0.95), and wider."
        )
    intervals = len(contest.options) * len(pairs)
    chance = (
        f" Of {intervals} such intervals up to about {max(intervals // 20, 1)} would leave out 0 by chance alone, were "
        "there no difference at all."
        if intervals >= 10
        else ""
    )
    return join(shares, apart, paragraph(how + chance, class_="note"))


def _share(contest: ContestFacts, part: PartVotes, option: int) -> Markup:
    interval = interval_of(contest, part, option)
    return join(share(part.votes[option], contest.ballots_of(part)), " ", element("small", span(interval)))


def _points(contest: ContestFacts, pair: tuple[PartVotes, PartVotes], option: int) -> Markup:
    (x1, n1), (x2, n2) = ((part.votes[option], contest.ballots_of(part)) for part in pair)
    interval = difference_of(contest, pair, option)
    return join(points(x1, n1, x2, n2), " ", element("small", span_of_points(interval)))
