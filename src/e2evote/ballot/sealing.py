"""The voter's device as states: choose, seal, then cast or challenge, and never both (docs/spec.md §7 and §8).

    Choices --seal--> Sealing --cast-->      Submission   signed, for the board
                              --challenge--> Challenged   opened, for the board; with a Preimage for the checker alone
                              --export-->    bytes        for an encrypted file, from which `restore` makes it again

    style --prepare--> Prepared --seal--> Sealing         with the work done before the choice is known

The device commits itself with the tracker before it learns which of the two it will be (Benaloh 2006), so nothing
leaves a `Sealing` before that but its tracker. Whichever comes first spends it: an opened ballot must not count, and
one that counts must never be opened. Seed and r are drawn for each sealing and dropped with it; Python cannot promise
that dropped memory is wiped.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import NoReturn, TypeVar

from e2evote.ballot.checker import Preimage
from e2evote.ballot.choices import Choices, style_of
from e2evote.ballot.voter import Voter, check_signers, objection_to
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.fields import array, hex_bytes, object_, string
from e2evote.manifest.voters import MOST_REGISTRARS
from e2evote.proofs.opening import SEED_SIZE
from e2evote.proofs.signature import decode_public_key
from e2evote.record.bodies import BallotBody, ChallengeBody, read_line
from e2evote.record.identifiers import ballot_identifier, shown, tracker_of
from e2evote.record.leaf import LARGEST_PAYLOAD, Leaf, PayloadName, Signature
from e2evote.record.opened import OpenedBallot, decode_opened
from e2evote.secret.encrypt import ZeroNonce, seal_ballot
from e2evote.secret.guarded import Guarded
from e2evote.secret.prepared import PreparedBallot, prepare_ballot
from e2evote.secret.randomness import Randomness
from e2evote.secret.sign import SigningKey
from e2evote.verify.ballots import BallotContext

R_SIZE = 32
_MOST_TRIES = 16
_LARGEST_EXPORT = 4 * LARGEST_PAYLOAD


@dataclass(frozen=True, slots=True)
class Submission:
    """A cast ballot as it goes to the box: signed leaf, sealed ballot, hints."""

    leaf: Leaf
    payload: bytes
    hints: bytes


@dataclass(frozen=True, slots=True)
class Challenged:
    """An opened ballot: leaf, payload and hints, which are tied to nobody, are published, and the preimage never is."""

    leaf: Leaf
    payload: bytes
    hints: bytes
    preimage: Preimage


@dataclass(frozen=True, slots=True, repr=False)
class _Contents:
    """Everything about one sealed ballot."""

    election: bytes
    voter: Voter
    r: bytes
    opened: OpenedBallot
    hints: bytes
    payload: bytes = field(init=False)
    """The sealed ballot's bytes."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "payload", self.opened.sealed.encode())


