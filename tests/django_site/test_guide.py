"""The guide for integrators names commands and options that exist, and each check of the kit once."""

import re
import shlex
from typing import Any

import pytest
import typer

from django_site.conftest import ROOT, SITE
from e2evote.adapter.conformance.kit import CHECKS
from e2evote.cli.application import app

PAGES = [ROOT / "docs" / "guide-integrator.md", SITE / "README.md"]
CODE = re.compile(r"^    (?:python )?(e2evote .*)$|`(e2evote [^`]*)`", re.MULTILINE)
COMMANDS = sorted({one[0] or one[1] for page in PAGES for one in CODE.findall(page.read_text("utf-8"))})


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_guide_is_there_with_its_options(line: str) -> None:
    command: Any = typer.main.get_command(app)
    words = shlex.split(re.sub(r"[\[\]]", " ", line).partition("#")[0])[1:]
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    assert not getattr(command, "commands", {}), f"{line}: {words[:1]} is no command"
    known = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_there_are_commands_to_look_at() -> None:
    assert {line.split()[1] for line in COMMANDS} >= {"rehearse", "serve", "token", "channel", "conformance", "verify"}


def test_the_guide_says_of_each_check_what_holds() -> None:
    page = PAGES[0].read_text("utf-8")
    rows = re.findall(r"^\| (`[a-z-]+\.[^|]*) \|", page, re.MULTILINE)
    named = [f"{row.split('.')[0].strip('`')}.{part}" for row in rows for part in _parts(row)]
    assert sorted(named) == sorted(check.name for check in CHECKS)


def _parts(row: str) -> list[str]:
    """`adapter.problem-404`, `-400`: the last parts of names in one row, `problem-404` and `problem-400`."""
    first, *others = (word.strip(" `") for word in row.split(","))
    end = first.split(".")[1]
    return [end, *(end[: end.rindex("-")] + other for other in others)]
