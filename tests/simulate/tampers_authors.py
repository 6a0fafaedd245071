"""Tampers with who says what and when: authors, signatures and phases (docs/spec.md sections 5.3 and 5.4)."""

import copy
from collections.abc import Callable

from reference import make_ed25519
from reference.encryptor import Entry
from reference.make_ballots import Sealing, ballot_id, line_of, seal
from reference.make_json import Json
from reference.make_manifest import trustee_id
from reference.make_record import signed_message
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper
from simulate.tampers_manifest import mixed_order_key

TAMPERS: list[Tamper] = []

# Authors

AUTHOR = Row(TAMPERS, "board.author")


def _signers(kind: str, n: int, *signers: str, author: str = "") -> Act:
    """These parties sign the n-th leaf of the kind, which may name another author."""

    def act(d: Dossier) -> None:
        entry = d.one(kind, n)
        if author:
            entry.leaf["author"] = author
        entry.leaf["signatures"] = [{"key": d.made.parties[signer].hex(), "sig": ""} for signer in signers]
        d.settle()

    return act


for what, act, numbers in (
    ("trustee-signs-for-another", _signers("ceremony.confirm", 1, trustee_id(1)), ("A75", "A69")),
    ("administrator-accepts-for-a-trustee", _signers("tally.accept", 0, "chair"), ("A75", "A80")),
    ("statement-without-signature", _signers("tally.statement", 0), ("A75", "A19")),
    ("opened-without-teller", _signers("open", 0, "chair"), ("A53",)),
    ("opened-by-administrator-twice", _signers("open", 0, "chair", "chair"), ("A69",)),
    ("closed-in-the-wrong-order", _signers("close", 0, "teller-1", "chair"), ("A75",)),
    ("closed-by-two-tellers-more", _signers("close", 0, "chair", "teller-1", "teller-2"), ()),
    ("lot-with-a-trustee-for-teller", _signers("lot", 0, "chair", trustee_id(1)), ("A75",)),
    ("outcome-signed-twice", _signers("outcome", 0, "chair", "chair"), ("A69",)),
    ("challenge-with-the-logs-signature", _signers("challenge", 0, "log"), ()),
):
    AUTHOR(what, act, *numbers)


def _challenge_by_voter(d: Dossier) -> None:
    entry = d.one("challenge")
    entry.leaf["author"] = "voter"
    entry.keep.add("ignored")
    d.settle()


def _stranger_complains(d: Dossier) -> None:
    """A teller complains about trustee 1 just before the opening."""
    body = {"against": 1, "session": d.made.session}
    leaf = d.leaf("ceremony.complaint", "teller-1", body, ("teller-1",))
    d.insert(d.index(d.one("ceremony.confirm")), Entry(leaf))
    d.settle()


def _closed_by_stranger(d: Dossier) -> None:
    secret = d.new_key("stranger")
    leaf = d.leaf("close", "stranger")
    leaf["signatures"] = [{"key": make_ed25519.public_key(secret).hex(), "sig": ""}] * 2
    d.insert(d.index(d.one("ballot")), Entry(leaf), "ignored")
    d.settle()


def _two_voters_one_ballot(d: Dossier) -> None:
    """Ballot leaves have one signature; this one, to be replaced later, has two."""
    entry = d.one("ballot")
    other = make_ed25519.public_key(d.new_key("second"))
    entry.leaf["signatures"].append({"key": other.hex(), "sig": ""})
    d.settle()


AUTHOR("challenge-by-a-voter", _challenge_by_voter, "A57")
AUTHOR("complaint-of-a-teller", _stranger_complains, "A72", "A75")
AUTHOR("closed-by-a-stranger", _closed_by_stranger, "A53", "A75")
AUTHOR("ballot-of-two-voters", _two_voters_one_ballot, "A37")

# Signatures

SIGNATURE = Row(TAMPERS, "board.signature")


