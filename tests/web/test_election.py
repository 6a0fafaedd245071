"""A selection that browsers vote in, from the letters to the verdict: the client before the facade that serves it.

Once in the small group with witnesses and a mark, and once in the group of real selections, which the verifier accepts.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from e2evote.adapter import Election
from e2evote.adapter.anchors import read_anchors
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.errors import Refused
from e2evote.verify import verify_record
from e2evote.verify.checks import Verdict
from reference.verifier import verify as reference_verify
from tests.adapter.selections import PHRASE
from tests.web.client import Client, b64
from tests.web.rigs import envelope_of

CONTESTS = {"chair": ["ada", "bob"]}


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RehearsalKeys, "passphrase", lambda keys: PHRASE)


class Browser:
    """What a member's browser does, with nothing but what a server publishes and the member's letter."""

    def __init__(self, client: Client, election: Election, group: str) -> None:
        self.client, self.election = client, election
        status, anchors = election.status(), read_anchors(election.path / "anchors.json")
        assert status.joint is not None
        facts = client.call(
            "open",
            manifest=b64(election.manifest.encode()),
            joint={"K": status.joint.K.encode().hex(), "K_hat": status.joint.K_hat.encode().hex()},
            anchors={"baseHash": anchors.base_hash.hex(), "extendedBaseHash": anchors.extended_base_hash.hex()},
            entry=client.call("firstEntry", files=self.files()),
            test=group == "test-512",
        )
        self.selection = facts["handle"]
        self.letters = {letter.line: list(letter.codes) for letter in election.letters()}

    def files(self) -> dict[str, str]:
        root = self.election.record_path
        names = ["checkpoint", *(str(p.relative_to(root)) for p in (root / "tile/entries").rglob("*") if p.is_file())]
        return {name: b64((root / name).read_bytes()) for name in names}

    def scan(self, line: str) -> Any:
        return self.client.call("scan", selection=self.selection, files=self.files(), line=line)

    def seal(self, line: str, votes: object) -> Any:
        status = self.election.line(line)
        voter = {"line": line, "keys": [key.hex() for key in status.keys]}
        return self.client.call("seal", selection=self.selection, style=status.style, votes=votes, voter=voter)

    def vote(self, line: str, votes: object) -> dict[str, Any]:
        """Cast, with a receipt that the client has checked, and found on the board by the client itself."""
        sealed = self.seal(line, votes)
        cast = self.client.call("cast", sealed=sealed["handle"], prev=self.scan(line)["prev"], codes=self.letters[line])
        done = self.election.cast(envelope_of(cast))
        facts: dict[str, Any] = self.client.call(
            "checkReceipt",
            selection=self.selection,
            receipt=done.receipt.decode(),
            expected={"leaf": cast["leaf"]},
        )
        assert (facts["line"], facts["tracker"], facts["index"]) == (line, sealed["tracker"], done.index)
        assert self.scan(line)["ballots"][-1]["tracker"] == sealed["tracker"]
        return facts

    def challenge(self, line: str, votes: object) -> list[str]:
        """Published, and the checks of the member's own copy that fail."""
        sealed = self.seal(line, votes)
        made = self.client.call("challenge", sealed=sealed["handle"], session=self.election.session_for(line))
        self.election.challenge(envelope_of(made["submission"]))
        results = self.client.call(
            "checkOpened",
            selection=self.selection,
            tracker=sealed["tracker"],
            file=made["file"],
            line=line,
            keys=[key.hex() for key in self.election.line(line).keys],
        )
        assert self.client.call("openedVotes", selection=self.selection, file=made["file"]) == votes
        return [result["check"] for result in results if not result["holds"]]


def test_members_vote_again_challenge_and_vote_on_paper(client: Client, tmp_path: Path) -> None:
    with Election.create(
        tmp_path / "s",
        contests=CONTESTS,
        rehearsal=True,
        group="test-512",
        members=5,
        channels=("online", "postal"),
        witnesses=3,
    ) as election:
        election.open()
        browser = Browser(client, election, "test-512")
        one, two, three, four, _ = sorted(browser.letters)
        assert browser.challenge(one, {"chair": {"bob": 1}}) == []
        assert browser.vote(one, {"chair": {"ada": 1}})["witnessed"] is True
        assert len(browser.vote(two, {"chair": {"ada": 1}})["cosigners"]) >= 2
        browser.vote(two, {"chair": {"bob": 1}})
        browser.vote(three, {"chair": {"": 1}})
        assert [ballot["status"] for ballot in browser.scan(two)["ballots"]] == ["superseded", "recorded"]
        election.mark(four, "postal")
        view = browser.scan(four)
        assert (view["mark"]["channel"], view["ballots"]) == ("postal", [])
        late = browser.seal(four, {"chair": {"ada": 1}})
        cast = client.call("cast", sealed=late["handle"], prev=view["prev"], codes=browser.letters[four])
        with pytest.raises(Refused, match="already-marked"):
            election.cast(envelope_of(cast))
        election.close()
        assert browser.scan(two)["phase"] == "closed"
        assert [ballot["status"] for ballot in browser.scan(two)["ballots"]] == ["superseded", "counted"]


@pytest.mark.slow
def test_a_selection_in_the_group_of_real_ones_is_accepted(client: Client, tmp_path: Path) -> None:
    with Election.create(
        tmp_path / "s", contests=CONTESTS, rehearsal=True, members=3, trustees=1, quorum=1
    ) as election:
        anchors = election.open()
        browser = Browser(client, election, "electionguard-2.1-4096")
        one, two, three = sorted(browser.letters)
        assert browser.challenge(one, {"chair": {"ada": 1}}) == []
        for line, option in ((one, "ada"), (two, "bob"), (three, "ada")):
            browser.vote(line, {"chair": {option: 1}})
        election.close()
        outcome = election.tally()
        report = verify_record(election.record_path, anchors, one_by_one=True)
        again = reference_verify(election.record_path, expect=json.loads(anchors.encode()))
    assert report.verdict is Verdict.ACCEPTED
    assert again["verdict"] == "accepted"
    votes = {cell.option: cell.votes for cell in outcome.cells}
    assert votes == {"ada": 2, "bob": 1, "": 0}
