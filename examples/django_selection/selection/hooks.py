"""The receiver of webhooks (Standard Webhooks, v1a): a message says that something happened, never what to believe.

A message is taken if the adapter's Ed25519 key signed `id.timestamp.body`, it is not old, and it did not come before.
The site then asks the adapter for the state, as it does from time to time anyway.
"""

import base64
import time
from contextlib import suppress
from datetime import timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .adapter_client import AdapterProblem
from .models import Delivery
from .phase import refresh

TOLERANCE = 300
"""Seconds by which a message's time may differ from this machine's."""


def is_signed(key: Ed25519PublicKey, webhook_id: str, timestamp: str, signatures: str, body: bytes) -> bool:
    """Whether one of the signatures, `v1a,<base64>` separated by spaces, is the key's."""
    message = f"{webhook_id}.{timestamp}.".encode() + body
    for version, _, signature in (one.partition(",") for one in signatures.split(" ")):
        if version != "v1a":
            continue
        try:
            key.verify(base64.b64decode(signature, validate=True), message)
            return True
        except (InvalidSignature, ValueError):
            continue
    return False


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """204 taken, 400 not from the adapter or too old, 409 known already."""
    webhook_id, timestamp, signatures = (
        request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not is_signed(settings.SELECTION.webhook_key, webhook_id, timestamp, signatures, request.body):
        return HttpResponse("not signed by the adapter\n", status=400, content_type="text/plain")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE:
        return HttpResponse("too old\n", status=400, content_type="text/plain")
    try:
        with transaction.atomic():
            Delivery.objects.create(webhook_id=webhook_id)
    except IntegrityError:
        return HttpResponse("known already\n", status=409, content_type="text/plain")
    Delivery.objects.filter(received__lt=timezone.now() - timedelta(days=1)).delete()
    with suppress(AdapterProblem):  # the next page asks again
        refresh()
    return HttpResponse(status=204)
