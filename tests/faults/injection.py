"""Every system call by which a process changes what is on the disk, and faults at each of them, one at a time.

First the process runs undisturbed: its calls are listed in order. Then it runs again for each of them and each fault:

    KILL      it is gone before the call does anything
    EIO       the call fails: the disk is broken
    ENOSPC    the call fails: the disk is full

The processes are alike, so the n-th call of a name is the same call each time; that the fault met the call it was
meant for is read from strace's log.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.processes import Nursery
from tests.faults.recording import complaints, trace

CHANGING = (
    "pwrite64",
    "write",
    "writev",
    "fsync",
    "fdatasync",
    "link",
    "linkat",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "openat",
    "ftruncate",
    "mkdir",
    "mkdirat",
    "rmdir",
)
FAULTS = {"KILL": "signal=KILL", "EIO": "error=EIO", "ENOSPC": "error=ENOSPC"}

_CALL = re.compile(r"(\w+)\((.*)")


@dataclass(frozen=True, slots=True)
class Instance:
    """The `number`-th call of this name in a process; `what` is about which file, for whoever reads a failure."""

    call: str
    number: int
    what: str


@dataclass(frozen=True, slots=True)
class Disturbed:
    """A run with one fault.

    met: whether it came to the call that was meant. code: of its end, -9 where it was killed. signed_after: whether it
    said afterwards that it had signed.
    """

    instance: Instance
    fault: str
    code: int
    met: bool
    signed_after: bool


def instances(born: Nursery, target: str, said: Path, root: Path, *arguments: str) -> tuple[Instance, ...]:
    """The calls of an undisturbed run that change something below `root`, in order."""
    code, lines = trace(born, target, said, *arguments, options=["-e", f"trace={','.join(CHANGING)}"])
    if code:
        raise RuntimeError(f"the undisturbed process ended with {code}: {complaints(said)}")
    return tuple(_instances(lines, f"{root.resolve()}"))


def disturbed(born: Nursery, instance: Instance, fault: str, target: str, said: Path, *arguments: str) -> Disturbed:
    """One run with a fault at this call."""
    name = instance.call
    options = ["-e", f"trace={name},write", "-e", f"inject={name}:{FAULTS[fault]}:when={instance.number}"]
    code, lines = trace(born, target, said, *arguments, options=options)
    calls = [at for at, line in enumerate(lines) if line.startswith(f"{name}(")]
    if len(calls) < instance.number:
        return Disturbed(instance, fault, code, met=False, signed_after=False)
    place = calls[instance.number - 1]
    signed = any(line.startswith("write(1<") and '"\\nsigned ' in line for line in lines[place + 1 :])
    return Disturbed(instance, fault, code, _about(lines[place]) == instance.what, signed)


def _instances(lines: Sequence[str], root: str) -> Iterator[Instance]:
    count: dict[str, int] = {}
    for line in lines:
        parts = _CALL.match(line)
        if parts is None:
            continue
        name = parts[1]
        count[name] = count.get(name, 0) + 1
        makes = name != "openat" or "O_CREAT" in line
        if makes and root in line:
            yield Instance(name, count[name], _about(line))


def _about(line: str) -> str:
    """The names in a call, without contents: the last part of each path, digits of descriptors left out."""
    names = re.findall(r"<([^>]*)>|\"([^\"]*)\"", line.partition(" = ")[0])
    if line.startswith(("pwrite64", "write")):
        names = names[:1]
    return " ".join(Path(place or text).name for place, text in names)
