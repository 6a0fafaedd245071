"""What a demonstration says before and after it ran: its votes by channel, what they prove, and what to try next."""

import shlex
from collections.abc import Mapping

from e2evote.adapter.channel_results import Part
from e2evote.adapter.demo.run import MISSING, Demonstration
from e2evote.adapter.demo.votes import Ward
from e2evote.adapter.demo.witnesses import DOWN, WITNESSES
from e2evote.adapter.leaf_words import CHANNELS, line_shown
from e2evote.cli.terminal import say, table
from e2evote.hashing.canonical import Encodable
from e2evote.manifest.draft import Name
from e2evote.manifest.voters import ONLINE
from e2evote.record.rows import NOT_VOTED
from e2evote.verify.checks import CLAIMS


def introduce(ward: Ward, size: int, everything: bool) -> None:
    """What is going to be voted on."""
    say(ward.title, style="bold")
    say(f"{size or ward.total} of {ward.total} ballots, from: {ward.source}")
    if ward.ranked:
        say("Two contests are made of each ballot: who is ranked first, and who is ranked at all.")
    else:
        say("No file of ballots is at hand (--blt FILE), so there is one contest: who is ranked first.")
    say("Ranked ballots are not counted as such yet: this is not the ward's result by transferable vote.")
    say("Who casts which ballot, and by which channel, is invented, and so are all members.")
    if everything:
        say("All ballots: this takes hours.")
    say()


def print_demonstration(done: Demonstration, ward: Ward) -> None:
    """Everything that came out."""
    report = done.report
    say()
    _print_votes(done, {option.id: option.name for option in ward.options()})
    same = "The decrypted totals are those of the plain count."
    say(
        same if done.agrees else "The decrypted totals DIFFER from the plain count.",
        style="" if done.agrees else "bold red",
    )
    say()
    _print_channels(done)
    checks = sum(1 for result in report.results if result.status.value == "pass")
    word = f"{report.verdict.value.upper()}: {checks} checks passed, {len(report.failing)} failed"
    say(word, style="bold green" if done.verified else "bold red")
    say()
    _print_proved(done)
    _print_commands(done)


def _print_votes(done: Demonstration, names: Mapping[str, Name]) -> None:
    """By contest and option, each total that was decrypted, and all of them together."""
    for contest in done.channels:
        parts = contest.parts if len(contest.parts) > 1 else ()
        rows = []
        for (id, option), plain in done.plain.items():
            if id == contest.contest:
                own = [part.votes[option] for part in parts]
                rows.append((names.get(option, option), *own, done.decrypted.get((id, option), "-"), plain))
        headings = (contest.contest, *map(_title, parts), "together", "plain count")
        table(headings, rows, numbers=range(1, len(headings)))
        say()


def _title(part: Part) -> str:
    return " + ".join(CHANNELS[channel] for channel in part.channels)


def _print_channels(done: Demonstration) -> None:
    """Lines and ballots of each channel, and which floor lets which total be known."""
    first, lines, floor = done.channels[0], done.lines, done.report.facts.floor
    rows = []
    for channel, ballots in first.ballots.items():
        part = next((part for part in first.parts if channel in part.channels), None)
        how = "withheld" if part is None else "by itself" if len(part.channels) == 1 else f"only as {_title(part)}"
        rows.append((CHANNELS[channel], lines.channels[channel], ballots, how))
    rows.append(("no vote", lines.none[NOT_VOTED], 0, ""))
    rows.append(("the whole roll", lines.lines, sum(first.ballots.values()), ""))
    table(("channel", "lines", "ballots", "decrypted"), rows, numbers=(1, 2))
    say(f"The floor is {floor}: a channel with fewer ballots is never decrypted by itself.")
    spoiled = sum(lines.channels[channel] - first.ballots[channel] for channel in first.ballots)
    superseded = done.turnout.cast - lines.channels[ONLINE]
    say(f"Spoiled papers: {spoiled}; the line is marked, and in no total.")
    say(f"Ballots cast online that do not count, because the line has voted on paper too: {superseded}.")
    say()


