"""Cosignatures: the time and the whole text are signed, in one form, by a key that is a witness's and nothing else."""

import pytest

from board.keys import ORIGIN, log_key, signer, vkey, witness
from e2evote.board.checkpoint import Checkpoint, decode_text, open_checkpoint
from e2evote.board.cosignature import (
    COSIGNATURE,
    WitnessKey,
    add_cosignatures,
    cosign,
    cosigned_message,
    decode_witness_key,
    time_of,
)
from e2evote.board.note import (
    LogKey,
    Note,
    Signature,
    Signer,
    decode_log_key,
    decode_note,
    encode_vkey,
    key_id,
    sign_note,
)
from e2evote.board.text import decode_base64
from e2evote.errors import CheckFailed, MalformedInput

TEXT = Checkpoint(ORIGIN, 7, bytes(range(32))).text()
OTHER = Checkpoint(ORIGIN, 7, bytes(32)).text()
NOTE = sign_note(TEXT, [signer()])
WANDA, WALTER = witness("wanda.example", 1), witness("walter.example/w", 2)
TIME = 1_893_456_000
BY_WANDA = cosign(TEXT, WANDA, TIME)


def raw_signature(witness: Signer, message: bytes, time: int) -> bytes:
    return time.to_bytes(8, "big") + witness.sign(message)


NO_COSIGNATURE = {
    "another text": raw_signature(WANDA, cosigned_message(OTHER, TIME), TIME),
    "another time in front": (TIME + 1).to_bytes(8, "big") + BY_WANDA.data[8:],
    "the text alone": raw_signature(WANDA, TEXT, TIME),
    "the text alone and no time": WANDA.sign(TEXT),
    "no time": BY_WANDA.data[8:],
    "time in little endian": TIME.to_bytes(8, "little") + BY_WANDA.data[8:],
    "time of 4 bytes": BY_WANDA.data[4:],
    "time 0": raw_signature(WANDA, cosigned_message(TEXT, 0), 0),
    "time 2^63": raw_signature(WANDA, cosigned_message(TEXT, 2**63), 2**63),
    "a leading zero": raw_signature(WANDA, cosigned_message(TEXT, TIME).replace(b"time ", b"time 0"), TIME),
    "another header": raw_signature(WANDA, cosigned_message(TEXT, TIME).replace(b"/v1", b"/v2"), TIME),
    "no header": raw_signature(WANDA, cosigned_message(TEXT, TIME).split(b"\n", 1)[1], TIME),
    "without the last newline": raw_signature(WANDA, cosigned_message(TEXT, TIME)[:-1], TIME),
    "with the empty line": raw_signature(WANDA, cosigned_message(TEXT, TIME) + b"\n", TIME),
    "by another key": cosign(TEXT, WALTER, TIME).data,
    "a byte more": BY_WANDA.data + b"\x00",
    "a byte less": BY_WANDA.data[:-1],
    "nothing": b"",
    "zeros": bytes(72),
    "as long as ML-DSA-44": BY_WANDA.data[:8] + bytes(2420),
}


@pytest.mark.parametrize("data", NO_COSIGNATURE.values(), ids=NO_COSIGNATURE)
def test_what_is_no_cosignature(data: bytes) -> None:
    assert WANDA.key.verify(TEXT, BY_WANDA.data)
    assert not WANDA.key.verify(TEXT, data)


