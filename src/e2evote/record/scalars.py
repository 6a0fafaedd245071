"""Group elements, scalars and proofs as they stand in payloads (docs/record-format.md, Payloads).

Reading gives residues, never elements: membership is a check of its own, made over many at once.
"""

from collections.abc import Sequence

from e2evote.algebra.group import Element, Group, Residue, Scalar
from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import array, hex_bytes, object_
from e2evote.proofs.key_proof import KeyProof
from e2evote.proofs.one_of import OneOfProof


def read_residue(group: Group, value: JSON, where: str) -> Residue:
    """A number in [1, p) of the group's width, or MalformedInput."""
    data = hex_bytes(value, where, group.element_size)
    try:
        return group.decode_residue(data)
    except MalformedInput as error:
        raise error.inside(where) from None


def read_scalar(group: Group, value: JSON, where: str) -> Scalar:
    """A number in [0, q) of the group's width, or MalformedInput."""
    data = hex_bytes(value, where, group.scalar_size)
    try:
        return group.decode_scalar(data)
    except MalformedInput as error:
        raise error.inside(where) from None


def read_residues(group: Group, value: JSON, where: str, number: int) -> tuple[Residue, ...]:
    """Exactly `number` residues."""
    return tuple(
        read_residue(group, item, f"{where}[{i}]") for i, item in enumerate(array(value, where, number, number))
    )


def read_scalars(group: Group, value: JSON, where: str, number: int) -> tuple[Scalar, ...]:
    """Exactly `number` scalars."""
    items = array(value, where, number, number)
    try:
        return tuple([group.decode_scalar(hex_bytes(item, where, group.scalar_size)) for item in items])
    except MalformedInput:  # once more, for the place of the first that is none
        return tuple([read_scalar(group, item, f"{where}[{i}]") for i, item in enumerate(items)])


def read_range_proof(group: Group, value: JSON, where: str, limit: int) -> OneOfProof:
    """A compact range proof with limit + 1 branches; the limit is the manifest's, so no other length has the form."""
    members = object_(value, where, ("c", "v"))
    c = read_scalars(group, members["c"], f"{where}.c", limit + 1)
    return OneOfProof(c, read_scalars(group, members["v"], f"{where}.v", limit + 1))


def read_key_proof(group: Group, value: JSON, where: str, quorum: int) -> KeyProof:
    """A key proof with one response per coefficient and one for κ."""
    members = object_(value, where, ("c", "v"))
    c = read_scalar(group, members["c"], f"{where}.c")
    return KeyProof(c, read_scalars(group, members["v"], f"{where}.v", quorum + 1))


def hexes(values: Sequence[Residue | Element | Scalar]) -> list[Encodable]:
    """Each value in its fixed width."""
    return [value.encode().hex() for value in values]


def range_proof_members(proof: OneOfProof) -> dict[str, Encodable]:
    """The JSON of a compact range proof."""
    return {"c": hexes(proof.c), "v": hexes(proof.v)}