def _print_proved(done: Demonstration) -> None:
    turnout, two = done.turnout, " and ".join(name for name in WITNESSES if name != DOWN)
    _list(
        "Proved by the record alone, to anybody:",
        f"the roll was frozen before there were codes, and each of its {done.lines.lines} lines counts at most once,",
        "  in one channel; each ballot cast online is within the limits, and signed with both codes of its line",
        "the totals are of exactly these ballots: none added, dropped or changed after it was cast; there are as",
        "  many papers as marks, and the papers together have no more votes than so many may have",
        f"the totals were decrypted rightly by two of three trustees ({MISSING} was missing); no ballot was opened",
        f"everybody was shown one log, which only grew, unless a witness lied: {two} cosigned all of it",
        f"  ({DOWN} was down since the opening; any two of the three suffice, and any two such pairs share one)",
        f"what each challenged ballot held ({turnout.challenged} here); it was not counted",
        "who approved the corrected address, the code issued again and the pause, and who was given names",
    )
    _list(
        "Proved to each member who looks, and to nobody else:",
        "that the address on the roll is the right one, how many codes were sent to it, and whether it changed",
        "that the ballot is in the log and counts, or that no vote was recorded",
    )
    _list(
        "Not proved:",
        *(CLAIMS[claim] for claim in done.report.not_claimed),
        "that each line is a real person, and that the codes reached nobody else: members, the scrutineer and the",
        "  lines of the sample, who are asked whether they voted, find that out, or nobody does",
        "that the totals on paper are those of the papers: two tellers of different organisations signed for them",
        "that a voter's device encrypted what the voter wanted, unless voters challenge; that nobody was coerced",
        "any two trustees together could read every ballot: here one person holds all keys, to try things out",
    )
    say()


def _list(heading: str, *sentences: str) -> None:
    """Sentences with a dash; one that begins with spaces goes on with the one before."""
    say(heading, style="bold")
    for sentence in sentences:
        say(f"  {'' if sentence.startswith(' ') else '- '}{sentence}")


def _print_commands(done: Demonstration) -> None:
    folder = done.folder
    flags = " --allow-test-group" if done.report.facts.test_group else ""
    record, anchors, earlier = (shlex.quote(str(p)) for p in (folder.record, folder.anchors, folder.earlier))
    opening, register, absence, manifest, demo = (
        shlex.quote(str(p))
        for p in (done.opening, folder.register, folder.absence, folder.path / "manifest.json", folder.path)
    )
    page = shlex.quote(str(folder.page))
    say(f"The scrutineer's report is {page}; the record is in {record}. To try next:", style="bold")
    say(f"  e2evote verify {record} --expect {anchors} --since {earlier}{flags}")
    say(f"  e2evote report {record} --out my-report.html --expect {anchors}{flags}")
    say(f"  e2evote roll show-mine {opening} {record} --expect {anchors}")
    say(f"  e2evote tracker check {done.turnout.line} {done.turnout.tracker} {record}")
    say(f"  e2evote register check {register} {record} --expect {anchors}")
    say(f"  e2evote register proof {absence} --expect {anchors} --manifest {manifest}")
    say(f"    (no vote was recorded for line {line_shown(done.absent)})")
    say(f"  e2evote registrar account {record} --expect {anchors}")
    say(f"  e2evote demo tamper change-tally --demo {demo}")
    say("  e2evote demo tamper")


def members_of(done: Demonstration) -> dict[str, Encodable]:
    """For `--json`."""
    cells: list[Encodable] = [
        {"contest": contest, "decrypted": done.decrypted.get((contest, option), -1), "option": option, "plain": plain}
        for (contest, option), plain in done.plain.items()
    ]
    channels: list[Encodable] = [
        {
            "ballots": dict(one.ballots),
            "contest": one.contest,
            "parts": [{"channels": list(part.channels), "votes": dict(part.votes)} for part in one.parts],
        }
        for one in done.channels
    ]
    return {
        "absent": done.absent,
        "agrees": done.agrees,
        "anchors": str(done.folder.anchors),
        "cast": done.turnout.cast,
        "cells": cells,
        "challenged": done.turnout.challenged,
        "channels": channels,
        "earlier_checkpoint": str(done.folder.earlier),
        "failing": sorted(check.value for check in done.report.failing),
        "floor": done.report.facts.floor,
        "folder": str(done.folder.path),
        "line": done.turnout.line,
        "lines": done.lines.members(),
        "no_vote_recorded": str(done.folder.absence),
        "opening": str(done.opening),
        "record": str(done.folder.record),
        "register": str(done.folder.register),
        "report": str(done.folder.page),
        "tracker": done.turnout.tracker,
        "verdict": done.report.verdict.value,
    }
