"""Tampers with the log: checkpoint, tree, leaves, authors, signatures, phases, anchors (docs/spec.md section 5)."""

import base64
import copy
from collections.abc import Callable

from reference import make_ed25519
from reference.encryptor import Entry
from reference.make_group import Q, scalar_hex, sha256
from reference.make_json import Json
from reference.make_manifest import trustee_id
from reference.make_tree import checkpoint_note, key_id, verifier_key
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper

TAMPERS: list[Tamper] = []

# Checkpoint, root, tiles

CHECKPOINT = Row(TAMPERS, "board.checkpoint")


def _parts(d: Dossier) -> tuple[int, bytes]:
    return len(d.entries), d.made.root(len(d.entries))


def _of_another_log(d: Dossier) -> None:
    """Origin and key name of another log of the same key."""
    d.note = checkpoint_note("log.example/other", *_parts(d), d.log_secret())


def _text_of_another_log(d: Dossier) -> None:
    """Another origin in the text, this log's name on the signature."""
    d.note = checkpoint_note("log.example/other", *_parts(d), d.log_secret(), name=d.origin)


def _by_administrator(d: Dossier) -> None:
    d.note = checkpoint_note(d.origin, *_parts(d), d.made.keys[d.made.parties["chair"].hex()])


def _only_a_witness(d: Dossier) -> None:
    d.note = checkpoint_note(d.origin, *_parts(d), d.new_key("witness"), name="witness.example")


def _forged_line(d: Dossier, name: str = "") -> bytes:
    """A line with the log's name and key id whose signature is not one."""
    blob = key_id(d.origin, d.made.parties["log"]) + bytes(64)
    return f"— {name or d.origin} {base64.b64encode(blob).decode()}\n".encode()


def _signature_of_zeros(d: Dossier) -> None:
    note = d.checkpoint()
    d.note = note[: note.rindex(b"\n\n") + 2] + _forged_line(d)


def _one_line_too_many(d: Dossier) -> None:
    """A good signature, and a bad one under the same name and id."""
    d.note = d.checkpoint() + _forged_line(d)


def _same_line_twice(d: Dossier) -> None:
    note = d.checkpoint()
    d.note = note + note[note.rindex(b"\n\n") + 2 :]


def _signed_before(d: Dossier) -> None:
    """The signature of the log's previous head under the text of this one."""
    new, old = d.checkpoint(), d.checkpoint(len(d.entries) - 1)
    d.note = new[: new.rindex(b"\n\n") + 2] + old[old.rindex(b"\n\n") + 2 :]


NOTES: tuple[tuple[Act, tuple[str, ...]], ...] = (
    (_of_another_log, ("A137",)),
    (_text_of_another_log, ("A137",)),
    (_by_administrator, ("A75",)),
    (_only_a_witness, ()),
    (_signature_of_zeros, ("A19",)),
    (_one_line_too_many, ()),
    (_same_line_twice, ()),
    (_signed_before, ()),
)
for act, numbers in NOTES:
    CHECKPOINT("checkpoint" + act.__name__.replace("_", "-"), act, *numbers)

ROOT = Row(TAMPERS, "board.root")


def _root(of: Callable[[Dossier], bytes]) -> Act:
    def act(d: Dossier) -> None:
        d.note = checkpoint_note(d.origin, len(d.entries), of(d), d.log_secret())

    return act


