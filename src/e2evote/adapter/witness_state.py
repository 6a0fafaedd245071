"""A witness's memory: compare with what was cosigned last, store, and only then let it out (docs/spec.md, 5.10).

Under one lock, between all threads and processes on the folder, a request is judged against the checkpoint cosigned
last and the new one is stored in its place, with the cosignature. That leaves when it is on the disk. So two requests
are never judged against one state, and no crash makes the witness forget what anybody has heard from it (A98).

The time of a cosignature is the clock's, and never before that of the last one for the log. Where the clock has gone
back a little (`STEP`) the last time stands still, so that nothing stops when a clock is corrected. Gone back by more,
then or now the clock was wrong; the witness can't tell which, signs nothing that may be a lie, and says so by name
until the clock is right or its owner has declared the earlier time void (docs/decisions/witness.md).

Whoever restores an old copy of the folder makes the witness forget. It notices when it is shown a checkpoint that
bears its own cosignature and is ahead of its memory, keeps that in `ahead`, and signs no more for this log.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.witness_folder import AHEAD, LATEST, Settings, file_of, is_void, locked
from e2evote.adapter.witness_notes import Notes, read_note
from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.cosignature import WitnessKey, cosign, time_of
from e2evote.board.note import Note, Signature, Signer, decode_note, encode_note
from e2evote.board.text import LARGEST
from e2evote.board.witnessing import Rejected, Submitted, decode_request, judge, malformed
from e2evote.errors import MalformedInput, Refused

STEP = 300
"""Seconds by which a clock may go back without stopping the witness; the default tolerance of a manifest's dates."""


@dataclass(frozen=True, slots=True)
class Latest:
    """What was cosigned last for a log, and at what time. note: as it is stored, with the cosignature."""

    checkpoint: Checkpoint
    time: int
    note: bytes


