"""The host's receiver of webhooks: it takes what the adapter signed, and nothing else (Standard Webhooks, v1a).

The author's site is told the public half of a key that is for this test. A delivery that was taken in is not taken in
again: 409 says so, and the adapter counts it as delivered.
"""

import json
import secrets
import time
from collections.abc import Sequence

from e2evote.adapter.api.webhook_key import WebhookKey
from e2evote.adapter.conformance.deployment import Answer, Deployment, Failed, Skipped
from e2evote.adapter.conformance.finding import Check
from e2evote.secret.sign import SEED_SIZE, SigningKey

OLD = 3600
"""Seconds: a message of an hour ago is too old for everybody."""


def _key(deployment: Deployment) -> WebhookKey:
    if not deployment.given.webhook or deployment.given.webhook_key is None:
        raise Skipped("want your receiver and the private half of the key that it knows: --webhook, --webhook-key")
    return deployment.given.webhook_key


def _new_id() -> str:
    return f"msg_{secrets.token_hex(12)}"


def _event(deployment: Deployment) -> bytes:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    members = {"type": "checkpoint.published", "timestamp": moment, "data": {"election": deployment.election}}
    return json.dumps(members).encode()


def _deliver(deployment: Deployment, key: WebhookKey, age: int = 0) -> Answer:
    """One new event, of so many seconds ago."""
    body = _event(deployment)
    headers = key.headers(_new_id(), body, time.time() - age)
    return deployment.send("POST", deployment.given.webhook, body, headers)


def _accepts(deployment: Deployment) -> None:
    answer = _deliver(deployment, _key(deployment))
    if not 200 <= answer.status < 300:
        raise Failed(f"{answer.url}: {answer.status} to a rightly signed event, want 2xx")


def _signature(deployment: Deployment) -> None:
    key, body = _key(deployment), _event(deployment)
    _refused(
        _deliver(deployment, WebhookKey(SigningKey(secrets.token_bytes(SEED_SIZE)))), "an event that another key signed"
    )
    headers = key.headers(_new_id(), body, time.time())
    changed = deployment.send("POST", deployment.given.webhook, body + b" ", headers)
    _refused(changed, "a body with one more space than was signed")


def _old(deployment: Deployment) -> None:
    _refused(_deliver(deployment, _key(deployment), age=OLD), "an event of an hour ago")


def _replay(deployment: Deployment) -> None:
    body = _event(deployment)
    headers = _key(deployment).headers(_new_id(), body, time.time())
    first, second = (deployment.send("POST", deployment.given.webhook, body, headers) for _ in range(2))
    if not 200 <= first.status < 300:
        raise Skipped(f"the first delivery was answered {first.status}")
    if second.status != 409:
        raise Failed(f"{second.url}: {second.status} to the same delivery again, want 409")


def _refused(answer: Answer, what: str) -> None:
    if not 400 <= answer.status < 500:
        raise Failed(f"{answer.url}: {answer.status} to {what}, want 4xx")


WEBHOOK: Sequence[Check] = (
    Check("webhook.accepts", "your receiver takes an event that the adapter signed", _accepts),
    Check("webhook.signature", "your receiver refuses what the adapter's key did not sign, byte by byte", _signature),
    Check("webhook.old", "your receiver refuses an event that is an hour old", _old),
    Check("webhook.replay", "your receiver takes the same delivery once", _replay),
)
