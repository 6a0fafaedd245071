"""A secret under a passphrase: it comes back for its passphrase and purpose, and for nothing else."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from Crypto.Cipher import AES

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.secret.keyfile import DEFAULT_COST, MINIMUM_COST, NotUnlocked, lock, unlock
from e2evote.secret.randomness import SystemRandomness
from tests.randomness import DeterministicRandomness

COST = 16
SECRET = b"the polynomials"
WORDS = "correct horse battery staple"


def locked(secret: bytes = SECRET, passphrase: str = WORDS, seed: str = "file") -> bytes:
    return lock(secret, passphrase, "trustee-state", 1, DeterministicRandomness(seed), cost=COST, minimum=2)


def opened(data: bytes, passphrase: str = WORDS, purpose: str = "trustee-state", version: int = 1) -> bytes:
    return unlock(data, passphrase, purpose, version, minimum=2)


@pytest.mark.parametrize("secret", [b"", b"\x00", SECRET, bytes(range(256)) * 50], ids=["none", "zero", "text", "long"])
def test_what_was_locked_comes_back(secret: bytes) -> None:
    data = locked(secret)
    assert opened(data) == secret
    assert canonical.encode(canonical.decode(data, limit=len(data))) == data


def test_the_secret_is_not_in_the_file() -> None:
    data = locked()
    assert SECRET not in data
    assert SECRET.hex().encode() not in data
    assert WORDS.encode() not in data


def test_the_file_is_what_the_documents_say() -> None:
    """The same bytes by the standard library's scrypt, and by no more than the file itself says."""
    file = json.loads(locked(passphrase="Ku\u0308che"))
    kdf = file["kdf"]
    key = hashlib.scrypt("K\u00fcche".encode(), salt=bytes.fromhex(kdf["salt"]), n=COST, r=8, p=1, dklen=32)
    associated = canonical.encode({name: file[name] for name in file if name not in ("ciphertext", "tag")})
    cipher = AES.new(key, AES.MODE_GCM, nonce=bytes.fromhex(file["nonce"]))
    cipher.update(associated)
    assert cipher.decrypt_and_verify(bytes.fromhex(file["ciphertext"]), bytes.fromhex(file["tag"])) == SECRET
    assert (file["purpose"], file["version"], kdf["N"]) == ("trustee-state", 1, COST)
    assert len(bytes.fromhex(file["nonce"])) == 12
    assert len(bytes.fromhex(kdf["salt"])) == 32


@pytest.mark.parametrize("passphrase", ["x", "Grüße, 世界", "\udcff", "a\nb", " "])
def test_any_text_is_a_passphrase(passphrase: str) -> None:
    data = locked(passphrase=passphrase)
    assert opened(data, passphrase) == SECRET
    with pytest.raises(NotUnlocked):
        opened(data, passphrase + "x")


@pytest.mark.parametrize("passphrase", ["", WORDS + " ", WORDS.upper(), WORDS[:-1], "ß"])
def test_another_passphrase_opens_nothing(passphrase: str) -> None:
    with pytest.raises(NotUnlocked, match="wrong passphrase, or the file was changed"):
        opened(locked(), passphrase)


def test_a_passphrase_is_the_same_on_every_keyboard() -> None:
    """One system gives ü as one character, another as u and two dots."""
    assert opened(locked(passphrase="K\u00fcche"), "Ku\u0308che") == SECRET
    assert opened(locked(passphrase="Ku\u0308che"), "K\u00fcche") == SECRET
    with pytest.raises(NotUnlocked):
        opened(locked(passphrase="K\u00fcche"), "Kuche")


def test_no_two_files_share_salt_or_nonce() -> None:
    source = DeterministicRandomness("two")
    files = [json.loads(lock(SECRET, WORDS, "p", 1, source, cost=COST, minimum=2)) for _ in range(2)]
    assert files[0]["kdf"]["salt"] != files[1]["kdf"]["salt"]
    assert files[0]["nonce"] != files[1]["nonce"]
    assert files[0]["ciphertext"] != files[1]["ciphertext"]


