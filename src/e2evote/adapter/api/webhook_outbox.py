"""Events on their way to receivers, kept until they have arrived (docs/http-acts.md, Webhooks).

In the store's `adapter.sqlite`: how far the board was read, and for each receiver what it has not taken yet. Both
change in one transaction, so that an event is neither lost nor made twice by a crash. Of checkpoints only the newest
waits.
"""

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from e2evote.adapter.api.state import StateFile
from e2evote.adapter.api.webhook_events import CHECKPOINT, EVENTS, Event

DELAYS = (5, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before the second, third, … try; after the last one the event is given up."""

_TABLES = (
    "create table if not exists webhook_read (one integer primary key check (one = 1), size integer not null)",
    "create table if not exists webhook_outbox (id integer primary key autoincrement, url text not null,"
    " event text not null, type text not null, body blob not null, due real not null, tries integer not null,"
    " unique (url, event))",
    "create table if not exists webhook_count (url text primary key, delivered integer not null,"
    " given_up integer not null)",
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A receiver: its address, and which events it wants, of which selections; none named is all."""

    url: str
    events: frozenset[str] = frozenset(EVENTS)
    elections: frozenset[str] = frozenset()

    def wants(self, event: Event) -> bool:
        """Whether it is told of this one."""
        return event.type in self.events and (not self.elections or event.election in self.elections)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One event for one receiver. tries: how often it was tried."""

    row: int
    event: str
    body: bytes
    tries: int


@dataclass(frozen=True, slots=True)
class Account:
    """How it stands with one receiver."""

    url: str
    waiting: int
    delivered: int
    given_up: int


class Outbox:
    """What one selection has to tell."""

    def __init__(self, state: StateFile, clock: Callable[[], float] = time.time) -> None:
        self._state, self._clock = state, clock
        state.ensure(*_TABLES)

    def read(self) -> int:
        """How many entries of the board were looked at; -1 before the first look."""
        with self._state.reading() as db:
            row = db.execute("select size from webhook_read").fetchone()
        return -1 if row is None else int(row[0])

    def put(self, events: Iterable[Event], size: int, endpoints: Collection[Endpoint]) -> None:
        """These events for who wants them; the board has been looked at up to this size."""
        now = self._clock()
        with self._state.writing() as db:
            for event in events:
                for endpoint in endpoints:
                    if not endpoint.wants(event):
                        continue
                    if event.type == CHECKPOINT:
                        db.execute("delete from webhook_outbox where url = ? and type = ?", (endpoint.url, CHECKPOINT))
                    db.execute(
                        "insert or ignore into webhook_outbox (url, event, type, body, due, tries)"
                        " values (?, ?, ?, ?, ?, 0)",
                        (endpoint.url, event.id, event.type, event.body(now), now),
                    )
            db.execute("insert or replace into webhook_read values (1, ?)", (size,))

    def due(self, url: str) -> Waiting | None:
        """What this receiver is to be told now."""
        with self._state.reading() as db:
            row = db.execute(
                "select id, event, body, tries from webhook_outbox where url = ? and due <= ? order by id limit 1",
                (url, self._clock()),
            ).fetchone()
        return None if row is None else Waiting(*row)

    def arrived(self, url: str, waiting: Waiting) -> None:
        """The receiver has it."""
        self._done(url, waiting, "delivered")

    def failed(self, url: str, waiting: Waiting) -> None:
        """The receiver did not take it; it is tried again later, or given up."""
        if waiting.tries >= len(DELAYS):
            self._done(url, waiting, "given_up")
            return
        due = self._clock() + DELAYS[waiting.tries]
        with self._state.writing() as db:
            db.execute("update webhook_outbox set tries = tries + 1, due = ? where id = ?", (due, waiting.row))

    def accounts(self, endpoints: Collection[Endpoint]) -> tuple[Account, ...]:
        """How it stands with each of these."""
        with self._state.reading() as db:
            return tuple(
                Account(
                    endpoint.url,
                    db.execute("select count(*) from webhook_outbox where url = ?", (endpoint.url,)).fetchone()[0],
                    *(
                        db.execute(
                            "select delivered, given_up from webhook_count where url = ?", (endpoint.url,)
                        ).fetchone()
                        or (0, 0)
                    ),
                )
                for endpoint in endpoints
            )

    def _done(self, url: str, waiting: Waiting, how: str) -> None:
        delivered, given_up = int(how == "delivered"), int(how == "given_up")
        with self._state.writing() as db:
            db.execute("delete from webhook_outbox where id = ?", (waiting.row,))
            db.execute(
                "insert into webhook_count values (?, ?, ?) on conflict (url) do update set"
                " delivered = delivered + excluded.delivered, given_up = given_up + excluded.given_up",
                (url, delivered, given_up),
            )
