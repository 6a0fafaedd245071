"""What one look at a board has found, and what a monitor needs of the world for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.monitor_source import Source, source_of
from e2evote.board.checkpoint import Checkpoint
from e2evote.board.policy import Cosigned


class LookFailed(Exception):
    """Nothing was learnt in this look: the board could not be read, or not whole."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """kind: `fork`, `roll-back`, `other-log`, `files` or `stale`. evidence: the file that was written, if one could."""

    kind: str
    sentence: str
    evidence: Path | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What one look has found. head: of the board; after an alarm, the last that was verified.

    grown: entries that were not there before. cosigned: who of the witnesses has confirmed this very head. quorum:
    whether they suffice, None without witnesses. confirmed: when a quorum had last confirmed any head, in seconds since
    1970, 0 where that is not known. anchored: the log's key is the reader's.
    """

    head: Checkpoint
    grown: int
    cosigned: tuple[Cosigned, ...]
    quorum: bool | None
    confirmed: int
    anchored: bool
    remarks: tuple[str, ...] = ()
    alarm: Alarm | None = None


@dataclass(frozen=True, slots=True)
class World:
    """What a monitor needs of the world around it; tests have another."""

    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    source: Callable[[str], Source] = source_of


WORLD = World()
