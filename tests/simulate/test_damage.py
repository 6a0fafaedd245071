"""Damaged records: random byte flips and truncations are never accepted silently and never make a traceback.

The zip form leaves no byte free. Of a directory, only what docs/record-format.md says may be ignored is ignored.
"""

import io
import random
from contextlib import closing, nullcontext

import pytest

from e2evote.errors import MalformedInput
from e2evote.record.archive import ZipArchive
from e2evote.record.zipped import zip_chunks
from e2evote.verify import Check, Report, Verdict
from e2evote.verify.examine import Question, examine
from e2evote.verify.report import unreadable_report
from simulate.bases import base_election
from simulate.insider import Dossier
from verify.shown import anchors_of, verify_files

FLIPS, SHARDS = 5_200, 4
DIRECTORY_FLIPS = 160


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return Dossier(base_election("base")).files()


@pytest.fixture(scope="module")
def packed(files: dict[str, bytes]) -> bytes:
    return b"".join(zip_chunks(sorted(files.items())))


@pytest.fixture(scope="module")
def question() -> Question:
    return Question(anchors_of(Dossier(base_election("base")).anchors()), None, True)


def verify_zip(data: bytes, question: Question) -> Report:
    try:
        with closing(ZipArchive(io.BytesIO(data), read_all=True)) as archive:
            return examine(archive, lambda: nullcontext(archive), question).report
    except MalformedInput as error:
        return unreadable_report(str(error), anchors=True, since=False)


def test_the_undamaged_record_is_consistent(packed: bytes, question: Question) -> None:
    assert verify_zip(packed, question).verdict is Verdict.CONSISTENT


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_flipped_byte_of_a_zip_is_noticed(shard: int, packed: bytes, question: Question) -> None:
    rng = random.Random(f"flips {shard}")
    for _ in range(FLIPS // SHARDS):
        position = rng.randrange(len(packed))
        damaged = bytearray(packed)
        damaged[position] ^= rng.randrange(1, 256)
        report = verify_zip(bytes(damaged), question)
        assert report.verdict is Verdict.MALFORMED, f"byte {position}"
        assert report.unreadable


def test_every_truncation_of_a_zip_is_noticed(packed: bytes, question: Question) -> None:
    for percent in range(100):
        cut = packed[: len(packed) * percent // 100]
        assert verify_zip(cut, question).verdict is Verdict.MALFORMED, f"{percent} %"
    assert verify_zip(packed + b"\0", question).verdict is Verdict.MALFORMED


def test_damage_to_a_file_is_noticed_and_named(files: dict[str, bytes], question: Question) -> None:
    rng = random.Random("files")
    names = sorted(name for name in files if not name.startswith("hints/"))
    for _ in range(DIRECTORY_FLIPS):
        name = rng.choice(names)
        data = bytearray(files[name])
        position = rng.randrange(len(data))
        data[position] ^= rng.randrange(1, 256)
        report = verify_files(files | {name: bytes(data)}, question)
        assert report.verdict in (Verdict.REJECTED, Verdict.MALFORMED, Verdict.INCOMPLETE), f"{name}, byte {position}"


@pytest.mark.parametrize("percent", range(0, 100, 10))
def test_a_truncated_file_is_noticed(percent: int, files: dict[str, bytes], question: Question) -> None:
    for name in files:
        if name.startswith("hints/"):
            continue
        cut = files[name][: len(files[name]) * percent // 100]
        report = verify_files(files | {name: cut}, question)
        assert report.verdict in (Verdict.REJECTED, Verdict.MALFORMED), name


def test_swapped_files_are_noticed(files: dict[str, bytes], question: Question) -> None:
    names = sorted(name for name in files if not name.startswith("hints/"))
    for first in names:
        for second in names:
            if first < second:
                swapped = files | {first: files[second], second: files[first]}
                verdict = verify_files(swapped, question).verdict
                assert verdict in (Verdict.REJECTED, Verdict.MALFORMED), (first, second)


def test_a_missing_file_is_incomplete_and_named(files: dict[str, bytes], question: Question) -> None:
    for name in files:
        if name.startswith("hints/") or name == "checkpoint":
            continue
        report = verify_files({other: data for other, data in files.items() if other != name}, question)
        assert report.verdict is Verdict.INCOMPLETE, name
        assert name in report.result(Check.RECORD_FILES).reason
