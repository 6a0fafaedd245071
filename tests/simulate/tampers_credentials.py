"""Tampers with credentials: extra codes, keys of others, re-issues, revocations (docs/spec.md, section 13.3).

In `roll-added` the last issue of each registrar is for one line, on which nobody votes.
"""

from collections.abc import Callable

from reference.encryptor import Entry
from reference.make_ed25519 import public_key
from reference.make_json import Json
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper
from simulate.voters import NOBODY, futile, line_of, roll_of, without_effect

TAMPERS: list[Tamper] = []

ADDED, ROLL = "roll-added", "roll"
ISSUE, REISSUE, REVOKE = "credential.issue", "credential.reissue", "credential.revoke"
RITA, SID = "rita", "sid"
Edit = Callable[[Dossier, Json], object]

# Form

FORM = Row(TAMPERS, "credential.form")
for what, edit, numbers in (
    ("of-another-registrar", lambda d, p: p.update(registrar=RITA), ("A45",)),
    ("with-codes", lambda d, p: p["rows"][0].update(code="7" * 22), ("A48",)),
    ("without-a-number", lambda d, p: p["rows"][0].pop("number"), ("A45",)),
    ("number-zero", lambda d, p: p["rows"][0].update(number=0), ("A45",)),
    ("key-in-capitals", lambda d, p: p["rows"][0].update(key=p["rows"][0]["key"].upper()), ("A49",)),
    ("key-too-short", lambda d, p: p["rows"][0].update(key="ab" * 31), ("A114",)),
    ("line-not-padded", lambda d, p: p["rows"][0].update(line="8"), ("A49",)),
):
    FORM(f"issue-{what}", without_effect(ISSUE, -1, edit), *numbers, base=ADDED)  # type: ignore[arg-type]


def _ended_twice(d: Dossier) -> None:
    entry = d.all(ISSUE)[-1]
    entry.raw_payload = entry.payload_bytes() + b"[]\n"
    entry.keep.add("ignored")
    d.settle()


FORM("issue-with-an-empty-text-line", _ended_twice, "A26", base=ADDED)

# Lines and numbers


def _issued(edit: Edit, *keep: str) -> Act:
    """The last issue is of other rows, all signed by the registrar; it counts for nothing."""

    def act(d: Dossier) -> None:
        entry = d.all(ISSUE)[-1]
        edit(d, entry.content)
        entry.keep |= {"rows", "ignored", *keep}
        d.settle()

    return act


def _extra(d: Dossier, payload: Json) -> None:
    """A second code for a line that has one: S1, an extra voting code."""
    key, row = d.new_key("extra"), payload["rows"][0]
    payload["rows"].insert(0, {"key": public_key(key).hex(), "line": "0000001", "number": row["number"]})
    row["number"] += 1


def _ghost(d: Dossier, payload: Json) -> None:
    """A code for a line that is not on the roll."""
    row = payload["rows"][0]
    key = public_key(d.new_key("ghost")).hex()
    payload["rows"].append({"key": key, "line": "0000009", "number": row["number"] + 1})


def _twice(d: Dossier, payload: Json) -> None:
    row = payload["rows"][0]
    key = public_key(d.new_key("twice")).hex()
    payload["rows"].append({"key": key, "line": row["line"], "number": row["number"] + 1})


def _for_the_removed(d: Dossier, payload: Json) -> None:
    """Where nothing is due."""
    number = d.all(ISSUE)[-1].body["first"]
    payload["rows"].append({"key": public_key(d.new_key("gone")).hex(), "line": line_of(d, 8), "number": number})


LINES = Row(TAMPERS, "credential.lines")
for what, edit in (
    ("for-a-line-that-has-one", _extra),
    ("for-a-line-that-there-is-not", _ghost),
    ("twice-for-a-line", _twice),
    ("for-another-line", lambda d, p: p["rows"][0].update(line="0000002")),
    ("with-a-number-left-out", lambda d, p: p["rows"][0].update(number=p["rows"][0]["number"] + 1)),
    ("with-a-number-again", lambda d, p: p["rows"][0].update(number=1)),
):
    LINES(f"code-{what}", _issued(edit), "A45" if "number" not in what else "A43", base=ADDED)


def _counted(name: str, number: int) -> Act:
    def act(d: Dossier) -> None:
        entry = d.all(ISSUE)[-1]
        entry.body[name] = number
        entry.keep |= {"ignored", name}
        d.settle()

    return act


LINES("issue-without-rows", _issued(lambda d, p: p["rows"].clear()), "A43", base=ADDED)
LINES("issue-for-a-line-that-was-removed-again", _issued(_for_the_removed), "A43", base="roll-added-removed")
LINES("issue-of-more-than-its-rows", _counted("count", 2), "A43", base=ADDED)
LINES("issue-from-another-number", _counted("first", 9), "A43", base=ADDED)

# Keys

KEYS = Row(TAMPERS, "credential.keys")


def _keyed(key: Callable[[Dossier], str]) -> Act:
    """The last code issued has this key; nobody votes with it."""

    def act(d: Dossier) -> None:
        entry = d.all(ISSUE)[-1]
        entry.content["rows"][0]["key"] = key(d)
        entry.keep.add("rows")
        d.settle()

    return act


