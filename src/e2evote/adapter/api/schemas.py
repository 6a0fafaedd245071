"""The JSON of the public routes, as docs/openapi.json describes it (docs/http.md)."""

from e2evote.adapter.api.described import (
    BOOLEAN,
    COUNT,
    ID,
    TEXT,
    Schema,
    array,
    hexadecimal,
    members,
    one_of,
    or_null,
)
from e2evote.manifest.entries import Phase
from e2evote.verify.lookup import Lookup

HASH = hexadecimal(32)
TRACKER: Schema = {"type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z-]+$"}
PHASE = one_of(*(phase.value for phase in Phase))
STATUS = one_of(*(status.value for status in Lookup))
BYTES: Schema = {"type": "string", "format": "binary"}
MARK = or_null(members({"channel": TEXT, "index": COUNT}))

ELECTION = members(
    {
        "id": ID,
        "name": {"type": "object", "additionalProperties": TEXT},
        "phase": PHASE,
        "paused": BOOLEAN,
        "opens": TEXT,
        "closes": TEXT,
        "frozen": TEXT,
        "size": COUNT,
        "base_hash": HASH,
        "extended_base_hash": {"type": "string", "pattern": "^([0-9a-f]{64})?$"},
        "log_key": TEXT,
        "joint_key": or_null(members({"K": hexadecimal(0), "K_hat": hexadecimal(0)})),
        "test_group": BOOLEAN,
        "eligibility": one_of("open", "roll"),
        "challenges": COUNT,
        "batch_ms": COUNT,
    }
)
ELECTIONS = members({"elections": array(ELECTION)})

LISTED = {"index": COUNT, "tracker": TRACKER, "status": STATUS}
LINE = members(
    {
        "line": TEXT,
        "style": TEXT,
        "weight": COUNT,
        "keys": array(HASH),
        "mark": MARK,
        "prev": HASH,
        "ballots": array(members(LISTED)),
    }
)
FOUND = members(
    {
        "status": STATUS,
        "line": TEXT,
        "tracker": TRACKER,
        "elsewhere": BOOLEAN,
        "phase": PHASE,
        "mark": MARK,
        "ballots": array(members({**LISTED, "receipt": TEXT})),
    }
)
ROW = members(
    {
        "row": members(
            {
                "index": COUNT,
                "kind": TEXT,
                "proof": array(HASH),
                "row": members({"channel": TEXT, "leaf": hexadecimal(0), "line": TEXT, "status": TEXT}),
                "v": COUNT,
            }
        ),
        "statement": TEXT,
    }
)

BALLOT = members({"leaf": TEXT, "payload": TEXT}, {"hints": TEXT})
CHALLENGE = members({"leaf": TEXT, "payload": TEXT, "session": HASH}, {"hints": TEXT})
ACCEPTED = members({"status": one_of("accepted"), "index": COUNT, "again": BOOLEAN, "receipt": TEXT})
STORED = members({"status": one_of("stored"), "detail": TEXT, "submission": HASH})

TOKEN = members({"token": TEXT})
NOTHING = members({})
SESSION = members({"session": HASH})

_HEALTH = {"id": ID, "status": one_of("ok", "waiting", "failing"), "phase": TEXT, "size": COUNT, "waiting": TEXT}
HEALTH = members(
    {"status": one_of("ok", "failing"), "version": TEXT, "elections": array(members(_HEALTH, {"code": TEXT}))}
)
ANYTHING: Schema = {"type": "object"}
"""JSON whose form docs/record-format.md describes."""
