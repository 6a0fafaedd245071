"""A log, a witness for it, and the process that serves it."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.witness_folder import Settings, make_witness, read_settings, unlock
from e2evote.adapter.witness_state import WitnessState
from e2evote.board.checkpoint import Checkpoint
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import LogKey, Signature, Signer, sign_note
from e2evote.board.tree import Tree
from e2evote.board.witnessing import Request
from e2evote.proofs.signature import decode_public_key
from e2evote.secret.sign import SigningKey

ORIGIN = "vote.example/log"
NAME = "wanda.example/witness"
NOW = 1_800_000_000
ROOT = Path(__file__).resolve().parents[2]


def log_signer(origin: str = ORIGIN, seed: bytes = bytes(range(32))) -> Signer:
    key = SigningKey(seed)
    return Signer(LogKey(origin, decode_public_key(key.public)), key.sign)


def log_key(origin: str = ORIGIN, seed: bytes = bytes(range(32))) -> LogKey:
    return LogKey(origin, decode_public_key(SigningKey(seed).public))


@dataclass(slots=True)
class History:
    """One history of a log: leaves of this kind, as many as are asked for."""

    kind: str = "entry"
    signer: Signer = field(default_factory=log_signer)
    tree: Tree = field(default_factory=Tree)

    def _grown(self, size: int) -> Tree:
        while self.tree.size < size:
            self.tree.append(leaf_hash(f"{self.kind} {self.tree.size}".encode()))
        return self.tree

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(self.signer.key.name, size, self._grown(size).root(size))

    def note(self, size: int, *more: Signature) -> bytes:
        note = sign_note(self.checkpoint(size).text(), [self.signer])
        return note + "".join(signature.line() for signature in more).encode()

    def request(self, old: int, size: int, *more: Signature) -> bytes:
        """An honest request, if the witness is at `old`."""
        proof = self._grown(size).consistency_proof(old, size) if 0 < old <= size else ()
        return Request(old, proof, self.note(size, *more)).encode()


def passphrase() -> Passphrase:
    return Passphrase("word", cost=2**4, minimum=2**4)


def make(folder: Path, *, logs: Sequence[LogKey] | None = None, cost: int = 2**4) -> Settings:
    """A witness that follows the log, unless others are given."""
    keys = [log_key()] if logs is None else logs
    return make_witness(folder, NAME, keys, Passphrase("word", cost=cost, minimum=2**4))


class Clock:
    """A clock that shows what a test says."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def opened(folder: Path, clock: Clock | None = None) -> WitnessState:
    """The witness started anew on its folder."""
    settings = read_settings(folder)
    return WitnessState(folder, settings, unlock(folder, settings, passphrase()), clock or Clock())


def environment() -> dict[str, str]:
    """For processes that import the library and the tests."""
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}"}


@dataclass(frozen=True, slots=True)
class Served:
    """A server process, and where it answers."""

    process: "subprocess.Popen[bytes]"
    url: str


def begin(command: Sequence[str | Path], errors: Path | None = None) -> Served:
    """Start a command that prints its address as JSON when it listens."""
    stderr = errors.open("ab") if errors else subprocess.DEVNULL
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=stderr, env=environment()
    )
    if errors:
        stderr.close()  # type: ignore[union-attr]
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.stdout.close()
        process.wait()
        raise RuntimeError(errors.read_text() if errors else "the server did not start")
    return Served(process, json.loads(line)["address"])


def end(served: Served) -> int:
    """Ask the process to end; its exit code."""
    served.process.terminate()
    try:
        return served.process.wait(30)
    except subprocess.TimeoutExpired:
        served.process.kill()
        raise
    finally:
        served.process.wait()
        assert served.process.stdout is not None
        served.process.stdout.close()


def serve_command(folder: Path, port: int = 0) -> list[str | Path]:
    """`e2evote witness serve`, for a witness whose key was locked at the lowest price that commands accept."""
    word = folder.parent / "passphrase"
    word.write_text("word\n")
    words: list[str | Path] = [sys.executable, "-m", "e2evote", "witness", "serve", folder, "--port", str(port)]
    return [*words, "--passphrase-file", word, "--json"]


@contextlib.contextmanager
def served(folder: Path, errors: Path | None = None) -> Iterator[str]:
    """The URL of a witness that is served by a process of its own."""
    running = begin(serve_command(folder), errors)
    try:
        yield running.url
    finally:
        assert end(running) == 0
