"""What is no manifest (docs/record-format.md, Manifest): each refused one is one change to the accepted one."""

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.manifest.contests import Contest
from e2evote.manifest.entries import KINDS
from e2evote.manifest.model import LARGEST, Manifest, Party
from manifest.accepted import ABSENT, ACCEPTED, at, changed, encoded, option, party


def refusal(data: bytes) -> str:
    with pytest.raises(MalformedInput) as caught:
        Manifest.decode(data)
    return str(caught.value)


def many(number: int, item: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{**copy.deepcopy(item), "id": f"x{i}", **more} for i in range(number)]


def parties(trustees: int, tellers: int) -> list[dict[str, Any]]:
    return [
        *ACCEPTED["parties"][:2],
        *(party(100 + i, f"trustee{i}", "trustee") for i in range(trustees)),
        *(party(300 + i, f"teller{i}", "teller") for i in range(tellers)),
    ]


LANGUAGES = [f"{a}{b}" for a in "abc" for b in "abcdefg"]
NOT_BUILT = "not built yet"
NOT_SO = "true, which is not so: want"
FILE = "is no file name ([a-z0-9][a-z0-9._-]{0,62})"
SHA256 = "is no SHA-256 (64 lower-case hexadecimal digits)"
ROLES = "'administrator', 'log', 'observer', 'registrar', 'scrutineer', 'teller', 'trustee' or 'witness'"
ID = "is no id ([a-z0-9][a-z0-9._-]{0,62})"
TAG = "is no language tag ([a-z]{2,3}(-[A-Z]{2})?)"
ORIGIN = "is no origin (1 to 200 printable ASCII characters, no +)"
DATE = "is no date (YYYY-MM-DDThh:mm:ssZ)"
KEY = "want 64 lower-case hexadecimal digits"

