"""A rehearsal: every key of a selection on one machine (docs/threats.md).

For trying things out, for teaching and for tests of a service. Whoever can read the folder can open every ballot, so a
rehearsal proves nothing about secrecy; the record that it leaves is one like any other. All signing keys follow from
one secret, `private/rehearsal`, by HMAC-SHA-256 of a label.
"""

import hmac
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.keys import PURPOSE, VERSION
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.rehearsed_witnesses import FOLDER as WITNESSES
from e2evote.adapter.rehearsed_witnesses import make_witnesses
from e2evote.adapter.store import Store, create_store
from e2evote.adapter.web.assets import asset_hashes
from e2evote.algebra.parameters import TEST_GROUPS
from e2evote.board.note import LogKey
from e2evote.errors import MalformedInput, Refused
from e2evote.manifest.draft import (
    ContestFacts,
    Name,
    OptionFacts,
    PartyFacts,
    RollFacts,
    StyleFacts,
    WitnessFacts,
    draft,
)
from e2evote.manifest.model import Manifest
from e2evote.manifest.parties import Role
from e2evote.proofs.signature import decode_public_key
from e2evote.secret.keyfile import MINIMUM_COST
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SigningKey

FILE = "rehearsal"
TELLERS = ("teller", "teller-2")
SCRUTINEER = "scrutineer"
"""The second teller, and the scrutineer, are there where there is a roll."""

_SECRET_SIZE = 32
_DAY_SECONDS = 86_400
"""Voting lasts a day at most; within it a rehearsal opens and closes when it likes."""


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

    def passphrase(self) -> Passphrase:
        """Of the files that are encrypted. The secret is random, so the lowest cost is as good as any."""
        return Passphrase(self.seed("passphrase").hex(), cost=MINIMUM_COST)

    def __repr__(self) -> str:
        return "RehearsalKeys(<redacted>)"


@dataclass(frozen=True, slots=True)
class RehearsalTerms:
    """What a rehearsal is of. contests: options by contest, or facts in full. storage: as in `create_store`.

    With a roll, registrars: the contact that each has, in order. paper: the channels besides online. weights: what
    lines may count. witnesses: how many.
    """

    contests: Mapping[str, Sequence[str]] | Sequence[ContestFacts]
    name: Name
    election: str
    trustees: int
    quorum: int
    floor: int
    group: str
    storage: str = ""
    language: str = "en"
    styles: Sequence[StyleFacts] = ()
    registrars: Sequence[str] = ()
    paper: Sequence[str] = ()
    weights: Sequence[int] = (1,)
    witnesses: int = 0


def create_rehearsal(path: Path, terms: RehearsalTerms, check: Callable[[Manifest], object]) -> Store:
    """A store with the keys of all its parties. check: may refuse the manifest, before there is anything."""
    keys = RehearsalKeys(SystemRandomness().bytes(_SECRET_SIZE))
    with tempfile.TemporaryDirectory(prefix="e2evote-", dir=_folder_for(path)) as folder:
        witnesses = []
        if terms.witnesses:
            log = LogKey(f"e2evote/{terms.election}", decode_public_key(keys.party("log").public))
            names = [f"witness-{number}" for number in range(1, terms.witnesses + 1)]
            witnesses = make_witnesses(Path(folder) / WITNESSES, names, log, keys.passphrase())
        manifest = _manifest(terms, keys, witnesses)
        check(manifest)
        log_key = Path(folder) / "log.key"
        locked = keys.passphrase().lock(keys.seed("party log"), PURPOSE, VERSION, SystemRandomness())
        secretfile.create(log_key, locked)
        store = create_store(
            path,
            manifest.encode(),
            keys.party("administrator"),
            log_key,
            keys.passphrase(),
            storage=terms.storage,
            allow_test_group=terms.group in TEST_GROUPS,
        )
        if witnesses:
            (Path(folder) / WITNESSES).rename(store.private / WITNESSES)
    secretfile.create(store.private / FILE, keys.secret)
    return store


def _manifest(terms: RehearsalTerms, keys: RehearsalKeys, witnesses: Sequence[WitnessFacts]) -> Manifest:
    begins = datetime.now(UTC).replace(microsecond=0)
    registrars = [f"registrar-{number}" for number in range(1, len(terms.registrars) + 1)]
    roles: dict[str, Role] = {"administrator": "administrator", "log": "log", TELLERS[0]: "teller"}
    if registrars:
        roles |= {TELLERS[1]: "teller", SCRUTINEER: "scrutineer"}
        roles |= dict.fromkeys(registrars, "registrar")
    roles |= {f"trustee-{i}": "trustee" for i in range(1, terms.trustees + 1)}
    roll = RollFacts(tuple(zip(registrars, terms.registrars, strict=True)), readers=(SCRUTINEER,))
    return draft(
        election=terms.election,
        name=terms.name,
        parties=[PartyFacts(id, role, f"Rehearsal, {id}", keys.party(id).public) for id, role in roles.items()],
        contests=_contests(terms.contests),
        opens=begins,
        closes=begins + timedelta(days=1),
        quorum=terms.quorum,
        witnesses=witnesses,
        styles=terms.styles,
        floor=terms.floor,
        group=terms.group,
        language=terms.language,
        batch_ms=100,
        tolerance=_DAY_SECONDS,
        roll=roll if registrars else None,
        paper=terms.paper,
        weights=terms.weights,
        assets=_ballot_page(),
    )


def _ballot_page() -> Mapping[str, bytes]:
    """The page for voters that this package ships; none where it was not built."""
    try:
        return asset_hashes()
    except Refused as refused:
        if refused.code != "no-client":
            raise
        return {}


def _folder_for(path: Path) -> Path | None:
    """Beside the store to be, so that a folder can be moved into it; where there is no such place `draft` says so."""
    return path.parent if path.parent.is_dir() else None


def _contests(contests: Mapping[str, Sequence[str]] | Sequence[ContestFacts]) -> tuple[ContestFacts, ...]:
    """From ids and options' ids alone: choose one, blank votes counted, a tie reported."""
    if not isinstance(contests, Mapping):
        return tuple(contests)
    return tuple(
        ContestFacts(id, id, tuple(OptionFacts(option, option) for option in options))
        for id, options in contests.items()
    )
