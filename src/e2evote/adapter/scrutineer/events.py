"""Who signed what, and what happened, as a scrutineer's report has them: leaf by leaf (docs/spec.md, section 15)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from e2evote.board.checkpoint import Checkpoint
from e2evote.manifest.model import Manifest
from e2evote.record.report_facts import (
    AccessFacts,
    CheckedFacts,
    IncidentFacts,
    PartyFacts,
    PauseFacts,
    SampleFacts,
)
from e2evote.record.sample import seed_of
from e2evote.record.voter_bodies import Access, Checked, Incident, Reason, Sample
from e2evote.verify.leaves import Entry
from e2evote.verify.log import PublishedLog
from e2evote.verify.report import CosignedNote


def parties(manifest: Manifest, entries: Iterable[Entry], cosigned: Sequence[CosignedNote]) -> tuple[PartyFacts, ...]:
    """Every party, with how many entries it has signed; of a witness, cosignatures on the head."""
    signed = Counter(signature.key for entry in entries for signature in entry.leaf.signatures)
    if manifest.policy:
        named = {witness.name: witness.key.public_key.encoded for witness in manifest.policy.witnesses}
        signed.update(named[one.name] for note in cosigned if note.note == "checkpoint" for one in note.witnesses)
    return tuple(
        PartyFacts(party=party.id, role=party.role, organisation=party.organisation, signed=signed[party.key])
        for party in manifest.parties
    )


def checks_by_people(entries: Iterable[Entry]) -> tuple[CheckedFacts, ...]:
    """What named people have signed of their own checks."""
    return tuple(
        CheckedFacts(
            index=entry.index,
            party=entry.leaf.author,
            challenges=body.challenges,
            receipts=body.receipts,
            size=body.size,
            verdict=body.verdict,
        )
        for entry in entries
        if isinstance(body := entry.leaf.body, Checked)
    )


def accesses(manifest: Manifest, entries: Iterable[Entry]) -> tuple[AccessFacts, ...]:
    """When names were opened, to whom, by whom."""
    ids = {party.key: party.id for party in manifest.parties}
    return tuple(
        AccessFacts(
            index=entry.index,
            of=body.of,  # type: ignore[arg-type]
            reader=entry.leaf.author,
            holder=ids.get(entry.leaf.signatures[-1].key, entry.leaf.author),
            purpose=body.purpose,
        )
        for entry in entries
        if isinstance(body := entry.leaf.body, Access)
    )


def incidents(entries: Iterable[Entry]) -> tuple[IncidentFacts, ...]:
    """Incidents, by number."""
    return tuple(
        IncidentFacts(
            index=entry.index,
            number=body.number,
            code=body.code,
            party=entry.leaf.author,
            lines=len(body.lines),
            document=body.document.hex(),
        )
        for entry in entries
        if isinstance(body := entry.leaf.body, Incident)
    )


def pauses(entries: Iterable[Entry]) -> tuple[PauseFacts, ...]:
    """When voting online stood still, and from when it went on."""
    given: list[PauseFacts] = []
    for entry in entries:
        if isinstance(body := entry.leaf.body, Reason):
            if entry.leaf.kind == "pause":
                given.append(PauseFacts(index=entry.index, reason=body.reason, resumed=0, resumed_reason=""))
            elif given:
                given[-1] = replace(given[-1], resumed=entry.index, resumed_reason=body.reason)
    return tuple(given)


def samples(manifest: Manifest, log: PublishedLog, entries: Sequence[Entry], voters: int) -> tuple[SampleFacts, ...]:
    """The sample of the turnout audit. voters: lines that voted online.    spec (15.1)"""
    closed = next((entry.index + 1 for entry in entries if entry.leaf.kind == "close"), 0)
    root = log.root(closed)
    if root is None:
        return ()
    text = Checkpoint(manifest.origin, closed, root).text()
    return tuple(
        SampleFacts(
            index=entry.index,
            digits=body.digits,
            seed=seed_of(text, body.digits).hex(),
            size=max(min(body.lines, voters), 1),
            voters=voters,
        )
        for entry in entries
        if isinstance(body := entry.leaf.body, Sample)
    )
