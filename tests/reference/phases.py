"""Which leaf is allowed where (docs/spec.md 5.4), and the history that the allowed ones make."""

from dataclasses import dataclass, field

from reference.archive import MOST_EXTENSIONS
from reference.entries import Leaf
from reference.kinds import ENTRIES
from reference.manifest import Manifest, real_date


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
    leaves: list[Leaf] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=lambda: [Session(1)])
    restarts: list[Leaf] = field(default_factory=list)
    open: Leaf | None = None
    ballots: list[Leaf] = field(default_factory=list)
    challenges: list[Leaf] = field(default_factory=list)
    extensions: list[Leaf] = field(default_factory=list)
    close: Leaf | None = None
    freeze: Leaf | None = None
    issued: list[str] = field(default_factory=list)  # registrars with an issue since the last line was added
    paused: bool = False
    papers: dict[str, Leaf] = field(default_factory=dict)  # by channel
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
        if leaf.kind == "tally.statement":
            if self.manifest.needs_lot and not self.lot:
                return "the lot is not there"
            return "" if set(self.papers) == set(self.manifest.voters.paper) else "totals on paper are not there"
        return self._voter_objection(leaf)

    def of_kind(self, *kinds: str) -> list[Leaf]:
        """The leaves of these kinds so far."""
        return [leaf for leaf in self.leaves if leaf.kind in kinds]

    def _voter_objection(self, leaf: Leaf) -> str:
        def has(kind: str, author: str) -> bool:
            return any(other.author == author for other in self.of_kind(kind))

        registrars, voters = self.manifest.registrars, self.manifest.voters
        channel = leaf.body.get("channel")
        next_one = leaf.body.get("number") == len(self.of_kind(leaf.kind)) + 1
        conditions = {
            "roll.seed": not self.freeze and not has("roll.seed", leaf.author),
            "roll.freeze": bool(registrars) and not self.freeze and all(has("roll.seed", r) for r in registrars),
            "roll.add": self.freeze,
            "roll.remove": self.freeze,
            "roll.contact": self.freeze,
            "credential.issue": self.freeze and leaf.author not in self.issued,
            "credential.reissue": has("credential.issue", leaf.author),
            "credential.revoke": has("credential.issue", leaf.author),
            "ballot": not self.paused,
            "challenge": not self.paused,
            "annul": voters.annulment,
            "mark": channel in voters.paper and channel not in self.papers,
            "paper": channel in voters.paper and channel not in self.papers,
            "pause": not self.paused and next_one,
            "resume": self.paused and leaf.body.get("number") == len(self.of_kind("pause")),
            "incident": next_one,
            "access": self.freeze and next_one,
            "sample": not self.of_kind("sample"),
            "report": not has("report", leaf.author),
        }
        return "" if conditions.get(leaf.kind, True) else "it is not allowed now"

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
            "open": len(s.confirms) == n and sorted(self.issued) == sorted(self.manifest.registrars),
        }
        return "" if conditions[kind] else f"session {s.number} does not allow it now"

    def add(self, leaf: Leaf) -> None:
        """Take an allowed leaf into the history."""
        s, i = self.session, self.index(leaf.author)
        self.leaves.append(leaf)
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
            case "roll.freeze":
                self.freeze = leaf
            case "roll.add":
                self.issued.clear()
            case "credential.issue":
                self.issued.append(leaf.author)
            case "pause" | "resume":
                self.paused = leaf.kind == "pause"
            case "paper":
                self.papers[leaf.body["channel"]] = leaf
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
