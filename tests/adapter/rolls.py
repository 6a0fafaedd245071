"""A selection with a roll for tests: its manifest, its members, and everybody's keys by name."""

from datetime import UTC, datetime
from typing import Any

from e2evote.manifest.draft import PartyFacts, RollFacts, draft
from e2evote.manifest.model import Manifest, Role
from tests.ballot.election import CONTESTS, GROUP, STYLES, signing_key

PARTIES: dict[str, Role] = {
    "chair": "administrator",
    "log": "log",
    "tess": "teller",
    "theo": "teller",
    "rita": "registrar",
    "rolf": "registrar",
    "sam": "scrutineer",
    "olga": "observer",
    "trustee-1": "trustee",
    "trustee-2": "trustee",
    "trustee-3": "trustee",
}
REGISTRARS = (("rita", "email"), ("rolf", "post"))


def roll_manifest(registrars: tuple[tuple[str, str], ...] = REGISTRARS, **facts: Any) -> Manifest:
    """Two registrars by e-mail and post; sam and olga may be shown names; paper besides, if `facts` say so."""
    absent = {id for id, role in PARTIES.items() if role == "registrar"} - {id for id, _ in registrars}
    given: dict[str, Any] = {
        "election": "spring",
        "name": "Spring",
        "parties": [
            PartyFacts(id, role, f"Society of {id}", signing_key(id).public)
            for id, role in PARTIES.items()
            if id not in absent
        ],
        "contests": CONTESTS,
        "opens": datetime(2031, 5, 1, tzinfo=UTC),
        "closes": datetime(2031, 5, 2, tzinfo=UTC),
        "styles": STYLES,
        "group": GROUP.name,
        "batch_ms": 20,
        "roll": RollFacts(
            registrars, ("email", "post", "phone"), ("chair", *(id for id, _ in registrars), "sam"), ("sam", "olga"), 30
        ),
    }
    return draft(**given | facts)