def flipped(text: str) -> str:
    return ("1" if text[0] == "0" else "0") + text[1:]


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "ciphertext": lambda file: file.update(ciphertext=flipped(file["ciphertext"])),
    "shorter": lambda file: file.update(ciphertext=file["ciphertext"][2:]),
    "longer": lambda file: file.update(ciphertext=file["ciphertext"] + "00"),
    "tag": lambda file: file.update(tag=flipped(file["tag"])),
    "nonce": lambda file: file.update(nonce=flipped(file["nonce"])),
    "salt": lambda file: file["kdf"].update(salt=flipped(file["kdf"]["salt"])),
    "work": lambda file: file["kdf"].update(N=COST * 2),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_file_is_refused_like_a_wrong_passphrase(name: str) -> None:
    file = json.loads(locked())
    CHANGES[name](file)
    with pytest.raises(NotUnlocked) as changed:
        opened(canonical.encode(file))
    with pytest.raises(NotUnlocked) as wrong:
        opened(locked(), "wrong")
    assert str(changed.value) == str(wrong.value)


def test_purpose_and_version_are_bound_to_the_secret() -> None:
    """A file that is told to be another kind, or is read as one, does not open."""
    for purpose, version, where in (("trustee-key", 1, "purpose"), ("trustee-state", 2, "version")):
        with pytest.raises(MalformedInput, match=where):
            opened(locked(), purpose=purpose, version=version)
        file = json.loads(locked()) | {where: purpose if where == "purpose" else version}
        with pytest.raises(NotUnlocked):
            opened(canonical.encode(file), purpose=purpose, version=version)


FORMS: dict[str, Callable[[dict[str, Any]], object]] = {
    "kind": lambda file: file.update(kind="another-file"),
    "v": lambda file: file.update(v=2),
    "v is true": lambda file: file.update(v=True),
    "version is true": lambda file: file.update(version=True),
    "cipher": lambda file: file.update(cipher="aes-128-ecb"),
    "kdf": lambda file: file["kdf"].update(name="pbkdf2"),
    "r": lambda file: file["kdf"].update(r=1),
    "p": lambda file: file["kdf"].update(p=2),
    "p is true": lambda file: file["kdf"].update(p=True),
    "N of 3": lambda file: file["kdf"].update(N=3),
    "N of 1": lambda file: file["kdf"].update(N=1),
    "N of 0": lambda file: file["kdf"].update(N=0),
    "N too large": lambda file: file["kdf"].update(N=2**21),
    "N is text": lambda file: file["kdf"].update(N="16"),
    "short salt": lambda file: file["kdf"].update(salt=file["kdf"]["salt"][2:]),
    "short nonce": lambda file: file.update(nonce=file["nonce"][2:]),
    "empty nonce": lambda file: file.update(nonce=""),
    "short tag": lambda file: file.update(tag=file["tag"][:8]),
    "odd ciphertext": lambda file: file.update(ciphertext=file["ciphertext"][1:]),
    "capital ciphertext": lambda file: file.update(ciphertext="AB" + file["ciphertext"][2:]),
    "ciphertext is a number": lambda file: file.update(ciphertext=12),
    "no tag": lambda file: file.pop("tag"),
    "one more": lambda file: file.update(comment="the passphrase is on the fridge"),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_has_not_the_form_is_malformed(name: str) -> None:
    file = json.loads(locked())
    FORMS[name](file)
    with pytest.raises(MalformedInput):
        opened(canonical.encode(file))


@pytest.mark.parametrize("data", [b"", b"{}", b"not json", b" " + locked(), locked() + b"\n", locked()[:-1]])
def test_what_is_no_file_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        opened(data)


def test_too_little_work_is_refused_outside_tests() -> None:
    with pytest.raises(ValueError, match="want a power of two from 32768"):
        lock(SECRET, WORDS, "p", 1, SystemRandomness(), cost=MINIMUM_COST // 2)
    with pytest.raises(MalformedInput, match=r"kdf\.N"):
        unlock(locked(), WORDS, "trustee-state", 1)
    for cost in (0, 1, 3, 24, 2**21):
        with pytest.raises(ValueError, match=f"N = {cost}"):
            lock(SECRET, WORDS, "p", 1, SystemRandomness(), cost=cost, minimum=2)


def test_an_empty_passphrase_locks_nothing() -> None:
    with pytest.raises(ValueError, match="empty passphrase"):
        locked(passphrase="")


def test_the_default_is_the_documented_work() -> None:
    data = lock(SECRET, WORDS, "trustee-key", 1, SystemRandomness())
    assert json.loads(data)["kdf"]["N"] == DEFAULT_COST == 2**17
    assert unlock(data, WORDS, "trustee-key", 1) == SECRET
