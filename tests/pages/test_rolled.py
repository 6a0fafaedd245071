"""A selection with a roll, from its pages: numbers of lines, marks, rows, results by channel, the signed report."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from e2evote.adapter.election import Election
from e2evote.adapter.known_keys import known_keys
from e2evote.adapter.register_absence import check_line
from e2evote.hashing.digest import sha256
from pages.hosting import Seen, client_of, seen
from pages.rolled import ID, WORDS, Rolled, make_rolled

BASE = f"/elections/{ID}/"


@pytest.fixture(scope="module")
def rolled(tmp_path_factory: pytest.TempPathFactory) -> Rolled:
    return make_rolled(tmp_path_factory.mktemp("rolled") / "store")


@pytest.fixture(scope="module")
def election(rolled: Rolled) -> Iterator[Election]:
    with Election.open_store(rolled.path, allow_test_group=True) as election:
        yield election


@pytest.fixture(scope="module")
def client(election: Election) -> TestClient:
    return client_of(election)


def line(client: TestClient, number: str) -> Seen:
    return seen(client.post(f"{BASE}not-voted", data={"line": number}))


@pytest.mark.parametrize("typed", ["1", " 1 ", "0000001", "01"])
def test_a_line_is_a_number_however_many_zeros_are_before_it(client: TestClient, rolled: Rolled, typed: str) -> None:
    page = seen(client.post(f"{BASE}tracker", data={"line": typed, "tracker": rolled.last.tracker.lower()}))
    assert "Counted. This is the ballot that counts for your line." in page.words
    assert "These witnesses have signed the same root" in page.words
    assert page.words.count("witness-") >= 2


@pytest.mark.parametrize("typed", ["0", "-1", "1.0", "12345678", "one", "²", "0x1"])
def test_what_is_no_line_of_a_roll_is_refused(client: TestClient, rolled: Rolled, typed: str) -> None:
    answer = client.post(f"{BASE}tracker", data={"line": typed, "tracker": rolled.last.tracker})
    assert answer.status_code == 422
    assert "Your line is a number of at most 7 digits, from 1" in seen(answer).words


@pytest.mark.parametrize(
    ("number", "said", "status"),
    [
        ("1", "A ballot was counted for this line, cast online.", "counted"),
        ("2", "This line has voted on paper, by post. A ballot that was cast online does not count", "superseded"),
        ("3", "This line has voted on paper, by post.", "marked"),
        ("4", "No vote was recorded for this line, in no way of voting.", "not-voted"),
    ],
)
def test_every_line_has_its_row_with_a_proof(
    client: TestClient, election: Election, number: str, said: str, status: str
) -> None:
    assert said in line(client, number).words
    answer = client.post(f"{BASE}line-proof", data={"line": number})
    assert answer.headers["content-disposition"] == f'attachment; filename="line-{number}.json"'
    checked = check_line(answer.content, known_keys(None, election.manifest.encode()))
    assert (checked.row.line, checked.row.status) == (f"{int(number):07}", status)


def test_only_a_rehearsal_is_called_one(client: TestClient, election: Election) -> None:
    """Whoever runs a real selection may hold an administrator's and a teller's key too."""
    assert "This is a rehearsal." in seen(client.get(BASE)).words
    keys = election.path / "private" / "rehearsal"
    keys.rename(keys.with_name("away"))
    try:
        assert election.holds_keys
        assert "This is a rehearsal." not in seen(client.get(BASE)).words
    finally:
        keys.with_name("away").rename(keys)


def test_a_line_that_is_on_no_roll_has_none(client: TestClient) -> None:
    assert "The statement has no row for this line." in line(client, "6").words
    assert client.post(f"{BASE}line-proof", data={"line": "6"}).status_code == 404


def test_a_mark_is_told_with_the_ballot_that_it_replaced(client: TestClient) -> None:
    page = seen(client.post(f"{BASE}tracker", data={"line": "2", "tracker": "7K3M" * 8}))
    assert "Your line has voted on paper, by post, by entry" in page.words
    assert "Superseded" in page.words


def test_the_result_is_told_by_channel_and_every_line_is_somewhere(client: TestClient) -> None:
    page = seen(client.get(f"{BASE}result"))
    rows = page.words
    assert "online by post All together" in rows
    assert "Bob Smith: elected 1 1 2" in rows
    assert "have not voted 2" in rows
    assert "All lines 5" in rows
    assert "registrar-1" in rows


def test_the_scrutineers_words_are_words(client: TestClient, rolled: Rolled) -> None:
    page = seen(client.get(f"{BASE}report"))
    for words in (WORDS.complaints, "All well.", "Really.", WORDS.why, "The register was inspected."):
        assert words in page.words
    assert page.of("nobody") == []
    assert sha256(rolled.page).hex() in page.words
    assert "The page itself is not on this server." in page.words


def test_the_page_that_was_signed_is_shown_and_no_other(client: TestClient, rolled: Rolled) -> None:
    index = next(one["id"] for one in seen(client.get(f"{BASE}report")).of("h2")).removeprefix("entry-")
    folder = rolled.path / "reports"
    folder.mkdir()
    (folder / "other.html").write_bytes(rolled.page + b"\n")
    (folder / "note.txt").write_bytes(rolled.page)
    assert client.get(f"{BASE}report-{index}.html").status_code == 404
    (folder / "report.html").write_bytes(rolled.page)
    answer = client.get(f"{BASE}report-{index}.html")
    assert answer.content == rolled.page
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("frame-ancestors 'none'; sandbox")
    assert "unsafe" not in policy
    assert {"class": "button", "href": f"report-{index}.html"} in seen(client.get(f"{BASE}report")).of("a")
    (folder / "report.html").rename(rolled.path / "report.html")
    assert client.get(f"{BASE}report-{index}.html").content == rolled.page
    assert client.get(f"{BASE}report-0.html").status_code == 404
    assert client.get(f"{BASE}report-..%2f..%2fprivate.html").status_code == 404
