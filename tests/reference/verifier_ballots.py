"""The checks of ballots and challenges."""

from reference import canonical as form
from reference.ballots import (
    Poll,
    elements_fault,
    identifier,
    identifier_hash,
    limit_proof_holds,
    line_of,
    opening_fault,
    pads,
    selection_proof_holds,
    sum_fault,
    tracker,
)
from reference.ceremony import JointKeys
from reference.entries import Leaf
from reference.paper import judgements
from reference.payloads import Opened, Sealed, opened_ballot, sealed_ballot
from reference.phases import History
from reference.report import CHECKS
from reference.tally import Counted
from reference.verifier_state import State


def check_ballots(state: State, history: History, joint: JointKeys) -> list[Counted] | None:
    """All checks from `ballot.form` to `channel.proof`; the counted ballots, or None where one is left out."""
    poll = Poll(state.setting, joint)
    sealed: dict[int, Sealed] = {}
    opened: dict[int, Opened] = {}
    for leaf in history.ballots:
        check_identity(state, poll, leaf)
        ballot = read_ballot(state, poll, leaf)
        if ballot is None:
            if state.manifest.roll is not None:
                state.ledger.leave_out("ballot.style", "the payload is left out")
            for check in CHECKS[CHECKS.index("ballot.tracker") : CHECKS.index("ballot.unique")]:
                state.ledger.leave_out(check, "the payload is left out")
        else:
            sealed[leaf.index] = ballot
            check_style(state, leaf, ballot)
            check_ballot(state, poll, leaf, ballot)
    for leaf in history.challenges:
        challenge = read_challenge(state, poll, leaf)
        if challenge is None:
            for check in ("challenge.tracker", "challenge.opening", "challenge.proof"):
                state.ledger.leave_out(check, "the payload is left out")
        else:
            opened[leaf.index] = challenge
            check_challenge(state, poll, leaf, challenge)
    payloads = sealed | {index: challenge.sealed for index, challenge in opened.items()}
    check_unique(state, history, payloads)
    for channel, paper in state.papers.items():
        for check, subject, holds, detail in judgements(poll, channel, paper or []):
            if check != "channel.elements":
                state.ledger.judge(check, subject, holds, detail)
        if paper is None:
            state.ledger.leave_out("channel.proof", "the payload is left out")
    if not state.electorate.known:
        return None
    counted = []
    for line, leaf in state.electorate.counted().items():
        if leaf.index not in sealed:
            return None
        counted.append(Counted(sealed[leaf.index], state.electorate.lines[line].weight))
    return counted


def read_ballot(state: State, poll: Poll, leaf: Leaf) -> Sealed | None:
    """`ballot.form`"""
    manifest, group = state.manifest, state.group

    def reader(raw: bytes) -> Sealed:
        return sealed_ballot(form.decode(raw), manifest, group, poll.h_e, leaf.body["id"])

    return state.read("ballot.form", leaf, reader)


def read_challenge(state: State, poll: Poll, leaf: Leaf) -> Opened | None:
    """`challenge.form`"""
    manifest, group = state.manifest, state.group

    def reader(raw: bytes) -> Opened:
        return opened_ballot(form.decode(raw), manifest, group, poll.h_e, leaf.body["id"])

    return state.read("challenge.form", leaf, reader)


def check_identity(state: State, poll: Poll, leaf: Leaf) -> None:
    """`ballot.line` without a roll, and `ballot.identifier`; they need as many signatures as there should be"""
    keys = leaf.signers
    if len(keys) != max(1, len(state.manifest.registrars)):
        for check in ("ballot.identifier",) if state.manifest.roll else ("ballot.line", "ballot.identifier"):
            state.ledger.leave_out(check, "the leaf does not have as many signatures as it should")
        return
    line, r = leaf.body["line"], bytes.fromhex(leaf.body["r"])
    if state.manifest.roll is None:
        good = line == line_of(poll, keys[0]) and keys[0] not in [party.key for party in state.manifest.parties]
        state.ledger.judge("ballot.line", leaf.subject, good, "not the line of the signing key, or a party's key")
    good = leaf.body["id"] == identifier(poll, line, keys, r).hex()
    state.ledger.judge("ballot.identifier", leaf.subject, good, "not the identifier of line, keys and r")


