"""The manifest: entry 0 of every log, and part of every hash after it (docs/record-format.md; docs/spec.md §4).

A `Manifest` in hand has the form that the format describes, whether it was decoded or put together: members,
types, limits, unique ids, references. Valid keys, real dates and readable names are rules (`manifest.rules`), which
a manifest may break and still be read, so that a verifier can say which.
"""

import re
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, FailFast, Field, ValidationError, model_validator

from e2evote.board.policy import Policy, decode_policy
from e2evote.hashing import canonical
from e2evote.manifest.contests import Contest, Item, Option, Style
from e2evote.manifest.parties import Party, Role, check_parties, check_witnesses
from e2evote.manifest.reading import malformed, with_tuples
from e2evote.manifest.section import Section, matching, misplaced, quoted, unique_ids, utf8_bytes
from e2evote.manifest.sections import (
    Assets,
    BoxRules,
    Claims,
    Dates,
    Election,
    Entries,
    Floor,
    Rules,
    Witnesses,
)
from e2evote.manifest.voters import Channels, Eligibility, RollEligibility, Weights, check_voters

__all__ = ["LARGEST", "Contest", "Item", "Manifest", "Option", "Party", "Role", "Style"]

LARGEST = 4 * 2**20
"""Bytes of a manifest: what is refused is refused within a second or so."""

LEAF_PREFIX = "e2evote/v1/leaf"
"""What signatures of leaves begin with: an origin like this would let one signature have two readings."""

_ORIGIN = re.compile(r"[!-*,-~]{1,200}", re.ASCII)


def _is_no_leaf(given: str) -> str:
    if given == LEAF_PREFIX:
        misplaced(f"{quoted(given)} is what signatures of leaves begin with")
    return given


def _word(value: bool) -> str:
    return "true" if value else "false"


