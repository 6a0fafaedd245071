"""Two readers of policies, written apart, agree about every text: on what it says, or that it says nothing.

The texts are policies with pieces exchanged, doubled and left out, so that many are nearly right.
"""

import re
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from board.keys import log_key, vkey, witness
from e2evote.board.cosignature import COSIGNATURE
from e2evote.board.note import encode_vkey
from e2evote.board.policy import Policy, decode_policy
from e2evote.errors import MalformedInput
from reference.canonical import BadForm
from reference.policy import Policy as TheirPolicy
from reference.policy import read_policy

LOGS = [log_key(f"log{i}.example", bytes([i]) * 32).encode() for i in range(2)]
KEYS = [vkey(witness(f"w{i}.example", i + 1)) for i in range(5)]
BAD_KEYS = [
    KEYS[0].replace("+", "++", 1),
    KEYS[0][:-4],
    KEYS[1].replace("w1", "w2"),
    encode_vkey("a\u00a0b", COSIGNATURE, bytes(32)),
    encode_vkey("s", COSIGNATURE, (1).to_bytes(32, "little")),
    vkey(witness("other.example", 1)),
]
NAMES = [b"a", b"b", b"c", b"d", b"e", b"g", b"h", b"none", b"all", b"any", b"\xff", "é".encode(), b"1", b"#a"]
GAPS = [b" ", b" ", b" ", b"\t", b"  \t", b"\x0c", "\u00a0".encode(), b""]
ITEMS = [
    *NAMES,
    *(key.encode() for key in (*LOGS, *KEYS, *BAD_KEYS)),
    *(b"log", b"witness", b"group", b"quorum", b"Group", b"#", b"1", b"2", b"3", b"01", b"0", b"https://x/"),
]
RIGHT = [
    b"log %b" % LOGS[0].encode(),
    *(b"witness %b %b" % (name, key.encode()) for name, key in zip(NAMES, KEYS, strict=False)),
]
STARTS = [
    [line.split() for line in (*RIGHT, *more)]
    for more in (
        [b"group g 2 a b c", b"group h all d e", b"group i 2 g h", b"quorum i"],
        [b"group g any a b", b"group h all c d e", b"group i 2 g h", b"quorum i"],
        [b"group g 3 a b c d e", b"quorum g"],
        [b"group g 2 a b c d", b"group h any g", b"quorum h"],
        [b"quorum a"],
        [b"quorum none"],
    )
]


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    lines = [list(line) for line in draw(st.sampled_from(STARTS))]
    for _ in range(draw(st.integers(0, 3))):
        line = draw(st.integers(0, len(lines) - 1))
        item = draw(st.integers(0, max(0, len(lines[line]) - 1)))
        match draw(st.sampled_from(["change", "insert", "remove", "swap", "double", "drop"])):
            case "change" if lines[line]:
                lines[line][item] = draw(st.sampled_from(ITEMS))
            case "insert":
                lines[line].insert(item, draw(st.sampled_from(ITEMS)))
            case "remove" if lines[line]:
                del lines[line][item]
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[line], lines[other] = lines[other], lines[line]
            case "double":
                lines.insert(line, list(lines[line]))
            case "drop" if len(lines) > 1:
                del lines[line]
    gap = draw(st.sampled_from(GAPS))
    end = draw(st.sampled_from([b"\n"] * 12 + [b"", b"\n\n", b"\r\n", b" \n", b"\x00\n", b"#\n"]))
    return b"\n".join((gap if gap.isspace() else b" ").join(line) for line in lines) + end


def ours(text: bytes) -> Policy | None:
    try:
        return decode_policy(text)
    except MalformedInput:
        return None


def theirs(text: bytes) -> TheirPolicy | None:
    try:
        return read_policy(text)
    except BadForm:
        return None


def test_both_read_the_same() -> None:
    seen = {True: 0, False: 0}

    @settings(max_examples=600)
    @given(texts())
    def agree(text: bytes) -> None:
        one, other = ours(text), theirs(text)
        seen[one is not None] += 1
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            agree_on(one, other)

    agree()
    assert min(seen.values()) >= 100


def agree_on(one: Policy, other: TheirPolicy) -> None:
    names = [witness.name.encode("utf-8", "surrogateescape") for witness in one.witnesses]
    assert names == [witness.name for witness in other.witnesses]
    assert [(log.key.name, log.key.public_key.encoded) for log in one.logs] == [(x.name, x.key) for x in other.logs]
    assert one.least_in_common == other.least_in_common
    for k in range(len(names) + 1):
        for some in combinations(range(len(names)), k):
            enough = one.satisfied_by([one.witnesses[i].name for i in some])
            assert enough == other.is_satisfied([names[i] for i in some])


@given(st.binary(max_size=60).map(lambda data: re.sub(rb"[\x00-\x08\x0b-\x1f\x7f]", b" ", data) + b"\nquorum none\n"))
def test_any_octets(text: bytes) -> None:
    assert (ours(text) is None) == (theirs(text) is None)
