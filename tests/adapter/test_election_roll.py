"""A rehearsal with a roll: members, codes, votes on paper and witnesses, from end to end by the facade alone."""

import stat
from pathlib import Path

import pytest

from e2evote.adapter import Election
from e2evote.adapter.personal_files import listed
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.rehearsed_roll import MemberFacts
from e2evote.adapter.web.assets import client_files
from e2evote.board.proof import open_receipt
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing.digest import sha256
from e2evote.manifest.draft import ContestFacts, OptionFacts, StyleFacts
from e2evote.verify import verify_record
from e2evote.verify.checks import Verdict
from e2evote.verify.lookup import Lookup
from tests.adapter.selections import PHRASE, refused

CHAIR = {"chair": ["ada", "bob"]}
ADA, BOB = {"chair": {"ada": 1}}, {"chair": {"bob": 1}}


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RehearsalKeys, "passphrase", lambda keys: PHRASE)


def rehearsal(path: Path, **options: object) -> Election:
    arguments = {"contests": CHAIR, "rehearsal": True, "group": "test-512"} | options
    return Election.create(path, **arguments)  # type: ignore[arg-type]


def test_a_roll_from_end_to_end(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "s", members=6, channels=("online", "postal"), witnesses=3) as election:
        letters = election.letters()
        assert [letter.line for letter in letters] == [f"{number:07}" for number in range(1, 7)]
        assert {len(letter.codes) for letter in letters} == {2}
        assert {letter.reference for letter in letters} == {f"M-{number:04}" for number in range(1, 7)}
        assert election.status().frozen == election.manifest.dates.open
        anchors = election.open()
        first = election.cast("1", ADA)
        second = election.cast("0000001", BOB)
        third = election.cast("2", ADA)
        assert election.challenge("3", BOB).failures == ()
        election.cast("4", BOB)
        marked = election.mark("4", "postal")
        election.mark("5", "postal")
        assert election.line("4").mark is not None
        assert refused(lambda: election.cast("4", ADA)).code == "already-marked"
        assert election.lookup("1", first.tracker).status is Lookup.SUPERSEDED
        assert open_receipt(third.receipt, election._board.log_key, election.manifest.policy).checkpoint.size in range(
            third.index + 1, marked + 1
        )
        election.close()
        assert refused(election.tally).code == "tally.record-incomplete"
        election.count("postal", {"chair": {"ada": 1}}, spoiled={"chair": 1})
        outcome = election.tally()
        votes = outcome.votes()
        assert (votes["chair", "ada"], votes["chair", "bob"]) == (2, 1)
        assert election.lookup("1", second.tracker).status is Lookup.COUNTED
        assert election.row("4")[0].row.channel == "postal"
        assert election.reconciliation().lines == 6
        page = election.sign_report()
        (report,) = election.report()
        assert (report.author, report.report.facts.reconciliation.lines) == ("scrutineer", 6)
        assert report.page == sha256(page)
        assert b"one machine holds every key" in page
        report = verify_record(election.record_path, anchors, allow_test_group=True)
        assert (report.verdict, report.failing) == (Verdict.CONSISTENT, frozenset())
    with Election.open_store(tmp_path / "s", allow_test_group=True) as election:
        assert election.letters() == letters
        assert election.tally() == outcome


def test_members_are_given_in_full(tmp_path: Path) -> None:
    contests = [ContestFacts(id, id, (OptionFacts("yes", "Yes"), OptionFacts("no", "No"))) for id in ("one", "two")]
    styles = (StyleFacts("both", "Both", ("one", "two")), StyleFacts("half", "Half", ("one",)))
    members = [
        MemberFacts("Ada Lovelace", "L-1", "both", 3, {"email": "ada@example.org"}),
        MemberFacts("Grace Hopper", "L-2", "half"),
    ]
    with rehearsal(tmp_path / "s", contests=contests, styles=styles, members=members, floor=1) as election:
        by_name = {letter.name: letter for letter in election.letters()}
        ada, grace = (election.line(by_name[name].line) for name in ("Ada Lovelace", "Grace Hopper"))
        assert (ada.style, ada.weight, grace.style, grace.weight) == ("both", 3, "half", 1)
        assert by_name["Grace Hopper"].reference == "L-2"
        election.open()
        election.cast(ada.line, {"one": {"yes": 1}, "two": {"no": 1}})
        election.close()
        assert election.tally().votes()["one", "yes"] == 3


