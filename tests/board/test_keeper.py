"""The order of operations: what is signed, shown and acknowledged, and after which failure nothing more is."""

import copy
from dataclasses import replace

import pytest

from board.keys import log_key, signer
from board.memory import Countdown, Cut, Said, World, down, stated, submission
from e2evote.board.keeper import Collaborators, Keeper
from e2evote.board.log import CHECKPOINT, Log
from e2evote.board.note import sign_note
from e2evote.board.proof import open_receipt
from e2evote.board.self_check import self_check
from e2evote.board.storage import Answer, Stored
from e2evote.errors import MalformedInput, Refused, StorageConflict, StorageDamaged, StorageFailed, StorageFull


def taken(world: World, keeper: Keeper, *names: str) -> list[int]:
    """The indices of these after a batch of all that wait."""
    world.hand_in(*names)
    keeper.append(world.storage.pending(256, 2**28))
    keeper.settle()
    return [world.storage.status(submission(name).key) for name in names]  # type: ignore[misc]


def receipt(keeper: Keeper, index: int) -> bytes:
    proof = keeper.receipts.of(index)
    assert proof is not None
    return proof.encode()


def is_published(world: World) -> bool:
    """Whether the files are those of the log in memory with the same entries."""
    log = Log(signer())
    for row in world.storage.rows[: stated(world.storage.note).size]:
        log.append(row.entry, row.payload or None, row.hints or None)
    wanted = log.publish(0)
    assert stated(wanted.pop(CHECKPOINT)) == stated(world.files.checkpoint())
    return all(world.files.files.get(name) == data for name, data in wanted.items())


def test_a_batch_is_published_and_has_receipts() -> None:
    world = World()
    keeper = world.start()
    assert (keeper.size, keeper.is_settled, world.files.files) == (0, True, {})
    assert taken(world, keeper, "a", "b", "h") == [0, 1, 2]
    assert taken(world, keeper, "c") == [3]
    assert is_published(world)
    opened = open_receipt(receipt(keeper, 1), log_key(), None)
    assert (opened.entry, opened.index, opened.checkpoint.size) == (b"entry b", 1, 3)
    assert open_receipt(receipt(keeper, 3), log_key(), None).checkpoint.size == 4
    assert world.storage.hints(2) == b"hint"


def test_more_than_a_bundle() -> None:
    world = World()
    keeper = world.start()
    for start in range(0, 600, 100):
        taken(world, keeper, *(str(number) for number in range(start, start + 100)))
    assert is_published(world)
    before = receipt(keeper, 10)
    again = world.start()
    assert (again.size, again.head) == (600, keeper.head)
    assert receipt(again, 10) == before
    taken(world, again, "more")
    assert is_published(world)


def test_receipts_are_under_the_quorum_and_the_same_for_ever() -> None:
    world = World(3, 2)
    world.witnesses[0].say = down
    keeper = world.start()
    assert taken(world, keeper, "a") == [0]
    first = receipt(keeper, 0)
    opened = open_receipt(first, log_key(), world.policy)  # type: ignore[arg-type]
    assert [one.name for one in opened.cosigned] == ["w2", "w3"]
    assert keeper.is_settled
    taken(world, keeper, "b")
    world.witnesses[0].say = None
    assert receipt(world.start(), 0) == first
    assert is_published(world)


def test_without_a_quorum_there_is_no_receipt_and_nothing_more_is_appended() -> None:
    world = World(3, 2)
    keeper = world.start()
    taken(world, keeper, "a")
    for witness in world.witnesses[1:]:
        witness.say = down
    assert taken(world, keeper, "b") == [1]
    assert not keeper.is_settled
    assert keeper.missing == {"w2": "no answer", "w3": "no answer"}
    assert keeper.receipts.of(1) is None
    with pytest.raises(RuntimeError):
        keeper.append(world.hand_in("c"))
    assert not keeper.settle()
    assert (len(world.storage.heads), world.storage.size()) == (2, 2)  # one head beyond the quorum, no more
    world.witnesses[2].say = None
    assert keeper.settle()
    assert open_receipt(receipt(keeper, 1), log_key(), world.policy).checkpoint.size == 2  # type: ignore[arg-type]
    keeper.append(world.storage.pending(9, 2**20))
    assert keeper.settle()


