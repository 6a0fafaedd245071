"""Evidence: two signed statements that cannot both be so, in one file (docs/record-format.md, Evidence).

`check_evidence` derives everything again from signatures and proofs; nothing that a file says is believed, and its keys
are claims until the reader has them from elsewhere. Forks and exchanged entries convict whoever signed both sides. Two
sizes of one log convict only a witness whose times contradict each other; else they show that something was kept back,
and where the smaller head came from is for the reader to know.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from e2evote.board.accusation import (
    Accusation,
    Filed,
    Fork,
    OtherEntry,
    RollBack,
    Withheld,
    decode_evidence,
    entry_of,
)
from e2evote.board.checkpoint import Checkpoint, open_checkpoint
from e2evote.board.cosignature import CHECK as WITNESSES
from e2evote.board.cosignature import WitnessKey, time_of
from e2evote.board.merkle import leaf_hash, verify_consistency, verify_inclusion
from e2evote.board.note import LogKey, NoteKey, Signature, decode_note, encode_note
from e2evote.board.policy import Policy
from e2evote.board.proof import LogProof, check_inclusion, decode_proof
from e2evote.errors import CheckFailed

CHECK = "evidence"
"""The check that fails when all signatures are good and nothing follows from them."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who has signed. role: `log` or `witness`. known: the key came from the reader, not from the file alone."""

    role: str
    name: str
    key: str
    known: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What evidence that holds says. facts: in plain sentences, the first of them what happened."""

    kind: str
    log: Party
    convicted: tuple[Party, ...]
    facts: tuple[str, ...]

    @property
    def word(self) -> str:
        """`convicts` where somebody's own signatures contradict each other, else `shows`."""
        return "convicts" if self.convicted else "shows"


@dataclass(frozen=True, slots=True)
class _Head:
    """A note whose signatures are good. times: of the cosignatures, by the witness's raw key."""

    checkpoint: Checkpoint
    times: Mapping[bytes, int]


def encode_evidence(accusation: Accusation, log_key: LogKey, witnesses: Sequence[WitnessKey] = ()) -> bytes:
    """The file; CheckFailed or MalformedInput where the accusation does not hold, so that none is written for nothing.

    witnesses: whose cosignatures matter. Signature lines that are not theirs or the log's, or not valid, are left out:
    a log could else spoil every piece of evidence by a bad line.
    """
    keys: list[NoteKey] = [log_key, *witnesses]
    data = Filed(_with_valid_lines(accusation, keys), log_key, tuple(witnesses)).encode()
    check_evidence(data, log_key, None)
    return data


def check_evidence(data: bytes, log_key: LogKey | None, policy: Policy | None) -> Verdict:
    """What the evidence shows and whom it convicts; CheckFailed where it shows nothing.

    log_key, policy: what the reader has from elsewhere. Without them the keys in the file are only its claim.
    """
    filed = decode_evidence(data)
    log = _log_party(filed.log_key, log_key, policy)
    witnesses = _witnesses(filed.witnesses, policy)
    keys = tuple(witnesses)
    accusation = filed.accusation
    if isinstance(accusation, Fork | OtherEntry):
        one, other, facts = _exclusive(accusation, filed.log_key, keys)
        guilty = _in_both(keys, one, other)
        facts += [f"{witnesses[key].name} cosigned both{_times(key, one, other)}." for key in guilty]
        return Verdict(accusation.kind, log, (log, *(witnesses[key] for key in guilty)), tuple(facts))
    larger, smaller, facts = _kept_back(accusation, filed.log_key, keys)
    both = _in_both(keys, larger, smaller)
    guilty = [key for key in both if _time(key, smaller) > _time(key, larger)]
    for key in both:
        what = "" if _time(key, smaller) == _time(key, larger) else _order(key in guilty)
        facts.append(f"{witnesses[key].name} cosigned both{_times(key, larger, smaller)}{what}.")
    return Verdict(accusation.kind, log, tuple(witnesses[key] for key in guilty), tuple(facts))


def _log_party(claimed: LogKey, log_key: LogKey | None, policy: Policy | None) -> Party:
    """The log that the file is about, which must be the reader's."""
    wanted = [log_key] if log_key else [log.key for log in policy.logs] if policy else []
    if wanted and claimed not in wanted:
        names = ", ".join(key.encode() for key in wanted)
        raise CheckFailed(CHECK, f"log {claimed.name}", f"its key is {claimed.encode()}, and the reader's is {names}")
    return Party("log", claimed.name, claimed.encode(), known=bool(wanted))


def _witnesses(claimed: Sequence[WitnessKey], policy: Policy | None) -> dict[WitnessKey, Party]:
    """Whose cosignatures are looked at: the policy's witnesses, by their names there, and those that the file names."""
    known: dict[WitnessKey, Party] = {}
    for witness in policy.witnesses if policy else ():
        known[witness.key] = Party("witness", ascii(witness.name)[1:-1], witness.key.encode(), known=True)
    names = {key.public_key.encoded: party.name for key, party in known.items()}
    lines = {(key.name, key.key_id) for key in known}
    for key in claimed:
        raw = key.public_key.encoded
        if key in known:
            continue
        if (key.name, key.key_id) in lines:
            raise CheckFailed(CHECK, f"witness {key.name}", "another key than the policy's has its name and id")
        known[key] = Party("witness", names.get(raw, key.name), key.encode(), known=raw in names)
    return known


