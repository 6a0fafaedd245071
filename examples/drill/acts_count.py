"""S6, S7, S10 and S11: channels, turnout, the count, and who looks at it too early."""

from dataclasses import replace

from drill.board import IN_PERSON, POSTAL, Board
from drill.society import GROUP, RANDOM
from drill.stage import ANYBODY, Stage
from e2evote.adapter.board import BoardReader
from e2evote.adapter.drawing import posted
from e2evote.algebra.interpolation import combine as combined
from e2evote.algebra.logarithm import LogTable
from e2evote.record.bodies import Body
from e2evote.record.roll_row import line_of
from e2evote.record.sample import detection_power
from e2evote.record.sealed import decode_sealed
from e2evote.record.statement import Statement
from e2evote.record.voter_bodies import Mark, Sample
from e2evote.tally.facts import facts_of
from e2evote.tally.memory import Untouched
from e2evote.tally.trustee import accept, decrypt

TOOLS = "trustees' tools"
ACCEPT, DECRYPT = "e2evote trustee accept", "e2evote trustee decrypt"
SCRUTINEER, DRAW = "the scrutineer", "e2evote sample draw"
PASSIVE = (12, 13, 14)


def channels(stage: Stage) -> None:
    """S6"""
    board = Board.at("voted")
    board.post("mark", Mark("in_person", line_of(1)), "tess", "tom")
    board.close()
    board.count_paper()
    stage.rejected(
        "has a member who has voted online marked at the polling station too", _decided(board), "channel.mark"
    )

    board = Board.at("voted")
    again = board.entry(board.vote(6, "bo")).leaf_hash
    board.counted(lambda stated: _counted_online(stated, 6, again))
    tried = "counts a ballot of a member who has voted in person, and the paper too"
    stage.rejected(tried, board, "tally.rows", "tally.reconciliation")

    board = Board.at("voted")
    board.close()
    board.count_paper(marked=(*POSTAL, PASSIVE[0]))
    stage.rejected("marks a member who has sent no envelope", _decided(board), "channel.count")

    board = Board.at("voted")
    board.close()
    board.count_paper(postal=(4, 1, (0, 4, 0)))
    stage.rejected("puts two papers more into the box than there are marks", _decided(board), "channel.count")

    board = Board.at("voted")
    board.close()
    board.post("mark", Mark("postal", line_of(PASSIVE[0])), "tess", "tess")
    board.count_paper(postal=(3, 1, (0, 3, 0)))
    stage.rejected("has one teller sign a mark twice", _decided(board), "board.author")

    board = Board.at("voted").counted(_a_line_more)
    stage.rejected("says in the reconciliation that a line more has voted in person", board, "tally.reconciliation")

    board = Board.at("voted").counted(_a_row_less)
    stage.rejected("says of a member who voted by post that nothing came", board, "tally.rows")

    board = Board.at("open")
    for line in range(1, 6):
        board.vote(line, "ada")
    for line in IN_PERSON:
        board.post("mark", Mark("in_person", line_of(line)), "tess", "tom")
    board.close()
    board.count_paper(in_person=(3, 0, (0, 3, 0)), postal=(3, 0, (0, 3, 0)))
    facts = stage.told_by_report(_decided(board))
    (contest,) = facts.contests
    votes = {part.channels: part.votes for part in contest.parts}
    stage.sure(votes["online",] == (5, 0, 0) and votes["in_person",] == (0, 3, 0), "the channels differ")
    stage.sure(
        sum(channel.lines for channel in facts.channels) + facts.lines.not_voted == facts.lines.total,
        "it comes out even",
    )
    evidence = "online 5 of 5 for Ada, on paper 0 of 6; every line in one channel, every paper with its mark"
    stage.seen("says nothing of a difference between the channels", ANYBODY, "e2evote report", "contests", evidence)
    stage.undetectable(
        "explains that difference by what people are like",
        board,
        "why groups differ: those who choose a channel may differ, and so may devices, delivery and pressure",
    )


def _counted_online(stated: Statement, line: int, leaf: bytes) -> Statement:
    rows, table = list(stated.rows), stated.reconciliation
    rows[line - 1] = replace(rows[line - 1], channel="online", leaf=leaf, status="counted")
    channels = {**table.channels, "online": table.channels["online"] + 1, "in_person": table.channels["in_person"] - 1}
    return replace(stated, rows=tuple(rows), reconciliation=replace(table, channels=channels))


def _a_line_more(stated: Statement) -> Statement:
    table = stated.reconciliation
    channels = {**table.channels, "in_person": table.channels["in_person"] + 1}
    return replace(stated, reconciliation=replace(table, channels=channels, lines=table.lines + 1))


def _a_row_less(stated: Statement) -> Statement:
    rows = list(stated.rows)
    rows[POSTAL[0] - 1] = replace(rows[POSTAL[0] - 1], channel="none", status="not-voted")
    return replace(stated, rows=tuple(rows))


def _decided(board: Board) -> Board:
    return board.decide(board.state())


def turnout(stage: Stage) -> None:
    """S7"""
    board = Board.at("voted")
    for line in PASSIVE:
        board.vote(line, "bo")
    board.close()
    board.count_paper()
    board.post("sample", Sample("314159265", 6), "sue", "tess")
    path, _ = stage.accepted(_decided(board))
    sample = posted(BoardReader(path, allow_test_group=True))
    asked = [int(line) for line in sample.lines]
    false = [line for line in asked if line in PASSIVE]
    power = detection_power(sample.voters, len(PASSIVE), len(asked))
    stage.sure((sample.voters, len(asked)) == (8, 6) and power == 1, "of 8 lines 6 are asked, and only 5 are true")
    stage.sure(false, "the sample has one of them")
    tried = "votes for three members who did not, with both registrars"
    evidence = (
        f"asked were {len(asked)} of {sample.voters} lines; {len(false)} answer: I did not vote. "
        f"Such a sample finds one with {float(power):.0%}"
    )
    stage.seen(tried, SCRUTINEER, DRAW, "sample", evidence)
    stage.undetectable(
        "the same, and those three do not answer",
        board,
        "who does not answer, who gave the code away, who answers falsely",
    )


