"""The reference verifier on whole records: honest ones, cut off ones, changed ones, and bytes that are no record."""

import hashlib
import json
import random
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from reference import canonical
from reference.ballots import Poll
from reference.ceremony import join, new_setting
from reference.encryptor import ContestSpec, ElectionSpec, Made, RestartSpec, VoteSpec, make_election
from reference.make_record import signed_message
from reference.make_tree import checkpoint_note, record_files, root_of, verifier_key, zip_of
from reference.manifest import Contest, Item, text_fault
from reference.numbers import small_group
from reference.report import AFTERWARDS, CHECKS
from reference.tally import elect, meets_threshold
from reference.verifier import verify

MAYOR = ContestSpec("mayor", (("ada", 1), ("bob", 1)), ties="lot")
BOARD = ContestSpec("board", (("cyd", 2), ("dan", 1)), limit=2, blank=True, threshold=("more_than", "ballots", 1, 4))
SPEC = ElectionSpec(
    (MAYOR, BOARD),
    (("all", ("mayor", "board")), ("half", ("mayor",))),
    (
        VoteSpec(1, "all", ((0, 1), (2, 0, 0))),
        VoteSpec(2, "half", ((1, 0),), "challenge"),
        VoteSpec(2, "half", ((1, 0),)),
        VoteSpec(1, "all", ((0, 1), (0, 0, 1))),
    ),
    restarts=(RestartSpec("false"),),
)
Files = dict[str, bytes]
VOTERS = {
    *CHECKS[CHECKS.index("roll.form") : CHECKS.index("ceremony.form")],
    "ballot.style",
    *("channel.elements", "channel.proof"),
}
"""Checks with nothing to examine where there is no roll."""


@cache
def made() -> Made:
    return make_election(SPEC, bytes(32))


@cache
def entries() -> list[tuple[bytes, bytes]]:
    """Leaf and payload of each entry."""
    return [(entry.leaf_bytes(), entry.pack_bytes()) for entry in made().entries]


def record(content: list[tuple[bytes, bytes]]) -> Files:
    """A record of these entries, signed by the log."""
    return record_files([leaf for leaf, _ in content], [payload for _, payload in content], [], head(content))


def head(content: list[tuple[bytes, bytes]]) -> bytes:
    root = root_of([hashlib.sha256(b"\x00" + leaf).digest() for leaf, _ in content])
    return checkpoint_note(made().origin, len(content), root, made().keys[made().parties["log"].hex()])


def anchors() -> dict[str, str]:
    key = verifier_key(made().origin, made().parties["log"])
    return {
        "base_hash": made().h_b.hex(),
        "extended_base_hash": made().joint().h_e.hex(),
        "log_key": key,
    }


def statuses(report: dict[str, Any], status: str) -> set[str]:
    return {check["check"] for check in report["checks"] if check["status"] == status}


def judge(source: object, **options: Any) -> dict[str, Any]:
    report = verify(source, **{"allow_test_group": True, **options})
    assert [check["check"] for check in report["checks"]] == list(CHECKS)
    assert canonical.decode(canonical.encode(report)) == report
    return report


def test_an_honest_record_is_consistent() -> None:
    report = judge(record(entries()))
    assert (report["verdict"], report["exit"]) == ("consistent", 6)
    assert statuses(report, "pass") == set(CHECKS[:-3])
    assert statuses(report, "not asked") == set(CHECKS[-3:])
    idle = {check["check"] for check in report["checks"][:-3] if not check["examined"]}
    assert idle == {"board.witnesses", "board.dates", *VOTERS, *AFTERWARDS}
    assert report["counts"] == {"ballots": 3, "valid": 3, "counted": 2, "lines": 2, "challenges": 1, "sessions": 2}
    assert report["faults"] == [{"session": 1, "reason": "complaint", "trustee": 2}]
    assert [result["votes"] for result in report["results"]] == [{"ada": 1, "bob": 1}, {"cyd": 0, "dan": 0, "": 1}]


