"""What a voter chose, held against the manifest before anything is encrypted (docs/spec.md §7).

Only a vote that keeps every limit becomes `Choices`, so later steps have nothing to refuse. The choices are secret
from here on: they print as redacted.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from e2evote.manifest.contests import Contest
from e2evote.manifest.model import Manifest, Style
from e2evote.record.limits import excesses
from e2evote.record.opened import Choice


class InvalidChoice(ValueError):
    """The votes for `contest` may not stand in a ballot; `detail` has the value and the limit."""

    def __init__(self, contest: str, detail: str) -> None:
        super().__init__(contest, detail)
        self.contest, self.detail = contest, detail

    def __str__(self) -> str:
        return f"contest {self.contest}: {self.detail}"


@dataclass(frozen=True, slots=True, repr=False)
class Choices:
    """Values for every item of every contest of a style, within all limits; `choose` makes one."""

    style: str
    contests: tuple[Choice, ...]

    def values(self) -> dict[str, tuple[int, ...]]:
        """By contest, one value per item in order."""
        return {choice.contest: choice.values for choice in self.contests}

    def __repr__(self) -> str:
        return f"Choices(style={self.style!r}, <redacted>)"


def choose(manifest: Manifest, style: str, votes: Mapping[str, Mapping[str, int]]) -> Choices:
    """The choices of a voter with this ballot style, or InvalidChoice for the first contest that is not in order.

    votes: by contest and option the number of votes; a contest or option that is left out has none. The blank vote is
    the option "", where the contest counts blanks.
    """
    found = manifest.style(style)
    if found is None:
        raise ValueError(f"style {style!r}: the manifest has {', '.join(repr(s.id) for s in manifest.styles)}")
    for contest in votes:
        if contest not in found.contests:
            raise InvalidChoice(contest, f"not on a ballot of style {found.id!r}")
    return Choices(found.id, tuple(_choice(c, votes.get(c.id, {})) for c in manifest.contests_of(found)))


def style_of(manifest: Manifest, choices: Choices) -> Style:
    """The style of `choices`, which were made with this manifest."""
    style = manifest.style(choices.style)
    if style is None or style.contests != tuple(choice.contest for choice in choices.contests):
        raise ValueError(f"the choices are not of this manifest's style {choices.style!r}")
    return style


def _choice(contest: Contest, votes: Mapping[str, int]) -> Choice:
    for option, value in votes.items():
        if contest.item(option) is None:
            blank = "there is no blank vote" if option == "" else f"no option {option!r}"
            raise InvalidChoice(contest.id, blank)
        if isinstance(value, bool) or not isinstance(value, int):
            raise InvalidChoice(contest.id, f"{value!r} for option {option}, want a number of votes")
    values = tuple(votes.get(item.option, 0) for item in contest.items())
    for excess in excesses(contest, values):
        raise InvalidChoice(contest.id, excess.detail)
    return Choice(contest.id, values)
