"""Records on their way: one to each client, and no copy of a record is left behind."""

import asyncio
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from api.served import rehearsal
from e2evote.adapter import snapshot
from e2evote.adapter.api.archive_answer import ArchiveResponse
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.log import Log
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.api.settings import Settings
from e2evote.adapter.http_server import Message
from e2evote.adapter.published import PublishedLog


def test_a123_one_client_receives_one_record_at_a_time_and_its_copy_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else four slow readers of one address would keep records from everybody else."""
    record, copies = rehearsal(tmp_path / "store").record, tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr(snapshot.tempfile, "tempdir", str(copies))
    note, hosted = PublishedLog(record).checkpoint(), Hosted(Settings(), Log(StringIO()))

    def answer(client: bytes) -> ArchiveResponse:
        return ArchiveResponse(hosted, client, record, note, {})

    async def story() -> None:
        begun, let_go, sent = asyncio.Event(), asyncio.Event(), list[Any]()

        async def send(message: Message) -> None:
            sent.append(message["type"])
            begun.set()
            await let_go.wait()

        async def receive() -> Message:
            return await asyncio.Future()

        reading = asyncio.create_task(answer(b"a")({"type": "http"}, receive, send))
        await begun.wait()
        assert len(list(copies.iterdir())) == 1
        with pytest.raises(Problem, match="busy"):
            answer(b"a")
        answer(b"b")
        monkeypatch.setattr(hosted._writers, "_waiting", 10**6)
        let_go.set()
        await reading
        assert sent[-1] == "http.response.body"
        answer(b"a")

    asyncio.run(story())
    hosted.close()
    assert list(copies.iterdir()) == []
