"""Who may vote, by which channels and with what weight (docs/record-format.md, Manifest): what is accepted, what not.

Every refused manifest is one change to one that is accepted. The reference reader gives the same answer.
"""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from e2evote.errors import MalformedInput
from e2evote.manifest.entries import KINDS
from e2evote.manifest.model import Manifest
from e2evote.manifest.rules import rule_failures
from manifest.accepted import ACCEPTED, encoded, party
from reference.canonical import BadForm
from reference.manifest import read_manifest, rule_faults

Edit = Callable[[dict[str, Any]], object]


def with_roll() -> dict[str, Any]:
    """The accepted manifest with a roll, two registrars, and both paper channels."""
    manifest = copy.deepcopy(ACCEPTED)
    manifest["parties"] += [
        party(20, "print-house", "registrar"),
        party(21, "post-house", "registrar"),
        party(22, "second-teller", "teller"),
        party(23, "scrutineer", "scrutineer"),
        party(24, "agent", "observer"),
    ]
    manifest["eligibility"] = {
        "contacts": ["post", "mail", "phone"],
        "holders": ["office", "print-house"],
        "kind": "roll",
        "readers": ["scrutineer", "agent"],
        "registrars": [{"contact": "post", "party": "print-house"}, {"contact": "mail", "party": "post-house"}],
        "retention_days": 366,
    }
    manifest["entries"]["ballot"]["signatures"] = 2
    manifest["channels"] = {
        "list": ["online", "in_person", "postal"],
        "precedence": ["in_person", "postal", "online"],
    }
    manifest["claims"] |= {"channels": True, "eligibility": True}
    manifest["rules"] = {"annulment": "allowed", "reissue": "unvoted", "revote": "last"}
    manifest["floor"]["fallback"] = "merge"
    return manifest


def put(*path: Any) -> Edit:
    """The last of the path is put where the others lead."""
    *steps, last, value = path

    def edit(manifest: dict[str, Any]) -> None:
        inside: Any = manifest
        for step in steps:
            inside = inside[step]
        inside[last] = value

    return edit


def channels(*listed: str, precedence: tuple[str, ...] = ()) -> Edit:
    return put("channels", {"list": list(listed), "precedence": list(precedence or listed)})


def weighted(*values: int, fallback: str = "withhold") -> Edit:
    def edit(manifest: dict[str, Any]) -> None:
        manifest["channels"] = {"list": ["online"], "precedence": ["online"]}
        manifest["claims"]["channels"] = False
        manifest["weights"] = {"fallback": fallback, "values": list(values)}

    return edit


def without_roll(manifest: dict[str, Any]) -> None:
    manifest["eligibility"] = {"kind": "open"}
    manifest["claims"]["eligibility"] = False


ALLOWED: dict[str, Edit] = {
    "all of it": lambda manifest: None,
    "online first": channels("online", "in_person", "postal"),
    "in person only": channels("online", "in_person", precedence=("in_person", "online")),
    "by post only": channels("online", "postal"),
    "nobody reads": put("eligibility", "readers", []),
    "eight contacts": put("eligibility", "contacts", ["post", "mail", *(f"c{i}" for i in range(6))]),
    "one contact for both": put("eligibility", "registrars", 1, "contact", "post"),
    "never annulled or issued again": put("rules", {"annulment": "never", "reissue": "never", "revote": "last"}),
    "issued again always": put("rules", "reissue", "always"),
    "combined": put("floor", "fallback", "combine"),
    "weights": weighted(1, 3, 1000),
    "every ballot twice": weighted(2),
}

REFUSED: dict[str, tuple[Edit, str]] = {
    "no contact": (put("eligibility", "contacts", []), "eligibility.contacts"),
    "nine contacts": (put("eligibility", "contacts", ["post", "mail", *(f"c{i}" for i in range(7))]), "eligibility"),
    "a contact twice": (put("eligibility", "contacts", ["post", "mail", "post"]), "eligibility.contacts[2]"),
    "a contact called name": (put("eligibility", "contacts", ["post", "mail", "name"]), "eligibility.contacts[2]"),
    "a contact called reference": (put("eligibility", "contacts", ["reference", "post", "mail"]), "eligibility"),
    "no holder": (put("eligibility", "holders", []), "eligibility.holders"),
    "a holder who is a teller": (put("eligibility", "holders", ["teller"]), "eligibility.holders[0]"),
    "a holder who is nobody": (put("eligibility", "holders", ["office", "ghost"]), "eligibility.holders[1]"),
    "a holder twice": (put("eligibility", "holders", ["office", "office"]), "eligibility.holders[1]"),
    "a reader who is a trustee": (put("eligibility", "readers", ["north"]), "eligibility.readers[0]"),
    "a reader who is the office": (put("eligibility", "readers", ["office"]), "eligibility.readers[0]"),
    "an unknown contact": (put("eligibility", "registrars", 0, "contact", "fax"), "eligibility.registrars[0].contact"),
    "a registrar missing": (lambda m: m["eligibility"]["registrars"].pop(), "eligibility.registrars"),
    "no registrar": (put("eligibility", "registrars", []), "eligibility.registrars"),
    "registrars exchanged": (lambda m: m["eligibility"]["registrars"].reverse(), "eligibility.registrars"),
    "a registrar twice": (
        lambda m: m["eligibility"]["registrars"].append(m["eligibility"]["registrars"][0]),
        "eligibility.registrars",
    ),
    "a teller who issues": (put("eligibility", "registrars", 1, "party", "teller"), "eligibility.registrars"),
    "names kept for no day": (put("eligibility", "retention_days", 0), "eligibility.retention_days"),
    "names kept for ever": (put("eligibility", "retention_days", 36501), "eligibility.retention_days"),
    "one signature by two keys": (put("entries", "ballot", "signatures", 1), "entries.ballot.signatures"),
    "not claimed": (put("claims", "eligibility", False), "claims.eligibility"),
    "channels not claimed": (put("claims", "channels", False), "claims.channels"),
    "no online channel": (channels("in_person", "postal"), "channels.list"),
    "channels exchanged": (channels("online", "postal", "in_person"), "channels.list"),
    "by telephone": (channels("online", "telephone"), "channels.list"),
    "online in the middle": (
        channels("online", "in_person", "postal", precedence=("in_person", "online", "postal")),
        "channels.precedence",
    ),
    "precedence of some": (channels("online", "in_person", "postal", precedence=("online",)), "channels.precedence"),
    "weights on paper": (put("weights", {"fallback": "withhold", "values": [1, 2]}), "weights.values"),
    "weights descending": (weighted(2, 1), "weights.values"),
    "a weight twice": (weighted(1, 1), "weights.values"),
    "weight zero": (weighted(0, 1), "weights.values[0]"),
    "weight above the most": (weighted(1, 1001), "weights.values[1]"),
    "no weight": (weighted(), "weights.values"),
    "weights without fallback": (weighted(1, 2, fallback="none"), "weights.fallback"),
    "a fallback without weights": (weighted(1), "weights.fallback"),
    "registrars without a roll": (without_roll, "parties"),
}


