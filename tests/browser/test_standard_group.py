"""The same in the standard group, with ten options and no roll: whoever makes a key may vote, and can vote again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.booth import Booth
from browser.harness import PHONE, Site, site, tab_of
from e2evote.algebra.parameters import ELECTIONGUARD_4096
from e2evote.manifest.draft import ContestFacts, OptionFacts
from e2evote.verify import Verdict, decode_anchors, verify_record

pytestmark = pytest.mark.slow

TEN = tuple(OptionFacts(f"option-{number}", f"Option number {number}") for number in range(1, 11))
CONTESTS = (ContestFacts("chair", "Chair", TEN, seats=1, limit=1),)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("standard")
    with site(folder, group=ELECTIONGUARD_4096.name, contests=CONTESTS, trustees=1, quorum=1) as made:
        yield made


def test_a_ballot_of_the_standard_group_is_cast_and_replaced_with_the_key_that_was_kept(
    place: Site, browser: Any, shots: Path
) -> None:
    with tab_of(browser, place, shots, width=PHONE, errors=True) as tab:
        booth = Booth(tab, "own-key", look=True)
        booth.open(address(place))
        booth.at("Your key", "key")
        booth.press("Continue")  # the server does not know the line yet: a 404 in the console
        assert chosen_and_sealed(booth, "option-3")
        booth.press("Cast this ballot")
        booth.at("Sign and cast", "sign")
        booth.press("Sign and cast")
        booth.is_cast()
        expect(tab.page.locator("#compared")).to_contain_text("is the latest valid one of your line", timeout=60_000)
        key = booth.save("Save the key", place.folder).read_text().strip()
    with tab_of(browser, place, shots) as tab:
        booth = Booth(tab, "own-key-again", look=True)
        booth.open(address(place))
        booth.at("Your key")
        tab.page.click("summary")
        tab.page.fill("#secret", key[:-1])
        booth.press("Continue")
        booth.complains("A key has 64 characters")
        tab.page.fill("#secret", key)
        booth.press("Continue")
        expect(booth.heading).to_contain_text("has voted before")
        booth.press("Vote again")
        chosen_and_sealed(booth, "option-10")
        booth.press("Cast this ballot")
        booth.press("Sign and cast")
        booth.is_cast()
    place.act("transitions", {"to": "closed"}, "election:admin")
    place.act("transitions", {"to": "tallied"}, "election:admin")
    votes = {cell["option"]: cell["votes"] for cell in place.get("/result").json["cells"]}
    assert votes == {option.id: int(option.id == "option-10") for option in TEN} | {"": 0}
    archive = place.folder / "record.zip"
    archive.write_bytes(place.get("/record.zip").body)
    anchors = decode_anchors((place.store / "anchors.json").read_bytes())
    assert verify_record(archive, anchors).verdict in (Verdict.ACCEPTED, Verdict.CONSISTENT)


def address(place: Site) -> str:
    """Nobody says that this is practice."""
    return place.page(f"client/#anchors={place.anchors}")


def chosen_and_sealed(booth: Booth, option: str) -> str:
    """One of the ten; the tracker."""
    booth.at("Chair")
    booth.page.check(f"#option-{option}")
    booth.press("Look over my choices")
    booth.at("Look over your choices")
    return booth.seal()
