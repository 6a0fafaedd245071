"""Who may vote, with which keys, and what counts, leaf by leaf: docs/spec.md sections 7, 13 and 14.1."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from reference.ed25519 import is_valid_key
from reference.entries import Leaf
from reference.manifest import Manifest
from reference.rows import Row, row_fault

NO_BALLOT = bytes(32)
NONE, ONLINE = "none", "online"


@dataclass(slots=True)
class Credential:
    """One number of one registrar."""

    number: int
    key: bytes
    used: bool = False


@dataclass(slots=True)
class Line:
    """What has happened to a line."""

    name: str
    style: str = ""
    weight: int = 1
    commitments: list[str] = field(default_factory=list)
    removed: bool = False
    credentials: dict[str, list[Credential]] = field(default_factory=dict)  # all of them, by registrar
    active: dict[str, Credential] = field(default_factory=dict)  # by registrar
    ballots: list[Leaf] = field(default_factory=list)  # valid ones
    annulled: set[bytes] = field(default_factory=set)
    channel: str = ""  # of its mark

    @property
    def candidate(self) -> Leaf | None:
        """The last valid ballot, if it is not annulled."""
        return self.ballots[-1] if self.ballots and self.ballots[-1].hash not in self.annulled else None

    def row(self) -> dict[str, str]:
        """What counts for the line (spec 7)."""
        candidate = self.candidate
        channel, status, leaf = NONE, "not-voted", b""
        if self.removed:
            status = "removed"
        elif self.channel:
            channel, status = self.channel, "superseded" if candidate else "marked"
            leaf = candidate.hash if candidate else b""
        elif candidate:
            channel, status, leaf = ONLINE, "counted", candidate.hash
        elif self.ballots:
            status, leaf = "annulled", self.ballots[-1].hash
        return {"channel": channel, "leaf": leaf.hex(), "line": self.name, "status": status}


@dataclass(slots=True)
class Electorate:
    """All lines after some beginning of the log.

    `known` is false where there is a roll that could not be read; `unknown` has the registrars of whom an issue was
    left out, so that nobody can say which keys they have given.
    """

    manifest: Manifest
    known: bool = True
    unknown: set[str] = field(default_factory=set)
    lines: dict[str, Line] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)  # the last one of each registrar
    keys: set[bytes] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    trackers: set[str] = field(default_factory=set)
    challenged: set[str] = field(default_factory=set)
    valid: list[Leaf] = field(default_factory=list)
    taken: list[Leaf] = field(default_factory=list)  # leaves about voters that no check left out

    def line(self, name: str) -> Line | None:
        """The line of the roll that is not removed."""
        line = self.lines.get(name)
        return line if line and not line.removed else None

    def keys_of(self, name: str) -> list[bytes]:
        """The active keys of a line in the manifest's order of registrars; none unless there is one of each."""
        line, registrars = self.line(name), self.manifest.registrars
        if line is None or any(registrar not in line.active for registrar in registrars):
            return []
        return [line.active[registrar].key for registrar in registrars]

    def fault(self, leaf: Leaf, rows: list[Row]) -> str:
        """What keeps this leaf from changing who may vote or what counts, or nothing; `rows` is what it issues."""
        body, author = leaf.body, leaf.author
        line = self.line(body.get("line", ""))
        if leaf.kind == "roll.add":
            return row_fault(body["row"], len(self.lines) + 1, self.manifest)
        if leaf.kind == "credential.issue":
            return self._issue_fault(leaf, rows)
        if line is None:
            return "no such line, or a removed one"
        if leaf.kind == "roll.contact":
            return self._contact_fault(line, body["field"], body["old"], body["new"])
        if leaf.kind == "credential.reissue":
            active = line.active.get(author)
            if body["number"] != self.numbers.get(author, 0) + 1 or body["old"] != (active.number if active else 0):
                return "not the next number, or not that of the active key"
            rule = self.manifest.voters.reissue
            allowed = rule == "always" or (rule == "unvoted" and not line.channel and not line.ballots)
            return "" if allowed else f"{rule} allows no re-issue"
        if leaf.kind == "credential.revoke":
            active = line.active.get(author)
            return "" if active and active.number == body["number"] else "not the number of the active key"
        if leaf.kind == "mark" and (line.channel or (line.candidate and not self.manifest.voters.paper_first)):
            return "the line has a mark, or has voted online"
        if leaf.kind == "annul":
            candidate = line.candidate
            if line.channel or candidate is None or candidate.hash.hex() != body["ballot"]:
                return "the line has a mark, or it is not the line's last ballot"
        return ""

    def _contact_fault(self, line: Line, name: str, old: str, new: str) -> str:
        fields = self.manifest.roll.fields if self.manifest.roll else ()
        if name not in fields[2:]:
            return "no contact of the manifest"
        stands = line.commitments[fields.index(name)]
        return "" if old == stands and new != old else "not the commitment that stands, or no other one"

    def _issue_fault(self, leaf: Leaf, rows: list[Row]) -> str:
        first = self.numbers.get(leaf.author, 0) + 1
        lines = [
            name for name in sorted(self.lines) if self.line(name) and leaf.author not in self.lines[name].credentials
        ]
        if leaf.body["first"] != first or leaf.body["count"] != len(rows):
            return "not the next number, or not the number of rows"
        if [row["line"] for row in rows] != lines:
            return "not exactly the lines without a key"
        if [row["number"] for row in rows] != list(range(first, first + len(rows))):
            return "numbers do not follow each other"
        return ""

    def key_fault(self, key: bytes) -> str:
        """Whether a key may be a credential."""
        if not is_valid_key(key):
            return "not a valid Ed25519 key"
        if key in self.keys or any(party.key == key for party in self.manifest.parties):
            return "the key of somebody else, or there before"
        return ""

    def freeze(self, rows: list[Row]) -> None:
        """The lines of a roll."""
        for row in rows:
            self._add(row)

    def _add(self, row: Row) -> None:
        self.lines[row["line"]] = Line(row["line"], row["style"], row["weight"], list(row["commitments"]))

    def issue(self, author: str, line: str, number: int, key: bytes) -> None:
        """A key is the line's, and no other of this registrar."""
        credential = Credential(number, key)
        self.lines[line].credentials.setdefault(author, []).append(credential)
        self.lines[line].active[author] = credential
        self.numbers[author] = number
        self.keys.add(key)

    def take(self, leaf: Leaf) -> None:
        """A leaf in which there is no fault, but for its keys; and ballots and challenges as they come."""
        body = leaf.body
        self.taken.append(leaf)
        match leaf.kind:
            case "roll.add":
                self._add(body["row"])
            case "roll.remove":
                self.lines[body["line"]].removed = True
                self.lines[body["line"]].active.clear()
            case "roll.contact":
                fields = self.manifest.roll.fields if self.manifest.roll else ()
                self.lines[body["line"]].commitments[fields.index(body["field"])] = body["new"]
            case "credential.revoke":
                del self.lines[body["line"]].active[leaf.author]
            case "mark":
                self.lines[body["line"]].channel = body["channel"]
            case "annul":
                self.lines[body["line"]].annulled.add(bytes.fromhex(body["ballot"]))
            case "challenge":
                self.challenged.add(body["id"])
            case "ballot":
                self._ballot(leaf)

    def _ballot(self, leaf: Leaf) -> None:
        """Spec 7 "Which ballots count": is it valid?"""
        body = leaf.body
        if self.manifest.roll is None:
            self.lines.setdefault(body["line"], Line(body["line"]))
        line = self.line(body["line"])
        fresh = body["id"] not in self.ids | self.challenged and body["tracker"] not in self.trackers
        if line and not line.channel and fresh:
            latest = line.ballots[-1].hash if line.ballots else NO_BALLOT
            if bytes.fromhex(body["prev"]) == latest:
                line.ballots.append(leaf)
                self.valid.append(leaf)
                for credential in self._all_of(line):
                    credential.used = credential.used or credential.key in leaf.signers
        self.ids.add(body["id"])
        self.trackers.add(body["tracker"])

    @staticmethod
    def _all_of(line: Line) -> Iterator[Credential]:
        for credentials in line.credentials.values():
            yield from credentials

    def rows(self) -> list[dict[str, str]]:
        """One for every line, by the bytes of their names."""
        return [self.lines[name].row() for name in sorted(self.lines, key=str.encode)]

    def counted(self) -> dict[str, Leaf]:
        """The ballots that count, by line."""
        rows = [row for row in self.rows() if row["channel"] == ONLINE]
        by_hash = {leaf.hash.hex(): leaf for leaf in self.valid}
        return {row["line"]: by_hash[row["leaf"]] for row in rows}
