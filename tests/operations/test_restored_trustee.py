"""A trustee whose folder is put back from an older copy, at every moment of a selection (A140).

Whatever is restored, the tool says what it has said before, or nothing: never two things of one kind in one session,
never two proofs with one nonce. What it could say anew it refuses, by a name that tells its owner what has happened.
"""

import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.service import BoxService
from e2evote.algebra.exponentiation import multi_power
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import Refused
from e2evote.hashing import canonical
from e2evote.record.leaf import LARGEST_LEAF
from e2evote.record.shares import decode_decryption_shares
from e2evote.tally.facts import facts_of
from e2evote.verify.ballot_work import silent
from tests.adapter.selections import Crash, Selection, prepared, refused
from tests.ballot.election import VOTE

REFUSALS = {
    "state-lost",
    "ceremony.own-message",
    "no-key",
    "tally.already-accepted",
    "tally.already-decrypted",
    "tally.not-accepted",
}


@dataclass
class Trustee:
    """The first trustee, all that it ever sent, and a copy of its folder from before each of its messages."""

    selection: Selection
    copies: Path
    sent: list[Envelope] = field(default_factory=list)
    refusals: set[str] = field(default_factory=set)
    number: int = 0

    @property
    def folder(self) -> Path:
        return self.selection.store.path / "own-1"

    def keep(self) -> None:
        """The folder as it is now is one of the older ones from now on."""
        shutil.copytree(self.folder, self.copies / str(self.number))
        self.number += 1

    def act(self, box: BoxService, name: str) -> None:
        """One step, with a copy before it and one between what is stored and what is sent."""

        def post(envelope: Envelope) -> Acknowledged:
            self.sent.append(envelope)
            self.keep()
            return box.post(envelope)

        if self.folder.exists():
            self.keep()
        self.call(name, self.selection.trustee(1, post))

    def restored_everywhere(self, name: str) -> None:
        """Every older copy takes the folder's place, and is asked for the same; what it would send is noted."""

        def post(envelope: Envelope) -> Acknowledged:
            self.sent.append(envelope)
            raise Crash

        with TemporaryDirectory() as now:
            shutil.copytree(self.folder, Path(now) / "own")
            for number in range(self.number):
                shutil.rmtree(self.folder)
                shutil.copytree(self.copies / str(number), self.folder)
                try:
                    self.call(name, self.selection.trustee(1, post))
                except Crash:
                    continue
                except Refused as refusal:
                    self.refusals.add(refusal.code)
            shutil.rmtree(self.folder)
            shutil.copytree(Path(now) / "own", self.folder)

    def call(self, name: str, tool: object) -> None:
        getattr(tool, name)()


def kind_of(envelope: Envelope) -> tuple[str, int]:
    members = canonical.decode(envelope.leaf, limit=LARGEST_LEAF)
    assert isinstance(members, dict)
    body = members["body"]
    assert isinstance(body, dict)
    session = body.get("session", 0)
    assert isinstance(session, int)
    return str(members["kind"]), session


@pytest.mark.slow
def test_a140_an_older_folder_at_any_moment_contradicts_nothing(tmp_path: Path) -> None:
    trustee = Trustee(prepared(tmp_path / "s", "setup"), tmp_path / "copies")
    trustee.copies.mkdir()
    selection = trustee.selection
    with selection.box() as box:
        others = [selection.trustee(index, box.post) for index in (2, 3)]
        for _ in range(6):
            trustee.act(box, "step")
            trustee.restored_everywhere("step")
            for tool in others:
                tool.step()
            trustee.restored_everywhere("step")
        assert selection.trustee(1, box.post).has_key
        chair = selection.administration(box.post)
        chair.open()
        box.post(selection.ballot("vera", VOTE))
        box.post(selection.ballot("otto", {"mayor": {"ada": 1}}, "half"))
        chair.close()
        chair.statement()
        for name in ("accept", "decrypt"):
            trustee.act(box, name)
            trustee.restored_everywhere(name)
        others[0].accept()
        others[0].decrypt()
        for name in ("step", "accept", "decrypt"):
            trustee.restored_everywhere(name)
        chair.outcome()
    assert selection.verify().failing == frozenset()
    said = defaultdict(set)
    for envelope in trustee.sent:
        said[kind_of(envelope)].add((envelope.leaf, envelope.payload))
    kinds = {kind for kind, _ in said}
    assert kinds == {f"ceremony.{name}" for name in ("commit", "reveal", "shares", "confirm")} | {
        "tally.accept", "tally.share",
    }  # fmt: skip
    assert {kind: len(each) for (kind, _), each in said.items()} == dict.fromkeys(kinds, 1)
    assert trustee.refusals <= REFUSALS
    assert {"tally.already-accepted", "tally.already-decrypted"} <= trustee.refusals


def test_a140_shares_made_again_from_an_older_memory_have_nonces_of_their_own(tmp_path: Path) -> None:
    """Put back between storing and sending: the answer is computed anew, and its nonces are drawn anew with it.

    Two answers to different challenges with one nonce would give away the key.
    """
    selection = prepared(tmp_path / "s", "stated")
    folder = selection.store.path / "own-1"
    made: list[bytes] = []

    def post(envelope: Envelope) -> Acknowledged:
        made.append(envelope.payload)
        raise Crash

    with selection.box() as box:
        selection.trustee(1, box.post).accept()
        memory = (folder / "memory").read_bytes()
        for _ in range(2):
            with pytest.raises(Crash):
                selection.trustee(1, post).decrypt()
            (folder / "memory").write_bytes(memory)
    board = selection.board()
    facts = facts_of(board.examine(None, silent))
    group, Y = facts.setting.group, facts.joint.verification_key(1)
    first, second = (decode_decryption_shares(data, facts.setting.manifest, group).shares for data in made)
    assert [share.M for share in first] == [share.M for share in second]
    commitments = {
        (multi_power([(group.g, share.proof.v), (Y, share.proof.c)])).encode() for share in (*first, *second)
    }
    assert len(commitments) == len(first) + len(second)


def test_a140_an_older_memory_does_not_accept_another_statement_on_the_same_board(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "stated")
    folder = selection.store.path / "own-1"
    with selection.box() as box:
        selection.trustee(1, box.post).accept()
        (folder / "memory").unlink()
        assert refused(selection.trustee(1, box.post).accept).code == "tally.already-accepted"
        assert refused(selection.trustee(1, box.post).decrypt).code == "tally.not-accepted"


def test_a140_another_trustees_key_put_back_by_mistake_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "stated")
    folder = selection.store.path
    shutil.copy2(folder / "own-2" / "key", folder / "own-1" / "key")
    with selection.box() as box:
        assert refused(selection.trustee(1, box.post).accept).code == "wrong-key"
