"""Tampers with what counts where there is a roll: keys and styles of ballots, rows, totals (docs/spec.md, 7, 9, 14.3).

In `roll` the ballots are of the members 1, 2, 3, 1, 4, 7, 3; since the second one member 4 has another code.
"""

from collections.abc import Callable
from dataclasses import replace

from reference.make_json import Json
from reference.make_tally import products
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper
from simulate.voters import kept, line_of, new_ballot, roll_of, shown

TAMPERS: list[Tamper] = []
ALLOWED: list[Tamper] = []
"""What is noticed by no check."""

ROLL, PAPER_FIRST, ONLINE_FIRST = "roll", "roll-paper-first", "roll-online-first"
STATEMENT, SHARE, OUTCOME = "tally.statement", "tally.share", "outcome"
Edit = Callable[[Dossier, Json], object]

# Keys

KEYS = Row(TAMPERS, "ballot.line")


def _signed(n: int, keys: Callable[[Dossier], list[bytes]]) -> Act:
    """The n-th ballot is sealed for these keys, and signed with them."""

    def act(d: Dossier) -> None:
        entry = d.one("ballot", n)
        sealing = d.sealing(entry)
        sealing.key, *sealing.more = keys(d)
        entry.keep.add("keys")
        d.remake()

    return act


def _keys(*which: tuple[str, int, int]) -> Callable[[Dossier], list[bytes]]:
    """By registrar, member and version."""
    return lambda d: [roll_of(d).credential(*one) for one in which]


for what, n, keys, numbers in (
    ("with-a-replaced-code", 4, _keys(("rita", 4, 0), ("sid", 4, 0)), ("A47",)),
    ("with-a-code-of-the-future", 0, _keys(("rita", 1, 0), ("sid", 1, 1)), ("A47",)),
    ("with-codes-exchanged", 0, _keys(("sid", 1, 0), ("rita", 1, 0)), ("A12",)),
    ("with-one-code-twice", 0, _keys(("rita", 1, 0), ("rita", 1, 0)), ("A46",)),
    ("with-the-codes-of-another", 0, _keys(("rita", 2, 1), ("sid", 2, 0)), ("A37",)),
    ("with-one-code-of-another", 0, _keys(("rita", 1, 0), ("sid", 2, 0)), ("A37",)),
    (
        "by-one-registrar-and-the-server",
        0,
        lambda d: [roll_of(d).credential("rita", 1), d.new_key("server")],
        ("A46", "A45"),
    ),
    ("by-the-server-alone", 4, lambda d: [d.new_key("server", 1), d.new_key("server", 2)], ("A45", "A36")),
):
    KEYS(f"voted-{what}", _signed(n, keys), *numbers, base=ROLL)  # type: ignore[arg-type]


def _inserted(member: int, style: str, after: str, n: int = 0) -> Act:
    def act(d: Dossier) -> None:
        choices = ((1, 0), (2, 0, 0)) if style == "all" else ((1, 0),)
        d.after(d.all(after)[n], new_ballot(d, member, style, choices))
        d.remake()

    return act


KEYS("voted-after-the-revocation", _inserted(8, "all", "ballot", -1), "A47", base=ROLL)
KEYS("voted-for-a-removed-member", _inserted(5, "all", "ballot", -1), "A45", base=ROLL, also=("ballot.style",))
KEYS("voted-for-a-member-without-codes", _inserted(6, "half", "ballot", -1), "A45", base=ROLL, also=("ballot.style",))


def _after_the_mark(d: Dossier) -> None:
    """Who has voted on paper votes online as well: the ballot is not valid, and changes nothing."""
    d.after(d.one("mark"), new_ballot(d, 5, "half", ((1, 0),)))
    d.remake()


for base in (ONLINE_FIRST, PAPER_FIRST):
    Row(ALLOWED, "")(f"ballot-after-the-mark-{base}", _after_the_mark, "A54", base=base)

# Styles

STYLES = Row(TAMPERS, "ballot.style")


