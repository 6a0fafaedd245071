"""Any history of honest and dishonest parties before the box: it takes what the model of sixty lines takes, no more."""

import ast
from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.voters import model
from tests.voters.histories import Histories
from tests.voters.parties import WRONGLY_SIGNED

ACCEPTED = {
    *("vote", "old code", "reissue", "revoke", "add", "issue", "remove", "contact", "annul", "mark", "open", "pause"),
    *("resume", "close"),
}
"""Acts that happened somewhere. An old code is the active one, where it is the only one."""
REFUSED = {
    ("vote", "already-marked"),
    ("vote", "ballot.line"),
    ("vote", "board.phase"),
    ("stale vote", "stale-prev"),
    ("old code", "ballot.line"),
    ("codes of another line", "ballot.line"),
    ("extra code", "ballot.line"),
    ("codes in another order", "ballot.line"),
    ("one code alone", "board.author"),
    ("same ballot", "known"),
    ("reissue", "credential.reissue"),
    ("reissue with a wrong number", "credential.reissue"),
    ("reissue with a wrong old", "credential.reissue"),
    ("reissue with a wrong key", "credential.keys"),
    ("reissue with a wrong organisation", "board.author"),
    ("reissue with a wrong registrar", "board.author"),
    ("revoke", "credential.revoke"),
    ("revoke with a wrong number", "credential.revoke"),
    ("revoke with a wrong organisation", "board.author"),
    ("remove", "roll.amendment"),
    ("remove", "board.phase"),
    ("contact in place of another", "roll.amendment"),
    ("annul another", "ballot.annulled"),
    ("annul by one house", "board.author"),
    ("mark", "channel.mark"),
    ("pause", "board.phase"),
    ("pause with a wrong number", "board.phase"),
    ("resume with a wrong number", "board.phase"),
}
"""Why others did not, somewhere."""


def test_every_history_is_what_the_model_says() -> None:
    Histories.seen.clear()
    Histories.ended = 0
    run_state_machine_as_test(Histories, settings=settings(max_examples=150, stateful_step_count=40))
    assert {act for act, code in Histories.seen if not code} >= ACCEPTED
    assert Histories.seen >= REFUSED, sorted(REFUSED - Histories.seen)
    for signed in WRONGLY_SIGNED:
        assert {code for act, code in Histories.seen if act.endswith(f" {signed}")} == {"board.author"}


def test_the_model_has_sixty_lines() -> None:
    """So few that one can see that it is right: of code, without the words."""
    source = Path(model.__file__).read_text("utf-8")
    words = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    assert sum(bool(line.strip()) and at not in words for at, line in enumerate(source.splitlines(), start=1)) <= 60
