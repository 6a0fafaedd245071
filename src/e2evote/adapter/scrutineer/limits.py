"""What the record excludes, what it does not, and what it does not show: the sentences of the scrutineer's page.

They are bound to the facts. Where the verifier's verdict is not a good one, nothing is excluded; where there is no
roll, or one party has all codes of a line, the page says what follows.
"""

from e2evote.adapter.scrutineer.markup import Markup, bullets, element, join, paragraph, section
from e2evote.record.report_facts import ReportFacts
from e2evote.verify.checks import CLAIMS

GOOD = ("accepted", "consistent")
TEST_GROUP = "a selection in a group for tests, which keeps nothing secret, and of which no record is ever accepted"
NO_EVIDENCE = "A difference between channels is not evidence of fraud."
ONE_PARTY = "One party can vote for a member."
NO_ONE_PARTY = "No one party can vote for a member."


def what_a_difference_shows(facts: ReportFacts) -> Markup:
    """The sentences about differences between channels, and the two lists of explanations."""
    return join(
        element("h3", "What a difference between channels shows", id="differences"),
        paragraph(element("strong", NO_EVIDENCE)),
        paragraph(
            "Members choose how they vote. Those who vote online are not those who vote by post or in person: they may "
            "differ in age, in where they live, in when they vote, in which campaign has reached them. This "
            "self-selection can explain differences of any size."
        ),
        paragraph(
            "The counts are complete, and no sample. An interval says how far apart shares of so many ballots may lie "
            "by chance alone. One that leaves out 0 makes it likely that the groups differ, and never says why."
        ),
        element(
            "div",
            element("div", element("h4", "Explanations that the record excludes"), *_excluded(facts)),
            element("div", element("h4", "Explanations that it does not exclude"), bullets(_open_explanations(facts))),
            class_="two",
        ),
    )


def _excluded(facts: ReportFacts) -> list[Markup]:
    if facts.verdict not in GOOD:
        return [
            paragraph(
                element("strong", "None."),
                f" The verifier's verdict is {facts.verdict}, so that this record excludes nothing.",
            )
        ]
    adding = (
        "adding online ballots: each one that counts is signed with every active code of its line on the frozen roll, "
        "and no line has more than one"
        if facts.has_roll
        else None
    )
    given = [
        "counting: the totals online are those of the ballots on the log, and the proof can be run again by anybody",
        adding,
        "deleting online ballots: each one on the log counts, is followed by a later one of its line, or is taken out "
        "by a signed entry; and whoever has a receipt can prove that theirs is missing",
        "changing online ballots: each is bound to its proofs and signatures",
    ]
    announced = [] if facts.verdict == "accepted" else [paragraph("If this is the record that was announced:")]
    return [*announced, bullets([one for one in given if one])]


def _open_explanations(facts: ReportFacts) -> list[str]:
    given = [
        "members who differ, as said above",
        "the roll before it was frozen: invented members, or contacts that were changed upstream",
        "delivery: codes or papers that were intercepted, bought, given away or never arrived",
        "devices: a program on a member's own machine that changes a vote before it is sealed",
        "coercion: members who were watched or paid, in any channel",
        "ballots that the server turned away before giving a receipt",
    ]
    if not facts.has_roll:
        given.insert(1, "added ballots: there is no roll, and anybody could make as many keys as they liked")
    elif facts.one_party_suffices:
        given.insert(1, "one party that has all codes of a line, and voted for members who did not")
    else:
        given.insert(1, "registrars who have acted together, and voted for members who did not")
    if len(facts.channels) > 1:
        given.append(
            "voting on paper: the record shows which tellers signed marks and totals, not what went on at the table"
        )
    return given


def may_one_party_vote(facts: ReportFacts) -> Markup:
    """The sentence about registrars and their contacts, whichever it is."""
    if not facts.has_roll:
        return paragraph(
            element("strong", "Anybody could make a key."),
            " This selection claims nothing about who may vote.",
            class_="note",
        )
    if facts.one_party_suffices:
        return paragraph(
            element("strong", ONE_PARTY),
            " There are fewer than two registrars, or all codes went by one kind of contact. Whoever has that "
            "registrar's codes, or reads that contact, can cast a ballot for a member who does not vote.",
            class_="note",
        )
    return paragraph(
        element("strong", NO_ONE_PARTY),
        " A ballot needs a code from each registrar, and they did not all go by the same kind of contact. This holds "
        "as long as registrars do not act together, and nobody else has copied all codes of a member: copies can't be "
        "seen.",
        class_="note",
    )


def not_claimed(facts: ReportFacts) -> list[tuple[str, str]]:
    """What the manifest does not claim, and what the record therefore does not show."""
    return [
        (claim, f" The record does not show {CLAIMS[claim]}." if claim in CLAIMS else "") for claim in facts.not_claimed
    ]


def not_shown(facts: ReportFacts) -> Markup:
    """The honest limits."""
    needed = f"{facts.trustees_needed} trustees together" if facts.trustees_needed > 1 else "One trustee alone"
    given = [
        "That members are real. The roll is an input: the record shows that the roll used is the one that was frozen."
        if facts.has_roll
        else "That voters are members, or have voted once. There is no roll.",
        "That nobody was coerced or paid. Whoever watches a member vote knows the vote.",
        "That members' devices were honest. Challenges find a device that cheats only if members challenge before they "
        "cast, and check on another machine.",
        f"That votes stay secret from trustees. {needed} can read every ballot, and nobody would notice.",
        "That keys are in independent hands. Organisations are shown as they were declared.",
        "Why groups of voters differ.",
        "That nobody was kept from voting. Refusing to answer a member leaves no trace but the member's complaint.",
        "That votes stay secret for ever. Secrecy rests on computations that are out of reach today.",
    ]
    if facts.verdict == "consistent":
        given.insert(
            0,
            "That this is the selection that was announced, unless somebody has compared the base hash, and the log's "
            "key, with what was published elsewhere.",
        )
    return section("limits", "What this report does not show", bullets(given))
