"""A selection that begins over HTTP: draft, manifest, entry 0; and whoever changes what another has changed is told."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.acting import acting, bearer
from api.served import JSON, Served, rehearsal
from cli.running import done, run
from e2evote.adapter.api.drafts import pointer
from e2evote.manifest.draft import ContestFacts, OptionFacts, PartyFacts, draft
from e2evote.record.bodies import Body
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.secret.sign import SigningKey
from tests.ballot.election import signing_key

P = "/v1/elections/council"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drafts")


@pytest.fixture(scope="module")
def served(place: Path) -> Iterator[Served]:
    with acting(place, rehearsal(place / "store")) as server:
        yield server


@pytest.fixture(scope="module")
def admin(place: Path) -> dict[str, str]:
    return bearer(place, "election:admin")


def begun(served: Served, admin: dict[str, str], id: str, key: str = "") -> Any:
    return served.post("/v1/elections", new(id), idempotency_key=key or f"key-{id}", **admin)


def new(id: object) -> dict[str, object]:
    return {"id": id, "organisation": "Society"}


def manifest(log_key: str, id: str = "council") -> dict[str, Any]:
    """A manifest that names the draft's log."""
    from datetime import UTC, datetime

    def party(name: str, role: Any) -> PartyFacts:
        return PartyFacts(name, role, f"Society of {name}", signing_key(name).public)

    parties = [party("chair", "administrator"), party("tess", "teller")]
    parties += [party(name, "trustee") for name in ("north", "south", "west")]
    parties.append(PartyFacts("log", "log", "Society", bytes.fromhex(log_key)))
    made = draft(
        election=id,
        name="Council",
        parties=parties,
        contests=[ContestFacts("chair", "Chair", (OptionFacts("ada", "Ada"), OptionFacts("bo", "Bo")))],
        opens=datetime(2030, 1, 1, tzinfo=UTC),
        closes=datetime(2031, 2, 1, tzinfo=UTC),
        quorum=2,
        group="test-512",
    )
    return dict(json.loads(made.encode()))


def put(served: Served, value: object, tag: str, admin: dict[str, str], path: str = P) -> Any:
    headers = {"content_type": JSON, **admin} | ({"if_match": tag} if tag else {})
    return served.ask(f"{path}/manifest", "PUT", json.dumps(value).encode(), **headers)


def entry(data: bytes, key: SigningKey) -> str:
    leaf = Leaf("manifest", "chair", b"", Body(), PayloadName.of(data))
    return leaf.signed(Signature(key.public, key.sign(leaf.message()))).encode().decode()


def test_a_selection_begins_without_any_key_but_the_logs_on_the_server(
    served: Served, place: Path, admin: dict[str, str]
) -> None:
    first = begun(served, admin, "council")
    assert first.status == 201
    assert first.headers["location"].endswith(f"{P}/draft")
    assert first.json["manifest"] is None
    assert served.ask(P).problem() == "election-unknown"
    assert served.post(f"{P}/transitions", {"to": "setup", "leaf": "x"}, **admin).problem() == "no-manifest"

    given = manifest(first.json["log"]["key"])
    done = put(served, given, first.headers["etag"], admin)
    assert done.status == 200, done.body
    assert json.loads(done.json["manifest"]) == given
    assert done.headers["etag"] != first.headers["etag"]
    read = served.ask(f"{P}/draft", **admin)
    assert (read.json, read.headers["etag"]) == (done.json, done.headers["etag"])

    data = done.json["manifest"].encode()
    wrong = served.post(f"{P}/transitions", {"to": "setup", "leaf": entry(data, signing_key("tess"))}, **admin)
    assert (wrong.status, wrong.problem()) == (422, "board.author")
    leaf = entry(data, signing_key("chair"))
    for body in ({"to": "open", "leaf": leaf}, {"leaf": leaf}, {"to": "setup"}, {"to": "setup", "leaf": leaf, "x": 1}):
        assert served.post(f"{P}/transitions", body, **admin).problem() == "request-malformed"
    founded = served.post(f"{P}/transitions", {"to": "setup", "leaf": leaf}, **admin)
    assert (founded.status, founded.json["phase"], founded.json["size"]) == (201, "setup", 1)
    assert served.ask(f"{P}/manifest").body == data
    assert served.ask(f"{P}/board/checkpoint").status == 200
    assert [one["id"] for one in served.ask("/v1/elections").json["elections"]] == ["council", "rehearsal"]

    assert put(served, given, done.headers["etag"], admin).problem() == "election-exists"
    assert served.ask(f"{P}/draft", **admin).problem() == "election-unknown"
    again = served.post("/v1/elections", new("council"), idempotency_key="other", **admin)
    assert (again.status, again.problem()) == (409, "election-exists")
    no_rehearsal = served.post(f"{P}/transitions", {"to": "open"}, **admin)
    assert (no_rehearsal.status, no_rehearsal.problem()) == (403, "no-rehearsal")