def decoded(edit: Edit, manifest: dict[str, Any] | None = None) -> bytes:
    made = with_roll() if manifest is None else copy.deepcopy(manifest)
    edit(made)
    return encoded(made)


@pytest.mark.parametrize("edit", ALLOWED.values(), ids=ALLOWED)
def test_what_a_manifest_with_a_roll_may_say(edit: Edit) -> None:
    data = decoded(edit)
    manifest, reference = Manifest.decode(data), read_manifest(data)
    assert manifest.encode() == data
    assert manifest.roll is not None
    assert reference.roll is not None
    assert manifest.roll.fields == reference.roll.fields
    assert manifest.channels.list == reference.voters.channels
    assert manifest.channels.paper_prevails == reference.voters.paper_first
    assert manifest.weights.values == reference.voters.weights
    assert not rule_failures(manifest)
    assert not any(fault for _, fault in rule_faults(reference))


@pytest.mark.parametrize(("edit", "where"), REFUSED.values(), ids=REFUSED)
def test_one_change_is_refused(edit: Edit, where: str) -> None:
    data = decoded(edit)
    with pytest.raises(MalformedInput) as caught:
        Manifest.decode(data)
    assert caught.value.where.startswith(where)
    with pytest.raises(BadForm):
        read_manifest(data)


OPEN: dict[str, Edit] = {
    "paper channels": channels("online", "postal"),
    "weights": put("weights", {"fallback": "withhold", "values": [1, 2]}),
    "annulment": put("rules", "annulment", "allowed"),
    "issued again": put("rules", "reissue", "always"),
    "two signatures": put("entries", "ballot", "signatures", 2),
    "contacts": put("eligibility", "contacts", ["post"]),
    "a claim": put("claims", "eligibility", True),
}


@pytest.mark.parametrize("edit", OPEN.values(), ids=OPEN)
def test_what_needs_a_roll_is_refused_without_one(edit: Edit) -> None:
    data = decoded(edit, ACCEPTED)
    with pytest.raises(MalformedInput):
        Manifest.decode(data)
    with pytest.raises(BadForm):
        read_manifest(data)


def test_weights_need_a_floor() -> None:
    def edit(manifest: dict[str, Any]) -> None:
        weighted(1, 2)(manifest)
        manifest["floor"]["minimum"] = 0
        manifest["claims"]["floor"] = False

    with pytest.raises(MalformedInput):
        Manifest.decode(decoded(edit))
    with pytest.raises(BadForm):
        read_manifest(decoded(edit))


def organisation(*parties: str) -> Edit:
    """These parties are of one organisation, that of the first."""

    def edit(manifest: dict[str, Any]) -> None:
        named = {its["id"]: its for its in manifest["parties"]}
        for id in parties[1:]:
            named[id]["organisation"] = named[parties[0]]["organisation"]

    return edit


@pytest.mark.parametrize(
    ("parties", "kept"),
    [
        (("office", "print-house"), False),
        (("print-house", "post-house"), False),
        (("teller", "second-teller"), False),
        (("print-house", "teller"), True),
        (("scrutineer", "office"), True),
    ],
)
def test_organisations_that_must_differ(parties: tuple[str, ...], kept: bool) -> None:
    data = decoded(organisation(*parties))
    assert (not rule_failures(Manifest.decode(data))) == kept
    assert (not any(fault for _, fault in rule_faults(read_manifest(data)))) == kept


def test_a_ballot_has_a_signature_for_each_registrar() -> None:
    assert [KINDS["ballot"].signatures(registrars) for registrars in (0, 1, 2, 8)] == [1, 1, 2, 8]
    assert KINDS["challenge"].signatures(8) == 0
