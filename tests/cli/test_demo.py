"""The demonstration, and what becomes of its record when somebody tampers with it."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.conftest import SAMPLE
from cli.running import Ended, done, run
from e2evote.adapter.blt import read_blt
from e2evote.adapter.board import BoardReader
from e2evote.adapter.demo import votes as demo_votes
from e2evote.adapter.demo import ward as demo_ward
from e2evote.adapter.demo.members import floor_for, members_of
from e2evote.adapter.demo.setup import REGISTRARS, TELLERS, DemoFolder
from e2evote.adapter.demo.tamper import KINDS
from e2evote.adapter.demo.votes import FIRST, RANKED, find_ward, plain_count, read_ward
from e2evote.adapter.demo.witnesses import DOWN, WITNESSES
from e2evote.adapter.passphrase import Passphrase
from e2evote.board.checkpoint import decode_text
from e2evote.board.note import decode_note
from e2evote.manifest.model import Manifest
from storage.postgres_server import NoServer, Server, a_server

CAUGHT_BY: dict[str, set[str]] = {
    "drop-ballot": {
        "anchor.since", "checked.head", "outcome.counts", "outcome.head", "report.facts", "tally.close", "tally.floor",
        "tally.products", "tally.reconciliation", "tally.rows",
    },
    "rewrite-log": {"anchor.since"},
    "rewrite-witnessed": {"anchor.since"},
    "edit-ballot": {"board.payload"},
    "withhold-ballot": set(),
    "replay-ballot": {"ballot.unique"},
    "late-ballot": {"board.phase"},
    "double-vote": {"ballot.selection-proof"},
    "lie-about-challenge": {"anchor.since", "challenge.opening"},
    "forge-signature": {"board.signature"},
    "change-tally": {"tally.decryption"},
    "swap-result": {"outcome.elected"},
    "forge-proof": {"tally.share-proof"},
    "swap-names": {"anchor.base-hash", "anchor.since", "board.leaf"},
    "extra-credential": {"anchor.since", "ballot.line", "credential.lines", "credential.reissue"},
    "ghost-member": {"board.phase"},
    "re-issue-without-approval": {"board.author"},
    "second-vote-in-another-channel": {"outcome.counts", "tally.products"},
    "false-reconciliation": {"tally.reconciliation"},
    "stuffed-paper": {"channel.count"},
}  # fmt: skip


CHANNELS = ("online", "in_person", "postal")
LACKS = {
    "rewrite-log": {"board.dates", "board.witnesses"},
    "swap-names": {"record.complete"},
    "withhold-ballot": {"record.payloads"},
}
"""Checks that can't be made for want of something, by kind."""


def test_the_decrypted_totals_are_the_plain_count(demonstration: tuple[DemoFolder, Ended]) -> None:
    result = demonstration[1].json
    assert result["agrees"] is True
    assert result["cast"] == SAMPLE // 2 + 1, "half of them online, and one whose paper prevails"
    assert result["challenged"] >= 1
    assert result["failing"] == []
    assert result["verdict"] == "consistent", "every check passed, but a group for tests is never accepted"
    ward = find_ward(None)
    counted = plain_count(ward, ward.sample(SAMPLE, "demo"))
    assert {(cell["contest"], cell["option"]): cell["decrypted"] for cell in result["cells"]} == counted


def test_three_channels_two_of_which_the_floor_keeps_together(demonstration: tuple[DemoFolder, Ended]) -> None:
    result = demonstration[1].json
    assert result["channels"]
    for contest in result["channels"]:  # one, or two where the ballots of a ward are beside the checkout
        assert contest["ballots"] == {"online": 2, "in_person": 1, "postal": 1}
        assert [part["channels"] for part in contest["parts"]] == [["online"], ["in_person", "postal"]]
    assert result["floor"] == 2
    lines = result["lines"]
    marked = {one["channel"]: one["lines"] for one in lines["channels"]}
    assert marked == {"online": 2, "in_person": 2, "postal": 1}, "a spoiled paper is marked too"
    assert {one["status"]: one["lines"] for one in lines["none"]} == {"annulled": 0, "not-voted": 1, "removed": 0}
    counts = [(one["issued"], one["used"], one["unused"], one["revoked"]) for one in lines["registrars"]]
    assert counts == [(7, 3, 3, 1), (6, 3, 3, 0)], "one code was issued again"


