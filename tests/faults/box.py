"""The whole server as a process: the box of a selection, until it is killed."""

from pathlib import Path

from e2evote.adapter.patience import Patience
from e2evote.adapter.service import open_box
from e2evote.adapter.store import Store
from tests.adapter.selections import PHRASE
from tests.faults.processes import say


def main(path: str) -> None:
    with open_box(Store.at(Path(path)), PHRASE, allow_test_group=True) as service:
        say("open", service.size)
        service.run(lambda: False, Patience(), lambda batch: say("batch", batch.size))
