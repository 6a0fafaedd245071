"""What honest and dishonest parties send to a box: envelopes that say one thing wrong, and how they are wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import cast, seal
from e2evote.ballot.voter import Voter
from e2evote.errors import Refused
from e2evote.manifest.model import Manifest
from e2evote.record.body import HASH
from e2evote.record.credentials import Credential, encoded_credentials
from e2evote.record.leaf import Leaf, decode_leaf
from e2evote.record.roll_row import line_of
from e2evote.record.voter_bodies import Annul, Issue, Paper, Reissue, Revoke
from e2evote.secret.paper_opening import PaperCounts
from e2evote.secret.prove_paper import prove_paper
from e2evote.secret.sign import SigningKey
from e2evote.verify.paper import PaperContext
from tests.ballot.election import GROUP, signing_key
from tests.ballot.envelopes import sign, sign_with
from tests.ballot.rolled import RolledRig, Terms
from tests.randomness import DeterministicRandomness

TWIN = "Society of reg-1"
"""The organisation of registrar 1, to which teller tom belongs too."""
WRONGLY_SIGNED: Mapping[str, tuple[str, ...]] = {
    "by the author alone": ("{author}",),
    "twice by the author": ("{author}", "{author}"),
    "with somebody who is no teller": ("{author}", "obi"),
    "with a key that is no party's": ("{author}", "stranger"),
    "by the other way round": ("{second}", "{author}"),
}
"""Who signs what two parties must sign: none of these may."""


@dataclass(frozen=True)
class Twins(Terms):
    """Terms under which one teller is of a registrar's organisation."""

    def manifest(self) -> Manifest:
        manifest = super().manifest()
        parties = [p.model_copy(update={"organisation": TWIN}) if p.id == "tom" else p for p in manifest.parties]
        return manifest.model_copy(update={"parties": tuple(parties)})


def opened(envelope: Envelope) -> Leaf:
    return decode_leaf(envelope.leaf, GROUP, 3, first=False)


def wrongly_signed(envelope: Envelope, how: str) -> Envelope:
    """The same leaf, signed as one of `WRONGLY_SIGNED`."""
    leaf = opened(envelope)
    names = {"author": leaf.author, "second": "tess" if leaf.author != "tess" else "tom"}
    return sign(replace(leaf, signatures=()), [name.format(**names) for name in WRONGLY_SIGNED[how]], envelope.payload)


def changed(envelope: Envelope, signers: Sequence[str], **members: object) -> Envelope:
    """The same leaf with other members of its body, or another author, signed by these."""
    leaf = opened(envelope)
    leaf = replace(leaf, author=str(members.pop("author", leaf.author)))
    return sign(replace(leaf, body=replace(leaf.body, **members), signatures=()), signers, envelope.payload)  # type: ignore[arg-type]


def ballot(rig: RolledRig, line: str, keys: Sequence[SigningKey], prev: bytes) -> Envelope:
    """A ballot of this line after the ballot `prev`, sealed for these keys and signed with them."""
    rig.seeds += 1
    entitled = rig.electorate.entitlement(line)
    votes = {"mayor": {("ada", "bob")[rig.seeds % 2]: 1}}
    choices = choose(rig.manifest, entitled.style if entitled else "all", votes)
    voter = Voter(line, tuple(key.public for key in keys))
    made = cast(seal(rig.context, choices, voter, DeterministicRandomness(f"history {rig.seeds}")), prev, *keys)
    return Envelope(made.leaf.encode(), made.payload, made.hints)


def signed_with(made: Envelope, keys: Sequence[SigningKey]) -> Envelope:
    """The same, with the signatures of these keys alone."""
    return sign_with(replace(opened(made), signatures=()), keys, made.payload)


def copied(made: Envelope, line: str, keys: Sequence[SigningKey], prev: bytes) -> Envelope:
    """Somebody's sealed ballot, cast once more for another line with that line's keys."""
    leaf = opened(made)
    body = replace(leaf.body, line=line, prev=prev)  # type: ignore[call-arg]
    return sign_with(replace(leaf, body=body, signatures=()), keys, made.payload)


def reissue(rig: RolledRig, registrar: str, number: int, secret: SigningKey, teller: str = "tess") -> Envelope:
    """This key for the line, with the next number, in place of the one that the board has."""
    book, line = rig.electorate.book(registrar), line_of(number)
    old = book.active(rig.electorate.number_of(line))
    body = Reissue(secret.public, line, book.issued + 1, old, "lost")
    return rig.leaf("credential.reissue", body, author=registrar, signers=(registrar, teller))


def revoke(rig: RolledRig, registrar: str, number: int, of: int = 0, teller: str = "tess") -> Envelope:
    """The line's active credential, or the one of number `of`."""
    line = line_of(number)
    known = rig.electorate.book(registrar).active(rig.electorate.number_of(line))
    body = Revoke(line, of or max(known, 1), "requested")
    return rig.leaf("credential.revoke", body, author=registrar, signers=(registrar, teller))


def annul(rig: RolledRig, number: int, ballot: bytes, teller: str = "tess") -> Envelope:
    """This ballot of the line shall not count."""
    return rig.leaf("annul", Annul(ballot, line_of(number), "coerced"), author="reg-1", signers=("reg-1", teller))


def issue(rig: RolledRig, registrar: str, key: SigningKey) -> Envelope:
    """The first credential of the one line that has none yet."""
    (line,) = rig.electorate.without_credential(registrar)
    number = rig.electorate.book(registrar).issued + 1
    payload = b"".join(encoded_credentials(registrar, [Credential(number, line_of(line), key.public)]))
    return rig.leaf("credential.issue", Issue(1, number), payload, registrar)


def papers(rig: RolledRig, channel: str) -> Envelope:
    """As many papers as there are marks, half of them spoiled, and nobody has voted for anything."""
    marked = [
        entitled.style
        for line in rig.electorate.names()
        if (mark := rig.electorate.mark_of(line)) and mark.channel == channel
        if (entitled := rig.electorate.entitlement(line))
    ]
    styles = {style.id: style.contests for style in rig.manifest.styles}
    counts = []
    for contest in rig.manifest.contests:
        number = sum(contest.id in styles[style] for style in marked)
        counts.append(PaperCounts(contest.id, number - number // 2, number // 2, (0,) * len(contest.items())))
    context = PaperContext(rig.manifest, GROUP, rig.context.K, rig.context.h_e, channel)
    made = prove_paper(context, counts, DeterministicRandomness(f"papers {channel}"))
    return rig.leaf("paper", Paper(channel), made.totals.encode())


def fresh(name: str) -> SigningKey:
    """A key that nobody else has."""
    return signing_key(f"history: {name}")


def accepts(rig: RolledRig, envelope: Envelope) -> str:
    """The next entry: empty; otherwise why not, and the box is as before. What is there already is no entry more."""
    before = rig.box.size
    try:
        rig.post(envelope)
    except Refused as refused:
        assert rig.box.size == before
        return refused.code
    return "" if rig.box.size > before else "known"


NOWHERE = bytes(HASH)
