"""The roll of a rehearsal: members, given or invented, a freeze, codes from every registrar, and all their letters.

Everybody's part is played here, by the same functions as their tools use. Where real registrars keep no copy of a code,
a rehearsal keeps every letter in its private folder, so that whoever tries things out can look a code up.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from e2evote.adapter import roll_keeping, secretfile
from e2evote.adapter.board import BoardReader
from e2evote.adapter.inbox import Post
from e2evote.adapter.personal_files import write_personal
from e2evote.adapter.registrar_issue import make_codes
from e2evote.adapter.registrar_seed import RegistrarSeed
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.roll_file import RollFile
from e2evote.adapter.roll_record import voters_on
from e2evote.adapter.signing import signed
from e2evote.adapter.store import Store
from e2evote.credentials import freezing
from e2evote.credentials.members import Member, read_members
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.fields import array, item, object_, string
from e2evote.manifest.model import Manifest
from e2evote.record.roll_row import read_roll_line
from e2evote.record.voter_bodies import Seed
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SigningKey

CONTACTS = ("post", "email", "phone")
"""How members are reached: each registrar has one of these, in this order."""

LETTERS, ROLL = "letters", "roll"
"""Files in the private folder of the store."""

_KIND = "e2evote-rehearsal-letters"
_LARGEST = 2**30


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A member to be. reference: what the society knows the member by; "" for a number. contacts: "" is invented.

    style: by id, "" for the first. weight: what the ballot counts.
    """

    name: str
    reference: str = ""
    style: str = ""
    weight: int = 1
    contacts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """What a member is sent: the number of the line, and a code from each registrar, in their order."""

    line: str
    reference: str
    name: str
    codes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Letter({self.line}, <redacted>)"


def invented(count: int) -> tuple[MemberFacts, ...]:
    """So many members who are nobody."""
    if count < 1:
        raise ValueError(f"{count} members: want at least one")
    return tuple(MemberFacts(f"Invented Member {number}") for number in range(1, count + 1))