def test_letters_are_as_private_as_codes_are(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "s", members=2, registrars=3) as election:
        (letter, _) = election.letters()
        assert len(letter.codes) == 3
        assert all(code not in repr(letter) for code in letter.codes)
        private = tmp_path / "s" / "private"
        assert stat.S_IMODE((private / "letters").stat().st_mode) == 0o600
        assert ("letters", "letters") in {(one.name, one.kind) for one in listed(private)}
        public = b"".join(path.read_bytes() for path in election.record_path.rglob("*") if path.is_file())
        assert not any(code.encode() in public for code in letter.codes)
        assert letter.name.encode() not in public
    (private / "letters").unlink()
    with Election.open_store(tmp_path / "s", allow_test_group=True) as election:
        assert refused(election.letters).code == "no-letters"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"members": -1}, "at least one"),
        ({"members": 3, "registrars": 0}, "registrars"),
        ({"members": 3, "registrars": 4}, "registrars"),
        ({"members": 3, "channels": ("postal", "online")}, "first one is online"),
        ({"members": 3, "channels": ()}, "first one is online"),
        ({"channels": ("online", "postal")}, "need members"),
        ({"members": 3, "channels": ("online", "fax")}, "channels"),
    ],
)
def test_a_roll_that_is_none_makes_no_store(tmp_path: Path, options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        rehearsal(tmp_path / "s", **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "members",
    [
        [MemberFacts("Ada", "L-1"), MemberFacts("Bob", "L-1")],
        [MemberFacts("Ada", style="none")],
        [MemberFacts("Ada", contacts={"email": "no address"})],
        [MemberFacts("")],
    ],
)
def test_members_whom_no_roll_takes_leave_nothing(tmp_path: Path, members: list[MemberFacts]) -> None:
    assert refused(lambda: rehearsal(tmp_path / "s", members=members)).code == "roll-csv"
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="no contact is called fax"):
        rehearsal(tmp_path / "s", members=[MemberFacts("Ada", contacts={"fax": "17"})])
    assert list(tmp_path.iterdir()) == []


def test_tellers_mark_and_count_what_there_is(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "s", members=3, channels=("online", "postal", "in_person")) as election:
        election.open()
        assert refused(lambda: election.mark("1", "fax")).code == "no-channel"
        assert refused(lambda: election.mark("4", "postal")).code == "channel.mark"
        assert refused(lambda: election.mark("one", "postal")).code == "roll-line"
        election.mark("1", "postal")
        assert refused(lambda: election.mark("1", "in_person")).code == "channel.mark"
        assert refused(lambda: election.count("postal", ADA)).code == "tally.not-closed"
        election.close()
        for votes in ({"cheir": {"ada": 1}}, {"chair": {"eve": 1}}, {"chair": {"ada": 2}}):
            assert refused(lambda votes=votes: election.count("postal", votes)).code == "paper.counts"  # type: ignore[misc]
        assert refused(lambda: election.count("postal", {}, {"chair": 2})).code == "paper.counts"
        election.count("postal", ADA)
        election.count("in_person", {})
        assert election.tally().votes()["chair", "ada"] == 1


def test_without_a_roll_nobody_is_marked_and_no_letter_is_sent(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "s") as election:
        election.open()
        assert refused(lambda: election.mark("1", "postal")).code == "no-key"
        assert refused(lambda: election.count("postal", {})).code == "no-key"
        assert refused(election.letters).code == "no-letters"
        assert refused(election.sign_report).code == "no-key"


def test_the_manifest_names_the_page_for_voters_as_it_is_shipped(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "s") as election:
        assert dict(election.manifest.assets.root.items()) == {
            name: sha256(data).hex() for name, data in client_files().items()
        }


def test_a_report_is_signed_on_a_record_that_holds(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "s", members=2) as election:
        election.open()
        assert refused(election.sign_report).code == "no-outcome"
        election.close()
        election.tally()
        election.sign_report()
        size = election._service.size
        for pack in (election.record_path / "payload").rglob("*.p/*"):
            pack.write_bytes(bytes(pack.stat().st_size))
        with pytest.raises((Refused, MalformedInput)):
            election.sign_report()
        assert election._service.size == size


def test_a_code_in_a_letter_is_checked_before_anything_is_signed(tmp_path: Path) -> None:
    """What is in the letters is not believed more than what a member types."""
    with rehearsal(tmp_path / "s", members=2) as election:
        election.open()
        path = tmp_path / "s" / "private" / "letters"
        one, other = election.letters()
        path.write_bytes(path.read_bytes().replace(one.codes[0].encode(), other.codes[0].encode()))
        with pytest.raises(Refused) as refusal:
            election.cast(one.line, ADA)
        assert refusal.value.code == "code-not-this-line"
        path.write_bytes(b"{}")
        with pytest.raises(MalformedInput, match="letters"):
            election.letters()


def test_an_interruption_leaves_no_store_that_is_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Election, "_draw_up", interrupted)
        with pytest.raises(KeyboardInterrupt):
            rehearsal(tmp_path / "s", members=2)
    assert list(tmp_path.iterdir()) == []
    with rehearsal(tmp_path / "s", members=2) as election:
        assert len(election.letters()) == 2
