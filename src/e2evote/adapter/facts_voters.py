"""The facts about who may vote, by which channels and with what weight (docs/record-format.md, Manifest).

All of them are optional. Without a roll whoever makes a key may vote, and then the others have no meaning but for the
floor's fallback; what does not fit together is refused by the manifest's own rules.
"""

from collections.abc import Mapping
from typing import Any

from e2evote.adapter.toml_fields import Table, read_integer, read_list, read_string, read_table, read_word
from e2evote.errors import MalformedInput
from e2evote.manifest.draft import RollFacts
from e2evote.manifest.voters import PAPER

_WORDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "annulment": ("annulment", ("never", "allowed")),
    "floor_fallback": ("fallback", ("merge", "combine", "withhold")),
    "reissue": ("reissue", ("unvoted", "never", "always")),
}
"""From the name in the file to that of `draft`, and what it may be; the default first."""

VOTER_FACTS = ("roll", "paper", "paper_prevails", "weights", *_WORDS)


def voters(facts: Table) -> dict[str, Any]:
    """The arguments of `draft` that these facts give; what is not in the file is not among them."""
    given: dict[str, Any] = {
        argument: read_word(facts[name], name, words) for name, (argument, words) in _WORDS.items() if name in facts
    }
    if "roll" in facts:
        given["roll"] = _roll(facts["roll"])
    if "paper" in facts:
        channels = [read_word(one, f"paper[{i}]", PAPER) for i, one in enumerate(read_list(facts["paper"], "paper"))]
        given["paper"] = tuple(sorted(channels, key=PAPER.index))
    if "paper_prevails" in facts:
        if not isinstance(facts["paper_prevails"], bool):
            raise MalformedInput("want true or false", "paper_prevails")
        given["paper_prevails"] = facts["paper_prevails"]
    if "weights" in facts:
        values = read_list(facts["weights"], "weights")
        given["weights"] = tuple(read_integer(value, f"weights[{i}]") for i, value in enumerate(values))
    return given


def _roll(value: object) -> RollFacts:
    facts = read_table(value, "roll", ("registrars",), ("contacts", "holders", "readers", "retention_days"))
    registrars = read_list(facts["registrars"], "roll.registrars")
    more: dict[str, Any] = {name: _strings(facts, name) for name in ("contacts", "holders", "readers") if name in facts}
    if "retention_days" in facts:
        more["retention_days"] = read_integer(facts["retention_days"], "roll.retention_days")
    return RollFacts(tuple(_registrar(one, f"roll.registrars[{i}]") for i, one in enumerate(registrars)), **more)


def _registrar(value: object, where: str) -> tuple[str, str]:
    facts = read_table(value, where, ("party", "contact"), ())
    return read_string(facts["party"], f"{where}.party"), read_string(facts["contact"], f"{where}.contact")


def _strings(facts: Table, name: str) -> tuple[str, ...]:
    given = read_list(facts[name], f"roll.{name}")
    return tuple(read_string(one, f"roll.{name}[{i}]") for i, one in enumerate(given))
