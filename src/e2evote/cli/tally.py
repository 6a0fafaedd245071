"""`e2evote tally`: the administrator's part after the close: lot, statement, outcome."""

from typing import Annotated

import typer

from e2evote.adapter.admin import drawn_lot
from e2evote.adapter.keys import load_key
from e2evote.cli.administer import Signing, TellerKey, TellerPassphraseFile, administration
from e2evote.cli.approve import DraftFile
from e2evote.cli.options import AllowTestGroup, Dask, Json, Key, PassphraseFile, Store, Wait, Workers, executor_for
from e2evote.cli.passphrase import passphrase
from e2evote.cli.terminal import as_json, bar, say, table
from e2evote.manifest.voters import ONLINE
from e2evote.record.outcome import Outcome

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """State what is to be decrypted and, when the trustees have done so, the outcome.

    Example:  e2evote tally statement box --key chair.key
    """


@app.command()
def lot(
    store: Store,
    digits: Annotated[str, typer.Argument(metavar="DIGITS", help="6 to 64 decimal digits, drawn in public.")],
    key: Key,
    teller_key: TellerKey = None,
    draft: DraftFile = None,
    passphrase_file: PassphraseFile = None,
    teller_passphrase_file: TellerPassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Post the digits that break ties, where the manifest says that a lot does; before the statement.

    Example:  e2evote tally lot box 493817 --key chair.key --teller-key tina.key
    """
    signing = Signing(key, passphrase_file, teller_key, teller_passphrase_file, draft, wait, allow_test_group)
    done = signing.settle(store, "lot", drawn_lot(digits))
    as_json(done.members()) if json else done.tell(store, "The lot is drawn.")


@app.command()
def statement(
    store: Store,
    key: Key,
    passphrase_file: PassphraseFile = None,
    wait: Wait = 60,
    workers: Workers = None,
    dask: Dask = None,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Verify the closed record and state, line by line, which ballots count, with the encrypted totals.

    Example:  e2evote tally statement box --key chair.key
    """
    acting = administration(store, load_key(key, passphrase(passphrase_file, str(key))), None, wait, allow_test_group)
    with executor_for(workers, dask, store / "record") as executor, bar("verifying ballots") as progress:
        done = acting.statement(executor, progress)
    if json:
        as_json({"index": done.index})
    else:
        say(f"The statement is entry {done.index}. Now the trustees accept it and decrypt.")


@app.command()
def outcome(
    store: Store,
    key: Key,
    passphrase_file: PassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Combine the trustees' shares, at least the quorum's, into the outcome and publish it.

    Example:  e2evote tally outcome box --key chair.key
    """
    acting = administration(store, load_key(key, passphrase(passphrase_file, str(key))), None, wait, allow_test_group)
    result = acting.outcome()
    if json:
        print(result.encode().decode())
    else:
        print_outcome(result)


def print_outcome(result: Outcome) -> None:
    """The votes of all channels together, and who is elected, as a table for each contest."""
    votes = result.votes()
    for contest in result.contests:
        say(f"{contest.contest}: {contest.ballots} ballots, {contest.status}", style="bold")
        rows = [
            (option or "(blank)", number, "elected" if option in contest.standing.elected else "")
            for (name, option), number in votes.items()
            if name == contest.contest
        ]
        table(("option", "votes", ""), rows, numbers=(1,))
        if contest.standing.tied:
            say("  tied: " + ", ".join(contest.standing.tied), style="yellow")
    if any(cell.channel != ONLINE for cell in result.cells):
        say("By channel: e2evote channel results RECORD")
    say(f"Decrypted by trustees {', '.join(map(str, result.trustees))}. Now anyone can run e2evote verify.")
