"""Tampers with channels: marks, annulments, totals on paper (docs/spec.md, sections 7, 14.1 and 14.2)."""

from collections.abc import Callable

from reference.encryptor import Count
from reference.make_follow import PaperSpec
from reference.make_json import Json
from reference.make_paper import BitPlace, Paper, paper_json
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper
from simulate.voters import NOBODY, futile, kept, shown

TAMPERS: list[Tamper] = []

ONLINE_FIRST, PAPER_FIRST, ROLL = "roll-online-first", "roll-paper-first", "roll"
TELLER, OTHER = "teller-1", "teller-2"
PAPER = "paper"
IN_PERSON, POSTAL = 0, 1  # paper leaves

# Marks

MARK = Row(TAMPERS, "channel.mark")


def _mark(channel: str = "postal", /, *, member: int = 0, after: str = "open", n: int = 0, **members: object) -> Act:
    return futile("mark", TELLER, after=after, n=n, member=member, channel=channel, **members)


for what, act, base in (
    ("twice-in-one-channel", _mark(member=5, after="mark", n=0), ONLINE_FIRST),
    ("in-two-channels", _mark("in_person", member=5, after="mark", n=0), ONLINE_FIRST),
    ("in-two-channels-where-paper-prevails", _mark("in_person", member=5, after="mark", n=0), PAPER_FIRST),
    ("after-a-ballot-online", _mark(member=1, after="ballot", n=0), ONLINE_FIRST),
    ("after-the-close-and-a-ballot-online", _mark(member=2, after="close", n=0), ONLINE_FIRST),
    ("of-nobody", _mark(line=NOBODY), PAPER_FIRST),
    ("of-a-removed-line", _mark(member=7), "roll-removed"),
):
    MARK(f"mark-{what}", act, "A54" if "nobody" not in what else "A45", base=base)

# Annulments

ANNULLED = Row(TAMPERS, "ballot.annulled")


def _annul(*, member: int, after: str = "annul", n: int = -1, **members: object) -> Act:
    return futile("annul", "rita", after=after, n=n, member=member, reason="coerced", **members)


def _ballot(n: int) -> Callable[[Dossier], str]:
    return lambda d: d.one("ballot", n).hash().hex()


for what, act, base in (
    ("not-the-last-ballot", _annul(member=1, ballot=_ballot(0)), ROLL),
    ("of-another-line", _annul(member=2, ballot=_ballot(3)), ROLL),
    ("twice", _annul(member=7, ballot=_ballot(5), n=0), ROLL),
    ("before-the-ballot", _annul(member=4, after="ballot", n=3, ballot="ab" * 32), ROLL),
    ("of-a-challenge", _annul(member=3, after="ballot", n=1, ballot=lambda d: d.one("challenge").hash().hex()), ROLL),
    ("of-a-line-without-ballot", _annul(member=8, ballot=_ballot(3)), ROLL),
    ("of-nobody", futile("annul", "rita", after="annul", line=NOBODY, ballot=_ballot(3), reason="coerced"), ROLL),
):
    ANNULLED(f"annulled-{what}", act, "A47" if "line" in what else "A39", base=base)


after_mark = _annul(member=3, after="mark", n=2, ballot=_ballot(2))
ANNULLED("annulled-after-the-mark", after_mark, "A54", base="roll-marked-early")

# Totals on paper: form

FORM = Row(TAMPERS, "channel.form")


def _contest(i: int, **members: object) -> Callable[[Dossier, Json], object]:
    return lambda d, p: p["contests"][i].update(members)


for what, edit, numbers in (
    ("without-a-contest", lambda d, p: p["contests"].pop(), ("A20", "A51")),
    ("contests-in-another-order", lambda d, p: p["contests"].reverse(), ("A51",)),
    ("of-a-negative-number", _contest(0, ballots="-1"), ("A30",)),
    ("of-more-papers-than-lines", _contest(0, ballots=10_000_000), ("A30",)),
    ("of-other-papers-than-bits", _contest(0, ballots=9), ("A20",)),
    ("with-a-bit-fewer", lambda d, p: p["contests"][0]["items"][0]["bits"].pop(), ("A08",)),
    ("with-a-bit-more", lambda d, p: _bits(p).append(_bits(p)[0]), ("A08",)),
    ("with-a-rest-fewer", lambda d, p: p["contests"][0]["rest"].pop(), ("A08",)),
    ("bit-without-proof", lambda d, p: _bits(p)[0].pop("proof"), ("A03",)),
    ("bit-with-one-branch", lambda d, p: [_bits(p)[0]["proof"][x].pop() for x in "cv"], ("A08",)),
    ("bit-zero", lambda d, p: _bits(p)[0].update(alpha=d.group.hex(0)), ("A23",)),
    ("items-in-another-order", lambda d, p: p["contests"][0]["items"].reverse(), ("A51",)),
):
    FORM(f"paper-{what}", shown(PAPER, POSTAL, edit), *numbers, base=PAPER_FIRST)  # type: ignore[arg-type]


