"""Decimal and base64: what Python's own readers would let through."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.tlog_vectors import published
from e2evote.board.text import LARGEST, decode_base64, decode_decimal, decode_hash, encode_base64
from e2evote.errors import MalformedInput


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+1",
        "-1",
        "-0",
        "1_0",
        " 1",
        "1 ",
        "1\n",
        "01",
        "00",
        "0x1",
        "1e3",
        "1.0",
        "\u0661",
        "\uff11",
        "\u00b2",
        "9223372036854775808",
        "99999999999999999999",
        "1" * 10_000,
    ],
)
def test_no_decimal(text: str) -> None:
    with pytest.raises(MalformedInput, match="size: .* is not a decimal number"):
        decode_decimal(text, "size")


@pytest.mark.parametrize("number", [0, 1, 9, 10, 20852163, LARGEST])
def test_decimal(number: int) -> None:
    assert decode_decimal(str(number), "size") == number


@pytest.mark.parametrize(
    "text",
    [
        "QQ",  # unpadded
        "QQ=",
        "QQ===",
        "QR==",  # the last digit has stray bits and decodes to the same byte
        "QUJ=",
        "QQ==\n",
        "Q Q==",
        "Q\nQ==",
        "QQ==QQ==",
        "=QQ=",
        "-_-_",  # the alphabet for URLs
        "Q!Q==",
        "Qé==",
        "\uff31Q==",
    ],
)
def test_no_base64(text: str) -> None:
    with pytest.raises(MalformedInput, match="root: "):
        decode_base64(text, "root")


@given(st.binary(max_size=70))
def test_base64(data: bytes) -> None:
    assert decode_base64(encode_base64(data), "x") == data


@given(st.text("AQRgw/+=\n", max_size=8))
def test_one_spelling(text: str) -> None:
    try:
        data = decode_base64(text, "x")
    except MalformedInput:
        return
    assert base64.b64encode(data).decode() == text


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_hash_has_32_bytes(size: int) -> None:
    with pytest.raises(MalformedInput, match="base64 of 32 bytes"):
        decode_hash(encode_base64(bytes(size)), "hash")


def test_a_hash_with_stray_bits() -> None:
    good = encode_base64(bytes(32))
    assert decode_hash(good, "hash") == bytes(32)
    with pytest.raises(MalformedInput, match="stray bits"):
        decode_hash(good.replace("A=", "B="), "hash")


def test_the_published_root_is_base64() -> None:
    tree = published("rfc6962_tree.json")
    for root in map(bytes.fromhex, tree["root_hex_by_size"]):
        assert decode_hash(encode_base64(root), "root") == root
