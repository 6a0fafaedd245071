"""Which totals are decrypted: those over no ballot, or over enough of them (docs/spec.md, section 14.3).

Numbers of counted ballots decide it, which are public, before anything is decrypted. A contest is withheld, or its
channels are divided into *parts*, and one total is decrypted for each. Trustees decrypt nothing else.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from e2evote.manifest.model import Manifest
from e2evote.manifest.voters import ONLINE
from e2evote.record.electorate import Electorate
from e2evote.record.products import ChannelProducts, Class

Part = tuple[str, ...]
"""Channels that are decrypted as one, neighbours in the manifest's order."""
Parts = Mapping[str, tuple[Part, ...]]
"""The parts of each contest, in the manifest's order; none of a contest that is withheld."""


def name_of(part: Part) -> str:
    """What shares and outcome call a part."""
    return "+".join(part)


def channels_of(name: str) -> Part:
    """The part of this name."""
    return tuple(name.split("+"))


def part_names(channels: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The name of every part that there may be, with the places of its channels: from the first up to the second."""
    number = len(channels)
    spans = [(start, end) for start in range(number) for end in range(start + 1, number + 1)]
    return {name_of(tuple(channels[start:end])): (start, end) for start, end in spans}


def parts_of(manifest: Manifest, counts: Mapping[tuple[str, str], int], classes: Mapping[Class, int]) -> Parts:
    """The parts of each contest.    spec 14.3

    counts: ballots that count, by contest and channel. classes: those of online ballots, by contest and weight.
    """
    minimum, channels = manifest.floor.minimum, manifest.channels.list
    parts: dict[str, tuple[Part, ...]] = {}
    for contest in manifest.contests:
        numbers = [counts[contest.id, channel] for channel in channels]
        weighed = [classes.get((contest.id, weight), 0) for weight in manifest.weights.values]
        if sum(numbers) < minimum or (len(weighed) > 1 and any(0 < number < minimum for number in weighed)):
            parts[contest.id] = ()
        else:
            divided = _FALLBACKS[manifest.floor.fallback](numbers, minimum)
            parts[contest.id] = tuple(tuple(channels[place] for place in places) for places in divided)
    return parts


def parts_by(manifest: Manifest, by_channel: ChannelProducts) -> Parts:
    """The same from the products of every channel."""
    counts = {(contest, channel): n for channel, own in by_channel.items() for contest, n in own.ballots.items()}
    return parts_of(manifest, counts, by_channel[ONLINE].classes)


def classes_of(manifest: Manifest, electorate: Electorate | None) -> dict[Class, int]:
    """How many lines count online with each contest and weight, in a record whose ballots have their lines' styles.

    Nothing without a roll, where `parts_of` does not ask.
    """
    if electorate is None:
        return {}
    contests = {style.id: style.contests for style in manifest.styles}
    counted = (electorate.entitlement(line) for line, ballot in electorate.standing() if ballot)
    return Counter((contest, line.weight) for line in counted if line for contest in contests[line.style])


def names_of(parts: Parts) -> tuple[tuple[str, str], ...]:
    """Contest and name of every part, in order."""
    return tuple((contest, name_of(part)) for contest, own in parts.items() for part in own)


def stands(ballots: int, minimum: int) -> bool:
    """Whether a total over so many ballots may be known."""
    return not ballots or ballots >= minimum


_Divided = list[list[int]]
"""Places of channels, part by part."""


def _each(numbers: Sequence[int]) -> _Divided:
    return [[place] for place in range(len(numbers))]


def _all_stand(numbers: Sequence[int], minimum: int) -> bool:
    return all(stands(number, minimum) for number in numbers)


def _withheld(numbers: Sequence[int], minimum: int) -> _Divided:
    """Each channel, or nothing."""
    return _each(numbers) if _all_stand(numbers, minimum) else []


def _combined(numbers: Sequence[int], minimum: int) -> _Divided:
    """Each channel, or all of them as one."""
    return _each(numbers) if _all_stand(numbers, minimum) else [list(range(len(numbers)))]


def _merged(numbers: Sequence[int], minimum: int) -> _Divided:
    """The first that does not stand together with the next one, the last with the one before, until all stand."""
    parts = _each(numbers)
    while True:
        sums = [sum(numbers[place] for place in part) for part in parts]
        small = next((at for at, total in enumerate(sums) if not stands(total, minimum)), None)
        if small is None:
            return parts
        first = min(small, len(parts) - 2)
        parts[first : first + 2] = [parts[first] + parts[first + 1]]


_FALLBACKS: Mapping[str, Callable[[Sequence[int], int], _Divided]] = {
    "combine": _combined,
    "merge": _merged,
    "withhold": _withheld,
}
