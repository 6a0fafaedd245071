"""What people are left with and handle: receipts that prove no vote (A62), keys and passphrases (A139)."""

import ast
import gc
import os
import re
from contextlib import closing
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

from cli.running import done, run
from e2evote.adapter import secretfile
from e2evote.adapter.keys import PURPOSE, VERSION
from e2evote.adapter.published import PublishedLog
from e2evote.ballot.box_envelope import decode_envelope
from e2evote.board.proof import decode_proof
from e2evote.record.archive import open_archive
from e2evote.record.opened import OpenedBallot
from e2evote.secret.keyfile import DEFAULT_COST, MINIMUM_COST
from e2evote.secret.randomness import SystemRandomness
from tests.adapter.selections import PHRASE, Selection, prepared, refused
from tests.ballot.election import VOTE, signing_key

SRC = Path(__file__).resolve().parents[2] / "src" / "e2evote"
OTHER_VOTE = {"mayor": {"bob": 1}, "board": {"fay": 1}}


# A62


def reachable(start: object) -> list[object]:
    """Everything that an object leads to, but for modules, classes and functions."""
    seen: dict[int, object] = {}
    left = [start]
    while left:
        for one in gc.get_referents(left.pop()):
            if id(one) not in seen and not isinstance(one, ModuleType | type | FunctionType):
                seen[id(one)] = one
                left.append(one)
    return list(seen.values())


def opened_in(*starts: object) -> int:
    """How many openings of a ballot can be reached."""
    return sum(isinstance(one, OpenedBallot) for start in starts for one in reachable(start))


def test_a62_a_sealing_that_was_cast_holds_nothing_that_opens_it(tmp_path: Path) -> None:
    """The seed from which a buyer would compute the ciphertexts is in nothing that is left, and can't be asked for."""
    selection = prepared(tmp_path / "s", "open")
    key, booth = signing_key("vera"), selection.booth()
    sealing = booth.seal(booth.owner(key.public), VOTE)
    (opened,) = [one for one in reachable(sealing) if isinstance(one, OpenedBallot)]
    seed = opened.seed
    del opened
    envelope = booth.cast(sealing, key)
    assert opened_in(sealing, envelope, booth) == 0
    held = {one for start in (sealing, envelope, booth) for one in reachable(start) if isinstance(one, bytes)}
    assert seed not in held
    assert not [data for data in held if seed in data or seed.hex().encode() in data]
    for again in (lambda: booth.challenge(sealing, "0" * 32), lambda: booth.cast(sealing, key)):
        with pytest.raises(RuntimeError, match="is spent"):
            again()


def test_a62_everything_a_device_keeps_can_be_made_from_the_board(tmp_path: Path) -> None:
    """So it proves to a buyer what the board proves to everybody: that a ballot is there, and not for whom."""
    selection = prepared(tmp_path / "s", "open")
    key, booth = signing_key("vera"), selection.booth()
    with selection.box() as box:
        envelope = booth.cast(booth.seal(booth.owner(key.public), VOTE), key)
        answer = box.post(envelope)
        kept = decode_envelope(envelope.encode())
        log = PublishedLog(selection.store.record)
        size = selection.board().size
        assert kept.leaf == list(log.entries(size))[answer.index]
        assert kept.payload == log.payload(answer.index, size)
        hints = log.last_hints(size)[answer.index % 256]
        assert kept.hints in (hints, b"")
        assert kept.session == ""
        receipt = decode_proof(answer.receipt)
        assert (receipt.index, receipt.extra) == (answer.index, kept.leaf)
        assert receipt.checkpoint == (selection.store.record / "checkpoint").read_bytes()


def test_a62_the_hints_are_the_commitments_that_anybody_computes(tmp_path: Path) -> None:
    """A record without hints is verified with the same report, so they tell a buyer nothing that the proofs do not."""
    selection = prepared(tmp_path / "s", "cast")
    before = selection.verify()
    hints = [path for path in selection.store.record.rglob("hints/**/*") if path.is_file()]
    assert hints
    for path in hints:
        path.unlink()
    after = selection.verify()
    assert (before.failing, after.failing) == (frozenset(), frozenset())
    assert before.facts == after.facts


def test_a62_two_votes_leave_traces_of_one_form(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    shapes = []
    with selection.box() as box:
        for name, vote in (("vera", VOTE), ("otto", OTHER_VOTE)):
            envelope = selection.ballot(name, vote)
            done_ = box.post(envelope)
            lines = done_.receipt.split(b"\n")
            shapes.append((len(envelope.payload), len(envelope.hints), len(lines[1]), len(envelope.leaf)))
    assert shapes[0] == shapes[1]


# A139


def test_a139_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "anna.key"
    secretfile.create(path, PHRASE.lock(b"k" * 32, PURPOSE, VERSION, SystemRandomness()))
    assert path.stat().st_mode & 0o777 == 0o600
    for mode in (0o640, 0o604, 0o644):
        path.chmod(mode)
        assert "lets others in" in refused(lambda: secretfile.read(path)).detail
    path.chmod(0o600)
    link = tmp_path / "link.key"
    link.symlink_to(path)
    assert "a symbolic link" in refused(lambda: secretfile.read(link)).detail


def test_a139_a_key_file_and_its_passphrase_are_made_apart(tmp_path: Path) -> None:
    """No passphrase is an argument, a weak lock is refused, and what is printed is the public part."""
    phrase = tmp_path / "anna.pass"
    phrase.write_text("correct horse battery staple\n", encoding="utf-8")
    phrase.chmod(0o600)
    new = ("key", "new", "--role", "trustee", "--id", "anna", "--organisation", "Society", "--out", tmp_path / "k")
    made = done(*new, "--passphrase-file", phrase, "--scrypt-log2", 15)
    data = (tmp_path / "k").read_bytes()
    assert b"correct horse" not in data
    assert "correct horse" not in made.everything
    assert run(*new, "--passphrase", "correct horse").code == 2
    assert (DEFAULT_COST, MINIMUM_COST) == (2**17, 2**15)


def options(source: str) -> list[str]:
    """Names of command-line options, and `envvar` where one may come from the environment."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("Option", "Argument")
        ):
            found += [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            found += [keyword.arg for keyword in node.keywords if keyword.arg in ("envvar", "prompt")]
    return found


SECRET = re.compile(r"passphrase|password|secret|code\b|token\b|seed\b|nonce")


def test_a139_no_secret_is_an_argument_or_comes_from_the_environment() -> None:
    """Arguments and environments are in lists of processes, histories and crash reports."""
    found = [option for path in sorted((SRC / "cli").rglob("*.py")) for option in options(path.read_text("utf-8"))]
    assert len(found) > 100
    assert "envvar" not in found
    assert "prompt" not in found
    secret = {option for option in found if option.startswith("--") and SECRET.search(option)}
    assert {option for option in secret if not option.endswith("-file")} <= {"--seed"}, "a registrar's file"
    assert "--passphrase-file" in secret


def test_a139_what_a_box_holds_is_not_for_others(tmp_path: Path) -> None:
    selection: Selection = prepared(tmp_path / "s", "cast")
    old = os.umask(0)
    try:
        with selection.box() as box:
            box.post(selection.ballot("nina"))
    finally:
        os.umask(old)
    private = selection.store.private
    assert private.stat().st_mode & 0o077 == 0
    assert {path.name for path in private.iterdir() if path.stat().st_mode & 0o077} == set()
    with closing(open_archive(selection.store.record)) as archive:
        assert not [name for name in archive.sizes() if "key" in name or "private" in name]
