"""The page in which voters seal their ballots, as this package ships it: a few files, built from `client/`.

A manifest that names the page has the SHA-256 of each file (docs/record-format.md, Manifest, `assets`), so that what a
server hands out can be compared with what was fixed before voting began, by anybody: `e2evote audit-assets`.
"""

from collections.abc import Mapping
from pathlib import Path

from e2evote.errors import Refused
from e2evote.hashing.digest import sha256
from e2evote.manifest.sections import ASSET_NAME, MOST_ASSETS

BUILT = Path(__file__).parent / "assets"
START = "index.html"
"""The file that a browser asks for first; it names the others."""


def client_files(folder: Path = BUILT) -> Mapping[str, bytes]:
    """Name and content of each file, by name. What has no name of such a file, as SHA256SUMS, is none.

    Refused `no-client` where the page was not built, so that no manifest names an empty one.
    """
    if not (folder / START).is_file():
        raise Refused("no-client", f"{folder}: no {START}; this copy of e2evote has no page for voters")
    paths = sorted(path for path in folder.iterdir() if path.is_file() and ASSET_NAME.fullmatch(path.name))
    if len(paths) > MOST_ASSETS:
        raise Refused("no-client", f"{folder}: {len(paths)} files, at most {MOST_ASSETS}")
    return {path.name: path.read_bytes() for path in paths}


def asset_hashes(folder: Path = BUILT) -> Mapping[str, bytes]:
    """SHA-256 of each file, by name: what a manifest says of the page."""
    return {name: sha256(data) for name, data in client_files(folder).items()}
