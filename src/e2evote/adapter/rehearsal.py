"""A rehearsal: every key of a selection on one machine (docs/threats.md).

For trying things out, for teaching and for tests of a service. Whoever can read the folder can open every ballot, so a
rehearsal proves nothing about secrecy; the record that it leaves is one like any other. All signing keys follow from
one secret, `private/rehearsal`, by HMAC-SHA-256 of a label.
"""

import hmac
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.keys import PURPOSE, VERSION
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.store import Store, create_store
from e2evote.algebra.parameters import TEST_GROUPS
from e2evote.errors import MalformedInput
from e2evote.manifest.draft import ContestFacts, Name, OptionFacts, PartyFacts, draft
from e2evote.manifest.parties import Role
from e2evote.secret.keyfile import MINIMUM_COST
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SigningKey

FILE = "rehearsal"
_SECRET_SIZE = 32


@dataclass(frozen=True, slots=True, repr=False)
class RehearsalKeys:
    """The one secret, and the keys that follow from it."""

    secret: bytes

    @classmethod
    def read(cls, store: Store) -> "RehearsalKeys | None":
        """Those of a store that was made for a rehearsal; None for any other."""
        path = store.private / FILE
        if not path.exists():
            return None
        secret = secretfile.read(path)
        if len(secret) != _SECRET_SIZE:
            raise MalformedInput(f"{len(secret)} bytes, want {_SECRET_SIZE}", str(path))
        return cls(secret)

    def seed(self, label: str) -> bytes:
        """32 bytes for one purpose."""
        return hmac.digest(self.secret, f"e2evote/v1/rehearsal {label}".encode(), "sha256")

    def party(self, id: str) -> SigningKey:
        """The key of the party with this id."""
        return SigningKey(self.seed(f"party {id}"))

    def voter(self, name: str) -> SigningKey:
        """The key of a voter, whatever the caller calls voters."""
        return SigningKey(self.seed(f"voter {name}"))

    def session(self, name: str) -> str:
        """The session that the voter's challenges are counted against."""
        return self.seed(f"session {name}").hex()

    def passphrase(self) -> Passphrase:
        """Of the files that are encrypted. The secret is random, so the lowest cost is as good as any."""
        return Passphrase(self.seed("passphrase").hex(), cost=MINIMUM_COST)

    def __repr__(self) -> str:
        return "RehearsalKeys(<redacted>)"


def create_rehearsal(
    path: Path,
    contests: Mapping[str, Sequence[str]] | Sequence[ContestFacts],
    *,
    name: Name,
    election: str,
    trustees: int,
    quorum: int,
    floor: int,
    group: str,
    storage: str = "",
) -> Store:
    """A store with the keys of all its parties. storage: as in `create_store`."""
    keys = RehearsalKeys(SystemRandomness().bytes(_SECRET_SIZE))
    roles: dict[str, Role] = {"administrator": "administrator", "log": "log", "teller": "teller"}
    roles |= {f"trustee-{i}": "trustee" for i in range(1, trustees + 1)}
    begins = datetime.now(UTC).replace(microsecond=0)
    manifest = draft(
        election=election,
        name=name,
        parties=[PartyFacts(id, role, "Rehearsal", keys.party(id).public) for id, role in roles.items()],
        contests=_contests(contests),
        opens=begins,
        closes=begins + timedelta(days=1),
        quorum=quorum,
        floor=floor,
        group=group,
        batch_ms=100,
    )
    with tempfile.TemporaryDirectory(prefix="e2evote-") as folder:
        log_key = Path(folder) / "log.key"
        locked = keys.passphrase().lock(keys.seed("party log"), PURPOSE, VERSION, SystemRandomness())
        secretfile.create(log_key, locked)
        store = create_store(
            path,
            manifest.encode(),
            keys.party("administrator"),
            log_key,
            keys.passphrase(),
            storage=storage,
            allow_test_group=group in TEST_GROUPS,
        )
    secretfile.create(store.private / FILE, keys.secret)
    return store


def _contests(contests: Mapping[str, Sequence[str]] | Sequence[ContestFacts]) -> tuple[ContestFacts, ...]:
    """From ids and options' ids alone: choose one, blank votes counted, a tie reported."""
    if not isinstance(contests, Mapping):
        return tuple(contests)
    return tuple(
        ContestFacts(id, id, tuple(OptionFacts(option, option) for option in options))
        for id, options in contests.items()
    )
