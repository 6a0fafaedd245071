"""A rehearsal with a roll and papers, from its setup to its outcome over HTTP alone, and what is told of it."""

import json
from pathlib import Path

import pytest

from api.acting import acting, bearer
from api.other_server import other_server
from api.served import P, Served
from e2evote.adapter.election import Election
from e2evote.adapter.store import Store
from tests.api.test_webhooks import until


def said(served: Served, path: str, body: object, token: dict[str, str]) -> tuple[int, str]:
    answer = served.post(f"{P}/{path}", body, **token)
    return answer.status, answer.json.get("phase", answer.json.get("code", ""))


@pytest.mark.slow
def test_a_rehearsal_goes_all_its_way_over_http_and_is_told_of(tmp_path: Path) -> None:
    made = Election.create(
        tmp_path / "store",
        contests={"chair": ["ada", "bob"]},
        rehearsal=True,
        members=4,
        channels=("online", "postal"),
        group="test-512",
    )
    with made:
        lines = [letter.line for letter in made.letters()]
    with other_server() as receiver:
        receiver.answers["/hook"] = (204, b"", {})
        with acting(tmp_path, Store.at(tmp_path / "store"), hooks=f"{receiver.url}/hook") as served:
            admin, site = bearer(tmp_path, "election:admin"), bearer(tmp_path, "ballot:submit")
            assert said(served, "transitions", {"to": "closed"}, admin)[0] == 409
            assert said(served, "transitions", {"to": "reported"}, admin) == (404, "no-outcome")
            assert said(served, "transitions", {"to": "open"}, admin) == (200, "open")
            assert said(served, "transitions", {"to": "paused", "reason": "outage"}, admin) == (200, "open")
            assert served.ask(P).json["paused"] is True
            for wrong in ({"to": "paused", "reason": "lunch"}, {"to": "open", "reason": "outage"}, {"to": "extended"}):
                assert said(served, "transitions", wrong, admin) == (400, "request-malformed")
            assert said(served, "transitions", {"to": "resumed"}, admin) == (200, "open")
            mark = {"line": lines[0], "channel": "postal"}
            assert said(served, "channel-marks", mark, {}) == (401, "token-missing")
            assert said(served, "channel-marks", mark, admin) == (403, "scope-missing")
            assert said(served, "channel-marks", mark, site) == (200, "open")
            assert served.ask(f"{P}/lines/{lines[0]}").json["mark"]["channel"] == "postal"
            assert said(served, "channel-marks", {**mark, "channel": "pigeon"}, site) == (400, "request-malformed")

            assert said(served, "transitions", {"to": "closed"}, admin) == (200, "closed")
            counted = {"channel": "postal", "votes": {"chair": {"bob": 1, "": 0}}, "spoiled": {"chair": 0}}
            for wrong in ({**counted, "votes": 7}, {**counted, "votes": {"chair": {"bob": -1}}}, {**counted, "x": 1}):
                assert said(served, "channel-marks", wrong, site) == (400, "request-malformed")
            assert said(served, "channel-marks", counted, site) == (200, "closed")
            assert said(served, "transitions", {"to": "tallied"}, admin) == (200, "published")
            assert served.ask(f"{P}/result").status == 200
            assert said(served, "transitions", {"to": "reported"}, admin) == (200, "published")
            (report,) = served.ask(f"{P}/report").json["reports"]
            page = served.ask(f"/elections/rehearsal/report-{report['index']}.html")
            assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
            wanted = {"election.opened", "election.closed", "tally.published", "checkpoint.published"}
            until(lambda: _types(receiver.asked) >= wanted)
            hooks = served.ask("/v1/webhooks", **bearer(tmp_path, "audit:read")).json
            assert hooks["public_key"].startswith("whpk_")
            assert hooks["endpoints"][0]["delivered"] >= len(wanted)
            others = served.ask("/v1/webhooks", **bearer(tmp_path, "audit:read", elections=("other",))).json
            assert [one["delivered"] for one in others["endpoints"]] == [0]


def _types(asked: list[tuple[str, str, dict[str, str], bytes]]) -> set[str]:
    return {json.loads(body)["type"] for _, _, _, body in asked}
