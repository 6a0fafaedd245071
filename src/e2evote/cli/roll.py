"""`e2evote roll`: the list of who may vote, from the members' table to the end of the names."""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter import roll_keeping
from e2evote.adapter.board import BoardReader
from e2evote.adapter.personal_files import enter
from e2evote.adapter.registrar_seed import read_seed
from e2evote.adapter.roll_keeping import Changed
from e2evote.adapter.roll_record import voters_on
from e2evote.cli import roll_amend, roll_read
from e2evote.cli.approve import DraftFile, WithKey, WithPassphraseFile, keys_of, refuse_both
from e2evote.cli.ending import Usage
from e2evote.cli.options import AllowTestGroup, Json, Key, PassphraseFile, ScryptCost, Wait, read_small
from e2evote.cli.passphrase import passphrase
from e2evote.cli.roll_options import (
    RollPassphraseFile,
    StoreOption,
    roll_file,
    settled,
    settled_or_undone,
)
from e2evote.cli.terminal import as_json, note, say
from e2evote.cli.voter import board_of
from e2evote.credentials.members import MemberList, MembersRefused, read_members
from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import Encodable
from e2evote.manifest.model import Manifest
from e2evote.record.voter_bodies import Freeze
from e2evote.secret.randomness import SystemRandomness
from e2evote.verify.checks import ExitCode

app = typer.Typer(no_args_is_help=True)

Members = Annotated[
    Path, typer.Argument(metavar="MEMBERS", help="A CSV file in UTF-8: reference, name, the contacts, style, weight.")
]
LARGEST_TABLE = 2**30


@app.callback()
def group() -> None:
    """The roll: who may vote. Freeze it, amend it, show a member the own line, open it to a scrutineer, destroy it.

    Example:  e2evote roll show-mine my-opening.json record.zip --expect anchors.json
    """


@app.command(name="import")
def import_(
    members: Members,
    manifest: Annotated[Path, typer.Option("--manifest", metavar="FILE", help="The manifest of the selection.")],
    json: Json = False,
) -> None:
    """Check a table of members before it becomes the roll: every mistake with its line, nothing corrected.

    Nothing is written and nothing is posted. Ends with 0 if the table can be frozen, otherwise with 2.

    Example:  e2evote roll import members.csv --manifest manifest.json
    """
    try:
        read = Manifest.decode(read_small(manifest))
    except MalformedInput as error:
        raise error.inside(str(manifest)) from None
    if read.roll is None:
        raise Usage(f"{manifest}: this selection has no roll")
    try:
        found = read_members(read_small(members, LARGEST_TABLE), read)
    except MembersRefused as refused:
        _tell_faults(refused, json)
        raise typer.Exit(ExitCode.USAGE) from None
    styles = {style.id: sum(one.style == style.id for one in found.members) for style in read.styles}
    weights = {value: sum(one.weight == value for one in found.members) for value in read.weights.values}
    if json:
        as_json(
            {
                "faults": [],
                "members": len(found.members),
                "shared": [{"contact": one.contact, "lines": list(one.at)} for one in found.shared],
                "styles": [{"members": n, "style": id} for id, n in styles.items()],
                "weights": [{"members": n, "weight": value} for value, n in weights.items()],
            }
        )
        return
    say(f"{len(found.members)} members, nothing wrong in the table")
    for id, number in styles.items():
        say(f"  style {id}: {number}")
    if len(weights) > 1:
        for value, number in weights.items():
            say(f"  weight {value}: {number}")
    _tell_shared(found)


