"""`e2evote init`, `restart`, `open`, `extend`, `close`: what the administrator does; a teller signs where two must."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.admin import Administration, extension
from e2evote.adapter.anchors import anchors_of, write_anchors
from e2evote.adapter.board import BoardReader
from e2evote.adapter.inbox import InboxPost
from e2evote.adapter.keys import load_key
from e2evote.adapter.patience import Patience
from e2evote.adapter.store import Store as BoxStore
from e2evote.adapter.store import create_store
from e2evote.cli.approve import DraftFile, Settled, keys_of, refuse_both, settle
from e2evote.cli.options import AllowTestGroup, Json, Key, PassphraseFile, Store, Wait, read_small
from e2evote.cli.output import refuse_existing
from e2evote.cli.passphrase import passphrase
from e2evote.cli.terminal import as_json, say, waiting
from e2evote.manifest.entries import Phase
from e2evote.record.body import Body
from e2evote.secret.sign import SigningKey

TellerKey = Annotated[
    Path | None,
    typer.Option("--teller-key", metavar="FILE", help="The key file of a teller, who signs too; without it a draft."),
]
TellerPassphraseFile = Annotated[
    Path | None,
    typer.Option("--teller-passphrase-file", metavar="FILE", help="Private file with the teller's passphrase."),
]


def administration(
    store: Path, key: SigningKey, teller: SigningKey | None, wait: float, allow_test_group: bool
) -> Administration:
    """What an administrator does with this store; the box must be running."""
    box = BoxStore.at(store)
    post = InboxPost(box, Patience(wait, say=waiting))
    return Administration(BoardReader(box.record, allow_test_group=allow_test_group), post, key, teller)


@dataclass(frozen=True, slots=True)
class Signing:
    """Administrator and teller as a command names them: both keys, or a draft for the second."""

    key: Path
    passphrase_file: Path | None
    teller_key: Path | None
    teller_passphrase_file: Path | None
    draft: Path | None
    wait: float
    allow_test_group: bool

    def settle(self, store: Path, kind: str, body: Body) -> Settled:
        """A leaf by both, handed in or drafted. On the board already: its first receipt, as `settle` gives it."""
        refuse_both(self.teller_key, self.draft)
        keys = keys_of(self.key, self.passphrase_file, self.teller_key, self.teller_passphrase_file)
        board = BoardReader(BoxStore.at(store).record, allow_test_group=self.allow_test_group)
        return settle(store, board, kind, body, keys, draft=self.draft, wait=self.wait)


def init(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="The directory to make for the box.")],
    manifest: Annotated[Path, typer.Option("--manifest", metavar="FILE", help="From `e2evote manifest new`.")],
    key: Key,
    log_key: Annotated[Path, typer.Option("--log-key", metavar="FILE", help="The key file of the log.")],
    passphrase_file: PassphraseFile = None,
    log_passphrase_file: Annotated[
        Path | None,
        typer.Option("--log-passphrase-file", metavar="FILE", help="Private file with the log's passphrase."),
    ] = None,
    storage: Annotated[
        str,
        typer.Option(
            "--storage",
            metavar="PLACE",
            help="Where the log is stored: a file that ends in .sqlite, or postgresql://…; else it is in STORE.",
        ),
    ] = "",
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Make the box's directory, with the manifest as entry 0 of its log, signed by the administrator.

    STORE/record is the public board and STORE/inbox is where the others' tools put their messages. `e2evote init` and
    `e2evote board init` are the same.

    Example:  e2evote init box --manifest manifest.json --key chair.key --log-key log.key
    """
    data = read_small(manifest)
    administrator = load_key(key, passphrase(passphrase_file, str(key)))
    made = create_store(
        store,
        data,
        administrator,
        log_key,
        passphrase(log_passphrase_file, str(log_key)),
        storage=storage,
        allow_test_group=allow_test_group,
    )
    if json:
        as_json({"record": str(made.record), "store": str(made.path)})
    else:
        say(f"store   {made.path}")
        say(f"record  {made.record} (public: any web server can serve it)")
        say(f"next    e2evote box {made.path}, and keep it running")


