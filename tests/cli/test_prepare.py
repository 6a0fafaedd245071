"""Papers before a selection, and the transcript after a rehearsal."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from cli.running import done, run
from e2evote.cli.preparing import assessment, rehearsal_plan
from e2evote.manifest.model import Manifest
from tests.adapter.rolled_stores import PAPER, rolled_store
from tests.adapter.rolls import roll_manifest
from tests.adapter.test_approval import of_one_house
from tests.ballot.election import make_manifest

ROLL = roll_manifest(paper=("in_person", "postal"))
OPEN = make_manifest()


@pytest.mark.parametrize("manifest", [ROLL, OPEN])
def test_every_party_and_every_claim_is_named(manifest: Manifest) -> None:
    for text in (assessment(manifest), rehearsal_plan(manifest)):
        assert not re.search(r"\$[a-z{]", text)
        for party in manifest.parties:
            assert f"| {party.role} | {party.id} | {party.organisation} |" in text
    text = assessment(manifest)
    for claim, made in manifest.claims.model_dump().items():
        assert f"{'claimed' if made else 'NOT CLAIMED'}: {claim}" in text
    assert f"{manifest.dates.open} to {manifest.dates.close}" in text


def test_what_the_manifest_leaves_open_stands_there() -> None:
    assert "whoever makes a key may vote" in assessment(OPEN)
    assert "One House has 2 trustees" in assessment(of_one_house(ROLL, "trustee-1", "trustee-2"))


def test_what_is_tried_follows_from_the_manifest() -> None:
    with_roll, without = rehearsal_plan(ROLL), rehearsal_plan(OPEN)
    for words in ("a code of another line", "the second teller counts otherwise", "e2evote registrar issue"):
        assert words in with_roll
        assert words not in without
    assert "the ballot is superseded" in with_roll
    assert "no mark is taken" in rehearsal_plan(roll_manifest(paper=("postal",), paper_prevails=False))


def test_names_cannot_break_a_table() -> None:
    manifest = of_one_house(ROLL, "tess")
    parties = tuple(
        party.model_copy(update={"organisation": "A | B <b>\n| forged"}) if party.id == "tess" else party
        for party in manifest.parties
    )
    text = assessment(manifest.model_copy(update={"parties": parties}))
    assert r"| teller | tess | A \| B &lt;b> \| forged |" in text


def test_files(tmp_path: Path) -> None:
    manifest, out = tmp_path / "manifest.json", tmp_path / "assessment.md"
    manifest.write_bytes(ROLL.encode())
    done("prepare", "assessment", manifest, "--out", out)
    assert out.read_text("utf-8") == assessment(ROLL)
    assert run("prepare", "assessment", manifest, "--out", out).code == 2
    assert done("rehearsal", "plan", manifest, "--json").json["text"] == rehearsal_plan(ROLL)
    assert "Tried on purpose" in done("rehearsal", "plan", manifest).out
    assert run("rehearsal", "plan", tmp_path / "none").code == 2
    manifest.write_bytes(b"{}")
    assert run("rehearsal", "plan", manifest).code == 3


def test_everybody_gets_the_same_transcript(tmp_path: Path) -> None:
    """From the folder and from a packed copy; with the hash of all its lines at the end."""
    selection = rolled_store(tmp_path / "box", "closed", PAPER)
    record, packed, out = selection.store.record, tmp_path / "record.zip", tmp_path / "transcript.txt"
    transcribe = "rehearsal", "transcript"
    done(*transcribe, record, "--out", out, "--allow-test-group", "--workers", 1)
    done("record", "pack", record, packed)
    again = done(*transcribe, packed, "--allow-test-group", "--workers", 0, "--json").json["text"]
    text = out.read_text("utf-8")
    assert again == text
    body, end, last = text.rpartition("SHA-256 of all lines above: ")
    assert (end, last.strip()) == ("SHA-256 of all lines above: ", hashlib.sha256(body.encode()).hexdigest())
    lines = text.splitlines()
    board = selection.board()
    for entry in board.entries:
        assert any(line.split()[:3] == [str(entry.index), entry.leaf.kind, entry.leaf_hash.hex()] for line in lines)
    assert sum("pass " in line for line in lines) > 50
    assert any(line.startswith("0 checks fail") for line in lines)
    other = rolled_store(tmp_path / "other", "cast", PAPER).store.record
    assert done(*transcribe, other, "--allow-test-group").out != text


def test_what_is_no_record_has_no_transcript(tmp_path: Path) -> None:
    assert run("rehearsal", "transcript", tmp_path).code == 3


def test_a_transcript_says_what_fails(tmp_path: Path) -> None:
    selection = rolled_store(tmp_path / "box", "closed", replace(PAPER))
    packs = (selection.store.record / "payload" / "000.p").iterdir()
    pack = max(packs, key=lambda path: int(path.name))
    data = pack.read_bytes()
    at = data.rindex(b'"alpha":"') + 12
    pack.write_bytes(data[:at] + (b"0" if data[at : at + 1] != b"0" else b"1") + data[at + 1 :])
    text = done("rehearsal", "transcript", selection.store.record, "--allow-test-group").out
    assert "fail          board.payload" in text
    assert "without anchors the record is rejected" in text
