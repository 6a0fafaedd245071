"""The ballot client and the public pages as the proxy delivers them: all bytes, all headers, nothing from elsewhere."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from e2evote.adapter.api.headers import PAGE
from e2evote.adapter.conformance.deployment import Deployment, Failed
from e2evote.adapter.conformance.finding import Check
from e2evote.adapter.conformance.html_page import linked, loaded, origin

INDEX = "index.html"
PAGES = ("/", "/tracker", "/not-voted", "/audit", "/client/")


def assets(deployment: Deployment) -> Mapping[str, str]:
    """The files of the client by the manifest, with the SHA-256 of each."""
    manifest = json.loads(deployment.found(f"{deployment.api}/manifest").body)
    named = manifest.get("assets") or {}
    if not named:
        raise Failed("the manifest names no files of the ballot client, so nobody can tell whether they were changed")
    return {str(name): str(digest) for name, digest in named.items()}


def _files(deployment: Deployment) -> None:
    """The page itself is one of them, under both its addresses, and pins script and style by their hashes."""
    for name, digest in assets(deployment).items():
        for address in (name, "") if name == INDEX else (name,):
            file = deployment.found(f"{deployment.pages}/client/{address}")
            if hashlib.sha256(file.body).hexdigest() != digest:
                raise Failed(f"{file.url}: other bytes than those whose hash is in the manifest")


def integrity_of(body: bytes) -> dict[str, str]:
    """Subresource Integrity of these bytes, by algorithm."""
    algorithms = ("sha256", "sha384", "sha512")
    return {one: f"{one}-{base64.b64encode(hashlib.new(one, body).digest()).decode()}" for one in algorithms}


def check_integrity(deployment: Deployment, page: str, attributes: Mapping[str, str], url: str) -> None:
    """The element carries the hash of what is served there."""
    said = attributes.get("integrity", "").split()
    if not said:
        raise Failed(f"{page}: {url} is loaded without integrity")
    if not set(said) & set(integrity_of(deployment.found(url).body).values()):
        raise Failed(f"{page}: the integrity of {url} is not that of what is served there")


def policies(values: Iterable[str]) -> list[dict[str, frozenset[str]]]:
    """Content-Security-Policies as headers have them: sources by directive. A browser applies all of them."""
    found = []
    for text in (one for value in values for one in value.split(",")):
        words = [part.split() for part in text.split(";") if part.strip()]
        found.append({part[0].lower(): frozenset(part[1:]) for part in words})
    return found


def _headers(deployment: Deployment) -> None:
    (strict,) = policies([PAGE[_POLICY]])
    for path in PAGES:
        page = deployment.found(deployment.pages + path)
        delivered = policies(page.headers.get_list(_POLICY))
        if not any(all(one.get(name) == sources for name, sources in strict.items()) for one in delivered):
            raise Failed(f"{page.url}: the Content-Security-Policy is not, or not all, that of the adapter")
        for name, value in PAGE.items():
            if name != _POLICY and page.headers.get(name) != value:
                raise Failed(f"{page.url}: {name} is {page.headers.get(name, 'missing')!r}, want {value!r}")


_POLICY = "content-security-policy"


def _no_third_party(deployment: Deployment) -> None:
    home = origin(deployment.root)
    for path in PAGES:
        page = deployment.found(deployment.pages + path)
        for url in loaded(page):
            if origin(url) != home:
                raise Failed(f"{page.url}: it loads from, or sends to, {url}")
        if "link" in page.headers:
            raise Failed(f"{page.url}: a Link header makes browsers load {page.headers['link']}")


def _sub_folder(deployment: Deployment) -> None:
    for path in PAGES:
        page = deployment.found(deployment.pages + path)
        for url in (*loaded(page), *linked(page)):
            if origin(url) == origin(deployment.root) and not url.startswith(f"{deployment.root}/"):
                raise Failed(f"{page.url}: {url} leaves the folder {deployment.root}/")


CLIENT_FILES: Sequence[Check] = (
    Check("client.files", "the ballot client's files are those whose hashes are in the manifest", _files),
    Check("pages.headers", "every page has the adapter's security headers as they are", _headers),
    Check("pages.no-third-party", "no page loads anything from elsewhere", _no_third_party),
    Check("pages.sub-folder", "every link of every page stays in the adapter's folder", _sub_folder),
)
