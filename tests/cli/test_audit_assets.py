"""`e2evote audit-assets`: whatever a server changes about the page that voters get is named."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cli.running import Ended, run
from e2evote.adapter.assets_fetch import Folder
from e2evote.adapter.web.assets import asset_hashes, client_files
from e2evote.errors import Refused
from e2evote.hashing.digest import sha256
from e2evote.manifest.draft import draft
from e2evote.manifest.model import Manifest
from e2evote.verify.anchors import Anchors
from manifest.test_draft import FACTS

PATH = "/sub/elections/spring/client/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {"content-security-policy": POLICY, "x-content-type-options": "nosniff"}


@dataclass(slots=True)
class Server:
    """Files and headers that a test may change. status: of all answers. who: sees the request's headers first."""

    files: dict[str, bytes]
    headers: dict[str, str] = field(default_factory=lambda: dict(HEADERS))
    redirect: str = ""
    who: Callable[[Mapping[str, str]], dict[str, bytes]] = lambda headers: {}
    url: str = ""


@pytest.fixture
def server() -> Iterator[Server]:
    serving = Server({PATH + name: data for name, data in client_files().items()})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = {**serving.files, **serving.who(self.headers)}.get(self.path)  # type: ignore[arg-type]
            self.send_response(302 if serving.redirect else 404 if data is None else 200)
            for name, text in serving.headers.items():
                self.send_header(name, text)
            if serving.redirect:
                self.send_header("location", serving.redirect)
            self.send_header("content-length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    serving.url = f"http://127.0.0.1:{http.server_address[1]}"
    yield serving
    http.shutdown()
    http.server_close()


@pytest.fixture
def manifest() -> Manifest:
    return draft(**FACTS | {"assets": asset_hashes()})


def audited(server: Server, manifest: Manifest, folder: Path) -> Ended:
    (folder / "manifest.json").write_bytes(manifest.encode())
    return run("audit-assets", server.url + PATH, "--manifest", folder / "manifest.json", "--json")


def findings(server: Server, manifest: Manifest, folder: Path) -> set[tuple[str, str]]:
    ran = audited(server, manifest, folder)
    assert ran.code == 1, ran
    return {(one["file"], one["what"]) for one in json.loads(ran.out)["findings"]}


def test_the_page_that_this_package_ships_is_found_to_be_the_one(
    server: Server, manifest: Manifest, tmp_path: Path
) -> None:
    ran = audited(server, manifest, tmp_path)
    assert ran.code == 6, "nothing is wrong, and nothing from outside says that it is this manifest"
    told = json.loads(ran.out)
    assert told["findings"] == []
    assert {file["name"]: file["status"] for file in told["files"]} == dict.fromkeys(client_files(), "same")
    assert told["address"] == server.url + PATH


def test_a126_one_changed_byte_of_any_file_is_named(server: Server, manifest: Manifest, tmp_path: Path) -> None:
    for name, data in client_files().items():
        before = server.files[PATH + name]
        server.files[PATH + name] = data[:-1] + bytes([data[-1] ^ 1])
        assert (name, "differs") in findings(server, manifest, tmp_path)
        server.files[PATH + name] = before


def test_a_file_that_is_not_there_is_named(server: Server, manifest: Manifest, tmp_path: Path) -> None:
    del server.files[PATH + "e2evote.js"]
    assert ("e2evote.js", "missing") in findings(server, manifest, tmp_path)


INJECTED: list[tuple[str, str]] = [
    ("<script src=extra.js></script>", "unnamed"),
    ("<script src='https://elsewhere.example/e2evote.js'></script>", "unnamed"),
    ("<script src='//elsewhere.example/e2evote.js'></script>", "unnamed"),
    ("<link rel=stylesheet href=../other.css>", "unnamed"),
    ("<link rel=modulepreload href=extra.js>", "unnamed"),
    ("<img src='https://elsewhere.example/count.gif'>", "unnamed"),
    ("<iframe src=x></iframe>", "unnamed"),
    ("<form action='https://elsewhere.example/'></form>", "unnamed"),
    ("<button formaction='//elsewhere.example'></button>", "unnamed"),
    ("<script type=module src=e2evote.js></script>", "integrity"),
    ("<script src=e2evote.js integrity=sha384-AAAA></script>", "integrity"),
    ("<script src=e2evote.js integrity='md5-AAAA'></script>", "integrity"),
    ("<link rel='stylesheet icon' href=e2evote.css>", "integrity"),
    ("<link href=e2evote.css>", "integrity"),
    ("<link rel=icon href=//elsewhere.example/icon.png>", "unnamed"),
    ("<script>alert(1)</script>", "inline"),
    ("<style>p{}</style>", "inline"),
    ("<p onclick=x>", "inline"),
    ("<p style=x>", "inline"),
    ("<base href='https://elsewhere.example/'>", "inline"),
    ("<meta http-equiv=Refresh content='0;url=//elsewhere.example'>", "inline"),
    ("<a href=' JavaScript:alert(1)'>", "inline"),
]


@pytest.mark.parametrize(("markup", "what"), INJECTED)
def test_a121_what_is_put_into_the_page_is_named_beside_that_it_differs(
    server: Server, manifest: Manifest, tmp_path: Path, markup: str, what: str
) -> None:
    server.files[PATH + "index.html"] += markup.encode()
    assert {("index.html", "differs"), ("index.html", what)} <= findings(server, manifest, tmp_path)


def test_a126_a_manifest_that_names_a_page_with_more_than_it_names_is_told(server: Server, tmp_path: Path) -> None:
    """Whoever builds the page may have put something in before it was named."""
    page = client_files()["index.html"].replace(b"<main>", b"<script src=https://elsewhere.example/x.js></script>")
    server.files[PATH + "index.html"] = page
    manifest = draft(**FACTS | {"assets": {**asset_hashes(), "index.html": sha256(page)}})
    assert findings(server, manifest, tmp_path) == {("index.html", "unnamed")}


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("", "no Content-Security-Policy"),
        (POLICY.replace("default-src 'none'", "default-src 'self'"), "default-src has 'self'"),
        (POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"), "script-src has 'unsafe-inline'"),
        (POLICY.replace("script-src 'self'", "script-src *"), "script-src has *"),
        (POLICY.replace("connect-src 'self'", "connect-src https:"), "connect-src has https:"),
        (POLICY.replace("base-uri 'none'; ", ""), "no base-uri"),
        (POLICY.replace("frame-ancestors 'none'; ", ""), "no frame-ancestors"),
        (POLICY.replace("form-action 'self'", "form-action https://elsewhere.example"), "form-action has https://else"),
        (POLICY.replace("require-trusted-types-for 'script'; ", ""), "no require-trusted-types-for"),
        ("script-src *; " + POLICY, "script-src has *"),
    ],
)
def test_a121_a_policy_that_lets_more_happen_is_named(
    server: Server, manifest: Manifest, tmp_path: Path, policy: str, says: str
) -> None:
    server.headers["content-security-policy"] = policy
    ran = audited(server, manifest, tmp_path)
    assert ran.code == 1
    assert says in ran.out
    assert {one["what"] for one in json.loads(ran.out)["findings"]} == {"policy"}


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("link", "</x.js>; rel=preload", "header"),
        ("refresh", "0; url=https://elsewhere.example", "header"),
        ("set-cookie", "who=you", "header"),
        ("x-content-type-options", "sniff", "policy"),
    ],
)
def test_a121_headers_that_lead_elsewhere_or_recognise_people_are_named(
    server: Server, manifest: Manifest, tmp_path: Path, name: str, text: str, what: str
) -> None:
    server.headers[name] = text
    assert {one for _, one in findings(server, manifest, tmp_path)} == {what}


