"""Passphrases come from the terminal or from a file that is named, never from arguments or the environment.

Both of those are seen by other programs: arguments by every user of the machine, an environment by every child.
"""

import getpass
import sys
from pathlib import Path

from e2evote.adapter.passphrase import Passphrase, read_passphrase_file
from e2evote.cli.ending import Usage


def passphrase(file: Path | None, of: str) -> Passphrase:
    """The passphrase of something that is locked already."""
    return read_passphrase_file(file) if file else Passphrase(_asked(f"Passphrase of {of}: "))


def new_passphrase(file: Path | None, of: str) -> Passphrase:
    """The passphrase of something new; a person types it twice."""
    if file:
        return read_passphrase_file(file)
    first = _asked(f"New passphrase of {of}: ")
    if _asked("The same again: ") != first:
        raise Usage("the two passphrases are not the same; nothing was written")
    return Passphrase(first)


def _asked(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise Usage("no terminal to ask for a passphrase: use --passphrase-file")
    try:
        text = getpass.getpass(prompt)
    except EOFError:
        raise Usage("no passphrase was given") from None
    if not text:
        raise Usage("an empty passphrase protects nothing")
    return text
