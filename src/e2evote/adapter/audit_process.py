"""One verification in a process of its own: `python -m e2evote.adapter.audit_process RECORD [--allow-test-group]`.

A server that verified by itself would answer nobody meanwhile, and keep the memory. This process is nice to others,
reads nothing but the record, and ends when whoever started it is gone. It writes lines: `{"done":n,"total":n}` as it
goes on, at most a few each second, and last `{"report":{…}}` or `{"failed":"why"}`. What the report is of stands in it.
"""

import contextlib
import os
import sys
import threading
import time
from pathlib import Path

from e2evote.adapter.processes import rare_collection
from e2evote.adapter.snapshot import snapshot
from e2evote.errors import E2EVoteError
from e2evote.hashing import canonical
from e2evote.hashing.canonical import Encodable
from e2evote.verify.run import verify_record

ALLOW_TEST_GROUP = "--allow-test-group"
_NICE = 10
_SECONDS_BETWEEN = 0.2


def main(arguments: list[str]) -> int:
    """Verify, tell, and end with 0 if there is a report, whatever it says."""
    record = Path(arguments[0])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    told = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _SECONDS_BETWEEN:
            told = time.monotonic()
            _tell({"done": done, "total": total})

    try:
        with rare_collection(), snapshot(record) as still:
            report = verify_record(still, None, None, progress, allow_test_group=ALLOW_TEST_GROUP in arguments[1:])
    except E2EVoteError as error:
        _tell({"failed": str(error)})
        return 1
    _tell({"report": report.members()})
    return 0


def _tell(members: dict[str, Encodable]) -> None:
    sys.stdout.write(canonical.encode(members).decode() + "\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    """Standard input ends with whoever started this process."""
    while os.read(0, 4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