def _of_first_issue(registrar: int, row: int) -> Callable[[Dossier], str]:
    return lambda d: str(d.all(ISSUE)[registrar].content["rows"][row]["key"])


for what, key, numbers in (
    ("of-another-line", _of_first_issue(1, 2), ("A43",)),
    ("of-another-line-and-registrar", _of_first_issue(0, 0), ("A43",)),
    ("of-the-same-line-by-the-other", lambda d: str(d.all(ISSUE)[2].content["rows"][0]["key"]), ("A43", "A46")),
    ("of-the-administrator", lambda d: d.made.parties["chair"].hex(), ("A45",)),
    ("of-the-registrar", lambda d: d.made.parties["sid"].hex(), ("A45",)),
    ("of-order-one", lambda d: (b"\x01" + bytes(31)).hex(), ("A113",)),
    ("of-order-two", lambda d: (b"\xec" + b"\xff" * 30 + b"\x7f").hex(), ("A113",)),
    ("of-order-four", lambda d: bytes(32).hex(), ("A113",)),
    ("of-no-point", lambda d: (b"\x02" + bytes(31)).hex(), ("A113",)),
):
    KEYS(f"key-{what}", _keyed(key), *numbers, base=ADDED)  # type: ignore[arg-type]


def _again(key: Callable[[Dossier], str]) -> Act:
    """A member who does not vote any more gets this key anew."""

    def act(d: Dossier) -> None:
        entry = Entry(d.leaf(REISSUE, SID, {"key": key(d), "reason": "lost"}), member=8)
        d.after(d.one("open"), entry, "key")
        d.settle()

    return act


def _own(d: Dossier) -> str:
    return public_key(roll_of(d).credential(SID, 8)).hex()


KEYS("reissue-of-the-same-key", _again(_own), "A47", base=ROLL)
KEYS(
    "reissue-of-a-key-used-before", _again(lambda d: public_key(roll_of(d).credential(SID, 4)).hex()), "A47", base=ROLL
)
KEYS("reissue-of-a-teller", _again(lambda d: d.made.parties["teller-1"].hex()), "A47", base=ROLL)

# Re-issue

AGAIN = Row(TAMPERS, REISSUE)


def _reissue(author: str = SID, /, *, member: int = 8, after: str = "open", n: int = 0, **members: object) -> Act:
    return futile(REISSUE, author, after=after, n=n, member=member, reason="lost", **members)


for what, act, numbers in (
    ("after-the-ballot", _reissue(member=1, after="ballot", n=0), ("A47",)),
    ("after-the-ballot-by-the-other", _reissue(RITA, member=2, after="ballot", n=1), ("A47", "A46")),
    ("of-a-removed-line", _reissue(member=5), ("A43",)),
    ("with-a-number-left-out", _reissue(number=99), ("A45",)),
    ("with-a-number-again", _reissue(number=1), ("A45",)),
    ("of-another-number", _reissue(old=1), ("A47",)),
    ("beside-the-old-one", _reissue(old=0), ("A47",)),
    ("after-an-annulled-ballot", _reissue(member=7, after="annul", n=0), ("A47",)),
):
    AGAIN(f"reissue-{what}", act, *numbers, base=ROLL)
for what, line in (("of-nobody", NOBODY), ("of-a-line-of-the-future", "0000009")):
    act = futile(REISSUE, SID, line=line, key="ab" * 32, number=9, old=0, reason="lost")
    AGAIN(f"reissue-{what}", act, "A45", base=ROLL)
AGAIN("reissue-for-a-marked-line", _reissue(member=5, after="mark"), "A54", base="roll-paper-first")
AGAIN("reissue-where-there-are-none", _reissue(member=7), "A47", base="roll-never")

# Revocation

REVOCATION = Row(TAMPERS, REVOKE)


def _revoke(author: str = SID, /, *, member: int, after: str = "open", n: int = 0, **members: object) -> Act:
    return futile(REVOKE, author, after=after, n=n, member=member, reason="disclosed", **members)


for what, act in (
    ("of-another-number", _revoke(member=3, number=1)),
    ("of-a-replaced-number", _revoke(member=4, after=REISSUE, n=1, number=lambda d: _first_number(d, SID, 4))),
    ("of-a-number-of-the-future", _revoke(member=3, number=99)),
    ("twice", _revoke(RITA, member=8, after=REVOKE, number=lambda d: d.one(REVOKE).body["number"])),
    ("of-a-removed-line", _revoke(RITA, member=5, number=lambda d: _first_number(d, RITA, 5))),
    ("of-another-registrars-number", _revoke(SID, member=2, number=lambda d: d.one(REISSUE).body["number"])),
    ("of-nobody", futile(REVOKE, SID, line=NOBODY, number=1, reason="ineligible")),
):
    REVOCATION(f"revocation-{what}", act, "A47" if "number" in what else "A43", base=ROLL)


def _first_number(d: Dossier, registrar: str, member: int) -> int:
    issue = next(entry for entry in d.all(ISSUE) if entry.leaf["author"] == registrar)
    return next(int(row["number"]) for row in issue.content["rows"] if row["line"] == line_of(d, member))
