"""The results of a report, by contest and channel, with nothing below the floor (docs/spec.md, sections 14.3 and 15).

What is withheld is not there at all: a contest has the votes of its parts, which divide its channels, and nothing
else. Whoever puts together facts with the votes of a part that is too small is refused, here and not by the page.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from e2evote.record.plain import Items, Utf8

Channel = Literal["online", "in_person", "postal"]
Id = Annotated[str, Utf8(1, 63)]
Ids = Annotated[tuple[Id, ...], Items(500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionFacts:
    """An option, in the manifest's order; the blank vote last, with an empty id. limit: most votes from one ballot."""

    option: Annotated[str, Utf8(0, 63)]
    name: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestChannel:
    """Counted ballots in one channel that have the contest, and spoiled ones (0 online)."""

    channel: Channel
    ballots: int
    spoiled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartVotes:
    """Votes in one or several channels together, one number for each option."""

    channels: Annotated[tuple[Channel, ...], Items(3)]
    votes: Annotated[tuple[int, ...], Items(501)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestFacts:
    """One contest. Without parts it is withheld."""

    contest: Id
    name: str
    seats: int
    limit: int
    options: Annotated[tuple[OptionFacts, ...], Items(501)]
    channels: Annotated[tuple[ContestChannel, ...], Items(3)]
    parts: Annotated[tuple[PartVotes, ...], Items(3)]
    elected: Ids
    tied: Ids
    vacant: int
    undervotes: int

    def __post_init__(self) -> None:
        if not self.options or not self.channels:
            raise ValueError("a contest without options or channels")
        named = [channel for part in self.parts for channel in part.channels]
        if self.parts and (
            sorted(named) != sorted(channel.channel for channel in self.channels)
            or not all(part.channels for part in self.parts)
        ):
            raise ValueError("the parts do not have every channel once")
        if any(len(part.votes) != len(self.options) for part in self.parts):
            raise ValueError("a part has not one number of votes for each option")
        if self.withheld and (self.elected or self.tied or self.vacant or self.undervotes):
            raise ValueError("something is said of a contest that is withheld")

    @property
    def withheld(self) -> bool:
        """Whether nothing was decrypted."""
        return not self.parts

    @property
    def ballots(self) -> int:
        """Counted ballots that have the contest."""
        return sum(channel.ballots for channel in self.channels)

    @property
    def votes(self) -> tuple[int, ...]:
        """Votes of all channels, one number for each option; nothing if withheld."""
        return tuple(sum(column) for column in zip(*(part.votes for part in self.parts), strict=True))

    def part_of(self, channel: str) -> PartVotes | None:
        """The votes of this channel by itself, if they are there."""
        return next((part for part in self.parts if part.channels == (channel,)), None)

    def ballots_of(self, part: PartVotes) -> int:
        """Counted ballots over which the part is."""
        return sum(channel.ballots for channel in self.channels if channel.channel in part.channels)

    def check_floor(self, minimum: int) -> None:
        """ValueError where a part has some ballots, but fewer than `minimum`.    spec 14.3"""
        for part in self.parts:
            number = self.ballots_of(part)
            if 0 < number < minimum:
                raise ValueError(f"contest {self.contest}: votes of {number} ballots, the floor is {minimum}")
        if self.parts and self.ballots < minimum:
            raise ValueError(f"contest {self.contest}: votes of {self.ballots} ballots, the floor is {minimum}")
