"""Runs a command in this process and gives back what a person would see."""

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from e2evote.cli.application import main

SECONDS_OF_PATIENCE = "120"


@dataclass(frozen=True, slots=True)
class Ended:
    """Exit code, standard output and standard error of one command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on standard output."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def everything(self) -> str:
        return self.out + self.err


HISTORY: list[Ended] = []
"""Everything that was printed in this process."""


def run(*arguments: object, stdin: str = "") -> Ended:
    """The command with these arguments, as strings."""
    out, err = io.StringIO(), io.StringIO()
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), patch.object(sys, "stdin", given):
        code = main([str(argument) for argument in arguments])
    ended = Ended(code, out.getvalue(), err.getvalue())
    assert "Traceback" not in ended.everything
    HISTORY.append(ended)
    return ended


def done(*arguments: object, stdin: str = "") -> Ended:
    """The same for a command that must succeed."""
    ended = run(*arguments, stdin=stdin)
    assert ended.code == 0, f"{arguments[0]} ended with {ended.code}: {ended.err}"
    return ended


def one_line(text: str) -> str:
    """The only line of an error message."""
    lines = [line for line in text.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, text
    return lines[0]
