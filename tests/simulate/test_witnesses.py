"""Notes with witnesses: no byte of one that is needed is free, and both verifiers say the same of growing records."""

import random

import pytest

from e2evote.board.policy import Policy, decode_policy
from e2evote.errors import MalformedInput
from e2evote.verify import Check, Report, Verdict
from e2evote.verify.examine import Question
from e2evote.verify.log import read_head
from e2evote.verify.witnesses import cosignatures
from reference.note import Malformed, read_checkpoint
from reference.policy import Policy as ReferencePolicy
from reference.policy import read_policy
from reference.verifier import verify
from reference.verifier_witnesses import times_of
from simulate.bases import base_election
from simulate.insider import Dossier
from verify.shown import anchors_of, verify_files

NOTES = ("checkpoint", "dates/open", "dates/close")
FLIPS, NOTE_MUTANTS = 50, 1000


def agreed(files: dict[str, bytes], expect: dict[str, str] | None = None) -> Report:
    """The library's report, after the reference verifier gave the same answer."""
    library = verify_files(files, Question(anchors_of(expect), None, True))
    reference = verify(files, expect, allow_test_group=True)
    assert {r.check.value: r.status.value for r in library.results} == {
        c["check"]: c["status"] for c in reference["checks"]
    }
    for name in ("verdict", "cosigned", "claims"):
        assert library.members()[name] == reference[name], name
    return library


@pytest.mark.parametrize("name", NOTES)
def test_no_byte_of_a_note_with_exactly_a_quorum_is_free(name: str) -> None:
    d = Dossier(base_election("witnessed"))
    files, rng = d.files(), random.Random(name)
    assert agreed(files).verdict is Verdict.CONSISTENT
    for _ in range(FLIPS):
        data = bytearray(files[name])
        position = rng.randrange(len(data))
        data[position] ^= rng.randrange(1, 256)
        report = agreed(files | {name: bytes(data)}, d.anchors())
        assert report.verdict is not Verdict.CONSISTENT, f"byte {position}: {bytes(data)!r}"
        others = {Check.BOARD_DATES} if name != "checkpoint" else {Check.BOARD_WITNESSES, Check.BOARD_CHECKPOINT}
        assert report.failing <= others | {Check.BOARD_ROOT, Check.RECORD_FILES}


@pytest.mark.parametrize("base", ["witnessed", "nested"])
def test_a_record_that_grows_is_never_rejected(base: str) -> None:
    """Every prefix under its own head, cosigned or not yet."""
    d = Dossier(base_election(base))
    for size in range(len(d.entries), 0, -1):
        del d.entries[size:]
        for note in (None, d.checkpoint()):
            d.note = note
            assert agreed(d.files()).failing == frozenset(), size
    d.notes = {"dates/open": b"of a leaf that is not there yet"}
    assert agreed(d.files()).failing == frozenset()


@pytest.mark.parametrize("name", ["tile/entries", "payload", "dates/open"])
def test_a_file_that_is_not_there(name: str) -> None:
    d = Dossier(base_election("witnessed"))
    files = {path: data for path, data in d.files().items() if not path.startswith(name)}
    assert agreed(files).verdict is Verdict.INCOMPLETE


def test_the_report_says_who_cosigned_what_and_when() -> None:
    d = Dossier(base_election("witnessed"))
    report = agreed(d.files(), d.anchors())
    assert [(c.note, c.size) for c in report.facts.cosigned] == [(name, d.size_of(name)) for name in NOTES]
    for note in report.facts.cosigned:
        assert {w.name: w.time for w in note.witnesses} == d.times(note.note)
    assert "witnesses" not in report.not_claimed
    assert agreed(Dossier(base_election("base")).files()).facts.cosigned == ()


def test_times_beyond_the_integers_of_json_are_reported() -> None:
    d = Dossier(base_election("witnessed"))
    d.note = d.cosigned(d.checkpoint(), {"east": 2**63 - 1, "north": 2**53})
    members = agreed(d.files(), d.anchors()).encode()
    assert b'{"name":"east","time":"9223372036854775807"},{"name":"north","time":"9007199254740992"}' in members


PIECES = (b"", b"\n", b"\n\n", b" ", b"+", b"=", b"A", b"0", b"\r", b"\t", b"\0", b"\xc2\xa0", b"\xe2\x80\x94", b"\xff")


def mutated(rng: random.Random, note: bytes, others: list[bytes]) -> bytes:
    """Bytes and lines otherwise, lines of other notes among them."""
    for _ in range(rng.randrange(1, 3)):
        lines = note.split(b"\n")
        at, end = rng.randrange(len(note) + 1), rng.randrange(1, 4)
        match rng.randrange(6):
            case 0:
                note = note[:at] + rng.choice(PIECES) + note[at:]
            case 1:
                note = note[:at] + rng.choice(PIECES) + note[at + end :]
            case 2:
                del lines[rng.randrange(len(lines))]
                note = b"\n".join(lines)
            case 3:
                lines.insert(rng.randrange(len(lines)), rng.choice(lines))
                note = b"\n".join(lines)
            case 4:
                note += rng.choice(rng.choice(others).split(b"\n")) + b"\n"
            case 5:
                i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
                lines[i], lines[j] = lines[j], lines[i]
                note = b"\n".join(lines)
    return note


def read_by_both(note: bytes, policies: tuple[Policy, ReferencePolicy]) -> object:
    """What the note says and who cosigned it when, on which both agree; None where it is no checkpoint."""
    try:
        read, head = read_head(note)
    except MalformedInput:
        with pytest.raises(Malformed):
            read_checkpoint(note)
        return None
    theirs = read_checkpoint(note)
    assert (head.origin, head.size, head.root, read.text) == (theirs.origin, theirs.size, theirs.root, theirs.text)
    cosigned, objection = cosignatures(policies[0], read)
    times, fault = times_of(policies[1], theirs)
    assert {one.name.encode(): one.time for one in cosigned} == times
    assert bool(objection) == bool(fault)
    return len(times), bool(fault)


@pytest.mark.parametrize("shard", range(2))
def test_both_read_the_same_notes(shard: int) -> None:
    d = Dossier(base_election("witnessed"))
    text = d.manifest["witnesses"]["policy"].encode()
    policies = decode_policy(text), read_policy(text)
    honest = [d.cosigned(d.honest(name), {"south": 1}) for name in NOTES]
    rng = random.Random(f"notes {shard}")
    found = [read_by_both(mutated(rng, rng.choice(honest), honest), policies) for _ in range(NOTE_MUTANTS)]
    assert {None, (3, False), (2, False), (2, True)} <= set(found)
