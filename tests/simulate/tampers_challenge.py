"""Tampers with challenges and with what is opened (docs/spec.md section 8)."""

from collections.abc import Callable

from reference.encryptor import Entry
from reference.make_ballots import line_of, opened, seal, tracker_of
from reference.make_group import Q, scalar_hex
from reference.make_json import Json, canonical
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper

TAMPERS: list[Tamper] = []

MAYOR, BOARD = 0, 1

# A ballot is cast or challenged, never both

CHALLENGED = Row(TAMPERS, "ballot.challenged")


def _cast_after_challenge(d: Dossier) -> None:
    """The ballot that voter 3's challenge opened is cast by voter 3 all the same."""
    challenge = d.one("challenge")
    sealing = d.sealing(challenge)
    ballots = d.made.ballots()
    line = line_of(ballots.h_e, sealing.public)
    entry = Entry(d.leaf("ballot", "voter", {"line": line, "r": sealing.r.hex(), "id": sealing.id.hex()}))
    entry.leaf["signatures"] = [{"key": sealing.public.hex(), "sig": ""}]
    entry.payload, entry.hints, entry.secret = challenge.content["sealed"], challenge.hints, sealing
    d.insert(d.index(d.one("ballot", 3)), entry)
    d.settle()


def _opened_after_cast(d: Dossier) -> None:
    """Voter 2's recorded ballot is opened."""
    ballot = d.one("ballot", 1)
    sealing = d.sealing(ballot)
    payload = opened(d.made.ballots(), sealing, ballot.content)
    entry = Entry(d.leaf("challenge", "log", {"id": ballot.body["id"]}), payload, ballot.hints, sealing)
    d.insert(d.index(d.one("close")), entry)
    d.settle()


CHALLENGED("challenged-ballot-cast", _cast_after_challenge, "A57")
CHALLENGED("cast-ballot-opened", _opened_after_cast, "A57", "A59")


def _challenged_and_counted(d: Dossier) -> None:
    """The challenged ballot is cast, and counted as voter 3's last."""
    _cast_after_challenge(d)
    cast = d.one("ballot", 3)
    statement = d.one("tally.statement")
    row = next(row for row in statement.content["rows"] if row["line"] == cast.body["line"])
    row["leaf"] = cast.hash().hex()
    statement.keep.add("rows")
    d.settle()


Row(TAMPERS, "tally.rows")(
    "challenged-ballot-cast-and-counted", _challenged_and_counted, "A57", "A60", also=("ballot.challenged",)
)

# Form

FORM = Row(TAMPERS, "challenge.form")


def _shown(edit: Callable[[Dossier, Json], object]) -> Act:
    def act(d: Dossier) -> None:
        d.show(d.one("challenge"), lambda payload: edit(d, payload))
        d.settle()

    return act


def _values(values: object) -> Act:
    return _shown(lambda d, payload: payload["choices"][MAYOR].update(values=values))


for what, act, numbers in (
    ("without-choices", _shown(lambda d, p: p.update(choices=[])), ("A58", "A19")),
    ("without-seed", _shown(lambda d, p: p.pop("seed")), ("A58",)),
    ("seed-too-short", _shown(lambda d, p: p.update(seed=p["seed"][2:])), ("A58",)),
    ("one-value-fewer", _values([0, 0]), ("A08", "A58")),
    ("one-value-more", _values([0, 0, 1, 0]), ("A08", "A58")),
    ("values-as-booleans", _values([False, False, True]), ("A26",)),
    ("values-as-text", _values("001"), ("A26",)),
    ("contests-in-another-order", _shown(lambda d, p: p["choices"].reverse()), ("A51",)),
    ("with-the-voters-key", _shown(lambda d, p: p.update(key=d.sealing(d.one("challenge")).public.hex())), ("A59",)),
    ("of-another-id", _shown(lambda d, p: p["sealed"].update(id="0" * 64)), ("A37", "A58")),
    ("of-another-election", _shown(lambda d, p: p["sealed"].update(election="0" * 64)), ("A36",)),
    ("proof-too-short", _shown(lambda d, p: p["sealed"]["contests"][0]["limit"]["c"].pop()), ("A08",)),
    ("sealed-as-text", _shown(lambda d, p: p.update(sealed=canonical(p["sealed"]).decode())), ("A26", "A13")),
):
    FORM(f"challenge-{what}", act, *numbers)

# Tracker, opening, proofs

TRACKER = Row(TAMPERS, "challenge.tracker")


def _tracked(track: Callable[[Dossier, Entry], bytes]) -> Act:
    def act(d: Dossier) -> None:
        entry = d.one("challenge")
        entry.body["tracker"] = track(d, entry).hex()
        entry.keep.add("tracker")
        d.settle()

    return act


