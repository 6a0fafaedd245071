"""What every act of the demonstration needs: the folder, the processes, the board, and a way to the box.

Parties who are people at another desk run commands in processes of their own (`run`); the chair acts in this one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.act import Act
from e2evote.adapter.board import BoardReader
from e2evote.adapter.demo.process import Child, Children
from e2evote.adapter.demo.setup import DemoFolder
from e2evote.adapter.demo.voters import PatientPost
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.roll_record import VoterRecord, voters_on
from e2evote.adapter.signing import signed

Command = tuple[str, tuple[str | Path, ...]]
"""What a process is called, and its arguments."""

CHEAP = ("--scrypt-log2", "15")
"""The least that a passphrase of the demonstration may cost."""


Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whom the demonstration tells what it does, and how far the voting and the verifying are."""

    step: Callable[[str], None]
    voting: Progress
    verifying: Progress


@dataclass(frozen=True, slots=True)
class Stage:
    """Where it all happens. workers: of each process that verifies. test_group: whether the group is one for tests."""

    folder: DemoFolder
    children: Children
    board: BoardReader
    post: PatientPost
    workers: int
    test_group: bool

    @property
    def flags(self) -> tuple[str, ...]:
        return ("--allow-test-group",) if self.test_group else ()

    def run(self, commands: Iterable[Command]) -> None:
        """All at the same time, to the end of the last."""
        self.children.together(list(commands))

    def start(self, command: Command) -> Child:
        name, arguments = command
        return self.children.start(name, *arguments)

    def key(self, party: str) -> tuple[str | Path, ...]:
        """The options by which a party's process gets its key."""
        return "--key", self.folder.key(party), "--passphrase-file", self.folder.passphrase_file(party)

    def with_key(self, party: str) -> tuple[str | Path, ...]:
        """The same for whoever signs as the second."""
        return "--with-key", self.folder.key(party), "--with-passphrase-file", self.folder.passphrase_file(party)

    def act(self, act: Act, *parties: str) -> Acknowledged:
        """Signed by these parties in this process, and posted."""
        keys = [self.folder.signing_key(party) for party in parties]
        done = self.post(signed(self.board.setting, act.kind, act.body, keys, act.payload))
        self.board.refresh()
        return done

    def record(self) -> VoterRecord:
        """Who may vote by the board as it is now."""
        self.board.refresh()
        return voters_on(self.board)
