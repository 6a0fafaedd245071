"""S1 to S4: codes, roll and register."""

import json
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import TypeVar

from drill.board import IN_PERSON, Board
from drill.society import FIELDS, REGISTRARS, new_key
from drill.stage import ANYBODY, Stage, line_with
from e2evote.board.merkle import inclusion_proof, leaf_hash
from e2evote.record.register import HAS_VOTED, RegisterHead, RegisterRow, encoded_register
from e2evote.record.roll import FieldCommitments, roll_root
from e2evote.record.roll_opening import Earlier, Opening, PublishedRoll, check_opening
from e2evote.record.roll_row import line_of
from e2evote.record.rows import Row
from e2evote.record.voter_bodies import Access, Add, Contact, Freeze, Mark, Reissue

PASSIVE = 12
"""A line whose member does not vote."""
ACCOUNT, REPORT = "e2evote registrar account", "e2evote report"
MEMBER, SHOW_MINE = "the member", "e2evote roll show-mine"
READER, REGISTER = "a reader", "e2evote register check"
ELSEWHERE = "elsewhere@example.net"
_T = TypeVar("_T")


def further_codes(stage: Stage) -> None:
    """S1"""
    board = Board.at("voted")
    board.put(board.ballot(PASSIVE, "bo", [new_key(), new_key()]))
    stage.rejected("votes for a member with codes that no registrar gave out", board.counted(), "ballot.line")

    board = Board.at("voted")
    board.put(board.ballot(PASSIVE, "bo", [board.society.code_key("rita", PASSIVE), new_key()]))
    stage.rejected("votes for a member with one registrar, who has that one's code", board.counted(), "ballot.line")

    board = Board.at("frozen")
    rows = [(line, new_key().public) for line in (*board.lines, len(board.lines) + 1)]
    board.issue("rita", rows)
    stage.rejected("has a registrar post one key more than there are lines", board, "credential.lines")

    board = Board.at("frozen")
    shared = new_key().public
    board.issue("rita", [(line, shared if line in (1, PASSIVE) else new_key().public) for line in board.lines])
    stage.rejected("has a registrar give a member's key to a second line", board, "credential.keys")

    board = Board.at("issued")
    ghost = board.society.line(15, name="nobody")
    board.post("roll.add", Add("omitted", ghost.row), "chair")
    stage.rejected("adds a member who does not exist after the freeze, without a teller", board, "board.author")

    board = Board.at("voted")
    board.post("roll.add", Add("omitted", ghost.row), "chair", "tess")
    stage.rejected("adds that member while voting is open, with a teller who plays along", board, "board.phase")

    (change,) = stage.told_by_report(_with_ghost()).amendments
    stage.sure((change.kind, change.number, change.approvers) == ("add", 1, ("chair", "tess")), "the report tells it")
    evidence = (
        f"{change.number} line added after the freeze, reason {change.reason}, by {' and '.join(change.approvers)}"
    )
    tried = "adds that member before voting opens, with a teller who plays along"
    stage.seen(tried, ANYBODY, REPORT, "roll.add", evidence)

    board = Board.at("begun")
    board.lines = {n: board.society.line(n, name="" if n < 15 else "nobody") for n in range(1, 16)}
    frozen = [line.row for line in board.lines.values()]
    short = roll_root(row.encode() for row in frozen[:-1])
    board.put(board.society.freeze(list(board.lines.values()), "chair", "tess", root=short, count=14))
    stage.rejected("hands out a roll with one line more than the teller signed for", board, "roll.root")

    board = _opened_with_ghost_from_the_start()
    board.vote(15, "bo")
    sentence = (
        "people put on the roll before the freeze who do not exist; "
        "codes of members who never look, where all registrars work together"
    )
    stage.undetectable(
        "puts a member who does not exist on the roll before the freeze, and votes", board.counted(), sentence
    )

    board = Board.at("voted")
    board.vote(PASSIVE, "bo")
    stage.undetectable(
        "votes for a member who never looks, with both registrars, who kept the codes", board.counted(), sentence
    )


def _with_ghost() -> Board:
    board = Board.at("issued")
    board.lines = board.lines | {15: board.society.line(15, name="nobody")}
    board.post("roll.add", Add("omitted", board.lines[15].row), "chair", "tess")
    for registrar in REGISTRARS:
        key = board.society.new_code(registrar, 15)
        board.issue(registrar, [(15, key.public)])
    board.open()
    return board.voted().counted()


def _opened_with_ghost_from_the_start() -> Board:
    board = Board.at("begun")
    board.lines = {n: board.society.line(n, name="" if n < 15 else "nobody") for n in range(1, 16)}
    board.put(board.society.freeze(list(board.lines.values()), "chair", "tess"))
    for registrar in REGISTRARS:
        board.issue(registrar)
    board.open()
    return board.voted()