def _signed(make: Callable[[bytes, bytes], bytes], kind: str = "close", n: int = 0) -> Act:
    """The first signature of the leaf made by `make` from secret and message."""

    def act(d: Dossier) -> None:
        entry = d.one(kind, n)
        d.settle()
        signature = entry.leaf["signatures"][0]
        signature["sig"] = make(d.made.keys[signature["key"]], signed_message(entry.leaf)).hex()
        entry.keep.add("signatures")
        d.settle()

    return act


def _unreduced(secret: bytes, message: bytes) -> bytes:
    good = make_ed25519.sign(secret, message)
    s = int.from_bytes(good[32:], "little") + make_ed25519.L
    return good[:32] + s.to_bytes(32, "little")


def _with_torsion(secret: bytes, message: bytes) -> bytes:
    """R plus a point of order 8: the equation times 8 holds, the equation does not."""
    a, _ = make_ed25519.expand(secret)
    r = make_ed25519.challenge(b"torsion", secret, message)
    R = make_ed25519.encode(make_ed25519.add(make_ed25519.multiply_base(r), make_ed25519.torsion_point()))
    k = make_ed25519.challenge(R, make_ed25519.public_key(secret), message)
    return R + ((r + k * a) % make_ed25519.L).to_bytes(32, "little")


def _without_key(secret: bytes, message: bytes) -> bytes:
    """The challenge does not hash the public key."""
    a, _ = make_ed25519.expand(secret)
    r = make_ed25519.challenge(b"keyless", secret, message)
    R = make_ed25519.encode(make_ed25519.multiply_base(r))
    return R + ((r + make_ed25519.challenge(R, message) * a) % make_ed25519.L).to_bytes(32, "little")


def _unlabelled(secret: bytes, message: bytes) -> bytes:
    """A signature over the leaf without the context string."""
    return make_ed25519.sign(secret, message.split(b"\n", 1)[1])


def _identity_commitment(secret: bytes, message: bytes) -> bytes:
    """R the identity in its encoding y = 1 + p; s fits."""
    a, _ = make_ed25519.expand(secret)
    R = (make_ed25519.P + 1).to_bytes(32, "little")
    k = make_ed25519.challenge(R, make_ed25519.public_key(secret), message)
    return R + (k * a % make_ed25519.L).to_bytes(32, "little")


for what, make, numbers in (
    ("of-zeros", lambda secret, message: bytes(64), ("A19",)),
    ("of-another-message", lambda secret, message: make_ed25519.sign(secret, message + b" "), ()),
    ("with-s-plus-order", _unreduced, ("A09",)),
    ("only-times-eight", _with_torsion, ("A21",)),
    ("challenge-without-key", _without_key, ("A15",)),
    ("without-context", _unlabelled, ("A14",)),
    ("commitment-not-canonical", _identity_commitment, ("A23",)),
):
    SIGNATURE(f"signature-{what}", _signed(make), *numbers)
SIGNATURE("outcome-signature-of-zeros", _signed(lambda secret, message: bytes(64), "outcome"), "A84")


def _sign_with_mixed_order(d: Dossier, entry: Entry, secret: bytes) -> None:
    """A key A + T, T of order 8, and r such that 8 divides k: then sB = R + k(A + T) holds."""
    a, _ = make_ed25519.expand(secret)
    key, message = mixed_order_key(secret), signed_message(entry.leaf)
    for attempt in range(1000):
        r = make_ed25519.challenge(b"mixed", secret, message, attempt.to_bytes(4, "big"))
        R = make_ed25519.encode(make_ed25519.multiply_base(r))
        k = make_ed25519.challenge(R, key, message)
        if k % 8 == 0:
            s = (r + k * a) % make_ed25519.L
            entry.leaf["signatures"] = [{"key": key.hex(), "sig": (R + s.to_bytes(32, "little")).hex()}]
            return


