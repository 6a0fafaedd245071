"""A served rehearsal with tokens, drafts and webhooks, for tests of what is protected."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.conftest import ROOMY
from api.served import Served, serving
from e2evote.adapter.api.token_issuer import Issuer, new_issuer, open_issuer
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.store import Store

ISSUER, AUDIENCE = "https://issuer.example/", "https://vote.example"
PHRASE = Passphrase("correct horse", cost=2**10, minimum=2**10)


def issuer(folder: Path) -> Issuer:
    """An issuer of tokens in this folder."""
    if not (folder / "issuer").exists():
        new_issuer(folder / "issuer", ISSUER, AUDIENCE, PHRASE)
    return open_issuer(folder / "issuer", PHRASE)


def bearer(folder: Path, *scopes: str, subject: str = "site", elections: tuple[str, ...] = ()) -> dict[str, str]:
    """The header of a token with these scopes."""
    return {"authorization": f"Bearer {issuer(folder).token(subject, scopes, 600, elections)}"}


def configured(folder: Path, hooks: str = "") -> str:
    """What serve.toml says: tokens of the issuer in the folder, drafts beside it."""
    issuer(folder)
    phrase = folder / "phrase"
    if not phrase.exists():
        phrase.write_text("a passphrase of the server's\n")
        phrase.chmod(0o600)
    settings = (folder / "issuer" / "tokens.toml").read_text().replace('"jwks.json"', '"issuer/jwks.json"')
    drafts = '[drafts]\nfolder = "drafts"\npassphrase_file = "phrase"\nallow_test_group = true\n'
    told = "".join(f"[[webhooks.to]]\nurl = {json.dumps(url)}\n" for url in hooks.split())
    return f"{ROOMY}\n{settings}\n{drafts}\n{told}"


@contextmanager
def acting(folder: Path, *stores: Store, hooks: str = "") -> Iterator[Served]:
    """The server of these stores."""
    with serving(folder, *stores, config=configured(folder, hooks)) as served:
        yield served
