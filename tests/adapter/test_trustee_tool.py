"""A trustee's tool before a real box: through the ceremony, crashes, complaints and restarts, to the shares."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter import secretfile, trustee_folder
from e2evote.adapter.board import BoardReader
from e2evote.adapter.inbox import Post
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.patience import Patience
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.trustee_tool import TrusteeTool
from e2evote.ballot.box_envelope import Envelope
from e2evote.hashing import canonical
from e2evote.secret.keyfile import NotUnlocked
from tests.adapter.selections import PHRASE, Clock, Crash, Selection, hold_ceremony, prepared, refused
from tests.ballot.election import signing_key


def kinds(selection: Selection) -> list[str]:
    return [entry.leaf.kind for entry in selection.board().entries]


def kind_of(envelope: Envelope) -> str:
    value = canonical.decode(envelope.leaf, 4096)
    assert isinstance(value, dict)
    return str(value["kind"])


def test_three_tools_make_a_key(tmp_path: Path) -> None:
    """Each command waits for the others; here these act while it sleeps."""
    selection, clock = prepared(tmp_path / "s", "setup"), Clock()
    with selection.box() as box:
        first = selection.trustee(1, box.post, clock.patience())
        others = [selection.trustee(i, box.post) for i in (2, 3)]
        clock.meanwhile += [lambda tool=tool: tool.step() and None for tool in others]
        first.begin()
        assert "ceremony.reveal" in kinds(selection)
        assert "ceremony.shares" not in kinds(selection)[:8]
        first.deal()
        assert 1 in selection.board().state.session.shares
        first.finish()
        while not all(tool.has_key for tool in others):
            assert any([tool.step() for tool in others])
        assert (first.index, first.party.id, first.has_key) == (1, "trustee-1", True)
        selection.administration(box.post).open()
    assert selection.verify().failing == frozenset()
    assert kinds(selection).count("ceremony.confirm") == 3


def test_a_tool_says_whom_it_waits_for(tmp_path: Path) -> None:
    selection, clock, said = prepared(tmp_path / "s", "setup"), Clock(), []
    with selection.box() as box:
        patience = replace(clock.patience(3), say=said.append)
        tool = selection.trustee(2, box.post, patience)
        refusal = refused(tool.begin)
        assert refusal.code == "ceremony.waiting"
        assert "the commits of trustees [1, 3]" in refusal.detail
        assert said == [refusal.detail]
        selection.trustee(1, box.post).step()
        assert "the commits of trustees [3]" in refused(tool.finish).detail
    assert kinds(selection).count("ceremony.commit") == 2


def test_finishing_begins_and_deals_too(tmp_path: Path) -> None:
    selection, clock = prepared(tmp_path / "s", "setup"), Clock()
    with selection.box() as box:
        tool = selection.trustee(1, box.post, clock.patience(100))
        others = [selection.trustee(i, box.post) for i in (2, 3)]
        clock.meanwhile += [lambda tool=tool: tool.step() and None for tool in others]
        tool.finish()
        for done in (tool.begin, tool.deal, tool.finish):
            done()
        assert tool.has_key


def test_a_crash_at_any_step_changes_nothing(tmp_path: Path) -> None:
    """Trustee 1 is cut off before or after each message is taken in; its next process goes on from the folder."""
    crashes = 0
    for kind in ("ceremony.commit", "ceremony.reveal", "ceremony.shares", "ceremony.confirm"):
        for after in (False, True):
            selection = prepared(tmp_path / f"{kind}{after}", "setup")
            with selection.box() as box:

                def cut(
                    envelope: Envelope, kind: str = kind, after: bool = after, post: Post = box.post
                ) -> Acknowledged:
                    if kind_of(envelope) == kind:
                        if after:
                            post(envelope)
                        raise Crash
                    return post(envelope)

                others = [selection.trustee(i, box.post) for i in (2, 3)]
                with pytest.raises(Crash):
                    step_all([selection.trustee(1, cut), *others])
                crashes += 1
                step_all([selection.trustee(1, box.post), *others])
                selection.administration(box.post).open()
            assert kinds(selection).count(kind) == 3
            assert selection.verify().failing == frozenset()
    assert crashes == 8


def step_all(tools: list[TrusteeTool]) -> None:
    while not all(tool.has_key for tool in tools):
        assert any([tool.step() for tool in tools])


@pytest.mark.parametrize("writes", range(5))
def test_a_crash_while_a_state_is_written_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    """The message is sent only after its state is stored."""
    selection = prepared(tmp_path / "s", "setup")
    with selection.box() as box:
        others = [selection.trustee(i, box.post) for i in (2, 3)]
        count = 0
        real = trustee_folder.TrusteeFolder._write

        def cut(folder: trustee_folder.TrusteeFolder, *arguments: object) -> None:
            nonlocal count
            if folder._path.name == "own-1":
                count += 1
                if count > writes:
                    raise Crash
            real(folder, *arguments)  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(trustee_folder.TrusteeFolder, "_write", cut)
            with pytest.raises(Crash):
                step_all([selection.trustee(1, box.post), *others])
        step_all([selection.trustee(1, box.post), *others])
        selection.administration(box.post).open()
    assert selection.verify().failing == frozenset()


def test_a_folder_that_was_lost_needs_a_restart(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "committed")
    shutil.rmtree(selection.store.path / "own-1")
    with selection.box() as box:
        refusal = refused(lambda: selection.trustee(1, box.post).step())
        assert refusal.code == "state-lost"
        assert "restart" in refusal.detail
        restart = selection.administration(box.post).restart(1)
        assert (restart.session, restart.fault, restart.reason) == (2, 1, "missing")
        hold_ceremony(selection, box.post)
        selection.administration(box.post).open()
    report = selection.verify()
    assert report.failing == frozenset()
    assert [(fault.session, fault.reason, fault.trustee) for fault in report.facts.faults] == [(1, "missing", 1)]


def test_an_older_copy_of_a_folder_says_the_same_again(tmp_path: Path) -> None:
    """The state of an earlier step is put back: what follows is what was said before, and nothing else."""
    selection = prepared(tmp_path / "s", "committed")
    folder = selection.store.path / "own-1"
    shutil.copytree(folder, tmp_path / "older")
    with selection.box() as box:
        tools = selection.trustees(box.post)
        for _ in range(4):
            for tool in tools:
                tool.step()
        for name in ("session-1",):
            shutil.copy2(tmp_path / "older" / name, folder / name)
        hold_ceremony(selection, box.post)
        selection.administration(box.post).open()
    assert selection.verify().failing == frozenset()


def test_the_polynomials_are_not_kept(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "confirmed")
    for i in (1, 2, 3):
        names = {path.name for path in (selection.store.path / f"own-{i}").iterdir()}
        assert names == {"key", "seen", "trustee.lock"}


def test_a_folder_is_used_by_one_process(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "setup")
    with selection.box() as box:
        tool = selection.trustee(1, box.post)
        with secretfile.locked(selection.store.path / "own-1" / "trustee"):
            assert refused(tool.begin).code == "secret.locked"


def test_nobody_else_is_a_trustee(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "setup")
    with selection.box() as box:

        def tool(name: str, phrase: Passphrase = PHRASE) -> TrusteeTool:
            return TrusteeTool(tmp_path / "own", signing_key(name), phrase, selection.board(), box.post)

        for name in ("chair", "tess", "log", "stranger"):
            assert refused(lambda name=name: tool(name)).code == "wrong-key"
        tool("trustee-1").step()
        with pytest.raises(NotUnlocked):
            tool("trustee-1", Passphrase("wrong", cost=2**10, minimum=2**10)).step()


def test_a_folder_of_another_trustee_is_noticed(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "committed")
    shutil.rmtree(selection.store.path / "own-1")
    (selection.store.path / "own-2").rename(selection.store.path / "own-1")
    with selection.box() as box:
        assert refused(selection.trustee(1, box.post).step).code == "wrong-key"
    stated = prepared(tmp_path / "stated", "stated")
    (stated.store.path / "own-2" / "key").replace(stated.store.path / "own-1" / "key")
    with stated.box() as box:
        assert refused(stated.trustee(1, box.post).accept).code == "wrong-key"


def test_another_board_is_refused(tmp_path: Path) -> None:
    """The trustee has seen a log that this one does not contain."""
    selection = prepared(tmp_path / "s", "committed")
    shutil.copytree(selection.store.path, tmp_path / "fork")
    fork = Selection(replace(selection.store, path=tmp_path / "fork"))
    for each in (selection, fork):
        with each.box() as box:
            restart = each.administration(box.post).restart(1 if each is fork else 2)
            assert restart.session == 2
            each.trustee(1, box.post).step()
    shutil.copy2(fork.store.path / "own-1" / "seen", selection.store.path / "own-1" / "seen")
    with selection.box() as box:
        assert refused(lambda: selection.trustee(1, box.post).step()).code == "board-rewritten"
    old = prepared(tmp_path / "old", "committed")
    for name in ("seen",):
        shutil.copy2(fork.store.path / "own-1" / name, old.store.path / "own-1" / name)
    with old.box() as box:
        assert refused(lambda: old.trustee(1, box.post).step()).code == "board-rewritten"


def test_patience_has_an_end(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "setup")
    board = BoardReader(selection.store.record, allow_test_group=True)
    with selection.box() as box:
        tool = TrusteeTool(tmp_path / "own", signing_key("trustee-3"), PHRASE, board, box.post, Patience())
        assert refused(tool.begin).code == "ceremony.waiting"
        assert tool.index == 3
