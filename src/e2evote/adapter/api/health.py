"""How the server is, and its numbers: for whoever runs it, without anything about voters (docs/http.md)."""

from fastapi import APIRouter, Response

from e2evote import __version__
from e2evote.adapter.api import schemas
from e2evote.adapter.api.answers import json_answer
from e2evote.adapter.api.described import TEXT, Answered, described
from e2evote.adapter.api.hosted import Hosted, Place
from e2evote.adapter.api.metrics import MEDIA_TYPE
from e2evote.adapter.api.problems import Problem
from e2evote.errors import E2EVoteError


def routes(hosted: Hosted) -> APIRouter:
    """The routes of these."""
    router = APIRouter(tags=["public"])

    @router.get(
        "/v1/health",
        **described(
            "How the server is",
            {200: Answered("Everything can be answered.", schemas.HEALTH), 503: Answered("Not so.", schemas.HEALTH)},
        ),
    )
    async def health() -> Response:
        found = [await hosted.reading(_state, place) for place in hosted.all()]
        well = all(one["status"] != "failing" for one in found)
        members = {"status": "ok" if well else "failing", "version": __version__, "elections": found}
        return json_answer(members, 200 if well else 503)

    @router.get(
        "/v1/metrics",
        **described(
            "Numbers, as Prometheus reads them",
            {200: Answered("The page.", TEXT, "text/plain")},
            ("not-found",),
        ),
    )
    async def metrics() -> Response:
        if not hosted.settings.metrics:
            raise Problem("not-found")
        found = [await hosted.reading(_state, place) for place in hosted.all()]
        sizes = [(str(one["id"]), one["size"], one["status"] == "ok") for one in found]
        text = hosted.metrics.text((id, size, settled) for id, size, settled in sizes if isinstance(size, int))
        return Response(text, media_type=MEDIA_TYPE)

    return router


def _state(place: Place) -> dict[str, object]:
    """Whether what is handed in to one election gets its receipts. waiting: cosignatures are missing, for example."""
    try:
        status, waiting = place.election.status(), place.election.waiting
        if (failed := place.election.failed) is not None:
            raise failed
    except E2EVoteError as error:
        code = getattr(error, "code", "record-fails")
        return {"id": place.id, "status": "failing", "code": code, "phase": "", "size": 0, "waiting": ""}
    state = "waiting" if waiting else "ok"
    return {"id": place.id, "status": state, "phase": status.phase.value, "size": status.size, "waiting": waiting}
