"""`e2evote rehearsal end`: from the last vote to a result and a report that verify."""

from pathlib import Path

from cli.running import done, one_line, run
from e2evote.adapter import Election
from e2evote.adapter.anchors import read_anchors
from e2evote.verify import verify_record
from tests.adapter.selections import prepared

FLAG = "--allow-test-group"


def rehearsed(tmp_path: Path, *options: object) -> Path:
    store = tmp_path / "spring"
    done("rehearse", store, "--contest", "Chair=Ada,Bob", "--members", 4, *options, "--group", "test-512")
    return store


def counts_of(tmp_path: Path, ada: int, papers: int) -> Path:
    path = tmp_path / f"postal-{ada}-{papers}.csv"
    rows = ("contest,option,number", f"chair,#papers,{papers}", "chair,#spoiled,0", f"chair,ada,{ada}", "chair,bob,0")
    path.write_text("\n".join((*rows, "chair,#blank,0")) + "\n", "utf-8")
    return path


def test_a_rehearsal_ends_with_a_result_and_a_report(tmp_path: Path) -> None:
    store = rehearsed(tmp_path, "--paper", "postal", "--paper", "in_person")
    with Election.open_store(store, allow_test_group=True) as election:
        election.cast("1", {"chair": {"ada": 1}})
        election.cast("2", {"chair": {"bob": 1}})
        election.mark("3", "postal")
    for files in ((), ("--counts", f"postal={counts_of(tmp_path, 1, 2)}")):
        ended = run("rehearsal", "end", store, *files, FLAG)
        assert ended.code != 0
        one_line(ended.err)
    told = done("rehearsal", "end", store, "--counts", f"postal={counts_of(tmp_path, 1, 1)}", FLAG).out
    assert "chair: 3 ballots" in told
    rows = [line.split() for line in told.splitlines()]
    assert [row for row in rows if row[:1] in (["ada"], ["bob"], ["(blank)"])] == [
        ["ada", "2", "elected"],
        ["bob", "1"],
        ["(blank)", "0"],
    ]
    assert "<html" in (store / "reports" / "report.html").read_text("utf-8")[:200]
    report = verify_record(store / "record", read_anchors(store / "anchors.json"), allow_test_group=True)
    assert report.failing == frozenset()
    with Election.open_store(store, allow_test_group=True) as election:
        assert election.outcome().votes()["chair", "ada"] == 2
        assert len(election.report()) == 1
    again = run("rehearsal", "end", store, FLAG)
    assert again.code == 2  # the report is left as it is


def test_nothing_is_closed_before_the_counts_are_there(tmp_path: Path) -> None:
    store = rehearsed(tmp_path, "--paper", "postal")
    with Election.open_store(store, allow_test_group=True) as election:
        election.mark("3", "postal")
    for files in ((), ("--counts", "postal"), ("--counts", "fax=x.csv")):
        ended = run("rehearsal", "end", store, *files, FLAG)
        assert (ended.code, len(one_line(ended.err)) > 10) == (2, True)
    with Election.open_store(store, allow_test_group=True) as election:
        assert election.status().phase == "open"


def test_without_a_vote_on_paper_nothing_is_asked_for(tmp_path: Path) -> None:
    store = rehearsed(tmp_path, "--paper", "postal")
    assert done("rehearsal", "end", store, FLAG, "--json").json["contests"][0]["ballots"] == 0


def test_parties_with_keys_of_their_own_act_themselves(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    ended = run("rehearsal", "end", selection.store.path, FLAG)
    assert (ended.code, "[no-key]" in one_line(ended.err)) == (2, True)
