"""A monitor: looks at a board again and again, and believes only that it is still the same log.

Each look asks the witnesses first and the board afterwards, so that a witness is ahead only of a board that hides what
it has published. Every head that the log ever signed and that came here is compared with the board's head, by proofs
from the board's own tiles; the new entries are hashed, and must lead to the root. A head goes into the state only when
all this holds. What does not is an alarm, with evidence where others can check it without believing this monitor.

A server that gives nothing is no alarm, since any network does that now and then: the look has failed, and is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from e2evote.adapter.monitor_heads import (
    Head,
    NotCovered,
    find_fork,
    policy_of,
    quorum_time,
    stated,
    together,
)
from e2evote.adapter.monitor_look import WORLD, Alarm, Look, LookFailed, World
from e2evote.adapter.monitor_source import BoardFiles
from e2evote.adapter.monitor_state import MOST_AHEAD, Seen, StateFolder
from e2evote.board.accusation import Accusation, RollBack
from e2evote.board.checkpoint import CHECKPOINT_LIMIT, Checkpoint, open_checkpoint
from e2evote.board.cosignature import time_of
from e2evote.board.evidence import encode_evidence
from e2evote.board.log import CHECKPOINT
from e2evote.board.merkle import EMPTY_ROOT, leaf_hash
from e2evote.board.note import LogKey, decode_log_key, decode_note
from e2evote.board.policy import Cosigned, Policy
from e2evote.board.witnessing import monitoring_path
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.verify.anchors import Anchors
from e2evote.verify.leaves import read_manifest, setting_of
from e2evote.verify.log import log_key as log_key_of

TRIES = 4
"""How often a look is begun anew when files are missing, or the board is behind: both pass when it is being written."""

PAUSE = 0.5
"""Seconds between these."""


class _Alarmed(Exception):
    def __init__(self, alarm: Alarm) -> None:
        super().__init__(alarm)
        self.alarm = alarm


class _Behind(Exception):
    """The board's head is smaller than one that the log has signed."""

    def __init__(self, seen: Seen, largest: Head, board: Head) -> None:
        super().__init__(seen, largest, board)
        self.seen, self.largest, self.board = seen, largest, board


@dataclass(frozen=True, slots=True)
class _Told:
    """A head that a witness has, and when it cosigned that."""

    head: Head
    cosigned: Cosigned


