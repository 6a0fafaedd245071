"""What serve.toml changes: sub-folder, limits of rate, sessions, log. The server is in this process."""

import asyncio
import json
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.conftest import ROOMY
from api.served import ADA, ID, P, body, rehearsal, voters
from e2evote.adapter.api.app import make_app
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.log import Log
from e2evote.adapter.api.settings import Settings, decode_settings
from e2evote.adapter.election import Election
from e2evote.adapter.store import Store
from e2evote.errors import Refused


@pytest.fixture(scope="module")
def election(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Election]:
    store = rehearsal(tmp_path_factory.mktemp("configured") / "store")
    with Election.open_store(store.path, allow_test_group=True) as opened:
        yield opened


@contextmanager
def served(election: Election, settings: Settings | str = ROOMY, log: StringIO | None = None) -> Iterator[TestClient]:
    made = decode_settings(settings.encode()) if isinstance(settings, str) else settings
    hosted = Hosted(made, Log(log or StringIO(), requests=made.log_requests))
    hosted.add(election)
    try:
        with TestClient(make_app(hosted)) as client:
            yield client
    finally:
        hosted.close()


def code(answer: object) -> str:
    return str(answer.json()["code"])  # type: ignore[attr-defined]


def test_a_sub_folder_may_be_left_by_the_proxy_or_taken_off(election: Election) -> None:
    with served(election, replace(Settings(), public_url="https://vote.example/sub/folder")) as client:
        for prefix in ("", "/sub/folder"):
            assert client.get(f"{prefix}{P}").json()["id"] == ID
            missing = client.get(f"{prefix}/sub/folder{P}")
            assert missing.status_code == (404 if prefix else 200)
        assert client.get("/v1/health").headers["strict-transport-security"] == "max-age=31536000"
        assert client.get("/sub/folderv1/health").status_code == 404


LOW = """
[limits]
reads = { burst = 5, per_minute = 1 }
[proxy]
header = "X-Forwarded-For"
trusted = ["10.0.0.0/8"]
"""


def test_a123_who_asks_too_often_is_told_when_to_come_back(election: Election) -> None:
    with served(election, LOW) as client:
        assert [client.get("/v1/health").status_code for _ in range(5)] == [200] * 5
        # Another address in a header, from somebody who is no proxy, changes nothing.
        limited = client.get("/v1/health", headers={"x-forwarded-for": "198.51.100.7"})
        assert (limited.status_code, code(limited)) == (429, "rate-limited")
        assert 1 <= int(limited.headers["retry-after"]) <= 60
        assert limited.headers["access-control-allow-origin"] == "*"
        assert client.get("/nothing").status_code == 429
        assert code(client.post(f"{P}/sessions/open", json={})) == "sessions-by-host", "another kind"


def test_a123_of_one_trusted_proxys_clients_each_has_a_bucket(election: Election) -> None:
    settings = decode_settings(LOW.encode())
    hosted = Hosted(settings, Log(StringIO()))
    with TestClient(make_app(hosted), client=("10.1.2.3", 1)) as client:
        for address in ("198.51.100.7", "198.51.100.8"):
            headers = {"x-forwarded-for": f"9.9.9.9, {address}"}
            asked = [client.get("/v1/health", headers=headers).status_code for _ in range(6)]
            assert asked == [200] * 5 + [429]
    hosted.close()


def test_a_session_is_exchanged_once(election: Election) -> None:
    session = "ab" * 32
    hosted = Hosted(Settings(), Log(StringIO()))
    token = hosted.add(election).tokens.issue(session)[0]
    with TestClient(make_app(hosted)) as client:
        first = client.post(f"{P}/sessions/exchange", json={"token": token})
        assert (first.status_code, first.json()) == (200, {"session": session})
        again = client.post(f"{P}/sessions/exchange", json={"token": token})
        assert (again.status_code, code(again)) == (410, "token-used")
        assert code(client.post(f"{P}/sessions/exchange", json={"token": "' or '1'='1"})) == "token-used"
        assert code(client.post(f"{P}/sessions/exchange", json={"token": 17})) == "request-malformed"
        assert code(client.post(f"{P}/sessions/open", json={})) == "sessions-by-host"
    hosted.close()


