"""What every part of a manifest is made of: strict frozen models, and types for single members.

docs/record-format.md, Manifest. pydantic says where a value breaks its type; limits that it has no word for are
raised here with a detail of our own, and with the place where they lie deeper than the model that knows them. A
section whose stage is not built is read as far as its shape and refused when it holds anything but its one value.
"""

import re
from typing import Annotated, Any, NoReturn

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, RootModel
from pydantic_core import PydanticCustomError

NOT_BUILT = "not_built"
MISPLACED = "misplaced"
KEY_SIZE = 32

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?", re.ASCII)
_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Section(BaseModel):
    """An object of the manifest: every member is there, of exactly its type, and no other."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


def misplaced(detail: str, *at: str | int) -> NoReturn:
    """Refuse the value `at` this path below the model or member that is being validated."""
    raise PydanticCustomError(MISPLACED, "{detail}", {"detail": detail, "at": at})


def not_built(what: str = "") -> NoReturn:
    """Refuse a use of something whose stage does not exist."""
    raise PydanticCustomError(
        NOT_BUILT, "{detail}", {"detail": f"{what} is not built yet" if what else "not built yet"}
    )


def later(*names: str) -> BeforeValidator:
    """Names that the format reserves for stages to come."""

    def check(given: Any) -> Any:
        if isinstance(given, str) and given in names:
            not_built(repr(given))
        return given

    return BeforeValidator(check)


def matching(pattern: re.Pattern[str], what: str) -> AfterValidator:
    """The whole string has the pattern."""

    def check(given: str) -> str:
        if not pattern.fullmatch(given):
            misplaced(f"{quoted(given)} is no {what}")
        return given

    return AfterValidator(check)


def utf8_bytes(most: int) -> AfterValidator:
    """From 1 to `most` bytes in UTF-8."""

    def check(given: str) -> str:
        size = len(given.encode())
        if not 1 <= size <= most:
            misplaced(f"{size} bytes, want 1 to {most}")
        return given

    return AfterValidator(check)


def quoted(text: str) -> str:
    """A string from outside, made fit for a message: short, and without anything that a terminal obeys."""
    return ascii(text if len(text) <= 60 else text[:60] + "…")


def unique_ids(ids: tuple[str, ...], of: str) -> None:
    """Refuse the first id of the list `of` that occurred before, at its place below the model."""
    first: dict[str, int] = {}
    for position, id in enumerate(ids):
        other = first.setdefault(id, position)
        if other != position:
            misplaced(f"{id!r} is the id of {of}[{other}] too", of, position, "id")


def _key_bytes(given: Any) -> Any:
    if isinstance(given, str):
        if not _KEY.fullmatch(given):
            misplaced(f"{quoted(given)} is no key: want {2 * KEY_SIZE} lower-case hexadecimal digits")
        return bytes.fromhex(given)
    if not isinstance(given, bytes) or len(given) != KEY_SIZE:
        misplaced(f"no key: want {2 * KEY_SIZE} lower-case hexadecimal digits")
    return given


Id = Annotated[str, matching(_ID, "id ([a-z0-9][a-z0-9._-]{0,62})")]
Language = Annotated[str, matching(_LANGUAGE, "language tag ([a-z]{2,3}(-[A-Z]{2})?)")]
Key = Annotated[bytes, BeforeValidator(_key_bytes), PlainSerializer(bytes.hex, return_type=str)]
"""A raw Ed25519 public key, hexadecimal in the manifest. Whether it is a valid one is `manifest.keys`'s question."""


class Text(RootModel[Annotated[dict[Language, Annotated[str, utf8_bytes(500)]], Field(min_length=1, max_length=20)]]):
    """The same words in one or more languages, by language tag."""

    model_config = ConfigDict(strict=True, frozen=True)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.root.items())))

    def items(self) -> tuple[tuple[str, str], ...]:
        """Language tag and words, by tag."""
        return tuple(sorted(self.root.items()))

    def best(self, *languages: str) -> str:
        """In the first of these languages that is there, else in the first by tag."""
        return next((self.root[tag] for tag in languages if tag in self.root), self.items()[0][1])
