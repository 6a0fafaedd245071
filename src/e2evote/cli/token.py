"""`e2evote token`: tokens for a server's administrators and services, where no OpenID Connect server makes them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from e2evote.cli.options import Json, PassphraseFile, ScryptCost
from e2evote.cli.passphrase import new_passphrase, passphrase
from e2evote.cli.terminal import as_json, say
from e2evote.cli.witness import refuse_without_http

app = typer.Typer(no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The issuer's folder, from `e2evote token issuer`.")]


class ScopeName(StrEnum):
    """What a token may be for."""

    ADMIN = "election:admin"
    ROLL = "roll:write"
    CREDENTIAL = "credential:issue"
    SUBMIT = "ballot:submit"
    AUDIT = "audit:read"


@app.callback()
def group() -> None:
    """Tokens for `e2evote serve`: who may open a selection, send voters to their ballot, or change the roll.

    Example:  e2evote token new issuer --subject members-site --scope ballot:submit
    """


@app.command(name="issuer")
def issuer_(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to make; nobody else may read it.")],
    issuer: Annotated[str, typer.Option("--issuer", help="The issuer's name in its tokens, as an address.")],
    audience: Annotated[str, typer.Option("--audience", help="The server's name in the tokens, as an address.")],
    passphrase_file: PassphraseFile = None,
    scrypt_log2: ScryptCost = 17,
    json: Json = False,
) -> None:
    """Make an issuer of tokens: a folder with a new key, the public half for the server, and the server's settings.

    Keep the folder on a machine of the administrator's. The server gets jwks.json and the lines of tokens.toml.

    Example:  e2evote token issuer issuer --issuer https://vote.example/tokens --audience https://vote.example
    """
    refuse_without_http()
    from e2evote.adapter.api.token_issuer import KEY, KEYS, SETTINGS, new_issuer

    phrase = new_passphrase(passphrase_file, str(folder / KEY))
    phrase.cost = 2**scrypt_log2
    new_issuer(folder, issuer, audience, phrase)
    if json:
        as_json({"folder": str(folder), "jwks": str(folder / KEYS), "settings": str(folder / SETTINGS)})
        return
    say(f"key       {folder / KEY} (encrypted; it stays here)")
    say(f"server    {folder / KEYS}, and the lines of {folder / SETTINGS} in its configuration")
    say(f"a token   e2evote token new {folder} --subject NAME --scope {ScopeName.SUBMIT.value}")


@app.command()
def new(
    folder: Folder,
    subject: Annotated[str, typer.Option("--subject", help="Who the token is for.")],
    scope: Annotated[list[ScopeName], typer.Option("--scope", help="What it is for; repeatable.")],
    hours: Annotated[int, typer.Option("--hours", min=1, max=24, help="How long it is good.")] = 8,
    election: Annotated[
        list[str] | None, typer.Option("--election", metavar="ID", help="The only selections it is for; repeatable.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Make a token, and print it. Whoever has it may do what it says until it ends; it can't be taken back.

    No token may have both roll:write and credential:issue: with both one could add a line and vote for it.

    Example:  e2evote token new issuer --subject members-site --scope ballot:submit --hours 12
    """
    refuse_without_http()
    from e2evote.adapter.api.token_issuer import KEY, open_issuer

    with_key = open_issuer(folder, passphrase(passphrase_file, str(folder / KEY)))
    made = with_key.token(subject, [each.value for each in scope], hours * 3600, election or [])
    if json:
        as_json({"scopes": [each.value for each in scope], "subject": subject, "token": made})
    else:
        say(made)
