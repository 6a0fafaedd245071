"""What anybody may ask of an election while it goes on: its state, its manifest, a line, a ballot (docs/http.md)."""

from fastapi import APIRouter, Request, Response

from e2evote.adapter.api import schemas
from e2evote.adapter.api.answers import JSON, json_answer, tagged
from e2evote.adapter.api.described import TEXT, Answered, described
from e2evote.adapter.api.hosted import Hosted, Place
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.static_server import AT_ONCE
from e2evote.errors import E2EVoteError
from e2evote.hashing.digest import sha256
from e2evote.record.electorate import MarkAt
from e2evote.verify.lookup import Found, Listed

MOST_LISTED = 100

MOST_PROVEN = 20
"""Ballots of one line, the latest, of which a look-up has receipts, beside the one that was asked for."""

NONE = ("election-unknown",)
FAILING = ("record-fails", "not-cosigned", "busy")
"""Codes where the published record can't be answered from."""


def routes(hosted: Hosted) -> APIRouter:
    """The routes of these."""
    router = APIRouter(tags=["public"])

    @router.get(
        "/v1/elections",
        **described(
            "All elections that this server has, by id",
            {200: Answered("A page of them; `Link` has the next one.", schemas.ELECTIONS)},
            ("busy", "request-malformed"),
            query={"cursor": TEXT, "limit": {"type": "integer", "minimum": 1, "maximum": MOST_LISTED}},
        ),
    )
    async def elections(request: Request) -> Response:
        limit, cursor = _page(request)
        places = [place for place in hosted.all() if place.id > cursor]
        page = places[:limit]
        found = [await hosted.reading(_listed, place) for place in page]
        members = {"elections": [one for one in found if one]}
        if len(places) == len(page):
            return json_answer(members, caching=AT_ONCE)
        following = hosted.reference(f"/v1/elections?cursor={page[-1].id}&limit={limit}")
        return json_answer(members, caching=AT_ONCE, link=f'<{following}>; rel="next"')

    @router.get(
        "/v1/elections/{id}",
        **described("The state of an election", {200: Answered("Its state.", schemas.ELECTION)}, (*NONE, *FAILING)),
    )
    async def election(id: str) -> Response:
        return json_answer(await hosted.reading(summary, hosted.place(id)), caching=AT_ONCE)

    @router.get(
        "/v1/elections/{id}/manifest",
        **described(
            "The manifest, byte for byte",
            {200: Answered("Entry 0's payload.", schemas.ANYTHING), 304: Answered("Not changed.")},
            (*NONE,),
        ),
    )
    async def manifest(id: str, request: Request) -> Response:
        data = await hosted.reading(hosted.place(id).election.manifest.encode)
        return tagged(request, data, sha256(data).hex(), JSON, "public, max-age=60")

    @router.get(
        "/v1/elections/{id}/lines/{line}",
        **described(
            "A line, as a voter's device has to know it",
            {200: Answered("The line.", schemas.LINE)},
            (*NONE, *FAILING, "line-unknown", "request-malformed"),
        ),
    )
    async def line_(id: str, line: str) -> Response:
        place = hosted.place(id)
        found = await hosted.reading(place.election.line, line)
        members = {
            "line": found.line,
            "style": found.style,
            "weight": found.weight,
            "keys": [key.hex() for key in found.keys],
            "mark": _mark(found.mark),
            "prev": found.prev.hex(),
            "ballots": [_ballot(one) for one in found.ballots],
        }
        return json_answer(members)

    @router.get(
        "/v1/elections/{id}/lines/{line}/row",
        **described(
            "What the tally statement says of a line, proven",
            {200: Answered("The row and the receipt of the statement.", schemas.ROW)},
            (*NONE, *FAILING, "line-unknown", "not-stated", "request-malformed"),
        ),
    )
    async def row(id: str, line: str) -> Response:
        place = hosted.place(id)
        proof, statement = await hosted.reading(place.election.row, line)
        return json_answer({"row": proof.members(), "statement": statement.decode()})

    @router.get(
        "/v1/elections/{id}/lines/{line}/ballots/{tracker}",
        **described(
            "What became of a ballot",
            {200: Answered("The answer.", schemas.FOUND)},
            (*NONE, *FAILING, "line-unknown", "request-malformed"),
        ),
    )
    async def ballot(id: str, line: str, tracker: str) -> Response:
        place = hosted.place(id)
        return json_answer(await hosted.reading(_looked_up, place, line, tracker))

    return router


def _listed(place: Place) -> dict[str, object] | None:
    """The summary in the list of all; None where it can't be read, so that the others are listed all the same."""
    try:
        return summary(place)
    except E2EVoteError:
        return None


def summary(place: Place) -> dict[str, object]:
    """What one needs to know of an election before anything else."""
    election = place.election
    status, manifest = election.status(), election.manifest
    joint = status.joint
    return {
        "id": election.id,
        "name": dict(manifest.election.name.items()),
        "phase": status.phase.value,
        "paused": status.paused,
        "opens": status.opens,
        "closes": status.closes,
        "frozen": status.frozen,
        "size": status.size,
        "base_hash": status.base_hash.hex(),
        "extended_base_hash": status.h_e.hex(),
        "log_key": status.log_key,
        "joint_key": {"K": joint.K.encode().hex(), "K_hat": joint.K_hat.encode().hex()} if joint else None,
        "test_group": status.test_group,
        "eligibility": "roll" if manifest.roll else "open",
        "challenges": manifest.box.challenges,
        "batch_ms": manifest.box.batch_ms,
    }


def _looked_up(place: Place, line: str, tracker: str) -> dict[str, object]:
    """What became of one ballot, and the receipts of all of its line."""
    found: Found = place.election.lookup(line, tracker)
    # Of a line with very many ballots not all receipts are made: that would take the server's time from others.
    proven = {one.index for one in found.ballots[-MOST_PROVEN:]}
    proven |= {one.index for one in found.ballots if one.tracker == found.tracker}
    ballots = [
        {**_ballot(one), "receipt": _receipt(place, one) if one.index in proven else ""} for one in found.ballots
    ]
    return {
        "status": found.status.value,
        "line": found.line,
        "tracker": found.tracker,
        "elsewhere": found.elsewhere,
        "phase": found.phase.value,
        "mark": _mark(found.mark),
        "ballots": ballots,
    }


def _receipt(place: Place, listed: Listed) -> str:
    return place.election.receipt(listed.index).decode()


def _ballot(listed: Listed) -> dict[str, object]:
    return {"index": listed.index, "tracker": listed.tracker, "status": listed.status.value}


def _mark(mark: MarkAt | None) -> dict[str, object] | None:
    return {"channel": mark.channel, "index": mark.index} if mark else None


def _page(request: Request) -> tuple[int, str]:
    """How many are asked for, and after which."""
    unknown = set(request.query_params) - {"cursor", "limit"}
    limit = request.query_params.get("limit", str(MOST_LISTED))
    if unknown or not (limit.isascii() and limit.isdecimal()) or not 1 <= int(limit[:4]) <= MOST_LISTED:
        raise Problem("request-malformed", f"the query has cursor, and limit from 1 to {MOST_LISTED}")
    return int(limit[:4]), request.query_params.get("cursor", "")
