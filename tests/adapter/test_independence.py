"""What one organisation has in one hand, as far as a manifest shows it."""

import pytest

from e2evote.adapter.independence import concentrations, organisations
from tests.adapter.rolls import roll_manifest
from tests.adapter.test_approval import of_one_house

APART = roll_manifest(paper=("postal",))


def test_parties_of_eleven_organisations() -> None:
    assert concentrations(APART) == ()
    assert len(organisations(APART)) == 11


@pytest.mark.parametrize(
    ("together", "words"),
    [
        (("trustee-1", "trustee-2"), "One House has 2 trustees, and 2 can open every ballot"),
        (("chair", "tess"), "opening and closing need nobody else"),
        (("rita", "tess"), "they cannot approve a new code together"),
        (("sam", "trustee-1"), "the scrutineer and other parts"),
        (("tess", "theo"), "all tellers are of One House"),
    ],
)
def test_what_belongs_together(together: tuple[str, str], words: str) -> None:
    found = concentrations(of_one_house(APART, *together))
    assert [sentence for sentence in found if words in sentence], found


def test_trustees_of_whom_none_can_be_missing() -> None:
    manifest = roll_manifest(quorum=3)
    found = concentrations(of_one_house(manifest, "trustee-1"))
    assert "without One House, which has 1 of 3 trustees, nothing can be decrypted" in found
