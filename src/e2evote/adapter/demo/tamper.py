"""Ways to lie about a selection, to be tried on the demonstration's record (docs/verification.md; README, Tampering).

Each is one act of an insider who holds every key, in one case all but the witnesses', and makes everything else fit
again. What notices it is a check of the verifier; where that is the comparison with an earlier checkpoint, nothing in
the new record itself is wrong.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from e2evote.adapter.demo.insider import Insider, Kind, Piece
from e2evote.adapter.demo.setup import DemoFolder
from e2evote.adapter.demo.tamper_voters import VOTER_KINDS, stuffed
from e2evote.algebra.group import Element
from e2evote.algebra.interpolation import lagrange_at_zero
from e2evote.errors import Refused
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import BallotBody, ChallengeBody
from e2evote.record.elected import standing
from e2evote.record.identifiers import tracker_of
from e2evote.record.leaf import Signature
from e2evote.record.opened import decode_opened
from e2evote.record.outcome import Outcome, combined_votes
from e2evote.record.sealed import SealedBallot, SealedItem, decode_sealed
from e2evote.record.shares import DecryptionShare, DecryptionShares


def tamper_with(folder: DemoFolder, kind: str, target: Path) -> None:
    """A copy of the demonstration's record, changed in the way named, in the new directory `target`."""
    if target.exists() or target.is_symlink():
        raise Refused("file-exists", f"{target}: there is such a file already")
    insider = Insider(folder, witnessed=KINDS[kind].witnessed)
    KINDS[kind].do(insider)
    insider.write(target)


def drop_ballot(insider: Insider) -> None:
    del insider.pieces[insider.indices("ballot")[0]]


def rewrite_log(insider: Insider) -> None:
    del insider.pieces[insider.indices("ballot")[0]]
    insider.settle()


def edit_ballot(insider: Insider) -> None:
    piece = insider.one("ballot")
    digit = b"1" if piece.payload[-10:-9] != b"1" else b"2"
    piece.payload = piece.payload[:-10] + digit + piece.payload[-9:]


def withhold_ballot(insider: Insider) -> None:
    insider.one("ballot").payload = b""


def replay_ballot(insider: Insider) -> None:
    piece = insider.one("ballot")
    insider.pieces.insert(insider.indices("close")[0], Piece(piece.leaf, piece.payload))
    insider.settle()


def late_ballot(insider: Insider) -> None:
    piece = stuffed(insider, insider.manifest.contests[0].options[0].id)
    insider.pieces.insert(insider.indices("close")[0] + 1, piece)
    insider.settle()


def double_vote(insider: Insider) -> None:
    """(1, 0) becomes (2, -1): the sum, and with it the proof of the contest's limit, stays right."""
    gainer, loser = _gainer_and_loser(insider)
    piece = stuffed(insider, gainer)
    sealed = decode_sealed(piece.payload, insider.manifest, insider.setting.group)
    contest, K = sealed.contests[0], insider.joint.K
    factors = {gainer: K, loser: K.inverse()}
    items = tuple(_shifted(i, factors[i.option]) if i.option in factors else i for i in contest.items)
    _reseal(insider, piece, replace(sealed, contests=(replace(contest, items=items), *sealed.contests[1:])))
    insider.pieces.insert(insider.indices("close")[0], piece)
    insider.settle()


def lie_about_challenge(insider: Insider) -> None:
    if not insider.indices("challenge"):
        raise Refused("no-demo", "no ballot was challenged in this demonstration")
    piece = insider.one("challenge")
    opened = decode_opened(piece.payload, insider.manifest, insider.setting.group)
    first = opened.choices[0]
    turned = first.values[1:] + first.values[:1]
    choice = replace(first, values=turned if turned != first.values else (1 - first.values[0], *first.values[1:]))
    insider.change(piece, replace(opened, choices=(choice, *opened.choices[1:])).encode())
    insider.settle()


def forge_signature(insider: Insider) -> None:
    piece = insider.one("close")
    author, teller = piece.leaf.signatures
    piece.leaf = piece.leaf.signed(author, Signature(teller.key, author.sig))
    insider.settle()


def change_tally(insider: Insider) -> None:
    insider.change(insider.one("outcome"), _moved(insider).encode())
    insider.settle_said()


def swap_result(insider: Insider) -> None:
    outcome = insider.outcome()
    first = outcome.contests[0]
    elected = first.standing.elected
    options = [option.id for option in insider.manifest.contests[0].options]
    loser = next((option for option in options if option not in elected), "")
    if not loser:
        raise Refused("no-demo", "all candidates are elected, so that there is nobody else to declare elected")
    changed = replace(first, standing=replace(first.standing, elected=(loser, *elected[1:])))
    insider.change(insider.one("outcome"), replace(outcome, contests=(changed, *outcome.contests[1:])).encode())
    insider.settle_said()


def forge_proof(insider: Insider) -> None:
    """A false share moves a vote: with M_i·K^(-1/w_i) the total of (9.3) is one higher, with K^(1/w_i) one lower."""
    shares = insider.shares()
    trustee = min(shares)
    weight = lagrange_at_zero(insider.setting.group, tuple(shares))[trustee]
    step = insider.joint.K ** weight.inverse()
    gainer, loser = _gainer_and_loser(insider)

    def edit(honest: DecryptionShares) -> DecryptionShares:
        return DecryptionShares(
            tuple(
                _falsified(share, step.inverse() if share.option == gainer else step)
                if (share.contest, share.channel) == insider.outcome().parts()[0] and share.option in (gainer, loser)
                else share
                for share in honest.shares
            )
        )

    insider.change_shares(trustee, edit)
    insider.change(insider.one("outcome"), _moved(insider).encode())
    insider.settle_head()


