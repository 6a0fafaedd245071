"""`e2evote rehearse`: a selection with a roll, open and ready to be served, every key of which is on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.election import ANCHORS, Election
from e2evote.adapter.personal_files import write_personal
from e2evote.adapter.rehearsed_roll import CONTACTS, MemberFacts, read_facts
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_GROUPS
from e2evote.cli.ending import Usage
from e2evote.cli.options import Json, read_small
from e2evote.cli.output import refuse_existing
from e2evote.cli.rehearse_words import LANGUAGES, contest, letters_csv, letters_text
from e2evote.cli.terminal import as_json, note, say
from e2evote.errors import Refused

LETTERS_CSV, LETTERS_TXT = "letters.csv", "letters.txt"


def rehearse(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The store to be made.")],
    contests: Annotated[
        list[str],
        typer.Option("--contest", metavar="NAME=OPTION,…", help="A contest: choose one of these. Repeatable."),
    ],
    name: Annotated[str, typer.Option("--name", help="What the selection is called.")] = "Rehearsal",
    id: Annotated[str, typer.Option("--id", help="Its short name, in addresses: a-z and digits.")] = "rehearsal",
    members: Annotated[int, typer.Option("--members", min=1, metavar="N", help="So many invented members.")] = 12,
    members_file: Annotated[
        Path | None,
        typer.Option("--members-file", metavar="CSV", help="Members instead: a table, columns reference and name."),
    ] = None,
    registrars: Annotated[
        int, typer.Option("--registrars", min=1, max=len(CONTACTS), help="How many send each member a code.")
    ] = 2,
    paper: Annotated[
        list[str] | None, typer.Option("--paper", metavar="CHANNEL", help="postal or in_person, besides online.")
    ] = None,
    trustees: Annotated[int, typer.Option("--trustees", min=1, help="How many trustees there are.")] = 3,
    quorum: Annotated[int, typer.Option("--quorum", min=1, help="How many of them decrypt.")] = 2,
    witnesses: Annotated[int, typer.Option("--witnesses", min=0, help="How many witnesses cosign the log.")] = 0,
    lang: Annotated[str, typer.Option("--lang", help="Language of names and letters: en or cy.")] = "en",
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="Where it will be served, as the letters say.")
    ] = "http://127.0.0.1:8800",
    group: Annotated[str, typer.Option("--group", hidden=True)] = ELECTIONGUARD_4096.name,
    json: Json = False,
) -> None:
    """Make a selection for a rehearsal, with a roll and codes, and open it. THIS MACHINE THEN HOLDS EVERY KEY.

    No vote in it is secret from this machine: it is for trying things out, for teaching and for testing a website. The
    letters with the members' codes are written into the folder, as a table and to be printed; both are private. Then
    `e2evote serve --store FOLDER` serves it.

    Example:  e2evote rehearse spring --contest 'Chair=Ada Lovelace,Bob Smith' --members 12
    """
    refuse_existing(folder)
    if lang not in LANGUAGES:
        raise Usage(f"--lang {lang}: want {' or '.join(LANGUAGES)}")
    if group not in (ELECTIONGUARD_4096.name, *TEST_GROUPS):
        raise Usage(f"--group {group}: no such group")
    facts = [contest(text) for text in contests]
    voters = _named(members_file) if members_file else members
    note("drawing up the roll and issuing codes")
    try:
        made = Election.create(
            folder,
            contests=facts,
            rehearsal=True,
            name=name,
            election=id,
            trustees=trustees,
            quorum=quorum,
            group=group,
            language=lang,
            members=voters,
            registrars=registrars,
            channels=("online", *(paper or ())),
            witnesses=witnesses,
        )
    except ValueError as error:
        raise Usage(str(error)) from None
    with made as election:
        note("the trustees make the key")
        anchors = election.open()
        letters, manifest, closes = election.letters(), election.manifest, election.status().closes
        text = letters_text(letters, manifest, anchors, closes, url.rstrip("/"), lang)
        for file, data in ((LETTERS_CSV, letters_csv(letters, manifest)), (LETTERS_TXT, text)):
            write_personal(folder / file, data, "letters", election.setting.first)
    if json:
        as_json(
            {
                "anchors": str(folder / ANCHORS),
                "closes": closes,
                "election": id,
                "letters": [str(folder / LETTERS_CSV), str(folder / LETTERS_TXT)],
                "lines": len(letters),
                "store": str(folder),
            }
        )
        return
    say(f"{name} is open until {closes}. THIS MACHINE HOLDS EVERY KEY: nothing in it is secret here.")
    say()
    say(f"letters   {folder / LETTERS_TXT} to be printed, {folder / LETTERS_CSV} as a table; {len(letters)} lines")
    say(f"anchors   {folder / ANCHORS}, to be announced")
    flag = " --allow-test-group" if group in TEST_GROUPS else ""
    say(f"serve it  e2evote serve --store {folder}{flag}")
    say(f"vote      {url.rstrip('/')}/elections/{id}/client/ with a line and the codes of a letter")
    say(f"end it    Ctrl-C in the server, then e2evote rehearsal end {folder}{flag}")


def _named(path: Path) -> tuple[MemberFacts, ...]:
    """The members in a table."""
    try:
        return read_facts(read_small(path))
    except Refused as refused:
        raise Refused(refused.code, f"{path}: {refused.detail}") from None
