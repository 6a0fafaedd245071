"""A selection with a roll, on disk with its box: what `tests.ballot.rolled` makes in memory, posted to a store.

`rolled_store(path, phase, terms)` copies one that has come so far; each is made once, in a folder of the process.
"""

import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from e2evote.adapter.approval import Draft, author_of, signed_by
from e2evote.adapter.inbox import Post
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.service import open_box
from e2evote.adapter.store import Store
from e2evote.adapter.trustee_folder import TrusteeFolder
from e2evote.ballot.box_envelope import Envelope
from e2evote.ceremony.states import Finished
from e2evote.credentials.code import CredentialKeys, draw_codes
from e2evote.record.body import Body
from e2evote.record.electorate import Electorate
from e2evote.record.roll_row import line_of
from e2evote.record.voter_bodies import Reissue
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SigningKey
from tests.adapter.selections import PHRASE, Selection, new_store
from tests.ballot.election import signing_key
from tests.ballot.rolled import USUAL, RolledRig, Terms
from tests.randomness import DeterministicRandomness

PAPER = Terms(paper=("in_person", "postal"))
"""Paper prevails: a mark takes out a ballot cast online."""
ONLINE_FIRST = Terms(paper=("postal",), paper_prevails=False)


@dataclass
class RolledSelection(Selection):
    """A store whose lines have the codes of `tests.ballot.rolled`."""

    terms: Terms = USUAL

    @property
    def electorate(self) -> Electorate:
        found = self.board().electorate
        assert found is not None
        return found

    def draft(self, kind: str, body: Body, *names: str, payload: bytes = b"") -> Draft:
        setting, keys = self.board().setting, [signing_key(name) for name in names]
        return signed_by(setting, kind, body, author_of(setting, kind, keys[0]), keys, payload)

    def post(self, post: Post, kind: str, body: Body, *names: str, payload: bytes = b"") -> Acknowledged:
        return post(self.draft(kind, body, *names, payload=payload).envelope())

    def keys(self, number: int) -> tuple[SigningKey, ...]:
        """The secrets of a line, as they were given out at first."""
        registrars = [party.id for party in self.board().manifest.registrars]
        return tuple(signing_key(f"{registrar}, line {number}, code 1") for registrar in registrars)

    def with_codes(self, post: Post, number: int, seed: str = "codes") -> tuple[str, ...]:
        """New credentials of a line, from codes that can be typed; from each registrar."""
        board, texts = self.board(), []
        assert board.electorate is not None
        for place, registrar in enumerate(party.id for party in board.manifest.registrars):
            (code,) = draw_codes(1, DeterministicRandomness(f"{seed} {number} {place}"))
            key = CredentialKeys(board.setting.base_hash, registrar).of(line_of(number), code)
            book = board.electorate.book(registrar)
            body = Reissue(key.public, line_of(number), book.issued + 1, book.active(number), "lost")
            self.post(post, "credential.reissue", body, registrar, "tess")
            texts.append(code.in_groups())
        return tuple(texts)


@cache
def _template(phase: str, terms: Terms) -> Path:
    path = Path(_keeper().name) / f"{phase}-{abs(hash(terms))}"
    store, rig = new_store(path, terms.manifest()), RolledRig.at(phase, terms)
    with open_box(store, PHRASE, allow_test_group=True) as box:
        for entry, payload, hints in rig.entries[1:]:
            box.post(Envelope(entry, payload or b"", hints or b""))
    for index, state in rig.trustees.items():
        if isinstance(state, Finished):
            folder = TrusteeFolder(path / f"own-{index}", PHRASE, rig.box.setting, SystemRandomness())
            folder.store_key(state.key)
    return path


@cache
def _keeper() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="e2evote-tests-")


def rolled_store(path: Path, phase: str, terms: Terms = USUAL) -> RolledSelection:
    """A store of its own at `path`, in the phase of that name: see `tests.ballot.rolled`."""
    shutil.copytree(_template(phase, terms), path)
    return RolledSelection(Store.at(path), terms)
