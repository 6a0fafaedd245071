"""Statement, decryption shares and outcome from what the board holds: docs/spec.md sections 9 and 10."""

from collections.abc import Mapping, Sequence

from reference.make_group import Group, Source, b4, h_own, scalar_hex
from reference.make_json import Json, canonical
from reference.make_manifest import ContestSpec, ElectionSpec
from reference.make_paper import bit_weights
from reference.make_proofs import Cell, lagrange, prove_cell, share_of_cell_challenge
from reference.make_roll import text_lines

SPARE_VOTES = 64
ROWS_OF_A_TEXT_LINE = 4096


def products(
    spec: ElectionSpec,
    group: Group,
    sealed: Sequence[Json],
    weights: Sequence[int] = (),
    papers: Mapping[str, Json] = {},
) -> list[Json]:
    """(9.1) over these sealed ballots with their weights, and (14.1) of what was counted on paper, by channel"""
    heavy = list(zip(sealed, weights or [1] * len(sealed), strict=True))
    cells = []
    for i, contest in enumerate(spec.contests):
        having = [(part, w) for ballot, w in heavy for part in ballot["contests"] if part["id"] == contest.id]
        for j, option in enumerate(contest.item_ids):
            for channel in spec.channels:
                if channel == "online":
                    numbers = [
                        group.product(pow(int(part["items"][j][x], 16), w, group.p) for part, w in having)
                        for x in ("alpha", "beta")
                    ]
                    count, weight = len(having), sum(w for _, w in having)
                else:
                    paper = papers[channel]["contests"][i]
                    count = weight = paper["ballots"]
                    numbers = paper_total(group, paper["items"][j]["bits"], contest.item_limits[j] * count)
                cells.append(
                    {
                        "A": group.hex(numbers[0]),
                        "B": group.hex(numbers[1]),
                        "ballots": count,
                        "channel": channel,
                        "contest": contest.id,
                        "option": option,
                        "weight": weight,
                    }
                )
    return cells


def paper_total(group: Group, bits: Sequence[Json], bound: int) -> list[int]:
    """(14.1)"""
    weights = bit_weights(bound)
    return [
        group.product(pow(int(bit[x], 16), u, group.p) for bit, u in zip(bits, weights, strict=False))
        for x in ("alpha", "beta")
    ]


def statement_bytes(statement: Json) -> bytes:
    """The payload in text lines: all but the rows, then the rows, as many in each as it may have."""
    return b"".join(canonical(line) + b"\n" for line in text_lines(statement, ROWS_OF_A_TEXT_LINE))


def cell_places(spec: ElectionSpec) -> dict[tuple[str, str], tuple[int, int]]:
    """From contest and option to their indices."""
    return {
        (contest.id, option): (i, j)
        for i, contest in enumerate(spec.contests, start=1)
        for j, option in enumerate(contest.item_ids, start=1)
    }


Part = tuple[str, ...]


def parts_of(spec: ElectionSpec, numbers: Mapping[str, int], classes: Sequence[int]) -> list[Part]:
    """Spec 14.3 for one contest: by channel the number of ballots, and how many there are of each weight."""
    low = [n for n in classes if 0 < n < spec.floor]
    if sum(numbers.values()) < spec.floor or (low and spec.weights != (1,)):
        return []
    return _stand(spec, [(channel,) for channel in spec.channels], numbers)


def _stand(spec: ElectionSpec, parts: list[Part], numbers: Mapping[str, int]) -> list[Part]:
    for i, part in enumerate(parts):
        if 0 < sum(numbers[channel] for channel in part) < spec.floor:
            if spec.fallback == "withhold":
                return []
            if spec.fallback == "combine":
                return [spec.channels]
            if i + 1 < len(parts):
                return _stand(spec, [*parts[:i], part + parts[i + 1], *parts[i + 2 :]], numbers)
            return _stand(spec, [*parts[: i - 1], parts[i - 1] + part], numbers)
    return parts