def test_an_id_is_drafted_once_and_the_same_request_answered_twice(served: Served, admin: dict[str, str]) -> None:
    first, again = begun(served, admin, "twice", "k1"), begun(served, admin, "twice", '"k1"')
    assert (first.status, again.status) == (201, 201)
    assert (first.body, first.headers["etag"]) == (again.body, again.headers["etag"])
    assert again.headers["idempotency-replayed"] == "true"
    other = served.post("/v1/elections", new("thrice"), idempotency_key="k1", **admin)
    assert (other.status, other.problem()) == (422, "idempotency-mismatch")
    taken = begun(served, admin, "twice", "k2")
    assert (taken.status, taken.problem()) == (409, "election-exists")
    missing = served.post("/v1/elections", new("thrice"), **admin)
    assert (missing.status, missing.problem()) == (400, "idempotency-key-missing")
    assert begun(served, admin, "rehearsal").problem() == "election-exists"


@pytest.mark.parametrize("id", ["", "x" * 64, "Council", "../x", "a/b", ".", "-x", "é", 7, None])
def test_an_id_that_is_none_is_refused(served: Served, admin: dict[str, str], id: object) -> None:
    answer = served.post("/v1/elections", new(id), idempotency_key="bad", **admin)
    assert (answer.status, answer.problem()) == (400, "request-malformed")


@pytest.mark.parametrize("id", ["..", "%2e%2e", "store", "unknown", "%00"])
def test_a121_no_id_in_an_address_leads_out_of_the_folder(served: Served, admin: dict[str, str], id: str) -> None:
    assert served.ask(f"/v1/elections/{id}/draft", **admin).status == 404


def test_a_change_names_what_it_is_in_place_of(served: Served, admin: dict[str, str]) -> None:
    path = "/v1/elections/changed"
    first = begun(served, admin, "changed")
    given, tag = manifest(first.json["log"]["key"], "changed"), first.headers["etag"]
    missing = put(served, given, "", admin, path)
    assert (missing.status, missing.problem()) == (428, "precondition-required")
    for wrong in ('"other"', f"W/{tag}", tag.strip('"'), f'{tag[:-1]}0"', '"' + "x" * 5000):
        answer = put(served, given, wrong, admin, path)
        assert (answer.status, answer.problem(), answer.headers["etag"]) == (412, "precondition-failed", tag)
    second = put(served, given, f'"other", {tag}', admin, path)
    assert second.status == 200
    assert put(served, given, tag, admin, path).problem() == "precondition-failed"
    assert put(served, given, "*", admin, path).status == 200
    assert put(served, given, tag, admin, "/v1/elections/nothing").problem() == "election-unknown"


def changed(value: dict[str, Any], *path: str | int, to: Any) -> dict[str, Any]:
    copy = json.loads(json.dumps(value))
    at = copy
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    return dict(copy)


def test_each_place_of_a_manifest_that_is_not_right_is_pointed_at(served: Served, admin: dict[str, str]) -> None:
    path = "/v1/elections/pointed"
    first = begun(served, admin, "pointed")
    tag, good = first.headers["etag"], manifest(first.json["log"]["key"], "pointed")
    for steps, to, code, where in (
        (("contests", 0, "options", 1, "id"), "ada", "request-malformed", "/contests/0/options/1/id"),
        (("quorum",), 9, "request-malformed", "/quorum"),
        (("nothing",), 1, "request-malformed", "/nothing"),
        (("entries", "roll.freeze", "authors"), [], "request-malformed", "/entries/roll.freeze/authors"),
        (("quorum",), 1, "manifest-rules", "/quorum"),
        (("dates", "close"), "2029-01-01T00:00:00Z", "manifest-rules", "/dates/close"),
        (("parties", 2, "key"), "00" * 32, "manifest-rules", "/parties/2/key"),
        (("parties", 5, "key"), good["parties"][0]["key"], "manifest-rules", "/parties/5/key"),
        (("election", "id"), "other", "manifest-rules", "/election/id"),
        (("contests", 0, "options", 1, "name", "en"), "Ada", "manifest-rules", "/contests/0/options/1/name/en"),
    ):
        answer = put(served, changed(good, *steps, to=to), tag, admin, path)
        assert answer.status == (400 if code == "request-malformed" else 422), answer.body
        assert answer.problem() == code
        assert where in [one["pointer"] for one in answer.json["errors"]], answer.json
    two = changed(changed(good, "quorum", to=1), "election", "id", to="other")
    assert len(put(served, two, tag, admin, path).json["errors"]) == 2
    for value in ([], "x", None, {}, 7):
        assert put(served, value, tag, admin, path).problem() == "request-malformed"
    assert served.ask(f"{path}/draft", **admin).headers["etag"] == tag


