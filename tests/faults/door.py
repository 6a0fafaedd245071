"""Processes of one selection: a server that takes in and answers, and the one that writes.

A request is `("cast", envelope)` or `("ask", envelope)`, pickled over a socket in the file system; a reply is
`("waiting",)`, `("at", index, receipt)` or `("refused", code)`. Whoever only asks does not hand in again what was
refused.
"""

import os
import threading
from contextlib import closing, suppress
from multiprocessing.connection import Connection, Listener
from pathlib import Path

from e2evote.adapter.board_check import setting_of
from e2evote.adapter.intake import Intake, Ticket
from e2evote.adapter.patience import Patience
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.service import open_box
from e2evote.adapter.store import Store
from e2evote.ballot.box_envelope import decode_envelope
from e2evote.board.merkle import leaf_hash
from e2evote.errors import Refused
from tests.adapter.selections import PHRASE
from tests.faults.processes import say

Reply = tuple[str] | tuple[str, str] | tuple[str, int, bytes]


def write(path: str, stop: str) -> None:
    """The box, which judges and appends, until a file named `stop` is there."""
    with open_box(Store.at(Path(path)), PHRASE, allow_test_group=True) as service:
        say("open")
        service.run(lambda: os.path.exists(stop), Patience(), lambda batch: say("batch", batch.size))


def take_in(path: str, address: str) -> None:
    """A door for many clients, a thread for each, until it is killed."""
    with closing(Store.at(Path(path)).open_storage()) as storage, Listener(address, "AF_UNIX", backlog=128) as listener:
        intake = Intake(storage, setting_of(storage))
        say("open")
        while True:
            threading.Thread(target=_serve, args=(listener.accept(), intake), daemon=True).start()


def _serve(client: Connection, intake: Intake) -> None:
    with suppress(EOFError, OSError), client:
        while True:
            kind, data = client.recv()
            client.send(_answer(intake, kind, data))


def _answer(intake: Intake, kind: str, data: bytes) -> Reply:
    envelope = decode_envelope(data)
    try:
        ticket = Ticket(leaf_hash(envelope.leaf), again=False)
        if kind == "cast" or not intake.is_known(ticket):
            ticket = intake.submit(envelope)
        result = intake.result(ticket)
    except Refused as refused:
        return "refused", refused.code
    if result is None:
        return ("waiting",)
    if isinstance(result, Acknowledged):
        return "at", result.index, result.receipt
    return "refused", result.code
