"""Totals on paper, made by one teller and looked at by another before both have signed (docs/spec.md §14.2).

The first teller makes the encrypted totals and their opening, which is locked under a passphrase that the two agree on.
The second one has counts of their own, opens it, computes every ciphertext again, and signs only where the counts are
the same. Neither the opening nor the counts are posted: a channel with few papers is never decrypted by itself.
"""

from collections.abc import Sequence
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.approval import Draft, author_of, check_place, sign, signed_by
from e2evote.adapter.board import BoardReader
from e2evote.adapter.marks import marks, paper_channel
from e2evote.adapter.passphrase import Passphrase
from e2evote.errors import MalformedInput, Refused
from e2evote.manifest.entries import Phase
from e2evote.manifest.model import Manifest
from e2evote.record.voter_bodies import Paper
from e2evote.secret.paper_opening import PaperCounts, PaperOpening, check_opening, decode_opening
from e2evote.secret.prove_paper import prove_paper
from e2evote.secret.randomness import Randomness, SystemRandomness
from e2evote.secret.sign import SigningKey
from e2evote.verify.checks import Check
from e2evote.verify.paper import PaperContext

PURPOSE, VERSION = "paper-opening", 1


def context_of(board: BoardReader, channel: str) -> PaperContext:
    """What totals of this channel are made for."""
    joint = board.joint()
    return PaperContext(board.manifest, board.setting.group, joint.K, joint.h_e, paper_channel(board, channel))


def totals(
    board: BoardReader,
    channel: str,
    counts: Sequence[PaperCounts],
    key: SigningKey,
    randomness: Randomness | None = None,
) -> tuple[Draft, PaperOpening]:
    """The first teller's: encrypted totals, signed once, and their opening.

    Refused before the close; where numbers are above what so many papers give (`paper.counts`), or the papers are not
    as many as the marked lines (`channel.count`).
    """
    context = context_of(board, channel)
    check_countable(board, channel, counts)
    made = prove_paper(context, counts, randomness or SystemRandomness())
    payload = made.totals.encode()
    draft = signed_by(board.setting, "paper", Paper(channel), author_of(board.setting, "paper", key), (key,), payload)
    check_place(board, draft)
    return draft, made.opening


def check_countable(board: BoardReader, channel: str, counts: Sequence[PaperCounts]) -> None:
    """The voting is over, and each contest has as many papers as lines are marked with it."""
    if board.state.phase in (Phase.SETUP, Phase.OPEN):
        raise Refused("tally.not-closed", f"the selection is {board.state.phase}: papers are counted after the close")
    marked = marks(board).by_contest
    for one in counts:
        lines = marked.get((channel, one.contest), 0)
        if one.ballots + one.spoiled != lines:
            detail = f"{one.ballots} valid papers and {one.spoiled} others, but {lines} lines are marked"
            raise Refused(Check.CHANNEL_COUNT.value, f"contest {one.contest}: {detail}")


def agree(
    board: BoardReader, draft: Draft, opening: PaperOpening, own: Sequence[PaperCounts], key: SigningKey
) -> Draft:
    """The second teller's: the draft signed, if the ciphertexts are those of the opening, and its counts are `own`.

    Refused `paper.opening` where the totals are others; `paper.different` where the two tellers have counted otherwise,
    naming what, and not the numbers.
    """
    body = draft.leaf.body
    if not isinstance(body, Paper):
        raise MalformedInput(f"want paper, not {draft.leaf.kind}", "leaf.kind")
    found = check_opening(context_of(board, body.channel), draft.payload, opening)
    for difference in differences(board.manifest, found, own):
        raise Refused("paper.different", f"{difference}: the other teller has another number; count again together")
    check_countable(board, body.channel, own)
    check_place(board, draft)
    return sign(board.setting, draft, key)


def differences(manifest: Manifest, first: Sequence[PaperCounts], second: Sequence[PaperCounts]) -> list[str]:
    """In what two counts differ, without the numbers."""
    found = []
    for contest, one, other in zip(manifest.contests, first, second, strict=True):
        names = ("valid papers", "other papers", *(item.option or "blank votes" for item in contest.items()))
        pairs = zip(
            names, (one.ballots, one.spoiled, *one.votes), (other.ballots, other.spoiled, *other.votes), strict=True
        )
        found += [f"contest {contest.id}, {name}" for name, left, right in pairs if left != right]
    return found


def put_away(path: Path, opening: PaperOpening, passphrase: Passphrase) -> None:
    """The opening in a new private file, locked."""
    secretfile.create(path, passphrase.lock(opening.encode(), PURPOSE, VERSION, SystemRandomness()))


def take_out(path: Path, passphrase: Passphrase, board: BoardReader) -> PaperOpening:
    """The opening in such a file; NotUnlocked under another passphrase."""
    try:
        data = passphrase.unlock(secretfile.read(path), PURPOSE, VERSION)
        return decode_opening(data, board.manifest, board.setting.group)
    except MalformedInput as error:
        raise error.inside(str(path)) from None
