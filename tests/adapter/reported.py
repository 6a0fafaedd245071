"""A made-up selection of 400 lines and three channels, as facts and words of a report; no record has them."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from e2evote.record.report_facts import (
    AccessFacts,
    CheckedFacts,
    CheckFacts,
    IncidentFacts,
    PartyFacts,
    PauseFacts,
    ReportFacts,
    ReportWords,
    SampleFacts,
    TurnoutPoint,
)
from e2evote.record.report_results import ContestChannel, ContestFacts, OptionFacts, PartVotes
from e2evote.record.report_voters import (
    Amendments,
    ChannelFacts,
    KeyChanges,
    KeyFacts,
    LineFacts,
    RegistrarFacts,
)
from e2evote.verify.checks import Check

OPENED, CLOSED, TURNED_OUT = 46, 349, 329


def channels(online: int, in_person: tuple[int, int], postal: tuple[int, int]) -> tuple[ContestChannel, ...]:
    return (
        ContestChannel(channel="online", ballots=online, spoiled=0),
        ContestChannel(channel="in_person", ballots=in_person[0], spoiled=in_person[1]),
        ContestChannel(channel="postal", ballots=postal[0], spoiled=postal[1]),
    )


def options(*names: str, blank: bool = False) -> tuple[OptionFacts, ...]:
    given = [OptionFacts(option=name.split()[-1].lower().replace("'", ""), name=name, limit=1) for name in names]
    return (*given, *([OptionFacts(option="", name="Blank vote", limit=1)] if blank else []))


CANDIDATE = ContestFacts(
    contest="candidate",
    name="Selection of the parliamentary candidate",
    seats=1,
    limit=1,
    options=options("Amina Rahman", "Brendan O'Neill", "Carys Price", "David Osei", blank=True),
    channels=channels(231, (33, 1), (60, 2)),
    parts=(
        PartVotes(channels=("online",), votes=(98, 71, 44, 14, 4)),
        PartVotes(channels=("in_person",), votes=(14, 9, 7, 2, 1)),
        PartVotes(channels=("postal",), votes=(16, 28, 10, 5, 1)),
    ),
    elected=("rahman",),
    tied=(),
    vacant=0,
    undervotes=0,
)
EXECUTIVE = ContestFacts(
    contest="executive",
    name="Executive of the northern branch",
    seats=2,
    limit=2,
    options=options("Eilidh Grant", "Farid Haddad", "Grace Nwosu"),
    channels=channels(102, (7, 0), (25, 1)),
    parts=(
        PartVotes(channels=("online",), votes=(71, 55, 60)),
        PartVotes(channels=("in_person", "postal"), votes=(20, 19, 17)),
    ),
    elected=("grant", "nwosu"),
    tied=(),
    vacant=0,
    undervotes=26,
)
YOUTH = ContestFacts(
    contest="youth",
    name="Youth officer",
    seats=1,
    limit=1,
    options=options("Hana Suzuki", "Ivor Bevan"),
    channels=channels(6, (1, 0), (1, 0)),
    parts=(),
    elected=(),
    tied=(),
    vacant=0,
    undervotes=0,
)

PARTIES = (
    ("returning-officer", "administrator", "Northfield Constituency Party", 9),
    ("board", "log", "Openballot Hosting Ltd", 1),
    ("registrar-a", "registrar", "Mailing House Brown & Sons", 8),
    ("registrar-b", "registrar", "Civic Text Service", 7),
    ("teller-rahman", "teller", "Friends of Amina Rahman", 61),
    ("teller-oneill", "teller", "O'Neill for Northfield", 58),
    ("teller-region", "teller", "Regional Office", 83),
    ("trustee-1", "trustee", "Northfield Constituency Party", 6),
    ("trustee-2", "trustee", "Regional Office", 6),
    ("trustee-3", "trustee", "Friends of Amina Rahman", 6),
    ("trustee-4", "trustee", "O'Neill for Northfield", 5),
    ("trustee-5", "trustee", "Electoral Services Cooperative", 5),
    ("witness-1", "witness", "Regional Office", 1),
    ("witness-2", "witness", "Campaign for Open Selections", 1),
    ("witness-3", "witness", "Electoral Services Cooperative", 1),
    ("scrutineer", "scrutineer", "Electoral Services Cooperative", 3),
    ("observer-price", "observer", "Carys Price Campaign", 2),
)


def turnout() -> tuple[TurnoutPoint, ...]:
    """Many at first, a pause, and many at the end."""
    points, lines = [], 0
    for step in range(101):
        index = OPENED + 3 * step
        lines += 0 if 150 <= index < 156 else 3 if step < 40 or step > 70 else 2
        points.append(TurnoutPoint(index=index, lines=lines))
    marks = range(1, TURNED_OUT - lines + 1)
    points += [TurnoutPoint(index=CLOSED + 8 + step, lines=lines + step) for step in marks]
    return tuple(points)


def facts(**changes: Any) -> ReportFacts:
    """The facts, with these fields changed."""
    given = ReportFacts(
        election_id="northfield-2026",
        election_name="Northfield: selection of candidate and officers, 2026",
        test_group=False,
        base_hash=sha256(b"base").hexdigest(),
        root=sha256(b"root").hexdigest(),
        size=431,
        opens="2026-10-05T08:00:00Z",
        closes="2026-10-19T20:00:00Z",
        extensions=1,
        opened_at=OPENED,
        closed_at=CLOSED,
        floor=10,
        weights=(1,),
        trustees_needed=3,
        not_claimed=(),
        has_roll=True,
        as_at="2026-09-01T00:00:00Z",
        one_party_suffices=False,
        paper_prevails=True,
        channels=(
            ChannelFacts(channel="online", distributed=397, returned=237, valid=231, spoiled=6, lines=231),
            ChannelFacts(channel="in_person", distributed=34, returned=34, valid=33, spoiled=1, lines=34),
            ChannelFacts(channel="postal", distributed=62, returned=62, valid=60, spoiled=2, lines=62),
        ),
        contests=(CANDIDATE, EXECUTIVE, YOUTH),
        lines=LineFacts(total=400, at_freeze=398, annulled=2, not_voted=68, removed=3, superseded=4),
        registrars=(
            RegistrarFacts(party="registrar-a", contact="post", issued=405, used=237, unused=160, revoked=8),
            RegistrarFacts(party="registrar-b", contact="sms", issued=404, used=238, unused=159, revoked=7),
        ),
        keys=KeyFacts(ever=809, lines_with_more=7, of_these_voted=6),
        key_changes=(
            KeyChanges(kind="reissue", reason="lost", approvers=("registrar-a", "teller-region"), number=3, voted=3),
            KeyChanges(
                kind="reissue", reason="not-received", approvers=("registrar-a", "teller-rahman"), number=2, voted=1
            ),
            KeyChanges(
                kind="reissue", reason="contact-changed", approvers=("registrar-b", "teller-oneill"), number=4, voted=3
            ),
            KeyChanges(
                kind="revoke", reason="requested", approvers=("registrar-b", "teller-region"), number=1, voted=0
            ),
        ),
        amendments=(
            Amendments(kind="add", reason="appeal", approvers=("returning-officer", "teller-region"), number=2),
            Amendments(kind="remove", reason="deceased", approvers=("returning-officer", "teller-rahman"), number=1),
            Amendments(kind="remove", reason="left", approvers=("returning-officer", "teller-oneill"), number=2),
            Amendments(kind="contact", reason="moved", approvers=("returning-officer", "teller-region"), number=5),
            Amendments(kind="contact", reason="bounced", approvers=("returning-officer", "teller-region"), number=2),
        ),
        parties=tuple(
            PartyFacts(party=party, role=role, organisation=organisation, signed=signed)
            for party, role, organisation, signed in PARTIES
        ),
        turnout=turnout(),
        challenges=11,
        checked=(
            CheckedFacts(index=388, party="observer-price", challenges=3, receipts=17, size=380, verdict="accepted"),
            CheckedFacts(index=425, party="scrutineer", challenges=0, receipts=5, size=420, verdict="accepted"),
        ),
        access=(
            AccessFacts(index=31, of="roll", reader="scrutineer", holder="returning-officer", purpose="inspection"),
            AccessFacts(index=422, of="register", reader="observer-price", holder="returning-officer", purpose="audit"),
        ),
        incidents=(
            IncidentFacts(index=149, number=1, code="outage", party="returning-officer", lines=0, document=""),
            IncidentFacts(
                index=371,
                number=2,
                code="complaint",
                party="observer-price",
                lines=2,
                document=sha256(b"letter").hexdigest(),
            ),
        ),
        pauses=(PauseFacts(index=150, reason="outage", resumed=156, resumed_reason="resolved"),),
        samples=(SampleFacts(index=424, digits="271828182845", seed=sha256(b"seed").hexdigest(), size=59, voters=231),),
        verdict="accepted",
        checks=tuple(
            CheckFacts(
                check=check.value,
                status="not asked" if check is Check.ANCHOR_SINCE else "pass",
                examined=len(check.value) * 13 % 431,
                failed=0,
            )
            for check in Check
        ),
    )
    return replace(given, **changes)


WORDS = ReportWords(
    complaints=(
        "Two members said that a code reached them late. Both were given new ones, and have voted.\n"
        "One member asked whether somebody else had voted in her name. The log has no ballot of her line."
    ),
    inspected=True,
    opinion=(
        "I am satisfied that there are no reasonable grounds for believing that there was any contravention of the "
        "rules, and that the arrangements for producing, storing, distributing, returning and counting the voting "
        "papers kept the risk of unfairness or malpractice as small as is reasonably practicable.\n"
        "I have been able to carry out my functions without any interference that would call my independence into "
        "question.\n"
        "Voting online was paused once for less than a day after an outage; the closing date was put off for as long."
    ),
    why="At my own motion, before voting opened, and again after the close at the request of a candidate.",
)
