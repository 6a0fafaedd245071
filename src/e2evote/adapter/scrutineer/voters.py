"""Who could vote, with which codes, and what became of every line: three parts of the scrutineer's page (spec 13-15).

Sums are worked out here again and stand beside what they must equal, so that a reader sees at once where they differ.
"""

from e2evote.adapter.scrutineer.limits import may_one_party_vote
from e2evote.adapter.scrutineer.markup import Markup, element, join, name, paragraph, section, table
from e2evote.adapter.scrutineer.turnout import turnout
from e2evote.adapter.scrutineer.wording import AMENDMENTS, CHANGES, CHANNELS, counted, moment, number, reason, share
from e2evote.record.report_facts import ReportFacts


def agreement(sum_: int, wanted: int, what: str) -> Markup:
    """`agrees with …`, or by how much not."""
    if sum_ == wanted:
        return join(f"Agrees with {what}.")
    return element("strong", f"Differs from {what} by {number(abs(sum_ - wanted))}.", class_="bad")


def papers(facts: ReportFacts) -> Markup:
    """Voting papers distributed, returned, valid and spoiled."""
    fields = ("distributed", "returned", "valid", "spoiled")
    rows = [[CHANNELS[c.channel], *(number(getattr(c, field)) for field in fields)] for c in facts.channels]
    total = [number(sum(getattr(c, field) for c in facts.channels)) for field in fields[1:]]
    said = (
        "Online, the voting paper of a member is a set of codes, and spoiled are ballots that do not count: those "
        "annulled, and those of members who then voted on paper."
        if facts.has_roll
        else "Online, voters made their own keys: nothing was distributed."
    )
    if len(facts.channels) > 1:
        said += (
            " On paper, one is distributed with each mark, which is made when a paper is handed out or its envelope "
            "opened; papers that were sent out and did not come back leave no mark."
        )
    columns = ["Channel", "Distributed", "Returned", "Valid", "Spoiled"]
    foot = [["All", "–", *total]] if len(facts.channels) > 1 else []
    caption = "Papers distributed, returned, valid and spoiled, by channel"
    shown = [table(caption, columns, rows, numbers=range(1, 5), foot=foot), paragraph(said)]
    if len(facts.channels) > 1:
        more = "Members may have been given papers of more than one channel; these are not added up. "
        prevails = "paper prevails" if facts.paper_prevails else "the ballot cast online prevails"
        shown.append(paragraph(f"{more}Where a member turned up in two channels, {prevails}; one is counted."))
    return section("papers", "Voting papers", *shown)


def lines(facts: ReportFacts) -> Markup:
    """Every line in exactly one row; and the curve of turnout."""
    given = facts.lines
    rows = [(f"Voted: {CHANNELS[channel.channel].lower()}", channel.lines) for channel in facts.channels]
    rows += [("Did not vote", given.not_voted)]
    if facts.has_roll:
        rows += [("Ballot annulled at the member's request", given.annulled), ("Removed from the roll", given.removed)]
    total = sum(count for _, count in rows)
    caption = "Lines of the roll, each in one row" if facts.has_roll else "Lines, each in one row"
    counts = table(
        caption,
        ["Line", "Number", "Share"],
        [[words, number(count), share(count, total)] for words, count in rows],
        numbers=(1, 2),
        foot=[["Sum", number(total), share(total, total)]],
    )
    what = f"the number of lines, {number(given.total)}"
    said = [agreement(total, given.total, what)]
    if given.superseded:
        were = counted(given.superseded, "line had cast a ballot", "lines had cast a ballot")
        said.append(join(f" {were} online before voting on paper; what they cast online does not count."))
    curve = turnout(facts) if facts.turnout else paragraph("There is no curve of turnout.")
    return section("lines", "Turnout and reconciliation", counts, paragraph(*said), curve)


def roll(facts: ReportFacts) -> Markup:
    """The roll as it was frozen, and what was changed afterwards."""
    if not facts.has_roll:
        return section("roll", "Roll", paragraph("There was no roll: anybody could make a key, and vote."))
    as_at, at_freeze = moment(facts.as_at), counted(facts.lines.at_freeze, "line", "lines")
    frozen = f"The roll was drawn up as at {as_at}, and frozen with {at_freeze}"
    said = paragraph(frozen, f"; it has {number(facts.lines.total)} with those added later.")
    if not facts.amendments:
        return section("roll", "Roll", said, paragraph("It was not changed after the freeze."))
    kinds = {kind: sum(a.number for a in facts.amendments if a.kind == kind) for kind in AMENDMENTS}
    rows = [
        [AMENDMENTS[a.kind], reason(a.reason), join(*_ids(a.approvers)), number(a.number)] for a in facts.amendments
    ]
    changes = table(
        "Changes of the roll after the freeze",
        ["Change", "Reason", "Signed by", "Number"],
        rows,
        numbers=(3,),
        foot=[[AMENDMENTS[kind] + ", in all", "", "", number(count)] for kind, count in kinds.items() if count],
    )
    return section("roll", "Roll", said, changes)


def codes(facts: ReportFacts) -> Markup:
    """Every code accounted for, and every one that was made besides."""
    if not facts.has_roll:
        return section("codes", "Voting codes", may_one_party_vote(facts))
    rows: list[list[object]] = []
    for r in facts.registrars:
        party = facts.party(r.party)
        registrar = (
            join(name(party.organisation), " (", element("code", r.party), ")") if party else element("code", r.party)
        )
        counts = map(number, (r.issued, r.used, r.unused, r.revoked))
        fits = agreement(r.used + r.unused + r.revoked, r.issued, "issued")
        rows.append([registrar, r.contact, *counts, fits])
    columns = ["Registrar", "Sent by", "Issued", "Used", "Unused", "Revoked", "Used + unused + revoked"]
    keys = facts.keys
    more = counted(keys.lines_with_more, "line has", "lines have")
    return section(
        "codes",
        "Voting codes",
        may_one_party_vote(facts),
        table("Codes by registrar", columns, rows, numbers=range(2, 6)),
        paragraph(
            f"{counted(keys.ever, 'code was', 'codes were')} ever valid, those of all registrars together. {more} had "
            f"more than one from the same registrar, one after the other; {number(keys.of_these_voted)} of these voted "
            "online. At no moment did a line have two valid codes of one registrar: the verifier checks this entry by "
            "entry."
            if facts.verdict in ("accepted", "consistent")
            else f"{counted(keys.ever, 'code was', 'codes were')} ever valid. {more} had more than one from the same "
            f"registrar; {number(keys.of_these_voted)} of these voted online."
        ),
        _changes(facts),
        paragraph("Copies of a code can't be seen. Members' own checks and the turnout audit act against them."),
    )


def _changes(facts: ReportFacts) -> Markup:
    if not facts.key_changes:
        return paragraph("No code was re-issued or revoked.")
    rows = [
        [CHANGES[c.kind], reason(c.reason), join(*_ids(c.approvers)), number(c.number), number(c.voted)]
        for c in facts.key_changes
    ]
    columns = ["What", "Reason", "Signed by", "Number", "Of these lines voted"]
    total = [sum(getattr(c, field) for c in facts.key_changes) for field in ("number", "voted")]
    foot = [["All", "", "", *map(number, total)]]
    return table("Codes re-issued and revoked, by reason and approvers", columns, rows, numbers=(3, 4), foot=foot)


def _ids(approvers: tuple[str, ...]) -> list[object]:
    return [join(", " if i else "", element("code", approver)) for i, approver in enumerate(approvers)]
