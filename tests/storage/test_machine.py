"""Any order of calls, with reopening between them, has the effect that MemoryStorage says."""

from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from e2evote.board.storage import Answer, Appended, Batch, Storage, Submission
from e2evote.board.tiles import TilePath
from e2evote.errors import Refused
from storage.houses import HOUSES, House
from storage.memory import Kept, MemoryStorage
from storage.sample import submission, tile

NUMBERS = st.integers(0, 11)
BESIDE = st.sampled_from([b"", b"a", b"b" * 5_000])
PRIVATE = st.sampled_from([b"", b"a", b"b"])
ALL = 1_000_000


class Machine(RuleBasedStateMachine):
    """The storage of a house and the reference, told the same. `house` is set by the test."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self.real = self.house.create()
        self.meant: Storage = MemoryStorage(Kept())
        self.set_bound()

    def set_bound(self) -> None:
        for storage in (self.real, self.meant):
            storage.answers_kept = 4  # type: ignore[attr-defined]

    def teardown(self) -> None:
        self.real.close()

    def both(self, call: str, *arguments: object) -> None:
        """One call of each: they give the same, or refuse with the same error."""
        results = []
        for storage in (self.real, self.meant):
            try:
                results.append(getattr(storage, call)(*arguments))
            except (Refused, ValueError) as error:
                results.append(type(error))
        assert results[0] == results[1], (call, arguments)
        self.compare()

    def compare(self) -> None:
        size = self.meant.size()
        assert self.real.size() == size
        assert self.real.pending(ALL, ALL) == self.meant.pending(ALL, ALL)
        assert list(self.real.entries(0, size)) == list(self.meant.entries(0, size))
        for index in range(size):
            for read in ("payload", "hints", "cosigned"):
                assert getattr(self.real, read)(index) == getattr(self.meant, read)(index)
        for number in range(12):
            key = submission(number).key
            assert self.real.status(key) == self.meant.status(key)
        assert self.real.head() == self.meant.head()
        assert self.real.tile(0, 0) == self.meant.tile(0, 0)

    @rule(made=st.lists(st.builds(submission, NUMBERS, BESIDE, BESIDE, PRIVATE), max_size=4))
    def submit(self, made: list[Submission]) -> None:
        self.both("submit", made)

    @rule(
        start=st.sampled_from([0, 0, 0, 0, 1, -1]),
        appended=st.lists(st.tuples(NUMBERS, BESIDE, PRIVATE), max_size=3),
        answered=st.dictionaries(NUMBERS, st.sampled_from([Answer("no", "x"), Answer("no", "y"), 0, 1]), max_size=3),
        width=st.integers(0, 5),
    )
    def sequence(
        self, start: int, appended: list[tuple[int, bytes, bytes]], answered: dict[int, int | Answer], width: int
    ) -> None:
        tiles: dict[TilePath, bytes] = tile(0, 0, width) if width else {}
        self.both(
            "sequence",
            Batch(
                self.meant.size() + start,
                tuple(Appended(submission(number).key, hints, private) for number, hints, private in appended),
                tiles,
                {submission(number).key: answer for number, answer in answered.items()},
            ),
        )

    @rule(most=st.integers(0, 4), drop=st.booleans())
    def sequence_what_is_pending(self, most: int, drop: bool) -> None:
        waiting = self.meant.pending(most, ALL)
        dropped = waiting[:1] if drop else ()
        appended = tuple(Appended(one.key, one.hints, one.private) for one in waiting[len(dropped) :])
        answers: dict[bytes, int | Answer] = {one.key: Answer("no", "z") for one in dropped}
        self.both("sequence", Batch(self.meant.size(), appended, {}, answers))

    @rule(old=st.sampled_from([None, b"a", b""]), new=st.sampled_from([b"a", b"b", b""]), back=st.integers(-1, 2))
    def swap_head(self, old: bytes | None, new: bytes, back: int) -> None:
        self.both("swap_head", self.meant.head() if old is None else old, new, self.meant.size() - back)

    @rule(note=st.sampled_from([b"a", b"b"]), back=st.integers(-1, 2))
    def add_cosigned(self, note: bytes, back: int) -> None:
        self.both("add_cosigned", self.meant.size() - back, note)

    @rule(most=st.integers(0, 3), most_bytes=st.integers(0, 12_000))
    def pending(self, most: int, most_bytes: int) -> None:
        self.both("pending", most, most_bytes)

    @rule()
    def reopen(self) -> None:
        self.real.close()
        self.real = self.house.open()
        self.set_bound()
        self.compare()


@pytest.mark.parametrize("kind", HOUSES)
def test_any_order_of_calls_does_what_the_reference_does(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    numbers = count()

    def machine() -> Machine:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        Machine.house = HOUSES[kind](request, folder)
        return Machine()

    run_state_machine_as_test(machine, settings=settings(max_examples=12, stateful_step_count=20))
