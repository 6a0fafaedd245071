"""The key that webhooks are signed with, and their signatures (Standard Webhooks, `v1a`: Ed25519).

    webhook-id          the event
    webhook-timestamp   seconds; a receiver refuses what is more than five minutes away from its own clock
    webhook-signature   v1a,BASE64: over "ID.TIMESTAMP.BODY"

Signatures by a public key, so that no receiver has a secret of the server's, and one key does for all of them.
"""

import binascii
from base64 import b64decode, b64encode
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.errors import MalformedInput, Refused
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SEED_SIZE, SigningKey

SECRET, PUBLIC, SIGNATURE = "whsk_", "whpk_", "v1a,"


class WebhookKey:
    """Signs messages."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key

    @property
    def public(self) -> str:
        """The public key, as receivers are told it."""
        return PUBLIC + b64encode(self._key.public).decode()

    def headers(self, id: str, body: bytes, now: float) -> dict[str, str]:
        """Of the request that brings this message."""
        signed = f"{id}.{int(now)}.".encode() + body
        return {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-signature": SIGNATURE + b64encode(self._key.sign(signed)).decode(),
            "webhook-timestamp": str(int(now)),
        }


def webhook_key(path: Path) -> WebhookKey:
    """The key in this private file, which is made where there is none."""
    try:
        text = secretfile.read(path, 200).decode("ascii", "replace").strip()
    except Refused as refused:
        if refused.code != "secret.missing":
            raise
        seed = SystemRandomness().bytes(SEED_SIZE)
        secretfile.create(path, f"{SECRET}{b64encode(seed).decode()}\n".encode())
        return WebhookKey(SigningKey(seed))
    try:
        seed = b64decode(text.removeprefix(SECRET), validate=True)
    except binascii.Error:
        seed = b""
    if not text.startswith(SECRET) or len(seed) != SEED_SIZE:
        raise MalformedInput(f"want {SECRET} and the base64 of {SEED_SIZE} bytes", str(path))
    return WebhookKey(SigningKey(seed))
