"""Dishonest sealing: pieces of a ballot made otherwise than docs/spec.md section 3 says, by voters who know all keys.

The ballots of the base election, by number: 0 is voter 1's first (replaced later), 1 voter 2's, 2 voter 3's (style
`half`), 3 voter 1's last. Positions of contests are those in the ballot, from 0; items count from 1.
"""

from collections.abc import Callable

from reference.encryptor import Entry
from reference.make_ballots import item_json, limit_pair, limit_secret, seal_limit
from reference.make_group import Q, Source, b4, h_eg, h_q
from reference.make_manifest import ContestSpec
from reference.make_proofs import Commitments, RangeProof, encrypt, prove_range, range_challenge
from simulate.insider import Dossier

# What a challenge is computed from: the dossier, H_I, the place, the pair, the commitments.
Challenge = Callable[[Dossier, bytes, tuple[int, ...], tuple[int, int], Commitments], int]


def honest(d: Dossier, context: bytes, place: tuple[int, ...], pair: tuple[int, int], made: Commitments) -> int:
    return range_challenge(d.group, context, place, *pair, made)


def hashed(d: Dossier, context: bytes, place: tuple[int, ...], numbers: list[int]) -> int:
    """H_q(H_I; 24 ‖ place ‖ numbers), for challenges that hash less than they should."""
    message = b"\x24" + b"".join(b4(i) for i in place) + b"".join(d.group.encode(x) for x in numbers)
    return h_q(h_eg(context, message))


def flat(made: Commitments) -> list[int]:
    return [x for pair in made for x in pair]


def contest_at(d: Dossier, entry: Entry, position: int) -> tuple[int, ContestSpec]:
    """The contest's index in the manifest and the contest."""
    return d.made.ballots().contests(d.sealing(entry).style)[position]


def relimit(d: Dossier, entry: Entry, position: int) -> None:
    """The limit proof made again for the items as they are; true if the values are within the limit."""
    i, contest = contest_at(d, entry, position)
    part = entry.content["contests"][position]
    part["limit"], _ = seal_limit(d.made.ballots(), d.sealing(entry), i, contest, part["items"])


def reprove(d: Dossier, entry: Entry, position: int, j: int, challenge: Challenge = honest, label: str = "") -> None:
    """The range proof of one item made again with another challenge; the ciphertext stays."""
    i, contest = contest_at(d, entry, position)
    ballots, sealing = d.made.ballots(), d.sealing(entry)
    item = entry.content["contests"][position]["items"][j - 1]
    pair = int(item["alpha"], 16), int(item["beta"], 16)
    secret = sealing.choices[position][j - 1], ballots.nonce(sealing, (i, j))
    context = ballots.context(sealing.id)
    proof = prove_range(
        d.group,
        ballots.K,
        secret,
        contest.item_limits[j - 1],
        Source(sealing.source.bytes32("again", i, j, label)),
        lambda made: challenge(d, context, (i, j), pair, made),
    )
    item["proof"] = proof.json()


def reprove_limit(d: Dossier, entry: Entry, position: int, challenge: Challenge) -> None:
    """The limit proof made again with another challenge."""
    i, contest = contest_at(d, entry, position)
    ballots, sealing = d.made.ballots(), d.sealing(entry)
    part = entry.content["contests"][position]
    pair = limit_pair(d.group, contest, part["items"])
    context = ballots.context(sealing.id)
    proof = prove_range(
        d.group,
        ballots.K,
        limit_secret(ballots, sealing, i, contest),
        contest.limit,
        Source(sealing.source.bytes32("again", i)),
        lambda made: challenge(d, context, (i,), pair, made),
    )
    part["limit"] = proof.json()


def even(prove: Callable[[int], RangeProof]) -> RangeProof:
    """Proofs with other randomness until all challenges are even: then signs of α and β do not show."""
    for attempt in range(10_000):
        proof = prove(attempt)
        if all(c % 2 == 0 for c in proof.c):
            return proof
    raise ValueError("no proof with even challenges in 10000 attempts")


