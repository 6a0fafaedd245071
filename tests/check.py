"""Everything that continuous integration runs, in one command: `python tests/check.py`.

Each step runs whether or not an earlier one failed. At the end stand a table with times and pytest's own
summary line; the exit code is 0 only if every step passed. `--fast` leaves out the tests marked slow and the wheel.

A generator is any `tests/generate_*.py`: run without arguments it rewrites what it generates in place. The
step runs it and compares the bytes of `docs/` and `tests/` before and after, so a difference fails and is
left there to be looked at. A new generator needs no entry anywhere.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
GENERATED_IN = ("docs", "tests")
ADDRESS = re.compile(r"(?:https?|file)://[^\s'\")]*|host='[^']*'")
PYTEST_SUMMARY = re.compile(r"^=* ?(?:no tests ran|.*\b(?:passed|failed|errors?|skipped|deselected)\b.*) in [\d.]+s\b")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one step ended; `note` is shown in the table."""

    passed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    run: Callable[[], Outcome]


def stream(*command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> tuple[int, tuple[str, ...]]:
    """Run a command, show its output as it comes without the machine's addresses, return code and lines."""
    lines = []
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for raw in process.stdout:
            line = ADDRESS.sub("<address>", raw.rstrip("\n"))
            lines.append(line)
            print(line, flush=True)
    return process.returncode, tuple(lines)


def succeeds(*command: str | Path) -> Outcome:
    code, _ = stream(*command)
    return Outcome(code == 0, "" if code == 0 else f"exit code {code}")


def types() -> Outcome:
    """mypy --strict over the library and, where they exist, the reference verifier's files."""
    reference = ROOT / "tests" / "reference"
    return succeeds(PYTHON, "-m", "mypy", "--strict", "src", *([reference] if any(reference.glob("*.py")) else []))


def tests(fast: bool) -> Outcome:
    arguments = ["-m", "not slow"] if fast else []
    code, lines = stream(PYTHON, "-m", "pytest", "-q", "-n", "2", *arguments)
    summary = next((line for line in reversed(lines) if PYTEST_SUMMARY.match(line)), "pytest printed no summary")
    return Outcome(code == 0, summary)


def digests() -> dict[Path, bytes]:
    """SHA-256 of every file in which something may be generated."""
    files = (path.relative_to(ROOT) for name in GENERATED_IN for path in (ROOT / name).rglob("*") if path.is_file())
    return {
        path: hashlib.sha256((ROOT / path).read_bytes()).digest()
        for path in files
        if not any(part.startswith(".") or part == "__pycache__" for part in path.parts)
    }


def regenerates(generator: Path) -> Outcome:
    """The generator exits 0 and leaves every byte as it was."""
    before = digests()
    code, _ = stream(PYTHON, generator, env={**os.environ, "PYTHONPATH": str(ROOT / "src")})
    if code != 0:
        return Outcome(False, f"exit code {code}")
    after = digests()
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    for path in changed:
        print(f"{path}: not what {generator.name} generates")
    return Outcome(not changed, f"{len(changed)} files differ" if changed else "")


def wheel_commands(folder: Path) -> Iterator[tuple[str, Sequence[str | Path]]]:
    """Build the wheel, install it in a virtual environment outside the checkout, and use it from there."""
    yield "build", (PYTHON, "-m", "build", "--wheel", "--outdir", folder / "dist", ROOT)
    (wheel,) = (folder / "dist").glob("*.whl")
    yield "contents", (PYTHON, ROOT / "tests" / "wheel_contents.py", wheel)
    venv.create(folder / "venv", with_pip=True)
    bin_folder = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    yield "install", (bin_folder / "python", "-m", "pip", "install", "-qq", f"{wheel}[http]")
    where = "import sys, e2evote; sys.exit(not e2evote.__file__.startswith(sys.prefix))"
    yield "import from the wheel", (bin_folder / "python", "-c", where)
    yield "doctor", (bin_folder / "e2evote", "doctor")
    yield "demo", (bin_folder / "e2evote", "demo")


def wheel() -> Outcome:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    with tempfile.TemporaryDirectory(prefix="e2evote-wheel-") as name:
        for what, command in wheel_commands(Path(name).resolve()):
            code, _ = stream(*command, cwd=Path(name), env=environment)
            if code != 0:
                return Outcome(False, f"{what}: exit code {code}")
    return Outcome(True)


def packages() -> Outcome:
    """Programs that some tests need and that pip can't install; a machine that can't have them skips those tests."""
    _, lines = stream(PYTHON, ROOT / "tests" / "packages.py")
    return Outcome(True, lines[-1] if lines else "")


def steps(fast: bool) -> Iterator[Step]:
    yield Step("ruff check", lambda: succeeds(PYTHON, "-m", "ruff", "check", "."))
    yield Step("ruff format", lambda: succeeds(PYTHON, "-m", "ruff", "format", "--check", "."))
    yield Step("mypy --strict", types)
    yield Step("programs", packages)
    yield Step("pytest", lambda: tests(fast))
    for path in sorted((ROOT / "tests").glob("generate_*.py")):
        yield Step(f"generated: {path.stem.removeprefix('generate_')}", partial(regenerates, path))
    if not fast and (ROOT / "src" / "e2evote" / "cli" / "__init__.py").is_file():
        yield Step("wheel, doctor, demo", wheel)


def attempt(step: Step) -> Outcome:
    """A step that cannot even start is a failed step and does not stop the ones after it."""
    try:
        return step.run()
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return Outcome(False, f"{type(error).__name__}: {error}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Run every check of the project.")
    parser.add_argument("--fast", action="store_true", help="leave out the tests marked slow and the wheel")
    fast = parser.parse_args().fast
    rows = []
    for step in steps(fast):
        print(f"\n--- {step.name}", flush=True)
        start = time.monotonic()
        rows.append((step.name, attempt(step), time.monotonic() - start))

    width = max(len(name) for name, _, _ in rows)
    print(f"\n{'step':<{width}}  result  seconds")
    for name, outcome, seconds in rows:
        note = "" if name == "pytest" else outcome.note
        print(f"{name:<{width}}  {'pass' if outcome.passed else 'FAIL':<6}  {seconds:7.1f}  {note}".rstrip())
    print(next(outcome.note for name, outcome, _ in rows if name == "pytest"))
    return 0 if all(outcome.passed for _, outcome, _ in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
