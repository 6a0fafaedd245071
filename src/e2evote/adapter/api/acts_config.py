"""The tables `[tokens]`, `[drafts]` and `[webhooks]` of the server's configuration (docs/http-acts.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.api.outgoing import checked_url
from e2evote.adapter.api.token_keys import ALGORITHMS, IssuerKeys, KeySource, read_keys
from e2evote.adapter.api.tokens import TokenRules
from e2evote.adapter.api.webhook_events import EVENTS
from e2evote.adapter.api.webhook_outbox import Endpoint
from e2evote.adapter.toml_fields import read_list, read_string, read_table, read_word
from e2evote.errors import MalformedInput, Refused

MOST_ENDPOINTS = 16
DEFAULT_KEY = "webhooks.key"


@dataclass(frozen=True, slots=True)
class DraftRules:
    """Where new selections begin. passphrase_file: of the log keys that are made there."""

    folder: Path
    passphrase_file: Path
    allow_test_group: bool = False


@dataclass(frozen=True, slots=True)
class WebhookRules:
    """Who is told, and the file of the key that signs."""

    endpoints: tuple[Endpoint, ...]
    key: Path


@dataclass(frozen=True, slots=True)
class ActsSettings:
    """What the protected part of the adapter is configured to do; nothing of what is None."""

    tokens: TokenRules | None = None
    drafts: DraftRules | None = None
    webhooks: WebhookRules | None = None


def read_acts(tables: Mapping[str, object], beside: Path) -> ActsSettings:
    """The settings in these tables; MalformedInput with the place. beside: where paths are relative to."""
    tokens, drafts, webhooks = (tables.get(name) for name in ("tokens", "drafts", "webhooks"))
    return ActsSettings(
        _tokens(tokens, beside) if tokens else None,
        _drafts(drafts, beside) if drafts else None,
        _webhooks(webhooks, beside) if webhooks else None,
    )


def _tokens(value: object, beside: Path) -> TokenRules:
    table = read_table(value, "tokens", ("issuer", "audience"), ("jwks", "algorithms"))
    issuer = read_string(table["issuer"], "tokens.issuer")
    given = read_list(table.get("algorithms", ["EdDSA"]), "tokens.algorithms")
    algorithms = tuple(read_word(one, f"tokens.algorithms[{i}]", tuple(ALGORITHMS)) for i, one in enumerate(given))
    source: KeySource
    try:
        if "jwks" in table:
            source = read_keys(beside / read_string(table["jwks"], "tokens.jwks"))
        else:
            source = IssuerKeys(issuer)
        return TokenRules(issuer, read_string(table["audience"], "tokens.audience"), source, algorithms)
    except ValueError as error:
        raise MalformedInput(str(error), "tokens") from None
    except Refused as refused:
        raise MalformedInput(refused.detail, "tokens.jwks" if "jwks" in table else "tokens.issuer") from None


def _drafts(value: object, beside: Path) -> DraftRules:
    table = read_table(value, "drafts", ("folder", "passphrase_file"), ("allow_test_group",))
    allow = table.get("allow_test_group", False)
    if not isinstance(allow, bool):
        raise MalformedInput("want true or false", "drafts.allow_test_group")
    return DraftRules(
        beside / read_string(table["folder"], "drafts.folder"),
        beside / read_string(table["passphrase_file"], "drafts.passphrase_file"),
        allow,
    )


def _webhooks(value: object, beside: Path) -> WebhookRules:
    table = read_table(value, "webhooks", ("to",), ("key",))
    given = read_list(table["to"], "webhooks.to")
    if len(given) > MOST_ENDPOINTS:
        raise MalformedInput(f"{len(given)} receivers, at most {MOST_ENDPOINTS}", "webhooks.to")
    endpoints = tuple(_endpoint(one, f"webhooks.to[{i}]") for i, one in enumerate(given))
    if len({endpoint.url for endpoint in endpoints}) < len(endpoints):
        raise MalformedInput("one address twice", "webhooks.to")
    return WebhookRules(endpoints, beside / read_string(table.get("key", DEFAULT_KEY), "webhooks.key"))


def _endpoint(value: object, where: str) -> Endpoint:
    table = read_table(value, where, ("url",), ("events", "elections"))
    try:
        url = checked_url(read_string(table["url"], f"{where}.url"))
    except Refused as refused:
        raise MalformedInput(refused.detail, f"{where}.url") from None
    events = [
        read_word(one, f"{where}.events[{i}]", EVENTS)
        for i, one in enumerate(read_list(table.get("events", list(EVENTS)), f"{where}.events"))
    ]
    elections = [
        read_string(one, f"{where}.elections[{i}]")
        for i, one in enumerate(read_list(table.get("elections", []), f"{where}.elections"))
    ]
    return Endpoint(url, frozenset(events), frozenset(elections))
