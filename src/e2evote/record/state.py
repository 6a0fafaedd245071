"""Where a selection is: what `record.phases` needs to know of all leaves so far (docs/spec.md, section 5.4)."""

from dataclasses import dataclass, field

from e2evote.errors import E2EVoteError
from e2evote.manifest.entries import Phase
from e2evote.manifest.model import Manifest


class OutOfPlace(E2EVoteError):
    """This leaf may not stand here. Proves that whoever appended it broke the table of spec 5.4."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the key ceremony: which trustees have posted what."""

    number: int = 1
    commits: frozenset[int] = frozenset()
    reveals: frozenset[int] = frozenset()
    shares: frozenset[int] = frozenset()
    confirms: frozenset[int] = frozenset()
    accuser: int = 0
    accused: int = 0
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What the manifest fixes about the order of leaves.

    trustees: n. needs_lot: some contest breaks ties by lot. registrars: their ids; none where there is no roll. paper:
    the channels on paper. annulment: ballots may be annulled.
    """

    trustees: int
    needs_lot: bool = False
    registrars: tuple[str, ...] = ()
    paper: tuple[str, ...] = ()
    annulment: bool = False

    @classmethod
    def of(cls, manifest: Manifest) -> "Terms":
        """Those of this manifest."""
        return cls(
            manifest.n,
            manifest.needs_lot,
            tuple(party.id for party in manifest.registrars),
            manifest.channels.paper,
            manifest.rules.annulment == "allowed",
        )


@dataclass(frozen=True, slots=True)
class State:
    """Where the selection is.

    closes: the closing date in force, the manifest's at first; `extensions` says how often it was put off. issued:
    registrars who have issued credentials since the last line was added; issuers: who ever have. pauses, incidents and
    accesses: how many there are, which is the number of the last one.
    """

    terms: Terms
    started: bool = False
    phase: Phase = Phase.SETUP
    session: Session = field(default_factory=Session)
    lot: bool = False
    accepts: frozenset[int] = frozenset()
    shares: frozenset[int] = frozenset()
    closes: str = ""
    extensions: int = 0
    seeds: frozenset[str] = frozenset()
    frozen: bool = False
    issued: frozenset[str] = frozenset()
    issuers: frozenset[str] = frozenset()
    paused: bool = False
    pauses: int = 0
    counted: frozenset[str] = frozenset()
    """Channels whose totals on paper are there."""
    incidents: int = 0
    accesses: int = 0
    sampled: bool = False
    reports: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class By:
    """Who a leaf is by. trustee: the index, 0 where the author is none."""

    author: str = ""
    trustee: int = 0
