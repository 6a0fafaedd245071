"""What everybody computes from the log: reconciliation, and the facts of a report (docs/spec.md section 15)."""

from typing import Any

from reference import canonical as form
from reference.electorate import NONE, ONLINE, Electorate
from reference.entries import Leaf
from reference.manifest import Manifest
from reference.payloads_tally import STATUSES, read_reconciliation
from reference.phases import History
from reference.voter_bodies import head


def reconciliation(electorate: Electorate) -> dict[str, Any]:
    """How many lines of which channel and status, and of each registrar's credentials."""
    manifest, rows = electorate.manifest, electorate.rows()
    registrars = []
    for party in manifest.registrars:
        used = unused = revoked = 0
        for line in electorate.lines.values():
            for credential in line.credentials.get(party, []):
                if credential.used:
                    used += 1
                elif line.active.get(party) is credential:
                    unused += 1
                else:
                    revoked += 1
        issued = used + unused + revoked
        registrars.append({"issued": issued, "party": party, "revoked": revoked, "unused": unused, "used": used})
    return {
        "channels": [
            {"channel": channel, "lines": sum(row["channel"] == channel for row in rows)}
            for channel in manifest.voters.channels
        ],
        "lines": len(rows),
        "none": [
            {"lines": sum(row["status"] == status for row in rows), "status": status} for status in STATUSES[NONE]
        ],
        "registrars": registrars,
    }


def facts(history: History, electorate: Electorate, report: Leaf, root: bytes) -> dict[str, Any]:
    """The facts of a report leaf; `root` is that of the log before it."""

    def count(leaves: list[Leaf], kind: str, **members: str) -> int:
        return sum(
            leaf.index < report.index and leaf.kind == kind and members.items() <= leaf.body.items() for leaf in leaves
        )

    def by(party: str, kind: str) -> int:
        return sum(leaf.index < report.index and (leaf.kind, leaf.author) == (kind, party) for leaf in taken)

    taken, allowed, rows = electorate.taken, history.leaves, electorate.rows()
    summary = reconciliation(electorate)
    twice = [line for line in electorate.lines.values() if any(len(its) > 1 for its in line.credentials.values())]
    return {
        "access": {name: count(allowed, "access", of=name) for name in ("register", "roll")},
        "amendments": {
            "added": count(taken, "roll.add"),
            "contacts": count(taken, "roll.contact"),
            "removed": count(taken, "roll.remove"),
        },
        "challenges": count(allowed, "challenge"),
        "checked": count(allowed, "checked"),
        "credentials": [
            {
                "issued": its["issued"],
                "party": its["party"],
                "reissued": by(its["party"], "credential.reissue"),
                "revocations": by(its["party"], "credential.revoke"),
            }
            for its in summary["registrars"]
        ],
        "head": {"root": root.hex(), "size": report.index},
        "incidents": count(allowed, "incident"),
        "pauses": count(allowed, "pause"),
        "reconciliation": summary,
        "superseded": sum(row["status"] == "superseded" for row in rows),
        "twice": {"lines": len(twice), "voted": sum(line.row()["channel"] == ONLINE for line in twice)},
    }


def read_report(raw: bytes, manifest: Manifest) -> dict[str, Any]:
    """ "Report": its facts; the scrutineer's words are texts."""
    report = form.members(form.decode(raw), ("facts", "words"))
    words = form.members(report["words"], ("complaints", "inspected", "opinion", "why"))
    form.boolean(words["inspected"])
    for name in ("complaints", "opinion", "why"):
        form.string(words[name], 0, 10_000)
    numbers = ("challenges", "checked", "incidents", "pauses", "superseded")
    groups = {
        "access": ("register", "roll"),
        "amendments": ("added", "contacts", "removed"),
        "twice": ("lines", "voted"),
    }
    said = form.members(report["facts"], (*numbers, *groups, "credentials", "head", "reconciliation"))
    for name in numbers:
        form.integer(said[name])
    for name, members in groups.items():
        for value in form.members(said[name], members).values():
            form.integer(value)
    parties = manifest.registrars
    for party, item in zip(parties, form.array(said["credentials"], len(parties), len(parties)), strict=True):
        form.members(item, ("issued", "party", "reissued", "revocations"))
        form.exactly(item["party"], party)
        for name in ("issued", "reissued", "revocations"):
            form.integer(item[name])
    head(said["head"])
    read_reconciliation(said["reconciliation"], manifest)
    return said
