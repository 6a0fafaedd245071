"""Results of pieces that an earlier run has stored, and those that are stored for the next (`verify.resume`)."""

from e2evote.errors import MalformedInput
from e2evote.record.archive import Archive
from e2evote.verify.leaves import Setting
from e2evote.verify.piece_result import PieceResult, decode_result
from e2evote.verify.pieces import Job, Piece
from e2evote.verify.resume import Resume, key_of
from e2evote.verify.worker import Opener, read_payloads


class Stored:
    """What was found out about a piece is used again only where all its bytes, read again, are the same."""

    def __init__(self, resume: Resume | None, archive: Archive, setting: Setting) -> None:
        self._resume, self._archive, self._setting = resume, archive, setting
        self._known: set[int] = set()

    def known(self, opener: Opener, job: Job, piece: Piece) -> bytes | None:
        """The result of an earlier run."""
        if self._resume is None:
            return None
        payloads = read_payloads(self._archive, job, piece)
        data = self._resume.load(self._key(job, piece, payloads))
        try:
            if data is None or self._decoded(piece, data).payloads != payloads:
                return None
        except MalformedInput:
            return None
        self._known.add(piece.start)
        return data

    def result(self, job: Job, piece: Piece, data: bytes) -> PieceResult:
        """What `data` says, which is stored if it is new."""
        result = self._decoded(piece, data)
        if self._resume and piece.start not in self._known:
            self._resume.save(self._key(job, piece, result.payloads), data)
        self._known.discard(piece.start)
        return result

    def _decoded(self, piece: Piece, data: bytes) -> PieceResult:
        return decode_result(data, piece.start, piece.end, self._setting.manifest, self._setting.group)

    def _key(self, job: Job, piece: Piece, payloads: bytes) -> bytes:
        return key_of(self._setting.base_hash, *job.key_fields(), *piece.key_fields(payloads))
