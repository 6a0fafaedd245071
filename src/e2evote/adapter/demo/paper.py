"""The demonstration's votes on paper: marks while voting is open, and totals that two tellers agree on afterwards.

Each teller is of another organisation and a process of its own; each counts the papers alone. What one has counted and
sealed, the other computes again before signing.
"""

from collections.abc import Sequence
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.demo.members import IN_PERSON, POSTAL, Member
from e2evote.adapter.demo.roll import Roll
from e2evote.adapter.demo.setup import TELLERS
from e2evote.adapter.demo.stage import CHEAP, Command, Stage
from e2evote.adapter.demo.votes import Ward, plain_count

FIRST_TELLER = {IN_PERSON: TELLERS[0], POSTAL: TELLERS[1]}
"""Who seals the totals of a channel; the other one agrees."""


def mark(stage: Stage, roll: Roll, members: Sequence[Member]) -> None:
    """The lines that vote on paper, each marked by two tellers."""
    folder, first, second = stage.folder, *TELLERS
    commands: list[Command] = []
    for channel in FIRST_TELLER:
        lines = sorted(roll.lines[one.number] for one in members if one.channel == channel)
        if lines:
            file = folder.teller(first) / f"{channel}.txt"
            file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            names = ("--lines-file", file, "--drafts", _marks(stage, channel))
            arguments = ("channel", "mark", folder.store, channel, *names, *stage.key(first), *stage.flags)
            commands.append((f"teller {first} mark {channel}", arguments))
    stage.run(commands)
    drafts = sorted(path for channel in FIRST_TELLER for path in _marks(stage, channel).glob("*.draft"))
    arguments = ("approve", *drafts, "--store", folder.store, *stage.key(second), "--post", *stage.flags)
    stage.run([(f"teller {second} approve", arguments)])
    stage.board.refresh()


def _marks(stage: Stage, channel: str) -> Path:
    return stage.folder.teller(TELLERS[0]) / f"marks-{channel}"


def count(stage: Stage, ward: Ward, members: Sequence[Member]) -> None:
    """Each teller counts every channel; one seals the totals, the other one finds the same numbers and signs."""
    for channel in FIRST_TELLER:
        data = counts_table(ward, [one for one in members if one.channel == channel])
        for teller in TELLERS:
            secretfile.create(stage.folder.counts(teller, channel), data)
    stage.run(_count(stage, channel) for channel in FIRST_TELLER)
    stage.run(_agree(stage, channel) for channel in FIRST_TELLER)
    stage.board.refresh()


def counts_table(ward: Ward, members: Sequence[Member]) -> bytes:
    """What is on these members' papers, as a teller writes it down."""
    valid = [one.ranking for one in members if one.ranking is not None]
    rows = [("contest", "option", "number")]
    for contest in ward.contests():
        rows += [(contest.id, "#papers", str(len(valid))), (contest.id, "#spoiled", str(len(members) - len(valid)))]
    rows += [(*cell, str(votes)) for cell, votes in plain_count(ward, valid).items()]
    return "".join(f"{','.join(row)}\n" for row in rows).encode()


def _count(stage: Stage, channel: str) -> Command:
    folder, teller = stage.folder, FIRST_TELLER[channel]
    files = ("--counts", folder.counts(teller, channel), "--out", _draft(stage, channel))
    options = (*stage.key(teller), *_opening(stage), *CHEAP, *stage.flags)
    return f"teller {teller} count {channel}", ("channel", "count", folder.store, channel, *files, *options)


def _agree(stage: Stage, channel: str) -> Command:
    folder = stage.folder
    teller = next(one for one in TELLERS if one != FIRST_TELLER[channel])
    files = ("--store", folder.store, "--counts", folder.counts(teller, channel), "--post")
    options = (*stage.key(teller), *_opening(stage), *stage.flags)
    return f"teller {teller} agree {channel}", ("channel", "agree", _draft(stage, channel), *files, *options)


def _draft(stage: Stage, channel: str) -> Path:
    return stage.folder.teller(FIRST_TELLER[channel]) / f"{channel}.draft"


def _opening(stage: Stage) -> tuple[str | Path, ...]:
    """The passphrase that the two tellers have told each other."""
    return "--opening-passphrase-file", stage.folder.passphrase_file("opening")
