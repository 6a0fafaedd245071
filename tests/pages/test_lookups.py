"""What became of a ballot, and of a line, in words; and the files that prove it."""

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from e2evote.adapter.known_keys import known_keys
from e2evote.adapter.receipts import check_receipt
from e2evote.adapter.register_absence import check_line
from e2evote.board.proof import decode_proof
from e2evote.errors import Refused
from e2evote.manifest.entries import Phase
from e2evote.record.electorate import Event, MarkAt
from e2evote.verify.lookup import Found, Lookup
from pages.conftest import Hosted
from pages.hosting import Seen, client_of, seen


@pytest.fixture(scope="module")
def client(open_one: Hosted, ended_one: Hosted) -> TestClient:
    return client_of(open_one.election, ended_one.election)


def looked_up(client: TestClient, hosted: Hosted, line: str, tracker: str) -> Seen:
    answer = client.post(f"/elections/{hosted.election.id}/tracker", data={"line": line, "tracker": tracker})
    assert answer.status_code == 200
    return seen(answer)


def test_the_ballot_that_will_count_is_recorded_and_its_proof_explained(client: TestClient, open_one: Hosted) -> None:
    page = looked_up(client, open_one, open_one.last.line, open_one.last.tracker)
    assert "Recorded. This is your line's latest ballot." in page.words
    proof = decode_proof(open_one.election.receipt(open_one.last.index))
    size = open_one.election.status().size
    assert f"The ballot is entry {open_one.last.index} of a log that has {size} entries." in page.words
    assert f"With {len(proof.hashes)} numbers besides the ballot" in page.words
    assert "This selection has no witnesses." in page.words


def test_every_ballot_of_the_line_is_listed_and_the_one_asked_about_marked(
    client: TestClient, open_one: Hosted
) -> None:
    page = looked_up(client, open_one, open_one.first.line, open_one.first.tracker)
    assert "Superseded. This ballot is recorded, and does not count" in page.words
    assert {f"{ballot.index}" for ballot in (open_one.first, open_one.last)} == {
        one["value"] for one in page.of("input") if one["name"] == "index"
    }
    assert len([one for one in page.of("li") if one.get("class") == "asked"]) == 1
    assert open_one.other.tracker not in page.words


def test_after_the_close_it_is_counted(client: TestClient, ended_one: Hosted) -> None:
    page = looked_up(client, ended_one, ended_one.last.line, ended_one.last.tracker)
    assert "Counted. This is the ballot that counts for your line." in page.words


def test_a_challenged_ballot_and_one_of_nobody(client: TestClient, open_one: Hosted) -> None:
    assert (
        "Challenged. This ballot was opened"
        in looked_up(client, open_one, open_one.last.line, open_one.challenged).words
    )
    absent = looked_up(client, open_one, open_one.last.line, "7K3M" * 8)
    assert "Not there. The log has no such ballot on your line." in absent.words
    assert "How do I know" not in absent.words


def test_a_tracker_of_another_line_is_an_alarm(client: TestClient, open_one: Hosted) -> None:
    """Rule 34: one tracker could be shown to two voters."""
    page = looked_up(client, open_one, open_one.other.line, open_one.last.tracker)
    assert "Not there." in page.words
    assert "This tracker is that of a ballot of another line." in page.words


def spellings(tracker: str) -> list[str]:
    plain = tracker.replace("-", "")
    return [
        plain,
        plain.lower(),
        f"  {tracker}\t",
        tracker.replace("-", " "),
        tracker.replace("-", "\u2013"),
        tracker.replace("-", "\u00a0"),
        plain.replace("0", "O").replace("1", "l"),
        "\n".join(tracker.split("-")),
    ]


def test_whatever_hands_and_eyes_do_to_a_tracker_finds_it(client: TestClient, open_one: Hosted) -> None:
    for spelling in spellings(open_one.last.tracker):
        page = looked_up(client, open_one, f" {open_one.last.line.upper()} ", spelling)
        assert "Recorded." in page.words, spelling
        assert open_one.last.tracker in page.words


