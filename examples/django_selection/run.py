"""A rehearsal of a selection with a members' site, by one command: python examples/django_selection/run.py

    run.py [FOLDER]              make the selection and the site if they are not there, start both, say where to log in
    run.py [FOLDER] close        (in another terminal) voting ends
    run.py [FOLDER] tally        the trustees decrypt, and the result is published

The adapter listens on port 8800 and the site on 8000, or on those in ADAPTER_PORT and SITE_PORT, the same each time.

THIS MACHINE THEN HOLDS EVERY KEY. In a real selection the parts that are made here belong to several people on several
machines; docs/guide-integrator.md says who does what. The site itself uses none of this file.
"""

import argparse
import csv
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx2

from e2evote.adapter.api.webhook_key import webhook_key

HERE = Path(__file__).resolve().parent
ELECTION, NAME = "committee", "Election of the committee"
CONTESTS = ("Chair=Ada Lovelace,Grace Hopper,Mary Somerville", "Motion: meet in May=Yes,No")
ADAPTER_PORT, SITE_PORT = (int(os.environ.get(*name)) for name in (("ADAPTER_PORT", "8800"), ("SITE_PORT", "8000")))
ADAPTER, SITE = f"http://localhost:{ADAPTER_PORT}", f"http://localhost:{SITE_PORT}"


