"""The example site's pages, as its members and its staff see them, against a real adapter."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from django_site.conftest import SITE, Adapter

pytestmark = pytest.mark.usefixtures("django_site", "members")
PASSWORD = "correct horse battery"
POSTED = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.DOTALL)


@pytest.fixture(scope="module")
def members(django_site: None) -> Iterator[None]:
    """Two members, and one of the staff."""
    from django.contrib.auth.models import Permission, User

    made = [User.objects.create_user(name, password=PASSWORD) for name in ("ada", "bob", "sam")]
    made[2].user_permissions.add(Permission.objects.get(codename="hand_in_marks"))
    yield
    User.objects.all().delete()


@pytest.fixture(autouse=True)
def nothing_cached(members: None) -> None:
    from selection.models import ElectionState

    ElectionState.objects.all().delete()


@pytest.fixture
def pinned() -> Iterator[Callable[..., None]]:
    """Changes what the site has pinned, for one test."""
    from django.conf import settings

    before = settings.SELECTION

    def change(**members: Any) -> None:
        settings.SELECTION = replace(before, **members)

    yield change
    settings.SELECTION = before


def browser(name: str = "", **options: Any) -> Any:
    from django.contrib.auth.models import User
    from django.test import Client

    made = Client(**options)
    if name:
        made.force_login(User.objects.get(username=name))
    return made


def fragment(location: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(location).fragment)


def test_the_shortlist_has_names_and_the_freeze_date() -> None:
    page = browser("ada").get("/").content.decode()
    assert "Election of the committee" in page
    assert "Ada Lovelace" in page
    assert "Grace Hopper" in page
    assert re.search(r"Roll frozen as at</dt><dd>\d+ \w+ 20\d\d", page)
    assert "Vote now" in page


@pytest.mark.parametrize("path", ["/", "/result", "/marks"])
def test_who_is_not_logged_in_is_asked_to(path: str) -> None:
    answer = browser().get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/login?next={path}"


def test_the_button_leads_to_the_ballot_client_with_a_token_that_works_once(adapter: Adapter) -> None:
    location = browser("ada").post("/vote")["Location"]
    assert location.startswith(f"{adapter.url}/elections/committee/client/#")
    (token,) = fragment(location)["session"]
    exchange = f"{adapter.api}/sessions/exchange"
    first, second = (httpx2.post(exchange, json={"token": token}) for _ in range(2))
    assert re.fullmatch("[0-9a-f]{64}", first.json()["session"])
    assert second.json()["code"] == "token-used"


def test_a_member_has_the_same_session_again_and_another_member_another(adapter: Adapter) -> None:
    def session(name: str) -> str:
        (token,) = fragment(browser(name).post("/vote")["Location"])["session"]
        return str(httpx2.post(f"{adapter.api}/sessions/exchange", json={"token": token}).json()["session"])

    assert session("ada") == session("ada") != session("bob")


def test_a121_where_members_go_and_with_which_anchors_the_site_alone_says(
    adapter: Adapter, proxy: str, pinned: Callable[..., None]
) -> None:
    """An adapter, or whoever is between, names another address with other anchors and a second token."""
    pinned(api=f"{proxy}/liar/v1/elections/committee")
    location = browser("ada").post("/vote")["Location"]
    assert location.partition("#")[0] == f"{adapter.url}/elections/committee/client/"
    from django.conf import settings

    assert fragment(location)["anchors"] == [settings.SELECTION.anchors]
    assert "evil" not in location


@pytest.mark.parametrize("folder", ["smuggler", "second-token", "no-token", "no-json"])
def test_a121_an_answer_that_is_not_one_token_leads_nowhere(
    proxy: str, pinned: Callable[..., None], folder: str
) -> None:
    pinned(api=f"{proxy}/{folder}/v1/elections/committee")
    answer = browser("ada").post("/vote")
    assert answer.status_code == 503
    assert "Location" not in answer


def test_a121_no_other_site_can_press_the_button() -> None:
    from selection.models import VoterReference

    VoterReference.objects.all().delete()
    answer = browser("bob", enforce_csrf_checks=True).post("/vote", HTTP_ORIGIN="https://evil.example")
    assert answer.status_code == 403
    assert not VoterReference.objects.exists()
    assert browser("bob").get("/vote").status_code == 405


@pytest.mark.parametrize("path", ["/marks", "/logout", "/login"])
def test_a121_every_form_has_a_token_against_forgery(path: str) -> None:
    assert browser("sam", enforce_csrf_checks=True).post(path, {"line": "1"}).status_code == 403


def test_a121_logging_in_leads_nowhere_else() -> None:
    sent = {"username": "ada", "password": PASSWORD, "next": "https://evil.example/"}
    assert browser().post("/login", sent)["Location"] == "/"


@pytest.mark.parametrize("path", ["/", "/result", "/marks", "/login", "/site.css", "/no-such-page"])
def test_a121_no_answer_lets_a_script_run_or_a_frame_hold_it(adapter: Adapter, path: str) -> None:
    answer = browser("sam").get(path)
    policy = {part.split()[0]: part.split()[1:] for part in answer["Content-Security-Policy"].split(";")}
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'", adapter.url]
    assert "script-src" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert b"<script" not in answer.content
    assert not re.search(rb"\son\w+=|style=", answer.content)


def test_a122_a_members_reference_leaves_the_site_for_the_adapter_alone(adapter: Adapter) -> None:
    from selection.models import VoterReference

    ada, bob = browser("ada"), browser("bob")
    seen = b""
    for one in (ada, bob):
        answer = one.post("/vote")
        assert "session=" in answer["Location"]
        seen += str(answer.items()).encode() + answer.content + str(one.cookies).encode()
        seen += b"".join(one.get(path).content for path in ("/", "/result"))
    references = [one.reference for one in VoterReference.objects.all()]
    assert len(set(references)) == 2
    assert all(len(one) >= 43 for one in references)
    for reference in references:
        assert reference.encode() not in seen
        for path in sorted(adapter.folder.rglob("*")):
            assert not path.is_file() or reference.encode() not in path.read_bytes(), path


def test_a122_references_of_another_selection_are_others() -> None:
    from django.contrib.auth.models import User
    from selection.models import VoterReference

    ada = User.objects.get(username="ada")
    assert VoterReference.of(ada, "committee") == VoterReference.of(ada, "committee") != VoterReference.of(ada, "next")


def test_a62_the_site_has_no_place_for_a_choice_a_code_or_a_tracker() -> None:
    """What its tables can hold, and what its code asks of the adapter."""
    from django.apps import apps

    fields = {f.name for model in apps.get_app_config("selection").get_models() for f in model._meta.get_fields()}
    assert fields == {
        "election", "fetched", "id", "manifest", "member", "received", "reference", "status", "webhook_id",
    }  # fmt: skip
    asked = re.findall(r'_ask\("(\w+)", "([^"]*)"', (SITE / "selection" / "adapter_client.py").read_text())
    assert {path for method, path in asked if method == "POST"} == {"/sessions", "/channel-marks"}
    assert {path for method, path in asked if method == "GET"} == {"", "/manifest", "/result", "/reconciliation"}


def test_the_site_is_no_part_of_the_library() -> None:
    """It could be written in any language: nothing of it but the starter imports e2evote."""
    importing = [
        path.relative_to(SITE)
        for path in sorted(SITE.rglob("*.py"))
        if re.search(r"^\s*(from|import) e2evote", path.read_text(), re.MULTILINE)
    ]
    assert importing == [Path("run.py")]


def test_without_anchors_nobody_is_sent_to_vote(pinned: Callable[..., None]) -> None:
    pinned(anchors="")
    assert "Vote now" not in browser("ada").get("/").content.decode()
    assert browser("ada").post("/vote")["Location"] == "/"


def test_while_the_adapter_does_not_answer_pages_say_so_and_the_last_state_stays(pinned: Callable[..., None]) -> None:
    from django.utils import timezone
    from selection.models import ElectionState

    page = browser("ada")
    gone = {"api": "http://localhost:9/v1/elections/committee"}
    pinned(**gone)
    answer = page.get("/")
    assert answer.status_code == 503
    assert b"unreachable" in answer.content
    pinned()
    assert page.get("/").status_code == 200
    ElectionState.objects.update(fetched=timezone.now() - timezone.timedelta(hours=1))
    pinned(**gone)
    assert b"Ada Lovelace" in page.get("/").content
    assert page.post("/vote").status_code == 503


def test_the_result_page_has_votes_reconciliation_and_the_way_to_check_them(
    adapter: Adapter, pinned: Callable[..., None]
) -> None:
    pinned(api=f"{adapter.url}/v1/elections/before", pages=f"{adapter.url}/elections/before")
    page = browser("ada").get("/result").content.decode()
    rows = dict(re.findall(r'<th scope="row">([^<]*)</th><td>(\d+)</td>', page))
    assert (rows["Ada Lovelace"], rows["Grace Hopper"]) == ("3", "0")
    assert (rows["Online"], rows["Did not vote"]) == ("3", "5")
    assert "Elected: Ada Lovelace" in page
    assert f'href="{adapter.url}/elections/before/audit"' in page
    assert httpx2.get(f"{adapter.url}/elections/before/audit").status_code == 200


def test_before_the_result_the_page_says_that_there_is_none() -> None:
    assert "There is no result yet" in browser("ada").get("/result").content.decode()
