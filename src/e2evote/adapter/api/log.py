"""The log of the server: JSON lines that can't say who did what (docs/http.md, Log).

A line is a `Line`, which has no other fields than these: there is no place for an address, a path with its parameters,
a query, a body, a token or a header. `route` is the template of the route, `election` the id of an election that is
hosted here. Times are whole seconds.
"""

import json
import sys
import threading
import time
from dataclasses import dataclass, fields
from typing import TextIO

FORM = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. code: of a refusal with status 5xx. error, place, instance: of an internal error."""

    event: str
    method: str = ""
    route: str = ""
    status: int = 0
    ms: int = 0
    election: str = ""
    code: str = ""
    error: str = ""
    place: str = ""
    instance: str = ""


class Log:
    """Where lines are written; one at a time, whoever writes."""

    def __init__(self, stream: TextIO | None = None, *, requests: bool = True) -> None:
        self._stream, self._requests = stream, requests
        self._turn = threading.Lock()

    def write(self, line: Line) -> None:
        """The line, with the time before it; fields that are empty are left out."""
        if line.event == "request" and not self._requests:
            return
        members: dict[str, object] = {"time": time.strftime(FORM, time.gmtime())}
        for field in fields(Line):
            value = getattr(line, field.name)
            if value != field.default:
                members[field.name] = value
        with self._turn:
            stream = self._stream or sys.stderr
            stream.write(json.dumps(members) + "\n")
            stream.flush()
