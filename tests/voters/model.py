"""Who may vote once, in sixty lines: what the library is compared with. Nothing here is encrypted, signed or hashed.

Every act answers whether it may happen; what may not happen changes nothing. A ballot and a key are any objects. Who
signs for an act is not here: a party that may not act is refused whatever it says. `outcome` says what counts for a
line, `credentials` what has become of the keys, in the words of the tally statement (docs/spec.md, sections 7 and 15).
"""

from dataclasses import dataclass


@dataclass
class Line:
    keys: list[object | None]
    last: object | None = None  # of its valid ballots
    candidate: object | None = None  # the same, unless annulled
    mark: str = ""
    removed: bool = False


class Model:
    def __init__(self, reissue_rule: str, annulment: bool, paper_prevails: bool) -> None:
        self.reissue_rule, self.annulment, self.paper_prevails = reissue_rule, annulment, paper_prevails
        self.phase, self.lines = "setup", list[Line]()
        self.issued, self.used = set[tuple[int, object]](), set[object]()

    def member(self, n: int, *phases: str) -> Line | None:
        return self.lines[n] if self.phase in phases and n < len(self.lines) and not self.lines[n].removed else None

    def add(self, *keys: object) -> bool:
        if self.phase == "setup":
            self.lines.append(Line([*keys]))
            self.issued.update(enumerate(keys))
        return self.phase == "setup"

    def remove(self, n: int) -> bool:
        return put(self.member(n, "setup"), removed=True)

    def reissue(self, n: int, registrar: int, key: object) -> bool:
        line = self.member(n, "setup", "open", "paused")
        voted = line and (line.last or line.mark)
        if not line or self.reissue_rule == "never" or (self.reissue_rule == "unvoted" and voted):
            return False
        self.issued.add((registrar, key))
        return put(line, keys=[*line.keys[:registrar], key, *line.keys[registrar + 1 :]])

    def revoke(self, n: int, registrar: int) -> bool:
        line = self.member(n, "setup", "open", "paused")
        known = line and line.keys[registrar]
        return known is not None and put(line, keys=[key if key != known else None for key in line.keys])

    def vote(self, n: int, keys: list[object], ballot: object, prev: object | None) -> bool:
        line = self.member(n, "open")
        fits = line and not line.mark and line.keys == keys and line.last == prev
        self.used.update(keys if fits else ())
        return put(line if fits else None, last=ballot, candidate=ballot)

    def annul(self, n: int, ballot: object) -> bool:
        line = self.member(n, "open", "paused") if self.annulment else None
        fits = line and not line.mark and line.candidate == ballot
        return put(line if fits else None, candidate=None)

    def mark(self, n: int, channel: str) -> bool:
        line = self.member(n, "open", "paused", "closed")
        free = line and not line.mark and (self.paper_prevails or not line.candidate)
        return put(line if free else None, mark=channel)

    def outcome(self, n: int) -> tuple[str, str, object | None]:
        line = self.lines[n]
        if line.mark:
            return line.mark, "superseded" if line.candidate else "marked", line.candidate
        idle = "removed" if line.removed else "annulled" if line.last else "not-voted"
        return ("online", "counted", line.last) if line.candidate else ("none", idle, line.last)

    def credentials(self, registrar: int) -> tuple[int, int, int, int]:
        own = {key for owner, key in self.issued if owner == registrar}
        unused = {line.keys[registrar] for line in self.lines if not line.removed} & own - self.used
        return len(own), len(own & self.used), len(unused), len(own - self.used - unused)


def put(line: Line | None, **facts: object) -> bool:
    vars(line).update(facts) if line else None
    return line is not None
