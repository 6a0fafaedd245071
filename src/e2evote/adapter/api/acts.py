"""What needs a token or a signature: sessions, drafts, signed entries, operations, webhooks (docs/http-acts.md)."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from e2evote.adapter.api import examples, schemas_acts
from e2evote.adapter.api.acts_config import read_acts
from e2evote.adapter.api.answers import json_answer
from e2evote.adapter.api.body import member
from e2evote.adapter.api.casting import ACCEPTED, REFUSED, handed_in
from e2evote.adapter.api.described import Answered
from e2evote.adapter.api.draft_routes import add_draft_routes
from e2evote.adapter.api.elections import summary
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.idempotency import key_of
from e2evote.adapter.api.operations import KINDS
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.api.protected import protected
from e2evote.adapter.api.protected_part import Acts
from e2evote.adapter.api.rehearsed import OTHERS, rehearsed_act
from e2evote.adapter.api.scopes import Grant
from e2evote.adapter.api.settings import PARTS
from e2evote.adapter.api.signed_entries import DESKS, MEMBERS, Desk, envelope_of
from e2evote.hashing.fields import one_of, string

LONGEST_REFERENCE = 200
_SMALL = 4096


_UNKNOWN = ("election-unknown",)
_SESSIONS = protected(
    "A session for a voter, as the address of the ballot client with a one-time token",
    "ballot:submit",
    {201: Answered("Send the voter's browser there.", schemas_acts.CLIENT, example=schemas_acts.CLIENT_EXAMPLE)},
    (*_UNKNOWN, "storage-failed"),
    schemas_acts.VOTER,
    schemas_acts.VOTER_EXAMPLE,
)
_RUNNING = Answered("It has begun.", schemas_acts.OPERATION, example=schemas_acts.OPERATION_EXAMPLE)
_OPERATIONS = protected(
    "Verify the record, or export it, in a process of its own",
    "audit:read",
    {202: _RUNNING},
    (*_UNKNOWN, "storage-failed"),
    schemas_acts.ASKED,
    schemas_acts.ASKED_EXAMPLE,
    key=False,
)
_OPERATION = protected("How far an operation is, and its result", "audit:read", {200: _RUNNING}, ("not-found",))
_WEBHOOKS = protected(
    "Who is told of events, and the key that signs them",
    "audit:read",
    {200: Answered("All receivers.", schemas_acts.WEBHOOKS, example=schemas_acts.WEBHOOKS_EXAMPLE)},
)


def routes(hosted: Hosted) -> APIRouter:
    """All routes of this part, by the server's configuration."""
    settings = hosted.settings
    return routes_of(Acts(hosted, read_acts({name: settings.part(name) for name in PARTS}, settings.folder)))


def routes_of(acts: Acts) -> APIRouter:
    """All routes of this part."""
    hosted = acts.hosted
    router = APIRouter()

    @router.post("/v1/elections/{id}/sessions", **_SESSIONS)
    async def sessions(id: str, request: Request) -> Response:
        await acts.admit(request, "ballot:submit", id)
        place = hosted.place(id)
        members = await acts.body(request, _SMALL, "voter_ref")
        reference = member(members, "voter_ref", lambda value, where: string(value, where, 1, LONGEST_REFERENCE))
        session = await hosted.reading(place.election.session_for, reference)
        token, expires = await hosted.writing(place.tokens.issue, session)
        url = hosted.url(f"/elections/{quote(place.id)}/client/") + f"#session={token}"
        return json_answer({"url": url, "expires": expires}, 201)

    @router.post("/v1/elections/{id}/operations", **_OPERATIONS)
    async def operations(id: str, request: Request) -> Response:
        grant = await acts.admit(request, "audit:read", id)
        place, key = hosted.place(id), key_of(request)
        members = await acts.body(request, _SMALL, "kind")
        kind = member(members, "kind", lambda value, where: one_of(value, where, KINDS))

        async def begun() -> Response:
            name = await hosted.writing(acts.operations.begin, kind, place.election)
            _, state = await hosted.reading(acts.operations.look, name)
            return json_answer(state, 202, location=hosted.reference(f"/v1/operations/{name}"), retry_after="2")

        return await acts.keys(place).once(grant.subject, key, request, members, begun)

    @router.get("/v1/operations/{operation}", **_OPERATION)
    async def operation_(operation: str, request: Request) -> Response:
        grant = await acts.admit(request, "audit:read")
        election, state = await hosted.reading(acts.operations.look, operation)
        if grant.elections and election not in grant.elections:
            raise Problem("not-found")
        return json_answer(state)

    @router.get("/v1/webhooks", **_WEBHOOKS)
    async def webhooks(request: Request) -> Response:
        grant = await acts.admit(request, "audit:read")
        return json_answer(await hosted.reading(_webhooks, acts, grant))

    for desk in DESKS:
        for method in ("POST", "PUT") if desk.path == "roll" else ("POST",):
            handler = _signed(acts, desk)
            router.add_api_route(f"/v1/elections/{{id}}/{desk.path}", handler, methods=[method], **_said_of(desk))
    add_draft_routes(router, acts)
    return router


