"""The demonstration's parties: their keys, the manifest, and the box's store, in one folder.

One person holds everything here, which no election may do; the passphrases lie beside the key files, and their cost is
the least that is allowed. All of that is for trying out, so that tampering with the record can be tried too.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.demo.members import CONTACTS
from e2evote.adapter.demo.process import Children
from e2evote.adapter.demo.votes import Ward
from e2evote.adapter.demo.witnesses import WITNESSES, Running, start_witnesses
from e2evote.adapter.keys import load_key, new_key, write_identity
from e2evote.adapter.passphrase import Passphrase, read_passphrase_file
from e2evote.adapter.store import Store, create_store
from e2evote.adapter.witness_folder import KEY
from e2evote.board.note import LogKey
from e2evote.errors import MalformedInput, Refused
from e2evote.manifest.draft import PartyFacts, RollFacts, draft
from e2evote.manifest.parties import Role
from e2evote.proofs.signature import decode_public_key
from e2evote.secret.keyfile import MINIMUM_COST
from e2evote.secret.sign import SigningKey

TRUSTEES = ("anna", "ben", "cleo")
REGISTRARS = ("rita", "rolf")
"""The first sends its codes by post, the second by e-mail."""
TELLERS = ("tina", "tom")
QUORUM = 2
_PARTIES: tuple[tuple[str, Role, str], ...] = (
    ("chair", "administrator", "Returning officer"),
    ("log", "log", "Operator of the board"),
    ("tina", "teller", "Tellers of candidate A"),
    ("tom", "teller", "Tellers of candidate C"),
    ("rita", "registrar", "A mailing house"),
    ("rolf", "registrar", "An e-mail service"),
    ("sam", "scrutineer", "Independent scrutineers"),
    ("olga", "observer", "Agents of candidate B"),
    ("anna", "trustee", "Party of candidate A"),
    ("ben", "trustee", "Party of candidate B"),
    ("cleo", "trustee", "Independent observers"),
)
_LOCKED = ("opening", "rita-roll", "rita-seed", "roll", "rolf-roll", "rolf-seed")
"""What else has a passphrase: rolls, seeds, and the openings of totals on paper."""
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

    @property
    def office(self) -> Path:
        """What the chair has who keeps the roll: the members' table, the opened roll, notices."""
        return self.path / "office"

    @property
    def roll(self) -> Path:
        return self.office / "opened.roll"

    def registrar(self, name: str) -> Path:
        """A registrar's own folder."""
        return self.path / "registrars" / name

    def seed(self, registrar: str) -> Path:
        return self.registrar(registrar) / "seed"

    def copy(self, registrar: str) -> Path:
        """The registrar's copy of the opened roll."""
        return self.registrar(registrar) / "copy.roll"

    def teller(self, name: str) -> Path:
        """A teller's own folder."""
        return self.path / "tellers" / name

    def counts(self, teller: str, channel: str) -> Path:
        """What the teller has counted on the papers of a channel."""
        return self.teller(teller) / f"counts-{channel}.csv"

    @property
    def openings(self) -> Path:
        """What members are given: the own line each."""
        return self.path / "members"

    @property
    def scrutineer(self) -> Path:
        return self.path / "scrutineer"

    @property
    def register(self) -> Path:
        """Who voted, opened to the scrutineer."""
        return self.scrutineer / "register.json"

    @property
    def page(self) -> Path:
        """The scrutineer's report."""
        return self.path / "report.html"

    @property
    def absence(self) -> Path:
        """The proof that no vote was recorded for a member."""
        return self.path / "no-vote-recorded.json"

    def key(self, party: str) -> Path:
        return self.witnesses / party / KEY if party in WITNESSES else self.keys / f"{party}.key"

    def passphrase_file(self, party: str) -> Path:
        return self.keys / f"{party}.pass"

    def passphrase(self, party: str) -> Passphrase:
        """A party's passphrase, as its own process reads it; what is locked with it costs little."""
        phrase = read_passphrase_file(self.passphrase_file(party))
        phrase.cost = MINIMUM_COST
        return phrase

    def signing_key(self, party: str) -> SigningKey:
        return load_key(self.key(party), self.passphrase(party))


def set_up(
    folder: DemoFolder, ward: Ward, group: str, children: Children, storage: str, floor: int, *, test_group: bool
) -> tuple[Store, Running]:
    """New keys for all parties, witnesses at work, the manifest, and the store with it as entry 0."""
    desks = (*map(folder.registrar, REGISTRARS), *map(folder.teller, TELLERS), folder.office, folder.scrutineer)
    for path in (folder.keys, folder.logs, folder.path / "trustees", *desks):
        path.mkdir(mode=0o700, parents=True)
    for name in _LOCKED:
        _passphrase(folder, name)
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
            floor=floor,
            roll=RollFacts(tuple(zip(REGISTRARS, CONTACTS, strict=True)), readers=("sam",)),
            paper=("in_person", "postal"),
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
    key = new_key(folder.key(name), _passphrase(folder, name))
    facts = PartyFacts(name, role, organisation, key.public)
    write_identity(folder.keys / f"{name}.pub", facts)
    return facts


def _passphrase(folder: DemoFolder, name: str) -> Passphrase:
    text = secrets.token_hex(16)
    secretfile.create(folder.passphrase_file(name), text.encode() + b"\n")
    return Passphrase(text, cost=MINIMUM_COST)
