"""Every command shows an example in its help and can answer a program."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from cli.running import done, run
from e2evote import __version__
from e2evote.cli.application import app


def commands() -> Iterator[tuple[tuple[str, ...], bool]]:
    """Every command and group by its words, and whether it does something by itself."""

    def below(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], bool]]:
        inner = getattr(command, "commands", {})
        yield words, not inner or words == ("demo",)
        for name, child in inner.items():
            yield from below(child, (*words, name))

    yield from below(typer.main.get_command(app), ())


ALL = list(commands())


def test_the_commands_are_those_that_the_documents_promise() -> None:
    promised = """
        demo|demo tamper|rehearse|key new|manifest new|manifest check|manifest sign
        init|box|restart|open|extend|close|approve
        verify|tracker check|doctor|pause|resume|incident report|incident list|access list|checked
        channel mark|channel marks|channel count|channel agree|channel results
        report make|report words
        prepare assessment|rehearsal plan|rehearsal transcript|rehearsal end
        sample power|sample draw|sample show
        roll import|roll freeze|roll add|roll remove|roll contact|roll finish|roll drop
        roll show-mine|roll openings|roll open|roll check|roll copy|roll destroy
        registrar seed|registrar issue|registrar post|registrar forget|registrar reissue|registrar revoke
        registrar annul|registrar account|register make|register check|register absence|register proof
        trustee begin|trustee deal|trustee finish|trustee accept|trustee decrypt|record show|record pack|record fetch
        serve
        board init|board serve|board check|board export|board backup|board restore|board request|board cosignature
        witness init|witness follow|witness serve|witness cosign|witness check|witness clock|witness show
        monitor|evidence check|receipt check|receipt missing
        ballot vote|ballot encrypt|ballot challenge|ballot cast|ballot check|tally lot|tally statement|tally outcome
        token issuer|token new|conformance|audit-assets
    """
    words = {tuple(name.split()) for line in promised.strip().splitlines() for name in line.split("|")}
    assert {name for name, acts in ALL if acts} == words


@pytest.mark.parametrize(("words", "acts"), ALL, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_help_has_an_example(words: tuple[str, ...], acts: bool) -> None:
    text = done(*words, "--help").out
    assert "Example:" in text
    assert f"e2evote {' '.join(words)}".strip() in text
    assert ("--json" in text) is acts


def test_without_a_command_the_help_is_printed() -> None:
    assert "Usage" in done().out


def test_version() -> None:
    assert done("--version").out == f"{__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("verify",),
        ("verify", "--nonsense"),
        ("verify", "/nowhere/at/all"),
        ("verify", ".", "--workers", "many"),
        ("verify", ".", "--workers", "-1"),
        ("verify", ".", "--workers", "2", "--dask", "tcp://127.0.0.1:8786"),
        ("verify", ".", "--dask", ""),
        ("key", "new", "--role", "king", "--out", "x"),
        ("key", "new", "--role", "trustee", "--out", "x"),
        ("key", "new", "--role", "voter", "--id", "me", "--out", "x"),
        ("key", "new", "--role", "teller", "--id", "log", "--organisation", "o", "--out", "x"),
        ("key", "new", "--role", "teller", "--id", "Tina!", "--organisation", "o", "--out", "x"),
        ("manifest", "new"),
        ("manifest", "new", "/nowhere.toml"),
        ("manifest", "check", "/nowhere.json"),
        ("demo", "--sample", "0"),
        ("demo", "--group", "test-9"),
        ("demo", "tamper", "sing"),
        ("demo", "tamper", "drop-ballot", "--demo", "/nowhere"),
        ("demo", "--blt", "/nowhere.blt"),
        ("record", "fetch", "ftp://localhost/x", "unused"),
        ("record", "fetch", "file:///etc/passwd", "unused"),
        ("box", "/nowhere"),
        ("extend", "/nowhere", "--close", "x", "--key", "/nowhere.key", "--teller-key", "/nowhere.key"),
        ("extend", "/nowhere", "--key", "/nowhere.key", "--teller-key", "/nowhere.key"),
        ("close", "/nowhere", "--key", "/nowhere.key", "--teller-key", "/nowhere.key"),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_misuse_ends_with_2_and_one_line(
    arguments: tuple[str, ...], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run(*arguments)
    assert ended.code == 2
    assert [line for line in ended.err.splitlines() if line.strip()] == [ended.err.strip()]
    assert ended.err.startswith("error: ")
    assert list(tmp_path.iterdir()) == []


def test_an_error_for_programs() -> None:
    ended = run("box", "/nowhere", "--json")
    assert ended.code == 2
    assert ended.json == {
        "detail": "/nowhere: no selection is stored here (record/ is missing)",
        "error": "no-store",
        "exit": 2,
    }