@app.command()
def freeze(
    members: Members,
    store: StoreOption,
    roll: Annotated[Path, typer.Option("--roll", metavar="FILE", help="Where to write the opened roll, encrypted.")],
    seed: Annotated[
        list[Path], typer.Option("--seed", metavar="FILE", help="A registrar's seed; once for each registrar.")
    ],
    as_at: Annotated[str, typer.Option("--as-at", metavar="DATE", help="As at when: in UTC, YYYY-MM-DDThh:mm:ssZ.")],
    key: Key,
    seed_passphrase_file: Annotated[
        list[Path] | None,
        typer.Option("--seed-passphrase-file", metavar="FILE", help="Of each seed, in the same order."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    roll_passphrase_file: RollPassphraseFile = None,
    with_key: WithKey = None,
    with_passphrase_file: WithPassphraseFile = None,
    draft: DraftFile = None,
    wait: Wait = 60,
    scrypt_log2: ScryptCost = 17,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Freeze the roll as at a date: commitments for everybody, the opened roll for its holders. Two sign.

    The administrator signs, and a teller with --with-key or by a draft (`e2evote approve`). The numbers of the lines
    follow from the seeds of all registrars. The file of the opened roll is on the disk before anything is posted.

    Example:  e2evote roll freeze members.csv --store box --roll spring.roll --seed rita.seed --seed rolf.seed
    --as-at 2031-04-01T00:00:00Z --key chair.key --with-key tina.key
    """
    refuse_both(with_key, draft)
    phrases = seed_passphrase_file or []
    if phrases and len(phrases) != len(seed):
        raise Usage(f"{len(phrases)} passphrase files for {len(seed)} seeds: one for each, in the same order")
    if roll.exists():
        raise Usage(f"{roll}: exists already, and is left as it is")
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    found = _members(members, board.manifest)
    seeds = [read_seed(path, passphrase(phrases[i] if phrases else None, str(path))) for i, path in enumerate(seed)]
    keys = keys_of(key, passphrase_file, with_key, with_passphrase_file)
    file = roll_file(roll, roll_passphrase_file, scrypt_log2, new=True)
    changed = roll_keeping.freeze(voters_on(board), found.members, seeds, as_at, SystemRandomness())
    if members.absolute().parent == roll.absolute().parent:
        enter(roll.parent, [members.name], "members", board.setting.first)
    file.begin(changed.held, changed.act)
    done = settled_or_undone(lambda: settled(store, board, changed.act, keys, draft=draft, wait=wait), file.drop)
    board.refresh()
    file.finish(voters_on(board))
    _tell_frozen(changed, found, roll, store, json, done.members())
    if not json:
        done.tell(store, "The roll is frozen.")


def _tell_frozen(
    changed: Changed, found: MemberList, roll: Path, store: Path, json: bool, members: dict[str, Encodable]
) -> None:
    body = changed.act.body
    if not isinstance(body, Freeze):
        raise AssertionError("the body of a freeze")
    if json:
        as_json(members | {"lines": body.lines, "roll": str(roll), "root": body.root.hex()})
        return
    say(f"{body.lines} lines as at {body.as_at}, root {body.root.hex()}")
    say(f"opened roll  {roll} (encrypted; for the holders that the manifest names, and for nobody else)")
    _tell_shared(found)


def _members(path: Path, manifest: Manifest) -> MemberList:
    if manifest.roll is None:
        raise Usage("this selection has no roll")
    return read_members(read_small(path, LARGEST_TABLE), manifest)


def _tell_faults(refused: MembersRefused, json: bool) -> None:
    if json:
        faults: list[Encodable] = [
            {"column": one.column, "detail": one.detail, "line": one.at} for one in refused.faults
        ]
        as_json({"faults": faults, "members": 0})
        return
    for fault in refused.faults:
        say(fault, style="red")
    say(f"{len(refused.faults)} mistakes: the table is not taken", style="bold red")


def _tell_shared(found: MemberList) -> None:
    for shared in found.shared:
        note(f"{shared}: whoever reads that has the codes of all of them that are sent there")


app.command()(roll_amend.add)
app.command()(roll_amend.remove)
app.command()(roll_amend.contact)
app.command()(roll_amend.finish)
app.command()(roll_amend.drop)
app.command(name="show-mine")(roll_read.show_mine)
app.command()(roll_read.openings)
app.command(name="open")(roll_read.open_)
app.command()(roll_read.check)
app.command()(roll_read.copy)
app.command()(roll_read.destroy)
