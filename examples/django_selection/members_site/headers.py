"""Content-Security-Policy for every answer: nothing but this site's own style sheet, and no script at all.

`form-action` names the ballot client's origin, because browsers apply it to the redirect after the vote button too.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def content_security_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    client = urlsplit(settings.SELECTION.pages)
    policy = (
        "default-src 'none'; style-src 'self'; "
        f"form-action 'self' {client.scheme}://{client.netloc}; base-uri 'none'; frame-ancestors 'none'"
    )

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Content-Security-Policy"] = policy
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer
