"""Hints have one layout, which follows from the manifest; any other bytes are left aside."""

import pytest

from e2evote.errors import MalformedInput
from e2evote.record.hints import branches, commitments_or_none, encode_hints, split_hints
from tests.ballot.election import GROUP, make_manifest

MANIFEST = make_manifest()
ALL, HALF = MANIFEST.styles
WIDTH = GROUP.element_size


def numbers(count: int, first: int = 2) -> bytes:
    return b"".join(number.to_bytes(WIDTH, "big") for number in range(first, first + count))


def test_there_is_one_proof_for_each_item_and_each_limit() -> None:
    assert branches(MANIFEST, HALF) == (2, 2, 2)
    assert branches(MANIFEST, ALL) == (2, 2, 2, 3, 2, 2, 2, 4), "the blank has a limit of 1, the board of 3"
    assert sum(map(len, split_hints(numbers(38), MANIFEST, ALL, GROUP))) == 2 * 19 * WIDTH


def test_numbers_go_to_their_proofs_in_order() -> None:
    data = numbers(38)
    read = [GROUP.decode_residues(proof) for proof in split_hints(data, MANIFEST, ALL, GROUP)]
    assert [len(proof) for proof in read] == [4, 4, 4, 6, 4, 4, 4, 8]
    assert [int(x.value) for proof in read for x in proof] == list(range(2, 40))
    assert encode_hints(read) == data


@pytest.mark.parametrize(
    "data",
    [b"", numbers(11), numbers(13), numbers(12)[:-1]],
    ids=["none", "one less", "one more", "cut"],
)
def test_another_number_of_bytes_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        split_hints(data, MANIFEST, HALF, GROUP)
    assert commitments_or_none(data, (4, 4, 4), GROUP) == ((), (), ())


@pytest.mark.parametrize("last", [bytes(WIDTH), b"\xff" * WIDTH, GROUP.p.to_bytes(WIDTH, "big")])
def test_what_is_no_number_of_the_group_is_no_hint(last: bytes) -> None:
    with pytest.raises(MalformedInput, match="group element 3"):
        GROUP.decode_residues(numbers(3) + last)
    assert commitments_or_none(numbers(11) + last, (4, 4, 4), GROUP) == ((), (), ())
    assert [len(proof) for proof in commitments_or_none(numbers(12), (4, 4, 4), GROUP)] == [4, 4, 4]


def test_a_part_of_a_number_is_none() -> None:
    with pytest.raises(MalformedInput, match="a multiple of"):
        GROUP.decode_residues(numbers(1)[:-1])


def test_another_style_has_another_size() -> None:
    with pytest.raises(MalformedInput, match=f"hints: {12 * WIDTH} bytes, want {38 * WIDTH}"):
        split_hints(numbers(12), MANIFEST, ALL, GROUP)
