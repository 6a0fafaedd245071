"""Facts in TOML: witnesses are named there, and what is missing or misspelt is said with its place."""

from pathlib import Path

import pytest

from e2evote.adapter.facts import EXAMPLE, FLOOR, manifest_from
from e2evote.adapter.facts_voters import VOTER_FACTS
from e2evote.adapter.keys import write_identity
from e2evote.adapter.web.assets import asset_hashes
from e2evote.errors import MalformedInput
from e2evote.manifest.draft import PartyFacts
from manifest.test_draft import PARTIES
from manifest.test_witnesses import IDS, vkey
from tests.ballot.election import signing_key

FACTS = """
election = "spring"
name = "Spring"
opens = 2026-05-01T08:00:00Z
closes = 2026-05-02T20:00:00Z
parties = [{parties}]

[[contests]]
id = "chair"
name = "Chair"
options = [{{ id = "ada", name = "Ada" }}, {{ id = "bo", name = "Bo" }}]
"""
WITNESSES = "".join(
    f'[[witnesses]]\nid = "{id}"\norganisation = "Society"\nvkey = "{vkey(number, f"{id}.example/w")}"\n'
    for id, number in IDS.items()
)


@pytest.fixture
def facts(tmp_path: Path) -> str:
    for party in PARTIES:
        write_identity(tmp_path / f"{party.id}.pub", party)
    return FACTS.format(parties=", ".join(f'"{party.id}.pub"' for party in PARTIES))


def test_witnesses_and_their_quorum(facts: str, tmp_path: Path) -> None:
    text = "witness_quorum = 3\n" + facts + WITNESSES + 'url = "https://cyd.example/"\n'
    policy = manifest_from(text.encode(), tmp_path).policy
    assert policy is not None
    assert [(one.name, one.url) for one in policy.witnesses] == [
        ("ann", ""),
        ("ben", ""),
        ("cyd", "https://cyd.example/"),
    ]
    assert policy.least_in_common == 3
    by_default = manifest_from((facts + WITNESSES).encode(), tmp_path).policy
    assert by_default is not None
    assert by_default.least_in_common == 1
    assert manifest_from(facts.encode(), tmp_path).policy is None


def test_what_is_wrong_with_a_witness_is_said(facts: str, tmp_path: Path) -> None:
    for old, new, reason in (
        ('organisation = "Society"\n', "", "witnesses[0]: 'organisation' is missing"),
        ("vkey =", "key =", "witnesses[0]: unknown name 'key'"),
        ('id = "cyd"', "id = 3", "witnesses[2].id: want a text in quotes"),
        ("ann.example/w+", "ann.example/v+", "its id is not"),
        ('id = "cyd"', 'id = "Cyd"', "'Cyd' is no id"),
    ):
        assert old in WITNESSES
        with pytest.raises(MalformedInput) as refusal:
            manifest_from((facts + WITNESSES.replace(old, new, 1)).encode(), tmp_path)
        assert reason in str(refusal.value)
    with pytest.raises(MalformedInput, match="two quorums without a common witness: ann; ben"):
        manifest_from(("witness_quorum = 1\n" + facts + WITNESSES).encode(), tmp_path)


