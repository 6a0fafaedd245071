"""Exceptions, and what each one proves.

Three failures have three shapes. Outside bytes that cannot be read are `MalformedInput`. A statement
that was read and is false is `CheckFailed`. A caller of ours who asks for what cannot be done gets
`ValueError` or `RuntimeError`. `Refused` is a server's or tool's answer to a request it will not carry
out, and `TrusteeFault` and `ShareComplaint` name a party. Every class passes its own arguments to
`Exception.__init__`, so that it survives being pickled out of a worker process.
"""


class E2EVoteError(Exception):
    """Base of every error that this library raises on purpose."""


class MalformedInput(E2EVoteError):
    """Bytes from outside are not an encoding of what they claim to be.

    Proves nothing about who made them. `where` is the path to the place, outermost first:
    `entry 17: payload: contests[0].items[2].alpha`.
    """

    def __init__(self, detail: str, where: str = "") -> None:
        super().__init__(detail, where)
        self.detail, self.where = detail, where

    def inside(self, place: str) -> "MalformedInput":
        """The same error seen from one level further out; keeps the class of the error."""
        return type(self)(self.detail, f"{place}: {self.where}" if self.where else place)

    def __str__(self) -> str:
        return f"{self.where}: {self.detail}" if self.where else self.detail


class NotMembers(E2EVoteError):
    """Numbers at `positions` of the sequence examined are not in the order-q subgroup."""

    def __init__(self, positions: tuple[int, ...]) -> None:
        super().__init__(positions)
        self.positions = positions

    def __str__(self) -> str:
        return f"not in the subgroup of order q: positions {', '.join(map(str, self.positions))}"


class CheckFailed(E2EVoteError):
    """The check named `check` (docs/verification.md) does not hold for `subject`.

    Anyone with the record and the documents can repeat the check.
    """

    def __init__(self, check: str, subject: str, detail: str) -> None:
        super().__init__(check, subject, detail)
        self.check, self.subject, self.detail = check, subject, detail

    def __str__(self) -> str:
        return f"{self.check}: {self.subject}: {self.detail}"


class Refused(E2EVoteError):
    """A request that is well-formed and will not be carried out.

    `code` is stable and documented in docs/errors.md; `detail` names the value, the subject and the limit.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail

    def __str__(self) -> str:
        return f"{self.detail} [{self.code}]"


class StorageConflict(Refused):
    """The log is no longer as the caller believed: another process has written to it. Nothing was changed."""

    def __init__(self, detail: str) -> None:
        Refused.__init__(self, "storage-conflict", detail)
        self.args = (detail,)


class StorageFull(Refused):
    """There is no room for a write. Nothing was changed, and nothing is lost; it may be tried again."""

    def __init__(self, detail: str) -> None:
        Refused.__init__(self, "storage-full", detail)
        self.args = (detail,)


class StorageFailed(Refused):
    """The storage did not do a write, or can't be reached. Nothing is known about the last write.

    Whoever catches it signs nothing more until the storage has been opened, and looked through, again.
    """

    def __init__(self, detail: str) -> None:
        Refused.__init__(self, "storage-failed", detail)
        self.args = (detail,)


class StorageDamaged(Refused):
    """What is stored is not what was stored: an entry, payload or hash is missing or has other bytes."""

    def __init__(self, detail: str) -> None:
        Refused.__init__(self, "storage-damaged", detail)
        self.args = (detail,)


class TrusteeFault(E2EVoteError):
    """Trustee `trustee` broke the protocol at `step`.

    Assuming the message really came from its named sender, that trustee is faulty; nothing follows about
    the others. Only a step whose evidence is public raises this; a bad private share is a ShareComplaint.
    """

    def __init__(self, trustee: int, step: str, detail: str) -> None:
        super().__init__(trustee, step, detail)
        self.trustee, self.step, self.detail = trustee, step, detail

    def __str__(self) -> str:
        return f"trustee {self.trustee}, {self.step}: {self.detail}"


class ShareComplaint(E2EVoteError):
    """`accuser` says that the share from `accused` does not match its commitments.

    Either may be lying: the accused about the share, the accuser about what arrived. Publishing the
    share and its nonce decides it.
    """

    def __init__(self, accuser: int, accused: int, detail: str = "") -> None:
        super().__init__(accuser, accused, detail)
        self.accuser, self.accused, self.detail = accuser, accused, detail

    def __str__(self) -> str:
        return f"trustee {self.accuser} rejects the share from trustee {self.accused}: {self.detail}"


class TooLargeForSearch(E2EVoteError):
    """No exponent in [0, limit] has the given power: the value is not a count of at most `limit`."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit

    def __str__(self) -> str:
        return f"no count from 0 to {self.limit} has this value"
