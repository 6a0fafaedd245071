"""A real PostgreSQL server for tests: made in a temporary folder, reached by a Unix socket in it, and by nothing else.

PostgreSQL does not run as root; then it runs as the user `postgres`, or as `nobody`. Its durability is not turned
down: what tests say about lost commits would mean nothing otherwise.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")
SECONDS = 60
ROOM = 2**30
"""Bytes that a disk in memory must have left."""
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "16MB",
    "min_wal_size": "4MB",
    "max_wal_size": "16MB",
    "max_connections": "60",
    "autovacuum_naptime": "10s",
    "log_min_messages": "log",
    "lc_messages": "C",
}

DISCONNECT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'e2evote'"


class NoServer(Exception):
    """There is no PostgreSQL here; the text says what is missing."""


def programs() -> Path:
    """The folder with initdb and pg_ctl, of the newest version that is installed."""
    places = sorted(INSTALLED.glob("*/bin/pg_ctl"), key=lambda path: int("0" + path.parts[-3].split(".")[0]))
    found = places[-1] if places else shutil.which("pg_ctl")
    if not found or not Path(found).with_name("initdb").exists():
        raise NoServer("PostgreSQL's server is not installed (Debian: apt-get install postgresql)")
    return Path(found).parent


def server_user() -> str | None:
    """Whom the server runs as; None for ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise NoServer("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


class Server:
    """One server and its data. `start` and `stop` may be called again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self._programs, self._user = programs(), server_user()
        if self._user:
            os.chown(folder, pwd.getpwnam(self._user).pw_uid, -1)
        self._run(
            "initdb",
            "--wal-segsize=1",
            "--auth=trust",
            "--username=e2evote",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        )

    def url(self) -> str:
        """Where its database is, without a word that is secret."""
        return f"postgresql://e2evote@/postgres?host={self.folder}"

    def start(self, **settings: str) -> None:
        """Returns when it answers. settings: of the server, for this start."""
        place = self.folder / "data" / "postmaster.pid"
        if place.exists() and not is_alive(self.process()):
            # a killed server that nobody has waited for yet still looks as if it ran
            for held in (place, *self.folder.glob(".s.PGSQL.*")):
                held.unlink()
        chosen = {**SETTINGS, "unix_socket_directories": str(self.folder), **settings}
        options = " ".join(f"-c {name}='{value}'" for name, value in chosen.items())
        self._run("pg_ctl", "--wait", f"--log={self.log}", f"--options={options}", "start")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is as good as a crash: nothing is written any more, and the next start recovers from the WAL."""
        self._run("pg_ctl", "--wait", f"--mode={mode}", "stop")

    def is_running(self) -> bool:
        return self._call("pg_ctl", "status").returncode == 0 and is_alive(self.process())

    def process(self) -> int:
        """The number of the server's first process."""
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def query(self, statement: str) -> list[str]:
        """The lines that psql prints, past everything that the library does."""
        return self.psql("-c", statement).splitlines()

    def psql(self, *arguments: str, url: str = "") -> str:
        """What psql prints."""
        return self._run("psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", "-d", url or self.url(), *arguments)

    def clear(self) -> None:
        """No log is left, and nobody is connected."""
        self.query(
            f"{DISCONNECT}; DO $$ DECLARE name text; BEGIN"
            " FOR name IN SELECT nspname FROM pg_namespace WHERE nspname LIKE 'e2evote%'"
            " LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP; END $$"
        )

    def disconnect(self) -> None:
        """Ends every connection of the library."""
        self.query(DISCONNECT)

    def _call(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        data = ("--pgdata", str(self.folder / "data")) if name != "psql" else ()
        return subprocess.run(
            [str(self._programs / name), *data, *arguments],
            cwd=self.folder,
            user=self._user,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def _run(self, name: str, *arguments: str) -> str:
        done = self._call(name, *arguments)
        if done.returncode:
            log = self.log.read_text("utf-8", "replace") if self.log.exists() else ""
            raise RuntimeError(f"{name}: exit code {done.returncode}: {done.stdout.strip()[-500:]} {log[-800:]}")
        return done.stdout


def is_alive(process: int) -> bool:
    """Whether it runs; one that has ended and that nobody has waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _memory() -> str | None:
    """A disk in memory, where a sync costs nothing, if it has room: tests kill processes, never the machine."""
    memory = Path("/dev/shm")
    is_good = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return str(memory) if is_good else None


@contextmanager
def a_server(place: Path | None = None, **settings: str) -> Iterator[Server]:
    """A server of one's own, in an empty folder; NoServer where there can be none."""
    programs(), server_user()
    with tempfile.TemporaryDirectory(prefix="e2evote-pg-", dir=_memory(), ignore_cleanup_errors=True) as name:
        server = Server(place or Path(name))
        try:
            server.start(**settings)
            yield server
        finally:
            if server.is_running():
                server.stop()
