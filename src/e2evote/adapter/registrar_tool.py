"""What a registrar does to its own credentials after they were issued, with a teller (docs/spec.md §13.3).

Each act is an entry with a reason, to be signed by the registrar and by a teller of another organisation. A re-issue
makes one more code, whose letter is on the disk before its key is signed, and notices to the member's other addresses.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.act import Act
from e2evote.adapter.personal_files import leave, listed, write_personal
from e2evote.adapter.registrar_issue import registrar_of
from e2evote.adapter.roll_file import HeldRoll
from e2evote.adapter.roll_keeping import check_line, check_reason
from e2evote.adapter.roll_record import VoterRecord
from e2evote.credentials.addresses import addressees, rows_in_force
from e2evote.credentials.issuing import Letter, reissue
from e2evote.credentials.letters import Notice, letters_table, notices_table, reissue_notices
from e2evote.errors import Refused
from e2evote.record.voter_bodies import Annul, Revoke
from e2evote.secret.randomness import Randomness


@dataclass(frozen=True, slots=True, repr=False)
class Renewed:
    """One more credential. old: the number of the one that it replaces, 0 for none."""

    act: Act
    election: bytes
    letter: Letter
    contact: str
    old: int
    notices: tuple[Notice, ...]

    def write(self, letter: Path, notices: Path) -> None:
        """Both files, whole, or none of them."""
        for path in (letter, notices):
            if os.path.lexists(path):
                raise Refused("secret.exists", f"{path}: there is such a file already")
        write_personal(letter, letters_table((self.letter,), self.contact), "letters", self.election)
        try:
            write_personal(notices, notices_table(self.notices), "notices", self.election)
        except BaseException:
            take_back(letter)
            raise


def take_back(*paths: Path) -> None:
    """Files of a code that came to nothing are deleted."""
    for path in paths:
        secretfile.delete(path)
        leave(path.parent, [one for one in listed(path.parent) if one.name == path.name])


def renewed(record: VoterRecord, held: HeldRoll, party: str, line: str, reason: str, randomness: Randomness) -> Renewed:
    """Another code of this registrar for a line, to the address that the board has a commitment to."""
    check_reason("credential.reissue", reason)
    check_line(record, line)
    if record.manifest.rules.reissue == "never":
        raise Refused("credential.reissue", "by the manifest no code is issued again")
    registrar, opened = registrar_of(record, party), held.opened.line(line)
    rows = [row for row in rows_in_force(record.roll().rows(), record.published()) if row.line == line]
    to = addressees(held.opened, rows, frozenset(), registrar.contact, record.setting.base_hash)
    if opened is None or not to:
        raise Refused("no-line", f"line {int(line)} is not in this roll")
    old = record.electorate.book(party).active(int(line))
    made = reissue(registrar, to[0], old, reason, randomness)
    notices = reissue_notices(held.opened, opened, registrar.contact)
    return Renewed(Act("credential.reissue", made.body), held.election, made.letter, registrar.contact, old, notices)


def revoked(record: VoterRecord, party: str, line: str, reason: str) -> Act:
    """The line's active credential of this registrar is none any more."""
    check_reason("credential.revoke", reason)
    check_line(record, line)
    number = record.electorate.book(registrar_of(record, party).party).active(int(line))
    if not number:
        raise Refused("no-credential", f"line {int(line)} has no active credential of {party}")
    return Act("credential.revoke", Revoke(line, number, reason))


def annulled(record: VoterRecord, line: str, reason: str) -> Act:
    """The ballot that counts for the line does not count any more, as its member has asked."""
    check_reason("annul", reason)
    check_line(record, line)
    if record.manifest.rules.annulment == "never":
        raise Refused("no-annulment", "by the manifest no ballot is annulled")
    ballot = record.electorate.vote_of(line).candidate
    if ballot is None:
        raise Refused("no-ballot", f"line {int(line)} has no ballot that could be annulled")
    return Act("annul", Annul(ballot.leaf_hash, line, reason))
