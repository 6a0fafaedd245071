"""A storage with something of each kind in it, and all that can be read of one."""

from e2evote.board.storage import Answer, Storage
from storage.sample import batch, submission, tile

REFUSED, SAME, WAITS = submission(100), submission(101), submission(102, b"w" * 5_000, b"hints", b"private")
SAMPLE = [
    submission(number, b"p" * 500 * number, b"h" * 100 * (number % 3), b"s" * (number % 2)) for number in range(8)
]


def furnish(storage: Storage) -> None:
    """Entries, one large; tiles; answers; a head; cosigned checkpoints; and one that waits."""
    large = submission(8, bytes(range(256)) * 5_000)
    storage.submit([*SAMPLE, large, REFUSED, SAME])
    storage.sequence(
        batch(0, [*SAMPLE, large], tiles=tile(0, 0, 9) | tile(1, 0, 256), answers={SAME.key: 3, REFUSED.key: NO})
    )
    storage.swap_head(b"", b"head of 9", 9)
    storage.add_cosigned(4, b"cosigned 4")
    storage.add_cosigned(9, b"cosigned 9")
    storage.submit([WAITS])


NO = Answer("stale-prev", "the line has a later ballot")


def everything(storage: Storage) -> list[object]:
    """What each method says, in an order that does not change."""
    size = storage.size()
    keys = [one.key for one in (*SAMPLE, REFUSED, SAME, WAITS)]
    return [
        size,
        list(storage.entries(0, size)),
        [(storage.payload(index), storage.hints(index), storage.cosigned(index)) for index in range(size)],
        [storage.status(key) for key in keys],
        storage.pending(100, 10**9),
        [storage.tile(level, 0) for level in range(2)],
        storage.head(),
    ]
