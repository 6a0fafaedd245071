"""Tampers with ballots apart from their proofs: form, owner, identity, repetition (docs/spec.md section 7)."""

import copy
import hmac
from collections.abc import Callable

from reference.encryptor import Entry
from reference.make_ballots import ballot_id, line_of, seal, tracker_of
from reference.make_ed25519 import public_key
from reference.make_group import Q, h_own, scalar_hex
from reference.make_json import Json, canonical
from reference.make_manifest import trustee_id
from simulate.forgeries import contest_at, set_pair
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper

TAMPERS: list[Tamper] = []

MAYOR, BOARD = 0, 1

# Form: each change is of a ballot that is counted, so the products cannot be recomputed either.

FORM = Row(TAMPERS, "ballot.form")


def _shown(edit: Callable[[Dossier, Json], object], n: int = 1) -> Act:
    def act(d: Dossier) -> None:
        d.show(d.one("ballot", n), lambda sealed: edit(d, sealed))
        d.settle()

    return act


def _item(edit: Callable[[Dossier, Json], object]) -> Act:
    return _shown(lambda d, sealed: edit(d, sealed["contests"][MAYOR]["items"][0]))


def _proof(edit: Callable[[Dossier, Json], object]) -> Act:
    return _item(lambda d, item: edit(d, item["proof"]))


def _limit(edit: Callable[[Dossier, Json], object]) -> Act:
    return _shown(lambda d, sealed: edit(d, sealed["contests"][MAYOR]["limit"]))


def _longer(proof: Json) -> None:
    for name in ("c", "v"):
        proof[name].append(proof[name][0])


def _shorter(proof: Json) -> None:
    for name in ("c", "v"):
        proof[name].pop()


def _nothing(proof: Json) -> None:
    proof.update(c=[], v=[])


def _small_response_plus_order(d: Dossier) -> None:
    """Voter 2 draws the simulated branch so that v_0 = 5, which also fits into 32 bytes as 5 + q."""
    entry = d.one("ballot", 1)
    i, contest = contest_at(d, entry, MAYOR)
    sealing, ballots = d.sealing(entry), d.made.ballots()
    from reference.make_group import Source
    from reference.make_proofs import prove_range, range_challenge

    item = entry.content["contests"][MAYOR]["items"][0]
    pair = int(item["alpha"], 16), int(item["beta"], 16)
    context = ballots.context(sealing.id)
    proof = prove_range(
        d.group,
        ballots.K,
        (1, ballots.nonce(sealing, (i, 1))),
        contest.item_limits[0],
        Source(sealing.source.bytes32("small")),
        lambda made: range_challenge(d.group, context, (i, 1), *pair, made),
        {0: 5},
    )
    item["proof"] = proof.json()
    d.show(entry, lambda sealed: _first(sealed)["v"].__setitem__(0, scalar_hex(Q + 5)))
    d.settle()


def _first(sealed: Json) -> Json:
    proof: Json = sealed["contests"][MAYOR]["items"][0]["proof"]
    return proof