def test_with_anchors_every_check_passes_but_a_test_group_is_never_accepted() -> None:
    report = judge(record(entries()), expect=anchors(), since=head(entries()[:9]))
    assert statuses(report, "pass") == set(CHECKS)
    assert report["verdict"] == "consistent"
    assert report["anchored"]


def test_a_test_group_needs_to_be_allowed() -> None:
    report = judge(record(entries()), allow_test_group=False)
    assert report["verdict"] == "rejected"
    assert statuses(report, "fail") == {"manifest.group"}


@pytest.mark.parametrize("name", ["base_hash", "extended_base_hash", "log_key"])
def test_another_anchor_is_noticed(name: str) -> None:
    changed = anchors() | {name: anchors()[name].replace("1", "2")}
    report = judge(record(entries()), expect=changed)
    assert statuses(report, "fail") == {"anchor.log-key" if name == "log_key" else "anchor.base-hash"}


def test_earlier_checkpoints() -> None:
    files, last = record(entries()), len(entries())
    for size in range(1, last + 1):
        assert not statuses(judge(files, since=head(entries()[:size])), "fail")
    longer = head([*entries(), (b"{}", b"")])
    other = head([*entries()[:4], (b"{}", b"")])
    forged = head(entries()[:4]).replace(b"\n4\n", b"\n5\n")
    for since in (longer, other, forged, b"", b"\n" * 70_000, head(entries()[:4])[:-1]):
        assert statuses(judge(files, since=since), "fail") == {"anchor.since"}


def test_a_record_that_is_cut_off_is_incomplete() -> None:
    for size in range(1, len(entries())):
        report = judge(record(entries()[:size]), expect={**anchors()})
        assert (report["verdict"], report["exit"]) == ("incomplete", 4), size
        assert statuses(report, "fail") == set()
        assert statuses(report, "missing") == {"record.complete"}


def test_every_container_gives_the_same_report(tmp_path: Path) -> None:
    files = record(entries())
    packed = zip_of(files)
    (tmp_path / "record.zip").write_bytes(packed)
    folder = tmp_path / "record"
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "empty").mkdir()
    expected = judge(files)
    for source in (packed, tmp_path / "record.zip", str(folder), folder):
        assert judge(source) == expected
    (folder / "link").symlink_to(folder / "checkpoint")
    assert judge(folder)["verdict"] == "malformed"


def test_a_changed_zip_is_malformed() -> None:
    packed = zip_of(record(entries()))
    for changed in (
        packed + b"\x00",
        b"\x00" + packed,
        packed[:-1],
        packed[:-2] + b"\x01\x00",
        zip_of({"checkpoint": b""}),
    ):
        assert judge(changed)["verdict"] == "malformed"


def test_a_missing_file() -> None:
    for name in record(entries()):
        files = record(entries())
        del files[name]
        report = judge(files)
        assert report["verdict"] == ("malformed" if name == "checkpoint" else "incomplete")
        assert statuses(report, "missing") <= {"record.files"}


def test_what_may_be_ignored_and_what_not() -> None:
    files, last = record(entries()), len(entries())
    ignored = {"hints/x": b"", "hints/000": b"\xff", f"tile/entries/000.p/{last - 1}": b"?", "payload/000.p/1": b""}
    assert judge(files | ignored)["verdict"] == "consistent"
    paths = (
        "x",
        "hints",
        "tile/0/000",
        f"tile/0/000.p/{last + 1}",
        "tile/1/000.p/1",
        "tile/0/001.p/1",
        "payload/000.p/0",
    )
    for path in (
        *paths,
        "payload/000.p/01",
        "tile/00/000.p/1",
        "payload/x000/000.p/1",
        "../checkpoint",
        "/checkpoint",
        "",
    ):
        report = judge(files | {path: b""})
        assert report["verdict"] == "rejected", path
        assert statuses(report, "fail") == {"record.files"}


