"""Facts in TOML: witnesses are named there, and what is missing or misspelt is said with its place."""

from pathlib import Path

import pytest

from e2evote.adapter.facts import EXAMPLE, manifest_from
from e2evote.adapter.keys import write_identity
from e2evote.errors import MalformedInput
from manifest.test_draft import PARTIES
from manifest.test_witnesses import IDS, vkey

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


def test_the_example_shows_where_witnesses_stand() -> None:
    assert "# [[witnesses]]" in EXAMPLE
