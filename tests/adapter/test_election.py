"""The facade for developers: a rehearsal from end to end, and a selection whose parties are elsewhere."""

import threading
from pathlib import Path

import pytest

from e2evote.adapter import Election
from e2evote.adapter.anchors import read_anchors
from e2evote.adapter.booth import Booth
from e2evote.adapter.election import ANCHORS
from e2evote.adapter.inbox import InboxPost
from e2evote.adapter.patience import Patience
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.trustee_tool import TrusteeTool
from e2evote.ballot.choices import InvalidChoice
from e2evote.board.proof import open_receipt
from e2evote.errors import MalformedInput
from e2evote.manifest.draft import ContestFacts, OptionFacts
from e2evote.verify import verify_record
from e2evote.verify.checks import Verdict
from e2evote.verify.lookup import Lookup
from tests.adapter.selections import PHRASE, prepared, refused
from tests.ballot.election import VOTE, signing_key

CHAIR = {"chair": ["ada", "bob"]}


@pytest.fixture(autouse=True)
def cheap_passphrases(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the rehearsal in the real group, which is what users do."""
    if "real" not in request.node.name:
        monkeypatch.setattr(RehearsalKeys, "passphrase", lambda keys: PHRASE)


def rehearsal(path: Path, **options: object) -> Election:
    arguments = {"contests": CHAIR, "rehearsal": True, "group": "test-512"} | options
    return Election.create(path, **arguments)  # type: ignore[arg-type]


def test_the_log_may_be_stored_elsewhere(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "s", storage=str(tmp_path / "log.sqlite")) as election:
        election.open()
        size = election.cast("vera", {"chair": {"ada": 1}}).index + 1
    assert not (tmp_path / "s" / "private" / "log.sqlite").exists()
    with Election.open_store(tmp_path / "s", allow_test_group=True) as election:
        assert election.cast("otto", {"chair": {"ada": 1}}).index == size


def test_a_rehearsal_from_end_to_end(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "s") as election:
        anchors = election.open()
        assert election.open() == anchors == read_anchors(tmp_path / "s" / ANCHORS)
        first = election.cast("vera", {"chair": {"ada": 1}})
        second = election.cast("vera", {"chair": {"bob": 1}})
        blank = election.cast("otto", {"chair": {"": 1}})
        opened = election.challenge("otto", {"chair": {"ada": 1}})
        assert opened.failures == ()
        assert (first.line, first.index + 1) == (second.line, second.index)
        statuses = [
            election.lookup(line, tracker).status
            for line, tracker in (
                (first.line, first.tracker),
                (second.line, second.tracker),
                (blank.line, opened.tracker),
                (blank.line, second.tracker),
            )
        ]
        assert statuses == [Lookup.SUPERSEDED, Lookup.RECORDED, Lookup.CHALLENGED, Lookup.ABSENT]
        election.close()
        assert election.lookup(second.line, second.tracker).status is Lookup.COUNTED
        outcome = election.tally()
        assert outcome.votes() == {("chair", "ada"): 0, ("chair", "bob"): 1, ("chair", ""): 1}
        assert outcome.contests[0].standing.elected == ("bob",)
        assert election.tally() == outcome
        record = election.record()
        assert record.anchors == anchors
        report = verify_record(record.path, record.anchors, allow_test_group=True)
        assert (report.verdict, report.failing, report.anchored) == (Verdict.CONSISTENT, frozenset(), True)
        assert open_receipt(second.receipt, election._board.log_key, None).index == second.index


def test_a_rehearsal_goes_on_in_another_process(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "s") as election:
        election.open()
        line = election.cast("vera", {"chair": {"ada": 1}}).line
        assert refused(lambda: Election.open_store(tmp_path / "s", allow_test_group=True)).code == "secret.locked"
    with Election.open_store(tmp_path / "s", allow_test_group=True) as election:
        again = election.cast("vera", {"chair": {"bob": 1}})
        assert again.line == line
        assert len(election.lookup(line, again.tracker).ballots) == 2
        election.close()
    with Election.open_store(tmp_path / "s", allow_test_group=True) as election:
        assert election.tally().votes()["chair", "bob"] == 1


def test_nobody_holds_all_keys_by_mistake(tmp_path: Path) -> None:
    for rehearsal in (False, None, 1, "yes"):
        with pytest.raises(ValueError, match="rehearsal=True"):
            Election.create(tmp_path / "s", contests=CHAIR, rehearsal=rehearsal, group="test-512")  # type: ignore[arg-type]
    assert not (tmp_path / "s").exists()
    assert "EVERY KEY" in (Election.create.__doc__ or "")


def test_contests_can_be_given_in_full(tmp_path: Path) -> None:
    contest = ContestFacts(
        "board", "Board", (OptionFacts("dan", "Dan", 2), OptionFacts("eve", "Eve")), 1, 2, ties="lot"
    )
    with rehearsal(tmp_path / "s", contests=(contest,), name={"cy": "Prawf"}, floor=1) as election:
        election.open()
        election.cast("vera", {"board": {"dan": 2}})
        election.close(lot="271828")
        assert election.tally().votes()["board", "dan"] == 2
        assert verify_record(election.record().path, allow_test_group=True).failing == frozenset()


@pytest.mark.parametrize(
    "contests", [{}, {"chair": []}, {"chair": ["ada", "ada"]}, {"Chair!": ["ada"]}, {"chair": ["ada", "ADA"]}]
)
def test_contests_that_are_none_make_no_store(tmp_path: Path, contests: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match=r"contests|parties"):
        rehearsal(tmp_path / "s", contests=contests)
    assert list(tmp_path.iterdir()) == []


def test_acts_out_of_turn_are_refused(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "s") as election:
        assert refused(election.record).code == "not-open"
        assert refused(lambda: election.cast("vera", {})).code == "not-open"
        assert refused(election.close).code == "board.phase"
        assert refused(election.tally).code == "tally.not-closed"
        election.open()
        assert refused(election.tally).code == "tally.not-closed"
        with pytest.raises(InvalidChoice):
            election.cast("vera", {"chair": {"ada": 2}})
        with pytest.raises(MalformedInput):
            election.lookup("0" * 64, "no tracker")
        election.close()
        assert refused(lambda: election.cast("vera", {})).code == "voting-closed"
        election.tally()


def test_a_voter_has_so_many_challenges(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "s") as election:
        election.open()
        for _ in range(election._board.manifest.box.challenges):
            election.challenge("vera", {"chair": {"ada": 1}})
        assert refused(lambda: election.challenge("vera", {})).code == "challenge-limit"
        election.challenge("otto", {})


def test_threads_may_share_an_election(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "s") as election:
        election.open()
        threads = [threading.Thread(target=election.cast, args=(f"voter {i}", {"chair": {"ada": 1}})) for i in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        election.close()
        assert election.tally().votes()["chair", "ada"] == 6


# A selection whose parties are elsewhere


def test_a_service_takes_what_devices_made(tmp_path: Path) -> None:
    """The facade has administrator, teller and log; trustees and voters have their own processes and folders."""
    selection = prepared(tmp_path / "s", "open")
    keys = {"administrator": signing_key("chair"), "teller": signing_key("tess")}
    path = selection.store.path
    with Election.open_store(path, passphrase=PHRASE, allow_test_group=True, **keys) as election:  # type: ignore[arg-type]
        device = Booth(selection.board(), election.record().anchors)
        key = signing_key("vera")
        sealed, other = device.seal(device.owner(key.public), VOTE), device.seal(device.owner(key.public), VOTE)
        tracker = sealed.shown
        envelope, opened = device.cast(sealed, key), device.challenge(other, election.session_for("vera"))[0]
        done = election.cast(envelope)
        assert device.check_receipt(done.receipt, tracker).index == done.index
        assert election.challenge(opened).index == done.index + 1
        for act, wrong in ((election.cast, opened), (election.challenge, envelope)):
            with pytest.raises(MalformedInput, match="kind"):
                act(wrong)  # type: ignore[operator]
        assert refused(lambda: election.cast("vera", {})).code == "no-key"
        election.close()
        assert refused(election.tally).code == "tally.too-few-shares"
        post = InboxPost(selection.store, Patience(60, 0.02))  # served by the election's own thread
        for i in (1, 2):
            folder = path / f"own-{i}"
            tool = TrusteeTool(folder, signing_key(f"trustee-{i}"), PHRASE, selection.board(), post)
            tool.accept()
            tool.decrypt()
        assert election.tally().trustees == (1, 2)
    assert selection.verify().failing == frozenset()


def test_what_a_machine_has_no_key_for_it_does_not_do(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    assert refused(lambda: Election.open_store(selection.store.path, allow_test_group=True)).code == "no-key"
    with Election.open_store(selection.store.path, passphrase=PHRASE, allow_test_group=True) as election:
        for act in (election.open, election.close, election.tally):
            assert refused(act).code == "no-key"
        election.cast(selection.ballot("vera"))
    with selection.box() as box:  # released
        assert box.size == selection.board().size


@pytest.mark.slow
def test_a_rehearsal_in_the_real_group_is_accepted(tmp_path: Path) -> None:
    with Election.create(tmp_path / "s", contests=CHAIR, rehearsal=True) as election:
        election.open()
        ballots = [election.cast(name, {"chair": {"ada": 1}}) for name in ("vera", "otto", "nina")]
        assert election.challenge("vera", {"chair": {"bob": 1}}).failures == ()
        election.close()
        assert election.tally().votes()["chair", "ada"] == 3
        record = election.record()
        assert verify_record(record.path, expect=record.anchors).verdict is Verdict.ACCEPTED
        assert election.lookup(ballots[0].line, ballots[0].tracker).status is Lookup.COUNTED
