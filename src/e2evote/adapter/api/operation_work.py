"""What an operation does, beside the server's threads, which go on answering meanwhile.

verify    the whole proof again, from the published files alone, by a process of its own (`adapter.audit_process`)
export    the record as one archive: its size and SHA-256, as `record.zip` has them
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from e2evote.adapter.audit_process import ALLOW_TEST_GROUP
from e2evote.adapter.snapshot import snapshot
from e2evote.errors import Refused
from e2evote.record.archive import Archive, open_archive
from e2evote.record.zipped import zip_chunks

Tell = Callable[[int, int], None]
Result = Mapping[str, Any]


def work(kind: str, record: Path, tell: Tell, *, allow_test_group: bool) -> Result:
    """The result of an operation of this kind; Refused where there is none. tell: told how much is done."""
    return _verified(record, tell, allow_test_group) if kind == "verify" else _exported(record, tell)


def _verified(record: Path, tell: Tell, allow_test_group: bool) -> Result:
    command = [sys.executable, "-m", "e2evote.adapter.audit_process", str(record.absolute())]
    command += [ALLOW_TEST_GROUP] if allow_test_group else []
    report, failure = None, ""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        for line in process.stdout or ():
            told = json.loads(line)
            report, failure = told.get("report", report), told.get("failed", failure)
            if "done" in told:
                tell(told["done"], told["total"])
        if process.stdin:
            process.stdin.close()
    if report is None:
        raise Refused("record-incomplete", failure or "the process that verified ended by itself")
    return dict(report)


def _exported(record: Path, tell: Tell) -> Result:
    digest, size = hashlib.sha256(), 0
    with snapshot(record) as still, closing(open_archive(still)) as archive:
        names = sorted(archive.sizes(), key=str.encode)
        for chunk in zip_chunks(_told(archive, names, tell)):
            digest.update(chunk)
            size += len(chunk)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _told(archive: Archive, names: Sequence[str], tell: Tell) -> Iterator[tuple[str, bytes]]:
    for done, name in enumerate(names, 1):
        yield name, archive.read(name)
        tell(done, len(names))
