"""How reports name what a tally is about: contest, option, and the channel or part where it is not all online."""

from collections.abc import Iterable

from e2evote.manifest.voters import ONLINE


def cell_name(contest: str, option: str, channel: str = ONLINE) -> str:
    """One encrypted total, or the decrypted one."""
    where = "" if channel == ONLINE else f", {channel}"
    return f"contest {contest}, option {option or '(blank)'}{where}"


def named_parts(parts: Iterable[tuple[str, str]]) -> str:
    """Contests, each with the part where it is not all online."""
    named = [contest if channel == ONLINE else f"{contest} ({channel})" for contest, channel in parts]
    return ", ".join(named) or "nothing"
