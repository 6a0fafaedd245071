"""The witness protocol: each status by the one request that deserves it, and answers of which known lines count."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.keys import ORIGIN, log_key, signer, witness
from board.tlog_vectors import published
from e2evote.board.checkpoint import CHECKPOINT_LIMIT, Checkpoint
from e2evote.board.cosignature import add_cosignatures, cosign, time_of
from e2evote.board.log import Log
from e2evote.board.merkle import EMPTY_ROOT
from e2evote.board.note import Signature, decode_note, encode_note, sign_note
from e2evote.board.proof import HASH_LIMIT
from e2evote.board.text import decode_base64, encode_base64
from e2evote.board.witnessing import (
    ANSWER_LIMIT,
    REQUEST_LIMIT,
    SIZE_TYPE,
    Cosignable,
    Rejected,
    Request,
    decode_request,
    encode_answer,
    judge,
    malformed,
    monitoring_path,
    read_answer,
    read_conflict,
)
from e2evote.errors import CheckFailed, MalformedInput

TIME = 1_893_456_000
LOG, FORK = Log(signer()), Log(signer())
for number in range(9):
    LOG.append(f"entry {number}".encode())
    FORK.append(f"entry {number}".encode() if number < 3 else f"other {number}".encode())
KEYS = [log_key("other.example/log", bytes(32)), log_key()]
WANDA, WALTER = witness("wanda.example", 1), witness("walter.example/w", 2)


def head(size: int, log: Log = LOG) -> Checkpoint:
    return log.checkpoint(size)


def note(checkpoint: Checkpoint) -> bytes:
    return sign_note(checkpoint.text(), [signer()])


def request(old: int, size: int, log: Log = LOG) -> Request:
    proof = log.consistency_proof(old, size) if 0 < old <= size else ()
    return Request(old, proof, note(head(size, log)))


def answered(request: Request | bytes, latest: Checkpoint | None) -> Cosignable | Rejected:
    data = request if isinstance(request, bytes) else request.encode()
    try:
        return judge(decode_request(data), KEYS, latest)
    except MalformedInput as error:
        return malformed(error)


GROW = request(5, 9)
TEXT = GROW.encode().decode()
HASH = encode_base64(bytes(32))
UNKNOWN = Checkpoint("third.example/log", 9, head(9).root)
BARE = decode_note(GROW.checkpoint)
BAD_LINE = Signature(ORIGIN, BARE.signatures[0].key_id, decode_note(note(head(8))).signatures[0].data)
STRANGER = decode_note(sign_note(head(9).text(), [signer(seed=bytes(32))])).signatures[0]

MALFORMED = {
    "nothing": ("", "no empty line"),
    "no checkpoint": ("old 5\n\n", "note: no signature lines"),
    "no empty line": (TEXT.replace("\n\n", "\n", 1).replace("\n\n", "\n"), "no empty line"),
    "no old size": (TEXT.removeprefix("old 5\n"), "does not begin with the old size"),
    "another keyword": (TEXT.replace("old 5", "size 5"), "does not begin with the old size"),
    "two spaces": (TEXT.replace("old 5", "old  5"), "old size"),
    "a tab": (TEXT.replace("old 5", "old\t5"), "does not begin with the old size"),
    "leading zero": (TEXT.replace("old 5", "old 05"), "old size"),
    "sign": (TEXT.replace("old 5", "old +5"), "old size"),
    "negative": (TEXT.replace("old 5", "old -5"), "old size"),
    "underscore": (TEXT.replace("old 5", "old 0_5"), "old size"),
    "arabic digit": (TEXT.replace("old 5", "old \u0665"), "not ASCII at byte 4"),
    "old size of 2^63": (TEXT.replace("old 5", f"old {2**63}"), "old size"),
    "space after the old size": (TEXT.replace("old 5", "old 5 "), "old size"),
    "carriage returns": (TEXT.replace("\n", "\r\n"), "no empty line"),
    "a hash of 31 bytes": (f"old 5\n{encode_base64(bytes(31))}\n\n" + TEXT.split("\n\n", 1)[1], "hash 1"),
    "a hash with stray bits": (TEXT.replace("old 5\n", f"old 5\n{HASH[:-2]}B=\n"), "hash 1"),
    "a hash in hexadecimal": (TEXT.replace("old 5\n", f"old 5\n{bytes(32).hex()}\n"), "hash 1"),
    "64 hashes": (TEXT.replace("old 5\n", "old 5\n" + f"{HASH}\n" * 64), f"limit {HASH_LIMIT}"),
    "an extension line": (
        f"old 5\n\n{sign_note(head(9).text() + b'more' + bytes([10]), [signer()]).decode()}",
        "want 3",
    ),
    "a size with a sign": (TEXT.replace(f"{ORIGIN}\n9\n", f"{ORIGIN}\n+9\n"), "checkpoint: size"),
    "no signature": (TEXT.split("\n\n")[0] + "\n\n" + head(9).text().decode(), "no signature lines"),
    "no newline at the end": (TEXT[:-1], "no signature lines"),
    "too long": (TEXT + f"— x {encode_base64(bytes(900))}\n" * 60, "limit"),
    "far too long": ("old 5\n\n" + "x" * REQUEST_LIMIT, f"limit {REQUEST_LIMIT}"),
}


@pytest.mark.parametrize(("text", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_request_gets_400(text: str, reason: str) -> None:
    assert text != TEXT
    with pytest.raises(MalformedInput) as refusal:
        decode_request(text.encode())
    assert reason in str(refusal.value)
    answer = answered(text.encode(), head(5))
    assert isinstance(answer, Rejected)
    assert answer.status == 400
    assert reason in answer.body.decode()


# Each request but for one thing deserves a later answer.
REJECTED: dict[str, tuple[Request, Checkpoint | None, int, str]] = {
    "an unknown origin": (
        replace(GROW, checkpoint=sign_note(UNKNOWN.text(), [signer()])),
        head(5),
        404,
        "third.example",
    ),
    "an unknown origin, and all else wrong": (
        Request(7, (), sign_note(Checkpoint("third.example/log", 0, bytes(32)).text(), [signer()])),
        head(5),
        404,
        "no log of this origin",
    ),
    "another log's key": (
        replace(GROW, checkpoint=sign_note(head(9).text(), [signer("other.example/log", bytes(32))])),
        head(5),
        403,
        "by a known key",
    ),
    "a stranger's signature": (
        replace(GROW, checkpoint=encode_note(BARE.text, [STRANGER])),
        head(5),
        403,
        "by a known key",
    ),
    "a bad signature": (replace(GROW, checkpoint=encode_note(BARE.text, [BAD_LINE])), head(5), 403, "does not verify"),
    "a signature twice": (
        replace(GROW, checkpoint=encode_note(BARE.text, BARE.signatures * 2)),
        head(5),
        403,
        "is there twice",
    ),
    "a bad signature, and the old size above": (
        Request(10, (), encode_note(BARE.text, [BAD_LINE])),
        head(5),
        403,
        "does not verify",
    ),
    "the old size above the new": (replace(request(9, 9), old=10), head(9), 400, "above the checkpoint's size 9"),
    "the old size above, and not what was cosigned": (request(8, 4), head(5), 400, "above the checkpoint's size 4"),
    "an empty log with another root": (
        Request(0, (), note(Checkpoint(ORIGIN, 0, bytes(32)))),
        None,
        422,
        "not the empty tree's",
    ),
    "an empty log with another root, after the empty log": (
        Request(0, (), note(Checkpoint(ORIGIN, 0, bytes(32)))),
        Checkpoint(ORIGIN, 0, EMPTY_ROOT),
        422,
        "not the empty tree's",
    ),
    "a proof from nothing": (replace(request(0, 9), proof=(bytes(32),)), None, 422, "want none"),
    "a proof from nothing to nothing": (
        replace(request(0, 0), proof=(bytes(32),)),
        Checkpoint(ORIGIN, 0, EMPTY_ROOT),
        422,
        "want none",
    ),
    "the same size with another root": (request(9, 9, FORK), head(9), 422, "not proven"),
    "the same size with a proof": (replace(request(9, 9), proof=(bytes(32),)), head(9), 422, "not proven"),
    "another history": (request(5, 9, FORK), head(5), 422, "not proven"),
    "no proof": (replace(GROW, proof=()), head(5), 422, "not proven"),
    "a hash less": (replace(GROW, proof=GROW.proof[:-1]), head(5), 422, "not proven"),
    "a hash more": (replace(GROW, proof=(*GROW.proof, bytes(32))), head(5), 422, "not proven"),
    "another hash": (replace(GROW, proof=(bytes(32), *GROW.proof[1:])), head(5), 422, "not proven"),
    "the proof of another size": (replace(GROW, proof=LOG.consistency_proof(4, 9)), head(5), 422, "not proven"),
    "63 hashes": (replace(GROW, proof=(bytes(32),) * HASH_LIMIT), head(5), 422, "not proven"),
}


@pytest.mark.parametrize(("asked", "latest", "status", "reason"), REJECTED.values(), ids=REJECTED)
def test_each_status(asked: Request, latest: Checkpoint | None, status: int, reason: str) -> None:
    answer = answered(asked, latest)
    assert isinstance(answer, Rejected)
    assert answer.status == status
    assert reason in answer.body.decode()
    assert answer.content_type.startswith("text/plain")
    assert answer.body.endswith(b"\n")


def test_a_conflict_names_the_size_that_was_cosigned() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    for asked, latest, size in (
        (GROW, None, 0),
        (GROW, empty, 0),
        (GROW, head(4), 4),
        (GROW, head(6), 6),
        (GROW, head(9), 9),
        (request(0, 9), head(5), 5),
        (request(0, 0), head(5), 5),
        (Request(0, (), note(Checkpoint(ORIGIN, 0, bytes(32)))), head(5), 5),
        (replace(GROW, proof=()), head(2), 2),
        (request(5, 5), head(7), 7),
    ):
        answer = answered(asked, latest)
        assert answer == Rejected(409, f"{size}\n".encode(), "text/x.tlog.size")
        assert isinstance(answer, Rejected)
        assert read_conflict(answer.body) == size
    assert SIZE_TYPE == "text/x.tlog.size"


def test_every_growth_of_a_log_is_cosigned_and_nothing_else() -> None:
    for latest, old, size in product(range(10), repeat=3):
        known = head(latest) if latest else None
        answer = answered(request(old, size), known)
        if old == latest <= size:
            assert isinstance(answer, Cosignable)
            assert (answer.checkpoint, answer.text) == (head(size), head(size).text())
        else:
            assert isinstance(answer, Rejected)
            assert answer.status == (400 if old > size else 409)


def test_the_first_checkpoint_may_be_empty_and_be_cosigned_again() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    for latest in (None, empty):
        for size in (0, 1, 9):
            assert isinstance(answered(request(0, size), latest), Cosignable)


def test_of_two_requests_from_one_state_only_one_survives_the_other() -> None:
    """The slower one must be judged by what the faster one left (A98)."""
    slow, fast = request(3, 5), request(3, 9)
    assert isinstance(answered(slow, head(3)), Cosignable)
    assert isinstance(answered(fast, head(3)), Cosignable)
    assert answered(slow, head(9)) == Rejected(409, b"9\n", SIZE_TYPE)
    assert answered(fast, head(5)) == Rejected(409, b"5\n", SIZE_TYPE)


def test_lines_of_others_are_passed_over_and_not_kept() -> None:
    cosigned = add_cosignatures(GROW.checkpoint, [STRANGER, cosign(head(9).text(), WALTER, TIME)])
    answer = answered(replace(GROW, checkpoint=cosigned), head(5))
    assert isinstance(answer, Cosignable)
    assert answer.signatures == BARE.signatures
    mine = cosign(answer.text, WANDA, TIME)
    shown = answer.note([mine])
    assert decode_note(shown).signatures == (*BARE.signatures, mine)
    assert decode_note(shown).text == head(9).text()


def test_a_log_may_have_two_keys() -> None:
    second = log_key(seed=bytes(32))
    both = sign_note(head(9).text(), [signer(seed=bytes(32)), signer()])
    answer = judge(decode_request(replace(GROW, checkpoint=both).encode()), [*KEYS, second], head(5))
    assert isinstance(answer, Cosignable)
    assert len(answer.signatures) == 2
    one = judge(decode_request(replace(GROW, checkpoint=both).encode()), [second], head(5))
    assert isinstance(one, Cosignable)
    assert [line.key_id for line in one.signatures] == [second.key_id]
    twice = judge(decode_request(replace(GROW, checkpoint=both).encode()), [second, *KEYS, second], head(5))
    assert isinstance(twice, Cosignable)
    assert len(twice.signatures) == 2


def test_reading_a_request_undoes_writing_it() -> None:
    for old, size in product(range(10), repeat=2):
        asked = request(old, size)
        submitted = decode_request(asked.encode())
        assert submitted.request == asked
        assert submitted.stated == head(size)
    largest = Request(2**63 - 1, (bytes(32),) * HASH_LIMIT, GROW.checkpoint)
    assert decode_request(largest.encode()).request == largest


@pytest.mark.parametrize(("old", "proof"), [(-1, ()), (2**63, ()), (0, (bytes(31),)), (0, (bytes(32),) * 64)])
def test_what_cannot_be_asked_is_the_callers_mistake(old: int, proof: Sequence[bytes]) -> None:
    with pytest.raises(ValueError, match="request"):
        Request(old, tuple(proof), b"")


# The client's side.
MINE = [cosign(head(9).text(), one, TIME) for one in (WANDA, WALTER)]
BOTH = [WANDA.key, WALTER.key]


def test_an_answer_is_read_for_the_keys_that_are_known() -> None:
    body = encode_answer(MINE)
    assert body.decode().splitlines(keepends=True) == [line.line() for line in MINE]
    text = head(9).text()
    assert read_answer(body, text, [WANDA.key, WALTER.key]) == tuple(MINE)
    assert read_answer(body, text, [WALTER.key]) == (MINE[1],)
    assert time_of(read_answer(body, text, [WALTER.key])[0]) == TIME
    assert read_answer(encode_answer([STRANGER]) + body, text, [WANDA.key]) == (MINE[0],)


NO_ANSWER: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "no signature lines"),
    "an empty line": (b"\n", "no signature lines"),
    "a sentence": (b"fine\n", "not of the form"),
    "no newline": (encode_answer(MINE)[:-1], "no signature lines"),
    "a whole note": (add_cosignatures(GROW.checkpoint, MINE), "an empty line"),
    "an empty line before": (b"\n" + encode_answer(MINE), "an empty line"),
    "an empty line between": (MINE[0].line().encode() + b"\n" + MINE[1].line().encode(), "an empty line"),
    "carriage returns": (encode_answer(MINE).replace(b"\n", b"\r\n"), "control character 0x0d"),
    "a hundred lines and one": (encode_answer(MINE[:1]) * 101, "limit 100"),
    "too long": (b"x" * (ANSWER_LIMIT + 1), f"limit {ANSWER_LIMIT}"),
    "not UTF-8": (b"\xff" + encode_answer(MINE), "not UTF-8"),
}


@pytest.mark.parametrize(("body", "reason"), NO_ANSWER.values(), ids=NO_ANSWER)
def test_what_is_no_answer(body: bytes, reason: str) -> None:
    with pytest.raises(MalformedInput, match="answer: ") as refusal:
        read_answer(body, head(9).text(), [WANDA.key])
    assert reason in str(refusal.value)


REFUSED: dict[str, tuple[Sequence[Signature], str]] = {
    "nobody known": ([STRANGER, MINE[1]], "none of its 2 cosignatures is by a known key"),
    "of another checkpoint": ([cosign(head(8).text(), WANDA, TIME)], "does not verify"),
    "of another history": ([cosign(head(9, FORK).text(), WANDA, TIME)], "does not verify"),
    "a good one and a bad one": ([MINE[1], cosign(head(8).text(), WANDA, TIME)], "does not verify"),
    "twice": ([MINE[0], cosign(head(9).text(), WANDA, TIME + 1)], "is there twice"),
    "the log's own": (BARE.signatures, "none of its 1 cosignatures"),
}


@pytest.mark.parametrize(("lines", "reason"), REFUSED.values(), ids=REFUSED)
def test_an_answer_that_is_refused_whole(lines: Sequence[Signature], reason: str) -> None:
    with pytest.raises(CheckFailed, match=reason) as failure:
        read_answer(encode_answer(lines), head(9).text(), [WANDA.key])
    assert failure.value.check == "board.witnesses"


@pytest.mark.parametrize(
    "body", [b"", b"\n", b"9", b"9\n\n", b" 9\n", b"+9\n", b"09\n", b"9\r\n", b"9 \n", b"-1\n", b"1" * 40 + b"\n",
             b"\xd9\xa1\n", b"9223372036854775808\n", b"9\n" + b" " * 40]
)  # fmt: skip
def test_what_names_no_size(body: bytes) -> None:
    with pytest.raises(MalformedInput, match="answer: "):
        read_conflict(body)


def test_sizes_are_read() -> None:
    assert [read_conflict(body) for body in (b"0\n", b"9\n", b"9223372036854775807\n")] == [0, 9, 2**63 - 1]


def test_where_a_witness_shows_what_it_cosigned() -> None:
    assert monitoring_path(ORIGIN) == f"{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"


def test_the_largest_checkpoint_has_room_in_a_request() -> None:
    lines = [Signature("x", bytes(4), bytes(700))] * 69
    big = encode_note(BARE.text, [*BARE.signatures, *lines])
    assert CHECKPOINT_LIMIT - 100 < len(big) <= CHECKPOINT_LIMIT
    full = Request(2**63 - 1, (bytes(32),) * HASH_LIMIT, big)
    assert decode_request(full.encode()).stated == head(9)
    assert len(full.encode()) - len(big) + CHECKPOINT_LIMIT <= REQUEST_LIMIT


def test_published_requests() -> None:
    vectors = published("add_checkpoint.json")
    for case in vectors["format_cases"]:
        submitted = decode_request(case["body"].encode())
        assert submitted.request.old == case["old"]
        assert submitted.request.proof == tuple(decode_base64(text, "hash") for text in case["proof"])
        assert submitted.request.encode() == case["body"].encode()
    rules = vectors["status_rules"]
    assert sorted(rules.values()) == [200, 400, 403, 404, 409, 422]
    named = {
        "unknown origin": REJECTED["an unknown origin"],
        "no trusted signature or bad signature of a trusted key": REJECTED["a bad signature"],
        "old > size": REJECTED["the old size above the new"],
        "proof invalid / non-empty proof at old 0 / size-0 with wrong root / same size different root": REJECTED[
            "the same size with another root"
        ],
    }
    for rule, (asked, latest, _, _) in named.items():
        answer = answered(asked, latest)
        assert isinstance(answer, Rejected)
        assert answer.status == rules[rule]


@given(st.data())
def test_any_bytes_get_an_answer(data: st.DataObject) -> None:
    """Pieces of requests and of anything else: there is an answer, and a cosignature only for what was proven."""
    pieces = st.sampled_from([*TEXT.encode().splitlines(keepends=True), b"old 0\n", b"\n", b"\xff", b"\xe2\x80\x94 x "])
    body = b"".join(data.draw(st.lists(pieces | st.binary(max_size=8), max_size=14)))
    if data.draw(st.booleans()):
        whole = bytearray(TEXT.encode())
        for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=3)):
            whole[place] = data.draw(st.integers(0, 255))
        body = bytes(whole)
    answer = answered(body, head(5))
    if isinstance(answer, Cosignable):
        assert answer.checkpoint == head(9)
        assert decode_request(body).request.proof == GROW.proof
    else:
        assert answer.status in (400, 403, 404, 409, 422)
        assert len(answer.body) < 400
        assert answer.body.decode().rstrip("\n").isprintable()