class Manifest(Section):
    """Everything about a selection that is fixed before it begins."""

    assets: Assets
    box: BoxRules
    channels: Channels
    claims: Claims
    contests: Annotated[tuple[Contest, ...], FailFast(), Field(min_length=1, max_length=100)]
    dates: Dates
    election: Election
    eligibility: Eligibility
    entries: Entries
    floor: Floor
    group: Annotated[str, utf8_bytes(100)]
    kind: Literal["manifest"]
    origin: Annotated[
        str, matching(_ORIGIN, "origin (1 to 200 printable ASCII characters, no +)"), AfterValidator(_is_no_leaf)
    ]
    parties: Annotated[tuple[Party, ...], FailFast(), Field(min_length=4, max_length=200)]
    quorum: Annotated[int, Field(ge=1)]
    rules: Rules
    styles: Annotated[tuple[Style, ...], FailFast(), Field(min_length=1, max_length=100)]
    v: Annotated[int, Field(ge=1, le=1)]  # Literal[1] would take true
    weights: Weights
    witnesses: Witnesses

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """A manifest from outside bytes, or MalformedInput that names the place; decode(encode(m)) = m."""
        value = with_tuples(canonical.decode(data, LARGEST))
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            raise malformed(error, value) from None

    def encode(self) -> bytes:
        """The canonical bytes: entry 0's payload, and the input of the base hash.    spec (4.2)"""
        return canonical.encode(self.model_dump(mode="json"))

    @model_validator(mode="after")
    def _parties_fit(self) -> Self:
        check_parties(self.parties)
        if self.quorum > self.n:
            misplaced(f"{self.quorum}, at most {self.n}, the number of trustees", "quorum")
        return self

    @model_validator(mode="after")
    def _styles_fit(self) -> Self:
        unique_ids(tuple(contest.id for contest in self.contests), "contests")
        unique_ids(tuple(style.id for style in self.styles), "styles")
        for s, style in enumerate(self.styles):
            latest = 0
            for c, id in enumerate(style.contests):
                index = self.contest_index(id)
                if not index:
                    misplaced(f"no contest has the id {id!r}", "styles", s, "contests", c)
                if index <= latest:
                    misplaced(f"{id!r} is not in the order of the manifest", "styles", s, "contests", c)
                latest = index
        used = {id for style in self.styles for id in style.contests}
        for i, contest in enumerate(self.contests):
            if contest.id not in used:
                misplaced(f"{contest.id!r} is in no style", "contests", i, "id")
        return self

    @model_validator(mode="after")
    def _voters_fit(self) -> Self:
        check_voters(self.parties, self.eligibility, self.channels, self.weights)
        self.entries.check(len(self.registrars))
        if self.weights.values != (1,) and not self.floor.minimum:
            misplaced("weights need a floor", "floor", "minimum")
        for name in ("annulment", "reissue"):
            if self.roll is None and getattr(self.rules, name) != "never":
                misplaced("want 'never' where there is no roll", "rules", name)
        return self

    @model_validator(mode="after")
    def _claims_fit(self) -> Self:
        made = {
            "channels": bool(self.channels.paper),
            "eligibility": self.roll is not None,
            "floor": self.floor.minimum > 0,
            "witnesses": bool(self.witnesses.policy),
        }
        for name, wanted in made.items():
            if getattr(self.claims, name) != wanted:
                misplaced(f"{_word(not wanted)}, which is not so: want {_word(wanted)}", "claims", name)
        return self

    @model_validator(mode="after")
    def _witnesses_fit(self) -> Self:
        check_witnesses(self.parties, self.origin, self.policy)
        return self

    @property
    def n(self) -> int:
        """The number of trustees."""
        return len(self.trustees)

    @property
    def needs_lot(self) -> bool:
        """Whether some contest breaks ties by lot, so that digits must be drawn before the tally."""
        return any(contest.outcome.ties.rule == "lot" for contest in self.contests)

    @cached_property
    def trustees(self) -> tuple[Party, ...]:
        """Trustee i is at position i - 1."""
        return self.parties_of("trustee")

    @cached_property
    def policy(self) -> Policy | None:
        """Whose cosignatures the board needs; None where the manifest claims no witnesses.    spec 5.8"""
        return decode_policy(self.witnesses.policy.encode()) if self.witnesses.policy else None

    @property
    def roll(self) -> RollEligibility | None:
        """How a roll decides who may vote; None where everybody may."""
        return self.eligibility if isinstance(self.eligibility, RollEligibility) else None

    @cached_property
    def registrars(self) -> tuple[Party, ...]:
        """Registrar i is at position i - 1."""
        return self.parties_of("registrar")

    def parties_of(self, role: Role) -> tuple[Party, ...]:
        """All parties of one role, in order."""
        return tuple(party for party in self.parties if party.role == role)

    def party(self, id: str) -> Party | None:
        """The party of that id, if there is one."""
        return self._parties.get(id)

    def trustee_index(self, id: str) -> int:
        """From 1; 0 where the party is no trustee."""
        return self._trustee_indices.get(id, 0)

    def contest(self, id: str) -> Contest | None:
        """The contest of that id, if there is one."""
        index = self._contest_indices.get(id, 0)
        return self.contests[index - 1] if index else None

    def contest_index(self, id: str) -> int:
        """The contest's place in hashes, from 1; 0 where there is no such contest."""
        return self._contest_indices.get(id, 0)

    def style(self, id: str) -> Style | None:
        """The ballot style of that id, if there is one."""
        return self._styles.get(id)

    def contests_of(self, style: Style) -> tuple[Contest, ...]:
        """The style's contests, in order."""
        return tuple(self.contests[self._contest_indices[id] - 1] for id in style.contests)

    @cached_property
    def _parties(self) -> dict[str, Party]:
        return {party.id: party for party in self.parties}

    @cached_property
    def _trustee_indices(self) -> dict[str, int]:
        return {party.id: index for index, party in enumerate(self.trustees, start=1)}

    @cached_property
    def _contest_indices(self) -> dict[str, int]:
        return {contest.id: index for index, contest in enumerate(self.contests, start=1)}

    @cached_property
    def _styles(self) -> dict[str, Style]:
        return {style.id: style for style in self.styles}
