"""Changes that must say what they change: `If-Match` with the entity tag that was read (RFC 9110, 13.1; RFC 6585)."""

from fastapi import Request

from e2evote.adapter.api.problems import Problem
from e2evote.adapter.static_server import has_tag
from e2evote.hashing.digest import sha256


def tag_of(data: bytes) -> str:
    """The strong entity tag of these bytes."""
    return f'"{sha256(data).hex()}"'


def check_match(request: Request, tag: str) -> None:
    """Problem `precondition-required` without the header, `precondition-failed` where it has another tag.

    A weak tag never matches, since nothing weaker than the same bytes will do.
    """
    condition = request.headers.get("if-match")
    if condition is None:
        raise Problem("precondition-required", "this needs the header If-Match with the entity tag that you read")
    strong = ",".join(one for one in condition[:2000].split(",") if not one.strip().startswith("W/"))
    if not has_tag(strong, tag):
        raise Problem("precondition-failed", "somebody has changed it since; read it again", headers={"etag": tag})
