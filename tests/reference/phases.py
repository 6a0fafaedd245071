"""Which leaf is allowed where (docs/spec.md 5.4), and the history that the allowed ones make."""

from dataclasses import dataclass, field

from reference.archive import MOST_EXTENSIONS
from reference.entries import Leaf
from reference.kinds import ENTRIES
from reference.manifest import Manifest, real_date

NO_BALLOT = bytes(32)


@dataclass(slots=True)
class Session:
    """One session of the ceremony: leaves by the author's trustee index."""

    number: int
    commits: dict[int, Leaf] = field(default_factory=dict)
    reveals: dict[int, Leaf] = field(default_factory=dict)
    shares: dict[int, Leaf] = field(default_factory=dict)
    confirms: dict[int, Leaf] = field(default_factory=dict)
    complaint: Leaf | None = None
    accuser: int = 0
    answer: Leaf | None = None


@dataclass(slots=True)
class History:
    """What happened, by the leaves that were allowed."""

    manifest: Manifest
    phase: str = "setup"
    sessions: list[Session] = field(default_factory=lambda: [Session(1)])
    restarts: list[Leaf] = field(default_factory=list)
    open: Leaf | None = None
    ballots: list[Leaf] = field(default_factory=list)
    challenges: list[Leaf] = field(default_factory=list)
    extensions: list[Leaf] = field(default_factory=list)
    close: Leaf | None = None
    lot: Leaf | None = None
    statement: Leaf | None = None
    accepts: list[Leaf] = field(default_factory=list)
    shares: list[Leaf] = field(default_factory=list)
    outcome: Leaf | None = None

    @property
    def session(self) -> Session:
        """The current session s."""
        return self.sessions[-1]

    @property
    def closing_dates(self) -> list[str]:
        """The manifest's, and then each that an extension put in its place; the last one is in force."""
        return [self.manifest.data["dates"]["close"], *[leaf.body["close"] for leaf in self.extensions]]

    @property
    def highest_session(self) -> int:
        """The highest session of an allowed ceremony leaf; 0 if there is none."""
        first = self.sessions[0]
        return self.session.number if self.restarts or first.commits else 0

    def index(self, author: str) -> int:
        """The trustee's index of a party; 0 for any other."""
        trustees = self.manifest.trustees
        return trustees.index(author) + 1 if author in trustees else 0

    def objection(self, leaf: Leaf) -> str:
        """Why the leaf is not allowed here, or nothing."""
        if leaf.kind == "manifest":
            return "" if leaf.index == 0 else "a manifest is entry 0 only"
        if self.phase not in ENTRIES[leaf.kind].phases:
            return f"the phase is {self.phase}"
        if "session" in leaf.body:
            return self._session_objection(leaf)
        authors = {"tally.accept": self.accepts, "tally.share": self.shares}.get(leaf.kind, [])
        if any(other.author == leaf.author for other in authors):
            return "the author has one already"
        if leaf.kind == "extend":
            return self._extension_objection(leaf.body["close"])
        if leaf.kind == "lot" and (self.lot or not self.manifest.needs_lot):
            return "no lot is needed, or there is one"
        if leaf.kind == "tally.statement" and self.manifest.needs_lot and not self.lot:
            return "the lot is not there"
        return ""

    def _extension_objection(self, date: str) -> str:
        if len(self.extensions) >= MOST_EXTENSIONS:
            return "extended too often"
        if real_date(date) is None:
            return "no such date"
        return "" if date.encode() > self.closing_dates[-1].encode() else "not later than the date in force"

    def _session_objection(self, leaf: Leaf) -> str:
        n, s, i = self.manifest.n, self.session, self.index(leaf.author)
        kind, body = leaf.kind, leaf.body
        if body["session"] != s.number + (kind == "ceremony.restart"):
            return f"the current session is {s.number}"
        conditions = {
            "ceremony.commit": i not in s.commits and not s.complaint,
            "ceremony.reveal": len(s.commits) == n and i not in s.reveals and not s.complaint,
            "ceremony.shares": len(s.reveals) == n and i not in s.shares and not s.complaint,
            "ceremony.complaint": len(s.shares) == n
            and i not in s.confirms
            and 1 <= body.get("against", 0) <= n
            and body.get("against", 0) != i
            and not s.complaint,
            "ceremony.answer": s.complaint is not None
            and s.complaint.body["against"] == i
            and body.get("to", 0) == s.accuser
            and not s.answer,
            "ceremony.restart": len(s.confirms) < n,
            "ceremony.confirm": len(s.shares) == n and not s.complaint and i not in s.confirms,
            "open": len(s.confirms) == n,
        }
        return "" if conditions[kind] else f"session {s.number} does not allow it now"

    def add(self, leaf: Leaf) -> None:
        """Take an allowed leaf into the history."""
        s, i = self.session, self.index(leaf.author)
        match leaf.kind:
            case "ceremony.commit":
                s.commits[i] = leaf
            case "ceremony.reveal":
                s.reveals[i] = leaf
            case "ceremony.shares":
                s.shares[i] = leaf
            case "ceremony.confirm":
                s.confirms[i] = leaf
            case "ceremony.complaint":
                s.complaint, s.accuser = leaf, i
            case "ceremony.answer":
                s.answer = leaf
            case "ceremony.restart":
                self.restarts.append(leaf)
                self.sessions.append(Session(s.number + 1))
            case "open":
                self.open, self.phase = leaf, "open"
            case "ballot":
                self.ballots.append(leaf)
            case "challenge":
                self.challenges.append(leaf)
            case "extend":
                self.extensions.append(leaf)
            case "close":
                self.close, self.phase = leaf, "closed"
            case "lot":
                self.lot = leaf
            case "tally.statement":
                self.statement, self.phase = leaf, "stated"
            case "tally.accept":
                self.accepts.append(leaf)
            case "tally.share":
                self.shares.append(leaf)
            case "outcome":
                self.outcome, self.phase = leaf, "published"

    def valid_ballots(self) -> list[Leaf]:
        """Spec 7 "Which ballots count", decided on leaves alone."""
        latest: dict[str, bytes] = {}
        ids, trackers = set(), set()
        valid = []
        challenged = {leaf.index: leaf.body["id"] for leaf in self.challenges}
        for leaf in self.ballots:
            body = leaf.body
            earlier_challenges = {name for index, name in challenged.items() if index < leaf.index}
            if (
                bytes.fromhex(body["prev"]) == latest.get(body["line"], NO_BALLOT)
                and body["id"] not in ids
                and body["tracker"] not in trackers
                and body["id"] not in earlier_challenges
            ):
                valid.append(leaf)
                latest[body["line"]] = leaf.hash
            ids.add(body["id"])
            trackers.add(body["tracker"])
        return valid

    def counted_ballots(self) -> dict[str, Leaf]:
        """The last valid ballot of each line."""
        return {leaf.body["line"]: leaf for leaf in self.valid_ballots()}
