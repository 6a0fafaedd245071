"""Changes that must not be noticed: what may be ignored, and records that are odd but right.

A verifier that rejects one of these can be used to discredit a correct election. The verdict is always `consistent`,
because the group is a test group.
"""

import copy
from collections.abc import Callable

from reference.encryptor import Entry
from reference.make_group import Q, Source, scalar_hex
from reference.make_json import Json
from reference.make_manifest import trustee_id
from reference.make_proofs import prove_range
from simulate.forgeries import contest_at, honest, set_pair
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper

HARMLESS: list[Tamper] = []
ADD = Row(HARMLESS, "")


def _add(name: str, act: Act, *attacks: str, base: str = "base", shown: str = "files") -> None:
    ADD(name, act, *attacks, verdict="consistent", base=base, shown=shown)


def _as_it_is(d: Dossier) -> None:
    """Nothing is changed."""


for base in (
    "base",
    "ties",
    "floor",
    "three-decrypt",
    "five-trustees",
    "no-votes",
    "missing",
    "false-complaint",
    "silent",
    "long",
):
    _add(f"election-{base}", _as_it_is, *(("A60", "A23") if base == "no-votes" else ()), base=base)
_add("as-a-zip", _as_it_is, shown="zip")
_add("as-a-directory", _as_it_is, shown="directory")


def _with_anchors(d: Dossier) -> None:
    d.expect, d.since = d.anchors(), d.checkpoint(20)


def _since_itself(d: Dossier) -> None:
    d.since = d.checkpoint()


_add("with-anchors", _with_anchors)
_add("since-the-same-head", _since_itself)

# What may be ignored


def _file(name: Callable[[Dossier], str], data: bytes) -> Act:
    def act(d: Dossier) -> None:
        d.file_edits.append(lambda found: found.update({name(d): data}))

    return act


_add("earlier-partial-tile", _file(lambda d: "tile/0/000.p/7", b"anything"))
_add("earlier-partial-bundle", _file(lambda d: "tile/entries/000.p/1", b""))
_add("earlier-partial-pack", _file(lambda d: "payload/000.p/38", b"\xff"))
_add("hints-that-are-rubbish", _file(lambda d: f"hints/000.p/{len(d.entries)}", b"rubbish"))
_add("hints-for-no-entry", _file(lambda d: "hints/some/where", b""))


def _no_hints(d: Dossier) -> None:
    d.with_hints = False


def _hints_of_another(d: Dossier) -> None:
    first, second = d.one("ballot", 0), d.one("ballot", 3)
    first.hints, second.hints = second.hints, first.hints


