"""The JSON of the routes that need a token or a signature, and examples of it (docs/http-acts.md)."""

from collections.abc import Mapping

from e2evote.adapter.api.described import BOOLEAN, COUNT, ID, TEXT, Schema, array, hexadecimal, members, one_of, or_null
from e2evote.adapter.api.operations import DONE, FAILED, KINDS, RUNNING
from e2evote.adapter.api.rehearsed import TO
from e2evote.adapter.api.schemas import ACCEPTED, ANYTHING, ELECTION, PHASE
from e2evote.adapter.api.webhook_events import EVENTS
from e2evote.manifest.voters import PAPER

VOTER: Schema = members({"voter_ref": {"type": "string", "minLength": 1, "maxLength": 200}})
VOTER_EXAMPLE = {"voter_ref": "6f1c2a9e-voter-0017"}
CLIENT = members({"url": TEXT, "expires": TEXT})
CLIENT_EXAMPLE = {
    "url": "https://vote.example/elections/council-2030/client/#session=R3x…",
    "expires": "2030-05-01T09:00:00Z",
}

_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
NEW = members({"id": {**ID, "maxLength": 63}, "organisation": _NAME})
NEW_EXAMPLE = {"id": "council-2030", "organisation": "Society"}
LOG = members({"id": one_of("log"), "key": hexadecimal(32), "organisation": TEXT, "role": one_of("log")})
DRAFT = members({"id": ID, "log": LOG, "manifest": or_null(TEXT)})
DRAFT_EXAMPLE = {
    "id": "council-2030",
    "log": {"id": "log", "key": "5b" * 32, "organisation": "Society", "role": "log"},
    "manifest": "{…}",
}
MANIFEST: Schema = {"type": "object", "description": "docs/record-format.md, Manifest"}

LEAF: Schema = {"type": "string", "minLength": 1, "maxLength": 4096, "description": "canonical JSON"}
_ENTRY = members({"leaf": LEAF}, {"payload": TEXT})
_VERSION: Schema = {"type": "integer", "const": 1}
_DRAFTED = members({"draft": one_of("e2evote"), "leaf": ANYTHING, "v": _VERSION}, {"payload": TEXT})
_FOUND = members({"to": one_of("setup"), "leaf": LEAF})
_REHEARSED = members({"to": one_of(*TO)}, {"reason": TEXT, "close": TEXT})
_MARKED = members({"line": TEXT, "channel": one_of(*PAPER)})
_NUMBERS: Schema = {"type": "object", "additionalProperties": COUNT}
_VOTES: Schema = {"type": "object", "additionalProperties": _NUMBERS}
_COUNTED = members({"channel": one_of(*PAPER), "votes": _VOTES}, {"spoiled": _NUMBERS})
MORE: Mapping[str, tuple[Schema, ...]] = {"channel-marks": (_MARKED, _COUNTED), "transitions": (_FOUND, _REHEARSED)}
"""What else an address takes: a draft's entry 0, and in a rehearsal acts without an entry."""

ENTRY_EXAMPLES: Mapping[str, object] = {
    "channel-marks": {"line": "0000017", "channel": "in_person"},
    "transitions": {"to": "closed"},
}
ENTRY_EXAMPLE = {"leaf": '{"author":"chair","body":{},"kind":"close",…}'}
STATE = members({"phase": PHASE, "paused": BOOLEAN, "size": COUNT})
SETTLED: Schema = {"anyOf": [ACCEPTED, STATE]}
BEGUN: Schema = {"anyOf": [ACCEPTED, ELECTION]}
STATE_EXAMPLE = {"phase": "closed", "paused": False, "size": 117}

ASKED = members({"kind": one_of(*KINDS)})
ASKED_EXAMPLE = {"kind": "verify"}
_FAILURE = members({"code": TEXT, "detail": TEXT})
OPERATION = members(
    {
        "operation": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "kind": one_of(*KINDS),
        "election": ID,
        "status": one_of(RUNNING, DONE, FAILED),
        "progress": members({"done": COUNT, "total": COUNT}),
    },
    {"result": ANYTHING, "error": _FAILURE},
)
OPERATION_EXAMPLE = {
    "operation": "0f" * 16,
    "kind": "verify",
    "election": "council-2030",
    "status": "running",
    "progress": {"done": 41, "total": 117},
}

_RECEIVER = members(
    {"url": TEXT, "events": array(one_of(*EVENTS)), "waiting": COUNT, "delivered": COUNT, "given_up": COUNT}
)
WEBHOOKS = members({"public_key": or_null(TEXT), "endpoints": array(_RECEIVER)})
WEBHOOKS_EXAMPLE = {
    "public_key": "whpk_" + "A" * 43 + "=",
    "endpoints": [
        {
            "url": "https://members.example/hooks/e2evote",
            "events": ["election.closed", "tally.published"],
            "waiting": 0,
            "delivered": 2,
            "given_up": 0,
        }
    ],
}


def entry(path: str) -> Schema:
    """The bodies that an address for signed entries takes."""
    return {"anyOf": [_ENTRY, _DRAFTED, *MORE.get(path, ())]}
