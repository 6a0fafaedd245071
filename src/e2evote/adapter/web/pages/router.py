"""The pages' addresses: `/`, `/elections/{id}/` and what is below it, but for the ballot client (docs/http.md).

    /                                    all elections
    /elections/{id}/                     overview: what it is, how to vote, check and complain
    /elections/{id}/tracker              look up a ballot        GET the form, POST the answer
    /elections/{id}/not-voted            no vote for me?         GET the form, POST the answer
    /elections/{id}/receipt, line-proof  files to keep           POST
    /elections/{id}/result, audit, audit.json, report, report-{index}.html, anchors.json

What a visitor types goes into the body of a request, never into an address, and no page shows it as it was typed.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from threading import Semaphore

from fastapi import APIRouter, Request, Response

from e2evote.adapter.audits import Audits
from e2evote.adapter.election import Election
from e2evote.adapter.leaf_words import line_shown
from e2evote.adapter.web.pages.audited import audit_json, audit_page
from e2evote.adapter.web.pages.facts import anchors_file, every_page, listed, overview
from e2evote.adapter.web.pages.forms import Asked, NoForm, fields_of, read_asked, read_number
from e2evote.adapter.web.pages.lookups import found_ballot, found_line, line_proof
from e2evote.adapter.web.pages.render import Visit, answer, download
from e2evote.adapter.web.pages.reports import policy_for, report_page, reports_of, signed_page
from e2evote.adapter.web.pages.results import result_page
from e2evote.adapter.web.pages.site import Site
from e2evote.algebra.parameters import TEST_GROUPS
from e2evote.errors import CheckFailed, MalformedInput, Refused

STATIC: Mapping[str, str] = {"icon.svg": "image/svg+xml", "pages.css": "text/css; charset=utf-8"}
"""The files of the pages' own, with their types."""
KEPT = "audit.json"
"""Of the last verification, in the private folder of the store."""

_BELOW = "../../"
_NOT_FOUND = frozenset({"entry-unknown", "line-unknown", "no-outcome", "no-report", "not-stated"})
_NOTHING: Mapping[str, object] = {"election": None, "here": ""}

Handler = Callable[[Request, Election, Visit], Awaitable[Response]]


class _Missing(Exception):
    """There is no such page."""


