"""The facts of an election as an administrator writes them down, in TOML, and the manifest that follows from them.

Only what somebody must decide stands in the file; `manifest/draft` has the defaults. An unknown name is an error with
its place, never ignored: a misspelt `seats` would otherwise elect one person where three were meant.
"""

import tomllib
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from e2evote.adapter.keys import read_identity
from e2evote.algebra.parameters import ELECTIONGUARD_4096
from e2evote.errors import MalformedInput
from e2evote.manifest.draft import ContestFacts, Name, OptionFacts, StyleFacts, ThresholdFacts, WitnessFacts, draft
from e2evote.manifest.model import Manifest

LARGEST = 2**20
EXAMPLE = """\
# Facts of an election, for: e2evote manifest new FACTS --out manifest.json
# The parties' files come from: e2evote key new --role ... (FILE.pub), paths from this file's folder.
election = "committee-2026"
name = "Election of the committee"
opens = 2026-05-01T08:00:00Z
closes = 2026-05-02T20:00:00Z
parties = ["chair.key.pub", "log.key.pub", "tina.key.pub", "anna.key.pub", "ben.key.pub", "cleo.key.pub"]
quorum = 2      # of the trustees; more than half of them
floor = 0       # contests with fewer counted ballots stay sealed

[[contests]]
id = "chair"
name = "Who is to be chair?"
seats = 1
blank = "counted"
threshold = { rule = "more_than", share = [1, 2], of = "ballots" }
options = [
  { id = "ada", name = "Ada Lovelace" },
  { id = "grace", name = "Grace Hopper" },
]

[[contests]]
id = "members"
name = { en = "Two further members", de = "Zwei weitere Mitglieder" }
seats = 2
limit = 2       # votes of one ballot
ties = "lot"
options = [
  { id = "alan", name = "Alan Turing" },
  { id = "kurt", name = "Kurt Gödel" },
  { id = "emmy", name = "Emmy Noether" },
]

# Who cosigns the log, so that everybody is shown the same one; three or more, of whom more than half have to agree:
# [[witnesses]]
# id = "wanda"
# organisation = "Ladies' Chess Club"
# vkey = "wanda.example+..."   # she hands it over, and keeps the key
# url = "https://wanda.example/"
"""

Table = Mapping[str, object]

_TOP = ("election", "name", "opens", "closes", "parties", "contests")
_NUMBERS = ("quorum", "witness_quorum", "floor", "tolerance", "batch_ms", "challenges")
_TOP_OPTIONAL = (*_NUMBERS, "styles", "witnesses", "origin", "group", "language")


def read_facts(path: Path) -> Manifest:
    """The manifest from the facts in the file at `path`; MalformedInput names the place that is wrong."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except IsADirectoryError:
        raise MalformedInput("a folder, want a file with facts", str(path)) from None
    try:
        return manifest_from(data, path.absolute().parent)
    except MalformedInput as error:
        raise error.inside(str(path)) from None


def manifest_from(data: bytes, folder: Path) -> Manifest:
    """The manifest from TOML. folder: where the parties' files are found from."""
    facts = _table(_parsed(data), "", _TOP, _TOP_OPTIONAL)
    parties = [folder / _string(file, f"parties[{i}]") for i, file in enumerate(_list(facts["parties"], "parties"))]
    contests = [_contest(value, f"contests[{i}]") for i, value in enumerate(_list(facts["contests"], "contests"))]
    styles = [_style(value, f"styles[{i}]") for i, value in enumerate(_list(facts.get("styles", []), "styles"))]
    identities = [read_identity(path) for path in parties]
    cosigners = _list(facts.get("witnesses", []), "witnesses")
    witnesses = [_witness(value, f"witnesses[{i}]") for i, value in enumerate(cosigners)]
    numbers: dict[str, Any] = {name: _integer(facts[name], name) for name in _NUMBERS if name in facts}
    try:
        return draft(
            election=_string(facts["election"], "election"),
            name=_name(facts["name"], "name"),
            parties=identities,
            contests=contests,
            opens=_moment(facts["opens"], "opens"),
            closes=_moment(facts["closes"], "closes"),
            styles=styles,
            witnesses=witnesses,
            origin=_string(facts.get("origin", ""), "origin"),
            group=_string(facts.get("group", ELECTIONGUARD_4096.name), "group"),
            language=_string(facts.get("language", "en"), "language"),
            **numbers,
        )
    except ValueError as error:
        raise MalformedInput(str(error)) from None


