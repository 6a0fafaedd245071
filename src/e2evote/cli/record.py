"""`e2evote record show`, `pack`, `fetch`: look at a record, put it into one file, get it from a web server."""

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.download import Server, download_record
from e2evote.adapter.snapshot import pack_record
from e2evote.board.tiles import WIDTH
from e2evote.cli.ending import Incomplete, Usage
from e2evote.cli.options import Json, Record
from e2evote.cli.output import refuse_existing
from e2evote.cli.terminal import as_json, bar, say, table
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import Encodable
from e2evote.record.archive import Archive, open_archive
from e2evote.record.leaf import IN_ROWS, LARGEST_LEAF, LARGEST_PAYLOAD
from e2evote.record.text_lines import LARGEST_HEAD, split
from e2evote.verify.findings import Findings
from e2evote.verify.log import PublishedLog, read_bundle, read_entries, read_log
from e2evote.verify.packs import Packs

app = typer.Typer(no_args_is_help=True)

_LONGEST_HEX = 64


@app.callback()
def group() -> None:
    """Look at a record, pack it into one file, or fetch it from a web server.

    Example:  e2evote record show record
    """


@app.command()
def show(
    record: Record,
    entry: Annotated[int, typer.Option("--entry", help="Print this entry and its payload whole.")] = -1,
    json: Json = False,
) -> None:
    """List the entries of a record, or print one of them. Nothing is verified here: that is `e2evote verify`.

    Example:  e2evote record show record --entry 0
    """
    with closing(open_archive(record)) as archive:
        log = read_log(archive, Findings())
        if entry >= 0:
            _show_entry(archive, log, entry, json)
        else:
            _show_all(archive, log, json)


def _show_entry(archive: Archive, log: PublishedLog, index: int, json: bool) -> None:
    if index >= log.checkpoint.size:
        raise Usage(f"--entry {index}: the log has {log.checkpoint.size} entries, from 0")
    bundle = next((read_bundle(archive, path) for path in log.bundles if path.index == index // WIDTH), None)
    if bundle is None:
        raise Incomplete(f"entry {index} is not in this record")
    leaf = _value(bundle.entries[index % WIDTH], f"entry {index}", LARGEST_LEAF)
    packs = Packs(archive, log.checkpoint.size)
    members: dict[str, Encodable] = {"index": index, "leaf": leaf}
    if packs.length(index):
        members["payload"] = _payload(packs, index, leaf)
    if json:
        as_json(members)
    else:
        _print_tree(members, 0)


def _payload(packs: Packs, index: int, leaf: canonical.JSON) -> canonical.JSON:
    """The payload's value; of one that has a row for every line the list of its text lines'."""
    what = f"payload of entry {index}"
    if not isinstance(leaf, dict) or leaf.get("kind") not in IN_ROWS:
        return _value(packs.payload(index) or b"", what, LARGEST_PAYLOAD)
    try:
        lines = enumerate(split(packs.blocks(index), LARGEST_HEAD), start=1)
        return [_value(line, f"text line {number}", LARGEST_PAYLOAD) for number, line in lines]
    except MalformedInput as error:
        raise error.inside(what) from None


def _show_all(archive: Archive, log: PublishedLog, json: bool) -> None:
    rows = []
    for index, data in read_entries(archive, log):
        try:
            leaf = _value(data, f"entry {index}", LARGEST_LEAF)
        except MalformedInput as error:
            rows.append((index, "?", str(error), len(data)))
            continue
        members = leaf if isinstance(leaf, dict) else {}
        rows.append((index, str(members.get("kind", "?")), str(members.get("author", "?")), len(data)))
    checkpoint = log.checkpoint
    if json:
        entries: list[Encodable] = [{"author": who, "index": i, "kind": kind} for i, kind, who, _ in rows]
        as_json(
            {"entries": entries, "origin": checkpoint.origin, "root": checkpoint.root.hex(), "size": checkpoint.size}
        )
        return
    table(("entry", "kind", "author", "bytes"), rows, numbers=(0, 3))
    say()
    say(f"log {checkpoint.origin}: {checkpoint.size} entries, root {checkpoint.root.hex()}")
    kinds = Counter(kind for _, kind, _, _ in rows)
    say(", ".join(f"{number} {kind}" for kind, number in kinds.items()))
    say("Nothing was verified: that is e2evote verify.", style="yellow")


def _value(data: bytes, what: str, limit: int) -> canonical.JSON:
    try:
        return canonical.decode(data, limit=limit)
    except MalformedInput as error:
        raise error.inside(what) from None


def _print_tree(value: Encodable, depth: int) -> None:
    """Names and values, one a line; long hexadecimal numbers by their beginning and length."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in pairs:
        if isinstance(inner, dict | list) and inner:
            say("  " * depth + f"{name}:")
            _print_tree(inner, depth + 1)
            continue
        text = str(inner)
        if isinstance(inner, str) and len(inner) > 2 * _LONGEST_HEX:
            text = f"{inner[:_LONGEST_HEX]}… ({len(inner)} characters)"
        say("  " * depth + f"{name}: {text}")


@app.command()
def pack(
    record: Record,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The .zip file to write.")],
    json: Json = False,
) -> None:
    """Put a record into one zip file, of the only form that the verifier reads; the board may be growing meanwhile.

    Example:  e2evote record pack record record.zip
    """
    refuse_existing(target)
    pack_record(record, target)
    if json:
        as_json({"bytes": target.stat().st_size, "file": str(target)})
    else:
        say(f"{target}: {target.stat().st_size} bytes")


@app.command()
def fetch(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the board is served, over http or https.")],
    target: Annotated[Path, typer.Argument(metavar="FOLDER", help="The directory to make.")],
    json: Json = False,
) -> None:
    """Download a published board into a new directory. Nothing is verified here: that is `e2evote verify`.

    Example:  e2evote record fetch https://votes.example/board record
    """
    refuse_existing(target)
    with bar("files") as progress:
        size = download_record(Server(url), target, progress)
    if json:
        as_json({"folder": str(target), "size": size})
    else:
        say(f"{target}: {size} entries; now run e2evote verify {target}")
