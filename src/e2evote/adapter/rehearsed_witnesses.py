"""The witnesses of a rehearsal: each with a folder of its own, as a real one has, and all in this process.

So receipts have cosignatures, and a reader that wants a quorum finds one. What it does not show is that the log's
operator and its witnesses are different people.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.witness_desk import MakeDesk
from e2evote.adapter.witness_folder import make_witness, read_settings, unlock
from e2evote.adapter.witness_state import WitnessState
from e2evote.board.note import LogKey
from e2evote.board.policy import Policy
from e2evote.board.witnessing import Rejected, encode_answer
from e2evote.errors import Refused
from e2evote.manifest.draft import WitnessFacts

FOLDER = "witnesses"
"""In the private folder of the store: a folder for each witness, by its party's id."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of a witness."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


def make_witnesses(folder: Path, names: Sequence[str], log: LogKey, passphrase: Passphrase) -> list[WitnessFacts]:
    """New witnesses who follow this log, and what the manifest says of them."""
    folder.mkdir(mode=0o700)
    made = []
    for name in names:
        settings = make_witness(folder / name, f"rehearsal.example/{name}", (log,), passphrase)
        made.append(WitnessFacts(name, f"Rehearsal, {name}", settings.key.encode()))
    return made


def desk_of(passphrase: Passphrase) -> MakeDesk:
    """By what the box of a rehearsal asks its witnesses."""

    def make(policy: Policy, private: Path) -> "RehearsalDesk":
        return RehearsalDesk(policy, private / FOLDER, passphrase)

    return make


class RehearsalDesk:
    """Asks the witnesses in these folders."""

    def __init__(self, policy: Policy, folder: Path, passphrase: Passphrase) -> None:
        self._witnesses: dict[str, WitnessState] = {}
        for witness in policy.witnesses:
            own = folder / witness.name
            settings = read_settings(own)
            self._witnesses[witness.name] = WitnessState(own, settings, unlock(own, settings, passphrase), time.time)

    def __call__(self, requests: Mapping[str, bytes]) -> Iterator[tuple[str, Said | Refused]]:
        """The answers in any order."""
        for name, request in requests.items():
            try:
                answer = self._witnesses[name].submit(request)
            except Refused as refused:
                yield name, refused
                continue
            if isinstance(answer, Rejected):
                yield name, Said(answer.status, answer.body, answer.content_type)
            else:
                yield name, Said(200, encode_answer(answer))

    def close(self) -> None:
        """Nothing is held."""