def _parsed(data: bytes) -> object:
    if len(data) > LARGEST:
        raise MalformedInput(f"more than {LARGEST} bytes")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MalformedInput(f"not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise MalformedInput("no TOML: nested too deeply") from None
    except ValueError as error:
        raise MalformedInput(f"no TOML: {error}") from None


def _contest(value: object, where: str) -> ContestFacts:
    optional = ("seats", "limit", "blank", "threshold", "ties")
    facts = _table(value, where, ("id", "name", "options"), optional)
    options = [_option(o, f"{where}.options[{i}]") for i, o in enumerate(_list(facts["options"], f"{where}.options"))]
    threshold = _threshold(facts["threshold"], f"{where}.threshold") if "threshold" in facts else None
    blank = _word(facts.get("blank", "counted"), f"{where}.blank", ("counted", "uncounted"))
    ties = _word(facts.get("ties", "report"), f"{where}.ties", ("report", "lot"))
    return ContestFacts(
        _string(facts["id"], f"{where}.id"),
        _name(facts["name"], f"{where}.name"),
        tuple(options),
        seats=_integer(facts.get("seats", 1), f"{where}.seats"),
        limit=_integer(facts.get("limit", 0), f"{where}.limit"),
        blank="counted" if blank == "counted" else "uncounted",
        threshold=threshold,
        ties="lot" if ties == "lot" else "report",
    )


def _option(value: object, where: str) -> OptionFacts:
    facts = _table(value, where, ("id", "name"), ("limit",))
    id, name = _string(facts["id"], f"{where}.id"), _name(facts["name"], f"{where}.name")
    return OptionFacts(id, name, _integer(facts.get("limit", 1), f"{where}.limit"))


def _threshold(value: object, where: str) -> ThresholdFacts:
    facts = _table(value, where, ("rule", "share", "of"), ())
    share = [_integer(number, f"{where}.share") for number in _list(facts["share"], f"{where}.share")]
    if len(share) != 2:
        raise MalformedInput(f"{len(share)} numbers, want 2: [1, 2] for a half", f"{where}.share")
    rule = _word(facts["rule"], f"{where}.rule", ("at_least", "more_than"))
    of = _word(facts["of"], f"{where}.of", ("ballots", "votes"))
    return cast(ThresholdFacts, (rule, *share, of))


def _style(value: object, where: str) -> StyleFacts:
    facts = _table(value, where, ("id", "name", "contests"), ())
    contests = _list(facts["contests"], f"{where}.contests")
    ids = tuple(_string(contest, f"{where}.contests[{i}]") for i, contest in enumerate(contests))
    return StyleFacts(_string(facts["id"], f"{where}.id"), _name(facts["name"], f"{where}.name"), ids)


def _witness(value: object, where: str) -> WitnessFacts:
    facts = _table(value, where, ("id", "organisation", "vkey"), ("url",))
    id, organisation, vkey = (_string(facts[name], f"{where}.{name}") for name in ("id", "organisation", "vkey"))
    return WitnessFacts(id, organisation, vkey, _string(facts.get("url", ""), f"{where}.url"))


def _table(value: object, where: str, required: Collection[str], optional: Collection[str]) -> Table:
    if not isinstance(value, dict):
        raise MalformedInput("want a table", where)
    for name in value:
        if name not in required and name not in optional:
            raise MalformedInput(f"unknown name {name[:40]!r}, want one of {', '.join((*required, *optional))}", where)
    for name in required:
        if name not in value:
            raise MalformedInput(f"{name!r} is missing", where)
    return value


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise MalformedInput("want a list", where)
    return value


def _string(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise MalformedInput("want a text in quotes", where)
    return value


def _word(value: object, where: str, words: Collection[str]) -> str:
    if not isinstance(value, str) or value not in words:
        raise MalformedInput(f"want one of {', '.join(words)}", where)
    return value


def _integer(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise MalformedInput("want a whole number, not negative", where)
    return value


def _name(value: object, where: str) -> Name:
    if isinstance(value, str):
        return value
    names = _table(value, where, (), value if isinstance(value, dict) else ())
    return {language: _string(text, f"{where}.{language}") for language, text in names.items()}


def _moment(value: object, where: str) -> datetime:
    if not isinstance(value, datetime):
        raise MalformedInput("want a date with its time and zone, as 2026-05-01T08:00:00Z", where)
    return value
