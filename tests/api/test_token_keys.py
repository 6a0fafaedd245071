"""An issuer's keys: fetched, kept, and never from where nobody said (docs/http-acts.md, Tokens)."""

import json
import os
import threading
from collections.abc import Iterator

import pytest

from api.other_server import Other, other_server
from api.tokens_made import ED, OTHER_ED, jwks
from e2evote.adapter.api.outgoing import Outgoing, checked_url
from e2evote.adapter.api.token_keys import IssuerKeys
from e2evote.errors import Refused

PLACE = "/.well-known/openid-configuration"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer() -> Iterator[Other]:
    with other_server() as other:
        document = {"issuer": other.url, "jwks_uri": f"{other.url}/keys"}
        other.answers[PLACE] = (200, json.dumps(document).encode(), {})
        other.answers["/keys"] = (200, jwks(ED), {})
        yield other


def count(other: Other) -> int:
    return sum(path == "/keys" for _, path, _, _ in other.asked)


def test_keys_are_fetched_once_in_ten_minutes(issuer: Other) -> None:
    clock = Clock()
    keys = IssuerKeys(issuer.url, clock=clock)
    for _ in range(3):
        assert len(keys.keys("ed", "EdDSA")) == 1
    assert count(issuer) == 1
    clock.now += 601
    assert len(keys.keys("ed", "EdDSA")) == 1
    assert count(issuer) == 2


def test_a_name_that_is_not_known_has_the_keys_fetched_again_but_not_each_time(issuer: Other) -> None:
    clock = Clock()
    keys = IssuerKeys(issuer.url, clock=clock)
    keys.keys("ed", "EdDSA")
    for _ in range(50):
        clock.now += 1
        assert keys.keys("new", "EdDSA") == ()
    assert count(issuer) == 2
    issuer.answers["/keys"] = (200, jwks(ED, OTHER_ED.__class__.generate_key("Ed25519", {"kid": "new"})), {})
    clock.now += 31
    assert len(keys.keys("new", "EdDSA")) == 1


def test_old_keys_are_good_for_an_hour_without_the_issuer_and_no_longer(issuer: Other) -> None:
    clock = Clock()
    keys = IssuerKeys(issuer.url, clock=clock)
    keys.keys("ed", "EdDSA")
    issuer.answers["/keys"] = (500, b"", {})
    clock.now += 3500
    assert len(keys.keys("ed", "EdDSA")) == 1
    clock.now += 200
    with pytest.raises(Refused, match="issuer-unreachable"):
        keys.keys("ed", "EdDSA")
    issuer.answers["/keys"] = (200, jwks(ED), {})
    clock.now += 31
    assert len(keys.keys("ed", "EdDSA")) == 1


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b'{"issuer":"https://other.example","jwks_uri":"HERE/keys"}',
        b'{"issuer":"HERE","jwks_uri":"http://198.51.100.7/keys"}',
        b'{"issuer":"HERE","jwks_uri":"file:///etc/passwd"}',
        b'{"issuer":"HERE","jwks_uri":7}',
        b'{"issuer":"HERE"}',
        b"[" * 200_000,
        b" " * 300_000,
    ],
    ids=lambda data: data[:40].decode(),
)
def test_a121_a_document_that_is_not_the_issuers_gives_no_keys(issuer: Other, document: bytes) -> None:
    issuer.answers[PLACE] = (200, document.replace(b"HERE", issuer.url.encode()), {})
    with pytest.raises(Refused, match="issuer-unreachable"):
        IssuerKeys(issuer.url).keys("ed", "EdDSA")
    assert count(issuer) == 0


def test_a121_no_redirect_is_followed(issuer: Other) -> None:
    issuer.answers["/elsewhere"] = issuer.answers["/keys"]
    issuer.answers["/keys"] = (302, b"", {"location": f"{issuer.url}/elsewhere"})
    with pytest.raises(Refused, match="issuer-unreachable"):
        IssuerKeys(issuer.url).keys("ed", "EdDSA")
    assert not any(path == "/elsewhere" for _, path, _, _ in issuer.asked)


@pytest.mark.parametrize(
    "url",
    [
        "http://vote.example/",
        "http://10.0.0.1/",
        "http://127.0.0.1.example/",
        "http://localhost@198.51.100.7/",
        "https://user:password@vote.example/",
        "https://vote.example/#x",
        "https://vote.example\\@127.0.0.1/",
        "https://vote.example:port/",
        "https:///x",
        "https://vote.example/a b",
        "https://vöte.example/",
        "ftp://vote.example/",
        "file:///etc/passwd",
        "//vote.example/",
        "",
        "https://vote.example/" + "x" * 1000,
    ],
)
def test_a121_only_https_and_this_machine_are_asked(url: str) -> None:
    with pytest.raises(Refused, match="url"):
        checked_url(url)
    with pytest.raises(Refused, match="url"):
        Outgoing().get(url, 10)


@pytest.mark.parametrize("url", ["https://vote.example/x?y=z", "http://127.0.0.1:8000/", "http://[::1]:80/x"])
def test_other_addresses_are(url: str) -> None:
    assert checked_url(url) == url


def test_no_proxy_of_the_environment_is_taken(issuer: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:9")
    assert Outgoing().get(f"{issuer.url}/keys", 10_000).status == 200


def test_a123_while_the_issuer_is_slow_the_keys_that_are_there_go_on_being_used(issuer: Other) -> None:
    clock = Clock()
    keys = IssuerKeys(issuer.url, clock=clock)
    keys.keys("ed", "EdDSA")
    asked, let_go = threading.Event(), threading.Event()

    def slow() -> tuple[int, bytes, dict[str, str]]:
        asked.set()
        assert let_go.wait(60)
        return (200, jwks(ED), {})

    issuer.answers["/keys"] = slow
    clock.now += 601
    waiting = threading.Thread(target=keys.keys, args=("stranger", "EdDSA"))
    waiting.start()
    assert asked.wait(60)
    assert len(keys.keys("ed", "EdDSA")) == 1
    assert keys.keys("other stranger", "EdDSA") == ()
    let_go.set()
    waiting.join()
