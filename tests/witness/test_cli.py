"""The witness's commands, as a teller types them."""

import time
from pathlib import Path

import pytest

from cli.running import done, run
from e2evote.adapter import witness_state
from e2evote.adapter.facts import manifest_from
from e2evote.adapter.files import open_to_write
from e2evote.adapter.keys import write_identity
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.witness_folder import LATEST, file_of, make_witness, read_settings
from e2evote.board.log import Log
from e2evote.board.witnessing import read_answer
from e2evote.errors import MalformedInput
from e2evote.manifest.draft import PartyFacts
from e2evote.secret.sign import SigningKey
from witness.worlds import NAME, ORIGIN, History, log_key

CHEAP = ("--scrypt-log2", 15)


@pytest.fixture
def word(tmp_path: Path) -> tuple[str, Path]:
    file = tmp_path / "word"
    file.write_text("word\n")
    return "--passphrase-file", file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness whose key was locked at the lowest price that commands accept."""
    make_witness(tmp_path / "wanda", NAME, [log_key()], Passphrase("word", cost=2**15))
    return tmp_path / "wanda"


def record_of(path: Path, size: int, kind: str = "entry") -> Path:
    """A record with so many entries of this kind."""
    log = Log(History().signer)
    for number in range(size):
        log.append(f"{kind} {number}".encode())
    with open_to_write(path) as writer:
        writer.write(log.publish(0))
    return path


def cosigned(folder: Path, answer: str, size: int) -> None:
    assert read_answer(answer.encode(), History().checkpoint(size).text(), [read_settings(folder).key])


def test_a_witness_is_made_and_its_lines_fit_the_facts_of_an_election(tmp_path: Path, word: tuple[str, Path]) -> None:
    folder, organisation = tmp_path / "wanda", 'Chess "club" Nürnberg'
    options = ("--id", "wanda", "--organisation", organisation, "--url", "https://wanda.example/votes")
    vkey = done("witness", "init", folder, "--name", NAME, *options, *word, *CHEAP, "--json").json["vkey"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "witness.key").stat().st_mode & 0o777 == 0o600
    assert done("witness", "show", folder, "--json").json == {"logs": [], "name": NAME, "vkey": vkey}
    parties = (("chair", "administrator"), ("log", "log"), ("tina", "teller"), ("anna", "trustee"))
    for number, (id, role) in enumerate(parties):
        write_identity(tmp_path / f"{id}.pub", PartyFacts(id, role, "Union", SigningKey(bytes([number] * 32)).public))  # type: ignore[arg-type]
    facts = """