def restart(
    store: Store,
    key: Key,
    fault: Annotated[
        int, typer.Option("--fault", min=0, help="The trustee whose message did not come; 0 for nobody.")
    ] = 0,
    passphrase_file: PassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """End the running session of the key ceremony and begin another, in which all trustees draw new keys.

    After a complaint the trustee at fault is found from the board itself; the report will name it.

    Example:  e2evote restart box --key chair.key
    """
    acting = administration(store, load_key(key, passphrase(passphrase_file, str(key))), None, wait, allow_test_group)
    done = acting.restart(fault)
    if json:
        as_json({"fault": done.fault, "reason": done.reason, "session": done.session})
    else:
        say(f"session {done.session} begins; the one before ended: {done.reason}, fault {done.fault or 'nobody'}")


def open_(
    store: Store,
    key: Key,
    teller_key: TellerKey = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the anchors.")] = Path(
        "anchors.json"
    ),
    draft: DraftFile = None,
    passphrase_file: PassphraseFile = None,
    teller_passphrase_file: TellerPassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Open the selection, once all trustees have confirmed the joint key; write the anchors.

    Announce the anchors by another way than the record: on paper, on the invitations, on the societies' own pages.
    With them a verifier knows that a record is the right one. Where the teller is elsewhere a draft is written; when it
    was posted, the same command writes the anchors.

    Example:  e2evote open box --key chair.key --teller-key tina.key --out anchors.json
    """
    refuse_existing(out)
    refuse_both(teller_key, draft)
    keys = keys_of(key, passphrase_file, teller_key, teller_passphrase_file)
    acting = administration(store, keys[0], keys[1] if len(keys) > 1 else None, wait, allow_test_group)
    board = BoardReader(BoxStore.at(store).record, allow_test_group=allow_test_group)
    if board.state.phase is Phase.SETUP:
        done = settle(store, board, "open", acting.opening(), keys, draft=draft, wait=wait)
        if done.draft:
            as_json(done.members()) if json else done.tell(store, "")
            return
        board.refresh()
    anchors = anchors_of(board)
    write_anchors(out, anchors)
    base, extended = anchors.base_hash.hex(), anchors.extended_base_hash.hex()
    if json:
        as_json({"anchors": str(out), "base_hash": base, "extended_base_hash": extended, "log_key": anchors.log_key})
    else:
        say("The selection is open. Announce these by another way than the record:")
        say(f"  base hash           {base}")
        say(f"  extended base hash  {extended}")
        say(f"  log key             {anchors.log_key}")
        say(f"anchors file  {out}")


def extend(
    store: Store,
    key: Key,
    close: Annotated[
        str, typer.Option("--close", metavar="DATE", help="The new closing date, in UTC: YYYY-MM-DDThh:mm:ssZ.")
    ],
    teller_key: TellerKey = None,
    draft: DraftFile = None,
    passphrase_file: PassphraseFile = None,
    teller_passphrase_file: TellerPassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Put off the closing date, at most ten times in one selection. Tell everybody who may vote.

    It must be on the board, and cosigned by a quorum of the witnesses, before the date that it puts off; the box takes
    it until a minute before.

    Example:  e2evote extend box --close 2031-05-03T18:00:00Z --key chair.key --teller-key tina.key
    """
    signing = Signing(key, passphrase_file, teller_key, teller_passphrase_file, draft, wait, allow_test_group)
    done = signing.settle(store, "extend", extension(close))
    if json:
        as_json({"close": close} | done.members())
    else:
        done.tell(store, f"The selection closes at {close}. Tell everybody who may vote.")


def close(
    store: Store,
    key: Key,
    teller_key: TellerKey = None,
    draft: DraftFile = None,
    passphrase_file: PassphraseFile = None,
    teller_passphrase_file: TellerPassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Close the selection: no ballot is accepted after this.

    Example:  e2evote close box --key chair.key --teller-key tina.key
    """
    signing = Signing(key, passphrase_file, teller_key, teller_passphrase_file, draft, wait, allow_test_group)
    done = signing.settle(store, "close", Body())
    if json:
        as_json(done.members())
    else:
        done.tell(store, "The selection is closed.")
        if not done.draft:
            say("next  e2evote tally statement")