def code_again(stage: Stage) -> None:
    """S2"""
    board = Board.at("open")
    _reissue(board, "rita", "rita")
    stage.rejected("has a code issued again without a teller", board, "board.author")

    board = Board.at("open")
    _reissue(board, "rita", "rita", "tess", old=3)
    stage.rejected("has a code issued again in the place of another member's", board, "credential.reissue")

    board = Board.at("open")
    old = board.society.code_key("rita", 1)
    _reissue(board, "rita", "rita", "tess")
    second = board.society.code_key("rolf", 1)
    board.put(board.ballot(1, "bo", [old, second]))
    stage.rejected("keeps the old code in use beside the new one", board, "ballot.line")

    board = Board.at("open")
    mine = stage.kept("opening.json", opening(board, 1).encode())
    for registrar in REGISTRARS:
        _reissue(board, registrar, registrar, "tess")
    board.vote(1, "bo")
    path = stage.publish(board)
    tried = "has both codes issued again, with both registrars and a teller, and votes in the member's name"
    ended = stage.command(board, "registrar", "account", path, "--json")
    told = json.loads(ended.stdout)
    stage.sure(not told["failing"] and [one["issued"] for one in told["registrars"]] == [15, 15], ended.stdout)
    again = [event for event in told["events"] if event["kind"] == "credential.reissue"]
    stage.sure([int(event["line"]) for event in again] == [1, 1], "line 1 had two codes again")
    evidence = "; ".join(
        f"line {int(e['line'])}: code issued again by {e['author']}, reason {e['reason']}, approved by {e['approver']}"
        for e in again
    )
    stage.seen(tried, ANYBODY, ACCOUNT, "credential.reissue", f"15 codes for 14 lines each. {evidence}")
    ended = stage.command(board, *SHOW_MINE.split()[1:], mine, path)
    stage.sure(ended.returncode == 0, ended.stdout + ended.stderr)
    told = line_with(ended.stdout, "rita has issued")
    stage.sure("2 codes" in told, ended.stdout)
    stage.seen(tried, MEMBER, SHOW_MINE, "credential.reissue", told)

    for line in (2, 3, 4, 5):
        board.vote(line, "ada")
    for line in IN_PERSON:
        board.post("mark", Mark("in_person", line_of(line)), "tess", "tom")
    facts = stage.told_by_report(board.counted())
    stage.sure(
        (facts.keys.ever, facts.keys.lines_with_more, facts.keys.of_these_voted) == (30, 1, 1), "the report counts"
    )
    evidence = "30 keys were ever valid for 14 lines of two registrars; 1 line had more than one, and has voted"
    stage.seen(tried, ANYBODY, REPORT, "credential.reissue", evidence)
    sentence = (
        "a member who never looks and whose other contact is controlled too, "
        "where all registrars and a teller work together"
    )
    stage.undetectable("the same, and the member never looks and is not reached", board, sentence)


def _reissue(board: Board, registrar: str, *signers: str, old: int = 1) -> None:
    """Another code for line 1, in the place of number 1, which it has."""
    key = board.society.new_code(registrar, 1)
    book = board.voters().electorate.book(registrar)  # type: ignore[union-attr]
    body = Reissue(key.public, line_of(1), book.issued + 1, old, "lost")
    board.post("credential.reissue", body, *signers)


def another_address(stage: Stage) -> None:
    """S3"""
    board = Board.at("issued")
    changed = _changed(board)
    board.post("roll.contact", changed, "chair")
    stage.rejected("changes a member's address without a teller", board, "board.author")

    board = Board.at("issued")
    board.post("roll.contact", replace(changed, old=bytes(32)), "chair", "tess")
    stage.rejected("changes an address that was not there", board, "roll.amendment")

    board = Board.at("issued")
    before, base = opening(board, 1), board.society.setting.base_hash
    stage.sure(not check_opening(before, published(board), base), "the member's file is true")
    board.post("roll.contact", changed, "chair", "tess")
    told = _shown(stage, board, before, 1)
    tried = "changes the address with a teller who plays along; the member has the file of before"
    stage.seen(tried, MEMBER, SHOW_MINE, "opening.changes", line_with(told, "opening.changes"))
    kept = Earlier("email", before.values[2], before.salts[2])
    now = replace(before, values=_with_third(before.values, ELSEWHERE), salts=_with_third(before.salts, bytes(32)))
    told = _shown(stage, board, replace(now, earlier=(kept,)), 0)
    tried = "changes the address with a teller who plays along; the member asks again"
    stage.seen(tried, MEMBER, SHOW_MINE, "roll.contact", line_with(told, "email was changed"))

    board = Board.at("issued")
    told = _shown(stage, board, replace(before, values=_with_third(before.values, ELSEWHERE)), 1)
    tried = "sends codes elsewhere, and tells the board nothing"
    stage.seen(tried, MEMBER, SHOW_MINE, "opening.value", line_with(told, "opening.value"))

    board = Board.at("begun")
    board.lines = {n: board.society.line(n, email=ELSEWHERE if n == 1 else "") for n in range(1, 15)}
    board.put(board.society.freeze(list(board.lines.values()), "chair", "tess"))
    for registrar in REGISTRARS:
        board.issue(registrar)
    board.open()
    told = _shown(stage, board, opening(board, 1), 0)
    stage.sure(ELSEWHERE in told and "None of it was changed" in told, "only its member knows that it is false")
    stage.undetectable(
        "changes an address in the list of members before the freeze",
        board.voted().counted(),
        "changes in the list of members before the freeze that its member did not look for; "
        "a mailbox that is right and read by somebody else",
    )


