"""Waiting for receipts without a thread for each: all who wait are woken after every published batch."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Waiters:
    """Those who wait for the next batch of one box. `tell` may be called by any thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def tell(self, *_batch: object) -> None:
        """A batch was published: all who wait look again."""
        with self._turn:
            woken, self._waiting = self._waiting, set()
        for loop, event in woken:
            with suppress(RuntimeError):  # its loop has ended
                loop.call_soon_threadsafe(event.set)

    @contextmanager
    def next_batch(self) -> Iterator[asyncio.Event]:
        """An event that is set after the next batch that is published from now on."""
        event = asyncio.Event()
        one = (asyncio.get_running_loop(), event)
        with self._turn:
            self._waiting.add(one)
        try:
            yield event
        finally:
            with self._turn:
                self._waiting.discard(one)
