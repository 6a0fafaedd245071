"""Evidence: forged and trivial files are refused, each by one check, and what holds names the right party."""

from dataclasses import replace

import pytest

from board.keys import ORIGIN, log_key
from e2evote.board.accusation import Accusation, Filed, Fork, OtherEntry, RollBack, Withheld, decode_evidence
from e2evote.board.cosignature import WitnessKey
from e2evote.board.evidence import check_evidence, encode_evidence
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import decode_note, encode_note
from e2evote.board.proof import decode_proof
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.hashing import canonical
from monitor.signed import KEYS, LOG_KEY, T0, cosigned, log_of, numbered, policy, witness_key

HONEST, OTHER = numbered(7), numbered(11, e5="another")
NOTE = cosigned(HONEST.signed_checkpoint(), "w1", "w2")
LATER = cosigned(OTHER.signed_checkpoint(), "w2", "w3", time=T0 + 60)
RECEIPT = HONEST.proof(5, NOTE, b"entry 5").encode()
SMALLER = cosigned(numbered(4).signed_checkpoint(), "w1", "w3", time=T0 + 90)


def root(log: object, size: int) -> bytes:
    return log.checkpoint(size).root  # type: ignore[attr-defined,no-any-return]


FORK = Fork(NOTE, LATER, root(OTHER, 7), OTHER.consistency_proof(7, 11))
SAME_SIZE = Fork(NOTE, numbered(7, e0="x").signed_checkpoint(), root(numbered(7, e0="x"), 7), ())
ENTRY = OtherEntry(RECEIPT, LATER, leaf_hash(b"another"), OTHER.proof(5, LATER).hashes)
ROLL_BACK = RollBack(NOTE, SMALLER)
WITHHELD = Withheld(RECEIPT, SMALLER)
ALL = {"fork": FORK, "same-size": SAME_SIZE, "entry": ENTRY, "roll-back": ROLL_BACK, "withheld": WITHHELD}


def filed(accusation: Accusation, key: object = LOG_KEY, witnesses: tuple[WitnessKey, ...] = ()) -> bytes:
    """The file as somebody may write it: nothing is checked."""
    return Filed(accusation, key, witnesses).encode()  # type: ignore[arg-type]


# What nobody may be accused of. Each is one change to evidence that holds.
REFUSED = {
    "two heads of one log": Fork(
        NOTE, numbered(11).signed_checkpoint(), root(HONEST, 7), numbered(11).consistency_proof(7, 11)
    ),
    "one note twice": Fork(NOTE, NOTE, root(HONEST, 7), ()),
    "one head with other cosignatures": Fork(NOTE, HONEST.signed_checkpoint(), root(HONEST, 7), ()),
    "another root without its proof": replace(FORK, root=bytes(32)),
    "a proof of another size": replace(FORK, proof=OTHER.consistency_proof(6, 11)),
    "a proof that is cut": replace(FORK, proof=FORK.proof[:-1]),
    "a proof of one size": replace(SAME_SIZE, root=bytes(32)),
    "the larger one first": replace(FORK, first=LATER, second=NOTE),
    "the empty log first": replace(FORK, first=log_of().signed_checkpoint(), root=bytes(32)),
    "the entry of the receipt": replace(
        ENTRY, checkpoint=HONEST.signed_checkpoint(), leaf=leaf_hash(b"entry 5"), proof=decode_proof(RECEIPT).hashes
    ),
    "another leaf without its proof": replace(ENTRY, leaf=leaf_hash(b"forged")),
    "a leaf of another index": replace(ENTRY, leaf=leaf_hash(b"entry 6"), proof=OTHER.proof(6, LATER).hashes),
    "an index beyond the log": replace(ENTRY, checkpoint=SMALLER),
    "two heads of one size": RollBack(NOTE, HONEST.signed_checkpoint()),
    "the smaller one as seen": RollBack(SMALLER, NOTE),
    "an entry that the head covers": Withheld(RECEIPT, LATER),
    "an entry that the smaller head covers": Withheld(RECEIPT, numbered(6).signed_checkpoint()),
}


