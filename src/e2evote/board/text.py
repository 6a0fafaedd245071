"""Decimal numbers and base64 as the C2SP text formats write them (docs/record-format.md, Files).

Python's `int` takes "+1", "1_0", " 1" and Arabic digits, and its base64 decoder passes over characters it does
not know and over stray bits in the last one. Here one value has one spelling.
"""

import base64
import binascii
import re

from e2evote.errors import MalformedInput

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")

LARGEST = 2**63 - 1
"""Of every size and index: what a signed 64-bit integer holds."""


def decode_decimal(text: str, where: str) -> int:
    """A number in [0, 2^63) in ASCII digits without leading zeros."""
    if not _DECIMAL.fullmatch(text) or int(text) > LARGEST:
        raise MalformedInput(f"{text[:24]!r} is not a decimal number below 2^63 in its shortest form", where)
    return int(text)


def encode_base64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648, section 4)."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str, where: str) -> bytes:
    """The bytes that `encode_base64` writes as `text`."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise MalformedInput("is not base64", where) from None
    if encode_base64(data) != text:
        raise MalformedInput("base64 with stray bits or padding", where)
    return data


def decode_hash(text: str, where: str) -> bytes:
    """The base64 of exactly 32 bytes."""
    data = decode_base64(text, where) if len(text) == 44 else b""
    if len(data) != 32:
        raise MalformedInput("is not the base64 of 32 bytes", where)
    return data
