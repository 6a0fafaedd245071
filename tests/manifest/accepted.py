"""The manifest that the tests here change in one place at a time, and the ways to change it."""

import copy
import re
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from e2evote.hashing import canonical
from e2evote.manifest.entries import KINDS

ABSENT = object()
"""As a value: take the member away."""


def public_key(number: int) -> str:
    """The Ed25519 key of a seed that everybody knows."""
    private = Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))
    return private.public_key().public_bytes_raw().hex()


def party(number: int, id: str, role: str) -> dict[str, Any]:
    return {"id": id, "key": public_key(number), "organisation": f"Society {number}", "role": role}


def option(id: str, limit: int, **name: str) -> dict[str, Any]:
    return {"id": id, "limit": limit, "name": name}


ACCEPTED: dict[str, Any] = {
    "assets": {},
    "box": {"batch_ms": 1000, "challenges": 5},
    "channels": {"list": ["online"], "precedence": ["online"]},
    "claims": {"channels": False, "eligibility": False, "floor": True, "witnesses": False},
    "contests": [
        {
            "id": "chair",
            "method": {"blank": "counted", "kind": "choose", "limit": 1},
            "name": {"cy": "Cadeirydd", "en": "Chair"},
            "options": [option("ada", 1, en="Ada Øre", cy="Ada Øre"), option("bo", 1, en="Bo Łuk", cy="Bo Łuk")],
            "outcome": {
                "seats": 1,
                "threshold": {"of": "ballots", "rule": "more_than", "share": [1, 2]},
                "ties": {"rule": "lot"},
            },
        },
        {
            "id": "council",
            "method": {"blank": "uncounted", "kind": "choose", "limit": 3},
            "name": {"en": "Council"},
            "options": [option("cyd", 2, en="Cyd"), option("dee", 1, en="Dee"), option("eli", 3, en="Eli")],
            "outcome": {"seats": 2, "threshold": {"rule": "none"}, "ties": {"rule": "report"}},
        },
    ],
    "dates": {"close": "2026-03-02T18:00:00Z", "open": "2026-03-01T06:00:00Z", "tolerance": 300},
    "election": {"id": "spring-2026", "name": {"en": "Spring election"}},
    "eligibility": {"kind": "open"},
    "entries": {
        kind.name: {
            "authors": list(kind.authors),
            "phases": [phase.value for phase in kind.phases],
            "signatures": kind.signatures(0),
        }
        for kind in KINDS.values()
    },
    "floor": {"fallback": "withhold", "minimum": 5},
    "group": "electionguard-2.1-4096",
    "kind": "manifest",
    "origin": "board.example/spring-2026",
    "parties": [
        party(1, "office", "administrator"),
        party(2, "log", "log"),
        party(3, "north", "trustee"),
        party(4, "south", "trustee"),
        party(5, "teller", "teller"),
        party(6, "east", "trustee"),
    ],
    "quorum": 2,
    "rules": {"annulment": "never", "reissue": "never", "revote": "last"},
    "styles": [
        {"contests": ["chair"], "id": "part", "name": {"en": "Chair only"}},
        {"contests": ["chair", "council"], "id": "whole", "name": {"en": "Both"}},
    ],
    "v": 1,
    "weights": {"fallback": "none", "values": [1]},
    "witnesses": {"policy": ""},
}


def steps(place: str) -> list[str | int]:
    """`contests[0].id` as the names and positions that lead there; kinds of entries have dots of their own."""
    if place.startswith("entries."):
        rest = place.removeprefix("entries.")
        kind = next((kind for kind in KINDS if rest == kind or rest.startswith(f"{kind}.")), rest)
        return ["entries", kind, *(name for name in rest.removeprefix(kind).split(".") if name)]
    return [int(part[1:-1]) if part.startswith("[") else part for part in re.findall(r"\[\d+\]|[^.\[]+", place)]


def at(place: str, manifest: dict[str, Any] = ACCEPTED) -> Any:
    """What stands at the place."""
    value: Any = manifest
    for step in steps(place):
        value = value[step]
    return value


def changed(place: str, value: Any) -> dict[str, Any]:
    """The accepted manifest with this one change; a position just past a list's end appends."""
    manifest = copy.deepcopy(ACCEPTED)
    *path, last = steps(place)
    inside: Any = manifest
    for step in path:
        inside = inside[step]
    if value is ABSENT:
        del inside[last]
    elif isinstance(inside, list) and last == len(inside):
        inside.append(value)
    else:
        inside[last] = value
    return manifest


def encoded(manifest: Any) -> bytes:
    return canonical.encode(manifest)
