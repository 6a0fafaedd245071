"""Who takes part, under which key, in which role (docs/record-format.md, Manifest).

Trustee i is the i-th party whose role is `trustee`. The log is a party too, and the only one that may be called `log`.
"""

from typing import Annotated, Literal

from e2evote.board.policy import Policy
from e2evote.manifest.section import Id, Key, Section, misplaced, quoted, unique_ids, utf8_bytes

Role = Literal["administrator", "log", "observer", "registrar", "scrutineer", "teller", "trustee", "witness"]
MOST_TRUSTEES = 50
_POLICY = ("witnesses", "policy")
RESERVED = ("log", "voter")
"""What leaves call an author that is no party, or the log itself."""


class Party(Section):
    """One person or machine that signs, and the organisation it belongs to."""

    id: Id
    key: Key
    organisation: Annotated[str, utf8_bytes(200)]
    role: Role


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


def check_witnesses(parties: tuple[Party, ...], origin: str, policy: Policy | None) -> None:
    """Refuse a policy that is not about this log and exactly the parties of role witness, by id and key."""
    keys = {party.id: party.key for party in parties if party.role == "witness"}
    if policy is None:
        if keys:
            misplaced(f"{len(keys)} of role witness, but the policy is empty", "parties")
        return
    if len(policy.logs) != 1:
        misplaced(f"{len(policy.logs)} logs, want the selection's own", *_POLICY)
    log_key = policy.logs[0].key
    if log_key.name != origin:
        misplaced(f"the log is {quoted(log_key.name)}, want the origin {quoted(origin)}", *_POLICY)
    if log_key.public_key.encoded != next(party.key for party in parties if party.role == "log"):
        misplaced("the log's key is not that of the party of role log", *_POLICY)
    for witness in policy.witnesses:
        if witness.name not in keys:
            misplaced(f"{quoted(witness.name)} is the id of no party of role witness", *_POLICY)
        if keys.pop(witness.name) != witness.key.public_key.encoded:
            misplaced(f"the key of {witness.name!r} is not its party's", *_POLICY)
    if keys:
        misplaced(f"{min(keys)!r}, a party of role witness, is not in it", *_POLICY)


def _count(parties: tuple[Party, ...], role: Role, least: int, most: int) -> None:
    number = sum(party.role == role for party in parties)
    if number < least:
        misplaced(f"{number} of role {role}, at least {least}", "parties")
    if number > most:
        misplaced(f"{number} of role {role}, at most {most}", "parties")