def reseal_under_key(d: Dossier, entry: Entry, key: bytes) -> Sealing:
    """The ballot sealed again for the line of this raw key; the signature is not made."""
    ballots, sealing = d.made.ballots(), d.sealing(entry)
    line = line_of(ballots.h_e, key)
    sealing.id = ballot_id(ballots.h_e, line, [key], sealing.r)
    entry.payload, entry.hints = seal(ballots, sealing)
    entry.body.update(id=sealing.id.hex(), line=line)
    return sealing


def _mixed_order_voter(d: Dossier) -> None:
    entry = d.one("ballot", 1)
    reseal_under_key(d, entry, mixed_order_key(d.sealing(entry).key))
    entry.leaf["signatures"] = []
    d.settle()
    _sign_with_mixed_order(d, entry, d.sealing(entry).key)
    entry.keep.add("signatures")
    d.settle()


SIGNATURE("voter-key-of-mixed-order", _mixed_order_voter, "A21")


def _small_order_voter(d: Dossier) -> None:
    """The key is a point of order 2; R and s are ground so that the equation holds."""
    entry = d.one("ballot", 1)
    key = (make_ed25519.P - 1).to_bytes(32, "little")
    reseal_under_key(d, entry, key)
    entry.leaf["signatures"] = []
    d.settle()
    for r in range(1, 100):
        R = make_ed25519.encode(make_ed25519.multiply_base(r))
        if make_ed25519.challenge(R, key, signed_message(entry.leaf)) % 2 == 0:
            entry.leaf["signatures"] = [{"key": key.hex(), "sig": (R + r.to_bytes(32, "little")).hex()}]
            break
    entry.keep.add("signatures")
    d.settle()


SIGNATURE("voter-key-that-signs-everything", _small_order_voter, "A21", "A23")

# Phases

PHASE = Row(TAMPERS, "board.phase")


def _copy_of(entry: Entry) -> Entry:
    leaf: Json = {name: value for name, value in entry.leaf.items()}
    leaf["body"] = dict(entry.body)
    leaf["signatures"] = [dict(signature) for signature in entry.leaf["signatures"]]
    return Entry(leaf, copy.deepcopy(entry.payload), entry.hints, entry.secret, keep={"ignored"})


FROZEN = {
    "tracker",
    "prev",
    "close",
    "rows",
    "products",
    "statement",
    "shares",
    "cells",
    "contests",
    "trustees",
    "head",
}


def _again(kind: str, n: int, before: str = "", at: int = 0) -> Act:
    """The same leaf once more: right after itself, or before another leaf."""

    def act(d: Dossier) -> None:
        entry = d.one(kind, n)
        place = d.index(d.one(before, at)) if before else d.index(entry) + 1
        d.insert(place, _copy_of(entry), *FROZEN)
        d.settle()

    return act


for what, act, numbers in (
    ("ballot-before-opening", _again("ballot", 1, "open"), ("A53",)),
    ("ballot-after-closing", _again("ballot", 1, "tally.statement"), ("A53",)),
    ("second-outcome", _again("outcome", 0), ("A84",)),
    ("challenge-after-closing", _again("challenge", 0, "tally.statement"), ("A57", "A53")),
    ("second-manifest", _again("manifest", 0), ("A50",)),
    ("second-opening", _again("open", 0), ("A53",)),
    ("second-close", _again("close", 0), ("A53",)),
    ("second-lot", _again("lot", 0), ("A65",)),
    ("second-statement", _again("tally.statement", 0), ("A81", "A80")),
    ("second-acceptance", _again("tally.accept", 0), ("A81",)),
    ("second-share", _again("tally.share", 0), ("A81", "A69")),
    ("share-before-the-statement", _again("tally.share", 0, "tally.statement"), ("A82",)),
    ("share-during-voting", _again("tally.share", 0, "close"), ("A82",)),
    ("statement-during-voting", _again("tally.statement", 0, "close"), ("A82", "A80")),
    ("second-reveal", _again("ceremony.reveal", 3), ("A70", "A65")),
    ("second-commitment", _again("ceremony.commit", 3), ("A70", "A65")),
    ("second-shares", _again("ceremony.shares", 3), ("A70",)),
    ("second-confirmation", _again("ceremony.confirm", 0), ("A69", "A74")),
    ("reveal-of-the-old-session", _again("ceremony.reveal", 0, "ceremony.reveal", 3), ("A73",)),
    ("second-answer", _again("ceremony.answer", 0), ("A72",)),
    ("second-complaint", _again("ceremony.complaint", 0), ("A72",)),
    ("old-complaint-in-the-new-session", _again("ceremony.complaint", 0, "ceremony.confirm"), ("A72", "A73")),
    ("restart-repeated", _again("ceremony.restart", 0), ("A73",)),
):
    PHASE(what, act, *numbers)


