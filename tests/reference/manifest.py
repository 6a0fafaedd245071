"""The manifest: its form and its rules, docs/record-format.md "Manifest"."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reference import canonical as form
from reference.canonical import DATE, ID, BadForm
from reference.ed25519 import is_valid_key
from reference.kinds import CAPACITIES, table
from reference.policy import Policy, read_policy
from reference.voters import Roll, Voters, organisation_faults, read_voters

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?", re.ASCII)
ORIGIN = re.compile(r"[\x21-\x7e]{1,200}")
FILE = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}", re.ASCII)
LEAF_PREFIX = "e2evote/v1/leaf"
FORBIDDEN_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")
SHOWS_NOTHING = (
    *("U+034F", "U+115F", "U+1160", "U+17B4", "U+17B5", "U+180B..U+180F", "U+2800"),
    *("U+3164", "U+FE00..U+FE0F", "U+FFA0", "U+E0100..U+E01EF"),
)
BLANK = ""
LARGEST = 4194304

FIXED: dict[str, object] = {"kind": "manifest", "v": 1}
MEMBERS = {
    *FIXED,
    *(
        "assets",
        "box",
        "channels",
        "claims",
        "contests",
        "dates",
        "election",
        "eligibility",
        "entries",
        "floor",
        "group",
    ),
    *("origin", "parties", "quorum", "rules", "styles", "weights", "witnesses"),
}
ROLES = ("administrator", "log", "observer", "registrar", "scrutineer", "teller", "trustee", "witness")
POLICY_TEXT = re.compile(r"[\t\n -~]*")


@dataclass(frozen=True, slots=True)
class Item:
    """One ciphertext's place: an option, or the blank vote behind the options."""

    index: int
    option: str
    limit: int


@dataclass(frozen=True, slots=True)
class Contest:
    """A contest by its index from 1, with the items that a ballot has of it."""

    index: int
    id: str
    limit: int
    options: tuple[Item, ...]
    blank: Item | None
    seats: int
    threshold: dict[str, Any]
    ties: str

    @property
    def items(self) -> tuple[Item, ...]:
        """Options in order, then the blank where it is counted."""
        return (*self.options, self.blank) if self.blank else self.options


@dataclass(frozen=True, slots=True)
class Party:
    """One party of the selection."""

    id: str
    key: bytes
    organisation: str
    role: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest of good form."""

    raw: bytes
    data: dict[str, Any]
    parties: tuple[Party, ...]
    contests: tuple[Contest, ...]
    styles: dict[str, tuple[Contest, ...]]
    k: int
    policy: Policy | None
    voters: Voters

    @property
    def trustees(self) -> list[str]:
        """Ids of the trustees; trustee i is number i from 1."""
        return [party.id for party in self.parties if party.role == "trustee"]

    @property
    def registrars(self) -> list[str]:
        """Ids of the registrars; registrar i is number i from 1."""
        return [party.id for party in self.parties if party.role == "registrar"]

    @property
    def roll(self) -> Roll | None:
        """How a roll decides who may vote; None where everybody may."""
        return self.voters.roll

    @property
    def n(self) -> int:
        """How many trustees there are."""
        return len(self.trustees)

    @property
    def log(self) -> Party:
        """The party of role `log`."""
        return next(party for party in self.parties if party.role == "log")

    @property
    def needs_lot(self) -> bool:
        """Some contest's tie rule is `lot`."""
        return any(contest.ties == "lot" for contest in self.contests)

    def party(self, name: str) -> Party | None:
        """The party of this id."""
        return next((party for party in self.parties if party.id == name), None)

    def parties_as(self, name: str) -> list[Party]:
        """Those who may sign as `name`: of a role, or of a capacity and named for it where it needs that."""
        roles = CAPACITIES.get(name, (name,))
        named = self.data["eligibility"].get(f"{name}s", []) if name in ("holder", "reader") else None
        return [party for party in self.parties if party.role in roles and (named is None or party.id in named)]


def _text(value: object) -> None:
    if not isinstance(value, dict) or not 1 <= len(value) <= 20:
        raise BadForm("not a text in 1 to 20 languages")
    for language, words in value.items():
        form.matching(language, LANGUAGE)
        form.string(words, 1, 500)


def _unique(ids: list[str], what: str) -> None:
    if len(set(ids)) != len(ids):
        raise BadForm(f"an id stands twice among {what}")


def _assets(value: object) -> None:
    """Names of files and what they hash to."""
    if not isinstance(value, dict) or len(value) > 50:
        raise BadForm("not an object of at most 50 files")
    for name, digest in value.items():
        form.matching(name, FILE)
        form.hexadecimal(digest)