def test_a_cosigned_checkpoint_takes_the_place_of_the_first() -> None:
    world = World(1, 1)
    taken(world, world.start(), "a")
    bare, cosigned = world.files.shown
    assert stated(bare) == stated(cosigned)
    assert world.policy.check  # type: ignore[attr-defined]
    assert cosigned == world.storage.cosigned(0)


def test_answers_alone_need_no_head() -> None:
    world = World()
    keeper = world.start()
    (refused, known) = world.hand_in("bad", "again")
    keeper.append([], {refused.key: Answer("stale-prev", ""), known.key: 7})
    assert keeper.settle()
    assert (world.storage.status(refused.key), world.storage.status(known.key)) == (Answer("stale-prev", ""), 7)
    assert world.storage.heads == []


# Starting


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("witnesses", [0, 3])
def test_a_crash_between_any_two_steps(witnesses: int, after: bool) -> None:
    """What was acknowledged stays at its index; of one size there is one head; heads shown only grow."""
    limit, ended = 0, False
    while not ended:
        limit += 1
        world = World(witnesses, 2)
        keeper = world.start()
        taken(world, keeper, "a", "b")
        acknowledged = {index: receipt(keeper, index) for index in (0, 1)}
        world.storage.countdown = world.files.countdown = Countdown(limit, after)
        try:
            taken(world, keeper, "c", "d")
            taken(world, keeper, "e")
            ended = True
        except Cut:
            pass
        world.storage.countdown = world.files.countdown = Countdown()
        for number in range(world.storage.size()):
            proof = keeper.receipts.of(number)
            if proof:
                acknowledged[number] = proof.encode()
        keeper = world.start()
        assert keeper.is_settled
        taken(world, keeper, "c", "d", "e")
        assert [row.entry for row in world.storage.rows] == [f"entry {name}".encode() for name in "abcde"]
        assert {index: receipt(keeper, index) for index in acknowledged} == acknowledged
        sizes = [stated(note).size for note in world.storage.heads]
        assert sizes == sorted(set(sizes))
        shown = [stated(note).size for note in world.files.shown]
        assert shown == sorted(shown)
        assert is_published(world)
    assert limit > 8


def damaged(world: World) -> str:
    with pytest.raises(StorageDamaged) as refusal:
        world.start()
    return refusal.value.detail


def long(size: int = 300) -> World:
    world = World()
    keeper = world.start()
    for start in range(0, size, 100):
        taken(world, keeper, *(str(number) for number in range(start, min(size, start + 100))))
    return world


@pytest.mark.parametrize("index", [0, 17, 255, 256, 299])
def test_a_damaged_entry_stops_the_service_wherever_it_is(index: int) -> None:
    world = long()
    world.storage.rows[index].entry = b"damaged"
    assert f"entry {index}:" in damaged(world)
    assert len(world.storage.rows) == 300


def test_a_damaged_payload_or_tile_stops_the_service() -> None:
    for harm, told in (
        (lambda storage: setattr(storage.rows[7], "payload", b"damaged"), "entry 7"),
        (lambda storage: storage.tiles.update({(0, 0): bytes(8192)}), "tile/0/000"),
        (lambda storage: storage.tiles.update({(1, 0): bytes(32)}), "tile/1/000"),
        (lambda storage: storage.tiles.update({(0, 1): storage.tiles[0, 1][:-32]}), "tile/0/001.p/44"),
        (lambda storage: storage.tiles.pop((0, 1)), "tile/0/001.p/44"),
    ):
        world = long()
        harm(world.storage)
        assert told in damaged(world)


def test_a_log_that_grows_while_it_is_looked_through_is_not_damaged() -> None:
    """Whoever checks a store need not stop the box."""
    world = long(5)
    keeper = Keeper.start(Collaborators(world.storage, world.files, signer()))

    def grow(index: int, stored: Stored) -> None:
        if index == 2:
            taken(world, keeper, "more")

    assert self_check(world.storage, {5}, grow).size == 5
    world.storage.tiles[0, 0] += bytes(32)
    with pytest.raises(StorageDamaged):
        self_check(world.storage)


def test_a_log_that_ends_before_its_head_is_damaged_and_not_short() -> None:
    world = long()
    world.storage.rows.pop()
    world.storage.tiles[0, 1] = world.storage.tiles[0, 1][:-32]
    assert "entry 299" in damaged(world)


def test_entries_and_tiles_that_agree_are_not_enough() -> None:
    """Whoever changes both meets the head that was signed."""
    world, other = World(), World()
    taken(world, world.start(), "a", "b")
    taken(other, other.start(), "a", "x")
    world.storage.rows, world.storage.tiles = other.storage.rows, other.storage.tiles
    assert "not those that the head was signed for" in damaged(world)


