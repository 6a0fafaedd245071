"""A draft is a whole manifest that keeps every rule, or a ValueError that says all that is wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from e2evote.manifest.draft import ContestFacts, OptionFacts, PartyFacts, StyleFacts, draft
from e2evote.manifest.model import Manifest, Role
from e2evote.manifest.rules import key_failures, rule_failures
from manifest.accepted import public_key


def party(number: int, id: str, role: Role) -> PartyFacts:
    return PartyFacts(id, role, "Society", bytes.fromhex(public_key(number)))


PARTIES = (
    party(1, "office", "administrator"),
    party(2, "log", "log"),
    party(3, "teller", "teller"),
    party(4, "north", "trustee"),
    party(5, "south", "trustee"),
    party(6, "east", "trustee"),
)
CHAIR = ContestFacts("chair", "Chair", (OptionFacts("ada", "Ada"), OptionFacts("bo", "Bo")))
FACTS: dict[str, Any] = {
    "election": "spring",
    "name": "Spring",
    "parties": PARTIES,
    "contests": (CHAIR,),
    "opens": datetime(2026, 3, 1, 6, tzinfo=UTC),
    "closes": datetime(2026, 3, 2, 18, tzinfo=UTC),
}


def test_few_facts_make_a_manifest_that_keeps_every_rule() -> None:
    manifest = draft(**FACTS)
    assert Manifest.decode(manifest.encode()) == manifest
    assert key_failures(manifest) == rule_failures(manifest) == ()
    assert manifest.quorum == 2
    assert manifest.group == "electionguard-2.1-4096"
    assert manifest.origin == "e2evote/spring"
    assert [(style.id, style.contests) for style in manifest.styles] == [("all", ("chair",))]
    assert manifest.contests[0].limit == 1
    assert manifest.contests[0].counts_blank
    assert not manifest.claims.floor
    assert manifest.assets.files() == ()
    assert (manifest.dates.open, manifest.dates.close) == ("2026-03-01T06:00:00Z", "2026-03-02T18:00:00Z")


def test_every_fact_arrives() -> None:
    council = ContestFacts(
        "council",
        {"de": "Rat", "en": "Council"},
        (OptionFacts("cyd", {"en": "Cyd"}, 2), OptionFacts("dee", "Dee")),
        seats=2,
        limit=3,
        blank="uncounted",
        threshold=("at_least", 1, 3, "votes"),
        ties="lot",
    )
    manifest = draft(
        **FACTS
        | {
            "contests": (CHAIR, council),
            "quorum": 3,
            "origin": "board.example/spring",
            "floor": 10,
            "group": "test-512",
            "language": "de",
            "tolerance": 60,
            "batch_ms": 5000,
            "challenges": 2,
            "styles": (StyleFacts("both", "Beide", ("chair", "council")),),
            "assets": {"index.html": b"\xaa" * 32},
        }
    )
    read = manifest.contests[1]
    assert read.name.items() == (("de", "Rat"), ("en", "Council"))
    assert [(option.id, option.limit, option.name.items()) for option in read.options] == [
        ("cyd", 2, (("en", "Cyd"),)),
        ("dee", 1, (("de", "Dee"),)),
    ]
    assert (read.limit, read.outcome.seats, read.counts_blank, read.outcome.ties.rule) == (3, 2, False, "lot")
    assert read.outcome.threshold.model_dump() == {"of": "votes", "rule": "at_least", "share": (1, 3)}
    assert (manifest.quorum, manifest.origin, manifest.group) == (3, "board.example/spring", "test-512")
    assert (manifest.floor.minimum, manifest.claims.floor) == (10, True)
    assert (manifest.dates.tolerance, manifest.box.batch_ms, manifest.box.challenges) == (60, 5000, 2)
    assert manifest.styles[0].id == "both"
    assert manifest.assets.root == {"index.html": "aa" * 32}


@pytest.mark.parametrize(("trustees", "quorum"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_the_quorum_is_the_fewest_that_are_more_than_half(trustees: int, quorum: int) -> None:
    parties = (*PARTIES[:3], *(party(10 + i, f"t{i}", "trustee") for i in range(trustees)))
    assert draft(**FACTS | {"parties": parties}).quorum == quorum


def test_dates_of_another_zone_are_written_in_utc() -> None:
    opens = datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert draft(**FACTS | {"opens": opens}).dates.open == "2026-02-28T23:00:00Z"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"election": "Spring"}, "election.id: 'Spring' is no id"),
    ({"parties": PARTIES[1:]}, "parties: 0 of role administrator, at least 1"),
    ({"parties": (*PARTIES[:5], replace(PARTIES[5], key=PARTIES[4].key))}, "east: the key "),
    ({"parties": (*PARTIES[:5], replace(PARTIES[5], key=bytes(31)))}, r"parties\[5\].key: "),
    ({"quorum": 1}, "quorum: 1 of 3 trustees, want more than half"),
    ({"quorum": 4}, "quorum: 4, at most 3"),
    ({"quorum": 1, "name": " Spring"}, "quorum: .*; election.name.en: .*; styles"),
    ({"closes": FACTS["opens"]}, "dates.close: 2026-03-01T06:00:00Z is not after open"),
    ({"opens": datetime(2026, 3, 1)}, "want whole seconds and a time zone"),
    ({"opens": FACTS["opens"].replace(microsecond=1)}, "want whole seconds and a time zone"),
    ({"contests": ()}, "contests: 0 items, at least 1"),
    ({"contests": (replace(CHAIR, seats=3),)}, r"contests\[0\].method.limit: 3 is above 2"),
    ({"contests": (replace(CHAIR, options=CHAIR.options * 2),)}, r"contests\[0\].options\[2\].id: 'ada' is the id of"),
    ({"styles": (StyleFacts("none", "None", ()),)}, r"styles\[0\].contests: 0 items"),
    ({"floor": -1}, "floor.minimum: -1, at least 0"),
    ({"assets": {"a/b": bytes(32)}}, "assets.'a/b': 'a/b' is no file name"),
    ({"assets": {"a": bytes(31)}}, "assets.a: '0*.*' is no SHA-256"),
    ({"origin": "my board"}, "origin: 'my board' is no origin"),
]


@pytest.mark.parametrize(("facts", "said"), WRONG, ids=[said for _, said in WRONG])
def test_facts_that_make_no_manifest_are_refused(facts: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draft(**FACTS | facts)
