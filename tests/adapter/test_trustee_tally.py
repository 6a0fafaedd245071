"""A trustee's tool in the tally: what it accepts and decrypts, once, and what it never does."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.trustee_tool import TrusteeTool
from e2evote.ballot.box_envelope import Envelope
from e2evote.manifest.entries import Phase
from tests.adapter.selections import Clock, Crash, Selection, prepared, refused


def kinds(selection: Selection) -> list[str]:
    return [entry.leaf.kind for entry in selection.board().entries]


def test_accept_and_decrypt(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "stated")
    with selection.box() as box:
        for i in (1, 3):
            tool = selection.trustee(i, box.post)
            statement = tool.accept()
            tool.decrypt()
        outcome = selection.administration(box.post).outcome()
        assert selection.administration(box.post).outcome() == outcome
    board = selection.board()
    assert board.state.phase is Phase.PUBLISHED
    assert statement == next(e.leaf_hash for e in board.entries if e.leaf.kind == "tally.statement")
    assert outcome.votes() == {
        ("mayor", "ada"): 1,
        ("mayor", "bob"): 1,
        ("board", "dan"): 2,
        ("board", "eve"): 0,
        ("board", "fay"): 1,
        ("board", ""): 0,
    }
    assert outcome.trustees == (1, 3)
    assert selection.verify().failing == frozenset()


def test_a_trustee_waits_for_the_statement(tmp_path: Path) -> None:
    selection, clock = prepared(tmp_path / "s", "closed"), Clock()
    with selection.box() as box:
        assert refused(selection.trustee(1, box.post).accept).code == "tally.not-stated"
        acts = iter([selection.administration(box.post).statement])
        clock.meanwhile.append(lambda: next(acts, lambda: None)() and None)
        selection.trustee(1, box.post, clock.patience()).accept()


@pytest.mark.parametrize(("phase", "code"), [("open", "tally.not-closed"), ("published", "tally.already-published")])
def test_a_trustee_decrypts_nothing_early_or_late(tmp_path: Path, phase: str, code: str) -> None:
    selection = prepared(tmp_path / "s", phase)
    with selection.box() as box:
        tool = selection.trustee(1, box.post)
        assert refused(tool.accept).code == code
        assert refused(tool.decrypt).code == code


def test_a_trustee_accepts_before_it_decrypts(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "stated")
    with selection.box() as box:
        assert refused(selection.trustee(1, box.post).decrypt).code == "tally.not-accepted"


def test_a_trustee_without_a_key_decrypts_nothing(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "stated")
    (selection.store.path / "own-1" / "key").unlink()
    with selection.box() as box:
        assert refused(selection.trustee(1, box.post).accept).code == "no-key"


def test_a_record_that_fails_is_not_accepted(tmp_path: Path) -> None:
    """The ballots in the record are not those on the log; the leaves alone would not show it."""
    selection = prepared(tmp_path / "s", "stated")
    pack = next((selection.store.record / "payload" / "000.p").iterdir())
    data = pack.read_bytes()
    at = data.index(b'{"contests":[{"id"')
    posts: list[Envelope] = []
    pack.write_bytes(data[: at + 30] + bytes([data[at + 30] ^ 1]) + data[at + 31 :])

    def post(envelope: Envelope) -> Acknowledged:
        posts.append(envelope)
        raise AssertionError("nothing is to be posted")

    refusal = refused(selection.trustee(1, post).accept)
    assert refusal.code == "tally.record-fails"
    assert posts == []


def test_a_crash_between_storing_and_sending_sends_the_same(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "stated")
    lost: list[Envelope] = []

    def lose(envelope: Envelope) -> Acknowledged:
        lost.append(envelope)
        raise Crash

    with selection.box() as box:
        for act in (TrusteeTool.accept, TrusteeTool.decrypt):
            with pytest.raises(Crash):
                act(selection.trustee(1, lose))
            sent: list[Envelope] = []

            def post(envelope: Envelope, sent: list[Envelope] = sent) -> Acknowledged:
                sent.append(envelope)
                return box.post(envelope)

            act(selection.trustee(1, post))
            act(selection.trustee(1, post))
            assert [envelope.leaf for envelope in sent] == [lost[-1].leaf] * 2
    assert kinds(selection).count("tally.share") == 1


def test_a_second_statement_is_never_decrypted(tmp_path: Path) -> None:
    """A fork of the same log with one ballot more: the trustee has accepted the other statement."""
    selection = prepared(tmp_path / "s", "cast")
    shutil.copytree(selection.store.path, tmp_path / "fork")
    fork = Selection(replace(selection.store, path=tmp_path / "fork"))
    for each, extra in ((selection, False), (fork, True)):
        with each.box() as box:
            if extra:
                box.post(each.ballot("karl"))
            each.administration(box.post).close()
            each.administration(box.post).statement()
    with selection.box() as box:
        selection.trustee(1, box.post).accept()
    for kept in ("memory", "key"):
        shutil.copy2(selection.store.path / "own-1" / kept, fork.store.path / "own-1" / kept)
    with fork.box() as box:
        for act in (fork.trustee(1, box.post).accept, fork.trustee(1, box.post).decrypt):
            assert refused(act).code == "tally.second-statement"
