"""The smaller sections of a manifest: name, dates, the box's rules, the floor, claims, the table of entries.

docs/record-format.md, Manifest.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, FailFast, Field, RootModel

from e2evote.board.policy import decode_policy
from e2evote.errors import MalformedInput
from e2evote.manifest.entries import KINDS
from e2evote.manifest.section import Id, Section, Text, matching, misplaced, quoted

MOST_ASSETS = 50
ASSET_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NOT_IN_POLICY = re.compile(r"[^\t\n -~]")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)


class Election(Section):
    """What the selection is called."""

    id: Id
    name: Text


DateText = Annotated[str, matching(DATE, "date (YYYY-MM-DDThh:mm:ssZ)")]
"""Digits in their places; whether such a day exists is a rule, not form."""


def moment(date: str) -> datetime:
    """The moment that a date of the manifest names; ValueError if there is none, such as 30 February."""
    return datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def is_date(text: str) -> bool:
    """Whether it is a date of the form `YYYY-MM-DDThh:mm:ssZ` that a calendar has."""
    try:
        return bool(DATE.fullmatch(text)) and bool(moment(text))
    except ValueError:
        return False


class Dates(Section):
    """When voting opens and closes, and by how many seconds the log may differ."""

    close: DateText
    open: DateText
    tolerance: Annotated[int, Field(ge=0, le=86400)]


class BoxRules(Section):
    """The interval of one batch of ballots, and the most challenges in one voter's session."""

    batch_ms: Annotated[int, Field(ge=1, le=3_600_000)]
    challenges: Annotated[int, Field(ge=0, le=1000)]


class Floor(Section):
    """Below `minimum` counted ballots nothing is decrypted; what becomes of the channels of a contest.    spec 14.2"""

    fallback: Literal["combine", "merge", "withhold"]
    minimum: Annotated[int, Field(ge=0, le=10**9)]


class Rules(Section):
    """Of a line's valid ballots the last one counts; whether ballots are annulled and credentials issued again."""

    annulment: Literal["allowed", "never"]
    reissue: Literal["always", "never", "unvoted"]
    revote: Literal["last"]


class Claims(Section):
    """What the record is meant to show. A claim that is not made is printed beside every verdict."""

    channels: bool
    eligibility: bool
    floor: bool
    witnesses: bool


AssetName = Annotated[str, matching(ASSET_NAME, "file name ([a-z0-9][a-z0-9._-]{0,62})")]
AssetHash = Annotated[str, matching(_SHA256, "SHA-256 (64 lower-case hexadecimal digits)")]


class Assets(RootModel[Annotated[dict[AssetName, AssetHash], Field(max_length=MOST_ASSETS)]]):
    """The files of the page that voters' browsers load, by name: SHA-256 of each. None where no page is named."""

    model_config = ConfigDict(strict=True, frozen=True)

    def __hash__(self) -> int:
        return hash(self.files())

    def files(self) -> tuple[tuple[str, bytes], ...]:
        """Name and SHA-256, by name."""
        return tuple((name, bytes.fromhex(digest)) for name, digest in sorted(self.root.items()))


def _is_policy(given: str) -> str:
    if odd := _NOT_IN_POLICY.search(given):
        misplaced(f"U+{ord(odd[0]):04X} at character {odd.start()}, want printable ASCII, tabs and newlines")
    if given:
        try:
            decode_policy(given.encode())
        except MalformedInput as error:
            misplaced(str(error))
    return given


class Witnesses(Section):
    """Whose cosignatures the board needs, as a C2SP tlog-policy; "" where it needs nobody's."""

    policy: Annotated[str, AfterValidator(_is_policy)]


class EntryRule(Section):
    """What the manifest says of one kind of entry."""

    authors: Annotated[tuple[str, ...], FailFast()]
    phases: Annotated[tuple[str, ...], FailFast()]
    signatures: int


class Entries(RootModel[dict[str, EntryRule]]):
    """The table of kinds, repeated; exactly that of `entries.KINDS`.    spec 5.4"""

    model_config = ConfigDict(strict=True, frozen=True)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.root)))

    @classmethod
    def table(cls, registrars: int) -> Self:
        """The one that there is, where so many registrars issue credentials."""
        return cls(
            {
                name: EntryRule(
                    authors=kind.authors,
                    phases=tuple(phase.value for phase in kind.phases),
                    signatures=kind.signatures(registrars),
                )
                for name, kind in KINDS.items()
            }
        )

    def check(self, registrars: int) -> None:
        """Refuse any other table than that."""
        for name, rule in self.root.items():
            if name not in KINDS:
                misplaced("no such kind of entry", "entries", name)
            kind = KINDS[name]
            if rule.authors != kind.authors:
                wanted = ", ".join(kind.authors)
                misplaced(f"{quoted(', '.join(rule.authors))}, want {wanted}", "entries", name, "authors")
            phases = tuple(phase.value for phase in kind.phases)
            if rule.phases != phases:
                misplaced(f"{quoted(', '.join(rule.phases))}, want {', '.join(phases)}", "entries", name, "phases")
            if rule.signatures != kind.signatures(registrars):
                misplaced(f"{rule.signatures}, want {kind.signatures(registrars)}", "entries", name, "signatures")
        for name in KINDS:
            if name not in self.root:
                misplaced("missing", "entries", name)