def decrypted_parts(
    spec: ElectionSpec, cells: Sequence[Json], styles: Sequence[tuple[str, int]]
) -> dict[str, list[Part]]:
    """`cells` are a statement's products, `styles` those of the counted ballots with their weights."""
    found = {}
    for contest in spec.contests:
        numbers = {cell["channel"]: cell["ballots"] for cell in cells if cell["contest"] == contest.id}
        weights = [w for style, w in styles if contest.id in spec.style(style)]
        found[contest.id] = parts_of(spec, numbers, [weights.count(w) for w in spec.weights])
    return found


def part_cells(
    spec: ElectionSpec, group: Group, cells: Sequence[Json], parts: Mapping[str, Sequence[Part]]
) -> list[Json]:
    """What is decrypted, in order, with A and B by (14.5)."""
    by_place = {(cell["contest"], cell["option"], cell["channel"]): cell for cell in cells}
    made = []
    for contest in spec.contests:
        for part in parts[contest.id]:
            for option in contest.item_ids:
                its = [by_place[contest.id, option, channel] for channel in part]
                A, B = (group.product(int(cell[x], 16) for cell in its) for x in ("A", "B"))
                made.append({"A": A, "B": B, "channel": "+".join(part), "contest": contest.id, "option": option})
    return made


def share_payload(
    spec: ElectionSpec,
    group: Group,
    h_e: bytes,
    statement: bytes,
    cells: Sequence[Json],
    trustee: int,
    z: int,
    source: Source,
) -> Json:
    """M_i of every cell that is decrypted, with proofs (9.2); `statement` is its leaf hash."""
    places = cell_places(spec)
    shares = []
    for cell in cells:
        i, j = places[cell["contest"], cell["option"]]
        about = Cell(i, j, trustee, cell["A"], cell["B"], statement)
        M = pow(about.A, z, group.p)

        def challenge(a: int, b: int, about: Cell = about, M: int = M) -> int:
            return share_of_cell_challenge(group, h_e, about, group.power(z), M, a, b)

        drawn = Source(source.bytes32("share", trustee, i, j, cell["channel"]))
        c, v = prove_cell(group, z, about.A, drawn, challenge)
        shares.append(
            {
                "M": group.hex(M),
                "c": scalar_hex(c),
                "channel": cell["channel"],
                "contest": cell["contest"],
                "option": cell["option"],
                "v": scalar_hex(v),
            }
        )
    return {"shares": shares}


def combine(group: Group, K: int, cell: Json, factors: Mapping[int, int], most: int) -> int:
    """t with K^t = B · Π M_i^(-w_i) (9.3), searched up to `most`; -1 if there is none."""
    target = cell["B"]
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
    contest: ContestSpec, i: int, ballots: int, weight: int, votes: Mapping[str, int], lot: tuple[bytes, str]
) -> Json:
    """(10.1)-(10.3); `weight` is that of all ballots, `lot` is H_E and the digits."""
    options = [option for option, _ in contest.options]
    cast = sum(votes[option] for option in options)
    undervotes = contest.limit * weight - cast - contest.limit * votes.get("", 0)

    def eligible(option: str) -> bool:
        if not contest.threshold:
            return True
        rule, of, m, d = contest.threshold
        left, right = votes[option] * d, m * (weight if of == "ballots" else cast)
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
    spec: ElectionSpec, cells: Sequence[Json], ballots: Mapping[str, tuple[int, int]], lot: tuple[bytes, str]
) -> list[Json]:
    """The outcome's `contests` from its `cells`, and by contest the number and weight of the counted ballots."""
    made = []
    for i, contest in enumerate(spec.contests, start=1):
        its = [cell for cell in cells if cell["contest"] == contest.id]
        votes = {o: sum(cell["votes"] for cell in its if cell["option"] == o) for o in contest.item_ids if its}
        number, weight = ballots[contest.id]
        if votes:
            made.append(outcome_contest(contest, i, number, weight, votes, lot))
        else:
            made.append(withheld_contest(contest, number))
    return made
