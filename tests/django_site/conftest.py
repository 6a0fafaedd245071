"""A real adapter in a process of its own, with two selections, and the example site that is told of them.

Of one selection voting is open; the other one is over, with a result. The site runs in this process, by Django's test
client; its settings are those of the first.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from django_site.breaking_proxy import breaking_proxy
from e2evote.adapter import Election
from e2evote.adapter.api.webhook_key import WebhookKey, webhook_key
from e2evote.manifest.draft import ContestFacts, OptionFacts

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "examples" / "django_selection"
CONTESTS = (
    ContestFacts("chair", "Chair", (OptionFacts("ada", "Ada Lovelace"), OptionFacts("grace", "Grace Hopper"))),
    ContestFacts("motion", "Motion", (OptionFacts("yes", "Yes"), OptionFacts("no", "No"))),
)


@dataclass(frozen=True)
class Adapter:
    """Where it is. token: for what this folder's tests ask of it."""

    url: str
    folder: Path
    token: str
    webhook_key: WebhookKey

    @property
    def api(self) -> str:
        return f"{self.url}/v1/elections/committee"

    @property
    def anchors(self) -> Path:
        return self.folder / "committee" / "anchors.json"

    @property
    def token_file(self) -> Path:
        """A private file with the token."""
        path = self.folder / "token"
        path.write_text(self.token)
        path.chmod(0o600)
        return path


def e2evote(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "e2evote", *map(str, arguments)]


@pytest.fixture(scope="session")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adapter]:
    """Serves the two selections."""
    folder = tmp_path_factory.mktemp("adapter")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    _selection(folder / "committee", "committee", over=False)
    _selection(folder / "before", "before", over=True)
    token = _token(folder, environment)
    stores = "".join(f'[[store]]\npath = "{name}"\n' for name in ("committee", "before"))
    config = folder / "serve.toml"
    config.write_text(f"{stores}{(folder / 'issuer' / 'tokens.toml').read_text()}")
    (folder / "jwks.json").write_bytes((folder / "issuer" / "jwks.json").read_bytes())
    with (folder / "server.log").open("wb") as log:
        command = e2evote("serve", "--config", config, "--port", "0", "--allow-test-group", "--json")
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment)
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            assert line, (folder / "server.log").read_text()
            url = json.loads(line)["address"]
            yield Adapter(url, folder, token, webhook_key(folder / "test.key"))
        finally:
            server.terminate()
            server.wait(20)
            server.stdout.close()


def _selection(store: Path, election: str, *, over: bool) -> None:
    """A rehearsal with a roll of eight; over: three have voted, and the result is out."""
    with Election.create(
        store,
        name="Election of the committee",
        election=election,
        contests=CONTESTS,
        rehearsal=True,
        group="test-512",
        members=8,
        registrars=2,
        channels=("online",) if over else ("online", "in_person", "postal"),
    ) as made:
        made.open()
        if over:
            for letter in made.letters()[:3]:
                made.cast(letter.line, {"chair": {"ada": 1}, "motion": {"": 1}})
            made.close()
            made.tally()


def _token(folder: Path, environment: dict[str, str]) -> str:
    """An issuer, and a token for what this folder's tests do."""
    passphrase = folder / "passphrase"
    passphrase.write_text(secrets.token_urlsafe(16))
    passphrase.chmod(0o600)
    where = ["--issuer", "http://localhost/tokens", "--audience", "http://localhost", "--scrypt-log2", "15"]
    _run(environment, "token", "issuer", folder / "issuer", *where, "--passphrase-file", passphrase)
    scopes = ("ballot:submit", "election:admin")
    named = [part for scope in scopes for part in ("--scope", scope)]
    command = ("token", "new", folder / "issuer", "--subject", "test", "--passphrase-file", passphrase, *named)
    return _run(environment, *command).strip()


def _run(environment: dict[str, str], *arguments: str | Path) -> str:
    return subprocess.run(e2evote(*arguments), env=environment, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def proxy(adapter: Adapter) -> Iterator[str]:
    """A proxy before the adapter that breaks what the first folder of an address says."""
    with breaking_proxy(adapter.url) as url:
        yield url


@pytest.fixture(scope="session")
def django_site(adapter: Adapter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Django, set up once in this process for the example's settings, with an empty database."""
    django = pytest.importorskip("django", reason="django is not installed (the extra [dev])")
    folder = tmp_path_factory.mktemp("site")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "members_site.settings",
        "SITE_SECRET_KEY": secrets.token_urlsafe(40),
        "SITE_HOSTS": "testserver,localhost",
        "SITE_DATABASE": str(folder / "site.sqlite3"),
        "SITE_LOCAL": "1",
        "E2EVOTE_API": adapter.api,
        "E2EVOTE_PAGES": f"{adapter.url}/elections/committee",
        "E2EVOTE_ANCHORS_FILE": str(adapter.anchors),
        "E2EVOTE_TOKEN_FILE": str(adapter.token_file),
        "E2EVOTE_WEBHOOK_KEY": adapter.webhook_key.public,
    }
    sys.path.insert(0, str(SITE))
    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    yield
    from selection import adapter_client

    adapter_client._http.close()
    connections.close_all()