def test_a_redirection_is_not_followed(server: Server, manifest: Manifest, tmp_path: Path) -> None:
    server.redirect = "https://elsewhere.example/"
    assert {what for _, what in findings(server, manifest, tmp_path)} == {"missing"}


def test_a126_a_page_for_programs_alone_does_not_deceive_it(server: Server, manifest: Manifest, tmp_path: Path) -> None:
    def cheat(headers: Mapping[str, str]) -> dict[str, bytes]:
        is_browser = "Mozilla" in headers["user-agent"] and "text/html" in headers["accept"]
        return {PATH + "index.html": b"<p>another page</p>"} if is_browser else {}

    server.who = cheat
    assert ("index.html", "differs") in findings(server, manifest, tmp_path)


def test_a126_whoever_recognises_the_auditor_deceives_it_as_the_documents_say(
    server: Server, manifest: Manifest, tmp_path: Path
) -> None:
    """The limit: voters come from other addresses and send other headers. Browsers that are asked see it."""
    server.who = lambda headers: {PATH + "index.html": b"<p>evil</p>"} if "sec-ch-ua" in headers else {}
    assert audited(server, manifest, tmp_path).code == 6
    page = (Path(__file__).resolve().parents[2] / "docs" / "guide-auditor.md").read_text("utf-8")
    assert "a server that knows who asks" in " ".join(page.split())


def test_with_anchors_the_manifest_of_the_server_is_good_enough(
    server: Server, manifest: Manifest, tmp_path: Path
) -> None:
    ran = audited(server, manifest, tmp_path)
    base_hash = bytes.fromhex(json.loads(ran.out)["base_hash"])
    expect = tmp_path / "anchors.json"
    expect.write_bytes(Anchors(base_hash, bytes(32), "log+key").encode())
    server.files["/sub/v1/elections/spring/manifest"] = manifest.encode()
    for page in (PATH, PATH + "index.html", PATH + "#lang=cy"):
        assert run("audit-assets", server.url + page, "--expect", expect).code == 0
    other = draft(**FACTS | {"assets": {"index.html": bytes(32)}})
    server.files["/sub/v1/elections/spring/manifest"] = other.encode()
    ran = run("audit-assets", server.url + PATH, "--expect", expect)
    assert ran.code == 1
    assert "anchor.base-hash" in ran.err


def test_it_says_what_it_needs(server: Server, tmp_path: Path) -> None:
    assert run("audit-assets", server.url + PATH).code == 2
    (tmp_path / "manifest.json").write_bytes(draft(**FACTS).encode())
    ran = run("audit-assets", server.url + PATH, "--manifest", tmp_path / "manifest.json")
    assert ran.code == 2
    assert "no-client" in ran.err
    assert run("audit-assets", "file:///etc/passwd", "--manifest", tmp_path / "manifest.json").code == 2


def test_a_file_that_never_ends_is_given_up(server: Server) -> None:
    server.files[PATH + "index.html"] = bytes(16 * 2**20 + 1)
    with pytest.raises(Refused, match="more than 16777216 bytes"):
        Folder(server.url + PATH).get("index.html")
    server.files[PATH + "index.html"] = bytes(2**20)
    with pytest.raises(Refused, match="not there within 0 s"):
        Folder(server.url + PATH, longest=0).get("index.html")