def test_a_head_that_is_not_the_logs_is_damage() -> None:
    world = long(5)
    world.storage.note = world.storage.note.replace(b"\n5\n", b"\n4\n")
    assert "the head" in damaged(world)


def test_a_head_behind_what_had_its_quorum_is_damage() -> None:
    world = World()
    keeper = world.start()
    taken(world, keeper, "a")
    taken(world, keeper, "b")
    world.storage.note = world.storage.heads[0]
    assert "had its quorum" in damaged(world)


def start_refused(world: World) -> str:
    before = list(world.storage.heads), dict(world.files.files)
    with pytest.raises(Refused) as refusal:
        world.start()
    assert (world.storage.heads, world.files.files) == before
    return refusal.value.code


def test_published_files_that_are_ahead_refuse() -> None:
    world = World()
    keeper = world.start()
    taken(world, keeper, "a")
    old = copy.deepcopy(world.storage)
    taken(world, keeper, "b")
    world.storage = old
    assert start_refused(world) == "board-ahead"


@pytest.mark.parametrize("size", [1, 2])
def test_published_files_of_another_history_refuse(size: int) -> None:
    world, other = World(), World()
    taken(world, world.start(), "a", "b")
    taken(other, other.start(), *"xyz"[:size])
    world.files = other.files
    assert start_refused(world) == "board-forked"


def test_published_files_that_nobody_signed_refuse() -> None:
    world = World()
    taken(world, world.start(), "a")
    world.files.files[CHECKPOINT] = sign_note(stated(world.files.checkpoint()).text(), [signer(seed=bytes(32))])
    assert start_refused(world) == "record-fails"


def test_published_files_that_are_behind_are_published_again() -> None:
    world = World()
    keeper = world.start()
    taken(world, keeper, "a")
    old = copy.deepcopy(world.files)
    taken(world, keeper, "b")
    for files in (old, type(old)()):
        world.files = files
        world.start()
        assert is_published(world)


# Two writers, old copies


def test_of_two_writers_one_stops() -> None:
    world = World()
    one, other = world.start(), world.start()
    taken(world, one, "a")
    with pytest.raises(StorageConflict):
        taken(world, other, "b")
    with pytest.raises(Refused) as refusal:
        other.settle()
    assert refusal.value.code == "storage-conflict"
    taken(world, one, "c")
    assert [stated(note).size for note in world.storage.heads] == [1, 3]


def test_of_two_writers_that_sign_the_same_tail_one_stops() -> None:
    world = World()
    one = world.start()
    one.append(world.hand_in("a"))
    other = world.start()
    assert other.is_settled
    with pytest.raises(StorageConflict):
        one.settle()
    assert len(world.storage.heads) == 1


@pytest.mark.parametrize("with_files", [False, True])
def test_a_restored_copy_meets_a_witness_that_is_ahead(with_files: bool) -> None:
    """The copy has its own files, so nothing on this machine tells that it is old."""
    world = World(3, 2)
    keeper = world.start()
    taken(world, keeper, "a")
    old = copy.deepcopy((world.storage, world.files))
    world.witnesses[0].say = down
    taken(world, keeper, "b")
    world.storage, world.files = old if with_files else (old[0], type(old[1])())
    world.witnesses[0].say = None
    world.witnesses[1].say = down  # any quorum has one of those that cosigned
    before = list(world.storage.heads)
    with pytest.raises(Refused) as refusal:
        world.start()
    assert refusal.value.code == "board-behind"
    assert "w3 has cosigned size 2" in refusal.value.detail
    assert world.storage.heads == before


def test_a_restored_copy_without_its_quorum_signs_nothing() -> None:
    world = World(3, 2)
    keeper = world.start()
    taken(world, keeper, "a")
    old = copy.deepcopy((world.storage, world.files))
    taken(world, keeper, "b")
    world.storage, world.files = old
    for witness in world.witnesses[1:]:
        witness.say = down
    world.witnesses[0].latest = stated(world.storage.note)  # it has not heard of the rest
    world.hand_in("c")
    late = world.start()
    assert not late.is_settled
    with pytest.raises(RuntimeError):
        late.append(world.storage.pending(9, 2**20))