class _Pages:
    """The pages of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._turn = Semaphore()
        self._audits: dict[str, Audits] = {}

    async def front(self, request: Request) -> Response:
        visit = Visit.of(request, "")
        places = self._site.all()
        elections = [await self._site.reading(listed, place.election, visit) for place in places]
        return answer(visit, "list.html", {**_NOTHING, "selections": elections})

    async def home(self, request: Request, election: Election, visit: Visit) -> Response:
        return answer(visit, "home.html", await self._site.reading(overview, election, visit))

    async def tracker(self, request: Request, election: Election, visit: Visit) -> Response:
        if request.method == "GET":
            return self._form(election, visit, "tracker", Asked())
        asked = read_asked(await fields_of(request), election.manifest, tracker=True)
        if asked.mistakes:
            return self._form(election, visit, "tracker", asked)
        return answer(visit, "found.html", await self._site.reading(found_ballot, election, asked, visit))

    async def absence(self, request: Request, election: Election, visit: Visit) -> Response:
        if request.method == "GET":
            return self._form(election, visit, "absence", Asked())
        asked = read_asked(await fields_of(request), election.manifest, tracker=False)
        if asked.mistakes:
            return self._form(election, visit, "absence", asked)
        return answer(visit, "row.html", await self._site.reading(found_line, election, asked, visit))

    async def receipt(self, request: Request, election: Election, visit: Visit) -> Response:
        index = read_number(await fields_of(request), "index")
        return download(await self._site.reading(election.receipt, index), f"entry-{index}.tlog-proof")

    async def line_proof(self, request: Request, election: Election, visit: Visit) -> Response:
        asked = read_asked(await fields_of(request), election.manifest, tracker=False)
        if asked.mistakes:
            raise NoForm(400, "not_a_form")
        data = await self._site.reading(line_proof, election, asked.line)
        return download(data, f"line-{line_shown(asked.line)}.json", "application/json")

    async def result(self, request: Request, election: Election, visit: Visit) -> Response:
        return answer(visit, "result.html", await self._site.reading(result_page, election, visit))

    async def audit(self, request: Request, election: Election, visit: Visit) -> Response:
        context = await self._site.reading(audit_page, election, self._audits_of(election), visit)
        return answer(visit, "audit.html", context)

    async def audit_json(self, request: Request, election: Election, visit: Visit) -> Response:
        data = audit_json(await self._site.reading(self._audits_of(election).look))
        return Response(data, headers={"cache-control": "no-store"}, media_type="application/json")

    async def report(self, request: Request, election: Election, visit: Visit) -> Response:
        return answer(visit, "report.html", await self._site.reading(report_page, election, visit))

    async def signed_report(self, request: Request, election: Election, visit: Visit) -> Response:
        wanted = request.path_params["index"]
        for leaf in await self._site.reading(reports_of, election):
            if str(leaf.index) == wanted and (page := await self._site.reading(signed_page, election, leaf)):
                headers = {"cache-control": "no-store", "content-security-policy": policy_for(page)}
                return Response(page, 200, headers, media_type="text/html; charset=utf-8")
        raise _Missing

    async def anchors(self, request: Request, election: Election, visit: Visit) -> Response:
        status = await self._site.reading(election.status)
        if not status.h_e:
            raise _Missing
        return download(anchors_file(status), "anchors.json", "application/json")

    def of_one(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """The handler with the election that the address names; what goes wrong becomes a page too."""

        async def handle(request: Request) -> Response:
            visit = Visit.of(request, _BELOW)
            try:
                return await handler(request, self._election(request), visit)
            except _Missing:
                return _problem(visit, 404, "missing")
            except NoForm as error:
                return _problem(visit, error.status, error.reason)
            except Refused as refused:
                if refused.code in _NOT_FOUND:
                    return _problem(visit, 404, "missing")
                return _problem(visit, 503, "unreadable")
            except (CheckFailed, MalformedInput):
                return _problem(visit, 503, "unreadable")

        return handle

    def _form(self, election: Election, visit: Visit, form: str, asked: Asked) -> Response:
        context = every_page(election, visit, form) | {"asked": asked}
        return answer(visit, f"{form}.html", context, 422 if asked.mistakes else 200)

    def _election(self, request: Request) -> Election:
        for place in self._site.all():
            if place.id == request.path_params["id"]:
                return place.election
        raise _Missing

    def _audits_of(self, election: Election) -> Audits:
        """One of each election; all take turns."""
        if election.id not in self._audits:
            kept = election.path / "private" / KEPT
            test_group = election.manifest.group in TEST_GROUPS
            self._audits[election.id] = Audits(election.record_path, kept, self._turn, allow_test_group=test_group)
        return self._audits[election.id]


def routes(hosted: Site) -> APIRouter:
    """All pages of the elections that are hosted."""
    pages = _Pages(hosted)
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/", pages.front, methods=["GET"])
    for name, media_type in STATIC.items():
        router.add_api_route(f"/static/{name}", _file(name, media_type), methods=["GET"])
    router.add_api_route("/elections/{id}", _with_slash, methods=["GET"])
    both = ["GET", "POST"]
    for path, handler, methods in (
        ("", pages.home, ["GET"]),
        ("tracker", pages.tracker, both),
        ("not-voted", pages.absence, both),
        ("receipt", pages.receipt, ["POST"]),
        ("line-proof", pages.line_proof, ["POST"]),
        ("result", pages.result, ["GET"]),
        ("audit", pages.audit, ["GET"]),
        ("audit.json", pages.audit_json, ["GET"]),
        ("report", pages.report, ["GET"]),
        ("report-{index}.html", pages.signed_report, ["GET"]),
        ("anchors.json", pages.anchors, ["GET"]),
    ):
        router.add_api_route(f"/elections/{{id}}/{path}", pages.of_one(handler), methods=methods)
    return router


def _file(name: str, media_type: str) -> Callable[[], Awaitable[Response]]:
    data = (Path(__file__).parent / "static" / name).read_bytes()

    async def file() -> Response:
        return Response(data, headers={"cache-control": "public, max-age=300"}, media_type=media_type)

    return file


async def _with_slash(request: Request) -> Response:
    """Links of the overview start from its folder."""
    return Response(status_code=308, headers={"location": f"{request.path_params['id']}/", "cache-control": "no-store"})


def _problem(visit: Visit, status: int, reason: str) -> Response:
    return answer(visit, "problem.html", {**_NOTHING, "reason": reason}, status)
