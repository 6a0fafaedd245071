"""Lies about who may vote, how often, and by which channel, to be tried on the demonstration's record.

docs/verification.md, roll.*, credential.*, channel.*. With everybody's keys an insider can always issue a code again
and vote with it, and does so for `stuffed`: no check fails, and the re-issue is there for all to see.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from e2evote.adapter.demo.insider import Insider, Kind, Piece
from e2evote.adapter.demo.members import IN_PERSON, POSTAL
from e2evote.adapter.demo.setup import REGISTRARS, TELLERS
from e2evote.adapter.paper_counts import read_counts
from e2evote.adapter.secretfile import read
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import cast, seal
from e2evote.ballot.voter import Voter
from e2evote.errors import Refused
from e2evote.record.credentials import Credential, encoded_credentials, read_credentials
from e2evote.record.electorate import Electorate
from e2evote.record.reconciliation import Reconciliation
from e2evote.record.roll_row import RollRow, line_of
from e2evote.record.rows import NOT_VOTED
from e2evote.record.select import NO_PREVIOUS
from e2evote.record.statement import Statement
from e2evote.record.text_lines import in_one
from e2evote.record.voter_bodies import Add, Issue, Paper, Reissue
from e2evote.secret.paper_opening import PaperCounts
from e2evote.secret.prove_paper import prove_paper
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SEED_SIZE, SigningKey
from e2evote.verify.ballots import BallotContext
from e2evote.verify.paper import PaperContext


def stuffed(insider: Insider, option: str) -> Piece:
    """A ballot of the member who did not vote, under codes issued again before the close by registrars and a teller."""
    line, keys = absent(insider), [_new_key() for _ in REGISTRARS]
    for registrar, key in zip(REGISTRARS, keys, strict=True):
        insider.learn(key)
        body = _reissue(insider, registrar, line, key)
        _before_close(insider, insider.made("credential.reissue", body, registrar, TELLERS[0]))
    context = BallotContext(insider.setting, insider.joint.K, insider.joint.h_e)
    contest = insider.manifest.contests[0].id
    choices = choose(insider.manifest, insider.manifest.styles[0].id, {contest: {option: 1}})
    voter = Voter(line, tuple(key.public for key in keys))
    made = cast(seal(context, choices, voter, SystemRandomness()), NO_PREVIOUS, *keys)
    return Piece(made.leaf, made.payload)


def absent(insider: Insider) -> str:
    """The line of the member who did not vote."""
    electorate = _electorate(insider)
    for line in electorate.names():
        vote = electorate.vote_of(line)
        if not (vote.mark or vote.candidate or vote.removed):
            return line
    raise Refused("no-demo", "everybody has voted in this demonstration")


def extra_credential(insider: Insider) -> None:
    """One more code than lines, and the numbers of those issued afterwards moved on."""
    registrar = REGISTRARS[0]
    issued = [insider.pieces[index] for index in insider.indices("credential.issue")]
    piece = next(piece for piece in issued if piece.leaf.author == registrar)
    rows = list(read_credentials(in_one(piece.payload), registrar).rows())
    rows.append(Credential(rows[-1].number + 1, line_of(int(rows[-1].line) + 1), _new_key().public))
    insider.change(piece, b"".join(encoded_credentials(registrar, rows)), Issue(len(rows), rows[0].number))
    for index in insider.indices("credential.reissue"):
        body = insider.pieces[index].leaf.body
        if isinstance(body, Reissue) and insider.pieces[index].leaf.author == registrar:
            insider.change(insider.pieces[index], body=replace(body, number=body.number + 1))
    insider.settle()


def ghost_member(insider: Insider) -> None:
    """One more line while voting is open, with a code from each registrar."""
    electorate, randomness, roll = _electorate(insider), SystemRandomness(), insider.manifest.roll
    line = line_of(electorate.lines + 1)
    commitments = tuple(randomness.bytes(32) for _ in (roll.fields if roll else ()))
    row = RollRow(line, commitments, insider.manifest.styles[0].id, 1)
    _before_close(insider, insider.made("roll.add", Add("omitted", row), "chair", TELLERS[0]))
    for registrar in REGISTRARS:
        number = electorate.book(registrar).issued + 1
        payload = b"".join(encoded_credentials(registrar, [Credential(number, line, _new_key().public)]))
        _before_close(insider, insider.made("credential.issue", Issue(1, number), registrar, payload=payload))
    insider.settle()


def reissue_without_approval(insider: Insider) -> None:
    """Both signatures hold, but none is a teller's."""
    body = _reissue(insider, REGISTRARS[0], absent(insider), _new_key())
    _before_close(insider, insider.made("credential.reissue", body, *REGISTRARS))
    insider.settle()


