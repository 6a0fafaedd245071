"""A selection with a roll by commands alone: seeds, freeze, codes, changes, votes, registers, and the end of the names.

One selection goes through all of it in one test, step by step; each begins where the one before has ended.
"""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.desks import WORDS, Desk, failed, text_of
from cli.running import HISTORY, done, run
from e2evote.adapter import secretfile
from e2evote.adapter.anchors import anchors_of, write_anchors
from e2evote.adapter.inbox import InboxPost
from e2evote.adapter.patience import Patience
from tests.adapter.roll_selection import RollSelection, begun, member_rows, members_csv
from tests.adapter.rolls import roll_manifest
from tests.adapter.selections import hold_ceremony, prepared
from tests.adapter.test_roll_destroy import personal, written
from tests.ballot.election import signing_key

CHEAP = ("--scrypt-log2", 15)
TEST = "--allow-test-group"


class RollDesk(Desk):
    """Files of members and parties lie in `folder`."""

    @property
    def roll(self) -> tuple[object, ...]:
        return "--roll", self.folder / "spring.roll", "--roll-passphrase-file", self.phrase

    @property
    def two(self) -> tuple[object, ...]:
        return *self.by("chair"), *self.beside("tess")

    def post(self) -> InboxPost:
        return InboxPost(self.selection.store, Patience(60))

    def file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path


@pytest.fixture
def desk(tmp_path: Path) -> RollDesk:
    path = tmp_path
    folder = path / "office"
    folder.mkdir()
    made = RollDesk(begun(path / "spring", roll_manifest(annulment="allowed")), folder)
    (folder / "manifest.json").write_bytes(roll_manifest(annulment="allowed").encode())
    return made


