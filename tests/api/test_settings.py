"""serve.toml is read strictly, and what is wrong in it is named."""

import re
from pathlib import Path

import pytest

from e2evote.adapter.api.settings import ALLOWANCES, LIMITS, Settings, check_public_url, decode_settings
from e2evote.errors import MalformedInput


def test_nothing_said_is_what_the_documents_say() -> None:
    made = decode_settings(b"")
    assert made == Settings()
    assert (made.host, made.port, made.receipt_wait, made.token_minutes) == ("127.0.0.1", 8800, 5.0, 30)
    assert (made.limits, made.allowances, made.open_sessions) == (LIMITS, ALLOWANCES, False)


def test_the_example_of_the_documents_is_read(root: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", (root / "docs" / "http.md").read_text("utf-8"), re.DOTALL)
    made = decode_settings(example.encode(), Path("/etc/vote"))
    assert made.stores[0].path == Path("/etc/vote/council")
    assert made.stores[0].witnesses == {"wanda": "https://wanda.example"}
    assert made.public_url == "https://vote.example.org"
    assert made.proxies.header == "x-forwarded-for"
    # The example says what is so anyway.
    assert (made.limits, made.allowances, made.largest_ballot) == (LIMITS, ALLOWANCES, Settings().largest_ballot)


def test_the_limits_of_the_documents_are_those_of_the_program(root: Path) -> None:
    text = (root / "docs" / "http.md").read_text("utf-8")
    for name, allowance in ALLOWANCES.items():
        assert re.search(rf"^\| `{name}` \|[^|]*\| {allowance.burst} \| {allowance.per_minute} \|$", text, re.MULTILINE)


def test_behind_a_proxy_all_connections_have_one_address() -> None:
    proxy = '[proxy]\nheader = "X-Forwarded-For"\ntrusted = ["127.0.0.1"]\n'
    assert decode_settings(proxy.encode()).limits.per_address == LIMITS.connections
    assert decode_settings(f"{proxy}[server]\nconnections = 50".encode()).limits.per_address == 50
    assert decode_settings(f"{proxy}[server]\nconnections_per_address = 9".encode()).limits.per_address == 9


def test_a_sub_folder_is_the_prefix() -> None:
    assert decode_settings(b'[server]\npublic_url = "https://vote.example/sub/folder/"').prefix == "/sub/folder"
    assert decode_settings(b'[server]\npublic_url = "https://vote.example"').prefix == ""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("surprise = 1", "surprise"),
        ("[server]\nsurprise = 1", "server"),
        ("[server]\nport = true", "server.port"),
        ("[server]\nport = 65536", "server.port"),
        ("[server]\nconnections = 0", "server.connections"),
        ('[server]\npublic_url = "vote.example"', "server.public_url"),
        ("[server]\nmetrics = 1", "server.metrics"),
        ("[limits]\nvotes = { burst = 1, per_minute = 1 }", "limits"),
        ("[limits]\ncasts = { burst = 1 }", "limits.casts"),
        ("[limits]\ncasts = { burst = 0, per_minute = 1 }", "limits.casts.burst"),
        ("[limits]\ncasts = { burst = 1.5, per_minute = 1 }", "limits.casts.burst"),
        ('[proxy]\nheader = "x"', "proxy"),
        ('[proxy]\nheader = "x y"\ntrusted = []', "proxy.header"),
        ('[proxy]\nheader = "x"\ntrusted = ["10.0.0.1/8"]', "proxy.trusted[0]"),
        ('[[store]]\npassphrase_file = "x"', "store[0]"),
        ('[[store]]\npath = "x"\nwitnesses = { a = 1 }', "store[0].witnesses.a"),
        ("store = 1", "store"),
        ("[sessions]\ntoken_minutes = 0", "sessions.token_minutes"),
        ('[log]\nrequests = "no"', "log.requests"),
        ("[log", "no TOML"),
    ],
)
def test_what_is_wrong_is_named(text: str, place: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        decode_settings(text.encode())
    assert place in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "vote.example",
        "ftp://vote.example",
        "javascript:alert(1)",
        "https://",
        "https://user@vote.example",
        "https://vote.example?x=1",
        "https://vote.example#x",
        'https://vote.example/"><script>',
        "https://vote.example/a b",
        "https://vote.example/%2e%2e",
        "https://vote.example//x",
        "https://vote.example:0",
        "https://vote.example:99999",
        "https://vote.example/\u00e9",
        "https://vote.example/\n",
    ],
)
def test_a_public_address_is_plain(url: str) -> None:
    with pytest.raises(MalformedInput):
        check_public_url(url, "--public-url")
