"""Key files, identities, passphrases."""

import stat
from pathlib import Path

import pytest

from e2evote.adapter.keys import PURPOSE, VERSION, load_key, new_key, read_identity, write_identity
from e2evote.adapter.passphrase import Passphrase, read_passphrase_file
from e2evote.errors import MalformedInput, Refused
from e2evote.manifest.draft import PartyFacts
from e2evote.proofs.signature import verify
from e2evote.secret.keyfile import NotUnlocked
from e2evote.secret.randomness import SystemRandomness
from tests.adapter.selections import PHRASE
from tests.ballot.election import signing_key


def test_a_key_is_read_as_it_was_made(tmp_path: Path) -> None:
    key = new_key(tmp_path / "key", PHRASE)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    again = load_key(tmp_path / "key", PHRASE)
    assert again.public == key.public
    assert verify(key.public, b"message", again.sign(b"message"))
    assert new_key(tmp_path / "other", PHRASE).public != key.public


def test_a_key_replaces_nothing(tmp_path: Path) -> None:
    key = new_key(tmp_path / "key", PHRASE)
    with pytest.raises(Refused) as refused:
        new_key(tmp_path / "key", PHRASE)
    assert refused.value.code == "secret.exists"
    assert load_key(tmp_path / "key", PHRASE).public == key.public


def test_a_key_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    new_key(tmp_path / "key", PHRASE)
    with pytest.raises(NotUnlocked):
        load_key(tmp_path / "key", Passphrase("wrong", cost=2**10, minimum=2**10))
    with pytest.raises(MalformedInput, match=r"kdf\.N"):
        load_key(tmp_path / "key", Passphrase("correct horse battery staple"))  # made too cheaply for other than tests
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(Refused, match="lets others in"):
        load_key(tmp_path / "key", PHRASE)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_seed_has_its_size(tmp_path: Path, size: int) -> None:
    data = PHRASE.lock(bytes(size), PURPOSE, VERSION, SystemRandomness())
    path = tmp_path / "key"
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(MalformedInput, match="want 32"):
        load_key(path, PHRASE)


FACTS = PartyFacts("trustee-1", "trustee", "Society of “one”", signing_key("trustee-1").public)


def test_an_identity_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_identity(tmp_path / "id", FACTS)
    assert read_identity(tmp_path / "id") == FACTS
    with pytest.raises(Refused) as refused:
        write_identity(tmp_path / "id", FACTS)
    assert refused.value.code == "file-exists"
    with pytest.raises(Refused) as refused:
        read_identity(tmp_path / "none")
    assert refused.value.code == "file-missing"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"role":"trustee"', '"role":"mayor"'),
        ('"role":"trustee"', '"role":"voter"'),
        ('"id":"trustee-1"', '"id":""'),
        ('"id":"trustee-1"', '"id":1'),
        ('"id":', '"ID":'),
        (signing_key("trustee-1").public.hex(), "00" * 32),
        (signing_key("trustee-1").public.hex(), "01" + "00" * 31),
        ("{", " {"),
    ],
)
def test_what_is_no_identity_is_malformed(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "id"
    write_identity(path, FACTS)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(MalformedInput, match="id"):
        read_identity(path)


@pytest.mark.parametrize(
    ("data", "text"), [(b"open sesame", "open sesame"), (b"open\nsesame", "open"), (b"\xc3\xa9 \r\n", "é ")]
)
def test_a_passphrase_is_the_first_line(tmp_path: Path, data: bytes, text: str) -> None:
    path = tmp_path / "phrase"
    path.write_bytes(data)
    read = read_passphrase_file(path)
    locked = Passphrase(text, cost=2**15).lock(b"secret", "p", 1, SystemRandomness())
    assert read.unlock(locked, "p", 1) == b"secret"
    assert text not in repr(read)


@pytest.mark.parametrize("data", [b"", b"\nsecond line", b"\xff\xfe", b"x" * 1025])
def test_what_is_no_passphrase_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "phrase"
    path.write_bytes(data)
    with pytest.raises(Refused) as refused:
        read_passphrase_file(path)
    assert refused.value.code == "passphrase"
    assert str(path) in refused.value.detail


def test_there_is_a_passphrase_file_or_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_passphrase_file(tmp_path / "none")
    assert refused.value.code == "passphrase"