def as_text(value: object) -> bytes:
    """Canonical JSON of what was changed."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def letters(path: Path) -> dict[str, dict[str, str]]:
    """By line, the rows of a table of letters."""
    return {row["line"]: row for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))}


def import_names_every_mistake(desk: RollDesk) -> None:
    rows = member_rows()
    manifest = desk.folder / "manifest.json"
    good = desk.file("members.csv", members_csv(rows))
    assert "6 members, nothing wrong" in text_of("roll", "import", good, "--manifest", manifest)
    counts = done("roll", "import", good, "--manifest", manifest, "--json").json
    assert (counts["members"], counts["faults"]) == (6, [])
    assert counts["styles"] == [{"members": 4, "style": "all"}, {"members": 2, "style": "half"}]
    rows[2] |= {"email": "nonsense", "style": "third"}
    rows[4]["reference"] = rows[0]["reference"].lower()
    bad = desk.file("bad.csv", members_csv(rows))
    ended = run("roll", "import", bad, "--manifest", manifest)
    assert ended.code == 2
    for place in ("line 4, email", "line 4, style", "line 6, reference", "3 mistakes"):
        assert place in ended.out
    told = run("roll", "import", bad, "--manifest", manifest, "--json")
    assert told.code == 2
    assert [(one["line"], one["column"]) for one in told.json["faults"]] == [
        (4, "email"),
        (4, "style"),
        (6, "reference"),
    ]
    bad.unlink()


def seeds_and_freeze(desk: RollDesk) -> None:
    freeze = [
        *("roll", "freeze", desk.folder / "members.csv", "--store", desk.store, *desk.roll, *CHEAP),
        *("--as-at", "2031-04-01T00:00:00Z"),
        *(word for id in ("rita", "rolf") for word in ("--seed", desk.folder / f"{id}.seed")),
        *(word for _ in range(2) for word in ("--seed-passphrase-file", desk.phrase)),
    ]
    with desk.at_work():
        for id in ("rita", "rolf"):
            seed = "--out", desk.folder / f"{id}.seed", "--seed-passphrase-file", desk.phrase, *CHEAP
            first = done("registrar", "seed", "--store", desk.store, *desk.by(id), *seed, "--json").json
            again = done("registrar", "seed", "--store", desk.store, *desk.by(id), *seed, "--json").json
            assert first == again
        assert "one for each" in run(*freeze[:-2], *desk.two).err
        assert not (desk.folder / "spring.roll").exists()
        said = done(*freeze, *desk.two, "--json").json
        assert (said["lines"], said["roll"]) == (6, str(desk.folder / "spring.roll"))
        assert "exists already" in run(*freeze, *desk.two).err
    assert text_of("roll", "check", *desk.roll, desk.record).endswith("none of it is false")


def amendments_by_two_keys_and_by_a_draft(desk: RollDesk) -> None:
    late = {name: value.replace("0", "9") for name, value in member_rows(8)[7].items()}
    added = desk.file("late.csv", members_csv([late]))
    moved = desk.file("moved.csv", b"line,field,value\r\n2,email,newest@mail.example\r\n")
    with desk.at_work():
        add = "roll", "add", added, "--store", desk.store, *desk.roll, *CHEAP, "--reason"
        failed(2, "reason", *add, "because", *desk.two)
        assert "Line 7 is added." in text_of(*add, "omitted", *desk.two)
        remove = "roll", "remove", "6", "--store", desk.store, "--reason"
        assert "Line 6 is taken off the roll." in text_of(*remove, "duplicate", *desk.two)
        failed(1, "no-line", *remove, "duplicate", *desk.two)
        change = "roll", "contact", moved, "--store", desk.store, *desk.roll, *CHEAP, "--reason", "moved"
        notices, draft = desk.folder / "notices.csv", desk.folder / "moved.draft"
        said = text_of(*change, "--notices", notices, *desk.by("chair"), "--draft", draft)
        assert "still to be signed by a teller" in said
        addresses = [row["address"] for row in csv.DictReader(io.StringIO(notices.read_text("utf-8-sig")))]
        assert addresses[1] == "newest@mail.example"
        assert len(addresses) == 2
        finish = "roll", "finish", "--store", desk.store, *desk.roll, TEST
        assert run(*finish).code == 4
        again = run(*change, "--notices", desk.folder / "more.csv", *desk.by("chair"))
        assert (again.code, "roll-unfinished" in again.err) == (4, True)
        text_of("approve", draft, "--store", desk.store, *desk.by("tess"), "--post")
        assert done(*finish, "--json").json == {"finished": True}
        failed(2, "nothing-waits", "roll", "drop", *desk.roll[:2])
    assert done("roll", "check", *desk.roll, desk.record, "--json").json["failures"] == []


def several_changes_need_both_keys(desk: RollDesk) -> None:
    moved = desk.file("several.csv", b"line,field,value\n1,phone,+44 1 23456\n2,phone,+44 2 34567\n")
    base = "roll", "contact", moved, "--store", desk.store, *desk.roll, "--reason", "moved"
    ended = run(*base, "--notices", desk.folder / "n.csv", *desk.by("chair"))
    assert (ended.code, "one at a time" in ended.err) == (2, True)
    for text, words in (
        (b"line,value\n1,x\n", "want the columns"),
        (b"line,field,value\n", "no changes"),
        (b"line,field,value\n1,email\n", "row 2: 2 cells"),
        (b"line,field,value\nx,email,a@b.example\n", "row 2: that is no line"),
        (b"\xff", "not UTF-8"),
    ):
        desk.file("several.csv", text)
        ended = run(*base, "--notices", desk.folder / "n.csv", *desk.by("chair"))
        assert (ended.code, words in ended.err) == (2, True), ended.err


def codes_off_line_then_keys(desk: RollDesk) -> None:
    done("record", "pack", desk.record, desk.folder / "record.zip")
    for id in ("rita", "rolf"):
        out, keys = desk.folder / f"{id}.letters.csv", desk.folder / f"{id}.keys"
        base = "registrar", "issue", desk.folder / "record.zip", "--registrar", id, *desk.roll, "--keys", keys
        said = done(*base, "--out", out, "--json").json
        assert (said["count"], said["first"]) == (6, 1)
        assert "0000006" not in letters(out)
        with desk.at_work():
            post = "registrar", "post", keys, "--store", desk.store, *desk.by(id), "--json"
            assert done(*post).json == done(*post).json
    failed(2, "wrong-key", "registrar", "post", desk.folder / "rita.keys", "--store", desk.store, *desk.by("tess"))


def openings(desk: RollDesk) -> None:
    base = "roll", "openings", "--store", desk.store, *desk.roll, TEST
    assert run(*base).code == 2
    assert "6 openings" in text_of(*base, "--out", desk.folder / "openings")
    assert "6 openings" in text_of(*base, "--csv", desk.folder / "openings.csv")
    own = desk.folder / "openings" / "opening-0000002.json"
    said = text_of("roll", "show-mine", own, desk.record)
    for words in (
        "Line 2 of 7 on the roll of Spring, as at 2031-04-01T00:00:00Z.",
        "newest@mail.example",
        "email was changed, before it was",
        "reason moved, by chair, approved by tess",
        "rita has issued one code to the line, sent to your email; number 2 is in force.",
        "No vote is recorded for the line so far.",
    ):
        assert words in said
    false = json.loads(own.read_bytes())
    false["values"][0] = "M-1"
    other = desk.file(
        "false.json", json.dumps(false, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    )
    ended = run("roll", "show-mine", other, desk.record)
    assert (ended.code, "FAIL opening.value" in " ".join(ended.out.split())) == (1, True)
    assert run("roll", "show-mine", desk.file("none.json", b"{}"), desk.record).code == 3


def votes_and_what_is_done_to_credentials(desk: RollDesk) -> None:
    selection, files = desk.selection, desk.folder
    assert isinstance(selection, RollSelection)
    for id in ("rita", "rolf"):
        (selection.folder / f"{id}.letters.csv").write_bytes((files / f"{id}.letters.csv").read_bytes())
    with desk.at_work():
        hold_ceremony(selection, desk.post())
        selection.administration(desk.post()).open()
        write_anchors(files / "anchors.json", anchors_of(selection.board()))
        for line in ("0000001", "0000002"):
            selection.vote(desk.post(), line, {"mayor": {"ada": 1}})
        out, notices = files / "letter.csv", files / "told.csv"
        again = "registrar", "reissue", "3", "--store", desk.store, *desk.roll, "--reason", "lost"
        said = done(*again, "--out", out, "--notices", notices, *desk.by("rita"), *desk.beside("theo"), "--json").json
        assert (said["number"], said["old"], said["told"]) == (7, 3, 2)
        assert letters(out)["0000003"]["number"] == "7"
        refused = run(*again, "--out", files / "no.csv", "--notices", files / "no2.csv", *desk.by("sam"))
        assert refused.code == 2
        assert not (files / "no.csv").exists()
        unvoted = "registrar", "reissue", "1", "--store", desk.store, *desk.roll, "--reason", "lost"
        late = "--out", files / "no.csv", "--notices", files / "no2.csv"
        failed(1, "credential.reissue", *unvoted, *late, *desk.by("rita"), *desk.beside("theo"))
        assert not (files / "no.csv").exists()
        assert not (files / "no2.csv").exists()
        revoke = "registrar", "revoke", "0000004", "--store", desk.store, "--reason", "disclosed"
        assert "is none any more" in text_of(*revoke, *desk.by("rolf"), *desk.beside("tess"))
        annul = "registrar", "annul", "2", "--store", desk.store, "--reason", "not-own"
        assert "does not count any more" in text_of(*annul, *desk.by("rita"), *desk.beside("tess"))
    said = text_of("registrar", "account", desk.record, "--expect", files / "anchors.json")
    assert "lines that ever had more than one key of a registrar: 1; of these have voted: 0" in said
    counts = done("registrar", "account", desk.record, "--json").json
    assert counts["registrars"] == [
        {"issued": 7, "party": "rita", "revoked": 1, "unused": 4, "used": 2},
        {"issued": 6, "party": "rolf", "revoked": 1, "unused": 3, "used": 2},
    ]
    assert [(e["kind"], e["line"], e["approver"]) for e in counts["events"]] == [
        ("credential.reissue", "0000003", "theo"),
        ("credential.revoke", "0000004", "tess"),
        ("annul", "0000002", "tess"),
    ]
    mine = text_of("roll", "show-mine", files / "openings" / "opening-0000002.json", desk.record)
    assert "A ballot of the line was annulled" in mine
    assert "The line's ballot was annulled, and no vote counts for it so far." in mine


def the_roll_is_opened_to_the_scrutineer(desk: RollDesk) -> None:
    base = "roll", "open", "--store", desk.store, *desk.roll, "--purpose", "inspection", *CHEAP
    out = "--out", desk.folder / "sam.roll", "--out-passphrase-file", desk.phrase
    with desk.at_work():
        failed(2, "no-reader", *base, "--reader", "tess", *desk.by("chair"), *out)
        draft = desk.folder / "open.draft"
        said = done(*base, "--reader", "sam", *desk.by("chair"), *out, "--draft", draft, "--json").json
        assert (said["missing"], said["written"]) == (["reader"], "")
        assert not (desk.folder / "sam.roll").exists()
        text_of("approve", draft, "--store", desk.store, *desk.by("sam"), "--post")
        said = done(*base, "--reader", "sam", *desk.by("chair"), *out, "--json").json
        assert said["written"] == str(desk.folder / "sam.roll")
    sam = "--roll", desk.folder / "sam.roll", "--roll-passphrase-file", desk.phrase
    assert "none of it is false" in text_of("roll", "check", *sam, desk.record)
    listed = done("access", "list", desk.record, "--json").json
    assert [one["of"] for one in listed["found"]] == ["roll"]
    copy = "roll", "copy", *desk.roll, "--store", desk.store, "--out", desk.folder / "rita.roll", TEST, *CHEAP
    assert "7 lines" in text_of(*copy, "--out-passphrase-file", desk.phrase)


def registers_and_proofs(desk: RollDesk) -> None:
    files, expect = desk.folder, ("--expect", desk.folder / "anchors.json")
    make = "register", "make", "--store", desk.store, *desk.roll, "--reader", "olga", "--purpose", "audit"
    with desk.at_work():
        failed(4, "not-stated", *make, *desk.by("chair"), "--out", files / "register.json")
        selection = desk.selection
        selection.administration(desk.post()).close()
        selection.administration(desk.post()).statement()
        late = desk.file("late-move.csv", b"line,field,value\n3,phone,+44 3 45678\n")
        change = "roll", "contact", late, "--store", desk.store, *desk.roll, *CHEAP, "--reason", "moved"
        failed(1, "board.phase", *change, "--notices", files / "late-notices.csv", *desk.two)
        assert not (files / "late-notices.csv").exists()
        assert done("roll", "check", *desk.roll, desk.record, "--json").json["failures"] == []
        said = text_of(*make, *desk.by("chair"), *desk.beside("olga"), "--out", files / "register.json")
        assert "the register for olga" in said
    checked = done("register", "check", files / "register.json", desk.record, *expect, "--json").json
    assert (checked["rows"], checked["false"], checked["of"]) == (1, 0, "voted")
    assert [one["reader"] for one in checked["access"]] == ["olga"]
    head, rows = (files / "register.json").read_bytes().splitlines()
    values = json.loads(rows)
    values[0]["opened"][1]["value"] = "Somebody Else"
    false = desk.file("false-register.json", head + b"\n" + as_text(values) + b"\n")
    ended = run("register", "check", false, desk.record, *expect)
    assert ended.code == 1
    assert "FALSE" in ended.out
    assert "no access entry of the record is about this file" in ended.out
    proof = files / "absence.json"
    said = text_of("register", "absence", "3", desk.record, *expect, "--out", proof)
    assert "No vote is recorded for line 0000003: not-voted." in said
    voted = run("register", "absence", "1", desk.record, *expect, "--out", files / "voted.json")
    assert (voted.code, "A vote is recorded" in voted.out) == (1, True)
    known = *expect, "--manifest", files / "manifest.json"
    assert done("register", "proof", proof, *known, "--json").json["status"] == "not-voted"
    assert run("register", "proof", proof).code == 6
    assert run("register", "proof", files / "voted.json", *known).code == 1
    final = text_of("roll", "show-mine", files / "openings" / "opening-0000001.json", desk.record, *expect)
    assert "The line has voted online: the ballot of entry" in final


def letters_are_forgotten_and_names_destroyed_in_time(desk: RollDesk) -> None:
    gone = done("registrar", "forget", desk.folder, "--json").json["deleted"]
    assert set(gone) == {"rita.letters.csv", "rolf.letters.csv", "letter.csv"}
    ended = failed(4, "retention", "roll", "destroy", desk.folder, desk.record)
    assert "2031-06-01T00:00:00Z" in ended.err
    assert (desk.folder / "spring.roll").exists()


def no_personal_data_was_printed_for_programs(desk: RollDesk) -> None:
    """But by `roll import`, which says what is wrong in the table that whoever runs it has."""
    assert run("verify", desk.record, TEST, "--workers", 1, "--json").json["verdict"] == "incomplete"
    done("record", "show", desk.record, "--json")
    values = personal([*member_rows(8), dict.fromkeys(member_rows()[0], "newest@mail.example")])
    needles = {needle for value in values for needle in written(value)}
    public = [ended.out.encode() for ended in HISTORY if ended.out.startswith("{") and "faults" not in ended.json]
    assert len(public) > 20
    assert [out for out in public for needle in needles if needle in out] == []
    assert WORDS not in "".join(ended.everything for ended in HISTORY)


def anchors_of_another_selection(desk: RollDesk) -> None:
    anchors = json.loads((desk.folder / "anchors.json").read_bytes())
    for name, value, check in (
        ("base_hash", "00" * 32, "anchor.base-hash"),
        ("extended_base_hash", "00" * 32, "anchor.base-hash"),
    ):
        other = desk.folder / f"{name}.json"
        other.write_bytes(as_text(anchors | {name: value}))
        failed(1, check, "registrar", "account", desk.record, "--expect", other)


def test_a_selection_with_a_roll(desk: RollDesk) -> None:
    import_names_every_mistake(desk)
    seeds_and_freeze(desk)
    amendments_by_two_keys_and_by_a_draft(desk)
    several_changes_need_both_keys(desk)
    codes_off_line_then_keys(desk)
    openings(desk)
    votes_and_what_is_done_to_credentials(desk)
    the_roll_is_opened_to_the_scrutineer(desk)
    registers_and_proofs(desk)
    letters_are_forgotten_and_names_destroyed_in_time(desk)
    no_personal_data_was_printed_for_programs(desk)
    anchors_of_another_selection(desk)


def test_where_there_is_no_roll(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    plain = Desk(prepared(tmp_path / "box", "stated"), folder)
    line = plain.selection.booth().line(signing_key("vera").public)
    voted = run("register", "absence", line, plain.record, "--out", tmp_path / "vera.json", "--json")
    assert (voted.code, voted.json["status"], voted.json["line"]) == (1, "counted", line)
    failed(1, "no-line", "register", "absence", "f" * 64, plain.record, "--out", tmp_path / "other.json")
    assert not (tmp_path / "other.json").exists()
    failed(2, "no-roll", "registrar", "account", plain.record)
    secretfile.create(tmp_path / "x.roll", b"x")
    ended = run("roll", "remove", "1", "--store", plain.store, "--reason", "left", *plain.by("chair"))
    assert (ended.code, "no-roll" in ended.err) == (2, True)


def test_a_freeze_by_a_draft_and_the_end_of_the_names(tmp_path: Path) -> None:
    """The closing date, and the days after it, have passed long ago."""
    folder = tmp_path / "office"
    folder.mkdir()
    past = {"opens": datetime(2020, 5, 1, tzinfo=UTC), "closes": datetime(2020, 5, 2, tzinfo=UTC)}
    desk = RollDesk(begun(tmp_path / "spring", roll_manifest((("rita", "email"),), **past)), folder)
    members, draft = desk.file("members.csv", members_csv()), folder / "freeze.draft"
    with desk.at_work():
        seed = "--out", folder / "rita.seed", "--seed-passphrase-file", desk.phrase, *CHEAP
        done("registrar", "seed", "--store", desk.store, *desk.by("rita"), *seed)
        freeze = "roll", "freeze", members, "--store", desk.store, *desk.roll, *CHEAP, "--as-at", "2020-04-01T00:00:00Z"
        seeds = "--seed", folder / "rita.seed", "--seed-passphrase-file", desk.phrase
        said = done(*freeze, *seeds, *desk.by("chair"), "--draft", draft, "--json").json
        assert said["missing"] == ["teller"]
        assert not (folder / "spring.roll").exists()
        finish = "roll", "finish", "--store", desk.store, *desk.roll
        assert run(*finish, TEST).code == 4
        assert "The roll as at 2020-04-01T00:00:00Z has 6 lines." in text_of(
            "approve", draft, "--store", desk.store, TEST
        )
        assert done(*finish, *desk.two, "--json").json["finished"]  # sent once more, instead of the draft
        assert "none of it is false" in text_of("roll", "check", *desk.roll, desk.record)
        failed(1, "board.phase", "approve", draft, "--store", desk.store, *desk.by("tess"), "--post")
    done("roll", "openings", "--store", desk.store, *desk.roll, TEST, "--csv", folder / "openings.csv")
    protocol = done("roll", "destroy", folder, desk.record, "--json").json
    assert (protocol["kept_until"], protocol["absent"], protocol["left"]) == ("2020-06-01T00:00:00Z", [], [])
    names = {"members.csv", "rita.seed", "spring.roll", "openings.csv"}
    assert {one["name"] for one in protocol["deleted"]} == names
    assert not any((folder / name).exists() for name in names)
    failed(2, "nothing-listed", "roll", "destroy", folder, desk.record)
