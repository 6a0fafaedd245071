"""From the codes that a member was sent to the keys that sign a ballot (docs/spec.md §13.3).

Each code must give the key that the board has for its line and registrar, so that a ballot is never signed with a wrong
one. What was typed is never repeated, not in an error either.
"""

from collections.abc import Sequence

from e2evote.ballot.voter import Voter
from e2evote.credentials.code import Code, CredentialKeys
from e2evote.errors import Refused
from e2evote.manifest.voters import Registrar
from e2evote.secret.sign import SigningKey
from e2evote.verify.leaves import Setting


class CodeReader:
    """Of one line: takes a code from each registrar, in the manifest's order."""

    def __init__(self, setting: Setting, voter: Voter) -> None:
        roll = setting.manifest.roll
        if roll is None or len(roll.registrars) != len(voter.keys):
            raise ValueError("no line of this selection's roll")
        self.registrars: tuple[Registrar, ...] = roll.registrars
        self._voter = voter
        self._keys = [CredentialKeys(setting.base_hash, registrar.party) for registrar in roll.registrars]

    def key(self, place: int, text: str) -> SigningKey:
        """The key of the code that somebody typed for registrar `place`, from 0.

        Refused `code-mistyped` where it is no code, `code-not-this-line` where it gives another key than the board has.
        """
        code, wanted = Code.read(text), self._voter.keys
        key = self._keys[place].of(self._voter.line, code)
        if key.public == wanted[place]:
            return key
        for other, keys in enumerate(self._keys):
            if other != place and keys.of(self._voter.line, code).public == wanted[other]:
                raise Refused("code-not-this-line", f"that is the code from {self.registrars[other].party}")
        line, registrar = int(self._voter.line), self.registrars[place].party
        why = "is the number of the line right, and is there a newer code?"
        raise Refused("code-not-this-line", f"not the code from {registrar} that line {line} has now; {why}")

    def keys(self, texts: Sequence[str]) -> tuple[SigningKey, ...]:
        """All of them; Refused `code-mistyped` where there are more or fewer than registrars."""
        if len(texts) != len(self.registrars):
            want = ", ".join(registrar.party for registrar in self.registrars)
            raise Refused("code-mistyped", f"{len(texts)} codes; want one each from {want}")
        return tuple(self.key(place, text) for place, text in enumerate(texts))
