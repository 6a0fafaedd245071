"""What the pages need of the server that they are part of, and of an election that it hosts."""

from collections.abc import Callable, Sequence
from typing import ParamSpec, Protocol, TypeVar

from e2evote.adapter.election import Election

P = ParamSpec("P")
T = TypeVar("T")


class Place(Protocol):
    """One election as it is hosted."""

    @property
    def id(self) -> str: ...

    @property
    def election(self) -> Election: ...


class Site(Protocol):
    """The elections of one process."""

    def all(self) -> Sequence[Place]:
        """Every election, by id."""
        ...

    async def reading(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a blocking call gives, run by a thread."""
        ...
