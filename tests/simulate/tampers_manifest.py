"""Tampers with what the election is: the manifest's members, group, keys and rules (docs/record-format.md "Manifest").

Where the manifest can still be read, the whole election is made anew under it, so only the manifest is wrong.
"""

from collections.abc import Callable
from typing import Any

from reference import make_ed25519
from reference.make_json import Json
from reference.make_manifest import trustee_id
from reference.make_tree import checkpoint_note
from simulate.insider import Dossier
from simulate.tamper import Row, Tamper

TAMPERS: list[Tamper] = []

Edit = Callable[[Json], Any]


def unreadable(edit: Edit) -> Callable[[Dossier], None]:
    """The log's note stays one that can be parsed, whatever the manifest calls the log."""

    def act(d: Dossier) -> None:
        origin = d.origin
        edit(d.manifest)
        d.reseal()
        d.note = checkpoint_note(origin, len(d.entries), d.made.root(len(d.entries)), d.log_secret())

    return act


def remade(edit: Edit) -> Callable[[Dossier], None]:
    def act(d: Dossier) -> None:
        edit(d.manifest)
        d.remake()

    return act


def _set(*path_and_value: Any) -> Edit:
    *path, last, value = path_and_value

    def edit(manifest: Json) -> None:
        place: Any = manifest
        for step in path:
            place = place[step]
        place[last] = value

    return edit


def _own_parameters(manifest: Json) -> None:
    manifest["group"] = {"g": "04", "name": "electionguard-2.1-4096", "p": "17", "q": "0b"}


form = Row(TAMPERS, "manifest.form")
BAD_FORM: tuple[tuple[str, Edit, tuple[str, ...]], ...] = (
    ("parameters-beside-the-name", _own_parameters, ("A02", "A07", "A24")),
    ("quorum-zero", _set("quorum", 0), ("A74",)),
    ("quorum-above-trustees", _set("quorum", 4), ("A74",)),
    ("quorum-as-float", lambda m: m.update(quorum=True), ("A26", "A74")),
    ("kind", _set("kind", "election"), ("A14",)),
    ("two-administrators", _set("parties", 6, "role", "administrator"), ()),
    ("no-teller", lambda m: [p.update(role="trustee") for p in m["parties"] if p["role"] == "teller"], ()),
    ("trustee-named-voter", _set("parties", 2, "id", "voter"), ("A75",)),
    ("trustee-named-log", _set("parties", 2, "id", "log"), ("A75",)),
    ("witness-role", _set("parties", 6, "role", "witness"), ()),
    ("same-party-twice", _set("parties", 6, "id", "teller-1"), ("A69",)),
    ("key-too-short", lambda m: m["parties"][2].update(key=m["parties"][2]["key"][:-2]), ("A114",)),
    ("contest-twice", lambda m: m["contests"].append(m["contests"][0]), ("A51",)),
    ("option-twice", _set("contests", 0, "options", 1, "id", "ada"), ("A51",)),
    ("option-limit-above-contest", _set("contests", 0, "options", 0, "limit", 2), ("A08",)),
    ("limit-zero", _set("contests", 0, "method", "limit", 0), ("A08",)),
    ("limit-unreachable", _set("contests", 1, "method", "limit", 4), ("A08",)),
    ("style-out-of-order", _set("styles", 0, "contests", ["board", "mayor"]), ("A51", "A52")),
    ("style-without-contest", _set("styles", 0, "contests", []), ("A52",)),
    ("contest-in-no-style", lambda m: [s.update(contests=["mayor"]) for s in m["styles"]], ("A52",)),
    ("style-of-unknown-contest", _set("styles", 1, "contests", ["sheriff"]), ("A52",)),
    ("paper-channel", _set("channels", "list", ["online", "post"]), ("A54",)),
    ("claimed-witnesses", _set("claims", "witnesses", True), ()),
    ("claimed-floor", _set("claims", "floor", True), ()),
    ("weights", _set("weights", "values", [1, 2]), ()),
    ("share-above-one", _set("contests", 1, "outcome", "threshold", "share", [2, 1]), ()),
    ("log-signs-challenges", _set("entries", "challenge", "signatures", 1), ("A75",)),
    (
        "administrator-opens-alone",
        _set("entries", "open", {"authors": ["administrator"], "phases": ["setup"], "signatures": 1}),
        ("A53",),
    ),
    (
        "administrator-extends-alone",
        _set("entries", "extend", {"authors": ["administrator"], "phases": ["open"], "signatures": 1}),
        ("A53",),
    ),
    ("extended-after-close", _set("entries", "extend", "phases", ["closed"]), ("A53",)),
    ("table-without-extensions", lambda m: m["entries"].pop("extend"), ("A53",)),
    ("ballots-after-close", _set("entries", "ballot", "phases", ["closed"]), ("A53",)),
    ("first-vote-counts", _set("rules", "revote", "first"), ("A39",)),
    ("origin-of-leaf-signatures", _set("origin", "e2evote/v1/leaf"), ("A14",)),
    ("origin-with-line-break", _set("origin", "log.example\nreference"), ("A118",)),
    ("origin-with-plus", _set("origin", "log+example"), ("A114",)),
    ("group-without-name", _set("group", ""), ("A24",)),
    ("language-tag", _set("election", "name", {"EN": "Reference election"}), ("A118",)),
    ("empty-name", _set("election", "name", {"en": ""}), ("A118",)),
    ("file-in-another-folder", _set("assets", {"../index.html": "00" * 32}), ("A62",)),
    ("file-without-hash", _set("assets", {"index.html": ""}), ("A62",)),
    ("file-hash-in-capitals", _set("assets", {"index.html": "AA" * 32}), ("A62",)),
    ("fifty-one-files", _set("assets", {f"f{i}": "00" * 32 for i in range(51)}), ("A62",)),
    ("files-as-list", _set("assets", ["index.html"]), ("A62",)),
    ("date-with-zone", _set("dates", "open", "2031-05-01T08:00:00+00:00"), ()),
    ("date-in-wide-digits", _set("dates", "open", "２031-05-01T08:00:00Z"), ("A26",)),
)
for name, edit, numbers in BAD_FORM:
    form(f"manifest-{name}", unreadable(edit), *numbers, verdict="malformed")


