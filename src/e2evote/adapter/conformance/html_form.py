"""A form of a page, as a browser would send it: its hidden fields, and the cookies that came with the page."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from e2evote.adapter.conformance.deployment import Answer, Deployment, Failed
from e2evote.adapter.conformance.html_page import Page


def submitted(deployment: Deployment, page: Answer, form_id: str, headers: Mapping[str, str]) -> Answer:
    """What the site answers to the form with this id; Failed where the page has none."""
    form, fields = None, []
    for tag, attributes in Page(page.text()).elements:
        if tag == "form":
            inside = attributes.get("id") == form_id
            form = attributes if inside else form
        elif tag == "input" and form is not None and inside and attributes.get("type", "").lower() == "hidden":
            fields.append((attributes.get("name", ""), attributes.get("value", "")))
    if form is None or form.get("method", "").lower() != "post":
        raise Failed(f"{page.url}: {page.status}, and no form with method post and id {form_id!r} in it")
    target, at = urljoin(page.url, form.get("action", "")), urlsplit(page.url)
    sent = {**headers, "Content-Type": "application/x-www-form-urlencoded", "Origin": f"{at.scheme}://{at.netloc}"}
    cookies = "; ".join(filter(None, (headers.get("Cookie", ""), _cookies(page))))
    if cookies:
        sent["Cookie"] = cookies
    return deployment.send("POST", target, urlencode(fields).encode(), sent)


def _cookies(page: Answer) -> str:
    """The cookies that the page sets, as they are sent back."""
    jar = SimpleCookie()
    try:
        for value in page.headers.get_list("set-cookie"):
            jar.load(value)
    except CookieError:
        raise Failed(f"{page.url}: a Set-Cookie that is none") from None
    return "; ".join(f"{name}={morsel.coded_value}" for name, morsel in jar.items())