election = "spring"
name = "Spring"
opens = 2031-01-01T00:00:00Z
closes = 2031-01-02T00:00:00Z
parties = ["chair.pub", "log.pub", "tina.pub", "anna.pub"]
contests = [{ id = "c", name = "C", options = [{ id = "a", name = "A" }, { id = "b", name = "B" }] }]
"""
    lines = (folder / "witness.toml").read_text()
    manifest = manifest_from((facts + lines).encode(), tmp_path)
    assert manifest.policy is not None
    (witness,) = manifest.policy.witnesses
    assert (witness.name, witness.key.encode(), witness.url) == ("wanda", vkey, "https://wanda.example/votes")
    assert [(p.id, p.organisation) for p in manifest.parties if p.role == "witness"] == [("wanda", organisation)]
    (tmp_path / "manifest.json").write_bytes(manifest.encode())
    followed = done("witness", "follow", folder, "--manifest", tmp_path / "manifest.json", "--json").json["logs"]
    assert followed == [manifest.policy.logs[0].key.encode()]
    # A policy in which one key is two witnesses counts one vote twice, so there is none.
    with pytest.raises(MalformedInput):
        manifest_from((facts + lines + lines.replace('"wanda"', '"other"')).encode(), tmp_path)


def test_a_log_may_be_followed_later_and_what_is_none_is_not(folder: Path, tmp_path: Path) -> None:
    done("witness", "follow", folder, "--log", log_key("x.example/log").encode())
    assert run("witness", "follow", folder, "--log", "x.example/log+0+AAAA").code == 2
    assert run("witness", "follow", folder).code == 2
    assert run("witness", "follow", tmp_path / "nowhere", "--log", log_key().encode()).code == 2


@pytest.mark.parametrize(
    "options",
    [
        ("--name", "a name"),
        ("--name", "a+b"),
        ("--name", NAME, "--id", "wanda"),
        ("--name", NAME, "--organisation", "Club"),
        ("--name", NAME, "--url", "https://x"),
        ("--name", NAME, "--id", "Wanda", "--organisation", "Club"),
        ("--name", NAME, "--id", "wanda", "--organisation", "a\nb"),
        ("--name", NAME, "--log", "x"),
    ],
)
def test_what_is_no_witness_is_not_made(tmp_path: Path, word: tuple[str, Path], options: tuple[str, ...]) -> None:
    assert run("witness", "init", tmp_path / "w", *options, *word, *CHEAP).code == 2
    assert not (tmp_path / "w").exists()


def test_a_request_in_a_file_is_cosigned(folder: Path, tmp_path: Path, word: tuple[str, Path]) -> None:
    request, answer = tmp_path / "request", tmp_path / "answer"
    request.write_bytes(History().request(0, 3))
    ended = done("witness", "cosign", folder, request, "--out", answer, "--yes", *word)
    cosigned(folder, answer.read_text(), 3)
    assert "3 more than the 0 you cosigned last" in ended.everything
    log = done("witness", "show", folder, "--json").json["logs"][0]
    assert (log["origin"], log["size"]) == (ORIGIN, 3)
    # The same request once more is an old one, another log's is unknown, and a fork is refused for ever.
    assert run("witness", "cosign", folder, request, "--yes", *word, "--json").json["error"] == "witness-conflict"
    request.write_bytes(History("another").request(3, 5))
    ended = run("witness", "cosign", folder, request, "--yes", *word, "--json")
    assert (ended.code, ended.json["error"]) == (1, "witness-refused")
    request.write_bytes(b"nonsense")
    assert run("witness", "cosign", folder, request, "--yes", *word).code == 1


def test_nothing_is_signed_without_a_yes(folder: Path, tmp_path: Path, word: tuple[str, Path]) -> None:
    request = tmp_path / "request"
    request.write_bytes(History().request(0, 3))
    assert run("witness", "cosign", folder, request, *word, stdin="n\n").code == 130
    assert "size" not in done("witness", "show", folder, "--json").json["logs"][0]
    cosigned(folder, done("witness", "cosign", folder, request, *word, stdin="y\n").out, 3)


def test_a_record_is_cosigned_after_every_hash_of_it_was_looked_at(
    folder: Path, tmp_path: Path, word: tuple[str, Path]
) -> None:
    for size in (3, 300):
        record = record_of(tmp_path / f"{size}", size)
        cosigned(folder, done("witness", "cosign", folder, record, "--yes", *word).out, size)
    # One that is older, one that is another, and one whose entries are not those of its tree.
    ended = run("witness", "cosign", folder, tmp_path / "3", "--yes", *word, "--json")
    assert (ended.code, ended.json["error"]) == (4, "record-incomplete")
    forked = record_of(tmp_path / "forked", 301, "another")
    ended = run("witness", "cosign", folder, forked, "--yes", *word, "--json")
    assert (ended.code, ended.json["error"]) == (1, "board-rewritten")
    changed = record_of(tmp_path / "changed", 301)
    (bundle,) = (changed / "tile" / "entries").glob("000")
    bundle.write_bytes(bundle.read_bytes().replace(b"entry 7", b"entry x", 1))
    ended = run("witness", "cosign", folder, changed, "--yes", *word, "--json")
    assert (ended.code, ended.json["error"]) == (1, "record-fails")
    bundle.unlink()
    ended = run("witness", "cosign", folder, changed, "--yes", *word, "--json")
    assert (ended.code, ended.json["error"]) == (4, "record-incomplete")
    assert done("witness", "show", folder, "--json").json["logs"][0]["size"] == 300


def test_a_restored_folder_is_found_out_and_goes_on_when_its_owner_says_from_where(
    folder: Path, tmp_path: Path, word: tuple[str, Path]
) -> None:
    path = folder / LATEST / file_of(ORIGIN)
    three, five = record_of(tmp_path / "3", 3), record_of(tmp_path / "5", 5)
    done("witness", "cosign", folder, three, "--yes", *word)
    old = path.read_bytes()
    line = done("witness", "cosign", folder, five, "--yes", *word).out
    note = tmp_path / "note"
    note.write_bytes((five / "checkpoint").read_bytes() + line.encode())
    assert done("witness", "check", folder, note, "--json").json["forgotten"] is False
    path.write_bytes(old)
    assert done("witness", "check", folder, five, "--json").json["cosigned"] is False
    ended = run("witness", "check", folder, note, "--json")
    assert (ended.code, ended.json["forgotten"], ended.json["known"]) == (1, True, 3)
    done("witness", "check", folder, note, "--adopt", *word)
    assert done("witness", "show", folder, "--json").json["logs"][0]["size"] == 5


def test_a_clock_that_was_ahead_is_declared_so(
    folder: Path, tmp_path: Path, word: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    request, real = tmp_path / "request", time.time
    request.write_bytes(History().request(0, 3))
    monkeypatch.setattr(time, "time", lambda: real() + 86_400)
    done("witness", "cosign", folder, request, "--yes", *word)
    monkeypatch.setattr(time, "time", real)
    request.write_bytes(History().request(3, 5))
    ended = run("witness", "cosign", folder, request, "--yes", *word, "--json")
    assert (ended.code, ended.json["error"]) == (4, "witness-clock")
    assert list(done("witness", "clock", folder, "--json").json["ahead"]) == [ORIGIN]
    done("witness", "clock", folder, "--accept")
    done("witness", "cosign", folder, request, "--yes", *word)
    assert done("witness", "clock", folder, "--json").json["ahead"] == {}
    assert witness_state.STEP < 86_400


def test_a_wrong_passphrase_a_wrong_folder_and_a_port_in_use_are_named(
    folder: Path, tmp_path: Path, word: tuple[str, Path]
) -> None:
    (tmp_path / "wrong").write_text("other\n")
    ended = run("witness", "serve", folder, "--passphrase-file", tmp_path / "wrong", "--json")
    assert (ended.code, ended.json["error"]) == (2, "not-unlocked")
    assert run("witness", "show", tmp_path, "--json").json["error"] == "no-store"
    assert run("witness", "serve", folder, "--host", "nowhere.invalid", *word, "--json").json["error"] == "http-address"
