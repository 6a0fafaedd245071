"""A checksum over what lies in one place, the place included: a changed or misplaced row is noticed when it is read.

It keeps out accidents. Who can write to the storage can also write a new seal; against him stand the log's signatures,
its witnesses, and everybody's receipts.
"""

from typing import Any

from e2evote.errors import StorageDamaged
from e2evote.hashing.digest import sha256

SEAL_SIZE = 16


def seal(place: str, *fields: bytes) -> bytes:
    """The first 16 bytes of SHA-256(place ‖ " [" ‖ the fields' lengths, with commas ‖ "]" ‖ the fields)."""
    return sha256(f"{place} {list(map(len, fields))}".encode(), *fields)[:SEAL_SIZE]


def check_seal(expected: object, place: str, *fields: Any) -> None:
    """StorageDamaged unless the seal is that of these fields; what is not even bytes was changed too."""
    try:
        if seal(place, *fields) == expected:
            return
    except TypeError:
        pass
    raise StorageDamaged(f"{place}: not as it was written")
