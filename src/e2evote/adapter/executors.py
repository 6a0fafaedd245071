"""Who does the work on a record: this process, others of this machine, or the workers of a `distributed` cluster.

    executors   one of them, as it was asked for
    dask        the workers of a scheduler at an address; needs the extra `[dask]`

Both are contexts that give a `concurrent.futures.Executor`, or None where this process does everything; what is done
with it does not depend on which. Workers open the record themselves, at the same path, and send back bytes.

Whoever can talk to a scheduler of `distributed` can run any code on its workers, and what they send back is unpickled
here. So a cluster is trusted like this machine: a worker that lies makes the report worthless.
"""

import logging
import platform
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from e2evote import __version__
from e2evote.adapter.processes import processes
from e2evote.errors import Refused

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 10.0
"""How long a scheduler may take to answer."""

ALONE_SECONDS = 60.0
"""How long work waits when no worker is left: where somebody sees to them, another starts within seconds."""

_CLOSE_SECONDS = 5.0
_TALKATIVE = ("asyncio", "bokeh", "concurrent", "distributed", "tornado")
_P = ParamSpec("_P")
_T = TypeVar("_T")


def executors(workers: int, scheduler: str | None, record: Path) -> AbstractContextManager[Executor | None]:
    """The workers of the scheduler at this address, or without one so many processes (`processes`)."""
    return processes(workers, record) if scheduler is None else dask(scheduler)


@contextmanager
def dask(address: str, seconds: float = CONNECT_SECONDS, alone: float = ALONE_SECONDS) -> Iterator[Executor]:
    """The workers of the scheduler at `address`, as `tcp://host:8786`, all with the versions of this process.

    Refused where the extra is not installed, nobody answers within `seconds`, there is no worker, a worker's versions
    differ, or later all workers are gone for longer than `alone`. What `distributed` and its like log here is dropped.
    """
    client = _client(address, seconds)
    try:
        executor = ClusterExecutor(client, address, _checked_workers(client, address))
        try:
            with _watched(client, executor, alone):
                yield executor
        finally:
            executor.shutdown(wait=False)
    finally:
        with suppress(Exception):  # the scheduler may be gone; it forgets what a client asked for that is
            client.close(timeout=_CLOSE_SECONDS)


@dataclass(frozen=True, slots=True)
class Versions:
    """What must be the same here and on a worker, since both ends read each other's bytes."""

    e2evote: str
    python: str
    distributed: str

    def differences(self, other: "Versions") -> str:
        """What `other` has in place of ours; empty if nothing differs."""
        names = (("e2evote", "e2evote"), ("python", "Python"), ("distributed", "distributed"))
        pairs = ((shown, getattr(self, name), getattr(other, name)) for name, shown in names)
        return ", ".join(f"{shown} {theirs} (here {ours})" for shown, ours, theirs in pairs if ours != theirs)


def versions_here() -> Versions:
    """Versions in this process; of Python without the last number, which changes no result."""
    major, minor, _ = platform.python_version_tuple()
    return Versions(__version__, f"{major}.{minor}", version("distributed"))


class ClusterExecutor(Executor):
    """An executor over a cluster's workers, those included that join later, if they have our versions.

    workers: how many tasks they can do at once. What goes wrong with the cluster is `Refused` in the results.
    """

    def __init__(self, client: "Client", address: str, workers: int) -> None:
        self._inner = client.get_executor(pure=False)  # a pure result would be shared between runs and clients
        self._address, self._versions = address, versions_here()
        self._pending: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._ended = ""
        self.workers = self._max_workers = workers

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        future: Future[_T] = Future()
        with self._lock:
            if self._ended:
                raise self._lost(self._ended)
            self._pending.add(future)
        try:
            inner = self._inner.submit(_at_versions, self._versions, fn, args, kwargs)
        except Exception as error:
            with self._lock:
                self._pending.discard(future)
            raise self._explained(error) from None
        inner.add_done_callback(partial(self._arrived, future))
        future.add_done_callback(lambda done: inner.cancel() if done.cancelled() else None)
        return future

    def end(self, reason: str) -> None:
        """Nothing more will come: whoever waits for a result is told so, without asking the cluster anything."""
        with self._lock:
            self._ended = self._ended or reason
            waiting = tuple(self._pending)
            self._pending.clear()
        for future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_exception(self._lost(reason))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if wait and not cancel_futures and not self._ended:
            self._inner.shutdown(wait=True)
        self.end("the executor was shut down")

    def _arrived(self, future: Future[Any], inner: Future[Any]) -> None:
        with self._lock:
            if future not in self._pending:
                return
            self._pending.discard(future)
        if not future.set_running_or_notify_cancel():
            return
        if inner.cancelled():
            future.set_exception(self._lost("the scheduler is gone, or has cancelled the work"))
        elif error := inner.exception():
            future.set_exception(self._explained(error))
        else:
            future.set_result(inner.result())

    def _explained(self, error: BaseException) -> BaseException:
        """An error of the cluster as ours; one of the work as it is."""
        if isinstance(error, ImportError):
            return Refused("dask-versions", f"{self._address}: a worker can't load what is asked of it: {error}")
        if type(error).__name__ == "KilledWorker":
            return self._lost("one worker after another died of the same piece of work")
        if type(error).__module__.split(".")[0] in _TALKATIVE:
            return self._lost(f"{type(error).__name__}: {error}")
        return error

    def _lost(self, reason: str) -> Refused:
        return Refused("dask-lost", f"{self._address}: {reason}")