@pytest.mark.parametrize(("ballots", "floor", "channels"), [
    (1, 1, (1, 0, 0)), (2, 1, (1, 1, 0)), (3, 1, (2, 1, 0)), (4, 2, (2, 1, 1)), (24, 10, (12, 6, 6)),
    (25, 10, (13, 6, 6)), (100, 10, (50, 25, 25)),
])  # fmt: skip
def test_members_vote_by_three_channels(ballots: int, floor: int, channels: tuple[int, ...]) -> None:
    members = members_of([(1,)] * ballots)
    counted = [sum(one.channel == name and one.ranking is not None for one in members) for name in CHANNELS]
    assert tuple(counted) == channels
    assert floor_for(ballots) == floor
    assert len(members) == ballots + 2
    assert len({one.values for one in members}) == len(members)
    assert sum(one.changed_mind for one in members) == (ballots > 1)


def test_what_was_done_is_on_the_board(demo: DemoFolder) -> None:
    """An amendment, a code again, a pause, marks and totals by two tellers, a sample, an opening of names, a report."""
    kinds = Counter(entry.leaf.kind for entry in BoardReader(demo.record, allow_test_group=True).entries)
    wanted = {"roll.contact": 1, "credential.reissue": 1, "pause": 1, "incident": 1, "resume": 1, "mark": 3, "paper": 2}
    wanted |= {"roll.freeze": 1, "credential.issue": 2, "checked": 1, "sample": 1, "access": 1, "report": 1}
    assert {kind: kinds[kind] for kind in wanted} == wanted
    assert b"<html" in demo.page.read_bytes()
    assert "membre1@example.org" in (demo.office / "notices.csv").read_text("utf-8")
    assert not list(demo.path.rglob("letter*.csv")), "codes are nowhere once they were sent"


def test_two_of_three_witnesses_cosigned_and_one_was_down_since_the_opening(demo: DemoFolder) -> None:
    manifest = Manifest.decode((demo.path / "manifest.json").read_bytes())
    assert manifest.policy is not None
    names = {}
    for note in ("dates/open", "dates/close", "checkpoint"):
        cosigned = manifest.policy.check(decode_note((demo.record / note).read_bytes()))
        names[note] = {one.name for one in cosigned}
    assert names["dates/close"] == names["checkpoint"] == set(WITNESSES) - {DOWN}
    checkpoint = decode_text(decode_note((demo.record / "checkpoint").read_bytes()).text)
    shown = {name: done("witness", "show", demo.witnesses / name, "--json").json["logs"][0] for name in WITNESSES}
    sizes = {name: log.get("size", 0) for name, log in shown.items()}
    assert {sizes.pop(name) for name in set(WITNESSES) - {DOWN}} == {checkpoint.size}
    assert sizes[DOWN] < checkpoint.size


def test_the_witness_who_was_down_catches_up_by_hand(demo: DemoFolder, tmp_path: Path) -> None:
    """From a request in a file, and then from the record: what was cosigned while it was down is proven to it."""
    copied = DemoFolder(Path(shutil.copytree(demo.path, tmp_path / "demo")))
    folder, request, answer = copied.witnesses / DOWN, tmp_path / "request", tmp_path / "answer"
    phrase = ("--passphrase-file", copied.passphrase_file(DOWN))
    seen = done("witness", "show", folder, "--json").json["logs"][0]["size"]
    whole = decode_text(decode_note((demo.record / "checkpoint").read_bytes()).text).size
    assert seen < whole
    done("board", "request", copied.store, "--witness", DOWN, "--out", request, "--old", seen)
    done("witness", "cosign", folder, request, "--out", answer, "--yes", *phrase)
    assert done("board", "cosignature", copied.store, answer, "--json").json == {"size": whole, "witnesses": [DOWN]}
    again = done("witness", "cosign", folder, copied.record, "--yes", *phrase, "--json").json
    assert again["size"] == whole


@pytest.fixture
def postgres() -> Iterator[Server]:
    pytest.importorskip("psycopg")
    try:
        with a_server() as server:
            yield server
    except NoServer as reason:
        pytest.skip(str(reason))


def test_the_log_may_be_in_postgresql(tmp_path: Path, blt: Path, postgres: Server) -> None:
    ended = run(
        "demo", "--blt", blt, "--sample", 1, "--group", "test-512", "--workers", 1, "--json",
        "--out", tmp_path / "demo", "--storage", postgres.url(),
    )  # fmt: skip
    assert ended.code == 0, ended.everything
    assert postgres.query("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'e2evote%'") == ["1"]
    assert not list((tmp_path / "demo" / "box" / "private").glob("*.sqlite"))


