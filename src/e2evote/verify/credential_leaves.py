"""Credentials: issued, replaced, revoked (docs/verification.md, credential.*; docs/spec.md, section 13.3)."""

from array import array
from itertools import zip_longest

from e2evote.errors import MalformedInput
from e2evote.proofs.signature import decode_public_key
from e2evote.record.credentials import PostedCredentials, read_credentials
from e2evote.record.roll_row import line_of
from e2evote.record.voter_bodies import Issue, Reissue, Revoke
from e2evote.verify.changes import Change, Judging
from e2evote.verify.checks import Check
from e2evote.verify.roll_leaves import absent

_KEY = 32


def judge_issue(judging: Judging, body: Issue) -> Change | None:
    """credential.form, credential.lines, credential.keys. Left out unless the first two hold."""
    findings, entry, registrar = judging.findings, judging.entry, judging.entry.leaf.author
    electorate = judging.electorate

    def unknown() -> None:
        electorate.unknown.add(registrar)

    if judging.pieces is None:
        findings.not_run("the payload was left out", Check.CREDENTIAL_FORM)
        return unknown
    findings.examined(Check.CREDENTIAL_FORM)
    try:
        posted = read_credentials(judging.pieces, registrar)
    except MalformedInput as error:
        findings.fail(Check.CREDENTIAL_FORM, entry.subject, str(error))
        return unknown
    if registrar in electorate.unknown:
        findings.not_run(f"earlier credentials of {registrar} were left out", Check.CREDENTIAL_LINES)
        return None
    lines, keys, wrong = _held_against_due(judging, body, posted)
    if not judging.holds(Check.CREDENTIAL_LINES, wrong):
        return None
    if not judging.known:
        _check_keys(judging, lines, keys)
    return lambda: electorate.issue(registrar, lines, keys)


def judge_reissue(judging: Judging, body: Reissue) -> Change | None:
    """credential.reissue, and for a leaf for which it holds credential.keys."""
    registrar, electorate = judging.entry.leaf.author, judging.electorate
    if registrar in electorate.unknown:
        judging.findings.not_run(f"credentials of {registrar} were left out", Check.CREDENTIAL_REISSUE)
        return None
    if not judging.holds(Check.CREDENTIAL_REISSUE, absent(judging, body.line) or _not_next(judging, body)):
        return None
    if not judging.known:
        _check_keys(judging, array("I", (int(body.line),)), body.key)
    return lambda: electorate.reissue(body.key, judging.event(body.line, body.reason))


def judge_revoke(judging: Judging, body: Revoke) -> Change | None:
    """credential.revoke: the number of the line's active credential from the author."""
    registrar, electorate = judging.entry.leaf.author, judging.electorate
    if registrar in electorate.unknown:
        judging.findings.not_run(f"credentials of {registrar} were left out", Check.CREDENTIAL_REVOKE)
        return None
    active = electorate.book(registrar).active(electorate.voter(body.line))
    detail = f"line {body.line} has {f'number {active}' if active else 'no credential'} from {registrar}"
    if not judging.holds(Check.CREDENTIAL_REVOKE, "" if active == body.number else detail):
        return None
    return lambda: electorate.revoke(judging.event(body.line, body.reason))


def _held_against_due(judging: Judging, body: Issue, posted: PostedCredentials) -> tuple["array[int]", bytes, str]:
    """Lines and keys of all rows, and why they are not the credentials that are due; empty where they are."""
    lines, keys, wrong, last = array("I"), bytearray(), "", judging.electorate.book(posted.registrar).issued
    if body.first != last + 1:
        wrong = f"the first number is {body.first}, {posted.registrar}'s last was {last}"
    elif body.count != posted.count:
        wrong = f"{posted.count} rows, the leaf says {body.count}"
    due = zip_longest(judging.electorate.without_credential(posted.registrar), posted.rows())
    for number, (line, row) in enumerate(due, body.first):
        wanted = (line_of(line), number) if line else ("none", 0)
        given = (row.line, row.number) if row else ("none", 0)
        if given != wanted and not wrong:
            wrong = "line {} with number {}, want line {} with number {}".format(*given, *wanted)
        if row is None:
            break
        lines.append(int(row.line))
        keys += row.key
    return lines, bytes(keys), wrong


def _not_next(judging: Judging, body: Reissue) -> str:
    registrar, electorate = judging.entry.leaf.author, judging.electorate
    book = electorate.book(registrar)
    active = book.active(electorate.voter(body.line))
    rule = judging.manifest.rules.reissue
    if body.number != book.issued + 1:
        return f"number {body.number}, {registrar}'s next is {book.issued + 1}"
    if body.old != active:
        return f"in place of number {body.old}, line {body.line} has {active or 'none'}"
    if rule == "never":
        return "the manifest allows none"
    if rule == "unvoted" and electorate.has_voted(body.line):
        return f"line {body.line} has a valid ballot"
    if rule == "unvoted" and electorate.mark_of(body.line):
        return f"line {body.line} has a mark"
    return ""


def _check_keys(judging: Judging, lines: "array[int]", keys: bytes) -> None:
    """credential.keys of each row; a key that fails is the line's all the same."""
    findings, entry, seen = judging.findings, judging.entry, judging.electorate.seen
    parties, fresh = {party.key for party in judging.manifest.parties}, set[bytes]()
    findings.examined(Check.CREDENTIAL_KEYS, len(lines))
    for place, line in enumerate(lines):
        key = bytes(keys[_KEY * place : _KEY * (place + 1)])
        if detail := "a party's key" if key in parties else _unusable(key):
            pass
        elif key in seen or key in fresh:
            detail = "the key was a credential's before"
        if detail:
            findings.fail(Check.CREDENTIAL_KEYS, f"{entry.subject}, line {line_of(line)}", detail)
        fresh.add(key)


def _unusable(key: bytes) -> str:
    try:
        decode_public_key(key)
    except MalformedInput as error:
        return str(error)
    return ""
