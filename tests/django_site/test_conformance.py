"""`e2evote conformance`: a right deployment passes every check, and each check has one that it alone finds wrong."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from django_site import breaking_hosts
from django_site.breaking_proxy import BREAKAGES
from django_site.conftest import ROOT, Adapter
from e2evote.adapter.anchors import read_anchors
from e2evote.adapter.api.webhook_key import webhook_key
from e2evote.adapter.conformance.deployment import Deployment, Given
from e2evote.adapter.conformance.fake_host import FakeHost
from e2evote.adapter.conformance.finding import Check, Finding, Result
from e2evote.adapter.conformance.host_page import HOST_PAGE
from e2evote.adapter.conformance.kit import CHECKS, run
from e2evote.adapter.conformance.webhook import WEBHOOK
from e2evote.cli import main


@pytest.fixture(scope="session")
def given(adapter: Adapter) -> Given:
    """What an author knows of this selection."""
    return Given(expect=read_anchors(adapter.anchors), token=adapter.token, webhook_key=adapter.webhook_key)


def hosted(kind: type[FakeHost], adapter: Adapter, api: str, given: Given) -> FakeHost:
    assert given.expect is not None
    return kind(api, given.expect, given.token, webhook_key=adapter.webhook_key.public)


@pytest.fixture(scope="session")
def host(adapter: Adapter, given: Given) -> Iterator[FakeHost]:
    with hosted(FakeHost, adapter, adapter.api, given) as one:
        yield one


def findings(
    api: str, given: Given, page: str = "", webhook: str = "", checks: Sequence[Check] = CHECKS
) -> tuple[Finding, ...]:
    with closing(Deployment(api, replace(given, page=page, webhook=webhook))) as deployment:
        return run(deployment, lambda _: None, checks)


def named(found: tuple[Finding, ...], result: Result) -> list[str]:
    return [one.name for one in found if one.result is result]


def test_every_check_has_another_name_and_a_deployment_that_it_alone_finds_wrong() -> None:
    names = [check.name for check in CHECKS]
    hosts = {*breaking_hosts.ON_REDIRECT, *breaking_hosts.IN_PAGE, *breaking_hosts.RECEIVING}
    assert sorted(set(names)) == sorted(names)
    assert {name for name, _ in BREAKAGES.values()} - {""} | {host.fails for host in hosts} == set(names)


def test_a_right_host_that_redirects_passes(adapter: Adapter, host: FakeHost, given: Given) -> None:
    found = findings(adapter.api, given, f"{host.url}/vote#vote", f"{host.url}/hooks")
    assert named(found, Result.FAIL) == []
    assert named(found, Result.SKIP) == ["page.integrity", "page.scripts"]


def test_a_right_host_with_the_element_passes(adapter: Adapter, host: FakeHost, given: Given) -> None:
    found = findings(adapter.api, given, f"{host.url}/element")
    assert named(found, Result.FAIL) == []
    assert "page.integrity" in named(found, Result.PASS)
    assert "page.scripts" in named(found, Result.PASS)


def test_a_proxy_that_breaks_nothing_passes_in_its_folder(adapter: Adapter, proxy: str, given: Given) -> None:
    found = findings(f"{proxy}/right/v1/elections/committee", given)
    assert named(found, Result.FAIL) == []
    assert {one.split(".")[0] for one in named(found, Result.SKIP)} == {"page", "webhook"}


@pytest.mark.parametrize("folder", [folder for folder, (name, _) in BREAKAGES.items() if name])
def test_what_a_proxy_breaks_one_check_finds(proxy: str, given: Given, folder: str) -> None:
    found = findings(f"{proxy}/{folder}/v1/elections/committee", given)
    assert named(found, Result.FAIL) == [BREAKAGES[folder][0]]


@pytest.mark.parametrize("kind", breaking_hosts.ON_REDIRECT)
def test_what_a_redirecting_host_does_wrong_one_check_finds(
    adapter: Adapter, given: Given, kind: type[FakeHost]
) -> None:
    with hosted(kind, adapter, adapter.api, given) as wrong:
        found = findings(adapter.api, given, f"{wrong.url}/vote#vote", checks=HOST_PAGE)
    assert named(found, Result.FAIL) == [kind.fails]


@pytest.mark.parametrize("kind", breaking_hosts.IN_PAGE)
def test_what_a_host_with_the_element_does_wrong_one_check_finds(
    adapter: Adapter, given: Given, kind: type[FakeHost]
) -> None:
    with hosted(kind, adapter, adapter.api, given) as wrong:
        found = findings(adapter.api, given, f"{wrong.url}/element", checks=HOST_PAGE)
    assert named(found, Result.FAIL) == [kind.fails]


@pytest.mark.parametrize("kind", breaking_hosts.RECEIVING)
def test_what_a_receiver_does_wrong_one_check_finds(adapter: Adapter, given: Given, kind: type[FakeHost]) -> None:
    with hosted(kind, adapter, adapter.api, given) as wrong:
        found = findings(adapter.api, given, webhook=f"{wrong.url}/hooks", checks=WEBHOOK)
    assert named(found, Result.FAIL) == [kind.fails]


def test_where_nothing_answers_one_check_fails_and_the_others_say_why_not(given: Given) -> None:
    found = findings("http://localhost:9/v1/elections/committee", given)
    assert named(found, Result.FAIL) == ["adapter.reachable"]
    assert len(named(found, Result.SKIP)) == len(CHECKS) - 1


def test_an_event_reaches_a_hosts_test(adapter: Adapter, given: Given) -> None:
    with hosted(FakeHost, adapter, adapter.api, given) as host:
        findings(adapter.api, given, webhook=f"{host.url}/hooks", checks=WEBHOOK)
        assert {one["data"]["election"] for one in host.events} == {"committee"}


def test_the_guides_example_is_a_host_for_a_test(
    adapter: Adapter, given: Given, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "guide-integrator.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    named = code.replace("http://localhost:8800/v1/elections/rehearsal", adapter.api)
    known = {"anchors": given.expect, "token": given.token}
    exec(named.replace("whpk_…", adapter.webhook_key.public), known)  # noqa: S102 - the guide's own lines
    assert re.fullmatch(r"(http://localhost:\d+/\w+ ?){3}\n\[\]\n", capsys.readouterr().out)


def test_the_command_says_it_for_programs(adapter: Adapter, proxy: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["conformance", f"{adapter.url}/elections/committee/", "--expect", str(adapter.anchors), "--json"]
    assert main([*arguments, "--token-file", str(adapter.token_file)]) == 0
    right = json.loads(capsys.readouterr().out)
    assert right["conforms"] is True
    assert [one["check"] for one in right["checks"]] == [check.name for check in CHECKS]
    assert main(["conformance", f"{proxy}/no-allow/v1/elections/committee", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["conforms"] is False


@pytest.mark.parametrize("url", ["http://localhost/", "ftp://localhost/v1/elections/x", "localhost/v1/elections/x"])
def test_an_address_that_is_no_selections_is_misuse(url: str) -> None:
    assert main(["conformance", url]) == 2


def test_a_key_that_is_not_there_is_made_and_its_public_half_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "test.key"
    arguments = ["conformance", "http://localhost:9/v1/elections/x", "--webhook-key", str(key)]
    assert main(arguments) == 0
    assert webhook_key(key).public in capsys.readouterr().out
    assert key.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "whsk_", "whsk_AAAA", "whpk_" + "A" * 43 + "=", "secret"])
def test_a_file_that_holds_no_key_is_malformed(tmp_path: Path, text: str) -> None:
    key = tmp_path / "test.key"
    key.write_text(text)
    key.chmod(0o600)
    assert main(["conformance", "http://localhost:9/v1/elections/x", "--webhook-key", str(key)]) == 3