@pytest.mark.parametrize("accusation", REFUSED.values(), ids=REFUSED)
def test_nothing_follows(accusation: Accusation) -> None:
    with pytest.raises(CheckFailed) as failure:
        check_evidence(filed(accusation), None, None)
    assert failure.value.check == "evidence"
    with pytest.raises(CheckFailed):
        encode_evidence(accusation, LOG_KEY)


@pytest.mark.parametrize("accusation", ALL.values(), ids=ALL)
def test_every_signature_must_be_the_logs(accusation: Accusation) -> None:
    """A109: a head of another log, or by another key, accuses nobody."""
    others = numbered(7).signed_checkpoint(), log_of("x", origin="other.example/log").signed_checkpoint()
    stolen = encode_note(decode_note(NOTE).text, [replace(decode_note(others[1]).signatures[0], name=ORIGIN)])
    field = {"fork": "first", "entry": "checkpoint", "roll-back": "seen", "withheld": "presented"}[accusation.kind]
    for note in (others[1], stolen):
        with pytest.raises(CheckFailed, match=r"board\.checkpoint"):
            check_evidence(filed(replace(accusation, **{field: note})), None, None)  # type: ignore[arg-type]
    with pytest.raises(CheckFailed, match=r"board\.checkpoint"):
        check_evidence(filed(accusation, log_key(seed=bytes(32))), None, None)


def test_a_receipt_must_be_one() -> None:
    forged = replace(decode_proof(RECEIPT), extra=b"forged").encode()
    for accusation in (replace(ENTRY, receipt=forged), replace(WITHHELD, receipt=forged)):
        with pytest.raises(CheckFailed, match=r"board\.inclusion"):
            check_evidence(filed(accusation), None, None)


@pytest.mark.parametrize("accusation", ALL.values(), ids=ALL)
def test_evidence_about_another_log_is_refused(accusation: Accusation) -> None:
    data = encode_evidence(accusation, LOG_KEY)
    for key in (log_key(seed=bytes(32)), log_key("other.example/log")):
        with pytest.raises(CheckFailed, match="the reader's is"):
            check_evidence(data, key, None)
    other = replace(policy(), logs=(replace(policy().logs[0], key=log_key(seed=bytes(32))),))
    with pytest.raises(CheckFailed, match="the reader's is"):
        check_evidence(data, None, other)


@pytest.mark.parametrize(("name", "accusation"), ALL.items(), ids=ALL)
def test_what_holds_is_read_back_and_names_the_log(name: str, accusation: Accusation) -> None:
    data = encode_evidence(accusation, LOG_KEY, KEYS)
    assert decode_evidence(data).encode() == data
    for given in (LOG_KEY, None):
        verdict = check_evidence(data, given, None)
        assert verdict.kind == accusation.kind
        assert verdict.log.key == LOG_KEY.encode()
        assert verdict.log.known == (given is not None)
        assert (verdict.log in verdict.convicted) == (accusation.kind in ("fork", "entry"))


def convicted(data: bytes, with_policy: bool = True) -> list[tuple[str, bool]]:
    verdict = check_evidence(data, LOG_KEY, policy() if with_policy else None)
    return [(party.name, party.known) for party in verdict.convicted]


@pytest.mark.parametrize("accusation", [FORK, ENTRY])
def test_who_cosigned_both_sides_is_convicted_too(accusation: Accusation) -> None:
    data = encode_evidence(accusation, LOG_KEY, KEYS)
    assert convicted(data) == [(ORIGIN, True), ("w2", True)]
    assert convicted(data, with_policy=False) == [(ORIGIN, True), ("w2", False)]
    assert convicted(encode_evidence(accusation, LOG_KEY), with_policy=False) == [(ORIGIN, True)]


@pytest.mark.parametrize("kind", [RollBack, Withheld])
@pytest.mark.parametrize(("later", "word"), [(1, "convicts"), (0, "shows"), (-1, "shows")])
def test_a_witness_whose_times_go_back_is_convicted(kind: type, later: int, word: str) -> None:
    small = cosigned(numbered(4).signed_checkpoint(), "w2", "w3", time=T0 + later)
    data = encode_evidence(kind(NOTE if kind is RollBack else RECEIPT, small), LOG_KEY, KEYS)
    verdict = check_evidence(data, LOG_KEY, policy())
    assert verdict.word == word
    assert [party.name for party in verdict.convicted] == (["w2"] if later > 0 else [])