def _styled(n: int, style: str, choices: list[list[int]]) -> Act:
    def act(d: Dossier) -> None:
        sealing = d.sealing(d.one("ballot", n))
        sealing.style, sealing.choices = style, choices
        d.remake()

    return act


STYLES("ballot-of-fewer-contests-than-its-line", _styled(0, "half", [[1, 0]]), "A52", base=ROLL)
STYLES("ballot-of-more-contests-than-its-line", _styled(1, "all", [[1, 0], [2, 0, 0]]), "A52", base=ROLL)

# Rows

ROWS = Row(TAMPERS, "tally.rows")


def _row(member: int, **members: object) -> Edit:
    def edit(d: Dossier, payload: Json) -> None:
        line = line_of(d, member)
        next(row for row in payload["rows"] if row["line"] == line).update(members)

    return edit


def _hash(d: Dossier, n: int) -> str:
    return d.one("ballot", n).hash().hex()


def _drop(member: int) -> Edit:
    def edit(d: Dossier, payload: Json) -> None:
        payload["rows"] = [row for row in payload["rows"] if row["line"] != line_of(d, member)]

    return edit


def _both_channels(d: Dossier, payload: Json) -> None:
    """The superseded ballot counts as well."""
    _row(3, channel="online", status="counted")(d, payload)


NOT_VOTED = {"channel": "none", "leaf": "", "status": "not-voted"}
for what, edit, base, numbers in (
    ("removed-line-called-not-voted", _row(5, status="not-voted"), ROLL, ("A43",)),
    ("silent-line-called-removed", _row(8, status="removed"), ROLL, ("A43",)),
    ("silent-line-left-out", _drop(8), ROLL, ("A43",)),
    ("removed-line-left-out", _drop(6), ROLL, ("A43",)),
    ("annulled-line-called-not-voted", _row(7, leaf="", status="not-voted"), ROLL, ("A39",)),
    (
        "annulled-ballot-counted",
        lambda d, p: _row(7, channel="online", leaf=_hash(d, 5), status="counted")(d, p),
        ROLL,
        ("A39",),
    ),
    ("voter-called-annulled", _row(4, channel="none", status="annulled"), ROLL, ("A39",)),
    ("earlier-ballot-after-annulment", lambda d, p: _row(3, leaf=_hash(d, 2))(d, p), ROLL, ("A39",)),
    ("marked-line-called-not-voted", _row(5, **NOT_VOTED), PAPER_FIRST, ("A54",)),
    ("marked-in-the-other-channel", _row(5, channel="in_person"), PAPER_FIRST, ("A54",)),
    ("silent-line-called-marked", _row(7, channel="postal", status="marked"), PAPER_FIRST, ("A54", "A45")),
    ("superseded-ballot-counted", _both_channels, PAPER_FIRST, ("A54",)),
    ("superseded-line-called-marked", _row(3, leaf="", status="marked"), PAPER_FIRST, ("A54",)),
    (
        "counted-ballot-called-superseded",
        lambda d, p: _row(1, channel="postal", status="superseded")(d, p),
        PAPER_FIRST,
        ("A54",),
    ),
):
    ROWS(what, kept(STATEMENT, 0, "rows", edit), *numbers, base=base)  # type: ignore[arg-type]


def _summed(**members: object) -> Act:
    """The leaf says something else of its rows."""

    def act(d: Dossier) -> None:
        entry = d.one(STATEMENT)
        entry.body.update(members)
        entry.keep.add("body")
        d.settle()

    return act


for base in (ROLL, "base"):
    ROWS(f"rows-of-another-root-{base}", _summed(rows="0" * 64), "A14", base=base)
    ROWS(f"rows-of-another-number-{base}", _summed(lines=99), "A43", base=base)

# Reconciliation

SUMS = Row(TAMPERS, "tally.reconciliation")


def _sum(*path: object, to: int) -> Act:
    def edit(d: Dossier, payload: Json) -> None:
        inside: object = payload["reconciliation"]
        for step in path[:-1]:
            inside = inside[step]  # type: ignore[index]
        inside[path[-1]] = to  # type: ignore[index]

    return kept(STATEMENT, 0, "reconciliation", edit)