def _at_versions(versions: Versions, fn: Callable[..., _T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> _T:
    """On a worker: what was asked for, unless the worker has other versions than whoever asks."""
    if differences := versions.differences(versions_here()):
        raise Refused("dask-versions", f"worker on {platform.node()}: {differences}")
    return fn(*args, **kwargs)


def _client(address: str, seconds: float) -> "Client":
    """A connection to the scheduler, made in another thread: a server that says nothing would hold us for ever."""
    try:
        from distributed import Client
    except ImportError as error:
        detail = f"--dask needs the extra [dask], which is not here ({error}): pip install 'e2evote[dask]'"
        raise Refused("dask-missing", detail) from None

    class Connection(Client):
        def __del__(self) -> None:
            """`dask` closes it; a connection that never came about would complain here."""

    _be_quiet()
    made: Future[Client] = Future()
    connection: Callable[..., Client] = Connection

    def connect() -> None:
        try:
            made.set_result(connection(address, timeout=seconds, set_as_default=False, name="e2evote"))
        except BaseException as error:
            made.set_exception(error)

    threading.Thread(target=connect, daemon=True).start()
    try:
        return made.result(seconds + 1)
    except ValueError as error:
        raise Refused("dask-unreachable", f"{address or '(empty)'}: no address of a scheduler: {error}") from None
    except TimeoutError:
        raise Refused("dask-unreachable", f"{address}: no scheduler answers within {seconds:g} seconds") from None
    except Exception as error:
        detail = str(error) or type(error).__name__
        raise Refused("dask-unreachable", f"{address}: no scheduler can be reached: {detail}") from None


def _checked_workers(client: "Client", address: str) -> int:
    """How many tasks the workers do at once; Refused unless every one of them has our versions."""
    try:
        threads = client.nthreads()
        answers = client.run(versions_here, on_error="return")
    except Exception as error:
        raise Refused("dask-lost", f"{address}: {type(error).__name__}: {error}") from None
    if not threads:
        raise Refused("dask-lost", f"{address}: the scheduler has no workers")
    ours = versions_here()
    for worker, theirs in sorted(answers.items()):
        if not isinstance(theirs, Versions):
            raise Refused("dask-versions", f"worker {worker}: can't load e2evote {ours.e2evote}: {theirs}")
        if differences := ours.differences(theirs):
            raise Refused("dask-versions", f"worker {worker}: {differences}")
    return max(1, sum(int(number) for number in threads.values()))


@contextmanager
def _watched(client: "Client", executor: ClusterExecutor, alone: float) -> Iterator[None]:
    """Ends the work when the scheduler, or every worker, is gone for longer than `alone`."""
    stop, step = threading.Event(), min(1.0, alone)

    def watch() -> None:
        missing = 0.0
        while not stop.wait(step):
            workers = 0
            with suppress(Exception):
                workers = len(client.nthreads()) if client.status == "running" else 0
            missing = 0.0 if workers else missing + step
            if missing >= alone:
                executor.end(f"no worker for {alone:g} seconds")
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def _be_quiet() -> None:
    """Whatever these packages have to say stays out of the output: of a failure, the error tells."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in _TALKATIVE]
    for name in {*names, *_TALKATIVE}:
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.propagate = False
