"""Signed notes: one reading, and no signature of a known key that does not verify."""

import pytest

from board.keys import log_key, signer
from board.tlog_vectors import published
from e2evote.board.note import (
    ED25519,
    NOTE_LIMIT,
    LogKey,
    Note,
    Signature,
    Signer,
    decode_log_key,
    decode_note,
    decode_vkey,
    encode_note,
    encode_vkey,
    key_id,
    sign_note,
)
from e2evote.board.text import encode_base64
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.proofs.signature import decode_public_key

TEXT = b"a line\n\nanother\n"
ANN, JOE = "ann.example", "joe.example"
BY_ANN = sign_note(TEXT, [signer(ANN)])
BY_BOTH = sign_note(TEXT, [signer(ANN), signer(JOE, bytes(32))])
ANN_LINE = BY_ANN.removeprefix(TEXT + b"\n")
FIVE = encode_base64(bytes(5))

MALFORMED = {
    "nothing": (b"", "no signature lines"),
    "text only": (TEXT, "not of the form"),
    "one line": (b"a line\n", "no signature lines"),
    "no signature after the empty line": (TEXT + b"\n", "no signature lines"),
    "empty line and nothing else": (b"\n\n", "no signature lines"),
    "no newline at the end": (BY_ANN[:-1], "no signature lines"),
    "two empty lines at the end": (BY_ANN + b"\n", "no signature lines"),
    "garbage line": (BY_ANN + b"garbage\n", "signature line 2: not of the form"),
    "carriage returns": (BY_ANN.replace(b"\n", b"\r\n"), "control character 0x0d"),
    "tab": (b"a\t" + BY_ANN, "control character 0x09"),
    "NUL": (b"\x00" + BY_ANN, "control character 0x00"),
    "unit separator in a name": (TEXT + f"\n— a\x1fb {FIVE}\n".encode(), "control character 0x1f"),
    "not UTF-8": (b"\xff" + BY_ANN, "not UTF-8 at byte 0"),
    "hyphen for the dash": (TEXT + b"\n" + ANN_LINE.replace("—".encode(), b"-"), "not of the form"),
    "en dash": (TEXT + b"\n" + ANN_LINE.replace("—".encode(), "–".encode()), "not of the form"),
    "two spaces": (TEXT + b"\n" + ANN_LINE.replace(b" ann", b"  ann"), "not of the form"),
    "space at the end": (BY_ANN[:-1] + b" \n", "not of the form"),
    "no name": (TEXT + f"\n—  {FIVE}\n".encode(), "not of the form"),
    "name with a plus": (TEXT + f"\n— a+b {FIVE}\n".encode(), "not of the form"),
    "name with a no-break space": (TEXT + f"\n— a\xa0b {FIVE}\n".encode(), "not of the form"),
    "name with an ideographic space": (TEXT + f"\n— a\u3000b {FIVE}\n".encode(), "not of the form"),
    "name with a line separator": (TEXT + f"\n— a\u2028b {FIVE}\n".encode(), "not of the form"),
    "no signature": (TEXT + b"\n" + "— a \n".encode(), "not of the form"),
    "base64 unpadded": (TEXT + "\n— a AAAAAAA\n".encode(), "base64"),
    "base64 with stray bits": (TEXT + "\n— a AAAAAAB=\n".encode(), "stray bits"),
    "base64 for URLs": (TEXT + "\n— a -_AAAAA=\n".encode(), "not of the form"),
    "key id and nothing after": (TEXT + "\n— a AAAAAA==\n".encode(), "4 bytes, want a key id and a signature"),
    "101 signatures": (TEXT + b"\n" + f"— x {FIVE}\n".encode() * 101, "101 signatures, limit 100"),
    "too long": (b"x" * NOTE_LIMIT + BY_ANN, f"limit {NOTE_LIMIT}"),
}