def _early_reveal(d: Dossier) -> None:
    """Trustee 1 reveals before the last commit is there, and again in time."""
    d.insert(d.index(d.one("ceremony.commit", 5)), _copy_of(d.one("ceremony.reveal", 3)))
    d.settle()


def _new_leaf(kind: str, author: str, body: Callable[[Dossier], Json], before: str, at: int = 0) -> Act:
    def act(d: Dossier) -> None:
        d.insert(d.index(d.one(before, at)), Entry(d.leaf(kind, author, body(d))), *FROZEN, "h_g", "answer")
        d.settle()

    return act


PHASE("reveal-before-the-last-commit", _early_reveal, "A65", "A63")
for what, kind, author, body, before in (
    ("complaint-against-oneself", "ceremony.complaint", trustee_id(1), {"against": 1}, "ceremony.confirm"),
    ("complaint-against-nobody", "ceremony.complaint", trustee_id(1), {"against": 4}, "ceremony.confirm"),
    (
        "restart-after-all-confirmed",
        "ceremony.restart",
        "chair",
        {"fault": 0, "reason": "missing", "session": 3},
        "open",
    ),
    (
        "restart-skipping-a-session",
        "ceremony.restart",
        "chair",
        {"fault": 0, "reason": "missing", "session": 4},
        "ceremony.confirm",
    ),
    ("complaint-after-confirming", "ceremony.complaint", trustee_id(1), {"against": 2}, "open"),
    ("confirmation-before-the-shares", "ceremony.confirm", trustee_id(1), {"h_g": "0" * 64}, "ceremony.shares"),
):
    PHASE(
        what,
        _new_leaf(kind, author, lambda d, body=body: {"session": d.made.session, **body}, before),  # type: ignore[misc]
        "A72" if "complaint" in what else "A73",
    )
PHASE(
    "answer-without-complaint",
    _new_leaf(
        "ceremony.answer",
        trustee_id(1),
        lambda d: {"P": "0" * 64, "P_hat": "0" * 64, "session": d.made.session, "to": 2, "xi": "0" * 64},
        "ceremony.confirm",
    ),
    "A72",
    "A71",
)


def _opened_without_last_confirmation(d: Dossier) -> None:
    """The opening is refused, and so is everything of the later phases."""
    d.remove(d.one("ceremony.confirm", 2))
    d.settle()


PHASE("opened-without-last-confirmation", _opened_without_last_confirmation, "A74", "A70")


def _without_lot(d: Dossier) -> None:
    d.remove(d.one("lot"))
    d.settle()


PHASE("stated-without-the-lot", _without_lot, "A65")


def _late_and_counted(d: Dossier) -> None:
    """Voter 2's ballot is only posted after the close, and counted."""
    entry = d.one("ballot", 1)
    d.remove(entry)
    d.after(d.one("close"), entry)
    d.settle()


AFTER_CLOSE = ("tally.rows", "tally.reconciliation", "tally.products", "outcome.counts")
PHASE("ballot-after-closing-counted", _late_and_counted, "A53", also=AFTER_CLOSE)
