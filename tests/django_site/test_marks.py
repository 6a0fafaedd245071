"""The example site's page for votes on paper: staff hand on what two tellers have signed; the site signs nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from django_site.conftest import SITE, Adapter
from e2evote.adapter.approval import write_draft
from e2evote.adapter.board import BoardReader
from e2evote.adapter.marks import drafted
from e2evote.adapter.rehearsal import TELLERS, RehearsalKeys
from e2evote.adapter.store import Store

pytestmark = pytest.mark.usefixtures("django_site")
STATUS = 'role="status"'


@pytest.fixture(scope="module")
def staff(django_site: None) -> Iterator[Any]:
    """A member of staff at the page."""
    from django.contrib.auth.models import Permission, User
    from django.test import Client

    user = User.objects.create_user("steward")
    user.user_permissions.add(Permission.objects.get(codename="hand_in_marks"))
    client = Client()
    client.force_login(user)
    yield client
    user.delete()


@pytest.fixture
def rehearsing() -> Iterator[None]:
    from dataclasses import replace

    from django.conf import settings

    before = settings.SELECTION
    settings.SELECTION = replace(before, rehearsal=True)
    yield
    settings.SELECTION = before


def draft(
    adapter: Adapter,
    folder: Path,
    line: str,
    channel: str,
    tellers: tuple[str, ...] = TELLERS,
    name: str = "mark.draft",
) -> Path:
    """As the tellers' commands make it, on their machines."""
    store = Store.at(adapter.folder / "committee")
    keys = RehearsalKeys.read(store)
    assert keys is not None
    board = BoardReader(store.record, allow_test_group=True)
    (made,) = drafted(board, channel, [line], [keys.party(teller) for teller in tellers])
    path = folder / name
    write_draft(path, made)
    return path


def hand_in(staff: Any, path: Path) -> str:
    with path.open("rb") as file:
        return str(staff.post("/marks", {"draft": file}).content.decode())


def mark_of(adapter: Adapter, line: str) -> Any:
    return httpx2.get(f"{adapter.api}/lines/{line}").json()["mark"]


def test_a_mark_that_two_tellers_signed_is_handed_on(adapter: Adapter, staff: Any, tmp_path: Path) -> None:
    page = hand_in(staff, draft(adapter, tmp_path, "0000001", "postal"))
    assert STATUS in page
    assert "Line 0000001 is marked" in page
    assert mark_of(adapter, "1")["channel"] == "postal"


def test_a_line_has_one_mark_and_the_page_says_why_not(adapter: Adapter, staff: Any, tmp_path: Path) -> None:
    second = draft(adapter, tmp_path, "0000002", "in_person")
    other = (
        draft(adapter, (tmp_path / "other"), "0000002", "postal") if (tmp_path / "other").mkdir() is None else second
    )
    assert STATUS in hand_in(staff, second)
    page = hand_in(staff, other)
    assert STATUS not in page
    assert "[channel.mark]" in page
    assert mark_of(adapter, "2")["channel"] == "in_person"


def test_one_tellers_signature_is_not_enough(adapter: Adapter, staff: Any, tmp_path: Path) -> None:
    page = hand_in(staff, draft(adapter, tmp_path, "0000003", "postal", TELLERS[:1]))
    assert STATUS not in page
    assert "[approval-incomplete]" in page
    assert mark_of(adapter, "3") is None


def test_a_mark_that_was_changed_on_the_way_is_refused(adapter: Adapter, staff: Any, tmp_path: Path) -> None:
    path = draft(adapter, tmp_path, "0000004", "postal")
    path.write_bytes(path.read_bytes().replace(b"0000004", b"0000005"))
    assert STATUS not in hand_in(staff, path)
    assert mark_of(adapter, "4") is mark_of(adapter, "5") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[" * 9000,
        b"null",
        b"{}",
        json.dumps({"leaf": {"kind": "annul"}}).encode(),
        b'{"leaf":{"kind":"mark"}}' + b" " * 20_000,
    ],
    ids=["empty", "cut", "deep", "null", "nothing", "other-kind", "large"],
)
def test_a121_a_file_that_is_no_mark_goes_nowhere(staff: Any, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mark.draft"
    path.write_bytes(content)
    page = hand_in(staff, path)
    assert STATUS not in page
    assert 'class="errorlist"' in page


def test_a121_who_is_no_staff_cannot_hand_in_marks(adapter: Adapter, tmp_path: Path) -> None:
    from django.contrib.auth.models import User
    from django.test import Client

    user = User.objects.create_user("curious")
    client = Client()
    client.force_login(user)
    with draft(adapter, tmp_path, "0000006", "postal").open("rb") as file:
        assert client.post("/marks", {"draft": file}).status_code == 403
    assert mark_of(adapter, "6") is None
    user.delete()


@pytest.mark.usefixtures("rehearsing")
def test_in_a_rehearsal_the_adapter_signs_for_both(adapter: Adapter, staff: Any) -> None:
    page = staff.post("/marks", {"line": "7", "channel": "in_person"}).content.decode()
    assert "Line 7 is marked" in page
    assert mark_of(adapter, "7")["channel"] == "in_person"
    again = staff.post("/marks", {"line": "7", "channel": "postal"}).content.decode()
    assert STATUS not in again
    assert "[channel.mark]" in again


@pytest.mark.usefixtures("rehearsing")
@pytest.mark.parametrize("sent", [{"line": "x7", "channel": "postal"}, {"line": "7", "channel": "online"}, {}])
def test_in_a_rehearsal_too_a_line_is_a_number_and_a_channel_one_on_paper(staff: Any, sent: dict[str, str]) -> None:
    page = staff.post("/marks", sent).content.decode()
    assert STATUS not in page


def test_the_site_has_no_word_for_a_private_key() -> None:
    """It has a token, and the public half of the key that signs webhooks."""
    code = "".join(
        path.read_text() for folder in ("selection", "members_site") for path in SITE.glob(f"{folder}/**/*.py")
    )
    assert "PrivateKey" not in code
    assert ".sign(" not in code
