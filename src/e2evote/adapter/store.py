"""A selection's folder on the machine of the box (docs/record-format.md, Files).

    record/    the public board, for any web server to publish
    inbox/     submissions: one file each, of participants
    replies/   the box's answers, under the same names
    private/   the box's own: the log's key, encrypted, and where the log is stored

The log itself is in a storage, by default private/log.sqlite; record/ is made from it. Only the box writes in record/
and private/.
"""

import os
import secrets
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.files import StaticWriter
from e2evote.adapter.keys import load_key
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.published import PublishedLog
from e2evote.adapter.storage import POSTGRES, create_storage, open_storage
from e2evote.algebra.parameters import ACCEPTED, TEST_GROUPS
from e2evote.board.gathering import Gatherer
from e2evote.board.keeper import Collaborators, Keeper
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import Signer
from e2evote.board.storage import Storage, Submission
from e2evote.errors import MalformedInput, Refused
from e2evote.manifest.model import Manifest
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.record.bodies import Body
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.secret.sign import SigningKey
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Setting, judge_leaf, read_setting
from e2evote.verify.log import log_key as log_key_of

LOG_KEY = "log.key"
STORAGE = "storage"
"""The file that says where the log is stored: a line with the place, as `adapter.storage` knows them and from the
private folder on, and a line with the log's origin."""

DEFAULT_STORAGE = "log.sqlite"
_LONGEST_PLACE = 4096


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

    def storage_place(self) -> tuple[str, str]:
        """Where the log is stored, and its origin; Refused `no-store` where nothing says so."""
        try:
            place, origin, end = secretfile.read(self.private / STORAGE).decode("utf-8").split("\n")
        except (Refused, ValueError):
            raise Refused(
                "no-store", f"{self.path}: private/{STORAGE} is not there, or not a place and an origin"
            ) from None
        if end or not 0 < len(place) <= _LONGEST_PLACE or not place.isprintable():
            raise Refused("no-store", f"{self.path}: private/{STORAGE} does not name a place")
        return (place if place.startswith(POSTGRES) else str(self.private / place)), origin

    def open_storage(self) -> Storage:
        """The storage of the log."""
        return open_storage(*self.storage_place())

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
    storage: str = "",
    allow_test_group: bool = False,
) -> Store:
    """A new store whose log holds the manifest as entry 0. It appears whole or not at all.

    log_key: the file with the log's signing key, of which the store keeps a copy. passphrase: of that file. storage:
    where the log is to be stored (`adapter.storage`); "" for an SQLite file in the store. The first head has no
    cosignatures yet: the box asks the witnesses for them when it starts.
    """
    author = _checked(manifest, allow_test_group).parties_of("administrator")[0]
    if author.key != administrator.public:
        raise Refused("wrong-key", f"the manifest has another key for the administrator: {author.key.hex()}")
    entry = first_entry(manifest, author.id, administrator)
    return found_store(path, manifest, entry, log_key, passphrase, storage=storage, allow_test_group=allow_test_group)


def first_entry(manifest: bytes, author: str, administrator: SigningKey) -> bytes:
    """Entry 0 of the log with this manifest. author: the administrator's id there."""
    leaf = Leaf("manifest", author, b"", Body(), PayloadName.of(manifest))
    return leaf.signed(Signature(administrator.public, administrator.sign(leaf.message()))).encode()


def found_store(
    path: Path,
    manifest: bytes,
    entry: bytes,
    log_key: Path,
    passphrase: Passphrase,
    *,
    storage: str = "",
    allow_test_group: bool = False,
) -> Store:
    """The same with an entry 0 that the administrator has signed elsewhere; Refused by the check that it would fail."""
    read = _checked(manifest, allow_test_group)
    key = load_key(log_key, passphrase)
    expected = read.parties_of("log")[0].key
    if expected != key.public:
        raise Refused("wrong-key", f"the manifest has another key for the log: {expected.hex()}")
    setting, findings = read_setting(entry, manifest), Findings()
    judge_leaf(setting, setting.start(), 0, entry, findings)
    for check in sorted(findings.failing()):
        raise Refused(check.value, findings.of(check).failures[0].detail)
    if os.path.lexists(path):
        raise Refused("store-exists", f"{path}: there is such a file or folder already")
    first = Submission(leaf_hash(entry), entry, manifest)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    try:
        _fill(Store(temporary), first, read, key, secretfile.read(log_key), storage)
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


def _fill(store: Store, first: Submission, manifest: Manifest, key: SigningKey, key_file: bytes, place: str) -> None:
    store.path.mkdir(mode=0o755)
    for folder in (store.record, store.inbox, store.replies):
        folder.mkdir()
    store.private.mkdir(mode=0o700)
    secretfile.create(store.private / LOG_KEY, key_file)
    if place and not place.startswith(POSTGRES):
        place = str(Path(place).absolute())
    secretfile.create(store.private / STORAGE, f"{place or DEFAULT_STORAGE}\n{manifest.origin}\n".encode())
    with closing(create_storage(*store.storage_place())) as storage:
        storage.submit([first])
        gatherer = Gatherer(manifest.policy, lambda requests: ()) if manifest.policy else None
        signer = Signer(log_key_of(manifest), key.sign)
        keeper = Keeper.start(Collaborators(storage, StaticWriter(store.record), signer, gatherer))
        keeper.append([first])
        keeper.settle()