def test_the_page_for_voters_is_named_where_the_facts_ask_for_it(
    facts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {"index.html": b"\xaa" * 32, "e2evote.js": b"\xbb" * 32}
    monkeypatch.setattr("e2evote.adapter.facts.asset_hashes", lambda: named)
    for line, expected in (("", {}), ('ballot_client = "none"\n', {}), ('ballot_client = "built-in"\n', named)):
        assert dict(manifest_from((line + facts).encode(), tmp_path).assets.files()) == expected
    for given in ('"builtin"', "true", '{ "index.html" = "aa" }'):
        with pytest.raises(MalformedInput, match="ballot_client: want one of none, built-in"):
            manifest_from((f"ballot_client = {given}\n" + facts).encode(), tmp_path)


def test_the_example_names_the_page_that_this_package_ships(facts: str, tmp_path: Path) -> None:
    line = next(line for line in EXAMPLE.splitlines() if line.startswith("ballot_client"))
    manifest = manifest_from(f"{line}\n{facts}".encode(), tmp_path)
    assert dict(manifest.assets.files()) == asset_hashes()
    assert "index.html" in manifest.assets.root


def test_the_example_shows_where_witnesses_stand() -> None:
    assert "# [[witnesses]]" in EXAMPLE


def roll_facts(folder: Path, text: str, extra: str = "") -> bytes:
    """Facts with two registrars, a scrutineer and a second teller besides."""
    more = [
        PartyFacts("rita", "registrar", "Registry One", signing_key("rita").public),
        PartyFacts("rolf", "registrar", "Registry Two", signing_key("rolf").public),
        PartyFacts("sam", "scrutineer", "Scrutiny", signing_key("sam").public),
        PartyFacts("theo", "teller", "Union", signing_key("theo").public),
    ]
    for party in more:
        write_identity(folder / f"{party.id}.pub", party)
    named = text.replace("parties = [", "parties = [" + "".join(f'"{party.id}.pub", ' for party in more))
    return (extra + named + ROLL).encode()


ROLL = """
[roll]
registrars = [{ party = "rita", contact = "email" }, { party = "rolf", contact = "post" }]
contacts = ["email", "post", "phone"]
holders = ["office", "rolf"]
readers = ["sam"]
retention_days = 30
"""


def test_a_roll_its_channels_and_rules(facts: str, tmp_path: Path) -> None:
    extra = """paper = ["postal", "in_person"]
paper_prevails = false
floor_fallback = "combine"
annulment = "allowed"
reissue = "always"
"""
    manifest = manifest_from(roll_facts(tmp_path, facts, extra), tmp_path)
    roll = manifest.roll
    assert roll is not None
    assert [(one.party, one.contact) for one in roll.registrars] == [("rita", "email"), ("rolf", "post")]
    assert roll.fields == ("reference", "name", "email", "post", "phone")
    assert (roll.holders, roll.readers, roll.retention_days) == (("office", "rolf"), ("sam",), 30)
    assert manifest.channels.list == ("online", "in_person", "postal")
    assert not manifest.channels.paper_prevails
    assert (manifest.floor.fallback, manifest.floor.minimum) == ("combine", FLOOR)
    assert (manifest.rules.annulment, manifest.rules.reissue) == ("allowed", "always")


def test_who_says_nothing_about_the_floor_has_one(facts: str, tmp_path: Path) -> None:
    assert manifest_from(facts.encode(), tmp_path).floor.minimum == FLOOR == 10
    assert manifest_from(b"floor = 0\n" + facts.encode(), tmp_path).floor.minimum == 0


def test_weights(facts: str, tmp_path: Path) -> None:
    assert manifest_from(roll_facts(tmp_path, facts, "weights = [1, 3]\n"), tmp_path).weights.values == (1, 3)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("registrars =", "registrar =", "roll: unknown name 'registrar'"),
        ('contact = "email"', 'contact = "fax"', "'fax' is none of the contacts"),
        ('{ party = "rita", contact = "email" }', '"rita"', "roll.registrars[0]: want a table"),
        ('readers = ["sam"]', 'readers = "sam"', "roll.readers: want a list"),
        ('readers = ["sam"]', "readers = [1]", "roll.readers[0]: want a text"),
        ('readers = ["sam"]', 'readers = ["theodora"]', "'theodora' is no party"),
        ("retention_days = 30", 'retention_days = "30"', "roll.retention_days: want a whole number"),
        ("retention_days = 30", "retention_days = 0", "retention_days"),
        ("election =", 'paper = ["fax"]\nelection =', "paper[0]: want one of in_person, postal"),
        ("election =", 'paper = ["postal", "postal"]\nelection =', "channels"),
        ("election =", 'paper_prevails = "yes"\nelection =', "paper_prevails: want true or false"),
        ("election =", "weights = [1, true]\nelection =", "weights[1]: want a whole number"),
        ("election =", 'reissue = "sometimes"\nelection =', "reissue: want one of unvoted, never, always"),
        ("election =", 'floor_fallback = "none"\nelection =', "floor_fallback: want one of merge, combine, withhold"),
        ("election =", 'annulment = "perhaps"\nelection =', "annulment: want one of never, allowed"),
    ],
)
def test_what_is_wrong_with_a_roll_is_said(old: str, new: str, reason: str, facts: str, tmp_path: Path) -> None:
    text = roll_facts(tmp_path, facts).decode()
    assert old in text
    with pytest.raises(MalformedInput) as refusal:
        manifest_from(text.replace(old, new, 1).encode(), tmp_path)
    assert reason in str(refusal.value)


def test_the_example_with_everything_in_it_is_a_manifest(facts: str, tmp_path: Path) -> None:
    """The lines that the example only shows are facts as soon as their number sign is taken away."""
    roll_facts(tmp_path, facts)
    parties = {"rita", "rolf", "sam", "theo"} | {party.id for party in PARTIES}
    names = ", ".join(f'"{id}.pub"' for id in sorted(parties))
    lines = []
    for line in EXAMPLE.splitlines():
        shown = line.removeprefix("# ")
        if shown.startswith("parties ="):
            line = f"parties = [{names}]"
        elif shown.startswith("[roll]") or (shown.split(" = ")[0] in ALL_OF_A_ROLL and " = " in shown):
            line = shown
        lines.append(line)
    text = "\n".join(lines).replace('["chair", "rita"', '["office", "rita"')
    assert text.count("\n# [roll]") == 0
    manifest = manifest_from(text.encode(), tmp_path)
    assert manifest.roll is not None
    assert manifest.roll.readers == ("sam",)
    assert manifest.weights.values == (1,)
    assert manifest.channels.paper == ("in_person", "postal")


ALL_OF_A_ROLL = {name for name in VOTER_FACTS if name != "weights"} | {
    "registrars",
    "contacts",
    "holders",
    "readers",
    "retention_days",
}