def _bits(payload: Json) -> list[Json]:
    its: list[Json] = payload["contests"][0]["items"][0]["bits"]
    return its


# Elements and proofs. The postal channel has three papers of the first contest: two bits, of the weights 1 and 2.

ELEMENTS = Row(TAMPERS, "channel.elements")
PROOF = Row(TAMPERS, "channel.proof")


def _negated(part: str) -> Callable[[Dossier, Json], None]:
    """A number and p minus it have the same square, so that no total shows it."""

    def edit(d: Dossier, payload: Json) -> None:
        bit = _bits(payload)[1]
        bit[part] = d.group.hex(d.group.p - int(bit[part], 16))

    return edit


for part in ("alpha", "beta"):
    ELEMENTS(f"paper-{part}-negated", kept(PAPER, POSTAL, "paper", _negated(part)), "A21", base=PAPER_FIRST)


def _response(d: Dossier, payload: Json) -> None:
    proof = _bits(payload)[0]["proof"]
    proof["v"][0], proof["v"][1] = proof["v"][1], proof["v"][0]


def _exchanged(d: Dossier, payload: Json) -> None:
    """The totals of two options exchanged, with their proofs: what is decrypted is exchanged too."""
    items = payload["contests"][0]["items"]
    items[0]["bits"], items[1]["bits"] = items[1]["bits"], items[0]["bits"]


def _of_the_other_channel(d: Dossier, payload: Json) -> None:
    """The same counts, but sealed for the other channel."""
    spec = d.all(PAPER)[POSTAL].secret
    if isinstance(spec, PaperSpec):
        ballots = d.made.ballots()
        paper = Paper(d.group, ballots.K, ballots.h_e, "in_person", d.made.source)
        payload.update(paper_json(paper, d.made.spec.contests, spec.counts))


for what, edit in (
    ("responses-exchanged", _response),
    ("options-exchanged", _exchanged),
    ("totals-of-the-other-channel", _of_the_other_channel),
):
    PROOF(f"paper-{what}", kept(PAPER, POSTAL, "paper", edit), "A12", base=PAPER_FIRST)


def _lie(lies: dict[BitPlace, int]) -> Callable[[Dossier, Json], None]:
    """Bits that encrypt something else, with proofs that say 0 or 1 and do not hold where it is neither."""

    def edit(d: Dossier, payload: Json) -> None:
        spec = d.all(PAPER)[POSTAL].secret
        if isinstance(spec, PaperSpec):
            ballots = d.made.ballots()
            paper = Paper(d.group, ballots.K, ballots.h_e, "postal", d.made.source, dict(lies))
            payload.update(paper_json(paper, d.made.spec.contests, spec.counts))

    return edit


for what, lies, numbers in (
    ("a-bit-of-three", {(1, 1, 0): 3, (1, 2, 1): 0}, ("A03",)),
    ("a-bit-of-minus-one", {(1, 1, 0): 0, (1, 2, 0): -1, (1, 1, 1): 1}, ("A03", "A30")),
    ("more-votes-than-the-papers-have", {(2, 1, 0): 1, (2, 1, 1): 1}, ("A08",)),
):
    PROOF(f"paper-with-{what}", kept(PAPER, POSTAL, "paper", _lie(lies)), *numbers, base=PAPER_FIRST)

# Counts

COUNT = Row(TAMPERS, "channel.count")


def _counted(n: int, *counts: Count) -> Act:
    def act(d: Dossier) -> None:
        spec = d.all(PAPER)[n].secret
        if isinstance(spec, PaperSpec):
            spec.counts = counts
        d.remake()

    return act


for what, n, counts in (
    ("a-paper-stuffed", IN_PERSON, (Count(2, 0, (2, 0)), Count(1, 0, (0, 1, 0)))),
    ("a-paper-taken-away", POSTAL, (Count(2, 0, (1, 1)), Count(1, 1, (0, 1, 0)))),
    ("a-spoiled-paper-more", IN_PERSON, (Count(1, 1, (1, 0)), Count(1, 0, (0, 1, 0)))),
    ("a-spoiled-paper-fewer", POSTAL, (Count(3, 0, (1, 2)), Count(1, 0, (0, 1, 0)))),
    ("papers-of-nobody", IN_PERSON, (Count(0, 0, (0, 0)), Count(0, 0, (0, 0, 0)))),
    ("a-paper-of-the-wrong-style", POSTAL, (Count(3, 0, (1, 2)), Count(2, 1, (0, 2, 0)))),
):
    COUNT(f"count-of-{what}", _counted(n, *counts), "A54", "A45", base=PAPER_FIRST)
