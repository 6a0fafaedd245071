"""Lines as people name them: 17 on the command line or in a file, one after the other."""

from collections.abc import Sequence
from pathlib import Path

from e2evote.cli.ending import Usage
from e2evote.cli.options import read_small
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import read_line
from e2evote.record.roll_row import typed_line


def line_named(manifest: Manifest, text: str) -> str:
    """The line that somebody means: with a roll 17 is 0000017; without one a line is what the device showed."""
    return typed_line(text) if manifest.roll else read_line(text.strip(), "line")


def lines_named(manifest: Manifest, given: Sequence[str], file: Path | None) -> tuple[str, ...]:
    """Lines from the command and from a file, one on each line of text; empty ones and what follows # are passed over.

    In the order given; none twice.
    """
    texts = list(given)
    if file is not None:
        try:
            text = read_small(file).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Usage(f"{file}: not UTF-8") from None
        texts += [line for row in text.splitlines() if (line := row.split("#", 1)[0].strip())]
    lines = tuple(line_named(manifest, text) for text in texts)
    for i, line in enumerate(lines):
        if line in lines[:i]:
            raise Usage(f"line {texts[i].strip()} is named twice")
    return lines
