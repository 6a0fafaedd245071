"""What the site knows of the selection from its own settings, and believes no server about.

Anchors and addresses are pinned here when the selection is announced. A member is sent to this ballot client with these
anchors, whatever the adapter answers; the ballot client then refuses any other selection.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Pinned:
    """One selection. anchors: as the ballot client's address has them; "" before voting has been opened."""

    api: str
    pages: str
    anchors: str
    token_file: Path
    webhook_key: Ed25519PublicKey
    poll_seconds: int
    rehearsal: bool

    @property
    def election(self) -> str:
        return self.api.rsplit("/", 1)[1]

    def client_url(self, token: str, language: str) -> str:
        """Where a member votes. All after `#` stays in the browser; the token works once."""
        return f"{self.pages}/client/#anchors={self.anchors}&session={token}&lang={language}"


def pinned(environment: Mapping[str, str]) -> Pinned:
    """From the environment; ImproperlyConfigured says what is wrong there."""
    for name in ("E2EVOTE_API", "E2EVOTE_PAGES", "E2EVOTE_TOKEN_FILE", "E2EVOTE_WEBHOOK_KEY"):
        if not environment.get(name):
            raise ImproperlyConfigured(f"{name} is not set: see README.md")
    return Pinned(
        api=environment["E2EVOTE_API"].rstrip("/"),
        pages=environment["E2EVOTE_PAGES"].rstrip("/"),
        anchors=_anchors(environment.get("E2EVOTE_ANCHORS_FILE", "")),
        token_file=Path(environment["E2EVOTE_TOKEN_FILE"]),
        webhook_key=_webhook_key(environment["E2EVOTE_WEBHOOK_KEY"]),
        poll_seconds=int(environment.get("E2EVOTE_POLL_SECONDS", "30")),
        rehearsal=environment.get("E2EVOTE_REHEARSAL") == "1",
    )


def _anchors(file: str) -> str:
    """`<base hash>-<extended base hash>` of the announced file anchors.json."""
    if not file:
        return ""
    announced = json.loads(Path(file).read_text("ascii"))
    hashes = [announced["base_hash"], announced["extended_base_hash"]]
    if not all(_HASH.fullmatch(one) for one in hashes):
        raise ImproperlyConfigured(f"{file}: not the anchors of a selection that has been opened")
    return "-".join(hashes)


def _webhook_key(text: str) -> Ed25519PublicKey:
    """`whpk_` and base64, as Standard Webhooks writes an Ed25519 key."""
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.removeprefix("whpk_"), validate=True))
    except ValueError:
        raise ImproperlyConfigured("E2EVOTE_WEBHOOK_KEY: want whpk_ and the base64 of 32 bytes") from None
