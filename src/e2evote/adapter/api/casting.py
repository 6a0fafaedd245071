"""Ballots and challenges are handed in, and answered with their receipts (docs/http.md, Casting; docs/spec.md §5.6).

A submission is durable before it is judged. Its answer waits for the batch that publishes it, for a few seconds and
without a thread; then it is 202, and the receipt is to be asked for. The same bytes again are the same submission.
"""

import asyncio
import base64
import binascii
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from e2evote.adapter.api import schemas
from e2evote.adapter.api.answers import json_answer
from e2evote.adapter.api.body import json_body, member
from e2evote.adapter.api.buckets import priced
from e2evote.adapter.api.described import Answered, described
from e2evote.adapter.api.hosted import Hosted, Place
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.api.signed_entries import enveloped
from e2evote.adapter.intake import Ticket
from e2evote.adapter.reply import Acknowledged, of_kind
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import hex_bytes, string
from e2evote.record.leaf import LARGEST_LEAF

ACCEPTED = {
    201: Answered("It is in the log.", schemas.ACCEPTED),
    200: Answered("It was in the log before.", schemas.ACCEPTED),
    202: Answered("It is durable and has no receipt yet; `Location` has its answer later.", schemas.STORED),
}
REFUSED = (
    "election-unknown",
    "submission-malformed",
    "board.phase",
    "voting-paused",
    "storage-full",
    "ballot.limit-proof",
)
"""Codes of submissions; also every other check of a leaf (422), and every other conflict (409)."""

_LONGEST_TEXT = 2**27
_SESSION_BYTES = 32
_KEY_SIZE = 32


def routes(hosted: Hosted) -> APIRouter:
    """The routes of these."""
    router = APIRouter(tags=["public"])

    @router.post(
        "/v1/elections/{id}/ballots",
        **described("Cast a ballot", ACCEPTED, (*REFUSED, "stale-prev"), schemas.BALLOT),
    )
    @priced("casts")
    async def ballots(id: str, request: Request) -> Response:
        place = hosted.place(id)
        limit = hosted.settings.largest_ballot
        members = await json_body(request, hosted.room, limit, ("leaf", "payload"), ("hints",))
        return await handed_in(hosted, place, await asyncio.to_thread(_envelope, members, "ballot"))

    @router.post(
        "/v1/elections/{id}/challenges",
        **described("Open a sealed ballot", ACCEPTED, (*REFUSED, "challenge-limit"), schemas.CHALLENGE),
    )
    @priced("casts")
    async def challenges(id: str, request: Request) -> Response:
        place = hosted.place(id)
        limit = hosted.settings.largest_ballot
        members = await json_body(request, hosted.room, limit, ("leaf", "payload", "session"), ("hints",))
        return await handed_in(hosted, place, await asyncio.to_thread(_envelope, members, "challenge"))

    @router.get(
        "/v1/elections/{id}/submissions/{key}",
        **described(
            "What became of a submission",
            {200: ACCEPTED[201], 202: ACCEPTED[202]},
            (*REFUSED, "stale-prev", "challenge-limit", "submission-unknown"),
        ),
    )
    async def submission(id: str, key: str) -> Response:
        place = hosted.place(id)
        try:
            name = hex_bytes(key, "key", _KEY_SIZE)
        except MalformedInput:
            raise Problem("submission-unknown") from None
        result = await hosted.reading(place.election.result, name)
        if result is None and not await hosted.reading(place.election.is_known, name):
            raise Problem("submission-unknown")
        return _told(hosted, place, name, result, 200)

    return router


async def handed_in(hosted: Hosted, place: Place, envelope: Envelope) -> Response:
    """The answer to a submission: 201 or 200 with the receipt, 202 without; raises the refusal."""
    ticket: Ticket = await hosted.writing(place.election.submit, envelope)
    clock = asyncio.get_running_loop().time
    end = clock() + hosted.settings.receipt_wait
    while True:
        with place.waiters.next_batch() as published:
            result = await _so_far(hosted, place, ticket)
            left = end - clock()
            if result is not None or left <= 0:
                return _told(hosted, place, ticket.key, result, 201)
            try:
                async with asyncio.timeout(left):
                    await published.wait()
            except TimeoutError:
                continue


async def _so_far(hosted: Hosted, place: Place, ticket: Ticket) -> Acknowledged | Refused | None:
    """What has become of a submission; None also where too many ask just now, since it is stored all the same."""
    try:
        return await hosted.reading(place.election.result, ticket)
    except Problem:
        return None


def _told(hosted: Hosted, place: Place, key: bytes, result: Acknowledged | Refused | None, fresh: int) -> Response:
    """What became of a submission. fresh: the status for one that was not in the log before."""
    if isinstance(result, Refused):
        raise result
    if result is None:
        detail = place.election.waiting or "waiting for the next batch"
        members = {"status": "stored", "detail": detail, "submission": key.hex()}
        where = hosted.reference(f"/v1/elections/{place.id}/submissions/{key.hex()}")
        return json_answer(members, 202, location=where, retry_after="1")
    receipt = result.receipt.decode()
    accepted = {"status": "accepted", "index": result.index, "again": result.again, "receipt": receipt}
    return json_answer(accepted, 200 if result.again else fresh)


def _envelope(members: Mapping[str, JSON], kind: str) -> Envelope:
    """The submission that a body is, if its leaf is of this kind."""

    def text(value: JSON, where: str) -> bytes:
        return string(value, where, 0, _LONGEST_TEXT).encode()

    leaf = member(members, "leaf", lambda value, where: string(value, where, 1, LARGEST_LEAF).encode())
    hints = member(members, "hints", _base64) if "hints" in members else b""
    session = ""
    if "session" in members:
        session = member(members, "session", lambda value, where: hex_bytes(value, where, _SESSION_BYTES)).hex()
    return of_kind(enveloped(leaf, member(members, "payload", text), hints, session), kind)


def _base64(value: JSON, where: str) -> bytes:
    given = string(value, where, 0, _LONGEST_TEXT)
    try:
        data = base64.b64decode(given.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise MalformedInput("is not base64", where) from None
    if base64.b64encode(data).decode() != given:
        raise MalformedInput("is not the one base64 of its bytes", where)
    return data
