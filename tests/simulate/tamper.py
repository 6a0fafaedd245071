"""What a row of the tamper matrix is, and the table's order.

`check` is the one check that must notice (docs/verification.md); `also` are further ones that cannot but fail with it.
An empty `check` means that no check fails: the archive cannot be read, or (in `HARMLESS`) nothing is wrong. With
`status` `missing` no check fails and `check` is missing. `shown` says in which form the record must be given to the
verifier for the tamper to be there: as files, as a zip, or as a directory.
"""

from collections.abc import Callable
from dataclasses import dataclass

from simulate.insider import Dossier

Act = Callable[[Dossier], None]


@dataclass(frozen=True, slots=True)
class Tamper:
    """One change by an insider, and what the verifier must say."""

    name: str
    check: str
    apply: Act
    attacks: tuple[str, ...] = ()
    verdict: str = "rejected"
    also: tuple[str, ...] = ()
    status: str = "fail"
    base: str = "base"
    shown: str = "files"

    @property
    def failing(self) -> frozenset[str]:
        """Exactly the checks with status `fail`."""
        return frozenset({self.check, *self.also} - {""}) if self.status == "fail" else frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """Adds tampers to a table under one check; used as `row = Row(table, "board.root")` and `row("name", act)`."""

    table: list[Tamper]
    check: str

    def __call__(
        self,
        name: str,
        apply: Act,
        *attacks: str,
        verdict: str = "rejected",
        also: tuple[str, ...] = (),
        status: str = "fail",
        base: str = "base",
        shown: str = "files",
    ) -> None:
        self.table.append(Tamper(name, self.check, apply, attacks, verdict, also, status, base, shown))