def test_no_size_is_too_much() -> None:
    files = record(entries())
    huge = files["checkpoint"].replace(f"\n{len(entries())}\n".encode(), f"\n{2**53 - 1}\n".encode())
    report = judge({**files, "checkpoint": huge})
    assert report["verdict"] == "incomplete"
    assert statuses(report, "missing") == {"record.files"}
    assert len(report["checks"][0]["failures"]) == 1000
    assert report["checks"][0]["failed"] > 2**45
    too_much = huge.replace(str(2**53 - 1).encode(), str(2**53).encode())
    assert judge({**files, "checkpoint": too_much})["verdict"] == "malformed"


@pytest.mark.parametrize(
    "source",
    [
        *(
            b"",
            b"PK",
            b"PK\x03\x04" + b"\xff" * 26,
            b"PK\x05\x06" + bytes(18),
            None,
            7,
            "/nowhere",
            "\x00",
            {},
            {"x": b""},
        ),
        *({"checkpoint": b""}, {"checkpoint": b"\xff"}, {"checkpoint": b"\n" * 70_000}, {"checkpoint": b"a\n1\n\n\n"}),
        {"checkpoint": "o\n1\nAAAA\n\n— o AAAAAAAA\n".encode()},
        {"é": b"", "checkpoint": b""},
        {"checkpoint": 1},
        {1: b""},
    ],
    ids=lambda source: repr(source)[:24],
)
def test_what_is_no_record_is_malformed(source: object) -> None:
    report = judge(source)
    assert (report["verdict"], report["exit"]) == ("malformed", 3)
    assert statuses(report, "fail") == set()
    assert report["unreadable"]


def test_a_flipped_bit_is_noticed() -> None:
    files, chance = record(entries()), random.Random(1)
    for _ in range(80):
        name = chance.choice(sorted(files))
        data = bytearray(files[name])
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        report = judge({**files, name: bytes(data)})
        assert report["verdict"] in {"malformed", "rejected"}, name


def nodes(value: Any) -> list[Callable[[Any], None]]:
    """For each place in a JSON value, how to put something else there."""
    found: list[Callable[[Any], None]] = []
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found.append(partial(value.__setitem__, key))
        found += nodes(value[key])
    return found


REPLACEMENTS: tuple[Any, ...] = ("", "0", "00" * 32, "voter", [], {}, [[]], {"": 0}, 0, 1, 2**53 - 1, True, "é" * 70)


@pytest.mark.parametrize("part", ["leaf", "payload"])
def test_no_replaced_value_stops_the_verifier(part: str) -> None:
    chance = random.Random(2)
    for _ in range(100):
        content = list(entries())
        index = chance.randrange(len(content))
        leaf, payload = content[index]
        if part == "payload" and not payload:
            continue
        in_text_lines = part == "payload" and payload.endswith(b"\n")
        value = json.loads(leaf if part == "leaf" else b"[" + b",".join(payload.splitlines()) + b"]")
        chance.choice(nodes(value))(chance.choice(REPLACEMENTS))
        if part == "payload":
            payload = b"".join(canonical.encode(line) + b"\n" * in_text_lines for line in value)
            value = json.loads(leaf)
            value["payload"] = {"len": len(payload), "sha256": hashlib.sha256(payload).hexdigest()}
        content[index] = canonical.encode(value), payload
        report = judge(record(content))
        assert report["verdict"] in {"malformed", "rejected"} or content == entries()


def test_the_signed_bytes_are_agreed_on() -> None:
    leaf = json.loads(entries()[1][0])
    assert signed_message(leaf).startswith(b"e2evote/v1/leaf\n{")