def test_its_own_commands_work(demonstration: tuple[DemoFolder, Ended]) -> None:
    result = demonstration[1].json
    options = ("--expect", result["anchors"], "--since", result["earlier_checkpoint"], "--workers", 1)
    assert run("verify", result["record"], *options, "--allow-test-group").code == 6
    done("tracker", "check", result["line"], result["tracker"], result["record"])
    own = done("roll", "show-mine", result["opening"], result["record"], "--expect", result["anchors"]).out
    assert "before it was 'membre1@example.org'" in own
    read = done("register", "check", result["register"], result["record"], "--expect", result["anchors"]).out
    assert "5 true, 0 false or missing" in read
    known = ("--expect", result["anchors"], "--manifest", demonstration[0].path / "manifest.json")
    absent = done("register", "proof", result["no_vote_recorded"], *known).out
    assert f"No vote is recorded for line {result['absent']}" in absent
    done("registrar", "account", result["record"], "--expect", result["anchors"])
    assert "what the insider does" in done("demo", "tamper").out


def test_every_kind_of_tampering_has_a_test() -> None:
    assert set(CAUGHT_BY) == set(KINDS)
    assert set(done("demo", "tamper", "--json").json["kinds"]) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_tampering_is_caught_by(kind: str, demo: DemoFolder, tmp_path: Path) -> None:
    target = tmp_path / "tampered"
    arguments = ("demo", "tamper", kind, "--demo", demo.path, "--workers", 1)
    result = done(*arguments, "--out", target, "--json").json
    assert set(result["failing"]) == CAUGHT_BY[kind]
    assert set(result["missing"]) == LACKS.get(kind, set())
    assert result["caught"] is True
    if not CAUGHT_BY[kind]:
        assert result["verdict"] == "incomplete"
    assert run("verify", target, "--workers", 1, "--allow-test-group").code != 0
    assert run(*arguments, "--out", target).code == 2, "never over another record"


def test_tampering_is_explained(demo: DemoFolder, tmp_path: Path) -> None:
    text = done("demo", "tamper", "change-tally", "--demo", demo.path, "--out", tmp_path / "x", "--workers", 1).out
    assert "caught by    tally.decryption" in text
    assert KINDS["change-tally"].act in text
    assert KINDS["change-tally"].why in text


def test_a_ward_becomes_two_contests(blt: Path) -> None:
    ward = read_ward(blt)
    read = read_blt(blt.read_bytes())
    assert [contest.id for contest in ward.contests()] == [FIRST, RANKED]
    assert [option.id for option in ward.options()] == ["ada", "bob", "celik"]
    everything = ward.sample(0, "any")
    assert len(everything) == ward.total == read.total == 6
    count = plain_count(ward, everything)
    assert tuple(count[FIRST, option.id] for option in ward.options()) == read.first_preferences() == (2, 3, 1)
    assert tuple(count[RANKED, option.id] for option in ward.options()) == (3, 6, 1)
    assert ward.sample(3, "a") == ward.sample(3, "a")
    assert len({ward.sample(6, seed) for seed in "abcdefgh"}) > 1


def test_candidates_with_one_name_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "x.blt"
    file.write_text('4 1\n-4\n1 1 4 2 0\n0\n"A  B"\n"Ａ b"\n"投票"\n"Gone"\n"T"\n', encoding="utf-8")
    ward = read_ward(file)
    assert [(option.id, option.name) for option in ward.options()] == [
        ("a-b", "A B (1)"),
        ("a-b-2", "Ａ b (2)"),
        ("candidate-3", "投票"),
    ]
    assert ward.rankings == ((1, (1, 2)),), "who withdrew is left out"


def test_without_a_file_there_is_one_contest_and_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo_votes, "_BESIDE", Path("nowhere"))
    ward = find_ward(None)
    assert not ward.ranked
    assert [contest.id for contest in ward.contests()] == [FIRST]
    assert ward.total == sum(demo_ward.FIRST_PREFERENCES.values()) == 7558


