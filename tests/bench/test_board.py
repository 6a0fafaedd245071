"""The benchmarks of the board run, on a few entries; their numbers are nobody's business here."""

from pathlib import Path

from benchmarks.bare_log import BareLog, read_and_hash
from benchmarks.board import growth, proofs, sequencing, starting
from benchmarks.board_beside import keeper_rows
from benchmarks.claim import Task
from benchmarks.written_log import WrittenLog, ballots, kept_log


def test_each_part_of_the_claim_has_its_rows(tmp_path: Path) -> None:
    task = Task("quick", records=tmp_path)
    rows = [*sequencing(task, 1, 2, 70), *sequencing(task, 3, 2, 60)]
    assert [row.bound for row in rows] == [70, None, 60, None]
    large = kept_log(tmp_path, 600)
    rows = [*proofs(large, 600, 5), *growth(task, large, 2)]
    large.close()
    rows += starting(task, 20, 1)
    assert [(row.bound, row.at_most) for row in rows] == [(1.0, True), (1.3, True), (1.0, True)]
    assert len(list(keeper_rows(tmp_path, 1))) == 2


def test_a_kept_log_is_found_again_and_begun_anew_when_it_is_much_longer(tmp_path: Path) -> None:
    log = kept_log(tmp_path, 100)
    log.append(list(ballots(4, 32, 0, 7)))
    log.close()
    log = kept_log(tmp_path, 100)
    assert log.tree.size == 104
    log.append(list(ballots(10, 32, 0, 8)))
    log.close()
    log = kept_log(tmp_path, 100)
    assert log.tree.size == 100
    log.close()


def test_the_peer_writes_and_reads_what_a_storage_has(tmp_path: Path) -> None:
    bare, ours = BareLog(tmp_path / "bare.sqlite", tiles=True), WrittenLog.create(str(tmp_path / "ours.sqlite"))
    made = list(ballots(5, 900, 2400, 1))
    bare.append([(one.key, one.entry, one.payload) for one in made], bytes(160))
    ours.append(made)
    assert bare.size == ours.storage.size() == read_and_hash(tmp_path / "ours.sqlite") == 5
    bare.close()
    ours.close()
