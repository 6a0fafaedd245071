"""People in the scrutineer's page: who held keys, who checked, who was shown names, what went wrong (spec 14, 15)."""

from fractions import Fraction

from e2evote.adapter.scrutineer.markup import Markup, bullets, element, join, name, paragraph, section, table
from e2evote.adapter.scrutineer.wording import INCIDENTS, ROLES, counted, number, reason
from e2evote.record.report_facts import ReportFacts
from e2evote.record.sample import impersonated, power_shown, size_for

SHARES = (Fraction(1, 100), Fraction(1, 50), Fraction(1, 20), Fraction(1, 10))
"""Shares of false lines for which the sample's power is shown."""

_POWER = Fraction(95, 100)


def parties(facts: ReportFacts) -> Markup:
    """Keys and organisations as they were declared."""
    said = []
    for role, (one, many) in ROLES.items():
        given = facts.parties_of(role)
        if not given:
            continue
        organisations = dict.fromkeys(party.organisation for party in given)
        needed = f", {facts.trustees_needed} needed to decrypt" if role == "trustee" else ""
        listed = [join("; " if i else "", name(each)) for i, each in enumerate(organisations)]
        who = element("strong", f"{one if len(given) == 1 else many}:")
        said.append(join(who, f" keys: {len(given)}{needed}, organisations as declared: ", *listed, "."))
    rows = [
        [element("code", p.party), ROLES.get(p.role, (p.role, p.role))[0], name(p.organisation), number(p.signed)]
        for p in facts.parties
    ]
    return section(
        "parties",
        "Who held keys",
        bullets(said),
        paragraph(
            "Organisations are shown as they were declared before voting began. Whether they are independent of each "
            "other is a fact about people, which no software can see.",
            class_="note",
        ),
        table(
            "Parties, and how often each has signed (witnesses: the head of this record)",
            ["Party", "Role", "Organisation as declared", "Signatures"],
            rows,
            numbers=(3,),
        ),
    )


def checks_by_people(facts: ReportFacts) -> Markup:
    """Challenges published, and what named checkers have signed."""
    published = counted(facts.challenges, "challenge was", "challenges were")
    parts = [
        paragraph(
            f"{published} published. This is the server's figure: it is no evidence that anybody checked "
            "independently. What people have checked is in their own signed statements."
        )
    ]
    if not facts.checked:
        parts.append(paragraph("Nobody has signed a statement of what they checked."))
    else:
        rows = [
            [_party(facts, c.party), *map(number, (c.challenges, c.receipts, c.size)), c.verdict, number(c.index)]
            for c in facts.checked
        ]
        columns = ["Checker", "Challenges", "Receipts", "Entries verified", "Verdict", "Entry"]
        parts.append(table("Signed statements of named checkers", columns, rows, numbers=(1, 2, 3, 5)))
    return section("checked", "Checks by people", *parts)


def audit(facts: ReportFacts) -> Markup:
    """The sample of the turnout audit and what it can find."""
    if not facts.samples:
        return section("audit", "Turnout audit", paragraph("No sample was drawn."))
    (sample,) = facts.samples
    if not sample.voters:
        return section("audit", "Turnout audit", paragraph("No line voted online, so that there is nobody to ask."))
    rows = []
    for given in SHARES:
        false = impersonated(given, sample.voters)
        power = power_shown(sample.voters, false, sample.size)
        shown = f"{power // 100}.{power % 100 // 10} %"
        rows.append([f"{given * 100} %", number(false), shown, number(size_for(_POWER, given, sample.voters))])
    return section(
        "audit",
        "Turnout audit",
        paragraph(
            "Digits drawn in public after the close, ",
            element("code", sample.digits),
            f" (entry {number(sample.index)}), have chosen {number(sample.size)} of the "
            f"{counted(sample.voters, 'line', 'lines')} that voted online. Their members are asked, by another way "
            "than that of the codes, whether they voted and how often. Anybody can draw the sample again from the seed "
            "",
            element("code", sample.seed),
            ".",
        ),
        table(
            "Chance that the sample has at least one line that its member did not vote with",
            ["Share of such lines, at least", "Lines", "Chance, rounded down", "Sample for 95 %"],
            rows,
            numbers=(1, 2, 3),
        ),
        paragraph(
            "The chance is exact, and counts on every member asked giving a true answer. Those who do not answer, who "
            "have given or sold their code, or who shield somebody, are not found. The answers are not on the log; "
            "what they were is for the scrutineer to say."
        ),
    )


