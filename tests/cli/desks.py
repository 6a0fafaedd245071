"""A selection whose box is at work in this process, and everybody's key file, for tests of single commands."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.running import Ended, done, run
from e2evote.adapter import secretfile
from e2evote.adapter.keys import PURPOSE, VERSION
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.service import serving
from e2evote.secret.randomness import SystemRandomness
from tests.adapter.selections import Selection

WORDS = "correct horse battery staple"


@dataclass(frozen=True)
class Desk:
    """Commands about one selection. Every party's passphrase is the same, so that one file has it."""

    selection: Selection
    folder: Path

    @property
    def store(self) -> Path:
        return self.selection.store.path

    @property
    def record(self) -> Path:
        return self.selection.store.record

    def key(self, name: str) -> Path:
        path = self.folder / f"{name}.key"
        if not path.exists():
            seed, phrase = hashlib.sha256(name.encode()).digest(), Passphrase(WORDS, cost=2**15)
            secretfile.create(path, phrase.lock(seed, PURPOSE, VERSION, SystemRandomness()))
        return path

    def by(self, name: str) -> tuple[object, ...]:
        return "--key", self.key(name), "--passphrase-file", self.phrase, "--allow-test-group"

    def beside(self, name: str) -> tuple[object, ...]:
        return "--with-key", self.key(name), "--with-passphrase-file", self.phrase

    @property
    def phrase(self) -> Path:
        path = self.folder / "phrase"
        if not path.exists():
            secretfile.create(path, WORDS.encode())
        return path

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with self.selection.box() as box, serving(box):
            yield


def text_of(*arguments: object, stdin: str = "") -> str:
    """What a command that succeeds prints, on one line."""
    return " ".join(done(*arguments, stdin=stdin).out.split())


def failed(code: int, word: str, *arguments: object, stdin: str = "") -> Ended:
    """The command ends with this exit code, and an error of this name."""
    ended = run(*arguments, stdin=stdin)
    assert ended.code == code, ended.everything
    assert f"[{word}]" in ended.err, ended.err
    return ended
