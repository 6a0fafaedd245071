"""Asks the oracle: starts `server.py` in its own environment and puts one question at a time."""

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.oracle.environment import Unavailable, ensure

SERVER = Path(__file__).with_name("server.py")


class Oracle:
    """A running oracle, to be used in a `with` statement."""

    def __init__(self, venv: Path | None = None) -> None:
        """Makes the environment if need be; Unavailable when that fails or the server does not start."""
        # PRIME_OPTION would choose a test group; PYTHONPATH would bring modules of this project.
        environment = {k: v for k, v in os.environ.items() if k not in ("PRIME_OPTION", "PYTHONPATH")}
        self._process = subprocess.Popen(
            [str(ensure(venv)), str(SERVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        try:
            self.about: dict[str, str] = self.ask("about")
        except (OSError, ValueError) as error:
            self.close()
            raise Unavailable(f"the oracle does not start: {error}") from None

    def ask(self, do: str, **arguments: object) -> Any:
        """The answer to one question; a ValueError with the oracle's words when it could not answer."""
        if self._process.stdin is None or self._process.stdout is None:
            raise ValueError("the oracle has no pipes")
        self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ValueError(f"the oracle ended at {do}")
        answer = json.loads(line)
        if "error" in answer:
            raise ValueError(f"oracle, {do}: {answer['error']}")
        return answer["is"]

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