@pytest.mark.parametrize("line", ["", "no line", "-", "0" * 63, "0" * 65, "g" * 64, "<b>", "é"])
def test_what_is_no_line_is_said_at_the_field_and_on_top(client: TestClient, open_one: Hosted, line: str) -> None:
    answer = client.post("/elections/open-one/tracker", data={"line": line, "tracker": open_one.last.tracker.lower()})
    assert answer.status_code == 422
    page = seen(answer)
    assert page.words.startswith("There is a problem: Look up a ballot")
    field = next(one for one in page.of("input") if one["id"] == "line")
    assert field["aria-invalid"] == "true"
    assert field["value"] == ""
    assert "line-wrong" in field["aria-describedby"]
    assert {"href": "#line"} in page.of("a")
    tracker = next(one for one in page.of("input") if one["id"] == "tracker")
    assert tracker["value"] == open_one.last.tracker, "what was right need not be typed again"
    assert "aria-invalid" not in tracker


@pytest.mark.parametrize("tracker", ["", "7K3M", "7K3M" * 9, "7K3U" * 8, "\U0001f5f3" * 32])
def test_what_is_no_tracker_is_said_too(client: TestClient, open_one: Hosted, tracker: str) -> None:
    answer = client.post("/elections/open-one/tracker", data={"line": open_one.last.line, "tracker": tracker})
    assert answer.status_code == 422
    assert {"href": "#tracker"} in seen(answer).of("a")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"line=1&line=2", "application/x-www-form-urlencoded", 400),
        (b"line", "application/x-www-form-urlencoded", 400),
        (b"line=%ff", "application/x-www-form-urlencoded", 400),
        (b"line=\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"f%d=1" % i for i in range(11)), "application/x-www-form-urlencoded", 400),
        (b"line=" + b"1" * 4096, "application/x-www-form-urlencoded", 413),
        (b'{"line":"1"}', "application/json", 415),
        (b"", "", 415),
    ],
)
def test_a121_what_is_none_of_our_forms_is_refused(client: TestClient, body: bytes, kind: str, status: int) -> None:
    for path in ("tracker", "not-voted", "receipt", "line-proof"):
        answer = client.post(f"/elections/open-one/{path}", content=body, headers={"content-type": kind})
        assert answer.status_code == status
        assert "This page cannot be shown" in seen(answer).words


def test_a122_what_was_asked_is_in_no_address(client: TestClient, open_one: Hosted) -> None:
    """Neither in that of the answer nor in any that it leads to, so no log, history or referrer has it."""
    for path in ("tracker", "not-voted"):
        form = next(one for one in seen(client.get(f"/elections/open-one/{path}")).of("form"))
        assert form["method"] == "post"
    data = {"line": open_one.last.line, "tracker": open_one.last.tracker}
    for path in ("tracker", "not-voted"):
        answer = client.post(f"/elections/open-one/{path}", data=data)
        page = seen(answer)
        forms = [one["action"] for one in page.of("form")]
        for address in (str(answer.url), *(one["href"] for one in page.of("a")), *forms):
            assert open_one.last.line not in address
            assert open_one.last.tracker not in address
        assert "location" not in answer.headers


def test_a_receipt_is_a_file_that_anybody_can_check(client: TestClient, open_one: Hosted) -> None:
    index = open_one.last.index
    answer = client.post("/elections/open-one/receipt", data={"index": str(index)})
    assert answer.headers["content-disposition"] == f'attachment; filename="entry-{index}.tlog-proof"'
    keys = known_keys(None, open_one.election.manifest.encode())
    assert check_receipt(answer.content, keys).receipt.index == index


@pytest.mark.parametrize(("index", "status"), [("999999", 404), ("-1", 400), ("", 400), ("1e3", 400), ("²", 400)])
def test_there_is_no_receipt_of_what_is_no_entry(client: TestClient, index: str, status: int) -> None:
    assert client.post("/elections/open-one/receipt", data={"index": index}).status_code == status


def test_before_the_statement_a_line_is_told_what_is_there_so_far(client: TestClient, open_one: Hosted) -> None:
    page = seen(client.post("/elections/open-one/not-voted", data={"line": open_one.last.line}))
    assert "The log has ballots of this line." in page.words
    assert "it may still change" in page.words
    page = seen(client.post("/elections/open-one/not-voted", data={"line": "0" * 64}))
    assert "No ballot of this line is recorded so far" in page.words
    answer = client.post("/elections/open-one/line-proof", data={"line": open_one.last.line})
    assert answer.status_code == 404