def _wrong_payload_hash(d: Dossier) -> None:
    entry = d.entries[0]
    entry.leaf["payload"]["sha256"] = "0" * 64
    entry.keep.add("payload")
    d.reseal()


form("manifest-of-another-hash", _wrong_payload_hash, verdict="malformed")


def _not_a_manifest(d: Dossier) -> None:
    d.entries[0].leaf["kind"] = "close"
    d.reseal()


form("entry-0-of-another-kind", _not_a_manifest, verdict="malformed")

group = Row(TAMPERS, "manifest.group")
for name in ("modp-512", "electionguard-2.0-4096", "Test-512"):
    group(f"group-named-{name}", unreadable(_set("group", name)), "A24")


def _refuse_test_groups(d: Dossier) -> None:
    d.allow_test_group = False


group("test-group-in-earnest", _refuse_test_groups, "A25", "A24")

# The second teller signs nothing, so its key may be anything without any other check noticing.
SILENT = 6


def _encoded(y: int, sign: int = 0) -> str:
    return (y | sign << 255).to_bytes(32, "little").hex()


def _not_on_curve() -> str:
    """The smallest y for which (y² - 1)/(dy² + 1) has no root."""
    y = 2
    while True:
        square = (y * y - 1) * pow(make_ed25519.D * y * y + 1, -1, make_ed25519.P) % make_ed25519.P
        if pow(square, (make_ed25519.P - 1) // 2, make_ed25519.P) == make_ed25519.P - 1:
            return _encoded(y)
        y += 1


def mixed_order_key(secret: bytes) -> bytes:
    """An honest public key plus a point of order 8."""
    a, _ = make_ed25519.expand(secret)
    point = make_ed25519.add(make_ed25519.multiply_base(a), make_ed25519.torsion_point())
    return make_ed25519.encode(point)


keys = Row(TAMPERS, "manifest.keys")
BAD_KEYS: tuple[tuple[str, str], ...] = (
    ("identity", _encoded(1)),
    ("identity-not-canonical", _encoded(make_ed25519.P + 1)),
    ("identity-with-sign", _encoded(1, 1)),
    ("order-2", _encoded(make_ed25519.P - 1)),
    ("order-4", _encoded(0)),
    ("order-8", make_ed25519.encode(make_ed25519.torsion_point()).hex()),
    ("mixed-order", mixed_order_key(b"m" * 32).hex()),
    ("not-on-the-curve", _not_on_curve()),
    ("all-ones", "ff" * 32),
)
for name, key in BAD_KEYS:
    keys(f"party-key-{name}", remade(_set("parties", SILENT, "key", key)), "A23" if "identity" in name else "A21")


def _teller_is_administrator(d: Dossier) -> None:
    d.manifest["parties"][SILENT]["key"] = d.manifest["parties"][0]["key"]
    d.remake()


def _one_person_two_trustees(d: Dossier) -> None:
    """Trustee 2 signs with trustee 1's key, and both are announced with it."""
    d.manifest["parties"][3]["key"] = d.manifest["parties"][2]["key"]
    for entry in d.entries:
        if entry.leaf["author"] == trustee_id(2):
            entry.leaf["signatures"][0]["key"] = d.manifest["parties"][2]["key"]
    d.remake()


keys("teller-is-the-administrator", _teller_is_administrator, "A69")
keys("two-trustees-one-key", _one_person_two_trustees, "A69")

rules = Row(TAMPERS, "manifest.rules")


def _as_it_is(d: Dossier) -> None:
    """The base election is itself against the rules."""


rules("quorum-of-half", _as_it_is, "A74", base="half")
NAMES = ("contests", 0, "options", 1, "name", "en")
BAD_RULES: tuple[tuple[str, Edit, tuple[str, ...]], ...] = (
    ("closes-before-it-opens", _set("dates", "close", "2031-05-01T07:59:59Z"), ("A53",)),
    ("closes-when-it-opens", _set("dates", "close", "2031-05-01T08:00:00Z"), ("A53",)),
    ("thirtieth-of-february", _set("dates", "open", "2031-02-30T08:00:00Z"), ()),
    ("hour-24", _set("dates", "open", "2031-05-01T24:00:00Z"), ()),
    ("second-60", _set("dates", "open", "2031-05-01T08:00:60Z"), ()),
    ("year-0", _set("dates", "open", "0000-05-01T08:00:00Z"), ()),
    ("two-options-one-name", _set(*NAMES, "Option ada"), ("A50", "A118")),
    ("names-equal-but-for-case", _set(*NAMES, "OPTION ADA"), ("A118",)),
    (
        "names-equal-but-for-sharp-s",
        lambda m: [
            o["name"].update(en=name)
            for o, name in zip(m["contests"][0]["options"], ("Strasse", "Straße", "Gasse"), strict=True)
        ],
        ("A118",),
    ),
    (
        "names-equal-in-the-second-language",
        lambda m: [o["name"].update(cy="Neb") for o in m["contests"][0]["options"]],
        ("A50", "A118"),
    ),
    ("names-equal-but-for-width", _set(*NAMES, "Option ａda"), ("A118",)),
    ("name-with-bidi-override", _set(*NAMES, "Option \u202eada"), ("A118",)),
    ("name-with-zero-width", _set(*NAMES, "Option a\u200bda"), ("A118",)),
    ("name-with-soft-hyphen", _set("election", "name", "en", "Reference\u00adelection"), ("A118",)),
    ("name-not-composed", _set(*NAMES, "Option Zoe\u0308"), ("A118",)),
    ("name-with-line-separator", _set(*NAMES, "Option\u2028bob"), ("A118",)),
    ("name-with-private-use", _set(*NAMES, "Option \ue000"), ("A118",)),
    ("name-unassigned", _set(*NAMES, "Option \u0378"), ("A118",)),
    ("name-with-tab", _set(*NAMES, "Option\tbob"), ("A118",)),
    ("name-with-leading-space", _set("styles", 0, "name", "en", " Style all"), ("A118",)),
    ("name-with-trailing-space", _set("contests", 1, "name", "en", "Board "), ("A118",)),
    ("organisation-with-two-spaces", _set("parties", 2, "organisation", "Union  of trustees"), ("A118",)),
)
for name, edit, numbers in BAD_RULES:
    rules(name, remade(edit), *numbers)