def test_a_head_that_only_a_minority_knows_is_waited_for_at_the_start() -> None:
    """Two of three would do; the third is the only one that knows of a signed head that this copy has lost."""
    world = World(3, 2)
    keeper = world.start()
    taken(world, keeper, "a")
    old = copy.deepcopy((world.storage, world.files))
    world.witnesses[0].say = world.witnesses[1].say = down
    taken(world, keeper, "b")
    world.storage, world.files = old
    world.witnesses[0].say = world.witnesses[1].say = None
    assert start_refused(world) == "board-behind"


def test_another_history_of_the_same_size_is_refused_by_a_witness() -> None:
    world, other = World(2, 2), World(2, 2)
    taken(world, world.start(), "a")
    taken(other, other.start(), "b")
    other.witnesses = world.witnesses
    other.policy = world.policy
    assert start_refused(other) == "board-forked"


def test_two_histories_never_both_reach_a_receipt() -> None:
    """Two copies with the log's key go on apart, each shown to another minority first."""
    world = World(3, 2)
    taken(world, world.start(), "a")
    other = World()
    other.storage, other.files = copy.deepcopy((world.storage, world.files))
    other.witnesses, other.policy = world.witnesses, world.policy
    one, two = world.start(), other.start()
    w1, w2, w3 = world.witnesses
    w2.say = w3.say = down
    taken(world, one, "b")
    w2.say, w1.say = None, down
    taken(other, two, "c")
    w1.say = w3.say = None
    outcomes = []
    for each in (one, two):
        try:
            outcomes.append(each.settle())
        except Refused as refusal:
            outcomes.append(refusal.code)
    assert outcomes == [True, "board-forked"]
    assert one.receipts.of(1) is not None
    assert two.receipts.of(1) is None


def test_a_witness_that_lies_does_not_stop_a_running_log_with_a_quorum() -> None:
    world = World(3, 2)
    keeper = world.start()
    taken(world, keeper, "a")
    world.witnesses[0].say = lambda request: Said(409, b"99\n", "text/x.tlog.size")
    assert taken(world, keeper, "b") == [1]
    assert keeper.is_settled
    world.witnesses[1].say = down
    with pytest.raises(Refused) as refusal:
        taken(world, keeper, "c")
    assert refusal.value.code == "board-behind"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"", "text/plain"),
        (200, b"hello\n", "text/plain"),
        (200, "— witness.example/w1 AAAAAAAA\n".encode(), "text/plain"),
        (409, b"1\n", "text/plain"),
        (409, b"one\n", "text/x.tlog.size"),
        (409, b"0\n", "text/x.tlog.size"),
        (500, b"\xff\xfe" * 1000, "text/html"),
        (403, b"", ""),
    ],
)
def test_a_witness_that_talks_nonsense_has_not_cosigned(status: int, body: bytes, kind: str) -> None:
    world = World(2, 2)
    keeper = world.start()
    taken(world, keeper, "a")
    world.witnesses[0].say = lambda request: Said(status, body, kind)
    taken(world, keeper, "b")
    assert not keeper.is_settled
    assert list(keeper.missing) == ["w1"]
    assert world.witnesses[0].asked < 8
    world.witnesses[0].say = None
    assert keeper.settle()


def test_a_witness_that_fell_behind_is_given_a_proof_from_where_it_is() -> None:
    world = World(2, 2)
    keeper = world.start()
    taken(world, keeper, "a")
    before = world.witnesses[1].latest
    for name in "bcd":
        taken(world, keeper, name)
    world.witnesses[1].latest = before
    taken(world, keeper, "e")
    assert keeper.is_settled
    assert world.witnesses[1].latest == keeper.head


def test_a_cosignature_by_another_key_does_not_count() -> None:
    world = World(2, 2)
    world.witnesses[0].say = world.witnesses[1].answer
    taken(world, world.start(), "a")
    assert world.storage.cosigned(0) == b""


def test_confirming_asks_everybody_once_more() -> None:
    world = World(2, 2)
    keeper = world.start()
    taken(world, keeper, "a")
    first = world.files.checkpoint()
    assert keeper.confirm()
    assert world.files.checkpoint() != first  # later times
    assert world.storage.cosigned(0) == first
    world.witnesses[0].say = down
    assert not keeper.confirm()
    assert not keeper.is_settled
    world.witnesses[0].say = None
    assert keeper.settle()
    assert World().start().confirm()


