"""Who may vote, by which channels, and with what weight (docs/record-format.md, Manifest; docs/spec.md §13, §14).

The sections `eligibility`, `channels` and `weights`. A selection is open to whoever makes a key, or it has a roll, of
which each line has one credential from each registrar.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import FailFast, Field, model_validator

from e2evote.manifest.entries import CAPACITIES
from e2evote.manifest.parties import Party
from e2evote.manifest.section import Id, Section, misplaced

ONLINE = "online"
PAPER = ("in_person", "postal")
"""The channels in the order in which a manifest lists those that it has, after `online`."""

OWN_FIELDS = ("reference", "name")
"""What every line of a roll has besides its contacts."""

MOST_REGISTRARS = 8
HEAVIEST = 1000
"""The most that one ballot may count."""


class OpenEligibility(Section):
    """Whoever makes a key may vote."""

    kind: Literal["open"]


class Registrar(Section):
    """A party that issues credentials, and the contact that it sends the codes to."""

    contact: Id
    party: Id


class RollEligibility(Section):
    """Whoever is on the roll may vote, with one credential from each registrar.

    contacts: how members are reached. holders: parties who may hold the names behind the lines. readers: to whom they
    may be opened. retention_days: so long after the closing date the names are kept.
    """

    contacts: Annotated[tuple[Id, ...], FailFast(), Field(min_length=1, max_length=8)]
    holders: Annotated[tuple[Id, ...], FailFast(), Field(min_length=1, max_length=200)]
    kind: Literal["roll"]
    readers: Annotated[tuple[Id, ...], FailFast(), Field(max_length=200)]
    registrars: Annotated[tuple[Registrar, ...], FailFast(), Field(min_length=1, max_length=MOST_REGISTRARS)]
    retention_days: Annotated[int, Field(ge=1, le=36500)]

    @model_validator(mode="after")
    def _contacts_fit(self) -> Self:
        for name in ("contacts", "holders", "readers"):
            given: tuple[str, ...] = getattr(self, name)
            for i, id in enumerate(given):
                if id in given[:i]:
                    misplaced(f"{id!r} is there twice", name, i)
        for i, id in enumerate(self.contacts):
            if id in OWN_FIELDS:
                misplaced(f"{id!r} is no contact, but a field of every line", "contacts", i)
        for i, registrar in enumerate(self.registrars):
            if registrar.contact not in self.contacts:
                misplaced(f"{registrar.contact!r} is none of the contacts", "registrars", i, "contact")
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """What each line of the roll commits itself to, in order."""
        return (*OWN_FIELDS, *self.contacts)

    @property
    def has_independent_channels(self) -> bool:
        """Whether no one registrar, and no one who reads one kind of contact, has all codes of a line."""
        return len({registrar.contact for registrar in self.registrars}) > 1


Eligibility = Annotated[OpenEligibility | RollEligibility, Field(discriminator="kind")]


class Channels(Section):
    """The ways to vote, and which prevails: the first one of `precedence` is `online`, or the last one is."""

    list: Annotated[tuple[str, ...], FailFast()]
    precedence: Annotated[tuple[str, ...], FailFast()]

    @model_validator(mode="after")
    def _lists_fit(self) -> Self:
        possible = [(ONLINE,), (ONLINE, *PAPER), *((ONLINE, channel) for channel in PAPER)]
        if self.list not in possible:
            misplaced(f"want {ONLINE}, then none, one or both of {', '.join(PAPER)}", "list")
        if self.precedence not in (self.list, (*self.list[1:], ONLINE)):
            misplaced(f"want the list, or the list with {ONLINE} at its end", "precedence")
        return self

    @property
    def paper(self) -> tuple[str, ...]:
        """The channels in which ballots are on paper."""
        return self.list[1:]

    @property
    def paper_prevails(self) -> bool:
        """Whether a mark takes out a ballot cast online, rather than being refused because of one."""
        return len(self.list) > 1 and self.precedence[-1] == ONLINE


class Weights(Section):
    """What a ballot may count; what becomes of a contest in which few ballots have one of the weights."""

    fallback: Literal["none", "withhold"]
    values: Annotated[
        tuple[Annotated[int, Field(ge=1, le=HEAVIEST)], ...], FailFast(), Field(min_length=1, max_length=50)
    ]

    @model_validator(mode="after")
    def _values_fit(self) -> Self:
        if list(self.values) != sorted(set(self.values)):
            misplaced("not ascending, each once", "values")
        if (self.fallback == "none") != (self.values == (1,)):
            misplaced("'none' is for the one weight 1 and for nothing else", "fallback")
        return self


def check_voters(
    parties: Sequence[Party], eligibility: OpenEligibility | RollEligibility, channels: Channels, weights: Weights
) -> None:
    """Refuse sections that do not fit each other, or name parties that are not there in that role."""
    registrars = [party.id for party in parties if party.role == "registrar"]
    if isinstance(eligibility, OpenEligibility):
        if registrars:
            misplaced(f"{registrars[0]!r} is a registrar, but there is no roll", "parties")
        if channels.paper:
            misplaced("paper channels need a roll", "channels", "list")
        if weights.values != (1,):
            misplaced("weights need a roll", "weights", "values")
        return
    if [registrar.party for registrar in eligibility.registrars] != registrars:
        wanted = ", ".join(registrars) or "nobody"
        misplaced(f"want the parties of role registrar, in their order: {wanted}", "eligibility", "registrars")
    roles = {party.id: party.role for party in parties}
    for name, given in (("holder", eligibility.holders), ("reader", eligibility.readers)):
        for i, id in enumerate(given):
            if roles.get(id) not in CAPACITIES[name]:
                wanted = ", ".join(CAPACITIES[name])
                misplaced(f"{id!r} is no party of role {wanted}", "eligibility", f"{name}s", i)
    if channels.paper and weights.values != (1,):
        misplaced("ballots on paper have no weight", "weights", "values")
