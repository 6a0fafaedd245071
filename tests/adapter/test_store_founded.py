"""A store from an entry 0 that was signed elsewhere: only the administrator's signature of this manifest makes one."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter.store import found_store
from e2evote.errors import E2EVoteError, MalformedInput, Refused
from e2evote.record.bodies import Body
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.secret.sign import SigningKey
from tests.adapter.selections import PHRASE, new_store, write_log_key
from tests.ballot.election import make_manifest, signing_key

MANIFEST = make_manifest().encode()


def entry(by: SigningKey | None = None, author: str = "chair", kind: str = "manifest", of: bytes = MANIFEST) -> Leaf:
    key = by or signing_key("chair")
    leaf = Leaf(kind, author, b"", Body(), PayloadName.of(of))
    return leaf.signed(Signature(key.public, key.sign(leaf.message())))


def found(tmp_path: Path, data: bytes) -> None:
    found_store(tmp_path / "s", MANIFEST, data, tmp_path / "log.key", PHRASE, allow_test_group=True)


def test_the_administrators_signed_entry_makes_the_same_store_as_the_key(tmp_path: Path) -> None:
    write_log_key(tmp_path / "log.key")
    found(tmp_path, entry().encode())
    other = new_store(tmp_path / "other")
    paths = [path.relative_to(other.record) for path in sorted(other.record.rglob("*")) if path.is_file()]
    assert paths
    for path in paths:
        assert (tmp_path / "s" / "record" / path).read_bytes() == (other.record / path).read_bytes()


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (lambda: entry(signing_key("tess")).encode(), "board.author"),
        (lambda: entry(author="tess").encode(), "board.author"),
        (lambda: entry(of=MANIFEST + b" ").encode(), "payload"),
        (lambda: entry().signed().encode(), "board.author"),
        (lambda: replace(entry(), signatures=entry().signatures * 2).encode(), "board.author"),
        (lambda: entry().signed(Signature(signing_key("chair").public, bytes(64))).encode(), "board.signature"),
        (lambda: entry().signed(Signature(signing_key("chair").public, b"\xff" * 64)).encode(), "board.signature"),
        (lambda: entry().encode() + b" ", "canonical"),
        (lambda: b"{}", "kind"),
        (lambda: b"", "not JSON"),
    ],
)
def test_no_other_entry_makes_one(tmp_path: Path, made: Callable[[], bytes], wanted: str) -> None:
    write_log_key(tmp_path / "log.key")
    with pytest.raises((Refused, MalformedInput), match=wanted) as caught:
        found(tmp_path, made())
    assert isinstance(caught.value, E2EVoteError)
    assert os.listdir(tmp_path) == ["log.key"]
