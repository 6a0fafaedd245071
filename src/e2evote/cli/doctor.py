"""`e2evote doctor`: versions, and whether this machine computes rightly."""

import platform
from importlib.metadata import PackageNotFoundError, version

import typer

from e2evote import __version__
from e2evote.adapter.selftest import SELF_TESTS, SelfTestFailed
from e2evote.cli.options import Json
from e2evote.cli.terminal import as_json, say
from e2evote.hashing.canonical import Encodable
from e2evote.secret.randomness import SystemRandomness
from e2evote.verify.checks import ExitCode

_PACKAGES = ("cryptography", "gmpy2", "pycryptodome", "pydantic", "rfc8785", "rich", "typer")


def doctor(json: Json = False) -> None:
    """Print versions and test this installation: group parameters, signatures, encryption with proofs, secret files.

    Takes some seconds, uses no network and changes nothing. Ends with 1 if an answer was wrong.

    Example:  e2evote doctor
    """
    versions = {"e2evote": __version__, "python": platform.python_version(), **{p: _version(p) for p in _PACKAGES}}
    if not json:
        for name, number in versions.items():
            say(f"{name:<22} {number}")
        say(f"{'system':<22} {platform.system()} {platform.machine()}")
    results: dict[str, tuple[bool, str]] = {}
    for name, test in SELF_TESTS.items():
        try:
            results[name] = True, test(SystemRandomness())
        except SelfTestFailed as error:
            results[name] = False, str(error)
        if not json:
            passed, line = results[name]
            say(f"{'pass' if passed else 'FAIL'}  {name:<22} {line}", style="" if passed else "bold red")
    passed = all(result[0] for result in results.values())
    if json:
        tests: dict[str, Encodable] = {
            name: {"detail": line, "passed": holds} for name, (holds, line) in results.items()
        }
        as_json({"passed": passed, "tests": tests, "versions": dict(versions)})
    if not passed:
        raise typer.Exit(ExitCode.REJECTED)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed as a package"