@pytest.mark.slow
def test_a_record_in_the_standard_group_is_accepted() -> None:
    spec = ElectionSpec(
        (ContestSpec("vote", (("yes", 1),)),),
        (("all", ("vote",)),),
        (VoteSpec(1, "all", ((1,),)),),
        n=1,
        k=1,
        decrypting=(1,),
        group="electionguard-2.1-4096",
    )
    its = make_election(spec, bytes(32))
    leaves = [entry.leaf_bytes() for entry in its.entries]
    note = checkpoint_note(its.origin, len(leaves), its.root(len(leaves)), its.keys[its.parties["log"].hex()])
    files = record_files(leaves, [entry.pack_bytes() for entry in its.entries], [], note)
    key = verifier_key(its.origin, its.parties["log"])
    expect = {"base_hash": its.h_b.hex(), "extended_base_hash": its.joint().h_e.hex(), "log_key": key}
    assert verify(files)["verdict"] == "consistent"
    report = verify(files, expect)
    assert (report["verdict"], report["exit"]) == ("accepted", 0)


def contest(seats: int, ties: str = "report", threshold: dict[str, Any] | None = None) -> Contest:
    options = tuple(Item(i, name, 9) for i, name in enumerate("abcd", 1))
    return Contest(1, "c", 9, options, None, seats, threshold or {"rule": "none"}, ties)


@cache
def poll() -> Poll:
    return Poll(new_setting(small_group(), 1, 1, b""), join(new_setting(small_group(), 1, 1, b""), {}))


@pytest.mark.parametrize(
    ("seats", "votes", "elected", "tied", "vacant"),
    [
        (1, (3, 5, 5, 1), "", "bc", 1),
        (2, (3, 5, 5, 1), "bc", "", 0),
        (3, (3, 5, 5, 3), "bc", "ad", 1),
        (4, (0, 0, 7, 1), "cdab", "", 0),
        (6, (0, 0, 7, 1), "cdab", "", 2),
        (1, (0, 0, 0, 0), "", "abcd", 1),
    ],
)
def test_who_is_elected(seats: int, votes: tuple[int, ...], elected: str, tied: str, vacant: int) -> None:
    by_option = dict(zip("abcd", votes, strict=True))
    assert elect(poll(), contest(seats), by_option, 20, "") == (list(elected), list(tied), vacant)


def test_a_lot_decides_between_equals_only() -> None:
    votes = {"a": 3, "b": 5, "c": 3, "d": 3}
    outcomes = {
        "".join(elect(poll(), contest(3, "lot"), votes, 20, str(digits))[0]) for digits in range(10**6, 10**6 + 99)
    }
    assert outcomes == {"bac", "bca", "bad", "bda", "bcd", "bdc"}


def test_thresholds() -> None:
    at_least = {"of": "ballots", "rule": "at_least", "share": [1, 2]}
    more_than = {"of": "votes", "rule": "more_than", "share": [1, 2]}
    assert [meets_threshold(at_least, t, 7, 100) for t in (3, 4)] == [False, True]
    assert [meets_threshold(at_least, t, 8, 100) for t in (3, 4)] == [False, True]
    assert [meets_threshold(more_than, t, 100, 8) for t in (4, 5)] == [False, True]
    assert meets_threshold(at_least, 0, 0, 0)
    assert not meets_threshold(more_than, 0, 0, 0)
    votes = {"a": 4, "b": 4, "c": 1, "d": 0}
    assert elect(poll(), contest(3, threshold=at_least), votes, 8, "") == (["a", "b"], [], 1)


def test_texts() -> None:
    for words in ("Ada", "Ada B", "\u00c9va", "\u05d0\u05d1", "\U0001f600"):
        assert not text_fault(words)
    bad = (" A", "A ", "A  B", "E\u0301", "A\u00a0B", "A\tB", "A\u200b", "A\u2028", "A\ue000", "A\u0378", "A\ufe0f")
    for words in (*bad, "\u3164", "A\u2003B", "A\u034f", "A\U000e0100", "A\u180f", "A\u1160"):
        assert text_fault(words), ascii(words)
