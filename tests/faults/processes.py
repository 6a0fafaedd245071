"""Real processes that start in a few milliseconds: copies of one that has imported what they need.

    with nursery() as born:
        child = born("tests.faults.cycle:main", said, "argument", ...)
        child.kill()
        child.wait()

The module of the target is imported once, in the process that forks. A child has one thread and no file open but its
standard streams; its standard output is the end of the file `said`, so that what it said outlives it. With `strace=…`
it is traced from its first own call on: every number of a call is counted from there.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_END = "."


@dataclass(slots=True)
class Child:
    """A process that was born; `wait` must be called once in the end."""

    pid: int
    _nursery: "Nursery"
    _tracer: "subprocess.Popen[bytes] | None" = None
    code: int | None = None

    def kill(self) -> None:
        """SIGKILL; harmless when it has ended, since it keeps its number until `wait`."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """The exit code; negative: the signal that ended it."""
        if self.code is None:
            self.code = int(self._nursery.ask("wait", self.pid))
            if self._tracer is not None:
                self._tracer.communicate()
        return self.code


@dataclass(slots=True)
class Nursery:
    """The process that forks. Used by one thread."""

    _process: "subprocess.Popen[str]"
    children: list[Child] = field(default_factory=list)

    def __call__(self, target: str, said: Path, *arguments: str, strace: Sequence[str] = ()) -> Child:
        """A process that runs `module:function` with the arguments. strace: options for it, none for no tracing."""
        child = Child(int(self.ask("fork", target, str(said), list(arguments), bool(strace))), self)
        self.children.append(child)
        if strace:
            child._tracer = _attached(child.pid, strace)
            os.kill(child.pid, signal.SIGCONT)
        return child

    def ask(self, *request: object) -> str:
        """One line to the process that forks, and its answer."""
        pipes = self._process
        assert pipes.stdin is not None
        assert pipes.stdout is not None
        pipes.stdin.write(json.dumps(request) + "\n")
        pipes.stdin.flush()
        answer = pipes.stdout.readline()
        if not answer:
            raise RuntimeError("the process that forks has ended")
        return answer


@contextmanager
def nursery(*modules: str) -> Iterator[Nursery]:
    """A process that forks, with the modules imported. At the end its children are killed."""
    paths = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-c", "from tests.faults.processes import serve; serve()", *modules]
    env = {**os.environ, "PYTHONPATH": paths}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
    born = Nursery(process)
    try:
        yield born
    finally:
        for child in born.children:
            if child.code is None:
                with suppress(ProcessLookupError):
                    child.kill()
                child.wait()
        process.communicate()


def _attached(pid: int, options: Sequence[str]) -> "subprocess.Popen[bytes]":
    tracer = subprocess.Popen(["strace", *options, "-p", str(pid)], stderr=subprocess.PIPE)
    assert tracer.stderr is not None
    line = tracer.stderr.readline()
    if b"attached" not in line:
        raise RuntimeError(f"strace: {line.decode()}")
    return tracer


def serve() -> None:
    """The process that forks: a request a line, until there is no more."""
    for module in sys.argv[1:]:
        import_module(module)
    for line in sys.stdin:
        request, *arguments = json.loads(line)
        answer = _fork(*arguments) if request == "fork" else _wait(*arguments)
        print(answer, flush=True)


def _fork(target: str, said: str, arguments: list[str], stopped: bool) -> int:
    module, _, name = target.partition(":")
    function: Callable[..., None] = getattr(import_module(module), name)
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # no child outlives the tests, however they end
            _settle(said)
            if stopped:
                os.kill(os.getpid(), signal.SIGSTOP)
            function(*arguments)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 71
        except BaseException as error:  # whatever ended the child is told, and never reaches the loop of its parent
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(code)
    if stopped:
        os.waitpid(pid, os.WUNTRACED)
    return pid


def _settle(said: str) -> None:
    """Streams of its own: standard output goes to `said`, the others nowhere and to `said` with .errors added."""
    os.setsid()
    streams: Sequence[tuple[str, int, int]] = (
        (os.devnull, os.O_RDONLY, 0),
        (said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 1),
        (f"{said}.errors", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 2),
    )
    for path, flags, number in streams:
        file = os.open(path, flags, 0o644)
        os.dup2(file, number)
        os.close(file)


def _wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def say(*words: object) -> None:
    """A line on standard output, by one call. A process may be killed within it: see `heard`."""
    os.write(1, f"\n{' '.join(map(str, words))} {_END}\n".encode())


def heard(text: str) -> list[str]:
    """The lines that were said to their ends, in what several processes have said into one file."""
    return [line.removesuffix(f" {_END}") for line in text.split("\n") if line.endswith(f" {_END}")]
