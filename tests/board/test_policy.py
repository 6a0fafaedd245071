"""Witness policies: octets with one reading, and notes judged by distinct known keys."""

import re

import pytest

from board.keys import ORIGIN, log_key, signer, vkey, witness
from e2evote.board.checkpoint import Checkpoint
from e2evote.board.cosignature import COSIGNATURE, WitnessKey, add_cosignatures, cosign
from e2evote.board.note import (
    ED25519,
    Note,
    NoteKey,
    Signature,
    decode_note,
    encode_vkey,
    sign_note,
)
from e2evote.board.policy import (
    MOST,
    POLICY_LIMIT,
    Cosigned,
    Policy,
    decode_policy,
    open_cosigned,
)
from e2evote.board.quorum import Group, Witness
from e2evote.errors import CheckFailed, MalformedInput

TIME = 1_893_456_000
SIGNERS = {name: witness(f"{name}.example", number) for number, name in enumerate(("X1", "X2", "X3", "Y1", "Y2"), 1)}
LOG = log_key().encode()
X1, X2, X3, Y1, Y2 = (f"witness {name} {vkey(signer)}\n" for name, signer in SIGNERS.items())
TEXT = (
    f"log {LOG}\n\n{X1}{X2}{X3}group X-witnesses 2 X1 X2 X3\n\n{Y1}{Y2}group Y-witnesses any Y1 Y2\n\n"
    "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
)
HEAD = Checkpoint(ORIGIN, 9, bytes(range(32)))
NOTE = sign_note(HEAD.text(), [signer()])


def raw(name: str) -> bytes:
    key = SIGNERS[name].key
    assert isinstance(key, WitnessKey)
    return key.public_key.encoded