class Sealing:
    """A sealed ballot between encryption and the voter's word. It shows its tracker and gives up its contents once."""

    __slots__ = ("_contents", "_lock", "_tracker")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, contents: _Contents) -> None:
        self._contents: _Contents | None = contents
        self._lock = Lock()
        self._tracker = tracker_of(contents.opened.sealed.election, contents.payload)

    @property
    def tracker(self) -> bytes:
        """The hash of the sealed ballot.    spec (7.7)"""
        return self._tracker

    @property
    def shown(self) -> str:
        """The tracker as the voter sees it and notes it, before saying what becomes of the ballot."""
        return shown(self.tracker)

    @property
    def is_spent(self) -> bool:
        """Cast, challenged or exported already."""
        return self._contents is None

    @property
    def voter(self) -> Voter:
        """Whose it is: line and public keys."""
        return self._of("looked at").voter

    def _release(self, act: str) -> _Contents:
        """The contents, which the sealing then no longer has: of two threads that ask, one gets them."""
        with self._lock:
            contents = self._of(act)
            self._contents = None
        return contents

    def _of(self, act: str) -> _Contents:
        if self._contents is None:
            raise RuntimeError(f"ballot {self.shown} is spent and can't be {act}: seal again")
        return self._contents

    def __repr__(self) -> str:
        return f"Sealing(<redacted>, tracker {self.shown})"

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("sealings are not compared")

    def __copy__(self) -> NoReturn:
        raise TypeError("sealings are not copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("sealings are not copied")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("sealings are not pickled: export one for an encrypted file")


class Prepared(Guarded):
    """A ballot for one line, of one style, short of its choice: for the time before the voter has decided.

    It is sealed once, by whichever thread comes first, and is never stored. After a challenge another is prepared.
    """

    __slots__ = ("_ballot", "_context", "_r", "_voter")

    def __init__(self, context: BallotContext, voter: Voter, r: bytes, ballot: PreparedBallot) -> None:
        self._context, self._voter, self._r, self._ballot = context, voter, r, ballot

    @property
    def style(self) -> str:
        """The only style whose choices it takes."""
        return self._ballot.style.id

    @property
    def is_spent(self) -> bool:
        """Sealed already."""
        return self._ballot.is_spent

    def seal(self, choices: Choices) -> Sealing:
        """What `seal` gives for these choices. Choices of another style are a ValueError and spend nothing."""
        style = style_of(self._context.setting.manifest, choices)
        if style != self._ballot.style:
            raise ValueError(f"the choices are of style {style.id!r}, this ballot was prepared for {self.style!r}")
        sealed, hints, seed = self._ballot.seal(choices.values())
        opened = OpenedBallot(sealed, seed, choices.contests)
        return Sealing(_Contents(self._context.setting.first, self._voter, self._r, opened, hints))


def seal(context: BallotContext, choices: Choices, voter: Voter, randomness: Randomness) -> Sealing:
    """Encrypt and prove the choices for this line and its keys.    spec (7.1)-(7.7)

    r and the seed are drawn here, so that no two sealings share them, whatever is sealed.
    """
    manifest, h_e = context.setting.manifest, context.h_e
    style = style_of(manifest, choices)
    _check(context, voter)

    def make(r: bytes, ballot_id: bytes, seed: bytes) -> Sealing:
        sealed, hints = seal_ballot(manifest, style, context.K, h_e, ballot_id, choices.values(), seed, randomness)
        opened = OpenedBallot(sealed, seed, choices.contests)
        return Sealing(_Contents(context.setting.first, voter, r, opened, hints))

    return _drawn(h_e, voter, randomness, make)


def prepare(context: BallotContext, style: str, voter: Voter, randomness: Randomness) -> Prepared:
    """All the work of `seal` that does not depend on the choice.

    It draws the same in the same order: from the same randomness both give the same ballot.
    """
    manifest, h_e = context.setting.manifest, context.h_e
    found = manifest.style(style)
    if found is None:
        raise ValueError(f"style {style!r}: the manifest has {', '.join(repr(s.id) for s in manifest.styles)}")
    _check(context, voter)

    def make(r: bytes, ballot_id: bytes, seed: bytes) -> Prepared:
        ballot = prepare_ballot(manifest, found, context.K, h_e, ballot_id, seed, randomness)
        return Prepared(context, voter, r, ballot)

    return _drawn(h_e, voter, randomness, make)


def _check(context: BallotContext, voter: Voter) -> None:
    """ValueError where nobody like this can vote, or the joint key hides nothing; MalformedInput for what is no key."""
    for key in voter.keys:
        decode_public_key(key)
    if objection := objection_to(context, voter):
        raise ValueError(objection)
    if context.K.group.identity == context.K:
        raise ValueError("the joint key is 1 and would hide nothing")


_Made = TypeVar("_Made")


def _drawn(h_e: bytes, voter: Voter, randomness: Randomness, make: Callable[[bytes, bytes, bytes], _Made]) -> _Made:
    """What `make` gives for a fresh r, the identifier that follows from it, and a fresh seed.    spec (7.2)"""
    for _ in range(_MOST_TRIES):
        r, seed = randomness.bytes(R_SIZE), randomness.bytes(SEED_SIZE)
        try:
            return make(r, ballot_identifier(h_e, voter.line, voter.keys, r), seed)
        except ZeroNonce:
            continue
    raise RuntimeError(f"{_MOST_TRIES} seeds gave a nonce 0: the source of randomness is broken")


def cast(sealing: Sealing, prev: bytes, *keys: SigningKey) -> Submission:
    """The ballot signed with all keys of the line, in their order, for the board.    spec 7, Cast

    prev: the leaf hash of the line's latest valid ballot, or 32 zero bytes. The seed is dropped unseen. A key that is
    missing, too many or another one is refused, and spends nothing.
    """
    if len(prev) != 32:
        raise ValueError(f"prev: {len(prev)} bytes, want 32")
    check_signers(sealing.voter, [key.public for key in keys])
    contents = sealing._release("cast")
    payload = contents.payload
    body = BallotBody(contents.opened.sealed.id, contents.voter.line, prev, contents.r, sealing.tracker)
    leaf = Leaf("ballot", "voter", contents.election, body, PayloadName.of(payload))
    message = leaf.message()
    signed = leaf.signed(*(Signature(key.public, key.sign(message)) for key in keys))
    return Submission(signed, payload, contents.hints)


def challenge(sealing: Sealing) -> Challenged:
    """The ballot opened, unsigned; what ties it to the voter stays with the voter.    spec 8"""
    contents = sealing._release("challenged")
    payload = contents.opened.encode()
    body = ChallengeBody(contents.opened.sealed.id, sealing.tracker)
    leaf = Leaf("challenge", "log", contents.election, body, PayloadName.of(payload))
    return Challenged(leaf, payload, contents.hints, Preimage(contents.voter.line, contents.voter.keys, contents.r))


def export(sealing: Sealing) -> bytes:
    """The sealing as secret bytes, for an encrypted file that whoever restores it deletes. It is spent here."""
    contents = sealing._release("exported")
    return canonical.encode(
        {
            "election": contents.election.hex(),
            "hints": contents.hints.hex(),
            "keys": [key.hex() for key in contents.voter.keys],
            "line": contents.voter.line,
            "opened": canonical.decode(contents.opened.encode(), limit=LARGEST_PAYLOAD),
            "r": contents.r.hex(),
        }
    )


def restore(data: bytes, context: BallotContext) -> Sealing:
    """What `export` wrote, for the same election; MalformedInput where names and contents do not agree."""
    names = ("election", "hints", "keys", "line", "opened", "r")
    members = object_(canonical.decode(data, limit=_LARGEST_EXPORT), "", names)
    election, r = (hex_bytes(members[name], name, 32) for name in ("election", "r"))
    listed = array(members["keys"], "keys", 1, MOST_REGISTRARS)
    keys = tuple(hex_bytes(key, f"keys[{i}]", 32) for i, key in enumerate(listed))
    voter = Voter(read_line(members["line"], "line"), keys)
    hints = string(members["hints"], "hints", 0, _LARGEST_EXPORT)
    encoded = canonical.encode(members["opened"])
    try:
        opened = decode_opened(encoded, context.setting.manifest, context.setting.group)
    except MalformedInput as error:
        raise error.inside("opened") from None
    if (election, opened.sealed.election) != (context.setting.first, context.h_e):
        raise MalformedInput("a sealing of another election", "election")
    if objection := objection_to(context, voter):
        raise MalformedInput(objection, "line")
    if ballot_identifier(context.h_e, voter.line, keys, r) != opened.sealed.id:
        raise MalformedInput("id is not the hash of line, keys and r", "opened")
    return Sealing(_Contents(election, voter, r, opened, hex_bytes(hints, "hints", len(hints) // 2)))
