"""The audit page: what a verification in the background found, in the order and words of docs/verification.md."""

import json
from collections.abc import Mapping
from typing import Any

from e2evote.adapter.audits import Audits, AuditView
from e2evote.adapter.election import Election
from e2evote.adapter.web.pages.facts import announced, every_page, head_of
from e2evote.adapter.web.pages.render import Visit
from e2evote.verify.checks import CLAIMS

MOST_SHOWN = 20
"""Failures of one check that the page lists; the JSON has all that the report has."""


def audit_page(election: Election, audits: Audits, visit: Visit) -> dict[str, object]:
    """The state of the verification, and the report of the last one that ended."""
    view = audits.look()
    page = every_page(election, visit, "audit") | {
        "anchors": announced(election.status()),
        "done": view.done,
        "failure": view.failure,
        "head": head_of(election),
        "older": not view.current,
        "report": None,
        "state": view.state,
        "total": view.total,
    }
    return page | _report(view.report, visit) if view.report else page


def audit_json(view: AuditView) -> bytes:
    """The same for programs. `current`: the report is of the head."""
    members = {
        "current": view.current,
        "failure": view.failure,
        "head": {"root": view.head.root.hex(), "size": view.head.size} if view.head else None,
        "progress": {"done": view.done, "total": view.total},
        "report": view.report,
        "state": view.state,
    }
    return json.dumps(members).encode()


def _report(report: Mapping[str, Any], visit: Visit) -> dict[str, object]:
    checks = report["checks"]
    return {
        "cosigned": [
            {
                "note": note["note"],
                "size": note["size"],
                "witnesses": [
                    {"name": one["name"], "time": visit.words.at(int(one["time"]))} for one in note["witnesses"]
                ],
            }
            for note in report["cosigned"]
        ],
        "failures": [
            {
                "check": one["check"],
                "more": one["failed"] - len(one["failures"][:MOST_SHOWN]),
                "shown": one["failures"][:MOST_SHOWN],
            }
            for one in checks
            if one["failed"]
        ],
        "groups": [
            {"name": name, "checks": [one for one in checks if _group(one) == name]}
            for name in dict.fromkeys(map(_group, checks))
        ],
        "report": {
            "counts": report["counts"],
            "not_claimed": [claim for claim in CLAIMS if report["claims"] and not report["claims"][claim]],
            "root": report["root"],
            "size": report["size"],
            "unreadable": report["unreadable"],
            "verdict": report["verdict"],
        },
    }


def _group(check: Mapping[str, Any]) -> str:
    """What the check is about: the first part of its name."""
    return str(check["check"]).partition(".")[0]
