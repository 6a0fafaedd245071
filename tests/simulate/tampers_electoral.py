"""Tampers with what the manifest says of voters, and with payloads that are lacking (docs/record-format.md)."""

from collections.abc import Callable

from reference.make_json import Json
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper
from simulate.tampers_manifest import remade, unreadable

TAMPERS: list[Tamper] = []

ROLL, PAPER_FIRST, WEIGHTED = "roll", "roll-paper-first", "weighted"
Edit = Callable[[Json], object]


def _put(*path: object, to: object) -> Edit:
    def edit(manifest: Json) -> None:
        inside: object = manifest
        for step in path[:-1]:
            inside = inside[step]  # type: ignore[index]
        inside[path[-1]] = to  # type: ignore[index]

    return edit


FORM = Row(TAMPERS, "manifest.form")
for what, edit, base, numbers in (
    ("registrars-exchanged", lambda m: m["eligibility"]["registrars"].reverse(), ROLL, ("A46",)),
    ("registrar-left-out", lambda m: m["eligibility"]["registrars"].pop(), ROLL, ("A46",)),
    ("teller-for-registrar", _put("eligibility", "registrars", 0, "party", to="teller-1"), ROLL, ("A46",)),
    ("codes-to-nowhere", _put("eligibility", "registrars", 0, "contact", to="fax"), ROLL, ("A124",)),
    ("contact-called-name", _put("eligibility", "contacts", 1, to="name"), ROLL, ("A49",)),
    ("held-by-a-trustee", _put("eligibility", "holders", to=["uma"]), ROLL, ("A122",)),
    ("read-by-the-administrator", _put("eligibility", "readers", to=["chair"]), ROLL, ("A122",)),
    ("names-kept-for-ever", _put("eligibility", "retention_days", to=0), ROLL, ("A122",)),
    ("roll-not-claimed", _put("claims", "eligibility", to=False), ROLL, ()),
    ("roll-claimed-without-one", _put("claims", "eligibility", to=True), "base", ("A43",)),
    ("one-signature-of-two", _put("entries", "ballot", "signatures", to=1), ROLL, ("A46", "A75")),
    ("marks-by-one-teller", _put("entries", "mark", "authors", to=["teller"]), ROLL, ("A54",)),
    ("reissue-by-chair", _put("entries", "credential.reissue", "authors", 0, to="administrator"), ROLL, ("A47",)),
    ("marks-until-the-outcome", _put("entries", "mark", "phases", 1, to="stated"), ROLL, ("A54",)),
    ("online-between", _put("channels", "precedence", to=["in_person", "online", "postal"]), PAPER_FIRST, ("A54",)),
    ("channels-turned-round", _put("channels", "list", to=["online", "postal", "in_person"]), PAPER_FIRST, ("A54",)),
    ("paper-without-a-roll", _put("channels", to={"list": ["online", "postal"], "precedence": ["postal", "online"]}),
     "base", ("A54",)),
    ("weights-unsorted", _put("weights", "values", to=[3, 1]), WEIGHTED, ("A44",)),
    ("weight-zero", _put("weights", "values", to=[0, 3]), WEIGHTED, ("A44",)),
    ("weights-without-fallback", _put("weights", "fallback", to="none"), WEIGHTED, ("A130",)),
    ("annulled-sometimes", _put("rules", "annulment", to="sometimes"), ROLL, ()),
    ("reissued-without-a-roll", _put("rules", "reissue", to="always"), "base", ("A47",)),
    ("floor-with-no-fallback", _put("floor", "fallback", to="none"), ROLL, ("A129",)),
):  # fmt: skip
    FORM(f"manifest-{what}", unreadable(edit), *numbers, verdict="malformed", base=base)  # type: ignore[arg-type]


def _organisation(*parties: str) -> Edit:
    """These parties are of the organisation of the first."""

    def edit(manifest: Json) -> None:
        named = {party["id"]: party for party in manifest["parties"]}
        for party in parties[1:]:
            named[party]["organisation"] = named[parties[0]]["organisation"]

    return edit


RULES = Row(TAMPERS, "manifest.rules")
RULES("registrar-of-the-administrator", remade(_organisation("chair", "rita")), "A46", base=ROLL)
RULES("registrars-of-one-organisation", remade(_organisation("rita", "sid")), "A46", base=ROLL)


def _lacking(kind: str, n: int = 0) -> Act:
    def act(d: Dossier) -> None:
        d.all(kind)[n].packed = b""

    return act


PAYLOADS = Row(TAMPERS, "record.payloads")
for kind, base in (("roll.freeze", ROLL), ("roll.freeze", PAPER_FIRST), ("paper", PAPER_FIRST), ("report", ROLL)):
    lacking = {"verdict": "incomplete", "status": "missing", "base": base}
    PAYLOADS(f"payload-of-{kind}-lacking-{base}", _lacking(kind), "A19", **lacking)  # type: ignore[arg-type]
