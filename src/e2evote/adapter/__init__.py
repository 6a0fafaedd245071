"""The world: files, the box process, the facade.

The facade is loaded when it is asked for, so that whoever needs only `adapter.storage` loads no ballots and no proofs.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from e2evote.adapter.election import Election

__all__ = ["Election"]


def __getattr__(name: str) -> object:
    if name == "Election":
        from e2evote.adapter.election import Election

        return Election
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
