"""Records of the reference encryptor, with witnesses, rolls, marks and annulments, as a server shows them.

    board = Board.of(client, "witnessed")    opened by the client, with the right anchors
    board.files(7)                           the board's files as they were when it had 7 entries
    board.receipt(5, 7)                      the receipt of entry 5 under the checkpoint of size 7

Nothing here shares code with the client or with the library but the Merkle proof.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any, Self

from e2evote.board.tree import Tree
from reference.make_tree import leaf_hash, record_files
from simulate.bases import base_election
from simulate.insider import Dossier
from tests.web.client import Client, b64

Files = dict[str, bytes]


@dataclass
class Board:
    """A record and the selection that the client opened from it."""

    client: Client
    dossier: Dossier
    handle: int

    @classmethod
    def of(cls, client: Client, name: str) -> Self:
        dossier = Dossier(base_election(name))
        return cls(client, dossier, client.call("open", **arguments_of(dossier))["handle"])

    @property
    def leaves(self) -> list[bytes]:
        return [entry.leaf_bytes() for entry in self.dossier.entries]

    def note(self, size: int, witnesses: int = -1) -> bytes:
        """The checkpoint of this size, cosigned by so many witnesses (by default by all that answer)."""
        times = self.dossier.times("checkpoint")
        if witnesses >= 0:
            times = dict(list(times.items())[:witnesses])
        return self.dossier.cosigned(self.dossier.checkpoint(size), times)

    def files(self, size: int = 0, note: bytes = b"") -> Files:
        size = size or len(self.leaves)
        payloads = [entry.pack_bytes() for entry in self.dossier.entries]
        return record_files(self.leaves[:size], payloads[:size], [], note or self.note(size))

    def receipt(self, index: int, size: int = 0, note: bytes = b"", entry: bytes = b"") -> str:
        size = size or len(self.leaves)
        tree = Tree()
        for leaf in self.leaves[:size]:
            tree.append(leaf_hash(leaf))
        extra = b64encode(entry or self.leaves[index]).decode()
        lines = ["c2sp.org/tlog-proof@v1", f"extra {extra}", f"index {index}"]
        lines += [b64encode(sibling).decode() for sibling in tree.inclusion_proof(index, size)]
        return "\n".join(lines) + "\n\n" + (note or self.note(size)).decode()

    def scan(self, line: str, files: Files) -> Any:
        return self.client.call("scan", selection=self.handle, files=shown(files), line=line)

    def scan_refusal(self, line: str, files: Files) -> str:
        return self.client.refusal("scan", selection=self.handle, files=shown(files), line=line)


def shown(files: Files) -> dict[str, str]:
    """As the driver takes them: payloads are none of a scan's business."""
    return {path: b64(data) for path, data in files.items() if not path.startswith("payload")}


def arguments_of(dossier: Dossier) -> dict[str, Any]:
    """What `openSelection` is given."""
    group, joint, expect = dossier.group, dossier.made.joint(), dossier.anchors()
    return {
        "manifest": b64(dossier.entries[0].payload_bytes()),
        "joint": {"K": group.hex(joint.K), "K_hat": group.hex(joint.K_hat)},
        "anchors": {"baseHash": expect["base_hash"], "extendedBaseHash": expect["extended_base_hash"]},
        "entry": b64(dossier.entries[0].leaf_bytes()),
    }
