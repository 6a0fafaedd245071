"""What is decrypted of a contest, by numbers of ballots alone: docs/spec.md section 14.3."""

from collections.abc import Iterable, Sequence

Part = tuple[str, ...]


def name_of(part: Part) -> str:
    """The channels of a part joined by +."""
    return "+".join(part)


def parts_of(ballots: Sequence[tuple[str, int]], weights: Iterable[int], floor: int, fallback: str) -> list[Part]:
    """`ballots` is the channels in order with their numbers, `weights` the numbers of each weight; [] is withheld."""
    if sum(number for _, number in ballots) < floor:
        return []
    if any(0 < number < floor for number in weights):
        return []
    parts: list[tuple[Part, int]] = [((channel,), number) for channel, number in ballots]

    def falling() -> list[int]:
        return [i for i, (_, number) in enumerate(parts) if 0 < number < floor]

    if falling() and fallback == "withhold":
        return []
    if falling() and fallback == "combine":
        return [tuple(channel for channel, _ in ballots)]
    while falling():
        first = falling()[0]
        left = min(first, len(parts) - 2)
        (one, its), (other, theirs) = parts[left : left + 2]
        parts[left : left + 2] = [((*one, *other), its + theirs)]
    return [part for part, _ in parts]
