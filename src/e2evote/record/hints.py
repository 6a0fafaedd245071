"""Hints: the commitments of an entry's proofs, which travel beside it and bind nothing (docs/spec.md §5.5).

    ballot, challenge: for each contest, for each item and then for the limit:   a_0 ‖ b_0 ‖ a_1 ‖ b_1 ‖ …
    ceremony.reveal:   h_i0 ‖ … ‖ h_ik of the vote keys, then of the data keys
    ceremony.shares:   γ of each share            tally.share:   a_i ‖ b_i of each cell
    paper:             for each contest, for each item and then for the rest, for each bit:   a_0 ‖ b_0 ‖ a_1 ‖ b_1

Each number has the group's width, so the layout follows from the manifest and the style alone. Whoever uses a hint
first shows that it hashes to the proof's challenge and satisfies the proof's equations; a file of any other form is
left aside, which costs time and changes no verdict.
"""

from collections.abc import Sequence

from e2evote.algebra.group import Group, Residue
from e2evote.errors import MalformedInput
from e2evote.manifest.model import Manifest, Style
from e2evote.proofs.place import Commitment

ProofHints = tuple[Residue, ...]
"""a_0, b_0, a_1, b_1 … of one proof."""


def branches(manifest: Manifest, style: Style) -> tuple[int, ...]:
    """The number of branches of every proof of a ballot, in the order of the hints: limit + 1 each."""
    numbers: list[int] = []
    for contest in manifest.contests_of(style):
        numbers.extend(item.limit + 1 for item in contest.items())
        numbers.append(contest.limit + 1)
    return tuple(numbers)


def encode_hints(commitments: Sequence[Sequence[Commitment]]) -> bytes:
    """The hints of a ballot from the commitments of its proofs, proof by proof."""
    return b"".join(x.encode() for proof in commitments for x in proof)


def split_hints(data: bytes, manifest: Manifest, style: Style, group: Group) -> tuple[bytes, ...]:
    """The commitments of each proof of a ballot, not yet decoded; MalformedInput for any other number of bytes."""
    return _split(data, [2 * number for number in branches(manifest, style)], group)


def commitments_or_none(data: bytes, numbers: Sequence[int], group: Group) -> tuple[ProofHints, ...]:
    """So many commitments of each proof, or nothing for each where the bytes have another form."""
    try:
        return tuple(group.decode_residues(proof) for proof in _split(data, numbers, group))
    except MalformedInput:
        return ((),) * len(numbers)


def _split(data: bytes, numbers: Sequence[int], group: Group) -> tuple[bytes, ...]:
    width, position = group.element_size, 0
    if len(data) != width * sum(numbers):
        raise MalformedInput(f"hints: {len(data)} bytes, want {width * sum(numbers)}")
    proofs = []
    for number in numbers:
        proofs.append(data[position : position + number * width])
        position += number * width
    return tuple(proofs)
