"""`e2evote receipt check` and `missing`: what a voter's receipt proves, and whether a record keeps its promise."""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.known_keys import known_keys
from e2evote.adapter.receipts import (
    RECEIPT_LIMIT,
    CheckedReceipt,
    Searched,
    check_receipt,
    keys_of_record,
    manifest_of,
    search_record,
)
from e2evote.board.evidence import check_evidence
from e2evote.cli.ending import Usage
from e2evote.cli.evidence import moment, print_verdict
from e2evote.cli.options import Expect, Json, ManifestFile, Record, read_small
from e2evote.cli.output import refuse_existing, write_new
from e2evote.cli.terminal import as_json, say, table
from e2evote.cli.verify import read_anchors
from e2evote.hashing import crockford
from e2evote.hashing.canonical import Encodable
from e2evote.verify.checks import ExitCode
from e2evote.verify.lookup import Found, Lookup, look_up

app = typer.Typer(no_args_is_help=True)

File = Annotated[Path, typer.Argument(exists=True, metavar="FILE", help="The receipt, a .tlog-proof file.")]


@app.callback()
def group() -> None:
    """Check the receipt of a ballot, and whether the ballot is in a record.

    Example:  e2evote receipt check ballot.tlog-proof --expect anchors.json --manifest manifest.json
    """


@app.command()
def check(
    file: File,
    expect: Expect = None,
    manifest: ManifestFile = None,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="RECORD", exists=True, help="A record: for its manifest, and to look it up."),
    ] = None,
    line: Annotated[str, typer.Option("--line", help="The line that you wrote down.")] = "",
    tracker: Annotated[str, typer.Option("--tracker", help="The tracker that you wrote down.")] = "",
    json: Json = False,
) -> None:
    """Check signature, witnesses and place of a receipt, and say what ballot it is of.

    Ends with 0 if all of it holds by keys that did not come with the receipt, 1 if something does not hold or, in the
    record, the ballot is not the one that counts for its line, 3 if it is no receipt, 4 if no quorum of witnesses has
    cosigned the record, 6 if nothing fails and something could not be known.

    Example:  e2evote receipt check ballot.tlog-proof --expect anchors.json --record record

    Example:  e2evote receipt check ballot.tlog-proof --expect anchors.json --manifest manifest.json --line 5f0a…c3
    """
    if manifest and record:
        raise Usage("--manifest and --record: give one of them")
    data = manifest_of(record) if record else read_small(manifest) if manifest else None
    checked = check_receipt(read_small(file, RECEIPT_LIMIT), known_keys(read_anchors(expect), data))
    differs = _differences(checked, line, tracker)
    found = look_up(record, checked.ballot.line, checked.ballot.tracker) if record and checked.ballot else None
    if json:
        as_json(_members(checked, differs, found))
    else:
        _print(checked, differs, found)
    if differs or (found and (found.failing or found.status not in (Lookup.COUNTED, Lookup.RECORDED))):
        raise typer.Exit(int(ExitCode.REJECTED))
    if found and found.uncosigned:
        raise typer.Exit(int(ExitCode.INCOMPLETE))
    if checked.unknown:
        raise typer.Exit(int(ExitCode.CONSISTENT))


@app.command()
def missing(
    file: File,
    record: Record,
    expect: Expect = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="EVIDENCE", help="Where evidence is written, if there is any.")
    ] = Path("evidence.json"),
    json: Json = False,
) -> None:
    """Show that an acknowledged ballot is not in a record, by evidence that others can check.

    Ends with 0 if the ballot is there and the record is of the same log, and 1 if it is not: then there is an evidence
    file. 4 if the record has holes, or no quorum of witnesses has cosigned it, so that nothing is promised.

    Example:  e2evote receipt missing ballot.tlog-proof record --expect anchors.json --out evidence.json
    """
    keys = keys_of_record(record, read_anchors(expect))
    searched = search_record(read_small(file, RECEIPT_LIMIT), record, keys)
    if searched.evidence:
        refuse_existing(out)
        write_new(out, searched.evidence)
    if json:
        as_json(
            {
                "elsewhere": list(searched.elsewhere),
                "evidence": str(out) if searched.evidence else "",
                "index": searched.index,
                "kind": searched.accusation.kind if searched.accusation else "",
                "present": searched.present,
                "size": searched.size,
                "uncosigned": searched.uncosigned,
            }
        )
    else:
        say(_sentence(searched), style="" if searched.accusation is None else "bold red")
        if searched.uncosigned:
            say("No quorum of witnesses has cosigned the record's head: it is the log's word alone.", style="yellow")
        if searched.evidence:
            known = (keys.log_key, keys.policy) if keys.anchored else (None, None)
            print_verdict(check_evidence(searched.evidence, *known), keys)
            say(f"{out}: anybody can check it with e2evote evidence check {out}")
    if searched.accusation:
        raise typer.Exit(int(ExitCode.REJECTED))
    if searched.uncosigned:
        raise typer.Exit(int(ExitCode.INCOMPLETE))


