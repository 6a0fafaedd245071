"""What is sent to members, as tables for a mail merge (docs/spec.md §13.3; attacks A47, A124).

One table of codes for each registrar, with the addresses of its own contact and no other. Notices, which have no code,
tell members of what they may not know: that a contact was changed goes to the old address and to the new one, that a
code was issued again goes by every other way than the code. So somebody who has taken over one address is seen by the
member at another.

The tables are CSV by RFC 4180, in UTF-8 with a byte order mark so that spreadsheets read names right. A spreadsheet
takes a cell that begins with one of = + - @ for a formula. Such cells get an apostrophe before them, but for telephone
numbers of nothing but +, digits and single spaces, which no spreadsheet can be harmed by.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from e2evote.credentials.issuing import Letter
from e2evote.credentials.opened_roll import OpenedLine, OpenedRoll
from e2evote.manifest.voters import OWN_FIELDS

_MARK = b"\xef\xbb\xbf"
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_INSIDE = re.compile(r"([;\t] *)(?=[=+@-])")
_PHONE = re.compile(r"\+[0-9]+(?: [0-9]+)*", re.ASCII)
_QUOTED = re.compile(r'[",\r\n]|^ | $')

About = Literal["contact-changed", "code-reissued"]


@dataclass(frozen=True, slots=True, repr=False)
class Notice:
    """Something that a member is told at an address, without any code."""

    about: About
    line: str
    name: str
    contact: str
    address: str

    def __repr__(self) -> str:
        return f"Notice({self.about}, {self.line}, {self.contact}, <redacted>)"


def letters_table(letters: Iterable[Letter], contact: str) -> bytes:
    """The codes of one registrar. contact: the name of its contact, and of the column with the addresses."""
    rows = (
        (str(letter.number), letter.line, letter.code.in_groups(), letter.name, letter.address) for letter in letters
    )
    return table(("number", "line", "code", "name", contact), rows)


def notices_table(notices: Iterable[Notice]) -> bytes:
    """Notices of whatever kind."""
    rows = ((one.about, one.line, one.name, one.contact, one.address) for one in notices)
    return table(("about", "line", "name", "contact", "address"), rows)


def contact_notices(opened: OpenedRoll, line: OpenedLine, contact: str) -> tuple[Notice, ...]:
    """For a line one of whose contacts has just been changed: to the address before, and to the one now.

    Where there was none before, to all others that are known.
    """
    place = opened.place(contact)
    before = next((one.value for one in reversed(line.earlier) if one.field == contact), "")
    addresses = [(contact, before), (contact, line.values[place])]
    if not before:
        addresses += _others(opened, line, contact)
    return _notices("contact-changed", line, addresses)


def reissue_notices(opened: OpenedRoll, line: OpenedLine, contact: str) -> tuple[Notice, ...]:
    """For a line that was issued another code, which goes to `contact`: to each other contact that is known.

    None where no other is known; then the board alone tells the member.
    """
    return _notices("code-reissued", line, _others(opened, line, contact))


def _others(opened: OpenedRoll, line: OpenedLine, contact: str) -> list[tuple[str, str]]:
    start = len(OWN_FIELDS)
    own = line.values[opened.place(contact)]
    given = zip(opened.fields[start:], line.values[start:], strict=True)
    return [(other, address) for other, address in given if other != contact and address != own]


def _notices(about: About, line: OpenedLine, addresses: Iterable[tuple[str, str]]) -> tuple[Notice, ...]:
    return tuple(Notice(about, line.line, line.name, *one) for one in dict.fromkeys(addresses) if one[1])


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table of these columns, whatever they hold."""
    lines = [",".join([_cell(cell) for cell in row]) for row in (header, *rows)]
    return _MARK + "".join([f"{line}\r\n" for line in lines]).encode()


def _cell(text: str) -> str:
    """A cell as RFC 4180 writes it, and as no spreadsheet computes it."""
    if text.startswith(_FORMULA) and not _PHONE.fullmatch(text):
        text = f"'{text}"
    if ";" in text or "\t" in text:  # where other signs than the comma separate cells, another one begins here
        text = _INSIDE.sub(r"\1'", text)
    if _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
