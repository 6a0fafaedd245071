"""A selection's folder on the machine of the box (docs/record-format.md, Files).

    record/    the public board, for any web server to publish
    inbox/     submissions: one file each, of participants
    replies/   the box's answers, under the same names
    private/   the box's own: the log's key, encrypted, and what it must not forget

Only the box writes in record/ and private/.
"""

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.box_state import BoxState, Head
from e2evote.adapter.files import StaticWriter
from e2evote.adapter.keys import load_key
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.published import PublishedLog
from e2evote.algebra.parameters import ACCEPTED, TEST_GROUPS
from e2evote.board.log import Log
from e2evote.board.note import Signer
from e2evote.errors import MalformedInput, Refused
from e2evote.manifest.model import Manifest
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.record.bodies import Body
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.secret.sign import SigningKey
from e2evote.verify.leaves import Setting
from e2evote.verify.log import log_key as log_key_of

LOG_KEY = "log.key"


@dataclass(frozen=True, slots=True)
class Store:
    """Where everything of one selection lies."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> "Store":
        """The store that is there, or Refused."""
        store = cls(path)
        for folder in (store.record, store.inbox, store.replies, store.private):
            if not folder.is_dir():
                raise Refused("no-store", f"{path}: no selection is stored here ({folder.name}/ is missing)")
        return store

    def setting(self) -> Setting:
        """What entry 0 of its log fixes."""
        return PublishedLog(self.record).setting()

    @property
    def record(self) -> Path:
        return self.path / "record"

    @property
    def inbox(self) -> Path:
        return self.path / "inbox"

    @property
    def replies(self) -> Path:
        return self.path / "replies"

    @property
    def private(self) -> Path:
        return self.path / "private"


def create_store(
    path: Path,
    manifest: bytes,
    administrator: SigningKey,
    log_key: Path,
    passphrase: Passphrase,
    *,
    allow_test_group: bool = False,
) -> Store:
    """A new store whose log holds the manifest as entry 0. It appears whole or not at all.

    log_key: the file with the log's signing key, of which the store keeps a copy. passphrase: of that file.
    """
    read = _checked(manifest, allow_test_group)
    key = load_key(log_key, passphrase)
    author = read.parties_of("administrator")[0]
    for name, expected, given in (
        ("administrator", author.key, administrator.public),
        ("log", read.parties_of("log")[0].key, key.public),
    ):
        if expected != given:
            raise Refused("wrong-key", f"the manifest has another key for the {name}: {expected.hex()}")
    if os.path.lexists(path):
        raise Refused("store-exists", f"{path}: there is such a file or folder already")
    leaf = Leaf("manifest", author.id, b"", Body(), PayloadName.of(manifest))
    leaf = leaf.signed(Signature(administrator.public, administrator.sign(leaf.message())))
    log = Log(Signer(log_key_of(read), key.sign))
    log.append(leaf.encode(), manifest)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    try:
        _fill(Store(temporary), log, secretfile.read(log_key))
        temporary.rename(path)
    except OSError as error:
        raise Refused("no-store", f"{path}: {error.strerror}") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Store(path)


def _checked(manifest: bytes, allow_test_group: bool) -> Manifest:
    read = Manifest.decode(manifest)
    failures = (*key_failures(read), *rule_failures(read))
    if failures:
        raise Refused("manifest-rules", "; ".join(f"{failure.subject}: {failure.detail}" for failure in failures))
    if read.group not in (*ACCEPTED, *TEST_GROUPS):
        raise MalformedInput(f"no group is named {read.group!r}", "group")
    if read.group in TEST_GROUPS and not allow_test_group:
        raise Refused("test-group", f"the group {read.group} offers no secrecy")
    return read


def _fill(store: Store, log: Log, key_file: bytes) -> None:
    store.path.mkdir(mode=0o755)
    for folder in (store.record, store.inbox, store.replies):
        folder.mkdir()
    store.private.mkdir(mode=0o700)
    files = log.publish(0)
    StaticWriter(store.record).write(files)
    secretfile.create(store.private / LOG_KEY, key_file)
    BoxState.create(store.private, Head(log.signed_checkpoint(), {}))