for what, act, numbers in (
    ("one-branch-more", _proof(lambda d, proof: _longer(proof)), ("A08",)),
    ("one-branch-fewer", _proof(lambda d, proof: _shorter(proof)), ("A08",)),
    ("no-branches", _proof(lambda d, proof: _nothing(proof)), ("A08", "A19")),
    ("more-challenges-than-responses", _proof(lambda d, proof: proof["v"].pop()), ("A08",)),
    ("limit-proof-one-branch-more", _limit(lambda d, proof: _longer(proof)), ("A08", "A11")),
    ("limit-proof-without-branches", _limit(lambda d, proof: _nothing(proof)), ("A08", "A11")),
    ("response-plus-order", _small_response_plus_order, ("A09", "A34")),
    ("challenge-q", _proof(lambda d, proof: proof["c"].__setitem__(0, scalar_hex(Q))), ("A09",)),
    ("response-of-33-bytes", _proof(lambda d, proof: proof["v"].__setitem__(0, "00" + proof["v"][0])), ("A09", "A116")),
    ("response-as-integer", _proof(lambda d, proof: proof["v"].__setitem__(0, 5)), ("A26",)),
    ("response-with-0x", _proof(lambda d, proof: proof["v"].__setitem__(0, "0x" + proof["v"][0][2:])), ("A26",)),
    ("response-with-space", _proof(lambda d, proof: proof["v"].__setitem__(0, " " + proof["v"][0][1:])), ("A26",)),
    (
        "response-with-underscore",
        _proof(lambda d, p: p["v"].__setitem__(0, p["v"][0][:2] + "_" + p["v"][0][3:])),
        ("A26",),
    ),
    ("alpha-zero", _item(lambda d, item: item.update(alpha=d.group.hex(0))), ("A23",)),
    ("beta-zero", _item(lambda d, item: item.update(beta=d.group.hex(0))), ("A23",)),
    ("alpha-p", _item(lambda d, item: item.update(alpha=d.group.hex(d.group.p))), ("A23",)),
    ("alpha-without-leading-zeros", _item(lambda d, item: item.update(alpha="04")), ("A114",)),
    ("alpha-of-a-megabyte", _item(lambda d, item: item.update(alpha="f" * 2**20)), ("A116",)),
    ("no-proof", _item(lambda d, item: item.pop("proof")), ("A78", "A19")),
    ("item-with-its-nonce", _item(lambda d, item: item.update(nonce="0" * 64)), ("A32", "A62")),
    ("vote-called-blank", _item(lambda d, item: item.update(type="blank")), ("A51", "A60")),
    ("options-in-another-order", _shown(lambda d, s: s["contests"][MAYOR]["items"].reverse()), ("A51",)),
    ("option-missing", _shown(lambda d, s: s["contests"][MAYOR]["items"].pop()), ("A08", "A115")),
    (
        "option-twice",
        _shown(lambda d, s: s["contests"][MAYOR]["items"].append(s["contests"][MAYOR]["items"][0])),
        ("A08",),
    ),
    ("contests-in-another-order", _shown(lambda d, s: s["contests"].reverse()), ("A51",)),
    ("contest-missing", _shown(lambda d, s: s["contests"].pop()), ("A52", "A115")),
    ("contest-of-another-style", _shown(lambda d, s: s.update(style="half")), ("A52",)),
    ("style-unknown", _shown(lambda d, s: s.update(style="everything")), ("A52",)),
    ("with-its-seed", _shown(lambda d, s: s.update(seed=d.sealing(d.one("ballot", 1)).seed.hex())), ("A32", "A62")),
    (
        "of-another-manifest",
        _shown(lambda d, s: s.update(election=h_own(d.made.h_b, "line", b"").hex())),
        ("A36", "A50", "A05"),
    ),
    ("of-the-base-hash", _shown(lambda d, s: s.update(election=d.made.h_b.hex())), ("A36", "A05")),
    ("with-another-id", _shown(lambda d, s: s.update(id=d.one("ballot", 3).body["id"])), ("A37",)),
    ("opened-instead-of-sealed", _shown(lambda d, s: s.update(copy.deepcopy(d.one("challenge").content))), ("A57",)),
):
    FORM(f"ballot-{what}", act, *numbers)

# Line, identifier, tracker

LINE = Row(TAMPERS, "ballot.line")


def _sealed_for(d: Dossier, entry: Entry, line: str, key: bytes, secret: bytes) -> None:
    """The ballot sealed for a line and a raw key, signed with that key."""
    ballots, sealing = d.made.ballots(), d.sealing(entry)
    sealing.id = ballot_id(ballots.h_e, line, [key], sealing.r)
    entry.payload, entry.hints = seal(ballots, sealing)
    entry.body.update(id=sealing.id.hex(), line=line)
    entry.leaf["signatures"] = [{"key": key.hex(), "sig": ""}]
    d.made.keys[key.hex()] = secret


def _on_anothers_line(d: Dossier) -> None:
    """The server votes on voter 1's line with a key of its own."""
    secret = d.new_key("server")
    _sealed_for(d, d.one("ballot", 3), d.one("ballot").body["line"], public_key(secret), secret)
    d.settle()


def _on_an_invented_line(d: Dossier) -> None:
    entry = d.one("ballot", 1)
    _sealed_for(d, entry, "voter-2", d.sealing(entry).public, d.sealing(entry).key)
    d.settle()


