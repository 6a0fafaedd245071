"""The checks `manifest.keys` and `manifest.rules`: each failing manifest is one change to one that keeps them all."""

from typing import Any

import pytest

from e2evote.manifest.model import Manifest
from e2evote.manifest.rules import key_failures, rule_failures
from manifest.accepted import ACCEPTED, changed, encoded, option, public_key

P = 2**255 - 19


def failures(manifest: Manifest) -> list[tuple[str, str, str]]:
    found = (*key_failures(manifest), *rule_failures(manifest))
    return [(failure.check, failure.subject, failure.detail) for failure in found]


def after(place: str, value: Any) -> list[tuple[str, str, str]]:
    return failures(Manifest.decode(encoded(changed(place, value))))


def test_the_accepted_manifest_keeps_every_rule() -> None:
    assert failures(Manifest.decode(encoded(ACCEPTED))) == []


# A point of order 8.
ORDER_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"

KEYS: list[tuple[str, str, str, str]] = [
    ("parties[2].key", (1).to_bytes(32, "little").hex(), "north", "the identity"),
    ("parties[2].key", (P - 1).to_bytes(32, "little").hex(), "north", "not in the group of prime order"),
    ("parties[2].key", ORDER_8, "north", "not in the group of prime order"),
    ("parties[2].key", (P + 3).to_bytes(32, "little").hex(), "north", "the encoding is not canonical"),
    ("parties[2].key", (2).to_bytes(32, "little").hex(), "north", "not a point of the curve"),
    ("parties[5].key", public_key(3), "east", "is north's too"),
    ("parties[1].key", public_key(1), "log", "is office's too"),
]


@pytest.mark.parametrize(("place", "key", "subject", "detail"), KEYS)
def test_a_key_that_is_none_or_somebody_elses_fails_for_its_party(
    place: str, key: str, subject: str, detail: str
) -> None:
    ((check, failed, said),) = after(place, key)
    assert (check, failed) == ("manifest.keys", subject)
    assert detail in said


def named(*names: str) -> list[dict[str, Any]]:
    return [option(f"o{i}", 1, en=name) for i, name in enumerate(names)]


RULES: list[tuple[str, Any, str, str]] = [
    ("quorum", 1, "quorum", "1 of 3 trustees, want more than half"),
    # dates
    ("dates.open", "2026-02-29T06:00:00Z", "dates.open", "2026-02-29T06:00:00Z is not a date of the calendar"),
    ("dates.open", "2026-02-28T24:00:00Z", "dates.open", "2026-02-28T24:00:00Z is not a date of the calendar"),
    ("dates.close", "2026-03-31T23:59:60Z", "dates.close", "2026-03-31T23:59:60Z is not a date of the calendar"),
    ("dates.close", "2026-13-01T00:00:00Z", "dates.close", "2026-13-01T00:00:00Z is not a date of the calendar"),
    ("dates.open", "0000-01-01T00:00:00Z", "dates.open", "0000-01-01T00:00:00Z is not a date of the calendar"),
    ("dates.close", "2026-03-01T06:00:00Z", "dates.close", "is not after open"),
    ("dates.open", "2026-03-03T00:00:00Z", "dates.close", "2026-03-02T18:00:00Z is not after open"),
    # texts, each kind of place once
    ("election.name.en", "Spring\x07", "election.name.en", "U+0007 at character 6 is a control character"),
    ("contests[1].name.en", "Coun\ncil", "contests[1].name.en", "U+000A at character 4 is a control character"),
    ("contests[0].options[1].name.cy", "Bo\u202e", "contests[0].options[1].name.cy", "U+202E at character 2 is an inv"),
    ("styles[1].name.en", "Bo\u200bth", "styles[1].name.en", "U+200B at character 2 is an invisible format character"),
    ("parties[3].organisation", "\ufeffX", "parties[3].organisation", "U+FEFF at character 0 is an invisible format"),
    # each kind of character
    ("election.name.en", "Spring\u00ad", "election.name.en", "U+00AD at character 6 is an invisible format character"),
    ("election.name.en", "\ue000", "election.name.en", "U+E000 at character 0 is a character for private use"),
    ("election.name.en", "\u0378", "election.name.en", "U+0378 at character 0 is a character that Unicode does not de"),
    ("election.name.en", "\uffff", "election.name.en", "U+FFFF at character 0 is a character that Unicode does not de"),
    ("election.name.en", "a\u2028b", "election.name.en", "U+2028 at character 1 is a line separator"),
    ("election.name.en", "a\u2029b", "election.name.en", "U+2029 at character 1 is a paragraph separator"),
    ("election.name.en", "e\u0301", "election.name.en", "is not in Unicode normal form C"),
    ("election.name.en", "\u212b", "election.name.en", "is not in Unicode normal form C"),
    ("election.name.en", " Spring", "election.name.en", "begins or ends with a space"),
    ("election.name.en", "Spring ", "election.name.en", "begins or ends with a space"),
    ("election.name.en", " ", "election.name.en", "begins or ends with a space"),
    ("election.name.en", "Spring  vote", "election.name.en", "has two spaces in a row"),
    # names of options that read alike
    ("contests[1].options[1].name.en", "Cyd", "contests[1].options[1].name.en", "like contests[1].options[0].name.en"),
    ("contests[1].options[2].name.en", "cYD", "contests[1].options[2].name.en", "like contests[1].options[0].name.en"),
    (
        "contests[1].options[2].name.en",
        "ＣＹＤ",
        "contests[1].options[2].name.en",
        "like contests[1].options[0].name.en",
    ),
    ("contests[0].options[1].name.cy", "ADA ØRE", "contests[0].options[1].name.cy", "contests[0].options[0].name.cy"),
    (
        "contests[0].options",
        named("Weiß", "Ada", "WEISS"),
        "contests[0].options[2].name.en",
        "'WEISS' reads like contests[0].options[0].name.en",
    ),
    # what leaves no trace in print, or looks like a space
    (
        "contests[1].options[1].name.en",
        "Cyd\ufe00",
        "contests[1].options[1].name.en",
        "U+FE00 at character 3 shows nothing",
    ),
    (
        "contests[1].options[1].name.en",
        "Cyd\u3164",
        "contests[1].options[1].name.en",
        "U+3164 at character 3 shows nothing",
    ),
    ("election.name.en", "Spring\u2800", "election.name.en", "U+2800 at character 6 shows nothing"),
    ("election.name.en", "Spring\U000e0100", "election.name.en", "U+E0100 at character 6 shows nothing"),
    (
        "contests[1].options[1].name.en",
        "Cyd\u00a0",
        "contests[1].options[1].name.en",
        "U+00A0 at character 3 is a space",
    ),
    ("election.name.en", "Spring \u2003vote", "election.name.en", "U+2003 at character 7 is a space other than U+0020"),
]


