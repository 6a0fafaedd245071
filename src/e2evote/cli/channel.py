"""`e2evote channel`: who has voted on paper, what is on the papers, and the results of each channel.

Marks and lists are here; counting is in `channel_count`.
"""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.approval import write_draft
from e2evote.adapter.board import BoardReader
from e2evote.adapter.channel_results import Part, channel_results
from e2evote.adapter.leaf_words import CHANNELS, line_shown
from e2evote.adapter.marks import drafted, marks
from e2evote.cli.approve import WithKey, WithPassphraseFile, keys_of
from e2evote.cli.channel_count import agree, count
from e2evote.cli.ending import Usage
from e2evote.cli.lines import lines_named
from e2evote.cli.options import AllowTestGroup, Board, Json, Key, PassphraseFile, Store, Wait
from e2evote.cli.output import refuse_existing
from e2evote.cli.terminal import as_json, say, table
from e2evote.cli.voter import board_of, post_to
from e2evote.hashing.canonical import Encodable

app = typer.Typer(no_args_is_help=True)
app.command()(count)
app.command()(agree)

Channel = Annotated[str, typer.Argument(metavar="CHANNEL", help="in_person or postal.")]


@app.callback()
def group() -> None:
    """Ballots on paper: marks for lines that have voted, totals that two tellers sign, results of each channel.

    Example:  e2evote channel marks record
    """


@app.command()
def mark(
    store: Store,
    channel: Channel,
    key: Key,
    line: Annotated[
        list[str] | None, typer.Option("--line", metavar="LINE", help="A line that has voted so; may be given again.")
    ] = None,
    lines_file: Annotated[
        Path | None, typer.Option("--lines-file", metavar="FILE", help="Many lines, one on each line of text.")
    ] = None,
    with_key: WithKey = None,
    drafts: Annotated[
        Path | None, typer.Option("--drafts", metavar="FOLDER", help="A new folder for what the second teller signs.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    with_passphrase_file: WithPassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Mark lines that have voted on paper: at the polling station, or whose envelope is here. Two tellers sign.

    They are of different organisations. A line has one mark, and cannot vote online after it. Where online prevails a
    line that has voted online gets none: look before you give out a paper, or open an envelope. All lines are looked at
    before any is marked.

    Example:  e2evote channel mark box in_person --line 17 --key tess.key --with-key theo.key

    Example:  e2evote channel mark box postal --lines-file tuesday.txt --key tess.key --drafts tuesday
    """
    if (with_key is None) == (drafts is None):
        raise Usage("want the second teller's key, --with-key, or a folder for drafts, --drafts")
    if drafts is not None:
        refuse_existing(drafts)
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    named = lines_named(board.manifest, line or (), lines_file)
    if not named:
        raise Usage("which lines? --line or --lines-file")
    made = drafted(board, channel, named, keys_of(key, passphrase_file, with_key, with_passphrase_file))
    if drafts is not None:
        drafts.mkdir()
        for name, draft in zip(named, made, strict=True):
            write_draft(drafts / f"mark-{channel}-{name}.draft", draft)
        if json:
            as_json({"drafts": str(drafts), "lines": len(made)})
        else:
            say(f"{len(made)} drafts in {drafts}; the second teller signs them with")
            say(f"  e2evote approve {drafts}/*.draft --store {store} --key KEY --post")
        return
    done = post_to(store, wait).all([draft.envelope() for draft in made])
    if json:
        as_json({"index": [one.index for one in done], "lines": list(named)})
    else:
        say(f"marked {CHANNELS[channel]}: {', '.join(map(line_shown, named))}")


@app.command(name="marks")
def list_marks(board: Board, allow_test_group: AllowTestGroup = False, json: Json = False) -> None:
    """Say how many lines are marked in each channel and contest, which they are, and how many may still vote.

    Example:  e2evote channel marks record
    """
    reader = BoardReader(board_of(board), allow_test_group=allow_test_group)
    found = marks(reader)
    channels = reader.manifest.channels.paper
    contests = [contest.id for contest in reader.manifest.contests]
    if json:
        listed: list[Encodable] = [
            {
                "channel": channel,
                "contests": {contest: found.by_contest.get((channel, contest), 0) for contest in contests},
                "lines": list(found.lines[channel]),
            }
            for channel in channels
        ]
        as_json({"left": found.left, "marks": listed, "online": found.online, "removed": found.removed})
        return
    rows = [
        (CHANNELS[channel], len(found.lines[channel]), *(found.by_contest.get((channel, one), 0) for one in contests))
        for channel in channels
    ]
    table(("channel", "lines", *contests), rows, numbers=range(1, len(contests) + 2))
    for channel in channels:
        say(f"{CHANNELS[channel]}: {', '.join(map(line_shown, found.lines[channel])) or 'no line'}")
    say(f"{found.online} lines have voted online, {found.left} have not voted, {found.removed} are removed")


@app.command()
def results(board: Board, allow_test_group: AllowTestGroup = False, json: Json = False) -> None:
    """Print the results of each channel, as far as the floor lets them be decrypted by themselves.

    What is decrypted together is printed together. That the record is right is what `e2evote verify` says.

    Example:  e2evote channel results record
    """
    reader = BoardReader(board_of(board), allow_test_group=allow_test_group)
    found = channel_results(reader)
    if json:
        rows: list[Encodable] = [
            {
                "ballots": dict(one.ballots),
                "contest": one.contest,
                "parts": [{"channels": list(part.channels), "votes": dict(part.votes)} for part in one.parts],
            }
            for one in found
        ]
        as_json({"contests": rows})
        return
    for one in found:
        counts = ", ".join(f"{CHANNELS[channel]} {number}" for channel, number in one.ballots.items())
        say(f"{one.contest}: ballots {counts}", style="bold")
        if not one.parts:
            say("  withheld: too few ballots")
            continue
        options = list(one.parts[0].votes)
        shown = [(option or "(blank)", *(part.votes[option] for part in one.parts)) for option in options]
        table(("option", *map(_title, one.parts)), shown, numbers=range(1, len(one.parts) + 1))
    say("A difference between channels is no evidence of fraud: people choose their channel.")


def _title(part: Part) -> str:
    return " + ".join(CHANNELS[channel] for channel in part.channels)