def _threshold(value: object) -> dict[str, Any]:
    if isinstance(value, dict) and value.get("rule") == "none":
        return form.members(value, ("rule",))
    threshold = form.members(value, ("of", "rule", "share"))
    form.one_of(threshold["of"], ("ballots", "votes"))
    form.one_of(threshold["rule"], ("at_least", "more_than"))
    m, d = form.array(threshold["share"], 2, 2)
    form.integer(m, 0, form.integer(d, 1, 10**6))
    return threshold


def _contest(index: int, value: object) -> Contest:
    contest = form.members(value, ("id", "method", "name", "options", "outcome"))
    _text(contest["name"])
    method = form.members(contest["method"], ("blank", "kind", "limit"))
    form.exactly(method["kind"], "choose")
    limit = form.integer(method["limit"], 1, 1000)
    options = []
    for number, option in enumerate(form.array(contest["options"], 1, 500), 1):
        form.members(option, ("id", "limit", "name"))
        _text(option["name"])
        options.append(Item(number, form.matching(option["id"], ID), form.integer(option["limit"], 1, limit)))
    _unique([option.option for option in options], "the options of a contest")
    if limit > sum(option.limit for option in options):
        raise BadForm("a contest's limit is above the sum of its options' limits")
    counted = form.one_of(method["blank"], ("counted", "uncounted")) == "counted"
    outcome = form.members(contest["outcome"], ("seats", "threshold", "ties"))
    return Contest(
        index,
        form.matching(contest["id"], ID),
        limit,
        tuple(options),
        Item(len(options) + 1, BLANK, 1) if counted else None,
        form.integer(outcome["seats"], 1, 500),
        _threshold(outcome["threshold"]),
        form.one_of(form.members(outcome["ties"], ("rule",))["rule"], ("report", "lot")),
    )


def _parties(value: object) -> tuple[Party, ...]:
    parties = []
    for party in form.array(value, 4, 200):
        form.members(party, ("id", "key", "organisation", "role"))
        organisation = form.string(party["organisation"], 1, 200)
        role = form.one_of(party["role"], ROLES)
        parties.append(Party(form.matching(party["id"], ID), form.hexadecimal(party["key"]), organisation, role))
        if party["id"] == "voter" or (party["id"] == "log") != (role == "log"):
            raise BadForm(f"the party id {party['id']} is reserved")
    _unique([party.id for party in parties], "parties")
    roles = [party.role for party in parties]
    if roles.count("administrator") != 1 or roles.count("log") != 1 or not roles.count("teller"):
        raise BadForm("there is not one administrator, one log and a teller")
    if not 1 <= roles.count("trustee") <= 50:
        raise BadForm("there are not 1 to 50 trustees")
    return tuple(parties)


def _styles(value: object, contests: tuple[Contest, ...]) -> dict[str, tuple[Contest, ...]]:
    styles = {}
    for style in (listed := form.array(value, 1, 100)):
        form.members(style, ("contests", "id", "name"))
        _text(style["name"])
        names = form.array(style["contests"], 1, len(contests))
        chosen = tuple(contest for contest in contests if contest.id in names)
        form.exactly(names, [contest.id for contest in chosen])
        styles[form.matching(style["id"], ID)] = chosen
    _unique([style["id"] for style in listed], "styles")
    if {contest.id for chosen in styles.values() for contest in chosen} != {contest.id for contest in contests}:
        raise BadForm("a contest is in no style")
    return styles


def _policy(value: object, origin: str, parties: tuple[Party, ...]) -> Policy | None:
    """None for the empty text; else a policy of this log and of exactly the parties of role witness."""
    text = form.matching(form.members(value, ("policy",))["policy"], POLICY_TEXT)
    keys = {party.id.encode(): party.key for party in parties if party.role == "witness"}
    if not text:
        form.exactly(len(keys), 0)
        return None
    policy = read_policy(text.encode())
    (log,) = (party for party in parties if party.role == "log")
    if [(known.name, known.key) for known in policy.logs] != [(origin, log.key)]:
        raise BadForm("the policy's log is not this one")
    if {witness.name: witness.key for witness in policy.witnesses} != keys:
        raise BadForm("the policy's witnesses are not the parties of that role")
    return policy


