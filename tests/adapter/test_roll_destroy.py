"""Names are kept for so long and no longer; nothing of a person is in what is public; a record needs no names."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from e2evote.adapter import roll_keeping
from e2evote.adapter.personal_files import LIST, enter, leave, listed, write_personal
from e2evote.adapter.registrar_tool import renewed
from e2evote.adapter.roll_destroy import destroy, kept_until
from e2evote.adapter.roll_record import open_voter_record
from e2evote.adapter.roll_sharing import write_openings
from e2evote.errors import MalformedInput
from tests.adapter.roll_selection import HEADINGS, RollSelection, member_rows, members_csv, prepared
from tests.adapter.selections import refused
from tests.randomness import DeterministicRandomness

RANDOMNESS = DeterministicRandomness("destroy")
UNTIL = datetime(2031, 6, 1, tzinfo=UTC)
"""The closing date and the 30 days of the manifest."""


def personal(rows: list[dict[str, str]]) -> set[str]:
    """What must not be found anywhere: every value of a member, and words of names too long to be there by chance."""
    values = {row[name] for row in rows for name in HEADINGS if name != "style"}
    words = {word for row in rows for word in row["name"].split() if len(word) > 5}
    return values | words


def written(value: str) -> set[bytes]:
    """A value as it could be hidden in a file."""
    found: set[bytes] = set()
    for text in (value, value.lower(), value.upper(), value.replace(" ", "")):
        for data in (text.encode(), text.encode("utf-16-le"), text.encode("unicode_escape")):
            found |= {data, data.hex().encode(), data.hex().upper().encode(), data[::-1]}
            for shift in range(3):  # wherever it stands in what was encoded
                padded = base64.b64encode(b"\0" * shift + data)
                start, end = (0, 2, 3)[shift], len(padded) - 4
                if end - start >= 8:
                    found |= {padded[start + 1 : end], padded[start + 1 : end].translate(bytes.maketrans(b"+/", b"-_"))}
    return {one for one in found if len(one) >= 4}


def scan(folder: Path, values: set[str]) -> list[str]:
    """Where any of the values is."""
    needles = {needle: value for value in values for needle in written(value)}
    found = []
    for path in sorted(folder.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        found += [f"{path.relative_to(folder)}: {value}" for needle, value in needles.items() if needle in data]
        found += [f"{path.relative_to(folder)}: {value}" for value in values if value.lower() in path.name.lower()]
    return found


@pytest.fixture(scope="module")
def selection(tmp_path_factory: pytest.TempPathFactory) -> RollSelection:
    """A selection in which everything happened that has to do with names."""
    made = prepared(tmp_path_factory.mktemp("destroy") / "spring", "cast")
    with made.box() as service:
        post = service.post
        changed = roll_keeping.contact(
            made.record(), made.held, "0000002", "email", "newest@mail.example", "moved", RANDOMNESS
        )
        made.change(post, changed)
        again = renewed(made.record(), made.held, "rita", "0000002", "lost", RANDOMNESS)
        again.write(made.folder / "again.csv", made.folder / "notices.csv")
        made.send(post, again.act, "rita", "tess")
        made.administration(post).close()
        made.administration(post).statement()
    write_openings(made.held, made.record(), made.folder)
    return made


def test_the_scan_finds_what_is_there(selection: RollSelection) -> None:
    rows = member_rows()
    text = (selection.folder / "rita.letters.csv").read_text("utf-8-sig")
    assert [name for name in scan(selection.folder, {rows[1]["email"]}) if "rita.letters" in name]
    for value in ("Ada Lovelace", "member3@mail.example"):
        for data in (
            value.upper().encode(),
            value.encode().hex().encode(),
            base64.b64encode(b"x" + value.encode() + b"yz"),
        ):
            assert any(needle in data for needle in written(value))
    assert "Lovelace" in text


def test_no_personal_data_is_in_the_store(selection: RollSelection) -> None:
    """Record, inbox, replies, and the database of the log."""
    values = personal([*member_rows(), {name: "newest@mail.example" for name in HEADINGS}])
    assert any("log.sqlite" in path.name for path in selection.store.private.iterdir())
    assert scan(selection.store.path, values) == []


def test_before_the_time_nothing_is_deleted(selection: RollSelection) -> None:
    before = sorted(path.name for path in selection.folder.iterdir())
    with open_voter_record(selection.store.record) as record:
        assert kept_until(record) == UNTIL
        early = UNTIL - timedelta(seconds=1)
        act = refused(lambda: destroy(selection.folder, record, early))
    assert act.code == "retention"
    assert "2031-06-01T00:00:00Z" in act.detail
    assert sorted(path.name for path in selection.folder.iterdir()) == before


def test_afterwards_no_name_is_left_and_the_record_is_verified_as_before(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "stated")
    write_openings(selection.held, selection.record(), selection.folder)
    other = selection.folder / "other.roll"
    write_personal(other, b"of another selection", "roll", bytes(32))
    table = selection.folder / "members.csv"
    table.write_bytes(members_csv())
    table.chmod(0o644)  # as it came from the membership office
    (selection.folder / "link").symlink_to(table)
    election = selection.board().setting.first
    enter(selection.folder, ["members.csv", "link"], "members", election)
    enter(selection.folder, ["moved-away.csv"], "letters", election)
    before = selection.verify()
    with open_voter_record(selection.store.record) as record:
        done = destroy(selection.folder, record, UNTIL)
    assert [one.name for one in done.files.absent] == ["moved-away.csv"]
    assert {one.kind for one in done.files.deleted} == {"members", "seed", "roll", "letters", "opening"}
    assert [one.name for one in done.files.left] == ["link"]
    assert done.kept_until == done.at == "2031-06-01T00:00:00Z"
    assert other.read_bytes() == b"of another selection"
    assert [one.name for one in listed(selection.folder)] == ["other.roll", "link"]
    assert scan(selection.folder, personal(member_rows())) == []
    assert selection.verify() == before


def test_a_folder_without_a_list(selection: RollSelection, tmp_path: Path) -> None:
    with open_voter_record(selection.store.record) as record:
        assert refused(lambda: destroy(tmp_path, record, UNTIL)).code == "nothing-listed"


def test_the_list(tmp_path: Path) -> None:
    write_personal(tmp_path / "a", b"1", "roll", bytes(32))
    assert refused(lambda: write_personal(tmp_path / "a", b"2", "roll", bytes(32))).code == "secret.exists"
    enter(tmp_path, ["a", "b"], "roll", bytes(32))
    assert [one.name for one in listed(tmp_path)] == ["a", "b"]
    assert (tmp_path / LIST).stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError, match="no kind"):
        enter(tmp_path, ["c"], "secret", bytes(32))
    leave(tmp_path, listed(tmp_path))
    assert not (tmp_path / LIST).exists()
    for name in ("../b", "..", "x/y", ""):
        enter(tmp_path, ["a"], "roll", bytes(32))
        text = (tmp_path / LIST).read_text().replace('"name":"a"', f'"name":"{name}"')
        (tmp_path / LIST).write_text(text)
        with pytest.raises(MalformedInput):
            listed(tmp_path)
        (tmp_path / LIST).unlink()
