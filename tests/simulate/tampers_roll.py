"""Tampers with the roll: its rows, its root, changes after the freeze, rare weights (docs/spec.md, 13.1, 13.2)."""

from dataclasses import replace

from reference.make_json import Json
from simulate.insider import Dossier
from simulate.tamper import Row, Tamper
from simulate.voters import NOBODY, futile, line_of, roll_of, said, shown

TAMPERS: list[Tamper] = []

BASE = "roll"

# Form: the rows

FORM = Row(TAMPERS, "roll.form")
NEEDS_ROLL = {"base": BASE}


def _twice(d: Dossier, payload: Json) -> None:
    payload["rows"].insert(1, payload["rows"][0])


def _swapped(d: Dossier, payload: Json) -> None:
    payload["rows"][0], payload["rows"][1] = payload["rows"][1], payload["rows"][0]


def _name_in_clear(d: Dossier, payload: Json) -> None:
    payload["rows"][0]["name"] = "Member M001"


for what, edit, numbers in (
    ("line-twice", _twice, ("A43",)),
    ("line-missing", lambda d, p: p["rows"].pop(2), ("A43",)),
    ("lines-swapped", _swapped, ("A43",)),
    ("lines-from-zero", lambda d, p: p["rows"][0].update(line="0000000"), ("A43",)),
    ("line-of-six-digits", lambda d, p: p["rows"][0].update(line="000001"), ("A49",)),
    ("line-in-other-digits", lambda d, p: p["rows"][0].update(line="000000\u0661"), ("A49",)),
    ("name-in-clear", _name_in_clear, ("A122",)),
    ("commitment-missing", lambda d, p: p["rows"][0]["commitments"].pop(), ("A43",)),
    ("commitment-too-many", lambda d, p: p["rows"][0]["commitments"].append("0" * 64), ("A43",)),
    ("style-unknown", lambda d, p: p["rows"][0].update(style="chairs"), ("A52",)),
    ("weight-of-no-value", lambda d, p: p["rows"][0].update(weight=2), ("A44",)),
    ("weight-as-text", lambda d, p: p["rows"][0].update(weight="1"), ("A26", "A44")),
    ("fields-in-another-order", lambda d, p: p["fields"].reverse(), ("A43",)),
    ("field-missing", lambda d, p: p["fields"].pop(), ("A43",)),
):
    FORM(f"roll-{what}", shown("roll.freeze", 0, edit), *numbers, **NEEDS_ROLL)  # type: ignore[arg-type]

# The root

ROOT = Row(TAMPERS, "roll.root")
ROOT("roll-of-another-root", said("roll.freeze", 0, root="0" * 64), "A43", base=BASE)
ROOT("roll-of-more-lines", said("roll.freeze", 0, lines=7), "A43", base=BASE)
ROOT("roll-of-fewer-lines", said("roll.freeze", 0, lines=5), "A43", base=BASE)


def _other_address(d: Dossier) -> None:
    """The addresses of a member are changed in the payload, after the tellers have signed the root."""
    freeze = d.one("roll.freeze")
    freeze.content["rows"][0]["commitments"][3] = roll_of(d).commitment(1, "mail", "chair@example.org", 9)
    freeze.keep |= {"rows", "root"}
    d.settle()


ROOT("address-changed-in-the-frozen-roll", _other_address, "A124", base=BASE)

# After the freeze

AMENDMENT = Row(TAMPERS, "roll.amendment")


def _row(**members: object):  # type: ignore[no-untyped-def]
    """A row for the next line, but for these members."""

    def row(d: Dossier) -> Json:
        made = roll_of(d).row(1)
        made["line"] = f"{len(d.one('roll.freeze').content['rows']) + 1:07}"
        for name, value in members.items():
            made[name] = value(made[name]) if callable(value) else value
        return made

    return row


for what, members, numbers in (
    ("of-a-line-that-there-is", {"line": "0000001"}, ("A43",)),
    ("of-a-line-too-far", {"line": "0000009"}, ("A43",)),
    ("of-an-unknown-style", {"style": "chairs"}, ("A52",)),
    ("of-a-heavy-line", {"weight": 7}, ("A44",)),
    ("without-a-name", {"commitments": lambda its: its[:-1]}, ("A45",)),
):
    ghost = futile("roll.add", "chair", after="roll.freeze", reason="omitted", row=_row(**members))
    AMENDMENT(f"addition-{what}", ghost, *numbers, base=BASE)

REMOVED, LEFT = 6, 1  # members
for what, member, line in (("twice", REMOVED, None), ("of-nobody", 0, NOBODY)):
    members = {} if line is None else {"line": line}
    act = futile("roll.remove", "chair", after="credential.issue", member=member, reason="duplicate", **members)
    AMENDMENT(f"removal-{what}", act, "A43", base=BASE)

for what, field, members in (
    ("of-the-name", "name", {}),
    ("of-the-reference", "reference", {}),
    ("of-no-field", "fax", {}),
    ("from-another-address", "post", {"old": "0" * 64}),
    ("to-the-same-address", "post", {"new": lambda d: _stands(d, LEFT, 2)}),
    ("to-an-address-replaced-before", "mail", {"old": lambda d: _frozen(d, LEFT, 3)}),
):
    act = futile("roll.contact", "chair", member=LEFT, field=field, reason="moved", **members)  # type: ignore[arg-type]
    AMENDMENT(f"change-{what}", act, "A124", base=BASE)
gone = futile("roll.contact", "chair", member=REMOVED, field="post", reason="moved", old="0" * 64, new="1" * 64)
AMENDMENT("change-of-a-removed-line", gone, base=BASE)


def _frozen(d: Dossier, member: int, position: int) -> str:
    rows = {row["line"]: row for row in d.one("roll.freeze").content["rows"]}
    return str(rows[line_of(d, member)]["commitments"][position])


_stands = _frozen  # of a contact that nobody has changed

# Weights


def _rare(d: Dossier) -> None:
    """One member alone has the weight 5; whoever sees it on the board knows who it is."""
    roll = roll_of(d).spec
    members = list(roll.members)
    members[5] = replace(members[5], weight=5)
    d.made.spec = replace(d.made.spec, roll=replace(roll, members=tuple(members)))
    d.remake()


WEIGHTS = Row(TAMPERS, "roll.weights")
WEIGHTS("one-member-of-a-weight", _rare, "A130", "A44", base="weighted-more")
