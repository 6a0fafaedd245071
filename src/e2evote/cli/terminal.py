"""What a command prints, and where: results on standard output, progress and errors on standard error.

Text that came from outside (names in a manifest, paths in an archive, details of a failure) is made harmless before it
reaches a terminal: no control characters, nothing that reverses or hides what stands beside it, no markup.
"""

import contextlib
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from e2evote.hashing import canonical
from e2evote.hashing.canonical import Encodable

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
WIDTH_IN_FILES = 240
LONGEST = 2000
"""Characters of one line; the rest of a longer one is left out."""


def out() -> Console:
    """Standard output as it is now."""
    return _console(sys.stdout)


def err() -> Console:
    """Standard error as it is now."""
    return _console(sys.stderr)


def _console(file: TextIO) -> Console:
    """Lines are not broken, and a table in a file is as wide as it needs to be."""
    width = None if file.isatty() else WIDTH_IN_FILES
    return Console(file=file, markup=False, highlight=False, emoji=False, soft_wrap=True, width=width)


def harmless(text: object) -> str:
    """The text on one line, with an escape in place of each character that a terminal would act upon or hide."""
    line = str(text)
    if len(line) > LONGEST:
        line = line[:LONGEST] + "…"
    return "".join(c if unicodedata.category(c) not in _HIDDEN else ascii(c)[1:-1] for c in line)


def say(*parts: object, style: str = "") -> None:
    """One line of a result."""
    out().print(Text(harmless(" ".join(map(str, parts))), style=style))


def note(line: object) -> None:
    """One line about what is going on."""
    err().print(Text(harmless(line), style="dim"))


def waiting(what: str) -> None:
    """One line about what a command waits for."""
    note(f"waiting for {what.removeprefix('waiting for ')}")


def question(line: str) -> str:
    """What a person types, or a script sends, in answer to `line`; Abort where nothing more comes."""
    err().print(Text(harmless(line)), end=" ")
    answer = sys.stdin.readline(LONGEST)
    if not answer.endswith("\n"):
        raise typer.Abort
    return answer.strip()


def complain(line: str) -> None:
    """The one line of an error."""
    err().print(Text.assemble(("error: ", "bold red"), harmless(line)))


def as_json(members: Mapping[str, Encodable]) -> None:
    """The result for programs: one canonical JSON object on one line."""
    sys.stdout.write(canonical.encode(dict(members)).decode() + "\n")


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], numbers: Sequence[int] = ()) -> None:
    """Rows under headings; the columns in `numbers` are aligned to the right."""
    shown = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for position, heading in enumerate(headings):
        shown.add_column(heading, justify="right" if position in numbers else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(harmless(cell)) for cell in row))
    out().print(shown)


Step = Callable[[int, int], None]
"""Told how much is done, and of how much."""


def _nothing() -> str:
    return ""


@contextlib.contextmanager
def bars(aside: Callable[[], str] = _nothing) -> Iterator[Callable[[str], Step]]:
    """Progress bars with the time left, made by name, one at a time; nothing where nobody watches.

    A bar is shown from its first step to its last. aside: what to say after its name at each step.
    """
    console = err()
    shown: list[Progress] = []

    def made(what: str) -> Step:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        left = (TextColumn("left"), TimeRemainingColumn())

        def step(done: int, total: int) -> None:
            if not console.is_interactive:
                return
            if not shown:
                shown.append(Progress(*columns, *left, console=console, transient=True))
                shown[0].add_task(harmless(what), total=total)
                shown[0].start()
            description = harmless(f"{what}{aside()}")
            shown[0].update(shown[0].task_ids[0], completed=done, total=total, description=description)
            if done >= total:
                shown.pop().stop()

        return step

    try:
        yield made
    finally:
        for progress in shown:
            progress.stop()


@contextlib.contextmanager
def bar(what: str, aside: Callable[[], str] = _nothing) -> Iterator[Step]:
    """One progress bar, for as long as the work lasts."""
    with bars(aside) as made:
        yield made(what)
