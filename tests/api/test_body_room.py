"""The room that all bodies share: nobody takes it all, and nobody keeps it by sending slowly what is left."""

import asyncio
import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from fastapi import Request

from api.conftest import ROOMY
from api.served import ADA, JSON, P, body, rehearsal, serving, voters
from e2evote.adapter.api import body as bodies
from e2evote.adapter.api.body import Held, Room, json_body
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.http_server import Message

MIB = 2**20
SMALL_ROOM = """
[server]
bodies_mib = 16
largest_ballot_mib = 4
"""


def busy(room: Room, held: Held, size: int) -> bool:
    """Whether there is no room for this."""
    try:
        room.take(held, size)
    except Problem:
        return True
    return False


def test_a123_one_client_has_a_quarter_of_the_room() -> None:
    room = Room(100)
    first, second, other = Held(b"a"), Held(b"a"), Held(b"b")
    assert not busy(room, first, 20)
    assert busy(room, second, 6)
    assert not busy(room, second, 5)
    assert not busy(room, other, 25)
    room.give_back(first)
    assert not busy(room, second, 20)
    for held in (first, second, other):
        room.give_back(held)
    assert not busy(room, Held(b"a"), 25)


def test_one_body_of_the_largest_size_has_room_whatever_a_fourth_is() -> None:
    room, held = Room(100, 60), Held(b"a")
    assert not busy(room, held, 60)
    assert busy(room, held, 1)
    assert not busy(room, Held(b"b"), 40)


def test_whoever_has_a_token_may_take_what_is_there() -> None:
    room, held = Room(100), Held(b"a")
    held.admit()
    assert not busy(room, held, 100)
    assert busy(room, Held(b"b"), 1)
    room.give_back(held)
    assert not busy(room, Held(b"b"), 25)


def test_a123_what_was_sent_fast_buys_no_time_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.2)
    parts: list[Message] = [
        {"type": "http.request", "body": b" " * MIB, "more_body": True},
        {"type": "http.request", "body": b"{}", "more_body": False},
    ]

    async def receive() -> Message:
        await asyncio.sleep(0 if len(parts) == 2 else 2.0)
        return parts.pop(0)

    request = Request({"type": "http", "headers": [(b"content-type", JSON.encode())]}, receive)
    with pytest.raises(Problem, match="too-slow"):
        asyncio.run(json_body(request, Room(100 * MIB), 2 * MIB, ()))


@pytest.mark.slow
def test_a123_one_client_can_not_keep_the_others_from_voting(tmp_path: Path) -> None:
    """A few connections of one address send almost all of a large body each, and then little."""
    own = rehearsal(tmp_path / "store")
    ballot = body(voters(own).cast("vera", ADA, ""))
    large = 4 * MIB
    head = f"POST {P}/ballots HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\nContent-Length: {large}\r\n\r\n".encode()
    with serving(tmp_path, own, config=SMALL_ROOM + ROOMY) as server, ExitStack() as opened:
        for size in (*[large - 1] * 3, large - 2000):
            connection = socket.create_connection(server.address, 60, source_address=("127.0.0.2", 0))
            opened.enter_context(connection)
            with suppress(OSError):  # it was told that there is no room
                connection.sendall(head + b" " * size)
        time.sleep(2)  # the server reads
        answer = server.post(f"{P}/ballots", ballot)
        assert answer.status == 201, answer
