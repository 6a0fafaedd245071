"""S5, S8 and S13: who must sign, who holds receipts, and who has seen the log before."""

import shutil
from pathlib import Path

from drill.board import Board
from drill.society import PARTIES, WITNESSES, Society
from drill.stage import ANYBODY, NotAsSaid, Stage, anchors_of
from e2evote.adapter.monitor import Monitor
from e2evote.adapter.monitor_state import open_state
from e2evote.adapter.receipts import keys_of_record, search_record
from e2evote.board.accusation import Filed, Fork
from e2evote.board.checkpoint import Checkpoint
from e2evote.board.witnessing import Rejected, Request, decode_request, judge
from e2evote.record.bodies import Body
from e2evote.verify.log import log_key

VOTER, MISSING, EVIDENCE = "the voter", "e2evote receipt missing", "e2evote evidence check"
KEEPER, MONITOR = "anybody who kept a head or receipt", "e2evote monitor"


def tellers(stage: Stage) -> None:
    """S5"""
    board = Board.at("issued")
    board.open("chair", "chair")
    stage.rejected("opens without a teller, and signs twice", board.voted().counted(), "board.author")

    board = Board.at("voted")
    board.post("close", Body(), "chair", "sue")
    board.count_paper()
    stage.rejected(
        "closes with somebody of another role in the teller's place", board.decide(board.state()), "board.author"
    )

    board = Board.at("voted").counted()
    tried = "publishes without the witnesses' quorum"
    report = stage.report(stage.publish(board, ("wanda",)), board)
    result = next(result for result in report.results if result.check.value == "board.witnesses")
    stage.sure(
        (report.verdict.value, result.status.value) == ("incomplete", "missing"), "nothing is claimed of such a head"
    )
    stage.seen(tried, ANYBODY, "e2evote verify", "board.witnesses", f"board.witnesses is missing: {result.reason}")

    made = Society((("rita", "The society"),))
    try:
        made.begin()
    except ValueError as error:
        stage.seen(
            "makes a registrar of its own house",
            "whoever makes the manifest",
            "e2evote manifest new",
            "manifest.rules",
            str(error),
        )
    else:
        stage.sure(False, "such a manifest is refused")

    alone = Board.of(Society(tuple((id, f"House {place}") for place, (id, _, _) in enumerate(PARTIES))))
    facts = stage.told_by_report(alone.counted())
    declared = sorted({party.organisation for party in facts.parties if party.role != "witness"})
    stage.sure(len(declared) == len(PARTIES), "each party has a house of its own, as declared")
    tried = f"holds all keys, and gives them {len(declared)} names"
    stage.undetectable(tried, alone, "one organisation that holds all keys under several names")


def dropped(stage: Stage) -> None:
    """S8"""
    board = Board.at("voted")
    receipt = _receipt(board, board.index("ballot"))
    left = [piece for i, piece in enumerate(board.pieces) if i != board.index("ballot")]
    without = Board(board.society, left, board.lines)
    path, _ = stage.accepted(without.counted())
    searched = search_record(receipt, path, keys_of_record(path, anchors_of(board)))
    accusation = searched.accusation
    if accusation is None or searched.present:
        raise NotAsSaid("the receipt's ballot is there")
    file = stage.kept("dropped.json", searched.evidence)
    told = _judged(stage, board, file)
    stage.sure("CONVICTED: log" in told, told)
    tried = "drops a ballot that was acknowledged, with all witnesses, and signs everything again"
    stage.seen(tried, VOTER, MISSING, accusation.kind, _convicted(told))
    stage.undetectable(
        "refuses a member's ballot before it is acknowledged",
        without,
        "ballots refused before they were acknowledged: the voter has no receipt and knows it, and nobody else does",
    )


