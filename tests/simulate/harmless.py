"""Changes that must not be noticed: what may be ignored, and records that are odd but right.

A verifier that rejects one of these can be used to discredit a correct election. The verdict is always `consistent`,
because the group is a test group.
"""

import copy
from collections.abc import Callable

from reference.encryptor import Entry
from reference.make_group import Q, Source, scalar_hex
from reference.make_json import Json
from reference.make_manifest import CLOSE, OPEN, key_name, trustee_id
from reference.make_proofs import prove_range
from reference.make_tree import cosignature_line, signature_line, text_of
from simulate.forgeries import contest_at, honest, set_pair
from simulate.insider import DATES, Dossier, Times
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
    "witnessed",
    "nested",
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


# Witnesses


def _noted(change: Callable[[Dossier, bytes], bytes]) -> Act:
    """Every cosigned note otherwise."""

    def act(d: Dossier) -> None:
        d.note = change(d, d.honest("checkpoint"))
        d.notes = {name: change(d, d.honest(name)) for name in DATES}

    return act


def _with_strangers(d: Dossier, note: bytes) -> bytes:
    """Keys that nobody knows, the log's as a witness's, one of another type, and the name of a witness."""
    text, stranger = text_of(note), d.new_key("stranger")
    lines = [cosignature_line(n, stranger, 1, text) for n in ("west.example", d.origin, key_name("east"))]
    lines.append(cosignature_line(d.origin, d.log_secret(), 0, text))
    lines.append(signature_line(key_name("north"), d.secret_of("north"), text.decode()).encode())
    return note + b"".join(lines) + "— future.example/ml-dsa AAAAAAAA\n".encode()


def _reversed(d: Dossier, note: bytes) -> bytes:
    """The log's own line comes last."""
    text = text_of(note) + b"\n"
    lines = note.removeprefix(text).splitlines(keepends=True)
    return text + b"".join(reversed(lines))


def _by_all(d: Dossier, note: bytes) -> bytes:
    return d.cosigned(note, {"south": CLOSE + 7})


def _hundred_lines(d: Dossier, note: bytes) -> bytes:
    return note + b"\xe2\x80\x94 other AAAAAAA=\n" * (100 - note.count("—".encode()))


def _at(open_: Times, close: Times) -> Act:
    def act(d: Dossier) -> None:
        for name, times in (("dates/open", open_), ("dates/close", close)):
            d.notes[name] = d.cosigned(d.checkpoint(d.size_of(name)), times)

    return act


def _never_again(d: Dossier) -> None:
    """The checkpoint's witnesses say that it is the first second of 1970, or the last of all: that is no date."""
    d.note = d.cosigned(d.checkpoint(), {"east": 1, "south": 2**63 - 1})


def _without_tolerance(d: Dossier) -> None:
    d.manifest["dates"]["tolerance"] = 0
    d.remake()
    _at({"east": OPEN, "south": OPEN}, {"north": CLOSE, "south": CLOSE})(d)


def _policy(change: Callable[[str], str]) -> Act:
    def act(d: Dossier) -> None:
        d.manifest["witnesses"]["policy"] = change(d.manifest["witnesses"]["policy"])
        d.remake()

    return act


def _in_other_words(policy: str) -> str:
    """URLs, comments, tabs, spaces at both ends; witnesses before the log."""
    log, *lines = policy.splitlines()
    lines[0] += " https://east.example/witness/"
    return "\n".join(["# who has to agree", "", *lines[:3], f"\t{log}  mailto:log ", *lines[3:], "  # all"]) + "\n"


def _chained(policy: str) -> str:
    """63 groups above the one that there is, each with one member."""
    chain = ["group g0 any quorum", *(f"group g{i} all g{i - 1}" for i in range(1, 63))]
    return policy.replace("quorum quorum\n", "".join(f"{line}\n" for line in chain) + "quorum g62\n")


EDGES: tuple[Times, Times] = (
    {"east": OPEN - 300, "south": OPEN + 300},
    {"east": CLOSE + 300, "north": CLOSE - 300},
)
WRONG_CLOCKS: tuple[Times, Times] = (
    {"east": OPEN, "north": OPEN, "south": 1},
    {"east": CLOSE + 86400, "north": CLOSE, "south": CLOSE},
)
_add("notes-with-other-lines", _noted(_with_strangers), "A99", base="witnessed")
_add("notes-in-another-order", _noted(_reversed), base="witnessed")
_add("notes-with-100-lines", _noted(_hundred_lines), "A100", base="witnessed")
_add("third-witness-above-the-quorum", _noted(_by_all), base="witnessed")
_add("at-the-edge-of-the-tolerance", _at(EDGES[0], EDGES[1]), "A110", base="witnessed")
_add("third-witness-has-another-clock", _at(WRONG_CLOCKS[0], WRONG_CLOCKS[1]), "A110", base="witnessed")
_add("checkpoint-at-any-time", _never_again, "A110", base="witnessed")
_add("at-the-second", _without_tolerance, "A110", base="witnessed")
_add("policy-in-other-words", _policy(_in_other_words), base="witnessed")
_add("policy-of-64-groups", _policy(_chained), "A117", base="witnessed")
_add("notes-of-dates-without-policy", _file(lambda d: "dates/open", b"rubbish"))
_add("large-notes-of-dates-without-policy", _file(lambda d: "dates/close", bytes(70_000)))
_add("witnesses-as-a-zip", _as_it_is, base="witnessed", shown="zip")
_add("witnesses-as-a-directory", _as_it_is, base="witnessed", shown="directory")
