"""A server whose issuer of tokens takes its time: what is public is answered meanwhile."""

import json
import threading
from pathlib import Path

import pytest

from api.conftest import ROOMY
from api.other_server import other_server
from api.served import P, rehearsal, serving
from api.tokens_made import token


@pytest.mark.slow
def test_a123_an_issuer_that_does_not_answer_keeps_nobody_waiting_who_needs_no_token(tmp_path: Path) -> None:
    store = rehearsal(tmp_path / "store")
    with other_server() as issuer:
        asked, let_go = threading.Event(), threading.Event()

        def slow() -> tuple[int, bytes, dict[str, str]]:
            asked.set()
            assert let_go.wait(60)
            return (503, b"", {})

        issuer.answers["/.well-known/openid-configuration"] = slow
        config = f'{ROOMY}\n[tokens]\nissuer = {json.dumps(issuer.url)}\naudience = "a"\n'
        with serving(tmp_path, store, config=config) as server:
            codes: list[str] = []

            def ask() -> None:
                answer = server.post(f"{P}/sessions", {"voter_ref": "x"}, authorization=f"Bearer {token()}")
                codes.append(answer.problem())

            waiting = [threading.Thread(target=ask) for _ in range(12)]
            for thread in waiting:
                thread.start()
            assert asked.wait(60)
            for path in (P, f"{P}/manifest", f"{P}/lines/17", "/v1/health"):
                assert server.ask(path).status == 200
            let_go.set()
            for thread in waiting:
                thread.join()
            assert codes == ["issuer-unreachable"] * 12