def _unprefixed(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [sha256(b"".join(hashes[i : i + 2])) for i in range(0, len(hashes), 2)]
    return hashes[0]


ROOT("root-of-other-entries", _root(lambda d: sha256(b"another log")), "A137")
ROOT("root-of-fewer-entries", _root(lambda d: d.made.root(len(d.entries) - 1)), "A103")
ROOT("root-without-prefixes", _root(lambda d: _unprefixed([sha256(e.leaf_bytes()) for e in d.entries])), "A14", "A102")

TILES = Row(TAMPERS, "board.tiles")


def _tile(change: Callable[[bytes], bytes]) -> Act:
    def act(d: Dossier) -> None:
        name = f"tile/0/000.p/{len(d.entries)}"
        d.file_edits.append(lambda found: found.update({name: change(found[name])}))

    return act


TILES("tile-bit-flipped", _tile(lambda tile: bytes([tile[0] ^ 1]) + tile[1:]))
TILES("tile-hashes-exchanged", _tile(lambda tile: tile[32:64] + tile[:32] + tile[64:]))
TILES("tile-too-long", _tile(lambda tile: tile + bytes(32)), "A08")
TILES("tile-too-short", _tile(lambda tile: tile[:-1]), "A103")

# Leaves and payloads

LEAF = Row(TAMPERS, "board.leaf")


def _challenge_leaf(edit: Callable[[Json], object], *keep: str) -> Act:
    """A change of the challenge's leaf, which no later leaf refers to."""

    def act(d: Dossier) -> None:
        entry = d.one("challenge")
        entry.keep |= {"ignored", *keep}
        d.settle()
        edit(entry.leaf)
        entry.keep.add("tracker")
        d.settle()

    return act


def _filled(leaf: Json) -> None:
    leaf["signatures"] = [{"key": "00" * 32, "sig": "00" * 64}] * 20


CHALLENGE_LEAVES: tuple[tuple[str, Callable[[Json], object], tuple[str, ...], tuple[str, ...]], ...] = (
    ("version-2", lambda leaf: leaf.update(v=2), (), ("A115",)),
    ("of-another-election", lambda leaf: leaf.update(election="0" * 64), ("election",), ("A36", "A05")),
    ("longer-than-4096", _filled, ("signatures",), ("A116",)),
    ("body-with-a-line", lambda leaf: leaf["body"].update(line="a"), (), ("A115", "A59")),
    ("body-without-tracker", lambda leaf: leaf["body"].pop("tracker"), ("tracker",), ("A115",)),
    ("payload-empty", lambda leaf: leaf["payload"].update(len=0), ("payload",), ("A19",)),
    ("payload-above-its-limit", lambda leaf: leaf["payload"].update(len=64 * 2**20 + 1), ("payload",), ("A116",)),
    ("payload-with-name", lambda leaf: leaf["payload"].update(name="../x"), ("payload",), ("A119", "A115")),
    ("payload-missing", lambda leaf: leaf.pop("payload"), ("payload",), ("A115",)),
    ("unknown-kind", lambda leaf: leaf.update(kind="decoy"), (), ("A115", "A60")),
    ("author-as-number", lambda leaf: leaf.update(author=1), (), ("A26",)),
    ("tracker-too-short", lambda leaf: leaf["body"].update(tracker="00" * 20), ("tracker",), ("A42",)),
)
for what, edit, keep, numbers in CHALLENGE_LEAVES:
    LEAF(f"leaf-{what}", _challenge_leaf(edit, *keep), *numbers)


def _ballot_with_address(d: Dossier) -> None:
    """An unknown member in the leaf of a ballot; the insider counts as if it were not there."""
    entry = d.one("ballot")
    entry.keep.add("ignored")
    entry.body["address"] = "192.0.2.1"
    d.settle()


def _fault_beyond_trustees(d: Dossier) -> None:
    """The restart is left out, so the leaves of the second session are too early."""
    d.one("ceremony.restart").body["fault"] = 4
    d.settle()


LEAF("ballot-leaf-with-address", _ballot_with_address, "A32", "A115")
LEAF("fault-beyond-the-trustees", _fault_beyond_trustees, "A72", also=("board.phase",))


def _extra(kind: str, author: str, body: Json, before: str) -> Act:
    """One leaf more, whose body is not of its kind's form; without it nothing is missing."""

    def act(d: Dossier) -> None:
        entry = Entry(d.leaf(kind, author, copy.deepcopy(body)), keep={"ignored", "h_g", "statement"})
        d.insert(d.index(d.one(before)), entry)
        d.settle()

    return act


ZEROS = "0" * 64
FAULT: Json = {"fault": 1, "reason": "missing", "session": 3}
ANSWER: Json = {"P": ZEROS, "P_hat": ZEROS, "session": 2, "to": 2, "xi": ZEROS}
EXTRA_LEAVES: tuple[tuple[str, str, str, Json, str, tuple[str, ...]], ...] = (
    ("complaint-against-index-0", "ceremony.complaint", trustee_id(1), {"against": 0, "session": 2}, "open", ("A68",)),
    (
        "complaint-against-index-q",
        "ceremony.complaint",
        trustee_id(1),
        {"against": 2**31, "session": 2},
        "open",
        ("A68",),
    ),
    ("complaint-in-session-0", "ceremony.complaint", trustee_id(1), {"against": 2, "session": 0}, "open", ("A73",)),
    ("confirmation-in-capitals", "ceremony.confirm", trustee_id(1), {"h_g": "A" * 64, "session": 2}, "open", ("A114",)),
    (
        "confirmation-with-session-as-boolean",
        "ceremony.confirm",
        trustee_id(1),
        {"h_g": ZEROS, "session": True},
        "open",
        ("A26",),
    ),
    ("restart-for-another-reason", "ceremony.restart", "chair", {**FAULT, "reason": "dislike"}, "open", ("A72",)),
    ("restart-without-fault", "ceremony.restart", "chair", {"reason": "missing", "session": 3}, "open", ("A72",)),
    ("answer-not-below-q", "ceremony.answer", trustee_id(1), {**ANSWER, "P": scalar_hex(Q)}, "open", ("A09", "A72")),
    ("answer-to-index-0", "ceremony.answer", trustee_id(1), {**ANSWER, "to": 0}, "open", ("A68",)),
    ("lot-of-five-digits", "lot", "chair", {"digits": "12345"}, "tally.statement", ("A65",)),
    ("lot-of-65-digits", "lot", "chair", {"digits": "1" * 65}, "tally.statement", ("A116",)),
    ("lot-in-wide-digits", "lot", "chair", {"digits": "１２３４５６"}, "tally.statement", ("A26", "A118")),
    ("lot-as-a-number", "lot", "chair", {"digits": 123456}, "tally.statement", ("A26",)),
    ("close-with-a-time", "close", "chair", {"time": 1}, "close", ("A115",)),
    ("acceptance-too-short", "tally.accept", trustee_id(2), {"statement": ZEROS[2:]}, "outcome", ("A42",)),
)
for what, kind, author, body, before, numbers in EXTRA_LEAVES:
    LEAF(what, _extra(kind, author, body, before), *numbers)


def _further_statement(length: int) -> Act:
    """A second statement, of which nobody has the payload, said to have so many bytes."""

    def act(d: Dossier) -> None:
        keep = {"ignored", "payload", "close", "rows", "products"}
        first = d.one("tally.statement")
        entry = Entry(d.leaf("tally.statement", "chair"), copy.deepcopy(first.content), packed=b"", keep=keep)
        entry.leaf["payload"] = {"len": length, "sha256": ZEROS}
        d.insert(d.index(d.one("outcome")), entry)
        d.settle()

    return act


LEAF("statement-above-its-limit", _further_statement(2**30 + 1), "A116")
Row(TAMPERS, "board.phase")("second-statement-at-its-limit", _further_statement(2**30), "A81", "A116")

PAYLOAD = Row(TAMPERS, "board.payload")


def _packed(kind: str, n: int, change: Callable[[bytes], bytes]) -> Act:
    def act(d: Dossier) -> None:
        entry = d.one(kind, n)
        entry.packed = change(entry.payload_bytes())

    return act


def _last_flipped(data: bytes) -> bytes:
    return data[:-2] + bytes([data[-2] ^ 1]) + data[-1:]


PAYLOAD("counted-ballot-exchanged", _packed("ballot", 3, _last_flipped), "A20", "A137")
PAYLOAD("challenge-exchanged", _packed("challenge", 0, _last_flipped), "A58")
PAYLOAD("payload-longer", _packed("tally.share", 0, lambda data: data + b" "), "A114")
PAYLOAD("payload-where-none-is-named", _packed("close", 0, lambda data: b"{}"), "A115")


def _length_off(d: Dossier) -> None:
    entry = d.one("challenge")
    entry.leaf["payload"]["len"] += 1
    entry.keep.add("payload")
    d.settle()


PAYLOAD("length-off-by-one", _length_off, "A114")

# Anchors

BASE_HASH = Row(TAMPERS, "anchor.base-hash")


def _expecting(name: str, value: Callable[[Dossier], str]) -> Act:
    def act(d: Dossier) -> None:
        d.expect = {**d.anchors(), name: value(d)}

    return act


BASE_HASH("reader-expects-another-election", _expecting("base_hash", lambda d: "0" * 64), "A137", "A50", "A36")
BASE_HASH("reader-expects-another-joint-key", _expecting("extended_base_hash", lambda d: "0" * 64), "A137", "A55")
LOG_KEY = Row(TAMPERS, "anchor.log-key")
OTHER_KEY = make_ed25519.public_key(b"k" * 32)
LOG_KEY("reader-expects-another-log-key", _expecting("log_key", lambda d: verifier_key(d.origin, OTHER_KEY)), "A137")
LOG_KEY(
    "reader-expects-another-log-name",
    _expecting("log_key", lambda d: verifier_key("log.example/other", d.made.parties["log"])),
    "A137",
)
SINCE = Row(TAMPERS, "anchor.since")


def _since(note: Callable[[Dossier], bytes]) -> Act:
    def act(d: Dossier) -> None:
        d.since = note(d)

    return act


def _fork(d: Dossier) -> bytes:
    return checkpoint_note(d.origin, 30, sha256(b"what voters were shown"), d.log_secret())


SINCE("reader-saw-another-history", _since(_fork), "A39", "A53")
SINCE("reader-saw-a-longer-log", _since(lambda d: checkpoint_note(d.origin, 400, bytes(32), d.log_secret())), "A103")
SINCE("reader-saw-an-unsigned-head", _since(lambda d: d.checkpoint(30)[:-40] + b"A" * 36 + b"AA=\n"))
SINCE(
    "reader-saw-a-head-of-another-log",
    _since(lambda d: checkpoint_note("log.example/other", 30, d.made.root(30), d.log_secret())),
    "A137",
)
SINCE("reader-saw-no-checkpoint", _since(lambda d: b"hello"))
