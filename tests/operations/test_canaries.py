"""Nothing that the server writes or answers says who anybody is, or what anybody chose.

A whole selection with a roll, codes in letters and the log's key under a passphrase, served to devices that also ask
badly: with names and secrets in addresses, queries, headers and bodies where they do not belong. Afterwards every byte
of the store, of what the process printed and of what it answered is searched for all of them, in many encodings.
"""

import base64
import json
import re
import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from e2evote.adapter import secretfile
from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.keys import PURPOSE, VERSION
from e2evote.adapter.passphrase import Passphrase
from e2evote.record.opened import OpenedBallot
from e2evote.secret.keyfile import MINIMUM_COST
from e2evote.secret.randomness import SystemRandomness
from tests.adapter.roll_selection import REGISTRARS, RollSelection, member_rows, prepared
from tests.adapter.test_roll_destroy import personal, scan
from tests.api.acting import bearer, configured
from tests.api.served import Answer, Served, serving
from tests.operations.people import sent
from tests.operations.test_attacks_people import reachable

P = "/v1/elections/spring"
VOTES = {"mayor": {"ada": 1}}


class Watched:
    """A server, and everything that it has answered."""

    def __init__(self, server: Served) -> None:
        self.server = server
        self.answers = bytearray()

    def noted(self, answer: Answer) -> Answer:
        self.answers += json.dumps(dict(answer.headers)).encode() + answer.body
        return answer

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        return self.noted(self.server.ask(path, method, body, **headers))

    def post(self, path: str, members: object, **headers: str) -> Answer:
        return self.noted(self.server.post(path, members, **headers))


def with_passphrase(selection: RollSelection, phrase: str) -> Path:
    """The store's log key under this passphrase, at a cost that the command line takes; the file with it."""
    locked = Passphrase(phrase, cost=MINIMUM_COST).lock(sha256(b"log").digest(), PURPOSE, VERSION, SystemRandomness())
    secretfile.put(selection.store.private / "log.key", locked)
    file = selection.folder / "log.pass"
    secretfile.create(file, f"{phrase}\n".encode())
    return file


def seed_of(sealed: object) -> bytes:
    (opened,) = [one for one in reachable(sealed) if isinstance(one, OpenedBallot)]
    return opened.seed


def misuse(server: Watched, words: list[str]) -> None:
    """Secrets and names where they do not belong; every answer is a refusal, and says nothing of them back."""
    for word in words:
        plain = quote(word, safe="")
        for path in (
            f"{P}/lines/{plain}",
            f"{P}/lines/1/ballots/{plain}",
            f"{P}/submissions/{plain}",
            f"/v1/elections/{plain}",
            f"/{plain}",
            f"{P}/board/{plain}",
        ):
            assert server.ask(path).status in (400, 404), path
        asked = server.ask(f"{P}?voter_ref={plain}&name={plain}", referer=f"https://host.example/{plain}")
        assert asked.status == 200
        headers = {"user_agent": word, "cookie": f"member={plain}", "x_voter_ref": word, "x_forwarded_for": word}
        assert server.ask(f"{P}/manifest", authorization=f"Bearer {plain}", **headers).status == 200
        for body in (
            {"leaf": word, "payload": word},
            {"leaf": "{}", "payload": "{}", "voter_ref": word},
            {word: word},
            [word],
            {"token": word},
        ):
            for path in (f"{P}/ballots", f"{P}/challenges", f"{P}/sessions/exchange", f"{P}/sessions"):
                assert 400 <= server.post(path, body, **headers).status < 500, path
        assert (
            server.ask(f"{P}/ballots", "POST", word.encode() + b'{"a":', content_type="application/json").status >= 400
        )
        assert server.ask(f"{P}/ballots/{plain}", "DELETE").status in (404, 405)


@pytest.mark.slow
def test_no_canary_is_found(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    phrase = f"passphrase-{secrets.token_hex(8)}"
    file = with_passphrase(selection, phrase)
    rows = member_rows()
    lines = ("0000001", "0000003", "0000004")
    codes = {code for registrar in REGISTRARS for code in selection.codes(registrar).values()}
    assert len(codes) == len(rows) * len(REGISTRARS)
    public = selection.board().payload(selection.board().entries[0])
    assert public is not None
    names = {value for value in personal(rows) if value.encode() not in public}  # one of them stands for election
    assert len(names) > 4 * len(rows)
    canaries = names | codes | {code.replace("-", "") for code in codes} | {phrase}
    voter_refs = {line: f"voter-ref-{secrets.token_hex(8)}" for line in lines}
    sessions: set[str] = set()
    canaries |= set(voter_refs.values())
    seeds: list[bytes] = []
    (tmp_path / "server").mkdir()
    config, host = configured(tmp_path / "server"), bearer(tmp_path / "server", "ballot:submit")
    canaries.add(host["authorization"].rpartition(".")[2])
    with serving(
        tmp_path / "server", selection.store, config=config, arguments=("--passphrase-file", str(file))
    ) as server:
        watched = Watched(server)
        booth = Booth(BoardReader(selection.store.record, allow_test_group=True))
        for line in lines:
            # what these two answer is a secret itself, so it is not among the answers that are searched
            made = server.post(f"{P}/sessions", {"voter_ref": voter_refs[line]}, **host)
            token = made.json["url"].rpartition("#session=")[2]
            session = server.post(f"{P}/sessions/exchange", {"token": token}).json["session"]
            sessions |= {session, token}
            opened = booth.seal(booth.voter(line), VOTES)
            challenge, _ = booth.challenge(opened, session)
            assert watched.post(f"{P}/challenges", sent(challenge)).status == 201
            sealed = booth.seal(booth.voter(line), VOTES)
            seeds.append(seed_of(sealed))
            envelope = booth.cast(sealed, *selection.signing(line))
            assert watched.post(f"{P}/ballots", sent(envelope)).status == 201
            assert watched.ask(f"{P}/lines/{int(line)}/ballots/{sealed.shown}").json["status"] == "recorded"
        misuse(watched, [*voter_refs.values(), rows[0]["name"], rows[1]["email"], sorted(codes)[0], phrase])
        for path in ("/v1/metrics", "/v1/health", P, f"{P}/record.zip", "/v1/elections"):
            assert watched.ask(path).status == 200
        errors = server.errors.read_text("utf-8")
    (tmp_path / "seen").mkdir()
    (tmp_path / "seen" / "answers").write_bytes(bytes(watched.answers))
    (tmp_path / "seen" / "errors").write_text(errors)
    assert len(errors.splitlines()) > 50, "requests were logged"
    canaries |= {seed.hex() for seed in seeds} | sessions
    for folder in (selection.store.path, tmp_path / "seen"):
        assert scan(folder, canaries) == []
    everything = [path.read_bytes() for path in selection.store.path.rglob("*") if path.is_file()]
    assert not [seed for seed in seeds if any(seed in data for data in (*everything, bytes(watched.answers)))]
    log = "".join(line for line in errors.splitlines() if line.startswith("{"))
    assert re.findall(r"127\.0\.0\.1|::1", log) == []


@pytest.mark.parametrize("spoil", [lambda data: data, bytes.hex, base64.b64encode, lambda data: data.upper()])
def test_a_canary_that_is_there_is_found(spoil: Callable[[bytes], Any], tmp_path: Path) -> None:
    spoiled = spoil(b"voter-ref-1234567890")
    data = spoiled if isinstance(spoiled, bytes) else spoiled.encode()
    (tmp_path / "file").write_bytes(b"before " + data + b" after")
    assert scan(tmp_path, {"voter-ref-1234567890"})