def test_a_head_is_shown_with_newer_cosignatures() -> None:
    world = World(2, 2)
    keeper = world.start()
    taken(world, keeper, "a")
    first = world.files.checkpoint()
    keeper.refresh()
    second = world.files.checkpoint()
    assert second != first
    assert world.storage.cosigned(0) == first
    world.witnesses[0].say = down
    keeper.refresh()
    assert (world.files.checkpoint(), keeper.is_settled) == (second, True)
    world.witnesses[1].say = lambda request: Said(409, b"99\n", "text/x.tlog.size")
    with pytest.raises(Refused) as refusal:
        keeper.refresh()
    assert refusal.value.code == "board-behind"
    plain = World()
    taken(plain, plain.start(), "a")
    plain.start().refresh()
    assert len(plain.files.shown) == 1


# Failures


@pytest.mark.parametrize("name", ["sequence", "swap_head", "add_cosigned"])
def test_after_no_room_it_goes_on(name: str) -> None:
    world = World()
    keeper = world.start()
    taken(world, keeper, "a")
    for refusal in (StorageFull("full"), Refused("storage-busy", ""), Refused("storage-read-only", "")):
        world.storage.refuse[name] = refusal
        with pytest.raises(Refused) as told:
            taken(world, keeper, "b")
        assert told.value is refusal
    world.storage.refuse.clear()
    if keeper.size == 1:
        keeper.append(world.storage.pending(9, 2**20))
    assert keeper.settle()
    assert is_published(world)


def test_when_there_is_no_room_for_files_it_goes_on() -> None:
    world = World(1, 1)
    keeper = world.start()
    taken(world, keeper, "a")
    world.files.refuse.append(StorageFull("full"))
    with pytest.raises(StorageFull):
        taken(world, keeper, "b")
    assert keeper.receipts.of(1) is None
    world.files.refuse.clear()
    assert keeper.settle()
    assert is_published(world)


@pytest.mark.parametrize("name", ["sequence", "swap_head", "add_cosigned"])
def test_after_a_failed_write_nothing_more_is_signed(name: str) -> None:
    world = World()
    keeper = world.start()
    taken(world, keeper, "a")
    world.storage.refuse[name] = StorageFailed("fsync")
    with pytest.raises(StorageFailed):
        taken(world, keeper, "b")
    world.storage.refuse.clear()
    signed = list(world.storage.heads)
    for act in (keeper.settle, keeper.confirm, lambda: keeper.append(world.hand_in("c"))):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "storage-failed"
        assert "fsync" in refusal.value.detail
    assert (world.storage.heads, keeper.is_settled) == (signed, False)
    assert world.start().is_settled


def test_after_a_failed_file_nothing_more_is_signed() -> None:
    world = World()
    keeper = world.start()
    world.files.refuse.append(StorageFailed("fsync"))
    with pytest.raises(StorageFailed):
        taken(world, keeper, "a")
    world.files.refuse.clear()
    with pytest.raises(Refused, match="fsync"):
        keeper.settle()
    assert world.start().is_settled


@pytest.mark.parametrize("left", [2, 3, 4, 5])
def test_a_step_that_was_cut_off_is_not_taken_up_in_the_same_process(left: int) -> None:
    world = World()
    keeper = world.start()
    world.storage.countdown = world.files.countdown = Countdown(left)
    with pytest.raises(Cut):
        taken(world, keeper, "a")
    with pytest.raises(Refused) as refusal:
        keeper.settle()
    assert refusal.value.code == "storage-failed"


def test_a_pending_submission_with_other_bytes_is_not_appended() -> None:
    world = World()
    keeper = world.start()
    (made,) = world.hand_in("a")
    with pytest.raises(StorageDamaged):
        keeper.append([replace(made, entry=b"other")])


def test_a_damaged_tile_gives_no_receipt() -> None:
    world = World()
    keeper = world.start()
    taken(world, keeper, "a", "b")
    world.storage.tiles[0, 0] = bytes(64)
    with pytest.raises(StorageDamaged):
        keeper.receipts.of(1)
    world.storage.notes = {2: b"nonsense"}
    with pytest.raises(StorageDamaged):
        keeper.receipts.of(1)


def test_a_proof_from_an_old_size_is_that_of_the_log() -> None:
    world = World()
    keeper = world.start()
    log = Log(signer())
    for name in "abcdefg":
        taken(world, keeper, name)
        log.append(f"entry {name}".encode())
    for old in range(1, 8):
        assert keeper.consistency_proof(old) == log.consistency_proof(old, 7)
    with pytest.raises((ValueError, MalformedInput)):
        keeper.consistency_proof(8)