def test_the_embedded_numbers_are_those_of_the_public_ballots(shared_data: Path) -> None:
    ward = read_blt((shared_data / "glasgow2012" / "blt" / "ward6.blt").read_bytes())
    assert dict(zip(ward.candidates, ward.first_preferences(), strict=True)) == dict(demo_ward.FIRST_PREFERENCES)
    assert ward.seats == demo_ward.SEATS


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path, blt: Path) -> None:
    (tmp_path / "there").mkdir()
    ended = run("demo", "--blt", blt, "--group", "test-512", "--out", tmp_path / "there")
    assert ended.code == 2
    assert list((tmp_path / "there").iterdir()) == []


def test_a_process_that_fails_is_named(tmp_path: Path, blt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DemoFolder, "passphrase_file", lambda self, party: self.keys / "tina.pass")
    ended = run("demo", "--blt", blt, "--group", "test-512", "--out", tmp_path / "demo")
    assert ended.code != 0
    assert "Traceback" not in ended.everything


def secrets_of(demo: DemoFolder) -> dict[str, str]:
    """Passphrases, seeds of signing keys, and the trustees' shares of the key."""
    found = {f"passphrase of {path.stem}": path.read_text().strip() for path in demo.keys.glob("*.pass")}
    keys = {path.stem: path for path in demo.keys.glob("*.key")} | {name: demo.key(name) for name in WITNESSES}
    for name, path in keys.items():
        phrase = Passphrase(found[f"passphrase of {name}"])
        found[f"seed of {name}"] = phrase.unlock(path.read_bytes(), "signing-key", 1).hex()
    for name in ("anna", "ben", "cleo"):
        phrase = Passphrase(found[f"passphrase of {name}"])
        data = phrase.unlock((demo.trustee(name) / "key").read_bytes(), "trustee-key", 1)
        found[f"share of {name}"] = data.split(b'"z":"')[1][:64].decode()
    return found


def test_no_secret_is_in_the_record_nor_in_anything_printed(demonstration: tuple[DemoFolder, Ended]) -> None:
    demo, ended = demonstration
    secrets = secrets_of(demo)
    assert len(secrets) == 20 + 14 + 3
    public = [path for path in demo.store.rglob("*") if path.is_file() and demo.store / "private" not in path.parents]
    public += [*demo.logs.iterdir(), demo.anchors, demo.earlier, demo.path / "report.json", demo.path / "manifest.json"]
    texts = {str(path): path.read_bytes() for path in public} | {"printed": ended.everything.encode()}
    for name, text in texts.items():
        for own in (b"Invented Member", b"INVENTED-", b"Invented Street", b"@example.org"):
            assert own not in text, f"something of a member is in {name}"
    for what, secret in secrets.items():
        forms = [secret.encode(), secret.upper().encode()]
        if "passphrase" not in what:
            forms.append(bytes.fromhex(secret))
        for name, text in texts.items():
            assert not any(form in text for form in forms), f"{what} is in {name}"


def test_secret_files_are_private(demo: DemoFolder) -> None:
    private = [*demo.keys.glob("*.key"), *demo.keys.glob("*.pass"), *(demo.path / "trustees").glob("*/key")]
    private += demo.witnesses.glob("*/witness.key")
    assert len(private) == 11 + 20 + 3 + 3
    private += [demo.roll, demo.office / "members.csv", demo.office / "notices.csv", demo.register]
    private += [*demo.openings.glob("*.json"), *map(demo.seed, REGISTRARS), *map(demo.copy, REGISTRARS)]
    private += [demo.counts(teller, channel) for teller in TELLERS for channel in ("in_person", "postal")]
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}
    assert demo.path.stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
def test_the_demonstration_in_the_real_group(tmp_path: Path) -> None:
    ended = run("demo", "--sample", 4, "--out", tmp_path / "demo")
    assert ended.code == 0, ended.everything
    assert "ACCEPTED: 75 checks passed, 0 failed" in ended.out
    assert "The decrypted totals are those of the plain count." in ended.out
    assert "--allow-test-group" not in ended.out
    (verify,) = [line.split()[1:] for line in ended.out.splitlines() if line.startswith("  e2evote verify ")]
    assert run(*verify).code == 0
    record = verify[1]
    assert run("verify", record, "--workers", 1).code == 6
    printed = [line.split()[1:] for line in ended.out.splitlines() if line.startswith("  e2evote ")]
    looking = ("roll show-mine", "tracker check", "register check", "register proof", "registrar account")
    commands = [words for words in printed if " ".join(words[:2]) in looking]
    assert len(commands) == len(looking)
    for words in commands:
        assert run(*words).code == 0, words
