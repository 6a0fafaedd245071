"""How members are reached: what an address must look like, and who shares one (docs/spec.md §13.2; attack A124).

What kind of contact it is follows from the words of its name in the manifest: `email` is an e-mail address, `phone`,
`sms` or `mobile-private` a telephone number, and any other, as `post`, is text. An address that has its form may still
be nobody's: only sending to it shows that.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from e2evote.manifest.section import quoted
from e2evote.manifest.words import objections_to
from e2evote.record.roll import LARGEST_VALUE

Check = Callable[[str], str]
"""Why a value that is not empty is none of this kind; "" if it is one."""

_MAIL_WORDS = frozenset(("email", "mail"))
_PHONE_WORDS = frozenset(("cell", "mobile", "phone", "sms", "tel", "telephone"))
_NOT_IN_MAIL = r'\s@<>(),;:\\"\[\]'
_MAIL = re.compile(rf"(?![=+-])[^{_NOT_IN_MAIL}]{{1,64}}@[^{_NOT_IN_MAIL}.]+(?:\.[^{_NOT_IN_MAIL}.]+)+")
_LONGEST_MAIL = 254
_PHONE = re.compile(r"\+[0-9]+(?: [0-9]+)*|[0-9(][0-9 ()./-]*", re.ASCII)
"""With a plus sign only digits and single spaces: a spreadsheet could compute with anything else (`letters`)."""
_NO_DIGIT = re.compile(r"[^0-9]", re.ASCII)
_FEWEST_DIGITS, _MOST_DIGITS = 5, 15
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class SharedContact:
    """A contact of several members, by their places: whoever reads it has all the codes that are sent there."""

    contact: str
    value: str
    at: tuple[int, ...]

    def __str__(self) -> str:
        places = ", ".join(map(str, self.at[:_SHOWN]))
        more = f" and {len(self.at) - _SHOWN} more" if len(self.at) > _SHOWN else ""
        return f"{self.contact} {quoted(self.value)} is that of {len(self.at)} members: lines {places}{more}"


def check_of(contact: str) -> Check:
    """What is asked of the values of this contact."""
    if is_mail(contact):
        return _not_mail
    return _not_phone if is_phone(contact) else _anything


def objections(value: str, check: Check) -> Iterator[str]:
    """What no field may have, and what fields of this name may not."""
    if not value:
        return
    if len(value) * 4 > LARGEST_VALUE and (size := len(value.encode())) > LARGEST_VALUE:
        yield f"{size} bytes, at most {LARGEST_VALUE}"
        return
    if not (value.isascii() and value.isprintable()) or "  " in value or value[0] == " " or value[-1] == " ":
        unfit = list(objections_to(value))
        if unfit:
            yield from unfit
            return
    if reason := check(value):
        yield reason


def is_mail(contact: str) -> bool:
    """Whether this contact is an e-mail address."""
    return bool(_MAIL_WORDS & _words(contact))


def is_phone(contact: str) -> bool:
    """Whether it is a telephone number."""
    return bool(_PHONE_WORDS & _words(contact))


def shared(contacts: Iterable[str], members: Iterable[tuple[int, tuple[str, ...]]]) -> Iterator[SharedContact]:
    """Each contact that several members have; of each member the place and the values come in."""
    names = tuple(contacts)
    found: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    for at, values in members:
        for i, value in enumerate(values):
            if value:
                found[i, _compared(names[i], value)].append((at, value))
    for (i, _), users in found.items():
        if len(users) > 1:
            yield SharedContact(names[i], users[0][1], tuple(at for at, _ in users))


def _compared(contact: str, value: str) -> str:
    """One text for all ways to write this contact: small letters without spaces, digits alone of a number."""
    if is_phone(contact):
        return _NO_DIGIT.sub("", value)
    return "".join(value.casefold().split())


def _words(contact: str) -> frozenset[str]:
    return frozenset(re.split(r"[._-]", contact.replace("e-mail", "email")))


def _anything(value: str) -> str:
    return ""


def _not_mail(value: str) -> str:
    if len(value) <= _LONGEST_MAIL and _MAIL.fullmatch(value):
        return ""
    return f"{quoted(value)} is no e-mail address"


def _not_phone(value: str) -> str:
    digits = len(_NO_DIGIT.sub("", value))
    if _PHONE.fullmatch(value) and _FEWEST_DIGITS <= digits <= _MOST_DIGITS:
        return ""
    return f"{quoted(value)} is no telephone number"
