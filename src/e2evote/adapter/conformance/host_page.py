"""The page of the host's site that leads to the ballot: it must say itself which selection it is, by pinned anchors.

A page that takes the anchors from the adapter's answer protects nobody from the adapter. So the author gives the
anchors that were announced, and the page has to have exactly these. It redirects to the ballot client, or has the
element `<e2evote-ballot>` in it.
"""

from collections.abc import Sequence
from urllib.parse import parse_qs, urljoin

from e2evote.adapter.conformance.client_files import check_integrity, policies
from e2evote.adapter.conformance.deployment import Answer, Deployment, Failed, Skipped
from e2evote.adapter.conformance.finding import Check
from e2evote.adapter.conformance.html_form import submitted
from e2evote.adapter.conformance.html_page import Page

ELEMENT, MODULE = "e2evote-ballot", "e2evote.js"
_REDIRECTS = (302, 303, 307, 308)


def _page(deployment: Deployment) -> Answer:
    """What the author's page answers: the page itself, or the answer to its form. Asked for once."""
    given = deployment.given
    if not given.page:
        raise Skipped("want the page of your site that leads to the ballot: --page")
    if deployment.led is None:
        url, _, form = given.page.partition("#")
        answer = deployment.send("GET", url, None, given.page_headers)
        deployment.led = submitted(deployment, answer, form, given.page_headers) if form else answer
    if deployment.led.status != 200 and deployment.led.status not in _REDIRECTS:
        raise Failed(f"{deployment.led.url}: the answer is {deployment.led.status}, want a page or a redirect")
    return deployment.led


def _target(page: Answer) -> str:
    """Where the page redirects to; empty for a page that does not."""
    return urljoin(page.url, page.headers.get("location", "")) if page.status in _REDIRECTS else ""


def _element(page: Answer) -> dict[str, str]:
    """The attributes of the one element in it."""
    found = list(Page(page.text()).all(ELEMENT))
    if len(found) != 1:
        raise Failed(f"{page.url}: {len(found)} elements <{ELEMENT}> and no redirect, want one of either")
    return found[0]


def _client(deployment: Deployment) -> None:
    page = _page(deployment)
    if target := _target(page):
        if target.partition("#")[0] != f"{deployment.pages}/client/":
            raise Failed(f"{page.url}: it leads to {target.partition('#')[0]}, want {deployment.pages}/client/")
    elif _element(page).get("api", "").rstrip("/") != deployment.api:
        raise Failed(f"{page.url}: api of the element is {_element(page).get('api')!r}, want {deployment.api}/")


def _anchors(deployment: Deployment) -> None:
    page, expect = _page(deployment), deployment.given.expect
    if expect is None:
        raise Skipped("want the anchors that were announced: --expect")
    target = _target(page)
    found = parse_qs(target.partition("#")[2]).get("anchors", []) if target else [_element(page).get("anchors", "")]
    want = f"{expect.base_hash.hex()}-{expect.extended_base_hash.hex()}"
    if found != [want]:
        raise Failed(f"{page.url}: the anchors are {', '.join(found) or 'missing'}, want {want}")


def _integrity(deployment: Deployment) -> None:
    page = _page(deployment)
    if _target(page):
        raise Skipped("the page redirects: the ballot client's own page has the hashes")
    _element(page)
    scripts = [(urljoin(page.url, one["src"]), one) for one in Page(page.text()).all("script") if one.get("src")]
    ours = [(url, one) for url, one in scripts if url.partition("?")[0].endswith(f"/{MODULE}")]
    if not ours:
        raise Failed(f"{page.url}: it loads no {MODULE}")
    for url, attributes in ours:
        check_integrity(deployment, page.url, attributes, url)


def _scripts(deployment: Deployment) -> None:
    page = _page(deployment)
    if _target(page):
        raise Skipped("the page redirects: no script of yours is near the ballot")
    delivered = policies(page.headers.get_list("content-security-policy"))
    if not any(_is_strict(one) for one in delivered):
        raise Failed(
            f"{page.url}: no Content-Security-Policy forbids inline scripts and evaluated strings; a script that gets "
            "into this page sees how members vote"
        )


def _is_strict(policy: dict[str, frozenset[str]]) -> bool:
    sources = policy.get("script-src", policy.get("default-src"))
    loose = {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"}
    return sources is not None and not sources & loose


def _kept(deployment: Deployment) -> None:
    page = _page(deployment)
    if "no-store" not in page.headers.get("cache-control", ""):
        raise Failed(f"{page.url}: Cache-Control without no-store, and there is a voter's token in the answer")


HOST_PAGE: Sequence[Check] = (
    Check("page.client", "your page leads to the ballot client of this selection", _client),
    Check("page.anchors", "your page pins the anchors that were announced", _anchors),
    Check("page.integrity", "your page pins the element's script by its hash", _integrity),
    Check("page.scripts", "your page lets no script run but those it names", _scripts),
    Check("page.no-store", "no cache keeps your page with a voter's token", _kept),
)
