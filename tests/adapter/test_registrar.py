"""A registrar: a seed for ever, codes on disk before keys on the board, and nothing of a code afterwards."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter import registrar_issue, secretfile
from e2evote.adapter.keys import new_key
from e2evote.adapter.personal_files import Erased, listed
from e2evote.adapter.registrar_issue import decode_keys, forget, keys_act, make_codes, write_codes
from e2evote.adapter.registrar_seed import draw_seed, read_seed
from e2evote.adapter.registrar_tool import annulled, renewed, revoked, take_back
from e2evote.adapter.roll_file import HeldRoll
from e2evote.credentials.code import Code, CredentialKeys
from e2evote.credentials.opened_roll import OpenedRoll
from e2evote.errors import MalformedInput, Refused
from tests.adapter.roll_selection import (
    VOTERS,
    begun,
    freeze,
    issue,
    member_rows,
    post_seeds,
    prepared,
)
from tests.adapter.rolls import roll_manifest
from tests.adapter.selections import PHRASE, hold_ceremony, refused
from tests.ballot.election import signing_key
from tests.randomness import DeterministicRandomness

CODE = re.compile(rb"[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5}){4}")
RANDOMNESS = DeterministicRandomness("registrar")


def test_a_seed_is_drawn_once(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "setup")
    setting, path = selection.board().setting, tmp_path / "seed"
    first = draw_seed(setting, signing_key("rita"), path, PHRASE, DeterministicRandomness("a"))
    again = draw_seed(setting, signing_key("rita"), path, PHRASE, DeterministicRandomness("b"))
    assert first == again
    seed = read_seed(path, PHRASE)
    assert seed.seed.hex().encode() not in path.read_bytes()
    assert seed.seed.hex() not in repr(seed)
    other = refused(lambda: draw_seed(setting, signing_key("rolf"), path, PHRASE, RANDOMNESS))
    assert other.code == "other-selection"
    assert refused(lambda: draw_seed(setting, signing_key("tess"), path, PHRASE, RANDOMNESS)).code == "wrong-key"
    with selection.box() as service:
        index = selection.send(service.post, first, "rita")
        assert selection.send(service.post, again, "rita") == index


def test_codes_are_keys_on_the_board(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "issued")
    record = selection.record()
    for place, id in enumerate(("rita", "rolf")):
        keys = CredentialKeys(record.setting.base_hash, id)
        codes = selection.codes(id)
        assert sorted(codes) == [f"{n:07}" for n in range(1, 7)]
        for line, code in codes.items():
            assert keys.of(line, Code.read(code)).public == record.electorate.keys_of(line)[place]
        letters = selection.folder / f"{id}.letters.csv"
        assert letters.stat().st_mode & 0o777 == 0o600
    rita, rolf = ((selection.folder / f"{id}.letters.csv").read_text("utf-8-sig") for id in ("rita", "rolf"))
    for row in member_rows():
        assert row["email"] in rita
        assert row["email"] not in rolf
        assert row["post"] in rolf
        assert row["post"] not in rita


def test_letters_are_whole_before_there_are_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    selection = prepared(tmp_path / "spring", "frozen")
    record, letters, keys = selection.record(), tmp_path / "letters.csv", tmp_path / "keys"
    made = make_codes(record, selection.held, "rita", RANDOMNESS)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "no space left on device", str(path))

    monkeypatch.setattr(registrar_issue.secretfile, "create", full)
    with pytest.raises(OSError):
        write_codes(made, letters, keys, record.setting)
    assert not letters.exists()
    assert not keys.exists()
    monkeypatch.undo()
    create = secretfile.create

    def full_for_keys(path: Path, data: bytes) -> None:
        if path == keys:
            raise OSError(28, "no space left on device", str(path))
        create(path, data)

    monkeypatch.setattr(registrar_issue.secretfile, "create", full_for_keys)
    with pytest.raises(OSError):
        write_codes(made, letters, keys, record.setting)
    assert letters.read_bytes().count(b"\r\n") == 7
    assert not keys.exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "frozen")
    record = selection.record()
    made = make_codes(record, selection.held, "rita", RANDOMNESS)
    for name in ("letters.csv", "keys"):
        (tmp_path / name).write_text("mine")
        act = refused(lambda: write_codes(made, tmp_path / "letters.csv", tmp_path / "keys", record.setting))
        assert act.code == "secret.exists"
        (tmp_path / name).unlink()
        assert list(tmp_path.glob("*.csv")) == []


def test_nothing_secret_remains_but_the_key(tmp_path: Path) -> None:
    """Every byte in the registrar's folder, after the letters are gone, holds no code and nothing of one."""
    selection = prepared(tmp_path / "spring", "frozen")
    own = tmp_path / "rita"
    own.mkdir()
    new_key(own / "rita.key", PHRASE)
    with selection.box() as service:
        record = selection.record()
        made = make_codes(record, selection.held, "rita", RANDOMNESS)
        write_codes(made, own / "letters.csv", own / "rita.keys", record.setting)
        selection.send(service.post, keys_act(record, "rita", (own / "rita.keys").read_bytes()), "rita")
    codes = [letter.code.in_groups() for letter in made.letters]
    assert CODE.search((own / "letters.csv").read_bytes())
    assert [one.name for one in forget(own).deleted] == ["letters.csv"]
    left = sorted(path.name for path in own.iterdir() if not path.name.endswith(".lock"))
    assert left == ["rita.key", "rita.keys"]
    keys = CredentialKeys(record.setting.base_hash, "rita")
    for path in own.iterdir():
        data = path.read_bytes()
        assert not CODE.search(data)
        for code, letter in zip(codes, made.letters, strict=True):
            for part in code.split("-"):
                assert part.encode() not in data.upper() or path.name == "rita.keys"
            assert code.replace("-", "").encode() not in data
            assert letter.address.encode() not in data
            assert letter.name.encode() not in data
            assert keys.of(letter.line, letter.code).sign(b"x").hex().encode() not in data
    assert listed(own) == ()
    assert forget(own) == Erased((), (), ())


