"""The web application: routes, problems and the gate together (docs/http.md)."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from e2evote import __version__
from e2evote.adapter.api import acts, casting, client_files, elections, health, published, sessions
from e2evote.adapter.api.document import described_api
from e2evote.adapter.api.gate import CODE, INSTANCE, Gate, internal, new_instance
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.problems import FieldError, Problem, answer_to
from e2evote.adapter.http_server import App
from e2evote.adapter.web import pages
from e2evote.errors import E2EVoteError

ROUTES: tuple[Callable[[Hosted], APIRouter], ...] = (
    health.routes,
    elections.routes,
    casting.routes,
    sessions.routes,
    published.routes,
    client_files.routes,
    acts.routes,
    pages.routes,
)
"""Everything that is served, each part by its own function."""


def make_app(hosted: Hosted, *parts: APIRouter) -> App:
    """The application of these elections. parts: what is served besides, with whole paths."""
    routers = (*(routes(hosted) for routes in ROUTES), *parts)
    return Gate(routed(*routers), routers, hosted)


def routed(*routers: APIRouter) -> FastAPI:
    """The routes with their problems, without the gate."""
    app = FastAPI(
        title="e2evote",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(E2EVoteError, _refused)
    app.add_exception_handler(Problem, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _missing)
    app.add_exception_handler(Exception, _unforeseen)
    return app


def openapi(*routers: APIRouter) -> dict[str, Any]:
    """The description of these routes: OpenAPI 3.1, as docs/openapi.json has it."""
    return described_api(routed(*routers).openapi())


async def _refused(request: Request, error: Exception) -> Response:
    answer = answer_to(error)
    request.scope[CODE] = answer.code
    return answer.response()


async def _invalid(_request: Request, error: Exception) -> Response:
    """What FastAPI itself finds in paths and queries, without what was sent."""
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    errors = [FieldError("".join(f"/{part}" for part in one["loc"]), str(one["msg"])) for one in found]
    return Problem("request-malformed", errors=errors).answer.response()


async def _missing(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    code = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(status, "request-malformed")
    return Problem(code).answer.response()


async def _unforeseen(request: Request, _error: Exception) -> Response:
    """The error goes on to the gate, which logs it."""
    request.scope[INSTANCE] = new_instance()
    return internal(request.scope[INSTANCE]).response()
