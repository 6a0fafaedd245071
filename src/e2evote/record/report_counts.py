"""What a scrutineer's report states, counted: leaf by leaf, and from what became of lines (docs/spec.md, section 15).

One computation for the verifier, for the box, and for whoever makes a report. A report comes after the outcome, when
nothing about voters changes any more; so the part about them is computed once, however many reports there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from e2evote.manifest.model import Manifest
from e2evote.record.body import Body
from e2evote.record.electorate import Electorate
from e2evote.record.reconciliation import Reconciliation, RowCounts
from e2evote.record.report import RegistrarChanges, StatedFacts
from e2evote.record.rows import SUPERSEDED, Row
from e2evote.record.voter_bodies import OPENED, Access

_COUNTED = ("challenge", "checked", "incident", "pause")
_AMENDMENTS = {"added": "roll.add", "contacts": "roll.contact", "removed": "roll.remove"}


@dataclass(frozen=True, slots=True)
class VoterFacts:
    """The part about lines, the roll and credentials."""

    reconciliation: Reconciliation
    superseded: int
    amendments: dict[str, int]
    credentials: tuple[RegistrarChanges, ...]
    twice: dict[str, int]


def voter_facts(manifest: Manifest, rows: Iterable[Row], electorate: Electorate | None) -> VoterFacts:
    """rows: all of the selection. electorate: None where there is no roll."""
    counts, superseded = RowCounts(manifest), 0
    for row in rows:
        counts.add(row)
        superseded += row.status == SUPERSEDED
    lines = voted = 0
    for line in electorate.renewed() if electorate else ():
        lines, voted = lines + 1, voted + (electorate is not None and electorate.vote_of(line).counted is not None)
    kinds = [(event.kind, event.author) for event in electorate.history] if electorate else []
    return VoterFacts(
        counts.reconciled(electorate),
        superseded,
        {name: sum(kind == wanted for kind, _ in kinds) for name, wanted in _AMENDMENTS.items()},
        tuple(
            RegistrarChanges(
                one.party,
                one.issued,
                kinds.count(("credential.reissue", one.party)),
                kinds.count(("credential.revoke", one.party)),
            )
            for one in (electorate.registrar_counts() if electorate else ())
        ),
        {"lines": lines, "voted": voted},
    )


class LeafCounts:
    """Leaves that no check left out, by what a report says of them. Mutable."""

    def __init__(self, challenges: int = 0) -> None:
        self._access = dict.fromkeys(OPENED, 0)
        self._kinds = {**dict.fromkeys(_COUNTED, 0), "challenge": challenges}

    def take(self, kind: str, body: Body) -> None:
        """The next leaf, of any kind."""
        if isinstance(body, Access):
            self._access[body.of] += 1
        elif kind in self._kinds:
            self._kinds[kind] += 1

    def facts(self, voters: VoterFacts, root: bytes, size: int) -> StatedFacts:
        """Those of a report that is the next leaf. root, size: of the log so far."""
        return StatedFacts(
            access=dict(self._access),
            amendments=voters.amendments,
            challenges=self._kinds["challenge"],
            checked=self._kinds["checked"],
            credentials=voters.credentials,
            root=root,
            size=size,
            incidents=self._kinds["incident"],
            pauses=self._kinds["pause"],
            reconciliation=voters.reconciliation,
            superseded=voters.superseded,
            twice=voters.twice,
        )
