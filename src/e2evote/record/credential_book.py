"""The credentials of one registrar: numbered from 1, each of a line, at most one active (docs/spec.md, section 13.3).

Arrays by number of the credential and of the line: some tens of bytes for each. What may follow what is judged by
`verify.credential_leaves`.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

KEY = 32
_USED, _ENDED = 1, 2
_MOST_COUNTED = 255


@dataclass(frozen=True, slots=True)
class RegistrarCounts:
    """issued = used + unused + revoked.    spec 15

    used: the key signed a valid ballot. revoked: it did not, and is not active any more.
    """

    party: str
    issued: int
    used: int
    unused: int
    revoked: int


class CredentialBook:
    """Mutable. A line and a number are integers from 1; number 0 is none."""

    def __init__(self, party: str) -> None:
        self.party = party
        self._keys = bytearray(KEY)
        self._states = bytearray(1)
        self._active = array("I", (0,))
        self._times = bytearray(1)
        self._ended: dict[int, list[int]] = {}

    def grow(self, lines: int) -> None:
        """So many lines more, without credentials."""
        self._active.extend([0] * lines)
        self._times += bytes(lines)

    @property
    def issued(self) -> int:
        """How many there are, which is the last number."""
        return len(self._states) - 1

    def active(self, line: int) -> int:
        """The number of the line's active credential, or 0."""
        return self._active[line]

    def times(self, line: int) -> int:
        """How many credentials the line has ever had from this registrar; 255 stands for all above it too."""
        return self._times[line]

    def key(self, number: int) -> bytes:
        """The public key of this number."""
        return bytes(self._keys[KEY * number : KEY * (number + 1)])

    def counts(self) -> RegistrarCounts:
        """What has become of all of them."""
        states = memoryview(self._states)[1:].tobytes()
        unused, revoked = states.count(0), states.count(_ENDED)
        return RegistrarCounts(self.party, self.issued, self.issued - unused - revoked, unused, revoked)

    def issue(self, lines: Sequence[int], keys: bytes) -> None:
        """The next numbers for these lines; keys: theirs, one after the other."""
        first = self.issued + 1
        self._keys += keys
        self._states += bytes(len(lines))
        for number, line in enumerate(lines, first):
            self._take(line, number)

    def replace(self, line: int, key: bytes) -> None:
        """The next number for this line; the one that it had is none any more."""
        self.end(line)
        self._keys += key
        self._states.append(0)
        self._take(line, self.issued)

    def end(self, line: int) -> None:
        """The line has no active credential any more."""
        if number := self._active[line]:
            self._states[number] |= _ENDED
            self._ended.setdefault(line, []).append(number)
            self._active[line] = 0

    def use(self, line: int, keys: Sequence[bytes]) -> None:
        """Keys have signed a valid ballot of the line: those of its credentials, active or not, are used."""
        for number in (self._active[line], *self._ended.get(line, ())):
            if number and self.key(number) in keys:
                self._states[number] |= _USED

    def _take(self, line: int, number: int) -> None:
        self._active[line] = number
        self._times[line] = min(self._times[line] + 1, _MOST_COUNTED)
