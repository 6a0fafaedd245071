"""The demonstration's parties: their keys, the manifest, and the box's store, in one folder.

One person holds everything here, which no election may do; the passphrases lie beside the key files, and their cost is
the least that is allowed. All of that is for trying out, so that tampering with the record can be tried too.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.demo_process import Children
from e2evote.adapter.demo_votes import Ward
from e2evote.adapter.demo_witnesses import WITNESSES, Running, start_witnesses
from e2evote.adapter.keys import load_key, new_key, write_identity
from e2evote.adapter.passphrase import Passphrase, read_passphrase_file
from e2evote.adapter.store import Store, create_store
from e2evote.adapter.witness_folder import KEY
from e2evote.board.note import LogKey
from e2evote.errors import MalformedInput, Refused
from e2evote.manifest.draft import PartyFacts, draft
from e2evote.manifest.parties import Role
from e2evote.proofs.signature import decode_public_key
from e2evote.secret.keyfile import MINIMUM_COST
from e2evote.secret.sign import SigningKey

TRUSTEES = ("anna", "ben", "cleo")
QUORUM = 2
_PARTIES: tuple[tuple[str, Role, str], ...] = (
    ("chair", "administrator", "Returning officer"),
    ("log", "log", "Operator of the board"),
    ("tina", "teller", "Tellers of candidate A"),
    ("anna", "trustee", "Party of candidate A"),
    ("ben", "trustee", "Party of candidate B"),
    ("cleo", "trustee", "Independent observers"),
)
_BATCH_MS = 200
_DAY = timedelta(days=1)
"""Voting would last so long; the demonstration closes earlier, which its tolerance allows."""


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Where everything of one demonstration lies."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> "DemoFolder":
        """A demonstration that was run before."""
        folder = cls(path)
        if not (folder.store / "record" / "checkpoint").is_file() or not folder.keys.is_dir():
            raise Refused("no-demo", f"{path}: no demonstration was run here; run e2evote demo first")
        return folder

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def store(self) -> Path:
        return self.path / "box"

    @property
    def record(self) -> Path:
        return self.store / "record"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def anchors(self) -> Path:
        return self.path / "anchors.json"

    @property
    def earlier(self) -> Path:
        """The checkpoint that an observer kept before the close."""
        return self.path / "checkpoint-before-close"

    def trustee(self, name: str) -> Path:
        """A trustee's own folder."""
        return self.path / "trustees" / name

    @property
    def witnesses(self) -> Path:
        return self.path / "witnesses"

    def key(self, party: str) -> Path:
        return self.witnesses / party / KEY if party in WITNESSES else self.keys / f"{party}.key"

    def passphrase_file(self, party: str) -> Path:
        return self.keys / f"{party}.pass"

    def passphrase(self, party: str) -> Passphrase:
        """A party's passphrase, as its own process reads it."""
        return read_passphrase_file(self.passphrase_file(party))

    def signing_key(self, party: str) -> SigningKey:
        return load_key(self.key(party), self.passphrase(party))


def set_up(
    folder: DemoFolder, ward: Ward, group: str, children: Children, storage: str, *, test_group: bool
) -> tuple[Store, Running]:
    """New keys for all parties, witnesses at work, the manifest, and the store with it as entry 0."""
    for path in (folder.keys, folder.logs, folder.path / "trustees"):
        path.mkdir(mode=0o700)
    parties = [_party(folder, *party) for party in _PARTIES]
    election = f"demo-{secrets.token_hex(4)}"
    origin = f"e2evote/{election}"
    log = LogKey(origin, decode_public_key(next(party.key for party in parties if party.role == "log")))
    witnesses = start_witnesses(children, folder.witnesses, folder.keys, log)
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        manifest = draft(
            election=election,
            origin=origin,
            witnesses=witnesses.facts,
            witness_quorum=QUORUM,
            tolerance=int(_DAY.total_seconds()),
            name=ward.title,
            parties=parties,
            contests=ward.contests(),
            opens=now,
            closes=now + _DAY,
            quorum=QUORUM,
            group=group,
            batch_ms=_BATCH_MS,
        )
    except ValueError as error:
        raise MalformedInput(str(error), ward.source) from None
    (folder.path / "manifest.json").write_bytes(manifest.encode())
    chair = folder.signing_key("chair")
    passphrase = folder.passphrase("log")
    store = create_store(
        folder.store,
        manifest.encode(),
        chair,
        folder.key("log"),
        passphrase,
        storage=storage,
        allow_test_group=test_group,
    )
    return store, witnesses


def _party(folder: DemoFolder, name: str, role: Role, organisation: str) -> PartyFacts:
    text = secrets.token_hex(16)
    secretfile.create(folder.passphrase_file(name), text.encode() + b"\n")
    key = new_key(folder.key(name), Passphrase(text, cost=MINIMUM_COST))
    facts = PartyFacts(name, role, organisation, key.public)
    write_identity(folder.keys / f"{name}.pub", facts)
    return facts
