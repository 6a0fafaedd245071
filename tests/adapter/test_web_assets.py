"""The files of the page for voters: which they are, and that a copy without the page is not taken for one with it."""

from pathlib import Path

import pytest

from e2evote.adapter.web.assets import asset_hashes, client_files
from e2evote.errors import Refused
from e2evote.hashing.digest import sha256


def folder_with(path: Path, *names: str) -> Path:
    for name in names:
        (path / name).write_bytes(name.encode())
    return path


def test_every_file_with_the_name_of_one_is_the_pages(tmp_path: Path) -> None:
    folder_with(tmp_path, "index.html", "e2evote.js", "SHA256SUMS", ".hidden", "Readme.md")
    (tmp_path / "fonts").mkdir()
    assert client_files(tmp_path) == {"e2evote.js": b"e2evote.js", "index.html": b"index.html"}
    assert asset_hashes(tmp_path) == {"e2evote.js": sha256(b"e2evote.js"), "index.html": sha256(b"index.html")}


def test_without_its_first_file_there_is_no_page(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", folder_with(tmp_path, "e2evote.js")):
        with pytest.raises(Refused, match="index.html") as refusal:
            asset_hashes(folder)
        assert refusal.value.code == "no-client"


def test_more_files_than_a_manifest_names_are_refused(tmp_path: Path) -> None:
    folder_with(tmp_path, "index.html", *(f"f{i}.js" for i in range(50)))
    with pytest.raises(Refused, match="51 files, at most 50"):
        client_files(tmp_path)
