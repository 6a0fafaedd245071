"""A signing key signs, and gives away nothing else."""

import copy
import pickle

import pytest

from e2evote.proofs.signature import verify
from e2evote.secret.sign import SigningKey

SEED = bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_seed_has_32_bytes(size: int) -> None:
    with pytest.raises(ValueError, match=f"{size} bytes, want 32"):
        SigningKey(bytes(size))


def test_rfc_8032_test_3() -> None:
    key = SigningKey(SEED)
    assert key.public.hex() == "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
    assert key.sign(b"\xaf\x82").hex() == (
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )


def test_what_it_signs_verifies_and_nothing_else_does() -> None:
    key = SigningKey(SEED)
    assert verify(key.public, b"message", key.sign(b"message"))
    assert not verify(key.public, b"Message", key.sign(b"message"))
    assert not verify(SigningKey(bytes(32)).public, b"message", key.sign(b"message"))


def test_the_seed_is_not_shown() -> None:
    key = SigningKey(SEED)
    for shown in (repr(key), str(key), f"{key}", repr([key])):
        assert "<redacted>" in shown
        assert SEED.hex() not in shown
        assert repr(SEED) not in shown


def test_it_is_neither_compared_nor_hashed_nor_copied() -> None:
    key = SigningKey(SEED)
    with pytest.raises(TypeError, match="not compared"):
        key == SigningKey(SEED)  # noqa: B015
    with pytest.raises(TypeError, match="not compared"):
        key != SigningKey(SEED)  # noqa: B015
    with pytest.raises(TypeError, match="unhashable"):
        hash(key)
    for use in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not pickled"):
            use(key)
    with pytest.raises(AttributeError):
        key.__dict__  # noqa: B018
