"""`e2evote checked`: somebody with a name says, signed, that they have verified the log, and what came of it."""

from typing import Annotated

import typer

from e2evote.adapter.board import BoardReader
from e2evote.adapter.checking import MOST, check_and_say
from e2evote.adapter.keys import load_key
from e2evote.cli.options import (
    AllowTestGroup,
    Dask,
    Expect,
    Json,
    Key,
    PassphraseFile,
    Store,
    Wait,
    Workers,
    executor_for,
)
from e2evote.cli.passphrase import passphrase
from e2evote.cli.report import print_report
from e2evote.cli.terminal import as_json, bar, note, say
from e2evote.cli.verify import read_anchors
from e2evote.cli.voter import board_of, post_to


def checked(
    store: Store,
    key: Key,
    challenges: Annotated[
        int, typer.Option("--challenges", min=0, max=MOST, help="How many challenges you have checked yourself.")
    ] = 0,
    receipts: Annotated[
        int, typer.Option("--receipts", min=0, max=MOST, help="How many receipts you have checked yourself.")
    ] = 0,
    expect: Expect = None,
    passphrase_file: PassphraseFile = None,
    wait: Wait = 60,
    workers: Workers = None,
    dask: Dask = None,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Verify the whole log as it is now, and sign the verdict onto the board, whatever it is.

    For tellers, scrutineers and observers. Do it on a machine of your own, with anchors that reached you by another way
    than the record. The numbers are of what you have checked yourself, with `ballot check` and `receipt check`: those
    that the box publishes are no evidence that anybody has.

    Example:  e2evote checked box --challenges 3 --receipts 12 --expect anchors.json --key olga.key
    """
    anchors = read_anchors(expect)
    if anchors is None:
        note("Without --expect the verdict can't be `accepted`: nothing shows that this is the right selection.")
    record = board_of(store)
    board = BoardReader(record, allow_test_group=allow_test_group)
    signer = load_key(key, passphrase(passphrase_file, str(key)))
    post = post_to(store, wait)
    with executor_for(workers, dask, record) as executor, bar("verifying") as progress:
        report, body, done = check_and_say(
            record,
            board,
            post,
            signer,
            anchors,
            challenges=challenges,
            receipts=receipts,
            allow_test_group=allow_test_group,
            executor=executor,
            progress=progress,
        )
    if json:
        as_json({"index": done.index, "root": body.root.hex(), "size": body.size, "verdict": body.verdict})
        return
    print_report(report, board.manifest)
    say(f"Signed: {body.verdict}, for the log of {body.size} entries. It is entry {done.index}.")
