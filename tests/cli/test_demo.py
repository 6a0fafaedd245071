"""The demonstration, and what becomes of its record when somebody tampers with it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.conftest import SAMPLE
from cli.running import Ended, done, run
from e2evote.adapter import demo_votes, demo_ward
from e2evote.adapter.blt import read_blt
from e2evote.adapter.demo_setup import DemoFolder
from e2evote.adapter.demo_tamper import KINDS
from e2evote.adapter.demo_votes import FIRST, RANKED, find_ward, plain_count, read_ward
from e2evote.adapter.demo_witnesses import DOWN, WITNESSES
from e2evote.adapter.passphrase import Passphrase
from e2evote.board.checkpoint import decode_text
from e2evote.board.note import decode_note
from e2evote.manifest.model import Manifest
from storage.postgres_server import NoServer, Server, a_server

CAUGHT_BY: dict[str, set[str]] = {
    "drop-ballot": {
        "anchor.since", "outcome.counts", "outcome.head", "tally.close", "tally.products", "tally.reconciliation",
        "tally.rows",
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
}  # fmt: skip


LACKS = {
    "rewrite-log": {"board.dates", "board.witnesses"},
    "swap-names": {"record.complete"},
    "withhold-ballot": {"record.payloads"},
}
"""Checks that can't be made for want of something, by kind."""


def test_the_decrypted_totals_are_the_plain_count(demonstration: tuple[DemoFolder, Ended]) -> None:
    result = demonstration[1].json
    assert result["agrees"] is True
    assert result["cast"] == SAMPLE
    assert result["challenged"] >= 1
    assert result["failing"] == []
    assert result["verdict"] == "consistent", "every check passed, but a group for tests is never accepted"
    ward = find_ward(None)
    counted = plain_count(ward, ward.sample(SAMPLE, "demo"))
    assert {(cell["contest"], cell["option"]): cell["decrypted"] for cell in result["cells"]} == counted


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
    assert len(secrets) == 9 + 9 + 3
    public = [path for path in demo.store.rglob("*") if path.is_file() and demo.store / "private" not in path.parents]
    public += [*demo.logs.iterdir(), demo.anchors, demo.earlier, demo.path / "report.json", demo.path / "manifest.json"]
    texts = {path.name: path.read_bytes() for path in public} | {"printed": ended.everything.encode()}
    for what, secret in secrets.items():
        forms = [secret.encode(), secret.upper().encode()]
        if "passphrase" not in what:
            forms.append(bytes.fromhex(secret))
        for name, text in texts.items():
            assert not any(form in text for form in forms), f"{what} is in {name}"


def test_secret_files_are_private(demo: DemoFolder) -> None:
    private = [*demo.keys.glob("*.key"), *demo.keys.glob("*.pass"), *(demo.path / "trustees").glob("*/key")]
    private += demo.witnesses.glob("*/witness.key")
    assert len(private) == 6 + 9 + 3 + 3
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
    (look_up,) = [line.split()[1:] for line in ended.out.splitlines() if line.startswith("  e2evote tracker ")]
    assert run(*look_up).code == 0
