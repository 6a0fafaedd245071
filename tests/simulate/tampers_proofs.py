"""Tampers with what a ballot proves: elements, range proofs, limit proofs (docs/spec.md sections 2 and 3)."""

from collections.abc import Callable

from reference.encryptor import Entry
from reference.make_group import Q, Source, h_eg, scalar_hex
from reference.make_json import Json
from reference.make_proofs import prove_range
from simulate.forgeries import (
    Challenge,
    contest_at,
    flat,
    hashed,
    honest,
    negate,
    relimit,
    reprove,
    reprove_limit,
    set_pair,
    solve_weak_item,
)
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper

TAMPERS: list[Tamper] = []

MAYOR, BOARD = 0, 1

# Elements

ELEMENTS = Row(TAMPERS, "ballot.elements")


def _ballot(edit: Callable[[Dossier, Entry], object], n: int = 0) -> Act:
    def act(d: Dossier) -> None:
        edit(d, d.one("ballot", n))
        d.settle()

    return act


def _two_negated(d: Dossier) -> None:
    """Two counted ballots with -α for the same option: the signs cancel in the product and in any unweighted batch."""
    for n in (1, 3):
        negate(d, d.one("ballot", n), MAYOR, 1, ("alpha",))
    d.settle()


def _replace(side: str, number: Callable[[Dossier, int], int]) -> Act:
    def edit(d: Dossier, entry: Entry) -> None:
        item = entry.content["contests"][MAYOR]["items"][0]
        item[side] = d.group.hex(number(d, int(item[side], 16)))
        relimit(d, entry, MAYOR)

    return _ballot(edit)


def _own_group(d: Dossier, x: int) -> int:
    """Times an element of the subgroup of order h, where the voter can choose plaintexts nobody tests."""
    return x * pow(3, 2 * Q, d.group.p) % d.group.p


ELEMENTS("alpha-negated-even-challenges", _ballot(lambda d, e: negate(d, e, MAYOR, 2, ("alpha",))), "A21", "A29")
ELEMENTS("beta-negated-even-challenges", _ballot(lambda d, e: negate(d, e, MAYOR, 2, ("beta",))), "A21", "A22")
ELEMENTS("alpha-and-beta-negated", _ballot(lambda d, e: negate(d, e, MAYOR, 2, ("alpha", "beta"))), "A21", "A22")
ELEMENTS("blank-negated", _ballot(lambda d, e: negate(d, e, BOARD, 3, ("alpha",))), "A21")
ELEMENTS("two-negated-alphas-cancel", _two_negated, "A29", "A21")
ELEMENTS("alpha-minus-1", _replace("alpha", lambda d, x: d.group.p - 1), "A23")
ELEMENTS("alpha-of-own-group", _replace("alpha", _own_group), "A24", "A02")
ELEMENTS("beta-of-own-group", _replace("beta", _own_group), "A24", "A22")
ELEMENTS("alpha-1-nonce-0", _ballot(lambda d, e: set_pair(d, e, MAYOR, 1, 0, 0)), "A23")
ELEMENTS("beta-1-nonce-cancels-the-vote", _ballot(lambda d, e: set_pair(d, e, MAYOR, 2, 1, -1)), "A23")
ELEMENTS("alpha-and-beta-1", _replace("alpha", lambda d, x: 1), "A23")

# Range proofs

SELECTION = Row(TAMPERS, "ballot.selection-proof")


def _weak(challenge: Challenge) -> Act:
    """One item of a counted ballot with a proof that would do under another challenge."""
    return _ballot(lambda d, entry: reprove(d, entry, MAYOR, 1, challenge), 1)


def _other_key(name: str) -> Challenge:
    """The challenge keyed with something that is not this ballot's H_I."""

    def challenge(
        d: Dossier, context: bytes, place: tuple[int, ...], pair: tuple[int, int], made: list[tuple[int, int]]
    ) -> int:
        keys = {
            "zero": bytes(32),
            "base-hash": d.made.h_b,
            "extended-base-hash": d.made.joint().h_e,
            "another-election": h_eg(h_eg(d.made.h_b, b"another election"), b"\x20" + bytes(32)),
            "another-ballot": h_eg(d.made.joint().h_e, b"\x20" + bytes.fromhex(d.one("ballot", 3).body["id"])),
        }
        return honest(d, keys[name], place, pair, made)

    return challenge


def _weak_fiat_shamir(d: Dossier) -> None:
    """A random plaintext m for bob with a proof that only hashes commitments; ada gets 1 - m, so the limit holds."""
    entry = d.one("ballot")
    m = solve_weak_item(d, entry, MAYOR, 2)
    set_pair(d, entry, MAYOR, 1, (1 - m) % Q, d.sealing(entry).source.scalar("rest"))
    d.settle()


