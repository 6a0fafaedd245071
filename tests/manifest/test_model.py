"""What is asked of a manifest in hand, and that writing and reading are each other's inverse."""

import copy
import pickle
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from e2evote.errors import MalformedInput
from e2evote.manifest.contests import Item
from e2evote.manifest.model import Manifest
from manifest.accepted import ACCEPTED, changed, encoded, party

MANIFEST = Manifest.decode(encoded(ACCEPTED))


def test_trustees_are_numbered_in_the_order_of_the_parties() -> None:
    assert [trustee.id for trustee in MANIFEST.trustees] == ["north", "south", "east"]
    assert MANIFEST.n == 3
    assert MANIFEST.quorum == 2
    assert [MANIFEST.trustee_index(id) for id in ("north", "south", "east", "teller", "nobody")] == [1, 2, 3, 0, 0]


def test_parties_are_found_by_id_and_by_role() -> None:
    office = MANIFEST.party("office")
    assert office is not None
    assert office.role == "administrator"
    assert office.key.hex() == ACCEPTED["parties"][0]["key"]
    assert MANIFEST.party("nobody") is None
    assert [teller.id for teller in MANIFEST.parties_of("teller")] == ["teller"]


def test_contests_and_styles_are_found_by_id() -> None:
    assert [MANIFEST.contest_index(id) for id in ("chair", "council", "mayor")] == [1, 2, 0]
    assert MANIFEST.contest("council") == MANIFEST.contests[1]
    assert MANIFEST.contest("mayor") is None
    part, whole = MANIFEST.style("part"), MANIFEST.style("whole")
    assert part is not None
    assert whole is not None
    assert MANIFEST.style("none") is None
    assert MANIFEST.contests_of(part) == MANIFEST.contests[:1]
    assert MANIFEST.contests_of(whole) == MANIFEST.contests


def test_items_are_the_options_and_the_blank_where_it_is_counted() -> None:
    chair, council = MANIFEST.contests
    assert chair.items() == (Item("ada", 1, 1, 1), Item("bo", 2, 1, 1), Item("", 3, 1, 1))
    assert [item.type for item in chair.items()] == ["selection", "selection", "blank"]
    assert council.items() == (Item("cyd", 1, 2, 1), Item("dee", 2, 1, 1), Item("eli", 3, 3, 1))
    assert (chair.limit, council.limit) == (1, 3)
    assert (chair.counts_blank, council.counts_blank) == (True, False)
    assert chair.item("") == Item("", 3, 1, 1)
    assert council.item("") is None
    assert council.item("eli") == Item("eli", 3, 3, 1)


def test_the_files_of_the_page_for_voters_are_told_by_name() -> None:
    assert MANIFEST.assets.files() == ()
    named = Manifest.decode(encoded(changed("assets", {"index.html": "bb" * 32, "e2evote.js": "aa" * 32})))
    assert named.assets.files() == (("e2evote.js", b"\xaa" * 32), ("index.html", b"\xbb" * 32))
    assert hash(named) != hash(MANIFEST)


def test_a_blank_weighs_as_much_as_the_contest_allows() -> None:
    changed = copy.deepcopy(ACCEPTED)
    changed["contests"][1]["method"]["blank"] = "counted"
    assert Manifest.decode(encoded(changed)).contests[1].items()[-1] == Item("", 4, 1, 3)


def test_a_lot_is_needed_where_a_contest_says_so() -> None:
    changed = copy.deepcopy(ACCEPTED)
    changed["contests"][0]["outcome"]["ties"]["rule"] = "report"
    assert MANIFEST.needs_lot
    assert not Manifest.decode(encoded(changed)).needs_lot


def test_a_name_is_shown_in_the_first_language_that_is_there() -> None:
    name = MANIFEST.contests[0].name
    assert [name.best(*tags) for tags in ((), ("en",), ("fr", "en"), ("fr",))] == [
        "Cadeirydd",
        "Chair",
        "Chair",
        "Cadeirydd",
    ]


