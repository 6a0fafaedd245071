"""Hints have one layout, which follows from the manifest; any other bytes are left aside."""

import pytest

from e2evote.errors import MalformedInput
from e2evote.record.hints import branches, decode_hints, encode_hints, hints_size
from tests.ballot.election import GROUP, make_manifest

MANIFEST = make_manifest()
ALL, HALF = MANIFEST.styles
WIDTH = GROUP.element_size


def numbers(count: int, first: int = 2) -> bytes:
    return b"".join(number.to_bytes(WIDTH, "big") for number in range(first, first + count))


def test_there_is_one_proof_for_each_item_and_each_limit() -> None:
    assert branches(MANIFEST, HALF) == (2, 2, 2)
    assert branches(MANIFEST, ALL) == (2, 2, 2, 3, 2, 2, 2, 4), "the blank has a limit of 1, the board of 3"
    assert hints_size(MANIFEST, ALL, GROUP) == 2 * 19 * WIDTH


def test_numbers_go_to_their_proofs_in_order() -> None:
    data = numbers(38)
    read = decode_hints(data, MANIFEST, ALL, GROUP)
    assert [len(proof) for proof in read] == [4, 4, 4, 6, 4, 4, 4, 8]
    assert [int(x.value) for proof in read for x in proof] == list(range(2, 40))
    assert encode_hints(read) == data


@pytest.mark.parametrize(
    "data",
    [b"", numbers(11), numbers(13), numbers(12)[:-1], numbers(11) + bytes(WIDTH), numbers(11) + b"\xff" * WIDTH],
    ids=["none", "one less", "one more", "cut", "zero", "above p"],
)
def test_other_bytes_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        decode_hints(data, MANIFEST, HALF, GROUP)


def test_another_style_has_another_size() -> None:
    with pytest.raises(MalformedInput, match=f"hints: {12 * WIDTH} bytes, want {38 * WIDTH}"):
        decode_hints(numbers(12), MANIFEST, ALL, GROUP)
