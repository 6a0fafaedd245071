"""Storages to start from: some entries sequenced, signed and published, by the server's own code."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.storage import create_storage
from tests.faults import cargo
from tests.faults.audit import Claims
from tests.faults.processes import Nursery, heard

KINDS = {"sqlite": "log.sqlite", "files": "log"}
"""The names, below a folder, of the kinds of storage that lie in it."""


@dataclass(frozen=True, slots=True)
class Log:
    """A storage and the folder in which it is published, below `disk`; what its processes said lies beside that."""

    root: Path
    kind: str
    disk: Path

    @property
    def place(self) -> str:
        return str(self.disk / KINDS[self.kind])

    @property
    def record(self) -> Path:
        return self.disk / "record"

    @property
    def said(self) -> Path:
        return self.root / "said"

    def lines(self) -> list[str]:
        return heard(self.said.read_text()) if self.said.exists() else []

    def claims(self) -> Claims:
        return Claims.of(self.lines())

    def discard(self) -> None:
        shutil.rmtree(self.root)

    def copy(self, root: Path) -> "Log":
        shutil.copytree(self.root, root)
        return Log(root, self.kind, root / "disk")

    def arguments(self, seed: str, rounds: int) -> tuple[str, str, str, str]:
        """Of `tests.faults.cycle:main`."""
        return self.place, str(self.record), seed, str(rounds)


Make = Callable[[str, int], Log]
"""A log of this kind with so many entries, made once and copied."""


def new_log(born: Nursery, root: Path, kind: str, size: int) -> Log:
    """A log with `size` entries that are published."""
    log = Log(root, kind, root / "disk")
    log.record.mkdir(parents=True)
    create_storage(log.place, cargo.ORIGIN).close()
    child = born("tests.faults.cycle:fill", log.said, log.place, str(log.record), str(size))
    if child.wait():
        raise RuntimeError(log.said.with_name("said.errors").read_text())
    return log
