"""Compares the page that a server hands to voters with what the manifest fixed before voting began.

    differs, missing        a file that the manifest names has other bytes, or is not there
    unnamed                 the page loads something that the manifest does not name
    integrity               it loads a named file without a hash that browsers compare, or with a wrong one
    inline                  it runs, or styles itself by, something that stands in the page itself
    policy                  the server's headers let a browser do what these pages never need
    header                  a header that loads something, or leads elsewhere, or recognises who comes again

What an auditor is sent is compared, and nothing else: a server that knows who asks can send voters another page. So it
is to be run from many places, and a voter's own browser can save what it was sent and have that compared.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin

from e2evote.adapter.assets_fetch import Fetched, Folder, NotThere
from e2evote.adapter.assets_markup import Loaded, read_markup
from e2evote.hashing.digest import sha256

SAME, DIFFERS, MISSING = "same", "differs", "missing"
MOST_OF_ONE = 100
"""Findings within one page: a hostile one can have any number."""

_KINDS = ("sha256", "sha384", "sha512")
_NEVER = ("link", "refresh", "set-cookie")
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "default-src": ("'none'",),
    "base-uri": ("'none'",),
    "form-action": ("'self'", "'none'"),
    "require-trusted-types-for": ("'script'",),
}
"""Directives that must be there, and what they may have; every other list of sources may have `_OWN`."""
_OWN = ("'self'", "'none'")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be with a file."""

    file: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class ComparedFile:
    """A file that the manifest names. sha256: of what was sent, b"" where nothing was."""

    name: str
    status: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class AssetsAudit:
    """All files by name, and everything that was found."""

    files: tuple[ComparedFile, ...]
    findings: tuple[Finding, ...]


def audit_assets(folder: Folder, expected: Mapping[str, bytes]) -> AssetsAudit:
    """Ask for every file and compare. expected: SHA-256 by name, as the manifest has it."""
    got = {name: folder.get(name) for name in sorted(expected)}
    sent = {name: answer for name, answer in got.items() if isinstance(answer, Fetched)}
    files, findings = [], []
    for name, answer in got.items():
        if isinstance(answer, NotThere):
            files.append(ComparedFile(name, MISSING, b""))
            findings.append(Finding(name, MISSING, f"the server answers {answer.status}"))
            continue
        digest = sha256(answer.data)
        files.append(ComparedFile(name, SAME if digest == expected[name] else DIFFERS, digest))
        if digest != expected[name]:
            findings.append(Finding(name, DIFFERS, f"SHA-256 {digest.hex()}, the manifest has {expected[name].hex()}"))
        findings += [
            Finding(name, "header", f"{one}: {answer.headers[one]}") for one in _NEVER if one in answer.headers
        ]
        if answer.headers.get("x-content-type-options", "").lower() != "nosniff":
            findings.append(Finding(name, "policy", "no X-Content-Type-Options: nosniff"))
        if name.endswith((".html", ".htm")):
            findings += islice(_in_page(name, answer, folder.address, sent), MOST_OF_ONE)
            findings += [Finding(name, "policy", one) for one in _policy_objections(answer.headers)]
    return AssetsAudit(tuple(files), tuple(findings))


def _in_page(name: str, page: Fetched, address: str, sent: Mapping[str, Fetched]) -> Iterator[Finding]:
    markup = read_markup(page.data)
    yield from (Finding(name, "inline", one) for one in markup.inline)
    for loaded in markup.loaded:
        target = urljoin(address + name, loaded.address)
        file = target.removeprefix(address) if target.startswith(address) else ""
        if file not in sent:
            yield Finding(name, "unnamed", f"<{loaded.element}> {loaded.address[:200]}")
        elif loaded.bound and (objection := _integrity_objection(loaded, sent[file].data)):
            yield Finding(name, "integrity", f"<{loaded.element}> {file}: {objection}")


def _integrity_objection(loaded: Loaded, data: bytes) -> str:
    """Why the element's hashes do not bind the file; "" where they do. Browsers take the strongest kind alone."""
    given = [one.partition("-") for one in loaded.integrity.split()]
    known = [(kind, digest.partition("?")[0]) for kind, _, digest in given if kind in _KINDS]
    if not known:
        return "no hash"
    strongest = max(kind for kind, _ in known)
    right = base64.b64encode(hashlib.new(strongest, data).digest()).decode()
    return "" if any(digest == right for kind, digest in known if kind == strongest) else "another hash"


def _policy_objections(headers: Mapping[str, str]) -> Iterator[str]:
    """What a Content-Security-Policy lacks, or allows, beside the one of these pages."""
    given = headers.get("content-security-policy", "")
    if not given:
        yield "no Content-Security-Policy"
        return
    policy: dict[str, list[str]] = {}
    for directive in given.split(";"):
        words = directive.split()
        if words:
            policy.setdefault(words[0].lower(), [word.lower() for word in words[1:]])
    yield from (f"no {name}" for name in (*_REQUIRED, "frame-ancestors") if name not in policy)
    for name, words in policy.items():
        allowed = _REQUIRED.get(name) or (_OWN if name.endswith("-src") else words)
        if strange := [word for word in words if word not in allowed]:
            yield f"{name} has {' '.join(strange)[:200]}"
