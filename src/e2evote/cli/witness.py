"""`e2evote witness`: cosign a log, as a service or by hand (docs/guide-witness.md)."""

import json as _json
import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.witness_folder import declare_void, follow, make_witness, read_settings, unlock
from e2evote.adapter.witness_record import checkpoint_at, request_at, stated_in
from e2evote.adapter.witness_state import Latest, WitnessState, is_ahead, own_signature, read_latest
from e2evote.board.cosignature import WitnessKey, time_of
from e2evote.board.note import LogKey, check_name, decode_log_key, decode_note
from e2evote.board.witnessing import SIZE_TYPE, Rejected, encode_answer
from e2evote.cli.ending import Usage
from e2evote.cli.options import Json, PassphraseFile, ScryptCost, read_small
from e2evote.cli.output import refuse_existing, write_new
from e2evote.cli.passphrase import new_passphrase, passphrase
from e2evote.cli.terminal import as_json, note, question, say
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing.canonical import Encodable
from e2evote.manifest.model import Manifest
from e2evote.record.body import read_id
from e2evote.verify.checks import ExitCode
from e2evote.verify.log import log_key

app = typer.Typer(no_args_is_help=True)

FACTS = "witness.toml"
"""In a witness's folder: what whoever makes the manifest puts into its facts."""

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The witness's folder, from `e2evote witness init`.")]
Logs = Annotated[
    list[str] | None, typer.Option("--log", metavar="VKEY", help="The verifier key of a log to follow; repeatable.")
]
Manifests = Annotated[
    list[Path] | None,
    typer.Option("--manifest", metavar="FILE", exists=True, help="A manifest whose log to follow; repeatable."),
]


@app.callback()
def group() -> None:
    """Be a witness: see that a log only ever grows, and sign for what you have seen.

    Example:  e2evote witness init wanda --name wanda.example/votes --id wanda --organisation "Chess club"
    """


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to make; nobody else may read it.")],
    name: Annotated[str, typer.Option("--name", help="Your name in cosignatures, as an address: wanda.example/votes.")],
    id: Annotated[str, typer.Option("--id", help="Your id as a party of the manifest.")] = "",
    organisation: Annotated[str, typer.Option("--organisation", help="Who you belong to.")] = "",
    url: Annotated[str, typer.Option("--url", help="Where your service will be; without it you sign by hand.")] = "",
    log: Logs = None,
    manifest: Manifests = None,
    passphrase_file: PassphraseFile = None,
    scrypt_log2: ScryptCost = 17,
    json: Json = False,
) -> None:
    """Make a witness: a folder with a new key and, for now, nothing seen.

    With --id and --organisation, FOLDER/witness.toml is written for whoever makes the manifest: your verifier key,
    ready for the facts. The key itself never leaves the folder. Which log to follow can be said now or later.

    Example:  e2evote witness init wanda --name wanda.example/votes --id wanda --organisation "Chess club"
    """
    facts = _facts(id, organisation, url)
    try:
        check_name(name)
    except ValueError as error:
        raise Usage(f"--name: {error}") from None
    refuse_existing(folder)
    logs = [key for key, _ in _logs(log, manifest)]
    phrase = new_passphrase(passphrase_file, str(folder))
    phrase.cost = 2**scrypt_log2
    settings = make_witness(folder, name, logs, phrase)
    vkey = settings.key.encode()
    if facts:
        write_new(folder / FACTS, f'{facts[0]}vkey = "{vkey}"\n{facts[1]}'.encode())
    if json:
        as_json({"folder": str(folder), "logs": [key.encode() for key in settings.logs], "vkey": vkey})
        return
    say(f"verifier key  {vkey}")
    if facts:
        say(f"for the facts of the election: {folder / FACTS}")
    say(f"{folder} holds your key, locked, and what you have cosigned. Never restore an old copy of it.")
    if not settings.logs:
        say(f"When there is a manifest:  e2evote witness follow {folder} --manifest manifest.json")


@app.command(name="follow")
def follow_(folder: Folder, log: Logs = None, manifest: Manifests = None, json: Json = False) -> None:
    """Follow one more log: by its verifier key, or the one of a manifest. A service has to be started again.

    Example:  e2evote witness follow wanda --manifest manifest.json
    """
    found = list(_logs(log, manifest))
    if not found:
        raise Usage("which log? Give --log or --manifest")
    own = read_settings(folder).key
    for _, named in found:
        if named is not None and all(key.public_key != own.public_key for key in named):
            note("this manifest does not name you as a witness: your cosignatures count for nobody's quorum")
    settings = follow(folder, [key for key, _ in found])
    if json:
        as_json({"folder": str(folder), "logs": [key.encode() for key in settings.logs]})
    else:
        for key in settings.logs:
            say(f"follows {key.name}  {key.encode()}")