@pytest.mark.parametrize(("data", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_malformed(data: bytes, reason: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        decode_note(data)
    assert reason in str(refusal.value)


def test_the_text_ends_at_the_last_empty_line() -> None:
    note = decode_note(BY_BOTH)
    assert note.text == TEXT
    assert [signature.name for signature in note.signatures] == [ANN, JOE]
    inner = decode_note(BY_ANN + b"\n" + ANN_LINE)
    assert inner.text == BY_ANN
    with pytest.raises(CheckFailed, match="does not verify"):
        inner.verified_by([log_key(ANN)])


def test_only_known_keys_count() -> None:
    note = decode_note(BY_BOTH)
    assert [s.name for s in note.verified_by([log_key(ANN)])] == [ANN]
    assert [s.name for s in note.verified_by([log_key(JOE, bytes(32)), log_key(ANN)])] == [ANN, JOE]
    strangers = [
        log_key("eve.example"),  # the key is known by another name, hence another id
        log_key(ANN, bytes(32)),  # the name is known with another key
    ]
    for known in ([], strangers):
        with pytest.raises(CheckFailed, match="none of its 2 signatures is by a known key"):
            note.verified_by(known)


def test_a_hundred_signatures_are_read_and_unknown_ones_passed_over() -> None:
    data = TEXT + b"\n" + f"— x {FIVE}\n".encode() * 99 + ANN_LINE
    assert [s.name for s in decode_note(data).verified_by([log_key(ANN)])] == [ANN]


def changed(signature: Signature, data: bytes) -> Note:
    return Note(TEXT, (Signature(signature.name, signature.key_id, data),))


def test_a_known_key_whose_signature_is_bad_spoils_the_note() -> None:
    by_ann, by_joe = decode_note(BY_BOTH).signatures
    keys = [log_key(ANN), log_key(JOE, bytes(32))]
    for data in (by_joe.data, by_ann.data[:-1], by_ann.data + b"\x00", b"\x00", bytes(64)):
        assert changed(by_ann, by_ann.data).verified_by(keys)
        with pytest.raises(CheckFailed) as failure:
            changed(by_ann, data).verified_by(keys)
        assert (failure.value.check, failure.value.subject) == ("board.checkpoint", f"signature of {ANN}")
    # one good signature does not make up for it, in either order
    bad = changed(by_ann, bytes(64)).signatures
    for signatures in ((*bad, by_joe), (by_joe, *bad)):
        with pytest.raises(CheckFailed, match="does not verify"):
            Note(TEXT, signatures).verified_by(keys)


def test_a_signature_is_over_the_text() -> None:
    (by_ann,) = decode_note(BY_ANN).signatures
    for text in (TEXT + b"\n", TEXT[1:], b"\n" + TEXT, TEXT.replace(b"another", b"Another")):
        with pytest.raises(CheckFailed, match="does not verify"):
            Note(text, (by_ann,)).verified_by([log_key(ANN)])


def test_a_line_with_a_known_key_twice_is_refused() -> None:
    with pytest.raises(CheckFailed, match=f"signature of {ANN}: is there twice"):
        decode_note(BY_ANN + ANN_LINE).verified_by([log_key(ANN)])


def test_keys_that_cannot_be_told_apart_are_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="share both name and id"):
        decode_note(BY_ANN).verified_by([log_key(ANN), log_key(ANN)])


def test_a_note_is_written_as_it_will_be_read() -> None:
    for text in (b"no newline", b"", b"\xff\n", b"tab\t\n"):
        with pytest.raises((ValueError, MalformedInput)):
            sign_note(text, [signer(ANN)])
    with pytest.raises(ValueError, match="no signature"):
        encode_note(TEXT, ())
    good = decode_note(BY_ANN).signatures[0]
    with pytest.raises(ValueError, match="read differently"):
        encode_note(TEXT, [Signature(f"{ANN} AAAAAAA=\n— eve", good.key_id, good.data)])


def test_a_signer_that_does_not_sign_under_its_key_publishes_nothing() -> None:
    with pytest.raises(ValueError, match=f"signer of {ANN} does not sign under its key"):
        sign_note(TEXT, [Signer(log_key(ANN), signer(ANN, bytes(32)).sign)])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "a\x00b", "a\x1fb"])
