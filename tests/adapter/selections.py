"""A selection on disk for tests: three trustees, quorum two, in the group for tests, with cheap passphrases.

`prepared(path, phase)` copies a store that has come so far; each phase is made once, in a folder of the process.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from e2evote.adapter import secretfile
from e2evote.adapter.admin import Administration
from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.inbox import Post
from e2evote.adapter.keys import PURPOSE, VERSION
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.patience import Patience
from e2evote.adapter.service import BoxService, open_box
from e2evote.adapter.store import Store, create_store
from e2evote.adapter.trustee_tool import TrusteeTool
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import Refused
from e2evote.manifest.model import Manifest
from e2evote.secret.randomness import SystemRandomness
from e2evote.verify import verify_record
from e2evote.verify.report import Report
from tests.ballot.election import VOTE, make_manifest, signing_key

PHRASE = Passphrase("correct horse battery staple", cost=2**10, minimum=2**10)
TRUSTEES = ("trustee-1", "trustee-2", "trustee-3")
PHASES = ("setup", "committed", "confirmed", "open", "cast", "closed", "stated", "decrypted", "published")


class Crash(BaseException):
    """The process is gone."""


def refused(act: Callable[[], object]) -> Refused:
    """The refusal that this act ends with."""
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value


class Clock:
    """A clock that moves only while somebody sleeps, and does something meanwhile."""

    def __init__(self) -> None:
        self.now = 0.0
        self.meanwhile = [lambda: None]

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        for act in self.meanwhile:
            act()

    def patience(self, seconds: float = 10.0) -> Patience:
        return Patience(seconds, 1.0, self.time, self.sleep)


def write_log_key(path: Path, passphrase: Passphrase = PHRASE) -> Path:
    secretfile.create(path, passphrase.lock(sha256(b"log").digest(), PURPOSE, VERSION, SystemRandomness()))
    return path


def new_store(path: Path, manifest: Manifest | None = None) -> Store:
    with tempfile.TemporaryDirectory() as folder:
        key = write_log_key(Path(folder) / "log.key")
        read = manifest or make_manifest()
        return create_store(path, read.encode(), signing_key("chair"), key, PHRASE, allow_test_group=True)


@dataclass
class Selection:
    """A store, its box while it is open, and everybody's tools on it."""

    store: Store

    @contextmanager
    def box(self) -> Iterator[BoxService]:
        with open_box(self.store, PHRASE, allow_test_group=True) as service:
            yield service

    def board(self) -> BoardReader:
        return BoardReader(self.store.record, allow_test_group=True)

    def trustee(self, index: int, post: Post, patience: Patience | None = None) -> TrusteeTool:
        folder = self.store.path / f"own-{index}"
        return TrusteeTool(folder, signing_key(f"trustee-{index}"), PHRASE, self.board(), post, patience)

    def trustees(self, post: Post) -> list[TrusteeTool]:
        return [self.trustee(i, post) for i in (1, 2, 3)]

    def administration(self, post: Post) -> Administration:
        return Administration(self.board(), post, signing_key("chair"), signing_key("tess"))

    def booth(self) -> Booth:
        return Booth(self.board())

    def ballot(self, name: str, votes: Mapping[str, Mapping[str, int]] = VOTE, style: str = "all") -> Envelope:
        key, booth = signing_key(name), self.booth()
        return booth.cast(booth.seal(booth.owner(key.public), votes, style), key)

    def verify(self) -> Report:
        return verify_record(self.store.record, allow_test_group=True)


def hold_ceremony(selection: Selection, post: Post) -> None:
    tools = selection.trustees(post)
    while not all(tool.has_key for tool in tools):
        assert any([tool.step() for tool in tools])


def _advance(selection: Selection, phase: str) -> None:
    with selection.box() as service:
        post, chair = service.post, selection.administration(service.post)
        match phase:
            case "committed":
                for tool in selection.trustees(post):
                    tool.step()
            case "confirmed":
                hold_ceremony(selection, post)
            case "open":
                chair.open()
            case "cast":
                post(selection.ballot("vera"))
                post(selection.ballot("otto", {"mayor": {"ada": 1}}, "half"))
                booth = selection.booth()
                post(booth.challenge(booth.seal(booth.owner(signing_key("vera").public), VOTE), "0" * 32)[0])
            case "closed":
                chair.close()
            case "stated":
                chair.statement()
            case "decrypted":
                for index in (1, 3):
                    tool = selection.trustee(index, post)
                    tool.accept()
                    tool.decrypt()
            case "published":
                chair.outcome()


@cache
def _template(phase: str) -> Path:
    path = Path(_folder()) / phase
    place = PHASES.index(phase)
    if place == 0:
        new_store(path)
    else:
        shutil.copytree(_template(PHASES[place - 1]), path)
        _advance(Selection(Store.at(path)), phase)
    return path


@cache
def _keeper() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="e2evote-tests-")


def _folder() -> str:
    return _keeper().name


def prepared(path: Path, phase: str) -> Selection:
    """A store of its own at `path`, in the phase of that name."""
    shutil.copytree(_template(phase), path)
    return Selection(Store.at(path))
