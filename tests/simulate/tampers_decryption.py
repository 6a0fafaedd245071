"""Tampers with shares, their proofs and what is made of them (docs/spec.md sections 3 and 9)."""

from collections.abc import Callable

from reference.encryptor import Entry
from reference.make_group import Group, Q, Source, b4, h_own, h_q, scalar_hex
from reference.make_json import Json
from reference.make_proofs import Cell, lagrange, prove_cell, share_of_cell_challenge
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper

TAMPERS: list[Tamper] = []

SHARE = "tally.share"
# What a challenge is computed from: the dossier, the cell, Y, M, a, b.
Challenge = Callable[[Dossier, Cell, int, int, int, int], int]


def cell_of_share(d: Dossier, trustee: int, position: int) -> Cell:
    """The statement's cell at this position as the trustee's proof sees it; both contests' items are in order."""
    cell = d.one("tally.statement").content["products"][position]
    i = [contest.id for contest in d.made.spec.contests].index(cell["contest"]) + 1
    j = d.made.spec.contests[i - 1].item_ids.index(cell["option"]) + 1
    A, B = int(cell["A"], 16), int(cell["B"], 16)
    return Cell(i, j, trustee, A, B, d.one("tally.statement").hash())


def honest(d: Dossier, cell: Cell, Y: int, M: int, a: int, b: int) -> int:
    return share_of_cell_challenge(d.group, d.made.joint().h_e, cell, Y, M, a, b)


def _reprove(d: Dossier, trustee: int, position: int, challenge: Challenge, label: object = "") -> int:
    """Another proof for the share's M as it stands; gives c."""
    share = d.of_trustee(SHARE, trustee).content["shares"][position]
    cell, z = cell_of_share(d, trustee, position), d.made.key_share(trustee)
    M, source = int(share["M"], 16), Source(d.made.source.bytes32("again", trustee, position, label))
    c, v = prove_cell(d.group, z, cell.A, source, lambda a, b: challenge(d, cell, d.group.power(z), M, a, b))
    share.update(c=scalar_hex(c), v=scalar_hex(v))
    return c


def _kept(d: Dossier, trustee: int) -> Json:
    entry = d.of_trustee(SHARE, trustee)
    entry.keep.add("shares")
    return entry.content


# Elements

ELEMENTS = Row(TAMPERS, "tally.elements")


def _replaced(change: Callable[[Group, int], int], grind: bool = False) -> Act:
    """Trustee 1's first M exchanged; the outcome is the true one."""

    def act(d: Dossier) -> None:
        share = _kept(d, 1)["shares"][0]
        share["M"] = d.group.hex(change(d.group, int(share["M"], 16)))
        d.one("outcome").keep.add("cells")
        for attempt in range(1000):
            if _reprove(d, 1, 0, honest, attempt) % 2 == 0 or not grind:
                break
        d.settle()

    return act


ELEMENTS("share-negated-even-challenge", _replaced(lambda group, M: group.p - M, True), "A79", "A21", "A22")
ELEMENTS("share-of-own-group", _replaced(lambda group, M: M * pow(3, 2 * Q, group.p) % group.p), "A24", "A79")
ELEMENTS("share-minus-1", _replaced(lambda group, M: group.p - 1), "A23")


def _negative_product(d: Dossier) -> None:
    """A of one cell negated, so that what trustees return depends on the parity of their keys."""
    entry = d.one("tally.statement")
    cell = entry.content["products"][0]
    cell["A"] = d.group.hex(d.group.p - int(cell["A"], 16))
    entry.keep.add("products")
    d.one("outcome").keep.add("cells")
    d.settle()
    for trustee in d.made.spec.decrypting:
        share = _kept(d, trustee)["shares"][0]
        share["M"] = d.group.hex(d.group.pow(d.group.p - int(cell["A"], 16), d.made.key_share(trustee)))
    d.settle()


ELEMENTS("product-negated", _negative_product, "A21", "A79", also=("tally.products",))

# Proofs of shares

PROOF = Row(TAMPERS, "tally.share-proof")


def _weak(challenge: Challenge) -> Act:
    def act(d: Dossier) -> None:
        _kept(d, 1)
        _reprove(d, 1, 0, challenge)
        d.settle()

    return act


def _hash(d: Dossier, *numbers: int) -> int:
    return h_q(h_own(d.made.joint().h_e, "decryption-share", *(d.group.encode(x) for x in numbers)))


def _other_cell(d: Dossier, cell: Cell, **members: object) -> Cell:
    values = {name: getattr(cell, name) for name in ("contest", "option", "trustee", "A", "B", "statement")}
    values.update(members)
    return Cell(**values)