def check_style(state: State, leaf: Leaf, ballot: Sealed) -> None:
    """`ballot.style`"""
    if state.manifest.roll is not None and state.electorate.known:
        good = ballot.style == state.style_at[leaf.index]
        state.ledger.judge("ballot.style", leaf.subject, good, "not the style of the line")


def check_ballot(state: State, poll: Poll, leaf: Leaf, ballot: Sealed) -> None:
    """`ballot.tracker`, `ballot.elements`, `ballot.selection-proof`, `ballot.limit-proof`"""
    ledger = state.ledger
    good = leaf.body["tracker"] == tracker(poll, ballot).hex()
    ledger.judge("ballot.tracker", leaf.subject, good, "not the tracker of the sealed ballot")
    fault = elements_fault(poll, ballot)
    if not ledger.judge("ballot.elements", leaf.subject, not fault, fault):
        for check in ("ballot.selection-proof", "ballot.limit-proof"):
            ledger.leave_out(check, "the ballot is not of elements")
        return
    h_i = identifier_hash(poll, ballot.id)
    for contest in ballot.contests:
        place = f"{leaf.subject}, contest {contest.contest.id}"
        for item in contest.items:
            good = selection_proof_holds(poll, h_i, contest.contest, item)
            ledger.judge("ballot.selection-proof", f"{place}, item {item.item.index}", good, "the proof does not hold")
        good = limit_proof_holds(poll, h_i, contest)
        ledger.judge("ballot.limit-proof", place, good, "the proof does not hold")


def check_challenge(state: State, poll: Poll, leaf: Leaf, opened: Opened) -> None:
    """`challenge.tracker`, `challenge.opening`, `challenge.proof`"""
    ledger, sealed = state.ledger, opened.sealed
    good = leaf.body["tracker"] == tracker(poll, sealed).hex()
    ledger.judge("challenge.tracker", leaf.subject, good, "not the tracker of the sealed ballot")
    h_i = identifier_hash(poll, sealed.id)
    for contest, values in zip(sealed.contests, opened.values, strict=True):
        place = f"{leaf.subject}, contest {contest.contest.id}"
        fault = sum_fault(contest.contest, values)
        whole = ledger.judge("challenge.opening", place, not fault, fault)
        for item, value in zip(contest.items, values, strict=True):
            subject = f"{place}, item {item.item.index}"
            fault = opening_fault(poll, h_i, opened, contest.contest, item, value)
            if ledger.judge("challenge.opening", subject, not fault, fault):
                good = selection_proof_holds(poll, h_i, contest.contest, item)
                ledger.judge("challenge.proof", subject, good, "the range proof does not hold")
            else:
                whole = False
                ledger.leave_out("challenge.proof", "the item was not opened rightly")
        if whole:
            good = limit_proof_holds(poll, h_i, contest)
            ledger.judge("challenge.proof", place, good, "the limit proof does not hold")
        else:
            ledger.leave_out("challenge.proof", "the contest was not opened rightly")


def check_unique(state: State, history: History, payloads: dict[int, Sealed]) -> None:
    """`ballot.unique` and `ballot.challenged`, ballots and challenges together in index order"""
    ids: dict[str, set[str]] = {"ballot": set(), "challenge": set()}
    trackers: dict[str, set[str]] = {"ballot": set(), "challenge": set()}
    owners: dict[int, set[bytes]] = {}
    for leaf in sorted([*history.ballots, *history.challenges], key=lambda leaf: leaf.index):
        name, shown = leaf.body["id"], leaf.body["tracker"]
        fault = ""
        if name in ids[leaf.kind] or shown in trackers[leaf.kind]:
            fault = "an earlier leaf has the id or the tracker"
        sealed = payloads.get(leaf.index)
        if sealed is not None:
            mine = pads(sealed)
            if len(set(mine)) < len(mine):
                fault = "an α stands twice in the payload"
            if any(owners.get(pad, set()) - {sealed.id} for pad in mine):
                fault = "an α of an earlier payload with another id"
            for pad in mine:
                owners.setdefault(pad, set()).add(sealed.id)
        state.ledger.judge("ballot.unique", leaf.subject, not fault, fault)
        other = "challenge" if leaf.kind == "ballot" else "ballot"
        good = name not in ids[other]
        state.ledger.judge("ballot.challenged", leaf.subject, good, f"an earlier {other} has the id")
        ids[leaf.kind].add(name)
        trackers[leaf.kind].add(shown)
