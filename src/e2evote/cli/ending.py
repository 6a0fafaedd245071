"""How a command ends: one exit code and, when something went wrong, one line.

    0 done                         3 malformed input         6 consistent, but not anchored
    1 refused, a check failed      4 incomplete, not yet
    2 usage                        5 internal error

The codes are those of docs/verification.md; `verify` ends with its verdict's. An error of ours says what is wrong, with
the value and the place. Anything else is a bug, and then only its class and the place in the code are shown: the
message of an unforeseen error could hold what must not be seen. No traceback is ever printed.
"""

import traceback
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from pathlib import Path

import typer

from e2evote import __version__
from e2evote.ballot.choices import InvalidChoice
from e2evote.errors import CheckFailed, E2EVoteError, MalformedInput, Refused
from e2evote.secret.keyfile import NotUnlocked
from e2evote.verify.checks import ExitCode

INTERRUPTED = 130
"""As shells report a process that was stopped with Ctrl-C."""

USAGE_CODES = frozenset(
    {
        "closing-date",
        "code-mistyped",
        "dask-lost",
        "dask-missing",
        "dask-unreachable",
        "dask-versions",
        "download",
        "file-exists",
        "file-missing",
        "http-address",
        "http-missing",
        "incident-lines",
        "lot-digits",
        "monitor-state",
        "no-channel",
        "no-client",
        "no-demo",
        "no-key",
        "no-letters",
        "no-reader",
        "no-roll",
        "no-store",
        "no-witness",
        "nothing-listed",
        "nothing-waits",
        "other-selection",
        "paper.counts",
        "passphrase",
        "postgres-missing",
        "postgres-password",
        "postgres-url",
        "reason",
        "restore-unproven",
        "roll-behind",
        "roll-csv",
        "roll-date",
        "roll-line",
        "scope-unknown",
        "scopes-apart",
        "scratch",
        "secret.exists",
        "secret.file",
        "secret.lock",
        "secret.missing",
        "secret.size",
        "storage-missing",
        "storage-origin",
        "storage-settings",
        "storage-version",
        "store-exists",
        "test-group",
        "token-lifetime",
        "token-subject",
        "url",
        "witness-url",
        "worker-record",
        "wrong-key",
    }
)
"""Refusals that another file or option would avoid."""

NOT_YET_CODES = frozenset(
    {
        "approval-incomplete",
        "backup-old",
        "board-locked",
        "box-busy",
        "busy",
        "ceremony.waiting",
        "issuer-unreachable",
        "failure-limit",
        "monitor-running",
        "no-access",
        "no-answer",
        "no-outcome",
        "no-quorum",
        "no-report",
        "no-sample",
        "not-cosigned",
        "not-frozen",
        "not-open",
        "not-stated",
        "record-changed",
        "record-incomplete",
        "report-outdated",
        "retention",
        "roll-unfinished",
        "secret.locked",
        "seed-missing",
        "storage-busy",
        "storage-failed",
        "storage-full",
        "storage-read-only",
        "stored",
        "tally.not-accepted",
        "tally.not-closed",
        "tally.not-stated",
        "tally.record-incomplete",
        "tally.too-few-shares",
        "url-unreachable",
        "voting-paused",
        "waiting-limit",
        "witness-broken",
        "witness-clock",
        "witness-conflict",
        "witness-full",
        "witness-unreachable",
    }
)
"""Refusals after which the same command may succeed later, when others have done their part."""

_PACKAGE = Path(__file__).resolve().parent.parent
# Typer raises the exceptions of click, which newer versions of it contain and older ones import.
_USAGE_ERRORS: type[Exception] = typer.BadParameter.__mro__[2]


class Usage(Exception):
    """The command can't be carried out as it was written: an option, a file or a passphrase is not right."""


class Incomplete(Exception):
    """Something that the command needs has not happened yet, or is not in the record."""


def ending(command: Callable[[], int], say: Callable[[str, str, int], None]) -> int:
    """The exit code of `command`; `say` gets a code word, one line and the exit code where it failed."""
    try:
        return command()
    except Exception as error:
        if isinstance(error, BrokenPipeError):  # whoever read the output has seen enough
            return 0
        word, line, code = described(error)
        say(word, line, code)
        return code
    except SystemExit as end:  # typer's, where the reader of the output has gone
        return end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt:
        say("interrupted", "interrupted", INTERRUPTED)
        return INTERRUPTED


def described(error: Exception) -> tuple[str, str, int]:
    """A stable code word (docs/errors.md), one line for people, and the exit code."""
    match error:
        case Usage() | InvalidChoice():
            return "usage", str(error), ExitCode.USAGE
        case Incomplete():
            return "incomplete", str(error), ExitCode.INCOMPLETE
        case Refused():
            return error.code, error.detail, exit_code_of(error.code)
        case MalformedInput():
            return "malformed", str(error), ExitCode.MALFORMED
        case CheckFailed():
            return error.check, f"{error.subject}: {error.detail}", ExitCode.REJECTED
        case NotUnlocked():
            return "not-unlocked", str(error), ExitCode.USAGE
        case E2EVoteError():
            return "refused", str(error), ExitCode.REJECTED
        case typer.Abort():
            return "interrupted", "interrupted", INTERRUPTED
        case OSError():
            name = f"{error.filename}: " if error.filename else ""
            return "files", f"{name}{error.strerror or type(error).__name__}", ExitCode.USAGE
        case BrokenExecutor():
            detail = "a worker process ended by itself; with --workers 1 there are none"
            return "internal", detail, ExitCode.INTERNAL
    if isinstance(error, _USAGE_ERRORS):
        message: str = error.format_message()  # type: ignore[attr-defined]
        return "usage", message, ExitCode.USAGE
    return "internal", internal(error), ExitCode.INTERNAL


def exit_code_of(code: str) -> ExitCode:
    """The exit code of a refusal with this code."""
    if code in USAGE_CODES:
        return ExitCode.USAGE
    return ExitCode.INCOMPLETE if code in NOT_YET_CODES else ExitCode.REJECTED


def internal(error: Exception) -> str:
    """What may be said of an error that nobody foresaw, and how to report it."""
    places = [
        f"{Path(frame.filename).resolve().relative_to(_PACKAGE)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).resolve().is_relative_to(_PACKAGE)
    ]
    where = " < ".join(reversed(places[-4:])) or "outside the package"
    return (
        f"internal error: {type(error).__name__} at {where}. This is a bug of e2evote {__version__}: please report "
        "this line and the output of `e2evote doctor` to the project"
    )
