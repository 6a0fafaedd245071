"""How a voter's device gets the session that its challenges are counted against (docs/http.md, Sessions).

The host makes it and hands the device a one-time token. Only where whoever runs the server allows it, a device may
have a session without a host, of nobody in particular.
"""

from fastapi import APIRouter, Request, Response

from e2evote.adapter.api import schemas
from e2evote.adapter.api.answers import json_answer
from e2evote.adapter.api.body import json_body, member
from e2evote.adapter.api.buckets import priced
from e2evote.adapter.api.described import Answered, described
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.problems import Problem
from e2evote.hashing.fields import string

_LARGEST = 1024
_LONGEST_TOKEN = 200


def routes(hosted: Hosted) -> APIRouter:
    """The routes of these."""
    router = APIRouter(tags=["public"])

    @router.post(
        "/v1/elections/{id}/sessions/exchange",
        **described(
            "A one-time token for its session",
            {200: Answered("The session, once.", schemas.SESSION)},
            ("election-unknown", "token-used", "token-expired", "storage-failed"),
            schemas.TOKEN,
        ),
    )
    @priced("sessions")
    async def exchange(id: str, request: Request) -> Response:
        place = hosted.place(id)
        members = await json_body(request, hosted.room, _LARGEST, ("token",))
        token = member(members, "token", lambda value, where: string(value, where, 1, _LONGEST_TOKEN))
        return json_answer({"session": await hosted.writing(place.tokens.exchange, token)})

    @router.post(
        "/v1/elections/{id}/sessions/open",
        **described(
            "A session without a host, where that is allowed",
            {200: Answered("A session of nobody in particular.", schemas.SESSION)},
            ("election-unknown", "sessions-by-host"),
            schemas.NOTHING,
        ),
    )
    @priced("sessions")
    async def open_(id: str, request: Request) -> Response:
        place = hosted.place(id)
        await json_body(request, hosted.room, _LARGEST, ())
        if not hosted.settings.open_sessions:
            raise Problem("sessions-by-host")
        return json_answer({"session": await hosted.writing(place.election.new_session)})

    return router
