"""Statement, decryption shares and outcome from what the board holds: docs/spec.md sections 9 and 10."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reference.make_group import Group, Source, b4, h_own, scalar_hex
from reference.make_json import Json, canonical
from reference.make_manifest import ContestSpec, ElectionSpec
from reference.make_proofs import Cell, lagrange, prove_cell, share_of_cell_challenge

NO_PREVIOUS = "0" * 64
SPARE_VOTES = 64
ROWS_OF_A_TEXT_LINE = 4096


@dataclass(slots=True)
class BallotLeaf:
    """Of a ballot leaf what spec 7 "Which ballots count" looks at, and the sealed ballot."""

    leaf_hash: str
    body: Json
    sealed: Json


@dataclass(slots=True)
class Chain:
    """The rule of spec 7, leaf by leaf: `latest` has for each line its latest valid ballot."""

    latest: dict[str, BallotLeaf]
    lines: set[str]
    ids: set[str]
    trackers: set[str]
    challenged: set[str]

    def previous(self, line: str) -> str:
        return self.latest[line].leaf_hash if line in self.latest else NO_PREVIOUS

    def ballot(self, ballot: BallotLeaf) -> None:
        body = ballot.body
        line = body["line"]
        new = body["id"] not in self.ids and body["tracker"] not in self.trackers
        if new and body["id"] not in self.challenged and body["prev"] == self.previous(line):
            self.latest[line] = ballot
        self.lines.add(line)
        self.ids.add(body["id"])
        self.trackers.add(body["tracker"])

    def challenge(self, body: Json) -> None:
        self.challenged.add(body["id"])

    def rows(self) -> list[Json]:
        rows = []
        for line in sorted(self.lines, key=str.encode):
            if line in self.latest:
                leaf = self.latest[line].leaf_hash
                rows.append({"channel": "online", "leaf": leaf, "line": line, "status": "counted"})
            else:
                rows.append({"channel": "none", "leaf": "", "line": line, "status": "not-voted"})
        return rows


def new_chain() -> Chain:
    return Chain({}, set(), set(), set(), set())


def products(spec: ElectionSpec, group: Group, sealed: Sequence[Json]) -> list[Json]:
    """(9.1) over these sealed ballots"""
    cells = []
    for contest in spec.contests:
        having = [part for ballot in sealed for part in ballot["contests"] if part["id"] == contest.id]
        for j, option in enumerate(contest.item_ids):
            A, B = (group.product(int(part["items"][j][x], 16) for part in having) for x in ("alpha", "beta"))
            cells.append(
                {
                    "A": group.hex(A),
                    "B": group.hex(B),
                    "ballots": len(having),
                    "channel": "online",
                    "contest": contest.id,
                    "option": option,
                }
            )
    return cells


def statement_bytes(statement: Json) -> bytes:
    """The payload in text lines: all but the rows, then the rows, as many in each as it may have."""
    lines = [{name: value for name, value in statement.items() if name != "rows"}]
    rows = statement["rows"]
    lines += [rows[i : i + ROWS_OF_A_TEXT_LINE] for i in range(0, len(rows), ROWS_OF_A_TEXT_LINE)]
    return b"".join(canonical(line) + b"\n" for line in lines)


def cell_places(spec: ElectionSpec) -> dict[tuple[str, str], tuple[int, int]]:
    """From contest and option to their indices."""
    return {
        (contest.id, option): (i, j)
        for i, contest in enumerate(spec.contests, start=1)
        for j, option in enumerate(contest.item_ids, start=1)
    }


def decrypted_contests(spec: ElectionSpec, cells: Sequence[Json]) -> list[ContestSpec]:
    """Those with at least the floor's number of ballots."""
    ballots = {cell["contest"]: cell["ballots"] for cell in cells}
    return [contest for contest in spec.contests if ballots[contest.id] >= spec.floor]