@app.command()
def serve(
    folder: Folder,
    host: Annotated[str, typer.Option("--host", help="The address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 for any that is free.")] = 8701,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Answer requests for cosignatures over HTTP until Ctrl-C. Needs `pip install 'e2evote[http]'`.

    Example:  e2evote witness serve wanda --host 0.0.0.0 --port 8701
    """
    refuse_without_http()
    from e2evote.adapter import http_server
    from e2evote.adapter.witness_http import witness_app

    state = _open(folder, passphrase_file)
    listener = http_server.listen(host, port)
    address, name = http_server.address_of(listener), state.settings.key.name

    def started() -> None:
        if json:
            as_json({"address": address, "name": name})
        else:
            say(f"witness {name}: {address}, {len(state.settings.logs)} logs; Ctrl-C ends it")
        sys.stdout.flush()

    http_server.serve(witness_app(state, note), listener, note, started)


@app.command()
def cosign(
    folder: Folder,
    request: Annotated[Path, typer.Argument(metavar="REQUEST", help="A request in a file, or a whole record.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the cosignature there.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before signing.")] = False,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Cosign without a server: from a request in a file (`e2evote board request`) or from a record.

    A record is better: its whole tree is hashed and compared with what you cosigned last. What you are about to sign
    is shown first. The cosignature is a line of text, to be sent back to whoever runs the board.

    Example:  e2evote witness cosign wanda record --out wanda.cosignature
    """
    if out is not None:
        refuse_existing(out)
    state = _open(folder, passphrase_file)
    data, is_record = request_at(request, state)
    looked = state.look(data)
    if isinstance(looked, Rejected):
        raise _rejected(looked)
    submitted, latest = looked
    stated, known = submitted.stated, latest.checkpoint.size if latest else 0
    note(f"log     {stated.origin}")
    note(f"size    {stated.size}, {stated.size - known} more than the {known} you cosigned last")
    note(f"root    {stated.root.hex()}")
    note(f"seen    {'every entry of the record' if is_record else 'the proof that it has grown, no entries'}")
    if not yes and question("Cosign this? [y/N]").lower() not in ("y", "yes"):
        raise typer.Abort
    verdict = state.submit(data)
    if isinstance(verdict, Rejected):
        raise _rejected(verdict)
    answer = encode_answer(verdict)
    if out is not None:
        write_new(out, answer)
    if json:
        moments: list[Encodable] = [time_of(signature) for signature in verdict]
        as_json({"cosignatures": answer.decode(), "origin": stated.origin, "size": stated.size, "times": moments})
    elif out is None:
        print(answer.decode(), end="")
    else:
        say(f"{out}: send it to whoever runs the board")


@app.command()
def show(folder: Folder, json: Json = False) -> None:
    """Show who the witness is, and what it cosigned last for each log. Needs no passphrase.

    Example:  e2evote witness show wanda
    """
    settings = read_settings(folder)
    seen = {key.name: read_latest(folder, settings.key, key.name) for key in settings.logs}
    if json:
        logs: list[Encodable] = [_state_of(key, seen[key.name]) for key in settings.logs]
        as_json({"logs": logs, "name": settings.key.name, "vkey": settings.key.encode()})
        return
    say(f"witness {settings.key.name}")
    say(f"verifier key  {settings.key.encode()}")
    for key in settings.logs:
        if latest := seen[key.name]:
            at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(latest.time))
            say(f"{key.name}: size {latest.checkpoint.size}, root {latest.checkpoint.root.hex()}, cosigned {at} UTC")
        else:
            say(f"{key.name}: nothing cosigned yet")


