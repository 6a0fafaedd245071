"""nginx and Caddy with the files that operators copy, in front of a real server in a sub-folder."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from api.served import ADA, ID, Served, rehearsal, serving
from e2evote.adapter.api.settings import decode_settings
from tests.operations.people import devices, sent

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FOLDER = "/selections"
PROXIES = ("nginx", "caddy")
OF_THE_CONNECTION = {"connection", "date", "server", "transfer-encoding", "keep-alive", "content-length", "via"}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def nginx_conf(folder: Path, port: int, upstream: int) -> tuple[list[str], Path]:
    """The file as it is, but for addresses, the certificate and where logs go."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    text = re.sub(r"^ +ssl_.*\n", "", text, flags=re.MULTILINE).replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    text = text.replace("127.0.0.1:8800", f"127.0.0.1:{upstream}").replace("/var/log/nginx", str(folder))
    places = "".join(f"{name}_temp_path {folder};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    file = folder / "nginx.conf"
    main = f"pid {folder}/pid;\nerror_log stderr;\ndaemon off;\nmaster_process off;\nevents {{}}\n"
    file.write_text(f"{main}http {{\n{places}{text}}}\n")
    return ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(file)], folder / "e2evote.log"


def caddy_conf(folder: Path, port: int, upstream: int) -> tuple[list[str], Path]:
    text = (DEPLOY / "Caddyfile").read_text("utf-8")
    text = text.replace("vote.example.org", f"http://127.0.0.1:{port}").replace(
        "127.0.0.1:8800", f"127.0.0.1:{upstream}"
    )
    file = folder / "Caddyfile"
    file.write_text(text.replace("{\n", "{\n\tadmin off\n", 1))
    return ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"], folder / "errors"


@contextmanager
def proxied(kind: str, folder: Path, upstream: int) -> Iterator[tuple[Served, Path]]:
    """The proxy, and the log of accesses that it writes."""
    if not shutil.which(kind, path=f"{os.defpath}:/usr/sbin"):
        pytest.skip(f"{kind} is not installed")
    port = free_port()
    words, log = (nginx_conf if kind == "nginx" else caddy_conf)(folder, port, upstream)
    environment = {
        "PATH": f"{os.defpath}:/usr/sbin",
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
    try:
        for _ in range(200):
            assert process.poll() is None, (folder / "errors").read_text()
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield Served(f"http://127.0.0.1:{port}", process, folder / "errors"), log  # type: ignore[arg-type]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.mark.slow
@pytest.mark.parametrize("kind", PROXIES)
def test_a_proxy_keeps_headers_takes_ballots_and_writes_no_voter_down(kind: str, tmp_path: Path) -> None:
    store = rehearsal(tmp_path / "s")
    config = (
        '[proxy]\nheader = "X-Forwarded-For"\ntrusted = ["127.0.0.1"]\n[limits]\ncasts = {burst = 3, per_minute = 1}\n'
    )
    public = ("--public-url", f"http://127.0.0.1{FOLDER}")
    (tmp_path / "proxy").mkdir(mode=0o755)
    with serving(tmp_path, store, config=config, arguments=public) as server:
        upstream = int(server.url.rpartition(":")[2])
        with proxied(kind, tmp_path / "proxy", upstream) as (proxy, log):
            for path in (f"/v1/elections/{ID}", f"/v1/elections/{ID}/manifest", "/v1/elections/nobody", "/v1/health"):
                direct, through = server.ask(FOLDER + path), proxy.ask(FOLDER + path)
                assert (direct.status, direct.body) == (through.status, through.body)
                kept = [
                    {name: text for name, text in answer.headers.items() if name not in OF_THE_CONNECTION}
                    for answer in (direct, through)
                ]
                assert kept[0] == kept[1]
                assert through.headers["x-content-type-options"] == "nosniff"
            assert proxy.ask(f"{FOLDER}/v1/metrics").status == 404
            ballots = f"{FOLDER}/v1/elections/{ID}/ballots"
            ready = devices(store).cast("vera", ADA, "")
            cast = proxy.post(ballots, sent(ready.envelope))
            assert (cast.status, cast.json["status"]) == (201, "accepted")
            found = proxy.ask(f"{FOLDER}/v1/elections/{ID}/lines/{ready.line}/ballots/{ready.tracker}")
            assert found.json["status"] == "recorded"
            with suppress(ConnectionError, http.client.HTTPException):  # it may be closed before all of it was sent
                large = b"{" + b" " * (9 * 2**20)
                assert proxy.ask(ballots, "POST", large, content_type="application/json").status == 413
            # what a client says about its own address does not count, so it does not get a bucket of its own each time
            forged = {"content_type": "application/json"}
            codes = [proxy.ask(ballots, "POST", b"{}", **forged, x_forwarded_for=f"203.0.113.{n}") for n in range(4)]
            assert codes[-1].status == 429
    access = log.read_text("utf-8")
    address = "127.0.0.1" if kind == "nginx" else "remote_ip"  # Caddy names the address that it listens at
    assert [word for word in ("ballots", address, "203.0.113", ready.tracker, ready.line) if word in access] == []
    assert kind == "caddy" or " 201 " in access


def test_the_configuration_is_read_by_the_server() -> None:
    settings = decode_settings((DEPLOY / "serve.toml").read_bytes())
    assert (settings.prefix, settings.is_https, settings.host) == (FOLDER, True, "127.0.0.1")
    assert settings.proxies.header == "x-forwarded-for"
