"""How large a ballot can be at most (docs/record-format.md, Sealed and Opened).

Anybody may send one, and reading takes time: what is larger than any ballot of the manifest is refused unread.
"""

from e2evote.manifest.contests import Contest
from e2evote.verify.leaves import Setting

_FRAME = 1000
"""More than the names, brackets and ids of a ballot, a contest or an item take up."""


def largest_ballot(setting: Setting) -> int:
    """Bytes that no sealed or opened ballot of any style exceeds."""
    manifest = setting.manifest
    styles = (sum(_contest(setting, contest) for contest in manifest.contests_of(style)) for style in manifest.styles)
    return _FRAME + max(styles)


def _contest(setting: Setting, contest: Contest) -> int:
    items = sum(_FRAME + 4 * setting.group.element_size + _proof(setting, item.limit) for item in contest.items())
    return _FRAME + items + _proof(setting, contest.limit)


def _proof(setting: Setting, limit: int) -> int:
    """c and v of limit + 1 branches, in quotes, with commas."""
    return 2 * (limit + 1) * (2 * setting.group.scalar_size + 3)