def negate(d: Dossier, entry: Entry, position: int, j: int, sides: tuple[str, ...]) -> None:
    """α or β (or both) of one item times -1, with range and limit proofs whose challenges are even.

    Without a test of membership every equation holds: (-α)^c = α^c for even c.
    """
    i, contest = contest_at(d, entry, position)
    ballots, sealing = d.made.ballots(), d.sealing(entry)
    part = entry.content["contests"][position]
    item = part["items"][j - 1]
    for side in sides:
        item[side] = d.group.hex(d.group.p - int(item[side], 16))
    context = ballots.context(sealing.id)

    def again(place: tuple[int, ...], pair: tuple[int, int], secret: tuple[int, int], limit: int) -> RangeProof:
        def attempt(number: int) -> RangeProof:
            source = Source(sealing.source.bytes32("even", place, number))
            return prove_range(
                d.group, ballots.K, secret, limit, source, lambda made: honest(d, context, place, pair, made)
            )

        return even(attempt)

    pair = int(item["alpha"], 16), int(item["beta"], 16)
    secret = sealing.choices[position][j - 1], ballots.nonce(sealing, (i, j))
    item["proof"] = again((i, j), pair, secret, contest.item_limits[j - 1]).json()
    whole = limit_pair(d.group, contest, part["items"])
    part["limit"] = again((i,), whole, limit_secret(ballots, sealing, i, contest), contest.limit).json()


def set_pair(d: Dossier, entry: Entry, position: int, j: int, value: int, xi: int) -> None:
    """One item sealed with a nonce of the voter's choice, its proof and the limit proof honest."""
    i, contest = contest_at(d, entry, position)
    sealing = d.sealing(entry)
    sealing.xi[i, j] = xi % Q
    sealing.choices[position][j - 1] = value
    pair = encrypt(d.group, d.made.ballots().K, value, xi % Q)
    item = item_json(contest, j, d.group, pair, RangeProof([], []))
    entry.content["contests"][position]["items"][j - 1] = item
    reprove(d, entry, position, j, label="chosen")
    relimit(d, entry, position)


def root_mod_q(square: int) -> int | None:
    """A square root modulo q (q = 3 mod 4), if there is one."""
    root = pow(square, (Q + 1) // 4, Q)
    return root if root * root % Q == square % Q else None


def solve_weak_item(d: Dossier, entry: Entry, position: int, j: int) -> int:
    """Bernhard, Pereira and Warinschi 2012: a range proof of 0..1 for a random plaintext, under a hash of commitments.

    With commitments a_j = g^u_j, b_j = K^w_j and c hashed from them alone, (3.4) asks w_0 - u_0 = c_0·m and
    w_1 - u_1 = c_1·(m - 1), and (3.7) c_0 + c_1 = c: a quadratic equation for m, solved here. The ciphertext is
    made last. The item gets it; the plaintext is returned.
    """
    i, contest = contest_at(d, entry, position)
    ballots, sealing = d.made.ballots(), d.sealing(entry)
    context = ballots.context(sealing.id)
    for attempt in range(200):
        source = Source(sealing.source.bytes32("weak", i, j, attempt))
        u, w = [source.scalar("u", b) for b in (0, 1)], [source.scalar("w", b) for b in (0, 1)]
        made = [(d.group.power(a), d.group.pow(ballots.K, b)) for a, b in zip(u, w, strict=True)]
        c = hashed(d, context, (i, j), flat(made))
        d_0, d_1 = w[0] - u[0], w[1] - u[1]
        middle = c + d_0 + d_1
        root = root_mod_q(middle * middle - 4 * c * d_0)
        if root is None:
            continue
        m = (middle + root) * pow(2 * c, -1, Q) % Q
        c_0 = d_0 * pow(m, -1, Q) % Q
        cs = [c_0, (c - c_0) % Q]
        xi = source.scalar("xi")
        sealing.xi[i, j], sealing.choices[position][j - 1] = xi, m
        proof = RangeProof(cs, [(a - b * xi) % Q for a, b in zip(u, cs, strict=True)])
        pair = encrypt(d.group, ballots.K, m, xi)
        entry.content["contests"][position]["items"][j - 1] = item_json(contest, j, d.group, pair, proof)
        return m
    raise ValueError("no solvable equation in 200 attempts")