def swap_names(insider: Insider) -> None:
    manifest = insider.manifest
    first, second, *others = manifest.contests[0].options
    swapped = (
        first.model_copy(update={"name": second.name}),
        second.model_copy(update={"name": first.name}),
        *others,
    )
    contest = manifest.contests[0].model_copy(update={"options": swapped})
    changed: Manifest = manifest.model_copy(update={"contests": (contest, *manifest.contests[1:])})
    insider.change(insider.one("manifest"), changed.encode())


def _reseal(insider: Insider, piece: Piece, sealed: SealedBallot) -> None:
    """Another sealed ballot under its own tracker, signed again."""
    data = sealed.encode()
    body = piece.leaf.body
    if not isinstance(body, BallotBody | ChallengeBody):
        raise TypeError(f"a leaf of kind {piece.leaf.kind}")
    insider.change(piece, data, replace(body, tracker=tracker_of(insider.joint.h_e, data)))


def _shifted(item: SealedItem, factor: Element) -> SealedItem:
    """A vote more, for the factor K, or one less, for its inverse."""
    return replace(item, beta=item.beta * factor.residue())


def _falsified(share: DecryptionShare, factor: Element) -> DecryptionShare:
    return replace(share, M=share.M * factor.residue())


def _moved(insider: Insider) -> Outcome:
    """The outcome with a vote moved to an option from the one before it in votes, and who is elected accordingly."""
    outcome, contest = insider.outcome(), insider.manifest.contests[0]
    gainer, loser = _gainer_and_loser(insider)
    part = outcome.parts()[0]
    change = {(*part, gainer): 1, (*part, loser): -1}
    cells = tuple(replace(cell, votes=cell.votes + change.get(cell.cell, 0)) for cell in outcome.cells)
    first, votes = outcome.contests[0], combined_votes(cells)
    own = {option.id: votes[contest.id, option.id] for option in contest.options}
    result = standing(contest, 1, own, first.ballots, insider.joint.h_e, "")
    return replace(outcome, cells=cells, contests=(replace(first, standing=result), *outcome.contests[1:]))


def _gainer_and_loser(insider: Insider) -> tuple[str, str]:
    """The options of the first contest with the fewest and with the most votes in its first part."""
    outcome = insider.outcome()
    votes = {cell.option: cell.votes for cell in outcome.cells if cell.cell[:2] == outcome.parts()[0]}
    options = [option.id for option in insider.manifest.contests[0].options]
    ordered = sorted(options, key=votes.__getitem__)
    if len(ordered) < 2 or not votes[ordered[-1]]:
        raise Refused("no-demo", "there are no two candidates between whom a vote could be moved")
    return ordered[0], ordered[-1]


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "drop-ballot": Kind(
            "the operator of the log leaves out a ballot and signs the shorter log",
            "the statement names the log as it was at the close, and has a row for the ballot's line",
            drop_ballot,
        ),
        "rewrite-log": Kind(
            "everybody but the witnesses leaves out a ballot, and makes statement, shares and outcome anew",
            "no honest witness cosigns a log that does not begin with what it cosigned before: the quorum is missing",
            rewrite_log,
            witnessed=False,
        ),
        "rewrite-witnessed": Kind(
            "everybody, the witnesses too, leaves out a ballot, and makes statement, shares and outcome anew",
            "the new record is consistent in itself, but somebody kept an earlier checkpoint, and the voter a receipt",
            rewrite_log,
        ),
        "edit-ballot": Kind(
            "somebody changes one digit of a stored ballot",
            "the log's entry has the hash of the ballot as it was cast",
            edit_ballot,
        ),
        "withhold-ballot": Kind(
            "the operator does not hand out one of the ballots",
            "an entry without its ballot makes the record incomplete; it never means that the ballot does not count",
            withhold_ballot,
        ),
        "replay-ballot": Kind(
            "the operator records a voter's ballot a second time",
            "no ballot identifier and no tracker may occur twice",
            replay_ballot,
        ),
        "late-ballot": Kind(
            "a ballot is added after the close",
            "ballots stand before the close, which is an entry of the log like any other",
            late_ballot,
        ),
        "double-vote": Kind(
            "an insider casts a ballot with two votes for one option and one vote less than none for another",
            "each ciphertext has its own proof that it holds a number of votes within its limit",
            double_vote,
        ),
        "lie-about-challenge": Kind(
            "the box publishes other choices for a challenged ballot than it was sealed with",
            "every ciphertext of a challenged ballot is computed again from seed and choices",
            lie_about_challenge,
        ),
        "forge-signature": Kind(
            "the chair closes without the teller and puts a made-up signature for the teller's",
            "two must sign the close, and every signature is checked",
            forge_signature,
        ),
        "change-tally": Kind(
            "the chair moves one vote in the published outcome",
            "the published numbers must be what the trustees' shares decrypt the ballots' product to",
            change_tally,
        ),
        "swap-result": Kind(
            "the chair publishes the right numbers and declares somebody else elected",
            "who is elected follows from the numbers by the manifest's rules",
            swap_result,
        ),
        "forge-proof": Kind(
            "a trustee posts false decryption shares that move one vote, and the chair publishes what they give",
            "each share has a proof that it was made with the key that the trustee published",
            forge_proof,
        ),
        "swap-names": Kind(
            "the names of two options are exchanged in the manifest after the vote",
            "every entry names entry 0 by its hash, and the anchors are a hash of the manifest",
            swap_names,
        ),
        **VOTER_KINDS,
    }
)
"""Every kind by its name."""