def share_payload(
    spec: ElectionSpec, group: Group, h_e: bytes, statement: tuple[bytes, Json], trustee: int, z: int, source: Source
) -> Json:
    """M_i of every cell that is decrypted, with proofs (9.2); `statement` is its leaf hash and payload."""
    places = cell_places(spec)
    wanted = {contest.id for contest in decrypted_contests(spec, statement[1]["products"])}
    shares = []
    for cell in statement[1]["products"]:
        if cell["contest"] not in wanted:
            continue
        i, j = places[cell["contest"], cell["option"]]
        about = Cell(i, j, trustee, int(cell["A"], 16), int(cell["B"], 16), statement[0])
        M = pow(about.A, z, group.p)

        def challenge(a: int, b: int, about: Cell = about, M: int = M) -> int:
            return share_of_cell_challenge(group, h_e, about, group.power(z), M, a, b)

        c, v = prove_cell(group, z, about.A, Source(source.bytes32("share", trustee, i, j)), challenge)
        shares.append(
            {
                "M": group.hex(M),
                "c": scalar_hex(c),
                "contest": cell["contest"],
                "option": cell["option"],
                "v": scalar_hex(v),
            }
        )
    return {"shares": shares}


def combine(group: Group, K: int, cell: Json, factors: Mapping[int, int], most: int) -> int:
    """t with K^t = B · Π M_i^(-w_i) (9.3), searched up to `most`; -1 if there is none."""
    target = int(cell["B"], 16)
    users = sorted(factors)
    for i in users:
        target = target * pow(factors[i], -lagrange(i, users, group.q) % group.q, group.p) % group.p
    power = 1
    for t in range(most + 1):
        if power == target:
            return t
        power = power * K % group.p
    return -1


def outcome_contest(
    contest: ContestSpec, i: int, ballots: int, votes: Mapping[str, int], lot: tuple[bytes, str]
) -> Json:
    """(10.1)-(10.3); `lot` is H_E and the digits."""
    options = [option for option, _ in contest.options]
    cast = sum(votes[option] for option in options)
    undervotes = contest.limit * ballots - cast - contest.limit * votes.get("", 0)

    def eligible(option: str) -> bool:
        if not contest.threshold:
            return True
        rule, of, m, d = contest.threshold
        left, right = votes[option] * d, m * (ballots if of == "ballots" else cast)
        return left >= right if rule == "at_least" else left > right

    ranked = sorted((o for o in options if eligible(o)), key=lambda o: -votes[o])
    elected, tied, seats = ranked, list[str](), contest.seats
    if len(ranked) > seats:
        bar = votes[ranked[seats - 1]]
        elected = [o for o in ranked if votes[o] > bar]
        level = [o for o in options if o in ranked and votes[o] == bar]
        if len(elected) + len(level) <= seats:
            elected += level
        elif contest.ties == "lot":

            def drawn(option: str) -> bytes:
                j = options.index(option) + 1
                return h_own(lot[0], "lot", b4(i), b4(j), lot[1].encode())

            elected += sorted(level, key=drawn)[: seats - len(elected)]
        else:
            tied = level
    return {
        "ballots": ballots,
        "contest": contest.id,
        "elected": elected,
        "status": "decrypted",
        "tied": tied,
        "undervotes": undervotes,
        "vacant": seats - len(elected),
    }


def withheld_contest(contest: ContestSpec, ballots: int) -> Json:
    return {
        "ballots": ballots,
        "contest": contest.id,
        "elected": [],
        "status": "withheld",
        "tied": [],
        "undervotes": 0,
        "vacant": 0,
    }


def contests_from_cells(
    spec: ElectionSpec, cells: Sequence[Json], ballots: Mapping[str, int], lot: tuple[bytes, str]
) -> list[Json]:
    """The outcome's `contests` from its `cells` and the numbers of counted ballots."""
    made = []
    for i, contest in enumerate(spec.contests, start=1):
        votes = {cell["option"]: cell["votes"] for cell in cells if cell["contest"] == contest.id}
        if votes:
            made.append(outcome_contest(contest, i, ballots[contest.id], votes, lot))
        else:
            made.append(withheld_contest(contest, ballots[contest.id]))
    return made
