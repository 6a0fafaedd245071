"""`e2evote token`: what it makes is taken by the desk, and what may not be is not made."""

import json
import tomllib
from pathlib import Path

import pytest

from e2evote.adapter.api.scopes import SCOPES
from e2evote.adapter.api.token_issuer import open_issuer
from e2evote.adapter.api.token_keys import read_keys
from e2evote.adapter.api.tokens import TokenDesk, TokenRules
from e2evote.adapter.passphrase import Passphrase
from e2evote.cli import main
from e2evote.errors import MalformedInput, Refused

ISSUER, AUDIENCE = "https://issuer.example", "https://vote.example"


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    phrase = tmp_path / "phrase"
    phrase.write_text("correct horse\n")
    phrase.chmod(0o600)
    assert (
        main(["token", "issuer", str(tmp_path / "issuer"), "--issuer", ISSUER, "--audience", AUDIENCE, *ways(tmp_path)])
        == 0
    )
    capsys.readouterr()
    return tmp_path / "issuer"


def made_at(folder: Path) -> list[str]:
    return ["token", "issuer", str(folder), "--issuer", ISSUER, "--audience", AUDIENCE]


def ways(place: Path) -> list[str]:
    return ["--passphrase-file", str(place / "phrase"), "--scrypt-log2", "15", "--json"]


def desk(folder: Path) -> TokenDesk:
    settings = tomllib.loads((folder / "tokens.toml").read_text())["tokens"]
    source = read_keys(folder / settings["jwks"])
    return TokenDesk(TokenRules(settings["issuer"], settings["audience"], source, tuple(settings["algorithms"])))


def test_a_token_of_ones_own_issuer_is_taken(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--subject", "site", "--scope", "ballot:submit", "--scope", "audit:read", "--election", "council"]
    assert main(["token", "new", str(folder), *given, *ways(folder.parent)[:2], "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    grant = desk(folder).grant(f"Bearer {made['token']}")
    assert (grant.subject, grant.scopes, grant.elections) == ("site", {"ballot:submit", "audit:read"}, {"council"})
    assert main(["token", "new", str(folder), *given, *ways(folder.parent)[:2]]) == 0
    assert desk(folder).grant(f"Bearer {capsys.readouterr().out.strip()}") == grant


def test_no_token_with_both_scopes_is_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = ["--scope", "roll:write", "--scope", "credential:issue"]
    assert main(["token", "new", str(folder), "--subject", "x", *both, *ways(folder.parent)[:2], "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "scopes-apart"


def test_the_key_is_private_and_what_is_for_the_server_holds_no_secret(folder: Path) -> None:
    assert (folder / "token.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert set(json.loads((folder / "jwks.json").read_text())["keys"][0]) == {"alg", "crv", "kid", "kty", "use", "x"}


def test_what_can_not_be_a_token_is_refused(folder: Path) -> None:
    issuer = open_issuer(folder, Passphrase("correct horse"))
    for scopes, seconds, subject, code in (
        (["roll:read"], 60, "x", "scope-unknown"),
        ([], 60, "x", "scope-unknown"),
        (list(SCOPES), 60, "x", "scopes-apart"),
        (["audit:read"], 0, "x", "token-lifetime"),
        (["audit:read"], 86_401, "x", "token-lifetime"),
        (["audit:read"], 60, "", "token-subject"),
    ):
        with pytest.raises(Refused) as caught:
            issuer.token(subject, scopes, seconds)
        assert caught.value.code == code


def test_another_folder_or_none_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="file-missing"):
        open_issuer(tmp_path, Passphrase("x"))
    (folder / "tokens.toml").write_text("[tokens]\nissuer = 7\naudience = 8\n")
    with pytest.raises(MalformedInput, match="issuer and audience"):
        open_issuer(folder, Passphrase("correct horse"))
    assert main([*made_at(folder), *ways(tmp_path)]) == 2
