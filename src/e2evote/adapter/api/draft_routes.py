"""Drafts over HTTP: a new one, its manifest, each change by the entity tag that it is in place of."""

from fastapi import APIRouter, Request, Response

from e2evote.adapter.api import schemas_acts
from e2evote.adapter.api.answers import json_answer
from e2evote.adapter.api.body import json_value, member
from e2evote.adapter.api.described import Answered
from e2evote.adapter.api.drafts import Draft, Drafts
from e2evote.adapter.api.idempotency import Idempotency, key_of
from e2evote.adapter.api.preconditions import check_match
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.api.protected import protected
from e2evote.adapter.api.protected_part import Acts
from e2evote.hashing.fields import string
from e2evote.manifest.model import LARGEST

_SMALL = 4096
_DRAFT = Answered(
    "The draft; `ETag` is what the next change names.", schemas_acts.DRAFT, example=schemas_acts.DRAFT_EXAMPLE
)
_LONGEST_ID = 63
_LONGEST_NAME = 200


def add_draft_routes(router: APIRouter, acts: Acts) -> None:
    """The routes of these, on the router of the other acts."""
    hosted = acts.hosted
    keys = Idempotency(acts.drafts.state) if acts.drafts else None

    @router.post(
        "/v1/elections",
        **protected(
            "Begin a draft of an election",
            "election:admin",
            {201: _DRAFT},
            ("election-exists", "election-unknown", "no-drafts", "idempotency-key-missing", "storage-failed"),
            schemas_acts.NEW,
            schemas_acts.NEW_EXAMPLE,
            key=True,
        ),
    )
    async def create(request: Request) -> Response:
        grant = await acts.admit(request, "election:admin")
        key = key_of(request, required=True)
        members = await acts.body(request, _SMALL, "id", "organisation")
        id = member(members, "id", lambda value, where: string(value, where, 1, _LONGEST_ID))
        whose = member(members, "organisation", lambda value, where: string(value, where, 1, _LONGEST_NAME))
        drafts = _drafts(acts)
        if grant.elections and id not in grant.elections:
            raise Problem("election-unknown", "the token is for other selections")

        async def made() -> Response:
            if any(place.id == id for place in hosted.all()):
                raise Problem("election-exists", f"there is an election with the id {id}")
            return _answer(acts, await hosted.writing(drafts.create, id, whose), 201)

        return await keys.once(grant.subject, key, request, members, made) if keys else await made()

    @router.get(
        "/v1/elections/{id}/draft",
        **protected("A draft", "election:admin", {200: _DRAFT}, ("election-unknown", "no-drafts")),
    )
    async def read(id: str, request: Request) -> Response:
        await acts.admit(request, "election:admin", id)
        return _answer(acts, await hosted.reading(_drafts(acts).read, id), 200)

    @router.put(
        "/v1/elections/{id}/manifest",
        **protected(
            "Give a draft its manifest, or another one",
            "election:admin",
            {200: _DRAFT},
            (
                "election-exists",
                "election-unknown",
                "no-drafts",
                "manifest-rules",
                "precondition-failed",
                "precondition-required",
            ),
            schemas_acts.MANIFEST,
            {"kind": "manifest", "v": 1},
            match=True,
        ),
    )
    async def replace(id: str, request: Request) -> Response:
        await acts.admit(request, "election:admin", id)
        drafts = _drafts(acts)
        if any(place.id == id for place in hosted.all()):
            raise Problem("election-exists", "the manifest is entry 0 of a log now: nothing changes it")
        tag = (await hosted.reading(drafts.read, id)).tag
        check_match(request, tag)
        value = await json_value(request, hosted.room, LARGEST)
        return _answer(acts, await hosted.writing(drafts.replace, id, tag, value), 200)


def _drafts(acts: Acts) -> Drafts:
    if acts.drafts is None:
        raise Problem("no-drafts", "this server begins no selections: its configuration has no [drafts]")
    return acts.drafts


def _answer(acts: Acts, draft: Draft, status: int) -> Response:
    location = acts.hosted.reference(f"/v1/elections/{draft.id}/draft")
    return json_answer(draft.members(), status, etag=draft.tag, location=location)