def e2evote(*arguments: str | Path) -> str:
    """What a command of e2evote prints."""
    command = [sys.executable, "-m", "e2evote", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def private(path: Path, text: str) -> Path:
    """A file that nobody else may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    return path


def token(folder: Path, *scopes: str) -> str:
    """From the issuer of tokens, which in a real selection is the society's own OpenID Connect server."""
    arguments = [part for scope in scopes for part in ("--scope", scope)]
    passphrase = ("--passphrase-file", folder / "passphrase")
    return e2evote("token", "new", folder / "issuer", "--subject", "rehearsal", *arguments, *passphrase).strip()


def make(folder: Path) -> None:
    """The selection with its roll and letters, the issuer of tokens, and the settings of adapter and site."""
    folder.mkdir()
    (folder / ".gitignore").write_text("*\n")
    passphrase = private(folder / "passphrase", secrets.token_urlsafe(24))
    contests = [part for contest in CONTESTS for part in ("--contest", contest)]
    paper = ("--paper", "in_person", "--paper", "postal")
    e2evote("rehearse", folder / "box", "--id", ELECTION, "--name", NAME, *contests, *paper, "--url", ADAPTER)
    names = ("--issuer", f"{ADAPTER}/tokens", "--audience", ADAPTER)
    e2evote("token", "issuer", folder / "issuer", *names, "--passphrase-file", passphrase)
    (folder / "jwks.json").write_bytes((folder / "issuer" / "jwks.json").read_bytes())
    (folder / "serve.toml").write_text(
        f'[[store]]\npath = "box"\n\n{(folder / "issuer" / "tokens.toml").read_text()}\n'
        f'[[webhooks.to]]\nurl = "{SITE}/hooks/e2evote"\n\n'
        f'[server]\nport = {ADAPTER_PORT}\npublic_url = "{ADAPTER}"\n'
    )
    private(folder / "secret-key", secrets.token_urlsafe(50))
    members = sorted(letters(folder), key=lambda row: row["reference"])
    people = [{"username": f"member{n}", "name": row["name"]} for n, row in enumerate(members, 1)]
    people.append({"username": "staff", "name": "Staff", "staff": True})
    private(folder / "people.json", json.dumps([{**one, "password": secrets.token_urlsafe(9)} for one in people]))


def letters(folder: Path) -> list[dict[str, str]]:
    """What members would have got by post and by mail: line number, and codes."""
    with (folder / "box" / "letters.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def site_environment(folder: Path) -> dict[str, str]:
    """All that the site is told: addresses, the announced anchors, its token, the key that signs webhooks."""
    return {
        **os.environ,
        "SITE_SECRET_KEY": (folder / "secret-key").read_text(),
        "SITE_HOSTS": "localhost",
        "SITE_DATABASE": str(folder / "site.sqlite3"),
        "SITE_LOCAL": "1",
        "E2EVOTE_API": f"{ADAPTER}/v1/elections/{ELECTION}",
        "E2EVOTE_PAGES": f"{ADAPTER}/elections/{ELECTION}",
        "E2EVOTE_ANCHORS_FILE": str(folder / "box" / "anchors.json"),
        "E2EVOTE_TOKEN_FILE": str(private(folder / "site-token", token(folder, "ballot:submit"))),
        "E2EVOTE_WEBHOOK_KEY": webhook_key(folder / "webhooks.key").public,
        "E2EVOTE_REHEARSAL": "1",
    }


def start(folder: Path) -> None:
    """Both servers, until Ctrl-C or a request to terminate."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    environment = site_environment(folder)
    manage = [sys.executable, str(HERE / "manage.py")]
    with (folder / "adapter.log").open("ab") as log:
        adapter = subprocess.Popen(
            [sys.executable, "-m", "e2evote", "serve", "--config", str(folder / "serve.toml")], stdout=log, stderr=log
        )
    site, is_new = None, not (folder / "site.sqlite3").exists()
    try:
        subprocess.run([*manage, "migrate", "--verbosity", "0"], env=environment, check=True)
        if is_new:
            with (folder / "people.json").open("rb") as people:
                subprocess.run([*manage, "load_members"], env=environment, stdin=people, check=True)
        if not answers(adapter, f"{ADAPTER}/v1/elections/{ELECTION}"):
            sys.exit(f"the adapter ended: {(folder / 'adapter.log').read_text().splitlines()[-1]}")
        site = subprocess.Popen([*manage, "runserver", "--noreload", str(SITE_PORT)], env=environment)
        if answers(site, f"{SITE}/login"):
            say(folder)
            site.wait()
    except KeyboardInterrupt:
        print("\nending")
    finally:
        for process in filter(None, (site, adapter)):
            process.terminate()
            process.wait()


def answers(server: "subprocess.Popen[bytes]", url: str) -> bool:
    """Waits until the server does, which verifies the record first; False if it ends before."""
    while server.poll() is None:
        with suppress(httpx2.HTTPError):
            if httpx2.get(url).is_success:
                return True
        time.sleep(0.2)
    return False


def say(folder: Path) -> None:
    """What somebody who tries it needs: a log-in, and where that member's letter is."""
    people = json.loads((folder / "people.json").read_text())
    member, staff = people[0], people[-1]
    (line,) = (row["line"] for row in letters(folder) if row["name"] == member["name"])
    print(
        f"\n  the site      {SITE}/"
        f"\n  log in as     {member['username']}, password {member['password']}"
        f"\n  the letter    of {member['name']}: line {int(line)} in {folder / 'box' / 'letters.txt'}"
        f"\n  staff         {staff['username']}, password {staff['password']}: votes on paper"
        f"\n  others        {folder / 'people.json'}"
        f"\n  the adapter   {ADAPTER}/elections/{ELECTION}/, log in {folder / 'adapter.log'}"
        f"\n  later         python {sys.argv[0]} {folder} close, then tally; Ctrl-C here ends both servers\n",
        flush=True,
    )


def close(folder: Path) -> None:
    """Voting ends: an act of the administrator and a teller, for whom the adapter signs in a rehearsal."""
    act(folder, "transitions", {"to": "closed"})


def tally(folder: Path) -> None:
    """The tellers count the papers, which in this rehearsal are all blank; the trustees decrypt."""
    found = json.loads(e2evote("channel", "marks", folder / "box" / "record", "--json"))
    for one in found["marks"]:
        blank = {contest: {"": number} for contest, number in one["contests"].items()}
        act(folder, "channel-marks", {"channel": one["channel"], "votes": blank})
    act(folder, "transitions", {"to": "tallied"})


def act(folder: Path, path: str, body: dict[str, object]) -> None:
    headers = {"Authorization": f"Bearer {token(folder, 'election:admin', 'ballot:submit')}"}
    answer = httpx2.post(f"{ADAPTER}/v1/elections/{ELECTION}/{path}", json=body, headers=headers, timeout=600)
    if answer.is_error:
        sys.exit(f"{path}: {answer.json()['detail']}")
    print(f"{path}: {answer.json()['phase']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("django-selection"))
    parser.add_argument("act", nargs="?", choices=("start", "close", "tally"), default="start")
    arguments = parser.parse_args()
    folder = arguments.folder
    if arguments.act == "start" and not folder.exists():
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        make(part)
        part.rename(folder)
    {"start": start, "close": close, "tally": tally}[arguments.act](folder)


if __name__ == "__main__":
    main()