def test_no_key_has_such_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="key name"):
        log_key(name)


def test_verifier_keys() -> None:
    key = log_key(ANN)
    vkey = key.encode()
    assert decode_log_key(vkey) == key
    raw = key.public_key.encoded
    wrong = {
        vkey.replace(ANN, JOE): "its id is not",
        vkey.upper(): "not of the form",
        vkey + "\n": "not of the form",
        " " + vkey: "not of the form",
        vkey.replace("+", " ", 1): "not of the form",
        encode_vkey(ANN, 0x04, raw): "type 0x04, want 0x01",
        encode_vkey(ANN, ED25519, raw + b"\x00"): "33 bytes, want 32",
        encode_vkey(ANN, ED25519, bytes(32)): "not in the group of prime order",
        f"{ANN}+{key.key_id.hex()}+": "not of the form",
        f"{ANN}+{key.key_id.hex()}+AQ==": "0 bytes, want 32",
        f"{ANN}+{key.key_id.hex()}+=": "base64",
        "x" * 2000: "not of the form",
    }
    for text, reason in wrong.items():
        with pytest.raises(MalformedInput) as refusal:
            decode_log_key(text)
        assert reason in str(refusal.value), text
    assert decode_vkey(encode_vkey(ANN, 0x04, raw), 0x04) == (ANN, key.public_key)
    assert key_id(ANN, 0x04, raw) != key.key_id


def test_published_notes() -> None:
    vectors = published("signed_notes.json")
    outcomes = {None: 0, "malformed": 0, "unverified": 0, "invalid signature": 0}
    for case in vectors["cases"]:
        data = bytes.fromhex(case["note_hex"]) if "note_hex" in case else case["note"].encode()
        keys = [decode_log_key(vkey) for vkey in case["keys"]]
        reason = case.get("error")
        outcomes[reason] += 1
        if case["ok"]:
            note = decode_note(data)
            assert len(note.verified_by(keys)) == case["verified"], case["name"]
            assert len(note.signatures) == case["verified"] + case["unverified"], case["name"]
            assert encode_note(note.text, note.signatures) == data
        elif reason == "malformed":
            with pytest.raises(MalformedInput):
                decode_note(data)
        else:
            with pytest.raises(CheckFailed, match="known key" if reason == "unverified" else "does not verify"):
                decode_note(data).verified_by(keys)
    assert all(outcomes.values())


def test_published_verifier_keys() -> None:
    vectors = published("signed_notes.json")
    for owner in vectors["signer_keys"].values():
        vkey = owner["vkey"]
        assert decode_log_key(vkey).encode() == vkey
        substrings = {vkey[start:end] for start in range(len(vkey)) for end in range(start, len(vkey) + 1)} - {vkey}
        incremented = {vkey[:i] + chr(ord(vkey[i]) + 1) + vkey[i + 1 :] for i in range(len(vkey))}
        for text in (*substrings, *incremented, *vectors["bad_vkeys"]):
            with pytest.raises(MalformedInput):
                decode_log_key(text)


def test_published_signatures_are_made_again() -> None:
    owner = published("signed_notes.json")["signer_keys"]["enoch"]
    text = published("signed_notes.json")["signer_keys"]["peter"]["text"].encode()
    enoch = signer("EnochRoot", bytes(32))
    assert isinstance(enoch.key, LogKey)
    assert enoch.key.encode() == owner["vkey"]
    assert sign_note(text, [enoch]) == text + b"\n" + owner["expected_signature_line"].encode()


def test_the_example_of_the_c2sp_page() -> None:
    key = decode_log_key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    assert key.key_id.hex() == "530d903a"
    assert decode_public_key(key.public_key.encoded) == key.public_key