class WitnessState:
    """The memory of the witness in this folder; any number of them may be at work on one folder.

    clock: seconds since 1970 as they are known now. Refused where the memory can't be read, or not be stored anew.
    """

    def __init__(self, folder: Path, settings: Settings, signer: Signer, clock: Callable[[], float]) -> None:
        self.settings = settings
        self._folder, self._signer, self._clock = folder, signer, clock
        self._latest, self._ahead = Notes(folder / LATEST), Notes(folder / AHEAD)
        with locked(folder, exclusive=True):
            for log in settings.logs:
                if latest := self._read(log.name):
                    self._latest.store(file_of(log.name), latest.note)

    def look(self, data: bytes) -> tuple[Submitted, Latest | None] | Rejected:
        """The request in these bytes, and what it would be compared with. Nothing is judged, stored or signed."""
        try:
            submitted = decode_request(data)
        except MalformedInput as error:
            return malformed(error)
        origin = submitted.stated.origin
        if not self._follows(origin):
            return submitted, None
        return submitted, self.latest(origin)

    def latest(self, origin: str) -> Latest | None:
        """What was cosigned last for the log of this origin, which the witness follows."""
        with locked(self._folder, exclusive=False):
            return self._read(origin)

    def submit(self, data: bytes) -> tuple[Signature, ...] | Rejected:
        """The cosignature that an add-checkpoint request asks for, stored before this returns; or why there is none.

        Refused where the witness can't sign whatever is asked: no room, a broken disk, a clock that went back, a
        memory that is damaged or was restored.
        """
        try:
            submitted = decode_request(data)
        except MalformedInput as error:
            return malformed(error)
        stated = submitted.stated
        if not self._follows(stated.origin):
            verdict = judge(submitted, self.settings.logs, None)
            if not isinstance(verdict, Rejected):
                raise RuntimeError(f"a log that is not followed was judged: {stated.origin}")
            return verdict
        with locked(self._folder, exclusive=True):
            latest = self._read(stated.origin)
            self._refuse_if_restored(submitted.note, stated, latest)
            verdict = judge(submitted, self.settings.logs, latest.checkpoint if latest else None)
            if isinstance(verdict, Rejected):
                return verdict
            cosignature = cosign(verdict.text, self._signer, self._time(latest))
            self._latest.store(file_of(stated.origin), verdict.note([cosignature]))
        return (cosignature,)

    def published(self, name: str) -> bytes | None:
        """The note cosigned last for the log whose origin has this hash; None where there is none."""
        origin = next((log.name for log in self.settings.logs if file_of(log.name) == name), None)
        if origin is None:
            return None
        latest = self.latest(origin)
        return latest.note if latest else None

    def adopt(self, data: bytes) -> Checkpoint:
        """Remember the checkpoint in this note, which the witness cosigned and its restored folder has forgotten.

        Only forwards, and only with the log's signature and the witness's own. What the witness signed after that
        checkpoint stays forgotten, so whoever calls this has looked everywhere for the newest one.
        """
        note = decode_note(data)
        checkpoint = decode_text(note.text)
        signatures = note.verified_by([log for log in self.settings.logs if log.name == checkpoint.origin])
        own = own_signature(note, self.settings.key)
        if own is None:
            raise Refused("wrong-key", f"{checkpoint.origin}: the checkpoint has no cosignature by this witness")
        with locked(self._folder, exclusive=True):
            latest = self._read(checkpoint.origin)
            if latest is not None and checkpoint.size <= latest.checkpoint.size:
                raise Refused(
                    "witness-restored",
                    f"{checkpoint.origin}: size {checkpoint.size}, and the memory has {latest.checkpoint.size}",
                )
            self._latest.store(file_of(checkpoint.origin), encode_note(note.text, (*signatures, own)))
            (self._folder / AHEAD / file_of(checkpoint.origin)).unlink(missing_ok=True)
        return checkpoint

    def _follows(self, origin: str) -> bool:
        return any(log.name == origin for log in self.settings.logs)

    def _read(self, origin: str) -> Latest | None:
        return decode_latest(self._latest.read(file_of(origin)), self.settings.key, origin)

    def _time(self, latest: Latest | None) -> int:
        now, last = int(self._clock()), latest.time if latest else 0
        if not 0 < now <= LARGEST:
            raise Refused("witness-clock", f"the clock says {now} seconds since 1970")
        if now >= last or is_void(self._folder, last):
            return now
        if last - now > STEP:
            raise Refused("witness-clock", f"the clock is {last - now} seconds before the last cosignature's time")
        return last

    def _refuse_if_restored(self, note: Note, stated: Checkpoint, latest: Latest | None) -> None:
        name = file_of(stated.origin)
        own = own_signature(note, self.settings.key)
        if own is not None and is_ahead(stated, latest):
            self._ahead.store(name, encode_note(note.text, [own]))
        if os.path.lexists(self._folder / AHEAD / name):
            known = latest.checkpoint.size if latest else 0
            forgotten = f"this witness has cosigned what it does not remember; it remembers size {known}"
            raise Refused("witness-restored", f"{stated.origin}: {forgotten}")


def read_latest(folder: Path, key: WitnessKey, origin: str) -> Latest | None:
    """What the witness in this folder, which may be at work, cosigned last for a log that it follows."""
    return decode_latest(read_note(folder / LATEST, file_of(origin)), key, origin)


def decode_latest(data: bytes, key: WitnessKey, origin: str) -> Latest | None:
    """The note of a log as it is stored; Refused where it is not what this witness stores."""
    if not data:
        return None
    try:
        note = decode_note(data)
        checkpoint = decode_text(note.text)
    except MalformedInput as error:
        raise Refused("witness-damaged", f"{origin}: {error}") from None
    own = own_signature(note, key)
    if own is None or checkpoint.origin != origin:
        raise Refused("witness-damaged", f"{origin}: what is stored bears no cosignature of this witness and log")
    return Latest(checkpoint, time_of(own), data)


def own_signature(note: Note, key: WitnessKey) -> Signature | None:
    """The witness's own cosignature on a note, if it has one that verifies."""
    for signature in note.signatures:
        is_own = (signature.name, signature.key_id) == (key.name, key.key_id)
        if is_own and key.verify(note.text, signature.data):
            return signature
    return None


def is_ahead(stated: Checkpoint, latest: Latest | None) -> bool:
    """Whether a checkpoint that this witness cosigned is none that a witness with this memory can have cosigned."""
    if latest is None:
        return True
    known = latest.checkpoint
    return stated.size > known.size or (stated.size == known.size and stated.root != known.root)