def test_a_cosignature_by_a_named_witness_must_verify() -> None:
    note = decode_note(NOTE)
    bad = replace(note.signatures[1], data=note.signatures[1].data[:-1] + b"\0")
    spoilt = encode_note(note.text, (note.signatures[0], bad))
    for reader, names in ((policy(), ()), (None, KEYS)):
        with pytest.raises(CheckFailed, match=r"board\.witnesses"):
            check_evidence(filed(replace(FORK, first=spoilt), witnesses=names), LOG_KEY, reader)
    data = encode_evidence(replace(FORK, first=spoilt), LOG_KEY, KEYS)
    assert convicted(data) == [(ORIGIN, True)], "a bad line saves nobody: it is left out when evidence is written"


def test_a_witness_of_the_file_cannot_pass_for_one_of_the_policy() -> None:
    mine = witness_key("w1", seed=bytes(32))
    verdict = check_evidence(filed(FORK, witnesses=(mine,)), LOG_KEY, policy())
    assert [party.name for party in verdict.convicted if not party.known] == []


def changed(**members: object) -> bytes:
    value = canonical.decode(filed(FORK, witnesses=KEYS).removesuffix(b"\n"), limit=2**20)
    assert isinstance(value, dict)
    value.update(members)  # type: ignore[arg-type]
    return canonical.encode({name: part for name, part in value.items() if part is not ...})


MALFORMED = {
    "nothing": b"",
    "another kind": changed(evidence="theft"),
    "no kind": changed(evidence=...),
    "another version": changed(v=2),
    "true for one": changed(v=True),
    "a member too many": changed(note="the log cheats"),
    "a member too few": changed(root=...),
    "members of another kind": changed(evidence="roll-back"),
    "a note that is none": changed(first="vote.example\n"),
    "a root that is cut": changed(root="00"),
    "capitals": changed(root="AB" * 32),
    "too many hashes": changed(proof=["00" * 32] * 64),
    "a log key of a witness": changed(log_key=KEYS[0].encode()),
    "a witness key of a log": changed(witnesses=[LOG_KEY.encode()]),
    "a witness twice": changed(witnesses=[KEYS[0].encode()] * 2),
    "one key under two names": changed(witnesses=[KEYS[0].encode(), witness_key("x", b"w1".rjust(32, b"\0")).encode()]),
    "two newlines": filed(FORK) + b"\n",
    "a space": b" " + filed(FORK),
    "too long": b" " * (2**20 + 2),
    "a receipt without its entry": filed(replace(ENTRY, receipt=HONEST.proof(5, NOTE).encode())),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_malformed(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        check_evidence(data, LOG_KEY, None)


@pytest.mark.parametrize("accusation", [SAME_SIZE, ENTRY, WITHHELD], ids=["fork", "entry", "withheld"])
def test_every_byte_counts(accusation: Accusation) -> None:
    data = encode_evidence(accusation, LOG_KEY)
    for place in range(0, len(data) - 1, 3):
        altered = bytearray(data)
        altered[place] ^= 1
        with pytest.raises((CheckFailed, MalformedInput)):
            check_evidence(bytes(altered), LOG_KEY, None)


def test_all_pairs_of_sizes_of_two_histories() -> None:
    """A fork at any place convicts at any pair of sizes beyond it, and at none before it."""
    for at in (0, 2, 5):
        other = numbered(9, **{f"e{at}": "x"})
        for m in range(1, 9):
            note = numbered(m).signed_checkpoint()
            fork = Fork(note, other.signed_checkpoint(), root(other, m), other.consistency_proof(m, 9))
            if m > at:
                assert check_evidence(encode_evidence(fork, LOG_KEY), LOG_KEY, None).word == "convicts"
            else:
                with pytest.raises(CheckFailed, match="of one log"):
                    encode_evidence(fork, LOG_KEY)
