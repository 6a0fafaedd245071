"""Numbers and words of the scrutineer's page, as people read them.

All arithmetic is on whole numbers: a share is rounded half up, the bounds of an interval outward.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from e2evote.record.intervals import Interval

CHANNELS: Mapping[str, str] = {"online": "Online", "in_person": "In person", "postal": "Postal"}
WITHHELD = "withheld"

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}:[0-9]{2}):([0-9]{2})Z", re.ASCII)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

ROLES: Mapping[str, tuple[str, str]] = {
    "administrator": ("Administrator", "Administrators"),
    "log": ("Log", "Logs"),
    "registrar": ("Registrar", "Registrars"),
    "teller": ("Teller", "Tellers"),
    "trustee": ("Trustee", "Trustees"),
    "witness": ("Witness", "Witnesses"),
    "scrutineer": ("Scrutineer", "Scrutineers"),
    "observer": ("Observer", "Observers"),
}
CHANGES: Mapping[str, str] = {"reissue": "Code re-issued", "revoke": "Code revoked"}
AMENDMENTS: Mapping[str, str] = {"add": "Member added", "remove": "Member removed", "contact": "Contact changed"}
REASONS: Mapping[str, str] = {
    "contact-changed": "contact changed",
    "not-own": "not the member's own",
    "not-received": "not received",
}
INCIDENTS: Mapping[str, str] = {
    "answer": "answer to a complaint",
    "delivery": "delivery of codes",
    "paper": "voting on paper",
    "roll": "the roll",
}


def part_name(channels: Sequence[str]) -> str:
    """`Online`; `In person and postal together`."""
    if len(channels) == 1:
        return CHANNELS[channels[0]]
    return f"{listed([CHANNELS[channels[0]], *(CHANNELS[one].lower() for one in channels[1:])])} together"


def listed(names: Iterable[str]) -> str:
    """`a, b and c`"""
    given = list(names)
    return f"{', '.join(given[:-1])} and {given[-1]}" if len(given) > 1 else "".join(given)


def reason(code: str) -> str:
    """A reason of the board, in words."""
    return REASONS.get(code, code)


def number(value: int) -> str:
    """`12,345`"""
    return f"{value:,}"


def counted(value: int, one: str, many: str) -> str:
    """`1 line`, `2 lines`"""
    return f"{number(value)} {one if value == 1 else many}"


def moment(date: str) -> str:
    """`19 October 2026, 20:00 UTC`; anything that is no such date as it is."""
    match = _DATE.fullmatch(date)
    if not match or not 1 <= int(match[2]) <= len(_MONTHS):
        return date
    year, month, day, time, seconds = match.groups()
    exactly = "" if seconds == "00" else f":{seconds}"
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}, {time}{exactly} UTC"


def share(x: int, n: int) -> str:
    """`42.4 %`, rounded half up; a dash where there is nothing to take a share of."""
    return f"{_tenths((2000 * x + n) // (2 * n))} %" if n else "–"


def points(x1: int, n1: int, x2: int, n2: int) -> str:
    """`+3.4` percentage points, rounded half away from zero."""
    above, below = x1 * n2 - x2 * n1, n1 * n2
    tenths = (2000 * abs(above) + below) // (2 * below)
    return _signed(tenths if above >= 0 else -tenths)


def span(interval: Interval) -> str:
    """`36.1 % to 48.9 %`, rounded outward."""
    return f"{_tenths(interval.low // 10)} % to {_tenths(-(-interval.high // 10))} %"


def span_of_points(interval: Interval) -> str:
    """`−3.1 to +12.0`, rounded outward."""
    return f"{_signed(interval.low // 10)} to {_signed(-(-interval.high // 10))}"


def _tenths(value: int) -> str:
    return f"{value // 10}.{value % 10}"


def _signed(tenths: int) -> str:
    sign = "+" if tenths > 0 else "−" if tenths < 0 else ""
    return sign + _tenths(abs(tenths))
