"""`e2evote audit-assets`: does a server hand voters the page that the manifest names?"""

from pathlib import Path
from typing import Annotated
from urllib.parse import urljoin, urlsplit

import typer

from e2evote.adapter.assets_audit import SAME, AssetsAudit, audit_assets
from e2evote.adapter.assets_fetch import Fetched, Folder
from e2evote.adapter.receipts import manifest_of
from e2evote.cli.ending import Usage
from e2evote.cli.manifest import base_hash_of
from e2evote.cli.options import Expect, Json, ManifestFile, read_small
from e2evote.cli.terminal import as_json, note, say
from e2evote.cli.verify import read_anchors
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.hashing.canonical import Encodable
from e2evote.manifest.model import Manifest
from e2evote.verify.anchors import Anchors
from e2evote.verify.checks import Check, ExitCode


def audit_assets_(
    url: Annotated[str, typer.Argument(metavar="URL", help="The page's folder, as …/elections/ID/client/.")],
    manifest: ManifestFile = None,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="RECORD", exists=True, help="A record, for the manifest in it."),
    ] = None,
    expect: Expect = None,
    json: Json = False,
) -> None:
    """Compare the page that voters get from a server with the one that the manifest names.

    Every file is asked for as a browser does. What differs, is missing, or is loaded besides, is named, and so is what
    the server's headers allow beyond need. With --expect alone the manifest is asked for at the same server, and
    compared with the anchors.

    It sees what this machine is sent. A server that knows who asks can send voters something else: let several people
    run it, from where voters are. Ends with 0 if nothing was found, with 1 otherwise, and with 6 without --expect.

    Example:  e2evote audit-assets https://votes.example/elections/spring/client/ --expect anchors.json

    Example:  e2evote audit-assets https://votes.example/elections/spring/client/ --manifest manifest.json
    """
    anchors, folder = read_anchors(expect), Folder(url)
    named = _manifest(folder, manifest, record, anchors)
    base_hash = base_hash_of(named)
    if anchors and base_hash != anchors.base_hash.hex():
        raise CheckFailed(Check.ANCHOR_BASE_HASH, "anchors", f"the manifest's base hash is {base_hash}")
    expected = dict(named.assets.files())
    if not expected:
        raise Refused("no-client", "the manifest names no page, so there is nothing to compare with")
    found = audit_assets(folder, expected)
    if json:
        as_json(_members(found, folder, base_hash, anchored=anchors is not None))
    else:
        _tell(found, folder, base_hash, anchored=anchors is not None)
    if found.findings:
        raise typer.Exit(ExitCode.REJECTED)
    if anchors is None:
        raise typer.Exit(ExitCode.CONSISTENT)


def _manifest(folder: Folder, file: Path | None, record: Path | None, anchors: Anchors | None) -> Manifest:
    if file and record:
        raise Usage("--manifest and --record: give one of them")
    if file or record:
        place = str(file or record)
        data = read_small(file) if file else manifest_of(record) if record else b""
    elif anchors is None:
        raise Usage("which manifest? --manifest FILE or --record RECORD, or --expect FILE for the one at the server")
    else:
        place, data = _at_the_server(folder)
    try:
        return Manifest.decode(data)
    except MalformedInput as error:
        raise error.inside(place) from None


def _at_the_server(folder: Folder) -> tuple[str, bytes]:
    """The manifest where the server of the page has it; the anchors say whether it is the right one."""
    parts = urlsplit(folder.address).path.rstrip("/").split("/")
    if len(parts) < 3 or parts[-3] != "elections":
        raise Usage(f"{folder.address}: does not end in elections/ID/client/; give --manifest or --record")
    place = urljoin(folder.address, f"../../../v1/elections/{parts[-2]}/")
    answer = Folder(place).get("manifest")
    if not isinstance(answer, Fetched):
        raise Refused("download", f"{place}manifest: the server answers {answer.status}")
    return f"{place}manifest", answer.data


def _members(found: AssetsAudit, folder: Folder, base_hash: str, *, anchored: bool) -> dict[str, Encodable]:
    return {
        "address": folder.address,
        "anchored": anchored,
        "base_hash": base_hash,
        "files": [{"name": file.name, "sha256": file.sha256.hex(), "status": file.status} for file in found.files],
        "findings": [{"detail": one.detail, "file": one.file, "what": one.what} for one in found.findings],
    }


def _tell(found: AssetsAudit, folder: Folder, base_hash: str, *, anchored: bool) -> None:
    say(folder.address)
    for file in found.files:
        say(f"{file.status:<8} {file.name}", style="green" if file.status == SAME else "bold red")
    for one in found.findings:
        say(f"FOUND    {one.file}: {one.what}: {one.detail}", style="bold red")
    if not found.findings:
        say("What this machine was sent is the page that the manifest names.", style="bold green")
    note("It says nothing about what others are sent. Run it from several places.")
    if not anchored:
        note(f"Compare the base hash with the notice of the poll, or use --expect: {base_hash}")