def test_a_session_without_a_host_where_that_is_allowed(election: Election) -> None:
    with served(election, "[sessions]\nwithout_host = true") as client:
        one, other = (client.post(f"{P}/sessions/open", json={}).json()["session"] for _ in range(2))
        assert len(one) == 64
        assert one != other
        devices = voters(Store.at(election.path))
        opened = body(devices.challenge("otto", ADA, ""))
        assert code(client.post(f"{P}/challenges", json={**opened, "session": "0" * 64})) == "no-session"
        assert client.post(f"{P}/challenges", json={**opened, "session": one}).status_code == 201


def test_lines_about_requests_may_be_left_out(election: Election) -> None:
    log = StringIO()
    with served(election, "[log]\nrequests = false\n[server]\nmetrics = false", log) as client:
        assert code(client.get("/v1/metrics")) == "not-found"
        assert log.getvalue() == ""
    with served(election, "", log) as client:
        client.get(P)
        assert json.loads(log.getvalue())["election"] == ID


def test_an_election_that_can_not_be_read_hides_no_other(
    election: Election, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise Refused("not-cosigned", "no quorum has seen any head")

    with Election.create(
        tmp_path / "autumn", contests={"c": ["a", "b"]}, rehearsal=True, election="autumn", group="test-512"
    ) as other:
        hosted = Hosted(decode_settings(ROOMY.encode()), Log(StringIO()))
        hosted.add(election)
        hosted.add(other)
        monkeypatch.setattr(other, "status", away)
        with TestClient(make_app(hosted)) as client:
            listed = client.get("/v1/elections?limit=2")
            assert listed.status_code == 200
            assert [one["id"] for one in listed.json()["elections"]] == [ID]
            assert client.get("/v1/elections/autumn").status_code == 503
            health = {one["id"]: one["status"] for one in client.get("/v1/health").json()["elections"]}
            assert health == {"autumn": "failing", ID: "ok"}
        hosted.close()


def test_elections_are_listed_in_pages(election: Election, tmp_path: Path) -> None:
    hosted = Hosted(replace(Settings(), public_url="https://vote.example"), Log(StringIO()))
    hosted.add(election)
    contests = {"chair": ["ada", "bob"]}
    with Election.create(
        tmp_path / "a", contests=contests, rehearsal=True, election="autumn", group=election.manifest.group
    ) as other:
        hosted.add(other)
        with pytest.raises(ValueError, match="two elections"):
            hosted.add(other)
        with TestClient(make_app(hosted)) as client:
            first = client.get("/v1/elections?limit=1")
            assert [one["id"] for one in first.json()["elections"]] == ["autumn"]
            assert first.json()["elections"][0]["extended_base_hash"] == ""
            assert first.json()["elections"][0]["joint_key"] is None
            link = first.headers["link"]
            assert link == '</v1/elections?cursor=autumn&limit=1>; rel="next"'
            second = client.get("/v1/elections?cursor=autumn&limit=1")
            assert [one["id"] for one in second.json()["elections"]] == [ID]
            assert "link" not in second.headers
            assert len(client.get("/v1/elections").json()["elections"]) == 2
            for query in ("limit=0", "limit=101", "limit=x", "limit=-1", "limit=1e1", "page=2", "limit=" + "1" * 5000):
                assert code(client.get(f"/v1/elections?{query}")) == "request-malformed"
        hosted.close()


def test_a123_an_archive_that_nobody_reads_leaves_nothing_behind(election: Election) -> None:
    """Whoever goes away, at any moment, gives the place back, and the copy of the record is removed."""
    hosted = Hosted(decode_settings(ROOMY.encode()), Log(StringIO()))
    hosted.add(election)
    app = make_app(hosted)
    before = set(Path(tempfile.gettempdir()).glob("e2evote-*"))

    async def ask(leave_after: int) -> list[str]:
        sent: list[str] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.disconnect"} if len(sent) >= leave_after else {"type": "http.request"}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message["type"])
            if len(sent) > leave_after:
                raise OSError("the client is gone")

        scope = {
            "type": "http",
            "method": "GET",
            "path": f"{P}/record.zip",
            "query_string": b"",
            "headers": [],
            "client": ("192.0.2.1", 1),
        }
        await app(scope, receive, send)
        return sent

    for leave_after in (0, 1, 2, 3, 0, 1, 2, 3):
        assert asyncio.run(ask(leave_after))
    assert not hosted.zips.locked()
    assert set(Path(tempfile.gettempdir()).glob("e2evote-*")) <= before
    with TestClient(app) as client:
        assert client.get(f"{P}/record.zip").status_code == 200
    hosted.close()
