"""Receipts: what is proven, and what the extra line does not prove."""

from dataclasses import replace

import pytest

from board.keys import ORIGIN, log_key, signer, vkey, witness
from board.tlog_vectors import published
from e2evote.board.checkpoint import Checkpoint
from e2evote.board.cosignature import add_cosignatures, cosign
from e2evote.board.log import Log
from e2evote.board.merkle import EMPTY_ROOT, leaf_hash
from e2evote.board.note import decode_note, sign_note
from e2evote.board.policy import Cosigned, decode_policy
from e2evote.board.proof import HASH_LIMIT, LogProof, check_inclusion, decode_proof, open_receipt
from e2evote.board.text import decode_base64, encode_base64
from e2evote.errors import CheckFailed, MalformedInput

LOG = Log(signer())
for number in range(11):
    LOG.append(f"entry {number}".encode())
NOTE = LOG.signed_checkpoint()
PROOF = LOG.proof(5, NOTE, b"entry 5")
TEXT = PROOF.encode().decode()
HASH = encode_base64(bytes(32))

MALFORMED = {
    "nothing": ("", "no empty line"),
    "another header": (TEXT.replace("@v1", "@v2"), "does not begin with"),
    "no header": (TEXT.split("\n", 1)[1], "does not begin with"),
    "space after the header": (TEXT.replace("@v1", "@v1 "), "does not begin with"),
    "carriage returns": (TEXT.replace("\n", "\r\n"), "no empty line"),
    "no empty line": (TEXT.replace("\n\n", "\n"), "no empty line"),
    "no index": (TEXT.replace("index 5\n", ""), "no index line"),
    "index before extra": ("c2sp.org/tlog-proof@v1\nindex 5\nextra QQ==\n\nx\n", "hash 1"),
    "capital index": (TEXT.replace("index", "Index"), "no index line"),
    "index without a space": (TEXT.replace("index 5", "index5"), "no index line"),
    "two spaces": (TEXT.replace("index 5", "index  5"), "index"),
    "index with a sign": (TEXT.replace("index 5", "index +5"), "index"),
    "negative index": (TEXT.replace("index 5", "index -5"), "index"),
    "leading zero": (TEXT.replace("index 5", "index 05"), "index"),
    "underscore": (TEXT.replace("index 5", "index 1_0"), "index"),
    "arabic digit": (TEXT.replace("index 5", "index \u0665"), "not ASCII"),
    "index of 2^63": (TEXT.replace("index 5", f"index {2**63}"), "index"),
    "two extra lines": (TEXT.replace("index", "extra QQ==\nindex"), "no index line"),
    "empty extra": (TEXT.replace(encode_base64(b"entry 5"), ""), "without extra data"),
    "extra with stray bits": ("c2sp.org/tlog-proof@v1\nextra QR==\nindex 0\n\nx\n", "extra"),
    "extra that is not base64": ("c2sp.org/tlog-proof@v1\nextra !!\nindex 0\n\nx\n", "extra"),
    "hash with stray bits": (f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH.replace('A=', 'B=')}\n\nx\n", "hash 1"),
    "hash of 31 bytes": (f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH}\n{encode_base64(bytes(31))}\n\nx\n", "hash 2"),
    "too many hashes": ("c2sp.org/tlog-proof@v1\nindex 0\n" + f"{HASH}\n" * 64 + "\nx\n", f"limit {HASH_LIMIT}"),
    "too long": (TEXT + "x" * 300_000, "limit"),
    "extra too long": (f"c2sp.org/tlog-proof@v1\nextra {'AAAA' * 40_000}\nindex 0\n\nx\n", "extra of 120000 bytes"),
}