REFUSED: list[tuple[str, Any, str]] = [
    # place, value put there, what the refusal says
    ("v", 2, "v: 2, at most 1"),
    ("v", 0, "v: 0, at least 1"),
    ("v", True, "v: a boolean, want an integer"),
    ("kind", "ballot", "kind: 'ballot', want 'manifest'"),
    ("group", 4096, "group: an integer, want a string"),
    ("group", "", "group: 0 bytes, want 1 to 100"),
    ("group", "é" * 51, "group: 102 bytes, want 1 to 100"),
    ("surprise", 1, "surprise: no such member"),
    ("\x1b]2J", 1, r"'\x1b]2J': no such member"),
    ("x" * 100, 1, f"'{'x' * 60}\\u2026': no such member"),
    # sections whose stage is not built
    ("channels.list[0]", 1, "channels.list[0]: an integer, want a string"),
    ("claims.channels", True, f"claims.channels: {NOT_SO} false"),
    ("claims.eligibility", True, f"claims.eligibility: {NOT_SO} false"),
    ("claims.witnesses", True, f"claims.witnesses: {NOT_SO} false"),
    ("claims.witnesses", 0, "claims.witnesses: an integer, want a boolean"),
    ("contests[0].method", {"kind": "rank", "places": 3}, f"contests[0].method.kind: 'rank' is {NOT_BUILT}"),
    ("weights.values", [True], "weights.values[0]: a boolean, want an integer"),
    # files that voters are served
    ("assets", {"index.html": "00"}, f"assets.index.html: '00' {SHA256}"),
    ("assets", {"index.html": "AA" * 32}, f"assets.index.html: '{'AA' * 30}\\u2026' {SHA256}"),
    ("assets", {"index.html": "aa" * 33}, f"assets.index.html: '{'aa' * 30}\\u2026' {SHA256}"),
    ("assets", {"index.html": 7}, "assets.index.html: an integer, want a string"),
    ("assets", {"index.html": {"sha256": "aa" * 32}}, "assets.index.html: an object, want a string"),
    ("assets", {"Index.html": "aa" * 32}, f"assets.Index.html: 'Index.html' {FILE}"),
    ("assets", {"": "aa" * 32}, f"assets.'': '' {FILE}"),
    ("assets", {".htaccess": "aa" * 32}, f"assets..htaccess: '.htaccess' {FILE}"),
    ("assets", {"../index.html": "aa" * 32}, f"assets.'../index.html': '../index.html' {FILE}"),
    ("assets", {"lib/e2evote.js": "aa" * 32}, f"assets.'lib/e2evote.js': 'lib/e2evote.js' {FILE}"),
    ("assets", {"index.html\n": "aa" * 32}, rf"assets.'index.html\n': 'index.html\n' {FILE}"),
    ("assets", {"a" * 64: "aa" * 32}, f"assets.{'a' * 64}: '{'a' * 60}\\u2026' {FILE}"),
    ("assets", {f"f{i}": "aa" * 32 for i in range(51)}, "assets: 51 members; no object of a manifest has more than 50"),
    ("assets", ["index.html"], "assets: a list, want an object"),
    # one value only
    ("eligibility.kind", "closed", "eligibility.kind: 'closed', want 'open', 'roll'"),
    ("floor.fallback", "none", "floor.fallback: 'none', want 'combine', 'merge' or 'withhold'"),
    ("rules.annulment", "once", "rules.annulment: 'once', want 'allowed' or 'never'"),
    ("rules.reissue", "once", "rules.reissue: 'once', want 'always', 'never' or 'unvoted'"),
    ("rules.revote", "first", "rules.revote: 'first', want 'last'"),
    # numbers
    ("box.batch_ms", 0, "box.batch_ms: 0, at least 1"),
    ("box.batch_ms", 3_600_001, "box.batch_ms: 3600001, at most 3600000"),
    ("box.challenges", -1, "box.challenges: -1, at least 0"),
    ("box.challenges", 1001, "box.challenges: 1001, at most 1000"),
    ("dates.tolerance", -1, "dates.tolerance: -1, at least 0"),
    ("dates.tolerance", 86401, "dates.tolerance: 86401, at most 86400"),
    ("floor.minimum", 10**9 + 1, "floor.minimum: 1000000001, at most 1000000000"),
    ("floor.minimum", -1, "floor.minimum: -1, at least 0"),
    ("quorum", 0, "quorum: 0, at least 1"),
    ("quorum", 4, "quorum: 4, at most 3, the number of trustees"),
    # the floor and its claim
    ("floor.minimum", 0, f"claims.floor: {NOT_SO} false"),
    ("claims.floor", False, "claims.floor: false, which is not so: want true"),
    # dates
    ("dates.open", "2026-03-01 06:00:00Z", f"dates.open: '2026-03-01 06:00:00Z' {DATE}"),
    ("dates.open", "2026-03-01T06:00:00+00:00", f"dates.open: '2026-03-01T06:00:00+00:00' {DATE}"),
    ("dates.close", "2026-03-02T18:00:00.0Z", f"dates.close: '2026-03-02T18:00:00.0Z' {DATE}"),
    ("dates.close", "２026-03-02T18:00:00Z", rf"dates.close: '\uff12026-03-02T18:00:00Z' {DATE}"),
    ("dates.close", "2026-03-02T18:00:00Z\n", rf"dates.close: '2026-03-02T18:00:00Z\n' {DATE}"),
    # ids and names
    ("election.id", "", f"election.id: '' {ID}"),
    ("election.id", "Spring", f"election.id: 'Spring' {ID}"),
    ("election.id", "-spring", f"election.id: '-spring' {ID}"),
    ("election.id", "spring\n", rf"election.id: 'spring\n' {ID}"),
    ("election.id", "a" * 64, f"election.id: '{'a' * 60}\\u2026' {ID}"),
    ("contests[0].options[1].id", "ö", rf"contests[0].options[1].id: '\xf6' {ID}"),
    ("election.name", {}, "election.name: 0 items, at least 1"),
    ("election.name", dict.fromkeys(LANGUAGES, "x"), "election.name: too many items, at most 20"),
    ("election.name.EN", "x", f"election.name.EN: 'EN' {TAG}"),
    ("election.name.en-gb", "x", f"election.name.en-gb: 'en-gb' {TAG}"),
    ("election.name.engl", "x", f"election.name.engl: 'engl' {TAG}"),
    ("election.name.en", "", "election.name.en: 0 bytes, want 1 to 500"),
    ("election.name.en", "é" * 251, "election.name.en: 502 bytes, want 1 to 500"),
    ("styles[0].name.en", 1, "styles[0].name.en: an integer, want a string"),
    ("parties[0].organisation", "", "parties[0].organisation: 0 bytes, want 1 to 200"),
    ("parties[0].organisation", "é" * 101, "parties[0].organisation: 202 bytes, want 1 to 200"),
    # the log's name
    ("origin", "", f"origin: '' {ORIGIN}"),
    ("origin", "o" * 201, f"origin: '{'o' * 60}\\u2026' {ORIGIN}"),
    ("origin", "my board", f"origin: 'my board' {ORIGIN}"),
    ("origin", "my\xa0board", rf"origin: 'my\xa0board' {ORIGIN}"),
    ("origin", "b\xf6rd", rf"origin: 'b\xf6rd' {ORIGIN}"),
    ("origin", "board\n", rf"origin: 'board\n' {ORIGIN}"),
    ("origin", "board\x7f", rf"origin: 'board\x7f' {ORIGIN}"),
    ("origin", "a+b", f"origin: 'a+b' {ORIGIN}"),
    ("origin", "e2evote/v1/leaf", "origin: 'e2evote/v1/leaf' is what signatures of leaves begin with"),
    # parties
    ("parties", ACCEPTED["parties"][:3], "parties: 3 items, at least 4"),
    ("parties", parties(3, 196), "parties: 201 items, at most 200"),
    ("parties", parties(51, 1), "parties: 51 of role trustee, at most 50"),
    ("parties", parties(0, 2), "parties: 0 of role trustee, at least 1"),
    ("parties", parties(3, 0), "parties: 0 of role teller, at least 1"),
    ("parties[0].role", "teller", "parties: 0 of role administrator, at least 1"),
    ("parties[4].role", "administrator", "parties: 2 of role administrator, at most 1"),
    ("parties[1]", party(2, "board", "teller"), "parties: 0 of role log, at least 1"),
    ("parties[6]", party(7, "log2", "log"), "parties[6].id: 'log2': the party of role log is called 'log'"),
    ("parties[1].id", "board", "parties[1].id: 'board': the party of role log is called 'log'"),
    ("parties[1].role", "teller", "parties[1].id: 'log' is reserved"),
    ("parties[4].id", "voter", "parties[4].id: 'voter' is reserved"),
    ("parties[5].id", "north", "parties[5].id: 'north' is the id of parties[2] too"),
    (
        "parties[0].role",
        "chair",
        f"parties[0].role: 'chair', want {ROLES}",
    ),
    ("parties[0].key", "00" * 31, f"parties[0].key: '{'00' * 30}\\u2026' is no key: {KEY}"),
    ("parties[0].key", "AA" * 32, f"parties[0].key: '{'AA' * 30}\\u2026' is no key: {KEY}"),
    ("parties[0].key", "00" * 31 + " 0", f"parties[0].key: '{'00' * 30}\\u2026' is no key: {KEY}"),
    ("parties[0].key", 7, f"parties[0].key: no key: {KEY}"),
    # contests
    ("contests", [], "contests: 0 items, at least 1"),
    ("contests", many(101, ACCEPTED["contests"][0]), "contests: 101 items, at most 100"),
    ("contests[1].id", "chair", "contests[1].id: 'chair' is the id of contests[0] too"),
    ("contests[2]", {**ACCEPTED["contests"][1], "id": "more"}, "contests[2].id: 'more' is in no style"),
    ("contests[0].options", [], "contests[0].options: 0 items, at least 1"),
    (
        "contests[0].options",
        many(501, ACCEPTED["contests"][0]["options"][0]),
        "contests[0].options: 501 items, at most 500",
    ),
    ("contests[1].options[2].id", "cyd", "contests[1].options[2].id: 'cyd' is the id of options[0] too"),
    ("contests[1].options[2].limit", 0, "contests[1].options[2].limit: 0, at least 1"),
    ("contests[1].options[2].limit", 7, "contests[1].options[2].limit: 7 is above the contest's limit 3"),
    ("contests[0].method.limit", 0, "contests[0].method.limit: 0, at least 1"),
    ("contests[0].method.limit", 1001, "contests[0].method.limit: 1001, at most 1000"),
    (
        "contests[0].method.limit",
        3,
        "contests[0].method.limit: 3 is above 2, the sum of the options' limits",
    ),
    ("contests[0].method.blank", "maybe", "contests[0].method.blank: 'maybe', want 'counted' or 'uncounted'"),
    ("contests[0].method.kind", "approve", "contests[0].method.kind: 'approve', want 'choose'"),
    ("contests[0].method.kind", [], "contests[0].method.kind: a list, want 'choose'"),
    ("contests[0].outcome.seats", 0, "contests[0].outcome.seats: 0, at least 1"),
    ("contests[0].outcome.seats", 501, "contests[0].outcome.seats: 501, at most 500"),
    ("contests[0].outcome.ties.rule", "age", "contests[0].outcome.ties.rule: 'age', want 'report' or 'lot'"),
    # thresholds
    (
        "contests[0].outcome.threshold.rule",
        "exactly",
        "contests[0].outcome.threshold.rule: 'exactly', want 'none', 'at_least', 'more_than'",
    ),
    ("contests[0].outcome.threshold.rule", "none", "contests[0].outcome.threshold.of: no such member"),
    ("contests[1].outcome.threshold.rule", "at_least", "contests[1].outcome.threshold.of: missing"),
    ("contests[1].outcome.threshold", {}, "contests[1].outcome.threshold.rule: missing"),
    ("contests[1].outcome.threshold", [], "contests[1].outcome.threshold: a list, want an object"),
    (
        "contests[0].outcome.threshold.of",
        "members",
        "contests[0].outcome.threshold.of: 'members', want 'ballots' or 'votes'",
    ),
    ("contests[0].outcome.threshold.share", [1], "contests[0].outcome.threshold.share[1]: missing"),
    ("contests[0].outcome.threshold.share[2]", 3, "contests[0].outcome.threshold.share: 3 items, at most 2"),
    (
        "contests[0].outcome.threshold.share[0]",
        "1",
        "contests[0].outcome.threshold.share[0]: a string, want an integer",
    ),
    *(
        (
            "contests[0].outcome.threshold.share",
            [m, d],
            f"contests[0].outcome.threshold.share: {m}/{d}, want 0 ≤ m ≤ d ≤ 1000000 and d ≥ 1",
        )
        for m, d in ((3, 2), (0, 0), (-1, 2), (1, 10**6 + 1))
    ),
    # styles
    ("styles", [], "styles: 0 items, at least 1"),
    ("styles", many(101, ACCEPTED["styles"][1]), "styles: 101 items, at most 100"),
    ("styles[1].id", "part", "styles[1].id: 'part' is the id of styles[0] too"),
    ("styles[0].contests", [], "styles[0].contests: 0 items, at least 1"),
    ("styles[0].contests[0]", "mayor", "styles[0].contests[0]: no contest has the id 'mayor'"),
    ("styles[1].contests", ["council", "chair"], "styles[1].contests[1]: 'chair' is not in the order of the manifest"),
    ("styles[1].contests[2]", "council", "styles[1].contests[2]: 'council' is not in the order of the manifest"),
    ("styles[1].contests", ["chair"], "contests[1].id: 'council' is in no style"),
    # entries
    ("entries.ballot.phases", ["setup"], "entries.ballot.phases: 'setup', want open"),
    ("entries.mark.phases", ["closed", "open"], "entries.mark.phases: 'closed, open', want open, closed"),
    ("entries.close.authors", ["administrator"], "entries.close.authors: 'administrator', want administrator, teller"),
    ("entries.close.signatures", 1, "entries.close.signatures: 1, want 2"),
    ("entries.challenge.signatures", 1, "entries.challenge.signatures: 1, want 0"),
    ("entries.undo", {"authors": [], "phases": [], "signatures": 0}, "entries.undo: no such kind of entry"),
]


