"""The programs of docs/http-examples.md, run as they stand against a real server."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.acting import acting, bearer
from api.served import Served
from e2evote.adapter.api.webhook_key import webhook_key
from e2evote.adapter.election import Election
from e2evote.adapter.store import Store

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "http-examples.md").read_text("utf-8")
BLOCKS = {
    title: (language, text) for title, language, text in re.findall(r"## (.+?)\n.*?```(\w+)\n(.*?)```", PAGE, re.S)
}
NODE = shutil.which("node")
ID = "council-2030"
LIMIT = 60


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("examples")


@pytest.fixture(scope="module")
def ballot(place: Path) -> tuple[str, str]:
    """The line and tracker of a ballot in an open selection."""
    made = Election.create(
        place / "a", contests={"c": ["a", "b"]}, rehearsal=True, group="test-512", election=ID, name="Council"
    )
    with made:
        made.open()
        cast = made.cast("voter 1", {"c": {"a": 1}})
    with Election.create(place / "b", contests={"c": ["a", "b"]}, rehearsal=True, group="test-512"):
        return cast.line, cast.tracker


@pytest.fixture(scope="module")
def served(place: Path, ballot: tuple[str, str]) -> Iterator[Served]:
    with acting(place, Store.at(place / "a"), Store.at(place / "b")) as server:
        yield server


def run(title: str, served: Served, place: Path, **changes: str) -> str:
    """What the program under this heading prints, or says when it ends with an error."""
    language, text = BLOCKS[title]
    for scope in re.findall(r"TOKEN with ([a-z:]+)", text):
        token = bearer(place, scope)["authorization"].removeprefix("Bearer ")
        text = text.replace(f'"TOKEN with {scope}"', f'"{token}"')
    for old, new in {"https://vote.example": served.url, **changes}.items():
        assert old in text
        text = text.replace(old, new)
    if language == "js":
        if NODE is None:
            pytest.skip("node is not installed")
        command = [NODE, "--input-type=module", "-"]
    else:
        command = [sys.executable, "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=LIMIT, check=False)
    return done.stdout + done.stderr


def test_every_program_is_short_and_is_run_here() -> None:
    assert set(BLOCKS) == {
        "A member goes to vote",
        "What became of a ballot",
        "All selections of a server",
        "The record is verified again",
        "A new selection",
        "An event is from the server",
    }
    assert len(BLOCKS) == PAGE.count("```") // 2
    assert all(len(text.splitlines()) <= 33 for _, text in BLOCKS.values())


def test_a_member_goes_to_vote(served: Served, place: Path) -> None:
    printed = run("A member goes to vote", served, place)
    once = printed.strip().removeprefix(f"{served.url}/elections/{ID}/client/#session=")
    assert served.post(f"/v1/elections/{ID}/sessions/exchange", {"token": once}).status == 200


def test_what_became_of_a_ballot(served: Served, place: Path, ballot: tuple[str, str]) -> None:
    line, tracker = ballot
    title = "What became of a ballot"
    assert run(title, served, place, LINE=line, TRACKER=tracker) == "recorded 1\n"
    assert "election-unknown" in run(title, served, place, **{ID: "unknown"})


def test_all_selections(served: Served, place: Path) -> None:
    printed = run("All selections of a server", served, place)
    assert printed == f"{ID} open Council\nrehearsal setup Rehearsal\n"


def test_the_record_is_verified_again(served: Served, place: Path) -> None:
    assert run("The record is verified again", served, place) == "done incomplete\n"


def test_a_new_selection(served: Served, place: Path) -> None:
    first, _, rest = run("A new selection", served, place).partition("\n")
    assert re.fullmatch(r"the manifest is to have this log key: [0-9a-f]{64}", first)
    assert rest == "request-malformed\n/assets: missing\n"


def test_an_event_is_from_the_server(tmp_path: Path) -> None:
    key = webhook_key(tmp_path / "key")
    text = BLOCKS["An event is from the server"][1].replace("whpk_…", key.public)
    names: dict[str, Any] = {}
    exec(compile(text, "example", "exec"), names)  # noqa: S102 - what the page shows
    body = b'{"data":{"election":"council","index":7},"type":"election.opened"}'
    good = key.headers("msg_1", body, time.time())
    assert names["event_in"](good, body)["data"] == {"election": "council", "index": 7}
    other = {**good, "webhook-signature": f"v1,xx v2 {good['webhook-signature']}"}
    assert names["event_in"](other, body)["type"] == "election.opened"
    stranger = webhook_key(tmp_path / "other").headers("msg_1", body, time.time())
    for headers, given in (
        (good, body + b" "),
        ({**good, "webhook-id": "msg_2"}, body),
        ({**good, "webhook-timestamp": str(int(time.time()) + 1)}, body),
        ({**good, "webhook-signature": "v1a,AAAA"}, body),
        ({**good, "webhook-signature": "v1a,!"}, body),
        (stranger, body),
        (key.headers("msg_1", body, time.time() - 400), body),
        (key.headers("msg_1", body, time.time() + 400), body),
    ):
        assert names["event_in"](headers, given) is None
