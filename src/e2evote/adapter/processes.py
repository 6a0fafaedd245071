"""Other processes of this machine that share the work on a record: spawned, never forked.

A pool of them ends with its parent, however that ends, and at once on Ctrl-C or an error: what is not done yet is not
waited for. A worker only reads files and sends back bytes, so it may be stopped at any place.
"""

import gc
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path

from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.log import CHECKPOINT
from e2evote.board.note import decode_note
from e2evote.errors import MalformedInput
from e2evote.record.archive import open_archive

RARELY = (100_000, 50, 100)
"""Objects made since the last look, and looks at young objects before a look at older ones."""

ENTRIES_PER_PROCESS = 64
"""A process takes longer to start than to check some ten ballots."""


@contextmanager
def rare_collection() -> Iterator[None]:
    """Cycles of garbage are looked for less often, in a process that makes many small objects and hardly any cycle.

    By default Python goes over all of a batch's objects again and again: some 5 % of a verification.
    """
    before = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def processes(workers: int, record: Path) -> Iterator[Executor | None]:
    """So many other processes; for 0 as many as pay for a record of this size. None for one."""
    number = workers or min(processors(), entries_of(record) // ENTRIES_PER_PROCESS)
    if number <= 1:
        yield None
        return
    before = set(active_children())
    with ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=_begin) as executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            for child in set(active_children()) - before:
                child.terminate()
            raise


def entries_of(record: Path) -> int:
    """The size that a record claims, which decides nothing but how many processes are started."""
    claimed = claim_of(record)
    return claimed.size if claimed else 0


def claim_of(record: Path) -> Checkpoint | None:
    """What a record's checkpoint says, whoever signed it; None where there is none that can be read."""
    try:
        with closing(open_archive(record, read_all=False)) as archive:
            return decode_text(decode_note(archive.read(CHECKPOINT)).text)
    except (KeyError, MalformedInput):
        return None


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin() -> None:
    """In a new process: Ctrl-C is the parent's to handle, and without a parent there is nobody to work for.

    Garbage as in `rare_collection`, for as long as the process lives.
    """
    gc.set_threshold(*RARELY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)