MALFORMED = {
    "nothing": ("", "no quorum line"),
    "no quorum": (X1, "no quorum line"),
    "quorum in a comment": ("# quorum none\n", "no quorum line"),
    "two quorums": (f"{X1}quorum X1\nquorum X1\n", "line 3: a second quorum line"),
    "two quorums of nobody": ("quorum none\nquorum none\n", "line 2: a second quorum line"),
    "no newline at the end": (f"{X1}quorum X1", "the last line has no newline"),
    "unknown keyword": (f"{X1}Quorum X1\n", "line 2: 'Quorum' is none of"),
    "another keyword": ("policy 1\nquorum none\n", "line 1: 'policy' is none of"),
    "a keyword alone": ("quorum\n", "quorum with 0 items"),
    "quorum of two": (f"{X1}{X2}quorum X1 X2\n", "quorum with 2 items"),
    "a comment after items": ("quorum none # nobody\n", "quorum with 3 items"),
    "log without a key": ("log\nquorum none\n", "log with 0 items"),
    "log with two URLs": (f"log {LOG} a b\nquorum none\n", "log with 3 items"),
    "witness without a key": ("witness X1\nquorum none\n", "witness with 1 items"),
    "witness with two URLs": (X1.replace("\n", " a b\nquorum X1\n"), "witness with 4 items"),
    "group without members": (f"{X1}group g 1\nquorum X1\n", "group with 2 items"),
    "group without a threshold": (f"{X1}group g X1\nquorum X1\n", "group with 2 items"),
    # keys
    "a witness's key as a log's": (f"log {vkey(SIGNERS['X1'])}\nquorum none\n", "type 0x04, want 0x01"),
    "a log's key as a witness's": (f"witness X1 {LOG}\nquorum X1\n", "type 0x01, want 0x04"),
    "a key of type 06": (
        f"witness X1 {encode_vkey('X1', 0x06, raw('X1'))}\nquorum X1\n",
        "type 0x06, want 0x04",
    ),
    "another id": (X1.replace(f"+{SIGNERS['X1'].key.key_id.hex()}+", "+00000000+") + "quorum X1\n", "its id is not"),
    "no key": ("witness X1 X1+abcdef01+!!\nquorum X1\n", "not of the form"),
    "a key of small order": (
        f"witness X1 {encode_vkey('X1', COSIGNATURE, bytes(32))}\nquorum X1\n",
        "not in the group of prime order",
    ),
    "a witness's key again": (f"{X1}{X1.replace('X1 ', 'X2 ', 1)}quorum X1\n", "is another witness's too"),
    "a witness's key under another name": (
        f"{X1}witness X2 {encode_vkey('other.example', COSIGNATURE, raw('X1'))}\nquorum X1\n",
        "is another witness's too",
    ),
    "a log's key again": (f"log {LOG}\nlog {LOG}\nquorum none\n", "is another log's too"),
    "a log's key under another name": (
        f"log {LOG}\nlog {encode_vkey('other.example', ED25519, log_key().public_key.encoded)}\nquorum none\n",
        "is another log's too",
    ),
    # names
    "a witness twice": (f"{X1}{X2.replace('X2 ', 'X1 ', 1)}quorum X1\n", "'X1' is defined already"),
    "a group like a witness": (f"{X1}group X1 any X1\nquorum X1\n", "'X1' is defined already"),
    "a witness like a group": (f"{X1}group X2 any X1\n{X2}quorum X2\n", "'X2' is defined already"),
    "a group twice": (f"{X1}{X2}group g any X1\ngroup g any X2\nquorum g\n", "'g' is defined already"),
    "a witness called none": (X1.replace("X1 ", "none ", 1) + "quorum none\n", "the name none is reserved"),
    "a group called none": (f"{X1}group none any X1\nquorum none\n", "the name none is reserved"),
    "none as a member": (f"{X1}group g any X1 none\nquorum g\n", "'none' is not defined above"),
    "an unknown member": (f"{X1}group g any X1 X2\nquorum g\n", "'X2' is not defined above"),
    "a member defined later": (f"{X1}group g any X1 X2\n{X2}quorum g\n", "'X2' is not defined above"),
    "a group in itself": (f"{X1}group g any X1 g\nquorum g\n", "'g' is not defined above"),
    "an unknown quorum": (f"{X1}quorum X2\n", "'X2' is not defined above"),
    "a quorum defined later": (f"quorum X1\n{X1}", "'X1' is not defined above"),
    "a member twice": (f"{X1}group g 2 X1 X1\nquorum g\n", "'X1' is a member already"),
    "a member of two groups": (
        f"{X1}{X2}group g any X1 X2\ngroup h any X1\ngroup i all g h\nquorum i\n",
        "'X1' is a member already",
    ),
    "a group in two groups": (
        f"{X1}group g any X1\ngroup h any g\ngroup i any g\nquorum h\n",
        "'g' is a member already",
    ),
    "another spelling of a name": (f"{X1}quorum x1\n", "'x1' is not defined above"),
    "a name in another normal form": (
        f"{X1.replace('X1 ', 'é ', 1)}quorum e\u0301\n",
        "is not defined above",
    ),
    "a Kelvin sign": (f"{X1.replace('X1 ', 'K ', 1)}quorum \u212a\n", r"'\u212a' is not defined above"),
    "a name with an invisible space": (f"{X1}quorum X1\u00a0\n", r"'X1\xa0' is not defined above"),
    # thresholds
    **{
        f"threshold {text!r}": (f"{X1}{X2}group g {text} X1 X2\nquorum g\n", "want any, all or a number from 1 to 2")
        for text in ("0", "3", "-1", "+1", "01", "1.0", "1_", "0x1", "ANY", "half", "\u0661", "99999999999999999999")
    },
}