def test_an_address_that_the_board_does_not_commit_to_gets_no_code(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "frozen")
    held, record = selection.held, selection.record()
    lines = list(held.opened.lines)
    lines[3] = replace(lines[3], values=(*lines[3].values[:2], "thief@mail.example", *lines[3].values[3:]))
    false = HeldRoll(held.election, OpenedRoll(held.opened.fields, held.opened.seeds, held.opened.frozen, tuple(lines)))
    assert refused(lambda: make_codes(record, false, "rita", RANDOMNESS)).code == "roll-opened"
    assert make_codes(record, false, "rolf", RANDOMNESS).body.count == 6


def test_keys_of_another_selection_or_registrar_are_not_posted(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "issued")
    data, record = (selection.folder / "rita.keys").read_bytes(), selection.record()
    assert keys_act(record, "rita", data).kind == "credential.issue"
    with pytest.raises(MalformedInput):
        keys_act(record, "rolf", data)
    moved = data.replace(record.setting.first.hex().encode(), b"00" * 32)
    assert refused(lambda: keys_act(record, "rita", moved)).code == "other-selection"
    for wrong in (b"", b"{}\n", data.replace(b'"v":1', b'"v":2', 1), data[: data.index(b"\n") + 1]):
        with pytest.raises(MalformedInput):
            keys_act(record, "rita", wrong)
    assert decode_keys(data).encode() == data


def test_nobody_gets_two_codes(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "issued")
    act = refused(lambda: make_codes(selection.record(), selection.held, "rita", RANDOMNESS))
    assert act.code == "nothing-to-issue"
    assert refused(lambda: make_codes(selection.record(), selection.held, "sam", RANDOMNESS)).code == "wrong-key"


