"""What an insider does with leaves about voters: one more of them that has no effect, or one that is not as it was.

A leaf that a check leaves out is no part of what is counted, so the insider's own count must not know it: `futile`.
"""

from collections.abc import Callable

from reference.encryptor import Entry
from reference.make_ballots import Sealing
from reference.make_group import Source
from reference.make_json import Json
from reference.make_roll import Lines
from simulate.insider import Dossier
from simulate.tamper import Act

NOBODY = "0009999"


def roll_of(d: Dossier) -> Lines:
    """The roll with all its secrets."""
    roll = d.made.roll
    if roll is None:
        raise ValueError("a base without a roll")
    return roll


def line_of(d: Dossier, member: int) -> str:
    return roll_of(d).line_of(member)


def futile(
    kind: str,
    author: str,
    /,
    *,
    after: str = "open",
    n: int = 0,
    member: int = 0,
    signers: tuple[str, ...] = (),
    payload: Json | None = None,
    **members: object,
) -> Act:
    """One more leaf behind the n-th leaf of the kind `after`; what of its body is not said follows from the log."""

    def act(d: Dossier) -> None:
        body = {name: value(d) if callable(value) else value for name, value in members.items()}
        entry = Entry(d.leaf(kind, author, body, signers), payload, member=member)
        d.after(d.all(after)[n], entry, "ignored", *members)
        d.settle()

    return act


def without_effect(kind: str, n: int, edit: Callable[[Dossier, Json], object]) -> Act:
    """The n-th payload of the kind is changed, and so it, or the whole leaf, counts for nothing."""

    def act(d: Dossier) -> None:
        entry = d.all(kind)[n]
        d.show(entry, lambda payload: edit(d, payload))
        entry.keep |= {"ignored", "body"}
        d.settle()

    return act


def shown(kind: str, n: int, edit: Callable[[Dossier, Json], object]) -> Act:
    """Another payload of the n-th leaf of the kind is published; the insider goes on with the right one."""

    def act(d: Dossier) -> None:
        d.show(d.all(kind)[n], lambda payload: edit(d, payload))
        d.settle()

    return act


def said(kind: str, n: int = -1, **members: object) -> Act:
    """The n-th leaf of the kind says something else in its body."""

    def act(d: Dossier) -> None:
        entry = d.all(kind)[n]
        body = {name: value(d) if callable(value) else value for name, value in members.items()}
        entry.body.update(body)
        entry.keep |= body.keys()
        d.settle()

    return act


def kept(kind: str, n: int, name: str, edit: Callable[[Dossier, Json], object]) -> Act:
    """`name` of the n-th payload of the kind is changed, and all that follows from it goes along."""

    def act(d: Dossier) -> None:
        entry = d.all(kind)[n]
        edit(d, entry.content)
        entry.keep.add(name)
        d.settle()

    return act


def new_ballot(d: Dossier, member: int, style: str, choices: tuple[tuple[int, ...], ...]) -> Entry:
    """A ballot of this member, to be put somewhere and sealed by `remake`."""
    source = Source(d.made.source.bytes32("insider's ballot", member, style, len(d.entries)))
    secrets = source.bytes32("r"), source.bytes32("seed"), source
    sealing = Sealing(member, style, [list(values) for values in choices], bytes(32), *secrets)
    return Entry(d.leaf("ballot", "voter"), {}, secret=sealing)
