"""A rehearsal's contests as people write them on a command line, and its letters as they are printed."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from importlib.resources import files
from string import Template

from e2evote.adapter.rehearsed_roll import Letter
from e2evote.cli.ending import Usage
from e2evote.credentials.letters import table
from e2evote.hashing.crockford import GROUPED_SIZE, encode
from e2evote.manifest.draft import ContestFacts, OptionFacts
from e2evote.manifest.model import Manifest
from e2evote.verify.anchors import Anchors

LANGUAGES = ("en", "cy")
_CODE_OF = {"en": "Your code from {party}", "cy": "Eich cod oddi wrth {party}"}
_NEXT = "\n\f\n"
"""Between two letters: each is on a sheet of its own."""


def contest(text: str) -> ContestFacts:
    """`Chair=Ada Lovelace,Bob Smith`: choose one, blank votes counted. Ids are made from the names."""
    name, equals, options = text.partition("=")
    names = [option.strip() for option in options.split(",")]
    if not equals or not name.strip() or not all(names):
        raise Usage(f"--contest {text!r}: want NAME=OPTION,OPTION")
    ids = _ids(names, "option")
    made = tuple(OptionFacts(id, option) for id, option in zip(ids, names, strict=True))
    return ContestFacts(_ids([name], "contest")[0], name.strip(), made)


def _ids(names: Sequence[str], otherwise: str) -> list[str]:
    """Each name in small letters, digits and hyphens; a number where two would be alike, or nothing is left."""
    made: list[str] = []
    for number, name in enumerate(names, start=1):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        id = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50] or otherwise
        made.append(id if id not in made and id != otherwise else f"{id}-{number}")
    return made


def letters_csv(letters: Sequence[Letter], manifest: Manifest) -> bytes:
    """One row for each member: line, reference, name, and the code from each registrar."""
    parties = [f"code from {party.id}" for party in manifest.registrars]
    rows = ((one.line, one.reference, one.name, *one.codes) for one in letters)
    return table(("line", "reference", "name", *parties), rows)


def letters_text(
    letters: Sequence[Letter], manifest: Manifest, anchors: Anchors, closes: str, url: str, language: str
) -> bytes:
    """All letters to be printed, each on a sheet of its own. url: of the server, without a slash at the end."""
    template = Template(files("e2evote.cli").joinpath("templates", f"letter-{language}.txt").read_text("utf-8"))
    address = f"{url}/elections/{manifest.election.id}/client/#anchors={anchor_words(anchors)}"
    pages = (
        template.substitute(
            selection=manifest.election.name.best(language),
            name=one.name,
            address=f"{address}&line={int(one.line)}&lang={language}",
            closes=closes,
            line=int(one.line),
            codes="\n".join(_codes(one, manifest, language)),
            fingerprint=encode(anchors.extended_base_hash[:GROUPED_SIZE]),
        )
        for one in letters
    )
    return _NEXT.join(pages).encode()


def anchor_words(anchors: Anchors) -> str:
    """As they stand after `#anchors=` in the address of the client."""
    return f"{anchors.base_hash.hex()}-{anchors.extended_base_hash.hex()}"


def _codes(letter: Letter, manifest: Manifest, language: str) -> Iterator[str]:
    for party, code in zip(manifest.registrars, letter.codes, strict=True):
        yield f"{_CODE_OF[language].format(party=party.id)}\n                  {code}"
