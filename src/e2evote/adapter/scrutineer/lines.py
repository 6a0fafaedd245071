"""Lines, credentials and changes of the roll, as a scrutineer's report has them (docs/spec.md, sections 13 to 15)."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping

from e2evote.manifest.model import Manifest
from e2evote.manifest.voters import ONLINE
from e2evote.record.electorate import Electorate, Event
from e2evote.record.paper import PaperTotals
from e2evote.record.report_counts import VoterFacts
from e2evote.record.report_facts import MOST_POINTS, TurnoutPoint
from e2evote.record.report_voters import Amendments, ChannelFacts, KeyChanges, KeyFacts, LineFacts, RegistrarFacts
from e2evote.record.rows import ANNULLED, NOT_VOTED, REMOVED
from e2evote.verify.tally import Board

_KEY_CHANGES = {"credential.reissue": "reissue", "credential.revoke": "revoke"}
_AMENDMENTS = {"roll.add": "add", "roll.contact": "contact", "roll.remove": "remove"}


def channels(
    manifest: Manifest, voters: VoterFacts, electorate: Electorate | None, papers: Mapping[str, PaperTotals]
) -> tuple[ChannelFacts, ...]:
    """Papers distributed, returned, valid and spoiled."""
    table = voters.reconciliation
    given = []
    for channel, lines in table.channels.items():
        if channel == ONLINE:
            spoiled = table.none[ANNULLED] + voters.superseded
            distributed, returned, valid = _given_codes(manifest, electorate), lines + spoiled, lines
        else:
            paper = papers.get(channel)
            spoiled = max((contest.spoiled for contest in paper.contests), default=0) if paper else 0
            distributed, returned, valid = lines, lines, max(lines - spoiled, 0)
        given.append(
            ChannelFacts(
                channel=channel,  # type: ignore[arg-type]
                distributed=distributed,
                returned=returned,
                valid=valid,
                spoiled=spoiled,
                lines=lines,
            )
        )
    return tuple(given)


def _given_codes(manifest: Manifest, electorate: Electorate | None) -> int:
    """Lines that ever had a code from each registrar."""
    if electorate is None:
        return 0
    books = [electorate.book(party.id) for party in manifest.registrars]
    return sum(all(book.times(line) for book in books) for line in range(1, electorate.lines + 1))


def line_facts(voters: VoterFacts, at_freeze: int) -> LineFacts:
    """What became of all lines."""
    table = voters.reconciliation
    return LineFacts(
        total=table.lines,
        at_freeze=at_freeze,
        annulled=table.none[ANNULLED],
        not_voted=table.none[NOT_VOTED],
        removed=table.none[REMOVED],
        superseded=voters.superseded,
    )


def registrars(manifest: Manifest, voters: VoterFacts) -> tuple[RegistrarFacts, ...]:
    """issued = used + unused + revoked, of each."""
    contacts = {one.party: one.contact for one in manifest.roll.registrars} if manifest.roll else {}
    return tuple(
        RegistrarFacts(
            party=one.party,
            contact=contacts[one.party],
            issued=one.issued,
            used=one.used,
            unused=one.unused,
            revoked=one.revoked,
        )
        for one in voters.reconciliation.registrars
    )


def keys(voters: VoterFacts) -> KeyFacts:
    """How many keys were ever valid, and how many lines had more than one of one registrar."""
    return KeyFacts(
        ever=sum(one.issued for one in voters.reconciliation.registrars),
        lines_with_more=voters.twice["lines"],
        of_these_voted=voters.twice["voted"],
    )


def key_changes(electorate: Electorate | None) -> tuple[KeyChanges, ...]:
    """Re-issues and revocations by reason and approvers, in the order in which each first occurs."""
    if electorate is None:
        return ()
    events = [event for event in electorate.history if event.kind in _KEY_CHANGES]
    lines: dict[tuple[str, str, tuple[str, ...]], set[str]] = {}
    for event in events:
        lines.setdefault(_why(event), set()).add(event.line)
    numbers = Counter(map(_why, events))
    return tuple(
        KeyChanges(
            kind=_KEY_CHANGES[why[0]],  # type: ignore[arg-type]
            reason=why[1],
            approvers=why[2],
            number=numbers[why],
            voted=sum(electorate.vote_of(line).counted is not None for line in named),
        )
        for why, named in lines.items()
    )


def roll_changes(electorate: Electorate | None) -> tuple[Amendments, ...]:
    """Changes of the roll after the freeze, by reason and approvers."""
    events = [event for event in electorate.history if event.kind in _AMENDMENTS] if electorate else []
    return tuple(
        Amendments(kind=_AMENDMENTS[kind], reason=reason, approvers=approvers, number=number)  # type: ignore[arg-type]
        for (kind, reason, approvers), number in Counter(map(_why, events)).items()
    )


def _why(event: Event) -> tuple[str, str, tuple[str, ...]]:
    """What was done, why, and by whom approved."""
    return event.kind, event.reason, tuple(party for party in (event.author, event.approver) if party)


def turnout(board: Board, opened_at: int, size: int) -> tuple[TurnoutPoint, ...]:
    """By size of the log, how many of the ballots and marks that count were in it."""
    votes = array("Q", sorted(_votes(board)))
    if not votes:
        return ()
    start, end = min(opened_at + 1, votes[0]), min(votes[-1] + 1, size)
    step = max(-(-(end - start) // (MOST_POINTS - 2)), 1)
    return tuple(
        TurnoutPoint(index=index, lines=bisect_left(votes, index)) for index in (*range(start, end, step), end)
    )


def _votes(board: Board) -> Iterator[int]:
    """The index of what counts for each line that has voted: its ballot, or its mark."""
    if board.electorate is None:
        for _, ballot in board.ledger.lines():
            if ballot:
                yield ballot.index
        return
    for line in board.electorate.names():
        vote = board.electorate.vote_of(line)
        if vote.mark:
            yield vote.mark.index
        elif vote.counted:
            yield vote.counted.index
