"""S9 and S12: ballots changed, manifests changed for some, boxes of a few, and devices that lie."""

from dataclasses import replace

from drill.board import Board
from drill.society import GROUP, RANDOM, REGISTRARS, Piece
from drill.stage import Stage, anchors_of
from e2evote.ballot.checker import check_announced, check_challenge, recompute
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import challenge, seal
from e2evote.ballot.voter import Voter
from e2evote.manifest.base_hash import base_hash
from e2evote.record.identifiers import shown
from e2evote.record.joint import joint_keys
from e2evote.record.leaf import PayloadName
from e2evote.record.opened import decode_opened
from e2evote.record.roll_row import line_of
from e2evote.record.select import NO_PREVIOUS
from e2evote.tally.facts import facts_of
from e2evote.tally.memory import Accepted
from e2evote.tally.trustee import decrypt
from e2evote.verify.ballots import BallotContext
from e2evote.verify.lookup import Lookup, look_up

VOTER, DEVICE, TOOLS = "the voter", "the voter's device with anchors", "trustees' tools"
LOOK_UP, CHECK, VOTE = "e2evote tracker check", "e2evote ballot check", "e2evote ballot vote"


def changed(stage: Stage) -> None:
    """S9"""
    board = Board.at("voted")
    place = board.index("ballot")
    mine, other = board.pieces[place], board.ballot(1, "bo")
    tracker = shown(mine.leaf.body.tracker)  # type: ignore[attr-defined]
    body = replace(other.leaf.body, prev=NO_PREVIOUS)  # type: ignore[call-arg]

    leaf = replace(other.leaf, body=body, signatures=mine.leaf.signatures)
    board.pieces[place] = Piece(leaf, other.payload)
    stage.rejected(
        "puts another ballot in the place of line 1's, with its old signatures", board.counted(), "board.signature"
    )

    board = Board.at("voted")
    keys = [board.society.code_key(registrar, 12) for registrar in REGISTRARS]
    board.pieces[place] = board.society.sign(replace(other.leaf, body=body, signatures=()), tuple(keys), other.payload)
    tried = "signs that ballot with codes of a passive member, which registrars kept"
    stage.rejected(tried, board.counted(), "ballot.line", "ballot.identifier")

    board = Board.at("voted")
    sealed = _one_digit_else(mine.payload)
    leaf = replace(mine.leaf, payload=PayloadName.of(sealed))
    board.pieces[place] = Piece(leaf, sealed)
    board.close()
    tried = "changes a digit of a ballot, and the hash in its leaf"
    stage.rejected(tried, board, "ballot.tracker", "ballot.limit-proof", "board.signature")

    board = Board.at("voted")
    board.pieces[place] = Piece(replace(other.leaf, body=body, signatures=()), other.payload)
    keys = [board.society.code_key(registrar, 1) for registrar in REGISTRARS]
    board.pieces[place] = board.society.sign(board.pieces[place].leaf, tuple(keys), other.payload)
    path, _ = stage.accepted(board.counted())
    found = look_up(path, line_of(1), tracker)
    stage.sure(found.status is Lookup.ABSENT and len(found.ballots) == 1, "another ballot stands in its place")
    tried = "puts another ballot in its place with all registrars, who kept the codes of line 1"
    evidence = f"the tracker that I wrote down is {found.status}; line 1 has another ballot, {found.ballots[0].tracker}"
    stage.seen(tried, VOTER, LOOK_UP, str(found.status), evidence)

    board, voter = Board.at("voted"), Voter(line_of(12), tuple(_keys(Board.at("voted"), 12)))
    sealing = seal(board.context, choose(board.society.manifest, "all", {"chair": {"ada": 1}}), voter, RANDOM)
    noted = sealing.tracker
    made = challenge(sealing)
    stage.sure(not check_challenge(board.context, noted, made.leaf, made.payload), "what was sealed is opened truly")
    choice = decode_opened(made.payload, board.society.manifest, GROUP).choices[0]
    stage.sure(choice.values == (1, 0, 0), "the device has sealed a vote for Ada")
    tried = "has a device seal a vote for Ada where the voter chose Bo, and is challenged"
    stage.seen(tried, VOTER, CHECK, "opened", f"ballot {shown(noted)} is opened as a vote for Ada; I chose Bo")

    lied = replace(
        decode_opened(made.payload, board.society.manifest, GROUP), choices=(replace(choice, values=(0, 1, 0)),)
    )
    leaf = replace(made.leaf, payload=PayloadName.of(lied.encode()))
    (failed, *_) = check_challenge(board.context, noted, leaf, lied.encode())
    stage.seen("the same, and the device opens it as a vote for Bo", VOTER, CHECK, failed.check, str(failed))

    board.vote(12, "ada")  # the voter of line 12 chose Bo
    stage.undetectable(
        "the same, and the voter casts without a challenge",
        board.counted(),
        "a voting device that lies to its voter, but for challenges",
    )


def _one_digit_else(payload: bytes) -> bytes:
    """The same, but for the first digit of the proof of the limit."""
    start = b'"limit":{"c":["'
    place = payload.index(start) + len(start)
    return payload[:place] + (b"1" if payload[place : place + 1] != b"1" else b"2") + payload[place + 1 :]


def _keys(board: Board, line: int) -> list[bytes]:
    return [board.society.code_key(registrar, line).public for registrar in REGISTRARS]


def another_manifest(stage: Stage) -> None:
    """S12"""
    board = Board.at("voted")
    made = board.society
    shown_to_some = made.manifest_with("Bo, who is not Ada")
    data = shown_to_some.encode()
    context = recompute(data, made.joint.K, made.joint.K_hat, made.setting.first)
    failed = check_announced(context, anchors_of(board))
    stage.sure(failed, "the anchors are of another election")
    tried = "shows some voters a manifest in which the names are others"
    stage.seen(tried, DEVICE, VOTE, failed[0].check, str(failed[0]))

    h_b = base_hash(made.setting.parameter_hash, data)
    h_e = joint_keys(GROUP, h_b, made.joint.keys).h_e
    stage.sure(h_e == context.h_e, "the extended base hash follows from the manifest")
    board.put(board.ballot(12, "bo", context=BallotContext(made.setting, made.joint.K, h_e)))
    tried = "has a page seal ballots under that manifest, without anchors, and takes them"
    stage.rejected(tried, board.counted(), "ballot.form", "ballot.identifier")

    board = Board.at("voted")
    board.close()
    board.count_paper()
    alone = {"chair": (("online",), ("in_person",), ("postal",))}
    stated = board.state()
    tried = "has two trustees decrypt the box of three envelopes, two of them valid, by itself"
    stage.rejected(tried, board.decide(stated, alone), "tally.floor")

    board = Board.at("voted")
    board.close()
    board.count_paper()
    board.state()
    key = board.society.trustees[1]
    board.accept()
    facts = facts_of(stage.examined(stage.publish(board)))
    shares = decrypt(facts, Accepted(facts.statement), key, RANDOM).shares
    parts = sorted({share.channel for share in shares.shares})
    stage.sure(parts == ["in_person+postal", "online"], "no part below the floor")
    tried = "asks an honest trustee for the envelopes by themselves"
    evidence = f"decrypts {' and '.join(parts)}: the tool has no other parts"
    stage.seen(tried, TOOLS, "e2evote trustee decrypt", "tally.floor", evidence)

    board = Board.at("voted")
    board.vote(12, "ada")  # the page showed Bo's name beside this option
    stage.undetectable(
        "has its page show Bo's name beside the option that it encrypts as Ada's",
        board.counted(),
        "a page of the administrator's that displays other words than it encrypts, but for challenges",
    )
