"""The tables [tokens], [drafts] and [webhooks]: what is wrong is refused with its place, before anything is served."""

from pathlib import Path

import pytest

from api.tokens_made import EC, ED, jwks
from e2evote.adapter.api.acts_config import ActsSettings, read_acts
from e2evote.adapter.api.settings import PARTS, decode_settings
from e2evote.adapter.api.token_keys import IssuerKeys, KeySet
from e2evote.adapter.api.webhook_events import EVENTS
from e2evote.errors import MalformedInput


def read(text: str, beside: Path) -> ActsSettings:
    settings = decode_settings(text.encode(), beside)
    return read_acts({name: settings.part(name) for name in PARTS}, settings.folder)


TOKENS = '[tokens]\nissuer = "https://issuer.example"\naudience = "a"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "jwks.json").write_bytes(jwks(ED))
    (tmp_path / "secret.json").write_bytes(jwks(EC).replace(b'"kty"', b'"d":"AAAA","kty"', 1))
    return tmp_path


def test_nothing_said_is_nothing_done(folder: Path) -> None:
    assert read("", folder) == ActsSettings()


def test_what_is_said_is_read(folder: Path) -> None:
    text = (
        TOKENS
        + 'jwks = "jwks.json"\nalgorithms = ["EdDSA", "ES256"]\n'
        + '[drafts]\nfolder = "d"\npassphrase_file = "p"\n'
        + '[webhooks]\n[[webhooks.to]]\nurl = "https://a.example/"\nevents = ["election.closed"]\n'
        + '[[webhooks.to]]\nurl = "http://127.0.0.1:80/"\nelections = ["council"]\n'
    )
    made = read(text, folder)
    assert made.tokens
    assert (made.tokens.issuer, made.tokens.audience) == ("https://issuer.example", "a")
    assert made.tokens.algorithms == ("EdDSA", "ES256")
    assert isinstance(made.tokens.source, KeySet)
    assert made.drafts
    assert (made.drafts.folder, made.drafts.passphrase_file) == (folder / "d", folder / "p")
    assert made.drafts.allow_test_group is False
    assert made.webhooks
    assert made.webhooks.key == folder / "webhooks.key"
    first, second = made.webhooks.endpoints
    assert (first.events, first.elections) == ({"election.closed"}, frozenset())
    assert (second.events, second.elections) == (set(EVENTS), {"council"})


def test_an_issuers_keys_are_fetched_only_when_a_token_comes(folder: Path) -> None:
    made = read(TOKENS, folder)
    assert made.tokens
    assert isinstance(made.tokens.source, IssuerKeys)


WEBHOOK = '[[webhooks.to]]\nurl = "https://a.example/"\n'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[tokens]\nissuer = "x"\n', "tokens"),
        (TOKENS + "jwks = 7\n", "tokens.jwks"),
        (TOKENS + 'jwks = "none.json"\n', "tokens.jwks"),
        (TOKENS + 'jwks = "secret.json"\n', "jwks.keys[0]"),
        (TOKENS + 'algorithms = ["HS256"]\n', "tokens.algorithms[0]"),
        (TOKENS + 'algorithms = ["none"]\n', "tokens.algorithms[0]"),
        (TOKENS + "algorithms = []\n", "tokens"),
        (TOKENS + "secret = 7\n", "tokens"),
        (TOKENS.replace("https", "http"), "tokens.issuer"),
        (TOKENS.replace('"a"', '""') + 'jwks = "jwks.json"\n', "tokens"),
        ('[drafts]\nfolder = "d"\n', "drafts"),
        ('[drafts]\nfolder = "d"\npassphrase_file = "p"\nallow_test_group = 1\n', "drafts.allow_test_group"),
        ('[webhooks]\nkey = "k"\n', "webhooks"),
        (WEBHOOK.replace("https", "http"), "webhooks.to[0].url"),
        (WEBHOOK.replace("a.example", "u:p@a.example"), "webhooks.to[0].url"),
        (WEBHOOK + 'events = ["ballot.recorded"]\n', "webhooks.to[0].events[0]"),
        (WEBHOOK + "elections = [7]\n", "webhooks.to[0].elections[0]"),
        (WEBHOOK * 2, "webhooks.to"),
        ("".join(WEBHOOK.replace("a.", f"a{i}.") for i in range(17)), "webhooks.to"),
    ],
)
def test_what_can_not_be_is_refused_with_its_place(folder: Path, text: str, place: str) -> None:
    with pytest.raises(MalformedInput) as caught:
        read(text, folder)
    assert place in str(caught.value)
