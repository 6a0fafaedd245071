"""`board.witnesses` and `board.dates`: who cosigned the checkpoint and the notes of the dates, and when."""

from typing import Any

from reference.archive import CHECKPOINT
from reference.manifest import real_date
from reference.note import CHECKPOINT_LIMIT, BadCosignature, Checkpoint, Malformed, read_checkpoint
from reference.policy import Policy
from reference.verifier_state import State

Times = dict[bytes, int]  # by the witness's name in the policy


def check_witnesses(state: State) -> list[dict[str, Any]]:
    """`board.witnesses`; what the report says of the checkpoint's witnesses."""
    policy, head = state.manifest.policy, state.archive.checkpoint
    if policy is None:
        return []
    times, fault = times_of(policy, head)
    if not fault and not policy.is_satisfied(times):
        state.ledger.absent("board.witnesses", CHECKPOINT, "its witnesses are no quorum")
    else:
        state.ledger.judge("board.witnesses", CHECKPOINT, not fault, fault)
    return [described(CHECKPOINT, head, times)]


def check_dates(state: State) -> list[dict[str, Any]]:
    """`board.dates`; what the report says of the witnesses of these notes."""
    policy, history = state.manifest.policy, state.history
    if policy is None or history is None or state.tree is None:
        return []  # stopped with everything after `board.phase` where an entry is not there
    found = []
    *put_off, in_force = history.closing_dates
    dated = [("open", history.open, state.manifest.data["dates"]["open"])]
    dated += [(f"extend-{n + 1}", leaf, put_off[n]) for n, leaf in enumerate(history.extensions)]
    dated += [("close", history.close, in_force)]
    for name, leaf, text in dated:
        date = real_date(text)
        if leaf is None or date is None:
            state.ledger.leave_out("board.dates", f"there is no {name} leaf, or no such date")
            continue
        path = f"dates/{name}"
        data = state.archive.dates.get(path)
        if data is None:
            state.ledger.absent("board.dates", name, f"{path} is not there")
            continue
        try:
            if len(data) > CHECKPOINT_LIMIT:
                raise Malformed(f"more than {CHECKPOINT_LIMIT} bytes")
            note = read_checkpoint(data)
        except Malformed as error:
            state.ledger.judge("board.dates", name, False, str(error))
            continue
        times, fault = times_of(policy, note)
        found.append(described(path, note, times))
        tolerance = state.manifest.data["dates"]["tolerance"]
        seconds = int(date.timestamp())
        earliest, latest = (0, seconds) if leaf.kind == "extend" else (seconds - tolerance, seconds + tolerance)
        punctual = [witness for witness, time in times.items() if earliest <= time <= latest]
        fault = fault or head_fault(state, note, leaf.index + 1)
        if not fault and not policy.is_satisfied(times):
            state.ledger.absent("board.dates", name, "its witnesses are no quorum")
        else:
            late = "" if policy.is_satisfied(punctual) else "cosigned too early or too late"
            state.ledger.judge("board.dates", name, not (fault or late), fault or late)
    return found


def head_fault(state: State, note: Checkpoint, size: int) -> str:
    """What is wrong with a note that should be this log's checkpoint of so many entries, or nothing."""
    origin = state.manifest.data["origin"]
    if note.origin != origin or not note.is_signed_by(origin, state.manifest.log.key):
        return "another origin, or not signed by the log's key"
    if note.size != size:
        return f"size {note.size}, not {size}"
    return "" if state.tree and note.root == state.tree.root(size) else "not the root of so many entries"


def times_of(policy: Policy, note: Checkpoint) -> tuple[Times, str]:
    """The time of each witness that cosigned the note, in the policy's order; and what is wrong, or nothing."""
    times, fault = {}, ""
    for witness in policy.witnesses:
        try:
            time = note.cosigned_at(witness.key_name, witness.key)
        except BadCosignature as error:
            fault = fault or str(error)
            continue
        if time is not None:
            times[witness.name] = time
    return times, fault


def described(note: str, head: Checkpoint, times: Times) -> dict[str, Any]:
    """One item of `cosigned`."""
    witnesses = [{"name": name.decode(), "time": str(time)} for name, time in times.items()]
    return {"note": note, "size": head.size, "witnesses": witnesses}