def rewritten(stage: Stage) -> None:
    """S13"""
    board = Board.at("voted").counted()
    other = Board.at("voted")
    other.vote(1, "bo")
    other.counted()
    key = log_key(board.society.manifest)
    size = len(board.pieces)
    latest = Checkpoint(board.society.manifest.origin, size, board.root(size))
    proof = other.log().consistency_proof(size, len(other.pieces))
    request = Request(size, proof, other.note(len(other.pieces), 1, ()))
    answer = judge(decode_request(request.encode()), [key], latest)
    if not isinstance(answer, Rejected):
        raise NotAsSaid("the witness cosigns")
    tried = "rewrites the log after the count, and asks the witnesses again"
    stage.seen(
        tried,
        "an honest witness",
        "e2evote witness serve",
        str(answer.status),
        f"does not cosign: {answer.body.decode().strip()}",
    )
    report = stage.report(stage.publish(other, ("wanda",)), other)
    result = next(result for result in report.results if result.check.value == "board.witnesses")
    stage.sure(result.status.value == "missing", "without the quorum nothing is claimed")
    tried = "rewrites the log, with one witness"
    stage.seen(tried, ANYBODY, "e2evote verify", "board.witnesses", f"board.witnesses is missing: {result.reason}")

    shown = stage.publish(board)
    with open_state(stage.folder / "monitor") as state:
        monitor = Monitor(str(shown), state)
        monitor.look()
        shutil.rmtree(shown)
        other.write(shown)
        alarm = monitor.look().alarm
    if alarm is None or alarm.evidence is None:
        raise NotAsSaid("the monitor has no evidence")
    told = _judged(stage, board, Path(alarm.evidence))
    stage.sure("CONVICTED: log" in told, told)
    tried = "rewrites the log, with all witnesses"
    stage.seen(tried, KEEPER, MONITOR, alarm.kind, alarm.sentence)
    stage.seen(tried, KEEPER, EVIDENCE, "fork", _convicted(told))

    broken = Board.at("voted").counted()
    folder = stage.publish(broken)
    (folder / "checkpoint").write_bytes(other.note(len(broken.pieces), 1))
    report = stage.report(folder, broken)
    failing = {check.value for check in report.failing}
    stage.sure("board.root" in failing, "the head is not that of the entries")
    failure = next(r for r in report.results if r.check.value == "board.root").failures[0]
    tried = "changes an entry under a head that was signed for another"
    stage.seen(tried, ANYBODY, "e2evote verify", "board.root", f"board.root fails: {failure.subject}: {failure.detail}")
    stage.undetectable(
        "rewrites the log, with all witnesses, and nobody kept a head or a receipt",
        other,
        "all witnesses and the server together, where nobody kept anything",
    )


def complaints(stage: Stage) -> None:
    """S14"""
    board = Board.at("voted")
    receipt = _receipt(board, board.index("ballot"))
    path, _ = stage.accepted(board.counted())
    searched = search_record(receipt, path, keys_of_record(path, anchors_of(board)))
    stage.sure(searched.present and searched.accusation is None, "the ballot is there")
    stage.seen(
        "has voters say that their ballots are missing",
        ANYBODY,
        MISSING,
        "present",
        f"the receipt's ballot is entry {searched.index} of the record: there is nothing to convict anybody with",
    )
    place = receipt.index(b"\nindex ") + 7
    forged = receipt[:place] + b"9" + receipt[place:]
    made_up = stage.kept("made-up.tlog-proof", forged)
    ended = stage.command(board, "receipt", "check", made_up, manifest=True)
    stage.sure(ended.returncode == 1, "a forged receipt is none")
    stage.seen("has receipts made up", ANYBODY, "e2evote receipt check", "receipt", _last_line(ended.stderr))

    first, second = (board.note(size, 1) for size in (9, len(board.pieces)))
    fork = Fork(first, second, bytes(32), board.log().consistency_proof(9, len(board.pieces)))
    made_up = stage.kept("made-up.json", Filed(fork, log_key(board.society.manifest), ()).encode())
    ended = stage.command(board, "evidence", "check", made_up, manifest=True)
    stage.sure(ended.returncode == 1, "false evidence convicts nobody")
    tried = "has evidence made up, of two heads of one history"
    stage.seen(tried, ANYBODY, EVIDENCE, "evidence", _last_line(ended.stderr))
    stage.undetectable(
        "has voters say that their screens showed another name",
        board,
        '"the screen showed something else" is decided only by a challenge',
    )


# Means


def _receipt(board: Board, index: int) -> bytes:
    """What the voter of this entry holds: confirmed by all witnesses at that time."""
    entry = board.pieces[index].leaf.encode()
    return board.log().proof(index, board.note(len(board.pieces), 1, WITNESSES), entry).encode()


def _judged(stage: Stage, board: Board, file: Path) -> str:
    """What another process says of evidence, which has the file and the announced anchors."""
    ended = stage.command(board, "evidence", "check", file, manifest=True)
    stage.sure(ended.returncode == 0, ended.stderr)
    return ended.stdout


def _convicted(told: str) -> str:
    """Whom the evidence convicts, in the words of the command."""
    return "; ".join(line for line in told.splitlines() if line.startswith("CONVICTED"))


def _last_line(text: str) -> str:
    return " ".join(text.split())[-300:]
