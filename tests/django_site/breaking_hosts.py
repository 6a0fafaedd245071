"""Hosts that do one thing wrong: each is the kit's own host but for one method, and says which check has to fail."""

import base64
import json

from e2evote.adapter.conformance.fake_host import FakeHost


class OtherClient(FakeHost):
    fails = "page.client"

    def client_url(self) -> str:
        return super().client_url().replace("/client/", "/clients/")


class OtherApi(FakeHost):
    fails = "page.client"

    def element(self) -> str:
        return super().element().replace('api="http', 'api="https')


class AnchorsOfAnother(FakeHost):
    fails = "page.anchors"

    def client_url(self) -> str:
        return super().client_url().replace(self.anchors, f"{'0' * 64}-{'0' * 64}")

    def element(self) -> str:
        return super().element().replace(self.anchors, f"{'0' * 64}-{'0' * 64}")


class NoAnchors(FakeHost):
    fails = "page.anchors"

    def client_url(self) -> str:
        return super().client_url().replace("anchors=", "anchor=")

    def element(self) -> str:
        return super().element().replace("anchors=", "anchor=")


class NoIntegrity(FakeHost):
    fails = "page.integrity"

    def element(self) -> str:
        return super().element().replace(" integrity=", " data-integrity=")


class OtherIntegrity(FakeHost):
    fails = "page.integrity"

    def element(self) -> str:
        before, mark, after = super().element().partition("sha384-")
        return f"{before}{mark}{base64.b64encode(bytes(48)).decode()}{after[64:]}"


class InlineScripts(FakeHost):
    fails = "page.scripts"

    def policy(self) -> str:
        return super().policy().replace("script-src", "script-src 'unsafe-inline'")


class NoPolicy(FakeHost):
    fails = "page.scripts"

    def policy(self) -> str:
        return "frame-ancestors 'none'"


class Kept(FakeHost):
    fails = "page.no-store"
    kept = "private, max-age=60"


class Deaf(FakeHost):
    fails = "webhook.accepts"

    def receive(self, webhook_id: str, timestamp: str, signatures: str, body: bytes) -> int:
        status = super().receive(webhook_id, timestamp, signatures, body)
        return 500 if status == 204 else status


class Trusting(FakeHost):
    """Looks at no signature."""

    fails = "webhook.signature"

    def is_signed(self, head: bytes, body: bytes, signatures: str) -> bool:
        return True


class Rewriting(FakeHost):
    """Verifies what it makes of the JSON, as frameworks do that parse a body before anybody sees it."""

    fails = "webhook.signature"

    def is_signed(self, head: bytes, body: bytes, signatures: str) -> bool:
        return super().is_signed(head, json.dumps(json.loads(body)).encode(), signatures)


class Timeless(FakeHost):
    fails = "webhook.old"

    def is_recent(self, timestamp: str) -> bool:
        return True


class Forgetful(FakeHost):
    fails = "webhook.replay"

    def receive(self, webhook_id: str, timestamp: str, signatures: str, body: bytes) -> int:
        self._seen.clear()
        return super().receive(webhook_id, timestamp, signatures, body)


ON_REDIRECT = (OtherClient, AnchorsOfAnother, NoAnchors, Kept)
"""Wrong where they send voters on."""

IN_PAGE = (OtherApi, AnchorsOfAnother, NoAnchors, NoIntegrity, OtherIntegrity, InlineScripts, NoPolicy, Kept)
"""Wrong where they have the ballot in a page."""

RECEIVING = (Deaf, Trusting, Rewriting, Timeless, Forgetful)
"""Wrong where they take webhooks."""