def second_vote(insider: Insider) -> None:
    """The ballot of the line that has voted on paper too is counted as well."""
    electorate = _electorate(insider)
    votes = map(electorate.vote_of, electorate.names())
    both = [vote.candidate.index for vote in votes if vote.mark and vote.candidate]
    if not both:
        raise Refused("no-demo", "nobody has voted both online and on paper in this demonstration")
    insider.settle(besides=both)


def false_reconciliation(insider: Insider) -> None:
    def edit(stated: Statement) -> Statement:
        true = stated.reconciliation
        channels = {**true.channels, POSTAL: true.channels[POSTAL] + 1}
        none = {**true.none, NOT_VOTED: true.none[NOT_VOTED] - 1}
        return replace(stated, reconciliation=Reconciliation(true.lines, channels, none, true.registrars))

    insider.settle(edit)


def stuffed_paper(insider: Insider) -> None:
    """Another paper in the totals than lines are marked."""
    piece = insider.one("paper")
    body, manifest = piece.leaf.body, insider.manifest
    channel = body.channel if isinstance(body, Paper) else IN_PERSON
    file = insider.folder.counts(TELLERS[0], channel)
    counts = [
        PaperCounts(one.contest, one.ballots + 1, one.spoiled, (one.votes[0] + 1, *one.votes[1:]))
        for one in read_counts(file, read(file), manifest)
    ]
    context = PaperContext(manifest, insider.setting.group, insider.joint.K, insider.joint.h_e, channel)
    insider.change(piece, prove_paper(context, counts, SystemRandomness()).totals.encode())
    insider.settle()


def _reissue(insider: Insider, registrar: str, line: str, key: SigningKey) -> Reissue:
    book = _electorate(insider).book(registrar)
    return Reissue(key.public, line, book.issued + 1, book.active(int(line)), "not-received")


def _before_close(insider: Insider, piece: Piece) -> None:
    insider.pieces.insert(insider.indices("close")[0], piece)


def _electorate(insider: Insider) -> Electorate:
    electorate = insider.voters().electorate
    if electorate is None:
        raise Refused("no-demo", "a demonstration without a roll")
    return electorate


def _new_key() -> SigningKey:
    return SigningKey(SystemRandomness().bytes(SEED_SIZE))


VOTER_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "extra-credential": Kind(
            "a registrar issues one code more than there are lines on the roll",
            "each registrar issues exactly one credential for each line, and numbers all of them without a gap",
            extra_credential,
        ),
        "ghost-member": Kind(
            "chair and teller add a member to the roll while voting is open, and the registrars issue codes for it",
            "the roll is frozen before there are credentials, and no line is added once voting is open",
            ghost_member,
        ),
        "re-issue-without-approval": Kind(
            "the two registrars issue a code again between themselves, without a teller",
            "a registrar and a teller of another organisation must sign each re-issue",
            reissue_without_approval,
        ),
        "second-vote-in-another-channel": Kind(
            "a member votes online and on paper, and both are counted",
            "a mark on the log takes the line's ballot out of the products that are decrypted",
            second_vote,
        ),
        "false-reconciliation": Kind(
            "the chair states that one member more has voted by post than did",
            "everybody computes the reconciliation from the log",
            false_reconciliation,
        ),
        "stuffed-paper": Kind(
            "the tellers put one paper more into the totals than lines are marked",
            "there are as many papers, valid and spoiled, as lines are marked in the channel",
            stuffed_paper,
        ),
    }
)
"""Every kind by its name."""
