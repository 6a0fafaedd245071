"""What stands beside the board's claims without a bound: the whole order of operations, and PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.claim import Row, number
from benchmarks.written_log import LEAF, ORIGIN, PAYLOAD, WrittenLog, ballots
from e2evote.adapter.files import open_to_write
from e2evote.adapter.storage import create_storage
from e2evote.board.keeper import Collaborators, Keeper
from e2evote.board.note import LogKey, Signer
from e2evote.errors import Refused
from e2evote.proofs.signature import decode_public_key
from e2evote.secret.sign import SigningKey


def keeper_rows(folder: Path, batches: int) -> Iterator[Row]:
    """Sequencing, signing, swapping the head and publishing, without witnesses: by size of a batch."""
    key = SigningKey(bytes(32))
    signer = Signer(LogKey(ORIGIN, decode_public_key(key.public)), key.sign)
    for batch in (1, 256):
        place = folder / f"kept-{batch}"
        storage = create_storage(f"{place}.sqlite", ORIGIN)
        with open_to_write(place) as publisher:
            keeper = Keeper.start(Collaborators(storage, publisher, signer))
            appended = settled = 0.0
            for turn in range(batches):
                made = list(ballots(batch, LEAF, PAYLOAD, turn))
                start = perf_counter()
                storage.submit(made)
                keeper.append(made)
                middle = perf_counter()
                keeper.settle()
                appended, settled = appended + middle - start, settled + perf_counter() - middle
        storage.close()
        yield Row(
            f"the same with a signed head and published files after {'each' if batch == 1 else f'every {batch}'}",
            batch * batches / (appended + settled),
            " entries/s",
            detail=f"{number(appended / batches * 1e3)} ms to hand in and sequence,"
            f" {number(settled / batches * 1e3)} ms to sign, swap the head and publish; mean of {batches}",
        )


def postgres_rows(singles: int, batches: int) -> tuple[list[Row], tuple[str, ...]]:
    """Sequencing on a server of its own, reached by a socket; no rows and a sentence where there is none."""
    try:
        from tests.storage.postgres_server import NoServer, a_server
    except ImportError:
        return [], ("PostgreSQL: not measured, the tests are not here.",)
    try:
        # not beside the records: the server has a user of its own, who may not come there
        with (
            TemporaryDirectory(prefix="e2evote-", ignore_cleanup_errors=True) as folder,
            a_server(Path(folder)) as server,
        ):
            log = WrittenLog.create(server.url())
            rows = [_postgres_row(log, 1, singles), _postgres_row(log, 256, batches)]
            log.close()
            return rows, ()
    except (NoServer, Refused) as missing:
        return [], (f"PostgreSQL: not measured, {missing}.",)


def _postgres_row(log: WrittenLog, batch: int, batches: int) -> Row:
    made = list(ballots(batch * batches, LEAF, PAYLOAD, batch))
    start = perf_counter()
    for at in range(0, len(made), batch):
        log.append(made[at : at + batch])
    seconds = perf_counter() - start
    how = "one by one" if batch == 1 else f"in batches of {batch}"
    return Row(f"sequencing {how} in PostgreSQL", len(made) / seconds, " entries/s", detail=f"mean of {batches}")
