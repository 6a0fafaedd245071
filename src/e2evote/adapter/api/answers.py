"""What routes answer with: JSON, texts and files, and conditions on them."""

import json
from collections.abc import Mapping

from fastapi import Request, Response

from e2evote.adapter.static_server import has_tag

JSON = "application/json"
Members = Mapping[str, object]


def json_answer(members: Members, status: int = 200, *, caching: str = "", **headers: str) -> Response:
    """An answer of one JSON object. caching: of the Cache-Control header; "" for none at all."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if caching:
        named["cache-control"] = caching
    return Response(json.dumps(dict(members), ensure_ascii=False).encode(), status, named, media_type=JSON)


def tagged(request: Request, data: bytes, tag: str, media_type: str, caching: str) -> Response:
    """Bytes with a strong entity tag; nothing of them where the reader has the same already."""
    headers = {"cache-control": caching, "etag": f'"{tag}"'}
    if has_tag(request.headers.get("if-none-match", ""), f'"{tag}"'):
        return Response(status_code=304, headers=headers)
    return Response(data, 200, headers, media_type=media_type)
