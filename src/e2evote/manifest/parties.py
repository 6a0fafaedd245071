"""Who takes part, under which key, in which role (docs/record-format.md, Manifest).

Trustee i is the i-th party whose role is `trustee`. The log is a party too, and the only one that may be called `log`.
"""

from typing import Annotated, Literal

from e2evote.manifest.section import Id, Key, Section, later, misplaced, unique_ids, utf8_bytes

Role = Literal["administrator", "log", "teller", "trustee"]
MOST_TRUSTEES = 50
RESERVED = ("log", "voter")
"""What leaves call an author that is no party, or the log itself."""


class Party(Section):
    """One person or machine that signs, and the organisation it belongs to."""

    id: Id
    key: Key
    organisation: Annotated[str, utf8_bytes(200)]
    role: Annotated[Role, later("registrar", "witness")]


def check_parties(parties: tuple[Party, ...]) -> None:
    """Refuse a list with an id twice or reserved, or without the parties that a selection needs."""
    unique_ids(tuple(party.id for party in parties), "parties")
    for i, party in enumerate(parties):
        if party.role == "log" and party.id != "log":
            misplaced(f"{party.id!r}: the party of role log is called 'log'", "parties", i, "id")
        if party.role != "log" and party.id in RESERVED:
            misplaced(f"{party.id!r} is reserved", "parties", i, "id")
    _count(parties, "administrator", 1, 1)
    _count(parties, "log", 1, 1)
    _count(parties, "trustee", 1, MOST_TRUSTEES)
    _count(parties, "teller", 1, len(parties))


def _count(parties: tuple[Party, ...], role: Role, least: int, most: int) -> None:
    number = sum(party.role == role for party in parties)
    if number < least:
        misplaced(f"{number} of role {role}, at least {least}", "parties")
    if number > most:
        misplaced(f"{number} of role {role}, at most {most}", "parties")