def test_every_bit_of_a_cosignature_counts() -> None:
    for place in range(len(BY_WANDA.data) * 8):
        changed = bytearray(BY_WANDA.data)
        changed[place // 8] ^= 1 << place % 8
        assert not WANDA.key.verify(TEXT, bytes(changed))


def test_s_plus_l_and_r_of_small_order_are_refused() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(BY_WANDA.data[40:], "little") + order
    assert not WANDA.key.verify(TEXT, BY_WANDA.data[:40] + s.to_bytes(32, "little"))
    assert not WANDA.key.verify(TEXT, BY_WANDA.data[:8] + (1).to_bytes(32, "little") + BY_WANDA.data[40:])


@pytest.mark.parametrize("time", [1, TIME, 2**63 - 1])
def test_a_cosignature_says_when(time: int) -> None:
    signature = cosign(TEXT, WANDA, time)
    assert len(signature.data) == 72
    assert WANDA.key.verify(TEXT, signature.data)
    assert time_of(signature) == time


@pytest.mark.parametrize("time", [0, -1, 2**63])
def test_no_other_time_is_signed(time: int) -> None:
    with pytest.raises(ValueError, match=r"is not in \(0, 2\^63\)"):
        cosign(TEXT, WANDA, time)


def test_a_log_and_a_witness_with_one_raw_key_are_not_each_other() -> None:
    """Types 01 and 04 differ in id and in what is signed, so that neither's line passes for the other's."""
    log = signer("one.example")
    both = Signer(WitnessKey("one.example", log_key("one.example").public_key), log.sign)
    assert log.key.key_id != both.key.key_id
    text = Checkpoint("one.example", 7, bytes(32)).text()
    line = cosign(text, both, TIME)
    assert not log.key.verify(text, line.data)
    assert not both.key.verify(text, log.sign(text))
    with pytest.raises(CheckFailed, match="none of its 2 signatures is by a known key"):
        open_checkpoint(add_cosignatures(sign_note(text, [witness_as_stranger()]), [line]), log_key("one.example"))


def witness_as_stranger() -> Signer:
    return signer("one.example", bytes(32))


def test_only_a_witness_cosigns_and_only_under_its_key() -> None:
    with pytest.raises(ValueError, match=r"vote.example/board/2031 is no witness's"):
        cosign(TEXT, signer(), TIME)
    with pytest.raises(ValueError, match="does not sign under its key"):
        cosign(TEXT, Signer(WANDA.key, WALTER.sign), TIME)
    with pytest.raises(ValueError, match="does not sign under its key"):
        sign_note(TEXT, [WANDA])  # a note is not signed as a checkpoint is cosigned


def test_the_time_of_what_is_no_cosignature_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        time_of(decode_note(NOTE).signatures[0])


def test_verifier_keys_of_witnesses() -> None:
    assert decode_witness_key(vkey(WANDA)) == WANDA.key
    assert isinstance(WANDA.key, WitnessKey)
    raw = WANDA.key.public_key.encoded
    wrong = {
        LogKey("wanda.example", WANDA.key.public_key).encode(): "type 0x01, want 0x04",
        encode_vkey("wanda.example", 0x06, raw): "type 0x06, want 0x04",
        encode_vkey("wanda.example", COSIGNATURE, bytes(32)): "not in the group of prime order",
        encode_vkey("wanda.example", COSIGNATURE, (1).to_bytes(32, "little")): "the identity",
        encode_vkey("wanda.example", COSIGNATURE, raw[1:]): "31 bytes, want 32",
        vkey(WANDA).replace("wanda", "wendy"): "its id is not",
        "w\udc80" + vkey(WANDA)[1:]: "its name is not UTF-8",
        "\x9b31m" + vkey(WANDA): r"'\x9b31mwanda.example': its id",
    }
    for text, reason in wrong.items():
        with pytest.raises(MalformedInput) as refusal:
            decode_witness_key(text)
        assert reason in str(refusal.value), text
    with pytest.raises(MalformedInput, match="type 0x04, want 0x01"):
        decode_log_key(vkey(WANDA))


def test_lines_are_added_and_replace_those_of_the_same_key() -> None:
    once = add_cosignatures(NOTE, [BY_WANDA])
    assert once == NOTE + BY_WANDA.line().encode()
    later = cosign(TEXT, WANDA, TIME + 60)
    twice = add_cosignatures(once, [cosign(TEXT, WALTER, TIME), later])
    keys = [WANDA.key, WALTER.key, log_key()]
    assert [s.name for s in decode_note(twice).signatures_by(keys, "x")] == [ORIGIN, WALTER.key.name, WANDA.key.name]
    assert decode_note(twice).signatures[-1] == later
    assert open_checkpoint(twice, log_key()) == decode_text(TEXT)


def test_a_bad_line_of_a_known_witness_spoils_the_note_for_who_knows_it() -> None:
    bad = Signature(BY_WANDA.name, BY_WANDA.key_id, cosign(OTHER, WANDA, TIME).data)
    good = cosign(TEXT, WALTER, TIME)
    for signatures in ((bad, good), (good, bad)):
        note = Note(TEXT, signatures)
        with pytest.raises(CheckFailed) as failure:
            note.signatures_by([WANDA.key, WALTER.key], "board.witnesses")
        assert str(failure.value) == "board.witnesses: signature of wanda.example: does not verify"
        assert note.signatures_by([WALTER.key], "board.witnesses") == (good,)
    with pytest.raises(CheckFailed, match="is there twice"):
        Note(TEXT, (BY_WANDA, cosign(TEXT, WANDA, TIME + 1))).signatures_by([WANDA.key], "board.witnesses")
    assert Note(TEXT, (bad,)).signatures_by([], "board.witnesses") == ()


EXAMPLE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501


def test_the_example_of_the_c2sp_page_is_read() -> None:
    """Its keys are not published; its form and time are, and the text that was signed."""
    note = decode_note(EXAMPLE.encode())
    line = note.signatures[1]
    assert (line.name, line.key_id.hex(), len(line.data)) == ("witness.example.com/w1", "8d66cf3f", 72)
    assert time_of(line) == 1679315147
    assert cosigned_message(note.text, time_of(line)).decode() == (
        "cosignature/v1\ntime 1679315147\n"
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


PUBLIC_LOG = "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
PUBLIC_WITNESSES = (
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
)
PUBLIC_CHECKPOINT = """\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
"""  # noqa: E501


def test_a_checkpoint_of_a_public_log_with_four_public_witnesses_of_other_makes_verifies() -> None:
    """Its first line is of a type of key that is unknown here, under the name of the log: passed over."""
    data = PUBLIC_CHECKPOINT.encode()
    assert open_checkpoint(data, decode_log_key(PUBLIC_LOG)).size == 1432088532
    keys = [decode_witness_key(text) for text in PUBLIC_WITNESSES]
    assert [text for key, text in zip(keys, PUBLIC_WITNESSES, strict=True) if key.encode() != text] == []
    lines = decode_note(data).signatures_by(keys, "board.witnesses")
    assert [(line.name, time_of(line)) for line in lines] == [(key.name, 1779573024) for key in keys]
    changed = decode_note(data.replace(b"1432088532", b"1432088533"))
    for key in keys:
        with pytest.raises(CheckFailed, match="does not verify"):
            changed.signatures_by([key], "board.witnesses")


def test_known_values() -> None:
    """For a second implementer: key id, message and line of the witness with the seed 00…01."""
    key = WANDA.key
    assert isinstance(key, WitnessKey)
    assert key.public_key.encoded.hex() == "4cb5abf6ad79fbf5abbccafcc269d85cd2651ed4b885b5869f241aedf0a5ba29"
    assert key.key_id == key_id("wanda.example", 4, key.public_key.encoded)
    assert key.encode() == VKEY
    text = b"e.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    assert cosign(text, WANDA, 1_893_456_000).line() == LINE
    assert decode_base64(LINE.split(" ")[2].strip(), "line")[4:12] == (1_893_456_000).to_bytes(8, "big")


VKEY = "wanda.example+31cffb48+BEy1q/atefv1q7zK/MJp2FzSZR7UuIW1hp8kGu3wpbop"
LINE = (
    "— wanda.example "
    "Mc/7SAAAAABw29iANlhw4KZjIhypIJnP0lQiFiKChBxWiC7wSFd4Gtzb+OL6mREuajieuAA6YGOKBTSt7deU/gGZVfCCZBny0cUNDw==\n"
)