def read_facts(data: bytes) -> tuple[MemberFacts, ...]:
    """Members in a table with the columns reference and name; style, weight and contacts where there are any."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused("roll-csv", f"no table in UTF-8: {error}") from None
    names = rows[0] if rows else []
    known = ("reference", "name", "style", "weight", *CONTACTS)
    if names[:2] != ["reference", "name"] or len(set(names)) < len(names) or not set(names) <= set(known):
        raise Refused("roll-csv", f"line 1: want the columns reference, name, and of the rest {', '.join(known[2:])}")
    facts = []
    for number, cells in enumerate(rows[1:], start=2):
        if len(cells) != len(names):
            raise Refused("roll-csv", f"line {number}: {len(cells)} cells, but there are {len(names)} columns")
        row = dict(zip(names, cells, strict=True))
        weight = row.get("weight") or "1"
        if not (weight.isascii() and weight.isdecimal()):
            raise Refused("roll-csv", f"line {number}, weight: {weight!r} is no number")
        contacts = {contact: row[contact] for contact in CONTACTS if row.get(contact)}
        facts.append(MemberFacts(row["name"], row["reference"], row.get("style", ""), int(weight), contacts))
    if not facts:
        raise Refused("roll-csv", "line 1: no members")
    return tuple(facts)


def draw_up(store: Store, keys: RehearsalKeys, post: Post, members: Sequence[MemberFacts], as_at: str) -> None:
    """The roll frozen and all codes issued, on the board; the letters in the private folder."""
    setting, manifest, randomness = store.setting(), store.setting().manifest, SystemRandomness()
    board = BoardReader(store.record, allow_test_group=True)
    registrars = [party.id for party in manifest.registrars]
    seeds = [RegistrarSeed(setting.first, id, freezing.draw_seed(randomness)) for id in registrars]
    for seed in seeds:
        post(signed(setting, "roll.seed", Seed(seed.commitment(setting)), (keys.party(seed.registrar),)))
    board.refresh()
    changed = roll_keeping.freeze(voters_on(board), members_of(members, manifest), seeds, as_at, randomness)
    file, two = RollFile(store.private / ROLL, keys.passphrase()), _two(keys, manifest)
    file.begin(changed.held, changed.act)
    post(signed(setting, changed.act.kind, changed.act.body, two, changed.act.payload))
    board.refresh()
    file.finish(voters_on(board))
    codes: dict[str, list[str]] = {line.line: [] for line in changed.held.opened.lines}
    for id in registrars:
        issued = make_codes(voters_on(board), changed.held, id, randomness)
        for letter in issued.letters:
            codes[letter.line].append(letter.code.in_groups())
        post(signed(setting, "credential.issue", issued.body, (keys.party(id),), b"".join(issued.payload())))
        board.refresh()
    letters = [Letter(one.line, one.reference, one.name, tuple(codes[one.line])) for one in changed.held.opened.lines]
    write_personal(store.private / LETTERS, _encoded(letters), "letters", setting.first)


def read_letters(store: Store) -> tuple[Letter, ...]:
    """All letters by line; Refused `no-letters` where there are none."""
    path = store.private / LETTERS
    try:
        members = object_(canonical.decode(secretfile.read(path, _LARGEST), limit=_LARGEST), "", ("kind", "letters"))
        if members["kind"] != _KIND:
            raise MalformedInput(f"want {_KIND}", "kind")
        return tuple(
            _letter(one, item("letters", i)) for i, one in enumerate(array(members["letters"], "letters", 1, 10**7))
        )
    except MalformedInput as error:
        raise error.inside(str(path)) from None
    except Refused as refused:
        if refused.code != "secret.missing":
            raise
        raise Refused("no-letters", f"{store.path}: only a rehearsal with a roll keeps its letters") from None


def members_of(facts: Sequence[MemberFacts], manifest: Manifest) -> tuple[Member, ...]:
    """By the way that a membership office's table takes, so that what would be refused there is refused here."""
    if manifest.roll is None:
        return ()
    contacts = manifest.roll.contacts
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(("reference", "name", *contacts, "style", "weight"))
    for number, one in enumerate(facts, start=1):
        unknown = sorted(set(one.contacts) - set(contacts))
        if unknown:
            raise ValueError(f"member {one.name!r}: no contact is called {', '.join(unknown)} here")
        addresses = [one.contacts.get(name) or _address(name, number) for name in contacts]
        style = one.style or manifest.styles[0].id
        table.writerow((one.reference or f"M-{number:04}", one.name, *addresses, style, one.weight))
    return read_members(text.getvalue().encode(), manifest).members


def _address(contact: str, number: int) -> str:
    match contact:
        case "email":
            return f"member{number}@example.org"
        case "phone":
            return f"+44 20 7946 {number:04}"
        case _:
            return f"{number} Invented Street"


def _two(keys: RehearsalKeys, manifest: Manifest) -> tuple[SigningKey, SigningKey]:
    """Administrator and first teller."""
    return keys.party("administrator"), keys.party(manifest.parties_of("teller")[0].id)


def _encoded(letters: Sequence[Letter]) -> bytes:
    rows: list[canonical.Encodable] = [
        {"codes": list(one.codes), "line": one.line, "name": one.name, "reference": one.reference} for one in letters
    ]
    return canonical.encode({"kind": _KIND, "letters": rows})


def _letter(value: canonical.JSON, where: str) -> Letter:
    fields = object_(value, where, ("codes", "line", "name", "reference"))
    codes = tuple(
        string(code, item(f"{where}.codes", i), 1, 100)
        for i, code in enumerate(array(fields["codes"], f"{where}.codes", 1, 10))
    )
    name, reference = (string(fields[key], f"{where}.{key}", 1, 10_000) for key in ("name", "reference"))
    return Letter(read_roll_line(fields["line"], f"{where}.line"), reference, name, codes)
