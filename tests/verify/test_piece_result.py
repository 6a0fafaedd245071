"""What a worker found, as bytes: read as it was written, and nothing else is read."""

from random import Random

import pytest

from e2evote.algebra.group import Residue
from e2evote.algebra.parameters import TEST_512
from e2evote.errors import MalformedInput
from e2evote.record.products import Products, products
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.piece_result import PieceResult, decode_result, encode_result
from tests.ballot.election import make_manifest

MANIFEST = make_manifest()


def made() -> PieceResult:
    findings = Findings()
    findings.begin(Check.BALLOT_FORM)
    findings.examined(Check.BOARD_SIGNATURE, 12)
    findings.fail(Check.BOARD_SIGNATURE, "entry 7 (ballot)", 'the signature of key “ä…" is not valid')
    findings.missing(Check.RECORD_PAYLOADS, "the payload of entry 9 (ballot) is not there")
    findings.not_run("the payload was left out", Check.BALLOT_TRACKER)
    empty = products(MANIFEST, TEST_512, ())
    cells = {
        cell: (Residue(TEST_512, TEST_512.p - 2 - i), Residue(TEST_512, TEST_512.p - 20 - i))
        for i, cell in enumerate(empty.cells)
    }
    pads = {7: b"a" * 64, 8: b"", 11: b"c" * 32}
    return PieceResult(
        findings, b"h" * 32, pads, Products({(contest, w): 2 for contest in empty.ballots for w in (1, 7)}, cells), 4
    )


DATA = encode_result(made(), 7, 13)


def test_a_result_is_read_as_it_was_written() -> None:
    read = decode_result(DATA, 7, 13, MANIFEST, TEST_512)
    assert read.findings.checks == made().findings.checks
    assert (read.payloads, read.pads, read.products, read.used) == (b"h" * 32, made().pads, made().products, 4)
    assert encode_result(read, 7, 13) == DATA


@pytest.mark.parametrize("change", ["cut", "longer", "other range", "empty"])
def test_what_is_no_result_is_refused(change: str) -> None:
    data = {"cut": DATA[:-1], "longer": DATA + b"x", "empty": b""}.get(change, DATA)
    with pytest.raises(MalformedInput):
        decode_result(data, 7, 13 + (change == "other range"), MANIFEST, TEST_512)


def test_no_change_of_a_byte_gives_anything_but_a_result_or_a_refusal() -> None:
    random = Random(5)
    for _ in range(300):
        changed = bytearray(DATA)
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
        try:
            read = decode_result(bytes(changed), 7, 13, MANIFEST, TEST_512)
        except MalformedInput:
            continue
        assert encode_result(read, 7, 13) == bytes(changed)