for what, act, base in (
    ("lines-of-the-roll", _sum("lines", to=9), ROLL),
    ("lines-online", _sum("channels", 0, "lines", to=5), ROLL),
    ("lines-that-did-not-vote", _sum("none", 1, "lines", to=2), ROLL),
    ("lines-removed", _sum("none", 2, "lines", to=1), ROLL),
    ("lines-annulled", _sum("none", 0, "lines", to=0), ROLL),
    ("codes-issued", _sum("registrars", 0, "issued", to=7), ROLL),
    ("codes-used", _sum("registrars", 1, "used", to=6), ROLL),
    ("codes-unused", _sum("registrars", 0, "unused", to=1), ROLL),
    ("codes-revoked", _sum("registrars", 1, "revoked", to=0), ROLL),
    ("papers-in-person", _sum("channels", 1, "lines", to=2), PAPER_FIRST),
    ("lines-without-a-roll", _sum("lines", to=4), "base"),
):
    SUMS(f"other-number-of-{what}", act, "A45", base=base)


def _used_exchanged(d: Dossier, payload: Json) -> None:
    first = payload["reconciliation"]["registrars"][0]
    first["used"], first["unused"] = first["unused"], first["used"]


SUMS("used-and-unused-exchanged", kept(STATEMENT, 0, "reconciliation", _used_exchanged), "A45", base=ROLL)

# Form of statement and cells

FORM = Row(TAMPERS, "tally.form")


def _cell(name: str, position: int, **members: object) -> Edit:
    return lambda d, p: p[name][position].update(members)


def _parts_overlap(d: Dossier, payload: Json) -> None:
    for cell in payload["shares"][2:4]:
        cell["channel"] = "online+in_person"


def _pop(*path: str) -> Edit:
    def edit(d: Dossier, payload: Json) -> None:
        inside = payload
        for step in path[:-1]:
            inside = inside[step]
        inside.pop(path[-1])

    return edit


for what, kind, edit in (
    ("statement-without-reconciliation", STATEMENT, _pop("reconciliation")),
    ("reconciliation-without-registrars", STATEMENT, lambda d, p: p["reconciliation"].update(registrars=[])),
    ("reconciliation-in-another-order", STATEMENT, lambda d, p: p["reconciliation"]["channels"].reverse()),
    ("product-without-weight", STATEMENT, lambda d, p: p["products"][0].pop("weight")),
    ("product-of-no-channel", STATEMENT, _cell("products", 1, channel="online")),
    ("row-counted-on-paper", STATEMENT, _row(5, status="counted")),
    ("row-marked-online", STATEMENT, _row(1, status="marked", leaf="")),
    ("row-superseded-by-nothing", STATEMENT, _row(3, leaf="")),
    ("row-marked-with-a-leaf", STATEMENT, _row(5, leaf="ab" * 32)),
    ("share-of-a-part-twice", SHARE, _cell("shares", 2, channel="online")),
    ("shares-of-parts-that-overlap", SHARE, _parts_overlap),
    ("share-of-channels-that-are-no-neighbours", SHARE, _cell("shares", 0, channel="online+postal")),
    ("share-of-channels-turned-round", SHARE, _cell("shares", 0, channel="in_person+online")),
    ("outcome-of-an-unknown-channel", OUTCOME, _cell("cells", 0, channel="telephone")),
    ("outcome-of-half-a-part", OUTCOME, lambda d, p: p["cells"].pop(0)),
    ("outcome-parts-in-another-order", OUTCOME, lambda d, p: p["cells"].reverse()),
):
    FORM(what, shown(kind, 0, edit), "A20", "A54", base=PAPER_FIRST)

# Products

PRODUCTS = Row(TAMPERS, "tally.products")
WEIGHTED = "weighted"


