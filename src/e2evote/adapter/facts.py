"""The facts of an election as an administrator writes them down, in TOML, and the manifest that follows from them.

Only what somebody must decide stands in the file; `manifest/draft` has the defaults, but for the floor: who says
nothing about it has one of 10. An unknown name is an error with its place, never ignored: a misspelt `seats` would
otherwise elect one person where three were meant.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from e2evote.adapter.facts_voters import VOTER_FACTS, voters
from e2evote.adapter.keys import read_identity
from e2evote.adapter.toml_fields import (
    read_integer,
    read_list,
    read_moment,
    read_name,
    read_string,
    read_table,
    read_word,
)
from e2evote.adapter.web.assets import asset_hashes
from e2evote.algebra.parameters import ELECTIONGUARD_4096
from e2evote.errors import MalformedInput
from e2evote.manifest.draft import (
    NO_ASSETS,
    ContestFacts,
    OptionFacts,
    StyleFacts,
    ThresholdFacts,
    WitnessFacts,
    draft,
)
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
floor = 10      # contests with fewer counted ballots stay sealed; 10 is also what is taken where this line is missing
ballot_client = "built-in"  # the manifest names the page for voters' browsers, with a hash of each file; or "none"

# With a roll (at the end of this file) also:
# paper = ["in_person", "postal"]  # ways to vote besides online
# paper_prevails = true            # a paper takes out a ballot cast online; false: who has voted online gets no paper
# floor_fallback = "merge"         # channels below the floor are put together with a neighbour; or combine, withhold
# weights = [1, 2, 5]              # what ballots may count; then there is no paper
# reissue = "unvoted"              # codes are made again for lines that have not voted; or never, always
# annulment = "never"              # or allowed: at a member's request a registrar and a teller take a ballot out

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

# Who may vote. Each member gets a code from each registrar, by different ways; parties of role registrar, scrutineer:
# [roll]
# registrars = [{ party = "rita", contact = "email" }, { party = "rolf", contact = "post" }]
# contacts = ["email", "post"]         # how members are reached: the columns of the list of members
# holders = ["chair", "rita", "rolf"]  # who may hold the names
# readers = ["sam"]                    # to whom they may be opened, each time by an entry that all can see
# retention_days = 366                 # after the closing date the names are then destroyed
"""

_TOP = ("election", "name", "opens", "closes", "parties", "contests")
_NUMBERS = ("quorum", "witness_quorum", "floor", "tolerance", "batch_ms", "challenges")
_TOP_OPTIONAL = (*_NUMBERS, "styles", "witnesses", "origin", "group", "language", "ballot_client", *VOTER_FACTS)
_CLIENTS = ("none", "built-in")
FLOOR = 10
"""Where the facts say nothing: totals of fewer ballots say much of each."""


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
    facts = read_table(_parsed(data), "", _TOP, _TOP_OPTIONAL)
    parties = [
        folder / read_string(file, f"parties[{i}]") for i, file in enumerate(read_list(facts["parties"], "parties"))
    ]
    contests = [_contest(value, f"contests[{i}]") for i, value in enumerate(read_list(facts["contests"], "contests"))]
    styles = [_style(value, f"styles[{i}]") for i, value in enumerate(read_list(facts.get("styles", []), "styles"))]
    identities = [read_identity(path) for path in parties]
    cosigners = read_list(facts.get("witnesses", []), "witnesses")
    witnesses = [_witness(value, f"witnesses[{i}]") for i, value in enumerate(cosigners)]
    numbers: dict[str, Any] = {"floor": FLOOR}
    numbers |= {name: read_integer(facts[name], name) for name in _NUMBERS if name in facts}
    try:
        return draft(
            election=read_string(facts["election"], "election"),
            name=read_name(facts["name"], "name"),
            parties=identities,
            contests=contests,
            opens=read_moment(facts["opens"], "opens"),
            closes=read_moment(facts["closes"], "closes"),
            styles=styles,
            witnesses=witnesses,
            origin=read_string(facts.get("origin", ""), "origin"),
            group=read_string(facts.get("group", ELECTIONGUARD_4096.name), "group"),
            language=read_string(facts.get("language", "en"), "language"),
            assets=_assets(facts.get("ballot_client", "none")),
            **numbers,
            **voters(facts),
        )
    except ValueError as error:
        raise MalformedInput(str(error)) from None


def _assets(client: object) -> Mapping[str, bytes]:
    """What the manifest says of the page for voters' browsers: nothing, or what this package ships."""
    return NO_ASSETS if read_word(client, "ballot_client", _CLIENTS) == "none" else asset_hashes()


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
    facts = read_table(value, where, ("id", "name", "options"), optional)
    options = [
        _option(o, f"{where}.options[{i}]") for i, o in enumerate(read_list(facts["options"], f"{where}.options"))
    ]
    threshold = _threshold(facts["threshold"], f"{where}.threshold") if "threshold" in facts else None
    blank = read_word(facts.get("blank", "counted"), f"{where}.blank", ("counted", "uncounted"))
    ties = read_word(facts.get("ties", "report"), f"{where}.ties", ("report", "lot"))
    return ContestFacts(
        read_string(facts["id"], f"{where}.id"),
        read_name(facts["name"], f"{where}.name"),
        tuple(options),
        seats=read_integer(facts.get("seats", 1), f"{where}.seats"),
        limit=read_integer(facts.get("limit", 0), f"{where}.limit"),
        blank="counted" if blank == "counted" else "uncounted",
        threshold=threshold,
        ties="lot" if ties == "lot" else "report",
    )


def _option(value: object, where: str) -> OptionFacts:
    facts = read_table(value, where, ("id", "name"), ("limit",))
    id, name = read_string(facts["id"], f"{where}.id"), read_name(facts["name"], f"{where}.name")
    return OptionFacts(id, name, read_integer(facts.get("limit", 1), f"{where}.limit"))


def _threshold(value: object, where: str) -> ThresholdFacts:
    facts = read_table(value, where, ("rule", "share", "of"), ())
    share = [read_integer(number, f"{where}.share") for number in read_list(facts["share"], f"{where}.share")]
    if len(share) != 2:
        raise MalformedInput(f"{len(share)} numbers, want 2: [1, 2] for a half", f"{where}.share")
    rule = read_word(facts["rule"], f"{where}.rule", ("at_least", "more_than"))
    of = read_word(facts["of"], f"{where}.of", ("ballots", "votes"))
    return cast(ThresholdFacts, (rule, *share, of))


def _style(value: object, where: str) -> StyleFacts:
    facts = read_table(value, where, ("id", "name", "contests"), ())
    contests = read_list(facts["contests"], f"{where}.contests")
    ids = tuple(read_string(contest, f"{where}.contests[{i}]") for i, contest in enumerate(contests))
    return StyleFacts(read_string(facts["id"], f"{where}.id"), read_name(facts["name"], f"{where}.name"), ids)


def _witness(value: object, where: str) -> WitnessFacts:
    facts = read_table(value, where, ("id", "organisation", "vkey"), ("url",))
    id, organisation, vkey = (read_string(facts[name], f"{where}.{name}") for name in ("id", "organisation", "vkey"))
    return WitnessFacts(id, organisation, vkey, read_string(facts.get("url", ""), f"{where}.url"))
