"""The kit run against the example site as its author would: a member's cookie, the form of the button, the receiver."""

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from django_site.conftest import Adapter
from e2evote.cli import main

pytestmark = pytest.mark.usefixtures("django_site")


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def site(django_site: None) -> Iterator[str]:
    """The site's address while it runs."""
    from members_site.wsgi import application

    with make_server("127.0.0.1", 0, application, Server, Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture
def cookie(django_site: None, tmp_path: Path) -> Iterator[Path]:
    """A private file with the headers of a member who is logged in."""
    from django.contrib.auth.models import User
    from django.test import Client

    user = User.objects.create_user("tester")
    client = Client()
    client.force_login(user)
    path = tmp_path / "cookie"
    path.write_text(f"Cookie: sessionid={client.cookies['sessionid'].value}\n")
    path.chmod(0o600)
    yield path
    user.delete()


def test_the_example_passes_every_check(
    adapter: Adapter, site: str, cookie: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(
        [
            *("conformance", adapter.api, "--expect", str(adapter.anchors), "--token-file", str(adapter.token_file)),
            *("--page", f"{site}/#vote", "--page-headers", str(cookie)),
            *("--webhook", f"{site}/hooks/e2evote", "--webhook-key", str(adapter.folder / "test.key")),
        ]
    )
    said = capsys.readouterr().out
    assert code == 0, said
    skipped = [line.split()[1] for line in said.splitlines() if line.startswith("skip")]
    assert skipped == ["page.integrity", "page.scripts"]


def test_without_the_members_cookie_the_page_is_none(
    adapter: Adapter, site: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["conformance", adapter.api, "--page", f"{site}/#vote"]) == 1
    assert "no form with method post and id 'vote'" in capsys.readouterr().out
