"""A member votes with a line number and two codes, by commands; and looks the ballot up again."""

import getpass
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.desks import Desk, failed, text_of
from cli.running import HISTORY, done, run
from e2evote.adapter import secretfile
from e2evote.cli.application import main
from e2evote.record.voter_bodies import Mark
from tests.adapter.rolled_stores import PAPER, RolledSelection, rolled_store

TEST = "--allow-test-group"
VOTES = {"mayor": {"ada": 1}, "board": {"dan": 2}}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Desk, tuple[str, ...]]]:
    """Line 3 has codes that are known; nothing of them is printed in any test."""
    (tmp_path / "keys").mkdir()
    selection = rolled_store(tmp_path / "box", "open", PAPER)
    with selection.box() as box:
        codes = selection.with_codes(box.post, 3)
    made = Desk(selection, tmp_path / "keys")
    with made.at_work():
        yield made, codes
    for ended in HISTORY:
        assert not any(code in ended.everything or code[:11] in ended.everything for code in codes)


def file_of(folder: Path, codes: tuple[str, ...], name: str = "codes") -> Path:
    path = folder / name
    secretfile.create(path, ("\n\n".join(codes) + "\n").encode())
    return path


class Terminal(io.StringIO):
    """Standard input of a person: what the prompts that show what is typed are answered with."""

    def isatty(self) -> bool:
        return True


def typing(monkeypatch: pytest.MonkeyPatch, *typed: str) -> list[str]:
    """Answers to the prompts that show nothing; the prompts."""
    prompts: list[str] = []
    answers = iter(typed)

    def answer(prompt: str) -> str:
        prompts.append(prompt)
        return next(answers)

    monkeypatch.setattr(getpass, "getpass", answer)
    return prompts


def person(monkeypatch: pytest.MonkeyPatch, *arguments: object, says: str) -> int:
    """The exit code of a command that a person at a terminal runs."""

    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdin", Terminal(says))
        return main([str(argument) for argument in arguments])


