"""What operators copy: every command exists, every file is there, and who reads these files accepts them."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from e2evote.adapter.storage import create_storage
from e2evote.cli.application import app
from storage.postgres_server import NoServer, a_server

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
GUIDE = ROOT / "docs" / "operate.md"
UNITS = ("e2evote.service", "e2evote-backup.service")
PROGRAM = typer.main.get_command(app)
QUOTED = re.compile(r"`(e2evote [^`]+)`")


def commands(text: str) -> Iterator[str]:
    """Lines of code that begin with the program, and words in backquotes that do; continued lines are one."""
    joined = text.replace("\\\n", " ")
    for line in joined.splitlines():
        if line.startswith("    e2evote "):
            yield line.strip()
    yield from QUOTED.findall(joined)


def command_of(words: list[str]) -> tuple[object, list[str]]:
    """The command that these words lead to, and the words that are left."""
    command: object = PROGRAM
    left = list(words)
    while left and left[0] in getattr(command, "commands", {}):
        command = getattr(command, "commands")[left.pop(0)]  # noqa: B009
    return command, left


def complaint(line: str) -> str:
    """What is wrong with a command line: a word that is no command, or an option that the command has not."""
    words = shlex.split(line.replace("…", ""))[1:]
    command, left = command_of(words)
    if getattr(command, "commands", None) and left and not left[0].startswith("-"):
        return f"{line}: no command {left[0]}"
    known = {name for parameter in getattr(command, "params") for name in parameter.opts}  # noqa: B009
    unknown = [word for word in left if word.startswith("--") and word.split("=")[0] not in known]
    return f"{line}: no option {unknown[0]}" if unknown else ""


@pytest.mark.parametrize("line", ["e2evote boards check", "e2evote board backup --fast a b", "e2evote serve --nope"])
def test_a_command_that_is_not_there_is_noticed(line: str) -> None:
    assert complaint(line)


def test_every_command_of_the_guide_exists() -> None:
    found = list(commands(GUIDE.read_text("utf-8")))
    assert len(found) > 20
    assert [problem for line in found if (problem := complaint(line))] == []


def test_every_file_is_described_and_every_file_described_is_there() -> None:
    named = set(re.findall(r"`([^`]+)`", (DEPLOY / "README.md").read_text("utf-8")))
    assert named == {path.name for path in DEPLOY.iterdir()} - {"README.md"}
    for name in re.findall(r"`?deploy/([A-Za-z0-9._-]+\w)", GUIDE.read_text("utf-8")):
        assert (DEPLOY / name).exists(), name


# The container


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_what_the_container_copies_is_there() -> None:
    copied = [rest.split()[:-1] for word, rest in instructions() if word == "COPY" and not rest.startswith("--from")]
    assert copied
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []


def test_the_container_runs_what_there_is_and_not_as_root() -> None:
    found = instructions()
    last = {word: rest for word, rest in found}
    bases = [rest.split()[0] for word, rest in found if word == "FROM"]
    assert len(bases) == 2
    assert all(re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-[a-z]+", base) for base in bases)
    user = int(last["USER"].split(":")[0])
    assert user >= 1000
    assert [word for word, _ in found].index("USER") > max(
        number for number, (word, _) in enumerate(found) if word == "RUN"
    )
    assert last["ENTRYPOINT"] == '["e2evote"]'
    words = re.findall(r'"([^"]+)"', last["CMD"])
    assert complaint(" ".join(["e2evote", *words])) == ""
    assert "http://127.0.0.1:8800/v1/health" in last["HEALTHCHECK"]
    assert last["EXPOSE"] == "8800"
    installs = [rest for word, rest in found if word == "RUN" and "pip install" in rest]
    assert all("--require-hashes" in rest or "--no-index" in rest for rest in installs)
    assert not [rest for word, rest in found if word in ("ADD", "ARG") or "curl" in rest or "wget" in rest]


# systemd


def settings(unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / unit).read_text("utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_the_units_run_commands_that_exist() -> None:
    served, backed_up = (settings(unit)["ExecStart"][0] for unit in UNITS)
    assert complaint(f"e2evote {served.removeprefix('/opt/e2evote/bin/e2evote ')}") == ""
    inner = re.search(r"/opt/e2evote/bin/(e2evote .*)'", backed_up)
    assert inner
    assert complaint(inner[1]) == ""
    assert "log.pass:/etc/e2evote/log.pass" in settings(UNITS[0])["LoadCredential"]
    assert "/run/credentials/e2evote.service/log.pass" in (DEPLOY / "serve.toml").read_text("utf-8")


@pytest.mark.parametrize("unit", UNITS)
def test_the_units_leave_few_rights(unit: str) -> None:
    found = settings(unit)
    for name, value in {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
        "LimitCORE": "0",
        "User": "e2evote",
    }.items():
        assert found[name] == [value], name
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    command = ("systemd-analyze", "security", "--offline=true", "--threshold=15", str(DEPLOY / unit))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:] + done.stderr[-300:]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_reads_the_units(tmp_path: Path) -> None:
    for name in (*UNITS, "e2evote-backup.timer"):
        text = (DEPLOY / name).read_text("utf-8").replace("/opt/e2evote/bin/e2evote", sys.executable)
        (tmp_path / name).write_text(text, "utf-8")
    command = ("systemd-analyze", "verify", *(str(tmp_path / name) for name in (*UNITS, "e2evote-backup.timer")))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "e2evote" in line]
    assert ours == []


# PostgreSQL


def test_postgresql_is_set_up_for_one_role_alone() -> None:
    script = (DEPLOY / "postgres.sql").read_text("utf-8")
    try:
        with a_server() as server:
            file = server.folder / "postgres.sql"
            file.write_text(script, "utf-8")
            file.chmod(0o644)
            server.psql("-f", str(file))
            server.query("CREATE ROLE stranger LOGIN")
            url = f"postgresql://e2evote_box@/e2evote?host={server.folder}"
            create_storage(url, "e2evote/spring").close()
            with pytest.raises(RuntimeError, match="permission denied for database"):
                server.psql("-c", "SELECT 1", url=f"postgresql://stranger@/e2evote?host={server.folder}")
            found = server.psql("-c", "SHOW synchronous_commit", url=url)
            assert found.strip() == "on"
            rights = server.query(
                "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname ~ '_box'"
            )
            assert rights == ["f"]
    except NoServer as error:
        pytest.skip(str(error))