def _sentence(searched: Searched) -> str:
    index, size = searched.index, searched.size
    if searched.accusation is None:
        return f"The entry is in this record, at index {index} of {size}."
    if searched.present:
        return f"The entry is in this record, at index {index} of {size}; but other entries are not those acknowledged."
    if searched.kept_back:
        return f"The entry is not in this record of {size} entries: it was acknowledged at index {index}."
    also = f" The same entry is at index {searched.elsewhere[0]}." if searched.elsewhere else ""
    return f"The entry is not in this record: at index {index} of {size} there is another one.{also}"


def _differences(checked: CheckedReceipt, line: str, tracker: str) -> list[str]:
    """What the voter wrote down and the receipt does not say."""
    if (line or tracker) and checked.ballot is None:
        return [f"The receipt is of no ballot, but of an entry of the kind {checked.kind}."]
    found = []
    if line and checked.ballot and line.strip() != checked.ballot.line:
        found.append(f"The receipt is for the line {checked.ballot.line}, not {line.strip()}.")
    if tracker and checked.ballot and crockford.encode(crockford.decode(tracker)) != checked.ballot.tracker:
        found.append(f"The receipt is for the tracker {checked.ballot.tracker}.")
    return found


def _members(checked: CheckedReceipt, differs: list[str], found: Found | None) -> dict[str, Encodable]:
    receipt, ballot = checked.receipt, checked.ballot
    cosigned: list[Encodable] = [{"name": one.name, "time": one.time} for one in checked.cosigned]
    return {
        "cosigned": cosigned,
        "differs": differs,
        "found": found.status.value if found else "",
        "index": receipt.index,
        "kind": checked.kind,
        "line": ballot.line if ballot else "",
        "origin": receipt.checkpoint.origin,
        "size": receipt.checkpoint.size,
        "tracker": ballot.tracker if ballot else "",
        "uncosigned": found is not None and found.uncosigned,
        "unknown": list(checked.unknown),
        "verdict": "rejected" if differs else "consistent" if checked.unknown else "accepted",
    }


def _print(checked: CheckedReceipt, differs: list[str], found: Found | None) -> None:
    receipt, ballot = checked.receipt, checked.ballot
    of = f"a ballot of the line {ballot.line}" if ballot else f"an entry of the kind {checked.kind}"
    say(f"A receipt of the log {receipt.checkpoint.origin} for {of}.", style="bold")
    if ballot:
        say(f"  tracker  {ballot.tracker}")
    say(f"  index    {receipt.index} of {receipt.checkpoint.size}")
    for one in checked.cosigned:
        say(f"  witness  {one.name} at {moment(one.time)}")
    for sentence in differs:
        say(sentence, style="bold red")
    if found:
        for check in sorted(failing.value for failing in found.failing):
            say(f"The record fails {check}: its answer is worth nothing.", style="bold red")
        if found.uncosigned:
            say("No quorum of witnesses has cosigned the record's head: it is the log's word alone.", style="yellow")
        say(f"In the record this ballot is: {found.status.value}. All ballots of the line:")
        table(("entry", "tracker", "status"), [(b.index, b.tracker, b.status.value) for b in found.ballots], (0,))
    if checked.unknown:
        say("Nothing fails. Not known:", style="yellow")
        for sentence in checked.unknown:
            say(f"  {sentence}", style="yellow")
        return
    if not checked.witnessed:
        say("The manifest names no witnesses: this is the log's word alone.", style="yellow")
    if not differs:
        say("All of it holds.", style="green")
