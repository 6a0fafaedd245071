"""`e2evote channel count` and `agree`: one teller's totals on paper, and another who has counted too.

Numbers are typed, or come from a file; never from the command's arguments, which every user of the machine sees.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.approval import payload_file, read_draft, replace_draft, write_draft
from e2evote.adapter.board import BoardReader
from e2evote.adapter.keys import load_key
from e2evote.adapter.leaf_words import CHANNELS
from e2evote.adapter.marks import marks, paper_channel
from e2evote.adapter.paper_counts import BLANK, LARGEST, PAPERS, SPOILED, counted, names_of, read_counts
from e2evote.adapter.paper_totals import agree as agreed
from e2evote.adapter.paper_totals import put_away, take_out, totals
from e2evote.cli.ending import Usage
from e2evote.cli.options import AllowTestGroup, Json, Key, PassphraseFile, ScryptCost, Store, Wait, read_small
from e2evote.cli.output import refuse_existing
from e2evote.cli.passphrase import new_passphrase, passphrase
from e2evote.cli.terminal import as_json, note, question, say
from e2evote.cli.voter import board_of, post_to
from e2evote.errors import Refused
from e2evote.manifest.contests import Contest
from e2evote.manifest.model import Manifest
from e2evote.record.voter_bodies import Paper
from e2evote.secret.paper_opening import PaperCounts, check_counts

CountsFile = Annotated[
    Path | None,
    typer.Option("--counts", metavar="FILE", help="Your counts, .toml or .csv; typed in without it."),
]
OpeningPassphraseFile = Annotated[
    Path | None,
    typer.Option("--opening-passphrase-file", metavar="FILE", help="Private file with the opening's passphrase."),
]


def count(
    store: Store,
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="in_person or postal.")],
    key: Key,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The draft to write; FILE.opening is beside it.")],
    counts: CountsFile = None,
    passphrase_file: PassphraseFile = None,
    opening_passphrase_file: OpeningPassphraseFile = None,
    scrypt_log2: ScryptCost = 17,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Encrypt what you have counted on the papers of a channel, and sign it; another teller looks, and signs too.

    After the close. For each contest: valid papers, those that are none (spoiled, or given out and not in the box), and
    the votes of each option. There are as many papers as marked lines. FILE.opening holds the numbers, locked under a
    passphrase that you tell the other teller; nothing of it is published. FILE, FILE.payload and FILE.opening go to the
    other teller.

    Example:  e2evote channel count box postal --key tess.key --counts postal.csv --out postal.draft
    """
    opening_file = _opening_file(out)
    for path in (out, payload_file(out), opening_file):
        refuse_existing(path)
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    paper_channel(board, channel)
    given = _counts(board, channel, counts)
    signer = load_key(key, passphrase(passphrase_file, str(key)))
    draft, opening = totals(board, channel, given, signer)
    phrase = new_passphrase(opening_passphrase_file, str(opening_file))
    phrase.cost = 2**scrypt_log2
    put_away(opening_file, opening, phrase)
    write_draft(out, draft)
    if json:
        as_json({"draft": str(out), "opening": str(opening_file), "payload": str(payload_file(out))})
        return
    say(f"draft    {out}, with {payload_file(out).name} beside it")
    say(f"opening  {opening_file}: secret; tell its passphrase to the other teller alone")
    say(f"next     the other teller counts too, then: e2evote channel agree {out} --store {store} --key KEY --post")


def agree(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The first teller's draft, with what lies beside it.")],
    store: Annotated[
        Path, typer.Option("--store", metavar="STORE", help="The box's directory, or a record that is up to date.")
    ],
    key: Key,
    opening: Annotated[
        Path | None, typer.Option("--opening", metavar="FILE", help="The opening, if it is not FILE.opening.")
    ] = None,
    counts: CountsFile = None,
    post: Annotated[bool, typer.Option("--post", help="Hand the totals to the box.")] = False,
    passphrase_file: PassphraseFile = None,
    opening_passphrase_file: OpeningPassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Compare the first teller's totals with your own counts, and sign them if they are the same.

    Count the papers yourself first: your numbers are asked for before the opening is unlocked. Every ciphertext is then
    computed again. Where a number differs it is named, and nothing is signed.

    Example:  e2evote channel agree postal.draft --store box --key theo.key --counts mine.csv --post
    """
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    draft = read_draft(board.setting, file)
    body = draft.leaf.body
    if not isinstance(body, Paper):
        raise Usage(f"{file}: a draft of a {draft.leaf.kind}; sign that with e2evote approve")
    own = _counts(board, body.channel, counts)
    locked = opening or _opening_file(file)
    opened = take_out(locked, passphrase(opening_passphrase_file, str(locked)), board)
    done = agreed(board, draft, opened, own, load_key(key, passphrase(passphrase_file, str(key))))
    replace_draft(file, done)
    index = post_to(store, wait)(done.envelope()).index if post else -1
    if json:
        as_json({"index": index, "missing": list(done.missing)})
        return
    say("The totals are those of your counts; you have signed them.")
    if post:
        say(f"The totals {CHANNELS[body.channel]} are entry {index}. Destroy {locked} once the outcome is announced.")
    else:
        say(f"hand it in: e2evote approve {file} --store {store} --post")


def _opening_file(draft: Path) -> Path:
    return draft.with_name(f"{draft.name}.opening")


def _counts(board: BoardReader, channel: str, file: Path | None) -> tuple[PaperCounts, ...]:
    if file is not None:
        return read_counts(file, read_small(file, LARGEST), board.manifest)
    marked = marks(board).by_contest
    numbers = {
        contest.id: _asked(board.manifest, contest, marked.get((channel, contest.id), 0))
        for contest in board.manifest.contests
    }
    return counted(board.manifest, numbers)


def _asked(manifest: Manifest, contest: Contest, marked: int) -> Mapping[str, int]:
    """The numbers of one contest, asked for until they can be."""
    names = {option.id: option.name.best("en") for option in contest.options}
    names |= {PAPERS: "valid papers", SPOILED: "papers that are none, or missing", BLANK: "blank votes"}
    while True:
        note("")
        note(f"{contest.name.best('en')}: {marked} lines are marked")
        numbers = {name: _number(names[name]) for name in names_of(contest)}
        if numbers[PAPERS] + numbers[SPOILED] != marked:
            note(f"{numbers[PAPERS]} and {numbers[SPOILED]} are not {marked}. Once more, please.")
            continue
        zeros = {other.id: dict.fromkeys(names_of(other), 0) for other in manifest.contests}
        try:
            check_counts(manifest, counted(manifest, zeros | {contest.id: numbers}))
        except Refused as refused:
            note(f"{refused.detail}. Once more, please.")
            continue
        return numbers


def _number(what: str) -> int:
    while True:
        answer = question(f"  {what}:")
        if answer.isascii() and answer.isdecimal() and len(answer) < 10:
            return int(answer)
        note("  a whole number, please; 0 for none")
