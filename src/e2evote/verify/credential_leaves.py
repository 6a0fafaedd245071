"""Credentials: issued, replaced, revoked (docs/verification.md, credential.*; docs/spec.md, section 13.3)."""

from array import array

from e2evote.errors import MalformedInput
from e2evote.proofs.signature import decode_public_key
from e2evote.record.credentials import Credential, read_credentials
from e2evote.record.electorate import Electorate
from e2evote.record.roll_row import line_of
from e2evote.record.voter_bodies import Issue, Reissue, Revoke
from e2evote.verify.changes import Change, Judging
from e2evote.verify.checks import Check
from e2evote.verify.roll_leaves import absent

_KEY = 32


class _Due:
    """The rows of an issue, held one after the other against those that are due."""

    def __init__(self, electorate: Electorate, registrar: str, body: Issue) -> None:
        self._wanted, self._body = electorate.without_credential(registrar), body
        self._registrar, self._last = registrar, electorate.book(registrar).issued
        self._wrong = ""
        self.lines, self.keys = array("I"), bytearray()

    def take(self, row: Credential) -> None:
        """The next row."""
        line, wanted = int(row.line), next(self._wanted, 0)
        number = self._body.first + len(self.lines)
        if (line, row.number) != (wanted, number) and not self._wrong:
            due = f"line {line_of(wanted)} with number {number}" if wanted else "no further one"
            self._wrong = f"line {row.line} with number {row.number}, want {due}"
        self.lines.append(line)
        self.keys += row.key

    def objection(self) -> str:
        """Why these are not the credentials that are due; empty where they are."""
        if self._body.first != self._last + 1:
            return f"the first number is {self._body.first}, {self._registrar}'s last was {self._last}"
        if not self._wrong and (left := next(self._wanted, 0)):
            return f"line {line_of(left)} has no credential"
        if not self._wrong and self._body.count != len(self.lines):
            return f"{len(self.lines)} rows, the leaf says {self._body.count}"
        return self._wrong


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
    due = _Due(electorate, registrar, body)
    try:
        read_credentials(judging.pieces, registrar, due.take)
    except MalformedInput as error:
        findings.fail(Check.CREDENTIAL_FORM, entry.subject, str(error))
        return unknown
    if registrar in electorate.unknown:
        findings.not_run(f"earlier credentials of {registrar} were left out", Check.CREDENTIAL_LINES)
        return None
    if not judging.holds(Check.CREDENTIAL_LINES, due.objection()):
        return None
    lines, keys = due.lines, bytes(due.keys)
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
