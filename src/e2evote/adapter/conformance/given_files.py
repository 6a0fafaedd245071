"""What the author's files hold for the kit: a token, and headers for a page. All of them are private files."""

from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.errors import MalformedInput

LARGEST = 16 * 1024


def read_token(path: Path) -> str:
    """The first line of a private file."""
    text = secretfile.read(path, LARGEST).decode("ascii", "replace").strip()
    if not text or any(character.isspace() for character in text):
        raise MalformedInput("want a token on one line", str(path))
    return text


def read_headers(path: Path) -> dict[str, str]:
    """Headers, `Name: value` on each line."""
    headers = {}
    for line in secretfile.read(path, LARGEST).decode("ascii", "replace").splitlines():
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise MalformedInput("want lines of the form Name: value", str(path))
        headers[name.strip()] = value.strip()
    return headers
