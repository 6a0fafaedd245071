"""Addresses, methods and headers that want to get out of where they belong."""

import socket

import pytest

from api.served import ADA, JSON, Answer, P, Served, body
from e2evote.adapter.api.headers import PAGE, PAGE_POLICY
from e2evote.adapter.rehearsed_voters import RehearsedVoters
from e2evote.adapter.store import Store
from e2evote.adapter.web.assets import BUILT

MARK = "Xj7marker"
PLACES = [
    "/v1/elections",
    P,
    f"{P}/manifest",
    f"{P}/lines/{'ab' * 32}",
    f"{P}/reconciliation",
    f"{P}/result",
    f"{P}/report",
    f"{P}/record.zip",
    f"{P}/board/checkpoint",
    "/v1/health",
    "/v1/metrics",
]


def raw(server: Served, request: bytes) -> bytes:
    with socket.create_connection(server.address, 30) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer and (chunk := connection.recv(65536)):
            answer += chunk
        return answer


@pytest.mark.parametrize(
    "name",
    [
        "../../../private/log.key",
        "..%2f..%2fprivate/rehearsal",
        "%2e%2e/private/rehearsal",
        "tile/../../private/rehearsal",
        "tile/%2e%2e/%2e%2e/private/rehearsal",
        "/etc/passwd",
        "//etc/passwd",
        "checkpoint%00",
        "checkpoint/",
        "Checkpoint",
        "checkpoint;x",
        ".lock",
        "tile",
        "",
        "tile/0/000.p/0",
        "%c0%ae%c0%ae/private/rehearsal",
        "..%5c..%5cprivate",
    ],
)
def test_a120_nothing_but_files_of_the_board_is_served_from_its_folder(server: Served, name: str) -> None:
    for place in (f"{P}/board/", "/elections/rehearsal/client/"):
        if place.endswith("client/") and not name:
            continue
        answer = raw(server, f"GET {place}{name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 404 "), answer[:200]


@pytest.mark.parametrize(
    "id", ["nobody", "", "REHEARSAL", "rehearsal%00", "..", "%2e%2e", "rehearsal/../rehearsal", "é", "'--", "{id}"]
)
def test_an_election_that_is_not_here_is_not_found(server: Served, id: str) -> None:
    request = f"GET /v1/elections/{id}/manifest HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = raw(server, request.encode("latin-1"))
    assert answer.split(b" ")[1] in (b"404", b"400"), answer


@pytest.mark.parametrize("path", PLACES)
def test_head_is_answered_like_get_without_the_body(server: Served, path: str) -> None:
    get, head = server.ask(path), server.ask(path, "HEAD")
    assert head.status == get.status
    assert head.body == b""
    for name in ("content-type", "cache-control", "etag", "content-security-policy"):
        assert head.headers.get(name) == get.headers.get(name)
    if path != "/v1/metrics":
        assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize("path", [*PLACES, f"{P}/ballots", f"{P}/sessions/exchange"])
def test_other_methods_are_refused_and_the_right_ones_named(server: Served, path: str) -> None:
    others = {"/v1/elections": ("POST",), f"{P}/manifest": ("PUT",)}.get(path, ())
    posts = path.endswith(("ballots", "exchange"))
    taken = ("POST",) if posts else ("GET", "HEAD", *others)
    allowed = ", ".join(sorted(("OPTIONS", *taken)))
    for method in {"DELETE", "GET", "PATCH", "POST", "PUT", "TRACE", "BREW"} - set(taken):
        answer = server.ask(path, method, b"{}" if method != "GET" else None)
        assert (answer.status, answer.problem(), answer.headers["allow"]) == (405, "method-not-allowed", allowed)
    options = server.ask(path, "OPTIONS")
    assert (options.status, options.body, options.headers["allow"]) == (204, b"", allowed)


def test_pages_of_other_origins_may_read_and_cast_without_credentials(server: Served) -> None:
    preflight = server.ask(
        f"{P}/ballots",
        "OPTIONS",
        origin="https://host.example",
        access_control_request_method="POST",
        access_control_request_headers="content-type",
    )
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert preflight.headers["access-control-allow-methods"] == "POST"
    assert preflight.headers["access-control-allow-headers"] == "content-type"
    for answer in (preflight, server.ask(P, origin="https://host.example"), server.ask("/nothing")):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


