"""The example site's receiver of webhooks: what it takes, what it refuses, and that a lost one costs little."""

import base64
import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest

from django_site.conftest import Adapter
from e2evote.adapter.api.webhook_key import WebhookKey
from e2evote.secret.sign import SigningKey

pytestmark = pytest.mark.usefixtures("django_site")
EVENT = json.dumps({"type": "election.closed", "data": {"election": "committee"}}).encode()


@pytest.fixture
def cached(django_site: None) -> Iterator[Any]:
    """The site's row, which says what was so long ago."""
    from selection.models import Delivery, ElectionState
    from selection.phase import refresh

    Delivery.objects.all().delete()
    row = refresh()
    row.status["phase"] = "setup"
    row.save()

    def phase() -> str:
        return str(ElectionState.objects.get().status["phase"])

    yield phase
    ElectionState.objects.all().delete()


def deliver(headers: dict[str, str], body: bytes = EVENT) -> int:
    from django.test import Client

    named = {name: value for name, value in headers.items() if name != "content-type"}
    client = Client(enforce_csrf_checks=True)
    return int(client.post("/hooks/e2evote", body, content_type="application/json", headers=named).status_code)


def new_headers(key: WebhookKey, age: int = 0) -> dict[str, str]:
    return key.headers(f"msg_{secrets.token_hex(8)}", EVENT, time.time() - age)


def test_a_signed_event_refreshes_what_the_site_knows(adapter: Adapter, cached: Any) -> None:
    assert cached() == "setup"
    assert deliver(new_headers(adapter.webhook_key)) == 204
    assert cached() == "open"


def test_an_event_says_nothing_that_is_believed(adapter: Adapter, cached: Any) -> None:
    """It says that voting is closed; the adapter, when it is asked, says that it is not."""
    deliver(new_headers(adapter.webhook_key))
    assert cached() == "open"


def test_a121_what_another_key_signed_is_refused(cached: Any) -> None:
    assert deliver(new_headers(WebhookKey(SigningKey(secrets.token_bytes(32))))) == 400
    assert cached() == "setup"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", ["", "0", "v1a,", "v1,AAAA", "v1a,!!!!"])
def test_a121_a_header_that_was_changed_is_refused(adapter: Adapter, cached: Any, name: str, value: str) -> None:
    assert deliver(new_headers(adapter.webhook_key) | {name: value}) == 400
    assert cached() == "setup"


def test_a121_a_body_that_was_changed_is_refused(adapter: Adapter, cached: Any) -> None:
    assert deliver(new_headers(adapter.webhook_key), EVENT + b" ") == 400
    assert cached() == "setup"


@pytest.mark.parametrize("age", [3600, -3600])
def test_a121_an_event_of_another_hour_is_refused(adapter: Adapter, cached: Any, age: int) -> None:
    assert deliver(new_headers(adapter.webhook_key, age)) == 400
    assert cached() == "setup"


def test_a121_the_same_delivery_is_taken_once(adapter: Adapter, cached: Any) -> None:
    headers = new_headers(adapter.webhook_key)
    assert deliver(headers) == 204
    assert deliver(headers) == 409


def test_one_of_several_signatures_is_enough_while_keys_are_changed(adapter: Adapter, cached: Any) -> None:
    headers = new_headers(adapter.webhook_key)
    other = base64.b64encode(bytes(64)).decode()
    assert deliver(headers | {"webhook-signature": f"v1a,{other} {headers['webhook-signature']}"}) == 204


def test_without_a_webhook_the_state_is_asked_for_after_some_time(cached: Any) -> None:
    from django.utils import timezone
    from selection.models import ElectionState
    from selection.phase import state

    assert state().status["phase"] == "setup"
    ElectionState.objects.update(fetched=timezone.now() - timezone.timedelta(minutes=1))
    assert state().status["phase"] == "open"