def test_a_vote_with_two_codes(
    desk: tuple[Desk, tuple[str, ...]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A challenge first, for which no code is asked; then a code mistyped, one in the other's place, and both right."""
    made, codes = desk
    prompts = typing(monkeypatch, codes[0][:-2] + "00", codes[1], codes[0].lower(), codes[1].replace("-", " "))
    says = "1\n\nchallenge\n" + "2\n1\ncast\n"
    vote = "ballot", "vote", made.store, "--line", " 3", "--folder", tmp_path, TEST, "--json"
    assert person(monkeypatch, *vote, says=says) == 0
    printed = capsys.readouterr()
    told = json.loads(printed.out)
    assert (told["line"], len(told["challenged"])) == ("0000003", 1)
    assert [prompt.split(":")[0] for prompt in prompts] == ["Code from reg-1 (by email)"] * 3 + [
        "Code from reg-2 (by phone)"
    ]
    assert "that is the code from reg-2" in printed.err
    opened = told["challenged"][0]
    check = "ballot", "check", made.record, opened["tracker"], "--opened", opened["folder"], TEST, "--json"
    checked = done(*check, "--line", "3").json
    assert (checked["choices"]["mayor"], checked["line_checked"]) == ({"ada": 1}, True)
    assert run(*check, "--line", "4").code == 1
    found = done("tracker", "check", "3", told["tracker"].lower().replace("-", " "), made.record, "--json").json
    assert (found["status"], found["line"], found["mark"], found["on_roll"]) == ("recorded", "0000003", None, True)
    assert [event["kind"] for event in found["events"]] == ["credential.reissue"] * 2
    shown = text_of("tracker", "check", "3", told["tracker"], made.record)
    assert "reg-1 made a new code, approved by tess; reason: lost" in shown
    assert run("tracker", "check", "4", told["tracker"], made.record).code == 1


def test_a_person_who_never_types_it_right(
    desk: tuple[Desk, tuple[str, ...]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made, codes = desk
    typing(monkeypatch, *(codes[1],) * 5)
    vote = "ballot", "vote", made.store, "--line", "3", "--folder", tmp_path, TEST
    assert person(monkeypatch, *vote, says="1\n\ncast\n") == 1
    assert "code-not-this-line" in capsys.readouterr().err
    assert not list(tmp_path.glob("ballot-*"))


def test_the_steps_for_scripts(desk: tuple[Desk, tuple[str, ...]], tmp_path: Path) -> None:
    made, codes = desk
    votes, sealed = tmp_path / "votes.json", tmp_path / "ballot.sealed"
    votes.write_text(json.dumps(VOTES))
    phrase = "--sealed-passphrase-file", made.phrase
    encrypt = "ballot", "encrypt", made.store, "--votes", votes, "--sealed", sealed, *phrase, TEST
    told = done(*encrypt, "--line", "03", "--scrypt-log2", 15, "--json").json
    assert told["line"] == "0000003"
    cast = "ballot", "cast", made.store, "--sealed", sealed, *phrase, TEST
    assert "--codes-file" in run(*cast).err
    loose = tmp_path / "loose"
    loose.write_text("\n".join(codes))
    failed(2, "secret.file", *cast, "--codes-file", loose)
    failed(1, "code-not-this-line", *cast, "--codes-file", file_of(tmp_path, codes[::-1], "exchanged"))
    failed(2, "code-mistyped", *cast, "--codes-file", file_of(tmp_path, codes[:1], "one"))
    first = done(*cast, "--codes-file", file_of(tmp_path, codes), "--json").json
    assert (first["line"], first["tracker"]) == ("0000003", told["tracker"])
    again = done(*cast, "--receipt", tmp_path / "again.tlog-proof", "--json").json  # no code is needed any more
    assert (again["index"], again["again"]) == (first["index"], True)


def test_a_line_or_a_key(desk: tuple[Desk, tuple[str, ...]], tmp_path: Path) -> None:
    made, codes = desk
    codes_file = "--codes-file", file_of(tmp_path, codes)
    vote = "ballot", "vote", made.store, "--folder", tmp_path, TEST, *codes_file
    for more, code in (((), 2), (("--key", made.key("vera")), 2), (("--line", "3", "--style", "half"), 1)):
        assert run(*vote, *more).code == code
    failed(1, "ballot.line", *vote, "--line", "99")
    failed(2, "roll-line", *vote, "--line", "three")


def test_a_line_that_has_voted_on_paper(desk: tuple[Desk, tuple[str, ...]], tmp_path: Path) -> None:
    made, codes = desk
    selection = made.selection
    assert isinstance(selection, RolledSelection)
    votes = "1\n\ncast\n"
    vote = "ballot", "vote", made.store, "--line", "3", "--folder", tmp_path, TEST
    told = done(*vote, "--codes-file", file_of(tmp_path, codes), "--json", stdin=votes).json
    pair = *made.by("tess"), *made.beside("tom")
    done("channel", "mark", made.store, "postal", "--line", "3", *pair)
    found = run("tracker", "check", "3", told["tracker"], made.record)
    assert found.code == 1
    assert "The line has voted by post, on paper" in found.out
    assert "superseded" in found.out
    failed(1, "already-marked", *vote)
    assert selection.electorate.mark_of(Mark("postal", "0000003").line) is not None


def test_a_paused_selection(desk: tuple[Desk, tuple[str, ...]], tmp_path: Path) -> None:
    made, codes = desk
    pair = *made.by("chair"), *made.beside("tess")
    done("pause", made.store, "--reason", "outage", *pair)
    vote = "ballot", "vote", made.store, "--line", "3", "--folder", tmp_path, TEST
    ended = failed(4, "voting-paused", *vote, "--codes-file", file_of(tmp_path, codes))
    assert "vote again when it was resumed" in ended.err
