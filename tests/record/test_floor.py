"""No total that may be decrypted, and no difference of two, is over some ballots but fewer than the floor."""

from collections.abc import Iterator
from itertools import product

import pytest

from e2evote.manifest.model import Manifest
from e2evote.manifest.sections import Floor
from e2evote.manifest.voters import Channels, Weights
from e2evote.record.floor import Part, name_of, part_names, parts_of
from tests.ballot.election import make_manifest

THREE = ("online", "in_person", "postal")
MANIFEST = make_manifest()


def manifest(channels: tuple[str, ...], minimum: int, fallback: str, weights: tuple[int, ...] = (1,)) -> Manifest:
    """One that says this of its channels; the rules read nothing else, and what does not fit it is not looked at."""
    return MANIFEST.model_copy(
        update={
            "channels": Channels(list=channels, precedence=channels),
            "floor": Floor(fallback=fallback, minimum=minimum),  # type: ignore[arg-type]
            "weights": Weights(fallback="none" if weights == (1,) else "withhold", values=weights),
        }
    )


def parts(made: Manifest, numbers: tuple[int, ...], classes: dict[int, int] | None = None) -> tuple[Part, ...]:
    """Those of the first contest; the other one has no ballots."""
    counts = {(contest.id, channel): 0 for contest in made.contests for channel in made.channels.list}
    for channel, number in zip(made.channels.list, numbers, strict=True):
        counts["mayor", channel] = number
    weighed = {("mayor", weight): number for weight, number in (classes or {1: numbers[0]}).items()}
    return parts_of(made, counts, weighed)["mayor"]


def known(divided: tuple[Part, ...]) -> Iterator[frozenset[str]]:
    """Every set of channels whose total is a sum of the parts' totals, each added, left out, or subtracted.

    That of all parts together is published too, and is one of them.
    """
    published = [*divided, tuple(channel for part in divided for channel in part)] if divided else []
    for factors in product((-1, 0, 1), repeat=len(published)):
        times = dict.fromkeys(THREE, 0)
        for factor, part in zip(factors, published, strict=True):
            for channel in part:
                times[channel] += factor
        if set(times.values()) <= {0, 1}:
            yield frozenset(channel for channel, number in times.items() if number)


@pytest.mark.parametrize("fallback", ["withhold", "combine", "merge"])
@pytest.mark.parametrize("channels", [THREE[:1], THREE[:2], THREE])
def test_every_sum_and_difference_is_over_no_ballot_or_over_enough(channels: tuple[str, ...], fallback: str) -> None:
    for minimum in range(1, 7):
        made = manifest(channels, minimum, fallback)
        for numbers in product(range(minimum + 3), repeat=len(channels)):
            divided, count = parts(made, numbers), dict(zip(channels, numbers, strict=True))
            assert all(not 0 < sum(count[c] for c in some) < minimum for some in known(divided)), (minimum, numbers)
            assert not divided or [c for part in divided for c in part] == list(channels), "each channel once, in order"
            if sum(numbers) < minimum:
                assert not divided
            elif all(not 0 < number < minimum for number in numbers):
                assert divided == tuple((channel,) for channel in channels), "what may be known by itself is"
            else:
                assert bool(divided) == (fallback != "withhold")


@pytest.mark.parametrize(
    ("fallback", "numbers", "expected"),
    [
        ("merge", (10, 10, 10), ["online", "in_person", "postal"]),
        ("merge", (10, 0, 12), ["online", "in_person", "postal"]),
        ("merge", (30, 3, 30), ["online", "in_person+postal"]),
        ("merge", (30, 30, 3), ["online", "in_person+postal"]),
        ("merge", (3, 30, 30), ["online+in_person", "postal"]),
        ("merge", (30, 4, 5), ["online+in_person+postal"]),
        ("merge", (4, 6, 9), ["online+in_person+postal"]),
        ("merge", (3, 0, 20), ["online+in_person+postal"]),
        ("merge", (0, 9, 1), ["online", "in_person+postal"]),
        ("merge", (3, 3, 3), []),
        ("combine", (30, 3, 30), ["online+in_person+postal"]),
        ("combine", (30, 0, 30), ["online", "in_person", "postal"]),
        ("combine", (3, 3, 3), []),
        ("withhold", (30, 3, 30), []),
        ("withhold", (30, 0, 30), ["online", "in_person", "postal"]),
    ],
)
def test_what_becomes_of_a_channel_that_is_too_small(
    fallback: str, numbers: tuple[int, ...], expected: list[str]
) -> None:
    assert [name_of(part) for part in parts(manifest(THREE, 10, fallback), numbers)] == expected


def test_without_a_floor_every_channel_is_known_by_itself() -> None:
    for numbers in product(range(3), repeat=3):
        assert parts(manifest(THREE, 0, "merge"), numbers) == tuple((channel,) for channel in THREE)


@pytest.mark.parametrize(
    ("classes", "decrypted"),
    [
        ({1: 20, 3: 10}, True),
        ({1: 20, 3: 0}, True),
        ({1: 0, 3: 20}, True),
        ({1: 21, 3: 9}, False),
        ({1: 1, 3: 29}, False),
    ],
)
def test_a_weight_of_few_ballots_withholds_the_contest(classes: dict[int, int], decrypted: bool) -> None:
    made = manifest(THREE[:1], 10, "withhold", (1, 3))
    assert bool(parts(made, (sum(classes.values()),), classes)) == decrypted


def test_a_contest_is_judged_by_its_own_ballots() -> None:
    made = manifest(THREE[:1], 3, "withhold")
    counts = {("mayor", "online"): 5, ("board", "online"): 2}
    assert parts_of(made, counts, {("mayor", 1): 5, ("board", 1): 2}) == {"mayor": (("online",),), "board": ()}


def test_the_names_of_parts_are_those_of_neighbours() -> None:
    assert list(part_names(THREE)) == [
        "online",
        "online+in_person",
        "online+in_person+postal",
        "in_person",
        "in_person+postal",
        "postal",
    ]
    assert part_names(("online", "postal")) == {"online": (0, 1), "online+postal": (0, 2), "postal": (1, 2)}
