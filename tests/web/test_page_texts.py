"""What the ballot page is made of, read as text: languages whole, refusals explained, no way to run a string.

Needs neither node nor a browser.
"""

import ast
import hashlib
import re
from base64 import b64encode
from pathlib import Path

import pytest

CLIENT = Path(__file__).resolve().parents[2] / "src/e2evote/adapter/web/client"
ASSETS = CLIENT.parent / "assets"
TEXTS = CLIENT / "src/i18n"
OURS = sorted((CLIENT / "src/ui").rglob("*.ts")) + sorted(TEXTS.glob("*.ts")) + [CLIENT / "src/main.ts"]

_ENTRY = re.compile(r'^  "([a-z0-9.-]+)":\s*((?:"(?:[^"\\]|\\.)*"(?:\s*\+\s*)?)+),$', re.MULTILINE)
_FORBIDDEN = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "DOMParser",
    "createContextualFragment",
    "srcdoc",
    "eval(",
    "Function(",
    "localStorage",
    "sessionStorage",
    "indexedDB",
    "document.cookie",
    "serviceWorker",
    "importScripts",
    ".style.",
    ".cssText",
    'setAttribute("style',
    "postMessage",
    "sendBeacon",
    "WebSocket",
    "EventSource",
    "XMLHttpRequest",
]


def texts(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in ("", "_trouble"):
        source = (TEXTS / f"{language}{part}.ts").read_text("utf-8")
        for key, value in _ENTRY.findall(source):
            assert key not in found, f"{key} is there twice"
            found[key] = "".join(ast.literal_eval(piece) for piece in re.findall(r'"(?:[^"\\]|\\.)*"', value))
        assert source.count('":') == sum(1 for key in found if f'"{key}":' in source), f"{language}{part}"
    return found


def places(text: str) -> list[str]:
    return sorted(set(re.findall(r"\{([a-z]+)\}", text)))


def test_both_languages_have_the_same_texts_with_the_same_places_to_fill_in() -> None:
    english, welsh = texts("en"), texts("cy")
    assert list(english) == list(welsh)
    assert len(english) > 250
    for key, text in english.items():
        assert places(text) == places(welsh[key]), key
        assert "{" not in re.sub(r"\{[a-z]+\}", "", text + welsh[key]), key


def test_no_text_is_missing_untranslated_or_markup() -> None:
    english, welsh = texts("en"), texts("cy")
    same = {key for key, text in english.items() if text == welsh[key]}
    assert same == {"review.votes"}
    for language in (english, welsh):
        for key, text in language.items():
            assert text == text.strip(), key
            assert not re.search(r"[<>]|&[a-z]+;|  ", text), key
    assert [key for key, text in english.items() if not text] == ["page.unreviewed"]
    assert all(welsh.values())


def test_the_welsh_says_that_no_speaker_has_reviewed_it() -> None:
    for part in ("", "_trouble"):
        assert "No speaker has reviewed it yet" in (TEXTS / f"cy{part}.ts").read_text("utf-8").partition("\n\n")[0]
    assert "Nid yw siaradwr Cymraeg wedi darllen" in texts("cy")["page.unreviewed"]


def test_every_text_is_used() -> None:
    source = "".join(path.read_text("utf-8") for path in OURS if path.parent != TEXTS)
    by_name = {"trouble.", "next.", "headline.", "checked.", "status."}
    built = by_name | set(re.findall(r"`([a-z-]+\.)(?:[a-z-]*)\$\{", source))
    unused = [key for key in texts("en") if f'"{key}"' not in source and f"{key.partition('.')[0]}." not in built]
    assert unused == []


def test_every_refusal_of_the_client_is_explained_by_its_name() -> None:
    source = "".join(path.read_text("utf-8") for path in (CLIENT / "src").rglob("*.ts") if path.parent != TEXTS)
    codes = set(re.findall(r'(?:new Refusal|under|compare)\(\s*"([a-z][a-z0-9.-]+)"', source))
    codes |= {f"{kind}-{what}" for kind in ("receipt", "board") for what in ("log-signature", "quorum")}
    asked_in_forms = {"code-mistyped", "wrong-key", "line-malformed", "malformed"}
    by_mistake_of_this_page = {"choice-limit", "choice-unknown", "prev-malformed"}
    explained = {key.removeprefix("trouble.") for key in texts("en") if key.startswith("trouble.")}
    families = {name.removesuffix("-all") for name in explained if name.endswith("-all")}
    lacking = {code for code in codes if code not in explained and re.split(r"[-.]", code)[0] not in families}
    assert lacking <= asked_in_forms | by_mistake_of_this_page, lacking
    assert {"anchor.base-hash", "assets.changed", "receipt-other-entry", "test-group", "stale-prev"} <= explained


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_a121_no_part_of_the_page_turns_a_string_into_markup_or_code_or_stores_anything(path: Path) -> None:
    source = path.read_text("utf-8")
    assert [word for word in _FORBIDDEN if word in source] == []
    assert source.startswith("// ")
    assert source.count("\n") <= 400
    assert max(len(line) for line in source.splitlines()) <= 120


def test_a121_the_page_is_static_has_no_inline_part_and_names_the_hash_of_each_file() -> None:
    page = (ASSETS / "index.html").read_text("utf-8")
    assert (CLIENT / "index.html").read_text("utf-8").count("{{") == 2
    assert "{{" not in page
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|https?://", page.replace("connect-src 'self' https: http:", ""))
    for name in ("e2evote.js", "e2evote.css"):
        digest = b64encode(hashlib.sha384((ASSETS / name).read_bytes()).digest()).decode()
        assert re.search(rf'(?:src|href)="{re.escape(name)}" integrity="sha384-{re.escape(digest)}"', page), name


def test_a121_nothing_is_fetched_from_elsewhere() -> None:
    style = (ASSETS / "e2evote.css").read_text("utf-8")
    assert not re.search(r"url\(|@import|https?:", style)
    module = (ASSETS / "e2evote.js").read_text("utf-8")
    addresses = set(re.findall(r"https?://[a-z0-9.:/-]+", module + (ASSETS / "icon.svg").read_text("utf-8")))
    assert addresses <= {"http://www.w3.org/2000/svg"}


def test_every_colour_of_the_page_can_be_set_by_a_host() -> None:
    style = (CLIENT / "e2evote.css").read_text("utf-8")
    guide = (CLIENT.parents[4] / "docs" / "ballot-client.md").read_text("utf-8")
    names = set(re.findall(r"var\((--e2evote-[a-z-]+)", style))
    assert len(names) == 12
    assert {name for name in names if f"`{name}`" not in guide} == set()
