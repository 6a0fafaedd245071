"""What is published: the board, the whole record as one file, and what the record says in the end (docs/http.md)."""

from fastapi import APIRouter, Request, Response

from e2evote.adapter.api import schemas
from e2evote.adapter.api.answers import JSON, json_answer
from e2evote.adapter.api.archive_answer import ZIP, ArchiveResponse
from e2evote.adapter.api.body import HELD
from e2evote.adapter.api.buckets import priced
from e2evote.adapter.api.described import Answered, described
from e2evote.adapter.api.elections import FAILING, NONE
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.published import PublishedLog
from e2evote.adapter.static_server import AT_ONCE, board_file, has_tag
from e2evote.board.checkpoint import decode_text
from e2evote.board.note import decode_note


def routes(hosted: Hosted) -> APIRouter:
    """The routes of these."""
    router = APIRouter(tags=["public"])

    @router.get(
        "/v1/elections/{id}/board/{name:path}",
        **described(
            "A file of the board",
            {200: Answered("The file.", schemas.BYTES, "application/octet-stream"), 304: Answered("Not changed.")},
            (*NONE, "not-found"),
        ),
    )
    async def board(id: str, name: str, request: Request) -> Response:
        answer = await board_file(request, hosted.place(id).election.record_path, name)
        if answer is None:
            raise Problem("not-found")
        return answer

    @router.get(
        "/v1/elections/{id}/record.zip",
        **described(
            "The whole record as one file",
            {200: Answered("The archive.", schemas.BYTES, ZIP), 304: Answered("Not changed.")},
            (*NONE, *FAILING),
        ),
    )
    @priced("archives")
    async def record(id: str, request: Request) -> Response:
        place = hosted.place(id)
        note = await hosted.reading(PublishedLog(place.election.record_path).checkpoint)
        tag = f'"{decode_text(decode_note(note).text).root.hex()}"'
        headers = {"cache-control": AT_ONCE, "etag": tag}
        if has_tag(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        headers["content-disposition"] = f'attachment; filename="{place.id}.zip"'
        return ArchiveResponse(hosted, request.scope[HELD].client, place.election.record_path, note, headers)

    @router.get(
        "/v1/elections/{id}/result",
        **described(
            "The decrypted numbers, and who is elected",
            {200: Answered("As docs/http.md says.", schemas.ANYTHING)},
            (*NONE, *FAILING, "no-outcome"),
        ),
    )
    async def result(id: str) -> Response:
        place = hosted.place(id)
        outcome = await hosted.reading(place.election.outcome)
        return Response(outcome.encode(), headers={"cache-control": AT_ONCE}, media_type=JSON)

    @router.get(
        "/v1/elections/{id}/reconciliation",
        **described(
            "Lines by what became of them",
            {200: Answered("As docs/http.md says.", schemas.ANYTHING)},
            (*NONE, *FAILING, "not-stated"),
        ),
    )
    async def reconciliation(id: str) -> Response:
        place = hosted.place(id)
        table = await hosted.reading(place.election.reconciliation)
        return json_answer(table.members(), caching=AT_ONCE)

    @router.get(
        "/v1/elections/{id}/report",
        **described(
            "The scrutineers' reports",
            {200: Answered("As docs/http.md says.", schemas.ANYTHING)},
            (*NONE, *FAILING, "no-report"),
        ),
    )
    async def report(id: str) -> Response:
        place = hosted.place(id)
        leaves = await hosted.reading(place.election.report)
        reports = [{"index": one.index, "author": one.author, **one.report.members()} for one in leaves]
        return json_answer({"reports": reports}, caching=AT_ONCE)

    return router
