"""`e2evote rehearsal end`: everybody's part after the last vote of a rehearsal, in one command."""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.board import BoardReader
from e2evote.adapter.election import ANCHORS, Election
from e2evote.adapter.marks import marks
from e2evote.adapter.paper_counts import LARGEST, read_counts
from e2evote.adapter.rehearsal import SCRUTINEER, RehearsalKeys
from e2evote.adapter.store import Store as BoxStore
from e2evote.cli.ending import Usage
from e2evote.cli.options import AllowTestGroup, Json, Store, read_small
from e2evote.cli.output import write_new
from e2evote.cli.tally import print_outcome
from e2evote.cli.terminal import note, say
from e2evote.errors import Refused
from e2evote.manifest.entries import Phase

REPORT = Path("reports", "report.html")
"""In the store, where `e2evote serve` finds it."""


def end(
    store: Store,
    counts: Annotated[
        list[str] | None,
        typer.Option("--counts", metavar="CHANNEL=FILE", help="What is on the papers of a channel, .csv or .toml."),
    ] = None,
    lot: Annotated[str, typer.Option("--lot", help="Digits drawn in public, where ties go by lot.")] = "",
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """End a rehearsal: close it, count the papers, decrypt, verify the record, and sign the scrutineer's report.

    Stop the server first: one process at a time appends. Afterwards `e2evote serve` shows the result. Lines that are
    marked for a channel on paper have handed in a paper each, so their counts are needed.

    Example:  e2evote rehearsal end spring --counts postal=postal.csv
    """
    files = dict(_named(given) for given in counts or ())
    made = BoxStore.at(store)
    if RehearsalKeys.read(made) is None:
        raise Refused("no-key", f"{store}: no rehearsal; its parties have their own keys, and act themselves")
    with Election.open_store(store, allow_test_group=allow_test_group) as election:
        signs = election.manifest.party(SCRUTINEER) is not None
        page = store / REPORT
        if page.exists():
            raise Usage(f"{page}: exists already, and is left as it is")
        if election.status().phase is Phase.OPEN:
            _refuse_without_counts(made, files, allow_test_group)
            note("voting is closed")
            election.close(lot)
        _count(election, made, files, allow_test_group)
        note("the trustees verify the record and decrypt")
        outcome = election.tally()
        if signs:
            note("the scrutineer verifies the record and signs a report")
            page.parent.mkdir(exist_ok=True)
            write_new(page, election.sign_report())
        record, anchors = election.record_path, store / ANCHORS
    if json:
        print(outcome.encode().decode())
        return
    print_outcome(outcome)
    if signs:
        say(f"report    {page}")
    say(f"verify    e2evote verify {record} --expect {anchors}")


def _named(given: str) -> tuple[str, Path]:
    channel, equals, file = given.partition("=")
    if not equals or not channel or not file:
        raise Usage(f"--counts {given!r}: want CHANNEL=FILE")
    return channel, Path(file)


def _waiting(store: BoxStore, allow_test_group: bool) -> dict[str, int]:
    """Channels on paper that are not counted yet, and how many lines are marked for each."""
    board = BoardReader(store.record, allow_test_group=allow_test_group)
    if board.electorate is None:
        return {}
    marked = marks(board).lines
    return {
        channel: len(marked[channel]) for channel in board.manifest.channels.paper if channel not in board.state.counted
    }


def _refuse_without_counts(store: BoxStore, files: dict[str, Path], allow_test_group: bool) -> None:
    """Before anything is closed: Usage where papers were handed in and nobody says what is on them."""
    waiting = _waiting(store, allow_test_group)
    if unknown := sorted(set(files) - set(waiting)):
        raise Usage(f"--counts: {', '.join(unknown)}: no channel on paper that is still to be counted")
    for channel, lines in waiting.items():
        if lines and channel not in files:
            raise Usage(f"{lines} lines have voted by {channel}: give the counts with --counts {channel}=FILE")


def _count(election: Election, store: BoxStore, files: dict[str, Path], allow_test_group: bool) -> None:
    _refuse_without_counts(store, files, allow_test_group)
    for channel in _waiting(store, allow_test_group):
        path = files.get(channel)
        if path is None:
            election.count(channel, {})
        else:
            election.count(channel, read_counts(path, read_small(path, LARGEST), election.manifest))
        note(f"the tellers have counted {channel}")
