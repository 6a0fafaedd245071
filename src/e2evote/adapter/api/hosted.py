"""The elections that one process serves, and what all routes share (docs/http.md).

Blocking calls go to one of three pools of threads, so that a flood of submissions leaves look-ups served, and so does
an issuer of tokens that does not answer; who comes when a pool has too much to do is sent away at once.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import ParamSpec, TypeVar

from e2evote.adapter.api.body import Room
from e2evote.adapter.api.log import Log
from e2evote.adapter.api.metrics import Metrics
from e2evote.adapter.api.one_time import OneTimeTokens
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.api.settings import Settings
from e2evote.adapter.api.state import FILE, StateFile
from e2evote.adapter.api.waiting import Waiters
from e2evote.adapter.election import Election
from e2evote.adapter.web.kept import page_of

P = ParamSpec("P")
T = TypeVar("T")

_THREADS = 4
_DOORS = 2
_MOST_WAITING = 512
"""Calls that wait for a thread of one pool."""

_ZIPS = 4
"""Records that are sent at a time."""


class Place:
    """One election as it is hosted: its box, what the adapter remembers about it, and who waits for its batches."""

    def __init__(self, election: Election, settings: Settings) -> None:
        self.election = election
        self.state = StateFile(election.path / "private" / FILE)
        self.tokens = OneTimeTokens(self.state, settings.token_minutes)
        self.waiters = Waiters()
        self.page = page_of(election.manifest, election.path / "private")
        self._unsubscribe = election.subscribe(self.waiters.tell)

    @property
    def id(self) -> str:
        """The election's id in addresses."""
        return self.election.id

    def close(self) -> None:
        """Nothing more is asked; the election itself belongs to whoever opened it."""
        self._unsubscribe()
        self.state.close()


class _Pool:
    """Threads for calls that block, and a limit on how many wait for one."""

    def __init__(self, name: str, threads: int) -> None:
        self._executor: Executor = ThreadPoolExecutor(threads, name)
        self._waiting = 0

    async def run(self, call: Callable[[], T]) -> T:
        if self._waiting >= _MOST_WAITING:
            raise Problem("busy", headers={"retry-after": "5"})
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, call)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)


class Hosted:
    """All elections of this process. Elections may be added while it runs."""

    def __init__(self, settings: Settings, log: Log) -> None:
        self.settings, self.log = settings, log
        self.metrics = Metrics()
        self.room = Room(settings.body_bytes, settings.largest_ballot)
        self.zips = asyncio.Semaphore(_ZIPS)
        self.receiving: set[bytes] = set()
        self._turn = threading.Lock()
        self._places: dict[str, Place] = {}
        self._endings = ExitStack()
        self._readers, self._writers = _Pool("reading", _THREADS), _Pool("writing", _THREADS)
        self._doors = _Pool("admitting", _DOORS)

    def add(self, election: Election) -> Place:
        """Serve this election from now on."""
        place = Place(election, self.settings)
        with self._turn:
            if place.id in self._places:
                place.close()
                raise ValueError(f"two elections have the id {place.id}")
            self._places[place.id] = place
        return place

    def place(self, id: str) -> Place:
        """The election of this id; Problem `election-unknown` where there is none."""
        place = self._places.get(id)
        if place is None:
            raise Problem("election-unknown")
        return place

    def has(self, id: str) -> bool:
        """Whether there is an election of this id."""
        return id in self._places

    def all(self) -> tuple[Place, ...]:
        """Every election, by id."""
        with self._turn:
            return tuple(place for _, place in sorted(self._places.items()))

    def url(self, path: str) -> str:
        """The public address of a path that begins with `/`; the path alone where no public address is known."""
        return self.settings.public_url.rstrip("/") + path

    def reference(self, path: str) -> str:
        """The same for a `Location` or `Link`: good under whatever name the server was reached by."""
        return self.settings.prefix + path

    async def reading(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a blocking call gives that only reads."""
        return await self._readers.run(partial(call, *args, **kwargs))

    async def writing(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a blocking call gives that stores something, or takes long."""
        return await self._writers.run(partial(call, *args, **kwargs))

    async def admitting(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a blocking call gives that looks at a token, and may ask an issuer for its keys."""
        return await self._doors.run(partial(call, *args, **kwargs))

    def at_end(self, close: Callable[[], object]) -> None:
        """What is to be done when nothing more is served, before the elections are let go; the last one first."""
        self._endings.callback(close)

    def close(self) -> None:
        """Nothing more is served."""
        self._endings.close()
        for place in self.all():
            place.close()
        self._readers.close()
        self._writers.close()
        self._doors.close()
