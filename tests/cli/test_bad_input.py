"""Bad input of every kind: a named error that says where, no traceback, and nothing half-written.

What each malformed leaf or payload leads to is the business of tests/verify and tests/simulate; here it is the
commands, and the files that people give them.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.running import Ended, run
from e2evote.adapter.demo.setup import DemoFolder
from e2evote.hashing import canonical

Edit = Callable[[Path], None]
TEST_GROUP = "--allow-test-group"


def one_error(ended: Ended, code: int, *words: str) -> None:
    """One line that names what is wrong."""
    lines = [line for line in ended.err.splitlines() if line.strip()]
    assert ended.code == code, ended.everything
    assert len(lines) == 1, ended.err
    assert lines[0].startswith("error: ")
    for word in words:
        assert word in lines[0]


MANIFESTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda data: b"", "manifest.json"),
    "cut": (lambda data: data[: data.rindex(b',"witnesses"')], "brackets"),
    "not UTF-8": (lambda data: data.replace(b"trustee", b"trust\xff", 1), "UTF-8"),
    "unknown name": (lambda data: data.replace(b'"assets":{}', b'"assets":{},"assetz":{}'), "assetz"),
    "missing name": (lambda data: data.replace(b'"assets":{},', b""), "assets"),
    "a name twice": (lambda data: data.replace(b'"assets":{}', b'"assets":{},"assets":{}'), "twice"),
    "white space": (lambda data: data.replace(b'"assets":{}', b'"assets": {}'), "white space"),
    "NaN": (lambda data: data.replace(b'"quorum":2', b'"quorum":NaN'), "NaN"),
    "a fraction": (lambda data: data.replace(b'"quorum":2', b'"quorum":2.0'), "integer"),
    "huge": (lambda data: data.replace(b'"quorum":2', b'"quorum":' + b"9" * 100_000), "integer"),
    "negative": (lambda data: data.replace(b'"quorum":2', b'"quorum":-2'), "quorum"),
    "deep": (lambda data: b"[" * 100_000 + b"]" * 100_000, "nested"),
    "a kind that is not built": (lambda data: data.replace(b'"kind":"roll"', b'"kind":"list"'), "eligibility"),
    "another kind of file": (lambda data: b'{"kind":"e2evote-secret-file"}', "manifest.json"),
    "too large": (lambda data: data + b" " * (5 * 2**20), "bytes"),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_manifests(name: str, demo: DemoFolder, tmp_path: Path) -> None:
    change, word = MANIFESTS[name]
    file = tmp_path / "manifest.json"
    data = (demo.path / "manifest.json").read_bytes()
    file.write_bytes(change(data))
    assert file.read_bytes() != data
    ended = run("manifest", "check", file)
    assert ended.code in (2, 3)
    one_error(ended, ended.code, word)
    log = ("--log-key", demo.key("log"), "--log-passphrase-file", demo.passphrase_file("log"))
    chair = ("--key", demo.key("chair"), "--passphrase-file", demo.passphrase_file("chair"))
    ended = run("init", tmp_path / "box", "--manifest", file, *chair, *log, TEST_GROUP)
    one_error(ended, ended.code, word.replace("manifest.json", ""))
    assert list(tmp_path.iterdir()) == [file]


def test_a_manifest_that_breaks_a_rule_is_explained(demo: DemoFolder, tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_bytes((demo.path / "manifest.json").read_bytes().replace(b'"quorum":2', b'"quorum":1'))
    ended = run("manifest", "check", file)
    assert ended.code == 1
    assert "FAIL  manifest.rules" in ended.out


FACTS = """
election = "x"
name = "X"
opens = 2026-05-01T08:00:00Z
closes = 2026-05-02T20:00:00Z
parties = []
contests = [{ id = "a", name = "A", options = [{ id = "o", name = "O" }] }]
"""


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("", "", "parties"),
        ("election", "elektion", "elektion"),
        ("name = ", "nam = ", "nam"),
        ('election = "x"', 'election = "x"\nelection = "y"', "TOML"),
        ("2026-05-01T08:00:00Z", "2026-05-01", "opens"),
        ("2026-05-01T08:00:00Z", "2026-05-01T08:00:00", "time zone"),
        ("parties = []", 'parties = ["nobody.pub"]', "nobody.pub"),
        ("parties = []", "parties = [1]", "parties[0]"),
        ("parties = []", "parties = 1", "parties"),
        ("parties = []", "parties = []\nquorum = 1.5", "quorum"),
        ("parties = []", "parties = []\nquorum = -1", "quorum"),
        ("parties = []", "parties = []\nquorum = nan", "quorum"),
        ("parties = []", "parties = []\nfloor = true", "floor"),
        ('id = "a"', 'id = "a", seats = "three"', "contests[0].seats"),
        ('id = "a"', 'id = "a", seat = 3', "seat"),
        ('id = "a"', 'id = "a", blank = "perhaps"', "blank"),
        ('id = "a"', 'id = "a", threshold = { rule = "more_than", share = [1], of = "votes" }', "share"),
        ('[{ id = "o", name = "O" }]', "[7]", "options[0]"),
        ("parties = []", "parties = " + "[" * 3000, "TOML"),
    ],
)
def test_facts(old: str, new: str, word: str, tmp_path: Path) -> None:
    file = tmp_path / "facts.toml"
    file.write_text(FACTS.replace(old, new, 1) if old else FACTS, encoding="utf-8")
    ended = run("manifest", "new", file, "--out", tmp_path / "manifest.json")
    assert ended.code in (2, 3)
    one_error(ended, ended.code, word)
    assert list(tmp_path.iterdir()) == [file]


def test_facts_that_are_no_file(tmp_path: Path) -> None:
    one_error(run("manifest", "new", tmp_path, "--out", tmp_path / "m"), 3, "folder")
    (tmp_path / "facts.toml").write_bytes(b"\xff\xfe")
    one_error(run("manifest", "new", tmp_path / "facts.toml", "--out", tmp_path / "m"), 3, "UTF-8")


def test_the_example_of_facts_is_one(tmp_path: Path) -> None:
    ended = run("manifest", "new", "--example")
    assert ended.code == 0
    file = tmp_path / "facts.toml"
    file.write_text(ended.out, encoding="utf-8")
    one_error(run("manifest", "new", file, "--out", tmp_path / "m"), 2, "chair.key.pub")


def newest(record: Path, name: str) -> Path:
    """The partial file that belongs to the checkpoint; narrower ones are left from before."""
    return max((record / name).rglob("*.p/*"), key=lambda path: int(path.name))


def flip(name: str, at: int) -> Edit:
    def edit(record: Path) -> None:
        path = newest(record, name)
        data = bytearray(path.read_bytes())
        data[at] ^= 1
        path.write_bytes(bytes(data))

    return edit


def cut(name: str) -> Edit:
    def edit(record: Path) -> None:
        for path in record.rglob("*"):
            if path.is_file() and str(path.relative_to(record)).startswith(name):
                path.write_bytes(path.read_bytes()[:-7])

    return edit


def swap(record: Path) -> None:
    """The packs of payloads and the bundles of entries change places."""
    entries, payloads = (newest(record, name) for name in ("tile/entries", "payload"))
    one, two = entries.read_bytes(), payloads.read_bytes()
    entries.write_bytes(two)
    payloads.write_bytes(one)


def link(record: Path) -> None:
    (record / "tile" / "more").symlink_to("/etc")


def pipe(record: Path) -> None:
    os.mkfifo(record / "tile" / "more")


def checkpoint(data: bytes) -> Edit:
    return lambda record: (record / "checkpoint").write_bytes(data) and None


RECORDS: dict[str, tuple[Edit, int]] = {
    "no checkpoint": (lambda record: (record / "checkpoint").unlink(), 3),
    "an empty checkpoint": (checkpoint(b""), 3),
    "a checkpoint of noise": (checkpoint(b"\x00\xff" * 1000), 3),
    "a large checkpoint": (checkpoint(b"x" * 100_000), 3),
    "a checkpoint of a huge log": (
        checkpoint(b"a\n9007199254740991\n" + b"A" * 43 + b"=\n\n\xe2\x80\x94 a AAAAAAAA\n"),
        4,
    ),
    "a bit of the entries": (flip("tile/entries", -1), 1),
    "a bit of the tree": (flip("tile/0", 0), 1),
    "a bit of the payloads": (flip("payload", -1), 1),
    "cut entries": (cut("tile/entries"), 3),
    "cut payloads": (cut("payload"), 3),
    "swapped files": (swap, 3),
    "no entries": (lambda record: shutil.rmtree(record / "tile" / "entries"), 4),
    "no payloads": (lambda record: shutil.rmtree(record / "payload"), 4),
    "a file more": (lambda record: (record / "more").write_bytes(b"x") and None, 1),
    "a link": (link, 3),
    "a pipe": (pipe, 3),
}


@pytest.mark.parametrize("name", RECORDS)
def test_records(name: str, demo: DemoFolder, tmp_path: Path) -> None:
    edit, code = RECORDS[name]
    record = tmp_path / "record"
    shutil.copytree(demo.record, record)
    edit(record)
    ended = run("verify", record, "--workers", 1, TEST_GROUP, "--expect", demo.anchors)
    assert ended.code == code, ended.out
    assert ended.err == ""
    for command in (("record", "show", record), ("tracker", "check", "1", "0" * 32, record)):
        assert run(*command).code in (0, 1, 3, 4)


def test_records_that_are_none(demo: DemoFolder, tmp_path: Path) -> None:
    for name, data in {"empty.zip": b"", "noise.zip": b"PK\x03\x04" + b"\xff" * 1000, "text": b"hello"}.items():
        file = tmp_path / name
        file.write_bytes(data)
        assert run("verify", file).code == 3
        one_error(run("record", "show", file), 3)
        one_error(run("tracker", "check", "0" * 64, "0" * 32, file), 3)
    assert run("verify", tmp_path).code == 3
    assert run("verify", demo.keys).code == 3
    one_error(run("record", "pack", demo.keys, tmp_path / "packed.zip"), 1, "checkpoint")
    assert not (tmp_path / "packed.zip").exists()


def replacing(old: bytes, new: bytes) -> Edit:
    def edit(path: Path) -> None:
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new))

    return edit


KEY_FILES: dict[str, tuple[Edit, int]] = {
    "missing": (lambda path: path.unlink(), 2),
    "empty": (lambda path: path.write_bytes(b"") and None, 3),
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:-9]) and None, 3),
    "a digit more": (replacing(b'"tag":"', b'"tag":"f'), 3),
    "another purpose": (replacing(b"signing-key", b"trustee-key"), 3),
    "too cheap": (replacing(b'"N":32768', b'"N":1024'), 3),
    "too dear": (replacing(b'"N":32768', b'"N":4194304'), 3),
    "readable by others": (lambda path: path.chmod(0o644), 2),
}


@pytest.mark.parametrize("name", KEY_FILES)
def test_key_files(name: str, demo: DemoFolder, tmp_path: Path) -> None:
    edit, code = KEY_FILES[name]
    key = tmp_path / "chair.key"
    shutil.copy2(demo.key("chair"), key)
    edit(key)
    phrase = ("--passphrase-file", demo.passphrase_file("chair"))
    one_error(run("tally", "statement", demo.store, "--key", key, *phrase, "--wait", 0, TEST_GROUP), code, "key")


def test_key_files_that_are_something_else(demo: DemoFolder, tmp_path: Path) -> None:
    phrase = ("--passphrase-file", demo.passphrase_file("chair"))
    link = tmp_path / "link.key"
    link.symlink_to(demo.key("chair"))
    for path in (tmp_path, link, demo.keys / "chair.pub"):
        ended = run("tally", "statement", demo.store, "--key", path, *phrase, TEST_GROUP)
        assert ended.code in (2, 3)
        one_error(ended, ended.code)
    wrong = ("--passphrase-file", demo.passphrase_file("tina"))
    one_error(run("tally", "statement", demo.store, "--key", demo.key("chair"), *wrong, TEST_GROUP), 2, "passphrase")
    other = ("--key", demo.key("tina"), "--passphrase-file", demo.passphrase_file("tina"))
    one_error(run("tally", "statement", demo.store, *other, TEST_GROUP), 2, "administrator")


def test_passphrase_files(demo: DemoFolder, tmp_path: Path) -> None:
    for data in (b"", b"\n", b"\xff\n", b"x" * 5000):
        file = tmp_path / "file.pass"
        file.write_bytes(data)
        one_error(run("tally", "statement", demo.store, "--key", demo.key("chair"), "--passphrase-file", file), 2)
    one_error(run("tally", "statement", demo.store, "--key", demo.key("chair"), "--passphrase-file", tmp_path), 2)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "line 1"),
        ("2 1\n1 1 0\n0\n", "ends"),
        ('2 1\n1 3 0\n0\n"A"\n"B"\n"T"\n', "line 2"),
        ('2 1\n1 1 1 0\n0\n"A"\n"B"\n"T"\n', "twice"),
        ('2 1\n1 1=2 0\n0\n"A"\n"B"\n"T"\n', "equal"),
        ('2 1\n0\n"A"\n"B"\n"T"\n', "0 ballots"),
        ('2 1\n99999999999 1 0\n0\n"A"\n"B"\n"T"\n', "line 2"),
        ('2 1\n-1 -2\n1 0\n0\n"A"\n"B"\n"T"\n', "0 candidates"),
    ],
)
def test_ballot_files(text: str, word: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.blt"
    file.write_text(text, encoding="utf-8")
    one_error(run("demo", "--blt", file, "--out", tmp_path / "demo"), 3, word, "bad.blt")
    assert list(tmp_path.iterdir()) == [file]


def test_challenge_files(demo: DemoFolder, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    check = ("ballot", "check", demo.record, "0" * 32, "--opened", opened, TEST_GROUP)
    one_error_with_note = run(*check)
    assert one_error_with_note.code == 2
    opened.mkdir()
    assert run(*check).code == 2
    for leaf in (b"", b"{}", canonical.encode({"kind": "close"})):
        (opened / "leaf.json").write_bytes(leaf)
        (opened / "ballot.json").write_bytes(b"{}")
        assert run(*check).code == 3
    assert run("ballot", "check", demo.record, "0" * 32, TEST_GROUP).code == 4
    assert run("ballot", "check", demo.record, "U" * 32, TEST_GROUP).code == 3
