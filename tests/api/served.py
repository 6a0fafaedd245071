"""A rehearsal that is served by a process of its own, and a plain client of it."""

import base64
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from e2evote.adapter.board import BoardReader
from e2evote.adapter.election import Election
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.rehearsed_voters import Ready, RehearsedVoters
from e2evote.adapter.store import Store
from e2evote.algebra.parameters import TEST_512
from e2evote.ballot.box_envelope import Envelope

ID = "rehearsal"
P = f"/v1/elections/{ID}"
JSON = "application/json"
PROBLEM = "application/problem+json"
ADA = {"chair": {"ada": 1}}
BOB = {"chair": {"bob": 1}}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def problem(self) -> str:
        """The code of a problem, whose form is looked at."""
        assert self.headers["content-type"] == PROBLEM, self
        members = self.json
        assert members["type"] == f"urn:e2evote:problem:{members['code']}"
        assert members["status"] == self.status
        assert members["title"]
        assert members["detail"]
        assert set(members) <= {"type", "title", "status", "detail", "code", "errors", "instance"}
        return str(members["code"])


@dataclass(frozen=True, slots=True)
class Served:
    """A server by its address, and the process behind it."""

    url: str
    process: subprocess.Popen[str]
    errors: Path

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        assert parts.hostname
        assert parts.port
        return parts.hostname, parts.port

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """One request over a connection of its own. headers: with _ for -."""
        host, port = self.address
        connection = http.client.HTTPConnection(host, port, timeout=60)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            names = {name.lower(): text for name, text in answer.getheaders()}
            return Answer(answer.status, names, answer.read())
        finally:
            connection.close()

    def post(self, path: str, members: object, **headers: str) -> Answer:
        """The members as a JSON body."""
        return self.ask(path, "POST", json.dumps(members).encode(), **{"content_type": JSON, **headers})

    def log(self) -> list[dict[str, Any]]:
        """The lines of its log so far."""
        return [json.loads(line) for line in self.errors.read_text("utf-8").splitlines()]


def rehearsal(path: Path) -> Store:
    """An open selection with every key in its store, in the group for tests."""
    with Election.create(path, contests={"chair": ["ada", "bob"]}, rehearsal=True, group=TEST_512.name) as election:
        election.open()
    return Store.at(path)


def voters(store: Store) -> RehearsedVoters:
    """The devices of its voters, which look at the published board."""
    keys = RehearsalKeys.read(store)
    assert keys is not None
    return RehearsedVoters(store, keys, BoardReader(store.record, allow_test_group=True))


def body(ready: Ready | Envelope) -> dict[str, str]:
    """What a device sends."""
    envelope = ready.envelope if isinstance(ready, Ready) else ready
    members = {"leaf": envelope.leaf.decode(), "payload": envelope.payload.decode()}
    if envelope.hints:
        members["hints"] = base64.b64encode(envelope.hints).decode()
    if envelope.session:
        members["session"] = envelope.session
    return members


@contextmanager
def serving(folder: Path, *stores: Store, config: str = "", arguments: tuple[str, ...] = ()) -> Iterator[Served]:
    """`e2evote serve` for these stores; it must end well. config: what serve.toml says."""
    errors = folder / "errors"
    words = [sys.executable, "-m", "e2evote", "serve", "--port", "0", "--json", "--allow-test-group", *arguments]
    if config:
        (folder / "serve.toml").write_text(config, "utf-8")
        words += ["--config", str(folder / "serve.toml")]
    words += [word for store in stores for word in ("--store", str(store.path))]
    with errors.open("a") as stream:
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=stream, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, errors.read_text()
        yield Served(json.loads(line)["address"], process, errors)
    finally:
        process.terminate()
        try:
            code = process.wait(60)
        finally:
            process.kill()
            process.stdout.close()
    assert code == 0, errors.read_text()
