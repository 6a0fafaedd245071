"""Checkpoints: three lines, read in one way, of one log."""

import pytest

from board.keys import ORIGIN, log_key, signer
from e2evote.board.checkpoint import CHECKPOINT_LIMIT, Checkpoint, decode_text, open_checkpoint
from e2evote.board.merkle import EMPTY_ROOT
from e2evote.board.note import sign_note
from e2evote.board.text import encode_base64
from e2evote.errors import CheckFailed, MalformedInput

ROOT = bytes(range(32))
HEAD = Checkpoint(ORIGIN, 20852163, ROOT)
TEXT = HEAD.text().decode()
NOTE = sign_note(HEAD.text(), [signer()])

MALFORMED = {
    "nothing": ("", "0 lines, want 3"),
    "two lines": (f"{ORIGIN}\n5\n", "2 lines, want 3"),
    "no newline at the end": (TEXT[:-1], "2 lines, want 3"),
    "extension line": (TEXT + "extension\n", "4 lines, want 3"),
    "empty line": (TEXT + "\n", "4 lines, want 3"),
    "no origin": (TEXT.removeprefix(ORIGIN), "origin"),
    "origin with a space": ("my " + TEXT, "origin"),
    "origin with a plus": ("a+" + TEXT, "origin"),
    "size with a sign": (TEXT.replace("2085", "+2085"), "size"),
    "negative size": (TEXT.replace("2085", "-2085"), "size"),
    "size with an underscore": (TEXT.replace("20852163", "20_852_163"), "size"),
    "size with a leading zero": (TEXT.replace("2085", "02085"), "size"),
    "size with a space": (TEXT.replace("2085", " 2085"), "size"),
    "size in arabic digits": (TEXT.replace("20852163", "\u0662"), "size"),
    "size in hexadecimal": (TEXT.replace("20852163", "0x10"), "size"),
    "size with an exponent": (TEXT.replace("20852163", "1e3"), "size"),
    "no size": (TEXT.replace("20852163", ""), "size"),
    "size of 2^63": (TEXT.replace("20852163", str(2**63)), "size"),
    "root of 31 bytes": (TEXT.replace(encode_base64(ROOT), encode_base64(ROOT[1:])), "root"),
    "root in hexadecimal": (TEXT.replace(encode_base64(ROOT), ROOT.hex()), "root"),
    "root with stray bits": (TEXT.replace("Hh8=", "Hh9="), "root"),
    "root unpadded": (TEXT.replace("Hh8=", "Hh8"), "root"),
    "root for URLs": (TEXT.replace("Hh8=", "H_8="), "root"),
    "root with a space": (TEXT.replace("Hh8=", "Hh8= "), "root"),
}


@pytest.mark.parametrize(("text", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_even_if_signed(text: str, reason: str) -> None:
    assert text != TEXT
    with pytest.raises(MalformedInput, match=f"checkpoint: .*{reason}"):
        decode_text(text.encode())
    if text.endswith("\n"):
        with pytest.raises(MalformedInput, match=reason):
            open_checkpoint(sign_note(text.encode(), [signer()]), log_key())


def test_not_utf_8() -> None:
    with pytest.raises(MalformedInput, match="not UTF-8 at byte 0"):
        decode_text(b"\xff" + HEAD.text())


@pytest.mark.parametrize("head", [HEAD, Checkpoint("a", 0, EMPTY_ROOT), Checkpoint("a", 1, ROOT)])
def test_reading_undoes_writing(head: Checkpoint) -> None:
    assert decode_text(head.text()) == head
    assert open_checkpoint(sign_note(head.text(), [signer(head.origin)]), log_key(head.origin)) == head


def test_the_page_of_c2sp_shows_this_text() -> None:
    text = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    head = decode_text(text)
    assert (head.origin, head.size, head.root[:3].hex()) == ("example.com/behind-the-sofa", 20852163, "0ac518")
    assert head.text() == text


def test_another_logs_checkpoint_is_refused_whoever_signs_it() -> None:
    other = Checkpoint("other.example/log", HEAD.size, ROOT)
    with pytest.raises(CheckFailed, match="none of its 1 signatures is by a known key"):
        open_checkpoint(sign_note(other.text(), [signer(other.origin)]), log_key())
    with pytest.raises(CheckFailed) as failure:
        open_checkpoint(sign_note(other.text(), [signer()]), log_key())
    assert failure.value.check == "board.checkpoint"
    assert "origin other.example/log" in str(failure.value)


def test_another_key_under_the_same_name_is_refused() -> None:
    with pytest.raises(CheckFailed, match="known key"):
        open_checkpoint(sign_note(HEAD.text(), [signer(seed=bytes(32))]), log_key())


def test_an_empty_log_has_one_root() -> None:
    with pytest.raises(CheckFailed, match="size 0 with a root"):
        open_checkpoint(sign_note(Checkpoint(ORIGIN, 0, ROOT).text(), [signer()]), log_key())


def test_a_flipped_bit_anywhere_is_noticed() -> None:
    for place in range(len(NOTE)):
        changed = bytearray(NOTE)
        changed[place] ^= 1
        with pytest.raises((MalformedInput, CheckFailed)):
            open_checkpoint(bytes(changed), log_key())


def test_unknown_signatures_do_not_matter_until_the_limit() -> None:
    line = b"\xe2\x80\x94 witness.example " + encode_base64(bytes(600)).encode() + b"\n"
    assert open_checkpoint(NOTE + 50 * line, log_key()) == HEAD
    with pytest.raises(MalformedInput, match=f"limit {CHECKPOINT_LIMIT}"):
        open_checkpoint(NOTE + 90 * line, log_key())


@pytest.mark.parametrize(
    ("origin", "size", "root"), [("", 1, ROOT), ("a b", 1, ROOT), ("a", -1, ROOT), ("a", 2**63, ROOT), ("a", 1, b"")]
)
def test_what_cannot_be_written_is_the_callers_mistake(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(ValueError):
        Checkpoint(origin, size, root)