def _register_row(board: Board, line: str, row: Row) -> RegisterRow:
    """Reference and name of a line, and what is said of it."""
    own = board.lines[int(line)]
    return RegisterRow(line, own.values[:2], own.salts[:2], row)


def _checked(stage: Stage, board: Board, rows: list[RegisterRow], path: Path) -> "CompletedProcess[str]":
    """What a reader is told of a register with these rows."""
    head = RegisterHead(board.society.setting.first, "voted", board.entry(board.index("tally.statement")).leaf_hash)
    file = stage.kept("register.json", b"".join(encoded_register(head, rows)))
    return stage.command(board, *REGISTER.split()[1:], file, path)


def _shown(stage: Stage, board: Board, own: Opening, code: int) -> str:
    """What a member is shown who has this file of the own line; code: how the command ends."""
    ended = stage.command(board, *SHOW_MINE.split()[1:], stage.kept("opening.json", own.encode()), stage.publish(board))
    stage.sure(ended.returncode == code, ended.stdout + ended.stderr)
    return ended.stdout


def _with_third(values: tuple[_T, ...], value: _T) -> tuple[_T, ...]:
    return (*values[:2], value, *values[3:])


def _changed(board: Board) -> Contact:
    """Another address for line 1."""
    commitments = FieldCommitments(board.society.setting.base_hash, FIELDS)
    new = commitments.one(line_of(1), "email", bytes(32), ELSEWHERE)
    return Contact("email", line_of(1), new, board.lines[1].row.commitments[2], "moved")


def opening(board: Board, number: int) -> Opening:
    """What a member is given of the own line."""
    line = board.lines[number]
    hashes = [leaf_hash(one.row.encode()) for one in board.lines.values()]
    return Opening(line.row, line.values, line.salts, (), inclusion_proof(hashes, number - 1))


def published(board: Board) -> PublishedRoll:
    """What the board says of the roll."""
    bodies = [piece.leaf.body for piece in board.pieces]
    freeze = next(body for body in bodies if isinstance(body, Freeze))
    changes: dict[str, list[Contact]] = {}
    for body in bodies:
        if isinstance(body, Contact):
            changes.setdefault(body.line, []).append(body)
    added = {body.row.line: body.row for body in bodies if isinstance(body, Add)}
    return PublishedRoll(FIELDS, freeze.lines, freeze.root, added, changes)


def register(stage: Stage) -> None:
    """S4"""
    board = Board.at("voted").counted()
    path = stage.publish(board)
    rows = [row for row in board.statement().rows if row.status in HAS_VOTED]
    true = [_register_row(board, row.line, row) for row in rows]
    ended = _checked(stage, board, true, path)
    stage.sure(ended.returncode == 0, ended.stdout + ended.stderr)

    other = _register_row(board, line_of(PASSIVE), replace(rows[0], line=line_of(PASSIVE)))
    ended = _checked(stage, board, [replace(true[0], values=other.values, salts=other.salts), *true[1:]], path)
    stage.sure(ended.returncode == 1, ended.stdout)
    tried = "puts another member's name on a line that has voted"
    stage.seen(tried, READER, REGISTER, "register.name", line_with(ended.stdout, "FALSE"))

    ended = _checked(stage, board, true[1:], path)
    stage.sure(ended.returncode == 1, ended.stdout)
    tried = "leaves a line out of the register that has voted"
    stage.seen(tried, READER, REGISTER, "register.missing", line_with(ended.stdout, "FALSE"))

    ended = _checked(stage, board, [*true, other], path)
    stage.sure(ended.returncode == 1, ended.stdout)
    tried = "puts a line into the register that has not voted"
    stage.seen(tried, READER, REGISTER, "register.row", line_with(ended.stdout, "FALSE"))

    facts = stage.told_by_report(board)
    readers = board.society.manifest.eligibility.readers  # type: ignore[union-attr]
    stage.sure(sorted(readers) == ["obi", "sue"] and not facts.access, "nobody was given names")
    evidence = f"the manifest names the readers {' and '.join(readers)}; names were opened to nobody"
    stage.seen("gives the register to nobody", ANYBODY, REPORT, "access", evidence)

    opened = Board.at("voted")
    opened.post("access", Access(bytes(32), 1, "register", "inspection"), "sue", "rita")
    (access,) = stage.told_by_report(opened.counted()).access
    stage.sure((access.reader, access.holder) == ("sue", "rita"), "an opening is told")
    stage.undetectable("gives the register to nobody, and says no reason", board, "nobody can be forced to open it")
