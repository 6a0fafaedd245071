"""From an examined record to the facts of a scrutineer's report (docs/spec.md, section 15).

Everything is computed from the board. The results are those of the outcome, part by part, and only of the parts that
the floor allows by the numbers of ballots on the board: what a false outcome has decrypted besides is shown nowhere.
"""

from collections.abc import Mapping

from e2evote.adapter.scrutineer.events import accesses, checks_by_people, incidents, parties, pauses, samples
from e2evote.adapter.scrutineer.lines import channels, key_changes, keys, line_facts, registrars, roll_changes, turnout
from e2evote.algebra.parameters import TEST_GROUPS
from e2evote.errors import Refused
from e2evote.manifest.contests import Contest
from e2evote.manifest.model import Manifest
from e2evote.manifest.voters import ONLINE
from e2evote.record.floor import names_of, parts_by
from e2evote.record.outcome import DECRYPTED, Outcome
from e2evote.record.paper import PaperTotals
from e2evote.record.products import ChannelProducts
from e2evote.record.report_facts import CheckFacts, ReportFacts
from e2evote.record.report_results import ContestChannel, ContestFacts, OptionFacts, PartVotes
from e2evote.record.voter_bodies import Freeze
from e2evote.verify.examine import Examination
from e2evote.verify.report import DatesInForce
from e2evote.verify.reported import voters_on
from e2evote.verify.tally import Board

LANGUAGE = "en"
BLANK_VOTE = "Blank vote"


def facts_of(examination: Examination) -> ReportFacts:
    """Of a record to its end; Refused where there is no outcome, or nobody can say what it, or a number, is about."""
    report, setting, ledger = examination.report, examination.setting, examination.ledger
    if setting is None or ledger is None or examination.tally is None or examination.tally.result is None:
        raise Refused("no-outcome", "the record has no outcome that can be read: there is nothing to report on yet")
    if examination.products is None:
        detail = "the roll, a counted ballot or totals on paper are not in the record as they should be"
        raise Refused("no-outcome", f"{detail}: nobody can say what its outcome is of")
    if examination.electorate and examination.electorate.unknown:
        raise Refused("record-incomplete", f"{examination.electorate.what_is_unknown} are not in the record")
    manifest, electorate, entries = setting.manifest, examination.electorate, examination.others
    voters = voters_on(manifest, Board(ledger, electorate))
    dates = report.facts.dates or DatesInForce(manifest.dates.open, manifest.dates.close, 0)
    freeze = next((e.leaf.body for e in entries if isinstance(e.leaf.body, Freeze)), None)
    at = {entry.leaf.kind: entry.index for entry in entries if entry.leaf.kind in ("open", "close")}
    contacts = {registrar.contact for registrar in manifest.roll.registrars} if manifest.roll else set()
    return ReportFacts(
        election_id=manifest.election.id,
        election_name=manifest.election.name.best(LANGUAGE),
        test_group=manifest.group in TEST_GROUPS,
        base_hash=setting.base_hash.hex(),
        root=examination.log.checkpoint.root.hex(),
        size=examination.log.checkpoint.size,
        opens=dates.open,
        closes=dates.close,
        extensions=dates.extensions,
        opened_at=at.get("open", 0),
        closed_at=at.get("close", 0),
        floor=manifest.floor.minimum,
        weights=manifest.weights.values,
        trustees_needed=manifest.quorum,
        not_claimed=report.not_claimed,
        has_roll=manifest.roll is not None,
        as_at=freeze.as_at if freeze else "",
        one_party_suffices=len(contacts) == 1,
        paper_prevails=bool(manifest.channels.paper) and manifest.channels.precedence[-1] == ONLINE,
        channels=channels(manifest, voters, electorate, examination.papers),
        contests=results(manifest, examination.products, examination.papers, examination.tally.result),
        lines=line_facts(voters, freeze.lines if freeze else 0),
        registrars=registrars(manifest, voters),
        keys=keys(voters),
        key_changes=key_changes(electorate),
        amendments=roll_changes(electorate),
        parties=parties(manifest, entries, report.facts.cosigned),
        turnout=turnout(Board(ledger, electorate), at.get("open", 0), examination.log.checkpoint.size),
        challenges=report.facts.counts["challenges"],
        checked=checks_by_people(entries),
        access=accesses(manifest, entries),
        incidents=incidents(entries),
        pauses=pauses(entries),
        samples=samples(manifest, examination.log, entries, voters.reconciliation.channels[ONLINE]),
        verdict=report.verdict.value,
        checks=tuple(
            CheckFacts(check=r.check.value, status=r.status.value, examined=r.examined, failed=r.failed)
            for r in report.results
        ),
    )


def results(
    manifest: Manifest, products: ChannelProducts, papers: Mapping[str, PaperTotals], outcome: Outcome
) -> tuple[ContestFacts, ...]:
    """Every contest; one whose parts are not those that the floor allows is withheld.    spec 14.3"""
    allowed = names_of(parts_by(manifest, products))
    votes = {cell.cell: cell.votes for cell in outcome.cells}
    given = []
    for contest, own in zip(manifest.contests, outcome.contests, strict=True):
        names = tuple(name for id, name in allowed if id == contest.id)
        shown = own.status == DECRYPTED and names == tuple(name for id, name in outcome.parts() if id == contest.id)
        parts = [
            PartVotes(
                channels=tuple(name.split("+")),  # type: ignore[arg-type]
                votes=tuple(votes[contest.id, name, item.option] for item in contest.items()),
            )
            for name in (names if shown else ())
        ]
        given.append(
            ContestFacts(
                contest=contest.id,
                name=contest.name.best(LANGUAGE),
                seats=contest.outcome.seats,
                limit=contest.limit,
                options=_options(contest),
                channels=tuple(
                    ContestChannel(
                        channel=channel,  # type: ignore[arg-type]
                        ballots=own_products.ballots[contest.id],
                        spoiled=_spoiled(papers.get(channel), contest.id),
                    )
                    for channel, own_products in products.items()
                ),
                parts=tuple(parts),
                elected=own.standing.elected if parts else (),
                tied=own.standing.tied if parts else (),
                vacant=own.standing.vacant if parts else 0,
                undervotes=own.undervotes if parts else 0,
            )
        )
    return tuple(given)


def _options(contest: Contest) -> tuple[OptionFacts, ...]:
    named = {option.id: option.name.best(LANGUAGE) for option in contest.options}
    return tuple(
        OptionFacts(option=item.option, name=named.get(item.option, BLANK_VOTE), limit=item.limit)
        for item in contest.items()
    )


def _spoiled(paper: PaperTotals | None, contest: str) -> int:
    return sum(own.spoiled for own in paper.contests if own.contest == contest) if paper else 0