def test_places_become_pointers_whatever_names_hold() -> None:
    value: Any = {"entries": {"roll.freeze": {"authors": [1, {"a/b": {"c~d": 1}}]}}}
    assert pointer("", value) == ""
    assert pointer("entries.roll.freeze.authors[1].a/b.c~d", value) == "/entries/roll.freeze/authors/1/a~1b/c~0d"
    assert pointer("entries.roll.freeze.authors[7]", value) == "/entries/roll.freeze/authors/7"
    assert pointer("entries.roll.thaw", value) == "/entries/roll.thaw"


def test_what_began_here_is_served_again_after_a_start(place: Path, admin: dict[str, str]) -> None:
    later = place / "later"
    later.mkdir()
    for _ in range(2):
        with acting(later) as server:
            allowed = bearer(later, "election:admin")
            if server.ask("/v1/elections").json["elections"]:
                break
            first = begun(server, allowed, "council")
            done = put(server, manifest(first.json["log"]["key"]), first.headers["etag"], allowed)
            leaf = entry(done.json["manifest"].encode(), signing_key("chair"))
            assert server.post(f"{P}/transitions", {"to": "setup", "leaf": leaf}, **allowed).status == 201
    else:
        pytest.fail("the selection is not served after the second start")
    assert admin


def test_a_selection_begins_by_commands_and_requests_alone(
    served: Served, admin: dict[str, str], tmp_path: Path
) -> None:
    phrase = tmp_path / "phrase"
    phrase.touch(0o600)
    phrase.write_text("a passphrase of many words\n")
    ways = ("--passphrase-file", phrase)
    roles = {"chair": "administrator", "tina": "teller", "anna": "trustee", "ben": "trustee", "cleo": "trustee"}
    for id, role in roles.items():
        key = ("key", "new", "--role", role, "--id", id, "--organisation", id, "--out", tmp_path / f"{id}.key")
        done(*key, *ways, "--scrypt-log2", 15)
    draft = begun(served, admin, "spring")
    log = json.dumps(draft.json["log"], separators=(",", ":"), sort_keys=True)
    (tmp_path / "log.key.pub").write_text(log)
    facts, manifest_file, setup = (tmp_path / name for name in ("facts.toml", "manifest.json", "setup.json"))
    parties = json.dumps([f"{id}.key.pub" for id in (*roles, "log")])
    facts.write_text(
        'election = "spring"\nname = "Spring"\nopens = 2030-05-01T08:00:00Z\ncloses = 2030-05-02T20:00:00Z\n'
        f'group = "test-512"\nfloor = 0\nquorum = 2\nparties = {parties}\n'
        '[[contests]]\nid = "chair"\nname = "Chair"\n'
        'options = [{ id = "ada", name = "Ada" }, { id = "bob", name = "Bob" }]\n'
    )
    done("manifest", "new", facts, "--out", manifest_file)
    path = "/v1/elections/spring"
    kept = put(served, json.loads(manifest_file.read_bytes()), draft.headers["etag"], admin, path)
    assert (kept.status, kept.json["manifest"].encode()) == (200, manifest_file.read_bytes())
    wrong = ("manifest", "sign", manifest_file, "--key", tmp_path / "tina.key", *ways, "--out", setup)
    assert (run(*wrong).code, setup.exists()) == (2, False)
    done("manifest", "sign", manifest_file, "--key", tmp_path / "chair.key", *ways, "--out", setup)
    founded = served.ask(f"{path}/transitions", "POST", setup.read_bytes(), content_type=JSON, **admin)
    assert (founded.status, founded.json["id"], founded.json["phase"]) == (201, "spring", "setup")