def _two_for_ada_one_off_bob(d: Dossier) -> None:
    """Voter 1 votes for bob; voter 2 gives ada 2 and bob -1. Every sum is right, the limit too."""
    d.sealing(d.one("ballot", 3)).choices[MAYOR] = [0, 1, 0]
    d.sealing(d.one("ballot", 1)).choices[MAYOR] = [2, -1, 0]
    d.remake()


def _minus_one_blank(d: Dossier) -> None:
    """Three votes and -1 blank are within a limit of two; voter 1's blank makes the sum of blanks 0."""
    d.sealing(d.one("ballot", 1)).choices[BOARD] = [2, 1, -1]
    d.remake()


def _exchanged_proofs(d: Dossier, entry: Entry) -> None:
    first, second = entry.content["contests"][MAYOR]["items"][:2]
    first["proof"], second["proof"] = second["proof"], first["proof"]


def _moved_ciphertexts(d: Dossier, entry: Entry) -> None:
    """Ciphertext and proof of one option under the other's name, in both directions."""
    _exchanged_proofs(d, entry)
    first, second = entry.content["contests"][MAYOR]["items"][:2]
    for side in ("alpha", "beta"):
        first[side], second[side] = second[side], first[side]


def _all_simulated(d: Dossier, entry: Entry) -> None:
    """Each branch holds by itself; their challenges do not add up."""
    source = Source(d.sealing(entry).source.bytes32("free"))
    item = entry.content["contests"][MAYOR]["items"][0]
    item["proof"] = {name: [scalar_hex(source.scalar(name, j)) for j in (0, 1)] for name in ("c", "v")}


def _add_to_scalar(kind: str, j: int) -> Callable[[Dossier, Entry], None]:
    def edit(d: Dossier, entry: Entry) -> None:
        proof = entry.content["contests"][MAYOR]["items"][0]["proof"]
        proof[kind][j] = scalar_hex((int(proof[kind][j], 16) + 1) % Q)

    return edit


def _copied_ciphertext(d: Dossier) -> None:
    """Voter 3 takes ciphertexts and proofs of voter 2's mayor contest, without knowing what they say."""
    source, target = d.one("ballot", 1), d.one("ballot", 2)
    target.content["contests"][0] = source.content["contests"][0]
    d.settle()


def _moved_to_own_line(d: Dossier) -> None:
    """The server moves voter 2's sealed contests into voter 1's first ballot, with that ballot's id."""
    d.one("ballot").content["contests"] = d.one("ballot", 1).content["contests"]
    d.settle()


SELECTION("weak-fiat-shamir-random-plaintext", _weak_fiat_shamir, "A01", "A30")
SELECTION("two-for-one-and-minus-one-for-another", _two_for_ada_one_off_bob, "A30", "A10")
SELECTION("three-votes-and-minus-one-blank", _minus_one_blank, "A30", "A10")
SELECTION("proofs-exchanged-between-options", _ballot(_exchanged_proofs, 1), "A06", "A51")
SELECTION("all-branches-simulated", _ballot(_all_simulated, 1), "A10", "A04")
SELECTION("challenge-off-by-one", _ballot(_add_to_scalar("c", 0), 1), "A10")
SELECTION("response-off-by-one", _ballot(_add_to_scalar("v", 1), 1), "A04")
SELECTION(
    "options-exchanged-with-proofs",
    _ballot(_moved_ciphertexts, 3),
    "A51",
    "A50",
)
for what, challenge, numbers in (
    ("without-ciphertext", lambda d, key, place, pair, made: hashed(d, key, place, flat(made)), ("A01",)),
    ("without-beta", lambda d, key, place, pair, made: hashed(d, key, place, [pair[0], *flat(made)]), ("A01",)),
    ("without-commitments", lambda d, key, place, pair, made: hashed(d, key, place, list(pair)), ("A04",)),
    ("without-last-commitment", lambda d, key, place, pair, made: honest(d, key, place, pair, made[:-1]), ("A08",)),
    ("of-another-option", lambda d, key, place, pair, made: honest(d, key, (1, 2), pair, made), ("A06", "A51")),
    ("of-another-contest", lambda d, key, place, pair, made: honest(d, key, (2, 1), pair, made), ("A06", "A51")),
    ("of-a-limit", lambda d, key, place, pair, made: honest(d, key, (1,), pair, made), ("A14",)),
    ("of-128-bits", lambda d, key, place, pair, made: honest(d, key, place, pair, made) >> 128, ("A16", "A12")),
    ("with-zero-base", _other_key("zero"), ("A05", "A02")),
    ("with-base-hash-only", _other_key("base-hash"), ("A02", "A05")),
    ("with-extended-base-hash-only", _other_key("extended-base-hash"), ("A37",)),
    ("of-another-election", _other_key("another-election"), ("A05", "A36")),
    ("of-another-ballot", _other_key("another-ballot"), ("A37", "A33")),
):
    SELECTION(f"selection-proof-{what}", _weak(challenge), *numbers)