class Monitor:
    """One board under watch. since: a checkpoint of this log that was kept earlier, b"" for none.

    max_age: seconds after which it is an alarm that no quorum has confirmed a head again; None for never.
    """

    def __init__(
        self,
        place: str,
        state: StateFolder,
        anchors: Anchors | None = None,
        since: bytes = b"",
        max_age: int | None = None,
        world: World = WORLD,
    ) -> None:
        self._place, self._state, self._anchors, self._since = place, state, anchors, since
        self._max_age, self._world = max_age, world
        if since:
            stated(since)
        self._source = world.source(place)
        self._seen = state.load()
        if self._seen and anchors and self._seen.log_key != decode_log_key(anchors.log_key):
            raise Refused("monitor-state", f"{state.path}: remembers the log {self._seen.log_key.encode()}")

    def look(self) -> Look:
        """One look. An alarm is in its result; LookFailed where nothing could be learnt."""
        is_first = self._seen is None
        look = self._patiently()
        if is_first and look.alarm is None and (policy := self._policy()) and any(w.url for w in policy.witnesses):
            again = self._patiently()  # now that the witnesses are known
            return replace(again, grown=look.grown + again.grown)
        return look

    def _patiently(self) -> Look:
        last: FileNotFoundError | _Behind | None = None
        for attempt in range(TRIES):
            if attempt:
                self._world.sleep(PAUSE)
            try:
                return self._look()
            except _Alarmed as raised:
                return self._alarmed(raised.alarm)
            except NotCovered:
                what = f"{self._place} serves entries that do not lead to the root that its log has signed"
                return self._alarmed(Alarm("files", f"{what}. Keep what it serves: this can't be shown to others."))
            except (FileNotFoundError, _Behind) as error:
                last = error
            except (Refused, MalformedInput) as error:
                raise LookFailed(str(error)) from None
        if isinstance(last, _Behind):
            return self._alarmed(self._rolled_back(last))
        raise LookFailed(f"{last.filename if last else ''}: there is no such file")

    def _look(self) -> Look:
        remarks: list[str] = []
        told = self._ask_witnesses(remarks)
        note = self._source.read(CHECKPOINT, CHECKPOINT_LIMIT)
        files = BoardFiles(self._source, stated(note).size)
        seen, first = self._seen, b""
        if seen is None or not seen.frontier.size:
            first = next(files.entries(0)) if files.size else b""
            seen = self._begin(files, first)
        board = Head(note, self._open(note, seen.log_key, "its checkpoint"), "the board")
        try:
            self._compare(seen, board, files, told)
            after = _read_on(seen, board, files, first)
        except (FileNotFoundError, NotCovered, MalformedInput, Refused):
            self._remember(seen, [board])
            raise
        return self._finish(seen, after, board.checkpoint, told, remarks)

    def _ask_witnesses(self, remarks: list[str]) -> list[_Told]:
        """The latest head that each witness with an address has of this log."""
        seen, policy = self._seen, self._policy()
        if seen is None or policy is None:
            return []
        told = []
        name = monitoring_path(seen.log_key.name)
        for witness in policy.witnesses:
            if not witness.url:
                continue
            whose = f"witness {witness.name}"
            try:
                note = self._world.source(witness.url).read(name, CHECKPOINT_LIMIT)
                head = Head(note, open_checkpoint(note, seen.log_key), whose)
                line = decode_note(note).verified_by([witness.key])[0]
            except FileNotFoundError:
                remarks.append(f"{whose} has no head of this log.")
            except (Refused, MalformedInput, CheckFailed) as error:
                remarks.append(f"{whose} gives no head of this log: {error}.")
            else:
                told.append(_Told(head, Cosigned(witness.name, time_of(line))))
        return told

    def _begin(self, files: BoardFiles, first: bytes) -> Seen:
        """The log's key and manifest: from entry 0, and as the anchors say where there are any."""
        seen, anchors, manifest = self._seen, self._anchors, b""
        key = seen.log_key if seen else decode_log_key(anchors.log_key) if anchors else None
        if first:
            manifest = files.first_payload()
            read = read_manifest(first, manifest)
            named = log_key_of(read)
            if failures := (*key_failures(read), *rule_failures(read)):
                raise self._other_log(f"its manifest breaks a rule: {failures[0].subject}: {failures[0].detail}")
            if key not in (None, named):
                raise self._other_log(f"its manifest names the log key {named.encode()}")
            if anchors and (found := setting_of(first, manifest, read).base_hash) != anchors.base_hash:
                raise self._other_log(f"its base hash is {found.hex()}, not that of the anchors")
            key = named
        if key is None:
            raise LookFailed("the log is still empty, and without anchors nobody knows its key")
        return replace(seen or Seen(key, began=int(self._world.clock())), manifest=manifest)

    def _open(self, note: bytes, log_key: LogKey, what: str) -> Checkpoint:
        try:
            return open_checkpoint(note, log_key)
        except CheckFailed as failure:
            raise self._other_log(f"{what} is not this log's: {failure.subject}: {failure.detail}") from None

    def _compare(self, seen: Seen, board: Head, files: BoardFiles, told: Sequence[_Told]) -> None:
        """Every other head that the log signed is of the board's log and no larger, or the alarm."""
        kept = [note for note in (seen.head, *seen.ahead) if note]
        known = [one.head for one in told]
        known += [Head(note, stated(note), "this monitor") for note in kept]
        if self._since:
            what = "the earlier checkpoint that was given"
            known.append(Head(self._since, self._open(self._since, seen.log_key, what), what))
        if fork := find_fork(known, board, files):
            accusation, one, other = fork
            path = self._file(seen, accusation)
            what = f"{one.whose} has a head of {one.size} entries, {other.whose} one of {other.size}"
            raise _Alarmed(Alarm("fork", f"{self._place}: the log has signed two histories: {what}.", path))
        if behind := [head for head in known if head.size > board.size]:
            seen = self._remember(seen, behind)
            raise _Behind(seen, max(behind, key=lambda head: head.size), board)

    def _finish(self, seen: Seen, after: Seen, head: Checkpoint, told: Sequence[_Told], remarks: list[str]) -> Look:
        """The state is kept; then freshness."""
        now, policy = int(self._world.clock()), policy_of(after.manifest)
        grown = head.size - seen.frontier.size
        cosigned: tuple[Cosigned, ...] = ()
        quorum: bool | None = None
        if policy is None:
            remarks.append("This log names no witnesses: whether others see the same, or newer, entries is not known.")
        else:
            try:
                own = self._cosigned(policy, after.head)
            except _Alarmed:
                self._remember(seen, [Head(after.head, head, "the board")])
                raise
            cosigned = together(policy, [*own, *(one.cosigned for one in told if one.head.checkpoint == head)])
            quorum = policy.satisfied_by([one.name for one in cosigned])
            confirmed = quorum_time(policy, cosigned)
            if confirmed > now:
                remarks.append(f"Cosignatures are {confirmed - now} s ahead of this clock: one of the clocks is wrong.")
            if not quorum:
                remarks.append("No quorum of witnesses has confirmed this head yet.")
            if (
                not grown
                and seen.head
                and quorum_time(policy, own) < quorum_time(policy, self._cosigned(policy, seen.head))
            ):
                after = replace(after, head=seen.head)
            after = replace(after, confirmed=max(after.confirmed, min(confirmed, now)))
        if after != self._seen:
            self._state.save(after)
            self._seen = after
        alarm = self._stale(after, now) if policy else None
        anchored = self._anchors is not None
        return Look(head, grown, cosigned, quorum, after.confirmed, anchored, tuple(remarks), alarm)

    def _cosigned(self, policy: Policy, note: bytes) -> tuple[Cosigned, ...]:
        try:
            return policy.cosigned(decode_note(note))
        except CheckFailed as failure:
            raise self._other_log(f"its checkpoint is spoilt: {failure.subject}: {failure.detail}") from None

    def _stale(self, seen: Seen, now: int) -> Alarm | None:
        age = now - (seen.confirmed or seen.began)
        if self._max_age is None or age <= self._max_age:
            return None
        what = f"for {age} s no quorum of witnesses has confirmed a head, limit {self._max_age}"
        return Alarm("stale", f"{self._place}: {what}: this may be an old view of the log.")

    def _rolled_back(self, behind: _Behind) -> Alarm:
        largest, board = behind.largest, behind.board
        path = self._file(behind.seen, RollBack(largest.note, board.note))
        what = f"shows {board.size} entries, and {largest.whose} has a head of {largest.size} that the log has signed"
        return Alarm("roll-back", f"{self._place} {what}: the end of the log is missing, or this is an old view.", path)

    def _other_log(self, detail: str) -> _Alarmed:
        return _Alarmed(Alarm("other-log", f"{self._place} shows another log, or none: {detail}."))

    def _file(self, seen: Seen, accusation: Accusation) -> Path:
        policy = policy_of(seen.manifest)
        data = encode_evidence(accusation, seen.log_key, policy.witness_keys if policy else ())
        return self._state.file_evidence(accusation.kind, data)

    def _alarmed(self, alarm: Alarm) -> Look:
        seen, anchored = self._seen, self._anchors is not None
        if seen is None or not seen.head:
            return Look(Checkpoint("unknown", 0, EMPTY_ROOT), 0, (), None, 0, anchored, (), alarm)
        return Look(stated(seen.head), 0, (), None, seen.confirmed, anchored, (), alarm)

    def _remember(self, seen: Seen, heads: Sequence[Head]) -> Seen:
        """Heads that can't be compared yet are kept for a later look."""
        texts = {stated(note).text() for note in (seen.head, *seen.ahead) if note}
        new = [head.note for head in heads if head.checkpoint.text() not in texts]
        if new and len(seen.ahead) < MOST_AHEAD:
            seen = replace(seen, ahead=(*seen.ahead, *new)[:MOST_AHEAD])
            self._state.save(seen)
            self._seen = seen
        return seen

    def _policy(self) -> Policy | None:
        return policy_of(self._seen.manifest) if self._seen else None


def _read_on(seen: Seen, board: Head, files: BoardFiles, first: bytes) -> Seen:
    """The state after the new entries, which must lead to the board's root. first: entry 0, if it is among them."""
    frontier = seen.frontier
    for index, entry in enumerate(files.entries(frontier.size), frontier.size):
        if index == 0 and entry != first:
            raise NotCovered
        frontier = frontier.append(leaf_hash(entry))
    if frontier.root() != board.checkpoint.root:
        raise NotCovered
    return replace(seen, head=board.note, frontier=frontier, ahead=())
