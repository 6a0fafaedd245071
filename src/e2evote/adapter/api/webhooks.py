"""Webhooks at work: after each batch the board is read on, and each receiver has a thread that brings it its events.

A receiver that is slow or down delays nobody but itself. An answer of 2xx is a delivery; so are 409, by which a
receiver says that it has this event already, and 410, that it wants no more of it. After anything else, a redirect or
no answer in time among them, it is tried again, later and later (`webhook_outbox.DELAYS`).
"""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from e2evote.adapter.api.outgoing import Outgoing
from e2evote.adapter.api.state import StateFile
from e2evote.adapter.api.webhook_events import events_since
from e2evote.adapter.api.webhook_key import WebhookKey
from e2evote.adapter.api.webhook_outbox import Account, Endpoint, Outbox
from e2evote.adapter.election import Election
from e2evote.errors import E2EVoteError

POLL_SECONDS = 0.5
"""How often the clock is looked at for what is to be tried again."""

_TAKEN = (409, 410)


class Webhooks:
    """All receivers of all selections of this process."""

    def __init__(
        self,
        endpoints: Iterable[Endpoint],
        key: WebhookKey,
        outgoing: Outgoing | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.endpoints, self.key = tuple(endpoints), key
        self._outgoing, self._clock = outgoing or Outgoing(), clock
        self._followed: dict[str, tuple[Election, Outbox]] = {}
        self._bell, self._ended = threading.Condition(), False
        self._threads = [threading.Thread(target=self._bring, args=(one,), daemon=True) for one in self.endpoints]
        if self.endpoints:
            self._threads.append(threading.Thread(target=self._read, daemon=True))
        for thread in self._threads:
            thread.start()

    def follow(self, election: Election, state: StateFile) -> None:
        """Tell of this selection from now on. What it said before the first look is not told."""
        outbox = Outbox(state, self._clock)
        self._look(election, outbox)
        self._followed[election.id] = (election, outbox)
        election.subscribe(self._ring)

    def _look(self, election: Election, outbox: Outbox) -> None:
        """What is new on the board goes into the outbox."""
        with suppress(OSError, E2EVoteError):  # the next look is another chance
            size, read = election.status().size, outbox.read()
            if read < 0:
                outbox.put((), size, ())
            elif size > read:
                outbox.put(events_since(election.record_path, election.manifest, read, size), size, self.endpoints)

    def _read(self) -> None:
        """Looks at all boards whenever one has grown, and now and then besides."""
        while self._wait():
            for election, outbox in list(self._followed.values()):
                self._look(election, outbox)

    def _ring(self, *_batch: object) -> None:
        with self._bell:
            self._bell.notify_all()

    def _wait(self) -> bool:
        """Until there may be something to do; False at the end."""
        with self._bell:
            if not self._ended:
                self._bell.wait(POLL_SECONDS)
            return not self._ended

    def accounts(self, election: str) -> tuple[Account, ...]:
        """How it stands with each receiver, as far as this selection goes."""
        followed = self._followed.get(election)
        return followed[1].accounts(self.endpoints) if followed else ()

    def close(self) -> None:
        """Nothing more is sent; what waits is kept for the next time."""
        with self._bell:
            self._ended = True
            self._bell.notify_all()
        for thread in self._threads:
            thread.join()

    def _bring(self, endpoint: Endpoint) -> None:
        while self._wait():
            while any([self.deliver(endpoint, outbox) for _, outbox in list(self._followed.values())]):
                if self._ended:
                    return

    def deliver(self, endpoint: Endpoint, outbox: Outbox) -> bool:
        """One event that is due, if there is one. False where there is none."""
        with suppress(E2EVoteError):  # the state file can't be written just now
            waiting = outbox.due(endpoint.url)
            if waiting is None:
                return False
            headers = self.key.headers(waiting.event, waiting.body, self._clock())
            try:
                status = self._outgoing.post(endpoint.url, waiting.body, headers).status
            except Exception:  # whatever it was, the next try is another chance
                status = 0
            taken = 200 <= status < 300 or status in _TAKEN
            (outbox.arrived if taken else outbox.failed)(endpoint.url, waiting)
            return True
        return False
