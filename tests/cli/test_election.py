"""A whole election by commands alone, each party with its own files, from keys to a verified record.

The box and the tellers' commands run in this process; the trustees' part of the ceremony, in which each waits for the
others, runs in threads of the library. What the commands of a trustee do in processes of their own is the demo's test.
With several workers each holds an election of its own, in which any of the tests but the last may be missing.
"""

import io
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.running import HISTORY, Ended, done, run
from e2evote.adapter.board import BoardReader
from e2evote.adapter.inbox import InboxPost
from e2evote.adapter.keys import load_key
from e2evote.adapter.passphrase import read_passphrase_file
from e2evote.adapter.patience import Patience
from e2evote.adapter.service import open_box, serving
from e2evote.adapter.store import Store
from e2evote.adapter.trustee_tool import TrusteeTool
from e2evote.ballot.checker import Preimage
from e2evote.ballot.opened_file import OpenedFile
from e2evote.cli import passphrase as asking
from e2evote.hashing import crockford

PARTIES = {
    "chair": "administrator",
    "log": "log",
    "tina": "teller",
    "anna": "trustee",
    "ben": "trustee",
    "cleo": "trustee",
}
FACTS = """
election = "council"
name = { en = "Council", de = "Rat" }
opens = 2026-05-01T08:00:00Z
closes = 2026-05-02T20:00:00+02:00
group = "test-512"
batch_ms = 20
floor = 0
parties = ["chair.pub", "log.pub", "tina.pub", "anna.pub", "ben.pub", "cleo.pub"]

[[contests]]
id = "chair"
name = "Chair"
ties = "lot"
options = [{ id = "ada", name = "Ada" }, { id = "bob", name = "Bob" }]

[[contests]]
id = "points"
name = "Points"
limit = 5
blank = "uncounted"
options = [{ id = "x", name = "X", limit = 3 }, { id = "y", name = "Y", limit = 3 }]
"""
CAST: list[str] = []
"""What the tests of this process have voted for in the contest `chair`."""

CHEAP = ("--scrypt-log2", 15)


@dataclass(frozen=True, slots=True)
class Place:
    """Everybody's files in one folder."""

    path: Path

    def key(self, party: str) -> tuple[object, ...]:
        return "--key", self.path / party, "--passphrase-file", self.path / f"{party}.pass"

    @property
    def teller(self) -> tuple[object, ...]:
        return "--teller-key", self.path / "tina", "--teller-passphrase-file", self.path / "tina.pass"

    @property
    def store(self) -> Path:
        return self.path / "box"

    @property
    def record(self) -> Path:
        return self.store / "record"

    @property
    def anchors(self) -> Path:
        return self.path / "anchors.json"

    def new_key(self, name: str, role: str) -> Ended:
        """A key by the command, with a passphrase file beside it."""
        (self.path / f"{name}.pass").write_text(f"the passphrase of {name}\n", encoding="utf-8")
        party = () if role == "voter" else ("--id", name, "--organisation", f"Friends of {name}")
        phrase = ("--passphrase-file", self.path / f"{name}.pass")
        return done("key", "new", "--role", role, "--out", self.path / name, *party, *phrase, *CHEAP, "--json")