@pytest.mark.parametrize(("place", "value", "said"), REFUSED, ids=[said[:60] for _, _, said in REFUSED])
def test_one_change_is_refused_and_its_place_is_named(place: str, value: Any, said: str) -> None:
    assert refusal(encoded(changed(place, value))) == said


TAKEN: list[tuple[str, Any]] = [
    ("assets", {"index.html": "aa" * 32}),
    ("assets", {f"{i}-._{'a' * 59}"[:63]: f"{i:064x}" for i in range(50)}),
    ("box.batch_ms", 1),
    ("box.batch_ms", 3_600_000),
    ("box.challenges", 0),
    ("box.challenges", 1000),
    ("dates.tolerance", 0),
    ("dates.tolerance", 86400),
    ("dates.open", "2026-02-30T25:00:00Z"),  # a rule is broken, the form is kept
    ("floor.minimum", 10**9),
    ("quorum", 1),
    ("quorum", 3),
    ("election.id", "0"),
    ("election.id", "a" * 63),
    ("election.name", dict.fromkeys(LANGUAGES[:20], "x")),
    ("election.name.eng-GB", "x"),
    ("election.name.en", "é" * 250),
    ("parties[0].organisation", "é" * 100),
    ("parties[0].key", "00" * 32),
    ("parties", parties(3, 195)),
    ("parties", parties(50, 1)),
    ("origin", "o" * 200),
    ("origin", "!*,-~"),
    ("origin", "e2evote/v1/leaf2"),
    ("group", "Unheard of"),
    ("group", "é" * 50),
    ("contests[0].options", many(500, ACCEPTED["contests"][0]["options"][0])),
    ("contests[1].method.limit", 6),
    ("contests[0].outcome.seats", 500),
    ("contests[0].outcome.threshold.share", [0, 1]),
    ("contests[0].outcome.threshold.share", [10**6, 10**6]),
    ("styles", [*many(99, ACCEPTED["styles"][0]), ACCEPTED["styles"][1]]),
]