SELECTION(
    "ciphertexts-copied-with-proofs",
    _copied_ciphertext,
    "A33",
    "A35",
    also=("ballot.limit-proof", "ballot.unique"),
)
SELECTION(
    "ciphertexts-moved-to-another-line",
    _moved_to_own_line,
    "A37",
    "A34",
    also=("ballot.limit-proof", "ballot.unique"),
)

# Limit proofs

LIMIT = Row(TAMPERS, "ballot.limit-proof")


def _chosen(n: int, position: int, values: list[int]) -> Act:
    """The ballot sealed with these values; only what is within a limit can be proved."""

    def act(d: Dossier) -> None:
        d.sealing(d.one("ballot", n)).choices[position] = values
        d.remake()

    return act


def _over_another_sum(d: Dossier) -> None:
    """Two votes where one is allowed; the proof is about the first option's ciphertext alone."""
    entry = d.one("ballot", 1)
    sealing = d.sealing(entry)
    sealing.choices[MAYOR] = [1, 1, 0]
    d.remake()
    part = entry.content["contests"][MAYOR]
    kept = list(part["items"])
    i, contest = contest_at(d, entry, MAYOR)
    pair = int(kept[0]["alpha"], 16), int(kept[0]["beta"], 16)
    sealing.choices[MAYOR] = [1, 0, 0]
    nonces = dict(sealing.xi)
    ballots = d.made.ballots()
    first = ballots.nonce(sealing, (i, 1))
    sealing.xi.update({(i, j): first if j == 1 else 0 for j in range(1, len(contest.options) + 1)})
    reprove_limit(d, entry, MAYOR, lambda d, key, place, _, made: honest(d, key, place, pair, made))
    sealing.xi, sealing.choices[MAYOR] = nonces, [1, 1, 0]
    d.settle()


def _unweighted_blank(d: Dossier) -> None:
    """A vote and a blank: two, if the blank weighs one instead of the limit; the proof is about that sum."""
    entry = d.one("ballot", 3)
    sealing = d.sealing(entry)
    sealing.choices[BOARD] = [1, 0, 1]
    d.remake()
    ballots, part = d.made.ballots(), entry.content["contests"][BOARD]
    alpha, beta = (d.group.product(int(item[x], 16) for item in part["items"]) for x in ("alpha", "beta"))
    nonce = sum(ballots.nonce(sealing, (2, j)) for j in (1, 2, 3)) % Q
    context, source = ballots.context(sealing.id), Source(sealing.source.bytes32("unweighted"))
    proof = prove_range(
        d.group, ballots.K, (2, nonce), 2, source, lambda made: honest(d, context, (2,), (alpha, beta), made)
    )
    part["limit"] = proof.json()
    d.settle()


def _exchanged_limits(d: Dossier, entry: Entry) -> None:
    """Limit proofs of the same length from voter 1's and voter 2's ballots."""
    other: Json = d.one("ballot", 3).content["contests"][MAYOR]
    entry.content["contests"][MAYOR]["limit"] = other["limit"]


LIMIT("two-votes-where-one-is-allowed", _chosen(1, MAYOR, [1, 1, 0]), "A11")
LIMIT("blank-and-a-vote", _chosen(3, BOARD, [1, 0, 1]), "A11")
LIMIT("limit-proof-over-another-sum", _over_another_sum, "A11")
LIMIT("limit-proof-with-unweighted-blank", _unweighted_blank, "A11")
LIMIT("limit-proof-of-another-ballot", _ballot(_exchanged_limits, 1), "A11", "A06", "A37")
for what, challenge, numbers in (
    ("without-ciphertext", lambda d, key, place, pair, made: hashed(d, key, place, flat(made)), ("A01",)),
    ("of-another-contest", lambda d, key, place, pair, made: honest(d, key, (2,), pair, made), ("A06", "A11")),
    ("of-an-option", lambda d, key, place, pair, made: honest(d, key, (1, 1), pair, made), ("A14",)),
    ("with-zero-base", _other_key("zero"), ("A05",)),
    ("of-another-election", _other_key("another-election"), ("A05", "A36")),
):
    LIMIT(
        f"limit-proof-{what}",
        _ballot(lambda d, entry, challenge=challenge: reprove_limit(d, entry, MAYOR, challenge), 1),  # type: ignore[misc]
        *numbers,
    )
