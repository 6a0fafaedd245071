"""`e2evote report`: the scrutineer's report on a selection, as a page, for programs, and signed onto the board."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from e2evote.adapter.board import BoardReader
from e2evote.adapter.keys import load_key
from e2evote.adapter.processes import rare_collection
from e2evote.adapter.scrutineer.facts import facts_of
from e2evote.adapter.scrutineer.page import page
from e2evote.adapter.scrutineer.report import author_of, sign_report
from e2evote.adapter.scrutineer.words import TEMPLATE, read_words, unsaid
from e2evote.cli.ending import Usage
from e2evote.cli.options import (
    AllowTestGroup,
    Dask,
    Expect,
    Json,
    PassphraseFile,
    Record,
    Wait,
    Workers,
    executor_for,
    read_small,
)
from e2evote.cli.output import refuse_existing, write_new
from e2evote.cli.passphrase import passphrase
from e2evote.cli.terminal import as_json, bar, note, say
from e2evote.cli.verify import read_anchors
from e2evote.cli.voter import board_of, post_to
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing.canonical import Encodable
from e2evote.hashing.digest import sha256
from e2evote.record import plain
from e2evote.record.report_facts import ReportFacts, ReportWords
from e2evote.secret.sign import SigningKey
from e2evote.verify.checks import Verdict
from e2evote.verify.examine import Examination, Question
from e2evote.verify.run import examine_path

_MADE_BY_DEFAULT = "make"


class _Group(TyperGroup):
    """`e2evote report RECORD …` is `e2evote report make RECORD …`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = [_MADE_BY_DEFAULT, *args]
        return list(super().parse_args(ctx, args))


app = typer.Typer(cls=_Group, no_args_is_help=True)


@app.callback()
def group() -> None:
    """The scrutineer's report on a selection: one page that everybody can read, print and make again.

    Example:  e2evote report record --out report.html --expect anchors.json
    """


@dataclass(frozen=True, slots=True)
class _Signing:
    """Who signs, onto which board."""

    store: Path
    board: BoardReader
    key: SigningKey

    @property
    def author(self) -> str:
        return author_of(self.board, self.key)


@app.command(name=_MADE_BY_DEFAULT)
def make(
    record: Record,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The page to write, one .html file without parts.")
    ] = None,
    words: Annotated[
        Path | None,
        typer.Option(
            "--words", metavar="FILE", exists=True, help="The scrutineer's words, from `e2evote report words`."
        ),
    ] = None,
    expect: Expect = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Report on a record that is rejected; the page says that it is.")
    ] = False,
    sign: Annotated[
        bool, typer.Option("--sign", help="Sign the report onto the board, with --key and --store.")
    ] = False,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="The scrutineer's key file.")] = None,
    store: Annotated[
        Path | None, typer.Option("--store", metavar="STORE", help="The directory that `e2evote init` made.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    wait: Wait = 60,
    workers: Workers = None,
    dask: Dask = None,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Verify a record to its end, and write the report on it.

    With --json, print the facts of the page. Everything on it but the scrutineer's words is computed from the record.
    A record that is rejected gets no report without --anyway. With --sign the board has the report's facts and words,
    and the hash of the page.

    Example:  e2evote report make record --out report.html --words words.toml --expect anchors.json

    Example:  e2evote report box/record --out report.html --words words.toml --sign --key sue.key --store box
    """
    if out is None and not json:
        raise Usage("--out FILE.html or --json: say what is wanted")
    if out is not None:
        refuse_existing(out)
    said = _words(words, sign)
    signing = _signing(sign, key, store, out, passphrase_file, allow_test_group)
    anchors = read_anchors(expect)
    if anchors is None:
        note("Without --expect the report can't say that this is the selection that was announced.")
    question = Question(anchors, allow_test_group=allow_test_group)
    with rare_collection(), executor_for(workers, dask, record) as executor, bar("ballots and challenges") as progress:
        examination = examine_path(record, question, executor, progress)
    _refuse_rejected(examination, anyway)
    facts = facts_of(examination)
    made = page(facts, said, signing.author if signing else "")
    index = _write(out, made, facts, said, signing, wait) if out else None
    if json:
        as_json(_members(facts, made, index))
    elif out:
        _tell(out, facts, made, index)
    if examination.report.verdict is Verdict.REJECTED:
        raise typer.Exit(int(examination.report.exit_code))


@app.command(name="words")
def words_(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="The .toml file to write.")], json: Json = False
) -> None:
    """Write a file for the scrutineer's own words: inspection of the register, complaints, opinion.

    Example:  e2evote report words words.toml
    """
    write_new(out, TEMPLATE.encode())
    if json:
        as_json({"file": str(out)})
    else:
        say(f"{out}: fill it in, and give it to e2evote report with --words")


def _words(path: Path | None, sign: bool) -> ReportWords:
    """The words in a file; those of a report that nobody signs may be missing."""
    if path is None:
        if sign:
            raise Usage("--sign: give the scrutineer's words with --words FILE; e2evote report words FILE begins one")
        return ReportWords(complaints="", inspected=False, opinion="", why="")
    try:
        words = read_words(read_small(path))
    except MalformedInput as error:
        raise error.inside(str(path)) from None
    if sign and unsaid(words):
        raise Usage(f"{path}: {', '.join(unsaid(words))}: still empty, and a report is signed once")
    return words


def _signing(
    sign: bool, key: Path | None, store: Path | None, out: Path | None, passphrase_file: Path | None, test_group: bool
) -> _Signing | None:
    if not sign:
        return None
    if key is None or store is None or out is None:
        raise Usage("--sign needs --key, --store and --out")
    board = BoardReader(board_of(store), allow_test_group=test_group)
    signing = _Signing(store, board, load_key(key, passphrase(passphrase_file, str(key))))
    author_of(board, signing.key)
    return signing


def _refuse_rejected(examination: Examination, anyway: bool) -> None:
    report = examination.report
    if report.verdict is not Verdict.REJECTED:
        return
    failing = ", ".join(sorted(report.failing))
    if not anyway:
        raise Refused("record-fails", f"checks that fail: {failing}; there is no report on it without --anyway")
    note("=" * 60)
    note(f"THIS RECORD IS REJECTED. CHECKS THAT FAIL: {failing.upper()}")
    note("=" * 60)


def _write(
    out: Path, made: bytes, facts: ReportFacts, words: ReportWords, signing: _Signing | None, wait: float
) -> int | None:
    """The page, whole, and the leaf that names it if somebody signs. The index of the leaf."""
    write_new(out, made)
    if signing is None:
        return None
    try:
        post = post_to(signing.store, wait)
        return sign_report(signing.board, post, signing.key, facts, words, made).index
    except Refused as refused:
        if refused.code != "no-answer":  # then the box may take it later, and this is the page that it names
            with suppress(FileNotFoundError):
                out.unlink()
        raise


def _members(facts: ReportFacts, made: bytes, index: int | None) -> dict[str, Encodable]:
    return {"facts": plain.members(facts), "index": -1 if index is None else index, "page": sha256(made).hex()}


def _tell(out: Path, facts: ReportFacts, made: bytes, index: int | None) -> None:
    say(f"{out}: {len(made)} bytes, SHA-256 {sha256(made).hex()}")
    say(f"The verdict on the record: {facts.verdict}.")
    if index is None:
        say("Nobody has signed this report.")
    else:
        say(f"Signed: the report is entry {index} of the log, and names this page.")
