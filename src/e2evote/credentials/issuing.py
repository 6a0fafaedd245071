"""A registrar makes its codes: one for each line that never had one of it (docs/spec.md §13.3).

    lines on the board, not removed, without a key of this registrar          ->  numbers, codes, keys
    posted: numbers, lines, public keys              sent: numbers, lines, codes, each to its one address

Which lines these are follows from the board and is no choice: nobody gets two codes, and no code is made for whom the
roll has not. What a registrar keeps afterwards everybody knows. A code that was lost is not made again, but replaced
by another with a new number, which is on the board with its reason.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from e2evote.credentials.addresses import Addressee
from e2evote.credentials.code import Code, CredentialKeys, draw_codes
from e2evote.errors import Refused
from e2evote.record.credentials import Credential, encoded_credentials
from e2evote.record.voter_bodies import REASONS, Issue, Reissue
from e2evote.secret.randomness import Randomness


@dataclass(frozen=True, slots=True)
class Registrar:
    """Everything that a registrar's tool knows about codes afterwards: it keeps nothing, this is on the board.

    contact: where its codes are sent. next_number: one more than that of the last credential it made.
    """

    base_hash: bytes
    party: str
    contact: str
    next_number: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """One code on its way to one member. There is no other copy of it."""

    number: int
    line: str
    code: Code
    name: str
    address: str

    def __repr__(self) -> str:
        return f"Letter({self.number}, {self.line}, <redacted>)"


@dataclass(frozen=True, slots=True)
class Issued:
    """What is posted, what is sent, and the registrar afterwards."""

    credentials: tuple[Credential, ...]
    letters: tuple[Letter, ...]
    registrar: Registrar

    @property
    def body(self) -> Issue:
        """Of the credential.issue leaf."""
        return Issue(len(self.credentials), self.registrar.next_number - len(self.credentials))

    def payload(self) -> Iterator[bytes]:
        """Its payload in pieces."""
        return encoded_credentials(self.registrar.party, self.credentials)


@dataclass(frozen=True, slots=True)
class Reissued:
    """The body of the credential.reissue leaf, the one letter, and the registrar afterwards."""

    body: Reissue
    letter: Letter
    registrar: Registrar


def issue(
    registrar: Registrar, everybody: Sequence[Addressee], keyed: Collection[str], randomness: Randomness
) -> Issued:
    """A code for each line that has never had a key of this registrar; Refused `nothing-to-issue` if there is none.

    everybody: all lines that are not removed, in their order (`addresses.addressees`). keyed: the lines that the board
    has a key of this registrar for, past ones too.
    """
    lacking = [one for one in everybody if one.line not in keyed]
    if not lacking:
        raise Refused("nothing-to-issue", f"every line has, or had, a code of {registrar.party}")
    codes, keys = draw_codes(len(lacking), randomness), CredentialKeys(registrar.base_hash, registrar.party)
    credentials, letters = [], []
    for number, (one, code) in enumerate(zip(lacking, codes, strict=True), start=registrar.next_number):
        credentials.append(Credential(number, one.line, keys.of(one.line, code).public))
        letters.append(Letter(number, one.line, code, one.name, one.address))
    if len({credential.key for credential in credentials}) < len(credentials):
        raise RuntimeError("two lines have one key: the randomness is not random")
    after = replace(registrar, next_number=registrar.next_number + len(lacking))
    return Issued(tuple(credentials), tuple(letters), after)


def reissue(registrar: Registrar, to: Addressee, old: int, reason: str, randomness: Randomness) -> Reissued:
    """One more code for a line. old: the number of its active key of this registrar, 0 if there is none."""
    if reason not in REASONS["credential.reissue"]:
        raise ValueError(f"reason {reason!r}, want one of {', '.join(REASONS['credential.reissue'])}")
    if not 0 <= old < registrar.next_number:
        raise ValueError(f"number {old} to replace, but the next one is {registrar.next_number}")
    code = draw_codes(1, randomness)[0]
    number, key = registrar.next_number, CredentialKeys(registrar.base_hash, registrar.party).of(to.line, code).public
    return Reissued(
        Reissue(key, to.line, number, old, reason),
        Letter(number, to.line, code, to.name, to.address),
        replace(registrar, next_number=number + 1),
    )
