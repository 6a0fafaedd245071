"""A share that does not open: the tools complain, answer once, and begin anew after the restart."""

from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.trustee_tool import TrusteeTool
from e2evote.ballot.box_envelope import Envelope
from e2evote.ceremony import trustee as ceremony
from e2evote.ceremony.states import Revealed
from e2evote.hashing import canonical
from e2evote.record.bodies import Answer, Complaint
from tests.adapter.selections import Clock, Crash, Selection, prepared, refused
from tests.randomness import DeterministicRandomness


def kinds(selection: Selection) -> list[str]:
    return [entry.leaf.kind for entry in selection.board().entries]


def kind_of(envelope: Envelope) -> str:
    value = canonical.decode(envelope.leaf, 4096)
    assert isinstance(value, dict)
    return str(value["kind"])


def step_all(tools: list[TrusteeTool]) -> None:
    while not all(tool.has_key for tool in tools):
        assert any([tool.step() for tool in tools])


def deal_badly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trustee 1 seals values of another polynomial; whoever deals is 1 in what follows."""
    real = ceremony.deal

    def bad(revealed: Revealed, keys: object) -> object:
        drawn = revealed.drawn
        if drawn.index != 1 or drawn.session != 1:
            return real(revealed, keys)  # type: ignore[arg-type]
        other, _ = ceremony.begin(drawn.setup, 1, 1, DeterministicRandomness("another polynomial"))
        secrets = replace(drawn.secrets, P=other.secrets.P)
        dealt, shares = real(replace(revealed, drawn=replace(drawn, secrets=secrets)), keys)  # type: ignore[arg-type]
        return replace(dealt, revealed=revealed), shares

    monkeypatch.setattr(ceremony, "deal", bad)


def test_a_bad_share_leads_to_a_complaint_an_answer_and_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tools settle it without anybody's help but the administrator's restart; the board names trustee 1."""
    selection, clock = prepared(tmp_path / "s", "setup"), Clock()
    deal_badly(monkeypatch)
    with selection.box() as box:
        chair = selection.administration(box.post)
        first, second = selection.trustee(1, box.post), selection.trustee(2, box.post, clock.patience(200))
        third = selection.trustee(3, box.post)

        def others() -> None:
            for tool in (first, third):
                tool.step()
            session = selection.board().state.session
            if session.answered:
                chair.restart()

        clock.meanwhile.append(others)
        second.finish()
        step_all([first, third])
        chair.open()
    board = selection.board()
    complaints = [entry.leaf.body for entry in board.entries if isinstance(entry.leaf.body, Complaint)]
    assert [body.against for body in complaints] == [1]
    assert sum(isinstance(entry.leaf.body, Answer) for entry in board.entries) == 1
    report = selection.verify()
    assert report.failing == frozenset()
    assert [(fault.session, fault.reason, fault.trustee) for fault in report.facts.faults] == [(1, "complaint", 1)]


@pytest.mark.parametrize("after", [False, True])
def test_an_answer_is_given_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    """Also when the process that answers is cut off, before or after the board has the answer."""
    selection = prepared(tmp_path / "s", "setup")
    deal_badly(monkeypatch)
    with selection.box() as box:

        def cut(envelope: Envelope) -> Acknowledged:
            if kind_of(envelope) != "ceremony.answer":
                return box.post(envelope)
            if after:
                box.post(envelope)
            raise Crash

        tools = [selection.trustee(1, cut), selection.trustee(2, box.post), selection.trustee(3, box.post)]
        with pytest.raises(Crash):
            step_all(tools)
        again = selection.trustee(1, box.post)
        assert again.step() is not after
        assert not again.step()
        assert refused(lambda: again.finish()).detail.endswith("waiting for the restart")
    assert kinds(selection).count("ceremony.answer") == 1
