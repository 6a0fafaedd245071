"""Who has voted on paper, as far as marks say so: by channel and contest, and who is left (docs/spec.md §14.1)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.adapter.approval import Draft, author_of, check_place, signed_by
from e2evote.adapter.board import BoardReader
from e2evote.errors import Refused
from e2evote.record.electorate import Electorate
from e2evote.record.reconciliation import marked_contests
from e2evote.record.voter_bodies import Mark
from e2evote.secret.sign import SigningKey


@dataclass(frozen=True, slots=True)
class Marks:
    """lines: of each paper channel, in order. by_contest: marked lines whose style has the contest, by channel.

    online: lines with a ballot that counts as things are. left: lines that may still vote.
    """

    lines: dict[str, tuple[str, ...]]
    by_contest: dict[tuple[str, str], int]
    online: int
    left: int
    removed: int


def with_roll(board: BoardReader) -> Electorate:
    """Who may vote; Refused `no-roll` where nobody is on a roll."""
    if board.electorate is None:
        raise Refused("no-roll", "this selection has no roll: there is nobody to mark")
    return board.electorate


def paper_channel(board: BoardReader, channel: str) -> str:
    """The channel, if the manifest has it on paper; Refused `no-channel`."""
    if channel not in board.manifest.channels.paper:
        known = ", ".join(board.manifest.channels.paper) or "none"
        raise Refused("no-channel", f"{channel!r} is no channel on paper of this selection; there are: {known}")
    return channel


def marks(board: BoardReader) -> Marks:
    """As of the board's last look."""
    electorate, manifest = with_roll(board), board.manifest
    lines: dict[str, list[str]] = {channel: [] for channel in manifest.channels.paper}
    online = left = removed = 0
    for line in electorate.names():
        vote = electorate.vote_of(line)
        if vote.removed:
            removed += 1
        elif vote.mark:
            lines[vote.mark.channel].append(line)
        elif vote.candidate:
            online += 1
        else:
            left += 1
    found = {channel: tuple(own) for channel, own in lines.items()}
    by_contest = Counter(place for _, place in marked_contests(manifest, electorate))
    return Marks(found, by_contest, online, left, removed)


def drafted(board: BoardReader, channel: str, lines: Sequence[str], keys: Sequence[SigningKey]) -> tuple[Draft, ...]:
    """A mark for each of these lines, signed by these tellers; Refused for the first that the board has no place for.

    All are looked at before any is posted.
    """
    paper_channel(board, channel)
    with_roll(board)
    author = author_of(board.setting, "mark", keys[0])
    made = tuple(signed_by(board.setting, "mark", Mark(channel, line), author, keys) for line in lines)
    for draft in made:
        check_place(board, draft)
    return made