@app.command()
def check(
    folder: Folder,
    seen: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="A checkpoint in a file, or a record.")],
    adopt: Annotated[bool, typer.Option("--adopt", help="Remember it, if it is yours and you have forgotten.")] = False,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Compare your memory with a checkpoint that others hold, for instance after a machine was repaired.

    Ends with 1 if the checkpoint bears your cosignature and your folder knows nothing of it: then an old copy of the
    folder is in use. Adopt the newest such checkpoint that anybody has before you sign again.

    Example:  e2evote witness check wanda record
    """
    settings, data = read_settings(folder), checkpoint_at(seen)
    stated = stated_in(data)
    if all(key.name != stated.origin for key in settings.logs):
        raise Usage(f"{seen}: of the log {stated.origin}, which this witness does not follow")
    latest = read_latest(folder, settings.key, stated.origin)
    is_own = own_signature(decode_note(data), settings.key) is not None
    forgotten = is_own and is_ahead(stated, latest)
    if adopt and forgotten:
        _open(folder, passphrase_file).adopt(data)
    known = latest.checkpoint.size if latest else 0
    if json:
        as_json({"cosigned": is_own, "forgotten": forgotten, "known": known, "size": stated.size})
    elif not is_own:
        say(f"size {stated.size}, without your cosignature; you cosigned size {known} last")
    elif not forgotten:
        say(f"size {stated.size}, cosigned by you; you remember size {known}")
    elif adopt:
        say(f"you remember size {stated.size} now")
    else:
        say(f"size {stated.size}, cosigned by you, and you remember size {known}: this folder is an old copy")
    if forgotten and not adopt:
        raise typer.Exit(ExitCode.REJECTED)


@app.command()
def clock(
    folder: Folder,
    accept: Annotated[bool, typer.Option("--accept", help="The clock is right now, and was wrong before.")] = False,
    json: Json = False,
) -> None:
    """Compare the clock with the times of your last cosignatures.

    Where it has gone back by more than five minutes the witness signs nothing: then or now it was wrong. When you know
    that it was wrong then, and is right now, say so with --accept. The next cosignature has the time of now.

    Example:  e2evote witness clock wanda --accept
    """
    settings, now = read_settings(folder), int(time.time())
    found = (read_latest(folder, settings.key, origin) for origin in {key.name: 0 for key in settings.logs})
    ahead = [latest for latest in found if latest and latest.time > now]
    if accept and ahead:
        declare_void(folder, [latest.time for latest in ahead])
    if json:
        as_json({"accepted": accept, "ahead": {latest.checkpoint.origin: latest.time - now for latest in ahead}})
    for latest in () if json else ahead:
        say(f"{latest.checkpoint.origin}: last cosigned {latest.time - now} seconds after now, by this clock")
    if not json:
        say("accepted" if accept and ahead else "every cosignature is of the past" if not ahead else "nothing changed")


def refuse_without_http() -> None:
    """Refused where the extra `[http]` is not installed, before anything is begun."""
    try:
        import e2evote.adapter.http_server  # noqa: F401
    except ModuleNotFoundError as error:
        raise Refused("http-missing", f"no module {error.name}: pip install 'e2evote[http]'") from None


def _open(folder: Path, passphrase_file: Path | None) -> WitnessState:
    settings = read_settings(folder)
    signer = unlock(folder, settings, passphrase(passphrase_file, f"witness {settings.key.name}"))
    return WitnessState(folder, settings, signer, time.time)


def _logs(
    vkeys: Sequence[str] | None, manifests: Sequence[Path] | None
) -> Iterator[tuple[LogKey, tuple[WitnessKey, ...] | None]]:
    """The keys of logs, and for those of manifests which witnesses they name."""
    for vkey in vkeys or ():
        try:
            yield decode_log_key(vkey), None
        except MalformedInput as error:
            raise Usage(f"--log: {error}") from None
    for file in manifests or ():
        try:
            manifest = Manifest.decode(read_small(file))
            yield log_key(manifest), manifest.policy.witness_keys if manifest.policy else ()
        except MalformedInput as error:
            raise error.inside(str(file)) from None


def _facts(id: str, organisation: str, url: str) -> tuple[str, str] | None:
    """The lines of the facts before and after the key; None where nothing was said."""
    if not id and not organisation:
        if url:
            raise Usage("--url is for the facts of the election, with --id and --organisation")
        return None
    if not id or not organisation:
        raise Usage("--id and --organisation go together")
    try:
        read_id(id, "--id")
    except MalformedInput as error:
        raise Usage(f"{error}: want lower-case letters, digits, dots, hyphens, at most 63") from None
    for option, value in (("--organisation", organisation), ("--url", url)):
        if any(unicodedata.category(c).startswith("C") for c in value):
            raise Usage(f"{option}: a control character")
    quoted = _json.dumps(organisation, ensure_ascii=False)
    return f'[[witnesses]]\nid = "{id}"\norganisation = {quoted}\n', f"url = {_json.dumps(url)}\n" if url else ""


def _state_of(key: LogKey, latest: Latest | None) -> Encodable:
    if latest is None:
        return {"log": key.encode(), "origin": key.name}
    checkpoint = latest.checkpoint
    return {
        "log": key.encode(),
        "origin": key.name,
        "root": checkpoint.root.hex(),
        "size": checkpoint.size,
        "time": latest.time,
    }


def _rejected(rejected: Rejected) -> Refused:
    line = rejected.body.decode("utf-8", "replace").strip()
    if rejected.content_type == SIZE_TYPE:
        return Refused("witness-conflict", f"the request is from another size than {line}, which you cosigned last")
    return Refused("witness-refused", line)
