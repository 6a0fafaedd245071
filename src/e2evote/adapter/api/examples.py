"""Examples of what public routes take and answer, for docs/openapi.json: one for each form, and some by address."""

from collections.abc import Mapping
from typing import Any

from e2evote.adapter.api import schemas
from e2evote.adapter.api.described import Schema

_HASH = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
_TRACKER = "3X7K-9QHV-2MPR-4T8W-6ZBC-1DFG-5JNE-0SYA"
_RECEIPT = "c2sp.org/tlog-proof@v1\nextra …\nindex 17\n…\n\nvote.example/council-2030\n42\n…"
_LINE = "0000017"
_SESSION = "9f" * 32
_BALLOT: Mapping[str, Any] = {"index": 17, "tracker": _TRACKER, "status": "recorded"}

ELECTION = {
    "id": "council-2030",
    "name": {"en": "Council", "cy": "Cyngor"},
    "phase": "open",
    "paused": False,
    "opens": "2030-05-01T08:00:00Z",
    "closes": "2030-05-14T20:00:00Z",
    "frozen": "2030-04-01T00:00:00Z",
    "size": 42,
    "base_hash": _HASH,
    "extended_base_hash": _HASH,
    "log_key": "vote.example/council-2030+44f4bfb8+ASvYQMEM0VSJteH3yL2/cRzEDvv77Ixkptq209VR7Lz8",
    "joint_key": {"K": "0c5d", "K_hat": "a1f0"},
    "test_group": False,
    "eligibility": "roll",
    "challenges": 5,
    "batch_ms": 1000,
}
_CAST = {"leaf": '{"author":"voter","body":{…},"kind":"ballot",…}', "payload": "{…}"}

OF_FORMS: tuple[tuple[Schema, Any], ...] = (
    (schemas.ACCEPTED, {"status": "accepted", "index": 17, "again": False, "receipt": _RECEIPT}),
    (schemas.BALLOT, _CAST),
    (schemas.CHALLENGE, {**_CAST, "session": _SESSION}),
    (schemas.ELECTION, ELECTION),
    (schemas.ELECTIONS, {"elections": [ELECTION]}),
    (
        schemas.FOUND,
        {
            "status": "recorded",
            "line": _LINE,
            "tracker": _TRACKER,
            "elsewhere": False,
            "phase": "open",
            "mark": {"channel": "postal", "index": 40},
            "ballots": [{**_BALLOT, "receipt": _RECEIPT}],
        },
    ),
    (
        schemas.HEALTH,
        {
            "status": "ok",
            "version": "0.1.0",
            "elections": [{"id": "council-2030", "status": "ok", "phase": "open", "size": 42, "waiting": ""}],
        },
    ),
    (
        schemas.LINE,
        {
            "line": _LINE,
            "style": "all",
            "weight": 1,
            "keys": [_HASH, _HASH],
            "mark": {"channel": "postal", "index": 40},
            "prev": _HASH,
            "ballots": [_BALLOT],
        },
    ),
    (schemas.NOTHING, {}),
    (
        schemas.ROW,
        {
            "row": {
                "index": 16,
                "kind": "e2evote-row",
                "proof": [_HASH],
                "row": {"channel": "online", "leaf": _HASH, "line": _LINE, "status": "counted"},
                "v": 1,
            },
            "statement": _RECEIPT,
        },
    ),
    (schemas.SESSION, {"session": _SESSION}),
    (schemas.STORED, {"status": "stored", "detail": "waiting for the next batch", "submission": _HASH}),
    (schemas.TOKEN, {"token": "R3x…"}),
)

_NONE = [{"lines": 0, "status": "annulled"}, {"lines": 9, "status": "not-voted"}, {"lines": 0, "status": "removed"}]
_CONTEST = {
    "ballots": 31,
    "contest": "chair",
    "elected": ["ada"],
    "status": "decrypted",
    "tied": [],
    "undervotes": 1,
    "vacant": 0,
}
OF_ADDRESSES: Mapping[str, Any] = {
    "/v1/elections/{id}/manifest": {"kind": "manifest", "v": 1},
    "/v1/elections/{id}/reconciliation": {
        "channels": [{"channel": "online", "lines": 31}],
        "lines": 40,
        "none": _NONE,
        "registrars": [{"party": "rita", "issued": 40, "revoked": 0, "unused": 9, "used": 31}],
    },
    "/v1/elections/{id}/report": {"reports": [{"index": 44, "author": "sam", "facts": {}, "words": {}}]},
    "/v1/elections/{id}/result": {
        "cells": [{"channel": "online", "contest": "chair", "option": "ada", "votes": 20}],
        "contests": [_CONTEST],
        "trustees": [1, 2, 3],
    },
}
"""Where the form is another page's (docs/record-format.md): how it begins."""


def example_of(schema: Any, path: str) -> Any:
    """An example of this form, at this address; None where there is none."""
    found = next((example for form, example in OF_FORMS if form == schema), None)
    return OF_ADDRESSES.get(path) if found is None and schema == schemas.ANYTHING else found