def test_a_code_is_replaced_and_the_other_addresses_are_told(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "open")
    letter, notices = tmp_path / "letter.csv", tmp_path / "notices.csv"
    with selection.box() as service:
        made = renewed(selection.record(), selection.held, "rita", "0000002", "lost", RANDOMNESS)
        made.write(letter, notices)
        selection.send(service.post, made.act, "rita", "tess")
    record = selection.record()
    assert (made.old, made.letter.number) == (2, 7)
    assert record.electorate.book("rita").active(2) == 7
    assert letter.read_text("utf-8-sig").splitlines()[1].split(",")[:3] == [
        "7",
        "0000002",
        made.letter.code.in_groups(),
    ]
    told = [line.split(",") for line in notices.read_text("utf-8-sig").splitlines()[1:]]
    assert [(one[0], one[3]) for one in told] == [("code-reissued", "post"), ("code-reissued", "phone")]
    assert not CODE.search(notices.read_bytes())
    event = record.electorate.history[-1]
    assert (event.kind, event.reason, event.author, event.approver) == ("credential.reissue", "lost", "rita", "tess")
    take_back(letter, notices)
    assert not letter.exists()
    assert not notices.exists()
    assert [one.name for one in listed(tmp_path)] == []


def test_a_letter_without_its_notices_is_not_left_behind(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "open")
    made = renewed(selection.record(), selection.held, "rita", "0000002", "lost", RANDOMNESS)
    with pytest.raises(OSError):
        made.write(tmp_path / "letter.csv", tmp_path / ("x" * 300))
    assert list(tmp_path.glob("*.csv")) == []


def test_a_code_is_revoked_and_a_ballot_is_annulled(tmp_path: Path) -> None:
    selection = begun(tmp_path / "spring", roll_manifest(annulment="allowed"))
    with selection.box() as service:
        post = service.post
        post_seeds(selection, post)
        freeze(selection, post)
        issue(selection, post)
        hold_ceremony(selection, post)
        selection.administration(post).open()
        selection.vote(post, "0000001", VOTERS["0000001"])
        assert refused(lambda: annulled(selection.record(), "0000002", "not-own")).code == "no-ballot"
        selection.send(post, annulled(selection.record(), "0000001", "not-own"), "rita", "tess")
        selection.send(post, revoked(selection.record(), "rolf", "0000003", "disclosed"), "rolf", "theo")
    record = selection.record()
    assert record.electorate.vote_of("0000001").annulled
    assert record.electorate.keys_of("0000003") == ()
    for act, code in (
        (lambda: revoked(record, "rolf", "0000003", "disclosed"), "no-credential"),
        (lambda: revoked(record, "rolf", "0000003", "because"), "reason"),
        (lambda: revoked(record, "rolf", "0000077", "disclosed"), "no-line"),
        (lambda: annulled(record, "0000001", "not-own"), "no-ballot"),
        (lambda: renewed(record, selection.held, "rita", "0000001", "because", RANDOMNESS), "reason"),
        (lambda: renewed(record, selection.held, "sam", "0000001", "lost", RANDOMNESS), "wrong-key"),
    ):
        assert refused(act).code == code


def test_what_the_manifest_does_not_allow_is_refused_before_a_code_exists(tmp_path: Path) -> None:
    selection = begun(tmp_path / "spring", roll_manifest(reissue="never"))
    with selection.box() as service:
        post_seeds(selection, service.post)
        freeze(selection, service.post)
        issue(selection, service.post)
    record, held = selection.record(), selection.held
    assert refused(lambda: renewed(record, held, "rita", "0000001", "lost", RANDOMNESS)).code == "credential.reissue"
    assert refused(lambda: annulled(record, "0000001", "not-own")).code == "no-annulment"


def test_only_keys_of_the_manifest_sign(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "open")
    made = renewed(selection.record(), selection.held, "rita", "0000002", "lost", RANDOMNESS)
    with selection.box() as service:
        for names in (("rita", "rolf"), ("rita", "rita"), ("tess", "rita"), ("chair", "tess")):
            with pytest.raises(Refused):
                selection.send(service.post, made.act, *names)
    assert os.listdir(tmp_path) == ["spring"]