def _more_for_bob(d: Dossier, votes: int, trustee: int = 1) -> int:
    """M of bob's cell such that (9.3) gives so many votes more: M·K^(-votes/w)."""
    w = lagrange(trustee, d.made.spec.decrypting, Q)
    share = _kept(d, trustee)["shares"][1]
    M = int(share["M"], 16) * d.group.pow(d.made.joint().K, -votes * pow(w, -1, Q)) % d.group.p
    share["M"] = d.group.hex(M)
    return M


def _forged_tally(d: Dossier) -> None:
    """One more vote for bob by a share that is not A^z; the outcome decrypts to it."""
    _more_for_bob(d, 1)
    d.settle()


def _forged_with_weak_hash(d: Dossier) -> None:
    """The same with a proof under a challenge that hashes a only: b is then what it must be, whatever M is."""
    _more_for_bob(d, 1)
    _reprove(d, 1, 1, lambda d, cell, Y, M, a, b: _hash(d, a))
    d.settle()


def _forged_adaptively(d: Dossier) -> None:
    """M is chosen last: challenge over Y, A, a, b without M, any b, then M = (b/A^v)^(1/c); the votes do not decode."""
    _kept(d, 1)
    cell, z = cell_of_share(d, 1, 1), d.made.key_share(1)
    source = Source(d.made.source.bytes32("adaptive"))
    u = source.scalar("u")
    a, b = d.group.power(u), d.group.power(source.scalar("b"))
    c = _hash(d, d.group.power(z), cell.A, a, b)
    v = (u - c * z) % Q
    M = d.group.pow(b * d.group.inverse(d.group.pow(cell.A, v)) % d.group.p, pow(c, -1, Q))
    d.of_trustee(SHARE, 1).content["shares"][1].update(M=d.group.hex(M), c=scalar_hex(c), v=scalar_hex(v))
    d.one("outcome").keep.add("cells")
    d.settle()


def _cancelling(d: Dossier) -> None:
    """Trustee 1's share is off by what trustee 3's makes up for: the outcome is the true one."""
    _more_for_bob(d, 1, 1)
    _more_for_bob(d, -1, 3)
    d.settle()


def _proofs_exchanged(d: Dossier) -> None:
    first, second = _kept(d, 1)["shares"][:2]
    for name in ("c", "v"):
        first[name], second[name] = second[name], first[name]
    d.settle()


def _proof_of_the_other(d: Dossier) -> None:
    """Trustee 3 shows trustee 1's proofs for its own shares."""
    for mine, other in zip(_kept(d, 3)["shares"], d.of_trustee(SHARE, 1).content["shares"], strict=True):
        mine.update(c=other["c"], v=other["v"])
    d.settle()


PROOF("tally-forged-decryption-fits", _forged_tally, "A78", "A03", "A77")
PROOF("tally-forged-under-weak-challenge", _forged_with_weak_hash, "A03", "A01")
PROOF("tally-garbled-share-chosen-last", _forged_adaptively, "A03", also=("tally.decryption",))
PROOF("two-shares-cancel", _cancelling, "A29", "A77")
PROOF("share-proofs-exchanged", _proofs_exchanged, "A03", "A06")
PROOF("share-proofs-of-another-trustee", _proof_of_the_other, "A06")
OTHER = bytes.fromhex("5e" * 32)
for what, challenge, numbers in (
    ("free", lambda d, cell, Y, M, a, b: 12345, ("A04",)),
    ("without-statement", lambda d, cell, Y, M, a, b: _hash(d, Y, cell.A, cell.B, M, a, b), ("A03", "A13")),
    ("without-ciphertext", lambda d, cell, Y, M, a, b: _hash(d, Y, M, a, b), ("A03", "A01")),
    ("of-another-option", lambda d, cell, *rest: honest(d, _other_cell(d, cell, option=2), *rest), ("A06", "A51")),
    ("of-another-contest", lambda d, cell, *rest: honest(d, _other_cell(d, cell, contest=2), *rest), ("A06",)),
    ("of-trustee-2", lambda d, cell, *rest: honest(d, _other_cell(d, cell, trustee=2), *rest), ("A06", "A76")),
    ("of-another-tally", lambda d, cell, *rest: honest(d, _other_cell(d, cell, statement=OTHER), *rest), ("A81",)),
    ("of-another-product", lambda d, cell, *rest: honest(d, _other_cell(d, cell, B=cell.A), *rest), ("A03",)),
    (
        "of-another-election",
        lambda d, cell, *rest: share_of_cell_challenge(d.group, OTHER, cell, *rest),
        ("A85", "A05", "A36"),
    ),
    ("with-zero-base", lambda d, cell, *rest: share_of_cell_challenge(d.group, bytes(32), cell, *rest), ("A05",)),
    ("of-128-bits", lambda d, cell, *rest: honest(d, cell, *rest) >> 128, ("A16",)),
    (
        "by-another-label",
        lambda d, cell, *rest: h_q(h_own(d.made.joint().h_e, "lot", *_fields(d, cell, *rest))),
        ("A14",),
    ),
):
    PROOF(f"share-proof-{what}", _weak(challenge), *numbers)


