"""The programs that some tests need beside Python: a PostgreSQL server, strace, a browser, two proxies.

    python tests/packages.py

On Debian, as root, those that are missing are installed; anywhere else, and where that fails, nothing happens: the
tests that need one of them are then skipped and say so. It never fails, and of what the package manager says one
line is shown, without the machine's addresses.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = {
    "caddy": lambda: bool(shutil.which("caddy")),
    "chromium": lambda: bool(shutil.which("chromium")),
    "nginx-light": lambda: bool(shutil.which("nginx", path=f"{os.defpath}:/usr/sbin")),
    "postgresql": lambda: any(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")) or bool(shutil.which("pg_ctl")),
    "strace": lambda: bool(shutil.which("strace")),
}
SECONDS = 300
ADDRESS = re.compile(r"\S*://\S*|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b")


def missing() -> list[str]:
    return [name for name, is_there in PACKAGES.items() if not is_there()]


def install(names: list[str]) -> str:
    """Why they could not be installed; "" if they were."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return "not root on a Debian machine"
    # the package of the server would otherwise start one, which no test uses
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    options = ("-qq", "-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::Retries=1")
    said = ""
    for command in (("update",), ("install", "-y", "--no-install-recommends", *names)):
        try:
            done = subprocess.run(
                (apt, *options, *command),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return type(error).__name__
        lines = [line for line in done.stdout.splitlines() if line.startswith(("E:", "W:"))] or [""]
        said = f"apt-get {command[0]}: exit code {done.returncode}: {ADDRESS.sub('<address>', lines[-1])[:150]}"
        if done.returncode and command[0] == "install":
            return said
    return said if missing() else ""


def main() -> int:
    names = missing()
    if not names:
        print(f"{', '.join(PACKAGES)}: there")
        return 0
    why = install(names)
    print(f"{', '.join(names)}: {f'not installed ({why}); tests that need them are skipped' if why else 'installed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
