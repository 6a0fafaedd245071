"""Security headers: of every answer, of pages and of the client's files (docs/http.md, Headers).

A page runs only the scripts and styles of its own server, sends forms only there, is framed by nobody, and turns no
string into code. What is no page may do nothing at all in a browser. Nothing sets a cookie.
"""

from collections.abc import Mapping

_EVERY = {"referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The Content-Security-Policy of every page."""

_NO_DEVICES = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

PAGE: Mapping[str, str] = {
    **_EVERY,
    "content-security-policy": PAGE_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": _NO_DEVICES,
    "x-frame-options": "DENY",
}
"""Of every answer with text/html."""

DATA: Mapping[str, str] = {
    **_EVERY,
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "cross-origin",
}
"""Of every other answer."""

ANYBODY: Mapping[str, str] = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "etag, link, location, retry-after",
}
"""Of what pages of every origin may read. No credentials are allowed, and there are none."""

STRICT_TRANSPORT = {"strict-transport-security": "max-age=31536000"}
"""Where the server's public address is https."""

UNCACHED = "no-store"
"""How an answer is cached that says nothing about it itself."""


def for_type(content_type: str) -> Mapping[str, str]:
    """The headers of an answer of this type."""
    return PAGE if content_type.partition(";")[0].strip().lower() == "text/html" else DATA