TEST_GROUP = "--allow-test-group"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Keys, manifest, store and a running box; the ceremony is over and voting is open."""
    place = Place(tmp_path_factory.mktemp("election"))
    for name, role in PARTIES.items():
        made = place.new_key(name, role).json
        assert made["role"] == role
        assert (place.path / name).stat().st_mode & 0o777 == 0o600
    facts = place.path / "facts.toml"
    facts.write_text(FACTS, encoding="utf-8")
    manifest = place.path / "manifest.json"
    new = done("manifest", "new", facts, "--out", manifest, "--json").json
    assert done("manifest", "check", manifest, "--json").json["base_hash"] == new["base_hash"]
    log = ("--log-key", place.path / "log", "--log-passphrase-file", place.path / "log.pass")
    arguments = ("init", place.store, "--manifest", manifest, *place.key("chair"), *log)
    assert run(*arguments).code == 2, "the group for tests needs its flag"
    done(*arguments, TEST_GROUP)
    store = Store.at(place.store)
    with (
        open_box(store, read_passphrase_file(place.path / "log.pass"), allow_test_group=True) as service,
        serving(service),
    ):
        _hold_ceremony(place)
        opened = done("open", place.store, *place.key("chair"), *place.teller, "--out", place.anchors, TEST_GROUP)
        assert "base hash" in opened.out
        yield place


def _hold_ceremony(place: Place) -> None:
    early = run("open", place.store, *place.key("chair"), *place.teller, "--out", place.anchors, TEST_GROUP)
    assert (early.code, place.anchors.exists()) == (4, False)
    waiting = run(
        "trustee", "begin", place.path / "anna-own", "--store", place.store, *place.key("anna"), *CHEAP, TEST_GROUP,
        "--wait", 1,
    )  # fmt: skip
    assert waiting.code == 4
    assert "[ceremony.waiting]" in waiting.err
    started = done("restart", place.store, *place.key("chair"), "--fault", 2, TEST_GROUP, "--json").json
    assert started == {"fault": 2, "reason": "missing", "session": 2}
    tools = []
    for name in ("anna", "ben", "cleo"):
        phrase = read_passphrase_file(place.path / f"{name}.pass")
        phrase.cost = 2**15
        board = BoardReader(place.record, allow_test_group=True)
        key = load_key(place.path / name, phrase)
        patience = Patience(120)
        tools.append(
            TrusteeTool(
                place.path / f"{name}-own", key, phrase, board, InboxPost(Store.at(place.store), patience), patience
            )
        )
    threads = [threading.Thread(target=tool.finish) for tool in tools]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(tool.has_key for tool in tools)


def test_vote_asks_shows_the_tracker_and_then_asks_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.new_key("vera", "voter")
    kept = place.path / "vera-kept"
    kept.mkdir()
    answers = ["9", "1 1", "1", "4x1", "2x1 3x2", "maybe", "challenge", "2", "", "cast"]
    ended = done(
        "ballot", "vote", place.store, *place.key("vera"), "--expect", place.anchors, "--folder", kept, TEST_GROUP,
        "--json", stdin="".join(f"{answer}\n" for answer in answers),
    )  # fmt: skip
    CAST.append("bob")
    assert ended.err.index("tracker") < ended.err.index("Type cast")
    result = ended.json
    assert result["tracker"] in ended.err
    assert Path(result["receipt"]).read_bytes().startswith(b"c2sp.org/tlog-proof@v1\n")
    (challenged,) = result["challenged"]
    checked = done(
        "ballot", "check", place.store, challenged["tracker"], "--opened", challenged["folder"], "--line",
        result["line"], "--expect", place.anchors, TEST_GROUP, "--json",
    ).json  # fmt: skip
    assert checked["holds"] is True
    assert checked["choices"] == {"chair": {"ada": 1}, "points": {"x": 2, "y": 3}}
    assert checked["line_checked"] is True
    folder = Path(challenged["folder"])
    leaf, payload, preimage = (folder / name for name in ("leaf.json", "ballot.json", "preimage.json"))
    saved = place.path / "opened.json"
    file = OpenedFile(leaf.read_bytes(), payload.read_bytes(), Preimage.decode(preimage.read_bytes()))
    saved.write_bytes(file.encode())
    as_saved = ("ballot", "check", place.record, challenged["tracker"], "--opened", saved, TEST_GROUP, "--json")
    assert done(*as_saved, "--line", result["line"]).json == checked, "what a browser saves is the same"
    assert run(*as_saved, "--line", "0" * 64).code == 1
    saved.write_bytes(file.encode()[:-1])
    assert run(*as_saved).code == 3
    from_board = done("ballot", "check", place.record, challenged["tracker"].lower(), TEST_GROUP)
    assert "Chair: Ada 1" in from_board.out
    assert "Not checked" in from_board.out
    other = run(
        "ballot", "check", place.record, challenged["tracker"], "--opened", challenged["folder"], "--line", "0" * 64,
        TEST_GROUP,
    )  # fmt: skip
    assert other.code == 1
    assert "ballot.line" in other.out
    found = done("tracker", "check", result["line"], result["tracker"].replace("-", " "), place.record, "--json").json
    assert found["status"] == "recorded"
    assert run("tracker", "check", result["line"], challenged["tracker"], place.record).code == 1
    assert run("tracker", "check", "0" * 64, result["tracker"], place.record, "--json").json["elsewhere"] is True


def test_stopping_sends_nothing(place: Place) -> None:
    before = done("record", "show", place.record, "--json").json["size"]
    place.new_key("sam", "voter")
    vote = ("ballot", "vote", place.store, *place.key("sam"), "--folder", place.path, TEST_GROUP)
    assert run(*vote, stdin="1\n\nstop\n").code == 2
    assert run(*vote, stdin="1\n\n").code == 130, "the input ends before the choice"
    assert done("record", "show", place.record, "--json").json["size"] == before


def test_a_ballot_whose_answer_was_lost_is_sent_again(place: Place) -> None:
    place.new_key("ida", "voter")
    kept = place.path / "ida-kept"
    kept.mkdir()
    vote = ("ballot", "vote", place.store, *place.key("ida"), "--folder", kept, TEST_GROUP, "--wait", 0)
    lost = run(*vote, stdin="2\n\ncast\n")
    assert lost.code == 4
    (copy,) = kept.glob("*.cast")
    assert copy.stat().st_mode & 0o777 == 0o600
    sealed = copy.with_suffix("")
    assert f"--sealed {sealed}" in lost.err
    again = done("ballot", "cast", place.store, *place.key("ida"), "--sealed", sealed, TEST_GROUP, "--json").json
    CAST.append("bob")
    found = done("tracker", "check", again["line"], again["tracker"], place.record, "--json").json
    assert [ballot["status"] for ballot in found["ballots"]] == ["recorded"]


def test_split_commands_delete_the_sealed_file_and_repeat_themselves(place: Place) -> None:
    place.new_key("wim", "voter")
    votes = place.path / "votes.json"
    votes.write_text('{ "chair": {"bob": 1},\n "points": {} }', encoding="utf-8")
    sealed, again = place.path / "wim.sealed", place.path / "wim2.sealed"
    phrase = ("--sealed-passphrase-file", place.path / "wim.pass")
    encrypt = (
        "ballot",
        "encrypt",
        place.store,
        "--key",
        place.path / "wim",
        "--votes",
        votes,
        *phrase,
        *CHEAP,
        TEST_GROUP,
    )
    first = done(*encrypt, "--sealed", sealed, "--json").json
    second = done(*encrypt, "--sealed", again, "--json").json
    assert sealed.stat().st_mode & 0o777 == 0o600
    assert first["tracker"] != second["tracker"]
    assert run(*encrypt, "--sealed", sealed).code == 2, "never over another file"

    cast = ("ballot", "cast", place.store, *place.key("wim"), *phrase, TEST_GROUP, "--json")
    one = done(*cast, "--sealed", sealed).json
    CAST.append("bob")
    assert not sealed.exists()
    assert one["tracker"] == first["tracker"]
    twice = done(*cast, "--sealed", sealed, "--receipt", place.path / "second.tlog-proof").json
    assert (twice["index"], twice["again"]) == (one["index"], True)
    opened = place.path / "wim-opened"
    refused = run("ballot", "challenge", place.store, "--sealed", sealed, "--out", opened, *phrase, TEST_GROUP)
    assert (refused.code, opened.exists()) == (1, False)
    assert "[already-cast]" in refused.err

    done("ballot", "challenge", place.store, "--sealed", again, "--out", opened, *phrase, TEST_GROUP, "--json")
    assert not again.exists()
    assert run(*cast, "--sealed", again).code == 1
    assert (opened / "preimage.json").stat().st_mode & 0o777 == 0o600
    check = ("ballot", "check", place.record, second["tracker"], "--opened", opened, TEST_GROUP)
    done(*check, "--line", second["line"])
    leaf = json.loads((opened / "leaf.json").read_bytes())
    assert crockford.encode(bytes.fromhex(leaf["body"]["tracker"])[:20]) == second["tracker"]
    assert run("ballot", "check", place.record, first["tracker"], "--opened", opened, TEST_GROUP).code == 1


def test_choices_beyond_a_limit_are_refused_before_anything_is_encrypted(place: Place) -> None:
    place.new_key("zoe", "voter")
    for text, code in (
        ('{"chair": {"ada": 2}}', 2),
        ('{"chair": {"ada": 1, "bob": 1}}', 2),
        ('{"chair": {"eve": 1}}', 2),
        ('{"points": {"": 1}}', 2),
        ('{"mayor": {}}', 3),
        ('{"chair": {"ada": 1, "ada": 1}}', 3),
        ('{"chair": {"ada": NaN}}', 3),
        ('{"chair": {"ada": 1.0}}', 3),
        ('{"chair": {"ada": true}}', 3),
        ('{"chair": {"ada": -1}}', 3),
        ('{"chair": 7}', 3),
        ("[]", 3),
        ("", 3),
        ("[" * 100_000, 3),
    ):
        sealed = place.path / "zoe.sealed"
        arguments = ("ballot", "encrypt", place.store, "--key", place.path / "zoe", "--votes", "-", "--sealed", sealed)
        phrase = ("--sealed-passphrase-file", place.path / "zoe.pass")
        ended = run(*arguments, *phrase, TEST_GROUP, stdin=text)
        assert (ended.code, sealed.exists()) == (code, False), text[:50]


def test_a_board_that_is_not_the_one_announced_is_refused(place: Place) -> None:
    anchors = json.loads(place.anchors.read_bytes())
    anchors["extended_base_hash"] = "00" * 32
    other = place.path / "other-anchors.json"
    other.write_text(json.dumps(anchors, sort_keys=True, separators=(",", ":")), encoding="utf-8")
    ended = run("ballot", "vote", place.store, *place.key("vera"), "--expect", other, TEST_GROUP)
    assert ended.code == 1
    assert "[anchor.base-hash]" in ended.err


def test_passphrases_are_asked_for_on_a_terminal_only(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    no_terminal = run("key", "new", "--role", "voter", "--out", place.path / "never")
    assert no_terminal.code == 2
    assert "--passphrase-file" in no_terminal.err

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    answers = iter(["one", "two", "three", "three"])
    monkeypatch.setattr(asking.getpass, "getpass", lambda prompt: next(answers))
    monkeypatch.setattr(asking, "sys", type("Module", (), {"stdin": Terminal(), "stdout": sys.stdout}))
    new = ("key", "new", "--role", "voter", "--out", place.path / "typed", *CHEAP)
    assert run(*new).code == 2, "not the same twice"
    assert not (place.path / "typed").exists()
    done(*new)
    wrong = place.path / "wrong.pass"
    wrong.write_text("four\n", encoding="utf-8")
    report = ("incident", "report", place.store, "other", "--key", place.path / "typed", TEST_GROUP)
    ended = run(*report, "--passphrase-file", wrong)
    assert ended.code == 2
    assert "[not-unlocked]" in ended.err
    assert "four" not in ended.everything


def test_the_tally_by_commands(place: Place) -> None:
    """Runs last: it closes the selection."""
    place.new_key("yan", "voter")
    chair = place.key("chair")
    assert run("tally", "statement", place.store, *chair, TEST_GROUP).code == 4
    extend = ("extend", place.store, *chair, *place.teller, TEST_GROUP)
    for date, code, word in (("tomorrow", 2, "[closing-date]"), ("2000-01-01T00:00:00Z", 1, "[board.phase]")):
        refusal = run(*extend, "--close", date)
        assert (refusal.code, word in refusal.err) == (code, True)
    extended = done(*extend, "--close", "9999-12-31T23:59:59Z", "--json").json
    assert extended["close"] == "9999-12-31T23:59:59Z"
    assert "closes at 9999-12-31T23:59:59Z" in done(*extend, "--close", "9999-12-31T23:59:59Z").out
    done("close", place.store, *chair, *place.teller, TEST_GROUP, "--json")
    assert run("tally", "statement", place.store, *chair, TEST_GROUP).code == 1, "the lot comes before"
    assert run("tally", "lot", place.store, "12x456", *chair, *place.teller, TEST_GROUP).code == 2
    done("tally", "lot", place.store, "123456", *chair, *place.teller, TEST_GROUP, "--json")
    done("tally", "statement", place.store, *chair, "--workers", 1, TEST_GROUP, "--json")
    few = run("tally", "outcome", place.store, *chair, TEST_GROUP)
    assert few.code == 4
    for name in ("anna", "cleo"):
        own = (place.path / f"{name}-own", "--store", place.store, *place.key(name), *CHEAP, "--workers", 1, TEST_GROUP)
        early = run("trustee", "decrypt", *own)
        assert (early.code, "[tally.not-accepted]" in early.err) == (4, True)
        done("trustee", "accept", *own, "--json")
        done("trustee", "decrypt", *own, "--json")
    outcome = done("tally", "outcome", place.store, *chair, TEST_GROUP, "--json").json
    votes = {(cell["contest"], cell["option"]): cell["votes"] for cell in outcome["cells"]}
    assert votes == {
        ("chair", "ada"): 0,
        ("chair", "bob"): CAST.count("bob"),
        ("chair", ""): 0,
        ("points", "x"): 0,
        ("points", "y"): 0,
    }
    assert outcome["trustees"] == [1, 3]
    assert "Decrypted by trustees 1, 3" in done("tally", "outcome", place.store, *chair, TEST_GROUP).out
    ended = run("verify", place.record, "--expect", place.anchors, "--workers", 1, TEST_GROUP)
    assert ended.code == 6
    assert "session 1 ended early (missing), put down to trustee 2" in ended.out
    assert "Bob" in ended.out
    assert run("ballot", "vote", place.store, *place.key("yan"), TEST_GROUP, stdin="1\n\n").code == 1
    no_secret_was_shown(place)


def no_secret_was_shown(place: Place) -> None:
    """No passphrase and no seed of a signing key is in anything printed or in any file that others read."""
    secrets = []
    for file in place.path.glob("*.pass"):
        phrase = read_passphrase_file(file)
        secrets.append(file.read_bytes().strip())
        key = file.with_suffix("")
        if key.exists() and file.name != "wrong.pass":
            seed = phrase.unlock(key.read_bytes(), "signing-key", 1)
            secrets += [seed, seed.hex().encode()]
    assert len(secrets) >= 3 * len(PARTIES)
    folders = (place.record, place.store / "inbox", place.store / "replies")
    shown = [path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()]
    shown += [path.read_bytes() for path in place.path.glob("*.pub")]
    shown += [ended.everything.encode() for ended in HISTORY]
    assert not [secret for secret in secrets for text in shown if secret in text]
