"""What the processes of these tests do: serve a store, and vote as a device does that never gives up its ballot.

A device sends the same bytes until it has a receipt or a refusal, whatever happens to the server or to an answer. What
it does in which case is the whole of what a client must know (docs/http.md, Casting).
"""

import http.client
import json
import random
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from e2evote.adapter.api.problems import OWN
from e2evote.cli.application import main
from tests.faults.processes import say

ID = "rehearsal"
P = f"/v1/elections/{ID}"
PATIENCE = 120.0
"""Seconds after which a device gives up, which none of them may have to."""

LATER = (408, 429, 503)
"""Statuses after which the same bytes are sent again."""


def serve(store: str, port: str, config: str) -> None:
    """`e2evote serve`, until it is killed."""
    assert OWN  # the server's modules are loaded before the process forks
    raise SystemExit(
        main(["serve", "--store", store, "--port", port, "--config", config, "--allow-test-group", "--json"])
    )


def vote(port: str, folder: str, name: str, pause: str) -> None:
    """Sends each of the voter's submissions in order, and keeps what comes back; `say` is what a person would see.

    pause: at most so many seconds before each.
    """
    chance = random.Random(name)
    for path in sorted(Path(folder).glob(f"{name}.*.json")):
        time.sleep(chance.uniform(0, float(pause)))
        members = json.loads(path.read_text("utf-8"))
        where = "challenges" if "session" in members else "ballots"
        receipt = submit(int(port), where, members, chance)
        (path.with_suffix(".tlog-proof")).write_text(receipt["receipt"], "utf-8")
        say("receipt", path.name, receipt["index"])
        if chance.random() < 0.3:
            again = submit(int(port), where, members, chance)
            same = (again["index"], again["receipt"]) == (receipt["index"], receipt["receipt"])
            say("again", path.name, "same" if same else "DIFFERENT")


def submit(port: int, where: str, members: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The acknowledgement of this submission; ends the process where it is refused or nothing helps."""
    ends = time.monotonic() + PATIENCE
    data = json.dumps(members).encode()
    path, method = f"{P}/{where}", "POST"
    while time.monotonic() < ends:
        try:
            status, answer = ask(port, method, path, data if method == "POST" else None)
        except (OSError, http.client.HTTPException):
            say("lost", where)
            path, method = f"{P}/{where}", "POST"  # no answer: the same bytes again
            time.sleep(chance.uniform(0.05, 0.5))
            continue
        if status in (200, 201):
            return answer
        if status == 202:  # durable, and not yet cast: ask what has become of it
            path, method = f"{P}/submissions/{quote(answer['submission'])}", "GET"
        elif status == 404 and method == "GET":  # nobody knows it any more
            path, method = f"{P}/{where}", "POST"
        elif status not in LATER:
            say("refused", status, answer.get("code"))
            raise SystemExit(3)
        time.sleep(chance.uniform(0.05, 0.5))
    say("nothing", where)
    raise SystemExit(4)


def ask(port: int, method: str, path: str, data: bytes | None) -> tuple[int, dict[str, Any]]:
    """One request over a connection of its own, and its answer, which is always JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, data, {"content-type": "application/json"} if data else {})
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, json.loads(body)
    finally:
        connection.close()