def read_manifest(raw: bytes) -> Manifest:
    """A manifest by the form part of "Manifest"; raises `BadForm`."""
    if len(raw) > LARGEST:
        raise BadForm("larger than a manifest may be")
    data = form.members(form.decode(raw), MEMBERS)
    for name, expected in FIXED.items():
        form.exactly(data[name], expected)
    _assets(data["assets"])
    box = form.members(data["box"], ("batch_ms", "challenges"))
    form.integer(box["batch_ms"], 1, 3_600_000)
    form.integer(box["challenges"], 0, 1000)
    dates = form.members(data["dates"], ("close", "open", "tolerance"))
    form.matching(dates["open"], DATE)
    form.matching(dates["close"], DATE)
    form.integer(dates["tolerance"], 0, 86_400)
    election = form.members(data["election"], ("id", "name"))
    form.matching(election["id"], ID)
    _text(election["name"])
    floor = form.members(data["floor"], ("fallback", "minimum"))
    form.one_of(floor["fallback"], ("combine", "merge", "withhold"))
    minimum = form.integer(floor["minimum"], 0, 10**9)
    form.string(data["group"], 1, 100)
    origin = form.matching(data["origin"], ORIGIN)
    if "+" in origin or origin == LEAF_PREFIX:
        raise BadForm("the origin is no name for a log")
    parties = _parties(data["parties"])
    policy = _policy(data["witnesses"], origin, parties)
    voters = read_voters(data, [(party.id, party.role) for party in parties])
    form.exactly(data["entries"], table([party.role for party in parties].count("registrar")))
    claims = {"channels": len(voters.channels) > 1, "eligibility": voters.roll is not None}
    form.exactly(data["claims"], claims | {"floor": minimum > 0, "witnesses": policy is not None})
    k = form.integer(data["quorum"], 1, [party.role for party in parties].count("trustee"))
    contests = tuple(_contest(i, contest) for i, contest in enumerate(form.array(data["contests"], 1, 100), 1))
    _unique([contest.id for contest in contests], "contests")
    return Manifest(raw, data, parties, contests, _styles(data["styles"], contests), k, policy, voters)


def key_faults(manifest: Manifest) -> dict[str, str]:
    """`manifest.keys` by party: the fault, or nothing."""
    keys = [party.key for party in manifest.parties]
    faults = {}
    for party in manifest.parties:
        if not is_valid_key(party.key):
            faults[party.id] = "not a valid Ed25519 key"
        elif keys.count(party.key) > 1:
            faults[party.id] = "the key of another party too"
        else:
            faults[party.id] = ""
    return faults


def _texts(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Every `name`, in every language, and every `organisation`, with its place."""
    data = manifest.data
    names = {"election": data["election"]["name"]}
    for style in data["styles"]:
        names[f"style {style['id']}"] = style["name"]
    for contest in data["contests"]:
        names[f"contest {contest['id']}"] = contest["name"]
        for option in contest["options"]:
            names[f"contest {contest['id']}, option {option['id']}"] = option["name"]
    for place, name in names.items():
        for language, words in name.items():
            yield f"{place}, name in {language}", words
    for party in data["parties"]:
        yield f"party {party['id']}, organisation", party["organisation"]


def _stands_in(character: str, span: str) -> bool:
    """Whether the character is in a span such as U+FE00..U+FE0F, or is the one such as U+034F."""
    first, *last = (int(end.removeprefix("U+"), 16) for end in span.split(".."))
    return first <= ord(character) <= (last or [first])[0]


def text_fault(words: str) -> str:
    """What a text breaks of the rules for texts, or nothing."""
    if unicodedata.normalize("NFC", words) != words:
        return "not NFC"
    if any(unicodedata.category(character) in FORBIDDEN_CATEGORIES for character in words if character != " "):
        return "a character of a forbidden category"
    if any(_stands_in(character, span) for character in words for span in SHOWS_NOTHING):
        return "a character that shows nothing"
    if words != words.strip(" ") or "  " in words:
        return "a space at an end, or two in a row"
    return ""


def real_date(text: str) -> datetime | None:
    """The moment that a date names, None where no calendar has it."""
    try:
        return datetime(*map(int, re.findall(r"[0-9]+", text)), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def rule_faults(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """`manifest.rules`: place and fault (or nothing) of everything the rules are about."""
    yield "quorum", "" if 2 * manifest.k > manifest.n else f"{manifest.k} of {manifest.n} is no majority"
    opens, closes = (real_date(manifest.data["dates"][name]) for name in ("open", "close"))
    if opens is None or closes is None:
        yield "dates", "not real dates"
    else:
        yield "dates", "" if opens < closes else "open is not before close"
    if manifest.policy is not None:
        yield "witnesses", "" if manifest.policy.least_in_common else "two quorums may share no witness"
    yield from organisation_faults([(p.id, p.role, p.organisation) for p in manifest.parties], manifest.voters)
    for place, words in _texts(manifest):
        yield place, text_fault(words)
    for contest in manifest.data["contests"]:
        seen: set[tuple[str, str]] = set()
        for option in contest["options"]:
            same = {
                (language, unicodedata.normalize("NFKC", words).casefold())
                for language, words in option["name"].items()
            }
            place = f"contest {contest['id']}, option {option['id']}"
            yield place, "the name of another option" if same & seen else ""
            seen |= same
