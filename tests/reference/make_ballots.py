"""Sealed and opened ballots from the voter's secrets: docs/spec.md sections 7 and 8.

The pieces (one item, one limit proof) are functions of their own, so that a dishonest voter can replace one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from reference.make_ed25519 import public_key
from reference.make_group import Group, Source, b4, h_eg, h_own, h_q
from reference.make_json import Json, canonical
from reference.make_manifest import ContestSpec, ElectionSpec
from reference.make_proofs import Commitments, RangeProof, encrypt, prove_range, range_challenge

Place = tuple[int, int]


@dataclass(slots=True)
class Sealing:
    """A voter's secrets of one sealing. `xi`, where it has a (contest, item), takes the place of (7.4).

    With a roll `key` is that of the first registrar, and `more` has those of the others.
    """

    voter: int
    style: str
    choices: list[list[int]]
    key: bytes
    r: bytes
    seed: bytes
    source: Source
    xi: dict[Place, int] = field(default_factory=dict)
    id: bytes = b""
    more: list[bytes] = field(default_factory=list)

    @property
    def publics(self) -> list[bytes]:
        """All keys that sign the ballot, in their order."""
        return [public_key(key) for key in (self.key, *self.more)]

    @property
    def public(self) -> bytes:
        return public_key(self.key)


@dataclass(frozen=True, slots=True)
class Ballots:
    """What all ballots of an election share."""

    spec: ElectionSpec
    group: Group
    K: int
    h_e: bytes

    def contests(self, style: str) -> list[tuple[int, ContestSpec]]:
        """The style's contests with their index in the manifest."""
        wanted = self.spec.style(style)
        return [(i, contest) for i, contest in enumerate(self.spec.contests, start=1) if contest.id in wanted]

    def context(self, id_b: bytes) -> bytes:
        """H_I (7.3)"""
        return h_eg(self.h_e, b"\x20" + id_b)

    def nonce(self, sealing: Sealing, place: Place) -> int:
        """ξ_ij (7.4)"""
        if place in sealing.xi:
            return sealing.xi[place]
        message = b"\x21" + b4(place[0]) + b4(place[1]) + sealing.seed
        return h_q(h_eg(self.context(sealing.id), message))


def line_of(h_e: bytes, key: bytes) -> str:
    """(7.1)"""
    return h_own(h_e, "line", key).hex()


def ballot_id(h_e: bytes, line: str, keys: Sequence[bytes], r: bytes) -> bytes:
    """(7.2)"""
    return h_own(h_e, "ballot-id", line.encode(), b4(len(keys)), b"".join(keys), r)


def tracker_of(h_e: bytes, sealed: bytes) -> bytes:
    """(7.7)"""
    return h_own(h_e, "tracker", sealed)


def item_json(contest: ContestSpec, j: int, group: Group, pair: tuple[int, int], proof: RangeProof) -> Json:
    blank = j > len(contest.options)
    return {
        "alpha": group.hex(pair[0]),
        "beta": group.hex(pair[1]),
        "option": contest.item_ids[j - 1],
        "proof": proof.json(),
        "type": "blank" if blank else "selection",
    }


def seal_item(
    ballots: Ballots, sealing: Sealing, i: int, contest: ContestSpec, j: int, value: int
) -> tuple[Json, Commitments]:
    """One encrypted item with its range proof (7.5), (3.5)."""
    xi = ballots.nonce(sealing, (i, j))
    pair = encrypt(ballots.group, ballots.K, value, xi)

    def challenge(commitments: Commitments) -> int:
        return range_challenge(ballots.group, ballots.context(sealing.id), (i, j), *pair, commitments)

    source = Source(sealing.source.bytes32("item", i, j))
    proof = prove_range(ballots.group, ballots.K, (value, xi), contest.item_limits[j - 1], source, challenge)
    return item_json(contest, j, ballots.group, pair, proof), proof.commitments


def limit_pair(group: Group, contest: ContestSpec, items: Sequence[Json]) -> tuple[int, int]:
    """ᾱ and β̄ of the items as they are (7.6)"""
    alpha, beta = 1, 1
    for j, item in enumerate(items, start=1):
        weight = contest.limit if j > len(contest.options) else 1
        alpha = alpha * pow(int(item["alpha"], 16), weight, group.p) % group.p
        beta = beta * pow(int(item["beta"], 16), weight, group.p) % group.p
    return alpha, beta


def limit_secret(ballots: Ballots, sealing: Sealing, i: int, contest: ContestSpec) -> tuple[int, int]:
    """Σσ + L·blank and the nonce that belongs to it (7.6)."""
    values = sealing.choices[[index for index, _ in ballots.contests(sealing.style)].index(i)]
    total, nonce = 0, 0
    for j, value in enumerate(values, start=1):
        weight = contest.limit if j > len(contest.options) else 1
        total += weight * value
        nonce += weight * ballots.nonce(sealing, (i, j))
    return total % ballots.group.q, nonce % ballots.group.q


def seal_limit(
    ballots: Ballots, sealing: Sealing, i: int, contest: ContestSpec, items: Sequence[Json]
) -> tuple[Json, Commitments]:
    """The limit proof of one contest (3.6), (7.6)."""
    alpha, beta = limit_pair(ballots.group, contest, items)

    def challenge(commitments: Commitments) -> int:
        return range_challenge(ballots.group, ballots.context(sealing.id), (i,), alpha, beta, commitments)

    source = Source(sealing.source.bytes32("limit", i))
    secret = limit_secret(ballots, sealing, i, contest)
    proof = prove_range(ballots.group, ballots.K, secret, contest.limit, source, challenge)
    return proof.json(), proof.commitments


def seal(ballots: Ballots, sealing: Sealing) -> tuple[Json, bytes]:
    """The sealed ballot and its hints (docs/spec.md 5.5)."""
    contests: list[Json] = []
    commitments: Commitments = []
    for (i, contest), values in zip(ballots.contests(sealing.style), sealing.choices, strict=True):
        items = []
        for j, value in enumerate(values, start=1):
            item, made = seal_item(ballots, sealing, i, contest, j, value)
            items.append(item)
            commitments += made
        limit, made = seal_limit(ballots, sealing, i, contest, items)
        commitments += made
        contests.append({"id": contest.id, "items": items, "limit": limit})
    sealed = {
        "contests": contests,
        "election": ballots.h_e.hex(),
        "id": sealing.id.hex(),
        "style": sealing.style,
        "v": 1,
    }
    return sealed, b"".join(ballots.group.encode(x) for pair in commitments for x in pair)


def opened(ballots: Ballots, sealing: Sealing, sealed: Json) -> Json:
    """A challenged ballot: the choices and the seed beside what was sealed."""
    names = [contest.id for _, contest in ballots.contests(sealing.style)]
    choices = [{"contest": n, "values": list(v)} for n, v in zip(names, sealing.choices, strict=True)]
    return {"choices": choices, "sealed": sealed, "seed": sealing.seed.hex()}


def sealed_tracker(h_e: bytes, sealed: Json) -> bytes:
    return tracker_of(h_e, canonical(sealed))