TRACKER("challenge-of-another-tracker", _tracked(lambda d, e: bytes(32)), "A58", "A42")
TRACKER(
    "challenge-tracker-of-whole-payload",
    _tracked(lambda d, e: tracker_of(d.made.joint().h_e, e.payload_bytes())),
    "A58",
)

OPENING = Row(TAMPERS, "challenge.opening")


def _opened(edit: Callable[[Dossier, Json], object]) -> Act:
    def act(d: Dossier) -> None:
        edit(d, d.one("challenge").content)
        d.settle()

    return act


def _sealed_otherwise(edit: Callable[[Dossier, Entry], object]) -> Act:
    """The device seals what it likes, and opens it as what the voter chose."""

    def act(d: Dossier) -> None:
        entry = d.one("challenge")
        shown = [dict(choice) for choice in entry.content["choices"]]
        edit(d, entry)
        ballots, sealing = d.made.ballots(), d.sealing(entry)
        sealed, entry.hints = seal(ballots, sealing)
        entry.payload = {"choices": shown, "sealed": sealed, "seed": sealing.seed.hex()}
        d.settle()

    return act


def _vote(values: list[int], position: int = MAYOR) -> Callable[[Dossier, Entry], None]:
    def edit(d: Dossier, entry: Entry) -> None:
        d.sealing(entry).choices[position] = values

    return edit


def _own_nonce(d: Dossier, entry: Entry) -> None:
    """A nonce that is not from the seed: a covert channel, and the next voter's cannot be foretold."""
    d.sealing(entry).xi[1, 1] = d.sealing(entry).source.scalar("own")


def _negative_opening(d: Dossier, payload: Json) -> None:
    payload["choices"][MAYOR]["values"] = [0, 1, 0]


def _over_the_limit(d: Dossier) -> None:
    """Two votes for mayor, sealed and opened truthfully: not what a style allows."""
    entry = d.one("challenge")
    sealing = d.sealing(entry)
    sealing.choices[MAYOR] = [0, 1, 1]
    entry.payload = opened(d.made.ballots(), sealing, seal(d.made.ballots(), sealing)[0])
    d.settle()


def _over_an_option(d: Dossier) -> None:
    entry = d.one("challenge")
    sealing = d.sealing(entry)
    sealing.choices[MAYOR] = [0, 0, 2]
    entry.payload = opened(d.made.ballots(), sealing, seal(d.made.ballots(), sealing)[0])
    d.settle()


OPENING("device-sealed-another-option", _sealed_otherwise(_vote([1, 0, 0])), "A58")
OPENING("device-sealed-nothing", _sealed_otherwise(_vote([0, 0, 0])), "A58")
OPENING("device-sealed-a-blank", _sealed_otherwise(_vote([0, 0, 1], BOARD)), "A58")
OPENING("nonce-not-from-the-seed", _sealed_otherwise(_own_nonce), "A58")
OPENING("opened-as-another-option", _opened(_negative_opening), "A58")
OPENING("opened-with-another-seed", _opened(lambda d, p: p.update(seed="5e" * 32)), "A58", "A19")
OPENING("opened-beyond-the-limit", _over_the_limit, "A58", "A11")
OPENING("opened-beyond-an-option", _over_an_option, "A58", "A30")
OPENING(
    "opened-as-a-huge-number",
    _opened(lambda d, p: p["choices"][MAYOR].update(values=[0, 0, 2**53 - 1])),
    "A116",
    "A30",
)

PROOF = Row(TAMPERS, "challenge.proof")


def _bad_proof(place: Callable[[Json], Json], name: str) -> Act:
    def edit(d: Dossier, payload: Json) -> None:
        proof = place(payload["sealed"]["contests"][BOARD])
        proof[name][0] = scalar_hex((int(proof[name][0], 16) + 1) % Q)

    return _opened(edit)


PROOF("challenge-selection-proof", _bad_proof(lambda part: _item(part, 0), "v"), "A58")
PROOF("challenge-blank-proof", _bad_proof(lambda part: _item(part, 2), "c"), "A58")
PROOF("challenge-limit-proof", _bad_proof(lambda part: _limit(part), "v"), "A58", "A11")


def _item(part: Json, position: int) -> Json:
    proof: Json = part["items"][position]["proof"]
    return proof


def _limit(part: Json) -> Json:
    proof: Json = part["limit"]
    return proof


def _exchanged(d: Dossier, payload: Json) -> None:
    """Proofs of two options of the same limit exchanged."""
    items = payload["sealed"]["contests"][MAYOR]["items"]
    items[0]["proof"], items[1]["proof"] = items[1]["proof"], items[0]["proof"]


PROOF("challenge-proofs-exchanged", _opened(_exchanged), "A06", "A58")
