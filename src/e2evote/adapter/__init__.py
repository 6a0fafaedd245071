"""The world: files, the box process, the facade."""

from e2evote.adapter.election import Election

__all__ = ["Election"]