def _said_of(desk: Desk) -> dict[str, Any]:
    """The description of an address for signed entries."""
    answers = dict(ACCEPTED)
    if desk.path in schemas_acts.MORE:
        done = Answered(
            "It was in the log before; or, in a rehearsal, it is done.",
            schemas_acts.SETTLED,
            example=schemas_acts.STATE_EXAMPLE,
        )
        answers[200] = done
    if desk.path == "transitions":
        answers[201] = Answered(
            "It is in the log; or a draft has become an election.", schemas_acts.BEGUN, example=examples.ELECTION
        )
    codes = (
        (*REFUSED, "kind-elsewhere", "no-rehearsal") if desk.path in schemas_acts.MORE else (*REFUSED, "kind-elsewhere")
    )
    if desk.path == "channel-marks":
        codes = (*codes, "token-missing", "scope-missing", "issuer-unreachable", "scopes-apart")
    return protected(
        f"Hand in a signed entry: {', '.join(desk.kinds)}",
        desk.scope,
        answers,
        codes,
        schemas_acts.entry(desk.path),
        schemas_acts.ENTRY_EXAMPLES.get(desk.path, schemas_acts.ENTRY_EXAMPLE),
        key=False,
    )


def _signed(acts: Acts, desk: Desk) -> Callable[..., object]:
    """The handler of an address for signed entries."""
    hosted = acts.hosted

    async def handler(id: str, request: Request) -> Response:
        grant = await acts.admit(request, desk.scope, id) if desk.scope else None
        if desk.path == "transitions" and acts.drafts and not hosted.has(id) and acts.drafts.has(id):
            return await _founded(acts, id, request)
        place, key = hosted.place(id), key_of(request)
        members = await acts.body(request, desk.limit, optional=(*MEMBERS, *OTHERS))

        async def done() -> Response:
            if "leaf" in members:
                envelope = await asyncio.to_thread(envelope_of, members, place.election.setting, desk)
                return await handed_in(hosted, place, envelope)
            act = rehearsed_act(place.election, desk.path, members)
            if grant is None:
                await acts.admit(request, "ballot:submit", id)
            await hosted.writing(act)
            status = await hosted.reading(place.election.status)
            return json_answer({"phase": status.phase.value, "paused": status.paused, "size": status.size})

        subject = grant.subject if grant else ""
        return await acts.keys(place).once(subject, key if grant else "", request, members, done)

    handler.__name__ = desk.path.replace("/", "_").replace("-", "_")
    return handler


async def _founded(acts: Acts, id: str, request: Request) -> Response:
    """A draft becomes a selection that is served here."""
    drafts = acts.drafts
    if drafts is None:
        raise Problem("election-unknown")
    members = await acts.body(request, _SMALL * 16, "to", "leaf")
    member(members, "to", lambda value, where: one_of(value, where, ("setup",)))
    leaf = member(members, "leaf", lambda value, where: string(value, where, 1, _SMALL)).encode()
    place = await acts.hosted.writing(lambda: acts.add(drafts.found(id, leaf)))
    state = await acts.hosted.reading(summary, place)
    return json_answer(state, 201, location=acts.hosted.reference(f"/v1/elections/{id}"))


def _webhooks(acts: Acts, grant: Grant) -> dict[str, object]:
    """Who is told of what the token is for, with how much success; never an address's query, which may be a secret."""
    hooks = acts.webhooks
    if hooks is None:
        return {"public_key": None, "endpoints": []}
    endpoints, limits = [], grant.elections
    of = [hooks.accounts(place.id) for place in acts.hosted.all() if not limits or place.id in limits]
    for number, endpoint in enumerate(hooks.endpoints):
        if limits and endpoint.elections and not limits & endpoint.elections:
            continue
        accounts = [one[number] for one in of]
        endpoints.append(
            {
                "url": endpoint.url.partition("?")[0],
                "events": sorted(endpoint.events),
                "waiting": sum(one.waiting for one in accounts),
                "delivered": sum(one.delivered for one in accounts),
                "given_up": sum(one.given_up for one in accounts),
            }
        )
    return {"public_key": hooks.key.public, "endpoints": endpoints}
