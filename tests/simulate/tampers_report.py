"""Tampers with what is said about a selection, and with who may say what of voters, and when (docs/spec.md 5.4, 15)."""

from collections.abc import Callable

from reference.encryptor import Entry
from reference.make_json import Json
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper
from simulate.voters import futile, kept, new_ballot, roll_of, said, shown

TAMPERS: list[Tamper] = []
ALLOWED: list[Tamper] = []
"""What is noticed by no check."""

ROLL, PAPER_FIRST, ONLINE_FIRST = "roll", "roll-paper-first", "roll-online-first"
REPORT, CHECKED = "report", "checked"

# Heads that somebody has checked

HEAD = Row(TAMPERS, "checked.head")
ALLOW = Row(ALLOWED, "")


def _head(more: int) -> Callable[[Dossier], Json]:
    """Of so many entries more than there are before the last `checked` leaf."""

    def head(d: Dossier) -> Json:
        size = d.index(d.all(CHECKED)[-1]) + more
        return {"root": d.made.root(size).hex(), "size": size}

    return head


for what, head in (
    ("with-itself", _head(1)),
    ("with-what-came-later", _head(2)),
    ("of-another-log", lambda d: {"root": "0" * 64, "size": 5}),
    ("of-a-smaller-size", lambda d: {"root": d.made.root(5).hex(), "size": 4}),
    ("of-a-size-beyond-the-log", lambda d: {"root": d.made.root(5).hex(), "size": 2**53 - 1}),
    ("of-nothing-with-a-root", lambda d: {"root": d.made.root(1).hex(), "size": 0}),
):
    HEAD(f"checked-a-log-{what}", said(CHECKED, -1, head=head), "A61", "A97", base=ROLL)
for what, head in (
    ("an-earlier-head", _head(-3)),
    ("the-empty-log", lambda d: {"root": d.made.root(0).hex(), "size": 0}),
):
    ALLOW(f"checked-{what}", said(CHECKED, -1, head=head), base=ROLL)

# The report: its form

FORM = Row(TAMPERS, "report.form")


def _words(**members: object) -> Callable[[Dossier, Json], object]:
    return lambda d, p: p["words"].update(members)


def _facts(**members: object) -> Callable[[Dossier, Json], object]:
    return lambda d, p: p["facts"].update(members)


for what, edit in (
    ("without-words", lambda d, p: p.pop("words")),
    ("without-facts", lambda d, p: p.pop("facts")),
    ("with-names", lambda d, p: p.update(names=["Member M001"])),
    ("inspected-in-words", _words(inspected="yes")),
    ("of-too-many-words", _words(opinion="x" * 10_001)),
    ("of-a-negative-number", _facts(incidents="-1")),
    ("of-a-boolean", _facts(pauses=True)),
    ("without-a-registrar", lambda d, p: p["facts"]["credentials"].pop()),
    ("with-registrars-exchanged", lambda d, p: p["facts"]["credentials"].reverse()),
    ("without-reconciliation", lambda d, p: p["facts"].pop("reconciliation")),
    ("with-a-fact-more", _facts(turnout=7)),
):
    FORM(f"report-{what}", shown(REPORT, 0, edit), "A26", base=ROLL)

# Its facts

FACTS = Row(TAMPERS, "report.facts")


def _fact(*path: str | int, to: object) -> Act:
    def edit(d: Dossier, payload: Json) -> None:
        inside: object = payload["facts"]
        for step in path[:-1]:
            inside = inside[step]  # type: ignore[index]
        inside[path[-1]] = to  # type: ignore[index]

    return kept(REPORT, 0, "facts", edit)


for what, act, base in (
    ("accesses-to-the-register", _fact("access", "register", to=0), ROLL),
    ("accesses-to-the-roll", _fact("access", "roll", to=0), ROLL),
    ("lines-added", _fact("amendments", "added", to=1), ROLL),
    ("contacts-changed", _fact("amendments", "contacts", to=1), ROLL),
    ("lines-removed", _fact("amendments", "removed", to=1), ROLL),
    ("challenges", _fact("challenges", to=7), ROLL),
    ("checks", _fact("checked", to=9), ROLL),
    ("codes", _fact("credentials", 0, "issued", to=99), ROLL),
    ("codes-issued-again", _fact("credentials", 1, "reissued", to=0), ROLL),
    ("revocations", _fact("credentials", 0, "revocations", to=0), ROLL),
    ("entries", _fact("head", "size", to=3), ROLL),
    ("incidents", _fact("incidents", to=0), ROLL),
    ("pauses", _fact("pauses", to=0), ROLL),
    ("lines-in-the-reconciliation", _fact("reconciliation", "lines", to=9), ROLL),
    ("superseded-ballots", _fact("superseded", to=0), PAPER_FIRST),
    ("lines-with-two-codes", _fact("twice", "lines", to=0), ROLL),
    ("voters-with-two-codes", _fact("twice", "voted", to=0), ROLL),
):
    FACTS(f"reported-another-number-of-{what}", act, "A45", "A47", base=base)