@pytest.mark.parametrize(("place", "value"), TAKEN)
def test_the_limits_themselves_are_taken(place: str, value: Any) -> None:
    data = encoded(changed(place, value))
    assert Manifest.decode(data).encode() == data


def test_the_accepted_manifest_is_accepted_and_written_as_it_was_read() -> None:
    manifest = Manifest.decode(encoded(ACCEPTED))
    assert manifest.encode() == encoded(ACCEPTED)
    assert Manifest.decode(manifest.encode()) == manifest


def objects(value: Any, place: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every object of the manifest with its place."""
    if isinstance(value, list):
        return [found for i, item in enumerate(value) for found in objects(item, f"{place}[{i}]")]
    if not isinstance(value, dict):
        return []
    below = [found for name, item in value.items() for found in objects(item, f"{place}.{name}".lstrip("."))]
    return [(place, value), *below]


def is_text(place: str) -> bool:
    return place.endswith("name")


MEMBERS = [(place, name) for place, value in objects(ACCEPTED) if not is_text(place) for name in value]
LEAVES = [(place, name) for place, value in objects(ACCEPTED) for name in value if not isinstance(value[name], dict)]


@pytest.mark.parametrize(("place", "name"), MEMBERS)
def test_every_member_is_required(place: str, name: str) -> None:
    where = f"{place}.{name}".lstrip(".")
    assert refusal(encoded(changed(where, ABSENT))) == f"{where}: missing"


@pytest.mark.parametrize("place", [place for place, _ in objects(ACCEPTED) if not is_text(place)])
def test_no_other_member_is_taken_anywhere(place: str) -> None:
    where = f"{place}.zz".lstrip(".")
    expected = {"assets": f"assets.zz: 'x' {SHA256}", "entries": "entries.zz: a string, want an object"}
    assert refusal(encoded(changed(where, "x"))) == expected.get(place, f"{where}: no such member")


@pytest.mark.parametrize(("place", "name"), LEAVES)
def test_a_value_of_another_type_is_refused_where_it_stands(place: str, name: str) -> None:
    """True is no 1 and 1 no true."""
    where = f"{place}.{name}".lstrip(".")
    others = [None, True, 0, 1, "", [], {}]
    others = [value for value in others if type(value) is not type(at(where))]
    assert len(others) >= 5
    for value in others:
        with pytest.raises(MalformedInput) as caught:
            Manifest.decode(encoded(changed(where, value)))
        assert caught.value.where.startswith(where), value


DIGEST = b"aa" * 32
NOT_JSON: list[tuple[bytes, str]] = [
    (b"", "not JSON"),
    (b"null", "null, want an object"),
    (b"[]", "a list, want an object"),
    (b"7", "an integer, want an object"),
    (b"{}", "assets: missing"),
    (b"\xff", "not UTF-8"),
    (encoded(ACCEPTED) + b"\n", "white space"),
    (encoded(ACCEPTED).replace(b'{"assets":', b'{ "assets":'), "white space"),
    (
        encoded(ACCEPTED).replace(b'"assets":{}', b'"assets":{"b.js":"%b","a.js":"%b"}' % (DIGEST, DIGEST)),
        "out of order",
    ),
    (
        encoded(ACCEPTED).replace(b'"assets":{}', b'"assets":{"a.js":"%b","a.js":"%b"}' % (DIGEST, DIGEST)),
        "a name twice",
    ),
    (encoded(ACCEPTED).replace(b'"v":1', b'"v":1.0'), "not canonical"),
    (encoded(ACCEPTED).replace(b'"v":1', b'"v":1,"v":1'), "a name twice"),
    (encoded(ACCEPTED).replace(b'"quorum":2', b'"quorum":3,"quorum":2'), "a name twice"),
    (encoded(ACCEPTED).replace(b'"quorum":2', b'"quorum":' + b"2" * 5000), "not canonical"),
    (b"[" * 100_000 + b"]" * 100_000, "nested deeper than 16"),
    (encoded(ACCEPTED).replace(b"{}", b"[" * 17 + b"]" * 17), "nested deeper than 16"),
    (b"[" * (LARGEST + 1), "4194305 bytes, limit 4194304"),
    (b"[" + b"0," * 100_000 + b"0]", "a list, want an object"),
    (canonical.encode({f"x{i}": 1 for i in range(10_000)}), "10000 members; no object of a manifest has more than 50"),
]


@pytest.mark.parametrize(("data", "said"), NOT_JSON, ids=[f"{i} {said}" for i, (_, said) in enumerate(NOT_JSON)])
def test_bytes_that_are_no_canonical_object_are_refused(data: bytes, said: str) -> None:
    assert said in refusal(data)


def test_a_manifest_with_all_that_can_be_wrong_is_refused_once() -> None:
    """Two hundred thousand members that nobody knows: the first place is named, and nothing more."""
    wrong = {f"x{i:02}": "y" for i in range(39)}
    options = canonical.encode([wrong] * 500)
    contest = canonical.encode({"options": "here", **wrong}).replace(b'"here"', options)
    contests = b"[" + b",".join([contest] * 10) + b"]"
    data = encoded(changed("contests", "here")).replace(b'"here"', contests)
    assert refusal(data) == "contests[0].id: missing"


def test_a_list_is_read_to_its_first_wrong_item() -> None:
    """What bounds the work on a hostile manifest, besides the width of objects."""
    for model, name in ((Manifest, "contests"), (Manifest, "parties"), (Manifest, "styles"), (Contest, "options")):
        with pytest.raises(ValidationError) as caught:
            model.model_validate({name: ({},) * 4})
        wrong = {
            error["loc"][1] for error in caught.value.errors() if error["loc"][0] == name and len(error["loc"]) > 1
        }
        assert wrong == {0}


def test_a_model_put_together_by_hand_is_held_to_the_same_form() -> None:
    with pytest.raises(ValidationError):
        Party(id="Chair", key=bytes(32), organisation="Society", role="teller")
    with pytest.raises(ValidationError):
        Party(id="chair", key=bytes(31), organisation="Society", role="teller")
    manifest = Manifest.decode(encoded(ACCEPTED))
    with pytest.raises(ValidationError):
        manifest.quorum = 3


def test_options_of_several_votes_are_refused_above_the_limit_only() -> None:
    options = [option("cyd", 3, en="Cyd"), option("dee", 3, en="Dee"), option("eli", 3, en="Eli")]
    assert Manifest.decode(encoded(changed("contests[1].options", options))).contests[1].items()[1].limit == 3
    options[1]["limit"] = 4
    assert refusal(encoded(changed("contests[1].options", options))).startswith("contests[1].options[1].limit: 4 ")


def test_every_kind_of_entry_is_repeated() -> None:
    assert list(ACCEPTED["entries"]) == list(KINDS)