def access(facts: ReportFacts) -> Markup:
    """Who was shown names."""
    unseen = paragraph("An opening that nobody has entered is not here.")
    if not facts.access:
        none = paragraph("No opening of the roll or the register is on the log.")
        return section("access", "Names that were opened", none, unseen)
    what = {"register": "names of those who voted", "roll": "the whole roll"}
    rows = [
        [number(a.index), what[a.of], _party(facts, a.reader), _party(facts, a.holder), reason(a.purpose)]
        for a in facts.access
    ]
    columns = ["Entry", "What", "Opened to", "Opened by", "Purpose"]
    return section(
        "access", "Names that were opened", table("Openings of the roll and the register", columns, rows), unseen
    )


def incidents(facts: ReportFacts) -> Markup:
    """What went wrong, or is said to have, and when voting stood still."""
    parts: list[Markup] = []
    if facts.extensions:
        put_off = "once" if facts.extensions == 1 else f"{number(facts.extensions)} times"
        parts.append(paragraph(f"The closing date was put off {put_off}, by an entry before it was past."))
    if facts.incidents:
        rows = [
            [
                number(i.number),
                INCIDENTS.get(i.code, i.code),
                _party(facts, i.party),
                number(i.lines),
                number(i.index),
                element("span", i.document or "–", class_="hash"),
            ]
            for i in facts.incidents
        ]
        columns = ["Number", "What", "Entered by", "Lines named", "Entry", "SHA-256 of the document"]
        parts.append(table("Incidents", columns, rows, numbers=(3, 4)))
    else:
        parts.append(paragraph("No incident was entered."))
    if facts.pauses:
        rows = [
            [
                number(p.index),
                reason(p.reason),
                number(p.resumed) if p.resumed else "not resumed",
                reason(p.resumed_reason) if p.resumed else "–",
            ]
            for p in facts.pauses
        ]
        columns = ["Paused at entry", "Reason", "Resumed at entry", "Reason given then"]
        parts.append(table("Pauses of voting online", columns, rows))
    else:
        parts.append(paragraph("Voting online was not paused."))
    return section("incidents", "Incidents and pauses", *parts)


def verification(facts: ReportFacts) -> Markup:
    """Every check of the verifier, those that did not pass first in words."""
    rows = [[element("code", c.check), _status(c.status), number(c.examined), number(c.failed)] for c in facts.checks]
    wrong = [c.check for c in facts.checks if c.status not in ("pass", "not asked")]
    said = (
        f"{counted(len(wrong), 'check', 'checks')} did not pass: {', '.join(wrong)}."
        if wrong
        else "No check failed, and none that was asked for was left out."
    )
    passed = sum(c.status == "pass" for c in facts.checks)
    return section(
        "verification",
        "Verification",
        paragraph(f"{number(passed)} of {counted(len(facts.checks), 'check', 'checks')} passed. {said}"),
        table("The verifier's checks", ["Check", "Result", "Examined", "Failed"], rows, numbers=(2, 3), class_="dense"),
    )


def _status(status: str) -> Markup:
    return join(status) if status in ("pass", "not asked") else element("strong", status, class_="bad")


def _party(facts: ReportFacts, id: str) -> Markup:
    """The organisation, where the party is known, and the id."""
    party = facts.party(id)
    return join(name(party.organisation), " (", element("code", id), ")") if party else element("code", id)
