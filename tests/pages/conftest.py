"""An election that is open, with a few ballots, and one that has come to its end; no test changes them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from e2evote.adapter.election import CastBallot, Election
from e2evote.algebra.parameters import TEST_512
from e2evote.manifest.draft import ContestFacts, OptionFacts

pytest.importorskip("fastapi", reason="the extra [http] is not installed")
pytest.importorskip("jinja2", reason="the extra [http] is not installed")

CONTESTS = (
    ContestFacts(
        "chair",
        {"en": "Who is to be chair?", "cy": "Pwy fydd yn gadeirydd?"},
        (OptionFacts("ada", {"en": "Ada <Lovelace> & Co"}), OptionFacts("bob", {"en": "Bob Smith", "cy": "Bob Gof"})),
    ),
    ContestFacts("board", "Two members", (OptionFacts("cyd", "Cyd"), OptionFacts("dee", "Dee")), seats=2, limit=2),
)
ADA = {"chair": {"ada": 1}, "board": {"cyd": 1}}
BOB = {"chair": {"bob": 1}, "board": {"cyd": 1, "dee": 1}}


@dataclass(frozen=True, slots=True)
class Hosted:
    """An election, and the ballots that were cast: `first` was replaced by `last`, of the same line."""

    election: Election
    first: CastBallot
    last: CastBallot
    other: CastBallot
    challenged: str


def held(election: Election) -> Hosted:
    election.open()
    first, other = election.cast("voter 1", ADA), election.cast("voter 2", BOB)
    challenged = election.challenge("voter 3", ADA)
    return Hosted(election, first, election.cast("voter 1", BOB), other, challenged.tracker)


@pytest.fixture(scope="session")
def open_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    path = tmp_path_factory.mktemp("pages") / "open"
    name = {"en": "Spring election", "cy": "Etholiad y gwanwyn"}
    with Election.create(
        path, contests=CONTESTS, rehearsal=True, name=name, election="open-one", group=TEST_512.name
    ) as election:
        yield held(election)


@pytest.fixture(scope="session")
def ended_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    path = tmp_path_factory.mktemp("pages") / "ended"
    with Election.create(
        path, contests=CONTESTS, rehearsal=True, name="Autumn election", election="ended-one", group=TEST_512.name
    ) as election:
        hosted = held(election)
        election.close()
        election.tally()
        yield hosted