def count(stage: Stage) -> None:
    """S10"""
    board = Board.at("voted")
    late = board.ballot(PASSIVE[0], "bo")
    board.close()
    board.put(late)
    board.count_paper()
    before = Board(board.society, [piece for piece in board.pieces if piece is not late], board.lines)
    stage.rejected(
        "lets in a ballot after the close", board.decide(board.state(lambda _: before.statement())), "board.phase"
    )

    board = Board.at("voted").counted()
    board.post("tally.statement", board.statement().body(), "chair", payload=board.statement().encode())
    stage.rejected("posts a second statement, for another tally", board, "board.phase")

    board = Board.at("voted")
    board.close()
    board.count_paper()
    stated = board.state(_without_line_1)
    tried = "leaves a ballot out of the statement"
    stage.rejected(tried, board, "tally.rows", "tally.reconciliation")
    path = stage.publish(board)
    key = board.society.trustees[1]
    stage.refused(
        tried, TOOLS, ACCEPT, "tally.record-fails", lambda: accept(facts_of(stage.examined(path)), Untouched(), key)
    )
    stage.refused(
        f"{tried}, and shows the trustee a record whose failing checks are hidden",
        TOOLS,
        ACCEPT,
        "tally.statement-differs",
        lambda: accept(board.facts(stated, board.statement(), {}), Untouched(), key),
    )

    other = Board.at("voted").counted(_other_product)
    stage.rejected("states the product over other ballots than those that count", other, "tally.products")

    first, second = Board.at("voted"), Board.at("voted")
    second.vote(1, "bo")
    for one in (first, second):
        one.close()
        one.count_paper()
        one.state()
    memory, _ = accept(facts_of(stage.examined(stage.publish(first))), Untouched(), key)
    stage.refused(
        "has a ballot changed, shows trustees another log, and asks for a second tally",
        TOOLS,
        ACCEPT,
        "tally.second-statement",
        lambda: accept(facts_of(stage.examined(stage.publish(second))), memory, key),
    )

    board = Board.at("voted").counted()
    ballot = next(piece for piece in board.pieces if piece.leaf.kind == "ballot")
    vote = _opened_by_two(board, ballot.payload)
    stage.sure(vote == (1, 0, 0), "two trustees have opened the ballot of line 1")
    stage.undetectable(
        f"has two trustees open the ballot of line 1 privately: {vote}",
        board,
        "k trustees who together decrypt what they like, without a trace",
    )


def _without_line_1(stated: Statement) -> Statement:
    first, *others = stated.rows
    table = stated.reconciliation
    row = replace(first, channel="none", leaf=b"", status="not-voted")
    channels = {**table.channels, "online": table.channels["online"] - 1}
    none = {**table.none, "not-voted": table.none["not-voted"] + 1}
    return replace(stated, rows=(row, *others), reconciliation=replace(table, channels=channels, none=none))


def _other_product(stated: Statement) -> Statement:
    """The votes for Ada and those for Bo change places."""
    first, *others = stated.products
    bo = next(i for i, one in enumerate(others) if (one.option, one.channel) == ("bo", first.channel))
    others[bo], changed = replace(others[bo], A=first.A, B=first.B), replace(first, A=others[bo].A, B=others[bo].B)
    return replace(stated, products=(changed, *others))


def _opened_by_two(board: Board, payload: bytes) -> tuple[int, ...]:
    """What k trustees can always do: decrypt one ballot."""
    K, trustees = board.society.joint.K, board.society.trustees
    (contest,) = decode_sealed(payload, board.society.manifest, GROUP).contests
    votes = []
    for item in contest.items:
        alpha, beta = GROUP.screen([item.alpha, item.beta])
        mask = combined({i: trustees[i].z.power_of(alpha) for i in (1, 2)})
        votes.append(LogTable(K, 1, 1).log(beta / mask))
    return tuple(votes)


def early(stage: Stage) -> None:
    """S11"""
    board = Board.at("voted")
    key = board.society.trustees[1]
    path = stage.publish(board)
    stage.refused(
        "asks a trustee for totals while voting is open",
        TOOLS,
        DECRYPT,
        "tally.not-closed",
        lambda: decrypt(facts_of(stage.examined(path)), Untouched(), key, RANDOM),
    )
    closed = Board.at("voted")
    closed.post("close", Body(), "chair", "tess")
    stage.refused(
        "asks for totals after the close, before there is a statement",
        TOOLS,
        DECRYPT,
        "tally.not-stated",
        lambda: decrypt(facts_of(stage.examined(stage.publish(closed))), Untouched(), key, RANDOM),
    )
    closed.count_paper()
    closed.state()
    stage.refused(
        "asks one trustee, who has not accepted the statement in public",
        TOOLS,
        DECRYPT,
        "tally.not-accepted",
        lambda: decrypt(facts_of(stage.examined(stage.publish(closed))), Untouched(), key, RANDOM),
    )
    so_far = [int(line) for line, ballot in BoardReader(path, allow_test_group=True).voters.ledger.lines() if ballot]
    stage.sure(so_far == [1, 2, 3, 4, 5], "who has voted is public")
    stage.undetectable(
        f"sees while voting is open that lines {', '.join(map(str, so_far))} have voted, and knows who they are",
        Board.at("voted").counted(),
        "as S10; and who has voted so far is public",
    )
