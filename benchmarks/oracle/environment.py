"""The virtual environment in which the oracle is installed: made once, found again.

    python -m benchmarks.oracle.environment [--venv PATH]

It is never the environment of e2evote itself: the package `electionguard` pins versions that exclude e2evote's.
gmpy2 is installed in the version that e2evote uses, so that both sides of a comparison count on the same GMP.
"""

import argparse
import getpass
import hashlib
import importlib.metadata
import os
import subprocess
import sys
import tempfile
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


class Unavailable(Exception):
    """The oracle's packages could not be installed; the text says at which step, without the machine's addresses."""


def gmpy2_version() -> str:
    return importlib.metadata.version("gmpy2")


def default_path() -> Path:
    """A folder under the system's temporary one: named by user, Python and what is to be installed."""
    wanted = f"{sys.version_info[:2]} {sys.executable} {gmpy2_version()}".encode() + REQUIREMENTS.read_bytes()
    return Path(tempfile.gettempdir()) / f"e2evote-oracle-{getpass.getuser()}-{hashlib.sha256(wanted).hexdigest()[:12]}"


def python_in(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ensure(path: Path | None = None) -> Path:
    """The Python of the environment at `path`, which is made if it is not there; Unavailable when it cannot be.

    It is made beside its place and renamed last, so that what stands there is complete and two processes may
    start at once. A folder of another user is refused: its packages could be anybody's.
    """
    place = path or default_path()
    if not place.exists():
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=f"{place.name}.", dir=place.parent) as beside:
                _build(Path(beside) / "venv")
                (Path(beside) / "venv").rename(place)
        except OSError as error:
            if not place.exists():
                raise Unavailable(f"the environment cannot be made at {place}: {error.strerror}") from None
    if hasattr(os, "getuid") and place.stat().st_uid != os.getuid():
        raise Unavailable(f"{place} belongs to another user")
    if not python_in(place).exists():
        raise Unavailable(f"{place} is there and is no virtual environment")
    return python_in(place)


def _build(folder: Path) -> None:
    python = str(python_in(folder))
    pip = [python, "-m", "pip", "install", "-qq", "--no-input", "--no-deps", "-r", str(REQUIREMENTS)]
    for what, command in (
        ("making the environment", [sys.executable, "-m", "venv", str(folder)]),
        ("installing electionguard 1.4.0", [*pip, f"gmpy2=={gmpy2_version()}"]),
    ):
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise Unavailable(f"{what} failed with exit code {result.returncode}; is the package index reachable?")


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the oracle's virtual environment and print its Python.")
    parser.add_argument("--venv", type=Path, help="where to make it (default: under the system's temporary folder)")
    try:
        print(ensure(parser.parse_args().venv))
    except Unavailable as error:
        print(f"oracle: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
