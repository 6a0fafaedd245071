"""The page that a selection's manifest names, whichever version of e2evote serves it (docs/operate.md, Upgrades).

A manifest fixes the page before voting begins, and a browser refuses any other one. So the store keeps a copy from the
first time that the selection is served, and after an upgrade with another page it is the copy that voters get.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.web.assets import BUILT, client_files
from e2evote.errors import Refused
from e2evote.hashing.digest import sha256
from e2evote.manifest.model import Manifest

FOLDER = "client"
"""Below the store's private folder, so that a backup has it too. What is in it is public."""


@dataclass(frozen=True, slots=True)
class Page:
    """What voters get, by name. differs: that the manifest names other files, so that their browsers will refuse it."""

    files: Mapping[str, bytes] = field(repr=False)
    differs: bool = False


def page_of(manifest: Manifest, private: Path, built: Path = BUILT) -> Page:
    """The page to be served. private: the store's folder of that name, where the copy is kept.

    A manifest without a page is served with the one that is shipped, or with none where none was built.
    """
    named, shipped = dict(manifest.assets.files()), _shipped(built)
    if not named:
        return Page(shipped)
    copy = private / FOLDER
    if _is_named(shipped, named):
        if not _is_named(_read(copy, named), named):
            _keep(copy, shipped)
        return Page(shipped)
    kept = _read(copy, named)
    return Page(kept) if _is_named(kept, named) else Page(shipped, differs=True)


def _shipped(folder: Path) -> Mapping[str, bytes]:
    try:
        return client_files(folder)
    except Refused:
        return {}


def _is_named(files: Mapping[str, bytes], named: Mapping[str, bytes]) -> bool:
    return {name: sha256(data) for name, data in files.items()} == named


def _read(folder: Path, named: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The named files that are there; their hashes say whether they are whole."""
    return {name: (folder / name).read_bytes() for name in named if (folder / name).is_file()}


def _keep(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, data in files.items():
        (folder / name).unlink(missing_ok=True)
        secretfile.create(folder / name, data)
