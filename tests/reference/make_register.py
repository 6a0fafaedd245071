"""Who may vote and what counts, as the maker sees it: docs/spec.md sections 7, 13, 14.1 and 15.

It believes every leaf that it is given: whoever makes records says which leaves have an effect.
"""

from collections import Counter
from dataclasses import dataclass, field

from reference.make_json import Json
from reference.make_manifest import ElectionSpec

NO_PREVIOUS = "0" * 64


@dataclass(slots=True)
class BallotLeaf:
    """Of a ballot leaf what spec 7 "Which ballots count" looks at, the keys that sign it, and the sealed ballot."""

    leaf_hash: str
    body: Json
    sealed: Json
    keys: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Register:
    """The state after the leaves so far."""

    spec: ElectionSpec
    lines: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    trackers: set[str] = field(default_factory=set)
    challenged: set[str] = field(default_factory=set)
    chains: dict[str, list[BallotLeaf]] = field(default_factory=dict)
    annulled: set[str] = field(default_factory=set)
    marks: dict[str, str] = field(default_factory=dict)
    roll: dict[str, Json] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    keys: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)  # by registrar and line
    live: dict[tuple[str, str], int] = field(default_factory=dict)
    last: Counter[str] = field(default_factory=Counter)
    used: set[tuple[str, int]] = field(default_factory=set)
    happened: list[tuple[str, str, Json]] = field(default_factory=list)  # kind, author, body

    def previous(self, line: str) -> str:
        return self.chains[line][-1].leaf_hash if line in self.chains else NO_PREVIOUS

    def registrars(self) -> tuple[str, ...]:
        return self.spec.roll.parties if self.spec.roll else ()

    def happenings(self, of: str) -> int:
        """Leaves of this kind so far."""
        return sum(kind == of for kind, _, _ in self.happened)

    def take(self, kind: str, author: str, body: Json) -> None:
        """Any leaf but ballots and those with rows."""
        self.happened.append((kind, author, dict(body)))
        line = body.get("line", "")
        if kind == "challenge":
            self.challenged.add(body["id"])
        elif kind == "roll.add":
            self.enter(body["row"])
        elif kind == "roll.remove":
            self.removed.add(line)
            self.live = {place: number for place, number in self.live.items() if place[1] != line}
        elif kind == "roll.contact" and self.spec.roll:
            self.roll[line]["commitments"][self.spec.roll.fields.index(body["field"])] = body["new"]
        elif kind == "credential.reissue":
            self.give(author, line, body["number"], body["key"])
        elif kind == "credential.revoke":
            self.live.pop((author, line), None)
        elif kind == "mark":
            self.marks[line] = body["channel"]
        elif kind == "annul":
            self.annulled.add(body["ballot"])

    def enter(self, row: Json) -> None:
        self.roll[row["line"]] = {**row, "commitments": list(row["commitments"])}
        self.lines.add(row["line"])

    def give(self, registrar: str, line: str, number: int, key: str) -> None:
        self.keys.setdefault((registrar, line), []).append((number, key))
        self.live[registrar, line] = number
        self.last[registrar] = number

    def lacking(self, registrar: str) -> list[str]:
        """The lines that have never had a key of this registrar."""
        return sorted(x for x in self.roll if x not in self.removed and (registrar, x) not in self.keys)

    def ballot(self, ballot: BallotLeaf) -> None:
        body = ballot.body
        line = body["line"]
        if self.spec.roll is None:
            self.lines.add(line)
        fresh = body["id"] not in self.ids and body["tracker"] not in self.trackers
        allowed = line in self.lines and line not in self.removed and line not in self.marks
        if fresh and allowed and body["id"] not in self.challenged and body["prev"] == self.previous(line):
            self.chains.setdefault(line, []).append(ballot)
            for registrar in self.registrars():
                numbers = [n for n, key in self.keys.get((registrar, line), []) if key in ballot.keys]
                self.used |= {(registrar, number) for number in numbers}
        self.ids.add(body["id"])
        self.trackers.add(body["tracker"])

    def candidate(self, line: str) -> BallotLeaf | None:
        chain = self.chains.get(line, [])
        return chain[-1] if chain and chain[-1].leaf_hash not in self.annulled else None

    def row(self, line: str) -> Json:
        candidate = self.candidate(line)
        leaf = candidate.leaf_hash if candidate else ""
        if line in self.removed:
            said = ("none", "removed", "")
        elif line in self.marks:
            said = (self.marks[line], "superseded" if leaf else "marked", leaf)
        elif leaf:
            said = ("online", "counted", leaf)
        elif line in self.chains:
            said = ("none", "annulled", self.chains[line][-1].leaf_hash)
        else:
            said = ("none", "not-voted", "")
        return {"channel": said[0], "leaf": said[2], "line": line, "status": said[1]}

    def rows(self) -> list[Json]:
        return [self.row(line) for line in sorted(self.lines, key=str.encode)]

    def counted(self) -> dict[str, BallotLeaf]:
        """The ballots that count, by line."""
        found = {}
        for row in self.rows():
            candidate = self.candidate(row["line"])
            if row["status"] == "counted" and candidate is not None:
                found[row["line"]] = candidate
        return found

    def weight(self, line: str) -> int:
        return int(self.roll[line]["weight"]) if line in self.roll else 1

    def reconciliation(self) -> Json:
        rows = self.rows()
        channels, statuses = Counter(row["channel"] for row in rows), Counter(row["status"] for row in rows)
        registrars = []
        for party in self.registrars():
            numbers = [n for (registrar, _), its in self.keys.items() if registrar == party for n, _ in its]
            live = {number for (registrar, _), number in self.live.items() if registrar == party}
            used = sum((party, number) in self.used for number in numbers)
            unused = sum((party, number) not in self.used and number in live for number in numbers)
            registrars.append(
                {
                    "issued": len(numbers),
                    "party": party,
                    "revoked": len(numbers) - used - unused,
                    "unused": unused,
                    "used": used,
                }
            )
        return {
            "channels": [{"channel": name, "lines": channels[name]} for name in ("online", *self.spec.paper)],
            "lines": len(rows),
            "none": [{"lines": statuses[name], "status": name} for name in ("annulled", "not-voted", "removed")],
            "registrars": registrars,
        }

    def facts(self, root: bytes) -> Json:
        """Of a report that is the next leaf. `root` is the log's so far."""
        kinds = Counter(kind for kind, _, _ in self.happened)
        access = Counter(body["of"] for kind, _, body in self.happened if kind == "access")
        by = Counter((kind, author) for kind, author, _ in self.happened)
        summary, rows = self.reconciliation(), {row["line"]: row for row in self.rows()}
        twice = sorted({line for (_, line), its in self.keys.items() if len(its) > 1})
        return {
            "access": {name: access[name] for name in ("register", "roll")},
            "amendments": {
                "added": kinds["roll.add"],
                "contacts": kinds["roll.contact"],
                "removed": kinds["roll.remove"],
            },
            "challenges": kinds["challenge"],
            "checked": kinds["checked"],
            "credentials": [
                {
                    "issued": its["issued"],
                    "party": its["party"],
                    "reissued": by["credential.reissue", its["party"]],
                    "revocations": by["credential.revoke", its["party"]],
                }
                for its in summary["registrars"]
            ],
            "head": {"root": root.hex(), "size": 0},
            "incidents": kinds["incident"],
            "pauses": kinds["pause"],
            "reconciliation": summary,
            "superseded": sum(row["status"] == "superseded" for row in rows.values()),
            "twice": {"lines": len(twice), "voted": sum(rows[line]["channel"] == "online" for line in twice)},
        }
