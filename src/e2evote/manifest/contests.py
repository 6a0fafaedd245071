"""What is voted on: contests with their options, how to vote in them, who is then elected; ballot styles.

docs/record-format.md, Manifest; docs/spec.md §7 and §10. A contest's *items* are what a ballot has a ciphertext for:
its options and, where blank votes are counted, the blank. The order of the lists is the order of everything.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import FailFast, Field, model_validator

from e2evote.manifest.section import Id, Section, Text, later, misplaced, unique_ids

BLANK = ""
"""The name of the blank item where an option's id would stand; no option has it."""


class Option(Section):
    """Something to choose, at most `limit` times."""

    id: Id
    limit: Annotated[int, Field(ge=1)]
    name: Text


class Choose(Section):
    """Distribute at most `limit` votes over the options; `blank: counted` lets a voter choose none of them instead."""

    blank: Literal["counted", "uncounted"]
    kind: Annotated[Literal["choose"], later("rank")]
    limit: Annotated[int, Field(ge=1, le=1000)]


# Told apart by `kind`. A second method joins as `Annotated[Choose | Rank, Field(discriminator="kind")]`.
Method = Choose


class NoThreshold(Section):
    """Every option may be elected."""

    rule: Literal["none"]


class Share(Section):
    """At least, or more than, m/d of the ballots or of the votes; share = (m, d).    spec (10.2)"""

    of: Literal["ballots", "votes"]
    rule: Literal["at_least", "more_than"]
    share: tuple[int, int]

    @model_validator(mode="after")
    def _is_a_fraction(self) -> Self:
        m, d = self.share
        if not (0 <= m <= d <= 10**6 and d >= 1):
            misplaced(f"{m}/{d}, want 0 ≤ m ≤ d ≤ 1000000 and d ≥ 1", "share")
        return self


Threshold = Annotated[NoThreshold | Share, Field(discriminator="rule")]


class Ties(Section):
    """What becomes of options with equal votes and too few seats: a report of the tie, or a lot."""

    rule: Literal["report", "lot"]


class Outcome(Section):
    """How many are elected, from which number of votes, and what decides a tie.    spec 10"""

    seats: Annotated[int, Field(ge=1, le=500)]
    threshold: Threshold
    ties: Ties


@dataclass(frozen=True, slots=True)
class Item:
    """One ciphertext's meaning: an option, or the blank.

    option: the option's id, `BLANK` for the blank. index: its place in hashes, from 1. weight: how much one vote
    for it uses up of the contest's limit.
    """

    option: str
    index: int
    limit: int
    weight: int

    @property
    def type(self) -> Literal["selection", "blank"]:
        """As the sealed ballot calls it."""
        return "blank" if self.option == BLANK else "selection"


class Contest(Section):
    """One question with its options."""

    id: Id
    method: Method
    name: Text
    options: Annotated[tuple[Option, ...], FailFast(), Field(min_length=1, max_length=500)]
    outcome: Outcome

    @model_validator(mode="after")
    def _limits_fit(self) -> Self:
        for i, option in enumerate(self.options):
            if option.limit > self.limit:
                misplaced(f"{option.limit} is above the contest's limit {self.limit}", "options", i, "limit")
        together = sum(option.limit for option in self.options)
        if self.limit > together:
            misplaced(f"{self.limit} is above {together}, the sum of the options' limits", "method", "limit")
        return self

    @model_validator(mode="after")
    def _option_ids_are_unique_ids(self) -> Self:
        unique_ids(tuple(option.id for option in self.options), "options")
        return self

    @property
    def limit(self) -> int:
        """L: the votes of one ballot."""
        return self.method.limit

    @property
    def counts_blank(self) -> bool:
        """Whether there is a blank item."""
        return self.method.blank == "counted"

    def items(self) -> tuple[Item, ...]:
        """The options in order, then the blank where it is counted: limit 1, weight L.    spec (7.6)"""
        return self._items

    def item(self, option: str) -> Item | None:
        """The item of that option, `BLANK` for the blank, if there is one."""
        return next((item for item in self._items if item.option == option), None)

    @cached_property
    def _items(self) -> tuple[Item, ...]:
        items = [Item(option.id, index, option.limit, 1) for index, option in enumerate(self.options, start=1)]
        if self.counts_blank:
            items.append(Item(BLANK, len(items) + 1, 1, self.limit))
        return tuple(items)


class Style(Section):
    """Which contests a ballot has."""

    contests: Annotated[tuple[Id, ...], FailFast(), Field(min_length=1, max_length=100)]
    id: Id
    name: Text