@pytest.mark.parametrize(("text", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_malformed(text: str, reason: str) -> None:
    assert text != TEXT
    with pytest.raises(MalformedInput) as refusal:
        decode_proof(text.encode())
    assert reason in str(refusal.value)


def test_every_entry_has_its_receipt() -> None:
    for index in range(LOG.size):
        entry = f"entry {index}".encode()
        data = LOG.proof(index, NOTE, entry).encode()
        assert decode_proof(data).encode() == data
        receipt = open_receipt(data, log_key(), None)
        assert (receipt.entry, receipt.index, receipt.checkpoint) == (entry, index, LOG.checkpoint(11))


def test_under_an_earlier_checkpoint_too() -> None:
    for size in range(6, 11):
        note = sign_note(LOG.checkpoint(size).text(), [signer()])
        assert open_receipt(LOG.proof(5, note, b"entry 5").encode(), log_key(), None).checkpoint.size == size


EMPTY_NOTE = sign_note(Checkpoint(ORIGIN, 0, EMPTY_ROOT).text(), [signer()])

NOT_PROVEN = {
    "another entry in extra": replace(PROOF, extra=b"entry 6"),
    "the leaf hash in extra": replace(PROOF, extra=leaf_hash(b"entry 5")),
    "another index": replace(PROOF, index=4),
    "an index beyond the log": replace(PROOF, index=11),
    "a hash less": replace(PROOF, hashes=PROOF.hashes[:-1]),
    "a hash more": replace(PROOF, hashes=(*PROOF.hashes, bytes(32))),
    "hashes in another order": replace(PROOF, hashes=PROOF.hashes[::-1]),
    "another hash": replace(PROOF, hashes=(bytes(32), *PROOF.hashes[1:])),
    "another size": replace(PROOF, checkpoint=sign_note(LOG.checkpoint(9).text(), [signer()])),
    "an empty log": replace(PROOF, hashes=(), index=0, checkpoint=EMPTY_NOTE),
}


@pytest.mark.parametrize("proof", NOT_PROVEN.values(), ids=NOT_PROVEN)
def test_not_proven(proof: LogProof) -> None:
    with pytest.raises(CheckFailed) as failure:
        open_receipt(proof.encode(), log_key(), None)
    assert failure.value.check == "board.inclusion"


def test_a_checkpoint_of_another_log_or_key_is_refused() -> None:
    for key in (log_key("other.example/log"), log_key(seed=bytes(32))):
        with pytest.raises(CheckFailed, match=r"board\.checkpoint"):
            open_receipt(PROOF.encode(), key, None)


WITNESSES = {name: witness(f"{name}.example", number) for number, name in enumerate(("ann", "ben", "cyd"), 1)}
POLICY = decode_policy(
    "".join(
        [
            f"log {log_key().encode()}\n",
            *(f"witness {name} {vkey(one)}\n" for name, one in WITNESSES.items()),
            "group g 2 ann ben cyd\nquorum g\n",
        ]
    ).encode()
)
TIME = 1_893_456_000


def cosigned_by(*names: str, size: int = 11) -> bytes:
    note = sign_note(LOG.checkpoint(size).text(), [signer()])
    return add_cosignatures(note, [cosign(LOG.checkpoint(size).text(), WITNESSES[name], TIME) for name in names])


def test_under_a_policy_a_receipt_says_who_had_seen_the_checkpoint_and_when() -> None:
    receipt = open_receipt(LOG.proof(5, cosigned_by("cyd", "ann"), b"entry 5").encode(), log_key(), POLICY)
    assert receipt.cosigned == (Cosigned("ann", TIME), Cosigned("cyd", TIME))
    assert open_receipt(PROOF.encode(), log_key(), None).cosigned == ()
    three = cosigned_by("ben", "cyd", "ann")
    assert len(open_receipt(LOG.proof(5, three, b"entry 5").encode(), log_key(), POLICY).cosigned) == 3


NO_RECEIPT = {
    "the log's word alone": cosigned_by(),
    "one of three": cosigned_by("ben"),
    "one of three, and strangers": add_cosignatures(
        cosigned_by("ben"), [cosign(LOG.checkpoint(11).text(), witness(f"w{i}", 9 + i), TIME) for i in range(5)]
    ),
    "cosignatures of an earlier checkpoint": add_cosignatures(
        cosigned_by("ben"), decode_note(cosigned_by("ann", "cyd", size=10)).signatures[1:]
    ),
}


@pytest.mark.parametrize("note", NO_RECEIPT.values(), ids=NO_RECEIPT)
def test_without_its_quorum_a_receipt_is_none(note: bytes) -> None:
    data = LOG.proof(5, note, b"entry 5").encode()
    with pytest.raises(CheckFailed) as failure:
        open_receipt(data, log_key(), POLICY)
    assert failure.value.check == "board.witnesses"
    if "does not verify" not in str(failure.value):
        assert open_receipt(data, log_key(), None).index == 5


def test_a_quorum_proves_no_entry() -> None:
    for proof in (
        replace(LOG.proof(5, cosigned_by("ann", "ben"), b"entry 5"), extra=b"entry 6"),
        replace(LOG.proof(5, cosigned_by("ann", "ben"), b"entry 5"), index=6),
    ):
        with pytest.raises(CheckFailed, match=r"board\.inclusion"):
            open_receipt(proof.encode(), log_key(), POLICY)


def test_every_byte_of_a_cosigned_receipt_counts() -> None:
    """With a quorum and nobody to spare, a line that becomes a stranger's is one too few."""
    data = LOG.proof(5, cosigned_by("ann", "ben"), b"entry 5").encode()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises((MalformedInput, CheckFailed)):
            open_receipt(bytes(changed), log_key(), POLICY)


def test_a_receipt_holds_its_entry() -> None:
    with pytest.raises(MalformedInput, match="no extra line"):
        open_receipt(replace(PROOF, extra=b"").encode(), log_key(), None)


def test_a_proof_without_extra_proves_what_its_reader_knows() -> None:
    bare = replace(PROOF, extra=b"")
    check_inclusion(bare, b"entry 5", LOG.checkpoint(11))
    with pytest.raises(CheckFailed, match="do not lead to"):
        check_inclusion(bare, b"entry 6", LOG.checkpoint(11))
    with pytest.raises(CheckFailed, match="extra is not the entry"):
        check_inclusion(replace(PROOF, extra=b"entry 6"), b"entry 5", LOG.checkpoint(11))


def test_every_byte_of_a_receipt_counts() -> None:
    data = PROOF.encode()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises((MalformedInput, CheckFailed)):
            open_receipt(bytes(changed), log_key(), None)


@pytest.mark.parametrize(
    ("index", "hashes", "extra"), [(-1, (), b""), (2**63, (), b""), (0, (bytes(31),), b""), (0, (), bytes(100_001))]
)
def test_what_cannot_be_written_is_the_callers_mistake(index: int, hashes: tuple[bytes, ...], extra: bytes) -> None:
    with pytest.raises(ValueError, match="log proof"):
        LogProof(index, hashes, b"", extra)


def test_the_largest_that_can_be_written_is_read() -> None:
    proof = LogProof(2**63 - 1, (bytes(32),) * HASH_LIMIT, b"x\n", bytes(100_000))
    assert decode_proof(proof.encode()) == proof


def test_published_proofs() -> None:
    vectors = published("tlog_proof_format.json")
    for case in vectors["marshal"]:
        proof = decode_proof(case["text"].encode())
        assert proof.index == case["index"]
        assert [encode_base64(value) for value in proof.hashes] == case["hashes"]
        assert proof.checkpoint == case["checkpoint"].encode()
        assert proof.extra == (decode_base64(case["extra"], "extra") if case["extra"] else b"")
        assert proof.encode() == case["text"].encode()
    for text in vectors["reject"]:
        with pytest.raises(MalformedInput):
            decode_proof(text.encode())