def _trustee_votes(d: Dossier) -> None:
    """The line is right, but the key is trustee 1's."""
    key = d.made.parties[trustee_id(1)]
    _sealed_for(d, d.one("ballot", 1), line_of(d.made.joint().h_e, key), key, d.made.keys[key.hex()])
    d.settle()


def _line_of_another_election(d: Dossier) -> None:
    entry = d.one("ballot", 1)
    key = d.sealing(entry).public
    _sealed_for(d, entry, line_of(d.made.joint(1).h_e, key), key, d.sealing(entry).key)
    d.settle()


LINE("vote-on-anothers-line", _on_anothers_line, "A37", "A39")
LINE("vote-on-an-invented-line", _on_an_invented_line, "A37", "A13")
LINE("vote-with-a-trustees-key", _trustee_votes, "A69", "A14")
LINE("line-of-another-election", _line_of_another_election, "A36", "A05")

IDENTIFIER = Row(TAMPERS, "ballot.identifier")


def _identified(identify: Callable[[Dossier, Entry], bytes]) -> Act:
    """Voter 2's ballot sealed under another identifier, with honest proofs."""

    def act(d: Dossier) -> None:
        entry = d.one("ballot", 1)
        sealing = d.sealing(entry)
        sealing.id = identify(d, entry)
        entry.payload, entry.hints = seal(d.made.ballots(), sealing)
        entry.body["id"] = sealing.id.hex()
        d.settle()

    return act


def _unframed_id(d: Dossier, entry: Entry) -> bytes:
    """The fields of (7.2) without their lengths."""
    sealing = d.sealing(entry)
    fields = b"ballot-id" + entry.body["line"].encode() + bytes([0, 0, 0, 1]) + sealing.public + sealing.r
    return hmac.digest(d.made.joint().h_e, b"\x80" + fields, "sha256")


def _keyless_id(d: Dossier, entry: Entry) -> bytes:
    return ballot_id(d.made.joint().h_e, entry.body["line"], [], d.sealing(entry).r)


def _other_r(d: Dossier) -> None:
    entry = d.one("ballot", 1)
    entry.body["r"] = "0" * 64
    d.settle()


IDENTIFIER("identifier-without-lengths", _identified(_unframed_id), "A13")
IDENTIFIER("identifier-without-the-key", _identified(_keyless_id), "A37")
IDENTIFIER(
    "identifier-of-a-key-that-did-not-sign",
    _identified(
        lambda d, e: ballot_id(d.made.joint().h_e, e.body["line"], [d.sealing(d.one("ballot")).public], d.sealing(e).r)
    ),
    "A37",
)
IDENTIFIER("identifier-chosen-freely", _identified(lambda d, e: bytes(32)), "A37", "A41")
IDENTIFIER(
    "identifier-of-another-election",
    _identified(lambda d, e: ballot_id(d.made.joint(1).h_e, e.body["line"], [d.sealing(e).public], d.sealing(e).r)),
    "A36",
    "A05",
)
IDENTIFIER("another-r", _other_r, "A17")

TRACKER = Row(TAMPERS, "ballot.tracker")


def _tracked(track: Callable[[Dossier, Entry], bytes]) -> Act:
    def act(d: Dossier) -> None:
        entry = d.one("ballot", 1)
        entry.keep.add("tracker")
        entry.body["tracker"] = track(d, entry).hex()
        d.settle()

    return act


def _without_proofs(d: Dossier, entry: Entry) -> bytes:
    sealed = copy.deepcopy(entry.content)
    for part in sealed["contests"]:
        part.pop("limit")
        for item in part["items"]:
            item.pop("proof")
    return tracker_of(d.made.joint().h_e, canonical(sealed))


def _clash(d: Dossier) -> None:
    """Voter 3 is shown voter 2's tracker; the ballot that is posted under it is not counted."""
    entry = d.one("ballot", 2)
    entry.keep.add("tracker")
    entry.body["tracker"] = d.one("ballot", 1).body["tracker"]
    d.settle()


TRACKER("tracker-without-the-proofs", _tracked(_without_proofs), "A42")
TRACKER("tracker-made-in-advance", _tracked(lambda d, e: h_own(d.made.joint().h_e, "tracker", b"1")), "A42")
TRACKER(
    "tracker-by-another-label",
    _tracked(lambda d, e: h_own(d.made.joint().h_e, "line", e.payload_bytes())),
    "A14",
)
TRACKER("tracker-of-another-election", _tracked(lambda d, e: tracker_of(d.made.h_b, e.payload_bytes())), "A36")
TRACKER("two-voters-one-tracker", _clash, "A41", also=("ballot.unique",))