def every_kind_of_answer(server: Served, devices: RehearsedVoters) -> list[Answer]:
    answers = [server.ask(f"{path}?callback={MARK}&jsonp={MARK}") for path in PLACES]
    answers += [server.ask(path, "HEAD") for path in PLACES]
    answers += [server.ask(f"/{MARK}"), server.ask(P, MARK), server.ask(P, "OPTIONS")]
    answers.append(server.ask(f"/v1/elections/{MARK}"))
    answers.append(server.ask(f"{P}/lines/{MARK}%3Cscript%3E"))
    answers.append(server.ask(f"{P}/submissions/{MARK}"))
    answers.append(server.ask(P, cookie=f"{MARK}=1", origin=f"https://{MARK}", referer=f"https://{MARK}", host=MARK))
    answers.append(server.post(f"{P}/ballots", {MARK: MARK, "leaf": MARK, "payload": MARK}))
    answers.append(server.post(f"{P}/ballots", {"leaf": MARK, "payload": MARK}, authorization=f"Bearer {MARK}"))
    answers.append(server.post(f"{P}/ballots", body(devices.cast("headers", ADA, ""))))
    return answers


def test_a121_no_answer_sets_a_cookie_runs_in_a_page_or_puts_what_was_sent_into_a_header(
    server: Served, devices: RehearsedVoters
) -> None:
    for answer in every_kind_of_answer(server, devices):
        headers = answer.headers
        assert "set-cookie" not in headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers.get("content-type", JSON).partition(";")[0] not in ("text/html", "text/javascript")
        assert MARK not in str(headers)
        assert MARK.encode() not in answer.body.partition(b"(")[0]


def test_a121_no_answer_names_the_program_that_serves(server: Served) -> None:
    for path in ("/v1/health", "/nothing"):
        assert "server" not in server.ask(path).headers


def test_a_page_has_the_headers_of_a_page() -> None:
    for directive in ("script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"):
        assert directive in PAGE_POLICY
    for loose in ("unsafe-inline", "unsafe-eval", "data:", "*", "http:"):
        assert loose not in PAGE_POLICY
    assert PAGE["content-security-policy"] == PAGE_POLICY
    assert PAGE["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /v1/health\r\nX-Injected: 1 HTTP/1.1",
        b"GET /v1/health%0d%0aX-Injected:%201 HTTP/1.1",
        b"GET http://other.example/v1/health HTTP/1.1",
        b"GET  HTTP/1.1",
        b"GET * HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
)
def test_a120_a_broken_request_line_injects_no_header(server: Served, request_line: bytes) -> None:
    answer = raw(server, request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"x-injected" not in answer.lower()
    assert answer.split(b" ")[1] in (b"200", b"400", b"404")


def test_files_that_have_not_changed_are_not_sent_again(server: Served) -> None:
    for path in (f"{P}/manifest", f"{P}/board/checkpoint", f"{P}/record.zip"):
        tag = server.ask(path).headers["etag"]
        again = server.ask(path, if_none_match=tag)
        assert (again.status, again.body) == (304, b"")
        # A browser puts the headers of a 304 on what it has kept, so that a page would get the policy of data.
        assert "content-security-policy" not in again.headers
        assert again.headers["cache-control"] == server.ask(path).headers["cache-control"]
        assert server.ask(path, if_none_match='"other"').status == 200


def test_the_manifest_is_the_very_bytes_of_entry_0(server: Served, store: Store) -> None:
    assert server.ask(f"{P}/manifest").body == store.setting().manifest.encode()


def test_the_client_is_served_byte_for_byte_with_its_types(server: Served) -> None:
    types = {"index.html": "text/html", "e2evote.js": "text/javascript", "e2evote.css": "text/css"}
    for name, kind in types.items():
        answer = server.ask(f"/elections/rehearsal/client/{name}")
        assert answer.body == (BUILT / name).read_bytes()
        assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["access-control-allow-origin"] == "*", "a host's page may load the element"
        page = name == "index.html"
        assert (answer.headers["content-security-policy"] == PAGE_POLICY) is page
        assert answer.headers["cross-origin-resource-policy"] == ("same-origin" if page else "cross-origin")
        again = server.ask(f"/elections/rehearsal/client/{name}", if_none_match=answer.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        assert "content-security-policy" not in again.headers
    assert server.ask("/elections/rehearsal/client/").body == (BUILT / "index.html").read_bytes()
    assert server.ask("/elections/rehearsal/client/SHA256SUMS").problem() == "not-found"


def test_the_client_is_found_without_its_last_slash_too(server: Served) -> None:
    moved = server.ask("/elections/rehearsal/client")
    assert (moved.status, moved.headers["location"]) == (308, "client/")
    assert server.ask("/elections/nobody/client").problem() == "election-unknown"
