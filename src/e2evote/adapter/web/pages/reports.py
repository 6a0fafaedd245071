"""The scrutineer's report: what is on the log, and the page whose hash is there, if whoever runs the server has it.

A scrutineer hands the page over as a file. As `STORE/report.html` or in `STORE/reports/` it is shown exactly if its
SHA-256 is the one that the log names, byte for byte as it was signed. It has one style sheet of its own inside; the
policy that it is sent with allows this one, by its hash, and nothing else.
"""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

from e2evote.adapter.election import Election
from e2evote.adapter.public_view import ReportLeaf
from e2evote.adapter.web.pages.facts import every_page
from e2evote.adapter.web.pages.render import Visit
from e2evote.errors import Refused
from e2evote.hashing.digest import sha256
from e2evote.record.report import StatedFacts

FILE, FOLDER = "report.html", "reports"
LARGEST_PAGE = 16 * 2**20
_MOST_PAGES = 20
_NOTHING_ELSE = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def report_page(election: Election, visit: Visit) -> dict[str, object]:
    """Every report on the log."""
    return every_page(election, visit, "report") | {
        "reports": [
            {
                "author": leaf.author,
                "facts": list(_facts(leaf.report.facts)),
                "here": signed_page(election, leaf) is not None,
                "index": leaf.index,
                "page": leaf.page.hex(),
                "size": leaf.report.facts.size,
                "words": {
                    "complaints": leaf.report.words.complaints,
                    "inspected": leaf.report.words.inspected,
                    "opinion": leaf.report.words.opinion,
                    "why": leaf.report.words.why,
                },
            }
            for leaf in reports_of(election)
        ]
    }


def reports_of(election: Election) -> tuple[ReportLeaf, ...]:
    """By index; none before there is one."""
    try:
        return election.report()
    except Refused as refused:
        if refused.code != "no-report":
            raise
        return ()


def signed_page(election: Election, leaf: ReportLeaf) -> bytes | None:
    """The very page that was signed; None where this server does not have it."""
    return next((data for data in _pages(election.path) if sha256(data) == leaf.page), None)


def policy_for(page: bytes) -> str:
    """A Content-Security-Policy under which the page looks as it was made, and can do nothing."""
    hashes = " ".join(f"'sha256-{base64.b64encode(sha256(style)).decode()}'" for style in _STYLE.findall(page))
    styles = hashes or "'none'"
    return f"default-src 'none'; style-src {styles}; {_NOTHING_ELSE}"


def _pages(store: Path) -> Iterator[bytes]:
    for path in (store / FILE, *sorted((store / FOLDER).glob("*.html"))[:_MOST_PAGES]):
        if path.is_file() and path.stat().st_size <= LARGEST_PAGE:
            yield path.read_bytes()


def _facts(facts: StatedFacts) -> Iterator[tuple[str, int]]:
    """By the keys of the section `report`."""
    yield from ((name, getattr(facts, name)) for name in ("challenges", "checked", "incidents", "pauses", "superseded"))
    yield from facts.amendments.items()
    yield from ((f"access_{name}", number) for name, number in facts.access.items())
    yield from ((f"twice_{name}", number) for name, number in facts.twice.items())