def _exclusive(
    accusation: Fork | OtherEntry, log_key: LogKey, keys: Sequence[WitnessKey]
) -> tuple[_Head, _Head, list[str]]:
    """Two heads that no log has both, or CheckFailed."""
    if isinstance(accusation, Fork):
        first, second = (_open(note, log_key, keys) for note in (accusation.first, accusation.second))
        m, n, root = first.checkpoint.size, second.checkpoint.size, accusation.root
        subject = f"heads of {m} and {n} entries"
        if not verify_consistency(m, n, accusation.proof, root, second.checkpoint.root):
            raise CheckFailed(CHECK, subject, "the proof does not lead from root to the second head")
        if root == first.checkpoint.root:
            raise CheckFailed(CHECK, subject, "they are of one log")
        said = f"{log_key.name} signed that its first {m} entries have the root {first.checkpoint.root.hex()}, and "
        rest = "that they have" if m == n else f"a log of {n} entries of which the first {m} have"
        return first, second, [f"{said}{rest} the root {root.hex()}."]
    acknowledged, proof = _open_receipt(accusation.receipt, log_key, keys)
    head = _open(accusation.checkpoint, log_key, keys)
    size, place = head.checkpoint.size, f"entry {proof.index} of {head.checkpoint.size}"
    if not verify_inclusion(accusation.leaf, proof.index, size, accusation.proof, head.checkpoint.root):
        raise CheckFailed(CHECK, place, "the proof does not lead from leaf to the checkpoint")
    if accusation.leaf == leaf_hash(proof.extra):
        raise CheckFailed(CHECK, place, "it is the entry of the receipt")
    said = (
        f"{log_key.name} acknowledged an entry at index {proof.index}, under a head of {acknowledged.checkpoint.size}"
    )
    return acknowledged, head, [f"{said}; it signed a log of {size} entries that has another entry there."]


def _kept_back(
    accusation: RollBack | Withheld, log_key: LogKey, keys: Sequence[WitnessKey]
) -> tuple[_Head, _Head, list[str]]:
    """The larger and the smaller head, or CheckFailed."""
    presented = _open(accusation.presented, log_key, keys)
    n = presented.checkpoint.size
    if isinstance(accusation, RollBack):
        larger = _open(accusation.seen, log_key, keys)
        if larger.checkpoint.size <= n:
            raise CheckFailed(CHECK, f"heads of {larger.checkpoint.size} and {n} entries", "nothing is kept back")
        what = f"{log_key.name} has signed for {larger.checkpoint.size} entries; the head that was presented covers {n}"
    else:
        larger, proof = _open_receipt(accusation.receipt, log_key, keys)
        if proof.index < n:
            raise CheckFailed(CHECK, f"entry {proof.index}", f"the head presented covers {n} entries, this one too")
        what = f"{log_key.name} acknowledged an entry at index {proof.index}; the head that was presented covers {n}"
    return larger, presented, [f"{what}. That it was presented as the whole log is not in this file."]


def _open_receipt(data: bytes, log_key: LogKey, keys: Sequence[WitnessKey]) -> tuple[_Head, LogProof]:
    proof = decode_proof(data)
    head = _open(proof.checkpoint, log_key, keys)
    check_inclusion(proof, entry_of(proof), head.checkpoint)
    return head, proof


def _open(data: bytes, log_key: LogKey, keys: Sequence[WitnessKey]) -> _Head:
    checkpoint = open_checkpoint(data, log_key)
    raw = {(key.name, key.key_id): key.public_key.encoded for key in keys}
    cosigned = decode_note(data).signatures_by(keys, WITNESSES)
    times: dict[bytes, int] = {}
    for line in cosigned:
        times.setdefault(raw[line.name, line.key_id], time_of(line))
    return _Head(checkpoint, times)


def _with_valid_lines(accusation: Accusation, keys: Sequence[NoteKey]) -> Accusation:
    match accusation:
        case Fork(first, second):
            return replace(accusation, first=_stripped(first, keys), second=_stripped(second, keys))
        case OtherEntry(receipt, note):
            return replace(accusation, receipt=_stripped_receipt(receipt, keys), checkpoint=_stripped(note, keys))
        case RollBack(seen, note):
            return RollBack(_stripped(seen, keys), _stripped(note, keys))
        case Withheld(receipt, note):
            return Withheld(_stripped_receipt(receipt, keys), _stripped(note, keys))


def _stripped_receipt(data: bytes, keys: Sequence[NoteKey]) -> bytes:
    proof = decode_proof(data)
    return replace(proof, checkpoint=_stripped(proof.checkpoint, keys)).encode()


def _stripped(data: bytes, keys: Sequence[NoteKey]) -> bytes:
    """The note with one valid line of each of these keys, and no other; as it is, where it has none."""
    note, known = decode_note(data), {(key.name, key.key_id): key for key in keys}
    kept: dict[tuple[str, bytes], Signature] = {}
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key and key.verify(note.text, line.data):
            kept.setdefault((line.name, line.key_id), line)
    return encode_note(note.text, tuple(kept.values())) if kept else data


def _in_both(keys: Sequence[WitnessKey], one: _Head, other: _Head) -> list[WitnessKey]:
    """The keys that cosigned both heads; one for each raw key, whatever names it goes by."""
    first = {key.public_key.encoded: key for key in reversed(keys)}
    raw = one.times.keys() & other.times.keys()
    return [key for key in keys if key.public_key.encoded in raw and first[key.public_key.encoded] is key]


def _time(key: WitnessKey, head: _Head) -> int:
    return head.times[key.public_key.encoded]


def _times(key: WitnessKey, one: _Head, other: _Head) -> str:
    sizes = f"{one.checkpoint.size} and {other.checkpoint.size} entries"
    return f", of {sizes}, at {_time(key, one)} and {_time(key, other)} (seconds since 1970)"


def _order(guilty: bool) -> str:
    if guilty:
        return ": it went back, or its clock did"
    return ": the smaller head is the older one"
