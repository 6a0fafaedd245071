"""`e2evote key new`: the signing key of a party or of a voter."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.keys import new_key, write_identity
from e2evote.cli.ending import Usage
from e2evote.cli.options import Json, PassphraseFile, ScryptCost
from e2evote.cli.output import refuse_existing, write_new
from e2evote.cli.passphrase import new_passphrase
from e2evote.cli.terminal import as_json, say
from e2evote.errors import MalformedInput
from e2evote.manifest.draft import PartyFacts
from e2evote.manifest.model import Role
from e2evote.record.body import read_id

app = typer.Typer(no_args_is_help=True)


class KeyRole(StrEnum):
    """Who signs. All but voters are parties, and stand in the manifest."""

    ADMINISTRATOR = "administrator"
    LOG = "log"
    TRUSTEE = "trustee"
    TELLER = "teller"
    REGISTRAR = "registrar"
    SCRUTINEER = "scrutineer"
    OBSERVER = "observer"
    VOTER = "voter"


_ROLES: Mapping[KeyRole, Role] = {
    KeyRole.ADMINISTRATOR: "administrator",
    KeyRole.LOG: "log",
    KeyRole.TRUSTEE: "trustee",
    KeyRole.TELLER: "teller",
    KeyRole.REGISTRAR: "registrar",
    KeyRole.SCRUTINEER: "scrutineer",
    KeyRole.OBSERVER: "observer",
}


@app.callback()
def group() -> None:
    """Make signing keys.

    Example:  e2evote key new --role trustee --id anna --organisation "Branch 7" --out anna.key
    """


@app.command()
def new(
    role: Annotated[KeyRole, typer.Option("--role", help="What the key is for.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The key file to write, encrypted.")],
    id: Annotated[
        str, typer.Option("--id", help="A party's id in the manifest, for instance anna; the log's is log.")
    ] = "",
    organisation: Annotated[str, typer.Option("--organisation", help="Who a party belongs to.")] = "",
    passphrase_file: PassphraseFile = None,
    scrypt_log2: ScryptCost = 17,
    json: Json = False,
) -> None:
    """Make a new Ed25519 key and write it encrypted to FILE, readable by you alone.

    Beside it, FILE.pub is written: the public key, and for a party its id, role and organisation. That file goes to
    whoever makes the manifest; a voter's stays with the voter. Each person makes their own key on their own machine.

    Example:  e2evote key new --role voter --out my.key
    """
    public_file = out.with_name(out.name + ".pub")
    party = _party(role, id, organisation)
    for path in (out, public_file):
        refuse_existing(path)
    phrase = new_passphrase(passphrase_file, str(out))
    phrase.cost = 2**scrypt_log2
    key = new_key(out, phrase)
    if role is KeyRole.VOTER:
        write_new(public_file, key.public.hex().encode() + b"\n")
    else:
        write_identity(public_file, PartyFacts(party, _ROLES[role], organisation, key.public))
    if json:
        as_json({"key": key.public.hex(), "key_file": str(out), "public_file": str(public_file), "role": role.value})
    else:
        say(f"key file     {out} (encrypted; keep it, and remember its passphrase: nobody can restore either)")
        say(f"public file  {public_file}")
        say(f"public key   {key.public.hex()}")


def _party(role: KeyRole, id: str, organisation: str) -> str:
    """A party's id; empty for a voter, who has none."""
    if role is KeyRole.VOTER:
        if id or organisation:
            raise Usage("--id and --organisation are for parties; nothing about a voter is written down")
        return ""
    id = id or ("log" if role is KeyRole.LOG else "")
    if not id or not organisation:
        raise Usage(f"a {role.value} needs --id and --organisation")
    try:
        read_id(id, "--id")
    except MalformedInput as error:
        raise Usage(f"{error}: want lower-case letters, digits, dots, hyphens, at most 63") from None
    if (id == "log") != (role is KeyRole.LOG) or id == "voter":
        raise Usage(f"--id {id}: `log` is the log's id and nobody else's, and `voter` is reserved")
    return id
