"""What occurred before, so that no ballot is a copy (docs/verification.md, ballot.unique and ballot.challenged).

The judgement is the auditor's own: this index only finds the few earlier entries that share an identifier, a tracker or
a ciphertext with a new one, and asks `verify/uniqueness` about these.
"""

from collections.abc import Sequence

from e2evote.verify.findings import Findings
from e2evote.verify.uniqueness import Appearance, Uniqueness


class Seen:
    """Every ballot and challenge by its names, and by a hash of each of its ciphertexts."""

    def __init__(self) -> None:
        self._named: dict[bytes, list[Appearance]] = {}
        self._pairs: dict[bytes, Appearance] = {}

    def check(self, leaf: Appearance, pairs: Sequence[bytes], findings: Findings) -> None:
        """ballot.unique and ballot.challenged of one that would come next. Nothing is remembered."""
        involved = {earlier.index: earlier for name in (leaf.id, leaf.tracker) for earlier in self._named.get(name, ())}
        shared: dict[int, list[bytes]] = {}
        for pair in pairs:
            if pair in self._pairs:
                earlier = self._pairs[pair]
                involved[earlier.index] = earlier
                shared.setdefault(earlier.index, []).append(pair)
        uniqueness = Uniqueness()
        for index in sorted(involved):
            uniqueness.take(involved[index], shared.get(index, ()), Findings())
        uniqueness.take(leaf, pairs, findings)

    def take(self, leaf: Appearance, pairs: Sequence[bytes]) -> None:
        """One more, which was checked."""
        for name in {leaf.id, leaf.tracker}:
            self._named.setdefault(name, []).append(leaf)
        for pair in pairs:
            self._pairs.setdefault(pair, leaf)

    def ballot_with(self, tracker: bytes) -> Appearance | None:
        """The ballot with this tracker, if there is one."""
        return next((leaf for leaf in self._named.get(tracker, ()) if leaf.is_ballot and leaf.tracker == tracker), None)
