"""The scrutineer's report as one page: from facts and words to HTML, and nothing else (docs/spec.md, section 15).

The page is one file that fetches nothing and runs nothing. The same facts and words give the same bytes, so that the
hash which the scrutineer signs is that of a page anybody can make again.
"""

from e2evote.adapter.scrutineer.limits import GOOD, TEST_GROUP, not_claimed, not_shown
from e2evote.adapter.scrutineer.markup import Markup, element, join, name, paragraph, paragraphs, section
from e2evote.adapter.scrutineer.people import access, audit, checks_by_people, incidents, parties, verification
from e2evote.adapter.scrutineer.results import results
from e2evote.adapter.scrutineer.style import style_sheet
from e2evote.adapter.scrutineer.voters import codes, lines, papers, roll
from e2evote.adapter.scrutineer.wording import CHANNELS, moment, number, share
from e2evote.record.report_facts import ReportFacts, ReportWords

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_CONTENTS = (
    ("summary", "Summary"),
    ("statement", "The scrutineer's statement"),
    ("papers", "Voting papers"),
    ("results", "Results"),
    ("lines", "Turnout and reconciliation"),
    ("roll", "Roll"),
    ("codes", "Voting codes"),
    ("parties", "Who held keys"),
    ("checked", "Checks by people"),
    ("audit", "Turnout audit"),
    ("access", "Names that were opened"),
    ("incidents", "Incidents and pauses"),
    ("limits", "What this report does not show"),
    ("verification", "Verification"),
)
ALARM = "This record is rejected. Checks of it failed, and what follows is not proved."
_VERDICTS = {
    "accepted": "every check of the record passed, and it is the record that was announced",
    "consistent": "every check of the record passed, but nothing from outside was compared with it",
    "incomplete": "no check failed, but something is missing; nothing is proved yet",
    "malformed": "the record cannot be read; nothing is proved",
    "rejected": "a check failed; the results below are what the record says, and are not proved",
}


def page(facts: ReportFacts, words: ReportWords, author: str) -> bytes:
    """The page. author: id of the scrutineer, or empty where nobody has signed yet."""
    title = f"Scrutineer's report: {facts.election_name}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup(style_sheet())),
    )
    body = element(
        "body",
        element("a", "Skip to the report", href="#report", class_="skip"),
        _header(facts, author),
        _contents(),
        element(
            "main",
            _summary(facts),
            _statement(facts, words, author),
            papers(facts),
            results(facts),
            lines(facts),
            roll(facts),
            codes(facts),
            parties(facts),
            checks_by_people(facts),
            audit(facts),
            access(facts),
            incidents(facts),
            not_shown(facts),
            verification(facts),
            id="report",
        ),
        _footer(),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n".encode()


def _header(facts: ReportFacts, author: str) -> Markup:
    return element(
        "header",
        paragraph("Scrutineer's report", class_="kicker"),
        element("h1", name(facts.election_name)),
        paragraph(ALARM, class_="alarm") if facts.verdict == "rejected" else "",
        element(
            "dl",
            *_fact("Selection", element("code", facts.election_id)),
            *_fact("Scrutineer", _author(facts, author)),
            *_fact(
                "Voting",
                _voting(facts),
            ),
            *_fact("Base hash", element("span", facts.base_hash, class_="hash")),
            *_fact("Log", join(f"{number(facts.size)} entries, root ", element("span", facts.root, class_="hash"))),
            class_="facts",
        ),
    )


def _voting(facts: ReportFacts) -> str:
    put_off = " (put off)" if facts.extensions else ""
    return f"from {moment(facts.opens)} to {moment(facts.closes)}{put_off}"


def _fact(term: str, given: object) -> tuple[Markup, Markup]:
    return element("dt", term), element("dd", given)


def _author(facts: ReportFacts, author: str) -> Markup:
    if not author:
        return join("not signed yet")
    party = facts.party(author)
    return join(name(party.organisation), " (", element("code", author), ")") if party else element("code", author)


def _contents() -> Markup:
    entries = (element("li", element("a", heading, href=f"#{id}")) for id, heading in _CONTENTS)
    return element("nav", element("h2", "Contents", id="contents"), element("ol", *entries), aria_labelledby="contents")


def _summary(facts: ReportFacts) -> Markup:
    good = facts.verdict in GOOD
    said = TEST_GROUP if facts.test_group and good else _VERDICTS[facts.verdict]
    verdict = element(
        "div",
        paragraph(element("strong", f"{facts.verdict.capitalize()}: "), f"{said}."),
        *(paragraph(element("strong", f"Not claimed: {one}."), what) for one, what in not_claimed(facts)),
        class_="verdict" if good and not facts.test_group else "verdict bad",
    )
    could = facts.lines.total - facts.lines.removed
    voted = sum(channel.lines for channel in facts.channels)
    boxes = [("On the roll", number(could), "members")] if facts.has_roll else []
    boxes.append(("Voted", number(voted), f"{share(voted, could)} of these" if facts.has_roll else ""))
    boxes += [
        (CHANNELS[channel.channel], number(channel.lines), f"{share(channel.lines, voted)} of voters" if voted else "")
        for channel in facts.channels
        if len(facts.channels) > 1
    ]
    figures = (element("li", what, element("strong", count), note) for what, count, note in boxes)
    return section("summary", "Summary", verdict, element("ul", *figures, class_="figures"), _outcome(facts))


def _outcome(facts: ReportFacts) -> Markup:
    """Who is elected, in a line for each contest."""
    told = []
    for contest in facts.contests:
        names = {option.option: option.name for option in contest.options}
        elected = [join(", " if i else "", name(names.get(one, one))) for i, one in enumerate(contest.elected)]
        if contest.withheld:
            said = join("withheld: too few ballots")
        elif contest.elected:
            said = join("elected ", element("strong", *elected), "; others are tied" if contest.tied else "")
        else:
            said = join("a tie, which is not resolved" if contest.tied else "nobody is elected")
        told.append(element("li", name(contest.name), ": ", said))
    return element("ul", *told)


def _statement(facts: ReportFacts, words: ReportWords, author: str) -> Markup:
    """What the scrutineer says in their own words."""
    inspected = "The register was inspected." if words.inspected else "The register was not inspected."
    nothing = paragraph("Nothing is said.")
    return section(
        "statement",
        "The scrutineer's statement",
        paragraph(
            "These are the words of ", _author(facts, author), ". All else in this report is worked out from the log."
        ),
        element(
            "div",
            element("h3", "Inspection of the register"),
            paragraph(element("strong", inspected)),
            paragraphs(words.why),
            element("h3", "Whether arrangements kept unfairness and malpractice down"),
            paragraphs(words.opinion) or nothing,
            element("h3", "Complaints"),
            paragraphs(words.complaints) or nothing,
            class_="words",
        ),
    )


def _footer() -> Markup:
    return element(
        "footer",
        paragraph(
            "The numbers on this page follow from the log, and anybody can work them out again: ",
            element("code", "e2evote verify RECORD --expect ANCHORS"),
            " verifies the record, ",
            element("code", "e2evote report RECORD"),
            " makes the facts. The scrutineer's entry on the log has the SHA-256 of this page.",
        ),
    )