def _weights(*weights: int) -> Edit:
    """The four ballots count this much each."""

    def edit(d: Dossier, payload: Json) -> None:
        statement = d.one(STATEMENT).content
        by_hash = {entry.hash().hex(): entry.content for entry in d.all("ballot")}
        sealed = [by_hash[row["leaf"]] for row in statement["rows"] if row["status"] == "counted"]
        heavy = [row["line"] for row in statement["rows"] if row["status"] == "counted"]
        order = [heavy.index(line_of(d, member)) for member in (1, 4, 2, 5)]
        its = [weights[order.index(i)] for i in range(len(heavy))]
        payload["products"] = products(d.made.spec, d.group, sealed, its)

    return edit


def _on_paper(**members: str) -> Edit:
    def edit(d: Dossier, payload: Json) -> None:
        cell = next(cell for cell in payload["products"] if cell["channel"] == "postal")
        cell.update({name: d.group.hex(1) for name in members})

    return edit


for what, edit, base, numbers in (
    ("every-ballot-of-weight-one", _weights(1, 1, 1, 1), WEIGHTED, ("A44",)),
    ("weights-exchanged", _weights(3, 1, 1, 3), WEIGHTED, ("A44",)),
    ("a-ballot-of-more-weight", _weights(1, 3, 2, 3), "weighted-under", ("A44",)),
    ("paper-total-left-out", _on_paper(A="", B=""), PAPER_FIRST, ("A20", "A54")),
    ("papers-counted-twice", _cell("products", 2, ballots=6, weight=6), PAPER_FIRST, ("A20", "A54")),
    ("weight-of-papers", _cell("products", 2, weight=6), PAPER_FIRST, ("A44",)),
):
    PRODUCTS(what, kept(STATEMENT, 0, "products", edit), *numbers, base=base)

# Floor

FLOOR = Row(TAMPERS, "tally.floor")


def _decrypted_as(**members: object) -> Act:
    """Trustees and administrator keep to another floor than the manifest's."""

    def act(d: Dossier) -> None:
        d.made.spec = replace(d.made.spec, **members)  # type: ignore[arg-type]
        d.settle()

    return act


for what, act, base, numbers in (
    ("every-channel-by-itself", _decrypted_as(floor=0), "roll-merged", ("A129",)),
    ("every-channel-by-itself-not-combined", _decrypted_as(floor=0), "roll-combined", ("A129",)),
    ("withheld-channels-decrypted", _decrypted_as(floor=0), "roll-withheld", ("A129", "A136")),
    ("merged-instead-of-withheld", _decrypted_as(fallback="merge"), "roll-withheld", ("A129",)),
    ("combined-instead-of-merged", _decrypted_as(fallback="combine"), "roll-merged", ("A129",)),
    ("rare-weight-decrypted", _decrypted_as(floor=0), "weighted-withheld", ("A130",)),
):
    FLOOR(what, act, *numbers, base=base)

# Decryption and outcome

DECRYPTION = Row(TAMPERS, "tally.decryption")
COUNTS = Row(TAMPERS, "outcome.counts")


def _votes_exchanged(d: Dossier, payload: Json) -> None:
    """What was voted online is said of the post, and the other way round; all sums are right."""
    cells = {(cell["contest"], cell["option"], cell["channel"]): cell for cell in payload["cells"]}
    for option in ("ada", "bob"):
        online, postal = (cells["chair", option, channel] for channel in ("online", "postal"))
        online["votes"], postal["votes"] = postal["votes"], online["votes"]


DECRYPTION("votes-exchanged-between-channels", kept(OUTCOME, 0, "cells", _votes_exchanged), "A84", base=PAPER_FIRST)


def _contest(position: int, **members: int) -> Act:
    return kept(OUTCOME, 0, "contests", lambda d, p: p["contests"][position].update(members))


COUNTS("outcome-without-the-papers", _contest(0, ballots=2), "A84", base=PAPER_FIRST)
COUNTS("outcome-of-weights-for-ballots", _contest(0, ballots=8), "A44", base=WEIGHTED)
COUNTS("undervotes-by-number-of-ballots", _contest(1, undervotes=0), "A44", base="weighted-under")