# Repetition

UNIQUE = Row(TAMPERS, "ballot.unique")


def _again(d: Dossier, n: int, before: str = "close") -> Entry:
    old = d.one("ballot", n)
    entry = Entry(copy.deepcopy(old.leaf), copy.deepcopy(old.payload), old.hints, old.secret)
    return d.insert(d.index(d.one(before)), entry)


def _replayed(d: Dossier) -> None:
    """Voter 1's first ballot is posted again, byte for byte, after the last one."""
    _again(d, 0).keep.add("prev")
    d.settle()


def _replayed_with_new_prev(d: Dossier) -> None:
    """The insider holds voter 1's key too, and signs the old ballot as following the last one."""
    _again(d, 0)
    d.settle()


def _same_r_again(d: Dossier) -> None:
    """Voter 2 votes again, otherwise, under the same r and so the same identifier."""
    entry = _again(d, 1)
    sealing = copy.deepcopy(d.sealing(entry))
    sealing.choices[MAYOR], sealing.seed = [0, 0, 1], sealing.source.bytes32("second seed")
    entry.secret = sealing
    entry.payload, entry.hints = seal(d.made.ballots(), sealing)
    d.settle()


def _copied(source: str, n: int, i: int, j: int) -> Act:
    """Voter 2 reuses a ciphertext of an earlier ballot or challenge, with a proof of their own.

    Only somebody who knows its nonce can; whoever sees both ballots then knows that the votes are equal.
    """

    def act(d: Dossier) -> None:
        entry, old = d.one("ballot", 3), d.sealing(d.one(source, n))
        value = old.choices[i - 1][j - 1]
        set_pair(d, entry, i - 1, j, value, d.made.ballots().nonce(old, (i, j)))
        d.settle()

    return act


def _same_in_one_ballot(d: Dossier) -> None:
    """Voter 2 seals bob and cyd with one nonce, so all see that they got the same."""
    entry = d.one("ballot", 1)
    set_pair(d, entry, MAYOR, 3, 0, d.made.ballots().nonce(d.sealing(entry), (1, 2)))
    d.settle()


def _across_contests(d: Dossier) -> None:
    entry = d.one("ballot", 1)
    set_pair(d, entry, BOARD, 2, 0, d.made.ballots().nonce(d.sealing(entry), (1, 2)))
    d.settle()


def _whole_copy(d: Dossier) -> None:
    """A fourth voter posts voter 2's sealed ballot as their own."""
    entry = _again(d, 1)
    key = public_key(d.new_key("copier"))
    entry.body["line"] = line_of(d.made.joint().h_e, key)
    entry.leaf["signatures"] = [{"key": key.hex(), "sig": ""}]
    d.settle()


def _challenge_twice(d: Dossier) -> None:
    old = d.one("challenge")
    d.after(old, Entry(copy.deepcopy(old.leaf), old.payload, old.hints, old.secret))
    d.settle()


UNIQUE("ballot-replayed", _replayed, "A38", "A33", "A111")
UNIQUE("ballot-replayed-as-the-latest", _replayed_with_new_prev, "A38", "A39")
UNIQUE("identifier-used-twice", _same_r_again, "A17", "A41")
UNIQUE("ciphertext-of-another-ballot", _copied("ballot", 1, 1, 1), "A35", "A17", "A33")
UNIQUE("ciphertext-of-ones-replaced-ballot", _copied("ballot", 0, 1, 1), "A34", "A17")
UNIQUE("ciphertext-of-a-challenge", _copied("challenge", 0, 1, 1), "A57", "A17")
UNIQUE("ciphertext-twice-in-a-contest", _same_in_one_ballot, "A17", "A35")
UNIQUE("ciphertext-twice-in-a-ballot", _across_contests, "A17", "A35")
UNIQUE("ballot-copied-whole", _whole_copy, "A33", "A37", also=("ballot.identifier",))
UNIQUE("challenge-posted-twice", _challenge_twice, "A60", "A57")
