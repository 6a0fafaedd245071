"""Whoever waits for the next batch is woken by it, and whoever has subscribed is told; nobody polls the box."""

import threading
from collections.abc import Callable
from contextlib import suppress

Listener = Callable[[], None]


class Bell:
    """Rung by the thread that appends. A listener is called in that thread, so it should only note that it was."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rung = 0
        self._listeners: dict[object, Listener] = {}

    @property
    def rung(self) -> int:
        """How often it was rung: to be asked before one looks, and given to `wait` afterwards."""
        return self._rung

    def ring(self) -> None:
        """There is something new. What goes wrong in a listener does not stop the others, or the box."""
        with self._changed:
            self._rung += 1
            self._changed.notify_all()
            listeners = tuple(self._listeners.values())
        for listener in listeners:
            with suppress(Exception):
                listener()

    def wait(self, heard: int, seconds: float) -> None:
        """Until it has rung more often than `heard`, or for so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung != heard, seconds)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell it from now on; the function that is returned ends that."""
        token = object()
        with self._changed:
            self._listeners[token] = listener

        def unsubscribe() -> None:
            with self._changed:
                self._listeners.pop(token, None)

        return unsubscribe