FACTS("reported-another-root", _fact("head", "root", to="0" * 64), "A97", base=ROLL)

# Who may say it

AUTHOR = Row(TAMPERS, "board.author")
MARK = {"channel": "in_person"}


def _one_organisation(d: Dossier) -> None:
    """The teller who approves is of the registrar's own organisation."""
    parties = {party["id"]: party for party in d.manifest["parties"]}
    parties["teller-1"]["organisation"] = parties["rita"]["organisation"]
    d.remake()


def _amended(*signers: str) -> Act:
    return futile("roll.contact", signers[0], member=8, field="mail", reason="moved", signers=signers)


def _access(author: str, *signers: str, after: str = "open") -> Act:
    return futile("access", author, after=after, signers=signers, document="", of="roll", purpose="campaign")


def _signers(kind: str, *signers: str, n: int = 0) -> Act:
    """These parties sign the n-th leaf of the kind; it counts as before."""

    def act(d: Dossier) -> None:
        keys = [d.made.parties[signer].hex() for signer in signers]
        d.one(kind, n).leaf["signatures"] = [{"key": key, "sig": ""} for key in keys]
        d.settle()

    return act


def _reissue(author: str, *signers: str) -> Act:
    return futile("credential.reissue", author, member=8, reason="lost", signers=signers)


for what, act, base in (
    ("approved-by-the-registrars-own-teller", _one_organisation, ROLL),
    ("reissued-without-a-teller", _signers("credential.reissue", "rita"), ROLL),
    ("reissued-by-two-registrars", _signers("credential.reissue", "rita", "sid"), ROLL),
    ("reissued-by-the-administrator", _reissue("chair", "chair", "teller-1"), ROLL),
    ("marked-by-one-teller", _signers("mark", "teller-1"), PAPER_FIRST),
    ("marked-by-a-teller-twice", _signers("mark", "teller-1", "teller-1"), PAPER_FIRST),
    ("marked-by-teller-and-chair", _signers("mark", "teller-1", "chair"), PAPER_FIRST),
    ("papers-counted-by-one-teller", _signers("paper", "teller-1"), PAPER_FIRST),
    ("marked-by-the-chair", futile("mark", "chair", member=7, signers=("chair", "teller-1"), **MARK), PAPER_FIRST),
    ("removed-by-the-administrator-alone", _signers("roll.remove", "chair"), ROLL),
    ("changed-by-administrator-and-registrar", _signers("roll.contact", "chair", "rita"), ROLL),
    ("annulled-by-the-registrar-alone", _signers("annul", "rita"), ROLL),
    ("amended-by-a-registrar", _amended("rita", "teller-1"), ROLL),
    ("roll-opened-to-who-is-not-named", _access("agent", "agent", "chair"), ROLL),
    ("roll-opened-by-who-holds-none", _signers("access", "scrutineer", "rita"), ROLL),
    ("roll-opened-by-the-reader-alone", _signers("access", "scrutineer"), ROLL),
    ("reported-by-an-observer", futile(REPORT, "agent", after=REPORT, payload={"words": {}}), ROLL),
    ("checked-by-the-administrator", futile(CHECKED, "chair", challenges=9, receipts=9, verdict="accepted"), ROLL),
    ("sampled-by-the-administrator", futile("sample", "chair", after="close", digits="000000", lines=1), ROLL),
    ("incident-by-the-log", futile("incident", "log", code="other", document="", lines=[]), ROLL),
    ("paused-by-the-administrator-alone", _signers("pause", "chair"), ROLL),
    ("seed-without-a-roll", futile("roll.seed", "chair", after="manifest", commit="ab" * 32), "base"),
):
    AUTHOR(what, act, "A75", base=base)


# When

PHASE = Row(TAMPERS, "board.phase")
SIGNATURE = Row(TAMPERS, "board.signature")


def _unsigned(kind: str) -> Act:
    def act(d: Dossier) -> None:
        entry = d.one(kind)
        entry.leaf["signatures"][-1]["sig"] = "0" * 128
        entry.keep.add("signatures")
        d.settle()

    return act


for kind, base in (("ballot", ROLL), ("mark", PAPER_FIRST), ("credential.reissue", ROLL), ("roll.remove", ROLL)):
    SIGNATURE(f"unsigned-by-the-second-{kind}", _unsigned(kind), "A75", base=base)


def _while_paused(d: Dossier) -> None:
    entry = d.after(d.one("pause"), new_ballot(d, 8, "all", ((1, 0), (2, 0, 0))), "ignored")
    d.remake()
    assert entry.secret


def _incident(number: int, after: str = "open") -> Act:
    return futile("incident", "chair", after=after, code="other", document="", lines=[], number=number)


def _of(
    kind: str, author: str, after: str, n: int = 0, member: int = 0, payload: bool = False, **members: object
) -> Act:
    return futile(kind, author, after=after, n=n, member=member, payload={"words": {}} if payload else None, **members)


