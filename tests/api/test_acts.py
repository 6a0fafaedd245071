"""What needs a token: who is let in, what each address takes, and what happens (docs/http-acts.md)."""

import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from api.acting import acting, bearer
from api.served import P, Served, rehearsal
from e2evote.adapter.api.scopes import APART, SCOPES
from e2evote.adapter.api.signed_entries import DESKS, Desk
from e2evote.adapter.approval import encode_draft, signed_by
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.store import Store
from e2evote.manifest.entries import KINDS
from e2evote.record.voter_bodies import Reason

NEEDED = [
    ("POST", f"{P}/sessions", "ballot:submit"),
    ("POST", f"{P}/operations", "audit:read"),
    ("GET", f"/v1/operations/{'0' * 32}", "audit:read"),
    ("GET", "/v1/webhooks", "audit:read"),
    ("POST", "/v1/elections", "election:admin"),
    ("GET", f"{P}/draft", "election:admin"),
    ("PUT", f"{P}/manifest", "election:admin"),
    ("PUT", f"{P}/roll", "roll:write"),
    *(("POST", f"{P}/{desk.path}", desk.scope) for desk in DESKS if desk.scope),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("acts")


@pytest.fixture(scope="module")
def own(place: Path) -> Store:
    return rehearsal(place / "store")


@pytest.fixture(scope="module")
def served(place: Path, own: Store) -> Iterator[Served]:
    with acting(place, own) as server:
        yield server


@pytest.mark.parametrize(("method", "path", "scope"), NEEDED)
def test_each_address_is_for_its_scope_alone(served: Served, place: Path, method: str, path: str, scope: str) -> None:
    missing = served.ask(path, method, b"{}")
    assert (missing.status, missing.problem()) == (401, "token-missing")
    assert missing.headers["www-authenticate"] == "Bearer"
    others = [one for one in SCOPES if one not in (scope, "credential:issue")]
    refused = served.ask(path, method, b"{}", **bearer(place, *others))
    assert (refused.status, refused.problem()) == (403, "scope-missing")
    let_in = served.ask(path, method, b"[]", content_type="application/json", **bearer(place, scope))
    assert let_in.status not in (401, 403), let_in
    assert "access-control-allow-origin" not in let_in.headers


def test_a121_a_token_with_both_scopes_is_refused_everywhere(served: Served, place: Path) -> None:
    from api.acting import issuer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("e2evote.adapter.api.token_issuer.scopes_in", frozenset)  # an issuer that knows no better
        made = {
            chosen: issuer(place).token("site", chosen, 600)
            for size in range(2, 6)
            for chosen in combinations(SCOPES, size)
            if set(chosen) >= APART
        }
    assert len(made) == 8
    for text in made.values():
        for method, path, _ in NEEDED:
            answer = served.ask(path, method, b"{}", authorization=f"Bearer {text}")
            assert (answer.status, answer.problem()) == (403, "scopes-apart")


@pytest.mark.parametrize(
    "header", ["Bearer x", "Bearer a.b.c", "Bearer " + "x" * 9000, "Bearer eyJhbGciOiJub25lIn0.e30."]
)
def test_a_token_that_is_none_is_refused(served: Served, header: str) -> None:
    answer = served.post(f"{P}/sessions", {"voter_ref": "x"}, authorization=header)
    assert (answer.status, answer.problem()) == (401, "token-invalid")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_token_for_another_selection_is_refused(served: Served, place: Path) -> None:
    allowed = bearer(place, "ballot:submit", elections=("other",))
    assert served.post(f"{P}/sessions", {"voter_ref": "x"}, **allowed).problem() == "scope-missing"


def test_a_session_is_the_voters_own_and_its_token_is_good_once(served: Served, place: Path, own: Store) -> None:
    token = bearer(place, "ballot:submit")
    sessions = []
    for reference in ("member 1", "member 1", "member 2"):
        made = served.post(f"{P}/sessions", {"voter_ref": reference}, **token)
        assert made.status == 201
        url, _, once = made.json["url"].partition("#session=")
        assert url == f"{served.url}/elections/rehearsal/client/"
        got = served.post(f"{P}/sessions/exchange", {"token": once})
        assert got.status == 200
        sessions.append(got.json["session"])
        again = served.post(f"{P}/sessions/exchange", {"token": once})
        assert (again.status, again.problem()) == (410, "token-used")
    assert sessions[0] == sessions[1] != sessions[2]
    for reference in ("", "x" * 201, 7, None):
        assert served.post(f"{P}/sessions", {"voter_ref": reference}, **token).problem() == "request-malformed"


def test_a122_no_reference_of_a_member_is_kept_or_logged(served: Served, place: Path, own: Store) -> None:
    reference = "canary-member-8812"
    assert served.post(f"{P}/sessions", {"voter_ref": reference}, **bearer(place, "ballot:submit")).status == 201
    files = [path for path in own.path.rglob("*") if path.is_file()]
    assert any(path.name == "adapter.sqlite" for path in files)
    for path in (*files, served.errors):
        assert reference.encode() not in path.read_bytes(), path


def test_every_kind_has_one_address_but_for_what_has_its_own() -> None:
    taken = [kind for desk in DESKS for kind in desk.kinds]
    assert len(taken) == len(set(taken))
    assert set(KINDS) - set(taken) == {"manifest", "ballot", "challenge"}


@pytest.mark.parametrize("desk", DESKS, ids=lambda desk: desk.path)
def test_an_address_takes_no_other_kinds(served: Served, place: Path, desk: Desk) -> None:
    token = bearer(place, desk.scope) if desk.scope else {}
    for kind in set(KINDS) - set(desk.kinds):
        answer = served.post(f"{P}/{desk.path}", {"leaf": json.dumps({"kind": kind}, separators=(",", ":"))}, **token)
        assert (answer.status, answer.problem()) == (422, "kind-elsewhere")
        assert answer.json["errors"][0]["pointer"] == "/leaf"
    leaf = json.dumps({"kind": desk.kinds[0]}, separators=(",", ":"))
    more = [{"leaf": leaf, name: "x"} for name in ("to", "reason", "close", "line", "channel", "v", "votes", "hints")]
    drafts = [{"draft": "e2evote", "leaf": {}}, {"draft": "e2evote", "v": 1}, {"draft": "e2evote", "leaf": {}, "v": 2}]
    wrong_leaves = [{"leaf": 7}, {"leaf": "{}"}, {"leaf": "x"}, {"leaf": ""}]
    for wrong in ({}, *wrong_leaves, {"to": "nowhere"}, {"x": 1}, *more, *drafts):
        assert served.post(f"{P}/{desk.path}", wrong, **token).problem() == "request-malformed", wrong


def test_a_pause_that_two_have_signed_is_taken_as_a_leaf_or_as_a_completed_draft(
    served: Served, place: Path, own: Store
) -> None:
    keys, setting = RehearsalKeys.read(own), own.setting()
    assert keys
    chair = setting.manifest.parties_of("administrator")[0]
    parties = (keys.party("administrator"), keys.party("teller"))
    admin = bearer(place, "election:admin")

    half = signed_by(setting, "pause", Reason(1, "outage"), chair, parties[:1])
    answer = served.post(f"{P}/transitions", json.loads(encode_draft(half)), **admin)
    assert (answer.status, answer.problem()) == (409, "approval-incomplete")

    whole = signed_by(setting, "pause", Reason(1, "outage"), chair, parties)
    first = served.post(f"{P}/transitions", json.loads(encode_draft(whole)), **admin)
    assert (first.status, first.json["status"], first.json["again"]) == (201, "accepted", False)
    again = served.post(f"{P}/transitions", {"leaf": whole.leaf.encode().decode()}, **admin)
    assert (again.status, again.json["index"], again.json["receipt"]) == (
        200,
        first.json["index"],
        first.json["receipt"],
    )
    assert served.ask(P).json["paused"] is True

    later = served.post(f"{P}/transitions", {"to": "extended", "close": "2190-01-01T00:00:00Z"}, **admin)
    assert (later.status, served.ask(P).json["closes"]) == (200, "2190-01-01T00:00:00Z")
    resumed = served.post(f"{P}/transitions", {"to": "resumed"}, **admin)
    assert (resumed.status, resumed.json["paused"], resumed.json["phase"]) == (200, False, "open")


@pytest.mark.parametrize("desk", [desk for desk in DESKS if desk.scope is None], ids=lambda desk: desk.path)
def test_a123_a_leaf_of_more_bytes_than_any_has_is_refused(served: Served, desk: Desk) -> None:
    """It has no more characters than a leaf may have."""
    answer = served.post(f"{P}/{desk.path}", {"leaf": "\u20ac" * 4000})
    assert (answer.status, answer.problem()) == (400, "request-malformed")


def test_a_signature_by_nobody_of_the_manifest_is_refused_by_the_box(served: Served, place: Path, own: Store) -> None:
    keys, setting = RehearsalKeys.read(own), own.setting()
    assert keys
    chair = setting.manifest.parties_of("administrator")[0]
    whole = signed_by(setting, "pause", Reason(2, "outage"), chair, (keys.party("administrator"), keys.party("teller")))
    forged = json.loads(whole.leaf.encode())
    forged["signatures"][1]["sig"] = "0" * 128
    text = json.dumps(forged, separators=(",", ":"), sort_keys=True)
    answer = served.post(f"{P}/transitions", {"leaf": text}, **bearer(place, "election:admin"))
    assert (answer.status, answer.problem()) == (422, "board.signature")
    assert served.ask(P).json["paused"] is False


def test_webhooks_are_told_about_only_where_there_are_some(served: Served, place: Path) -> None:
    answer = served.ask("/v1/webhooks", **bearer(place, "audit:read"))
    assert answer.json == {"public_key": None, "endpoints": []}


@pytest.mark.parametrize(("method", "path", "scope"), NEEDED)
def test_a121_no_page_of_another_origin_may_use_what_needs_a_token(
    served: Served, method: str, path: str, scope: str
) -> None:
    asked = {"origin": "https://evil.example", "access_control_request_method": method}
    answer = served.ask(path, "OPTIONS", **asked, access_control_request_headers="authorization")
    assert "authorization" not in answer.headers.get("access-control-allow-headers", "").lower()
    assert "access-control-allow-credentials" not in answer.headers
    assert method not in answer.headers.get("access-control-allow-methods", "")


def test_a121_a_token_counts_in_its_header_alone(served: Served, place: Path) -> None:
    token = bearer(place, "audit:read")["authorization"].removeprefix("Bearer ")
    for path in (f"/v1/webhooks?access_token={token}", f"/v1/webhooks?token={token}"):
        assert served.ask(path).problem() == "token-missing"
    assert served.ask("/v1/webhooks", cookie=f"access_token={token}").problem() == "token-missing"
    body = {"voter_ref": "x", "access_token": token}
    assert served.post(f"{P}/sessions", body).problem() == "token-missing"


def test_no_token_is_logged_or_kept(served: Served, place: Path, own: Store) -> None:
    token = bearer(place, "audit:read", subject="canary-subject")
    for part in (f"/v1/operations/{'0' * 32}", "/v1/webhooks"):
        served.ask(part, **token)
    served.post(f"{P}/operations", {"kind": "export"}, idempotency_key="canary-key-1", **token)
    signature = token["authorization"].rpartition(".")[2].encode()
    for path in (*(path for path in own.path.rglob("*") if path.is_file()), served.errors):
        data = path.read_bytes()
        assert signature not in data
        assert b"canary-subject" not in data
