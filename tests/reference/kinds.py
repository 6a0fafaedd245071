"""The table of kinds: who may write what, and in which phases (docs/spec.md 5.4)."""

from typing import NamedTuple

PHASES = ("setup", "open", "closed", "stated", "published")

CAPACITIES: dict[str, tuple[str, ...]] = {
    "checker": ("observer", "scrutineer", "teller"),
    "holder": ("administrator", "registrar", "scrutineer"),
    "reader": ("observer", "scrutineer", "teller"),
    "reporter": ("administrator", "observer", "registrar", "scrutineer", "teller", "trustee"),
}
"""Roles that may sign as what the table names beside roles; the manifest names holders and readers besides."""


class Rule(NamedTuple):
    """Phases and authors of a kind; `apart` says that its signers are of different organisations."""

    phases: tuple[str, ...]
    authors: tuple[str, ...]
    payload: bool = False
    apart: bool = False

    def signatures(self, registrars: int) -> int:
        """One for each author, none by the log; a voter signs with one key for each registrar."""
        if self.authors == ("log",):
            return 0
        return max(1, registrars) if self.authors == ("voter",) else len(self.authors)


_SETUP, _OPEN, _CLOSED, _STATED = ("setup",), ("open",), ("closed",), ("stated",)
_BEFORE_CLOSE = ("setup", "open")
_BOTH = ("administrator", "teller")
_APPROVED = ("registrar", "teller")
_TELLERS = ("teller", "teller")

ENTRIES = {
    "manifest": Rule(_SETUP, ("administrator",), True),
    "ceremony.commit": Rule(_SETUP, ("trustee",)),
    "ceremony.reveal": Rule(_SETUP, ("trustee",), True),
    "ceremony.shares": Rule(_SETUP, ("trustee",), True),
    "ceremony.complaint": Rule(_SETUP, ("trustee",)),
    "ceremony.answer": Rule(_SETUP, ("trustee",)),
    "ceremony.restart": Rule(_SETUP, ("administrator",)),
    "ceremony.confirm": Rule(_SETUP, ("trustee",)),
    "roll.seed": Rule(_SETUP, ("registrar",)),
    "roll.freeze": Rule(_SETUP, _BOTH, True),
    "roll.add": Rule(_SETUP, _BOTH),
    "roll.remove": Rule(_SETUP, _BOTH),
    "roll.contact": Rule(_BEFORE_CLOSE, _BOTH),
    "credential.issue": Rule(_SETUP, ("registrar",), True),
    "credential.reissue": Rule(_BEFORE_CLOSE, _APPROVED, apart=True),
    "credential.revoke": Rule(_BEFORE_CLOSE, _APPROVED, apart=True),
    "open": Rule(_SETUP, _BOTH),
    "ballot": Rule(_OPEN, ("voter",), True),
    "challenge": Rule(_OPEN, ("log",), True),
    "annul": Rule(_OPEN, _APPROVED, apart=True),
    "mark": Rule(("open", "closed"), _TELLERS, apart=True),
    "pause": Rule(_OPEN, _BOTH),
    "resume": Rule(_OPEN, _BOTH),
    "extend": Rule(_OPEN, _BOTH),
    "close": Rule(_OPEN, _BOTH),
    "paper": Rule(_CLOSED, _TELLERS, True, apart=True),
    "lot": Rule(_CLOSED, _BOTH),
    "tally.statement": Rule(_CLOSED, ("administrator",), True),
    "tally.accept": Rule(_STATED, ("trustee",)),
    "tally.share": Rule(_STATED, ("trustee",), True),
    "outcome": Rule(_STATED, ("administrator",), True),
    "incident": Rule(PHASES, ("reporter",)),
    "access": Rule(PHASES, ("reader", "holder")),
    "checked": Rule(PHASES[1:], ("checker",)),
    "sample": Rule(PHASES[2:], ("scrutineer", "teller")),
    "report": Rule(("published",), ("scrutineer",), True),
}

IN_ROWS = ("credential.issue", "roll.freeze", "tally.statement")
"""Kinds whose payload has a row for every line, and may be as large as a pack's item."""


def table(registrars: int) -> dict[str, object]:
    """`entries` of a manifest with so many registrars."""
    return {
        kind: {
            "authors": list(rule.authors),
            "phases": list(rule.phases),
            "signatures": rule.signatures(registrars),
        }
        for kind, rule in ENTRIES.items()
    }