@pytest.mark.parametrize(("place", "value", "subject", "detail"), RULES)
def test_one_change_breaks_one_rule_at_its_place(place: str, value: Any, subject: str, detail: str) -> None:
    ((check, failed, said),) = after(place, value)
    assert (check, failed) == ("manifest.rules", subject)
    assert detail in said


KEPT: list[tuple[str, Any]] = [
    ("quorum", 3),
    ("dates.open", "2024-02-29T00:00:00Z"),
    ("dates.open", "2026-03-02T17:59:59Z"),
    ("election.name.en", "Élection d’été №1 — 投票 🗳"),
    ("election.name.en", "नागरिक"),
    ("parties[0].organisation", "Council"),
    ("contests[1].options[1].name.en", "Cyd Two"),
    ("contests[0].name.en", "Ada Øre"),  # a contest may be called like an option
    ("contests[1].options[0].name.en", "Ada Øre"),  # and an option like one of another contest
    ("contests[1].options[0].name", {"cy": "Dee", "en": "Cyd"}),  # or like one in another language
]


@pytest.mark.parametrize(("place", "value"), KEPT)
def test_what_looks_close_to_a_broken_rule_keeps_them(place: str, value: Any) -> None:
    assert after(place, value) == []


def test_an_even_number_of_trustees_needs_more_than_half() -> None:
    two = [party for party in ACCEPTED["parties"] if party["id"] != "east"]
    assert [subject for _, subject, _ in after("parties", two)] == []
    four = [*ACCEPTED["parties"], {**ACCEPTED["parties"][2], "id": "west", "key": public_key(7)}]
    assert after("parties", four) == [("manifest.rules", "quorum", "2 of 4 trustees, want more than half")]


def test_no_failure_hides_another() -> None:
    manifest = changed("contests[0].options", named(" a ", "A\u0301  \x00", " a "))
    manifest["dates"] |= {"open": "2026-02-30T00:00:00Z", "close": "2026-02-31T00:00:00Z"}
    manifest["quorum"] = 1
    manifest["parties"][3]["key"] = manifest["parties"][2]["key"] = "00" * 32
    found = failures(Manifest.decode(encoded(manifest)))
    assert [(check, subject) for check, subject, _ in found] == [
        ("manifest.keys", "north"),
        ("manifest.keys", "south"),
        ("manifest.keys", "south"),
        ("manifest.rules", "quorum"),
        ("manifest.rules", "dates.open"),
        ("manifest.rules", "dates.close"),
        ("manifest.rules", "contests[0].options[0].name.en"),
        ("manifest.rules", "contests[0].options[1].name.en"),
        ("manifest.rules", "contests[0].options[1].name.en"),
        ("manifest.rules", "contests[0].options[1].name.en"),
        ("manifest.rules", "contests[0].options[2].name.en"),
        ("manifest.rules", "contests[0].options[2].name.en"),
    ]