def _fields(d: Dossier, cell: Cell, Y: int, M: int, a: int, b: int) -> list[bytes]:
    places = [b4(cell.contest), b4(cell.option), b4(cell.trustee)]
    return [*places, *(d.group.encode(x) for x in (Y, cell.A, cell.B, M, a, b)), cell.statement]


# Quorum

QUORUM = Row(TAMPERS, "tally.quorum")


def _only(trustees: list[int]) -> Act:
    def act(d: Dossier) -> None:
        outcome = d.one("outcome")
        outcome.content["trustees"] = trustees
        outcome.keep.add("trustees")
        d.settle()

    return act


def _one_trustee_is_enough(d: Dossier) -> None:
    """All trustees together draw leading coefficients that cancel, so every key share is the whole key."""
    d.trustee(3).a[1] = -(d.trustee(1).a[1] + d.trustee(2).a[1]) % Q
    for kind in ("tally.accept", SHARE):
        d.remove(d.of_trustee(kind, 3))
    d.remake()


def _share_after_the_outcome(d: Dossier) -> None:
    """The outcome names trustee 3, whose share only comes after it, and is refused there."""
    entry = d.of_trustee(SHARE, 3)
    content = entry.content
    d.one("outcome").keep |= {"cells", "trustees"}
    d.remove(entry)
    late = d.after(d.one("outcome"), Entry(entry.leaf, content))
    late.keep.add("ignored")
    d.settle()


def _nobody_decrypts(d: Dossier) -> None:
    """The right votes, and no share at all."""
    d.one("outcome").keep |= {"cells", "trustees"}
    d.one("outcome").content["trustees"] = []
    for kind in ("tally.accept", SHARE):
        for entry in d.all(kind):
            d.remove(entry)
    d.settle()


QUORUM("a-share-is-not-used", _only([1, 3]), "A77", "A76", base="three-decrypt")
QUORUM("one-trustee-decides", _one_trustee_is_enough, "A67", "A64", "A74")
QUORUM("share-after-the-outcome", _share_after_the_outcome, "A83", also=("board.phase",))

QUORUM("no-shares-at-all", _nobody_decrypts, "A78", "A19", also=("tally.decryption",))

# Decryption

DECRYPTION = Row(TAMPERS, "tally.decryption")


def _votes(change: Callable[[list[Json]], object]) -> Act:
    """Other votes in the outcome; undervotes and winners follow them."""

    def act(d: Dossier) -> None:
        outcome = d.one("outcome")
        change(outcome.content["cells"])
        outcome.keep.add("cells")
        d.settle()

    return act


def _move(cells: list[Json]) -> None:
    cells[0]["votes"] -= 1
    cells[1]["votes"] += 1


def _exchange(cells: list[Json]) -> None:
    cells[0]["votes"], cells[1]["votes"] = cells[1]["votes"], cells[0]["votes"]


DECRYPTION("votes-moved", _votes(_move), "A78", "A84")
DECRYPTION("columns-exchanged", _votes(_exchange), "A84", "A51")
DECRYPTION("undervote-becomes-a-vote", _votes(lambda cells: cells[2].update(votes=1)), "A78", "A84")
DECRYPTION("votes-lost", _votes(lambda cells: cells[0].update(votes=1)), "A78", "A76")
DECRYPTION("blank-votes-lost", _votes(lambda cells: cells[5].update(votes=0)), "A78")


def _huge(d: Dossier) -> None:
    """2^53 - 1 votes: a search must be bounded, and the undervotes cannot be right."""
    cells = d.one("outcome").content["cells"]
    cells[1]["votes"] = 2**53 - 1
    d.one("outcome").keep |= {"cells", "contests"}
    d.settle()


DECRYPTION("votes-beyond-all-ballots", _huge, "A30", "A116", also=("outcome.counts", "outcome.elected"))
