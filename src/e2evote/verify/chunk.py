"""Many ballots and challenges at once, with the findings of one by one (docs/verification.md, ballot.*, challenge.*).

Where the hints that lie beside a ballot hash to the challenges of all its proofs, the ballot joins the batch: one test
for all of them (docs/spec.md §12). What the batch does not show to hold, and what has no such hints, is verified by
itself from its challenges and responses. What is found is added up in the order of the items, so a report does not
tell how the proofs were verified.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from e2evote.algebra.elgamal import Ciphertext
from e2evote.errors import MalformedInput
from e2evote.hashing.digest import b4, sha256
from e2evote.proofs.batch import Subject, suspects
from e2evote.proofs.one_of import commitments
from e2evote.record.bodies import BallotBody
from e2evote.record.hints import split_hints
from e2evote.record.sealed import SealedBallot
from e2evote.verify import ballots, challenges
from e2evote.verify.ballots import BallotContext
from e2evote.verify.checks import Check
from e2evote.verify.claims import Claim
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry

SELECTIONS = 6_000
"""Range proofs in a chunk. Among twice as many each costs 6 % fewer multiplications. But each takes 10 KiB of memory,
and a record of some hundred ballots would have no work for a second process."""

Take = Callable[[Entry, SealedBallot], None]
"""Called with each ballot or challenge that has its form, when it was read."""


@dataclass(frozen=True, slots=True)
class Item:
    """A ballot or challenge leaf with its payload, which is the one that the leaf names, and hints (or b"").

    style: what `style_of` gives for the line that a ballot names; None where no roll says so.
    """

    entry: Entry
    payload: bytes
    hints: bytes
    style: str | None = None

    @property
    def proofs(self) -> bytes:
        """By what the proofs of a ballot are known again: they are in these bytes and nowhere else."""
        return sha256(b4(len(self.payload)), self.payload, self.hints)


@dataclass(frozen=True, slots=True)
class _Read:
    """One item between reading and proof. `in_batch` and `alone` give the same findings, if everything holds."""

    findings: Findings
    subject: Subject | None
    in_batch: Callable[[], None]
    alone: Callable[[], None]


def proven_together(context: BallotContext, items: Iterable[Item]) -> frozenset[bytes]:
    """Of ballots that are to be judged one after the other, the `proofs` of those that one test of all shows to hold.

    It says nothing about any other check, and nothing about those that are not among them.
    """
    if not context.setting.group.has_batches:
        return frozenset()
    found: list[tuple[bytes, Subject]] = []
    for item in items:
        if isinstance(item.entry.leaf.body, BallotBody):
            subject = _read(context, item, lambda entry, sealed: None, True).subject
            if subject is not None:
                found.append((item.proofs, subject))
    doubtful = set(suspects(context.setting.group, [subject for _, subject in found]))
    return frozenset(key for position, (key, _) in enumerate(found) if position not in doubtful)


def check_chunk(
    context: BallotContext, items: Iterable[Item], findings: Findings, take: Take, proven: Collection[bytes] = ()
) -> None:
    """All checks of the items, which are read once, in order, as they are needed.

    In a group that has no batches every number and proof is tested by itself. proven: what `proven_together` has found
    in this context; those proofs are not tested again.
    """
    batched = context.setting.group.has_batches
    given = list(items) if proven else items
    read = [_read(context, item, take, batched) for item in given]
    known = {id(one.subject) for one, item in zip(read, given, strict=True) if item.proofs in proven} if proven else ()
    together = [item.subject for item in read if item.subject is not None and id(item.subject) not in known]
    doubtful = {id(together[position]) for position in suspects(context.setting.group, together)}
    for item in read:
        if item.subject is not None and id(item.subject) not in doubtful:
            item.in_batch()
        else:
            item.alone()
        findings.add(item.findings)


def _read(context: BallotContext, item: Item, take: Take, batched: bool) -> _Read:
    """The checks that need no proof, and what remains to be done."""
    findings, entry = Findings(), item.entry
    if isinstance(entry.leaf.body, BallotBody):
        sealed = ballots.check_form(context, entry, item.payload, findings, item.style)
        if sealed is None:
            return _Read(findings, None, _nothing, _nothing)
        take(entry, sealed)
        return _Read(
            findings,
            _ballot_subject(context, sealed, item.hints) if batched else None,
            lambda: ballots.proofs_hold(sealed, findings),
            lambda: ballots.check_proofs(context, entry.subject, sealed, findings),
        )
    opened = challenges.check_form(context, entry, item.payload, findings)
    if opened is None:
        return _Read(findings, None, _nothing, _nothing)
    take(entry, opened.sealed)
    claims = challenges.open_ballot(context, entry.subject, opened, findings)
    return _Read(
        findings,
        _hinted(context, opened.sealed, claims, Subject(), item.hints) if batched else None,
        lambda: findings.examined(Check.CHALLENGE_PROOF, len(claims)),
        lambda: challenges.check_claims(entry.subject, claims, findings),
    )


def _nothing() -> None:
    """There is no proof to verify."""


def _ballot_subject(context: BallotContext, sealed: SealedBallot, hints: bytes) -> Subject | None:
    """The numbers and equations of a ballot; None where its hints don't hash to its challenges, or a number is 1."""
    if not hints or ballots.has_one(sealed):
        return None
    subject = Subject()
    return _hinted(context, sealed, candidate_claims(context, sealed, subject), subject, hints)


def candidate_claims(context: BallotContext, sealed: SealedBallot, subject: Subject) -> tuple[Claim, ...]:
    """Every claim of a ballot about its ciphertexts as candidates of `subject`."""
    ciphertexts = tuple(
        tuple(Ciphertext(subject.candidate(item.alpha), subject.candidate(item.beta)) for item in contest.items)
        for contest in sealed.contests
    )
    return tuple(context.claims_of(sealed, ciphertexts))


def _hinted(
    context: BallotContext, sealed: SealedBallot, claims: Sequence[Claim], subject: Subject, hints: bytes
) -> Subject | None:
    """`subject` with the equations of all claims, or None where a hint is missing or hashes to something else."""
    group = context.setting.group
    try:
        for claim, hint in zip(claims, matching(context, sealed, claims, hints), strict=False):
            products = commitments(claim.statement, claim.proof)
            for commitment, product in zip(group.decode_residues(hint), products, strict=True):
                subject.equation(commitment, product)
    except MalformedInput:  # it hashes to the challenge, but the prover hashed no numbers of the group's range
        return None
    return subject if subject.commitments else None


def matching(context: BallotContext, sealed: SealedBallot, claims: Sequence[Claim], hints: bytes) -> tuple[bytes, ...]:
    """The hints of all claims of a ballot, each of which hashes to its proof's challenge; nothing unless all do."""
    manifest = context.setting.manifest
    style = manifest.style(sealed.style)
    if not hints or style is None:
        return ()
    try:
        read = split_hints(hints, manifest, style, context.setting.group)
    except MalformedInput:
        return ()
    if len(read) != len(claims):  # a challenge of which some items do not open
        return ()
    return read if all(claim.is_hash_of(hint) for claim, hint in zip(claims, read, strict=True)) else ()