def test_a_manifest_survives_the_way_to_a_worker_process() -> None:
    copied = pickle.loads(pickle.dumps(MANIFEST))
    assert copied == MANIFEST
    assert hash(copied) == hash(MANIFEST)
    assert copied.contests[0].items() == MANIFEST.contests[0].items()
    assert copied.encode() == MANIFEST.encode()


ids = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True).filter(lambda id: id not in ("log", "voter"))
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
texts = st.dictionaries(st.sampled_from(["en", "cy", "de-CH", "gla", "nb"]), words, min_size=1)


@st.composite
def contests(draw: st.DrawFn, id: str) -> dict[str, Any]:
    limits = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    limit = draw(st.integers(max(limits), sum(limits)))
    names = draw(st.lists(ids, min_size=len(limits), max_size=len(limits), unique=True))
    m, d = sorted(draw(st.lists(st.integers(1, 10**6), min_size=2, max_size=2)))
    share = {"of": draw(st.sampled_from(["ballots", "votes"])), "rule": "at_least", "share": [m, d]}
    return {
        "id": id,
        "method": {"blank": draw(st.sampled_from(["counted", "uncounted"])), "kind": "choose", "limit": limit},
        "name": draw(texts),
        "options": [{"id": name, "limit": most, "name": draw(texts)} for name, most in zip(names, limits, strict=True)],
        "outcome": {
            "seats": draw(st.integers(1, 500)),
            "threshold": draw(st.sampled_from([{"rule": "none"}, share])),
            "ties": {"rule": draw(st.sampled_from(["report", "lot"]))},
        },
    }


@st.composite
def manifests(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(ids, min_size=1, max_size=3, unique=True))
    trustees = draw(st.integers(1, 4))
    floor = draw(st.integers(0, 10**9))
    manifest = copy.deepcopy(ACCEPTED)
    manifest |= {
        "box": {"batch_ms": draw(st.integers(1, 3_600_000)), "challenges": draw(st.integers(0, 1000))},
        "claims": {"channels": False, "eligibility": False, "floor": floor > 0, "witnesses": False},
        "contests": [draw(contests(name)) for name in names],
        "election": {"id": draw(ids), "name": draw(texts)},
        "floor": {"fallback": "withhold", "minimum": floor},
        "parties": [
            *manifest["parties"][:2],
            manifest["parties"][4],
            *({**party(9, f"t{i}", "trustee"), "key": draw(st.binary(min_size=32, max_size=32)).hex()}
              for i in range(trustees)),
        ],
        "quorum": draw(st.integers(1, trustees)),
        "styles": [{"contests": names, "id": draw(ids), "name": draw(texts)}],
    }  # fmt: skip
    return manifest


@given(manifests())
def test_reading_undoes_writing(value: dict[str, Any]) -> None:
    data = encoded(value)
    manifest = Manifest.decode(data)
    assert manifest.encode() == data
    assert Manifest.decode(manifest.encode()) == manifest
    assert [len(contest.items()) for contest in manifest.contests] == [
        len(contest["options"]) + (contest["method"]["blank"] == "counted") for contest in value["contests"]
    ]


values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**53 - 1) | words | st.sampled_from(["rank", "witness", "log"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | ids, inner, max_size=3),
    max_leaves=6,
)


def outcome(data: bytes) -> str:
    try:
        manifest = Manifest.decode(data)
    except MalformedInput as error:
        line = str(error)
        return "refused in a line" if len(line) < 400 and line.isprintable() else line
    return "read exactly" if manifest.encode() == data else "read as something else"


@given(st.data())
def test_anything_anywhere_is_read_exactly_or_refused_in_one_way(data: st.DataObject) -> None:
    """A place of the accepted manifest, chosen step by step, gets any value: no third thing happens."""
    manifest = copy.deepcopy(ACCEPTED)
    inside: Any = manifest
    while True:
        steps = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        step = data.draw(st.sampled_from(steps))
        if not isinstance(inside[step], dict | list) or not inside[step] or data.draw(st.booleans()):
            break
        inside = inside[step]
    inside[step] = data.draw(values)
    written = encoded(manifest)
    assert outcome(written) in ("read exactly", "refused in a line")
