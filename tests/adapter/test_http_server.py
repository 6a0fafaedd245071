"""An application that fails under the web server: one line for its owner, whatever was asked for, and 500."""

import asyncio

from e2evote.adapter.http_server import Message, Receive, Send, _guarded


async def broken(scope: Message, receive: Receive, send: Send) -> None:
    raise KeyError("what nobody foresaw")


def test_a120_a_path_puts_no_line_of_its_own_into_the_report() -> None:
    said: list[str] = []
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": "GET", "path": "/a\nstarted at http://elsewhere", "headers": []}
    asyncio.run(_guarded(broken, said.append)(scope, receive, send))
    assert said == ["internal error: KeyError at GET '/a\\nstarted at http://elsewhere'"]
    assert sent[0]["status"] == 500
    assert sent[1]["body"] == b"internal error\n"
