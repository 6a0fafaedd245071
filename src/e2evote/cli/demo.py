"""`e2evote demo`: a whole selection on real ballots, and `e2evote demo tamper`: what happens to a record that lies."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.demo.run import Plan, run_demo
from e2evote.adapter.demo.setup import DemoFolder
from e2evote.adapter.demo.stage import Watcher
from e2evote.adapter.demo.tamper import KINDS, tamper_with
from e2evote.adapter.demo.votes import find_ward
from e2evote.adapter.processes import processes
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_GROUPS
from e2evote.cli.demo_words import introduce, members_of, print_demonstration
from e2evote.cli.ending import Usage
from e2evote.cli.options import Json, Workers, executor_for
from e2evote.cli.report import print_report
from e2evote.cli.terminal import as_json, bars, note, say, table
from e2evote.cli.verify import run_verification
from e2evote.cli.witness import refuse_without_http
from e2evote.hashing.canonical import Encodable
from e2evote.verify import Verdict, decode_anchors
from e2evote.verify.checks import ExitCode, Status
from e2evote.verify.examine import Question

app = typer.Typer()

SAMPLE = 24
"""Ballots of the default demonstration: with them it ends within a minute on two processors."""

_FOLDER = "e2evote-demo"


@app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    blt: Annotated[
        Path | None, typer.Option("--blt", metavar="FILE", help="Ballots of a real election, in the BLT format.")
    ] = None,
    sample: Annotated[int, typer.Option("--sample", min=1, help="So many of the ballots.")] = SAMPLE,
    everything: Annotated[
        bool, typer.Option("--all", help="All ballots; takes hours, and shows the time left.")
    ] = False,
    seed: Annotated[str, typer.Option("--seed", help="Decides which ballots are taken, and who challenges.")] = "demo",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Where to put everything; ./e2evote-demo by default.")
    ] = None,
    storage: Annotated[
        str,
        typer.Option(
            "--storage",
            "--store",
            metavar="PLACE",
            help="Where the box stores the log: an SQLite file, a folder, a postgresql://…",
        ),
    ] = "",
    workers: Workers = None,
    group: Annotated[str, typer.Option("--group", hidden=True)] = ELECTIONGUARD_4096.name,
    json: Json = False,
) -> None:
    """Hold an election on the ballots of a real one, from the keys to the result, and verify it.

    A roll of invented members, two registrars who send each of them two codes, voters online, in person and by post,
    two tellers who count the papers; three trustees, two of whom decrypt; the box that keeps the log; three witnesses
    who cosign it, one of whom goes down; an observer, and a scrutineer who signs a report. At the end the record is
    verified by itself, and its totals are compared with a plain count of the same ballots. Everything stays on this
    machine. The witnesses need `pip install 'e2evote[http]'`.

    Example:  e2evote demo --sample 40
    """
    if context.invoked_subcommand:
        return
    if group not in (ELECTIONGUARD_4096.name, *TEST_GROUPS):
        raise Usage(f"--group {group}: no such group")
    ward = find_ward(blt)
    size = 0 if everything or sample > ward.total else sample
    folder = out or _free_folder()
    refuse_without_http()
    place = storage if not storage or "://" in storage else str(Path(storage).absolute())
    plan = Plan(ward, folder, group, size, seed, workers or 0, place)
    if not json:
        introduce(ward, size, everything)
    with _watcher() as watch:
        done = run_demo(plan, partial(processes, workers or 0), watch)
    if json:
        as_json(members_of(done))
    else:
        print_demonstration(done, ward)
    if not (done.verified and done.agrees):
        raise typer.Exit(ExitCode.REJECTED)


@app.command()
def tamper(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="What to do to the record; without it the kinds are listed.")
    ] = "",
    folder: Annotated[
        Path | None, typer.Option("--demo", metavar="FOLDER", help="The demonstration; the latest one here by default.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Where to write the changed record.")
    ] = None,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Change a copy of the demonstration's record as an insider would, sign it again, and see which check notices.

    The insider has every key of the demonstration, which lie in its folder: those of the witnesses too, but where the
    list of kinds says otherwise.

    Example:  e2evote demo tamper change-tally
    """
    if not kind:
        _list_kinds(json)
        return
    if kind not in KINDS:
        raise Usage(f"{kind}: no such kind; there are {', '.join(KINDS)}")
    made = DemoFolder.at(folder or _latest_folder())
    target = out or _free(made.path / f"tampered-{kind}")
    what = KINDS[kind]
    if not json:
        say(f"{kind}: {what.act}")
    note("changing the record, and signing it again")
    tamper_with(made, kind, target)
    anchors = decode_anchors(made.anchors.read_bytes())
    since = made.earlier.read_bytes()
    question = Question(anchors, since, allow_test_group=True)
    report, manifest = run_verification(target, question, executor_for(workers, None, target))
    caught = report.verdict is not Verdict.ACCEPTED and (
        bool(report.failing) or report.verdict is not Verdict.CONSISTENT
    )
    failing: list[Encodable] = [*sorted(check.value for check in report.failing)]
    lacking: list[Encodable] = [result.check.value for result in report.results if result.status is Status.MISSING]
    if json:
        members: dict[str, Encodable] = {"caught": caught, "failing": failing, "kind": kind, "record": str(target)}
        members["missing"] = lacking
        as_json(members | {"verdict": report.verdict.value})
    else:
        print_report(report, manifest)
        say()
        say(f"the act      {what.act}")
        say(f"caught by    {', '.join(map(str, [*failing, *lacking])) or report.verdict.value}")
        say(f"why          {what.why}")
        say(f"the record   {target}")
    if not caught:
        raise typer.Exit(ExitCode.REJECTED)


def _list_kinds(json: bool) -> None:
    if json:
        as_json({"kinds": {name: kind.act for name, kind in KINDS.items()}})
    else:
        table(("kind", "what the insider does"), [(name, kind.act) for name, kind in KINDS.items()])


@contextmanager
def _watcher() -> Iterator[Watcher]:
    """Steps as lines, voting and verifying as bars."""
    number = 0

    def step(line: str) -> None:
        nonlocal number
        number += 1
        note(f"{number}. {line}")

    with bars() as made:
        yield Watcher(step, made("ballots cast"), made("ballots verified"))


def _free_folder() -> Path:
    return _free(Path(_FOLDER))


def _free(path: Path) -> Path:
    """The path, or the first of it with a number that is not taken."""
    number, free = 1, path
    while free.exists() or free.is_symlink():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def _latest_folder() -> Path:
    found = [path for path in Path().glob(f"{_FOLDER}*") if (path / "box").is_dir()]
    if not found:
        raise Usage("no demonstration in this folder: run e2evote demo first, or name its folder with --demo")
    return max(found, key=lambda path: path.stat().st_mtime)