def _false_hints(d: Dossier) -> None:
    """Commitments of ones: they hash to no challenge here."""
    entry = d.one("ballot", 1)
    entry.hints = d.group.encode(1) * (len(entry.hints) // d.group.size)


_add("without-hints", _no_hints)
_add("hints-exchanged", _hints_of_another)
_add("hints-of-ones", _false_hints, "A29")


def _cosigned(d: Dossier) -> None:
    """Lines of witnesses that nobody asked for, one with the log's name and another key id."""
    other = f"— {d.origin} AAAAAAAA\n— witness.example BBBBBBBB\n"
    d.note = d.checkpoint() + other.encode()


_add("checkpoint-with-other-lines", _cosigned)

# Odd, and right


def _stale(d: Dossier) -> None:
    """Voter 3's ballot names a `prev` that is not there: it does not count, and the rows say so."""
    entry = d.one("ballot", 2)
    entry.body["prev"] = "11" * 32
    entry.keep.add("prev")
    d.settle()


def _replayed_differently(d: Dossier) -> None:
    """A retry on a stale board: voter 2 votes again, naming no previous ballot."""
    old = d.one("ballot", 1)
    sealing = copy.deepcopy(d.sealing(old))
    sealing.r, sealing.seed = sealing.source.bytes32("r again"), sealing.source.bytes32("seed again")
    sealing.source = Source(sealing.source.bytes32("again"))
    body: Json = {"prev": "0" * 64}
    d.insert(d.index(d.one("close")), Entry(d.leaf("ballot", "voter", body), {}, secret=sealing), "prev")
    d.remake()


def _zero_response(d: Dossier) -> None:
    """The simulated branch has v = 0: an exponent of zero is an exponent."""
    entry = d.one("ballot", 1)
    i, contest = contest_at(d, entry, 0)
    ballots, sealing = d.made.ballots(), d.sealing(entry)
    item = entry.content["contests"][0]["items"][0]
    pair, context = (int(item["alpha"], 16), int(item["beta"], 16)), ballots.context(sealing.id)
    proof = prove_range(
        d.group,
        ballots.K,
        (1, ballots.nonce(sealing, (i, 1))),
        contest.item_limits[0],
        Source(sealing.source.bytes32("zero")),
        lambda made: honest(d, context, (i, 1), pair, made),
        {0: 0},
    )
    if proof.v[0] != 0:
        raise ValueError("v_0 should be 0")
    item["proof"] = proof.json()
    d.settle()


def _nonce_one(d: Dossier) -> None:
    """α = g: unwise, but an element that is not 1."""
    set_pair(d, d.one("ballot", 1), 0, 2, 0, 1)
    d.settle()


def _inverse_keys(d: Dossier) -> None:
    """K_20 = 1 / K_10, with proofs: distinct keys, and the joint key is trustee 3's alone plus nothing."""
    d.trustee(2).a[0] = -d.trustee(1).a[0] % Q
    d.remake()


def _middle_coefficient_zero(d: Dossier) -> None:
    """1 is allowed for coefficient commitments that are neither first nor last."""
    for i in range(1, 6):
        d.trustee(i).a[1] = 0
    d.remake()


def _share_that_opens_to_nothing(d: Dossier) -> None:
    """A wrong share nobody complained about: only its recipient can know."""
    d.trustee(3).spoil.add(1)
    d.remake()


def _any_fault(d: Dossier) -> None:
    d.one("ceremony.restart").body["fault"] = 0
    d.settle()


def _wrong_nonce_answered(d: Dossier) -> None:
    """The answer's nonce is not that of the share: the dealer is at fault, as the restart says."""
    entry = d.one("ceremony.answer")
    entry.body["xi"] = scalar_hex((int(entry.body["xi"], 16) + 1) % Q)
    entry.keep.add("answer")
    d.one("ceremony.restart").body["fault"] = 1
    d.settle()


def _same_names_elsewhere(d: Dossier) -> None:
    """The same name in two contests, and in two languages of different options."""
    first, second = d.manifest["contests"][:2]
    second["options"][0]["name"] = dict(first["options"][0]["name"])
    first["options"][1]["name"]["cy"] = first["options"][0]["name"]["en"]
    d.remake()


def _leap_day(d: Dossier) -> None:
    d.manifest["dates"].update(open="2032-02-29T00:00:00Z", close="2032-02-29T23:59:59Z", tolerance=0)
    d.remake()


def _long_digits(d: Dossier) -> None:
    d.one("lot").body["digits"] = "0" * 64
    d.settle()


def _acceptance_without_share(d: Dossier) -> None:
    """Trustee 2 accepts and does not decrypt; two of three suffice."""
    last = d.of_trustee("tally.accept", 3)
    d.after(last, Entry(d.leaf("tally.accept", trustee_id(2))))
    d.settle()


def _challenge_of_an_unknown(d: Dossier) -> None:
    """A second challenge, of a voter who never votes."""
    old = d.one("challenge")
    sealing = copy.deepcopy(d.sealing(old))
    sealing.r, sealing.seed = bytes(32), bytes(32)
    sealing.key, sealing.source = d.new_key("decoy"), Source(sealing.source.bytes32("decoy"))
    d.after(old, Entry(d.leaf("challenge", "log"), {}, secret=sealing))
    d.remake()


_add("stale-ballot-not-counted", _stale, "A38")
_add("retry-without-prev-not-counted", _replayed_differently)
_add("response-zero", _zero_response, "A27")
_add("nonce-one", _nonce_one, "A23")
_add("keys-of-two-trustees-cancel", _inverse_keys)
_add("middle-coefficient-zero", _middle_coefficient_zero, base="five-trustees")
_add("wrong-share-without-complaint", _share_that_opens_to_nothing)
_add("missing-with-fault-0", _any_fault, "A72", base="missing")
_add("dealer-answers-another-nonce-and-is-blamed", _wrong_nonce_answered, "A72", base="false-complaint")
_add("same-name-in-two-contests", _same_names_elsewhere, "A118")
_add("open-on-a-leap-day", _leap_day)
_add("lot-of-64-zeros", _long_digits)
_add("accepted-without-share", _acceptance_without_share, "A83")
_add("second-challenge", _challenge_of_an_unknown)