@pytest.mark.parametrize(("text", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_malformed(text: str, reason: str) -> None:
    with pytest.raises(MalformedInput, match="policy: ") as refusal:
        decode_policy(text.encode())
    assert reason in str(refusal.value)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 300


def test_every_other_octet_is_refused_anywhere() -> None:
    for octet in range(256):
        for data in (b"#%c\nquorum none\n" % octet, b"quorum none\n# %c\n" % octet):
            if octet in (0x09, 0x0A) or 0x20 <= octet <= 0x7E or octet >= 0x80:
                assert decode_policy(data).quorum is None
            else:
                with pytest.raises(MalformedInput, match=f"octet 0x{octet:02x} at"):
                    decode_policy(data)


def test_the_example_of_the_c2sp_page() -> None:
    policy = decode_policy(TEXT.encode())
    assert [log.key for log in policy.logs] == [log_key()]
    assert [one.name for one in policy.witnesses] == ["X1", "X2", "X3", "Y1", "Y2"]
    assert isinstance(policy.quorum, Group)
    assert [(part.name, part.threshold) for part in policy.quorum.members if isinstance(part, Group)] == [
        ("X-witnesses", 2),
        ("Y-witnesses", 1),
    ]
    assert policy.quorum.threshold == 2
    for names, enough in {
        "X1 X2 Y1": True,
        "X1 X3 Y2": True,
        "X1 X2 X3 Y1 Y2": True,
        "X1 X2 X3": False,
        "X1 Y1 Y2": False,
        "Y1 Y2": False,
        "": False,
    }.items():
        assert policy.satisfied_by(names.split()) == enough
    assert not policy.satisfied_by(["X1", "X1", "Y1", "Z9"])


def test_white_space_comments_and_urls() -> None:
    lines = ("", " \t", "# comment", "\t  #quorum X1", f"\tlog\t{LOG} \t https://log.example/ ")
    text = "\n".join((*lines, f"  {X1.strip()} a+b#c", "quorum\t X1 \t", ""))
    policy = decode_policy(text.encode())
    assert policy.logs[0].url == "https://log.example/"
    assert policy.witnesses[0].url == "a+b#c"
    assert policy.quorum == policy.witnesses[0]
    assert policy == decode_policy(f"log {LOG} https://log.example/\n{X1.strip()} a+b#c\nquorum X1\n".encode())


def test_names_are_octets_and_keywords_are_names() -> None:
    text = b"".join(
        line.encode().replace(old, new, 1)
        for line, old, new in ((X1, b"X1", b"all"), (X2, b"X2", b"\xff\x80"), (X3, b"X3", "é".encode()))
    )
    policy = decode_policy(text + b"group any all all \xff\x80 \xc3\xa9\ngroup 2 any any\nquorum 2\n")
    assert [one.name for one in policy.witnesses] == ["all", "\udcff\udc80", "é"]
    assert policy.satisfied_by(["all", "\udcff\udc80", "é"])
    assert not policy.satisfied_by(["all", "é"])


def test_unicode_spaces_are_no_spaces_and_separators_no_newlines() -> None:
    for character in "\u00a0\u2003\u3000\u2028\u2029\u0085":
        name = f"a{character}b"
        policy = decode_policy(X1.replace("X1 ", f"{name} ", 1).encode() + f"quorum {name}\n".encode())
        assert policy.witnesses[0].name == name


def many(n: int) -> str:
    return "".join(f"witness w{i} {vkey(witness(f'w{i}.example', 100 + i))}\n" for i in range(n))


def test_limits() -> None:
    names = " ".join(f"w{i}" for i in range(MOST))
    full = f"{many(MOST)}group g 33 {names}\nquorum g\n"
    policy = decode_policy(full.encode())
    assert MOST >= 32
    assert (len(policy.witnesses), policy.least_in_common) == (MOST, 2)
    with pytest.raises(MalformedInput, match=f"more than {MOST} witnesses"):
        decode_policy((many(MOST + 1) + "quorum w0\n").encode())
    chain = "".join(f"group g{i} any {f'g{i - 1}' if i else 'X1'}\n" for i in range(MOST))
    deep = decode_policy(f"{X1}{chain}quorum g{MOST - 1}\n".encode())
    assert deep.satisfied_by(["X1"])
    assert deep.least_in_common == 1
    with pytest.raises(MalformedInput, match=f"more than {MOST} groups"):
        decode_policy(f"{X1}{chain}group g{MOST} any g{MOST - 1}\nquorum X1\n".encode())
    logs = [log_key(f"l{i}", (100 + i).to_bytes(32, "big")).encode() for i in range(MOST + 1)]
    text = "".join(f"log {log}\n" for log in logs[:-1])
    assert len(decode_policy(f"{text}quorum none\n".encode()).logs) == MOST
    with pytest.raises(MalformedInput, match=f"more than {MOST} logs"):
        decode_policy(f"{text}log {logs[-1]}\nquorum none\n".encode())
    room = POLICY_LIMIT - len("quorum none\n")
    assert decode_policy(b"#" * (room - 1) + b"\nquorum none\n").quorum is None
    with pytest.raises(MalformedInput, match=f"limit {POLICY_LIMIT}"):
        decode_policy(b"#" * room + b"\nquorum none\n")


def test_two_keys_that_share_name_and_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such keys can be ground out, the id being short; a line of a note could then be either's."""
    text = (f"witness X1 {vkey(witness('w', 1))}\nwitness X2 {vkey(witness('w', 2))}\nquorum X1\n").encode()
    assert decode_policy(text)
    monkeypatch.setattr(WitnessKey, "key_id", property(lambda _: b"same"))
    with pytest.raises(MalformedInput, match="line 2: another key has the name 'w' and the id 73616d65 too"):
        decode_policy(text)


def cosigned_by(*names: str) -> bytes:
    return add_cosignatures(NOTE, [cosign(HEAD.text(), SIGNERS[name], TIME + int(name[1])) for name in names])


POLICY = decode_policy(TEXT.encode())


def test_a_quorum_is_counted_by_its_witnesses_in_the_order_of_the_policy() -> None:
    assert open_cosigned(cosigned_by("Y1", "X3", "X1"), log_key(), POLICY) == (
        HEAD,
        (Cosigned("X1", TIME + 1), Cosigned("X3", TIME + 3), Cosigned("Y1", TIME + 1)),
    )
    assert open_cosigned(NOTE, log_key(), None) == (HEAD, ())
    assert POLICY.cosigned(decode_note(cosigned_by("X2"))) == (Cosigned("X2", TIME + 2),)
    assert POLICY.cosigned(decode_note(NOTE)) == ()


def stranger(name: str, number: int) -> Signature:
    return cosign(HEAD.text(), witness(name, number), TIME)


SHORT = cosigned_by("X1", "Y1")
OTHER = Checkpoint(ORIGIN, 9, bytes(32))
NO_QUORUM = {
    "nobody": (NOTE, "cosigned by nobody: not a quorum"),
    "one too few": (SHORT, "cosigned by X1, Y1: not a quorum"),
    "strangers": (add_cosignatures(SHORT, [stranger(f"s{i}", 50 + i) for i in range(9)]), "cosigned by X1, Y1"),
    "a stranger with a known name": (add_cosignatures(SHORT, [stranger("X2.example", 50)]), "cosigned by X1, Y1"),
    "a known key with another name": (add_cosignatures(SHORT, [stranger("X4.example", 2)]), "cosigned by X1, Y1"),
    "the log itself": (add_cosignatures(SHORT, decode_note(NOTE).signatures), "cosigned by X1, Y1"),
    "the same line twice": (
        SHORT + decode_note(SHORT).signatures[1].line().encode(),
        "signature of X1.example: is there twice",
    ),
    "the same witness at two times": (
        SHORT + cosign(HEAD.text(), SIGNERS["X1"], TIME + 99).line().encode(),
        "signature of X1.example: is there twice",
    ),
    "a cosignature of another checkpoint": (
        add_cosignatures(SHORT, [cosign(OTHER.text(), SIGNERS["X2"], TIME)]),
        "signature of X2.example: does not verify",
    ),
    "a bad line beside a quorum": (
        add_cosignatures(cosigned_by("X1", "X2", "Y1"), [cosign(OTHER.text(), SIGNERS["Y2"], TIME)]),
        "signature of Y2.example: does not verify",
    ),
    "a signature of the text as a cosignature": (
        add_cosignatures(
            SHORT,
            [Signature("X2.example", SIGNERS["X2"].key.key_id, SIGNERS["X2"].sign(HEAD.text()))],
        ),
        "signature of X2.example: does not verify",
    ),
}


@pytest.mark.parametrize(("data", "reason"), NO_QUORUM.values(), ids=NO_QUORUM)
def test_lines_are_not_counted(data: bytes, reason: str) -> None:
    with pytest.raises(CheckFailed, match=re.escape(reason)) as failure:
        open_cosigned(data, log_key(), POLICY)
    assert failure.value.check == "board.witnesses"


def test_the_logs_own_signature_is_asked_for_too() -> None:
    note = decode_note(cosigned_by("X1", "X2", "Y1"))
    bare = b"".join([note.text, b"\n", *(line.line().encode() for line in note.signatures[1:])])
    with pytest.raises(CheckFailed, match=r"board\.checkpoint"):
        open_cosigned(bare, log_key(), POLICY)
    assert len(POLICY.check(decode_note(bare))) == 3


def test_nobody_is_needed_where_the_quorum_is_none() -> None:
    policy = decode_policy(f"{X1}quorum none\n".encode())
    assert open_cosigned(NOTE, log_key(), policy) == (HEAD, ())
    assert (policy.least_in_common, policy.apart) == (0, ((), ()))
    with pytest.raises(CheckFailed, match="does not verify"):
        policy.check(Note(HEAD.text(), (cosign(OTHER.text(), SIGNERS["X1"], TIME),)))


def test_keys_are_those_of_the_policy() -> None:
    keys: tuple[NoteKey, ...] = POLICY.witness_keys
    assert keys == tuple(signer.key for signer in SIGNERS.values())
    assert Policy((), POLICY.witnesses[:1], POLICY.witnesses[0]).satisfied_by(["X1"])
    assert isinstance(POLICY.witnesses[0], Witness)