def test_after_the_statement_a_line_gets_its_row_with_a_proof(client: TestClient, ended_one: Hosted) -> None:
    line = ended_one.last.line
    page = seen(client.post("/elections/ended-one/not-voted", data={"line": line}))
    assert "A ballot was counted for this line, cast online." in page.words
    answer = client.post("/elections/ended-one/line-proof", data={"line": line})
    assert answer.headers["content-disposition"] == f'attachment; filename="line-{line}.json"'
    checked = check_line(answer.content, known_keys(None, ended_one.election.manifest.encode()))
    assert (checked.row.line, checked.row.status) == (line, "counted")


def test_a_line_without_a_row_is_told_so(client: TestClient) -> None:
    page = seen(client.post("/elections/ended-one/not-voted", data={"line": "0" * 64}))
    assert "The statement has no row for this line." in page.words
    assert client.post("/elections/ended-one/line-proof", data={"line": "0" * 64}).status_code == 404


@pytest.mark.parametrize("status", list(Lookup))
@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_every_state_of_a_ballot_has_a_page(
    client: TestClient,
    open_one: Hosted,
    monkeypatch: pytest.MonkeyPatch,
    status: Lookup,
    language: str,
    elsewhere: bool,
) -> None:
    line, tracker = open_one.last.line, open_one.last.tracker
    event = Event(3, "credential.reissue", "rita", "tina", line, "not-received")
    real = open_one.election.lookup(line, tracker)
    found = replace(
        real,
        status=status,
        elsewhere=elsewhere,
        ballots=tuple(replace(ballot, status=status) for ballot in real.ballots),
        mark=MarkAt(7, "postal"),
        events=(event, replace(event, kind="roll.contact", field="email", approver="")),
        on_roll=False,
    )
    monkeypatch.setattr(open_one.election, "lookup", lambda line, tracker: found)
    answer = client.post(f"/elections/open-one/tracker?lang={language}", data={"line": line, "tracker": tracker})
    page = seen(answer)
    good = status in (Lookup.COUNTED, Lookup.RECORDED) and not elsewhere
    assert next(one["class"] for one in page.of("div")) == ("answer good" if good else "answer bad")
    if language == "en":
        assert "Your line has voted on paper, by post, by entry 7." in page.words
        assert "A new code was made" in page.words
        assert "A contact was replaced: email" in page.words
        assert "This line is not on the roll" in page.words


@pytest.mark.parametrize("refused", [Refused("storage-failed", "disk"), Refused("record-fails", "/srv/secret/path")])
def test_a_record_that_cannot_be_read_is_said_without_its_details(
    client: TestClient, open_one: Hosted, monkeypatch: pytest.MonkeyPatch, refused: Refused
) -> None:
    def failing(line: str, tracker: str) -> Found:
        raise refused

    monkeypatch.setattr(open_one.election, "lookup", failing)
    answer = client.post("/elections/open-one/tracker", data={"line": "0" * 64, "tracker": "7K3M" * 8})
    assert answer.status_code == 503
    assert "Nothing that was recorded is lost" in seen(answer).words
    assert refused.detail not in answer.text


def test_a_selection_that_cannot_be_read_does_not_hide_the_others(
    client: TestClient, open_one: Hosted, ended_one: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> None:
        raise Refused("not-cosigned", "no witness answers")

    monkeypatch.setattr(open_one.election, "status", failing)
    page = seen(client.get("/"))
    assert "Spring election It cannot be read at the moment" in page.words
    assert "Autumn election The result is published" in page.words
    assert client.get("/elections/open-one/").status_code == 503
    assert client.get("/elections/ended-one/").status_code == 200


def test_anchors_and_what_must_be_compared(client: TestClient, open_one: Hosted, tmp_path: Path) -> None:
    anchors = open_one.election.record().anchors
    assert client.get("/elections/open-one/anchors.json").content == anchors.encode()
    home = seen(client.get("/elections/open-one/"))
    assert anchors.base_hash.hex() in home.words
    assert anchors.extended_base_hash.hex() in home.words
    assert open_one.election.status().phase is Phase.OPEN
    assert "This is a rehearsal." in home.words
    links = {one["href"] for one in home.of("a") if one["href"].startswith("client/")}
    options = "lang=en&allow-test-group"
    assert links == {f"client/#{options}", f"client/#check=challenge&{options}", f"client/#check=receipt&{options}"}