def _any_row(d: Dossier) -> Json:
    return roll_of(d).row(1)


def _before_the_codes(d: Dossier) -> None:
    members = {"key": "ab" * 32, "number": 1, "old": 0}
    futile("credential.reissue", "sid", after="roll.freeze", member=8, reason="lost", **members)(d)


def _second_issue(d: Dossier) -> None:
    payload = {"registrar": "rita", "rows": [{"key": "ab" * 32, "line": "0000001", "number": 10}]}
    entry = Entry(d.leaf("credential.issue", "rita"), payload)
    d.after(d.all("credential.issue")[-1], entry, "rows", "ignored")
    d.settle()


OPENED = {"document": "", "of": "roll", "purpose": "audit"}
SAMPLE = {"digits": "161803", "lines": 3}
for what, act, base in (
    ("voted-while-paused", _while_paused, ROLL),
    ("paused-twice", _of("pause", "chair", "pause", reason="order"), ROLL),
    ("resumed-twice", _of("resume", "chair", "resume", reason="resolved"), ROLL),
    ("resumed-before-a-pause", _of("resume", "chair", "open", reason="resolved"), ROLL),
    ("second-seed", _of("roll.seed", "rita", "roll.seed", 1, commit="ab" * 32), ROLL),
    ("seed-after-the-freeze", _of("roll.seed", "rita", "roll.freeze", commit="ab" * 32), ROLL),
    ("added-after-the-opening", _of("roll.add", "chair", "open", reason="omitted", row=_any_row), ROLL),
    ("removed-after-the-opening", _of("roll.remove", "chair", "open", member=8, reason="left"), ROLL),
    ("changed-after-the-close", _of("roll.contact", "chair", "close", member=8, field="mail", reason="moved"), ROLL),
    ("reissued-after-the-close", _of("credential.reissue", "sid", "close", member=8, reason="lost"), ROLL),
    ("reissued-before-the-codes", _before_the_codes, ROLL),
    ("annulled-after-the-close", _of("annul", "rita", "close", member=4, reason="coerced"), ROLL),
    ("annulled-where-it-is-never", _of("annul", "rita", "ballot", 2, member=3, reason="coerced"), "roll-never"),
    ("marked-in-a-channel-that-there-is-not", _of("mark", "teller-1", "open", member=8, channel="postal"), ROLL),
    ("marked-after-the-totals", _of("mark", "teller-1", "paper", 1, member=7, channel="postal"), PAPER_FIRST),
    ("marked-after-the-statement", _of("mark", "teller-1", "tally.statement", member=7, channel="postal"), PAPER_FIRST),
    ("incident-numbered-again", _incident(1, "incident"), ROLL),
    ("incident-left-out", _incident(5), ROLL),
    ("pause-numbered-again", _of("pause", "chair", "resume", reason="outage", number=1), ROLL),
    ("pause-left-out", _of("pause", "chair", "resume", reason="outage", number=3), ROLL),
    ("resume-of-a-later-pause", _of("resume", "chair", "pause", reason="resolved", number=2), ROLL),
    ("access-numbered-again", _of("access", "scrutineer", "open", number=1, **OPENED), ROLL),
    ("access-left-out", _of("access", "scrutineer", "open", number=3, **OPENED), ROLL),
    ("second-sample", _of("sample", "scrutineer", "sample", **SAMPLE), ROLL),
    ("sample-before-the-close", _of("sample", "scrutineer", "open", **SAMPLE), ROLL),
    ("second-report", _of(REPORT, "scrutineer", REPORT, payload=True), ROLL),
    ("report-before-the-outcome", _of(REPORT, "scrutineer", "tally.statement", payload=True), ROLL),
    ("access-before-the-freeze", _of("access", "scrutineer", "roll.seed", **OPENED), ROLL),
    (
        "checked-before-the-opening",
        _of(CHECKED, "agent", "roll.freeze", challenges=0, receipts=0, verdict="accepted"),
        ROLL,
    ),
    ("codes-issued-twice", _second_issue, ROLL),
):
    PHASE(what, act, "A53", base=base)

# What may follow, and what a selection without a roll may have


def _reported_without_roll(d: Dossier) -> None:
    d.entries.append(Entry(d.leaf("incident", "chair", {"code": "complaint", "document": "ef" * 32, "lines": ["zz"]})))
    d.entries.append(Entry(d.leaf(CHECKED, "teller-2", {"challenges": 1, "receipts": 0, "verdict": "consistent"})))
    d.settle()


ALLOW("incident-and-check-without-a-roll", _reported_without_roll, base="base")
for base in ("roll", "roll-one-registrar", "roll-added", "roll-added-removed", "roll-online-first", "roll-merged"):
    ALLOW(f"as-it-is-{base}", lambda d: None, base=base)
for base in (
    "roll-paper-first",
    "roll-combined",
    "roll-withheld",
    "roll-removed",
    "weighted",
    "weighted-withheld",
    "weighted-under",
):
    ALLOW(f"as-it-is-{base}", lambda d: None, base=base)
