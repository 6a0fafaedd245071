"""`e2evote rehearse`: a store that can be served at once, and letters with which its members can vote."""

import csv
import stat
from pathlib import Path

import pytest

from cli.running import done, one_line, run
from e2evote.adapter import Election
from e2evote.adapter.anchors import read_anchors
from e2evote.adapter.personal_files import listed
from e2evote.cli.rehearse_words import contest
from e2evote.manifest.entries import Phase

TEST = ("--group", "test-512")


def test_it_is_open_and_its_letters_are_good_for_a_vote(tmp_path: Path) -> None:
    store = tmp_path / "spring"
    contests = ("--contest", "Chair=Ada Lovelace,Bob Smith", "--contest", "Rule 7=Yes,No")
    options = (
        "--name",
        "Spring",
        "--id",
        "spring",
        "--members",
        3,
        "--paper",
        "postal",
        "--url",
        "https://v.example/a/",
    )
    told = done("rehearse", store, *contests, *options, *TEST, "--json").json
    assert (told["election"], told["lines"], told["store"]) == ("spring", 3, str(store))
    rows = list(csv.DictReader((store / "letters.csv").read_text("utf-8-sig").splitlines()))
    assert [row["line"] for row in rows] == ["0000001", "0000002", "0000003"]
    assert set(rows[0]) == {"line", "reference", "name", "code from registrar-1", "code from registrar-2"}
    anchors = read_anchors(store / "anchors.json")
    pages = (store / "letters.txt").read_text("utf-8").split("\f")
    assert len(pages) == 3
    words = f"{anchors.base_hash.hex()}-{anchors.extended_base_hash.hex()}"
    for row, page in zip(rows, pages, strict=True):
        assert f"https://v.example/a/elections/spring/client/#anchors={words}&line={int(row['line'])}&lang=en" in page
        assert row["code from registrar-1"] in page
        assert row["code from registrar-2"] in page
        assert row["name"] in page
    for name in ("letters.csv", "letters.txt"):
        assert stat.S_IMODE((store / name).stat().st_mode) == 0o600
    assert {one.name for one in listed(store)} == {"letters.csv", "letters.txt"}
    with Election.open_store(store, allow_test_group=True) as election:
        assert election.status().phase is Phase.OPEN
        assert election.manifest.channels.paper == ("postal",)
        assert [one.codes for one in election.letters()] == [
            (row["code from registrar-1"], row["code from registrar-2"]) for row in rows
        ]
        election.cast("2", {"chair": {"ada-lovelace": 1}, "rule-7": {"no": 1}})


def test_it_says_whose_keys_these_are_and_what_to_do_next(tmp_path: Path) -> None:
    store = tmp_path / "s"
    told = done("rehearse", store, "--contest", "Chair=Ada,Bob", "--members", 1, *TEST).out
    assert "THIS MACHINE HOLDS EVERY KEY" in told
    assert "e2evote serve --store" in told
    (row,) = csv.DictReader((store / "letters.csv").read_text("utf-8-sig").splitlines())
    for party in ("registrar-1", "registrar-2"):
        assert row[f"code from {party}"] not in told


def test_members_from_a_table_and_letters_in_welsh(tmp_path: Path) -> None:
    members = tmp_path / "members.csv"
    members.write_text("reference,name,email\nL-1,Siân Ó Néill,sian@example.org\nL-2,Owain,\n", "utf-8")
    store, contests = tmp_path / "s", ("--contest", "Cadeirydd=Ada,Bob")
    done("rehearse", store, *contests, "--members-file", members, "--lang", "cy", *TEST)
    text = (store / "letters.txt").read_text("utf-8")
    assert "At Siân Ó Néill" in text
    assert "has not been reviewed" in text
    with Election.open_store(store, allow_test_group=True) as election:
        assert {one.reference for one in election.letters()} == {"L-1", "L-2"}
        assert election.manifest.election.name.items() == (("cy", "Rehearsal"),)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "want the columns"),
        (b"name,reference\nAda,1\n", "want the columns"),
        (b"reference,name,colour\n1,Ada,red\n", "want the columns"),
        (b"reference,name,name\n1,Ada,Ada\n", "want the columns"),
        (b"reference,name\n", "no members"),
        (b"reference,name\n1\n", "line 2: 1 cells"),
        (b"reference,name,weight\n1,Ada,half\n", "weight"),
        (b"reference,name\n1,\xff\n", "UTF-8"),
        (b"reference,name\n1,Ada\n1,Bob\n", "may be taken for"),
    ],
)
def test_a_table_that_is_not_right_makes_nothing(tmp_path: Path, data: bytes, words: str) -> None:
    members, store = tmp_path / "members.csv", tmp_path / "s"
    members.write_bytes(data)
    ended = run("rehearse", store, "--contest", "Chair=Ada,Bob", "--members-file", members, *TEST)
    assert (ended.code, words in one_line(ended.err)) == (2, True), ended.err
    assert not store.exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--contest", "Chair"),
        ("--contest", "=Ada,Bob"),
        ("--contest", "Chair=Ada,,Bob"),
        ("--contest", "Chair=Ada,Bob", "--lang", "de"),
        ("--contest", "Chair=Ada,Bob", "--paper", "fax"),
        ("--contest", "Chair=Ada,Bob", "--id", "No Id"),
        ("--contest", "Chair=Ada,Bob", "--quorum", "4"),
        ("--contest", "Chair=Ada,Bob", "--members-file", "none.csv"),
        (),
    ],
)
def test_what_can_not_be_rehearsed_is_a_matter_of_usage(tmp_path: Path, options: tuple[str, ...]) -> None:
    ended = run("rehearse", tmp_path / "s", *options, *TEST)
    assert ended.code == 2
    one_line(ended.err)
    assert not (tmp_path / "s").exists()


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    ended = run("rehearse", tmp_path / "s", "--contest", "Chair=Ada,Bob", *TEST)
    assert (ended.code, list((tmp_path / "s").iterdir())) == (2, [])


def test_ids_are_made_from_names_and_differ() -> None:
    made = contest("Über uns = Ja , ja, Nein,東京,大阪")
    assert (made.id, made.name) == ("uber-uns", "Über uns")
    assert [option.id for option in made.options] == ["ja", "ja-2", "nein", "option-4", "option-5"]
    assert [option.name for option in made.options] == ["Ja", "ja", "Nein", "東京", "大阪"]
