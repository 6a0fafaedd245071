"""The page that a manifest names is handed out by every version, or the log says that it is not."""

from pathlib import Path

import pytest

from e2evote.adapter.store import Store
from e2evote.adapter.web.assets import BUILT, client_files
from e2evote.adapter.web.kept import FOLDER, page_of


@pytest.fixture
def another(tmp_path: Path) -> Path:
    """The files of another version: the module has one byte more."""
    folder = tmp_path / "another"
    folder.mkdir()
    for name, data in client_files().items():
        (folder / name).write_bytes(data + b"\n" if name == "e2evote.js" else data)
    return folder


def test_after_an_upgrade_voters_get_the_page_that_the_manifest_names(
    store: Store, tmp_path: Path, another: Path
) -> None:
    manifest, private = store.setting().manifest, tmp_path / "private"
    private.mkdir()
    assert page_of(manifest, private).files == client_files()
    assert sorted(path.name for path in (private / FOLDER).iterdir()) == sorted(client_files())
    page = page_of(manifest, private, another)
    assert (page.files, page.differs) == (client_files(), False)


def test_a_copy_that_was_changed_is_not_handed_out_and_is_mended_by_the_version_that_has_the_page(
    store: Store, tmp_path: Path, another: Path
) -> None:
    manifest, private = store.setting().manifest, tmp_path / "private"
    private.mkdir()
    page_of(manifest, private)
    (private / FOLDER / "index.html").write_bytes(b"<p>vote here</p>")
    page = page_of(manifest, private, another)
    assert page.differs
    assert page.files == client_files(another)
    page_of(manifest, private)
    assert (private / FOLDER / "index.html").read_bytes() == (BUILT / "index.html").read_bytes()


def test_without_any_page_nothing_is_handed_out(store: Store, tmp_path: Path) -> None:
    page = page_of(store.setting().manifest, tmp_path, tmp_path / "nothing")
    assert (dict(page.files), page.differs) == ({}, True)
